"""How far a person has read, what there is to read, and who wrote it."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from msgspec.structs import replace
from people import GARDEN, KITCHEN, Person, open_store, says

from lanchat.core.model import MemberKey
from lanchat.storage.reader import Reader
from lanchat.storage.store import Store


def key(person: Person) -> MemberKey:
    return person.identity.key


def test_reading_goes_only_forward(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        says(store.log(KITCHEN), Person(), *"abcdefg")
        for seq in (3, 7, 5):
            store.mark_read(KITCHEN, seq)
        store.mark_read(GARDEN, 1)
        assert store.room(KITCHEN).read_seq == 7
        store.put_room(replace(store.room(KITCHEN), title="Bar", read_seq=0))
    with open_store(tmp_path) as store:
        assert (store.room(KITCHEN).title, store.room(KITCHEN).read_seq) == ("Bar", 7)


def test_what_is_marked_unread_stays_so_until_it_is_read(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        says(store.log(KITCHEN), Person(), *"abcdefg")
        before = store.room(KITCHEN)
        store.mark_read(KITCHEN, 9)
        assert store.room(KITCHEN).read_seq == 7, "nobody has read what is not there"
        store.mark_unread(KITCHEN, 9)
        assert store.room(KITCHEN).read_seq == 7, "it never goes forward"
        store.mark_unread(KITCHEN, 4)
        store.put_room(replace(before, title="Bar", read_seq=7))  # as of before it was marked
    with open_store(tmp_path) as store:
        assert (store.room(KITCHEN).title, store.room(KITCHEN).read_seq) == ("Bar", 3)
        store.mark_unread(KITCHEN, 0)
        assert store.room(KITCHEN).read_seq == 0
        store.mark_read(KITCHEN, 7)
        assert store.room(KITCHEN).read_seq == 7


def test_what_others_wrote_since_is_unread(store: Store, reader: Reader, ana: Person, ben: Person) -> None:
    log = store.log(KITCHEN)
    assert reader.unread(KITCHEN, key(ana)) == 0
    says(log, ben, "one", "two")
    says(log, ana, "three")
    says(log, ben, "four")
    assert reader.unread(KITCHEN, key(ana)) == 3
    assert reader.unread(KITCHEN, key(ben)) == 1
    store.mark_read(KITCHEN, 2)
    assert reader.unread(KITCHEN, key(ana)) == 1
    assert reader.unread(KITCHEN, key(Person())) == 2
    store.mark_read(KITCHEN, 4)
    assert reader.unread(KITCHEN, key(ana)) == 0
    assert reader.unread(GARDEN, key(ana)) == 0


def test_what_has_no_line_of_its_own_is_not_unread(store: Store, reader: Reader, ana: Person, ben: Person) -> None:
    log = store.log(KITCHEN)
    says(log, ben, "one")
    log.append([*ben.writes("👍", kind="+reaction"), *ben.writes("?", kind="poll")], 1_000)
    assert reader.unread(KITCHEN, key(ana)) == 2


def test_very_much_unread_is_not_counted_to_the_end(store: Store, reader: Reader, ana: Person, ben: Person) -> None:
    says(store.log(KITCHEN), ben, *map(str, range(30)))
    assert reader.unread(KITCHEN, key(ana), most=20) == 20


def test_other_rooms_do_not_count(tmp_path: Path, ana: Person, ben: Person) -> None:
    with open_store(tmp_path, KITCHEN, GARDEN) as store, closing(Reader.open(tmp_path)) as reader:
        says(store.log(GARDEN), ben, "roses")
        assert reader.unread(KITCHEN, key(ana)) == 0
        assert reader.authors(KITCHEN, 10) == []


def test_authors_who_wrote_last_come_first(store: Store, reader: Reader, ana: Person, ben: Person) -> None:
    log, cleo = store.log(KITCHEN), Person()
    says(log, cleo, "first")
    says(log, ben, "second")
    says(log, ana, "third")
    says(log, cleo, "again")
    assert reader.authors(KITCHEN, 10) == [key(cleo), key(ana), key(ben)]
    assert reader.authors(KITCHEN, 2) == [key(cleo), key(ana)]


def test_authors_of_long_ago_are_not_forgotten(store: Store, reader: Reader, ana: Person, ben: Person) -> None:
    log, cleo = store.log(KITCHEN), Person()
    says(log, cleo, "long ago")
    says(log, ben, "a little later")
    says(log, ana, *map(str, range(2_100)))
    assert reader.authors(KITCHEN, 10) == [key(ana), key(ben), key(cleo)]

