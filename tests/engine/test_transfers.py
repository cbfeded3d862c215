"""Transfers that do not go straight through: paused, cancelled, broken off by a restart, banned; and pictures that
come by themselves."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from PIL import Image

from engine.file_people import (
    asks_for,
    gets,
    in_state,
    kept_by_host,
    member,
    offers,
    settle,
    sharer,
    some_file,
    stored_by,
)
from engine.people import People, Person
from lanchat.core.model import EntryId
from lanchat.engine import commands, downloads, events, made_files
from lanchat.engine.events import ConnectionState, FileState

SLOW = 1_500_000  # bytes a second
LARGE = bytes(range(251)) * 16_000  # 4 MB


@pytest.fixture
def coming(ana: Person, ben: Person) -> events.EntryWritten:
    """Ana hosts, and offers what comes slowly to Ben; a part of it is here."""
    settle(ben, bytes_per_second=SLOW)
    offer = offers(ana, some_file(ana, "large.bin", LARGE))
    asks_for(ben, offer)
    while not in_state(ben, offer, FileState.COMING).done:
        pass
    return offer


def files_of(person: Person) -> list[Path]:
    return [path for path in (person.folder / "got").rglob("*") if path.is_file()]


def test_a_pause_keeps_what_came(ben: Person, coming: events.EntryWritten) -> None:
    ben.do(commands.PauseFile(ben.room_id, coming.entry_id))
    paused = in_state(ben, coming, FileState.PAUSED)
    settle(ben)
    ben.do(commands.GetFile(ben.room_id, coming.entry_id))
    assert in_state(ben, coming, FileState.COMING).done >= paused.done > 0
    assert Path(in_state(ben, coming, FileState.HERE).path).read_bytes() == LARGE


def test_what_is_cancelled_leaves_nothing(ben: Person, coming: events.EntryWritten) -> None:
    assert files_of(ben)
    ben.do(commands.CancelFile(ben.room_id, coming.entry_id))
    in_state(ben, coming, FileState.OFFERED)
    assert not files_of(ben)
    settle(ben)
    assert gets(ben, coming).read_bytes() == LARGE


def test_a_receiver_that_is_started_again_goes_on(ben: Person, coming: events.EntryWritten) -> None:
    ben.quits()
    ben.starts()
    settle(ben)
    ben.joins("Kitchen")
    known = ben.hears(events.FilesKnown).files
    assert [(one.message_id, one.state) for one in known] == [(coming.entry_id, FileState.WAITING)]
    assert known[0].done > 0
    assert Path(in_state(ben, coming, FileState.HERE).path).read_bytes() == LARGE


def test_a_paused_one_stays_paused_after_a_start(ben: Person, coming: events.EntryWritten) -> None:
    ben.do(commands.PauseFile(ben.room_id, coming.entry_id))
    in_state(ben, coming, FileState.PAUSED)
    ben.quits()
    ben.starts()
    settle(ben)
    ben.joins("Kitchen")
    assert [one.state for one in ben.hears(events.FilesKnown).files] == [FileState.PAUSED]
    ben.do(commands.GetFile(ben.room_id, coming.entry_id))
    assert Path(in_state(ben, coming, FileState.HERE).path).read_bytes() == LARGE


def test_a_host_that_is_started_again_is_asked_again(ana: Person, ben: Person, coming: events.EntryWritten) -> None:
    ana.quits()
    assert in_state(ben, coming, FileState.UNAVAILABLE, FileState.WAITING).problem
    settle(ben)
    ana.starts()
    ana.hosts("Kitchen")
    ben.until(lambda: ben.room.state is ConnectionState.CONNECTED)
    assert Path(in_state(ben, coming, FileState.HERE).path).read_bytes() == LARGE


def test_who_is_banned_gets_no_more(ana: Person, ben: Person, coming: events.EntryWritten) -> None:
    ana.do(commands.Ban(ana.room_id, ben.me))
    ben.is_(ConnectionState.STOPPED)
    settle(ben)
    assert in_state(ben, coming, FileState.UNAVAILABLE, FileState.WAITING).problem
    assert all(path.name != "large.bin" for path in files_of(ben))


def test_from_several_at_once(ana: Person, ben: Person, people: People) -> None:
    settle(ana, store_bytes=0)
    sharers = [ben, member(people, "Cem"), member(people, "Dia")]
    path = some_file(ben, "large.bin", LARGE * 3)
    offer = offers(ben, path)
    gets(sharers[1], offer)
    for person in sharers[:2]:
        settle(person, bytes_per_second=SLOW * 4)
    assert gets(sharers[2], offer).read_bytes() == LARGE * 3
    told = in_state(ben, offer, FileState.MINE)
    while told.shared < 1:
        told = in_state(ben, offer, FileState.MINE)


def test_what_nobody_has_comes_when_somebody_has_it(ana: Person, ben: Person, people: People) -> None:
    settle(ana, store_bytes=0)
    offer = offers(ben, some_file(ben, content=LARGE))
    ana.until(lambda: bool(ana.room.messages))
    ben.quits()
    asks_for(ana, offer)
    assert in_state(ana, offer, FileState.UNAVAILABLE).problem
    ben.starts()
    ben.joins("Kitchen")
    assert Path(in_state(ana, offer, FileState.HERE).path).read_bytes() == LARGE


def test_an_original_that_was_changed_is_given_to_nobody(ana: Person, ben: Person) -> None:
    path = some_file(ana)
    offer = offers(ana, path)
    in_state(ana, offer, FileState.MINE)
    path.write_bytes(b"other\n" * 1_000)
    asks_for(ben, offer)
    assert in_state(ben, offer, FileState.UNAVAILABLE).problem
    while "changed" not in in_state(ana, offer, FileState.MINE).problem:
        pass


# --- pictures --------------------------------------------------------------------------------------------------------
def picture(person: Person, side: int = 60, name: str = "cat.png") -> Path:
    path = person.folder / "originals" / name
    path.parent.mkdir(exist_ok=True)
    Image.effect_noise((side, side), 100).save(path)
    return path


def test_a_small_picture_comes_by_itself_where_one_has_written(ana: Person, ben: Person) -> None:
    path = picture(ana)
    offer = offers(ana, path)
    ben.until(lambda: bool(ben.room.messages))
    ben.hears_nothing(events.FileChanged)
    ben.says("nice")
    here = in_state(ben, offer, FileState.HERE)
    assert Path(here.path).read_bytes() == path.read_bytes()
    assert Path(here.path).is_relative_to(ben.folder / "files")


def test_a_picture_that_came_by_itself_and_is_asked_for_goes_to_the_other_files(ana: Person, ben: Person) -> None:
    ben.says("hello")
    path = picture(ana)
    offer = offers(ana, path)
    before = Path(in_state(ben, offer, FileState.HERE).path)
    after = gets(ben, offer)
    assert not before.exists()
    assert after.read_bytes() == path.read_bytes()
    assert not after.is_relative_to(ben.folder / made_files.PICTURES)


def test_a_picture_comes_by_itself_to_who_hosts_and_where_there_is_a_passphrase(people: People) -> None:
    ana, ben = sharer(people, "Ana"), sharer(people, "Ben")
    ana.hosts("Kitchen", passphrase="some long words")
    ben.joins("Kitchen", passphrase="some long words")
    cem = sharer(people, "Cem", pictures=False)
    cem.joins("Kitchen", passphrase="some long words")
    offer = offers(ben, picture(ben))
    in_state(ana, offer, FileState.HERE)
    again = offers(ana, picture(ana, 70))
    in_state(ben, again, FileState.HERE)
    cem.until(lambda: len(cem.room.messages) == 2)
    cem.hears_nothing(events.FileChanged)


def test_a_large_picture_waits_to_be_asked_for(ana: Person, ben: Person) -> None:
    ben.says("hello")
    offers(ana, picture(ana, 2_200))  # 4.8 MB of noise
    ben.until(lambda: len(ben.room.messages) == 2)
    ben.hears_nothing(events.FileChanged)


def test_pictures_of_a_room_that_is_forgotten_go(ana: Person, ben: Person) -> None:
    ben.says("hello")
    offer = offers(ana, picture(ana))
    path = Path(in_state(ben, offer, FileState.HERE).path)
    ben.do(commands.Forget(ben.room_id))
    ben.hears(events.Forgotten)
    while path.exists():
        ben.hears_nothing()


def test_pictures_that_nobody_asked_for_never_fill_the_disk(
    ana: Person, ben: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    ben.says("hello")
    monkeypatch.setattr(downloads, "PICTURES_BYTES", int(2.5 * picture(ana).stat().st_size))
    first = offers(ana, picture(ana))
    gone = Path(in_state(ben, first, FileState.HERE).path)
    in_state(ben, offers(ana, picture(ana, name="dog.png")), FileState.HERE)
    offers(ana, picture(ana, name="owl.png"))
    in_state(ben, first, FileState.OFFERED)
    assert not gone.exists()
    asks_for(ben, first)
    assert Path(in_state(ben, first, FileState.HERE).path).exists()


# --- much at once, and what goes wrong -------------------------------------------------------------------------------
def test_what_came_and_was_deleted_by_hand_is_got_again(ana: Person, ben: Person) -> None:
    offer = offers(ana, some_file(ana))
    gets(ben, offer).unlink()
    assert gets(ben, offer).read_bytes() == b"hello\n" * 1_000


def test_many_offers_at_once_are_all_kept_by_the_host(people: People) -> None:
    ana, ben = sharer(people, "Ana"), sharer(people, "Ben")
    ana.hosts("Kitchen", posts_per_second=10_000, burst=10_000)
    ben.joins("Kitchen")
    sent = [offers(ben, some_file(ben, f"{number}.txt", f"{number}".encode())) for number in range(60)]
    for offer in sent:
        kept_by_host(ben, offer)
    assert len(stored_by(ana)) == 60


def test_the_store_of_the_host_keeps_to_its_limit(ana: Person, ben: Person) -> None:
    settle(ana, store_bytes=2_500_000)
    for offer in [offers(ben, some_file(ben, name, name.encode() * 1_000_000)) for name in "abc"]:
        told = in_state(ben, offer, FileState.MINE)
        while not (told.host_has or told.problem):
            told = in_state(ben, offer, FileState.MINE)
    assert sum(path.stat().st_size for path in stored_by(ana)) <= 2_500_000
    large = offers(ben, some_file(ben, "large.bin", LARGE))
    while not in_state(ben, large, FileState.MINE).problem:
        pass


def test_a_copy_that_had_to_go_comes_again_when_somebody_looks_for_it(ana: Person, ben: Person, people: People) -> None:
    offer = offers(ben, some_file(ben))
    kept_by_host(ben, offer)
    settle(ana, store_bytes=1_000)
    while stored_by(ana):
        ana.hears_nothing()
    settle(ana)
    gets(member(people, "Cem"), offer)
    while not stored_by(ana):
        ana.hears_nothing()


def test_only_a_few_come_at_once(ana: Person, ben: Person) -> None:
    settle(ben, bytes_per_second=SLOW)
    for number in range(6):
        asks_for(ben, offers(ana, some_file(ana, f"{number}.bin", bytes([number]) * 300_000)))
    states: dict[EntryId, FileState] = {}
    while FileState.HERE not in states.values():
        told = ben.hears(events.FileChanged)
        states[told.message_id] = told.state
        assert list(states.values()).count(FileState.COMING) <= 4


def test_no_place_on_the_disk_is_said_before_anything_comes(
    ana: Person, ben: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    offer = offers(ana, some_file(ana))
    usage = shutil.disk_usage
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage(path)._replace(free=1_000))
    asks_for(ben, offer)
    assert "space" in in_state(ben, offer, FileState.FAILED).problem
    monkeypatch.undo()
    assert gets(ben, offer).read_bytes() == b"hello\n" * 1_000
