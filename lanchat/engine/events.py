"""Events: what the Engine tells a face, in the past tense. Small frozen values in one `queue.SimpleQueue`."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TypeAlias

from lanchat.core.health import Finding
from lanchat.core.listing import Listing
from lanchat.core.model import Card, EntryId, LogEntry, MemberKey, RoomId


class Connection(enum.Enum):
    """Where we stand with a room's host."""

    CONNECTING = "connecting"
    CONNECTED = "connected"
    RECONNECTING = "reconnecting"
    HOSTING = "hosting"
    STOPPED = "stopped"  #: nothing more is tried until the person does something


class EntryState(enum.Enum):
    """How far my entry is. The order is the order they happen in."""

    WAITING = "waiting"  #: clock: on my disk
    TAKEN = "taken"  #: one tick: on the host's disk
    DELIVERED = "delivered"  #: two ticks: on at least one other member's disk
    NOT_SENT = "not sent"


@dataclass(frozen=True, slots=True)
class Started:
    """The Engine runs."""

    me: MemberKey
    nick: str
    first_run: bool


@dataclass(frozen=True, slots=True)
class Stopped:
    """The last event. `problem` is None after Quit, else what went wrong, in plain words."""

    problem: str | None = None


@dataclass(frozen=True, slots=True)
class RoomFound:
    """A room is on the network, or what is known of it changed (same listing.room_id)."""

    listing: Listing


@dataclass(frozen=True, slots=True)
class RoomGone:
    listing: Listing


@dataclass(frozen=True, slots=True)
class LookedAround:
    """The first burst of questions is over: an empty list now means something. `where`: interfaces and addresses."""

    where: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Hosting:
    """The room is open."""

    room_id: RoomId
    title: str
    port: int
    code: str  #: room code to speak; "" when there is no IPv4 address to put in it
    link: str
    passphrase: str | None
    badge: str = ""  #: of my own key: what those who join see


@dataclass(frozen=True, slots=True)
class NotHosting:
    """The room could not be opened, or had to close."""

    title: str
    problem: str


@dataclass(frozen=True, slots=True)
class NotFound:
    """Join: nothing answers there. `refused`: somebody is there and says no."""

    where: str
    problem: str
    refused: bool = False


@dataclass(frozen=True, slots=True)
class PassphraseNeeded:
    """Join: the room wants a passphrase (`wrong`: the one given is not it). `wait`: seconds before trying again."""

    where: str
    room_id: RoomId
    title: str
    wrong: bool = False
    wait: float = 0.0


@dataclass(frozen=True, slots=True)
class KeyChanged:
    """Join: the host of this room is not the one we knew. Nothing was sent. `accept_key=new_badge` goes on."""

    where: str
    room_id: RoomId
    title: str
    known_badge: str
    new_badge: str
    verified: bool = False  #: the known one was verified in person


@dataclass(frozen=True, slots=True)
class ConnectionChanged:
    room_id: RoomId
    title: str
    state: Connection
    host: Card | None = None
    badge: str = ""  #: of the host's key, for people to compare
    first_meeting: bool = False
    problem: str = ""  #: for RECONNECTING and STOPPED: why, in plain words
    where: str = ""  #: what Join was given, so that the face knows which Join this answers
    fetched: int = 0  #: CONNECTED: how many entries the host holds past ours (they follow)


@dataclass(frozen=True, slots=True)
class EntriesAdded:
    """Entries came into our replica and are on disk. Contiguous, in order. `older`: before what we had."""

    room_id: RoomId
    entries: tuple[LogEntry, ...]
    older: bool = False
    backlog: bool = False  #: part of what we missed, not live


@dataclass(frozen=True, slots=True)
class EntryWritten:
    """My entry is in the Outbox."""

    room_id: RoomId
    entry_id: EntryId
    text: str
    sent_at: int
    instead_of: EntryId | None = None  #: the entry not sent before that this is in the place of


@dataclass(frozen=True, slots=True)
class NotWritten:
    """What I said could not be kept, and went nowhere: `text` is as it was given, to be put back."""

    room_id: RoomId
    text: str
    problem: str


@dataclass(frozen=True, slots=True)
class Discarded:
    """My entry that was not sent is gone."""

    room_id: RoomId
    entry_id: EntryId


@dataclass(frozen=True, slots=True)
class EntryStateChanged:
    room_id: RoomId
    entry_ids: tuple[EntryId, ...]
    state: EntryState
    problem: str = ""


@dataclass(frozen=True, slots=True)
class RosterChanged:
    """Who came and who left. `here` counts everyone, me included. `first`: the roster as found on joining."""

    room_id: RoomId
    joined: tuple[Card, ...]
    left: tuple[Card, ...]
    here: int
    first: bool = False


@dataclass(frozen=True, slots=True)
class CardsCame:
    """How authors who are not here now want to be called."""

    room_id: RoomId
    cards: tuple[Card, ...]


@dataclass(frozen=True, slots=True)
class Left:
    room_id: RoomId


@dataclass(frozen=True, slots=True)
class Forgotten:
    """Nothing of this room is kept here any more."""

    room_id: RoomId


@dataclass(frozen=True, slots=True)
class Banned:
    """Whether a member may come into a room of mine has changed."""

    room_id: RoomId
    member: MemberKey
    on: bool


@dataclass(frozen=True, slots=True)
class Introduced:
    """What is there to compare with this member, face to face or by telephone."""

    member: MemberKey
    nick: str  #: "" while unknown
    words: tuple[str, ...]  #: six, the same on every screen
    badge: str
    numbers: tuple[str, ...]  #: six groups of five digits, the same on both our screens; () for myself
    verified: bool


@dataclass(frozen=True, slots=True)
class Verified:
    """Whether this member is one whom the person has verified has changed."""

    member: MemberKey
    yes: bool


@dataclass(frozen=True, slots=True)
class Rung:
    """Another start of lanchat on this data folder wants this one to show itself. May come before Started."""

    link: str  #: a lanchat:// link to a room to join, or ""


@dataclass(frozen=True, slots=True)
class Renamed:
    nick: str


@dataclass(frozen=True, slots=True)
class Problem:
    """Something is wrong that the person should know: what happened, what is safe, what to do next."""

    what: str
    room_id: RoomId | None = None


@dataclass(frozen=True, slots=True)
class CheckedUp:
    findings: tuple[Finding, ...]


Event: TypeAlias = (
    Started | Stopped | RoomFound | RoomGone | LookedAround | Hosting | NotHosting | NotFound | PassphraseNeeded
    | KeyChanged | ConnectionChanged | EntriesAdded | EntryWritten | NotWritten | Discarded | EntryStateChanged
    | RosterChanged | CardsCame | Left | Forgotten | Banned | Introduced | Verified | Rung | Renamed | Problem
    | CheckedUp
)  # fmt: skip
