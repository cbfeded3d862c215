"""Whatever the Engine tells, in whatever order: what the window knows stays sound."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain

from hypothesis import given
from hypothesis import strategies as st

from lanchat.core.model import LogEntry, MemberKey, RoomId
from lanchat.desktop.model.state import State
from lanchat.desktop.sidebar.room_rows import RoomRow, room_list_rows
from lanchat.desktop.widgets.list_rows import ListHeading
from lanchat.engine import commands, events
from lanchat.engine.commands import Command
from lanchat.engine.events import ConnectionState, EntryState, Event
from tests.desktop.model.telling import (
    BEN,
    GARDEN,
    KITCHEN,
    LI,
    ME,
    card,
    connected,
    entry_id,
    hosting,
    listing,
    roster,
    said,
    stands,
)

rooms = st.sampled_from([KITCHEN, GARDEN])
people = st.sampled_from([ME, BEN, LI])
others = st.sampled_from([BEN, LI])
seqs = st.integers(1, 12)
ids = seqs.map(entry_id)
states = st.sampled_from(EntryState)


@st.composite
def runs(draw: st.DrawFn) -> tuple[LogEntry, ...]:
    """A run of entries as one MessagesAdded has it: without a gap."""
    first, authors = draw(seqs), draw(st.lists(people, max_size=4))
    return tuple(said(seq, author, "@ana") for seq, author in enumerate(authors, first))


told: st.SearchStrategy[Event] = st.one_of(
    st.builds(events.MessagesAdded.of, rooms, runs(), older=st.booleans(), backlog=st.booleans()),
    st.builds(lambda room_id, host, answering: events.RoomFound(listing(room_id, host, answering=answering)),
              rooms, others, st.booleans()),
    st.builds(lambda room_id, host: events.RoomGone(listing(room_id, host)), rooms, others),
    st.builds(connected, rooms, others, fetched=st.integers(0, 5), where=rooms),
    st.builds(stands, st.sampled_from(ConnectionState), rooms, st.just("why")),
    st.builds(hosting, rooms),
    st.builds(lambda room_id, who, first: roster(who, here=1, first=first, room_id=room_id),
              rooms, people, st.booleans()),
    st.builds(lambda room_id, who: roster(left=[who], here=0, room_id=room_id), rooms, people),
    st.builds(lambda room_id, who, nick: events.CardsCame(room_id, (card(who, nick),)), rooms, people, st.text()),
    st.builds(events.EntryWritten, rooms, ids, st.just("hm"), st.just(1), st.none() | ids),
    st.builds(lambda room_id, one, state: events.EntryStateChanged(room_id, (one,), state), rooms, ids, states),
    st.builds(events.Discarded, rooms, ids),
    st.builds(lambda room_id: events.PassphraseNeeded(room_id, room_id, "Kitchen"), rooms),
    st.builds(lambda room_id: events.KeyChanged(room_id, room_id, "Kitchen", "a", "b"), rooms),
    st.builds(events.NotFound, rooms | st.just("elsewhere"), st.just("nobody answers")),
    st.builds(events.NotHosting, st.sampled_from(["Kitchen", ""]), st.just("no")),
    st.builds(events.Left, rooms),
    st.builds(events.Forgotten, rooms),
    st.builds(events.Banned, rooms, others, st.booleans()),
    st.builds(lambda room_id, who: events.KeeperChanged(room_id, who, who == ME), rooms, people),
    st.builds(events.KeptElsewhere, rooms, others),
    st.builds(lambda room_id, who: events.HeirsChanged(room_id, (who,)), rooms, others),
    st.builds(events.RebaseAsked, rooms, others, st.integers(1, 9)),
    st.builds(events.Rebased, rooms, st.integers(0, 5), st.integers(0, 12)),
    st.builds(events.BroughtBack, rooms, st.integers(0, 5), st.integers(0, 5)),
    st.builds(events.KeepRoomsChanged, st.booleans()),
    st.builds(events.Verified, others, st.booleans()),
    st.builds(events.ProfileChanged, st.text(max_size=5)),
    st.builds(events.Problem, st.text(max_size=2)),
    st.just(events.LookedAround(())),
    st.just(events.Rung("")),
)  # fmt: skip
asked: st.SearchStrategy[Command] = st.one_of(
    st.builds(commands.Join, rooms | st.just("elsewhere")),
    st.builds(lambda room_id: commands.OpenRoom("Kitchen", room_id=room_id), st.none() | rooms),
    st.builds(commands.MarkRead, rooms, seqs),
    st.just(commands.CheckUp()),
)
looked = st.none() | rooms  # the room whose end the person sees from now on


def living(happened: Iterable[Event | Command | RoomId | None]) -> State:
    """The State after all that, sound at every step."""
    state = State(clock=lambda: 0.0, wall_clock=lambda: 0.0)
    state.apply(events.Started(ME, "Ana", first_run=True))
    for one in happened:
        if one is None or isinstance(one, str):
            state.read(one)
        elif isinstance(one, commands.Join | commands.OpenRoom | commands.MarkRead | commands.CheckUp):
            state.note(one)
        else:
            state.apply(one)
        is_sound(state)
    return state


def is_sound(state: State) -> None:
    shown = [row.key for row in room_list_rows(state, 0.0) if isinstance(row, RoomRow)]
    assert len(set(shown)) == len(shown), "every room stands in one place"
    assert set(shown) == state.rooms.keys(), "and none is missing"
    assert next(room_list_rows(state, 0.0)) == ListHeading("My rooms")
    for room_id, room in state.rooms.items():
        assert room.room_id == room_id
        assert 0 <= room.unread.mentions <= room.unread.count <= max(0, room.last_seq - room.unread.read_seq)
        assert room.here >= 0
        assert room.unread.catching_up >= 0
        assert not {one.entry_id for one in room.mine.outbox.values()} - room.mine.outbox.keys()
        assert all(one.state in (EntryState.WAITING, EntryState.NOT_SENT) for one in room.mine.outbox.values())
        assert room.people.here()[-1] == ME
        if state.reading == room_id:
            assert room.unread.count == 0


@given(st.lists(st.one_of(told, asked, looked), max_size=40))
def test_what_is_known_stays_sound(happened: list[Event | Command | RoomId | None]) -> None:
    living(happened)


@given(st.lists(st.one_of(runs(), seqs), max_size=12))
def test_unread_is_what_others_said_after_what_i_have_read(happened: list[tuple[LogEntry, ...] | int]) -> None:
    log: dict[int, MemberKey] = {}
    last = read = 0
    state = living([connected()])
    for one in happened:
        if isinstance(one, int):
            state.note(commands.MarkRead(KITCHEN, one))
            read = max(read, one)
        else:
            state.apply(events.MessagesAdded.of(KITCHEN, one))
            new = {item.seq: MemberKey(item.entry.author) for item in one if item.seq > last}
            log |= new
            last = max(chain([last], new))
    unread = [seq for seq, author in log.items() if seq > read and author != ME]
    room = state.rooms[KITCHEN]
    assert (room.unread.count, room.unread.mentions) == (len(unread), len(unread)), "all of them name me"
