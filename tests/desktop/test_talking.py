"""Talking in a room: what is unread, what is begun, what is looked up, and how well people know each other."""

from __future__ import annotations

import sys
import tkinter as tk
from functools import cmp_to_key

from tests.desktop.person import People, Person
from tests.desktop.presses import here


def in_the_kitchen(people: People) -> tuple[Person, Person]:
    """Ana hosts the Kitchen and the Garden, Ben is in both and looks at the Garden."""
    ana, ben = people.person("Ana"), people.person("Ben")
    ana.starts_room("Garden")
    ana.starts_room("Kitchen")
    ben.enters("Kitchen")
    ben.enters("Garden")
    return ana, ben


def test_what_is_unread_is_counted_in_the_list_and_in_the_title(people: People) -> None:
    ana, ben = in_the_kitchen(people)
    ben.picks("Kitchen")
    ana.says("good morning")
    ben.looks()
    ben.sees("good morning")
    ben.says("good morning, Ana")
    ben.picks("Garden")
    ben.sees_title("Garden — lanchat")
    ana.says("one", "two")
    ben.sees_title("(2) Garden — lanchat")
    ben.sees("Ana: two 2")
    ben.picks("Kitchen")
    ben.sees("one", "two", "New messages")
    ben.sees_title("Kitchen — lanchat")


def test_what_one_formats_the_other_sees_so_and_copies_as_it_was_written(people: People) -> None:
    ana, ben = in_the_kitchen(people)
    ben.picks("Kitchen")
    ana.types("tea is ")
    ana.keys(here("Control-b"))
    ana.types("ready")
    ana.keys("Return")
    ana.types("```py")
    ana.keys("Return")
    ana.types("pour")
    ana.keys("Return")
    ana.types("```")
    ana.keys("Return")
    ben.sees("tea is ready", "Python", "pour")
    ben.sees_no("**", "```")
    ben.closes_for_good()
    ben.opens()
    ben.sees("tea is ready", "Python", "pour")


def test_what_was_answered_is_read_though_another_room_is_picked_at_once(people: People) -> None:
    ana, ben = in_the_kitchen(people)
    ben.picks("Kitchen")
    ben.picks("Garden")
    ben.looks_away()
    ana.says("one", "two")
    ben.sees_title("(2) Garden — lanchat")
    ben.picks("Kitchen")
    ben.says("an answer")
    ben.picks("Garden")
    ben.sees_title("Garden — lanchat")
    ben.closes_for_good()
    ben.opens()
    ben.sees_title("Garden — lanchat")


def test_what_was_answered_is_read_while_the_host_is_away(people: People) -> None:
    ana, ben = in_the_kitchen(people)
    ben.looks_away()
    ana.says("one", "two")
    ben.sees_title("(2) Garden — lanchat")
    ana.closes_for_good()
    ben.picks("Kitchen")
    ben.says("an answer")
    ben.picks("Garden")
    ben.sees_title("Garden — lanchat")


def test_who_looks_elsewhere_is_told_and_the_notice_goes_when_they_look(people: People) -> None:
    ana, ben = people.person("Ana"), people.person("Ben")
    ana.starts_room("Kitchen")
    ben.enters("Kitchen")
    ben.looks_away()
    ana.says("<b>dinner</b>")
    ben.until(lambda: len(ben.desktop.notices) == 1)
    (notice,) = ben.desktop.notices.values()
    assert notice.title == "Ana in Kitchen"
    assert notice.body == "<b>dinner</b>"  # for the desktop's door to escape
    assert ben.desktop.sounds
    ben.sees_title("(1) Kitchen — lanchat")
    ben.looks()
    ben.until(lambda: not ben.desktop.notices)
    ben.sees_title("Kitchen — lanchat")


def test_who_looks_is_not_told(people: People) -> None:
    ana, ben = people.person("Ana"), people.person("Ben")
    ana.starts_room("Kitchen")
    ben.enters("Kitchen")
    ana.says("you see this")
    ben.looks()
    ana.looks_away()
    ben.says("and you are told of this")
    ana.until(lambda: bool(ana.desktop.notices))
    assert not [notice for notice in ben.desktop.notices.values() if notice.body != "you see this"]


def test_what_is_begun_is_kept_for_each_room_and_over_a_restart(people: People) -> None:
    _, ben = in_the_kitchen(people)
    ben.types("for the garden")
    ben.picks("Kitchen")
    assert ben.writes() == ""
    ben.types("for the kitchen")
    ben.picks("Garden")
    assert ben.writes() == "for the garden"
    ben.closes_for_good()
    ben.opens()
    ben.sees("Connected")
    assert ben.writes() == "for the garden"
    ben.picks("Kitchen")
    assert ben.writes() == "for the kitchen"


def test_letters_typed_at_the_list_of_messages_go_where_one_writes(people: People) -> None:
    ana = people.person("Ana")
    ana.starts_room("Kitchen")
    ana.timeline.focus_force()
    ana.root.update()
    ana.types("hello")
    assert ana.writes() == "hello"


def test_who_makes_the_text_larger_writes_no_plus(people: People) -> None:
    ana = people.person("Ana")
    ana.starts_room("Kitchen")
    before = ana.app.window.kept.now.zoom
    writes_nothing = () if sys.platform == "darwin" else ("Alt-x",)  # Option-x is a character there
    for key in ("Control-plus", "Control-minus", "Control-equal", *writes_nothing):
        ana.timeline.focus_force()
        ana.root.update()
        ana.keys(key)
    assert ana.writes() == ""
    assert ana.app.window.kept.now.zoom > before


