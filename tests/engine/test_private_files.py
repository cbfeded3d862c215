"""Files in private threads: the two have them, over real TLS, and nobody else."""

from __future__ import annotations

import random
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from msgspec.structs import replace
from PIL import Image

from engine.people import People, Person
from engine.test_files import in_state, settle, some_file
from engine.test_private_messages import thread
from lanchat.core.content import encode
from lanchat.core.file_manifest import Manifest
from lanchat.core.file_offer import FileOffer
from lanchat.core.message import Message
from lanchat.core.model import EntryId, RoomId
from lanchat.engine import commands, events
from lanchat.engine.events import FileState
from lanchat.engine.sealed_transfers import SEALED
from lanchat.storage.store import Store
from lanchat.trust.identity import load_or_create
from lanchat.trust.signing import make_entry
from tests.desktop.voice.sounds import tone, wave_file

SECRET = b"the price is forty-two\n"


@pytest.fixture
def sharers(people: People) -> tuple[Person, Person, Person]:
    """Ana hosts, Ben and Cleo are there."""
    ana, ben, cleo = people.person("Ana"), people.person("Ben"), people.person("Cleo")
    for person in (ana, ben, cleo):
        settle(person)
    ana.hosts("Kitchen")
    ben.joins("Kitchen")
    cleo.joins("Kitchen")
    for person in (ana, ben, cleo):
        person.sees_here("Ana", "Ben", "Cleo")
    return ana, ben, cleo


def offers_privately(one: Person, other: Person, *paths: Path, **options: object) -> events.EntryWritten:
    room_id = thread(one, other)
    one.do(commands.SendFiles(room_id, tuple(map(str, paths)), **options))  # type: ignore[arg-type]
    answer = one.hears(events.EntryWritten, events.FilesRefused)
    assert isinstance(answer, events.EntryWritten), answer
    assert answer.room_id == room_id
    return answer


def message_of(one: Person, other: Person, offer: events.EntryWritten) -> Message:
    room_id = thread(one, other)

    def found() -> list[Message]:
        room = one.rooms.get(room_id)
        return [message for message in room.messages if message.message_id == offer.entry_id] if room else []

    one.until(lambda: bool(found()))
    return found()[0]


def gets_privately(one: Person, other: Person, offer: events.EntryWritten) -> events.FileChanged:
    message_of(one, other, offer)
    one.do(commands.GetFile(thread(one, other), offer.entry_id))
    return in_state(one, offer, FileState.HERE, FileState.FAILED)


@pytest.mark.parametrize("way", [(0, 1), (1, 0), (1, 2)], ids=["from the host", "to the host", "past the host"])
def test_the_other_one_gets_it(sharers: tuple[Person, Person, Person], way: tuple[int, int]) -> None:
    one, other = sharers[way[0]], sharers[way[1]]
    path = some_file(one, "Contract.txt", SECRET * 30_000)
    offer = offers_privately(one, other, path, caption="between us", ref="r")
    assert (offer.ref, offer.text) == ("r", "Contract.txt\nbetween us")
    mine = in_state(one, offer, FileState.MINE)
    assert (mine.room_id, mine.path) == (thread(one, other), str(path))
    message = message_of(other, one, offer)
    assert message.offer is not None
    assert (message.offer.name, message.offer.size) == ("Contract.txt", len(SECRET) * 30_000)
    assert message.text == "between us"
    got = gets_privately(other, one, offer)
    assert got.room_id == thread(other, one)
    assert Path(got.path).read_bytes() == path.read_bytes()
    assert got.done == got.size == len(SECRET) * 30_000
    assert not list((other.folder / SEALED).iterdir())  # the encrypted bytes have gone


