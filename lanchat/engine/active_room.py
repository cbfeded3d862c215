"""ActiveRoom: a room that we are in, whoever hosts it: its Client, which keeps the replica, and what it tells as
Events.

On the Engine's loop. What differs between a room of ours and a room that somebody else hosts is the room's RoomRole.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, assert_never

from lanchat.core import client_actions as act
from lanchat.core import limits
from lanchat.core.client import Client
from lanchat.core.codes import rejection_words
from lanchat.core.listing import Listing
from lanchat.core.model import Card, Entry, EntryId, LogEntry, RoomId
from lanchat.core.replica import Ticks
from lanchat.core.standing import Standing
from lanchat.engine import events
from lanchat.engine.client_driver import ClientDriver, Told
from lanchat.engine.own_entries import Person
from lanchat.engine.room_disk import DiskReplica, Kept
from lanchat.network.link import Link
from lanchat.storage.errors import StorageProblem
from lanchat.storage.messages import Seen
from lanchat.storage.records import now_ms


class RoomRole(Protocol):
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

    def people_changed(self, change: act.RosterChanged) -> None: ...

    def held(self, code: str) -> None:
        """The host takes nothing new of anybody for now, for the reason that HoldCode `code` says."""

    def standing_changed(self, standing: Standing) -> None:
        """Somebody was banned or given a role, or that was taken back. It is on disk."""

    def told_who_keeps(self, told: act.PassesCame | act.GuestCodesCame | act.HeirsNamed | act.HostMoved) -> None:
        """The host says who may keep the room open, or does, and what they need for that."""


class FileWatcher(Protocol):
    """Who cares for the files of a room. Called on the Engine's loop."""

    def connected(self) -> None:
        """We are in: what we have and look for may be said now."""

    def sources_found(self, found: act.SourcesFound) -> None:
        """Who has files, as the host says."""

    def files_wanted(self, roots: Sequence[bytes]) -> None:
        """The host wants us to give it these."""

    def people_changed(self, change: act.RosterChanged) -> None:
        """Somebody came, or left."""

    def sought(self, root: bytes) -> None:
        """In a room of ours, somebody looks for who has files."""


