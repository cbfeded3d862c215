"""What is known of each room, as the Engine tells it."""

from __future__ import annotations

from msgspec.structs import replace

from lanchat.core.file_offer import FileOffer
from lanchat.core.keeping import Rank
from lanchat.core.limits import SEEN_KEPT
from lanchat.core.model import MemberKey
from lanchat.core.nicks import Moves
from lanchat.core.standing import Standing
from lanchat.desktop.model import phrases
from lanchat.desktop.model.state import State
from lanchat.engine import commands
from lanchat.engine.events import (
    CardsCame,
    ConnectionState,
    Discarded,
    EarlierDelivered,
    EntryState,
    EntryStateChanged,
    EntryWritten,
    Forgotten,
    KeyChanged,
    Left,
    MessagesAdded,
    NotFound,
    NotHosting,
    PassphraseNeeded,
    Rebased,
    RoomFound,
    RoomGone,
    SeenChanged,
    StandingChanged,
)
from lanchat.storage.settings import Preferences
from tests.desktop.model.telling import (
    BEN,
    GARDEN,
    KITCHEN,
    LI,
    ME,
    came,
    card,
    connected,
    entry_id,
    hosting,
    listing,
    offered,
    roster,
    said,
    stands,
    titles,
)


# --- coming in -------------------------------------------------------------------------------------------------------
def test_a_room_is_entered_from_the_asking_to_the_answer(state: State) -> None:
    state.apply(RoomFound(listing()))
    state.note(commands.Join(KITCHEN))
    room = state.rooms[KITCHEN]
    assert room.entering
    assert not room.known
    state.apply(connected(where=KITCHEN))
    assert (room.entering, room.known, room.is_live) == (False, True, True)
    assert room.host == "Ben"
    assert not state.joining

PLAN = FileOffer("plan.pdf", 2_345_000, 1, bytes(32), 100, "application/pdf", caption="page 3")


def test_a_passphrase_is_asked_for_until_we_are_in(state: State) -> None:
    state.apply(RoomFound(listing(passphrase=True)))
    state.note(commands.Join(KITCHEN))
    question = PassphraseNeeded(KITCHEN, KITCHEN, "Kitchen")
    state.apply(question)
    room = state.rooms[KITCHEN]
    assert (room.asked, room.entering, room.protected) == (question, False, True)
    state.note(commands.Join(KITCHEN, "not it"))
    assert room.asked == question, "the question stays while the answer is tried"
    wrong = PassphraseNeeded(KITCHEN, KITCHEN, "Kitchen", wrong=True, wait=2.0)
    state.apply(wrong)
    assert room.asked == wrong
    state.apply(connected(where=KITCHEN))
    assert room.asked is None


def test_a_room_behind_a_code_can_ask_before_it_was_ever_seen(state: State) -> None:
    state.note(commands.Join("12345-67890-ABC"))
    state.apply(PassphraseNeeded("12345-67890-ABC", KITCHEN, "Kitchen"))
    assert state.rooms[KITCHEN].title == "Kitchen"
    assert not state.joining
    state.drop_question(KITCHEN)
    assert KITCHEN not in state.rooms, "nothing is left of it"


def test_a_changed_key_stands_in_the_way_though_the_connection_has_stopped(state: State) -> None:
    state.apply(connected())
    changed = KeyChanged(KITCHEN, KITCHEN, "Kitchen", "old", "new", verified=True)
    state.apply(changed)
    state.apply(stands(ConnectionState.STOPPED, problem="The host is not the one you know."))
    room = state.rooms[KITCHEN]
    assert (room.asked, room.key_changed, room.is_in) == (changed, True, False)
    state.apply(connected(host=LI))
    assert (room.asked, room.key_changed, room.host) == (None, False, "Li")


def test_what_cannot_be_found_is_said_where_it_was_asked(state: State) -> None:
    state.apply(RoomFound(listing()))
    state.note(commands.Join(KITCHEN))
    state.note(commands.Join("192.0.2.9"))
    assert state.joining == {KITCHEN, "192.0.2.9"}
    no_room, nobody = NotFound(KITCHEN, "the room is full", refused=True), NotFound("192.0.2.9", "nobody answers")
    state.apply(no_room)
    state.apply(nobody)
    assert (state.rooms[KITCHEN].asked, state.not_found) == (no_room, nobody)
    state.note(commands.Join("192.0.2.10"))
    assert state.not_found is None, "the next try has its own answer"


