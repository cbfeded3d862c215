"""Which doors this platform has. Any thread, but for `hear_requests`."""

from __future__ import annotations

import sys
import tkinter as tk
from collections.abc import Callable
from dataclasses import dataclass

from lanchat.desktop.platform.dark_mode import Appearance, PolledAppearance
from lanchat.desktop.platform.notifier import NotificationService


@dataclass(frozen=True, slots=True)
class PlatformServices:
    notices: NotificationService
    appearance: Appearance
    hidden: Callable[[bool], None]  #: the window is, or is back: on Windows an icon beside the clock brings it back
    close: Callable[[], None]  #: everything ends, within moments; does not wait for it


@dataclass(frozen=True, slots=True)
class SystemRequests:
    """What the system asks of the program as a whole, and who does it. All run on the Tk thread."""

    show: Callable[[], None]
    quit: Callable[[], None]
    settings: Callable[[], None]
    about: Callable[[], None]
    keys: Callable[[], None]
    link: Callable[[str], None]  #: a lanchat:// link was opened in another program


def hear_requests(root: tk.Tk, requests: SystemRequests) -> None:
    """From now on. On the Tk thread, before its loop runs. Elsewhere than on macOS nothing asks in this way: who opens
    lanchat or a link there starts it again, which rings at the one that runs (engine/single_instance.py).
    """
    if sys.platform == "darwin":
        from lanchat.desktop.platform.macos_desktop import hear

        hear(root, requests)


def open_services(
    clicked: Callable[[str], None], quit: Callable[[], None], appearance_changed: Callable[[bool | None], None]
) -> PlatformServices:
    """`clicked(key)`: the person wants to see that room, or with "" the window; `quit`: they want lanchat to end;
    `appearance_changed(dark)`. All run on the doors' threads.
    """
    if sys.platform == "win32":
        from lanchat.desktop.platform.windows_desktop import is_dark
        from lanchat.desktop.platform.windows_tray import WindowsNotifications

        tray = WindowsNotifications(clicked, quit)
        return _doors(tray, PolledAppearance(is_dark, appearance_changed), hidden=tray.hidden)
    if sys.platform == "darwin":
        from lanchat.desktop.platform.macos_desktop import MacAppearance, MacNotifications

        return _doors(MacNotifications(), PolledAppearance(MacAppearance(), appearance_changed))

    from lanchat.desktop.platform.freedesktop_services import FreedesktopAppearance, FreedesktopNotifications
    from lanchat.desktop.platform.session_bus import Bus

    bus = Bus()
    appearance = FreedesktopAppearance(bus, appearance_changed)  # first: the first window waits for its answer
    return _doors(FreedesktopNotifications(bus, clicked), appearance, bus.close)


def _doors(
    notices: NotificationService,
    appearance: Appearance,
    *more: Callable[[], None],
    hidden: Callable[[bool], None] | None = None,
) -> PlatformServices:
    def close() -> None:
        for end in (notices.close, appearance.close, *more):
            end()

    return PlatformServices(notices, appearance, hidden or (lambda _hidden: None), close)