def test_emoji_are_sent_shown_and_copied_back(people: People) -> None:
    ana, ben = people.person("Ana"), people.person("Ben")
    ana.starts_room("Kitchen")
    ben.enters("Kitchen")
    text = "tea \U0001f469\U0001f3fd\u200d\U0001f52c \U0001f1ee\U0001f1e9 now"
    ana.types(text)
    ana.keys("Return")
    ben.sees("tea ", " now")
    ben.timeline.focus_force()
    ben.keys("Control-a", "Control-c")
    assert text in ben.root.clipboard_get()


def test_the_keyboard_goes_to_every_pane_and_back(people: People) -> None:
    ana = people.person("Ana")
    ana.starts_room("Kitchen")
    panes = ana.app.window.panes
    assert panes is not None
    assert panes.people is not None
    been = []
    for _ in range(3):
        ana.keys("F6")
        been.append(str(ana.root.focus_get()))
    for pane in (panes.sidebar, panes.main_view, panes.people):
        assert any(where.startswith(str(pane)) for where in been)


def test_tab_goes_as_one_reads(people: People) -> None:
    """In each pane from the top to the bottom, in a line from left to right."""
    ana = people.person("Ana")
    ana.starts_room("Kitchen")
    ana.types("hello")  # or there is nothing to send
    been: list[tk.Misc] = []
    while (at := ana.root.focus_get()) is not None and at not in been:
        been.append(at)
        ana.keys("Tab")
    for pane in (ana.sidebar, ana.middle):
        walk = [widget for widget in been if str(widget).startswith(str(pane))]
        assert len(walk) >= 6
        in_order = sorted(walk, key=cmp_to_key(_as_read))
        first = walk.index(in_order[0])
        assert [*walk[first:], *walk[:first]] == in_order


def _as_read(one: tk.Misc, other: tk.Misc) -> int:
    """Which of two comes first: in one line, where half of the smaller one is beside the other, the one at the left."""
    tops = [widget.winfo_rooty() for widget in (one, other)]
    ends = [widget.winfo_rooty() + widget.winfo_height() for widget in (one, other)]
    beside = min(ends) - max(tops)
    if beside * 2 >= min(one.winfo_height(), other.winfo_height()):
        return one.winfo_rootx() - other.winfo_rootx()
    return tops[0] - tops[1]


def test_a_room_and_a_person_are_found_by_a_few_letters(people: People) -> None:
    _, ben = in_the_kitchen(people)
    ben.keys("Control-k")
    ben.types("kit")
    ben.keys("Return")
    ben.sees_title("Kitchen — lanchat")
    ben.keys("Control-k")
    ben.types("an")
    ben.keys("Return")
    ben.sees("Profile", "Verify in person")


def test_the_rooms_are_walked_through_with_the_keyboard(people: People) -> None:
    _, ben = in_the_kitchen(people)
    ben.keys("Alt-Down")
    ben.sees_title("Kitchen — lanchat")
    ben.keys("Alt-Up")
    ben.sees_title("Garden — lanchat")
    ben.keys("F6", "F6")  # past the people, to the rooms
    ben.keys("Down", "Return")
    ben.sees_title("Kitchen — lanchat")


def test_two_people_compare_numbers_and_are_sure_of_each_other(people: People) -> None:
    ana, ben = people.person("Ana"), people.person("Ben")
    ana.starts_room("Kitchen")
    ben.enters("Kitchen")
    ben.presses("Verify…")
    ben.presses("Verify in person")
    ana.presses("Ben")
    ana.presses("Verify in person")

    def numbers(person: Person) -> list[str]:
        person.sees("Are these the same numbers?")
        return [line for line in person.reads().splitlines() if line.isdecimal() and len(line) == 5]

    assert len(numbers(ana)) == 6
    assert numbers(ana) == numbers(ben)
    for person in (ana, ben):
        person.presses("They match")
        person.sees("Verified in person")
    ben.closes_for_good()
    ben.opens()
    ben.presses("Ana")
    ben.sees("Verified in person")


def test_whoever_is_muted_is_not_told_of(people: People) -> None:
    ana, ben = people.person("Ana"), people.person("Ben")
    ana.starts_room("Kitchen")
    ben.enters("Kitchen")
    ana.presses("Ben")
    ana.presses("Mute for me")
    ana.looks_away()
    ben.says("hello?")
    ana.sees("1 message of Ben, muted.")
    assert not ana.desktop.notices


def test_what_was_just_typed_stays_where_the_same_room_is_picked_again(people: People) -> None:
    ana = people.person("Ana")
    ana.starts_room("Kitchen")
    ana.types("half a thought")
    ana.picks("Kitchen")
    assert ana.writes() == "half a thought"
    ana.types(" more")
    ana.keys("Alt-Down")  # there is no other
    assert ana.writes() == "half a thought more"


def test_keys_pressed_right_behind_those_that_lead_to_another_room_are_written_there(people: People) -> None:
    ana = people.person("Ana")
    ana.starts_room("Kitchen")
    ana.starts_room("Garden")
    ana.picks("Kitchen")
    ana.looks()
    for key in (here("Alt-Up"), "a", "space", "b"):  # at once: nothing is drawn in between
        (ana.root.focus_get() or ana.root).event_generate(f"<{key}>")
    assert ana.writes() == "a b"
