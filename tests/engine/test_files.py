"""Files between people: offered, got, kept by the host for others, gone on with, deleted; over real TLS."""

from __future__ import annotations

from engine.file_people import gets, in_state, kept_by_host, member, offers, settle, some_file, stored_by
from engine.people import People, Person
from lanchat.engine import commands, events
from lanchat.engine.events import FileState


def test_a_file_is_offered(ana: Person, ben: Person) -> None:
    path = some_file(ana)
    offer = offers(ana, path, caption="read this", ref="r")
    assert (offer.ref, offer.text) == ("r", "notes.txt\nread this")
    mine = in_state(ana, offer, FileState.MINE)
    assert (mine.path, mine.done, mine.size) == (str(path), 6_000, 6_000)
    ben.until(lambda: bool(ben.room.messages))
    (message,) = ben.room.messages
    assert message.offer is not None
    assert (message.offer.name, message.offer.size, message.offer.caption) == ("notes.txt", 6_000, "read this")


def test_what_cannot_be_sent_is_not(ana: Person) -> None:
    ana.do(commands.SendFiles(ana.room_id, (str(ana.folder / "nothing"),), ref="r"))
    refused = ana.hears(events.FilesRefused)
    assert refused.ref == "r"
    assert refused.problem
    for paths in ((), ("no\0path",), (str(ana.folder / ("x" * 300)),)):
        ana.do(commands.SendFiles(ana.room_id, paths))
        assert ana.hears(events.FilesRefused).problem
    ana.do(commands.SendFiles(ana.room_id, (str(some_file(ana)),), caption="x" * 2_000))
    assert ana.hears(events.FilesRefused).problem


def test_a_member_gets_what_the_host_offers(ana: Person, ben: Person) -> None:
    path = some_file(ana)
    got = gets(ben, offers(ana, path))
    assert got == ben.folder / "got" / "Kitchen" / "notes.txt"
    assert got.read_bytes() == path.read_bytes()


def test_a_third_gets_it_from_the_host_after_its_sender_quit(ana: Person, ben: Person, people: People) -> None:
    path = some_file(ben, content=b"0123456789abcdef" * 50_000)  # four chunks
    offer = offers(ben, path)
    in_state(ben, offer, FileState.MINE)
    kept_by_host(ben, offer)
    ben.quits()
    path.unlink()
    cem = member(people, "Cem")
    assert gets(cem, offer).read_bytes() == b"0123456789abcdef" * 50_000


def test_who_hosts_gets_what_a_member_offers(ana: Person, ben: Person) -> None:
    path = some_file(ben, content=bytes(1_000_000))
    assert gets(ana, offers(ben, path)).read_bytes() == bytes(1_000_000)


def test_what_the_host_does_not_keep_is_had_from_its_sender(ana: Person, ben: Person, people: People) -> None:
    settle(ana, store_bytes=0)
    cem = member(people, "Cem")
    path = some_file(ben, content=bytes(range(256)) * 4_000)
    offer = offers(ben, path)
    assert gets(cem, offer).read_bytes() == path.read_bytes()
    told = in_state(ben, offer, FileState.MINE)
    while not (told.problem and told.shared):
        told = in_state(ben, offer, FileState.MINE)
    assert not told.host_has
    assert gets(ana, offer).read_bytes() == path.read_bytes()


def test_a_folder_comes_as_it_is(ana: Person, ben: Person) -> None:
    folder = ana.folder / "originals" / "plans"
    (folder / "deep" / "deeper").mkdir(parents=True)
    (folder / "empty").write_bytes(b"")
    (folder / "deep" / "deeper" / "x").write_bytes(b"x" * 300_000)
    (folder / "deep" / "y").write_bytes(b"y" * 300_000)
    got = gets(ben, offers(ana, folder))
    assert got.name == "plans"
    names = sorted(path.relative_to(folder) for path in folder.rglob("*"))
    assert sorted(path.relative_to(got) for path in got.rglob("*")) == names
    assert (got / "deep" / "y").read_bytes() == b"y" * 300_000


def test_an_empty_file_comes_too(ana: Person, ben: Person) -> None:
    assert gets(ben, offers(ana, some_file(ana, content=b""))).read_bytes() == b""
    offer = offers(ben, some_file(ben, "mine.txt", content=b""))
    kept_by_host(ben, offer)
    assert gets(ana, offer).read_bytes() == b""


def test_the_same_name_twice_and_the_same_file_twice(ana: Person, ben: Person) -> None:
    first = gets(ben, offers(ana, some_file(ana, content=b"one")))
    other = gets(ben, offers(ana, some_file(ana, content=b"two")))
    again = offers(ana, some_file(ana, content=b"two"))
    assert (first.name, other.name) == ("notes.txt", "notes (2).txt")
    assert in_state(ben, again, FileState.HERE).path == str(other)


def test_files_that_are_here_are_known_at_the_next_start(ana: Person, ben: Person) -> None:
    offer = offers(ana, some_file(ana))
    got = gets(ben, offer)
    ben.quits()
    ben.starts()
    ben.joins("Kitchen")
    known = ben.hears(events.FilesKnown)
    while not known.files:
        known = ben.hears(events.FilesKnown)
    (file,) = known.files
    assert (file.message_id, file.state, file.path) == (offer.entry_id, FileState.HERE, str(got))


def test_a_deleted_offer_is_had_from_nobody(ana: Person, ben: Person, people: People) -> None:
    offer = offers(ben, some_file(ben))
    kept_by_host(ben, offer)
    assert len(stored_by(ana)) == 1
    ben.do(commands.Delete(ben.room_id, offer.entry_id))
    in_state(ben, offer, FileState.OFFERED)
    in_state(ana, offer, FileState.OFFERED)
    cem = member(people, "Cem")
    cem.do(commands.GetFile(cem.room_id, offer.entry_id))
    assert in_state(cem, offer, FileState.FAILED).problem
    while stored_by(ana):
        ana.hears_nothing()
