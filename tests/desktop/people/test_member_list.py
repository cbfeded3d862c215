"""Who stands in the list of a room's people."""

from __future__ import annotations

import pytest

from lanchat.core.model import Availability, Card, MemberKey
from lanchat.core.profile import Profile, encode_profile
from lanchat.desktop.model.state import State
from lanchat.desktop.people.people_pane import MOST_AWAY, MemberListRow, MemberRow, member_rows
from lanchat.desktop.widgets.list_rows import ListHeading
from lanchat.engine.events import AvailabilityChanged, ConnectionState, RosterChanged, Started
from lanchat.storage.settings import Preferences
from tests.desktop.model.telling import BEN, KITCHEN, LI, ME, card, connected, hosting, roster, stands


@pytest.fixture
def state() -> State:
    state = State()
    state.apply(Started(ME, "Ana", first_run=False))
    return state


def shown(state: State, *authors: MemberKey, verified: frozenset[MemberKey] = frozenset()) -> list[str]:
    return [words(line) for line in lines(state, *authors, verified=verified)]


def lines(state: State, *authors: MemberKey, verified: frozenset[MemberKey] = frozenset()) -> list[MemberListRow]:
    state.verified = set(verified)
    return member_rows(state, Preferences(muted=frozenset([LI.hex()])), state.rooms[KITCHEN], authors)


def words(line: MemberListRow) -> str:
    if isinstance(line, ListHeading):
        return line.words
    return " · ".join(filter(None, (line.name + line.mark, line.about)))


def test_me_first_then_by_name_and_the_host_is_marked(state: State) -> None:
    state.apply(connected())
    state.apply(RosterChanged(KITCHEN, (card(LI), card(BEN), card(ME)), (), 3, first=True))
    assert shown(state) == ["Here — 3", "Ana · you", "Ben · hosts this room", "Li · muted"]


def test_who_is_away_or_busy_is_marked_and_what_they_say_stands_below_the_name(state: State) -> None:
    ben = Card(BEN, "Ben", 2, bytes(64), encode_profile(Profile(status="back at two")))
    state.apply(connected())
    changed = RosterChanged(KITCHEN, (ben, card(LI), card(ME)), (), 3, True, ((BEN, Availability.AWAY),))
    state.apply(changed)
    assert shown(state)[2] == "Ben · Away · back at two · hosts this room"
    state.apply(RosterChanged(KITCHEN, (), (), 3, states=((BEN, Availability.HERE), (LI, Availability.BUSY))))
    assert shown(state)[2:] == ["Ben · back at two · hosts this room", "Li · Busy · muted"]
    state.apply(AvailabilityChanged(Availability.BUSY))
    assert shown(state)[1] == "Ana · Busy · you"
    state.apply(roster(left=[BEN], here=2))
    assert shown(state)[-1] == "Ben · back at two · hosts this room"


def test_who_left_and_who_wrote_are_not_here(state: State) -> None:
    state.apply(connected())
    state.apply(roster(ME, BEN, LI, here=3, first=True))
    state.apply(roster(left=[LI], here=2))
    other = MemberKey(b"o" * 32)
    state.nicks.call(other, "Olga")
    assert shown(state, BEN, other)[3:] == ["Not here — 2", "Li · muted", "Olga"]


def test_guests_stand_apart_and_are_marked_where_no_heading_says_it(state: State) -> None:
    state.apply(connected())
    state.apply(RosterChanged(KITCHEN, (card(ME), card(BEN), card(LI, "Alma", guest=True)), (), 3, first=True))
    assert shown(state) == ["Here — 2", "Ana · you", "Ben · hosts this room", "Guests — 1", "Alma · muted"]
    state.apply(RosterChanged(KITCHEN, (), (card(LI, "Alma", guest=True),), 2))
    assert shown(state)[3:] == ["Not here — 1", "Alma · guest · muted"]


def test_out_of_the_room_nobody_is_said_to_be_here(state: State) -> None:
    state.apply(connected())
    state.apply(roster(ME, BEN, here=2, first=True))
    state.apply(stands(ConnectionState.STOPPED))
    assert shown(state, BEN) == ["Were here — 1", "Ben · hosts this room"]


def test_in_a_room_of_mine_i_am_the_host(state: State) -> None:
    state.apply(hosting())
    state.apply(stands(ConnectionState.HOSTING))
    assert shown(state) == ["Here — 1", "Ana · you, hosts this room"]


def test_two_of_one_name_are_told_apart(state: State) -> None:
    state.apply(connected())
    twins = (Card(BEN, "Ben", 1, bytes(64)), Card(LI, "ben", 1, bytes(64)))
    state.apply(RosterChanged(KITCHEN, twins, (), 3, first=True))
    names = [line.name for line in lines(state) if isinstance(line, MemberRow)][1:]
    assert len(set(names)) == 2
    assert all(name.casefold().startswith("ben (") for name in names)


def test_whom_i_verified(state: State) -> None:
    state.apply(connected())
    state.apply(roster(ME, BEN, LI, here=3, first=True))
    people = [line for line in lines(state, verified=frozenset([BEN])) if isinstance(line, MemberRow)]
    assert [line.key for line in people if line.verified] == [BEN]


def test_of_very_many_who_ever_wrote_the_last_are_shown(state: State) -> None:
    state.apply(connected())
    authors = [MemberKey(number.to_bytes(32, "big")) for number in range(100, 300)]
    away = [line.key for line in lines(state, *authors) if isinstance(line, MemberRow) and line.presence is None]
    assert sorted(away) == sorted(authors[:MOST_AWAY])
