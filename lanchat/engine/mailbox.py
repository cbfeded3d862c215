"""Mailbox: a queue of Events, bounded however long nobody reads it.

A face may not read for hours: `lanchat join Kitchen | less`, a stopped process, a window that the system holds. While
few Events wait, each waits in a queue as it is. Events beyond that go into the overflow, which is read after the queue,
and there an Event is merged into the last one of its kind about the same thing: of a growing Log only its range is
kept, of changed messages their ids, and whoever reads gets the messages from the store, page by page; of a roster, a
connection, a listing or a file only the last state. Answers to Commands are never merged: there are as many as the face
asked for.
"""

from __future__ import annotations

import itertools
import math
import queue
import threading
from collections import OrderedDict
from contextlib import closing
from pathlib import Path
from typing import Generic, TypeAlias, TypeVar, cast, get_args

from msgspec import Struct
from msgspec.structs import replace

from lanchat.core.attention import note_seen
from lanchat.core.listing import Listing
from lanchat.core.model import Card, EntryId, RoomId
from lanchat.engine import events
from lanchat.engine.events import ConnectionState
from lanchat.storage.errors import StorageProblem
from lanchat.storage.reader import Reader

T = TypeVar("T")

EVENTS_WAITING = 1_000  # a burst that every face works off within a second
MESSAGES_WAITING = 1_000  # at 4,000 characters each, 16 MB at the very most
_PAGE = 200
_REACTED_AS_ONE = 20  # members who reacted

_Key: TypeAlias = tuple[object, ...]
_EVENTS = frozenset(get_args(events.Event))
#: What comes after we left a room belongs to another stay in it, and is not merged with what came before.
_OF_ONE_STAY = (events.MessagesAdded, events.RosterChanged, events.CardsCame, events.ConnectionChanged)


class _Grew(Struct):
    """The Log of a room grew by what follows on `after`, up to `last`; the messages are in the store."""

    room_id: RoomId
    after: int
    last: int
    backlog: bool


class _Touched(Struct):
    """These messages of a room were changed; they are in the store."""

    room_id: RoomId
    message_ids: dict[EntryId, None]


class _WholeRoster(Struct):
    """Whoever is in the room when this is read."""

    room_id: RoomId


