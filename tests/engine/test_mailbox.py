"""A face that does not read: what waits for it is bounded, and when it reads at last it hears how everything stands."""

from __future__ import annotations

import queue
import random
import threading
import tracemalloc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
from msgspec.structs import replace
from storage.people import KITCHEN, Person, open_store, says

from lanchat.core.content import Text
from lanchat.core.limits import SEEN_KEPT
from lanchat.core.listing import Listing
from lanchat.core.message import Message, Reaction, messages_of
from lanchat.core.model import Card, EntryId, LogEntry, MemberKey, RoomId
from lanchat.engine import events
from lanchat.engine.events import ConnectionState, Event, FileState
from lanchat.engine.mailbox import EVENTS_WAITING, MESSAGES_WAITING, Mailbox
from lanchat.storage.store import Store

GARDEN = RoomId("g" * 16)
MANY = 2_000  #: events, of which next to nothing may be kept
FEW_BYTES = 200_000


@pytest.fixture
def mailbox(tmp_path: Path) -> Mailbox[Event]:
    return Mailbox(tmp_path)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path, KITCHEN) as store:
        yield store


@contextmanager
def little_memory() -> Iterator[None]:
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        yield
        assert tracemalloc.get_traced_memory()[0] - before < FEW_BYTES
    finally:
        tracemalloc.stop()


def read_all(mailbox: Mailbox[Event]) -> list[Event]:
    read = []
    while True:
        try:
            read.append(mailbox.get_nowait())
        except queue.Empty:
            return read


def card(number: int) -> Card:
    return Card(number.to_bytes(32, "big"), f"guest {number}", 1, bytes(64))


def line(before: int, moves: Sequence[Event]) -> int:
    """Where these move a last-read line."""
    for move in moves:
        assert isinstance(move, events.ReadElsewhere)
        before = min(before, move.seq) if move.back else max(before, move.seq)
    return before


def moved(joined: Card | None = None, left: Card | None = None, here: int = 1, first: bool = False) -> Event:
    return events.RosterChanged(KITCHEN, (joined,) if joined else (), (left,) if left else (), here, first)


def stands(state: ConnectionState, fetched: int = 0, first_meeting: bool = False) -> events.ConnectionChanged:
    return events.ConnectionChanged(KITCHEN, "Kitchen", state, first_meeting=first_meeting, fetched=fetched)


def listing(number: int) -> Listing:
    return Listing(RoomId(f"{number:016}"), "Zoo", bytes(16), False, (), 1)


def fill(mailbox: Mailbox[Event]) -> None:
    """As much as waits one by one."""
    for number in range(EVENTS_WAITING):
        mailbox.put(events.Discarded(GARDEN, number.to_bytes(16, "big")))  # type: ignore[arg-type]


def test_a_few_events_come_as_they_were_told(mailbox: Mailbox[Event]) -> None:
    told = [
        stands(ConnectionState.RECONNECTING),
        moved(card(1)),
        stands(ConnectionState.CONNECTED),
        moved(left=card(1)),
    ]
    for event in told:
        mailbox.put(event)
    assert read_all(mailbox) == told
    assert mailbox.empty()


def test_what_was_said_meanwhile_is_read_from_the_store(mailbox: Mailbox[Event], store: Store) -> None:
    ana, log = Person(), store.log(KITCHEN)
    said: list[LogEntry] = []
    for number in range(60):
        run = says(log, ana, *(f"{number}-{line}" for line in range(50)))
        mailbox.put(events.MessagesAdded.of(KITCHEN, tuple(run)))
        said += run
    assert len(said) > 2 * MESSAGES_WAITING
    heard = [item for event in read_all(mailbox) if isinstance(event, events.MessagesAdded) for item in event.messages]
    assert heard == list(messages_of(said))


def test_what_is_said_takes_no_memory_while_nobody_reads(mailbox: Mailbox[Event], store: Store) -> None:
    ana, log = Person(), store.log(KITCHEN)
    run = says(log, ana, *("x" * 1_000 for _ in range(MESSAGES_WAITING)))
    mailbox.put(events.MessagesAdded.of(KITCHEN, tuple(run)))
    with little_memory():
        for _ in range(10):
            mailbox.put(events.MessagesAdded.of(KITCHEN, tuple(says(log, ana, *("y" * 4_000 for _ in range(200))))))


