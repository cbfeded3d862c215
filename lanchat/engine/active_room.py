"""ActiveRoom: a room that we are in, whoever hosts it: its Client, which keeps the replica, and what it tells as
Events.

On the Engine's loop. What differs between a room of ours and a room that somebody else hosts is the room's Role.
"""

from __future__ import annotations

from typing import Protocol, assert_never

from lanchat.core import limits
from lanchat.core.client import Client
from lanchat.core.client_actions import (
    Apply,
    CardsCame,
    Disconnect,
    EntryState,
    GiveUp,
    Held,
    NewReplica,
    OwnDelivered,
    Prepend,
    ReadBefore,
    RosterChanged,
    Settle,
    Welcomed,
)
from lanchat.core.codes import rejection_words
from lanchat.core.listing import Listing
from lanchat.core.message import messages_of
from lanchat.core.model import Card, Entry, EntryId, RoomId
from lanchat.core.replica import Ticks
from lanchat.engine import events
from lanchat.engine.client_driver import ClientDriver, Told
from lanchat.engine.disk import DiskReplica
from lanchat.engine.own_entries import Person
from lanchat.network.link import Link
from lanchat.storage.errors import StorageProblem
from lanchat.storage.records import now_ms


class Role(Protocol):
    """What we are in a room: its host, or somebody who follows its host."""

    hosting: bool

    def say_state(self, where: str) -> None:
        """Tell where we stand: the answer to the Join `where` of a room that we are in already."""

    def seen(self, listing: Listing) -> None:
        """Discovery sees the room like this now."""

    def network_changed(self) -> None:
        """Our own addresses have changed."""

    async def close(self) -> None:
        """Leave politely. What came is kept."""

    # what the Client tells
    def welcomed(self, host: Card, missed: int) -> None: ...

    def people_here(self, count: int) -> None: ...

    def held(self, code: str) -> None:
        """The host takes nothing new of anybody for now, for the reason that HoldCode `code` says."""


class ActiveRoom:
    role: Role  #: set once, by the role itself

    def __init__(self, room_id: RoomId, title: str, person: Person, tell: events.Tell) -> None:
        self.room_id = room_id
        self.title = title
        self.unwelcome = ""  #: the host sent us away: why it takes nothing more of us, in plain words
        self.ahead: float | None = None  #: seconds by which our clock is ahead of the host's; None: not known
        self.tell = tell
        self._ticks = Ticks(person.key)
        self._driver: ClientDriver | None = None
        self._read_seq = 0
        self._problem = ""  # the last one told

    async def talk(self, link: Link, replica: DiskReplica, client: Client | None = None) -> Disconnect:
        """One connection's time: until it is over, and what came is kept. `client`: made of the replica already."""
        try:
            client = client or await replica.client()
            client.read(self._read_seq, 0.0)
            self._driver = ClientDriver(client, link, replica, self._told)
            return await self._driver.run()
        except StorageProblem as problem:
            return Disconnect("disk", retry_ms=limits.DISK_RETRY_MS, problem=str(problem))
        finally:
            link.close("over")
            self._driver = None

    def say_goodbye(self) -> bool:
        """End the connection politely; `talk` returns. False: there is none."""
        if self._driver is None:
            return False
        self._driver.leave()
        return True

    def post(self, entry: Entry) -> None:
        """The person wrote this; it is in the Outbox."""
        if self._driver is not None:
            self._driver.post(entry)

    def rename(self, card: Card) -> None:
        """The person has a new card."""
        if self._driver is not None:
            self._driver.rename(card)

    def read(self, seq: int) -> None:
        """The person had what was said up to `seq` on the screen."""
        self._read_seq = max(self._read_seq, seq)
        if self._driver is not None and self.role.hosting:
            self._driver.read(seq)

    def fetch_earlier(self) -> None:
        """Get a page of the past, or tell at once that there is none now. Of a room of ours everything is here
        already."""
        if self.role.hosting or self._driver is None or not self._driver.fetch_earlier():
            self.tell(events.MessagesAdded.of(self.room_id, (), older=True))

    def check_host(self) -> None:
        """There may be a better way to the host by now: it must answer soon, or the connection is given up."""
        if self._driver is not None:
            self._driver.check()

    def warn(self, problem: str, holds: bool = False) -> None:
        """Tell a Problem once, although what fails is tried again and again."""
        if problem != self._problem:
            self._problem = problem
            self.tell(events.Problem(problem, self.room_id, holds=holds))

    def _told(self, told: Told) -> None:
        """What the Client tells, as Events."""
        match told:
            case Welcomed(host, _limits, missed):
                self.role.welcomed(host, missed)
            case Apply(run, taken, backlog):
                if taken or self.role.hosting:  # the disk that failed works again
                    self._problem = ""
                if not backlog:
                    self.ahead = (now_ms() - run[-1].received_at) / 1000
                self.tell(events.MessagesAdded.of(self.room_id, run, backlog=backlog))
                self._say_states(self._ticks.taken(run), EntryState.TAKEN)
                self._say_states(self._ticks.delivered(), EntryState.DELIVERED)
            case Settle(entry_ids):
                self._say_states(entry_ids, EntryState.TAKEN)
            case OwnDelivered(seq, base):
                self._say_states(self._ticks.delivered(base, seq), EntryState.DELIVERED)
            case GiveUp(entry_id, code):
                words = rejection_words(code)
                self.tell(events.EntryStateChanged(self.room_id, (entry_id,), EntryState.NOT_SENT, words))
            case Prepend(run, recovered=True):
                self.tell(events.Recovered(self.room_id, messages_of(run)))
            case Prepend(run):
                self.tell(events.MessagesAdded.of(self.room_id, run, older=True))
            case RosterChanged():
                self.role.people_here(told.here)
                self.tell(told)
            case CardsCame():
                self.tell(told)
            case Held(code):
                self.role.held(code)
            case NewReplica() | ReadBefore():
                pass
            case _:
                assert_never(told)

    def _say_states(self, entry_ids: tuple[EntryId, ...], state: EntryState) -> None:
        if entry_ids:
            self.tell(events.EntryStateChanged(self.room_id, entry_ids, state))
