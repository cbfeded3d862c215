"""People with real Engines, real TLS on loopback and real databases, on a network in memory.

    ana, ben = people.person("Ana"), people.person("Ben")
    ana.hosts("Kitchen")
    ben.joins("Kitchen")
    ben.says("hi")
    ana.sees("hi")

Whoever waits blocks on the Engine's queue, and fails the test when nothing comes. Whatever arrives is checked: the
entries of a room come once, in order, without a gap.
"""

from __future__ import annotations

import asyncio
import queue
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, TypeVar

from lanchat.core.content import Text, encode
from lanchat.core.keeping import Keeping
from lanchat.core.listing import Listing
from lanchat.core.message import Message
from lanchat.core.model import DeviceId, EntryId, LogEntry, MemberKey, RoomId
from lanchat.engine import commands, events
from lanchat.engine.commands import Command
from lanchat.engine.engine import Engine
from lanchat.engine.events import ConnectionState, EntryState, Event
from lanchat.storage import data_folder, entry_rows
from lanchat.storage.open_database import open_for_reading
from lanchat.storage.reader import Reader
from lanchat.storage.records import Records, RoomRecord
from lanchat.storage.store import Store
from lanchat.trust.identity import load_or_create
from lanchat.trust.signing import make_entry
from tests.fake_lan import FakeDiscovery, FakeLan

#: Longer than anything here takes on a busy machine; only a test that fails waits so long.
PATIENCE_SECONDS = 30.0

_LOOK_SECONDS = 0.05  # between two looks while nothing is told

#: The most that Quit may take on a busy machine, whatever goes on.
LEAVING_SECONDS = 10.0

#: What a Join may come to.
ANSWERS = (events.NotFound, events.PassphraseNeeded, events.KeyChanged, events.ConnectionChanged)

E = TypeVar("E", bound=Event)


class People:
    """One network, and everybody on it."""

    def __init__(self, folder: Path) -> None:
        self.lan = FakeLan()
        self.folder = folder
        self._people: list[Person] = []

    def person(self, nick: str, folder: Path | None = None, starts: bool = True) -> Person:
        """Somebody with a data folder of their own, whose lanchat runs."""
        person = Person(nick, folder or self.folder / nick, self.lan)
        self._people.append(person)
        if starts:
            person.starts()
        return person

    def leave(self) -> None:
        """Everybody quits at once."""
        for person in self._people:
            person.do(commands.Quit())
        for person in self._people:
            person.has_stopped()


class Room:
    """What one person has seen of a room since their lanchat started."""

    def __init__(self) -> None:
        self.messages: list[Message] = []
        self._range: tuple[int, int] | None = None  # of the Log: after, last
        self.here: dict[MemberKey, str] = {}
        self.state: ConnectionState | None = None
        self.problem = ""
        self.topic = ""

    def change(self, messages: tuple[Message, ...]) -> None:
        now = {message.message_id: message for message in messages}
        self.messages = [now.get(message.message_id, message) for message in self.messages]

    def rebase(self) -> None:
        """It is another Log from now on, and is read again."""
        self.messages, self._range = [], None

    def add(self, event: events.MessagesAdded) -> None:
        more, after, last = event.messages, event.after, event.last
        seqs = [message.seq for message in more]
        assert seqs == sorted(set(seqs)), "not in order"
        assert all(after < seq <= last for seq in seqs), "outside the range they came with"
        if last == after:
            return
        if self._range is not None:
            before, next_to = (last, self._range[0]) if event.older else (self._range[1], after)
            assert before == next_to, f"what follows on {next_to} came next to {before}"
            after, last = min(after, self._range[0]), max(last, self._range[1])
        self._range = after, last
        self.messages = [*more, *self.messages] if event.older else [*self.messages, *more]


