"""What two members of a room write to each other privately: it reaches these two, whoever is away, and nobody else."""

from __future__ import annotations

import shutil
import time
from contextlib import closing

import pytest
from msgspec.structs import replace

from engine.people import People, Person
from lanchat.core.content import Payload, Sealed, Text, UnknownMessage, decode, encode
from lanchat.core.model import Entry, EntryId, LogEntry, PrivateThread, RoomId
from lanchat.core.profile import decode_profile
from lanchat.engine import commands, events
from lanchat.engine.events import ConnectionState, EntryState
from lanchat.engine.private_threads import PrivateThreads
from lanchat.storage.export import export
from lanchat.storage.store import Store
from lanchat.trust.sealing import SealingKey
from lanchat.trust.signing import make_entry, new_entry_id
from tests.identities import new_identity


def thread(one: Person, other: Person) -> RoomId:
    """The thread with `other` as `one` has it."""
    assert one.room_id is not None
    assert other.me is not None
    return PrivateThread(one.room_id, other.me).thread_id


def whispers(one: Person, other: Person, *texts: str) -> None:
    for text in texts:
        one.do(commands.Say(thread(one, other), text))
    one.until(lambda: all(text in one.written for text in texts))


def read_privately(one: Person, other: Person) -> list[str]:
    """What of their thread is told to `one`."""
    room = one.rooms.get(thread(one, other))
    return [message.text for message in room.messages] if room else []


def sees_privately(one: Person, other: Person, *texts: str) -> None:
    one.until(lambda: read_privately(one, other) == list(texts))
    with_other = thread(one, other)
    assert [message.text for message in one.reads(lambda reader: reader.newest(with_other, 100))] == list(texts)


@pytest.fixture
def three(people: People) -> tuple[Person, Person, Person]:
    """Ana hosts, Ben and Cleo are there."""
    ana, ben, cleo = people.person("Ana"), people.person("Ben"), people.person("Cleo")
    ana.hosts("Kitchen")
    ben.joins("Kitchen")
    cleo.joins("Kitchen")
    for person in (ana, ben, cleo):
        person.sees_here("Ana", "Ben", "Cleo")
    return ana, ben, cleo


def test_two_talk_privately_and_neither_the_host_nor_others_see_it(three: tuple[Person, Person, Person]) -> None:
    ana, ben, cleo = three
    whispers(ben, cleo, "only for you")
    sees_privately(cleo, ben, "only for you")
    whispers(cleo, ben, "thank you")
    sees_privately(ben, cleo, "only for you", "thank you")
    ana.says("hello all")
    for person in three:
        person.reads_as("hello all")
        assert [message.text for message in person.kept()] == ["hello all"]
    assert [item.entry.kind for item in ana.log()] == ["+sealed", "+sealed", "text"]
    assert not any(b"only for you" in item.entry.body for item in ana.log())
    assert ana.reads(lambda reader: reader.threads()) == {}
    assert not any(b"only for you" in file.read_bytes() for file in ana.folder.rglob("*") if file.is_file())


def test_the_host_talks_privately_too(three: tuple[Person, Person, Person]) -> None:
    ana, ben, cleo = three
    whispers(ana, ben, "you cook best")
    whispers(ben, ana, "you host best")
    for one, other in ((ana, ben), (ben, ana)):
        sees_privately(one, other, "you cook best", "you host best")
    assert cleo.reads(lambda reader: reader.threads()) == {}


def test_it_waits_for_who_is_away(three: tuple[Person, Person, Person]) -> None:
    ana, ben, cleo = three
    cleo.quits()
    ana.sees_here("Ana", "Ben")
    whispers(ben, cleo, "when you are back")
    ben.sees_state("when you are back", EntryState.TAKEN)
    cleo.starts()
    cleo.joins("Kitchen")
    sees_privately(cleo, ben, "when you are back")
    event = next(one for one in cleo.unheard if isinstance(one, events.MessagesAdded) and "." in one.room_id)
    assert event.backlog
    assert cleo.reads(lambda reader: reader.unread(thread(cleo, ben), cleo.me)) == 1