class Mailbox(Generic[T]):
    """`put` may be called on any thread; the rest is the reader's.

    Values other than Events are never merged, and may overtake the overflow. To put one takes no lock, so a signal
    handler may do it.
    """

    def __init__(self, folder: Path) -> None:
        """`folder`: the data folder, in which the messages are."""
        self._folder = folder
        self._queue: queue.SimpleQueue[object] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._messages = 0  # in the queue
        self._overflow: OrderedDict[int, object] = OrderedDict()  # by numbers, in order
        self._numbers = itertools.count()
        self._last: dict[_Key, int] = {}  # the number of the last Event in the overflow of each kind about one thing
        self._here: dict[RoomId, dict[bytes, Card]] = {}  # who is in each room, and how many that makes by its host
        self._count: dict[RoomId, int] = {}
        self._listed: set[_Key] = set()  # rooms that the reader is or will be told of, before the overflow
        self._rest: _Grew | _Touched | None = None  # being read from the store
        self._skips = False

    def put(self, value: T) -> None:
        if type(value) not in _EVENTS:
            self._queue.put(value)
            return
        with self._lock:
            match value:
                case events.RosterChanged():
                    self._moved(value)
                case events.Left(room_id) | events.Forgotten(room_id) | events.Hosting(room_id):
                    self._here.pop(room_id, None)
                    for kind in _OF_ONE_STAY:
                        self._last.pop((kind, room_id), None)
            if self._overflow or self._queue.qsize() >= EVENTS_WAITING or self._messages >= MESSAGES_WAITING:
                self._add_to_overflow(value)
            else:
                self._told(value)
                self._messages += _weight(value)
                self._queue.put(value)

    def get(self, block: bool = True, timeout: float | None = None) -> T:
        """As `queue.Queue.get`. Raises queue.Empty."""
        while True:
            if (page := self._next_page()) is not None:
                return cast("T", page)
            with self._lock:
                value = self._take_from_overflow() if self._overflow and self._queue.empty() else None
            if value is None:
                value = self._queue.get(block, timeout)
                with self._lock:
                    self._messages -= _weight(value)
            if not isinstance(value, _Grew | _Touched):
                return cast("T", value)
            self._rest = value

    def get_nowait(self) -> T:
        return self.get(block=False)

    def empty(self) -> bool:
        return self._rest is None and not self._overflow and self._queue.empty()

    def skip_entries(self) -> None:
        """The reader is about to end: read nothing from the store any more."""
        self._skips, self._rest = True, None

    # --- with the lock -----------------------------------------------------------------------------------------------
    def _add_to_overflow(self, event: object) -> None:
        key = _key_of(event)
        number = self._last.get(key, -1)
        before = self._overflow.get(number)
        if isinstance(before, events.RoomFound) and isinstance(event, events.RoomGone) and key not in self._listed:
            del self._overflow[number], self._last[key]  # it came and went unread
            return
        if isinstance(event, events.MessagesChanged):
            event = self._touched(event)
            if not event.message_ids:
                return
        elif isinstance(event, events.Recovered) or (isinstance(event, events.MessagesAdded) and event.older):
            self._last.pop((events.MessagesChanged, event.room_id), None)  # what is changed later is told after it
        elif isinstance(event, events.ReadElsewhere):
            self._move_other_line(event)
        elif isinstance(event, events.FilesKnown):  # what changes later is told after it
            for one in [key for key in self._last if key[:2] == (events.FileChanged, event.room_id)]:
                del self._last[one]
        merged = _merged(before, event)
        if merged is None:
            number = self._last[key] = next(self._numbers)
            merged = event
            if isinstance(event, events.MessagesAdded) and not event.older:
                merged = _Grew(event.room_id, event.after, event.last, event.backlog)
        self._overflow[number] = merged

    def _touched(self, event: events.MessagesChanged) -> _Touched:
        """Without the messages that are to be read from the store anyway."""
        grew = self._overflow.get(self._last.get((events.MessagesAdded, event.room_id), -1))
        after = grew.after if isinstance(grew, _Grew) else math.inf
        return _Touched(event.room_id, {one.message_id: None for one in event.messages if one.seq <= after})

    def _move_other_line(self, event: events.ReadElsewhere) -> None:
        """Of a room at most two wait: how far the line went on, and how far it went back, which is never less. Both
        together move it to where all of them moved it."""
        number = self._last.get((events.ReadElsewhere, event.room_id, not event.back), -1)
        if isinstance(other := self._overflow.get(number), events.ReadElsewhere):
            seq = min(other.seq, event.seq) if event.back else max(other.seq, event.seq)
            self._overflow[number] = replace(other, seq=seq)

    def _take_from_overflow(self) -> object:
        _number, event = self._overflow.popitem(last=False)
        if not self._overflow:
            self._last.clear()
        self._told(event)
        if isinstance(event, _WholeRoster):
            cards = tuple(self._here.get(event.room_id, {}).values())
            return events.RosterChanged(event.room_id, cards, (), self._count.get(event.room_id, 0), first=True)
        return event

    def _told(self, event: object) -> None:
        """The reader is told this, or will be before the overflow."""
        if isinstance(event, events.RoomFound):
            self._listed.add(_key_of(event))
        elif isinstance(event, events.RoomGone):
            self._listed.discard(_key_of(event))

    def _moved(self, event: events.RosterChanged) -> None:
        here = {} if event.first else self._here.get(event.room_id, {})
        for card in event.left:
            here.pop(card.key, None)
        here.update((card.key, card) for card in event.joined)
        self._here[event.room_id], self._count[event.room_id] = here, event.here

    # --- reading -----------------------------------------------------------------------------------------------------
    def _next_page(self) -> events.MessagesAdded | events.MessagesChanged | events.Problem | None:
        """More of what is read from the store; None: that is all, or the room was forgotten meanwhile."""
        rest, self._rest = self._rest, None
        if rest is None or self._skips:
            return None
        return self._grown(rest) if isinstance(rest, _Grew) else self._changed(rest)

    def _changed(self, touched: _Touched) -> events.MessagesChanged | events.Problem | None:
        message_ids = list(touched.message_ids)
        some, others = message_ids[:_PAGE], message_ids[_PAGE:]
        try:
            with closing(Reader.open(self._folder)) as reader:
                found = [reader.message(touched.room_id, message_id) for message_id in some]
        except StorageProblem as problem:
            return events.Problem(str(problem), touched.room_id)
        self._rest = _Touched(touched.room_id, dict.fromkeys(others)) if others else None
        messages = tuple(message for message in found if message is not None)
        return events.MessagesChanged(touched.room_id, messages) if messages else None

    def _grown(self, grew: _Grew) -> events.MessagesAdded | events.Problem | None:
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
            self._rest = replace(grew, after=last)
        messages = tuple(message for message in page if message.seq <= last)
        return events.MessagesAdded(grew.room_id, messages, grew.after, last, backlog=grew.backlog)


