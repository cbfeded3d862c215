"""The timeline as people use it: reading, scrolling, coming back, saying something, and what others do meanwhile."""

from __future__ import annotations

import re
import sqlite3
import tkinter as tk
from datetime import timedelta

import msgspec
import pytest

from lanchat.core.dates import clock, moment
from lanchat.core.model import Card, EntryId, RoomId
from lanchat.core.profile import Profile, encode_profile
from lanchat.desktop.widgets.buttons import Button
from lanchat.engine.commands import Discard, FetchEarlier, MarkRead, Retry
from lanchat.engine.events import (
    CardsCame,
    Discarded,
    EarlierDelivered,
    EntryState,
    EntryStateChanged,
    EntryWritten,
    MessagesAdded,
    RosterChanged,
)
from lanchat.storage import data_folder
from tests.desktop.eyes import SIGNS, signs_of
from tests.desktop.presses import here
from tests.desktop.timeline.talk import ANA, BEN, KITCHEN, LI, MINUTE, Person, Talk, thumb

KIM = Person("Kim")


def turn_up(talk: Talk, times: int = 1) -> None:
    for _ in range(times):
        talk.text.event_generate("<Button-4>")
    talk.settle()


def turn_down(talk: Talk, times: int = 1) -> None:
    for _ in range(times):
        talk.text.event_generate("<Button-5>")
    talk.settle()


def press(talk: Talk, key: str) -> None:
    talk.text.focus_force()
    talk.root.update()
    talk.text.event_generate(f"<{here(key)}>")
    talk.settle()


def click(talk: Talk, words: str) -> None:
    """On the first letter of what is shown last so."""
    at = talk.text.search(words, "end", backwards=True)
    assert at, f"{words!r} is not shown"
    talk.text.see(at)
    talk.root.update()
    box = talk.text.bbox(at)
    assert box is not None
    x, y = box[0] + 2, box[1] + box[3] // 2
    talk.text.event_generate("<Motion>", x=x, y=y)
    talk.text.event_generate("<ButtonPress-1>", x=x, y=y)
    talk.text.event_generate("<ButtonRelease-1>", x=x, y=y)
    talk.settle()


def on_top(talk: Talk) -> str:
    """The line of letters on top, and how many pixels of it are cut."""
    info = talk.text.dlineinfo("@0,0")
    return f"{talk.text.get('@0,0', '@0,0 lineend')} {info[1] if info else ''}"


def newest_button(talk: Talk) -> str:
    """What the button over the lower edge says; "": there is none."""
    return "".join(button.words for button in talk.on_text(Button))


def test_a_room_opens_at_its_end(talk: Talk) -> None:
    talk.said_before(1_000)
    timeline = talk.open()
    assert "message 1000" in talk.in_view()
    assert timeline.viewport.following
    assert newest_button(talk) == ""


def test_a_room_in_which_nothing_was_said(talk: Talk) -> None:
    talk.open()
    assert talk.shown().strip() == "Nothing has been said here yet."
    talk.says(BEN, "first!")
    talk.settle()
    assert "first!" in talk.in_view()
    assert "This is the beginning." in talk.shown()


def test_what_is_said_appears_and_stays_in_view(talk: Talk) -> None:
    talk.said_before(100)
    talk.open()
    for number in range(30):
        talk.says(BEN, f"news {number}")
        talk.settle()
        assert f"news {number}" in talk.in_view()


def test_where_i_read_nothing_moves(talk: Talk) -> None:
    talk.said_before(300)
    timeline = talk.open()
    turn_up(talk, 20)
    before = on_top(talk)
    for number in range(40):
        talk.says(BEN, f"news {number}")
        talk.settle()
        assert on_top(talk) == before
    assert not timeline.viewport.following
    assert newest_button(talk) == "40 new messages"


def test_the_button_leads_to_the_newest(talk: Talk) -> None:
    talk.said_before(300)
    timeline = talk.open()
    turn_up(talk, 20)
    talk.says(BEN, "over here")
    talk.settle()
    (button,) = talk.on_text(Button)
    button.press()
    talk.settle()
    assert "over here" in talk.in_view()
    assert timeline.viewport.following
    assert newest_button(talk) == ""


