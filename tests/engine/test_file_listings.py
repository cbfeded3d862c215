"""What is in a folder or a set that was offered is seen before any of it is got; over real TLS."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.file_people import gets, in_state, kept_by_host, offers, settle, sharer, some_file
from engine.people import People, Person
from engine.test_private_files import message_of, offers_privately
from engine.test_private_messages import thread
from lanchat.core.message import Message
from lanchat.core.model import RoomId
from lanchat.engine import commands, events, file_listings
from lanchat.engine.events import FileState, ListedFile

PLANS = (ListedFile("a.txt", 3), ListedFile("deep/b.txt", 700_000))


@pytest.fixture
def ana(people: People) -> Person:
    return sharer(people, "Ana")


@pytest.fixture
def ben(people: People) -> Person:
    return sharer(people, "Ben")


def plans(person: Person) -> Path:
    folder = person.folder / "originals" / "plans"
    (folder / "deep").mkdir(parents=True)
    (folder / "a.txt").write_bytes(b"a" * 3)
    (folder / "deep" / "b.txt").write_bytes(b"b" * 700_000)
    return folder


def listed(person: Person, offer: events.EntryWritten, room_id: RoomId | None = None) -> events.FilesListed:
    """What they are told when they ask what is in it."""
    room_id = room_id or person.room_id
    assert room_id is not None
    person.until(lambda: offer.entry_id in [one.message_id for one in _messages(person, room_id)])
    person.do(commands.ListFiles(room_id, offer.entry_id))
    told = person.hears(events.FilesListed, message_id=offer.entry_id)
    assert told.room_id == room_id
    return told


def _messages(person: Person, room_id: RoomId) -> list[Message]:
    room = person.rooms.get(room_id)
    return list(room.messages) if room is not None else []


def by_name(told: events.FilesListed) -> tuple[ListedFile, ...]:
    assert not told.problem
    return tuple(sorted(told.files, key=lambda one: one.name))


def test_a_member_sees_what_is_in_a_folder_without_getting_it(ana: Person, ben: Person) -> None:
    ana.hosts("Kitchen")
    ben.joins("Kitchen")
    offer = offers(ana, plans(ana))
    assert by_name(listed(ben, offer)) == PLANS
    assert by_name(listed(ana, offer)) == PLANS
    assert not (ben.folder / "got").exists()
    assert by_name(listed(ben, offer)) == PLANS  # as often as one likes
    got = gets(ben, offer)
    assert (got / "a.txt").read_bytes() == b"aaa"
    assert by_name(listed(ben, offer)) == PLANS


def test_the_host_keeps_the_list_for_those_who_come_after_its_sender_left(
    ana: Person, ben: Person, people: People
) -> None:
    ana.hosts("Kitchen")
    ben.joins("Kitchen")
    offer = offers(ben, plans(ben))
    in_state(ben, offer, FileState.MINE)
    kept_by_host(ben, offer)
    assert by_name(listed(ana, offer)) == PLANS
    ben.quits()
    cem = sharer(people, "Cem")
    cem.joins("Kitchen")
    assert by_name(listed(cem, offer)) == PLANS


def test_what_the_host_does_not_keep_is_listed_by_its_sender(ana: Person, ben: Person, people: People) -> None:
    settle(ana, store_bytes=0)
    ana.hosts("Kitchen")
    ben.joins("Kitchen")
    cem = sharer(people, "Cem")
    cem.joins("Kitchen")
    offer = offers(ben, plans(ben))
    in_state(ben, offer, FileState.MINE)
    assert by_name(listed(cem, offer)) == PLANS
    assert by_name(listed(ana, offer)) == PLANS, "the host, whom members reach, but who cannot reach them"


def test_when_nobody_has_it_that_is_said(ana: Person, ben: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_listings, "_PATIENCE_SECONDS", 1.0)
    settle(ana, store_bytes=0)
    ana.hosts("Kitchen")
    ben.joins("Kitchen")
    offer = offers(ben, plans(ben))
    in_state(ben, offer, FileState.MINE)
    ben.quits()
    told = listed(ana, offer)
    assert (told.files, told.problem) == ((), "Nobody here has it at the moment.")


def test_a_deleted_offer_has_nothing_in_it(ana: Person, ben: Person) -> None:
    ana.hosts("Kitchen")
    ben.joins("Kitchen")
    offer = offers(ana, plans(ana))
    assert by_name(listed(ben, offer)) == PLANS
    ana.do(commands.Delete(ana.room_id, offer.entry_id))
    ben.until(lambda: any(one.deleted for one in ben.room.messages))
    assert listed(ben, offer).problem == "There is no such file any more."


@pytest.mark.parametrize("way", [(0, 1), (1, 0), (1, 2)], ids=["from the host", "to the host", "past the host"])
def test_the_names_in_a_private_folder_are_seen_by_the_two(people: People, way: tuple[int, int]) -> None:
    three = [sharer(people, nick) for nick in ("Ana", "Ben", "Cem")]
    three[0].hosts("Kitchen")
    for one in three[1:]:
        one.joins("Kitchen")
    for one in three:
        one.sees_here("Ana", "Ben", "Cem")
    sender, other = three[way[0]], three[way[1]]
    offer = offers_privately(sender, other, plans(sender), some_file(sender))
    message_of(other, sender, offer)
    expected = (
        ListedFile("notes.txt", 6_000), ListedFile("plans/a.txt", 3), ListedFile("plans/deep/b.txt", 700_000)
    )  # fmt: skip
    assert by_name(listed(other, offer, thread(other, sender))) == expected
    assert by_name(listed(sender, offer, thread(sender, other))) == expected
    assert not (other.folder / "got").exists()
    other.do(commands.GetFile(thread(other, sender), offer.entry_id))
    in_state(other, offer, FileState.HERE)
    sender.quits()
    assert by_name(listed(other, offer, thread(other, sender))) == expected, "also when it is here, and its sender gone"
