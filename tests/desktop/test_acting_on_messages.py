"""Two people act on each other's messages: answer, edit, delete, react, pin; with the pointer and with keys."""

from __future__ import annotations

import tkinter as tk

import pytest

from lanchat.desktop.timeline.action_bar import ActionBar
from lanchat.desktop.timeline.rows import MessageRow
from lanchat.desktop.timeline.timeline import Timeline
from lanchat.engine.commands import React
from tests.desktop.eyes import seen
from tests.desktop.person import People, Person

THUMB = "\N{THUMBS UP SIGN}"


@pytest.fixture
def kitchen(people: People) -> tuple[Person, Person]:
    """Ana hosts, Ben is in it, and has said something."""
    ana, ben = people.person("Ana"), people.person("Ben")
    ana.starts_room("Kitchen")
    ben.enters("Kitchen")
    ben.says("the kettle is on")
    ana.sees("the kettle is on")
    taken(ben, "the kettle is on")
    return ana, ben


def points_at(person: Person, words: str) -> None:
    """Moves the pointer over a message: its bar is shown."""
    x, y = person.place_in_text(words)
    person.timeline.event_generate("<Motion>", x=x, y=y)
    person.root.update()


def by_bar(person: Person, words: str, tip: str) -> None:
    """Presses a button of the bar over a message. A real pointer would still be there when the text has moved."""

    def pressed() -> bool:
        points_at(person, words)
        one = next((one for one in seen(person.root) if one.words == tip and inside(person, one.widget)), None)
        if one is None:
            return False
        for event in ("<Enter>", "<ButtonPress-1>", "<ButtonRelease-1>"):
            one.widget.event_generate(event, x=one.x, y=one.y)
        person.root.update()
        return True

    person.until(pressed, f"there is no “{tip}” at “{words}”")


def inside(person: Person, widget: tk.Misc) -> bool:
    return any(bar.holds(widget) for bar in bar_of(person))


def bar_of(person: Person) -> list[ActionBar]:
    return [one for one in person.timeline.winfo_children() if isinstance(one, ActionBar) and one.winfo_ismapped()]


def bar_at(person: Person, words: str) -> ActionBar:
    """The bar over a message at which the pointer is."""

    def shown() -> bool:
        points_at(person, words)
        return bool(bar_of(person))

    person.until(shown, f"there is no bar at “{words}”")
    return bar_of(person)[0]


def rows_of(person: Person, words: str) -> list[MessageRow]:
    timeline = person.timeline.master
    assert isinstance(timeline, Timeline)
    return [row.row for row in timeline.view.rows if isinstance(row.row, MessageRow) and words in row.row.text]


def row_of(person: Person, words: str) -> MessageRow:
    rows = rows_of(person, words)
    assert rows, f"there is no {words!r}"
    return rows[-1]


def office_with_a_code(people: People) -> tuple[Person, Person]:
    """Ana hosts the Office, where she said a code; Ben is in and has read it."""
    ana, ben = people.person("Ana"), people.person("Ben")
    ana.starts_room("Office")
    ana.says("the code of the door is 1234")
    ben.enters("Office")
    ben.sees("the code of the door")
    taken(ana, "the code")
    return ana, ben


def taken(person: Person, words: str) -> None:
    """Waits until the host has taken a message: before that nothing can be done with it."""
    person.until(lambda: any(row.seq > 0 for row in rows_of(person, words)[-1:]))


def reactions(person: Person, words: str) -> dict[str, int]:
    return {one.emoji: len(one.members) for one in row_of(person, words).reactions}


def chooses(person: Person, *keys: str) -> None:
    """In the timeline, with the arrow keys."""
    person.looks()
    person.timeline.focus_force()
    person.root.update()
    person.keys(*keys)


def test_an_answer_by_the_bar_at_the_message(kitchen: tuple[Person, Person]) -> None:
    ana, ben = kitchen
    by_bar(ana, "the kettle is on", "Reply")
    ana.sees("Reply to Ben")
    ana.says("coming")
    ana.sees_no("Reply to Ben")
    ben.sees("coming")
    ben.until(lambda: any(row.quote for row in rows_of(ben, "coming")))
    quote = row_of(ben, "coming").quote
    assert quote is not None
    assert quote.text == "the kettle is on"


def test_the_bar_moves_no_text_and_goes_with_the_pointer(kitchen: tuple[Person, Person]) -> None:
    ana, _ben = kitchen
    before = ana.place_in_text("the kettle is on")
    points_at(ana, "the kettle is on")
    assert bar_of(ana)
    assert ana.place_in_text("the kettle is on") == before
    ana.timeline.event_generate("<Leave>", x=-1, y=-1, rootx=0, rooty=0)
    assert not bar_of(ana)