def test_my_own_messages_are_not_counted_as_new(talk: Talk) -> None:
    talk.said_before(300)
    talk.open()
    turn_up(talk, 20)
    talk.says(ANA, "from my other computer")
    talk.settle()
    assert newest_button(talk) == "To the newest"


def test_turning_the_wheel_leads_past_every_message_to_the_first(talk: Talk) -> None:
    talk.said_before(700)
    talk.open()
    last = 701
    for _ in range(300):
        numbers = [int(number) for number in re.findall(r"message (\d+)", talk.in_view())]
        assert numbers[-1] >= last - 1, "none was passed over"
        last = numbers[0]
        if last == 1:
            break
        turn_up(talk, 8)
    assert last == 1
    assert len(talk.text.image_names()) < 1_500


@pytest.mark.parametrize("down", range(0, 200, 23))
def test_a_page_that_comes_in_moves_nothing(talk: Talk, down: int) -> None:
    for number in range(400):
        talk.past(BEN.writes(f"{number} " + "and so on " * (number % 40), talk.now))
        talk.now += MINUTE * (number % 8)
    timeline = talk.open()
    turn_up(talk, 10)
    talk.text.yview_scroll(down, "pixels")  # to within a line, where the wheel does not stop
    before, first = on_top(talk), timeline.loaded.first
    talk.hear(CardsCame(KITCHEN, ()))  # which has it look how many rows are ready above
    talk.settle()
    while timeline.loaded.first == first and first > 1:
        assert on_top(talk) == before
        turn_up(talk)
        before = on_top(talk)
        talk.hear(CardsCame(KITCHEN, ()))
        talk.settle()
    assert timeline.loaded.first < first
    assert on_top(talk) == before
    talk.context.kept.change(muted=frozenset({LI.key.hex()}))  # then all rows are laid out again
    talk.hear(CardsCame(KITCHEN, ()))
    talk.settle()
    assert on_top(talk) == before


def test_home_and_end(talk: Talk) -> None:
    talk.said_before(5_000)
    timeline = talk.open()
    press(talk, "Home")
    assert "message 1\n" in talk.in_view()
    assert "This is the beginning." in talk.shown()
    press(talk, "End")
    assert "message 5000" in talk.in_view()
    assert timeline.viewport.following
    press(talk, "Prior")
    assert "message 5000" not in talk.in_view()
    press(talk, "Next")
    assert "message 5000" in talk.in_view()


@pytest.mark.parametrize("key", ["x", "BackSpace", "Delete", "Return", "Control-v", "Control-x", "Control-t", "Insert"])
def test_nobody_can_write_in_it(talk: Talk, key: str) -> None:
    talk.said_before(3)
    talk.open()
    talk.root.clipboard_clear()
    talk.root.clipboard_append("pasted")
    before = talk.shown()
    press(talk, key)
    talk.settle()
    assert talk.shown() == before


def test_the_bar_tells_where_in_the_whole_log_i_am(talk: Talk) -> None:
    talk.said_before(5_000)
    talk.open()
    high = talk.bar.winfo_height()
    assert thumb(talk.bar)[1] == high
    talk.drags_bar(0.5)
    assert 0.48 * high < sum(thumb(talk.bar)) / 2 < 0.52 * high
    assert any(f"message {number}" in talk.in_view() for number in range(2_460, 2_540))
    talk.drags_bar(0.0)
    assert "message 1\n" in talk.in_view()


def test_jumping_to_a_message_far_away_makes_it_stand_out(talk: Talk) -> None:
    talk.said_before(5_000)
    timeline = talk.open()
    timeline.jump(1_234)
    talk.settle()
    assert "message 1234\n" in talk.in_view()
    assert "message 1234" in talk.text.get(*map(str, talk.text.tag_ranges("flash")))


def test_a_room_built_anew_shows_the_same_place(talk: Talk) -> None:
    talk.said_before(2_000)
    talk.open()
    turn_up(talk, 200)
    before = re.findall(r"message \d+", talk.in_view())[0]
    talk.open()
    assert re.findall(r"message \d+", talk.in_view())[0] == before
    press(talk, "End")
    timeline = talk.open()
    assert timeline.viewport.following


