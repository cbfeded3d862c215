"""The list of rooms: who stands where, and what is said of each."""

from __future__ import annotations

import pytest
from msgspec import structs

from lanchat.core.content import Text
from lanchat.core.model import RoomId
from lanchat.core.nicks import tag
from lanchat.desktop.model.state import State
from lanchat.desktop.sidebar.room_rows import RoomRow, moved_room, room_list_rows
from lanchat.engine import commands
from lanchat.engine.events import (
    ConnectionState,
    Event,
    KeyChanged,
    Left,
    LookedAround,
    MessagesChanged,
    NotFound,
    PassphraseNeeded,
    RoomFound,
    RoomGone,
    Started,
)
from lanchat.storage.settings import Preferences, RoomPreferences
from tests.desktop.model.telling import (
    BEN,
    GARDEN,
    KITCHEN,
    LI,
    ME,
    came,
    connected,
    hosting,
    listing,
    roster,
    said,
    stands,
    titles,
)

ATTIC = RoomId("atticatticattica")


HERE, MINE = "Found on this network", "My rooms"


@pytest.fixture
def state() -> State:
    state = State(clock=lambda: 100.0)
    state.apply(Started(ME, "Ana", first_run=False))
    return state


def row(state: State, room_id: RoomId = KITCHEN, now: float = 100.0) -> RoomRow:
    return next(row for row in room_list_rows(state, now) if isinstance(row, RoomRow) and row.key == room_id)


def test_at_first_there_are_two_empty_sections(state: State) -> None:
    assert titles(state) == {MINE: [], HERE: []}


def test_rooms_stand_by_title_and_those_i_know_come_first(state: State) -> None:
    for room_id, title in ((KITCHEN, "kitchen"), (ATTIC, "Attic"), (GARDEN, "Garden")):
        state.apply(RoomFound(listing(room_id, title=title)))
    assert titles(state) == {MINE: [], HERE: ["Attic", "Garden", "kitchen"]}
    state.apply(connected())
    assert titles(state) == {MINE: ["Kitchen"], HERE: ["Attic", "Garden"]}


@pytest.mark.parametrize("twin", ["Kitchen", "K\u0456tchen", "Kit\u200dchen"])
def test_rooms_whose_titles_look_the_same_are_told_apart_on_both_sides(state: State, twin: str) -> None:
    for room_id, title in ((KITCHEN, "Kitchen"), (ATTIC, twin), (GARDEN, "Garden")):
        state.apply(RoomFound(listing(room_id, title=title)))
    shown = titles(state)[HERE]
    assert sorted(shown) == sorted([f"Kitchen ({KITCHEN[:4]})", f"{twin} ({ATTIC[:4]})", "Garden"])
    state.apply(RoomGone(listing(ATTIC, title=twin)))
    assert titles(state)[HERE] == ["Garden", "Kitchen"]


def test_no_room_moves_because_people_come_and_go(state: State) -> None:
    for room_id in (KITCHEN, GARDEN):
        state.apply(RoomFound(listing(room_id, people=1)))
    before = titles(state)
    state.apply(RoomFound(listing(KITCHEN, people=50)))
    state.apply(RoomFound(listing(GARDEN, people=90)))
    assert titles(state) == before
    for room_id in (KITCHEN, GARDEN):
        state.apply(connected(room_id))
    before = titles(state)
    state.apply(came(said(1)))
    assert titles(state) == before == {MINE: ["Garden", "Kitchen"]}


def test_a_known_room_that_is_not_here_stays_where_it_is(state: State) -> None:
    state.apply(RoomFound(listing()))
    state.apply(connected())
    state.apply(RoomGone(listing()))
    assert titles(state) == {MINE: ["Kitchen"]}, "I am in it"
    state.apply(stands(ConnectionState.RECONNECTING))
    assert titles(state) == {MINE: ["Kitchen"], HERE: []}
    assert row(state).subtitle == "reconnecting…"
    state.apply(Left(KITCHEN))
    assert (row(state).subtitle, row(state).offline) == ("not here now", True)


