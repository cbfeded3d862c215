"""What a Client asks of its driver, and what it tells it. Frozen values, taken in order after every call.

Replica and Outbox work (NewReplica, Apply, Prepend, Settle, GiveUp) is done in the order given. When the disk refuses
any of it, the driver drops this Client, closes the Connection and makes a new Client from what is on disk.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from lanchat.core.limits import Limits
from lanchat.core.model import Card, EntryId, Head, LogEntry
from lanchat.core.roster import RosterChanged


# --- to the connection -----------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Send:
    """Write these encoded frames."""

    data: bytes


@dataclass(frozen=True, slots=True)
class Disconnect:
    """Close this Connection. `code`: "gone", "gap" and "bye" are ours; any other is the Host's, from `refused`."""

    code: str
    reason: str
    retry_ms: int = 0  #: not before that


# --- to the replica and the Outbox on disk ---------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class NewReplica:
    """There was no replica; it begins after `base`. Answer: `applied(base)`. My entries wait for that."""

    epoch: int
    base: int
    base_head: Head


@dataclass(frozen=True, slots=True)
class Apply:
    """Check the signatures (one wrong: close, nothing of the run is kept), then add the run to the replica and take
    `taken` out of the Outbox, in one transaction. Answer: `applied`."""

    run: tuple[LogEntry, ...]
    taken: tuple[EntryId, ...]  #: own entries in the run that were in the Outbox
    backlog: bool  #: part of what we missed, not live


@dataclass(frozen=True, slots=True)
class Prepend:
    """Check the signatures, then put the run before the replica. Answer: `prepended`. No run: nothing is earlier."""

    run: tuple[LogEntry, ...]
    base: int
    base_head: Head


@dataclass(frozen=True, slots=True)
class Settle:
    """These own entries are in the Log, where our replica has them or before it begins: take them out of the Outbox."""

    entry_ids: tuple[EntryId, ...]


@dataclass(frozen=True, slots=True)
class GiveUp:
    """The Host will never take this own entry: it leaves the Outbox and is shown as not sent, with the reason."""

    entry_id: EntryId
    reason: str


# --- to the Engine ---------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Welcomed:
    """We are in. `missed` entries follow. The card's signature is not checked yet."""

    host: Card
    limits: Limits
    missed: int


@dataclass(frozen=True, slots=True)
class Held:
    """The Host takes nothing more of ours for now, and why (a full disk); our entries wait."""

    reason: str
    seconds: float


@dataclass(frozen=True, slots=True)
class OwnDelivered:
    """Our entries after `base` up to `seq` are on at least one other Member's disk."""

    seq: int
    base: int


@dataclass(frozen=True, slots=True)
class CardsCame:
    """Cards of authors who are not here now. Signatures are not checked yet."""

    cards: tuple[Card, ...]


Action: TypeAlias = (
    Send | Disconnect | NewReplica | Apply | Prepend | Settle | GiveUp | Welcomed | Held | OwnDelivered | CardsCame
    | RosterChanged
)  # fmt: skip
