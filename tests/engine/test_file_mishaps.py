"""What befalls files between people: changed, tampered with, no space. A whole file or none, and plain words."""

from __future__ import annotations

import errno
import os
import sys
from pathlib import Path

import pytest

from engine.file_people import asks_for, gets, in_state, offers, settle, some_file
from engine.people import Person
from lanchat.core.file_manifest import CHUNK
from lanchat.engine import commands, events
from lanchat.engine.events import FileState
from lanchat.storage.partial_files import PARTS, PartialFiles
from tests.small_disk import small_disk

CONTENT = bytes(range(256)) * 8_192  # 2 MiB, 8 chunks


def begins(person: Person, offer: events.EntryWritten) -> Path:
    """Some of it has come, and no more comes for now; where it lies."""
    settle(person, bytes_per_second=300_000)
    asks_for(person, offer)
    while in_state(person, offer, FileState.COMING).done < CHUNK:
        pass
    person.do(commands.PauseFile(person.room_id, offer.entry_id))
    in_state(person, offer, FileState.PAUSED)
    settle(person)
    (part,) = (person.folder / "got" / "Kitchen" / PARTS).iterdir()
    return part


def starts_again(person: Person, offer: events.EntryWritten) -> None:
    """And knows that some of it is here."""
    person.starts()
    person.joins("Kitchen")
    while not (known := person.hears(events.FilesKnown).files):
        pass
    assert [(file.message_id, file.state) for file in known] == [(offer.entry_id, FileState.PAUSED)]


def goes_on(person: Person, offer: events.EntryWritten, done: int = 0) -> Path:
    """`done`: bytes that came before, and are not got again."""
    assert person.room_id is not None
    person.do(commands.GetFile(person.room_id, offer.entry_id))
    states = FileState.COMING, FileState.HERE, FileState.FAILED
    while (told := in_state(person, offer, *states)).state is FileState.COMING:
        assert told.done >= done
    return Path(told.path)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_an_original_that_was_changed_is_not_given(ana: Person, ben: Person) -> None:
    path = some_file(ana, content=CONTENT)
    offer = offers(ana, path)
    path.write_bytes(CONTENT + b"more")
    asks_for(ben, offer)
    told = in_state(ben, offer, FileState.UNAVAILABLE, FileState.FAILED)
    assert told.problem
    mine = in_state(ana, offer, FileState.FAILED, FileState.MINE)
    while "changed since it was offered" not in mine.problem:
        mine = in_state(ana, offer, FileState.FAILED, FileState.MINE)
    assert not [path for path in (ben.folder / "got").rglob("*") if path.is_file()]


def test_an_original_that_changes_in_the_middle_leaves_no_mixture(ana: Person, ben: Person) -> None:
    path = some_file(ana, content=CONTENT)
    offer = offers(ana, path)
    begins(ben, offer)
    path.write_bytes(CONTENT[::-1])
    ben.do(commands.GetFile(ben.room_id, offer.entry_id))
    in_state(ben, offer, FileState.UNAVAILABLE, FileState.FAILED)
    assert names(ben.folder / "got" / "Kitchen") == [PARTS]


@pytest.mark.parametrize("restart", [False, True])
def test_what_was_paused_goes_on(ana: Person, ben: Person, restart: bool) -> None:
    offer = offers(ana, some_file(ana, content=CONTENT))
    part = begins(ben, offer)
    size = part.stat().st_size
    assert size >= CHUNK
    if restart:
        ben.quits()
        starts_again(ben, offer)
    got = goes_on(ben, offer, done=CHUNK)
    assert got.read_bytes() == CONTENT
    assert names(got.parent) == ["notes.txt"]


def test_a_part_that_somebody_changed_meanwhile_comes_right(ana: Person, ben: Person) -> None:
    offer = offers(ana, some_file(ana, content=CONTENT))
    part = begins(ben, offer)
    ben.quits()
    with part.open("r+b") as file:
        file.write(b"not what came")
    starts_again(ben, offer)
    assert goes_on(ben, offer).read_bytes() == CONTENT


def test_a_part_that_somebody_deleted_meanwhile_comes_anew(ana: Person, ben: Person) -> None:
    offer = offers(ana, some_file(ana, content=CONTENT))
    part = begins(ben, offer)
    ben.quits()
    part.unlink()
    starts_again(ben, offer)
    assert goes_on(ben, offer).read_bytes() == CONTENT


def test_what_was_given_up_leaves_nothing(ana: Person, ben: Person) -> None:
    offer = offers(ana, some_file(ana, content=CONTENT))
    begins(ben, offer)
    ben.do(commands.CancelFile(ben.room_id, offer.entry_id))
    in_state(ben, offer, FileState.OFFERED)
    assert names(ben.folder / "got" / "Kitchen") == []
    assert gets(ben, offer).read_bytes() == CONTENT


def test_there_is_no_space(ana: Person, ben: Person, tmp_path: Path) -> None:
    offer = offers(ana, some_file(ana, content=CONTENT))
    with small_disk(tmp_path / "disk") as disk:
        settle(ben, folder=str(disk.folder))
        asks_for(ben, offer)
        told = in_state(ben, offer, FileState.FAILED)
        assert told.problem.startswith("There is not enough space on the disk: 2 MB needed, 0 bytes free.")
        settle(ben)
    ben.do(commands.CancelFile(ben.room_id, offer.entry_id))
    in_state(ben, offer, FileState.OFFERED)
    assert gets(ben, offer).read_bytes() == CONTENT


def test_a_disk_that_fills_up_in_the_middle(
    ana: Person, ben: Person, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(PartialFiles, "require_space", lambda partial: None)  # as if others had filled it since
    offer = offers(ana, some_file(ana, content=CONTENT))
    with small_disk(tmp_path / "disk") as disk:
        settle(ben, folder=str(disk.folder), bytes_per_second=500_000)
        asks_for(ben, offer)
        while in_state(ben, offer, FileState.COMING).done < CHUNK:
            pass
        disk.fills_up()
        told = in_state(ben, offer, FileState.FAILED)
        assert told.problem.startswith("The disk is full.")
        assert told.done >= CHUNK, "what came is kept"
        disk.has_room_again()
        settle(ben, folder=str(disk.folder))
        got = goes_on(ben, offer)
        assert got.is_relative_to(disk.folder)
        assert got.read_bytes() == CONTENT
        assert names(got.parent) == ["notes.txt"]
        ben.quits()  # before the disk goes


@pytest.mark.skipif(sys.platform != "linux", reason="other systems do not take what they lost for written")
def test_a_disk_that_did_not_keep_what_came(ana: Person, ben: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    """The system says so once, and then that all is well."""
    offer = offers(ana, some_file(ana, content=CONTENT))
    kept = os.fdatasync

    def loses(descriptor: int) -> None:
        if PARTS not in os.readlink(f"/proc/self/fd/{descriptor}"):
            return kept(descriptor)
        os.pwrite(descriptor, bytes(1000), 0)
        raise OSError(errno.EIO, "Input/output error")

    with monkeypatch.context() as broken:
        broken.setattr(os, "fdatasync", loses)
        asks_for(ben, offer)
        in_state(ben, offer, FileState.FAILED)
        assert not list((ben.folder / "got").rglob("notes*"))
    assert goes_on(ben, offer).read_bytes() == CONTENT