def test_a_folder_goes_privately(sharers: tuple[Person, Person, Person]) -> None:
    _ana, ben, cleo = sharers
    top = ben.folder / "Plans"
    (top / "deep").mkdir(parents=True)
    (top / "a.txt").write_bytes(b"a" * 10)
    (top / "deep" / "b.txt").write_bytes(b"b" * 700_000)
    offer = offers_privately(ben, cleo, top)
    got = Path(gets_privately(cleo, ben, offer).path)
    assert got.name == "Plans"
    assert (got / "deep" / "b.txt").read_bytes() == b"b" * 700_000
    assert (got / "a.txt").read_bytes() == b"a" * 10


def test_nobody_else_has_anything_of_it(sharers: tuple[Person, Person, Person], people: People) -> None:
    ana, ben, cleo = sharers
    offer = offers_privately(ben, cleo, some_file(ben, "Contract.txt", SECRET * 30_000))
    gets_privately(cleo, ben, offer)
    ana.says("over")
    for person in sharers:
        person.sees("over")
    assert thread(ana, ben) not in ana.rooms
    people.leave()
    for path in ana.folder.rglob("*"):
        if path.is_file():
            kept = path.read_bytes()
            assert b"forty-two" not in kept
            assert b"Contract" not in kept
    assert not (ana.folder / "files" / "store").exists() or not list((ana.folder / "files" / "store").iterdir())


def test_who_knows_its_root_gets_not_even_the_encrypted_bytes(
    sharers: tuple[Person, Person, Person], people: People
) -> None:
    """The program of Cleo offers what Ben offered privately as if it was hers, so that all look for it at Ben's."""
    ana, ben, cleo = sharers
    dan = people.person("Dan")
    dan.joins("Kitchen")
    ben.sees_here("Ana", "Ben", "Cleo", "Dan")
    offered = message_of(ben, dan, offers_privately(ben, dan, some_file(ben))).offer
    assert offered is not None
    cleo.quits()
    me = load_or_create(cleo.folder)
    stolen = replace(offered, key=b"", size=Manifest.read(manifest_of(ben, offered)).size)
    with closing(Store.open(cleo.folder)) as store:
        assert cleo.room_id is not None
        outbox = store.outbox(cleo.room_id)
        entry = make_entry(me, cleo.room_id, outbox.next_counter(me.device_id), encode(stolen), 1_000)
        outbox.add(entry)
    cleo.starts()
    cleo.joins("Kitchen")
    cleo.until(lambda: any(one.message_id == entry.entry_id for one in cleo.room.messages))
    cleo.do(commands.GetFile(cleo.room_id, EntryId(entry.entry_id)))
    while (told := cleo.hears(events.FileChanged)).state is not FileState.UNAVAILABLE:
        assert told.done == 0
    store_of_ana = ana.folder / "files" / "store"
    assert not store_of_ana.exists() or not list(store_of_ana.iterdir())


def manifest_of(person: Person, offer: FileOffer) -> bytes:
    with closing(sqlite3.connect(person.folder / "lanchat.db")) as database:
        found = database.execute("SELECT content FROM manifests WHERE root = ?", (offer.root,)).fetchone()
    assert found is not None
    return bytes(found[0])


def test_it_comes_when_the_sender_comes_back(sharers: tuple[Person, Person, Person]) -> None:
    _ana, ben, cleo = sharers
    path = some_file(ben, "notes.txt", SECRET * 1_000)
    offer = offers_privately(ben, cleo, path)
    message_of(cleo, ben, offer)
    ben.quits()
    cleo.do(commands.GetFile(thread(cleo, ben), offer.entry_id))
    in_state(cleo, offer, FileState.UNAVAILABLE)
    ben.starts()
    ben.joins("Kitchen")
    known = ben.hears(events.FilesKnown, room_id=thread(ben, cleo))
    assert [(one.message_id, one.state) for one in known.files] == [(offer.entry_id, FileState.MINE)]
    got = in_state(cleo, offer, FileState.HERE, FileState.FAILED)
    assert Path(got.path).read_bytes() == path.read_bytes()


