"""Whether the system is dark, and being told when that changes."""

from __future__ import annotations

import plistlib
import queue
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from lanchat.desktop.platform import services
from lanchat.desktop.platform.macos_desktop import MacAppearance
from lanchat.desktop.platform.services import PolledAppearance
from tests.desktop.platform.programs import Programs

pytest.importorskip("jeepney", reason="Linux desktops only")

from lanchat.desktop.platform.freedesktop_services import FreedesktopAppearance
from lanchat.desktop.platform.session_bus import Bus
from tests.desktop.platform.desktops import Portal

Told = queue.SimpleQueue[bool | None]


@pytest.fixture
def told() -> Told:
    return queue.SimpleQueue()


@pytest.fixture
def bus(monkeypatch: pytest.MonkeyPatch, programs: Programs) -> Iterator[list[Bus]]:
    """What a test opens is closed."""
    monkeypatch.delenv("GTK_THEME", raising=False)
    opened: list[Bus] = []
    yield opened
    for one in opened:
        one.close()


def look(bus: list[Bus], told: Told) -> FreedesktopAppearance:
    bus.append(Bus())
    return FreedesktopAppearance(bus[-1], told.put)


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that is busy with other tests: what is asked here is what the answer is, not when it comes."""
    monkeypatch.setattr(services, "FIRST_SECONDS", 20.0)


@pytest.mark.usefixtures("patient")
@pytest.mark.parametrize(("scheme", "dark"), [(1, True), (2, False), (0, None), (77, None)])
def test_the_first_window_knows_what_the_desktop_prefers(
    bus_address: str, bus: list[Bus], told: Told, scheme: int, dark: bool | None
) -> None:
    portal = Portal(bus_address, scheme)
    assert look(bus, told).dark() is dark
    portal.close()


@pytest.mark.usefixtures("patient")
def test_a_change_is_told_when_it_happens(bus_address: str, bus: list[Bus], told: Told) -> None:
    portal = Portal(bus_address, 2)
    system = look(bus, told)
    assert system.dark() is False
    assert told.get(timeout=20) is False
    portal.set(1)
    assert told.get(timeout=20) is True
    assert system.dark() is True
    portal.set(1)
    portal.set(0)
    assert told.get(timeout=20) is None
    portal.close()


@pytest.mark.usefixtures("patient", "bus_address")
@pytest.mark.parametrize(
    ("color_scheme", "theme", "dark"),
    [("prefer-dark", "Adwaita", True), ("default", "Yaru-dark", True), ("default", "Adwaita", None)],
)
def test_without_a_portal_the_theme_says(
    bus: list[Bus], told: Told, programs: Programs, color_scheme: str, theme: str, dark: bool | None
) -> None:
    key = "get org.gnome.desktop.interface"
    programs.install(
        "gsettings", answers={f"{key} color-scheme": f"'{color_scheme}'\n", f"{key} gtk-theme": f"'{theme}'\n"}
    )
    assert look(bus, told).dark() is dark


@pytest.mark.usefixtures("patient")
@pytest.mark.parametrize(("theme", "dark"), [("Adwaita:dark", True), ("Adwaita", False), ("", None)])
def test_without_a_bus_the_environment_says(
    bus: list[Bus], told: Told, monkeypatch: pytest.MonkeyPatch, theme: str, dark: bool | None
) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere/bus")
    monkeypatch.setenv("GTK_THEME", theme)
    assert look(bus, told).dark() is dark


def test_a_slow_desktop_does_not_keep_the_window_waiting(told: Told) -> None:
    answer: queue.SimpleQueue[bool] = queue.SimpleQueue()
    slow = PolledAppearance(answer.get, told.put)
    began = time.monotonic()
    assert slow.dark() is None
    assert time.monotonic() - began < 10
    answer.put(True)
    assert told.get(timeout=20) is True
    assert slow.dark() is True
    slow.close()


def test_a_change_is_seen_by_looking(told: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "LOOK_SECONDS", 0.001)
    looks = iter([False, False, True])
    system = PolledAppearance(lambda: next(looks, True), told.put)
    assert told.get(timeout=20) is False
    assert told.get(timeout=20) is True
    system.close()


def test_macos_is_asked_again_only_when_its_settings_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, programs: Programs
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    settings = tmp_path / "Library/Preferences/.GlobalPreferences.plist"
    settings.parent.mkdir(parents=True)
    settings.write_bytes(plistlib.dumps({}))
    programs.install("defaults", "The domain/default pair does not exist\n", code=1)
    system = MacAppearance()
    assert system() is False
    assert programs.next()["argv"][1:] == ["read", "-g", "AppleInterfaceStyle"]
    programs.install("defaults", "Dark\n")
    assert system() is False
    assert programs.nothing_more()
    settings.touch()
    assert system() is True
