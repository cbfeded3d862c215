"""Entries that a host will never take: they are kept for who wrote them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from people import GARDEN, KITCHEN, Person, open_store, texts

from lanchat.core.message import PendingMessage
from lanchat.core.model import DeviceId, EntryId
from lanchat.storage.reader import Reader
from lanchat.storage.store import Store


def test_a_refused_entry_waits_no_more_and_is_still_here(tmp_path: Path, ana: Person) -> None:
    first, second = ana.writes("first", "second")
    with open_store(tmp_path) as store:
        store.outbox(KITCHEN).add(first)
        store.outbox(KITCHEN).add(second)
        store.outbox(KITCHEN).refuse(EntryId(first.entry_id), "too loud")
    with open_store(tmp_path) as store:
        assert store.outbox(KITCHEN).waiting() == [second]
        reader = Reader.open(tmp_path)
        assert reader.outbox(KITCHEN) == [PendingMessage.of(second)]
        assert reader.refused(KITCHEN) == [PendingMessage.of(first, "too loud")]
        assert reader.refused(GARDEN) == []
        reader.close()


def test_only_what_was_refused_is_taken_back(store: Store, reader: Reader, ana: Person) -> None:
    first, second = ana.writes("first", "second")
    store.outbox(KITCHEN).add(first)
    store.outbox(KITCHEN).add(second)
    store.outbox(KITCHEN).refuse(EntryId(first.entry_id), "too loud")
    assert store.outbox(KITCHEN).take_refused(EntryId(second.entry_id)) is None
    assert store.outbox(KITCHEN).take_refused(EntryId(first.entry_id)) == first
    assert store.outbox(KITCHEN).take_refused(EntryId(first.entry_id)) is None
    assert reader.refused(KITCHEN) == []
    assert reader.outbox(KITCHEN) == [PendingMessage.of(second)]


def test_the_counter_of_a_refused_entry_stays_used(store: Store, ana: Person) -> None:
    (entry,) = ana.writes("first")
    store.outbox(KITCHEN).add(entry)
    store.outbox(KITCHEN).refuse(EntryId(entry.entry_id), "too loud")
    assert store.outbox(KITCHEN).next_counter(DeviceId(entry.device_id)) > entry.counter


def test_what_is_in_the_log_after_all_was_not_refused(store: Store, reader: Reader, ana: Person) -> None:
    (entry,) = ana.writes("first")
    store.outbox(KITCHEN).add(entry)
    store.outbox(KITCHEN).refuse(EntryId(entry.entry_id), "too loud")
    store.log(KITCHEN).append([entry], 1)
    assert reader.refused(KITCHEN) == []
    assert texts(reader.newest(KITCHEN, 5)) == ["first"]


def test_what_waited_in_a_backup_goes_before_what_is_written_after_it_was_put_back(store: Store, ana: Person) -> None:
    """It may be about that, and is of another device, which counts from 1 again."""
    _taken, waits = ana.writes("taken", "waits")
    store.outbox(KITCHEN).add(waits)
    ana.identity, ana.counter = replace(ana.identity, device_id=DeviceId(b"restored")), 0
    (about_it,) = ana.writes("in other words", kind="+edit", target=EntryId(waits.entry_id))
    store.outbox(KITCHEN).add(about_it)
    assert store.outbox(KITCHEN).waiting() == [waits, about_it]
