"""The Log as it travels: runs of entries encoded once, and the newest of them kept in memory for all members.

Pure. The functions may run on any thread; a Tail belongs to its Host.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from operator import attrgetter

import msgspec
from msgspec.structs import replace

from lanchat.core.frames import BadFrame, Entries, Page, Row, Writer, decode_from_host, encode
from lanchat.core.limits import PAGE_BYTES
from lanchat.core.model import Entry, Head, LogEntry, next_head


def pack(run: Sequence[LogEntry]) -> Entries:
    """A run of the Log (one or more, contiguous, one epoch) as it travels."""
    writers: dict[tuple[bytes, bytes], int] = {}
    rows = []
    for item in run:
        entry = item.entry
        writer = writers.setdefault((entry.author, entry.device_id), len(writers))
        rows.append(
            Row(writer, entry.entry_id, entry.counter, entry.kind, entry.target, entry.body,
                entry.sent_at, item.received_at - entry.sent_at, entry.signature, entry.erased)
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
        entry = Entry(row.entry_id, writer.author, writer.device_id, row.counter, row.kind, row.target, row.body,
                      row.sent_at, row.signature, row.erased)  # fmt: skip
        seq = frame.first + offset
        received_at = row.sent_at + row.delay
        head = next_head(head, room_id, frame.epoch, seq, received_at, entry)
        run.append(LogEntry(entry, frame.epoch, seq, received_at, head))
    if head != frame.head:
        raise BadFrame("the chain head does not fit the entries")
    return run


BLOCK_ENTRIES = 100  # a client checks and stores a block at a time; more brings no more speed
_JOINED_AT_ONCE = 32  # joined bytes kept for other Sessions at the same cursor: a few MB at the most
_LENGTH_BYTES = 4  # before each frame
_ROW_BYTES = 220  # the most a Row and its Writer take besides kind and body

_first = attrgetter("first")
_last = attrgetter("last")


class Block(msgspec.Struct, frozen=True, gc=False):
    """A run of the Log as one encoded `entries` frame."""

    first: int
    last: int
    head: Head  #: chain head after `last`
    data: bytes


def encode_blocks(run: Sequence[LogEntry]) -> list[Block]:
    """A contiguous run of the Log, cut so that every frame fits."""
    return [
        Block(part[0].seq, part[-1].seq, part[-1].head, encode(pack(part))) for part in _cut(run, BLOCK_ENTRIES)
    ]


def cut_page(before: int, run: Sequence[LogEntry], base_head: Head) -> Page:
    """The newest entries of `run`, which ends just before `before`, that fit one frame and are of one epoch.

    `base_head` is the chain head before the run.
    """
    if not run:
        return Page(Entries(0, before, [], [], base_head), base_head)
    newest = next(_cut(run[::-1], len(run)))
    left_out = len(run) - len(newest)
    return Page(pack(run[left_out:]), run[left_out - 1].head if left_out else base_head)


def _cut(run: Sequence[LogEntry], most: int) -> Iterator[Sequence[LogEntry]]:
    """Parts of at most `most` entries, PAGE_BYTES and one epoch, in the order given."""
    start = size = 0
    for at, item in enumerate(run):
        row = _ROW_BYTES + len(item.entry.kind.encode()) + len(item.entry.body)
        if at > start and (at - start == most or size + row > PAGE_BYTES or item.epoch != run[start].epoch):
            yield run[start:at]
            start, size = at, 0
        size += row
    if run:
        yield run[start:]


class Tail:
    """The newest end of a Log as Blocks, bounded by bytes.

    All Sessions at the same cursor get the same bytes object: it is joined once, however many they are.
    """

    def __init__(self, end: int, blocks: Sequence[Block], most_bytes: int) -> None:
        """`blocks`: what is already known of the Log's end; the last of them ends at `end`."""
        self.end = end
        self._most = most_bytes
        self._bytes = 0
        self._blocks: list[Block] = []
        self._joined: dict[tuple[int, int], tuple[bytes, int]] = {}
        if blocks:
            self.end = blocks[0].first - 1
            self.grow(blocks)

    def grow(self, blocks: Sequence[Block]) -> None:
        """The Log goes on with `blocks`."""
        for block in blocks:
            assert block.first == self.end + 1, "the Log has no gaps"
            self._blocks.append(block)
            self._bytes += len(block.data)
            self.end = block.last
        self._joined.clear()
        if self._bytes > self._most + self._most // 8:  # seldom, as shortening a list is not free
            self._shorten()

    def after(self, cursor: int, at_most: int) -> tuple[bytes, int] | None:
        """What follows `cursor`, about `at_most` bytes of it, and the cursor after that.

        None: that is not in memory, or begins inside a Block; it must be read from the Log.
        """
        joined = self._joined.get((cursor, at_most))
        if joined is None:
            at = bisect_left(self._blocks, cursor + 1, key=_first)
            if at == len(self._blocks) or self._blocks[at].first != cursor + 1:
                return None
            if len(self._joined) == _JOINED_AT_ONCE:
                self._joined.clear()
            joined = self._joined[cursor, at_most] = join(self._blocks, at, at_most)
        return joined

    def head(self, seq: int) -> Head | None:
        """The chain head after `seq`, where a Block ends there."""
        at = bisect_left(self._blocks, seq, key=_last)
        return self._blocks[at].head if at < len(self._blocks) and self._blocks[at].last == seq else None

    def edge(self, seq: int) -> int | None:
        """The end of the newest Block that ends at or before `seq`."""
        at = bisect_left(self._blocks, seq + 1, key=_last)
        return self._blocks[at - 1].last if at else None

    def erase(self, seqs: Iterable[int]) -> None:
        """Keep the bodies of these entries no longer."""
        self._bytes += erase(self._blocks, seqs)
        self._joined.clear()

    def _shorten(self) -> None:
        gone = 0
        while self._bytes > self._most and gone < len(self._blocks) - 1:
            self._bytes -= len(self._blocks[gone].data)
            gone += 1
        del self._blocks[:gone]


def erase(blocks: list[Block], seqs: Iterable[int]) -> int:
    """Erase the bodies of the entries with these numbers in those of `blocks` that have them; by how many bytes that
    changes their length."""
    by_block: dict[int, set[int]] = {}
    for seq in seqs:
        at = bisect_left(blocks, seq, key=_last)
        if at < len(blocks) and blocks[at].first <= seq:
            by_block.setdefault(at, set()).add(seq - blocks[at].first)
    longer = 0
    for at, offsets in by_block.items():
        block = blocks[at]
        frame = decode_from_host(block.data[_LENGTH_BYTES:])
        assert isinstance(frame, Entries), "a block is one such frame"
        rows = [_erased(row) if offset in offsets else row for offset, row in enumerate(frame.rows)]
        blocks[at] = replace(block, data=encode(replace(frame, rows=rows)))
        longer += len(blocks[at].data) - len(block.data)
    return longer


def _erased(row: Row) -> Row:
    """A row without its body, which still proves itself."""
    return row if row.erased is not None else replace(row, body=b"", erased=hashlib.sha256(row.body).digest())


def join(blocks: Sequence[Block], at: int, at_most: int) -> tuple[bytes, int]:
    """The bytes of `blocks` from index `at`, one at least, else `at_most` bytes at most; and the last seq in them."""
    size, stop = len(blocks[at].data), at + 1
    while stop < len(blocks) and size + len(blocks[stop].data) <= at_most:
        size += len(blocks[stop].data)
        stop += 1
    data = blocks[at].data if stop == at + 1 else b"".join(block.data for block in blocks[at:stop])
    return data, blocks[stop - 1].last
