"""RoomModel: all that the window knows of one room. Pure.

`recall` fills in what is kept on disk besides the room's record, when the window opens.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from lanchat.core.attention import note_seen
from lanchat.core.keeping import Role
from lanchat.core.listing import Listing, key_fingerprint
from lanchat.core.mentions import mentions
from lanchat.core.message import Message
from lanchat.core.model import EntryId, MemberKey, RoomId
from lanchat.core.nicks import Lookalikes, Moves, People
from lanchat.core.rights import Rights
from lanchat.core.standing import Standing
from lanchat.core.text import shown_title
from lanchat.desktop.model.own_messages import OwnMessages, UnsentMessage
from lanchat.desktop.model.room_keeping import RoomKeeping
from lanchat.desktop.model.unread import MOST, Unread
from lanchat.engine import events
from lanchat.engine.events import ConnectionState, EntryState
from lanchat.storage.reader import Reader
from lanchat.storage.records import RoomRecord

#: What has to be answered before one can be in a room; it is shown in its place. Join again with its `where`.
JoinQuestion: TypeAlias = events.PassphraseNeeded | events.KeyChanged | events.NotFound

_DELIVERED = 8  # ranges: a host says one, and another only to those who did not get the beginning of the room
_MOVES = 200  # membership changes to be shown again when the window is rebuilt


class MembershipChange(Struct, frozen=True):
    """People came, went or changed their name."""

    after: int  #: seq of the entry before it
    at: int  #: ms
    moves: Moves


@dataclass(slots=True, eq=False)
class RoomModel:
    """Views read it; only State changes it."""

    room_id: RoomId
    people: People  #: who is here, and what everybody is called
    titles: Lookalikes[RoomId] = field(default_factory=Lookalikes)  #: of all rooms
    title: str = ""  #: cleaned, as announced; views show `shown`
    topic: str = ""  #: as its owner set it; "" for none
    known: bool = False  #: its Log is kept here: it can be read without its host
    hosted: bool = False  #: it is mine, open or not, also while somebody else keeps it open; then it is known, too
    protected: bool = False  #: it has a passphrase
    found: dict[bytes, Listing] = field(default_factory=dict)  #: what Discovery sees of it, by owner
    found_at: float | None = None  #: State's clock when it appeared, if that was after the first look around
    shut: bool = False  #: its host announces it, but no connection was possible: mostly a firewall
    connection: ConnectionState | None = None  #: None: I am not in it
    entering: bool = False  #: Join or Host was asked for, and is not answered yet
    problem: str = ""  #: RECONNECTING and STOPPED: why, in plain words
    owner: MemberKey | None = None  #: who founded it, as we know; None: never met
    keeper: MemberKey | None = None  #: who has it open, or had it open last; None: never met
    keeping: RoomKeeping = field(default_factory=RoomKeeping)
    invitation: events.GuestsInvited | None = None  #: phones may come in
    guests: tuple[events.GuestArrival, ...] = ()  #: who came in with a code
    first_meeting: bool = False
    hosting: events.Hosting | None = None  #: code, link and passphrase, while it is open here
    here: int = 0  #: people, me included; 0: not known
    asked: JoinQuestion | None = None
    last_seq: int = 0  #: of the newest entry kept here
    last: Message | None = None  #: the newest message
    earlier_exhausted: bool = False  #: the host has nothing older for us
    mine: OwnMessages = field(default_factory=OwnMessages)
    moves: deque[MembershipChange] = field(default_factory=lambda: deque(maxlen=_MOVES))  #: the newest last
    standing: Standing = field(default_factory=lambda: Standing(None))  #: who may not come in, and has which role
    unread: Unread = field(default_factory=Unread)
    typists: tuple[MemberKey, ...] = ()  #: who is writing
    more_typists: bool = False  #: and others
    seen_by: dict[MemberKey, int] = field(default_factory=dict)  #: how far others have read: seq
    seen_most: int = 0  #: the furthest that anybody else has read: what was written before is on another's disk
    delivered: tuple[tuple[int, int], ...] = ()  #: ranges of the log that are on other disks: after, up to; seq
    files: dict[EntryId, events.FileChanged] = field(default_factory=dict)  #: what this computer has or is getting
    unknown_came: bool = False  #: somebody wrote what this lanchat is too old to show

    # --- what follows from it ----------------------------------------------------------------------------------------
    @property
    def shown(self) -> str:
        """The title, with the beginning of the room id where another room has a similar title."""
        return self.titles.apart(self.room_id, self.title or shown_title(""), self.room_id[:4])

    @property
    def listing(self) -> Listing | None:
        """What discovery sees of it: of the owner we know, else of the first that announces it."""
        return self._of_owner() or next(iter(self.found.values()), None)

    @property
    def pretenders(self) -> list[Listing]:
        """Who else announces this room, as another owner's."""
        listing = self.listing
        return [one for one in self.found.values() if one is not listing]

    @property
    def key_changed(self) -> bool:
        """Whoever announces this room now says that another founded it than we know."""
        if isinstance(self.asked, events.KeyChanged):
            return True
        return bool(self.owner and self.found) and not self.is_in and self._of_owner() is None

    @property
    def is_in(self) -> bool:
        """I host it or am in it, even if the connection is broken at the moment."""
        return self.connection not in (None, ConnectionState.STOPPED)

    @property
    def is_live(self) -> bool:
        """A message written now arrives at once."""
        return self.connection in (ConnectionState.CONNECTED, ConnectionState.HOSTING)

    @property
    def is_here(self) -> bool:
        """It is on this network, as far as we see; or it is new and I am about to enter it."""
        at_the_door = self.connection is not None or self.entering or self.asked is not None
        return bool(self.found) or self.is_live or (at_the_door and not self.known)

    @property
    def answers(self) -> bool:
        """One can enter it, as far as we see."""
        listing = self.listing
        return self.is_live or (listing is not None and listing.answering and not self.shut)

    @property
    def host(self) -> str:
        """The nick of who has it open, or had it open last; "" while unknown."""
        if self.keeper is not None and self.people.nicks.knows(self.keeper):
            return self.people.called(self.keeper)
        listing = self.listing
        return self.people.nicks.host_of(listing) if listing else ""

    @property
    def is_kept_here(self) -> bool:
        """It is open on this computer."""
        return self.connection is ConnectionState.HOSTING

    @property
    def founder(self) -> MemberKey | None:
        """The key of the owner, also when that is me; None: never met."""
        return self.people.me if self.hosted else self.owner

    @property
    def rights(self) -> Rights:
        """What I may do here."""
        me = self.people.me
        keeper = me if self.is_kept_here else None if self.keeper == me else self.keeper
        return Rights(me, self.standing.of(self.founder), keeper)

    def role(self, member: MemberKey) -> Role:
        """Which the owner gave this member."""
        return self.standing.role(member)

    @property
    def founder_name(self) -> str:
        """The owner's nick; "" while unknown, and where it is mine."""
        owner = None if self.hosted else self.owner
        return self.people.called(owner) if owner is not None and self.people.nicks.knows(owner) else ""

    @property
    def not_in_log(self) -> list[UnsentMessage]:
        """What is shown after the log: what is being brought back, and what I have written since."""
        return [*self.keeping.carried.values(), *self.mine.outbox.values()]

    def names_me(self, message: Message) -> bool:
        """Whether a message of this room mentions me."""
        return mentions(message, self.people.me, self.people.nicks.nick(self.people.me), self.founder)

    def state_of(self, message_id: EntryId, seq: int) -> EntryState:
        """The delivery state of a message of mine. `seq`: 0 while it is not in the Log.

        What others have keeps its two ticks, also when it gets another place in the log.
        """
        state = self.mine.state_of(message_id)
        elsewhere = seq <= self.seen_most or any(after < seq <= last for after, last in self.delivered)
        if state is EntryState.TAKEN and seq > 0 and elsewhere:
            self.mine.others_have(message_id)
            state = EntryState.DELIVERED
        return state

    @property
    def others_most(self) -> int:
        """The furthest that anybody else has read, or has of it: seq."""
        return max([self.seen_most, *(last for _after, last in self.delivered)])

    def own_changed(self, event: events.EntryStateChanged) -> None:
        """What becomes of messages of mine."""
        self.mine.changed(event)

    def _of_owner(self) -> Listing | None:
        return self.found.get(key_fingerprint(self.owner)) if self.owner else None

    # --- what State does with it -------------------------------------------------------------------------------------
    def recorded(self, record: RoomRecord) -> None:
        """Take in what is kept of it on disk, besides its log."""
        self.called(record.title)
        self.known, self.hosted, self.protected = True, record.hosted, record.passphrase
        self.owner = record.owner
        self.keeper = MemberKey(record.keeps.author) if record.keeps is not None else record.owner
        self.keeping.keepers = record.keepers
        self.unread.read(record.read_seq)

    def called(self, title: str) -> None:
        """Set the title; "" changes nothing."""
        if title:
            self.title = shown_title(title)
            self.titles.call(self.room_id, self.title)

    def seen(self, listing: Listing) -> None:
        """Take in what discovery sees of it."""
        before = self.found.get(listing.owner)
        if before is None or not before.answering or _way(before) != _way(listing):
            self.shut = False  # it is there again, or elsewhere
        self.found[listing.owner] = listing
        if listing is self.listing and not self.key_changed:
            self.called(listing.title)
            self.protected = listing.passphrase

    def stands(self, event: events.ConnectionChanged) -> None:
        """Take in the state of the connection."""
        self.called(event.title)
        self.connection, self.problem, self.entering = event.state, event.problem, False
        self.typists, self.more_typists = (), False
        self.keeping.taking_back = False
        if event.state is not ConnectionState.RECONNECTING:
            self.keeping.asked = None
        if event.state in (ConnectionState.CONNECTED, ConnectionState.HOSTING):
            self.known, self.asked, self.first_meeting, self.shut = True, None, event.first_meeting, False
            self._kept_by(event)
            self.earlier_exhausted = False  # a host that came back may have more
            self.unread.catch_up(event.fetched)
        elif event.state is ConnectionState.STOPPED:
            self.emptied()

    def _kept_by(self, event: events.ConnectionChanged) -> None:
        me, here = self.people.me, event.state is ConnectionState.HOSTING
        if event.host is not None:
            self.people.nicks.learn([event.host])
        host = me if here else MemberKey(event.host.key) if event.host is not None else self.keeper
        self.keeper, self.owner = host, event.owner or host
        self.hosted = self.owner == me
        if not here:
            self.hosting, self.invitation, self.guests, self.keeping.heirs = None, None, (), ()

    def opened(self, event: events.Hosting) -> None:
        self.called(event.title)
        self.hosting, self.entering, self.asked = event, False, None
        self.known = True
        self.hosted = self.hosted or self.owner in (None, self.people.me)
        self.protected = self.protected or event.passphrase is not None

    def left(self) -> None:
        self.connection = self.asked = self.hosting = self.invitation = None
        self.guests = ()
        self.entering, self.problem = False, ""
        self.keeping.heirs, self.keeping.asked = (), None
        self.emptied()

    def emptied(self) -> None:
        """I left it: who is here is not known any more."""
        self.people = People(self.people.me, self.people.nicks)
        self.here = 0
        self.typists, self.more_typists = (), False
        self.seen_by.clear()

    def has_seen(self, seen: Sequence[tuple[MemberKey, int]]) -> None:
        note_seen(self.seen_by, seen)
        self.seen_most = max([self.seen_most, *[seq for key, seq in seen if key != self.people.me]])

    def moved(self, event: events.RosterChanged, at: int) -> None:
        """`at`: ms."""
        moves = self.people.changed(event.joined, event.left, whole=event.first, states=event.states)
        self.here = event.here
        if moves != Moves():
            self.moves.append(MembershipChange(self.last_seq, at, moves))

    def others_have(self, after: int, last: int) -> None:
        """The entries after `after` up to `last` are on another disk."""
        rest = [one for one in self.delivered if one[0] < after or last < one[1]]
        self.delivered = (*rest, (after, last))[-_DELIVERED:]

    def cut_back(self, last: int) -> None:
        """The log ends after `last` now, and what came after it is another from here on: recall it."""
        self.last_seq, self.last = min(self.last_seq, last), None
        self.seen_most = min(self.seen_most, last)
        self.seen_by = {key: min(seq, last) for key, seq in self.seen_by.items()}
        self.moves = deque([replace(one, after=min(one.after, last)) for one in self.moves], _MOVES)
        self.delivered = tuple((after, min(end, last)) for after, end in self.delivered)
        self.keeping.cut_back(last)
        self.unread.cut_back(last)

    def added(
        self, messages: Sequence[Message], *, reading: bool, entries: int = 0, again: frozenset[EntryId] = frozenset()
    ) -> None:
        """What follows on all that was kept. `reading`: it is read as it comes; `entries`: how many of the log came
        with them; `again`: which were read here before."""
        me = self.people.me
        self.unread.caught_up(entries)
        for message in messages:
            seq = message.seq
            if seq <= self.last_seq:
                continue
            self.last_seq, self.last = seq, message
            self.keeping.carried.pop(message.message_id, None)
            if message.author == me:
                self.mine.in_log(message.message_id)
            else:
                self.unknown_came = self.unknown_came or not message.is_known
                if not reading and message.message_id not in again:
                    self.unread.add(seq, self.names_me(message), message.message_id in self.keeping.told)
        if reading:
            self.unread.read(self.last_seq)

    def changed(self, messages: Sequence[Message]) -> None:
        """Messages that were here already are different now."""
        for message in messages:
            if self.last is not None and message.message_id == self.last.message_id:
                self.last = message

    def got_earlier(self, after: int, last: int) -> None:
        """The entries after `after` up to `last` came, before all that was kept; none: there is no more, unless only
        the host is away."""
        self.earlier_exhausted = after == 0 if after < last else self.is_live or not self.is_in


