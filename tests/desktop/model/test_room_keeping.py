"""Who keeps a room open, as the window knows it, and what becomes of what was read when the log is another."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from lanchat.core.model import MemberKey
from lanchat.desktop.model.notifications import notification_for
from lanchat.desktop.model.phrases import about_room, connection
from lanchat.desktop.model.state import State
from lanchat.desktop.timeline.rows import lines_between
from lanchat.engine import events
from lanchat.engine.events import ConnectionState, EntryState
from lanchat.storage.settings import Preferences
from tests.desktop.model.telling import (
    BEN,
    KITCHEN,
    LI,
    ME,
    came,
    card,
    connected,
    entry_id,
    hosting,
    listing,
    roster,
    said,
    stands,
)


class Clock:
    now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def state(clock: Clock) -> State:
    state = State(clock=lambda: 0.0, wall_clock=clock)
    state.apply(events.Started(ME, "Ana", first_run=True))
    return state


def at(state: State, *happened: events.Event) -> None:
    for event in happened:
        state.apply(event)


def kept_by(keeper: MemberKey, owner: MemberKey = BEN) -> tuple[events.Event, events.Event]:
    """What the Engine tells when somebody else keeps the kitchen open."""
    changed = events.KeeperChanged(KITCHEN, keeper, keeper == ME)
    if keeper == ME:
        return changed, replace(stands(ConnectionState.HOSTING), host=card(ME), owner=owner)
    return replace(connected(host=keeper), owner=owner), changed


def lines(state: State) -> dict[int, str]:
    room = state.rooms[KITCHEN]
    return lines_between(room)


# --- whose it is, and who has it open --------------------------------------------------------------------------------
def test_a_room_that_i_keep_for_ben_is_not_mine(state: State) -> None:
    at(state, connected(), *kept_by(ME), hosting())
    room = state.rooms[KITCHEN]
    assert (room.hosted, room.owner, room.keeper, room.is_kept_here) == (False, BEN, ME, True)
    assert connection(room) == "You keep it open · code 12345-67890-ABC"
    assert about_room(room) == "you keep it open"


def test_my_room_that_ben_keeps_is_still_mine(state: State) -> None:
    at(state, hosting(), replace(stands(ConnectionState.HOSTING), host=card(ME)))
    at(state, *kept_by(BEN, owner=ME))
    room = state.rooms[KITCHEN]
    assert (room.hosted, room.founder, room.keeper, room.is_kept_here) == (True, ME, BEN, False)
    assert room.hosting is None, "its code is not here any more"


def test_whoever_announces_it_for_the_same_owner_is_no_pretender(state: State) -> None:
    by_li = replace(listing(host=LI), owner=listing(host=BEN).owner)
    at(state, connected(), events.RoomFound(listing(host=BEN)), events.RoomFound(by_li))
    room = state.rooms[KITCHEN]
    assert room.pretenders == []
    assert room.listing == by_li
    at(state, events.RoomFound(listing(host=ME)))
    assert len(room.pretenders) == 1


# --- the lines in the conversation -----------------------------------------------------------------------------------
def test_one_calm_line_says_who_keeps_it(state: State) -> None:
    at(state, connected(), came(said(1)), *kept_by(LI))
    at(state, events.CardsCame(KITCHEN, (card(LI),)))
    assert lines(state) == {1: "Li keeps the room open now"}
    at(state, came(said(2)), *kept_by(ME))
    assert lines(state) == {1: "Li keeps the room open now", 2: "You keep the room open now"}


def test_changes_before_anything_is_said_are_one_line(state: State) -> None:
    at(state, connected(), came(said(1)), *kept_by(LI), *kept_by(ME))
    assert lines(state) == {1: "You keep the room open now"}


def test_the_same_told_twice_is_one_line(state: State) -> None:
    at(state, connected(), came(said(1)), *kept_by(ME), came(said(2)), *kept_by(ME))
    assert list(lines(state)) == [1]


def test_a_wifi_that_comes_and_goes_shows_three_lines_in_two_minutes(state: State, clock: Clock) -> None:
    at(state, connected())
    for second in range(0, 120, 3):
        clock.now = 1_000.0 + second
        at(state, came(said(1 + second)), *kept_by(LI if second % 2 else ME))
    assert 1 <= len(before := lines(state)) <= 3
    clock.now += 121
    at(state, came(said(200)), *kept_by(BEN))
    assert len(lines(state)) == len(before) + 1, "an hour later it is told again"


def test_somebody_who_comes_at_the_same_moment_shares_the_line(state: State) -> None:
    at(state, connected(), roster(ME, BEN, here=2, first=True), came(said(1)))
    at(state, *kept_by(ME), roster(LI, here=3))
    assert lines(state) == {1: "Li joined · You keep the room open now"}


# --- the log is another ----------------------------------------------------------------------------------------------
def test_what_was_read_before_is_not_unread_again(state: State) -> None:
    at(state, connected(), came(said(1), said(2), said(3)))
    state.read(KITCHEN)
    state.read(None)
    at(state, events.Rebased(KITCHEN, 2, base=1))
    back = replace(came(said(2, text="new"), said(3), said(4)), again=frozenset({entry_id(3), entry_id(4)}))
    at(state, back)
    room = state.rooms[KITCHEN]
    assert room.unread.count == 1, "only what is new to me"


def test_what_was_read_before_does_not_notify_again(state: State) -> None:
    at(state, connected(), came(said(1)))
    back = replace(came(said(2), said(3)), again=frozenset({entry_id(2), entry_id(3)}))
    assert notification_for(back, state, Preferences(), focused=False) is None
    some = replace(back, again=frozenset({entry_id(3)}))
    found = notification_for(some, state, Preferences(), focused=False)
    assert found is not None
    assert found.count == 1


def test_what_comes_again_does_not_notify_again_also_where_nobody_has_read_it(state: State) -> None:
    """Of what is brought back it is still unread; what came meanwhile is news."""
    at(state, connected(), came(said(1), said(2), said(3)))
    at(state, events.Rebased(KITCHEN, 2, 1, frozenset({entry_id(2), entry_id(3)})))
    back = came(said(2), said(3))
    assert notification_for(back, state, Preferences(), focused=False) is None
    at(state, back)
    assert state.rooms[KITCHEN].unread.count == 2, "what came before that is counted on the disk"
    assert notification_for(came(said(4)), state, Preferences(), focused=False) is not None


def test_what_comes_again_was_not_missed(state: State) -> None:
    at(state, connected(), came(said(1), said(2)))
    at(state, replace(connected(), fetched=2), events.Rebased(KITCHEN, 1, 1, frozenset({entry_id(2)})))
    back = replace(came(said(2), said(3)), backlog=True)
    found = notification_for(back, state, Preferences(), focused=False)
    assert found is not None
    assert found.count == 1
    assert found.body == "1 message while you were away"


def test_two_ticks_stay_two_when_the_message_gets_another_place(state: State) -> None:
    at(state, connected(), came(said(1), said(2, ME)), events.SeenChanged(KITCHEN, ((BEN, 2),)))
    room = state.rooms[KITCHEN]
    assert room.state_of(entry_id(2), 2) is EntryState.DELIVERED
    at(state, events.Rebased(KITCHEN, 1, base=1))
    assert room.state_of(entry_id(2), 0) is EntryState.DELIVERED
    at(state, came(said(2), said(3)))
    assert room.state_of(entry_id(2), 9) is EntryState.DELIVERED


def test_lines_about_people_move_with_the_end_of_the_log(state: State) -> None:
    at(state, connected(), came(said(1), said(2), said(3)), *kept_by(ME))
    at(state, events.Rebased(KITCHEN, 2, base=1))
    assert list(lines(state)) == [1]
