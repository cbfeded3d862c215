"""RoomModel: all that the window knows of one room. Pure; Tk thread.

`recall` fills in what is kept on disk besides the room's record, when the window opens.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from lanchat.core.listing import Listing, key_fingerprint
from lanchat.core.message import Message
from lanchat.core.model import EntryId, MemberKey, RoomId
from lanchat.core.nicks import Lookalikes, Moves, People
from lanchat.core.text import shown_title
from lanchat.desktop.model.markup import mentions
from lanchat.desktop.model.own_messages import OwnMessages, UnsentMessage
from lanchat.desktop.model.unread import Unread
from lanchat.engine.events import (
    ConnectionChanged,
    ConnectionState,
    EntryState,
    Hosting,
    KeyChanged,
    NotFound,
    PassphraseNeeded,
    RosterChanged,
)
from lanchat.storage.reader import Reader

#: What has to be answered before one can be in a room; it is shown in its place. Join again with its `where`.
JoinQuestion: TypeAlias = PassphraseNeeded | KeyChanged | NotFound

_MOVES = 200  # membership changes to be shown again when the window is rebuilt


@dataclass(frozen=True, slots=True)
class MembershipChange:
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
    known: bool = False  #: its Log is kept here: it can be read without its host
    hosted: bool = False  #: it is mine, open or not
    protected: bool = False  #: it has a passphrase
    found: dict[bytes, Listing] = field(default_factory=dict)  #: what Discovery sees of it, by fingerprint
    found_at: float | None = None  #: State's clock when it appeared, if that was after the first look around
    shut: bool = False  #: its host announces it, but no connection was possible: mostly a firewall
    connection: ConnectionState | None = None  #: None: I am not in it
    entering: bool = False  #: Join or Host was asked for, and is not answered yet
    problem: str = ""  #: RECONNECTING and STOPPED: why, in plain words
    diverged: bool = False  #: STOPPED: the host has another copy of the room; what is said is kept here
    host_key: MemberKey | None = None  #: as we know it; None: never met
    first_meeting: bool = False
    hosting: Hosting | None = None  #: code, link and passphrase, while it is open here
    here: int = 0  #: people, me included; 0: not known
    asked: JoinQuestion | None = None
    last_seq: int = 0  #: of the newest entry kept here
    earlier_exhausted: bool = False  #: the host has nothing older for us
    mine: OwnMessages = field(default_factory=OwnMessages)
    moves: deque[MembershipChange] = field(default_factory=lambda: deque(maxlen=_MOVES))  #: the newest last
    banned: set[MemberKey] = field(default_factory=set)  #: hosted: who may not come in
    unread: Unread = field(default_factory=Unread)
    unknown_came: bool = False  #: somebody wrote what this lanchat is too old to show

    # --- what follows from it ----------------------------------------------------------------------------------------
    @property
    def shown(self) -> str:
        """The title, with the beginning of the room id where another room has a similar title."""
        return self.titles.apart(self.room_id, self.title or shown_title(""), self.room_id[:4])

    @property
    def outbox(self) -> dict[EntryId, UnsentMessage]:
        """My entries that are not in the Log yet, in the order they were written."""
        return self.mine.outbox

    def state_of(self, entry_id: EntryId) -> EntryState:
        """The delivery state of a message of mine."""
        return self.mine.state_of(entry_id)

    @property
    def listing(self) -> Listing | None:
        """What discovery sees of it: of the host we know, else of the first that announces it."""
        return (self._of_host() if self.host_key else None) or next(iter(self.found.values()), None)

    @property
    def pretenders(self) -> list[Listing]:
        """Who else announces this room, with another key."""
        listing = self.listing
        return [one for one in self.found.values() if one is not listing]

    @property
    def key_changed(self) -> bool:
        """Whoever announces this room now is not the host we know."""
        if isinstance(self.asked, KeyChanged):
            return True
        return bool(self.host_key and self.found) and not self.is_in and self._of_host() is None

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
        """The host's nick; "" while unknown."""
        if self.host_key is not None and self.people.nicks.knows(self.host_key):
            return self.people.called(self.host_key)
        listing = self.listing
        return self.people.nicks.host_of(listing) if listing else ""

    def _of_host(self) -> Listing | None:
        return self.found.get(key_fingerprint(self.host_key)) if self.host_key else None

    # --- what State does with it -------------------------------------------------------------------------------------
    def called(self, title: str) -> None:
        """Set the title; "" changes nothing."""
        if title:
            self.title = shown_title(title)
            self.titles.call(self.room_id, self.title)

    def seen(self, listing: Listing) -> None:
        """Take in what discovery sees of it."""
        before = self.found.get(listing.fingerprint)
        if before is None or not before.answering or _way(before) != _way(listing):
            self.shut = False  # it is there again, or elsewhere
        self.found[listing.fingerprint] = listing
        if listing is self.listing and not self.key_changed:
            self.called(listing.title)
            self.protected = listing.passphrase

    def stands(self, event: ConnectionChanged) -> None:
        """Take in the state of the connection."""
        self.called(event.title)
        self.connection, self.problem, self.entering = event.state, event.problem, False
        self.diverged = event.diverged
        if event.state in (ConnectionState.CONNECTED, ConnectionState.HOSTING):
            self.known, self.asked, self.first_meeting, self.shut = True, None, event.first_meeting, False
            self.hosted = self.hosted or event.state is ConnectionState.HOSTING
            self.earlier_exhausted = False  # a host that came back may have more
            self.unread.catch_up(event.fetched)
            if event.host is not None:
                self.host_key = MemberKey(event.host.key)
                self.people.nicks.learn([event.host])
        elif event.state is ConnectionState.STOPPED:
            self.emptied()

    def opened(self, event: Hosting) -> None:
        self.called(event.title)
        self.hosting, self.entering, self.asked = event, False, None
        self.known = self.hosted = True
        self.protected = self.protected or event.passphrase is not None

    def left(self) -> None:
        self.connection = self.asked = self.hosting = None
        self.entering, self.problem, self.diverged = False, "", False
        self.emptied()

    def emptied(self) -> None:
        """I left it: who is here is not known any more."""
        self.people = People(self.people.me, self.people.nicks)
        self.here = 0

    def moved(self, event: RosterChanged, at: int) -> None:
        """`at`: ms."""
        moves = self.people.changed(event.joined, event.left, whole=event.first)
        self.here = event.here
        if moves != Moves():
            self.moves.append(MembershipChange(self.last_seq, at, moves))

    def added(self, messages: Sequence[Message], nick: str, *, reading: bool, entries: int = 0) -> None:
        """What follows on all that was kept. `nick`: mine; `reading`: it is read as it comes; `entries`: how many of
        the log came with them."""
        me = self.people.me
        self.unread.caught_up(entries)
        for message in messages:
            seq = message.seq
            if seq <= self.last_seq:
                continue
            self.last_seq = seq
            if message.author == me:
                self.mine.in_log(message.message_id)
            else:
                self.unknown_came = self.unknown_came or not message.is_known
                if not reading:
                    self.unread.add(seq, mentions(message.text, nick))
        if reading:
            self.unread.read(self.last_seq)

    def got_earlier(self, after: int, last: int) -> None:
        """The entries after `after` up to `last` came, before all that was kept; none: there is no more, unless only
        the host is away."""
        self.earlier_exhausted = after == 0 if after < last else self.is_live or not self.is_in


