"""What a person is told of who does not look."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from lanchat.core.file_offer import FileOffer
from lanchat.core.model import Availability, LogEntry, RoomId
from lanchat.desktop.model.notifications import RoomNotification, notification_for
from lanchat.desktop.model.state import State
from lanchat.engine.events import AvailabilityChanged, Event, Left, MessagesAdded, Problem
from lanchat.storage.settings import Notify, Preferences, RoomPreferences
from tests.desktop.model.telling import BEN, GARDEN, KITCHEN, LI, ME, came, card, connected, offered, roster, said

PLAN = FileOffer("plan.pdf", 2_345_000, 1, bytes(32), 100, "application/pdf", caption="page 3")
AS_USUAL = Preferences()
LOOKING_AT_KITCHEN = Preferences(selected=KITCHEN)


@pytest.fixture(autouse=True)
def _in_both_rooms(state: State) -> None:
    state.nicks.learn([card(BEN), card(LI)])
    for room_id in (KITCHEN, GARDEN):
        state.apply(connected(room_id))


def told(
    state: State, event: Event, preferences: Preferences = AS_USUAL, *, focused: bool = False
) -> RoomNotification | None:
    """What is told of an Event, which State then takes in."""
    notice = notification_for(event, state, preferences, focused)
    state.apply(event)
    return notice


def choosing(notify: Notify, room_id: RoomId = KITCHEN) -> Preferences:
    return Preferences(rooms={room_id: RoomPreferences(notify=notify)})


def test_somebody_says_something(state: State) -> None:
    assert told(state, came(said(1, text="hello"))) == RoomNotification(KITCHEN, "Ben in Kitchen", "hello", 1)


def test_a_guest_is_told_as_one(state: State) -> None:
    state.nicks.learn([card(LI, guest=True)])
    notice = told(state, came(said(1, LI, "hello")))
    assert notice is not None
    assert notice.title == "Li (guest) in Kitchen"
    waved = told(state, came(said(2, LI, "/me waves")))
    assert waved is not None
    assert waved.body == "* Li (guest) waves"


def test_what_is_told_has_no_marks(state: State) -> None:
    notice = told(state, came(said(1, text="**hello**, see `it`\n> quoted")))
    assert notice is not None
    assert notice.body == "hello, see it\nquoted"


def test_of_several_at_once_the_last_is_told(state: State) -> None:
    notice = told(state, came(said(1), said(2, LI, "two"), said(3, ME)))
    assert notice == RoomNotification(KITCHEN, "Li in Kitchen", "two", 2)


def test_who_mentions_me_is_told_as_that(state: State) -> None:
    notice = told(state, came(said(1, text="@ana, tea?")))
    assert notice is not None
    assert notice.title == "Ben mentioned you in Kitchen"


def test_who_is_busy_is_told_of_nothing(state: State) -> None:
    state.apply(AvailabilityChanged(Availability.BUSY))
    assert told(state, came(said(1, text="@ana, tea?"))) is None
    state.apply(AvailabilityChanged(Availability.AWAY))
    assert told(state, came(said(2, text="@ana, tea?"))) is not None


def test_what_i_see_is_not_told_and_what_i_do_not_see_is(state: State) -> None:
    assert told(state, came(said(1)), LOOKING_AT_KITCHEN, focused=True) is None
    assert told(state, came(said(2)), LOOKING_AT_KITCHEN, focused=False) is not None
    assert told(state, came(said(1), room_id=GARDEN), LOOKING_AT_KITCHEN, focused=True) is not None


def test_nothing_of_mine_and_of_those_i_have_muted_is_told(state: State) -> None:
    assert told(state, came(said(1, ME))) is None
    muted = Preferences(muted=frozenset([BEN.hex()]))
    assert told(state, came(said(2, BEN, "@ana")), muted) is None
    assert told(state, came(said(3, BEN), said(4, LI)), muted) == RoomNotification(KITCHEN, "Li in Kitchen", "hi", 1)


def test_each_room_has_its_own_choice(state: State) -> None:
    assert told(state, came(said(1)), choosing("none")) is None
    assert told(state, came(said(2)), choosing("mentions")) is None
    assert told(state, came(said(3, text="@ana")), choosing("mentions")) is not None
    assert told(state, came(said(4, text="@ana")), choosing("none")) is None
    assert told(state, came(said(1), room_id=GARDEN), choosing("none", KITCHEN)) is not None
    assert told(state, came(said(2), room_id=GARDEN), Preferences(notify="none")) is None


def test_what_was_missed_is_told_once_when_all_of_it_has_come(state: State) -> None:
    told(state, came(said(1)))
    state.apply(connected(fetched=4))
    assert told(state, came(said(2), said(3, ME), backlog=True)) is None
    notice = told(state, came(said(4), said(5), backlog=True))
    assert notice == RoomNotification(KITCHEN, "Kitchen", "3 messages while you were away", 3)
    assert told(state, came(said(6), backlog=True)) is None, "that was all"
    assert told(state, came(said(7))) is not None


def test_one_message_is_not_many(state: State) -> None:
    state.apply(connected(fetched=1))
    notice = told(state, came(said(1), backlog=True))
    assert notice is not None
    assert notice.body == "1 message while you were away"


def test_of_what_was_missed_only_mentions_where_that_is_the_choice(state: State) -> None:
    state.apply(connected(fetched=1))
    assert told(state, came(said(1), backlog=True), choosing("mentions")) is None
    state.apply(connected(fetched=3))
    assert told(state, came(said(2, text="@ana"), backlog=True), choosing("mentions")) is None
    notice = told(state, came(said(3), said(4), backlog=True), choosing("mentions"))
    assert notice == RoomNotification(KITCHEN, "Kitchen", "1 message mentioned you while you were away", 1)


def test_what_was_missed_is_not_told_to_who_uses_the_window_or_when_it_was_mine(state: State) -> None:
    state.apply(connected(fetched=1))
    assert told(state, came(said(1), backlog=True), focused=True) is None
    state.apply(connected(fetched=1))
    assert told(state, came(said(2, ME), backlog=True)) is None


@pytest.mark.parametrize(
    "event",
    [
        roster(LI, here=3),
        Left(KITCHEN),
        Problem("The disk is full."),
        MessagesAdded.of(KITCHEN, (said(1),), older=True),
        MessagesAdded.of(RoomId("of-no-room-known"), (said(1),)),
    ],
)
def test_of_nothing_else_is_told(state: State, event: Event) -> None:
    assert told(state, event) is None


def test_what_this_lanchat_is_too_old_to_show_is_told_of_once_a_room(state: State) -> None:
    polls = [came(said(seq, text="?", kind="poll"), room_id=KITCHEN) for seq in range(1, 5)]
    assert [told(state, poll) is not None for poll in polls] == [True, False, False, False]
    assert told(state, came(said(1, kind="poll"), room_id=GARDEN)) is not None
    assert told(state, came(said(5))) == RoomNotification(KITCHEN, "Ben in Kitchen", "hi", 1)


@pytest.mark.parametrize("nothing", [said(1, text="👍", kind="+reaction"), said(1, text="\u200b")])
def test_what_is_not_shown_is_not_told(state: State, nothing: LogEntry) -> None:
    assert told(state, came(nothing)) is None
    assert state.rooms[KITCHEN].unread.count == 0
    assert told(state, came(said(2))) == RoomNotification(KITCHEN, "Ben in Kitchen", "hi", 1)


def test_what_this_lanchat_is_too_old_to_show_is_told_in_words(state: State) -> None:
    notice = told(state, came(said(1, text="\x00binary", kind="poll")))
    assert notice is not None
    assert "too old" in notice.body


def test_everyone_is_mentioned_by_the_host_only(state: State) -> None:
    """Ben hosts the kitchen, as `connected` told."""
    told(state, came(said(1, LI, "@everyone: free money")))
    assert told(state, came(said(2, LI, "@all")), choosing("mentions")) is None
    assert state.rooms[KITCHEN].unread.mentions == 0
    notice = told(state, came(said(3, BEN, "@everyone: the fire alarm is a test")), choosing("mentions"))
    assert notice is not None
    assert notice.title == "Ben mentioned you in Kitchen"
    assert state.rooms[KITCHEN].unread.mentions == 1


def test_files_are_told_by_name_and_size(state: State) -> None:
    notice = told(state, came(offered(1, PLAN)))
    assert notice == RoomNotification(KITCHEN, "Ben in Kitchen", "Ben sent plan.pdf, 2.3 MB: page 3", 1)
    notice = told(state, came(offered(2, replace(PLAN, caption="@ana, see page 3"))))
    assert notice is not None
    assert notice.title == "Ben mentioned you in Kitchen"
