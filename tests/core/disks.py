"""The disks of a host and of members, in memory and without any cost. A commit is one call."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence

from lanchat.core.frames import LogMark
from lanchat.core.keeping import Keeping
from lanchat.core.log import Forged, Outcome, Placement
from lanchat.core.model import START, Entry, EntryId, Head, LogEnd, LogEntry, RoomId

ROOM = RoomId("simulatedroomaaa")

Author = tuple[bytes, bytes]  # member key and device


class HostDisk:
    """The host's disk: the Log, and the Outbox of the host's own person."""

    def __init__(self) -> None:
        self.entries: list[LogEntry] = []
        self.numbers: dict[bytes, tuple[bytes, int]] = {}
        self.counters: dict[Author, int] = {}
        self.outbox: dict[EntryId, Entry] = {}
        self.not_sent: set[EntryId] = set()

    def end(self) -> LogEnd:
        epoch = self.entries[-1].epoch if self.entries else 1
        return LogEnd(epoch, last=len(self.entries), head=self.head(len(self.entries)) or START)

    def head(self, seq: int) -> Head | None:
        if seq == 0:
            return START
        return self.entries[seq - 1].head if seq <= len(self.entries) else None

    def common(self, marks: Iterable[tuple[int, Head | None]]) -> tuple[int, Head] | None:
        """The first of the marks that is in the Log; one without a head is any."""
        for seq, said in marks:
            head = self.head(seq)
            if head is not None and said in (None, head):
                return seq, head
        return None

    def append(self, entries: Sequence[Entry], received_at: int, carried: Container[bytes] = ()) -> list[Outcome]:
        """One outcome for each entry, all in one commit."""
        placement = Placement(ROOM, self.end(), self.numbers, self.counters)
        outcomes: list[Outcome] = []
        for entry in entries:
            if not signed(entry):
                outcomes.append(Forged())
                continue
            placed = placement.place(entry, received_at, entry.entry_id in carried)
            outcomes.append(placed)
            if isinstance(placed, LogEntry):
                device = (entry.author, entry.device_id)
                self.counters[device] = max(entry.counter, self.counters.get(device, 0))
                self.outbox.pop(EntryId(entry.entry_id), None)
        self.entries += placement.run
        return outcomes

    def restore(self, last: int) -> None:
        """The disk is put back to what it was when the Log ended at `last`."""
        del self.entries[last:]
        self.numbers = {item.entry.entry_id: (item.entry.author, item.seq) for item in self.entries}
        self.counters = {}
        for item in self.entries:
            device = (item.entry.author, item.entry.device_id)
            self.counters[device] = max(item.entry.counter, self.counters.get(device, 0))

    def after(self, seq: int, limit: int) -> list[LogEntry]:
        return self.entries[seq : seq + limit]

    def before(self, seq: int, limit: int) -> tuple[list[LogEntry], Head]:
        start = max(0, min(seq - 1, len(self.entries)) - limit)
        return self.entries[start : seq - 1], self.head(start) or START


class MemberDisk:
    """A member's disk: the replica, the Outbox, what is carried, and what was given up."""

    def __init__(self) -> None:
        self.base = -1  # no replica yet
        self.base_head = START
        self.entries: list[LogEntry] = []
        self.outbox: dict[EntryId, Entry] = {}
        self.carried: dict[EntryId, Entry] = {}
        self.set_aside: dict[EntryId, str] = {}
        self.keeps: Entry | None = None
        self.counter = 0

    @property
    def last(self) -> int:
        return self.base + len(self.entries)

    def end(self) -> LogEnd | None:
        if self.base < 0:
            return None
        last = self.entries[-1] if self.entries else None
        epoch, head = (last.epoch, last.head) if last else (1, self.base_head)
        return LogEnd(epoch, self.base, self.base_head, self.last, head)

    def marks(self) -> list[LogMark]:
        """Of every entry among the last 16, of every eighth among the last 160, and of the base."""
        newest = [item for item in self.entries if self.last - item.seq < 16]
        older = [item for item in self.entries if 16 <= self.last - item.seq < 160 and not item.seq % 8]
        return [LogMark(item.seq, item.head) for item in reversed(older + newest)]

    def apply(self, run: Sequence[LogEntry]) -> None:
        self.entries += run
        for item in run:
            self.outbox.pop(EntryId(item.entry.entry_id), None)
            self.carried.pop(EntryId(item.entry.entry_id), None)
            if item.entry.kind == Keeping.kind:
                self.keeps = item.entry

    def rebase(self, base: int, base_head: Head) -> tuple[LogEnd, list[Entry]]:
        heads = {item.seq: item.head for item in self.entries} | {self.base: self.base_head}
        kept = [item for item in self.entries if item.seq <= base] if heads.get(base) == base_head else []
        tail = self.entries[len(kept) :]
        self.entries = kept
        if not kept:
            self.base, self.base_head = base, base_head
        left = {EntryId(item.entry.entry_id): item.entry for item in tail if item.entry.kind != Keeping.kind}
        self.carried = left | self.carried
        end = self.end()
        assert end is not None
        return end, list(self.carried.values())


def sign(entry_id: bytes) -> bytes:
    """Stands for a signature: trust is tested elsewhere, and this is fast."""
    return entry_id * 4


def signed(entry: Entry) -> bool:
    return entry.signature == sign(entry.entry_id)
