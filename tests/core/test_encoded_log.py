"""The newest end of a Log in memory."""

from __future__ import annotations

from disks import ROOM, HostDisk
from kitchen import card, device, entry

from lanchat.core.encoded_log import Block, Tail, cut_page, encode_blocks, unpack
from lanchat.core.frames import Entries, decode_from_host
from lanchat.core.model import START, LogEntry


def blocks(first: int, *sizes: int) -> list[Block]:
    """Blocks of 10 entries and so many bytes each."""
    return [
        Block(first + 10 * at, first + 10 * at + 9, START, bytes([at]) * size) for at, size in enumerate(sizes)
    ]  # fmt: skip


def run_of(length: int, epoch_from: int = 1_000_000) -> list[LogEntry]:
    log = HostDisk()
    for number in range(1, length + 1):
        log.append([entry(card("ana"), device("pc"), number, f"line {number}")], 0)
    return [
        LogEntry(item.entry, 2 if item.seq >= epoch_from else 1, item.seq, item.received_at, item.head)
        for item in log.entries
    ]


def test_what_follows_a_cursor_is_joined_up_to_a_size() -> None:
    tail = Tail(0, (), 1_000)
    tail.grow(blocks(1, 30, 30, 30))
    assert tail.after(0, 70) == (b"\0" * 30 + b"\1" * 30, 20)
    assert tail.after(20, 70) == (b"\2" * 30, 30)
    assert tail.after(30, 70) is None


def test_one_block_is_given_however_large() -> None:
    tail = Tail(0, (), 1_000)
    tail.grow(blocks(1, 500))
    assert tail.after(0, 10) == (b"\0" * 500, 10)


def test_all_at_one_cursor_share_one_object() -> None:
    tail = Tail(0, (), 1_000)
    tail.grow(blocks(1, 30, 30))
    assert tail.after(0, 100) is tail.after(0, 100)
    tail.grow(blocks(21, 30))
    assert tail.after(0, 100) == (b"\0" * 30 + b"\1" * 30 + b"\0" * 30, 30)


def test_many_at_different_cursors_do_not_fill_the_memory() -> None:
    tail = Tail(0, (), 1_000_000)
    tail.grow(blocks(1, *[1_000] * 200))
    first = tail.after(0, 100_000)
    for cursor in range(0, 1_000, 10):
        tail.after(cursor, 100_000)
    again = tail.after(0, 100_000)
    assert again == first
    assert again is not first


def test_a_cursor_inside_a_block_is_for_the_disk() -> None:
    tail = Tail(100, (), 1_000)
    tail.grow(blocks(101, 30, 30))
    assert tail.after(105, 100) is None
    assert tail.after(90, 100) is None


def test_the_oldest_goes_when_there_is_too_much() -> None:
    tail = Tail(0, (), 100)
    tail.grow(blocks(1, 40, 40, 40))
    assert tail.after(0, 1_000) is None
    assert tail.after(10, 1_000) == (b"\1" * 40 + b"\2" * 40, 30)


def test_the_newest_block_stays_even_when_it_is_too_large() -> None:
    tail = Tail(0, (), 100)
    tail.grow(blocks(1, 40, 400))
    assert tail.after(10, 1_000) == (b"\1" * 400, 20)


def test_heads_and_edges_are_where_blocks_end() -> None:
    run = run_of(250)
    tail = Tail(250, encode_blocks(run[50:]), 1_000_000)
    assert tail.end == 250
    assert tail.head(150) == run[149].head
    assert tail.head(151) is None
    assert tail.head(50) is None
    assert (tail.edge(49), tail.edge(149), tail.edge(150), tail.edge(249)) == (None, None, 150, 150)


def test_a_page_is_of_one_epoch() -> None:
    run = run_of(20, epoch_from=15)
    page = cut_page(21, run, START)
    assert (page.entries.first, len(page.entries.rows), page.entries.epoch) == (15, 6, 2)
    assert page.base_head == run[13].head
    assert [block.first for block in encode_blocks(run)] == [1, 15]


def test_an_erased_body_is_in_memory_no_more_and_its_entry_still_proves_itself() -> None:
    run = run_of(250)
    tail = Tail(0, (), 1_000_000)
    tail.grow(encode_blocks(run))
    assert b"line 117" in (tail.after(100, 1) or (b"", 0))[0]
    tail.erase([17, 117, 117, 118, 999])
    data, last = tail.after(100, 1) or (b"", 0)
    frame = decode_from_host(data[4:])
    assert isinstance(frame, Entries)
    erased = unpack(frame, ROOM, run[99].head)
    assert [item.entry.body for item in erased[15:20]] == [b"line 116", b"", b"", b"line 119", b"line 120"]
    assert (erased[-1].head, last) == (run[199].head, 200)
    tail.erase([117])
    assert tail.after(100, 1) == (data, last)
