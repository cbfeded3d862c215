"""Actions: what a Client asks of its driver, and the events of its room. Frozen values, taken in order after each call.

Work on the replica, the Outbox and what is carried (NewReplica, Rebase, Apply, Prepend, GiveUp, SetAside) is
done in the order given. When the disk refuses any of it, the driver drops this Client, closes the connection and makes
a new Client from what is on disk.

The events (EntryStateChanged, RosterChanged, CardsCame, TypingChanged, SeenChanged, ReadElsewhere) name their room,
since faces get them unchanged, through `engine.events`, which has more events of the Engine.
"""

from __future__ import annotations

import enum
from typing import TypeAlias

import msgspec
from msgspec import Struct

from lanchat.core.frames import FileSource, Heir
from lanchat.core.keeping import Passes
from lanchat.core.keeping_frames import GivenCode
from lanchat.core.limits import Limits
from lanchat.core.model import Availability, Card, Entry, EntryId, Head, LogEntry, MemberKey, RoomId


class EntryState(enum.Enum):
    """How far my entry is. The members are in the order in which they happen."""

    WAITING = "waiting"  #: shown as a clock: it is on my disk
    TAKEN = "taken"  #: one tick: it is on the host's disk
    DELIVERED = "delivered"  #: two ticks: it is on another member's disk, or the person who hosts saw it
    NOT_SENT = "not sent"


class EntryStateChanged(Struct, frozen=True):
    """My entries have reached this state. `problem`: for NOT_SENT, why, in plain words."""

    room_id: RoomId
    entry_ids: tuple[EntryId, ...]
    state: EntryState
    problem: str = ""


class RosterChanged(Struct, frozen=True):
    """Who came (or has a new card) and who left. `here` counts everyone, me included. `first`: the roster as found on
    joining. `states`: who of them is away or busy now, or is here again; who comes is here."""

    room_id: RoomId
    joined: tuple[Card, ...]
    left: tuple[Card, ...]
    here: int
    first: bool = False
    states: tuple[tuple[MemberKey, Availability], ...] = ()


class CardsCame(Struct, frozen=True):
    """The cards of authors who are not here now."""

    room_id: RoomId
    cards: tuple[Card, ...]


class TypingChanged(Struct, frozen=True):
    """All who are writing now. `more`: and others, who are not named. A lost connection ends it without a word."""

    room_id: RoomId
    members: tuple[MemberKey, ...]
    more: bool = False


class SeenChanged(Struct, frozen=True):
    """These others have read up to these entries."""

    room_id: RoomId
    seen: tuple[tuple[MemberKey, int], ...]


class ReadElsewhere(Struct, frozen=True):
    """On another device of mine, the last-read line is after `seq` now. `back`: it went back there."""

    room_id: RoomId
    seq: int
    back: bool = False


# --- to the connection -----------------------------------------------------------------------------------------------
class Send(msgspec.Struct, frozen=True):
    """Write these encoded frames."""

    data: bytes


class Disconnect(msgspec.Struct, frozen=True):
    """Close this connection. `code`: "gone", "gap", "bye" or "closed" (a bye, and nobody is to open the room but its
    owner), or the Host's code when it `refused` us."""

    code: str
    refused: bool = False
    retry_ms: int = 0  #: connect again after that time
    problem: str = ""  #: in plain words, where the code alone does not say it
    count: int = 0  #: "asks": the person decides first whether so many entries of ours are brought into the Host's Log


# --- to the replica and the Outbox on disk ---------------------------------------------------------------------------
class NewReplica(msgspec.Struct, frozen=True):
    """The replica begins after `base`. An older one that ends before that is kept beside it. Answer: `applied(base)`,
    before which no entry of mine is sent."""

    epoch: int
    base: int
    base_head: Head