def test_staying_at_the_end_when_the_pane_shrinks(talk: Talk) -> None:
    talk.said_before(100)
    talk.open()
    talk.root.geometry("700x300")
    talk.settle()
    assert "message 100" in talk.in_view()


def test_days_and_groups(talk: Talk) -> None:
    talk.said_before(2, (BEN,))
    talk.now += 24 * 60 * MINUTE
    talk.said_before(1, (BEN,))
    talk.open()
    assert talk.shown().count("Ben") == 2
    assert talk.shown().count("2023") == 2


# --- my own messages -------------------------------------------------------------------------------------------------
def tick_of(talk: Talk, text: str) -> str:
    """What the picture at the end of one of my messages means."""
    at = talk.text.search(text, "end", backwards=True)
    assert at
    return signs_of(talk.context.theme)[str(talk.text.image_cget(f"{at} lineend - 1 chars", "image"))]


def test_my_message_is_there_at_once_and_its_tick_follows(talk: Talk) -> None:
    talk.said_before(30)
    talk.open()
    written = talk.i_say("on my way")
    assert "on my way" in talk.shown(), "before anything else is drawn"
    assert tick_of(talk, "on my way") == SIGNS[EntryState.WAITING]
    talk.hear(MessagesAdded.of(KITCHEN, talk.past(talk.waiting)))
    talk.settle()
    assert talk.shown().count("on my way") == 1
    assert tick_of(talk, "on my way") == SIGNS[EntryState.TAKEN]
    talk.hear(EntryStateChanged(KITCHEN, (written.entry_id,), EntryState.DELIVERED))
    talk.settle()
    assert tick_of(talk, "on my way") == SIGNS[EntryState.DELIVERED]


def test_my_message_stays_where_it_is_when_it_comes_back_in_the_log(talk: Talk) -> None:
    """Its row is replaced in place: what I have selected in it stays selected."""
    talk.said_before(30)
    timeline = talk.open()
    talk.i_say("on my way")
    at = talk.text.search("on my way", "end", backwards=True)
    talk.text.tag_add("sel", at, f"{at} + 5 chars")
    talk.hear(MessagesAdded.of(KITCHEN, talk.past(talk.waiting)))
    talk.settle()
    assert tick_of(talk, "on my way") == SIGNS[EntryState.TAKEN]
    assert timeline.view.selected_text() == "on my"


def test_my_messages_that_are_read_before_they_are_told_are_there_once_and_get_their_ticks(talk: Talk) -> None:
    """The disk may be ahead of the events: several come back at once."""
    talk.said_before(5)
    talk.open()
    waiting = []
    for text in ("one!", "two!"):
        talk.i_say(text)
        waiting.append(talk.waiting)
    first, second = talk.past(*waiting)
    talk.hear(MessagesAdded.of(KITCHEN, [first]))
    talk.settle()
    assert talk.shown().count("two!") == 1
    talk.hear(MessagesAdded.of(KITCHEN, [second]))
    talk.settle()
    assert talk.shown().count("two!") == 1
    assert tick_of(talk, "two!") == SIGNS[EntryState.TAKEN]


def test_what_i_said_before_this_start_has_two_ticks_as_soon_as_the_host_says_that_others_have_it(talk: Talk) -> None:
    talk.said_before(5)
    talk.past(ANA.writes("said yesterday", talk.now))
    talk.open()
    assert tick_of(talk, "said yesterday") == SIGNS[EntryState.TAKEN]
    talk.hear(EarlierDelivered(KITCHEN, 0, 6))
    talk.settle()
    assert tick_of(talk, "said yesterday") == SIGNS[EntryState.DELIVERED]


def test_saying_something_leads_to_the_end(talk: Talk) -> None:
    talk.said_before(1_000)
    talk.open()
    turn_up(talk, 100)
    talk.i_say("here I am")
    talk.settle()
    assert "here I am" in talk.in_view()