def test_after_a_start_it_is_known_as_before(sharers: tuple[Person, Person, Person]) -> None:
    _ana, ben, cleo = sharers
    offer = offers_privately(ben, cleo, some_file(ben))
    got = gets_privately(cleo, ben, offer)
    cleo.quits()
    cleo.starts()
    cleo.joins("Kitchen")
    (known,) = cleo.hears(events.FilesKnown, room_id=thread(cleo, ben)).files
    assert (known.message_id, known.state, known.path) == (offer.entry_id, FileState.HERE, got.path)
    with_ben = thread(cleo, ben)
    (message,) = cleo.reads(lambda reader: reader.newest(with_ben, 10))
    assert message.offer is not None
    assert message.offer.name == "notes.txt"


def test_a_changed_file_is_not_given(sharers: tuple[Person, Person, Person]) -> None:
    _ana, ben, cleo = sharers
    path = some_file(ben)
    offer = offers_privately(ben, cleo, path)
    message_of(cleo, ben, offer)
    path.write_bytes(b"other words")
    cleo.do(commands.GetFile(thread(cleo, ben), offer.entry_id))
    told = in_state(ben, offer, FileState.MINE)
    while not told.problem:
        told = in_state(ben, offer, FileState.MINE)
    assert "changed" in told.problem


def test_it_cannot_be_sent_to_somebody_unknown(sharers: tuple[Person, Person, Person]) -> None:
    ana, _ben, _cleo = sharers
    assert ana.room_id is not None
    nobody = RoomId(f"{ana.room_id}.{'00' * 32}")
    ana.do(commands.SendFiles(nobody, (str(some_file(ana)),), ref="r"))
    refused = ana.hears(events.FilesRefused)
    assert (refused.room_id, refused.ref) == (nobody, "r")
    assert "no key" in refused.problem


def test_a_picture_and_a_voice_message_come_by_themselves(sharers: tuple[Person, Person, Person]) -> None:
    _ana, ben, cleo = sharers
    cleo.says("hello")  # she has written here: it is no room of strangers
    ben.sees("hello")
    Image.new("RGB", (64, 48), "green").save(ben.folder / "green.png")
    wave_file(ben.folder / "voice.wav", tone(2.5))
    for name in ("green.png", "voice.wav"):
        offer = offers_privately(ben, cleo, ben.folder / name)
        message = message_of(cleo, ben, offer)
        got = Path(in_state(cleo, offer, FileState.HERE, FileState.FAILED).path)
        assert got.read_bytes() == (ben.folder / name).read_bytes()
        assert got.is_relative_to(cleo.folder / "files")
        assert message.offer is not None
        assert message.offer.seconds == (3 if name == "voice.wav" else 0)
        assert message.offer.is_voice == (name == "voice.wav")


def test_it_goes_on_where_it_was_stopped(sharers: tuple[Person, Person, Person]) -> None:
    _ana, ben, cleo = sharers
    path = some_file(ben, "large.bin", random.Random(3).randbytes(8_000_000))
    settle(ben, bytes_per_second=4_000_000)
    offer = offers_privately(ben, cleo, path)
    message_of(cleo, ben, offer)
    cleo.do(commands.GetFile(thread(cleo, ben), offer.entry_id))
    while in_state(cleo, offer, FileState.COMING).done < 1_000_000:
        pass
    cleo.quits()
    (part,) = (cleo.folder / SEALED).iterdir()
    (cleo.folder / SEALED / ("00" * 32)).write_bytes(b"left behind by something that was killed")
    assert SECRET[:8] not in part.read_bytes()
    cleo.starts()
    cleo.joins("Kitchen")
    first = in_state(cleo, offer, FileState.COMING)
    while not first.done:
        first = in_state(cleo, offer, FileState.COMING)
    assert first.done >= 1_000_000
    got = in_state(cleo, offer, FileState.HERE, FileState.FAILED)
    assert Path(got.path).read_bytes() == path.read_bytes()
    assert not list((cleo.folder / SEALED).iterdir())