class Person:
    def __init__(self, nick: str, folder: Path, lan: FakeLan) -> None:
        self.nick = nick
        self.folder = folder
        self.lan = lan
        self.network: FakeDiscovery | None = None
        self.engine: Engine | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self.me: MemberKey | None = None
        self.hosting: events.Hosting | None = None
        self.room_id: RoomId | None = None  #: the room talked in at the moment: the one entered last
        self._forget()

    def _forget(self) -> None:
        """What a person sees goes with the window."""
        self.unheard: list[Event] = []
        self.listings: dict[str, Listing] = {}
        self.rooms: dict[RoomId, Room] = {}
        self.written: dict[str, EntryId] = {}
        self.states: dict[EntryId, EntryState] = {}
        self._another_log: set[EntryId] = set()  #: they were in one that gave way, and come into another from the start
        self.stopped: events.Stopped | None = None

    # --- what they do ------------------------------------------------------------------------------------------------
    def opens(self, nick: str | None = None, doorbell: bool = False) -> Engine:
        """An Engine that is not started yet."""
        self._forget()
        self.engine = Engine(self.folder, nick=nick, discovery=self._plug_in, doorbell=doorbell)
        return self.engine

    def starts(self) -> events.Started:
        """Starts lanchat, for the first time or again."""
        self.opens(None if self.me else self.nick).start()
        started = self.hears(events.Started)
        self.me = started.me
        return started

    def _plug_in(self) -> FakeDiscovery:
        """Called on the Engine's loop."""
        self._loop = asyncio.get_running_loop()
        self.network = self.lan.node()
        return self.network

    def quits(self, seconds: float = LEAVING_SECONDS) -> events.Stopped:
        self.do(commands.Quit())
        return self.has_stopped(seconds)

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """Their lanchat does nothing meanwhile, as when its machine sleeps; its connections stay up."""
        asleep, wakes = threading.Event(), threading.Event()

        def sleep() -> None:
            asleep.set()
            wakes.wait(PATIENCE_SECONDS)

        assert self._loop is not None
        self._loop.call_soon_threadsafe(sleep)
        asleep.wait(PATIENCE_SECONDS)
        try:
            yield
        finally:
            wakes.set()

    def runs(self, call: Callable[[], None]) -> None:
        """Their lanchat does this next."""
        assert self._loop is not None
        self._loop.call_soon_threadsafe(call)

    def do(self, command: Command) -> None:
        if self.engine is not None:
            self.engine.do(command)

    def hosts(self, title: str, **options: Any) -> events.Hosting:
        """Opens a room; `options` are those of the command Host."""
        self.do(commands.OpenRoom(title, **{"port": 0, **options}))
        self.hosting = self.hears(events.Hosting, events.NotHosting)
        assert isinstance(self.hosting, events.Hosting), self.hosting
        self.room_id = self.hosting.room_id
        self.until(lambda: self.room.state is ConnectionState.HOSTING)
        return self.hosting

    def hosted_yesterday(self, title: str, *texts: str) -> None:
        """Before lanchat starts: a room of theirs is on disk, and they have said all this in it."""
        me = load_or_create(self.folder)
        room_id = RoomId("yesterdaysroom22")
        entries = [make_entry(me, room_id, count, encode(Text(text)), 1_000_000) for count, text in enumerate(texts, 1)]
        store = Store.open(self.folder)
        store.put_room(RoomRecord(room_id, title, me.key, hosted=True))
        store.log(room_id).append(entries, 1_000_000)
        store.close()

    @contextmanager
    def put_back_to(self) -> Iterator[None]:
        """What is done inside never was, as far as their lanchat knows: it has quit, and its data folder is put back
        from the backup that was made before."""
        backup = self.folder.with_name(f"{self.folder.name} before")
        shutil.copytree(self.folder, backup)
        yield
        shutil.rmtree(self.folder)
        backup.rename(self.folder)

    def joins(self, where: str, **options: Any) -> events.ConnectionChanged:
        """Gets into a room, named by its title, or by anything that the command Join takes."""
        answer = self.asks_to_join(where, **options)
        assert isinstance(answer, events.ConnectionChanged), answer
        assert answer.state is ConnectionState.CONNECTED, answer
        self.room_id = answer.room_id
        self.until(lambda: bool(self.room.here))
        return answer

    def asks_to_join(self, where: str, **options: Any) -> Event:
        """Wants into a room: the answer, whatever it is."""
        listing = self.listings.get(where) or self._finds(where)
        where = listing.room_id if listing else where
        self.unheard = [event for event in self.unheard if not isinstance(event, ANSWERS)]
        self.do(commands.Join(where, **options))
        return self.hears(*ANSWERS, where=where)

    def _finds(self, title: str) -> Listing | None:
        """The room of that title, when there is or soon is one; None for what is no title at all."""
        if title[0].isupper() and "-" not in title:
            self.until(lambda: title in self.listings)
        return self.listings.get(title)

    def leaves(self) -> None:
        assert self.room_id is not None
        self.do(commands.Leave(self.room_id))
        self.hears(events.Left, room_id=self.room_id)
        self.rooms.pop(self.room_id, None)

    def says(self, *texts: str) -> None:
        """Writes entries: they are safe on disk when this returns."""
        assert self.room_id is not None
        for text in texts:
            self.do(commands.Say(self.room_id, text))
        self.until(lambda: all(text in self.written for text in texts))

    def changes(self, make: Callable[..., Command], message: Message, *arguments: Any) -> None:
        """Asks for a change of a message: Edit, Delete, React or PinMessage."""
        assert self.room_id is not None
        self.do(make(self.room_id, message.message_id, *arguments))

    def message(self, text: str) -> Message:
        """The message that says so now."""
        self.sees(text)
        return next(message for message in self.room.messages if message.text == text)

    def looks_back(self) -> events.MessagesAdded:
        """Asks for a page of what was said earlier."""
        assert self.room_id is not None
        self.do(commands.FetchEarlier(self.room_id))
        return self.hears(events.MessagesAdded, room_id=self.room_id, older=True)

    # --- what they see -----------------------------------------------------------------------------------------------
    @property
    def room(self) -> Room:
        assert self.room_id is not None
        return self.rooms.setdefault(self.room_id, Room())

    @property
    def texts(self) -> list[str]:
        """What stands in the room, from top to bottom."""
        return [message.text for message in self.room.messages]

    @property
    def roster(self) -> list[str]:
        return sorted(self.room.here.values())

    def sees(self, *texts: str) -> None:
        self.until(lambda: set(texts) <= set(self.texts))

    def reads_as(self, *texts: str) -> None:
        """The room reads so, from top to bottom, with nothing else in it."""
        self.until(lambda: len(self.texts) >= len(texts))
        assert self.texts == list(texts)

    def sees_here(self, *nicks: str) -> None:
        """Exactly these are in the room."""
        self.until(lambda: self.roster == sorted(nicks))

    def sees_state(self, text: str, state: EntryState) -> None:
        """Their own entry is so far, or further."""
        order = list(EntryState)
        self.until(lambda: order.index(self.states[self.written[text]]) >= order.index(state))

    def is_(self, state: ConnectionState) -> None:
        self.until(lambda: self.room.state is state)

    def waiting(self) -> list[str]:
        """What is in their Outbox on disk."""
        assert self.room_id is not None
        return [pending.text for pending in self.reads(lambda reader: reader.outbox(self.room_id))]

    def kept(self) -> list[Message]:
        """What is of the room on their disk."""
        return self.reads(lambda reader: reader.newest(self.room_id, 1_000_000))

    def log(self, *, whole: bool = False) -> list[LogEntry]:
        """The Log as it is on their disk; unless `whole`, without what says who keeps the room open."""
        with closing(open_for_reading(self.folder / data_folder.DATABASE, 5.0)) as database:
            place = Records(database).place(self.room_id)
            found = [] if place is None else entry_rows.after(database, place, 0, 1_000_000)
            return [item for item in found if whole or item.entry.kind != Keeping.kind]

    def reads(self, look: Callable[[Reader], Any]) -> Any:
        reader = Reader.open(self.folder)
        try:
            return look(reader)
        finally:
            reader.close()

    def devices(self) -> set[DeviceId]:
        """The devices that entries of this person in the room came from."""
        return {DeviceId(item.entry.device_id) for item in self.log() if item.entry.author == self.me}

    # --- waiting -----------------------------------------------------------------------------------------------------
    def hears(self, *kinds: type[E], **fields: object) -> E:
        """The next event of these kinds and with these fields that was not heard before; others wait."""

        def fits(event: Event) -> bool:
            return isinstance(event, kinds) and all(getattr(event, name) == value for name, value in fields.items())

        self.until(lambda: any(map(fits, self.unheard)))
        return self.unheard.pop(next(at for at, event in enumerate(self.unheard) if fits(event)))  # type: ignore[return-value]

    def hears_nothing(self, *kinds: type[Event]) -> None:
        """None of these came, once everything asked before is done."""
        self.do(commands.ChangeProfile(self.nick))
        self.hears(events.ProfileChanged)
        assert not [event for event in self.unheard if isinstance(event, kinds)]

    def has_stopped(self, seconds: float = LEAVING_SECONDS) -> events.Stopped:
        """The Engine's last event, after which nothing of it is left."""
        if self.engine is None:
            return events.Stopped()
        self.until(lambda: self.stopped is not None, seconds)
        self.engine.join(PATIENCE_SECONDS)
        assert self.engine.events.empty(), "something came after Stopped"
        stopped, self.engine = self.stopped, None
        assert stopped is not None
        return stopped

    def until(self, holds: Callable[[], bool], seconds: float = PATIENCE_SECONDS) -> None:
        """Take in events until `holds`, which may also be about something that no event tells."""
        deadline = time.monotonic() + seconds
        assert self.engine is not None
        while not holds():
            assert self.stopped is None, f"{self.nick}'s lanchat stopped: {self.stopped}"
            try:
                self._take_in(self.engine.events.get(timeout=_LOOK_SECONDS))
            except queue.Empty:
                lately = "\n".join(str(event)[:300] for event in self.unheard[-10:])
                waits = time.monotonic() < deadline
                assert waits, f"{self.nick} waited in vain. Not asked for lately:\n{lately}"

    def _take_in(self, event: Event) -> None:
        self.unheard.append(event)
        match event:
            case events.RoomFound(listing):
                self.listings[listing.title] = listing
            case events.RoomGone(listing):
                self.listings.pop(listing.title, None)
            case events.ConnectionChanged(room_id, state=state, problem=problem):
                room = self.rooms.setdefault(room_id, Room())
                room.state, room.problem = state, problem
                if state is not ConnectionState.HOSTING:
                    room.here = {} if state is not ConnectionState.CONNECTED else room.here
            case events.Rebased(room_id):
                self._another_log = set(self.states)
                self.rooms.setdefault(room_id, Room()).rebase()
            case events.MessagesAdded(room_id):
                self.rooms.setdefault(room_id, Room()).add(event)
            case events.MessagesChanged(room_id, messages):
                self.rooms.setdefault(room_id, Room()).change(messages)
            case events.TopicChanged(room_id, topic):
                self.rooms.setdefault(room_id, Room()).topic = topic
            case events.EntryWritten(_, entry_id, text):
                self.written[text] = entry_id
                self.states.setdefault(entry_id, EntryState.WAITING)
            case events.EntryStateChanged(_, entry_ids, state):
                self._count_up(entry_ids, state)
            case events.RosterChanged(room_id, joined, left, _, first):
                here = self.rooms.setdefault(room_id, Room()).here
                if first:
                    here.clear()
                here.update({MemberKey(card.key): card.nick for card in joined})
                for card in left:
                    here.pop(MemberKey(card.key), None)
            case events.Forgotten(room_id):
                self.rooms.pop(room_id, None)
            case events.Stopped():
                self.stopped = event
            case _:
                pass

    def _count_up(self, entry_ids: tuple[EntryId, ...], state: EntryState) -> None:
        order = list(EntryState)
        for entry_id in entry_ids:
            before = self.states.get(entry_id, EntryState.WAITING)
            back = order.index(state) < order.index(before)
            assert not back or entry_id in self._another_log, f"from {before} back to {state}"
            self._another_log.discard(entry_id)
            self.states[entry_id] = state