def test_who_gives_up_joining_waits_for_no_answer(state: State) -> None:
    state.apply(RoomFound(listing()))
    state.note(commands.Join(KITCHEN))
    state.apply(Left(KITCHEN))
    assert not state.joining
    assert not state.rooms[KITCHEN].entering


# --- hosting ---------------------------------------------------------------------------------------------------------
def test_a_room_opens_here(state: State) -> None:
    state.note(commands.OpenRoom("Kitchen"))
    assert state.opening
    state.apply(hosting())
    state.apply(stands(ConnectionState.HOSTING))
    room = state.rooms[KITCHEN]
    assert (state.opening, room.hosted, room.known, room.hosting) == (False, True, True, hosting())
    assert state.hosted_here() == [room]
    state.apply(Left(KITCHEN))
    assert (room.hosting, room.hosted, state.hosted_here()) == (None, True, [])


def test_a_room_that_cannot_open_says_why(state: State) -> None:
    state.apply(hosting())
    state.apply(Left(KITCHEN))
    state.note(commands.OpenRoom("Kitchen", room_id=KITCHEN))
    assert state.rooms[KITCHEN].entering
    state.apply(NotHosting("Kitchen", "The port is taken."))
    room = state.rooms[KITCHEN]
    assert (state.opening, room.entering, room.problem) == (False, False, "The port is taken.")


def test_of_two_rooms_that_open_the_other_is_still_waited_for(state: State) -> None:
    for room_id in (KITCHEN, GARDEN):
        state.apply(hosting(room_id))
        state.apply(Left(room_id))
        state.note(commands.OpenRoom("", room_id=room_id))
    state.apply(NotHosting("Kitchen", "The port is taken."))
    assert not state.rooms[KITCHEN].entering
    assert state.rooms[GARDEN].entering


def test_who_may_not_come_in_is_known(state: State) -> None:
    state.apply(hosting())
    state.apply(StandingChanged(KITCHEN, Standing(ME, {LI: Rank.OWNER})))
    assert set(state.rooms[KITCHEN].standing.bans) == {LI}
    state.apply(StandingChanged(KITCHEN, Standing(ME)))
    assert not state.rooms[KITCHEN].standing.bans


# --- what discovery sees ---------------------------------------------------------------------------------------------
def test_an_unknown_room_goes_with_its_listing_and_a_known_one_stays(state: State) -> None:
    for room_id in (KITCHEN, GARDEN):
        state.apply(RoomFound(listing(room_id)))
    state.apply(connected(GARDEN))
    state.apply(Left(GARDEN))
    for room_id in (KITCHEN, GARDEN):
        state.apply(RoomGone(listing(room_id)))
    assert list(state.rooms) == [GARDEN]
    assert not state.rooms[GARDEN].is_here


def test_of_two_with_one_room_id_the_host_we_know_is_believed(state: State) -> None:
    state.apply(connected(host=BEN))
    state.apply(RoomFound(listing(host=LI, title="Kitchen!!")))
    state.apply(RoomFound(listing(host=BEN, title="Our kitchen")))
    room = state.rooms[KITCHEN]
    assert room.listing == listing(host=BEN, title="Our kitchen")
    assert room.pretenders == [listing(host=LI, title="Kitchen!!")]
    assert room.title == "Our kitchen"
    assert not room.key_changed


def test_a_room_is_one_row_whoever_keeps_it_open(state: State) -> None:
    """Ben founded it; Li was its host when I was in, and is again."""
    state.apply(connected(host=LI, owner=BEN))
    state.apply(Left(KITCHEN))
    state.apply(RoomFound(listing(host=BEN, title="Kitchen", epoch=1)))
    state.apply(RoomFound(listing(host=LI, owner=BEN, title="Our kitchen", epoch=2)))
    room = state.rooms[KITCHEN]
    assert room.listing == listing(host=LI, owner=BEN, title="Our kitchen", epoch=2)
    assert room.pretenders == []
    assert not room.key_changed
    assert titles(state) == {"My rooms": ["Our kitchen"]}
    state.apply(RoomGone(room.listing))
    assert not room.is_here