def test_a_flood_of_made_up_rooms_pushes_out_none_that_was_here_before(state: State) -> None:
    state.apply(RoomFound(listing(KITCHEN, title="Zoo")))
    for number in range(300):
        state.apply(RoomFound(listing(RoomId(f"{number:016}"), title=f"AAA {number}")))
    state.apply(connected(GARDEN))
    shown = titles(state)[HERE]
    assert (len(shown), shown[0], shown[-1]) == (200, "AAA 0", "Zoo")
    assert titles(state)[MINE] == ["Garden"]
    assert list(room_list_rows(state, 100.0))[-1] == "and 101 more: search finds them"


@pytest.mark.parametrize(
    ("told", "subtitle"),
    [
        ([RoomFound(listing(people=3))], "Ben, 3 here"),
        ([RoomFound(listing(people=None))], "Ben"),
        ([connected()], "Ben"),
        ([RoomFound(listing()), connected(), roster(ME, BEN, LI, here=5, first=True)], "Ben, 5 here"),
        ([hosting(), stands(ConnectionState.HOSTING), roster(ME, here=1, first=True)], "you host, 1 here"),
        ([hosting(), stands(ConnectionState.HOSTING), Left(KITCHEN)], "yours, closed"),
        ([RoomFound(listing()), stands(ConnectionState.CONNECTING)], "connecting…"),
        ([PassphraseNeeded(KITCHEN, KITCHEN, "Kitchen")], "passphrase needed"),
        ([KeyChanged(KITCHEN, KITCHEN, "Kitchen", "a", "b")], "not the host you know"),
        ([connected(), Left(KITCHEN), RoomFound(listing(host=LI))], "not the host you know"),
    ],
)
def test_a_few_words_say_how_it_is(state: State, told: list[Event], subtitle: str) -> None:
    for event in told:
        state.apply(event)
    assert row(state).subtitle == subtitle


def test_a_host_who_bears_the_name_of_one_i_know_is_told_apart(state: State) -> None:
    state.apply(connected())
    state.apply(RoomFound(structs.replace(listing(GARDEN, host=LI), host="ben")))
    assert row(state, GARDEN).subtitle == f"ben ({tag(LI)}), 3 here"
    state.apply(RoomFound(listing(ATTIC, host=BEN)))
    assert row(state, ATTIC).subtitle == "Ben, 3 here"


def test_what_a_row_marks(state: State) -> None:
    state.apply(RoomFound(listing(passphrase=True, answering=False)))
    shown = row(state)
    assert (shown.lock, shown.offline, shown.connected, shown.mine) == (True, True, False, False)
    state.note(commands.Join(KITCHEN))
    assert row(state).connecting
    state.apply(connected(where=KITCHEN))
    state.apply(came(said(1, text="@ana"), said(2)))
    shown = row(state)
    assert (shown.connecting, shown.connected, shown.offline) == (False, True, False)
    assert (shown.unread, shown.mentions) == (2, 1)


def test_a_room_of_mine_is_marked_open_or_not(state: State) -> None:
    state.apply(hosting())
    state.apply(stands(ConnectionState.HOSTING))
    assert "house" in row(state).signs
    state.apply(Left(KITCHEN))
    assert "house" not in row(state).signs


def test_only_what_appears_later_is_new_and_only_for_a_minute(state: State) -> None:
    state.apply(RoomFound(listing(KITCHEN)))
    state.apply(LookedAround(()))
    state.apply(RoomFound(listing(GARDEN)))
    assert not row(state, KITCHEN).new, "it was there when I came"
    assert row(state, GARDEN, now=159.0).new
    assert not row(state, GARDEN, now=160.0).new
    state.apply(connected(GARDEN))
    assert not row(state, GARDEN).new


def test_a_room_is_as_new_as_when_it_appeared() -> None:
    now = [0.0]
    state = State(clock=lambda: now[0])
    state.apply(LookedAround(()))
    for now[0] in (10.0, 50.0, 90.0):
        state.apply(RoomFound(listing()))
    assert row(state, now=69.0).new
    assert not row(state, now=70.0).new


def test_rows_that_look_the_same_are_equal(state: State) -> None:
    state.apply(RoomFound(listing()))
    before = list(room_list_rows(state, 100.0))
    state.apply(RoomFound(listing()))
    assert list(room_list_rows(state, 101.0)) == before