class Rebase(msgspec.Struct, frozen=True):
    """The Host's Log, in `epoch`, has what ours has up to `base` only: what we have after that leaves the replica and
    waits in `carried`. Where our replica does not have `base` with this head, all of it leaves, and it begins anew
    there. Answer: `rebased`."""

    epoch: int
    base: int
    base_head: Head


class Apply(msgspec.Struct, frozen=True):
    """Check the signatures (if one is wrong, close and keep nothing of the run), then add the run to the replica and
    take `taken` out of the Outbox, in one transaction. Answer: `applied`."""

    run: tuple[LogEntry, ...]
    taken: tuple[EntryId, ...]  #: own entries in the run that were in the Outbox
    backlog: bool  #: the run is part of what we missed while away


class Prepend(msgspec.Struct, frozen=True):
    """Check the signatures, then put the run before the replica. Answer: `prepended`. An empty run: nothing is
    earlier. `recovered`: it replaces what this disk lost, and no face waits for it."""

    run: tuple[LogEntry, ...]
    base: int
    base_head: Head
    recovered: bool = False


class ReadBefore(msgspec.Struct, frozen=True):
    """Read up to `limit` entries of the replica before `before`, and the head before them. Answer: `read_before`."""

    before: int
    limit: int


class Settle(msgspec.Struct, frozen=True):
    """The Host says that it has these entries. On disk they stay until they come: that alone proves it."""

    entry_ids: tuple[EntryId, ...]


class GiveUp(msgspec.Struct, frozen=True):
    """The Host will never take this own entry: mark it as refused, so that it is shown as not sent, with the reason."""

    entry_id: EntryId
    code: str


class SetAside(msgspec.Struct, frozen=True):
    """The Host will never take this entry that we carried: a message is marked as refused, and shown so; an annotation,
    which would have no effect, is deleted."""

    entry_id: EntryId
    code: str


# --- to the Engine ---------------------------------------------------------------------------------------------------
class Welcomed(msgspec.Struct, frozen=True):
    """We are in the room. `missed` entries follow. The signatures of the card, and of the `+keeps` that proves the
    epoch, are not checked yet."""

    host: Card
    limits: Limits
    missed: int
    keeps: Entry | None = None


class Held(msgspec.Struct, frozen=True):
    """The Host takes no entries of anybody for now, and why; ours wait."""

    code: str
    seconds: float


class OwnDelivered(msgspec.Struct, frozen=True):
    """Our entries after `base` up to `seq` are on at least one other Member's disk."""

    seq: int
    base: int


class PassesCame(msgspec.Struct, frozen=True):
    """The Host gives us what entitles us to keep the room open. Not checked yet."""

    passes: Passes


class GuestCodesCame(msgspec.Struct, frozen=True):
    """The Host gives us, its heir, the codes with which phones come into the room."""

    codes: tuple[GivenCode, ...]


class HeirsNamed(msgspec.Struct, frozen=True):
    """The Host says who may keep the room open after it, the first first."""

    heirs: tuple[Heir, ...]


class HostMoved(msgspec.Struct, frozen=True):
    """The Host says who keeps the room open from now on."""

    heir: Heir


class SourcesFound(msgspec.Struct, frozen=True):
    """The Host says which members have the files of this root, and where they listen; empty: no member has them."""

    root: bytes
    sources: tuple[FileSource, ...]
    host: str = ""  #: as in `frames.Sources`; "": it does not say


class FilesWanted(msgspec.Struct, frozen=True):
    """The Host wants us to give it the files of these roots."""

    roots: tuple[bytes, ...]


#: In RosterChanged and CardsCame, the signatures of the cards are not checked yet.
Action: TypeAlias = (
    Send | Disconnect | NewReplica | Rebase | Apply | Prepend | ReadBefore | Settle | GiveUp | SetAside | Welcomed
    | Held | OwnDelivered
    | CardsCame | RosterChanged | TypingChanged | SeenChanged | ReadElsewhere | SourcesFound | FilesWanted
    | PassesCame | GuestCodesCame | HeirsNamed | HostMoved
)  # fmt: skip