def _way(listing: Listing) -> tuple[object, ...]:
    """What identifies a host's address and its current run."""
    return listing.addresses, listing.port, listing.boot_id


LOOKED_THROUGH = 200  #: unread messages of a room, for who mentioned me: some ms


def recall(reader: Reader, room: RoomModel, nick: str, most: int = LOOKED_THROUGH) -> int:
    """Fill in a room of which the record is known; some ms. `nick`: mine. Raises StorageProblem.

    Looks through up to `most` unread messages for who mentioned me; gives how many they were.
    """
    room.last_seq = max((item.seq for item in reader.newest(room.room_id, 1)), default=0)
    for pending in [*reader.outbox(room.room_id), *reader.refused(room.room_id)]:
        room.mine.left(pending)
    if room.hosted:
        room.banned = reader.banned(room.room_id)
    if count := reader.unread(room.room_id, room.people.me):
        return _recall_unread(reader, room, nick, count, most)
    return 0


def _recall_unread(reader: Reader, room: RoomModel, nick: str, count: int, most: int) -> int:
    """Of the last ones it is known which they are, and whether they mention me; of the others only how many."""
    before = max(room.unread.read_seq, reader.before_newest(room.room_id, most))
    messages = reader.after(room.room_id, before, most)
    others = sum(message.author != room.people.me for message in messages)
    room.unread.add_earlier(max(0, count - others), before)
    room.last_seq = before  # and back to the last, one by one
    room.added(messages, nick, reading=False)
    return len(messages)
