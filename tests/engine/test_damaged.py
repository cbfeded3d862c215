"""A damaged database on either side: nobody is locked out, everybody is told, and what the host has comes back."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from engine.people import People, Person
from lanchat.engine import events
from lanchat.storage import paths

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