def test_somebody_else_in_the_place_of_the_host_we_know_is_marked_and_gives_no_title(state: State) -> None:
    state.apply(connected(host=BEN))
    state.apply(Left(KITCHEN))
    state.apply(RoomFound(listing(host=LI, title="Come in here")))
    assert state.rooms[KITCHEN].key_changed
    assert state.rooms[KITCHEN].title == "Kitchen"


def test_a_title_is_cleaned_before_it_is_shown(state: State) -> None:
    state.apply(RoomFound(listing(title="Kit\u202echen\n\x1b[2J")))
    assert state.rooms[KITCHEN].title == "Kitchen [2J"


# --- reading ---------------------------------------------------------------------------------------------------------
def test_what_others_say_is_unread_until_it_is_read(state: State) -> None:
    state.apply(came(said(1), said(2, ME), said(3), said(4, LI)))
    room = state.rooms[KITCHEN]
    assert (room.last_seq, room.unread.count, state.total_unread(Preferences())) == (4, 3, 3)
    state.note(commands.MarkRead(KITCHEN, 3))
    assert room.unread.count == 1
    state.note(commands.MarkRead(KITCHEN, 2))
    assert (room.unread.count, room.unread.read_seq) == (1, 3), "reading never goes back"
    state.note(commands.MarkRead(KITCHEN, 4))
    assert room.unread.count == 0


def test_what_comes_while_it_is_looked_at_is_read(state: State) -> None:
    state.apply(came(said(1)))
    state.read(KITCHEN)
    assert state.rooms[KITCHEN].unread.count == 0
    state.apply(came(said(2), said(3)))
    state.apply(came(said(1), room_id=GARDEN))
    assert (state.rooms[KITCHEN].unread.count, state.rooms[KITCHEN].unread.read_seq) == (0, 3)
    assert state.rooms[GARDEN].unread.count == 1
    state.read(None)
    state.apply(came(said(4)))
    assert state.rooms[KITCHEN].unread.count == 1


def test_who_mentions_me_is_counted_apart(state: State) -> None:
    state.apply(came(said(1, text="hi"), said(2, text="@ana?"), said(3, text="@ana", kind="poll"), said(4, ME, "@ana")))
    room = state.rooms[KITCHEN]
    assert (room.unread.count, room.unread.mentions) == (3, 1)
    state.read(KITCHEN)
    assert room.unread.mentions == 0


def test_what_was_said_before_all_that_is_kept_is_not_new(state: State) -> None:
    state.apply(connected())
    state.apply(came(said(10)))
    room = state.rooms[KITCHEN]
    state.apply(MessagesAdded.of(KITCHEN, (said(8), said(9)), older=True))
    assert (room.unread.count, room.last_seq, room.earlier_exhausted) == (1, 10, False)
    state.apply(MessagesAdded.of(KITCHEN, (), older=True))
    assert room.earlier_exhausted
    state.apply(connected())
    assert not room.earlier_exhausted, "the host may have more now"
    state.apply(MessagesAdded.of(KITCHEN, (said(1), said(2)), older=True))
    assert room.earlier_exhausted, "nothing comes before the first"


def test_while_the_host_is_away_nobody_knows_whether_there_is_more(state: State) -> None:
    state.apply(connected())
    state.apply(stands(ConnectionState.RECONNECTING))
    state.apply(MessagesAdded.of(KITCHEN, (), older=True))
    assert not state.rooms[KITCHEN].earlier_exhausted


# --- what I say ------------------------------------------------------------------------------------------------------
def wrote(seq: int, instead_of: int | None = None) -> EntryWritten:
    return EntryWritten(KITCHEN, entry_id(seq), "hm", 5, entry_id(instead_of) if instead_of else None)


def is_now(state: EntryState, *seqs: int, problem: str = "") -> EntryStateChanged:
    return EntryStateChanged(KITCHEN, tuple(map(entry_id, seqs)), state, problem)