def test_others_write_while_mine_waits(talk: Talk) -> None:
    talk.said_before(30)
    talk.open()
    talk.i_say("waiting")
    talk.says(BEN, "quicker")
    talk.settle()
    assert talk.shown().index("quicker") < talk.shown().index("waiting")


def test_one_that_was_not_sent_can_be_tried_again_or_given_up(talk: Talk) -> None:
    talk.said_before(30)
    talk.open()
    written = talk.i_say("too fast")
    talk.hear(EntryStateChanged(KITCHEN, (written.entry_id,), EntryState.NOT_SENT, "the room is full"))
    talk.settle()
    assert "Not sent. The room is full." in talk.in_view()
    click(talk, "Retry")
    click(talk, "Discard")
    assert talk.done[-2:] == [Retry(KITCHEN, written.entry_id), Discard(KITCHEN, written.entry_id)]
    again = EntryWritten(KITCHEN, type(written.entry_id)(b"again..........."), "too fast", talk.now, written.entry_id)
    talk.hear(again)
    talk.settle()
    assert talk.shown().count("too fast") == 1
    assert "Not sent" not in talk.shown()
    talk.hear(Discarded(KITCHEN, again.entry_id))
    talk.state.rooms[KITCHEN].mine.outbox.pop(again.entry_id, None)
    talk.hear(Discarded(KITCHEN, again.entry_id))
    talk.settle()
    assert "too fast" not in talk.shown()


def test_what_waits_from_an_earlier_start_is_still_there(talk: Talk) -> None:
    talk.said_before(3)
    talk.store.outbox(KITCHEN).add(ANA.writes("said yesterday", talk.now))
    talk.open()
    assert "said yesterday" in talk.in_view()


# --- what is new -----------------------------------------------------------------------------------------------------
def read_until(talk: Talk, seq: int) -> None:
    talk.store.mark_read(KITCHEN, seq)


def test_the_room_opens_at_what_is_new(talk: Talk) -> None:
    talk.said_before(400, (BEN, LI))
    read_until(talk, 200)
    timeline = talk.open()
    assert "New messages" in talk.in_view()
    assert "message 201" in talk.in_view()
    assert not timeline.viewport.following
    assert newest_button(talk) == "200 new messages"


def test_little_that_is_new_is_seen_at_once_with_the_line_in_place(talk: Talk) -> None:
    talk.said_before(400, (BEN, LI))
    read_until(talk, 398)
    assert talk.open().viewport.following
    view = talk.in_view()
    assert view.index("message 398") < view.index("New messages") < view.index("message 399")


def test_the_line_goes_when_i_answer(talk: Talk) -> None:
    talk.said_before(40, (BEN, LI))
    read_until(talk, 38)
    talk.open()
    talk.i_say("yes")
    talk.settle()
    assert "New messages" not in talk.shown()


def test_what_i_have_seen_is_marked_read_after_a_moment(talk: Talk) -> None:
    talk.said_before(40, (BEN, LI))
    read_until(talk, 20)
    talk.open()
    talk.root.focus_force()
    talk.root.update()
    assert talk.done == []
    press(talk, "End")
    wait_for(talk, MarkRead(KITCHEN, 40))


def wait_for(talk: Talk, command: object) -> None:
    for _ in range(400):
        talk.root.update()
        if command in talk.done:
            return
        talk.root.after(5)
    pytest.fail(f"{command} was not done, but {talk.done}")


def test_what_is_further_down_is_not_marked_read(talk: Talk) -> None:
    talk.said_before(400, (BEN, LI))
    read_until(talk, 100)
    timeline = talk.open()
    talk.root.focus_force()
    talk.root.update()
    timeline.destroy()
    assert talk.done == []


def test_what_i_have_seen_is_marked_read_though_i_go_elsewhere_at_once(talk: Talk) -> None:
    talk.said_before(40, (BEN, LI))
    read_until(talk, 20)
    timeline = talk.open()
    talk.root.focus_force()
    talk.root.update()
    press(talk, "End")
    talk.root.update()
    timeline.destroy()
    assert talk.done == [MarkRead(KITCHEN, 40)]


