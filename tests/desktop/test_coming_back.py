"""Coming back to a room: what came meanwhile, who mentioned me, and what is marked as unread."""

from __future__ import annotations

from lanchat.engine.commands import Delete
from tests.desktop.person import People, Person


def in_the_garden(people: People) -> tuple[Person, Person]:
    """Ana hosts Garden and Kitchen. Ben has read what was said in the Kitchen, is in the Garden now, and looks away."""
    ana, ben = people.person("Ana"), people.person("Ben")
    ana.starts_room("Garden")
    ana.starts_room("Kitchen")
    ben.enters("Kitchen")
    ana.says("hello")
    ben.looks()
    ben.sees("hello")
    room = ben.app.window.state.room(ben.room_id)
    ben.until(lambda: room.unread.read_seq > 0, "it is not read")
    ben.enters("Garden")
    ben.looks_away()
    return ana, ben


def long_kitchen(people: People) -> tuple[Person, Person]:
    """Ana hosts the Kitchen, where more was said than fits into a window while Ben was in the Garden."""
    ana, ben = in_the_garden(people)
    ana.says("number 0 @Ben", *(f"number {number}" for number in range(1, 40)), "@ben, are you there?")
    ben.sees_title("(41) Garden — lanchat")
    return ana, ben


def test_who_comes_back_is_told_how_much_was_said_and_led_to_it(people: People) -> None:
    _ana, ben = long_kitchen(people)
    ben.picks("Kitchen")
    ben.sees("While you were away: 41 messages, 2 mention you", "New messages")
    ben.presses("Next mention")
    ben.presses("Next mention")
    ben.place_in_text("@ben, are you there?")
    ben.sees_no("While you were away")
    ben.sees_title("Kitchen — lanchat")


def test_all_of_it_can_be_marked_as_read_at_once(people: People) -> None:
    _ana, ben = long_kitchen(people)
    ben.picks("Kitchen")
    ben.sees("While you were away: 41 messages")
    ben.presses("Mark as read")
    ben.sees_no("While you were away")
    ben.sees_title("Kitchen — lanchat")
    assert "number 1\n" in ben.reads(), "where one reads nothing moves"


def test_whoever_reads_further_up_is_led_to_the_first_unread(people: People) -> None:
    _ana, ben = long_kitchen(people)
    ben.picks("Kitchen")
    ben.sees("While you were away")
    for _ in range(3):
        ben.timeline.event_generate("<Prior>")
    ben.keys("F6", "F6", "F6")
    ben.presses("First unread")
    ben.sees("New messages", "number 1")


def test_mentions_are_reached_by_keys_from_anywhere(people: People) -> None:
    _ana, ben = long_kitchen(people)
    ben.picks("Kitchen")
    ben.presses("Mark as read")
    ben.keys("End")
    ben.keys("Alt-Shift-Up")
    ben.keys("Alt-Shift-Up")
    ben.place_in_text("number 0 @Ben")
    ben.keys("Alt-Shift-Down")
    ben.place_in_text("@ben, are you there?")
    ben.picks("Garden")
    ben.keys("Alt-Shift-Down")
    ben.sees("Nobody has mentioned you here.")


def test_what_fits_into_the_window_is_read_without_a_word(people: People) -> None:
    ana, ben = in_the_garden(people)
    ana.says("one", "two")
    ben.sees_title("(2) Garden — lanchat")
    ben.picks("Kitchen")
    ben.sees("New messages", "two")
    ben.sees_title("Kitchen — lanchat")
    assert "While you were away" not in ben.reads()


def test_what_is_marked_as_unread_is_unread_until_one_comes_back_to_it(people: People) -> None:
    ana, ben = people.person("Ana"), people.person("Ben")
    ana.starts_room("Garden")
    ana.starts_room("Kitchen")
    ben.enters("Garden")
    ben.enters("Kitchen")
    ana.says("one", "two, @Ben", "three")
    ben.looks()
    ben.sees("three")
    ben.sees_title("Kitchen — lanchat")
    x, y = ben.place_in_text("two, @Ben")
    ben.timeline.event_generate("<<ContextMenu>>", x=x, y=y, rootx=x, rooty=y)
    ben.presses("Mark unread from here")
    ben.sees_title("(2) Kitchen — lanchat")
    ben.sees("New messages")
    ana.says("four")
    ben.looks()
    ben.sees_title("(3) Kitchen — lanchat")
    ben.picks("Garden")
    ben.sees_title("(3) Garden — lanchat")
    ben.closes_for_good()
    ben.opens()
    ben.sees_title("(3) Garden — lanchat")
    ben.picks("Kitchen")
    ben.sees("New messages", "four")
    ben.sees_title("Kitchen — lanchat")


def test_an_answer_reads_what_was_marked_as_unread(people: People) -> None:
    ana, ben = people.person("Ana"), people.person("Ben")
    ana.starts_room("Kitchen")
    ben.enters("Kitchen")
    ana.says("one", "two")
    ben.looks()
    ben.sees("two")
    x, y = ben.place_in_text("one")
    ben.timeline.event_generate("<<ContextMenu>>", x=x, y=y, rootx=x, rooty=y)
    ben.presses("Mark unread from here")
    ben.sees_title("(2) Kitchen — lanchat")
    ben.picks("Kitchen")
    ben.says("yes")
    ben.sees_title("Kitchen — lanchat")


def test_what_the_host_deleted_meanwhile_stands_nowhere_any_more(people: People) -> None:
    ana, ben = in_the_garden(people)
    ana.picks("Kitchen")
    ana.says("the password is tea")
    ben.sees("Ana: the password is tea")
    last = ana.app.window.state.room(ana.room_id).last
    assert last is not None
    ana.app.window.do(Delete(ana.room_id, last.message_id))
    for person in (ana, ben):
        person.sees("deleted message")
        person.sees_no("the password is tea")
    ana.says("nor is it coffee")
    ben.sees("Ana: nor is it coffee")
    ben.closes_for_good()
    last = ana.app.window.state.room(ana.room_id).last
    assert last is not None
    ana.app.window.do(Delete(ana.room_id, last.message_id))
    ana.sees_no("nor is it coffee")
    ben.opens()
    ben.sees("Ana: deleted message")
    ben.sees_no("nor is it coffee")