# --- the order of my rooms, and muted ones ---------------------------------------------------------------------------
def test_my_rooms_stand_as_i_sorted_them_pinned_ones_on_top(state: State) -> None:
    for room_id, title in ((KITCHEN, "Kitchen"), (GARDEN, "Garden"), (ATTIC, "Attic")):
        state.apply(structs.replace(connected(), room_id=room_id, title=title))

    def order(preferences: Preferences) -> list[RoomId]:
        return [row.key for row in room_list_rows(state, 100.0, preferences) if isinstance(row, RoomRow)]

    assert order(Preferences()) == [ATTIC, GARDEN, KITCHEN]
    assert order(Preferences(room_order=(KITCHEN, ATTIC))) == [KITCHEN, ATTIC, GARDEN]
    pinned = Preferences(room_order=(KITCHEN, ATTIC), rooms={GARDEN: RoomPreferences(pinned=True)})
    assert order(pinned) == [GARDEN, KITCHEN, ATTIC]


def test_a_room_goes_before_another_one_or_to_the_end() -> None:
    order = [ATTIC, GARDEN, KITCHEN]
    assert moved_room(order, KITCHEN, ATTIC) == (KITCHEN, ATTIC, GARDEN)
    assert moved_room(order, ATTIC, KITCHEN) == (GARDEN, ATTIC, KITCHEN)
    assert moved_room(order, ATTIC, None) == (GARDEN, KITCHEN, ATTIC)
    assert moved_room(order, ATTIC, RoomId("gone")) == (GARDEN, KITCHEN, ATTIC)


def test_a_muted_room_counts_in_the_title_only_for_mentions(state: State) -> None:
    muted = Preferences(rooms={KITCHEN: RoomPreferences(muted=True)})
    state.apply(connected())
    state.apply(came(said(1), said(2), said(3, text="@ana")))
    assert (state.total_unread(Preferences()), state.total_unread(muted)) == (3, 1)
    shown = next(row for row in room_list_rows(state, 100.0, muted) if isinstance(row, RoomRow))
    assert (shown.muted, shown.unread, shown.mentions) == (True, 3, 1)


def test_what_is_deleted_or_edited_is_so_in_the_list(state: State) -> None:
    state.apply(connected())
    event = came(said(1, text="secret"))
    state.apply(event)
    assert row(state).subtitle == "Ben: secret"
    (message,) = event.messages
    state.apply(MessagesChanged(KITCHEN, (structs.replace(message, content=Text("public")),)))
    assert row(state).subtitle == "Ben: public"
    state.apply(MessagesChanged(KITCHEN, (structs.replace(message, content=Text(""), deleted=True),)))
    assert row(state).subtitle == "Ben: deleted message"


# --- a host behind a firewall that lets questions through, and no connection -----------------------------------------
@pytest.fixture
def shut(state: State) -> State:
    state.apply(RoomFound(listing(people=3)))
    state.note(commands.Join(KITCHEN))
    state.apply(NotFound(KITCHEN, "its firewall keeps others out"))
    state.drop_question(KITCHEN)
    return state


def test_a_room_that_let_no_connection_in_is_grey_though_it_answers(shut: State) -> None:
    shut.apply(RoomFound(listing(people=4)))
    assert (row(shut).offline, row(shut).subtitle) == (True, "does not answer")


@pytest.mark.parametrize(
    "news",
    [
        [RoomFound(structs.replace(listing(), port=1234))],
        [RoomFound(structs.replace(listing(), boot_id="another run"))],
        [RoomGone(listing()), RoomFound(listing())],
        [RoomFound(listing(answering=False)), RoomFound(listing())],
        [connected()],
        [PassphraseNeeded(KITCHEN, KITCHEN, "Kitchen")],
    ],
    ids=["moved", "started again", "gone and back", "silent and back", "entered", "asks"],
)
def test_it_is_not_when_there_is_something_new_of_it(shut: State, news: list[Event]) -> None:
    for event in news:
        shut.apply(event)
    assert not row(shut).offline


def test_a_room_that_says_no_is_not_grey(state: State) -> None:
    state.apply(RoomFound(listing()))
    state.apply(NotFound(KITCHEN, "the room is full", refused=True))
    assert not row(state).offline