def test_it_waits_for_the_host(three: tuple[Person, Person, Person]) -> None:
    ana, ben, cleo = three
    ana.quits()
    ben.is_(ConnectionState.RECONNECTING)
    whispers(ben, cleo, "the host is away")
    pending = ben.reads(lambda reader: reader.outbox(thread(ben, cleo)))
    assert [one.text for one in pending] == ["the host is away"]
    assert ben.waiting() == []  # in the room nothing waits
    ben.quits()
    ben.starts()
    ana.starts()
    ana.hosts("Kitchen")
    ben.joins("Kitchen")
    sees_privately(cleo, ben, "the host is away")
    sees_privately(ben, cleo, "the host is away")
    said = ben.hears(events.EntryStateChanged)
    assert said.room_id == thread(ben, cleo)
    assert ben.reads(lambda reader: reader.outbox(thread(ben, cleo))) == []


def test_what_becomes_of_it_is_told_of_the_thread(three: tuple[Person, Person, Person]) -> None:
    _ana, ben, cleo = three
    whispers(ben, cleo, "hello")
    ben.sees_state("hello", EntryState.DELIVERED)
    told = [one for one in ben.unheard if isinstance(one, events.EntryStateChanged | events.EntryWritten)]
    assert {one.room_id for one in told} == {thread(ben, cleo)}
    assert next(one.text for one in told if isinstance(one, events.EntryWritten)) == "hello"


def test_it_is_read_again_after_a_restart_and_on_a_disk_that_was_lost(three: tuple[Person, Person, Person]) -> None:
    """The key comes back with the identity, and the sealed entries from the host."""
    _ana, ben, cleo = three
    whispers(ben, cleo, "one")
    whispers(cleo, ben, "two")
    sees_privately(ben, cleo, "one", "two")
    ben.quits()
    for file in ben.folder.glob("lanchat.db*"):
        file.unlink()
    ben.starts()
    ben.joins("Kitchen")
    sees_privately(ben, cleo, "one", "two")


def test_a_damaged_database_gives_them_back(three: tuple[Person, Person, Person]) -> None:
    _ana, ben, cleo = three
    whispers(ben, cleo, "one", "two")
    sees_privately(ben, cleo, "one", "two")
    ben.quits()
    with (ben.folder / "lanchat.db").open("r+b") as file:
        file.write(bytes(100))
    ben.starts()
    ben.joins("Kitchen")
    assert len(ben.reads(lambda reader: reader.newest(thread(ben, cleo), 9))) == 2
    assert ben.reads(lambda reader: reader.unread(thread(ben, cleo), ben.me)) == 0


def test_the_position_of_reading_is_the_threads_own(three: tuple[Person, Person, Person]) -> None:
    _ana, ben, cleo = three
    whispers(ben, cleo, "one", "two")
    ben.says("to all")
    cleo.sees("to all")
    unread = [cleo.reads(lambda reader: reader.unread(thread(cleo, ben), cleo.me))]
    cleo.do(commands.MarkRead(thread(cleo, ben), cleo.rooms[thread(cleo, ben)].messages[0].seq))
    cleo.quits()
    unread.append(cleo.reads(lambda reader: reader.unread(thread(cleo, ben), cleo.me)))
    assert unread == [2, 1]
    assert cleo.reads(lambda reader: reader.unread(cleo.room_id, cleo.me)) == 1


def test_search_everywhere_finds_it_and_search_and_export_of_the_room_leave_it_out(
    three: tuple[Person, Person, Person],
) -> None:
    _ana, ben, cleo = three
    whispers(ben, cleo, "the plumber comes", "at noon")
    ben.says("the plumber is late")
    cleo.sees("the plumber is late")
    with_cleo = thread(cleo, ben)

    def found(room_id: RoomId | None) -> list[str]:
        return [hit.message.text for hit in cleo.reads(lambda reader: reader.search("plumb", room_id))]

    assert found(None) == ["the plumber is late", "the plumber comes"]
    assert found(cleo.room_id) == ["the plumber is late"]
    assert found(with_cleo) == ["the plumber comes"]
    for words, hits in (
        ("plumb from:Ben", 2), ("plumb from:Cleo", 0), ("plumb in:Kitchen", 2), ("plumb in:Garden", 0),
        ("plumb has:link", 0), ("plumb has:pin", 0), ("from:Ben", 3), ("plumb after:today", 2),
        ("plumb before:today", 0),
    ):  # fmt: skip
        everywhere = cleo.reads(lambda reader, words=words: reader.search(words, None, 50, cleo.me))
        assert len(everywhere) == hits, words
    for room_id, expected in ((cleo.room_id, ["late"]), (with_cleo, ["comes", "noon"])):
        path = cleo.folder / f"{room_id}.txt"
        cleo.reads(lambda reader, room_id=room_id, path=path: export(reader, room_id, path, "txt"))
        written = path.read_text("utf-8")
        assert [word for word in ("late", "comes", "noon") if word in written] == expected


