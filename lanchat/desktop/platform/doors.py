"""Which doors this platform has. Any thread, but for `hear_requests`."""

from __future__ import annotations

import sys
import tkinter as tk
from collections.abc import Callable
from dataclasses import dataclass

from lanchat.desktop.platform.appearance import Appearance, Watched
from lanchat.desktop.platform.notifier import Door


@dataclass(frozen=True, slots=True)
class Doors:
    notices: Door
    appearance: Appearance
    hidden: Callable[[bool], None]  #: the window is, or is back: on Windows an icon beside the clock brings it back
    close: Callable[[], None]  #: everything ends, within moments; does not wait for it


@dataclass(frozen=True, slots=True)
class Requests:
    """What the system asks of the program as a whole, and who does it. All run on the Tk thread."""

    show: Callable[[], None]
    quit: Callable[[], None]
    settings: Callable[[], None]
    about: Callable[[], None]
    keys: Callable[[], None]
    link: Callable[[str], None]  #: a lanchat:// link was opened in another program


def hear_requests(root: tk.Tk, requests: Requests) -> None:
    """From now on. On the Tk thread, before its loop runs. Elsewhere than on macOS nothing asks in this way: who opens
    lanchat or a link there starts it again, which rings at the one that runs (engine/ringing.py).
    """
    if sys.platform == "darwin":
        from lanchat.desktop.platform.macos.application import hear

        hear(root, requests)


def open_doors(
    clicked: Callable[[str], None], quit: Callable[[], None], appearance_changed: Callable[[bool | None], None]
) -> Doors:
    """`clicked(key)`: the person wants to see that room, or with "" the window; `quit`: they want lanchat to end;
    `appearance_changed(dark)`. All run on the doors' threads.
    """
    if sys.platform == "win32":
        from lanchat.desktop.platform.windows.appearance import is_dark
        from lanchat.desktop.platform.windows.notifications import WindowsDoor

        tray = WindowsDoor(clicked, quit)
        return _doors(tray, Watched(is_dark, appearance_changed), hidden=tray.hidden)
    if sys.platform == "darwin":
        from lanchat.desktop.platform.macos.appearance import MacLook
        from lanchat.desktop.platform.macos.notifications import MacDoor

        return _doors(MacDoor(), Watched(MacLook(), appearance_changed))

    from lanchat.desktop.platform.freedesktop.appearance import FreedesktopAppearance
    from lanchat.desktop.platform.freedesktop.bus import Bus
    from lanchat.desktop.platform.freedesktop.notifications import FreedesktopDoor

    bus = Bus()
    appearance = FreedesktopAppearance(bus, appearance_changed)  # first: the first window waits for its answer
    return _doors(FreedesktopDoor(bus, clicked), appearance, bus.close)


def _doors(
    notices: Door, appearance: Appearance, *more: Callable[[], None], hidden: Callable[[bool], None] | None = None
) -> Doors:
    def close() -> None:
        for end in (notices.close, appearance.close, *more):
            end()

    return Doors(notices, appearance, hidden or (lambda _hidden: None), close)
