"""Which rooms the welcome page holds out, in which order."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from msgspec.structs import replace

from lanchat.core.model import RoomId
from lanchat.desktop.model.state import State
from lanchat.desktop.pages.room_offers import MOST_AWAY, MOST_HERE, RoomOffer, RoomOffers, room_offers
from lanchat.engine.events import ConnectionChanged, ConnectionState, Left, LookedAround, RoomFound, RoomGone, Started
from tests.desktop.model.telling import BEN, GARDEN, KITCHEN, LI, ME, connected, hosting, listing, roster, stands

NOTHING = RoomOffers()


def room_ids(count: int) -> list[RoomId]:
    return [RoomId(f"{chr(ord('a') + number // 26)}{chr(ord('a') + number % 26)}" * 8) for number in range(count)]


def titles(found: Iterable[RoomOffer]) -> list[str]:
    return [offer.title for offer in found]


def connected_to(room_id: RoomId) -> ConnectionChanged:
    return replace(connected(), room_id=room_id, title="Old")


@pytest.fixture
def state() -> State:
    state = State(clock=lambda: 100.0, wall_clock=lambda: 1_700_000_000.0)
    state.apply(Started(ME, "Ana", first_run=True))
    return state


def offered(state: State, before: RoomOffers = NOTHING) -> RoomOffers:
    return room_offers(state.rooms.values(), before)


def test_nothing_is_offered_where_nothing_is(state: State) -> None:
    assert offered(state) == RoomOffers()
    assert offered(state).first_open is None


def test_an_open_room_comes_before_one_with_a_passphrase(state: State) -> None:
    state.apply(RoomFound(listing(GARDEN, passphrase=True)))
    state.apply(RoomFound(listing(KITCHEN)))
    found = offered(state)
    assert titles(found.here) == ["Kitchen", "Garden"]
    assert (found.here[0].about, found.here[0].people, found.here[0].action) == ("Ben hosts", "3 here", "Join")
    assert found.here[1].action == "Join with passphrase…"
    assert found.here[1].lock
    assert found.first_open is found.here[0]


def test_what_is_offered_keeps_its_place_and_what_is_new_comes_after(state: State) -> None:
    state.apply(RoomFound(listing(KITCHEN)))
    before = offered(state)
    state.apply(RoomFound(listing(GARDEN)))
    assert titles(offered(state, before).here) == ["Kitchen", "Garden"]
    assert titles(offered(state).here) == ["Garden", "Kitchen"], "at first they stand by title"


def test_a_flood_of_rooms_takes_no_room_away(state: State) -> None:
    state.apply(RoomFound(listing(KITCHEN)))
    before = offered(state)
    for room_id in room_ids(100):
        state.apply(RoomFound(listing(room_id, title="A")))
    found = offered(state, before)
    assert found.here[0].title == "Kitchen"
    assert len(found.here) == MOST_HERE
    assert found.more == 101 - MOST_HERE


def test_rooms_that_are_away_take_no_place_of_those_that_are_here(state: State) -> None:
    for room_id in room_ids(20):
        state.apply(RoomFound(listing(room_id, title="Old")))
        state.apply(connected_to(room_id))
        state.apply(Left(room_id))
        state.apply(RoomGone(listing(room_id)))
    state.apply(RoomFound(listing(KITCHEN)))
    found = offered(state)
    assert titles(found.here) == ["Kitchen"]
    assert len(found.away) == MOST_AWAY
    assert all(offer.away for offer in found.away)


def test_a_known_room_is_gone_back_to(state: State) -> None:
    state.apply(connected(KITCHEN))
    state.apply(Left(KITCHEN))
    [away] = offered(state).away
    assert (away.title, away.about, away.people, away.action) == ("Kitchen", "not here now", "", "Go back")
    state.apply(RoomFound(listing(KITCHEN, passphrase=True)))
    [here] = offered(state).here
    assert here.action == "Go back"
    assert here.open, "whoever was in needs no passphrase again"


def test_a_room_of_mine_that_is_closed_is_opened_again(state: State) -> None:
    state.apply(hosting(KITCHEN))
    state.apply(stands(ConnectionState.HOSTING))
    state.apply(Left(KITCHEN))
    [closed] = offered(state).away
    assert (closed.about, closed.action) == ("yours, closed", "Open again")


def test_a_room_whose_host_is_another_is_not_what_enter_goes_into(state: State) -> None:
    state.apply(connected(KITCHEN, BEN))
    state.apply(Left(KITCHEN))
    state.apply(LookedAround(("192.0.2.1",)))
    state.apply(RoomFound(listing(KITCHEN, LI)))
    found = offered(state)
    assert found.here[0].doubtful
    assert found.here[0].action == "See what is wrong"
    assert found.first_open is None


def test_faces_are_those_of_people_whose_keys_are_known(state: State) -> None:
    state.apply(RoomFound(listing(KITCHEN)))
    assert offered(state).here[0].faces == (), "a listing says how many there are, not who"
    state.apply(connected(KITCHEN))
    state.apply(roster(BEN, LI, here=3, first=True))
    assert [nick for _key, nick in offered(state).here[0].faces] == ["Ben", "Li", "Ana"]
