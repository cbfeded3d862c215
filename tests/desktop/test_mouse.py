"""What real buttons do: press, hold, release and wheel, as the X server tells of them."""

from __future__ import annotations

import os
import tkinter as tk
from collections.abc import Callable

import pytest
from PIL import Image, ImageChops, ImageGrab

from lanchat.desktop.widgets.menus import Popover
from tests.desktop.eyes import parts
from tests.desktop.hand import LEFT, MIDDLE, RIGHT, WHEEL_DOWN, WHEEL_UP, AtMouse
from tests.desktop.person import People, Person
from tests.systems import needs_x11

pytestmark = needs_x11

Takes = Callable[[Person], AtMouse]


@pytest.fixture
def ana(people: People) -> Person:
    """In a room of hers, with something said."""
    ana = people.person("Ana")
    ana.starts_room("Kitchen")
    ana.says("first words", "see https://a.example/x there")
    ana.sees_state("there", "✓")
    return ana


def menus(person: Person) -> list[Popover]:
    person.root.update()
    return [child for child in person.root.winfo_children() if isinstance(child, Popover)]


def clipboard(person: Person) -> str:
    try:
        return str(person.root.clipboard_get())
    except tk.TclError:
        return ""


def field_of(person: Person) -> tk.Text:
    """The field that has the keyboard."""
    field = person.root.focus_get()
    assert isinstance(field, tk.Text)
    return field


def on_message(mouse: AtMouse) -> None:
    mouse.points_in_text("first words")


def on_room(mouse: AtMouse) -> None:
    mouse.points("Kitchen", within=mouse.person.sidebar)


def on_composer(mouse: AtMouse) -> None:
    mouse.person.types("half a thought")
    mouse.moves(field_of(mouse.person), 20, 5)


WHERE = [(on_message, "Copy message"), (on_room, "Save what was said…"), (on_composer, "Select all")]


@pytest.mark.parametrize(("where", "item"), WHERE, ids=["message", "room", "composer"])
def test_a_menu_stays_after_a_right_click_and_a_click_chooses(
    ana: Person, hand: Takes, where: Callable[[AtMouse], None], item: str
) -> None:
    mouse = hand(ana)
    where(mouse)
    mouse.clicks(RIGHT)
    ana.sees(item)
    assert len(menus(ana)) == 1
    mouse.points(item, within=menus(ana)[0])
    mouse.clicks(LEFT)
    assert menus(ana) == []
    assert_done(ana, item)


@pytest.mark.parametrize(("where", "item"), WHERE, ids=["message", "room", "composer"])
def test_with_the_button_held_it_is_chosen_by_letting_go(
    ana: Person, hand: Takes, where: Callable[[AtMouse], None], item: str
) -> None:
    mouse = hand(ana)
    where(mouse)
    mouse.presses(RIGHT)
    ana.sees(item)
    mouse.points(item, within=menus(ana)[0])
    mouse.releases(RIGHT)
    assert menus(ana) == []
    assert_done(ana, item)


def assert_done(person: Person, item: str) -> None:
    match item:
        case "Copy message":
            assert clipboard(person) == "first words"
        case "Save what was said…":
            person.sees("Save as…")
        case "Select all":
            assert field_of(person).get("sel.first", "sel.last") == "half a thought"


def test_letting_go_beside_the_menu_or_without_having_moved_chooses_nothing(ana: Person, hand: Takes) -> None:
    mouse = hand(ana)
    mouse.points_in_text("first words")
    ana.root.clipboard_clear()
    mouse.presses(RIGHT)
    ana.sees("Copy message")
    mouse.moves_to(mouse.at[0] - 3, mouse.at[1] - 1)
    mouse.releases(RIGHT)
    assert len(menus(ana)) == 1
    mouse.clicks(LEFT)
    mouse.presses(RIGHT)
    mouse.moves(ana.middle, 5, 5)
    mouse.releases(RIGHT)
    assert clipboard(ana) == ""


def test_another_right_click_opens_the_menu_there_and_no_second_one(ana: Person, hand: Takes) -> None:
    mouse = hand(ana)
    mouse.points_in_text("first words")
    mouse.clicks(RIGHT)
    ana.sees("Copy message")
    mouse.moves_to(mouse.at[0] - 20, mouse.at[1])
    mouse.clicks(RIGHT)
    ana.sees("Copy message")
    assert len(menus(ana)) == 1
    on_room(mouse)
    mouse.clicks(RIGHT)
    ana.sees("Save what was said…")
    assert len(menus(ana)) == 1
    ana.keys("Escape")
    assert menus(ana) == []


def test_a_link_is_copied_and_opened_by_its_menu(ana: Person, hand: Takes) -> None:
    mouse = hand(ana)
    mouse.points_in_text("https://a.example/x")
    mouse.clicks(RIGHT)
    mouse.points("Copy link")
    mouse.clicks(LEFT)
    assert clipboard(ana) == "https://a.example/x"


def test_the_button_of_a_menu_opens_and_closes_it(ana: Person, hand: Takes) -> None:
    mouse = hand(ana)
    for _ in range(2):
        mouse.points("More")
        mouse.clicks(LEFT)
        ana.sees("Stop hosting…")
        mouse.clicks(LEFT)
        assert menus(ana) == []


def test_where_control_and_the_left_button_is_a_context_click(ana: Person, hand: Takes) -> None:
    """As on macOS. The release of that button is then no click on what lies there."""
    ana.root.event_add("<<ContextMenu>>", "<Control-Button-1>")
    mouse = hand(ana)
    mouse.points_in_text("https://a.example/x")
    mouse.holds("ctrl")
    mouse.clicks(LEFT)
    mouse.lets_go("ctrl")
    ana.sees("Copy link")
    assert len(menus(ana)) == 1


