"""Which doors this platform has. Any thread."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass

from lanchat.desktop.system.appearance import Appearance, Watched
from lanchat.desktop.system.notifier import Door


@dataclass(frozen=True, slots=True)
class Doors:
    notices: Door
    appearance: Appearance
    close: Callable[[], None]  #: everything ends, within moments; does not wait for it


def open_doors(clicked: Callable[[str], None], appearance_changed: Callable[[bool | None], None]) -> Doors:
    """`clicked(key)`: the person wants to see that room; `appearance_changed(dark)`. Both run on the doors' threads."""
    if sys.platform == "win32":
        from lanchat.desktop.system.windows.appearance import is_dark
        from lanchat.desktop.system.windows.notifications import WindowsDoor

        return _doors(WindowsDoor(clicked), Watched(is_dark, appearance_changed))
    if sys.platform == "darwin":
        from lanchat.desktop.system.macos.appearance import MacLook
        from lanchat.desktop.system.macos.notifications import MacDoor

        return _doors(MacDoor(), Watched(MacLook(), appearance_changed))

    from lanchat.desktop.system.freedesktop.appearance import FreedesktopAppearance
    from lanchat.desktop.system.freedesktop.bus import Bus
    from lanchat.desktop.system.freedesktop.notifications import FreedesktopDoor

    bus = Bus()
    appearance = FreedesktopAppearance(bus, appearance_changed)  # first: the first window waits for its answer
    return _doors(FreedesktopDoor(bus, clicked), appearance, bus.close)


def _doors(notices: Door, appearance: Appearance, *more: Callable[[], None]) -> Doors:
    def close() -> None:
        for end in (notices.close, appearance.close, *more):
            end()

    return Doors(notices, appearance, close)
