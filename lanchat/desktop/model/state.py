"""State: what the window knows. Every event goes through `apply`, every command through `note`. Pure; Tk thread.

How many unknown rooms there can be is bounded by discovery: a few hundred at most.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from typing import TypeAlias

from msgspec.structs import replace

from lanchat.core.attention import Sharing
from lanchat.core.listing import Finding, Listing
from lanchat.core.model import Availability, MemberKey, PrivateThread, RoomId
from lanchat.core.nicks import Lookalikes, Nicks, People
from lanchat.core.profile import Profile, encode_profile
from lanchat.core.text import shown_title
from lanchat.desktop.model import phrases
from lanchat.desktop.model.file_batches import FileBatches
from lanchat.desktop.model.room_events import ModelEvent, happened_in
from lanchat.desktop.model.room_model import LOOKED_THROUGH, RoomModel, recall, recall_carried, recall_unread
from lanchat.desktop.model.thread_model import ThreadModel
from lanchat.engine import commands, events
from lanchat.engine.commands import Command
from lanchat.engine.events import ConnectionState, Event
from lanchat.storage.errors import StorageProblem
from lanchat.storage.reader import Reader
from lanchat.storage.settings import FileSettings, Preferences

_LOOKED_THROUGH_IN_ALL = 1_000  # unread entries at the start, in the rooms used last: more would delay it
_SEARCHED_FOR_ANSWER = 50  # messages of a private thread, for the last one of the other


class State:
    def __init__(
        self, clock: Callable[[], float] = time.monotonic, wall_clock: Callable[[], float] = time.time
    ) -> None:
        """`clock`: of `RoomModel.found_at`. `wall_clock`: seconds since 1970."""
        self.me = MemberKey(b"")  #: b"" until Started
        self.nick = ""
        self.sharing = Sharing()  #: what others may know of me
        self.file_settings = FileSettings()
        self.keep_rooms = True  #: this computer may keep rooms open for others
        self.availability = Availability.HERE  #: what others see of me
        self.started = False
        self.nicks = Nicks({})  #: of everybody ever met, in all rooms
        self.verified: set[MemberKey] = set()  #: whom the person has compared keys with
        self.introduced: dict[MemberKey, events.Introduced] = {}
        self.rooms: dict[RoomId, RoomModel] = {}
        self.batches = FileBatches()  #: files that are no message yet
        self.threads: dict[RoomId, ThreadModel] = {}  #: private ones, by their own ids
        self._titles: Lookalikes[RoomId] = Lookalikes()
        self.where: tuple[str, ...] = ()  #: interfaces and addresses where rooms are looked for
        self.looked_around = False  #: an empty list means something now
        self.joining: set[str] = set()  #: what Joins were given that are not answered yet
        self.not_found: events.NotFound | None = None  #: the answer to the last Join of no room in `rooms`
        self.opening = False  #: a room is about to open here
        self.findings: tuple[Finding, ...] = ()  #: of the doctor
        self.checking = False  #: the doctor is at work
        self.reading: RoomId | None = None  #: see `read`
        self._reader: Reader | None = None
        self._clock = clock
        self._wall_clock = wall_clock

    # --- what comes in -----------------------------------------------------------------------------------------------
    def begin(self, reader: Reader) -> None:
        """Load what is kept on disk. MUST come after Started was applied. Raises StorageProblem."""
        assert self.started, "nobody knows yet which entries are mine"
        self._reader = reader
        self.nicks.learn(reader.all_cards())
        self.verified = reader.verified()
        left = _LOOKED_THROUGH_IN_ALL
        for record in reader.rooms():
            room = self._make_room(record.room_id)
            room.recorded(record)
            left -= recall(reader, room, min(left, LOOKED_THROUGH))
        for thread, read_seq in reader.threads().items():
            model = self.thread(thread)
            model.unread.read(read_seq)
            model.answered(reader.newest(model.room_id, _SEARCHED_FOR_ANSWER))
            left -= recall(reader, model, min(left, LOOKED_THROUGH))
            model.room.keeping.set_aside += model.keeping.set_aside

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
                if room := self.find(room_id):
                    room.unread.read(seq)
                    room.unread.held = room.unread.held and seq < room.last_seq
            case commands.MarkUnread(room_id, seq):
                if room := self.find(room_id):
                    self._mark_unread(room, seq)
            case commands.TakeBackRoom(room_id) | commands.BringBack(room_id):
                if room := self.find(room_id):
                    room.keeping.taking_back, room.keeping.asked = isinstance(command, commands.TakeBackRoom), None
            case commands.CheckUp():
                self.checking = True
            case commands.SendFiles():
                self.batches.note(command)
            case _:
                return False  # nothing changes until the answer
        return True

    def read(self, room_id: RoomId | None) -> None:
        """From now on the person looks at the end of this room (None: of none): what comes there is read at once.

        The window still has to tell the Engine, with MarkRead of `last_seq`, when it finds the time.
        """
        room = self.find(room_id) if room_id is not None else None
        if room is not None and room.unread.held:
            room = room_id = None
        self.reading = room_id
        if room is not None:
            room.unread.read(room.last_seq)

    def went_away(self, room_id: RoomId) -> None:
        """The person went from this room to another place: when they come back, they read it."""
        if room := self.find(room_id):
            room.unread.held = False

    def _mark_unread(self, room: RoomModel, seq: int) -> None:
        if self.reading == room.room_id:
            self.reading = None
        room.unread.marked_unread(seq)
        if self._reader is not None:
            with suppress(StorageProblem):  # then nothing is counted until more comes
                recall_unread(self._reader, room)

    def drop_question(self, room_id: RoomId) -> None:
        """Drop what was asked about this room: the person does not want to answer."""
        if room := self.rooms.get(room_id):
            room.asked = None
            self._drop_if_nothing(room)

    # --- what is shown -----------------------------------------------------------------------------------------------
    def room(self, room_id: RoomId) -> RoomModel:
        """The model of a room; for a forgotten room, an empty one that is not kept."""
        return self.find(room_id) or RoomModel(room_id, People(self.me, self.nicks))

    def find(self, room_id: RoomId) -> RoomModel | None:
        """The model of a room or a private thread; None where there is none."""
        return self.rooms.get(room_id) or self.threads.get(room_id)

    def thread(self, thread: PrivateThread) -> ThreadModel:
        """The model of a private thread, made if there is none; MUST be in a room that there is."""
        found = self.threads.get(thread.thread_id)
        if found is None:
            found = self.threads[thread.thread_id] = ThreadModel(thread, self.rooms[thread.room_id])
        return found

    def open_thread(self, room_id: RoomId, member: MemberKey) -> ThreadModel:
        """The person is about to write to this member of a room privately."""
        model = self.thread(PrivateThread(room_id, member))
        model.wanted = True
        return model

    def threads_in(self, room_id: RoomId) -> list[ThreadModel]:
        """The private threads in a room, by the names of the others."""
        found = [model for model in self.threads.values() if model.thread.room_id == room_id]
        return sorted(found, key=lambda model: (model.shown.casefold(), model.room_id))

    def availability_of(self, room: RoomModel, member: MemberKey) -> Availability:
        """Whether somebody who is in the room is at their computer."""
        return self.availability if member == self.me else room.people.availability(member)

    @property
    def on_no_network(self) -> bool:
        """Nobody on another computer sees a room that is open here."""
        return self.looked_around and not self.where

    def total_unread(self, preferences: Preferences) -> int:
        """What is unread in all rooms and private threads; of muted ones, only what mentions me."""
        return sum([
            room.unread.mentions if preferences.room(room.room_id).muted else room.unread.count
            for room in (*self.rooms.values(), *self.threads.values())
        ])

    def title(self, preferences: Preferences, room_id: RoomId | None = None) -> str:
        """The title of the window, which shows this room."""
        room = self.find(room_id) if room_id else None
        return phrases.window_title(room.shown if room else "", self.total_unread(preferences))

    def hosted_here(self) -> list[RoomModel]:
        """Rooms that are open on this computer."""
        return [room for room in self.rooms.values() if room.connection is ConnectionState.HOSTING]

    # --- Events ------------------------------------------------------------------------------------------------------
    def apply(self, event: Event) -> None:
        """Take an event in. Views hear of it afterwards."""
        self.batches.apply(event)
        self._apply(event)
        for thread in self.threads.values():
            thread.follow()

    def _apply(self, event: Event) -> None:
        match event:
            case events.Started(me, nick, _first_run, profile, sharing, files, keep_rooms):
                self.me, self.started, self.sharing, self.file_settings = me, True, sharing, files
                self.keep_rooms = keep_rooms
                self._i_am(nick, profile)
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
            case events.ProfileChanged(nick, profile):
                self._i_am(nick, profile)
            case events.SharingChanged(sharing):
                self.sharing = sharing
                if not sharing.read:
                    self._forget_who_has_read()
            case events.FileSettingsChanged(files):
                self.file_settings = files
            case events.AvailabilityChanged(availability):
                self.availability = availability
            case events.CheckedUp(findings):
                self.findings, self.checking = findings, False
            case (
                events.Stopped() | events.NotWritten() | events.Rung() | events.Problem() | events.ChangeWritten()
                | events.ChangeNotWritten() | events.FilePreparing() | events.FilesRefused()
                | events.FilesListed()
            ):  # fmt: skip
                if isinstance(event, events.Problem) and event.room_id and (room := self.find(event.room_id)):
                    room.keeping.taking_back = False
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
            case events.KeepRoomsChanged(on):
                self.keep_rooms = on
            case (
                events.ConnectionChanged(room_id) | events.Hosting(room_id) | events.MessagesAdded(room_id, older=False)
                | events.PassphraseNeeded(room_id=room_id) | events.KeyChanged(room_id=room_id)
            ):  # fmt: skip
                if PrivateThread.of(room_id) is None:
                    self._make_room(room_id)
                if room := self._conversation(room_id):
                    self._in_room(room, event)
            case _:
                if room := self._conversation(event.room_id):  # else it was forgotten meanwhile
                    self._in_room(room, event)

    def _forget_who_has_read(self) -> None:
        for room in self.rooms.values():
            room.seen_by.clear()

    def _i_am(self, nick: str, profile: Profile) -> None:
        self.nick = nick
        self.nicks.call(self.me, nick)
        self.nicks.describe(self.me, encode_profile(profile))

    def _in_room(self, room: RoomModel, event: _InRoom) -> None:
        match event:
            case events.MessagesAdded(after=after, last=last, older=True):
                room.got_earlier(after, last)
            case events.Recovered():
                room.earlier_exhausted = False
            case events.MessagesAdded(room_id, messages, after, last):
                room.known = True
                room.added(messages, reading=room_id == self.reading, entries=last - after, again=event.again)
            case events.ReadElsewhere(seq=seq, back=True):
                if seq < room.unread.read_seq:
                    self._mark_unread(room, seq + 1)
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
            case events.PassphraseNeeded(where, title=title) | events.KeyChanged(where, title=title):
                self._answered(where)
                room.called(title)
                room.asked = event
                room.shut = False
            case events.Rebased(base=base, carried=carried):
                for model in (room, *self.threads_in(room.room_id)):
                    model.keeping.told |= carried
                    model.cut_back(base)
                self._look_up(room, recall)
            case events.BroughtBack(left=left, set_aside=set_aside):
                if not left or set_aside != room.keeping.set_aside:
                    self._look_up(room, recall_carried)
                room.keeping.left, room.keeping.set_aside = left, set_aside
            case events.KeeperChanged(keeper=keeper):
                room.keeping.changed(keeper, room.last_seq, int(self._wall_clock() * 1000))
                room.keeper = keeper
            case events.KeptElsewhere(keeper=keeper):
                self.opening = room.entering = False
                room.keeper = keeper
            case _:
                happened_in(room, event)

    def _look_up(self, room: RoomModel, fill_in: Callable[[Reader, RoomModel], object]) -> None:
        """Fill in what is on the disk of a room and its private threads now."""
        with suppress(StorageProblem):  # then it is shown when more comes
            for model in (room, *self.threads_in(room.room_id)):
                if self._reader is not None:
                    fill_in(self._reader, model)

    def _found(self, listing: Listing) -> None:
        room = self._make_room(listing.room_id)
        if not room.found and self.looked_around:
            room.found_at = self._clock()
        room.seen(listing)

    def _gone(self, listing: Listing) -> None:
        if room := self.rooms.get(listing.room_id):
            room.found.pop(listing.owner, None)
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
        self.threads = {key: one for key, one in self.threads.items() if one.thread.room_id != room_id}
        if room := self.rooms.pop(room_id, None):
            for listing in room.found.values():
                self._make_room(room_id).seen(listing)

    def _answered(self, where: str) -> None:
        """A Join is answered."""
        self.joining.discard(where)
        if room := self.rooms.get(RoomId(where)):
            room.entering = False

    def _drop_if_nothing(self, room: RoomModel) -> None:
        if not (room.known or room.is_here):
            del self.rooms[room.room_id]
            self._titles.drop(room.room_id)

    def _conversation(self, room_id: RoomId) -> RoomModel | None:
        """The model of a room; or of a private thread, made if there is none, in a room that there is."""
        thread = PrivateThread.of(room_id)
        if thread is None or thread.room_id not in self.rooms:
            return self.rooms.get(room_id)
        return self.thread(thread)

    def _make_room(self, room_id: RoomId) -> RoomModel:
        room = self.rooms.get(room_id)
        if room is None:
            self.rooms[room_id] = room = RoomModel(room_id, People(self.me, self.nicks), self._titles)
        return room


_InRoom: TypeAlias = (
    ModelEvent | events.MessagesAdded | events.Recovered | events.RosterChanged | events.ConnectionChanged
    | events.Hosting | events.PassphraseNeeded | events.KeyChanged | events.KeeperChanged | events.KeptElsewhere
    | events.Rebased | events.BroughtBack
)  # fmt: skip
