"""Opens the services of this operating system that the App uses: notifications, dark mode and requests of the system.

Any thread, except `handle_system_requests`. An Appearance reports changes on a thread of its own; `changed` may be
called with the value that is known already, so callers compare.
"""

from __future__ import annotations

import sys
import threading
import tkinter as tk
from collections.abc import Callable

from msgspec import Struct

from lanchat.desktop.platform.notifier import NotificationService

LOOK_SECONDS = 3.0  #: between two polls, where the system does not tell of changes
FIRST_SECONDS = 0.05  #: how long the first window may wait to be drawn in the right colours


class Appearance:
    """Whether the system is in dark mode, as `learn` was told last. `learn` is called on one thread, `dark` on any."""

    def __init__(self, changed: Callable[[bool | None], None]) -> None:
        self._changed = changed
        self._answered = threading.Event()
        self._dark: bool | None = None

    def dark(self) -> bool | None:
        """None: not known. Waits for the first answer, at most FIRST_SECONDS."""
        self._answered.wait(FIRST_SECONDS)
        return self._dark

    def learn(self, dark: bool | None) -> None:
        before, self._dark = self._dark, dark
        self._answered.set()
        if dark is not before:
            self._changed(dark)

    def close(self) -> None:
        """End what watches the system, without waiting for it."""
        raise NotImplementedError


class PolledAppearance(Appearance):
    """Polls every LOOK_SECONDS, for systems where that costs next to nothing."""

    def __init__(self, look: Callable[[], bool | None], changed: Callable[[bool | None], None]) -> None:
        """`look` and `changed` are called on a thread of its own."""
        super().__init__(changed)
        self._look = look
        self._closed = threading.Event()
        threading.Thread(target=self._watch, name="appearance", daemon=True).start()

    def close(self) -> None:
        self._closed.set()

    def _watch(self) -> None:
        self.learn(self._look())
        while not self._closed.wait(LOOK_SECONDS):
            self.learn(self._look())


class SystemRequests(Struct, frozen=True):
    """The App's methods for requests that macOS sends to a running program. All are called on the Tk thread."""

    show: Callable[[], None]
    quit: Callable[[], None]
    settings: Callable[[], None]
    about: Callable[[], None]
    keys: Callable[[], None]
    link: Callable[[str], None]  #: a lanchat:// link was opened in another program


def handle_system_requests(root: tk.Tk, requests: SystemRequests) -> None:
    """Answer the requests of macOS. To be called on the Tk thread, before its loop runs.

    It does nothing on other systems, where opening lanchat or a link starts lanchat again, and that start tells the
    running one (engine/single_instance.py).
    """
    if sys.platform == "darwin":
        from lanchat.desktop.platform.macos_desktop import bind_system_requests

        bind_system_requests(root, requests)


def open_services(
    clicked: Callable[[str], None], quit: Callable[[], None], appearance_changed: Callable[[bool | None], None]
) -> tuple[NotificationService, Appearance]:
    """Open the services, to be closed in this order. `clicked(key)`: the person wants to see that room, or with "" the
    window; `quit`: the person ends lanchat. These and `appearance_changed(dark)` are called on the services' threads.
    """
    if sys.platform == "win32":
        from lanchat.desktop.platform.windows_desktop import is_dark
        from lanchat.desktop.platform.windows_tray import WindowsNotifications

        return WindowsNotifications(clicked, quit), PolledAppearance(is_dark, appearance_changed)
    if sys.platform == "darwin":
        from lanchat.desktop.platform.macos_desktop import MacAppearance, MacNotifications

        return MacNotifications(), PolledAppearance(MacAppearance(), appearance_changed)

    from lanchat.desktop.platform.freedesktop_services import FreedesktopAppearance, FreedesktopNotifications
    from lanchat.desktop.platform.session_bus import Bus

    bus = Bus()
    appearance = FreedesktopAppearance(bus, appearance_changed)  # first, since the first window waits for its answer
    return FreedesktopNotifications(bus, clicked), appearance
