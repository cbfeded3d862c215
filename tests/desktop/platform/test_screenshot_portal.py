"""The screenshot portal of a desktop, on a real session bus."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from lanchat.desktop.platform import screen_capture
from lanchat.desktop.platform.screen_capture import capture_screen

pytest.importorskip("jeepney", reason="Linux desktops only")

from tests.desktop.platform.desktops import Service

_SILENT = -1


class ScreenshotPortal(Service):
    """Answers at once as the person did."""

    name = "org.freedesktop.portal.Desktop"
    path = "/org/freedesktop/portal/desktop"

    def __init__(self, address: str, code: int, uri: str) -> None:
        self._code, self._uri = code, uri
        self.options: dict[str, Any] = {}
        super().__init__(address)

    def answer(self, method: str, body: tuple[Any, ...]) -> tuple[str, tuple[Any, ...]] | None:
        if method == "Get":
            return "v", (("u", 2),)
        if method != "Screenshot":
            return None
        self.options = body[1]
        token = body[1]["handle_token"][1]
        unique = self.asker.removeprefix(":").replace(".", "_")
        request = f"{self.path}/request/{unique}/{token}"
        results = {"uri": ("s", self._uri)} if self._uri else {}
        if self._code != _SILENT:
            self.signal_at(request, "org.freedesktop.portal.Request", "Response", "ua{sv}", self._code, results)
        return "o", (request,)


@pytest.fixture
def wayland(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / "Screen shot 1.png"
    Image.new("RGB", (40, 30), "#119933").save(path)
    return path


@pytest.fixture
def portal(bus_address: str, picture: Path, request: pytest.FixtureRequest) -> Iterator[ScreenshotPortal]:
    code, uri = request.param
    portal = ScreenshotPortal(bus_address, code, picture.as_uri() if uri == "picture" else uri)
    yield portal
    portal.close()


@pytest.mark.usefixtures("wayland")
@pytest.mark.parametrize("portal", [(0, "picture")], indirect=True)
def test_the_person_chooses_and_the_picture_comes(
    portal: ScreenshotPortal, picture: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", "/nowhere")
    capture = capture_screen()
    assert capture.picture is not None
    assert capture.picture.size == (40, 30)
    assert not capture.whole  # the person has chosen
    assert portal.options["interactive"] == ("b", True)
    assert picture.exists()  # in a folder of the person's: it is theirs


@pytest.mark.usefixtures("wayland")
@pytest.mark.parametrize("portal", [(0, "picture")], indirect=True)
def test_nothing_is_left_in_the_temporary_folder(
    portal: ScreenshotPortal, picture: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(picture.parent))
    assert capture_screen().picture is not None
    assert not picture.exists()


@pytest.mark.usefixtures("wayland")
@pytest.mark.parametrize("portal", [(1, "")], indirect=True)
def test_giving_up_is_no_problem(portal: ScreenshotPortal) -> None:
    assert capture_screen() == (None, False, "")


@pytest.mark.usefixtures("wayland")
@pytest.mark.parametrize("portal", [(_SILENT, "")], indirect=True)
def test_a_dialog_that_was_forgotten_is_given_up(portal: ScreenshotPortal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(screen_capture, "CHOOSING_SECONDS", 0.05)
    assert capture_screen() == (None, False, "")
    assert portal.options, "it was asked"


@pytest.mark.usefixtures("wayland")
@pytest.mark.parametrize(
    "portal", [(2, ""), (0, ""), (0, "https://example.org/x.png"), (0, "file:///nowhere.png")], indirect=True
)
def test_what_is_no_picture_is_told(portal: ScreenshotPortal) -> None:
    capture = capture_screen()
    assert capture.picture is None
    assert capture.problem


@pytest.mark.usefixtures("wayland", "bus_address")
def test_a_desktop_without_the_portal_is_told() -> None:
    assert capture_screen().problem


@pytest.mark.usefixtures("wayland")
def test_a_computer_without_a_bus_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere/bus")
    assert capture_screen().problem
