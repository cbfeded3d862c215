"""The disks of a host and of members, in memory and without any cost. A commit is one call."""

from __future__ import annotations

from collections.abc import Sequence

from lanchat.core.log import Duplicate, Forged, Outcome, OutOfOrder
from lanchat.core.model import START, Entry, EntryId, Head, LogEnd, LogEntry, RoomId, next_head

ROOM = RoomId("simulatedroomaaa")

Author = tuple[bytes, bytes]  # member key and device


class HostDisk:
    """The host's disk: the Log, and the Outbox of the host's own person."""

    def __init__(self) -> None:
        self.entries: list[LogEntry] = []
        self.numbers: dict[tuple[bytes, bytes], int] = {}
        self.counters: dict[Author, int] = {}
        self.outbox: dict[EntryId, Entry] = {}
        self.not_sent: set[EntryId] = set()

    def end(self) -> LogEnd:
        return LogEnd(epoch=1, last=len(self.entries), head=self.head(len(self.entries)) or START)

    def head(self, seq: int) -> Head | None:
        if seq == 0:
            return START
        return self.entries[seq - 1].head if seq <= len(self.entries) else None

    def append(self, entries: Sequence[Entry], received_at: int) -> list[Outcome]:
        """One outcome for each entry, all in one commit."""
        return [self.append_one(entry, received_at) for entry in entries]

    def append_one(self, entry: Entry, received_at: int) -> Outcome:
        if not signed(entry):
            return Forged()
        if (seq := self.numbers.get((entry.author, entry.entry_id))) is not None:
            return Duplicate(seq)
        author = (entry.author, entry.device_id)
        if entry.counter <= self.counters.get(author, 0):
            return OutOfOrder(self.counters[author])
        return self.put(entry, received_at)

    def put(self, entry: Entry, received_at: int) -> LogEntry:
        seq = len(self.entries) + 1
        head = next_head(self.head(seq - 1) or START, ROOM, 1, seq, received_at, entry)
        item = LogEntry(entry, 1, seq, received_at, head)
        self.entries.append(item)
        self.numbers[entry.author, entry.entry_id] = seq
        self.counters[entry.author, entry.device_id] = entry.counter
        self.outbox.pop(EntryId(entry.entry_id), None)
        return item

    def after(self, seq: int, limit: int) -> list[LogEntry]:
        return self.entries[seq : seq + limit]

    def before(self, seq: int, limit: int) -> tuple[list[LogEntry], Head]:
        start = max(0, min(seq - 1, len(self.entries)) - limit)
        return self.entries[start : seq - 1], self.head(start) or START


class MemberDisk:
    """A member's disk: the replica, the Outbox, and what was given up."""

    def __init__(self) -> None:
        self.base = -1  # no replica yet
        self.base_head = START
        self.entries: list[LogEntry] = []
        self.outbox: dict[EntryId, Entry] = {}
        self.not_sent: set[EntryId] = set()
        self.counter = 0

    @property
    def last(self) -> int:
        return self.base + len(self.entries)

    def end(self) -> LogEnd | None:
        if self.base < 0:
            return None
        head = self.entries[-1].head if self.entries else self.base_head
        return LogEnd(1, self.base, self.base_head, self.last, head)


def sign(entry_id: bytes) -> bytes:
    """Stands for a signature: trust is tested elsewhere, and this is fast."""
    return entry_id * 4


def signed(entry: Entry) -> bool:
    return entry.signature == sign(entry.entry_id)