# --- earlier ---------------------------------------------------------------------------------------------------------
def test_what_is_not_on_this_disk_is_fetched_when_i_come_near_it(talk: Talk) -> None:
    talk.said_before(500)
    before, base_head = talk.log.before(401, 100)
    talk.forgets_before(401)
    talk.open()
    talk.connect()
    talk.settle()
    assert FetchEarlier(KITCHEN) not in talk.done
    press(talk, "Home")
    assert talk.done.count(FetchEarlier(KITCHEN)) == 1, "asked once"
    assert "Fetching earlier messages…" in talk.in_view()
    top = "message 401\n"
    assert top in talk.in_view()
    talk.store.log(KITCHEN).prepend(before, base_head)
    talk.hear(MessagesAdded.of(KITCHEN, before, older=True))
    talk.settle()
    assert top in talk.in_view()
    assert "Fetching" not in talk.shown()
    assert "message 400\n" in talk.shown()


def test_there_may_be_nothing_earlier(talk: Talk) -> None:
    talk.said_before(500)
    talk.forgets_before(401)
    talk.open()
    talk.connect()
    press(talk, "Home")
    talk.hear(MessagesAdded.of(KITCHEN, (), older=True))
    talk.settle()
    assert "There are no earlier messages." in talk.in_view()
    turn_down(talk, 3)
    turn_up(talk, 5)
    assert talk.done.count(FetchEarlier(KITCHEN)) == 1


def test_away_from_the_room_it_says_so(talk: Talk) -> None:
    talk.said_before(50)
    talk.forgets_before(21)
    talk.open()
    press(talk, "Home")
    assert "Earlier messages come when you are connected." in talk.in_view()


# --- people ----------------------------------------------------------------------------------------------------------
def test_who_comes_and_goes_is_told_in_one_line(talk: Talk) -> None:
    talk.said_before(5)
    talk.open()
    talk.connect()
    talk.hear(RosterChanged(KITCHEN, (ANA.card, BEN.card), (), 2, first=True))
    talk.hear(RosterChanged(KITCHEN, (LI.card,), (), 3))
    talk.settle()
    assert talk.shown().rstrip().endswith("Li joined")
    talk.hear(RosterChanged(KITCHEN, (KIM.card,), (BEN.card,), 3))
    talk.settle()
    assert talk.shown().rstrip().endswith("Li and Kim joined · Ben left")
    talk.says(LI, "hello")
    talk.settle()
    assert talk.shown().count("joined") == 1


def test_an_author_whose_name_comes_late_is_named_then(talk: Talk) -> None:
    talk.said_before(5, (KIM,))
    talk.open()
    assert "someone" in talk.shown()
    talk.hear(CardsCame(KITCHEN, (KIM.card,)))
    talk.settle()
    assert "someone" not in talk.shown()
    assert "Kim" in talk.shown()


def test_somebody_who_takes_another_name(talk: Talk) -> None:
    talk.said_before(5, (BEN,))
    talk.open()
    talk.hear(RosterChanged(KITCHEN, (BEN.card,), (), 2, first=True))
    talk.hear(RosterChanged(KITCHEN, (msgspec.structs.replace(BEN.card, nick="Benjamin", revision=2),), (), 2))
    talk.settle()
    assert "Ben is Benjamin now" in talk.shown()
    assert talk.shown().count("Benjamin") == 2


def test_the_muted_are_one_line_until_i_want_to_see_them(talk: Talk) -> None:
    talk.said_before(3, (BEN,))
    talk.said_before(1, (LI,))
    talk.context.kept.change(muted=frozenset({BEN.key.hex()}))
    talk.open()
    assert "3 messages of Ben, muted." in talk.shown()
    talk.says(BEN, "hey", "HEY")
    talk.settle()
    assert "2 messages of Ben, muted." in talk.shown()
    assert "HEY" not in talk.shown()
    click(talk, "Show")
    assert "HEY" in talk.shown()
    assert "muted" not in talk.shown()


def test_a_click_on_a_name_shows_who_it_is(talk: Talk) -> None:
    talk.said_before(3, (BEN,))
    talk.open()
    click(talk, "Ben")
    assert talk.profiles == [BEN.key]