def test_an_entry_of_mine_waits_is_taken_and_arrives(state: State) -> None:
    state.apply(connected())
    state.apply(wrote(1))
    room = state.rooms[KITCHEN]
    assert (list(room.mine.outbox), room.mine.state_of(entry_id(1))) == ([entry_id(1)], EntryState.WAITING)
    state.apply(came(said(1, ME)))
    assert not room.mine.outbox, "in the Log or waiting, never both"
    assert room.mine.state_of(entry_id(1)) is EntryState.TAKEN
    state.apply(is_now(EntryState.DELIVERED, 1))
    state.apply(is_now(EntryState.TAKEN, 1))
    assert room.mine.state_of(entry_id(1)) is EntryState.DELIVERED, "two ticks never become one again"
    assert room.mine.state_of(entry_id(77)) is EntryState.TAKEN, "what is in the Log was taken"


def test_an_entry_that_was_not_sent_keeps_its_words_until_it_is_decided_about(state: State) -> None:
    state.apply(connected())
    for seq in (1, 2):
        state.apply(wrote(seq))
    state.apply(is_now(EntryState.NOT_SENT, 1, 2, problem="too fast"))
    room = state.rooms[KITCHEN]
    unsent = room.mine.outbox[entry_id(1)]
    assert (unsent.text, unsent.state, unsent.problem) == ("hm", EntryState.NOT_SENT, "too fast")
    state.apply(Discarded(KITCHEN, entry_id(1)))
    state.apply(wrote(3, instead_of=2))
    assert [(one.entry_id, one.state) for one in room.mine.outbox.values()] == [(entry_id(3), EntryState.WAITING)]


def test_the_ticks_of_long_ago_are_forgotten(state: State) -> None:
    state.apply(connected())
    state.apply(is_now(EntryState.DELIVERED, 1))
    state.apply(is_now(EntryState.DELIVERED, *range(2, 3_000)))
    room = state.rooms[KITCHEN]
    assert room.mine.state_of(entry_id(1)) is EntryState.TAKEN
    assert room.mine.state_of(entry_id(2_999)) is EntryState.DELIVERED


def test_what_i_say_from_another_computer_costs_no_ticks_here(state: State) -> None:
    state.apply(connected())
    state.apply(is_now(EntryState.DELIVERED, 1))
    state.apply(came(*(said(seq, ME) for seq in range(2, 3_000))))
    assert state.rooms[KITCHEN].mine.state_of(entry_id(1)) is EntryState.DELIVERED


# --- people ----------------------------------------------------------------------------------------------------------
def test_comings_and_goings_are_kept_with_their_place_in_the_log(state: State) -> None:
    state.apply(connected())
    state.apply(roster(ME, BEN, here=2, first=True))
    state.apply(came(said(7)))
    state.apply(roster(LI, here=3))
    room = state.rooms[KITCHEN]
    assert [(moved.after, moved.moves) for moved in room.moves] == [
        (0, Moves(first=True, joined=(BEN,))),
        (7, Moves(joined=(LI,))),
    ]
    assert room.moves[-1].at == 1_700_000_000_000
    assert (room.here, room.people.here()) == (3, [BEN, LI, ME])


def test_a_roster_that_changes_nothing_is_no_move(state: State) -> None:
    state.apply(connected())
    state.apply(roster(ME, BEN, here=2, first=True))
    state.apply(roster(ME, BEN, here=2, first=True))
    assert len(state.rooms[KITCHEN].moves) == 1


def test_who_left_a_room_does_not_know_who_is_there(state: State) -> None:
    state.apply(connected())
    state.apply(roster(ME, BEN, here=2, first=True))
    state.apply(Left(KITCHEN))
    room = state.rooms[KITCHEN]
    assert (room.here, room.people.here()) == (0, [ME])
    state.apply(roster(ME, BEN, here=2, first=True))
    assert room.moves[-1].moves == Moves(first=True, joined=(BEN,)), "coming back, they are found there as at first"


def test_where_we_were_sent_away_from_nobody_is_known_to_be(state: State) -> None:
    state.apply(connected())
    state.apply(roster(ME, BEN, here=2, first=True))
    state.apply(stands(ConnectionState.RECONNECTING))
    assert state.rooms[KITCHEN].people.is_here(BEN), "a short break sends nobody away"
    state.apply(stands(ConnectionState.STOPPED, problem="the host sent you away"))
    assert not state.rooms[KITCHEN].people.is_here(BEN)
    assert state.rooms[KITCHEN].here == 0