def test_nothing_of_a_forgotten_room_stays(three: tuple[Person, Person, Person]) -> None:
    _ana, ben, cleo = three
    whispers(ben, cleo, "unforgettable")
    sees_privately(cleo, ben, "unforgettable")
    cleo.do(commands.Forget(cleo.room_id))
    cleo.hears(events.Forgotten)
    assert cleo.reads(lambda reader: reader.threads()) == {}
    cleo.quits()
    assert not any(b"unforgettable" in file.read_bytes() for file in cleo.folder.rglob("*") if file.is_file())


def test_nobody_is_written_to_who_has_no_key_or_is_oneself(three: tuple[Person, Person, Person]) -> None:
    _ana, ben, _cleo = three
    assert ben.room_id is not None
    assert ben.me is not None
    for key in (b"\x07" * 32, ben.me):
        ben.do(commands.Say(PrivateThread(ben.room_id, key).thread_id, "anybody?"))  # type: ignore[arg-type]
        assert ben.hears(events.NotWritten).text == "anybody?"


def test_one_that_the_host_refused_is_sealed_anew(three: tuple[Person, Person, Person]) -> None:
    ana, ben, cleo = three
    ana.do(commands.Remove(ana.room_id, ben.me))
    ben.is_(ConnectionState.STOPPED)
    ben.do(commands.Say(thread(ben, cleo), "too late"))
    assert ben.hears(events.NotWritten).room_id == thread(ben, cleo)
    ben.joins("Kitchen")
    ana.do(commands.Leave(ana.room_id))
    ben.is_(ConnectionState.RECONNECTING)
    whispers(ben, cleo, "waits")
    ben.quits()
    store = Store.open(ben.folder)
    store.outbox(ben.room_id).refuse(ben.written["waits"], "kind")
    store.close()
    old = ben.written["waits"]
    ben.starts()
    ana.hosts("Kitchen")
    ben.joins("Kitchen")
    refused = ben.reads(lambda reader: reader.refused(thread(ben, cleo)))
    assert [one.text for one in refused] == ["waits"]
    ben.do(commands.Retry(thread(ben, cleo), old))
    again = ben.hears(events.EntryWritten)
    assert (again.room_id, again.instead_of, again.text) == (thread(ben, cleo), old, "waits")
    sees_privately(cleo, ben, "waits")


# --- what strangers send ---------------------------------------------------------------------------------------------
ME, EVE = new_identity(), new_identity()
ROOM = RoomId("kitchenkitchenki")


def junk(number: int) -> Entry:
    body = encode(Sealed(ME.key, bytes(80), bytes(80), number.to_bytes(4, "big") * 68)).body
    return make_entry(EVE, ROOM, number, Payload(Sealed.kind, None, body), 1_000)


def placed(entries: list[Entry], first: int = 1) -> list[LogEntry]:
    return [LogEntry(entry, 1, seq, 1_000, bytes(32)) for seq, entry in enumerate(entries, first)]  # type: ignore[arg-type]


def test_a_flood_of_junk_is_one_line_and_costs_little(tmp_path: object) -> None:
    threads = PrivateThreads(SealingKey.of(ME))
    run = placed([junk(number) for number in range(1, 1_001)])
    began = time.process_time()
    told = [event for start in range(0, 1_000, 200) for event in threads.added(ROOM, run[start : start + 200])]
    assert time.process_time() - began < 1.0  # some 60 ms; nobody can send more than five a second
    assert [len(event.messages) for event in told] == [1]
    assert told[0].messages[0].content == UnknownMessage(Sealed.kind)


