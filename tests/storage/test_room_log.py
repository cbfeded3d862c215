"""The Log as its Host writes it."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from people import GARDEN, KITCHEN, Person, open_store, says, taken, texts, undone

from lanchat.core.codes import RejectCode
from lanchat.core.log import Duplicate, NotAllowed, OutOfOrder
from lanchat.core.model import START, LogEnd, LogEntry, next_head
from lanchat.storage.records import RoomRecord
from lanchat.storage.store import Store


def test_an_empty_log(store: Store) -> None:
    log = store.log(KITCHEN)
    assert log.end() == LogEnd()
    assert log.after(0, 10) == []
    assert log.before(1, 10) == ([], START)


def test_entries_are_numbered_and_chained(store: Store, ana: Person, ben: Person) -> None:
    first, second = taken(store.log(KITCHEN).append(ana.writes("hi") + ben.writes("hello"), 1_000_500))
    assert (first.seq, second.seq) == (1, 2)
    assert first.received_at == 1_000_500
    assert first.head == next_head(START, KITCHEN, 1, 1, 1_000_500, first.entry)
    assert second.head == next_head(first.head, KITCHEN, 1, 2, 1_000_500, second.entry)
    assert store.log(KITCHEN).end() == LogEnd(1, 0, START, 2, second.head)


def test_the_log_goes_on_after_a_restart(tmp_path: Path, ana: Person) -> None:
    with open_store(tmp_path) as store:
        (before,) = says(store.log(KITCHEN), ana, "before")
    with open_store(tmp_path) as store:
        (after,) = says(store.log(KITCHEN), ana, "after")
        assert after.seq == 2
        assert after.head == next_head(before.head, KITCHEN, 1, 2, after.received_at, after.entry)
        assert store.log(KITCHEN).after(0, 10) == [before, after]


def test_what_was_taken_once_is_known(tmp_path: Path, ana: Person) -> None:
    entries = ana.writes("one", "two")
    with open_store(tmp_path) as store:
        store.log(KITCHEN).append(entries, 1)
        assert store.log(KITCHEN).append(entries, 2) == [Duplicate(1), Duplicate(2)]
    with open_store(tmp_path) as store:
        assert store.log(KITCHEN).append(entries[1:] + ana.writes("three"), 3)[0] == Duplicate(2)
        assert texts(store.log(KITCHEN).after(0, 10)) == ["one", "two", "three"]


def test_the_same_entry_twice_in_one_call(store: Store, ana: Person) -> None:
    (entry,) = ana.writes("hi")
    assert store.log(KITCHEN).append([entry, entry], 1)[1] == Duplicate(1)
    assert store.log(KITCHEN).end().last == 1


def test_an_entry_id_under_another_counter_or_device_is_still_known(store: Store, ana: Person) -> None:
    (entry,) = ana.writes("hi")
    again = msgspec.structs.replace(entry, counter=9)
    elsewhere = msgspec.structs.replace(entry, counter=10, device_id=b"another!")
    assert store.log(KITCHEN).append([entry, again, elsewhere], 1)[1:] == [Duplicate(1), Duplicate(1)]


def test_a_counter_is_used_once(store: Store, ana: Person) -> None:
    one, two, three = ana.writes("one", "two", "three")
    again = msgspec.structs.replace(two, entry_id=bytes(16))
    assert store.log(KITCHEN).append([two, again], 1)[1] == OutOfOrder(2)
    assert store.log(KITCHEN).append([again, one], 2) == [OutOfOrder(2), OutOfOrder(2)]
    assert len(taken(store.log(KITCHEN).append([three], 3))) == 1


def test_an_entry_id_is_one_entrys(store: Store, ana: Person, ben: Person) -> None:
    (entry,) = ana.writes("hi")
    (copy,) = ben.writes("mine now")
    copy = msgspec.structs.replace(copy, entry_id=entry.entry_id)
    log = store.log(KITCHEN)
    assert log.append([entry, copy], 1) == [*log.after(0, 9), NotAllowed(RejectCode.ID)]
    assert log.append([copy, entry], 1) == [NotAllowed(RejectCode.ID), Duplicate(1)]


def test_the_same_entry_in_another_room(tmp_path: Path, ana: Person) -> None:
    (entry,) = ana.writes("hi")
    with open_store(tmp_path, KITCHEN, GARDEN) as store:
        assert [taken(store.log(room).append([entry], 1))[0].seq for room in (KITCHEN, GARDEN)] == [1, 1]


def test_a_device_keeps_its_order(tmp_path: Path, ana: Person, ben: Person) -> None:
    first, second, third = ana.writes("1", "2", "3")
    with open_store(tmp_path) as store:
        assert store.log(KITCHEN).append([second, first, *ben.writes("me")], 1)[1] == OutOfOrder(2)
    with open_store(tmp_path) as store:
        outcomes = store.log(KITCHEN).append([first, third, first], 1)
        assert (outcomes[0], outcomes[2]) == (OutOfOrder(2), OutOfOrder(3))
        assert texts(store.log(KITCHEN).after(0, 10)) == ["2", "me", "3"]


def test_pages_forwards_and_backwards(store: Store, ana: Person) -> None:
    log = store.log(KITCHEN)
    written = says(log, ana, *(f"line {number}" for number in range(1, 31)))
    assert log.after(0, 5) == written[:5]
    assert log.after(25, 100) == written[25:]
    assert log.after(30, 100) == []
    assert log.before(31, 4) == (written[26:], written[25].head)
    assert log.before(4, 100) == (written[:3], START)
    assert log.head_at(0) == START
    assert log.head_at(30) == written[29].head
    assert log.head_at(31) is None


def test_rooms_do_not_see_each_other(tmp_path: Path, ana: Person) -> None:
    with open_store(tmp_path, GARDEN, KITCHEN) as store:
        garden, kitchen = store.log(GARDEN), store.log(KITCHEN)
        says(garden, ana, "roses", "tulips")
        says(kitchen, ana, "soup")
        assert texts(garden.after(0, 10)) == ["roses", "tulips"]
        assert texts(kitchen.before(10, 10)[0]) == ["soup"]
        assert kitchen.end().last == 1


@pytest.mark.parametrize("batch", [1, 7, 100, 1000])
def test_any_number_at_once(store: Store, ana: Person, ben: Person, batch: int) -> None:
    entries = [entry for _ in range(batch) for entry in (*ana.writes("a"), *ben.writes("b"))]
    written = taken(store.log(KITCHEN).append(entries, 1))
    assert [item.seq for item in written] == list(range(1, 2 * batch + 1))
    assert store.log(KITCHEN).after(0, 10_000) == written


def test_whatever_text_comes_back_as_it_was(store: Store, ana: Person) -> None:
    told = ["", "\0", "a\0b", "'; DROP TABLE entries; --", '"', "👩‍👩‍👧 é é", "会議" * 2000, "\u202eabc", "%s {0}"]
    assert texts(says(store.log(KITCHEN), ana, *told)) == told
    assert texts(store.log(KITCHEN).after(0, 100)) == told


def test_several_calls_in_one_transaction_are_kept_or_not_together(tmp_path: Path, ana: Person) -> None:
    entries = ana.writes("one", "two", "three")
    with open_store(tmp_path, KITCHEN, GARDEN) as store:
        log = store.log(KITCHEN)
        with undone(store):
            log.append(entries[:2], 1)
            store.put_room(RoomRecord(GARDEN, "Renamed"))
        assert log.end() == LogEnd()
        assert store.room(GARDEN) == RoomRecord(GARDEN, "Garden", hosted=True)
        with store.transaction():
            log.append(entries[:1], 1)
            log.append(entries[1:], 1)
        assert texts(log.after(0, 10)) == ["one", "two", "three"]


def test_a_room_renamed_keeps_its_log(store: Store, ana: Person) -> None:
    says(store.log(KITCHEN), ana, "hi")
    record = store.room(KITCHEN)
    assert record is not None
    store.put_room(msgspec.structs.replace(record, title="Canteen"))
    assert store.log(KITCHEN).end().last == 1


def test_the_host_s_own_post_leaves_the_outbox_with_its_taking(tmp_path: Path, ana: Person) -> None:
    first, second = ana.writes("one", "two")
    with open_store(tmp_path) as store:
        store.outbox(KITCHEN).add(first)
        store.outbox(KITCHEN).add(second)
        assert isinstance(store.log(KITCHEN).append([first], 1)[0], LogEntry)
        assert store.outbox(KITCHEN).waiting() == [second]
    with open_store(tmp_path) as store:
        store.log(KITCHEN).append([second], 1)
        assert store.outbox(KITCHEN).waiting() == []
