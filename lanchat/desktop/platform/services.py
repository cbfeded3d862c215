"""Picks the services of this system that the App opens at its start. Any thread, but for `handle_system_requests`."""

from __future__ import annotations

import sys
import tkinter as tk
from collections.abc import Callable
from dataclasses import dataclass

from lanchat.desktop.platform.dark_mode import Appearance, PolledAppearance
from lanchat.desktop.platform.notifier import NotificationService


@dataclass(frozen=True, slots=True)
class PlatformServices:
    """What the App uses of this system, besides what has module functions."""

    notifications: NotificationService
    appearance: Appearance
    hidden: Callable[[bool], None]  #: the window was hidden, or is shown again: on Windows an icon brings it back
    close: Callable[[], None]  #: ends all of them, without waiting for it


@dataclass(frozen=True, slots=True)
class SystemRequests:
    """What macOS asks of the program as a whole, and the App's methods for it. All are called on the Tk thread."""

    show: Callable[[], None]
    quit: Callable[[], None]
    settings: Callable[[], None]
    about: Callable[[], None]
    keys: Callable[[], None]
    link: Callable[[str], None]  #: a lanchat:// link was opened in another program


def handle_system_requests(root: tk.Tk, requests: SystemRequests) -> None:
    """Call it on the Tk thread, before its loop runs. Nothing to do but on macOS: elsewhere, opening lanchat or a link
    starts lanchat again, and that tells the running one (engine/single_instance.py).
    """
    if sys.platform == "darwin":
        from lanchat.desktop.platform.macos_desktop import bind_system_requests

        bind_system_requests(root, requests)


def open_services(
    clicked: Callable[[str], None], quit: Callable[[], None], appearance_changed: Callable[[bool | None], None]
) -> PlatformServices:
    """`clicked(key)`: the person wants to see that room, or with "" the window; `quit`: the person ends lanchat. These
    and `appearance_changed(dark)` are called on the services' threads.
    """
    if sys.platform == "win32":
        from lanchat.desktop.platform.windows_desktop import is_dark
        from lanchat.desktop.platform.windows_tray import WindowsNotifications

        tray = WindowsNotifications(clicked, quit)
        return _services(tray, PolledAppearance(is_dark, appearance_changed), hidden=tray.hidden)
    if sys.platform == "darwin":
        from lanchat.desktop.platform.macos_desktop import MacAppearance, MacNotifications

        return _services(MacNotifications(), PolledAppearance(MacAppearance(), appearance_changed))

    from lanchat.desktop.platform.freedesktop_services import FreedesktopAppearance, FreedesktopNotifications
    from lanchat.desktop.platform.session_bus import Bus

    bus = Bus()
    appearance = FreedesktopAppearance(bus, appearance_changed)  # first, since the first window waits for its answer
    return _services(FreedesktopNotifications(bus, clicked), appearance, bus.close)


def _services(
    notifications: NotificationService,
    appearance: Appearance,
    *more: Callable[[], None],
    hidden: Callable[[bool], None] | None = None,
) -> PlatformServices:
    def close() -> None:
        for end in (notifications.close, appearance.close, *more):
            end()

    return PlatformServices(notifications, appearance, hidden or (lambda _hidden: None), close)
