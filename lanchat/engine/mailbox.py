"""Mailbox: a queue of Events, bounded however long nobody reads it.

A face may not read for hours: `lanchat join Kitchen | less`, a stopped process, a window that the system holds. While
few Events wait, each waits as it is, in order. Beyond that an Event replaces, or is merged into, the last one of its
kind about the same thing: of a growing Log only its range is kept, and whoever reads gets the messages from the store,
page by page; of a roster, a connection or a listing only the last state. Answers to Commands are never merged: there
are as many as the face asked for.
"""

from __future__ import annotations

import queue
import threading
from contextlib import closing
from pathlib import Path
from typing import Generic, TypeAlias, TypeVar, cast

from msgspec import Struct
from msgspec.structs import replace

from lanchat.core.listing import Listing
from lanchat.core.model import Card, RoomId
from lanchat.engine import events
from lanchat.engine.events import ConnectionState
from lanchat.storage.errors import StorageProblem
from lanchat.storage.reader import Reader

T = TypeVar("T")

EVENTS_WAITING = 1_000  # a burst that every face works off within a second
MESSAGES_WAITING = 1_000  # at 4,000 characters each, 16 MB at the very most
_PAGE = 200

_Key: TypeAlias = tuple[object, ...]


class _QueueItem:
    """A place in the queue. What waits in it may be replaced until it is taken."""

    __slots__ = ("value",)

    def __init__(self, value: object) -> None:
        self.value = value


class _Grew(Struct):
    """The Log of a room grew by what follows on `after`, up to `last`; the messages are in the store."""

    room_id: RoomId
    after: int
    last: int
    backlog: bool


class _WholeRoster(Struct):
    """Whoever is in the room when this is read."""

    room_id: RoomId


