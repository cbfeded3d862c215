"""Full disks, folders that cannot be used, damaged files: plain words, and nothing lost."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from engine.people import People, Person
from lanchat.core import limits
from lanchat.engine import commands, events
from lanchat.engine.events import ConnectionState, EntryState
from lanchat.storage import data_folder
from lanchat.storage.errors import DiskFull
from lanchat.storage.outbox import RoomOutbox
from lanchat.trust import identity
from tests.small_disk import Disk, small_disk


@pytest.fixture
def disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Disk]:
    """Made before the people, so that it is there until they have left; what fails on it is tried again soon."""
    monkeypatch.setattr(limits, "DISK_RETRY_MS", 200)
    with small_disk(tmp_path / "disk") as disk:
        yield disk


def problems(person: Person) -> list[str]:
    return [event.what for event in person.unheard if isinstance(event, events.Problem)]


def test_a_full_disk_at_the_host(disk: Disk, people: People) -> None:
    ana, ben, cleo = people.person("Ana", disk.folder / "ana"), people.person("Ben"), people.person("Cleo")
    ana.hosts("Kitchen")
    ben.joins("Kitchen")
    cleo.joins("Kitchen")
    ben.says("before")
    ana.sees("before")
    disk.fills_up()
    texts = [f"text {number} " + "x" * 3000 for number in range(10)]
    ben.says(*texts)
    ben.until(lambda: bool(problems(ben)))
    ana.until(lambda: bool(problems(ana)))
    assert "its disk is full" in problems(ben)[0]
    assert "The disk is full" in problems(ana)[0]
    ana.do(commands.Say(ana.room_id, "me neither"))
    assert "The disk is full" in ana.hears(events.NotWritten, text="me neither").problem
    cleo.says("nor me")
    assert len(ben.waiting()) > 0
    disk.has_room_again()
    ben.sees_state(texts[-1], EntryState.TAKEN)
    cleo.sees_state("nor me", EntryState.TAKEN)
    ana.says("it works again")
    for person in (ana, ben, cleo):
        person.until(lambda person=person: len(person.texts) == 13)
        assert [text for text in person.texts if text in texts] == texts
    assert not ben.waiting()
    assert len(problems(ben)) == 1
    assert len(problems(ana)) == 1


def test_the_person_who_hosts_is_in_again_after_their_disk_failed(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is refused must be marked on the disk, which fails once: that ends the host's own Client, not the room."""
    monkeypatch.setattr(limits, "DISK_RETRY_MS", 200)
    ana, ben = people.person("Ana"), people.person("Ben")
    ana.hosts("Kitchen")
    ben.joins("Kitchen")
    monkeypatch.setattr(limits, "TEXT_CHARACTERS", 2 * limits.TEXT_CHARACTERS)  # more than the room takes
    refuse, failures = RoomOutbox.refuse, iter([DiskFull("no space", "")])

    def fail_once(*arguments: Any) -> bool:
        for failure in failures:
            raise failure
        return refuse(*arguments)

    monkeypatch.setattr(RoomOutbox, "refuse", fail_once)
    ana.says("x" * limits.TEXT_CHARACTERS)
    assert "The disk is full" in ana.hears(events.Problem).what
    ben.says("still open?")
    ana.sees("still open?")
    ana.hears(events.EntryStateChanged, state=EntryState.NOT_SENT)
    ana.says("it is")
    for person in (ana, ben):
        person.sees("it is")
        assert len(person.room.here) == 2


def test_a_full_disk_at_a_member(disk: Disk, people: People) -> None:
    ana, ben = people.person("Ana"), people.person("Ben", disk.folder / "ben")
    ana.hosts("Kitchen")
    ben.joins("Kitchen")
    ana.says("before")
    ben.sees("before")
    disk.fills_up()
    texts = [f"text {number} " + "x" * 3000 for number in range(10)]
    ana.says(*texts)
    ben.is_(ConnectionState.RECONNECTING)
    assert "The disk is full" in ben.room.problem
    unheard = "can you hear me?" + "x" * 3000
    ben.do(commands.Say(ben.room_id, unheard))
    assert "The disk is full" in ben.hears(events.NotWritten, text=unheard).problem
    disk.has_room_again()
    ben.sees(*texts)
    ben.is_(ConnectionState.CONNECTED)
    ben.reads_as("before", *texts)
    ben.says("now you can")
    ana.sees("now you can")


def test_a_disk_that_is_full_from_the_start(disk: Disk, people: People) -> None:
    disk.fills_up()
    ana = people.person("Ana", disk.folder / "ana", starts=False)
    ana.opens().start()
    assert "The disk is full" in ana.has_stopped().problem
    disk.has_room_again()
    ana.starts()


def test_a_disk_that_became_read_only(disk: Disk, people: People) -> None:
    ana = people.person("Ana", disk.folder / "ana")
    ana.quits()
    disk.becomes_read_only()
    ana.opens().start()
    assert "cannot be written" in ana.has_stopped().problem


def test_two_cannot_use_one_folder(people: People) -> None:
    ana = people.person("Ana")
    second = people.person("Ana", ana.folder, starts=False)
    second.opens().start()
    assert "Another lanchat is using this data folder" in second.has_stopped().problem
    ana.hosts("Kitchen")
    ana.quits()
    second.starts()


def newer(folder: Path) -> None:
    with sqlite3.connect(folder / data_folder.DATABASE) as database:
        database.execute("PRAGMA user_version = 999")
    database.close()


def without_identity(folder: Path) -> None:
    (folder / identity.FILE).unlink()


def with_half_an_identity(folder: Path) -> None:
    path = folder / identity.FILE
    path.write_bytes(path.read_bytes()[:100])


@pytest.mark.parametrize(
    ("happens", "words"),
    [
        (newer, "written by a newer lanchat"),
        (without_identity, "is missing"),
        (with_half_an_identity, "is damaged"),
    ],
)
def test_what_cannot_be_used_is_left_alone(people: People, happens: Callable[[Path], None], words: str) -> None:
    ana = people.person("Ana")
    ana.quits()
    happens(ana.folder)
    ana.opens().start()
    problem = ana.has_stopped().problem
    assert words in problem
    assert "Error" not in problem


def test_a_file_where_the_folder_should_be(people: People, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder", "utf-8")
    ana = people.person("Ana", tmp_path / "file" / "ana", starts=False)
    ana.opens().start()
    assert "cannot be opened" in ana.has_stopped().problem


def test_a_damaged_database_is_set_aside_and_what_can_be_read_is_kept(people: People) -> None:
    ana, ben = people.person("Ana"), people.person("Ben")
    ana.hosts("Kitchen")
    ben.joins("Kitchen")
    texts = [f"line {number} " + "x" * 500 for number in range(60)]
    ana.says(*texts)
    ben.sees(*texts)
    ben.quits()
    damage(ben.folder / data_folder.DATABASE)
    ben.starts()
    assert "damaged" in ben.hears(events.Problem).what
    ben.joins("Kitchen")
    ben.until(lambda: texts[-1] in [item.text for item in ben.kept()])
    assert ben.me in ana.room.here


def damage(database: Path) -> None:
    """Bytes change in the middle of the file, as they do on a dying disk."""
    content = bytearray(database.read_bytes())
    middle = len(content) // 2 // 4096 * 4096
    content[middle : middle + 4096] = b"\xde\xad" * 2048
    database.write_bytes(content)
