"""Pictures and recordings that lanchat made for a message are there as long as the message is, and not for ever."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from PIL import Image

from engine.file_people import gets, in_state, kept_by_host, offers, sharer, some_file
from engine.people import People, Person
from lanchat.engine import commands
from lanchat.engine.events import FileState
from lanchat.engine.made_files import MADE, ORPHAN_DAYS, SHRUNK
from lanchat.storage.data_folder import PREFERENCES
from lanchat.storage.settings import PreferencesFile

LONG_AGO = time.time() - (ORPHAN_DAYS + 1) * 24 * 3600


@pytest.fixture
def ana(people: People) -> Person:
    person = sharer(people, "Ana")
    person.hosts("Kitchen")
    return person


@pytest.fixture
def ben(people: People, ana: Person) -> Person:
    person = sharer(people, "Ben")
    person.joins("Kitchen")
    return person


def pasted(person: Person, name: str, side: int = 40) -> Path:
    """A picture from the clipboard, or of the screen, as a face keeps it."""
    path = person.folder / MADE / name
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.effect_noise((side, side), 90).save(path)
    return path


def gone(person: Person, path: Path) -> None:
    while path.exists():
        person.hears_nothing()


def test_it_stays_while_the_message_stands_and_goes_with_it(ana: Person, ben: Person) -> None:
    one, other, mine = pasted(ben, "one.png"), pasted(ben, "other.png"), some_file(ben)
    offer = offers(ben, one, other, mine)
    kept_by_host(ben, offer)
    assert gets(ana, offer).is_dir()
    assert one.exists(), "Ben's own conversation shows it"
    ben.do(commands.Delete(ben.room_id, offer.entry_id))
    in_state(ben, offer, FileState.OFFERED)
    gone(ben, one)
    gone(ben, other)
    assert mine.exists(), "what lanchat did not make is not lanchat's to delete"


def test_it_stays_while_another_message_offers_the_same(ana: Person, ben: Person) -> None:
    picture = pasted(ben, "one.png")
    first, second = offers(ben, picture), offers(ben, picture)
    for offer in (first, second):
        kept_by_host(ben, offer)
    ben.do(commands.Delete(ben.room_id, first.entry_id))
    in_state(ben, first, FileState.OFFERED)
    assert picture.exists()
    ben.do(commands.Delete(ben.room_id, second.entry_id))
    gone(ben, picture)


def test_it_goes_when_its_room_is_forgotten(ben: Person) -> None:
    picture = pasted(ben, "one.png")
    kept_by_host(ben, offers(ben, picture))
    ben.do(commands.Forget(ben.room_id))
    gone(ben, picture)


def test_where_a_smaller_copy_was_sent_the_larger_one_does_not_stay_behind(ben: Person) -> None:
    picture = pasted(ben, "large.png", side=3_000)
    offer = offers(ben, picture, shrink=True)
    sent = Path(in_state(ben, offer, FileState.MINE).path)
    assert sent.is_relative_to(ben.folder / SHRUNK)
    gone(ben, picture)
    assert sent.exists()


def test_what_nothing_names_any_more_goes_after_a_month(ben: Person) -> None:
    offered, drafted, lost, new = (pasted(ben, f"{name}.png") for name in ("offered", "drafted", "lost", "new"))
    kept_by_host(ben, offers(ben, offered))
    room_id = ben.room_id
    ben.quits()
    preferences = PreferencesFile(ben.folder)
    preferences.change_room(str(room_id), draft_files=(str(drafted),))
    preferences.save()
    for path in (offered, drafted, lost):
        os.utime(path, (LONG_AGO, LONG_AGO))
    ben.starts()
    gone(ben, lost)
    assert offered.exists()
    assert drafted.exists()
    assert new.exists()


def test_where_a_damaged_database_lies_nothing_goes(ben: Person) -> None:
    lost = pasted(ben, "lost.png")
    ben.quits()
    (ben.folder / "lanchat.db.damaged-1").write_bytes(b"")
    os.utime(lost, (LONG_AGO, LONG_AGO))
    ben.starts()
    ben.joins("Kitchen")
    assert lost.exists()


def test_when_drafts_cannot_be_read_nothing_goes(ben: Person) -> None:
    lost = pasted(ben, "lost.png")
    ben.quits()
    (ben.folder / PREFERENCES).write_text("{ this was damaged", "utf-8")
    os.utime(lost, (LONG_AGO, LONG_AGO))
    ben.starts()
    ben.joins("Kitchen")
    assert lost.exists()
    assert (ben.folder / PREFERENCES).read_text("utf-8") == "{ this was damaged", "the window says so, and repairs it"