def test_the_bar_leaves_free_what_can_be_pressed(kitchen: tuple[Person, Person]) -> None:
    ana, ben = kitchen
    ben.says("```python\nprint(1)\n" + "x = 1\n" * 2 + "```")
    ana.sees("x = 1")
    ben.says("after it")
    ana.sees("after it")
    text = ana.timeline
    copy = text.tag_nextrange("code copy", "1.0")
    for words in ("print(1)", "x = 1", "after it"):
        bar = bar_at(ana, words)
        spot = text.bbox(copy[0])
        assert spot
        covers_x = bar.winfo_x() < spot[0] + spot[2] and spot[0] < bar.winfo_x() + bar.winfo_width()
        covers_y = bar.winfo_y() < spot[1] + spot[3] and spot[1] < bar.winfo_y() + bar.winfo_height()
        assert not (covers_x and covers_y), words


def test_the_bar_lies_over_the_line_above_where_a_message_is_as_wide(kitchen: tuple[Person, Person]) -> None:
    ana, ben = kitchen
    ben.says("short")
    ben.says("wide " * 39)
    ana.sees("wide wide")

    def lies_above() -> bool:
        """Once the text has its place."""
        ana.timeline.event_generate("<Leave>", x=-1, y=-1, rootx=0, rooty=0)
        bar = bar_at(ana, "wide wide")
        line = ana.timeline.dlineinfo(ana.timeline.search("wide wide", "1.0"))
        return line is not None and bar.winfo_y() + bar.winfo_height() <= line[1] + 10  # the space over the words

    ana.until(lies_above, "the bar covers the words")


def test_up_in_an_empty_field_edits_what_i_said_last(kitchen: tuple[Person, Person]) -> None:
    ana, ben = kitchen
    ben.says("and there is caek")
    ana.sees("caek")
    taken(ben, "caek")
    ben.keys("Up")
    ben.sees("Edit message")
    assert ben.writes() == "and there is caek"
    ben.keys("Control-a")
    ben.types("and there is cake")
    ben.keys("Return")
    ana.sees("and there is cake  (edited)")
    ben.sees("and there is cake  (edited)")
    assert ben.writes() == ""
    assert ben.has_kept() == ["the kettle is on", "and there is cake"]


def test_escape_gives_an_edit_up_and_what_was_begun_comes_back(kitchen: tuple[Person, Person]) -> None:
    _ana, ben = kitchen
    ben.types("I just")
    by_bar(ben, "the kettle is on", "Edit")
    assert ben.writes() == "the kettle is on"
    ben.types(" again")
    ben.keys("Escape")
    assert ben.writes() == "I just"
    ben.sees_no("Edit message")
    assert "again" not in ben.timeline.get("1.0", "end")


def test_an_edit_that_was_begun_is_there_after_a_restart(kitchen: tuple[Person, Person]) -> None:
    ana, ben = kitchen
    ben.types("a draft")
    by_bar(ben, "the kettle is on", "Edit")
    ben.types(" no more")
    ben.closes_for_good()
    ben.opens()
    ben.sees("Edit message")
    assert ben.writes() == "the kettle is on no more"
    ben.sees("Connected")
    ben.keys("Return")
    ana.sees("the kettle is on no more")
    assert ben.writes() == "a draft"


def test_an_answer_that_was_begun_is_kept_for_its_room(kitchen: tuple[Person, Person]) -> None:
    ana, ben = kitchen
    ana.starts_room("Garden")
    by_bar(ben, "the kettle is on", "Reply")
    ben.types("well")
    ben.enters("Garden")
    ben.sees_no("Reply to Ben")
    ben.picks("Kitchen")
    ben.sees("Reply to Ben")
    assert ben.writes() == "well"


def test_an_empty_edit_asks_whether_to_delete(kitchen: tuple[Person, Person]) -> None:
    ana, ben = kitchen
    ben.keys("Up", "Control-a", "Delete", "Return")
    ben.sees("Delete this message?")
    ben.presses("Delete")
    ana.sees("Ben deleted a message.")
    ben.sees("You deleted a message.")
    ben.sees_no("Edit message")
    assert ben.has_kept() == [""]


def test_a_message_is_deleted_by_its_menu_after_a_question(kitchen: tuple[Person, Person]) -> None:
    ana, ben = kitchen
    by_bar(ben, "the kettle is on", "More")
    ben.presses("Delete…")
    ben.sees("Delete this message?")
    ben.presses("Cancel")
    ben.sees_no("Delete this message?")
    ana.sees("the kettle is on")
    by_bar(ben, "the kettle is on", "More")
    ben.presses("Delete…")
    ben.keys("Return")
    ana.sees("Ben deleted a message.")


def test_the_host_deletes_and_pins_what_others_said_and_they_cannot(kitchen: tuple[Person, Person]) -> None:
    ana, ben = kitchen
    ana.says("tea or coffee?")
    ben.sees("tea or coffee?")
    points_at(ben, "tea or coffee?")
    assert "(Pin)" not in ben.reads()
    ben.presses("More", within=ben.timeline)
    ben.sees("Reply")
    ben.sees_no("Delete…")
    ben.keys("Escape")
    by_bar(ana, "the kettle is on", "Pin")
    ben.until(lambda: row_of(ben, "the kettle").pinned)
    by_bar(ana, "the kettle is on", "Unpin")
    ben.until(lambda: not row_of(ben, "the kettle").pinned)
    by_bar(ana, "the kettle is on", "More")
    ana.presses("Delete…")
    ana.keys("Return")
    ben.sees("A message of Ben was deleted by Ana.")


