"""The Log as a Client replicates it, and the Outbox beside it."""

from __future__ import annotations

import hashlib
from pathlib import Path

import msgspec
import pytest
from people import GARDEN, KITCHEN, Person, open_store, says, texts, undone

from lanchat.core.model import START, DeviceId, EntryId, Head, LogEnd, LogEntry, next_head
from lanchat.storage.errors import Gap
from lanchat.storage.reader import Reader
from lanchat.storage.records import RoomRecord
from lanchat.storage.store import Store


@pytest.fixture
def history(tmp_path: Path, ana: Person, ben: Person) -> list[LogEntry]:
    """Twenty entries as their host has them."""
    with open_store(tmp_path / "host") as host:
        log = host.log(KITCHEN)
        return [item for number in range(10) for who in (ana, ben) for item in says(log, who, f"line {number}")]


def test_a_newcomer_begins_in_the_middle_and_reads_back(store: Store, history: list[LogEntry]) -> None:
    store.log(KITCHEN).start(1, 14, history[13].head)
    assert store.log(KITCHEN).end() == LogEnd(1, 14, history[13].head, 14, history[13].head)
    store.log(KITCHEN).apply(history[14:18])
    store.log(KITCHEN).apply(history[18:])
    store.log(KITCHEN).prepend(history[4:14], history[3].head)
    log = store.log(KITCHEN)
    assert log.end() == LogEnd(1, 4, history[3].head, 20, history[19].head)
    assert log.after(0, 100) == history[4:]
    assert log.before(8, 100) == (history[4:7], history[3].head)
    assert log.head_at(4) == history[3].head
    assert log.head_at(3) is None
    store.log(KITCHEN).prepend(history[:4], START)
    assert log.after(0, 100) == history


def test_an_entry_whose_body_was_erased_is_kept_as_it_came(
    store: Store, reader: Reader, history: list[LogEntry]
) -> None:
    entry = history[1].entry
    erased = msgspec.structs.replace(entry, body=b"", erased=hashlib.sha256(entry.body).digest())
    came = [history[0], msgspec.structs.replace(history[1], entry=erased), *history[2:]]
    store.log(KITCHEN).start(1, 0, START)
    store.log(KITCHEN).apply(came)
    assert store.log(KITCHEN).after(0, 100) == came  # checked against the chain of heads
    assert reader.count(KITCHEN) == len(history)
    shown = reader.newest(KITCHEN, 20)[1]
    assert (shown.deleted, shown.text) == (True, ""), "that somebody wrote is still seen"