class Mailbox(Generic[T]):
    """Values other than Events pass through as they are. `put` may be called on any thread; the rest is the reader's.

    `put` of what is not an Event takes no lock, so a signal handler may call it.
    """

    def __init__(self, folder: Path) -> None:
        """`folder`: the data folder, in which the messages are."""
        self._folder = folder
        self._queue: queue.SimpleQueue[_QueueItem] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._messages = 0  # in the slots that wait
        self._last: dict[_Key, _QueueItem] = {}  # of each kind about one thing, the last slot that waits
        self._spare: list[_QueueItem] = []  # of listings that came and went unread
        self._here: dict[RoomId, dict[bytes, Card]] = {}  # who is in each room, and how many that makes by its host
        self._count: dict[RoomId, int] = {}
        self._listed: set[_Key] = set()  # rooms that the reader was told of, and not yet that they have gone
        self._rest: _Grew | None = None  # being read from the store
        self._skips = False

    def put(self, value: T) -> None:
        if not isinstance(value, _MERGED):
            self._queue.put(_QueueItem(value))
            return
        with self._lock:
            self._put(value)

    def get(self, block: bool = True, timeout: float | None = None) -> T:
        """As `queue.Queue.get`. Raises queue.Empty."""
        while True:
            if (page := self._next_page()) is not None:
                return cast("T", page)
            value = self._take(self._queue.get(block, timeout))
            if isinstance(value, _Grew):
                self._rest = value
            elif value is not None:
                return cast("T", value)

    def get_nowait(self) -> T:
        return self.get(block=False)

    def empty(self) -> bool:
        return self._rest is None and self._queue.empty()

    def skip_entries(self) -> None:
        """The reader is about to end: read nothing from the store any more."""
        self._skips, self._rest = True, None

    # --- putting, with the lock --------------------------------------------------------------------------------------
    def _put(self, event: object) -> None:
        match event:
            case events.RosterChanged():
                self._moved(event)
            case events.Left(room_id) | events.Forgotten(room_id) | events.Hosting(room_id):
                self._here.pop(room_id, None)
                for kind in (events.MessagesAdded, events.RosterChanged, events.CardsCame, events.ConnectionChanged):
                    self._last.pop((kind, room_id), None)  # what comes after belongs to another stay in the room
                self._queue.put(_QueueItem(event))
                return
            case events.MessagesAdded(older=True):
                self._queue.put(_QueueItem(event))
                return
        key = _key_of(event)
        earlier = self._last.get(key)
        full = self._queue.qsize() >= EVENTS_WAITING or self._messages >= MESSAGES_WAITING
        if full and earlier is not None and self._merge(earlier, event, key):
            return
        if isinstance(event, events.MessagesAdded):
            if full:
                event = _Grew(event.room_id, event.after, event.last, event.backlog)
            else:
                self._messages += len(event.messages)
        if self._spare and isinstance(event, events.RoomFound):
            slot = self._spare.pop()
            slot.value = event
        else:
            slot = _QueueItem(event)
            self._queue.put(slot)
        self._last[key] = slot

    def _merge(self, slot: _QueueItem, event: object, key: _Key) -> bool:
        """Whether what waits in `slot` could be made to say what `event` says, too."""
        match slot.value, event:
            case _Grew(last=last, backlog=backlog), events.MessagesAdded(after=after, last=new_last, backlog=too):
                if after != last or backlog != too:
                    return False
                slot.value.last = new_last
            case ((events.RosterChanged(room_id) | _WholeRoster(room_id)), events.RosterChanged()):
                slot.value = _WholeRoster(room_id)
            case events.CardsCame(room_id, old), events.CardsCame(_, cards):
                merged = {card.key: card for card in (*old, *cards)}
                slot.value = events.CardsCame(room_id, tuple(merged.values()))
            case events.ConnectionChanged() as before, events.ConnectionChanged() as after:
                if before.state in (ConnectionState.STOPPED, ConnectionState.HOSTING) or before.where != after.where:
                    return False
                first_meeting = before.first_meeting or after.first_meeting
                slot.value = replace(after, first_meeting=first_meeting, fetched=before.fetched + after.fetched)
            case events.RoomFound(), events.RoomGone() if key not in self._listed:
                slot.value = None
                self._spare.append(slot)
                del self._last[key]
            case ((events.RoomFound() | events.RoomGone() | events.LookedAround() | events.Problem()), _):
                slot.value = event
            case _:
                return False
        return True

    def _moved(self, event: events.RosterChanged) -> None:
        here = {} if event.first else self._here.get(event.room_id, {})
        for card in event.left:
            here.pop(card.key, None)
        here.update((card.key, card) for card in event.joined)
        self._here[event.room_id], self._count[event.room_id] = here, event.here

    # --- reading -----------------------------------------------------------------------------------------------------
    def _take(self, slot: _QueueItem) -> object:
        """What waits in `slot`; from now on nothing is merged into it."""
        with self._lock:
            value = slot.value
            if value is None:
                self._spare.remove(slot)
                return None
            if not isinstance(value, (*_MERGED, _Grew, _WholeRoster)):
                return value
            key = _key_of(value)
            if self._last.get(key) is slot:
                del self._last[key]
            match value:
                case events.MessagesAdded(older=False, messages=messages):
                    self._messages -= len(messages)
                case events.RoomFound():
                    self._listed.add(key)
                case events.RoomGone():
                    self._listed.discard(key)
                case _WholeRoster(room_id):
                    cards = tuple(self._here.get(room_id, {}).values())
                    return events.RosterChanged(room_id, cards, (), self._count.get(room_id, 0), first=True)
            return value

    def _next_page(self) -> events.MessagesAdded | events.Problem | None:
        """More of what is read from the store; None: that is all, or the room was forgotten meanwhile."""
        while (grew := self._rest) is not None:
            self._rest = None
            if self._skips:
                return None
            try:
                with closing(Reader.open(self._folder)) as reader:
                    page = reader.after(grew.room_id, grew.after, _PAGE)
                    forgotten = not page and reader.room(grew.room_id) is None
            except StorageProblem as problem:
                return events.Problem(str(problem), grew.room_id)
            if forgotten:
                return None
            last = min(page[-1].seq, grew.last) if len(page) == _PAGE else grew.last  # after a short page no message is
            if last < grew.last:
                self._rest = _Grew(grew.room_id, last, grew.last, grew.backlog)
            messages = tuple(message for message in page if message.seq <= last)
            return events.MessagesAdded(grew.room_id, messages, grew.after, last, backlog=grew.backlog)
        return None


_MERGED = (
    events.MessagesAdded, events.RosterChanged, events.CardsCame, events.ConnectionChanged, events.RoomFound,
    events.RoomGone, events.LookedAround, events.Problem, events.Left, events.Forgotten, events.Hosting,
)  # fmt: skip


def _key_of(event: object) -> _Key:
    """The same for all that may be merged."""
    match event:
        case events.RoomFound(listing) | events.RoomGone(listing):
            return (Listing, listing.room_id, listing.fingerprint)
        case _Grew(room_id):
            return (events.MessagesAdded, room_id)
        case _WholeRoster(room_id):
            return (events.RosterChanged, room_id)
        case events.LookedAround():
            return (events.LookedAround,)
        case _:
            return (type(event), getattr(event, "room_id", None))