def test_reactions_by_the_bar_by_the_chip_and_by_the_picker(kitchen: tuple[Person, Person]) -> None:
    ana, ben = kitchen
    by_bar(ana, "the kettle is on", "thumbs up")
    for person in (ana, ben):
        person.until(lambda person=person: reactions(person, "kettle") == {THUMB: 1})  # type: ignore[misc]
    presses_chip(ben, "the kettle", THUMB)
    for person in (ana, ben):
        person.until(lambda person=person: reactions(person, "kettle") == {THUMB: 2})  # type: ignore[misc]
    presses_chip(ben, "the kettle", THUMB)
    ana.until(lambda: reactions(ana, "kettle") == {THUMB: 1})
    by_bar(ben, "the kettle is on", "React")
    ben.types("teapot")
    ben.keys("Return")
    ana.until(lambda: reactions(ana, "kettle") == {THUMB: 1, "\N{TEAPOT}": 1})
    assert ben.app.window.kept.now.recent_emoji[0] == "\N{TEAPOT}"


def presses_chip(person: Person, words: str, emoji: str) -> None:
    timeline = person.timeline.master
    assert isinstance(timeline, Timeline)
    index = timeline.view.find(row_of(person, words).message_id)
    assert index is not None
    row = timeline.view.rows[index]
    number = next(at for at, line in enumerate(row.lines) if "reactions" in line.tags)
    actions = [piece.action for piece in row.lines[number].pieces]
    column = next(at for at, one in enumerate(actions) if isinstance(one, React) and one.emoji == emoji)
    box = person.timeline.bbox(f"{timeline.view.line_of(index) + number}.{column}")
    assert box
    x, y = box[0] + box[2] // 2, box[1] + box[3] // 2
    person.timeline.event_generate("<ButtonPress-1>", x=x, y=y)
    person.timeline.event_generate("<ButtonRelease-1>", x=x, y=y)
    person.root.update()


def test_everything_by_keys(kitchen: tuple[Person, Person]) -> None:
    ana, ben = kitchen
    chooses(ben, "Up", "r")
    ben.sees("Reply to Ben")
    ben.says("to myself")
    ana.sees("to myself")
    taken(ben, "to myself")
    chooses(ben, "Up", "e")
    ben.sees("Edit message")
    ben.types("!")
    ben.keys("Return")
    ana.sees("to myself!  (edited)")
    chooses(ben, "Up", "plus")
    ben.types("teapot")
    ben.keys("Return")
    ana.until(lambda: reactions(ana, "myself") == {"\N{TEAPOT}": 1})
    chooses(ben, "Up", "Delete")
    ben.sees("Delete this message?")
    ben.keys("Return")
    ana.sees("Ben deleted a message.")
    chooses(ben, "Up", "Up", "Shift-Delete")
    ana.sees_no("the kettle is on")


def test_a_letter_still_goes_into_the_field_when_no_message_was_chosen(kitchen: tuple[Person, Person]) -> None:
    _ana, ben = kitchen
    chooses(ben, "r")
    assert ben.writes() == "r"


def test_what_is_answered_and_deleted_meanwhile_leaves_what_was_written(kitchen: tuple[Person, Person]) -> None:
    ana, ben = kitchen
    by_bar(ana, "the kettle is on", "Reply")
    ana.types("which")
    chooses(ben, "Up", "Shift-Delete")
    ana.sees_no("Reply to Ben")
    assert ana.writes() == "which"
    ana.sees("The message was deleted.")


def test_while_the_host_is_away_a_reaction_waits_and_says_so(kitchen: tuple[Person, Person]) -> None:
    ana, ben = kitchen
    ana.closes_for_good()
    ben.sees("Reconnecting…")
    by_bar(ben, "the kettle is on", "thumbs up")
    ben.sees("done when the room goes on")
    ana.opens()
    ana.sees("You are hosting")
    ben.until(lambda: reactions(ben, "kettle") == {THUMB: 1})


def test_the_wheel_over_the_bar_scrolls_the_timeline(kitchen: tuple[Person, Person]) -> None:
    _ana, ben = kitchen
    ben.says(*(f"line {number}\nand\nmore" for number in range(15)))
    ben.sees("line 14")
    taken(ben, "line 14")

    def has_bar() -> bool:
        points_at(ben, "line 14")
        return bool(bar_of(ben))

    ben.until(has_bar)
    (bar,) = bar_of(ben)
    before = ben.timeline.yview()[0]
    button = next(one for one in bar.inside.winfo_children() if isinstance(one, tk.Canvas))
    button.event_generate("<Button-4>")
    ben.until(lambda: ben.timeline.yview()[0] < before)
