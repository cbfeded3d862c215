"""Notices on a Linux desktop: a real bus, and a service on it that a test can ask."""

from __future__ import annotations

import queue
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

pytest.importorskip("jeepney", reason="Linux desktops only")

from lanchat.desktop.platform.freedesktop_services import FreedesktopNotifications
from lanchat.desktop.platform.notifier import SystemNotification
from lanchat.desktop.platform.session_bus import Bus
from tests.desktop.platform.desktops import Notifications, session_bus_or_skip

NASTY = "<b>$(id)</b> -u & `ls` %s 'x' \"y\"\n🙂👩\u200d🚀 \\n"


@pytest.fixture
def clicked() -> queue.SimpleQueue[str]:
    return queue.SimpleQueue()


@pytest.fixture
def door(clicked: queue.SimpleQueue[str]) -> Iterator[Callable[[], FreedesktopNotifications]]:
    """Opens it, as starting lanchat does."""
    bus: list[Bus] = []

    def open_it() -> FreedesktopNotifications:
        bus.append(Bus())
        return FreedesktopNotifications(bus[-1], clicked.put)

    yield open_it
    for one in bus:
        one.close()


@pytest.fixture
def service(bus_address: str) -> Iterator[Notifications]:
    service = Notifications(bus_address, "body", "body-markup", "actions")
    yield service
    service.close()


def test_a_notice_is_shown_letter_by_letter(
    service: Notifications, door: Callable[[], FreedesktopNotifications]
) -> None:
    door().show(SystemNotification("kitchen", "-u <Ben> · Kitchen", NASTY))
    shown = service.next()
    assert shown["title"] == "-u <Ben> · Kitchen"
    assert shown["body"] == NASTY.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    assert shown["hints"]["suppress-sound"] == ("b", True)


def test_a_service_that_says_it_knows_no_markup_gets_none_anyway_and_no_button_it_cannot_show(
    bus_address: str, door: Callable[[], FreedesktopNotifications]
) -> None:
    plain = Notifications(bus_address, "body")
    door().show(SystemNotification("kitchen", "Ben", NASTY))
    shown = plain.next()
    plain.close()
    assert "$(id)" in shown["body"]
    assert not set(shown["body"]) & set("<>&")
    assert shown["actions"] == []


def test_a_click_leads_to_the_room(
    service: Notifications, door: Callable[[], FreedesktopNotifications], clicked: queue.SimpleQueue[str]
) -> None:
    notices = door()
    for key in ("kitchen", "garden"):
        notices.show(SystemNotification(key, "Ben", "Lunch?"))
    kitchen, garden = service.next(), service.next()
    service.click(garden["number"])
    service.click(kitchen["number"])
    assert clicked.get(timeout=20) == "garden"
    assert clicked.get(timeout=20) == "kitchen"


def test_a_newer_notice_of_a_room_takes_the_place_of_the_older(
    service: Notifications, door: Callable[[], FreedesktopNotifications]
) -> None:
    notices = door()
    notices.show(SystemNotification("kitchen", "Ben", "one"))
    first = service.next()["number"]
    notices.show(SystemNotification("kitchen", "Ben", "two"))
    assert service.next()["replaces"] == first


def test_what_was_dismissed_is_not_replaced(
    service: Notifications, door: Callable[[], FreedesktopNotifications]
) -> None:
    notices = door()
    notices.show(SystemNotification("kitchen", "Ben", "one"))
    service.dismiss(service.next()["number"])
    notices.show(SystemNotification("garden", "Li", "hears of it first"))
    service.next()
    notices.show(SystemNotification("kitchen", "Ben", "two"))
    assert service.next()["replaces"] == 0


def test_a_notice_goes_when_its_room_was_looked_at(
    service: Notifications, door: Callable[[], FreedesktopNotifications]
) -> None:
    notices = door()
    for key in ("kitchen", "garden"):
        notices.show(SystemNotification(key, "Ben", "Lunch?"))
    service.next()
    garden = service.next()["number"]
    notices.withdraw("nowhere")
    notices.withdraw("garden")
    assert service.next_taken_away() == garden


def test_at_the_end_all_go(service: Notifications, door: Callable[[], FreedesktopNotifications]) -> None:
    notices = door()
    for key in ("kitchen", "garden"):
        notices.show(SystemNotification(key, "Ben", "Lunch?"))
    numbers = {service.next()["number"], service.next()["number"]}
    notices.close()
    assert {service.next_taken_away(), service.next_taken_away()} == numbers


def told(notices: FreedesktopNotifications, bus: Bus) -> str:
    """What it says once it has tried."""
    done: queue.SimpleQueue[str] = queue.SimpleQueue()
    bus.do(lambda _line: done.put(notices.problem))
    return done.get(timeout=20)


def test_a_desktop_without_notices_is_said_so_until_one_comes(bus_address: str) -> None:
    bus = Bus()
    notices = FreedesktopNotifications(bus, lambda key: None)
    assert "shows no notifications" in told(notices, bus)
    service = Notifications(bus_address, "body")
    notices.show(SystemNotification("kitchen", "Ben", "Lunch?"))
    assert service.next()["title"] == "Ben"
    assert told(notices, bus) == ""
    service.close()
    notices.show(SystemNotification("kitchen", "Ben", "Dinner?"))
    assert "shows no notifications" in told(notices, bus)
    bus.close()


@pytest.mark.parametrize("address", ["", "unix:path=/nowhere/bus", "tcp:host=127.0.0.1,port=1", "nonsense"])
def test_without_a_bus_it_is_said_so(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    bus = Bus()
    notices = FreedesktopNotifications(bus, lambda key: None)
    notices.show(SystemNotification("kitchen", "Ben", "Lunch?"))
    assert "shows no notifications" in told(notices, bus)
    bus.close()


def test_the_end_of_the_desktop_is_no_trouble(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with session_bus_or_skip(tmp_path) as address:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
        service = Notifications(address, "body")
        bus = Bus()
        notices = FreedesktopNotifications(bus, lambda key: None)
        notices.show(SystemNotification("kitchen", "Ben", "Lunch?"))
        service.next()
        service.close()
    notices.show(SystemNotification("kitchen", "Ben", "Dinner?"))
    assert "shows no notifications" in told(notices, bus)
    bus.close()
