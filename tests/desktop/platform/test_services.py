"""All services of this platform together, as lanchat opens them at its start."""

from __future__ import annotations

import queue
import sys

import pytest

from lanchat.desktop.platform.notifier import SystemNotification
from lanchat.desktop.platform.services import open_services

if sys.platform in ("win32", "darwin"):
    pytest.skip("Linux desktops only", allow_module_level=True)

from tests.desktop.platform.desktops import Notifications, Portal


def test_from_the_start_to_the_end(bus_address: str) -> None:
    portal, service = Portal(bus_address, 1), Notifications(bus_address, "body", "actions")
    clicked: queue.SimpleQueue[str] = queue.SimpleQueue()
    dark: queue.SimpleQueue[bool | None] = queue.SimpleQueue()
    notifications, appearance = open_services(clicked.put, lambda: None, dark.put)
    assert dark.get(timeout=20) is True
    notifications.show(SystemNotification("kitchen", "Ben", "Lunch?"))
    number = service.next()["number"]
    service.click(number)
    assert clicked.get(timeout=20) == "kitchen"
    portal.set(2)
    assert dark.get(timeout=20) is False
    notifications.close()
    appearance.close()
    assert service.next_taken_away() == number
    notifications.close()
    appearance.close()
    for one in (portal, service):
        one.close()


def test_without_a_desktop(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere/bus")
    notifications, appearance = open_services(lambda key: None, lambda: None, lambda dark: None)
    notifications.show(SystemNotification("kitchen", "Ben", "Lunch?"))
    notifications.close()
    appearance.close()
    notifications.show(SystemNotification("kitchen", "Ben", "too late"))
