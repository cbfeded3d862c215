"""How far a person has read outlives the window."""

from __future__ import annotations

import shutil

import pytest

from engine.people import People, Person
from lanchat.engine import commands, events, known_rooms
from lanchat.storage.store import Store
from lanchat.trust import identity


@pytest.fixture
def ben(people: People) -> Person:
    """Ben, with three texts of Ana's in the kitchen, which have the numbers 2, 3 and 4 after that of its opening."""
    ana, ben = people.person("Ana"), people.person("Ben")
    ana.hosts("Kitchen")
    ben.joins("Kitchen")
    ana.says("one", "two", "three")
    ben.sees("three")
    return ben


def unread(person: Person) -> int:
    return person.reads(lambda reader: reader.unread(person.room_id, person.me))


def test_all_is_unread_until_it_was_read(ben: Person) -> None:
    assert unread(ben) == 3
    ben.do(commands.MarkRead(ben.room_id, 3))
    ben.do(commands.MarkRead(ben.room_id, 2))
    ben.quits()
    assert unread(ben) == 1
    ben.starts()
    ben.joins("Kitchen")  # which keeps the room's record anew
    ben.quits()
    assert unread(ben) == 1


def test_it_is_kept_when_the_room_is_left(ben: Person) -> None:
    ben.do(commands.MarkRead(ben.room_id, 4))
    ben.leaves()
    assert unread(ben) == 0


def test_it_is_kept_after_a_while_without_being_asked(ben: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(known_rooms, "_WRITE_SECONDS", 0.0)
    ben.do(commands.MarkRead(ben.room_id, 4))

    def is_kept() -> bool:
        ben.do(commands.ChangeProfile("Ben"))  # something to hear, after which to look again
        return not unread(ben)

    ben.until(is_kept)


def test_what_was_marked_unread_is_unread_at_the_next_start(ben: Person) -> None:
    ben.do(commands.MarkRead(ben.room_id, 4))
    ben.do(commands.MarkUnread(ben.room_id, 3))
    ben.do(commands.MarkRead(ben.room_id, 2))
    ben.quits()
    assert unread(ben) == 2
    ben.starts()
    ben.joins("Kitchen")
    ben.do(commands.MarkUnread(ben.room_id, 2))
    ben.do(commands.MarkRead(ben.room_id, 3))
    ben.quits()
    assert unread(ben) == 1


def test_what_was_read_on_one_device_is_read_on_the_other_and_at_its_next_start(people: People) -> None:
    ana, laptop = people.person("Ana"), people.person("Ben", people.folder / "laptop")
    phone_folder = people.folder / "phone"
    phone_folder.mkdir()
    for name in (identity.FILE, identity.DEVICE_FILE):
        shutil.copy(laptop.folder / name, phone_folder / name)
    phone = people.person("Ben", phone_folder)
    ana.hosts("Kitchen")
    laptop.joins("Kitchen")
    phone.joins("Kitchen")
    ana.says("one", "two", "three")
    for person in (laptop, phone):
        person.sees("three")
    laptop.do(commands.MarkRead(laptop.room_id, 4))
    assert phone.hears(events.ReadElsewhere).seq == 4
    laptop.do(commands.MarkUnread(laptop.room_id, 3))
    assert phone.hears(events.ReadElsewhere) == events.ReadElsewhere(phone.room_id, 2, back=True)
    phone.quits()
    assert unread(phone) == 2


def test_what_comes_in_the_place_of_what_was_read_is_unread(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    """A host put back to an older copy gives new messages numbers that Ben's mark, which is not on disk yet, covers."""
    monkeypatch.setattr(known_rooms, "_WRITE_SECONDS", 60.0)
    ana, ben = people.person("Ana"), people.person("Ben")
    room_id = ana.hosts("Kitchen").room_id
    ben.joins("Kitchen")
    ana.quits()
    with ana.put_back_to():
        ana.starts()
        ana.hosts("Kitchen", room_id=room_id)
        ana.says("one", "two", "three")
        ben.sees("three")
        ben.do(commands.MarkRead(room_id, 1_000))
        ana.quits()
    ana.starts()
    ana.hosts("Kitchen", room_id=room_id)
    ana.says("new")
    ben.sees("new")
    ben.hears(events.BroughtBack, left=0)
    ben.quits()
    assert unread(ben) >= 1


def test_reading_fast_does_not_wear_the_disk(ben: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    writes: list[object] = []
    mark_read = Store.mark_read
    monkeypatch.setattr(Store, "mark_read", lambda *of: (writes.append(of), mark_read(*of)))
    for seq in range(500):
        ben.do(commands.MarkRead(ben.room_id, seq))
    ben.hears_nothing(events.Problem)
    assert len(writes) <= 1
    ben.quits()
    assert len(writes) <= 2
    assert unread(ben) == 0


def test_a_room_nobody_knows_is_no_matter(ben: Person) -> None:
    ben.do(commands.MarkRead("abcdabcdabcdabcd", 7))
    ben.quits()