def test_the_middle_button_pastes_into_the_empty_composer(ana: Person, hand: Takes) -> None:
    mouse = hand(ana)
    ana.people.elsewhere.selection_handle(lambda _offset, _length: "from elsewhere", selection="PRIMARY")
    ana.people.elsewhere.selection_own(selection="PRIMARY")
    mouse.moves(field_of(ana), 30, 6)
    mouse.clicks(MIDDLE)
    ana.until(lambda: ana.writes() == "from elsewhere", "nothing was pasted")


def test_the_right_button_offers_to_paste_into_the_empty_composer(ana: Person, hand: Takes) -> None:
    mouse = hand(ana)
    ana.root.clipboard_clear()
    ana.root.clipboard_append("copied before")
    mouse.moves(field_of(ana), 30, 6)
    mouse.clicks(RIGHT)
    mouse.points("Paste")
    mouse.clicks(LEFT)
    assert ana.writes() == "copied before"


@pytest.mark.parametrize("x", [2, 20, 200], ids=["edge", "picture", "hint"])
def test_every_empty_field_takes_the_mouse_at_every_place(ana: Person, hand: Takes, x: int) -> None:
    mouse = hand(ana)
    ana.presses("Join…")
    ana.root.clipboard_clear()
    ana.root.clipboard_append("192.168.1.42")
    box = field_of(ana).master.master
    assert box is not None
    mouse.moves(box, x)
    mouse.clicks(RIGHT)
    mouse.points("Paste")
    mouse.clicks(LEFT)
    assert field_of(ana).get("1.0", "end-1c") == "192.168.1.42"


def test_my_name_can_be_pasted_by_mouse(ana: Person, hand: Takes) -> None:
    mouse = hand(ana)
    mouse.points("Ana", within=ana.sidebar)
    mouse.clicks(LEFT)
    ana.root.clipboard_clear()
    ana.root.clipboard_append("Annika")
    mouse.moves(field_of(ana), 5, 6)
    mouse.clicks(RIGHT)
    mouse.points("Paste")
    mouse.clicks(LEFT)
    ana.keys("Return")
    ana.sees("Annika")


def test_words_are_selected_by_dragging_over_them(ana: Person, hand: Takes) -> None:
    mouse = hand(ana)
    x, y = ana.place_in_text("first words")
    mouse.drags(ana.timeline, (x, y), (x + 300, y))
    ana.keys("Control-c")
    assert clipboard(ana) == "irst words"


def drawn(text: tk.Text) -> Image.Image:
    text.update()
    left, top = text.winfo_rootx(), text.winfo_rooty()
    box = (left, top, left + text.winfo_width(), top + text.winfo_height())
    return ImageGrab.grab(bbox=box, xdisplay=os.environ["DISPLAY"]).convert("RGB")


def assert_nothing_is_erased(mouse: AtMouse, text: tk.Text) -> None:
    """What is on the screen is what all of it drawn anew gives."""
    at = mouse.at
    mouse.moves_away()  # else another row would stand out afterwards
    before = drawn(text)
    cover = tk.Frame(text.winfo_toplevel())
    cover.place(relwidth=1, relheight=1)
    cover.lift()
    text.update()
    cover.destroy()
    text.update()
    box = ImageChops.difference(before, drawn(text)).getbbox()
    assert box is None, f"in {box} something is missing"
    mouse.moves_to(*at)


def test_after_turning_the_wheel_nothing_is_half_erased(ana: Person, hand: Takes) -> None:
    mouse = hand(ana)
    ana.says(*(f"line {number} of what was said, long enough to be where the button is" for number in range(30)))
    ana.sees_state("line 29 of what was said, long enough to be where the button is", "✓")
    text = ana.timeline
    mouse.moves(text, text.winfo_width() // 2, 200)
    for up, down in ((3, 4), (1, 2), (5, 7)):
        mouse.clicks(WHEEL_UP, up)
        ana.sees("To the newest")
        assert_nothing_is_erased(mouse, text)
        mouse.clicks(WHEEL_DOWN, down)
        ana.sees_no("To the newest")
        mouse.moves(text, text.winfo_width() // 2, 210)
        assert_nothing_is_erased(mouse, text)


def test_the_time_beside_a_message_goes_when_the_text_moves(ana: Person, hand: Takes) -> None:
    mouse = hand(ana)
    ana.says(*(f"line {number}" for number in range(40)))
    ana.sees_state("line 39", "✓")
    text = ana.timeline

    def times() -> list[int]:
        """Where one is shown: pixels below the top of the line it stands beside."""
        ana.root.update()
        labels = [part for part in parts(text) if isinstance(part, tk.Label) and ":" in str(part["text"])]
        lines = [text.dlineinfo(f"@100,{label.winfo_y() + label.winfo_height() // 2}") for label in labels]
        return [label.winfo_y() - line[1] for label, line in zip(labels, lines, strict=True) if line]

    mouse.points_in_text("line 30")
    ana.until(lambda: len(times()) == 1, "there is no time")
    first = times()
    for _ in range(3):
        mouse.clicks(WHEEL_UP)
        ana.until(lambda: times() == first, "the line that is now under the pointer has no time")
    mouse.clicks(WHEEL_DOWN, 4)
    assert_nothing_is_erased(mouse, text)
    mouse.points_in_text("line 33")
    ana.until(lambda: times() == first, "there is no time")
    ana.says("two lines\nof words", "and one more")
    ana.sees("and one more")
    ana.until(lambda: times() in ([], first), "it stays where it was while all moved")