def test_a_name_is_the_same_in_all_rooms(state: State) -> None:
    for room_id in (KITCHEN, GARDEN):
        state.apply(connected(room_id))
        state.apply(roster(ME, BEN, here=2, first=True, room_id=room_id))
    state.apply(CardsCame(KITCHEN, (card(BEN, "Benjamin"),)))
    assert state.rooms[GARDEN].people.called(BEN) == "Benjamin"


# --- forgetting ------------------------------------------------------------------------------------------------------
def test_a_forgotten_room_that_is_still_here_is_as_new(state: State) -> None:
    state.apply(RoomFound(listing()))
    state.apply(connected())
    state.apply(came(said(1), said(2)))
    state.apply(Left(KITCHEN))
    state.apply(Forgotten(KITCHEN))
    room = state.rooms[KITCHEN]
    assert (room.known, room.unread.count, room.last_seq, room.title) == (False, 0, 0, "Kitchen")
    state.apply(RoomGone(listing()))
    assert not state.rooms


def test_what_is_told_late_of_a_forgotten_room_does_not_bring_it_back(state: State) -> None:
    state.apply(connected())
    state.apply(Left(KITCHEN))
    state.apply(Forgotten(KITCHEN))
    for event in (MessagesAdded.of(KITCHEN, (), older=True), is_now(EntryState.TAKEN, 1), roster(BEN), wrote(2)):
        state.apply(event)
    assert not state.rooms


def test_what_another_has_read_has_two_ticks_also_after_a_new_start(state: State) -> None:
    state.apply(connected())
    room = state.rooms[KITCHEN]
    state.apply(SeenChanged(KITCHEN, ((state.me, 9),)))
    assert room.state_of(entry_id(1), 7) is EntryState.TAKEN
    state.apply(SeenChanged(KITCHEN, ((LI, 7),)))
    assert room.state_of(entry_id(1), 7) is EntryState.DELIVERED
    assert room.state_of(entry_id(2), 8) is EntryState.TAKEN
    assert room.state_of(entry_id(3), 0) is EntryState.TAKEN


def test_what_others_have_has_two_ticks_also_after_a_new_start(state: State) -> None:
    state.apply(connected())
    room = state.rooms[KITCHEN]
    state.apply(EarlierDelivered(KITCHEN, 3, 7))
    states = [room.state_of(entry_id(seq), seq) for seq in (3, 4, 7, 8, 0)]
    assert states == [EntryState.TAKEN, EntryState.DELIVERED, EntryState.DELIVERED, EntryState.TAKEN, EntryState.TAKEN]
    state.apply(EarlierDelivered(KITCHEN, 0, 9))
    assert room.delivered == ((0, 9),)
    state.apply(Rebased(KITCHEN, 1, base=5))
    assert room.state_of(entry_id(16), 6) is EntryState.TAKEN, "another one has this number now"
    assert room.state_of(entry_id(7), 6) is EntryState.DELIVERED, "it had two ticks, and keeps them elsewhere"


def test_of_made_up_readers_no_more_are_kept_than_a_host_remembers(state: State) -> None:
    state.apply(connected())
    for number in range(1_000):
        state.apply(SeenChanged(KITCHEN, ((MemberKey(number.to_bytes(32, "big")), 1), (LI, number))))
    room = state.rooms[KITCHEN]
    assert len(room.seen_by) == SEEN_KEPT
    assert room.seen_by[LI] == 999


def test_files_are_the_newest_message_by_name_and_size(state: State) -> None:
    state.nicks.learn([card(BEN)])
    state.apply(connected())
    state.apply(came(offered(1, PLAN)))
    assert phrases.last_line(state.rooms[KITCHEN]) == "Ben sent plan.pdf, 2.3 MB: page 3"
    state.apply(came(offered(2, replace(PLAN, caption=""), ME)))
    assert phrases.last_line(state.rooms[KITCHEN]) == "You sent plan.pdf, 2.3 MB"
