"""Runs: stretches of the Log, to and from the form in which they travel. Pure; any thread."""

from __future__ import annotations

from collections.abc import Sequence

from lanchat.core.frames import BadFrame, Entries, Row, Writer
from lanchat.core.model import Entry, Head, LogEntry, next_head


def pack(run: Sequence[LogEntry]) -> Entries:
    """A run of the Log (one or more, contiguous, one epoch) as it travels."""
    writers: dict[tuple[bytes, bytes], int] = {}
    rows = []
    for item in run:
        entry = item.entry
        writer = writers.setdefault((entry.author, entry.device_id), len(writers))
        rows.append(
            Row(writer, entry.entry_id, entry.counter, entry.kind, entry.body, entry.sent_at,
                item.received_at - entry.sent_at, entry.signature)
        )  # fmt: skip
    return Entries(run[0].epoch, run[0].seq, [Writer(*pair) for pair in writers], rows, run[-1].head)


def unpack(frame: Entries, room_id: str, head: Head) -> list[LogEntry]:
    """The run in an `entries` frame, given the chain head before it. Raises BadFrame when the chain does not fit.

    Signatures are not checked here.
    """
    run = []
    for offset, row in enumerate(frame.rows):
        if row.writer >= len(frame.writers):
            raise BadFrame("a row names a writer that is not there")
        writer = frame.writers[row.writer]
        entry = Entry(row.entry_id, writer.author, writer.device_id, row.counter, row.kind, row.body, row.sent_at,
                      row.signature)  # fmt: skip
        seq = frame.first + offset
        received_at = row.sent_at + row.delay
        head = next_head(head, room_id, frame.epoch, seq, received_at, entry)
        run.append(LogEntry(entry, frame.epoch, seq, received_at, head))
    if head != frame.head:
        raise BadFrame("the chain head does not fit the entries")
    return run