# --- by keyboard and pointer -----------------------------------------------------------------------------------------
def standing_out(talk: Talk) -> str:
    ranges = talk.text.tag_ranges("hover")
    return talk.text.get(*map(str, ranges)).strip() if ranges else ""


def test_arrows_go_from_message_to_message(talk: Talk) -> None:
    talk.said_before(300, (BEN,))
    talk.open()
    press(talk, "Up")
    assert standing_out(talk) == "message 300"
    for _ in range(40):
        press(talk, "Up")
    assert standing_out(talk).endswith("message 260")
    assert "message 260" in talk.in_view()
    press(talk, "Down")
    assert standing_out(talk) == "message 261"


def test_enter_shows_what_can_be_done_with_a_message(talk: Talk) -> None:
    talk.says(BEN, "see https://a.lan/x")
    talk.open()
    press(talk, "Up")
    press(talk, "Return")
    about = ["Copy message", "Bookmark", "Mark unread from here", "Who is this?"]
    assert talk.menu() == ["Open link", "Copy link", *about]
    talk.picks("Who is this?")
    assert talk.profiles == [BEN.key]


def test_the_keyboard_shows_where_it_is_and_the_mouse_does_not_need_to(talk: Talk) -> None:
    talk.said_before(30)
    timeline = talk.open()
    palette = talk.context.theme.palette
    timeline.focus_set()
    talk.root.update()
    assert talk.text["highlightcolor"] == palette.accent
    talk.text.event_generate("<ButtonPress-1>", x=80, y=80)
    talk.text.event_generate("<ButtonRelease-1>", x=80, y=80)
    talk.root.update()
    assert talk.text["highlightcolor"] == palette.chat
    assert talk.root.focus_get() is talk.text


def test_a_message_without_a_head_tells_its_time_under_the_pointer(talk: Talk) -> None:
    talk.says(BEN, "one")
    talk.says(BEN, "two")
    talk.open()
    x, y = talk.place_of("two")
    talk.text.event_generate("<Motion>", x=x, y=y)
    talk.root.update()
    assert standing_out(talk) == "two"
    assert [label["text"] for label in talk.on_text(tk.Label)] == [clock(moment(talk.now))]
    talk.text.event_generate("<Leave>", rootx=0, rooty=0)
    talk.root.update()
    assert standing_out(talk) == ""
    assert not talk.on_text(tk.Label)


