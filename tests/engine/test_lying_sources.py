"""Members who give other bytes than were offered: none of them is kept, and the file comes from who is honest."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from engine.file_people import asks_for, gets, in_state, member, offers, some_file
from engine.people import People, Person
from lanchat.core.file_manifest import CHUNK
from lanchat.engine.events import FileState
from lanchat.storage.chunk_files import WholeFiles

CONTENT = bytes(range(256)) * 8_192  # 2 MiB, 8 chunks


def begins_to_lie(person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    """What they give of their files has one byte in each chunk changed from now on."""
    honest = WholeFiles.read

    def lies(files: WholeFiles, index: int) -> bytes:
        data = honest(files, index)
        mine = os.fsdecode(files._stamps[0].path).startswith(str(person.folder))
        return data[:-1] + bytes([data[-1] ^ 1]) if mine else data

    monkeypatch.setattr(WholeFiles, "read", lies)


def test_nothing_of_a_lie_is_kept(ana: Person, ben: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    offer = offers(ana, some_file(ana, content=CONTENT))
    begins_to_lie(ana, monkeypatch)
    asks_for(ben, offer)
    told = in_state(ben, offer, FileState.HERE, FileState.FAILED, FileState.UNAVAILABLE)
    assert told.state is not FileState.HERE
    assert told.done == 0
    got = ben.folder / "got" / "Kitchen"
    assert not [path for path in got.rglob("*") if path.is_file() and path.stat().st_size >= CHUNK]


def test_it_comes_from_who_is_honest(ana: Person, ben: Person, people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    cem = member(people, "Cem")
    offer = offers(ana, some_file(ana, content=CONTENT))
    assert Path(gets(cem, offer)).read_bytes() == CONTENT
    begins_to_lie(ana, monkeypatch)
    assert gets(ben, offer).read_bytes() == CONTENT