def _merged(before: object, event: object) -> object:
    """One Event that says what both say; None: there is none such."""
    match before, event:
        case _Grew(room_id, first, last, backlog), events.MessagesAdded(after=after, backlog=too) if after == last:
            return _Grew(room_id, first, event.last, backlog) if backlog == too and not event.older else None
        case (events.RosterChanged(room_id) | _WholeRoster(room_id)), events.RosterChanged():
            return _WholeRoster(room_id)
        case events.CardsCame(room_id, old), events.CardsCame(_, cards):
            return events.CardsCame(room_id, tuple({card.key: card for card in (*old, *cards)}.values()))
        case events.ConnectionChanged(), events.ConnectionChanged():
            if before.state in (ConnectionState.STOPPED, ConnectionState.HOSTING) or before.where != event.where:
                return None
            first_meeting = before.first_meeting or event.first_meeting
            return replace(event, first_meeting=first_meeting, fetched=before.fetched + event.fetched)
        case (events.RoomFound() | events.RoomGone()), (events.RoomFound() | events.RoomGone()):
            return event
        case _Touched(), _Touched():
            before.message_ids.update(event.message_ids)
            return before
        case events.SeenChanged(room_id, seen), events.SeenChanged(_, more):
            known = dict(seen)
            note_seen(known, more)
            return events.SeenChanged(room_id, tuple(known.items()))
        case events.ReadElsewhere(_, seq, back), events.ReadElsewhere():
            return replace(event, seq=min(seq, event.seq) if back else max(seq, event.seq))
        case (
            (events.LookedAround(), events.LookedAround()) | (events.Problem(), events.Problem())
            | (events.TopicChanged(), events.TopicChanged()) | (events.TypingChanged(), events.TypingChanged())
            | (events.FileChanged(), events.FileChanged()) | (events.FilePreparing(), events.FilePreparing())
            | (events.FilesKnown(), events.FilesKnown())
        ):  # fmt: skip
            return event
    return None


def _weight(event: object) -> int:
    """How much memory its messages take, as in so many messages of a usual length."""
    if not isinstance(event, events.MessagesAdded | events.MessagesChanged):
        return 0
    reacted = sum(len(one.members) for message in event.messages for one in message.reactions)
    return len(event.messages) + reacted // _REACTED_AS_ONE


def _key_of(event: object) -> _Key:
    """The same for all that may be merged."""
    if isinstance(event, events.RoomFound | events.RoomGone):
        return (Listing, event.listing.room_id, event.listing.owner)
    if isinstance(event, events.ReadElsewhere):
        return (events.ReadElsewhere, event.room_id, event.back)
    if isinstance(event, events.FileChanged):
        return (events.FileChanged, event.room_id, event.message_id)
    if isinstance(event, events.FilePreparing):
        return (events.FilePreparing, event.room_id, event.ref)
    return (type(event), getattr(event, "room_id", None))
