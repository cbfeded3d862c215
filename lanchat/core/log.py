"""The Log that a Host writes to: what becomes of an entry, and the asynchronous protocol a host driver is given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypeAlias

from lanchat.core.encoded_log import Block
from lanchat.core.model import Card, Entry, Head, LogEnd, LogEntry, MemberKey, RoomId, next_head

Device: TypeAlias = tuple[bytes, bytes]  #: a member's key and the id of one of their devices


@dataclass(frozen=True, slots=True)
class Duplicate:
    """(author, entry_id) is in the Log already, at this number."""

    seq: int


@dataclass(frozen=True, slots=True)
class OutOfOrder:
    """The author's device has written past this counter: taking the entry would break its order."""

    last_counter: int


@dataclass(frozen=True, slots=True)
class Forged:
    """Its author did not sign it. The driver finds that before it asks the Log."""


Outcome: TypeAlias = LogEntry | Duplicate | OutOfOrder | Forged


@dataclass(slots=True)
class Placement:
    """Gives new entries their place in a Log: number, time and chain head. Pure; the Log on disk is not changed."""

    room_id: RoomId
    end: LogEnd
    seqs: dict[tuple[bytes, bytes], int]  #: of what is in the Log already, by (author, entry_id)
    counters: Mapping[Device, int]  #: the last counter of each device that wrote before
    run: list[LogEntry] = field(default_factory=list)  #: what was placed, in order
    _used: dict[Device, int] = field(default_factory=dict)

    def place(self, entry: Entry, received_at: int) -> LogEntry | Duplicate | OutOfOrder:
        """What becomes of `entry`. An entry that comes twice is a Duplicate the second time."""
        identity, device = (entry.author, entry.entry_id), (entry.author, entry.device_id)
        known = self.seqs.get(identity)
        if known is not None:
            return Duplicate(known)
        last_counter = self._used.get(device, self.counters.get(device, 0))
        if entry.counter <= last_counter:
            return OutOfOrder(last_counter)
        self._used[device] = entry.counter
        seq, head = (self.run[-1].seq, self.run[-1].head) if self.run else (self.end.last, self.end.head)
        seq += 1
        self.seqs[identity] = seq
        head = next_head(head, self.room_id, self.end.epoch, seq, received_at, entry)
        placed = LogEntry(entry, self.end.epoch, seq, received_at, head)
        self.run.append(placed)
        return placed


class Log(Protocol):
    """One room's Log as its host driver uses it. Every method may raise storage's errors, with nothing changed."""

    async def append(self, entries: Sequence[Entry]) -> tuple[list[Outcome], list[Block]]:
        """One outcome for each entry, in order, all in one durable transaction: MUST be on disk when this returns.
        And the new entries, encoded."""

    async def head_at(self, seq: int) -> Head | None:
        """The chain head after `seq`; None when that is outside the Log."""

    async def after(self, seq: int) -> list[Block]:
        """About host.READ_ENTRIES entries after `seq`, encoded; none when it ends there."""

    async def before(self, seq: int, limit: int) -> tuple[list[LogEntry], Head]:
        """Up to `limit` entries before `seq`, oldest first, and the chain head before the first of them."""

    async def prepend(self, run: Sequence[LogEntry], base_head: Head) -> tuple[LogEnd, bool]:
        """Put a run before the Log's beginning; `base_head` is the chain head before it. The Log's new range, and
        whether entries before that are still missing. Raises Gap when the run does not fit."""

    async def cards(self, keys: Sequence[MemberKey]) -> list[Card]:
        """The cards there are of these members."""

    async def keep_cards(self, cards: Sequence[Card]) -> None:
        """Remember these members, who were let in. Their cards' signatures are the caller's to check."""
