"""Notifier: tells of new messages outside the window, at most once in 3 s for each room, and takes it back once seen.

Tk thread. A NotificationService brings a Notification to this system's way of showing it, on a thread of its own.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from lanchat.core.text import clean_line, shown_text
from lanchat.core.translate import _, ngettext

REST_MS = 3000  #: between two notices of one room: a lively room is no reason to flicker
TITLE_CHARACTERS = 60  #: what every system shows in one line
BODY_CHARACTERS, _BODY_LINES = 200, 4  #: what every system shows, and a glance takes in


@dataclass(frozen=True, slots=True)
class Notification:
    """Clean, bounded plain text; `key` says which room it is of. A newer one takes the place of the older."""

    key: str
    title: str
    body: str


class NotificationService(Protocol):
    """None of these blocks, from whichever thread; a click on a notice is told on the door's own thread."""

    def problem(self) -> str:
        """Why no notice can be shown, in plain words; "" when it can, or when that is not known yet."""
        ...

    def show(self, notice: Notification) -> None: ...

    def withdraw(self, key: str) -> None:
        """Take the notice of this room away, if one is there."""
        ...

    def close(self) -> None:
        """Take all away, and end."""
        ...


class _Unseen:
    """What one room has to tell."""

    def __init__(self) -> None:
        self.count = 0  # of messages since it was last looked at
        self.told = 0  # how many of them a notice told of
        self.resting = False
        self.title = ""
        self.body = ""


class Notifier:
    def __init__(self, door: NotificationService, after: Callable[[int, Callable[[], None]], object]) -> None:
        """`after(milliseconds, what)`: Tk's."""
        self._door = door
        self._after = after
        self._rooms: dict[str, _Unseen] = {}

    def problem(self) -> str:
        """Why no notice can be shown, in plain words, as far as is known now; else ""."""
        return self._door.problem()

    def tell(self, key: str, title: str, body: str, count: int = 1) -> None:
        """So many messages came in the room `key`; the texts are of the last, and may be a peer's, as they came."""
        room = self._rooms.setdefault(key, _Unseen())
        room.count += count
        room.title, room.body = title, body
        if not room.resting:
            self._show(key, room)

    def seen(self, key: str) -> None:
        """The person looks at this room: its notice goes, and counting starts anew."""
        room = self._rooms.get(key)
        if room is not None and room.count:
            room.count = room.told = 0
            self._door.withdraw(key)

    def _show(self, key: str, room: _Unseen) -> None:
        room.told, room.resting = room.count, True
        self._door.show(_notice(key, room))
        self._after(REST_MS, lambda: self._rested(key))

    def _rested(self, key: str) -> None:
        room = self._rooms[key]
        room.resting = False
        if room.told < room.count:
            self._show(key, room)
        elif not room.count:
            del self._rooms[key]


def _notice(key: str, room: _Unseen) -> Notification:
    body = shown_text(room.body, BODY_CHARACTERS, _BODY_LINES)
    if room.count > 1:
        several = ngettext("{count} new message", "{count} new messages", room.count).format(count=room.count)
        body = f"{several}\n{body}"
    return Notification(key, clean_line(room.title, TITLE_CHARACTERS), body)


def nothing_shows_them() -> str:
    return _("This desktop shows no notifications. lanchat counts unread messages in its title instead.")