def test_a_replica_that_began_with_an_empty_log_has_begun(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        store.put_room(RoomRecord(GARDEN, "Garden"))
        assert store.log(GARDEN).end().epoch == 0
        store.log(GARDEN).start(1, 0, START)
        store.put_room(RoomRecord(GARDEN, "Rose garden"))
    with open_store(tmp_path) as store:
        assert store.log(GARDEN).end() == LogEnd(1, 0, START, 0, START)


def test_the_range_is_the_same_after_a_restart(tmp_path: Path, history: list[LogEntry]) -> None:
    with open_store(tmp_path) as store:
        store.log(KITCHEN).start(1, 5, history[4].head)
        store.log(KITCHEN).apply(history[5:9])
        end = store.log(KITCHEN).end()
    with open_store(tmp_path) as store:
        assert store.log(KITCHEN).end() == end
        store.log(KITCHEN).apply(history[9:])
        assert store.log(KITCHEN).after(5, 100) == history[5:]


def test_a_gap_is_refused_whole(store: Store, history: list[LogEntry]) -> None:
    store.log(KITCHEN).start(1, 0, START)
    store.log(KITCHEN).apply(history[:5])
    for wrong in (history[6:8], history[4:6], [*history[5:7], history[8]], history[:1]):
        with pytest.raises(Gap):
            store.log(KITCHEN).apply(wrong)
    assert store.log(KITCHEN).after(0, 100) == history[:5]


def test_earlier_entries_must_meet_what_is_here(store: Store, history: list[LogEntry]) -> None:
    store.log(KITCHEN).start(1, 10, history[9].head)
    forged = msgspec.structs.replace(history[9], head=Head(bytes(32)))
    for wrong in (history[5:9], history[8:11], [history[7], history[9]], [forged]):
        with pytest.raises(Gap):
            store.log(KITCHEN).prepend(wrong, START)
    assert store.log(KITCHEN).end().base == 10


def test_no_entry_comes_twice(store: Store, history: list[LogEntry]) -> None:
    entry, head = history[0].entry, history[1].head
    store.log(KITCHEN).start(1, 0, START)
    store.log(KITCHEN).apply(history[:2])
    on_another_device = msgspec.structs.replace(entry, device_id=b"another!")
    placed = LogEntry(on_another_device, 1, 3, 5, next_head(head, KITCHEN, 1, 3, 5, on_another_device))
    with pytest.raises(Gap):
        store.log(KITCHEN).apply([placed])
    assert store.log(KITCHEN).after(0, 10) == history[:2]


def test_an_entry_that_was_brought_back_comes_under_a_lower_counter(
    store: Store, reader: Reader, history: list[LogEntry]
) -> None:
    """Its device wrote on in the Log of another keeper, and only then was it brought there."""
    late = msgspec.structs.replace(history[0].entry, entry_id=bytes(16))
    store.log(KITCHEN).start(1, 0, START)
    store.log(KITCHEN).apply(history[:3])
    store.log(KITCHEN).apply([LogEntry(late, 1, 4, 5, next_head(history[2].head, KITCHEN, 1, 4, 5, late))])
    assert reader.count(KITCHEN) == 4
    device = DeviceId(late.device_id)
    assert store.outbox(KITCHEN).next_counter(device) == 3, "the counters of this device go on after the highest"


def test_entries_of_an_earlier_epoch_are_taken_and_a_later_epoch_is_kept(
    tmp_path: Path, history: list[LogEntry]
) -> None:
    with open_store(tmp_path) as store:
        _goes_on_in_a_later_epoch(store, history)
    with open_store(tmp_path) as store:
        assert store.log(KITCHEN).end().epoch == 3


def _goes_on_in_a_later_epoch(store: Store, history: list[LogEntry]) -> None:
    store.log(KITCHEN).start(2, 0, START)
    store.log(KITCHEN).apply(history[:1])
    assert store.log(KITCHEN).end().epoch == 2
    entry = history[1].entry
    later = LogEntry(entry, 3, 2, 5, next_head(history[0].head, KITCHEN, 3, 2, 5, entry))
    store.log(KITCHEN).apply([later])
    assert store.log(KITCHEN).end().epoch == 3
    assert store.log(KITCHEN).after(0, 10) == [history[0], later]


def test_beginning_anew_forgets_the_entries_but_not_the_outbox(
    store: Store, reader: Reader, history: list[LogEntry], ana: Person
) -> None:
    (waiting,) = ana.writes("still to send")
    store.log(KITCHEN).start(1, 0, START)
    store.log(KITCHEN).apply(history)
    store.outbox(KITCHEN).add(waiting)
    store.log(KITCHEN).start(1, 12, history[11].head)
    assert store.log(KITCHEN).after(0, 100) == []
    assert reader.search("line") == []
    assert store.outbox(KITCHEN).waiting() == [waiting]
    store.log(KITCHEN).apply(history[12:])
    assert len(reader.search("line")) == 8


def test_an_entry_leaves_the_outbox_as_it_comes_back_in_the_log(tmp_path: Path, history: list[LogEntry]) -> None:
    mine = [history[2].entry, history[4].entry]
    with open_store(tmp_path) as store:
        store.log(KITCHEN).start(1, 0, START)
        for entry in mine:
            store.outbox(KITCHEN).add(entry)
        store.log(KITCHEN).apply(history[:3])
        assert store.outbox(KITCHEN).waiting() == mine[1:]
    with open_store(tmp_path) as store:
        store.log(KITCHEN).apply(history[3:])
        assert store.outbox(KITCHEN).waiting() == []


def test_somebody_else_cannot_empty_my_outbox(store: Store, history: list[LogEntry], ben: Person) -> None:
    (mine,) = ben.writes("mine")
    theirs = msgspec.structs.replace(history[0].entry, entry_id=mine.entry_id)
    store.log(KITCHEN).start(1, 0, START)
    store.outbox(KITCHEN).add(mine)
    store.log(KITCHEN).apply([msgspec.structs.replace(history[0], entry=theirs)])
    assert store.outbox(KITCHEN).waiting() == [mine]


def test_the_outbox_keeps_the_order_they_were_written_in(tmp_path: Path, ana: Person) -> None:
    written = ana.writes(*"abcdef")
    with open_store(tmp_path) as store:
        for entry in written:
            store.outbox(KITCHEN).add(entry)
        store.outbox(KITCHEN).drop(EntryId(written[2].entry_id))
    with open_store(tmp_path) as store:
        assert store.outbox(KITCHEN).waiting() == written[:2] + written[3:]


def test_counters_are_never_given_twice(tmp_path: Path, ana: Person) -> None:
    device, other = DeviceId(b"device 1"), DeviceId(b"device 2")
    with open_store(tmp_path, KITCHEN, GARDEN) as store:
        assert [store.outbox(KITCHEN).next_counter(device) for _ in range(3)] == [1, 2, 3]
        assert store.outbox(KITCHEN).next_counter(other) == 1
        assert store.outbox(GARDEN).next_counter(device) == 1
    with open_store(tmp_path) as store:
        assert store.outbox(KITCHEN).next_counter(device) == 4
        store.forget_room(KITCHEN)
        store.put_room(RoomRecord(KITCHEN, "Kitchen"))
        assert store.outbox(KITCHEN).next_counter(device) == 5


def test_writing_on_is_as_quick_however_much_waits_to_be_sent(store: Store, ana: Person) -> None:
    """Whoever pipes a long text into a room is not to wait for ever."""
    store.put_room(RoomRecord(KITCHEN, "Kitchen"))
    steps: list[None] = []
    with store.transaction():
        for entry in ana.writes(*["line"] * 500):
            store.outbox(KITCHEN).add(entry)
    store._database._connection.set_progress_handler(lambda: steps.append(None), 100)
    store.outbox(KITCHEN).next_counter(ana.identity.device_id)
    assert len(steps) < 5


def test_a_counter_given_in_an_undone_transaction_is_free_again(store: Store) -> None:
    device = DeviceId(b"device 1")
    with undone(store):
        store.outbox(KITCHEN).next_counter(device)
    assert store.outbox(KITCHEN).next_counter(device) == 1


def test_counters_go_on_after_what_log_and_outbox_tell(store: Store, history: list[LogEntry], ana: Person) -> None:
    device = ana.identity.device_id
    store.log(KITCHEN).start(1, 0, START)
    store.log(KITCHEN).apply(history)
    assert store.outbox(KITCHEN).next_counter(device) == 11
    ana.counter = 29
    store.outbox(KITCHEN).add(*ana.writes("thirtieth"))
    assert store.outbox(KITCHEN).next_counter(device) == 31


def test_texts_of_a_replica_are_found(store: Store, reader: Reader, history: list[LogEntry]) -> None:
    store.log(KITCHEN).start(1, 18, history[17].head)
    store.log(KITCHEN).apply(history[18:])
    store.log(KITCHEN).prepend(history[:18], START)
    assert texts([hit.message for hit in reader.search("line 9")]) == ["line 9", "line 9"]
