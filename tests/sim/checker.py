"""The promises, checked at every commit and at the end of a history."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from lanchat.core.model import Entry, EntryId, LogEntry
from sim.disks import HostDisk, MemberDisk


class Broken(AssertionError):
    """A promise was broken."""


def check(holds: bool, promise: str) -> None:
    if not holds:
        raise Broken(promise)


class Checker:
    def __init__(self, log: HostDisk) -> None:
        self._log = log
        self.written: dict[EntryId, Entry] = {}
        self.unfit: set[EntryId] = set()  # written, but longer than the room allows
        self._counters: dict[tuple[bytes, bytes], int] = {}
        self._checked = 0

    # --- the host's disk ---------------------------------------------------------------------------------------------
    def log_grew(self) -> None:
        entries = self._log.entries
        for item in entries[self._checked :]:
            entry = item.entry
            check(self.written.get(EntryId(entry.entry_id)) == entry, "I2: in the Log is what nobody wrote")
            check(EntryId(entry.entry_id) not in self.unfit, "an entry that is too long was taken")
            device = (entry.author, entry.device_id)
            check(entry.counter > self._counters.get(device, 0), "I6: a device's entries are out of order")
            self._counters[device] = entry.counter
            check(item.seq == self._checked + 1, "I5: a gap in the Log")
            check(self._log.numbers[entry.author, entry.entry_id] == item.seq, "I7: one entry has two numbers")
            self._checked += 1

    def refused(self, entry_id: EntryId) -> None:
        """Somebody was told that this entry will never be taken."""
        check(entry_id in self.unfit, "I6: an honest entry was refused")

    # --- members' disks ----------------------------------------------------------------------------------------------
    def applied(self, disk: MemberDisk, run: Sequence[LogEntry], taken: Iterable[EntryId]) -> None:
        """`run` was added to a replica, and `taken` left the Outbox, just now."""
        check(disk.base >= 0, "I5: entries for a replica that is not there")
        check(run[0].seq == disk.last - len(run) + 1, "I5: a gap in a replica")
        self._same_as_log(run)
        for item in run:
            check(EntryId(item.entry.entry_id) not in disk.outbox, "I8: both in the Outbox and in the Log")
        for entry_id in taken:
            check(any(item.entry.entry_id == entry_id for item in run), "I10: it left the Outbox for nowhere")

    def prepended(self, disk: MemberDisk, run: Sequence[LogEntry]) -> None:
        check(run[0].seq == disk.base + 1, "I5: a gap in a replica")
        self._same_as_log(run)

    def _same_as_log(self, run: Sequence[LogEntry]) -> None:
        for item in run:
            check(item.seq <= len(self._log.entries), "I1: shown, but not on the host's disk")
            check(self._log.entries[item.seq - 1] == item, "I4: a view differs from the Log")

    def looked_at(self, screen: set[EntryId], disk: MemberDisk) -> None:
        """A member looks for what was once on its screen."""
        check(screen <= disk.shown(), "I10: something shown has vanished")

    # --- the end -----------------------------------------------------------------------------------------------------
    def healed(self, members: Iterable[MemberDisk]) -> None:
        log = self._log.entries
        for disk in members:
            check(not disk.outbox, "I9: an Outbox is not empty")
            check(disk.base == 0 and disk.entries == log, "I9: a view differs from the Log after healing")
            ids = [(item.entry.author, item.entry.entry_id) for item in disk.entries]
            check(len(ids) == len(set(ids)), "I3: an entry twice in a view")
        check(not self._log.outbox, "I9: the host's Outbox is not empty")
        there = {EntryId(item.entry.entry_id) for item in log}
        check(there == set(self.written) - self.unfit, "I1: something written is not in the Log")