def test_on_disk_a_flood_of_junk_is_one_line_too_and_counts_as_nothing(people: People) -> None:
    ana, eve = people.person("Ana"), people.person("Eve", starts=False)
    shutil.rmtree(eve.folder, ignore_errors=True)
    ana.hosts("Kitchen")
    ana.quits()
    store = Store.open(ana.folder)
    private = PrivateThreads(SealingKey.of(_identity_of(ana)))
    store.open_private(private.opener)
    seal_for = replace(decode("+sealed", junk(1).body), recipient=ana.me)
    entries = [
        make_entry(EVE, ana.room_id, number, Payload("+sealed", None, encode(seal_for).body), 1_000)
        for number in range(1, 501)
    ]
    began = time.process_time()
    store.log(ana.room_id).append(entries, 1_000)
    assert time.process_time() - began < 2.0
    store.close()
    with_eve = PrivateThread(ana.room_id, EVE.key)
    assert list(ana.reads(lambda reader: reader.threads())) == [with_eve]
    assert len(ana.reads(lambda reader: reader.newest(with_eve.thread_id, 1_000))) == 1
    assert ana.reads(lambda reader: reader.unread(with_eve.thread_id, ana.me)) == 0
    assert ana.kept() == []


def _identity_of(person: Person):  # type: ignore[no-untyped-def]
    from lanchat.trust.identity import load_or_create

    return load_or_create(person.folder)


def test_what_was_moved_from_elsewhere_is_told_as_closed(three: tuple[Person, Person, Person]) -> None:
    """Cleo posts again, as her own, what Ben sealed for Ana; and Ben's own entry in another room."""
    ana, ben, cleo = three
    whispers(ben, ana, "for Ana")
    sees_privately(ana, ben, "for Ana")
    stolen = next(item.entry for item in ana.log() if item.entry.kind == "+sealed")
    threads = PrivateThreads(SealingKey.of(_identity_of(ana)))
    assert threads.opener(ana.room_id, stolen).text == "for Ana"  # type: ignore[union-attr]
    elsewhere = threads.opener(RoomId("gardengardengard"), stolen)
    again = threads.opener(ana.room_id, replace(stolen, entry_id=new_entry_id()))
    by_cleo = threads.opener(ana.room_id, replace(stolen, author=cleo.me))
    assert [one.kind for one in (elsewhere, again, by_cleo)] == [Sealed.kind] * 3  # type: ignore[union-attr]
    assert [one.text for one in (elsewhere, again, by_cleo)] == [""] * 3  # type: ignore[union-attr]


def test_who_posts_again_what_others_sealed_is_seen_through(three: tuple[Person, Person, Person]) -> None:
    """The program of Cleo sends the very bytes that Ben sealed for Ana, twice, as her own: the host takes them."""
    ana, ben, cleo = three
    whispers(ben, ana, "for Ana")
    sees_privately(ana, ben, "for Ana")
    stolen = next(item.entry for item in ana.log() if item.entry.kind == "+sealed")
    cleo.quits()
    me = _identity_of(cleo)
    with closing(Store.open(cleo.folder)) as store:
        outbox = store.outbox(cleo.room_id)
        for _ in range(2):
            counter = outbox.next_counter(me.device_id)
            outbox.add(make_entry(me, cleo.room_id, counter, Payload("+sealed", None, stolen.body), 1_000))
    cleo.starts()
    cleo.joins("Kitchen")
    ana.until(lambda: thread(ana, cleo) in ana.rooms)
    ana.until(lambda: len(ana.log()) == 3)
    assert [message.content for message in ana.rooms[thread(ana, cleo)].messages] == [UnknownMessage(Sealed.kind)]
    assert [one.text for one in ana.reads(lambda reader: reader.newest(thread(ana, cleo), 9))] == [""]
    assert read_privately(ana, ben) == ["for Ana"]


@pytest.mark.parametrize(
    ("payload", "seen"),
    [
        (encode(Text("hi")), ("text", "hi")),
        (encode(Text("\u200b")), None),
        (Payload("poll", None, b"later"), ("poll", "")),
        (Payload("+edit", EntryId(bytes(16)), b"later"), None),
        (Payload("+sealed", None, b"nested"), None),
    ],
)
def test_kinds_of_later_programs_are_kept_as_in_a_room(payload: Payload, seen: tuple[str, str] | None) -> None:
    eve, me = SealingKey.of(EVE), SealingKey.of(ME)
    entry_id = new_entry_id()
    sealed = eve.seal(ROOM, entry_id, ME.key, me.public, payload)
    opened = PrivateThreads(me).opener(ROOM, make_entry(EVE, ROOM, 1, sealed, 0, entry_id))
    assert (None if opened is None else (opened.kind, opened.text)) == seen


def test_the_key_is_in_the_card_from_the_first_start(people: People) -> None:
    ana = people.person("Ana")
    card = ana.reads(lambda reader: reader.card(ana.me))
    assert decode_profile(card.profile).sealing_key == SealingKey.of(_identity_of(ana)).public