class ActiveRoom:
    files: FileWatcher | None = None
    role: RoomRole  #: set once, by the role itself

    def __init__(self, room_id: RoomId, title: str, person: Person, tell: events.Tell) -> None:
        self.room_id = room_id
        self.title = title
        self.unwelcome = ""  #: the host sent us away: why it takes nothing more of us, in plain words
        self.ahead: float | None = None  #: seconds by which our clock is ahead of the host's; None: not known
        self.tell = tell
        self._person = person
        self._threads = person.threads
        self._ticks = Ticks(person.key)
        self._driver: ClientDriver | None = None
        self._heard_at = 0
        self._read_seq = 0
        self._seen_seq = 0  # by the person
        self._able = 0  # the port that the host is told
        self._epoch = 0  # while connected
        self._new_card: Card | None = None  # not told: there was no driver
        self._problem = ""  # the last one told

    async def talk(self, link: Link, replica: DiskReplica, client: Client | None = None) -> act.Disconnect:
        """One connection's time: until it is over, and what came is kept. `client`: made of the replica already."""
        try:
            client = client or await replica.client()
            client.attend(self._person.settings.sharing, self._person.availability, 0.0)
            client.read(self._read_seq, self._seen_seq, 0.0)
            client.succession.port = self._able
            if self._new_card is not None:  # the connection may have begun with the old one
                client.renamed(self._new_card, 0.0)
                self._new_card = None
            self._ticks.connected()
            self._driver = ClientDriver(client, link, replica, self._told)
            return await self._driver.run()
        except StorageProblem as problem:
            return act.Disconnect("disk", retry_ms=limits.DISK_RETRY_MS, problem=str(problem))
        finally:
            link.close("over")
            self._epoch, self._heard_at = self.epoch, self.heard_at
            self._driver = None

    @property
    def heard_at(self) -> int:
        """When (ms) something was heard of the host last; 0: never."""
        return self._driver.heard_at if self._driver is not None else self._heard_at

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
        else:
            self._new_card = card

    def read(self, seq: int, by_person: bool = True) -> None:
        """The person, or a program of theirs, has read what was said up to `seq`."""
        self._read_seq = max(self._read_seq, seq)
        self._seen_seq = max(self._seen_seq, seq) if by_person else self._seen_seq
        if self._driver is not None:
            self._driver.read(self._read_seq, self._seen_seq)

    def unread(self, seq: int) -> None:
        """The person marked what was said from `seq` on as unread."""
        self._seen_seq = min(self._seen_seq, max(0, seq - 1))
        if self._driver is not None:
            self._driver.unread(seq)

    def typing(self) -> None:
        """The person is writing here."""
        if self._driver is not None:
            self._driver.typing()

    def attend(self) -> None:
        """What the person lets others know, or whether they are here, has changed."""
        if self._driver is not None:
            self._driver.attend(self._person.settings.sharing, self._person.availability)

    def hold_files(self, port: int, roots: Sequence[bytes]) -> None:
        """The files of these roots are here, and can be had at this port; 0: at none. To be said on each connection."""
        if self._driver is not None:
            self._driver.hold_files(port, roots)

    def find_files(self, root: bytes) -> None:
        """Ask the host who has them."""
        if self._driver is not None:
            self._driver.find_files(root)

    def fetch_earlier(self) -> None:
        """Get a page of the past, or tell at once that there is none now. Of a room of ours everything is here
        already."""
        if self.role.hosting or self._driver is None or not self._driver.fetch_earlier():
            self.tell(events.MessagesAdded.of(self.room_id, (), older=True))

    def able(self, port: int) -> None:
        """Others would be let in at this port of ours, if we kept the room open; 0: we may not."""
        self._able = port
        if self._driver is not None:
            self._driver.able(port)

    def take_back(self) -> None:
        """Ask the host to let us keep the room open again."""
        if self._driver is not None:
            self._driver.take_back()

    @property
    def epoch(self) -> int:
        """The highest that the room is known to have here; 0: none, or nothing was read yet."""
        if self._driver is not None:
            self._epoch = max(self._epoch, self._driver.epoch)
        return self._epoch

    def check_host(self) -> None:
        """There may be a better way to the host by now: it must answer soon, or the connection is given up."""
        if self._driver is not None:
            self._driver.check()

    def warn(self, problem: str, holds: bool = False) -> None:
        """Tell a Problem once, although what fails is tried again and again."""
        if problem != self._problem:
            self._problem = problem
            self.tell(events.Problem(problem, self.room_id, holds=holds))

    def _told(self, told: Told, kept: Kept) -> None:
        """What the Client tells, as Events."""
        seen = kept.seen or Seen(())
        if kept.keeper is not None:
            self.tell(events.KeeperChanged(self.room_id, kept.keeper, kept.keeper == self._person.key))
        match told:
            case act.Welcomed(host, _limits, missed):
                self.role.welcomed(host, missed)
                if self.files is not None:
                    self.files.connected()
            case act.Apply(run, taken, backlog):
                if taken or self.role.hosting:  # the disk that failed works again
                    self._problem = ""
                if not backlog:
                    self.ahead = (now_ms() - run[-1].received_at) / 1000
                self.tell(events.MessagesAdded.of(self.room_id, run, seen.added, backlog=backlog, again=seen.again))
                self._say_changes(seen)
                self._tell_private(run, backlog=backlog)
                self._say_states(self._ticks.taken(run), act.EntryState.TAKEN)
                self._say_states(self._ticks.delivered(), act.EntryState.DELIVERED)
            case act.Settle(entry_ids):
                self._say_states(entry_ids, act.EntryState.TAKEN)
            case act.OwnDelivered(seq, base):
                self._say_states(self._ticks.delivered(base, seq), act.EntryState.DELIVERED)
                if (earlier := self._ticks.earlier(base, seq)) is not None:
                    self.tell(events.EarlierDelivered(self.room_id, *earlier))
            case act.GiveUp(entry_id, code):
                words = rejection_words(code)
                self.tell(events.EntryStateChanged(self.room_id, (entry_id,), act.EntryState.NOT_SENT, words))
                if not kept.is_message:
                    self.tell(events.Problem(words, self.room_id))
            case act.Prepend(run, recovered=True):
                self.tell(events.Recovered(self.room_id, seen.added))
                self._say_changes(seen)
                self._tell_private(run, older=True)
            case act.Prepend(run):
                self.tell(events.MessagesAdded.of(self.room_id, run, seen.added, older=True))
                self._say_changes(seen)
                self._tell_private(run, older=True)
            case act.RosterChanged():
                self.role.people_changed(told)
                if self.files is not None:
                    self.files.people_changed(told)
                self.tell(told)
            case act.ReadElsewhere(_, seq, back):
                self._seen_seq = min(self._seen_seq, seq) if back else self._seen_seq
                self.tell(told)
            case act.CardsCame() | act.TypingChanged() | act.SeenChanged():
                self.tell(told)
            case act.Held(code):
                self.role.held(code)
            case act.SourcesFound():
                if self.files is not None:
                    self.files.sources_found(told)
            case act.FilesWanted(roots):
                if self.files is not None:
                    self.files.files_wanted(roots)
            case act.PassesCame() | act.GuestCodesCame() | act.HeirsNamed() | act.HostMoved():
                self.role.told_who_keeps(told)
            case act.Rebase(_, base):
                self._read_seq, self._seen_seq = min(self._read_seq, base), min(self._seen_seq, base)
                if kept.rebased is None:  # it is going to be
                    self._ticks.cut(base)
                else:
                    carried = frozenset([EntryId(entry.entry_id) for entry in kept.rebased[1]])
                    self.tell(events.Rebased(self.room_id, len(carried), base, carried))
            case act.NewReplica() | act.SetAside() | act.ReadBefore():
                pass
            case _:
                assert_never(told)
        if kept.standing is not None:
            self.role.standing_changed(kept.standing)
            self.tell(events.StandingChanged(self.room_id, kept.standing))
        if kept.carried is not None:
            self.tell(events.BroughtBack(self.room_id, *kept.carried))

    def _say_changes(self, seen: Seen) -> None:
        if seen.changed:
            self.tell(events.MessagesChanged(self.room_id, seen.changed))
        if seen.topic is not None:
            self.tell(events.TopicChanged(self.room_id, seen.topic))
        if seen.standing is not None:
            self.role.standing_changed(seen.standing)
        for change in seen.bans:
            self.tell(events.Banned(self.room_id, change.member, change.on))
        for given in seen.roles:
            self.tell(events.RoleGiven(self.room_id, given.member, given.role, given.by))
        if seen.standing is not None:
            self.tell(events.StandingChanged(self.room_id, seen.standing))

    def _tell_private(self, run: Sequence[LogEntry], *, older: bool = False, backlog: bool = False) -> None:
        """What of these entries is private, and mine."""
        for event in self._threads.added(self.room_id, run, older=older, backlog=backlog):
            self.tell(event)

    def _say_states(self, entry_ids: tuple[EntryId, ...], state: act.EntryState) -> None:
        if entry_ids:
            self.tell(events.EntryStateChanged(self.room_id, entry_ids, state))


class RoomCompanion(Protocol):
    """Who accompanies each room from its opening to its end."""

    def room_opened(self, room: ActiveRoom) -> None: ...

    async def room_closed(self, room: ActiveRoom) -> None: ...