def test_what_is_changed_while_nobody_reads_takes_no_memory_and_is_told_as_it_is_now(
    mailbox: Mailbox[Event], store: Store
) -> None:
    ana, log = Person(), store.log(KITCHEN)
    first, second, third = says(log, ana, "first", "second", "third")
    changed = [Message(EntryId(first.entry.entry_id), ana.identity.key, 1, 0, 0, Text("x" * 4_000))]
    changed += [Message(EntryId(bytes(16)), ana.identity.key, 1, 0, 0, Text("not here"))]
    fill(mailbox)
    with little_memory():
        for number in range(MANY // 4):
            mailbox.put(events.MessagesChanged(KITCHEN, (replace(changed[0], edited_at=number), changed[1])))
    mailbox.put(events.MessagesAdded.of(KITCHEN, (third,)))
    later = Message(EntryId(third.entry.entry_id), ana.identity.key, 3, 0, 0, Text("comes with the third"))
    mailbox.put(events.MessagesChanged(KITCHEN, (later,)))
    mailbox.put(events.MessagesAdded.of(KITCHEN, (second,), older=True))
    log.append(ana.writes("", kind="+delete", target=EntryId(second.entry.entry_id)), 1)
    mailbox.put(events.MessagesChanged(KITCHEN, messages_of([second])))
    told = read_all(mailbox)[EVENTS_WAITING:]
    assert [type(event) for event in told] == [
        events.MessagesChanged, events.MessagesAdded, events.MessagesAdded, events.MessagesChanged,
    ]  # fmt: skip
    texts = [[message.text for message in event.messages] for event in told]  # type: ignore[attr-defined]
    assert texts == [["first"], ["third"], ["second"], [""]], "the last says that the second was deleted"


def test_messages_to_which_thousands_reacted_wait_in_the_store(mailbox: Mailbox[Event], store: Store) -> None:
    run = says(store.log(KITCHEN), Person(), "cake")
    crowd = tuple(MemberKey(number.to_bytes(32, "big")) for number in range(10_000))
    liked = replace(messages_of(run)[0], reactions=(Reaction("🎂", crowd),))
    for _ in range(EVENTS_WAITING):
        mailbox.put(events.MessagesChanged(KITCHEN, (liked,)))
    assert len(read_all(mailbox)) < 10


def test_a_room_that_was_forgotten_meanwhile_has_nothing_to_read(mailbox: Mailbox[Event], store: Store) -> None:
    run = says(store.log(KITCHEN), Person(), "one", "two")
    fill(mailbox)
    mailbox.put(events.MessagesAdded.of(KITCHEN, tuple(run)))
    mailbox.put(events.Forgotten(KITCHEN))
    store.forget_room(KITCHEN)
    assert read_all(mailbox)[EVENTS_WAITING:] == [events.Forgotten(KITCHEN)]


def test_who_leaves_reads_nothing_more_from_the_store(mailbox: Mailbox[Event], store: Store) -> None:
    run = says(store.log(KITCHEN), Person(), "one", "two")
    fill(mailbox)
    mailbox.put(events.MessagesAdded.of(KITCHEN, tuple(run)))
    mailbox.skip_entries()
    mailbox.put(events.Stopped())
    assert read_all(mailbox)[EVENTS_WAITING:] == [events.Stopped()]


def test_of_many_comings_and_goings_who_is_here_now_is_told(mailbox: Mailbox[Event]) -> None:
    mailbox.put(moved(card(0), first=True))
    fill(mailbox)
    with little_memory():
        for number in range(1, MANY):
            mailbox.put(moved(card(number), here=2))
            mailbox.put(moved(left=card(number)))
    mailbox.put(moved(card(7), here=2))
    *_others, last = (event for event in read_all(mailbox) if isinstance(event, events.RosterChanged))
    assert (last.first, last.here, set(last.joined)) == (True, 2, {card(0), card(7)})


def test_of_a_connection_that_flaps_its_last_state_is_told(mailbox: Mailbox[Event]) -> None:
    fill(mailbox)
    with little_memory():
        for _ in range(MANY):
            mailbox.put(stands(ConnectionState.RECONNECTING))
            mailbox.put(stands(ConnectionState.CONNECTED, fetched=1, first_meeting=True))
    assert read_all(mailbox)[EVENTS_WAITING:] == [stands(ConnectionState.CONNECTED, MANY, first_meeting=True)]


def test_of_who_writes_and_who_has_read_the_last_is_told(mailbox: Mailbox[Event]) -> None:
    ana, ben = MemberKey(b"a" * 32), MemberKey(b"b" * 32)
    fill(mailbox)
    with little_memory():
        for number in range(MANY):
            mailbox.put(events.TypingChanged(KITCHEN, (ana,) if number % 2 else ()))
            mailbox.put(events.SeenChanged(KITCHEN, ((ana, number),)))
    mailbox.put(events.SeenChanged(KITCHEN, ((ben, 3),)))
    told = read_all(mailbox)[EVENTS_WAITING:]
    assert told == [
        events.TypingChanged(KITCHEN, (ana,)), events.SeenChanged(KITCHEN, ((ana, MANY - 1), (ben, 3))),
    ]  # fmt: skip


def test_of_made_up_readers_no_more_are_told_than_a_host_remembers(mailbox: Mailbox[Event]) -> None:
    fill(mailbox)
    with little_memory():
        for number in range(2_000):
            mailbox.put(events.SeenChanged(KITCHEN, ((MemberKey(card(number).key), number),)))
    (told,) = read_all(mailbox)[EVENTS_WAITING:]
    assert isinstance(told, events.SeenChanged)
    assert [seq for _key, seq in told.seen] == list(range(2_000 - SEEN_KEPT, 2_000))


@pytest.mark.parametrize("seed", range(20))
def test_the_line_of_another_device_comes_to_where_it_went(mailbox: Mailbox[Event], seed: int) -> None:
    rng = random.Random(seed)
    fill(mailbox)
    moves = [events.ReadElsewhere(KITCHEN, rng.randrange(50), rng.random() < 0.5) for _ in range(rng.randrange(1, 9))]
    for move in moves[:-1]:
        mailbox.put(move)
    told = [mailbox.get_nowait() for _ in range(EVENTS_WAITING + (len(moves) > 1))][EVENTS_WAITING:]
    mailbox.put(moves[-1])
    told += read_all(mailbox)
    for before in range(51):
        assert line(before, told) == line(before, moves)


def test_a_line_that_goes_on_and_back_takes_no_memory(mailbox: Mailbox[Event]) -> None:
    fill(mailbox)
    with little_memory():
        for number in range(2 * MANY):
            mailbox.put(events.ReadElsewhere(KITCHEN, number, back=bool(number % 2)))
    assert len(read_all(mailbox)) == EVENTS_WAITING + 2


def test_of_the_rooms_around_those_that_are_there_are_told(mailbox: Mailbox[Event]) -> None:
    mailbox.put(events.RoomFound(listing(1)))
    assert read_all(mailbox) == [events.RoomFound(listing(1))]
    fill(mailbox)
    with little_memory():
        for number in range(10, MANY):
            mailbox.put(events.RoomFound(listing(number)))
            mailbox.put(events.RoomGone(listing(number)))
    mailbox.put(events.RoomFound(listing(2)))
    for event in (events.RoomGone(listing(1)), events.RoomFound(listing(1)), events.RoomGone(listing(1))):
        mailbox.put(event)
    told = read_all(mailbox)[EVENTS_WAITING:]
    assert sorted(told, key=repr) == [events.RoomFound(listing(2)), events.RoomGone(listing(1))]


def test_a_host_that_complains_and_names_takes_no_memory(mailbox: Mailbox[Event]) -> None:
    fill(mailbox)
    with little_memory():
        for number in range(MANY):
            mailbox.put(events.Problem(f"The host's disk is full, {number}.", KITCHEN))
            mailbox.put(events.CardsCame(KITCHEN, (card(number % 10),)))
    complaint, cards = read_all(mailbox)[EVENTS_WAITING:]
    assert complaint == events.Problem(f"The host's disk is full, {MANY - 1}.", KITCHEN)
    assert isinstance(cards, events.CardsCame)
    assert {one.nick for one in cards.cards} == {f"guest {number}" for number in range(10)}


def test_of_a_file_that_comes_how_far_it_is_is_told(mailbox: Mailbox[Event]) -> None:
    with little_memory():
        for done in range(MANY):
            mailbox.put(events.FileChanged(GARDEN, EntryId(b"e" * 16), FileState.COMING, done, MANY))
            mailbox.put(events.FilePreparing(GARDEN, "r", "cat", done, MANY))
        mailbox.put(events.FilesKnown(GARDEN, ()))
        mailbox.put(events.FileChanged(GARDEN, EntryId(b"e" * 16), FileState.HERE))
    *_, coming, preparing, known, here = read_all(mailbox)
    assert isinstance(coming, events.FileChanged)
    assert isinstance(preparing, events.FilePreparing)
    assert (coming.done, preparing.done) == (MANY - 1, MANY - 1)
    assert (known, here) == (
        events.FilesKnown(GARDEN, ()), events.FileChanged(GARDEN, EntryId(b"e" * 16), FileState.HERE)
    )  # fmt: skip


def test_another_stay_in_a_room_is_told_after_the_first(mailbox: Mailbox[Event]) -> None:
    fill(mailbox)
    stay = [stands(ConnectionState.CONNECTED), events.Left(KITCHEN), stands(ConnectionState.CONNECTED)]
    for event in stay:
        mailbox.put(event)
    assert read_all(mailbox)[EVENTS_WAITING:] == stay


def test_one_thread_reads_while_another_tells(mailbox: Mailbox[Event], tmp_path: Path) -> None:
    def tell() -> None:
        with open_store(tmp_path) as store:
            ana, log = Person(), store.log(KITCHEN)
            for number in range(40):
                mailbox.put(events.MessagesAdded.of(KITCHEN, tuple(says(log, ana, *[str(number)] * 50))))
                mailbox.put(stands(ConnectionState.RECONNECTING))
            mailbox.put(events.Stopped())

    teller = threading.Thread(target=tell)
    teller.start()
    seqs: list[int] = []
    while not isinstance(event := mailbox.get(timeout=30), events.Stopped):
        if isinstance(event, events.MessagesAdded):
            seqs += [message.seq for message in event.messages]
    teller.join()
    assert seqs == list(range(1, 2_001))
