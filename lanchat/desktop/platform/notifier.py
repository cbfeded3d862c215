"""Notifier shows new messages as notifications, one for each room, at most one in 3 s, until seen. Tk thread."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct

from lanchat.core.text import clean_line, shown_text
from lanchat.core.translate import _, ngettext

REST_MS = 3000  #: between two notifications of one room, which would flicker in a lively room
TITLE_CHARACTERS = 60  #: every system shows so many in one line
BODY_CHARACTERS, _BODY_LINES = 200, 4  #: every system shows so many, and a glance takes them in


class SystemNotification(Struct, frozen=True):
    """Clean, bounded plain text. One with the same `key`, that of its room, replaces the older one."""

    key: str
    title: str
    body: str


class NotificationService:
    """How this system shows notifications. Any thread; nothing blocks. Clicks are told on a thread of the service."""

    problem = ""  #: why none can be shown, in plain words; "" when they can, or when that is not known yet

    def show(self, notification: SystemNotification) -> None:
        raise NotImplementedError

    def withdraw(self, key: str) -> None:
        """Remove the notification of this room, if there is one. macOS offers no way to do it."""

    def hidden(self, hidden: bool) -> None:
        """The window was hidden, or is shown again: on Windows an icon brings it back."""

    def close(self) -> None:
        """Remove all of them, and end the service."""
        raise NotImplementedError


class _Unseen(Struct):
    """Messages of one room that were not seen yet."""

    count: int = 0  # of messages since the room was last seen
    told: int = 0  # how many of them the last notification counted
    resting: bool = False  # the last notification was shown less than REST_MS ago
    title: str = ""
    body: str = ""


class Notifier:
    def __init__(self, service: NotificationService, after: Callable[[int, Callable[[], None]], object]) -> None:
        """`after(milliseconds, function)`: Tk's."""
        self._service = service
        self._after = after
        self._rooms: dict[str, _Unseen] = {}

    def tell(self, key: str, title: str, body: str, count: int = 1) -> None:
        """`count` messages came in the room `key`. The texts are of the last one, and may be a peer's, not cleaned."""
        room = self._rooms.setdefault(key, _Unseen())
        room.count += count
        room.title, room.body = title, body
        if not room.resting:
            self._show(key, room)

    def seen(self, key: str) -> None:
        """The person reads this room: remove its notification and count anew."""
        room = self._rooms.get(key)
        if room is not None and room.count:
            room.count = room.told = 0
            self._service.withdraw(key)

    def _show(self, key: str, room: _Unseen) -> None:
        room.told, room.resting = room.count, True
        self._service.show(_notification(key, room))
        self._after(REST_MS, lambda: self._rested(key))

    def _rested(self, key: str) -> None:
        room = self._rooms[key]
        room.resting = False
        if room.told < room.count:
            self._show(key, room)
        elif not room.count:
            del self._rooms[key]


def _notification(key: str, room: _Unseen) -> SystemNotification:
    body = shown_text(room.body, BODY_CHARACTERS, _BODY_LINES)
    if room.count > 1:
        several = ngettext("{count} new message", "{count} new messages", room.count).format(count=room.count)
        body = f"{several}\n{body}"
    return SystemNotification(key, clean_line(room.title, TITLE_CHARACTERS), body)


def no_notifications_text() -> str:
    return _("This desktop shows no notifications. lanchat counts unread messages in its title instead.")


def cut_to_utf16(text: str, units: int) -> str:
    """The beginning of `text` of at most `units` UTF-16 units (for Windows); if it is cut, it ends with an ellipsis."""
    encoded = text.encode("utf-16-le")
    if len(encoded) <= 2 * units:
        return text
    return encoded[: 2 * (units - 1)].decode("utf-16-le", "ignore").rstrip() + "…"
