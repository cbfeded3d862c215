"""State: what the window knows. Every event goes through `apply`, every command through `note`. Pure; Tk thread.

How many unknown rooms there can be is bounded by discovery: a few hundred at most.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeAlias, assert_never

from msgspec.structs import replace

from lanchat.core.listing import Finding, Listing
from lanchat.core.model import MemberKey, RoomId
from lanchat.core.nicks import Lookalikes, Nicks, People
from lanchat.core.text import shown_title
from lanchat.desktop.model import phrases
from lanchat.desktop.model.room_model import LOOKED_THROUGH, RoomModel, recall
from lanchat.desktop.model.sections import RoomSection, sections
from lanchat.engine import commands, events
from lanchat.engine.commands import Command
from lanchat.engine.events import ConnectionState, Event
from lanchat.storage.reader import Reader

_LOOKED_THROUGH_IN_ALL = 1_000  # unread entries at the start, in the rooms used last: more would delay it


class State:
    def __init__(
        self, clock: Callable[[], float] = time.monotonic, wall_clock: Callable[[], float] = time.time
    ) -> None:
        """`clock`: what `sections` is given the time of. `wall_clock`: seconds since 1970."""
        self.me = MemberKey(b"")  #: b"" until Started
        self.nick = ""
        self.started = False
        self.nicks = Nicks({})  #: of everybody ever met, in all rooms
        self.verified: set[MemberKey] = set()  #: whom the person has compared keys with
        self.introduced: dict[MemberKey, events.Introduced] = {}
        self.rooms: dict[RoomId, RoomModel] = {}
        self._titles: Lookalikes[RoomId] = Lookalikes()
        self.where: tuple[str, ...] = ()  #: interfaces and addresses where rooms are looked for
        self.looked_around = False  #: an empty list means something now
        self.joining: set[str] = set()  #: what Joins were given that are not answered yet
        self.not_found: events.NotFound | None = None  #: the answer to the last Join of no room in `rooms`
        self.opening = False  #: a room is about to open here
        self.findings: tuple[Finding, ...] = ()  #: of the doctor
        self.checking = False  #: the doctor is at work
        self.reading: RoomId | None = None  #: see `read`
        self._clock = clock
        self._wall_clock = wall_clock

    # --- what comes in -----------------------------------------------------------------------------------------------
    def begin(self, reader: Reader) -> None:
        """Load what is kept on disk. MUST come after Started was applied. Raises StorageProblem."""
        assert self.started, "nobody knows yet which entries are mine"
        for key, nick in reader.nicks().items():
            self.nicks.call(key, nick)
        self.verified = reader.verified()
        left = _LOOKED_THROUGH_IN_ALL
        for record in reader.rooms():
            room = self._make_room(record.room_id)
            room.called(record.title)
            room.known, room.hosted, room.protected = True, record.hosted, record.passphrase
            room.host_key = record.host_key
            room.unread.read(record.read_seq)
            left -= recall(reader, room, self.nick, min(left, LOOKED_THROUGH))

    def note(self, command: Command) -> bool:
        """Note a command that is about to be given to the engine. Whether that changes anything that is shown."""
        match command:
            case commands.Join(where):
                self.joining.add(where)
                self.not_found = None
                if room := self.rooms.get(RoomId(where)):
                    room.entering = True
            case commands.OpenRoom(room_id=room_id):
                self.opening = True
                if room_id is not None and (room := self.rooms.get(room_id)):
                    room.entering = True
            case commands.MarkRead(room_id, seq):
                if room := self.rooms.get(room_id):
                    room.unread.read(seq)
            case commands.CheckUp():
                self.checking = True
            case _:
                return False  # nothing changes until the answer
        return True

    def read(self, room_id: RoomId | None) -> None:
        """From now on the person looks at the end of this room (None: of none): what comes there is read at once.

        The window still has to tell the Engine, with MarkRead of `last_seq`, when it finds the time.
        """
        self.reading = room_id
        if room_id is not None and (room := self.rooms.get(room_id)):
            room.unread.read(room.last_seq)

    def drop_question(self, room_id: RoomId) -> None:
        """Drop what was asked about this room: the person does not want to answer."""
        if room := self.rooms.get(room_id):
            room.asked = None
            self._drop_if_nothing(room)

    # --- what is shown -----------------------------------------------------------------------------------------------
    def room(self, room_id: RoomId) -> RoomModel:
        """The model of a room; for a forgotten room, an empty one that is not kept."""
        return self.rooms.get(room_id) or RoomModel(room_id, People(self.me, self.nicks))

    def sections(self, now: float) -> list[RoomSection]:
        """The rooms, as a list shows them at the time `now`."""
        return sections(self.rooms.values(), now)

    @property
    def on_no_network(self) -> bool:
        """Nobody on another computer sees a room that is open here."""
        return self.looked_around and not self.where

    def total_unread(self) -> int:
        return sum([room.unread.count for room in self.rooms.values()])

    def title(self, room_id: RoomId | None = None) -> str:
        """The title of the window, which shows this room."""
        room = self.rooms.get(room_id) if room_id else None
        return phrases.window_title(room.shown if room else "", self.total_unread())

    def hosted_here(self) -> list[RoomModel]:
        """Rooms that are open on this computer."""
        return [room for room in self.rooms.values() if room.connection is ConnectionState.HOSTING]

    # --- Events ------------------------------------------------------------------------------------------------------
    def apply(self, event: Event) -> None:
        """Take an event in. Views hear of it afterwards."""
        match event:
            case events.RoomFound(listing):
                self._found(listing)
            case events.RoomGone(listing):
                self._gone(listing)
            case events.NotFound():
                self._not_found(event)
            case events.NotHosting():
                self._not_hosting(event)
            case events.Left(room_id):
                self._left(room_id)
            case events.Forgotten(room_id):
                self._forgotten(room_id)
            case (
                events.Started() | events.Stopped() | events.LookedAround() | events.Introduced() | events.Verified()
                | events.Renamed() | events.Problem() | events.CheckedUp() | events.CardsCame() | events.NotWritten()
                | events.Rung()
            ):  # fmt: skip
                self._beside_rooms(event)
            case (
                events.ConnectionChanged(room_id) | events.Hosting(room_id) | events.MessagesAdded(room_id, older=False)
                | events.PassphraseNeeded(room_id=room_id) | events.KeyChanged(room_id=room_id)
            ):  # fmt: skip
                self._in_room(self._make_room(room_id), event)
            case _:
                if room := self.rooms.get(event.room_id):  # else it was forgotten meanwhile
                    self._in_room(room, event)

    def _in_room(self, room: RoomModel, event: _InRoom) -> None:
        match event:
            case events.MessagesAdded(after=after, last=last, older=True):
                room.got_earlier(after, last)
            case events.Recovered():
                room.earlier_exhausted = False
            case events.MessagesAdded(room_id, messages, after, last):
                room.known = True
                room.added(messages, self.nick, reading=room_id == self.reading, entries=last - after)
            case events.EntryWritten():
                room.mine.wrote(event)
            case events.EntryStateChanged():
                room.mine.changed(event)
            case events.Discarded(entry_id=entry_id):
                room.outbox.pop(entry_id, None)
            case events.RosterChanged():
                room.moved(event, int(self._wall_clock() * 1000))
            case events.ConnectionChanged(where=where):
                if where in self.joining:  # this answers the new attempt
                    room.asked = None
                self._answered(where)
                room.stands(event)
            case events.Hosting():
                self.opening = False
                room.opened(event)
            case events.WaysIn(code=code, link=link):
                if room.hosting is not None:
                    room.hosting = replace(room.hosting, code=code, link=link)
            case events.PassphraseNeeded(where, title=title) | events.KeyChanged(where, title=title):
                self._answered(where)
                room.called(title)
                room.asked = event
                room.shut = False
            case events.Banned(member=member, on=True):
                room.banned.add(member)
            case events.Banned(member=member):
                room.banned.discard(member)
            case _:
                assert_never(event)

    def _beside_rooms(self, event: _BesideRooms) -> None:
        match event:
            case events.Started(me, nick):
                self.me, self.nick, self.started = me, nick, True
                self.nicks.call(me, nick)
            case events.LookedAround(where):
                self.where, self.looked_around = where, True
            case events.CardsCame(cards=cards):
                self.nicks.learn(cards)
            case events.Introduced(member):
                self.introduced[member] = event
            case events.Verified(member, yes):
                self.verified = self.verified | {member} if yes else self.verified - {member}
                if member in self.introduced:
                    self.introduced[member] = replace(self.introduced[member], verified=yes)
            case events.Renamed(nick):
                self.nick = nick
                self.nicks.call(self.me, nick)
            case events.CheckedUp(findings):
                self.findings, self.checking = findings, False
            case events.Stopped() | events.NotWritten() | events.Rung() | events.Problem():
                pass  # they concern the composer and the window only
            case _:
                assert_never(event)

    def _found(self, listing: Listing) -> None:
        room = self._make_room(listing.room_id)
        if not room.found and self.looked_around:
            room.found_at = self._clock()
        room.seen(listing)

    def _gone(self, listing: Listing) -> None:
        if room := self.rooms.get(listing.room_id):
            room.found.pop(listing.fingerprint, None)
            self._drop_if_nothing(room)

    def _not_found(self, event: events.NotFound) -> None:
        self._answered(event.where)
        if room := self.rooms.get(RoomId(event.where)):
            room.asked = event
            room.shut = not event.refused
        else:
            self.not_found = event

    def _not_hosting(self, event: events.NotHosting) -> None:
        self.opening = False
        for room in self.rooms.values():
            if room.entering and room.hosted and room.title == shown_title(event.title):
                room.entering, room.problem = False, event.problem

    def _left(self, room_id: RoomId) -> None:
        self._answered(room_id)
        if room := self.rooms.get(room_id):
            room.left()
            self._drop_if_nothing(room)

    def _forgotten(self, room_id: RoomId) -> None:
        self._titles.drop(room_id)
        if room := self.rooms.pop(room_id, None):
            for listing in room.found.values():
                self._make_room(room_id).seen(listing)

    def _answered(self, where: str) -> None:
        """A Join is answered."""
        self.joining.discard(where)
        if room := self.rooms.get(RoomId(where)):
            room.entering = False

    def _drop_if_nothing(self, room: RoomModel) -> None:
        if not (room.known or room.hosted or room.is_here):
            del self.rooms[room.room_id]
            self._titles.drop(room.room_id)

    def _make_room(self, room_id: RoomId) -> RoomModel:
        room = self.rooms.get(room_id)
        if room is None:
            self.rooms[room_id] = room = RoomModel(room_id, People(self.me, self.nicks), self._titles)
        return room


_InRoom: TypeAlias = (
    events.MessagesAdded | events.Recovered | events.EntryWritten | events.EntryStateChanged | events.Discarded
    | events.RosterChanged | events.ConnectionChanged | events.Hosting | events.WaysIn
    | events.PassphraseNeeded | events.KeyChanged | events.Banned
)  # fmt: skip
_BesideRooms: TypeAlias = (
    events.Started | events.Stopped | events.LookedAround | events.Introduced | events.Verified | events.Renamed
    | events.Problem | events.CheckedUp | events.CardsCame | events.NotWritten | events.Rung
)  # fmt: skip