def test_a_tick_tells_under_the_pointer_what_it_means(talk: Talk) -> None:
    talk.says(ANA, "one")
    talk.open()
    talk.root.update()
    at = talk.text.search("one", "1.0")
    box = talk.text.bbox(f"{at} lineend - 1 chars")
    assert box is not None
    talk.text.event_generate("<Motion>", x=box[0] + box[2] // 2, y=box[1] + box[3] // 2)
    for _ in range(400):
        talk.root.update()
        if tips := talk.on_text(tk.Label):
            break
        talk.root.after(5)
    assert [tip["text"] for tip in tips] == ["The host has it; nobody else yet"]


def test_double_and_triple_click_select_a_word_and_a_line(talk: Talk) -> None:
    talk.says(BEN, "Lunch at twelve?")
    timeline = talk.open()
    box = talk.text.bbox(talk.text.search("twelve", "1.0"))
    assert box is not None
    at = {"x": box[0] + 3, "y": box[1] + 5}
    for event in ("<ButtonPress-1>", "<ButtonRelease-1>") * 2:
        talk.text.event_generate(event, **at)
    assert timeline.view.selected_text() == "twelve"
    talk.text.event_generate("<ButtonPress-1>", **at)
    assert timeline.view.selected_text() == "Lunch at twelve?"


def test_when_the_day_ends_today_is_yesterday(talk: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    day = moment(talk.now).date()
    monkeypatch.setattr("lanchat.desktop.timeline.message_layout.today", lambda: day)
    monkeypatch.setattr("lanchat.desktop.timeline.timeline.today", lambda: day)
    talk.says(BEN, "late")
    talk.open()
    assert "Today" in talk.shown()
    monkeypatch.setattr("lanchat.desktop.timeline.timeline.today", lambda: day + timedelta(days=1))
    talk.now += 24 * 60 * MINUTE
    talk.says(BEN, "early")
    talk.settle()
    assert talk.shown().index("Yesterday") < talk.shown().index("Today") < talk.shown().index("early")


# --- texts -----------------------------------------------------------------------------------------------------------
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is given to the browser: none is started by a test."""
    addresses: list[str] = []

    def open_url(address: str) -> str:
        addresses.append(address)
        return ""

    monkeypatch.setattr("lanchat.desktop.timeline.message_actions.open_url", open_url)
    return addresses


def test_a_click_on_a_link_opens_that_link(talk: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    addresses = opened(monkeypatch)
    talk.says(BEN, "𐍈 https://one.lan and https://two.lan/x?y=1, or `https://code.lan`")
    talk.open()
    click(talk, "https://two")
    click(talk, "https://one")
    click(talk, "https://code")
    assert addresses == ["https://two.lan/x?y=1", "https://one.lan"]


def test_a_long_text_is_shown_in_full_when_asked_for(talk: Talk) -> None:
    talk.says(BEN, "\n".join(f"line {number}" for number in range(150)))
    talk.open()
    assert "line 149" not in talk.shown()
    click(talk, "Show more")
    assert "line 149" in talk.shown()
    assert "Show more" not in talk.shown()


@pytest.mark.parametrize("text", ["x" * 300, "東京駅で会いましょう" * 20, "short then " + "x" * 300], ids=range(3))
def test_the_first_line_of_a_text_stands_beside_the_avatar(talk: Talk, text: str) -> None:
    talk.says(BEN, text)
    talk.open()
    head, first = talk.text.dlineinfo("3.0"), talk.text.dlineinfo("4.0")
    letter = talk.text.bbox(talk.text.search(text[:3], "1.0"))
    assert head is not None
    assert first is not None
    assert letter is not None
    assert head[1] + head[3] <= letter[1] < head[1] + head[3] + 10


def test_code_and_the_room_around_it_stay_on_one_line(talk: Talk) -> None:
    """Wherever a line ends: else the rest of the line before would be coloured as code."""
    talk.says(BEN, " ".join("i" * count + " `code`, and `code`." for count in range(1, 24)))
    talk.open()
    at, seen = "1.0", 0
    while at := talk.text.search("code", f"{at} + 1 chars", "end"):
        tops = {line[1] for on in range(-1, 6) if (line := talk.text.dlineinfo(f"{at} + {on} chars"))}
        assert len(tops) <= 1
        seen += len(tops)
    assert seen > 40


def test_no_emoji_is_ever_given_to_tk_as_letters(talk: Talk) -> None:
    talk.says(BEN, "hi 👋🏽 and 👩‍👩‍👧‍👦, 1️⃣ 🇯🇵", "🎉", "`🎉` **https://a.lan/🎉**")
    talk.says(Person("👍🏽Zoe"), "hello")
    talk.open()
    assert not any(letter in talk.shown() for letter in "👋👩👧👦🇯🎉👍🏽")


# --- mishaps ---------------------------------------------------------------------------------------------------------
def test_what_was_here_already_when_the_room_opened_is_not_shown_twice(talk: Talk) -> None:
    talk.said_before(10)
    entries = tuple(talk.past(BEN.writes("told late", talk.now), BEN.writes("and this", talk.now)))
    talk.open()
    talk.hear(MessagesAdded.of(KITCHEN, entries[:1]))
    talk.hear(MessagesAdded.of(KITCHEN, (*entries[1:], *talk.past(LI.writes("new", talk.now)))))
    talk.settle()
    assert [talk.shown().count(words) for words in ("told late", "and this", "new")] == [1, 1, 1]


def test_a_replica_that_begins_anew_far_ahead(talk: Talk) -> None:
    """We were away for so long that only the end was fetched."""
    talk.said_before(100)
    talk.open()
    talk.said_before(300)
    talk.forgets_before(301)
    talk.hear(MessagesAdded.of(KITCHEN, talk.log.after(300, 100)))
    talk.settle()
    assert "message 300" in talk.in_view()
    assert "message 100\n" not in talk.shown()


def test_the_messages_of_another_room_are_not_shown_here(talk: Talk) -> None:
    talk.said_before(3)
    talk.open()
    other = RoomId("gardengardengard")
    talk.hear(EntryWritten(other, EntryId(b"x" * 16), "for the garden", talk.now))
    talk.settle()
    assert "garden" not in talk.shown()


def test_what_the_disk_has_spoiled_is_told_and_the_rest_is_shown(talk: Talk) -> None:
    talk.said_before(500)
    timeline = talk.open()
    with sqlite3.connect(talk.folder / data_folder.DATABASE) as database:
        database.execute("UPDATE entries SET body = CAST('spoiled' AS BLOB) WHERE body = CAST('message 10' AS BLOB)")
    database.close()
    timeline.jump(9)
    talk.settle()
    assert talk.said
    assert "spoiled" not in talk.shown()
    assert "message 500" in talk.shown()


@pytest.mark.parametrize("fence", ["", "```"], ids=["prose", "code"])
def test_tabs_go_to_every_fourth_column_of_the_text(talk: Talk, fence: str) -> None:
    lines = ["Z\tQ", "\tR", "0000\tS", "00000\tU", "\t\tV", "Z\tZ\tW", "0 " * 300 + "G\tH\tI"]
    talk.says(BEN, "\n".join([fence, *lines, fence]) if fence else "\n".join(lines))
    talk.open()
    text = talk.text
    tab = int(str(text.tk.call("font", "measure", "lanchat_code" if fence else "lanchat_body", "0000")))

    def x(letter: str) -> int:
        at = text.search(letter, "1.0")
        text.see(at)
        box = text.bbox(at)
        assert box is not None
        return box[0]

    start = x("Z")
    assert [x(letter) - start for letter in "QRSUVW"] == [tab, tab, 2 * tab, 2 * tab, 2 * tab, 2 * tab]
    assert (x("H") - start) % tab == (x("I") - start) % tab == 0, "in a line that goes on, too"
    assert 0 < x("H") - x("G") <= tab + 12
    assert x("I") - x("H") == tab


def test_what_has_no_line_of_its_own_is_passed_over_however_much_there_is(talk: Talk) -> None:
    """Hundreds of entries of a later lanchat that only change others, as each message may have many of."""
    talk.said_before(40)
    talk.past(*(LI.writes("👍", talk.now, "+reaction") for _ in range(400)))
    talk.said_before(2)
    timeline = talk.open()
    seen = talk.shown()
    assert "message 40" in seen
    assert timeline.viewport.following
    talk.says(BEN, "👍", kind="+reaction")
    talk.says(BEN, "\u200b")
    talk.settle()
    assert talk.shown() == seen
    press(talk, "Home")
    assert "message 1\n" in talk.in_view()
    for _ in range(45):
        press(talk, "Down")
    assert talk.in_view().rstrip().endswith("message 2")
    turn_up(talk, 100)
    assert "message 1\n" in talk.in_view()
    press(talk, "End")
    assert timeline.viewport.following


def test_a_guest_is_marked_beside_the_name_and_in_what_is_copied(talk: Talk) -> None:
    talk.state.nicks.describe(LI.key, encode_profile(Profile(guest=True)))
    talk.open()
    talk.says(BEN, "hello")
    talk.says(LI, "hi from my phone", "and again")
    talk.settle()
    assert "Ben   " in talk.shown()
    assert "Li  · guest   " in talk.shown()
    assert talk.shown().count("guest") == 1
    at = talk.text.search("· guest", "1.0")
    assert talk.text.tag_names(at) != talk.text.tag_names(talk.text.search("Li", "1.0")), "drawn apart from any nick"


def test_a_guest_who_comes_and_goes_is_told_as_one(talk: Talk) -> None:
    mia = Card(KIM.key, "Mia", 1, bytes(64), encode_profile(Profile(guest=True)))
    talk.open()
    talk.says(BEN, "hello")
    talk.hear(RosterChanged(KITCHEN, (BEN.card,), (), 2, first=True))
    talk.hear(RosterChanged(KITCHEN, (mia,), (), 3))
    talk.settle()
    assert "Mia (guest) joined" in talk.shown()
