"""A damaged database on either side: nobody is locked out, everybody is told, and what the host has comes back."""

from __future__ import annotations

import shutil
import sqlite3
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from engine.people import PATIENCE_SECONDS, People, Person
from lanchat.engine import commands, events
from lanchat.storage import paths
from lanchat.storage.store import Store

LINES = [f"line {number} of some length, so that the room takes many pages of the file" for number in range(120)]


def damage(folder: Path, spoil: Callable[[bytes, int], bytes], word: bytes) -> None:
    """Change the file where an entry has this word; the next start looks at everything."""
    path = folder / paths.DATABASE
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    content = path.read_bytes()
    path.write_bytes(spoil(content, content.index(word)))
    (folder / "lanchat.db.suspect").touch()


def lost_page(content: bytes, at: int) -> bytes:
    start = at // 4096 * 4096
    return content[:start] + bytes(4096) + content[start + 4096 :]


def room_of_ana(people: People) -> tuple[Person, Person]:
    """Ana hosts; Ben came, and all was said."""
    ana, ben = people.person("Ana"), people.person("Ben")
    ana.hosts("Kitchen")
    ben.joins(ana.hosting.room_id)
    for start in range(0, len(LINES), 20):
        ana.says(*LINES[start : start + 20])
        ben.sees(*LINES[start : start + 20])
    return ana, ben


def test_a_newcomer_is_in_at_once_after_the_host_was_mended(people: People) -> None:
    ana, ben = room_of_ana(people)
    ben.quits()
    ana.quits()
    damage(ana.folder, lost_page, b"line 60 ")
    ana.starts()
    assert "damaged" in ana.hears(events.Problem).what
    ana.hosts("Kitchen")
    cleo = people.person("Cleo")
    cleo.joins(ana.hosting.room_id)
    cleo.sees(*LINES[100:])


def test_what_a_member_lost_comes_back_from_the_host_without_being_asked_for(people: People) -> None:
    ana, ben = room_of_ana(people)
    ben.quits()
    damage(ben.folder, lost_page, b"line 60 ")
    ben.starts()
    assert "damaged" in ben.hears(events.Problem).what
    ben.room_id = ana.room_id
    assert len(ben.kept()) < len(LINES)
    ben.joins(ana.hosting.room_id)
    ben.until(lambda: [item.entry.body for item in ben.kept()] == LINES)


@pytest.mark.skipif(sys.platform == "win32", reason="there a file that is open cannot be removed")
def test_a_removed_database_is_noticed_and_nothing_is_said_to_be_kept(people: People) -> None:
    ana = people.person("Ana")
    ana.hosts("Kitchen")
    ana.says("before")
    (ana.folder / paths.DATABASE).unlink()
    assert "removed" in ana.hears(events.Problem).what  # nobody wrote anything
    ana.do(commands.Say(ana.room_id, "after"))
    answer = ana.hears(events.NotWritten)
    assert (answer.text, "removed" in answer.problem) == ("after", True)


def test_the_file_alone_is_whole_a_moment_after_the_last_message(people: People, tmp_path: Path) -> None:
    ana = people.person("Ana")
    ana.hosts("Kitchen")
    ana.says("one", "two")
    copy = tmp_path / "copy"

    def is_whole() -> bool:
        shutil.rmtree(copy, ignore_errors=True)
        copy.mkdir()
        shutil.copy(ana.folder / paths.DATABASE, copy)
        with closing(Store.open(copy)) as store:
            known = store.room(ana.room_id) is not None
            return known and [item.entry.body for item in store.log(ana.room_id).after(0, 10)] == ["one", "two"]

    deadline = time.monotonic() + PATIENCE_SECONDS
    while not is_whole():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_a_database_without_its_log_is_said_to_be_empty(people: People) -> None:
    ana = people.person("Ana", starts=False)
    ana.folder.mkdir()
    (ana.folder / paths.DATABASE).touch()
    ana.starts()
    assert "lanchat.db-wal" in ana.hears(events.Problem).what