def _way(listing: Listing) -> tuple[object, ...]:
    """What identifies a host's address and its current run."""
    return listing.addresses, listing.port, listing.boot_id


LOOKED_THROUGH = 200  #: unread messages of a room, for who mentioned me: some ms


def recall(reader: Reader, room: RoomModel, most: int = LOOKED_THROUGH) -> int:
    """Fill in a room of which the record is known; some ms. Raises StorageProblem.

    Looks through up to `most` unread messages for who mentioned me; gives how many they were.
    """
    room.last = next(iter(reader.newest(room.room_id, 1)), None)
    room.last_seq = room.last.seq if room.last else 0
    room.topic = reader.topic(room.room_id)
    for pending in [*reader.outbox(room.room_id), *reader.refused(room.room_id)]:
        room.mine.left(pending)
    recall_carried(reader, room)
    room.standing = reader.standing(room.room_id)
    return recall_unread(reader, room, most)


def recall_carried(reader: Reader, room: RoomModel) -> None:
    """Fill in what is being brought back, and what could not be. Raises StorageProblem."""
    waiting = reader.carried(room.room_id)
    room.keeping.left, room.keeping.set_aside = len(waiting), len(reader.set_aside(room.room_id))
    room.keeping.carries(waiting, room.people.me, room.mine.state_of)


def recall_unread(reader: Reader, room: RoomModel, most: int = LOOKED_THROUGH) -> int:
    """Fill in what is unread after the read position; as `recall`.

    Of the last ones it is known which they are, and whether they mention me; of the others only how many.
    """
    count = reader.others_after(room.room_id, room.unread.read_seq, room.people.me, MOST)
    if not count:
        return 0
    before = max(room.unread.read_seq, reader.before_newest(room.room_id, most))
    messages = reader.after(room.room_id, before, most)
    others = sum(message.author != room.people.me for message in messages)
    room.unread.add_earlier(max(0, count - others), before)
    room.last_seq = before  # and back to the last, one by one
    room.added(messages, reading=False)
    return len(messages)
