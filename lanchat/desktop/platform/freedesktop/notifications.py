"""Notices through the desktop's notification service. https://specifications.freedesktop.org/notification-spec/latest/

Everything but the Door's own methods runs on the Bus's thread.
"""

from __future__ import annotations

import html
from collections.abc import Callable
from functools import partial

from lanchat.core.translate import _
from lanchat.desktop.platform.freedesktop.bus import Bus, Line, NoAnswer, Service
from lanchat.desktop.platform.notifier import Notice, nothing_shows_them

_SERVICE = Service("org.freedesktop.Notifications", "/org/freedesktop/Notifications", "org.freedesktop.Notifications")
_CLICK = "default"  # the specification's name for a click on the notice itself
_AS_LONG_AS_USUAL = -1
_HINTS = {
    "category": ("s", "im.received"),
    "urgency": ("y", 1),
    "suppress-sound": ("b", True),  # lanchat has its own, and the person may have silenced it
}

#: Some services (dunst 1.9) say that they know no markup, and follow it: what peers write must read the same in both.
_LOOK_ALIKES = str.maketrans("<>&", "‹›＆")  # noqa: RUF001 - they are meant to be


class FreedesktopDoor:
    """A Door."""

    def __init__(self, bus: Bus, clicked: Callable[[str], None]) -> None:
        """`clicked(key)` runs on the Bus's thread."""
        self._bus = bus
        self._clicked = clicked
        self._problem = ""
        self._can: frozenset[str] | None = None  # what the service does; None: it has not said
        self._keys: dict[int, str] = {}  # by the service's number of a notice that is there now
        bus.do(self._introduce)

    def problem(self) -> str:
        return self._problem

    def show(self, notice: Notice) -> None:
        self._bus.do(partial(self._show, notice))

    def withdraw(self, key: str) -> None:
        self._bus.do(partial(self._withdraw, [key]))

    def close(self) -> None:
        self._bus.do(lambda line: self._withdraw(list(self._keys.values()), line))

    def _introduce(self, line: Line) -> None:
        try:
            (can,) = line.ask(_SERVICE, "GetCapabilities")
            line.hear(_SERVICE, "ActionInvoked", self._acted)
            line.hear(_SERVICE, "NotificationClosed", self._closed)
        except NoAnswer:
            self._problem = nothing_shows_them()
        else:
            self._problem = ""
            self._can = frozenset(can)

    def _show(self, notice: Notice, line: Line) -> None:
        if self._can is None:  # it may have come since: at log-in programs start in no order
            self._introduce(line)
        if self._can is None:
            return
        marked_up = "body-markup" in self._can
        body = html.escape(notice.body, quote=False) if marked_up else notice.body.translate(_LOOK_ALIKES)
        actions = [_CLICK, _("Open")] if "actions" in self._can else []
        try:
            (number,) = line.ask(
                _SERVICE, "Notify", "susssasa{sv}i",
                "lanchat", self._number(notice.key), "", notice.title, body, actions, _HINTS, _AS_LONG_AS_USUAL,
            )  # fmt: skip
        except NoAnswer:
            self._problem = nothing_shows_them()
        else:
            self._problem = ""
            self._keys = {old: key for old, key in self._keys.items() if key != notice.key}
            self._keys[number] = notice.key

    def _withdraw(self, keys: list[str], line: Line) -> None:
        for key in keys:
            if number := self._number(key):
                del self._keys[number]
                try:
                    line.ask(_SERVICE, "CloseNotification", "u", number)
                except NoAnswer:
                    return

    def _number(self, key: str) -> int:
        """The service's number of the notice there is for this room; 0 when there is none."""
        return next((number for number, of in self._keys.items() if of == key), 0)

    def _acted(self, number: int, action: str) -> None:
        key = self._keys.get(number)
        if key is not None and action == _CLICK:
            self._clicked(key)

    def _closed(self, number: int, _why: int) -> None:
        self._keys.pop(number, None)
