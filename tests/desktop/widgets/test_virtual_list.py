"""A list under the pointer and the keyboard, on a real canvas."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable

import pytest

from lanchat.desktop.theme.palette import LIGHT
from lanchat.desktop.theme.theme import Theme
from lanchat.desktop.widgets import virtual_list
from lanchat.desktop.widgets.list_rows import RowArea
from lanchat.desktop.widgets.surfaces import ScrollBar
from lanchat.desktop.widgets.virtual_list import VirtualList
from tests.desktop.presses import CONTEXT_BUTTON, here
from tests.desktop.stage import click, lines_on
from tests.desktop.widgets.test_list_layout import Fruit

NAMES = ["apple", "banana", "cherry", "blueberry"]


class Basket:
    """A list of fruits, and what was done with it."""

    def __init__(self, root: tk.Tk) -> None:
        self.root = root
        self.taken: list[str] = []
        self.menus: list[str] = []
        theme = Theme(root, LIGHT, 1.0)
        self.list = VirtualList[Fruit](
            root, theme, self._paint, lambda fruit: self.taken.append(fruit.name),
            menu=lambda fruit, _at: self.menus.append(fruit.name),
        )  # fmt: skip
        self.list.place(x=0, y=0, width=200, height=300)
        root.update()

    @property
    def canvas(self) -> tk.Canvas:
        return self.list.canvas

    def holds(self, *names: str, height: int = 30) -> None:
        self.list.show([Fruit(name, height=height) for name in names])
        self.root.update()

    def keys(self, *names: str) -> None:
        self.canvas.focus_force()
        self.root.update()
        for name in names:
            self.canvas.event_generate(f"<{here(name)}>")
            self.root.update()

    def cursor(self) -> str:
        row = self.list.cursor
        return row.name if row else ""

    def _paint(self, fruit: Fruit, spot: RowArea) -> str:
        spot.canvas.create_text(spot.left, spot.middle, anchor="w", text=fruit.name or "Fruits")
        return ""


@pytest.fixture
def basket(root: tk.Tk) -> Basket:
    return Basket(root)


@pytest.fixture
def resting(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Called: from now on a pointer that does not move is one that has rested long."""
    return lambda: monkeypatch.setattr(virtual_list, "STILL_SECONDS", 0.0)


def test_the_rows_are_written_in_their_order(basket: Basket) -> None:
    basket.holds("", *NAMES)
    assert lines_on(basket.canvas) == ["Fruits", *NAMES]


def test_a_click_takes_a_row_and_a_heading_is_none(basket: Basket) -> None:
    basket.holds("", *NAMES)
    click(basket.canvas, "cherry")
    click(basket.canvas, "Fruits")
    assert basket.taken == ["cherry"]


def test_arrows_home_and_end_move_and_enter_takes(basket: Basket) -> None:
    basket.holds("", *NAMES)
    basket.keys("Down", "Down", "Return")
    assert basket.taken == ["cherry"]
    basket.keys("End", "Return", "Home", "space")
    assert basket.taken == ["cherry", "blueberry", "apple"]
    basket.keys("Up")
    assert basket.cursor() == "apple"


def test_first_letters_find_a_row(basket: Basket) -> None:
    basket.holds(*NAMES)
    basket.keys("b")
    assert basket.cursor() == "banana"
    basket.keys("b")
    assert basket.cursor() == "blueberry"
    basket.canvas.event_generate("<c>", time=5_000)
    assert basket.cursor() == "cherry"


def test_several_letters_make_a_word(basket: Basket) -> None:
    basket.holds(*NAMES)
    basket.keys("b", "l")
    assert basket.cursor() == "blueberry"


def test_keys_with_control_or_alt_are_for_the_window(basket: Basket, root: tk.Tk) -> None:
    heard: list[str] = []
    root.bind(f"<{here('Alt-Down')}>", lambda _event: heard.append("Alt-Down"))
    root.bind(f"<{here('Control-b')}>", lambda _event: heard.append("Control-b"))
    basket.holds(*NAMES)
    basket.keys("Alt-Down", "Control-b")
    assert heard == ["Alt-Down", "Control-b"]
    assert basket.cursor() == "apple"


def test_the_menu_comes_by_pointer_and_by_key(basket: Basket) -> None:
    basket.holds(*NAMES)
    click(basket.canvas, "cherry", button=CONTEXT_BUTTON)
    basket.keys("Down", "Shift-F10")
    assert basket.menus == ["cherry", "blueberry"]
    assert basket.taken == []


def test_of_a_thousand_rows_only_those_in_view_are_drawn(basket: Basket) -> None:
    basket.holds(*(f"fruit {number:04}" for number in range(1_000)))
    assert len(lines_on(basket.canvas)) == 10
    basket.keys("End")
    assert lines_on(basket.canvas)[-1] == "fruit 0999"
    basket.keys("Prior")
    assert basket.cursor() == "fruit 0992"


def test_the_wheel_and_the_bar_scroll(basket: Basket) -> None:
    basket.holds(*(f"fruit {number:02}" for number in range(20)))
    basket.list.turned(1)
    basket.root.update()
    assert lines_on(basket.canvas)[0] == "fruit 02"
    basket.list.turned(-5)
    basket.root.update()
    assert lines_on(basket.canvas)[0] == "fruit 00"
    assert not basket.list.shows_all()
    (bar,) = (child for child in basket.list.winfo_children() if isinstance(child, ScrollBar))
    bar.event_generate("<ButtonPress-1>", x=5, y=5)
    bar.event_generate("<B1-Motion>", x=5, y=bar.winfo_height())
    bar.event_generate("<ButtonRelease-1>", x=5, y=bar.winfo_height())
    basket.root.update()
    assert lines_on(basket.canvas)[-1] == "fruit 19"
    bar.event_generate("<ButtonPress-1>", x=5, y=1)
    basket.root.update()
    assert lines_on(basket.canvas)[-1] != "fruit 19"


def test_what_is_in_view_stays_there_when_rows_come_above_it(basket: Basket) -> None:
    names = [f"fruit {number:02}" for number in range(30)]
    basket.holds(*names)
    basket.keys("End")
    before = lines_on(basket.canvas)
    basket.holds("apple", "pear", *names)
    assert lines_on(basket.canvas) == before


def test_the_cursor_stays_on_its_row_and_goes_to_a_near_one_when_that_is_gone(basket: Basket) -> None:
    basket.holds(*NAMES)
    basket.keys("Down", "Down")
    basket.holds("apricot", *NAMES)
    assert basket.cursor() == "cherry"
    basket.holds("apricot", "apple", "banana", "blueberry")
    assert basket.cursor() == "blueberry"


def test_nothing_jumps_away_under_a_pointer_that_moves(basket: Basket) -> None:
    basket.holds(*NAMES)
    basket.canvas.event_generate("<Motion>", x=20, y=45)
    basket.holds("apricot", *NAMES)
    assert lines_on(basket.canvas) == NAMES
    click(basket.canvas, "banana")
    assert basket.taken == ["banana"]
    basket.canvas.event_generate("<Leave>")
    basket.root.update()
    assert lines_on(basket.canvas) == ["apricot", *NAMES]


def test_what_comes_below_the_pointer_comes_at_once(basket: Basket) -> None:
    basket.holds(*NAMES)
    basket.canvas.event_generate("<Motion>", x=20, y=45)
    basket.holds(*NAMES, "plum")
    assert lines_on(basket.canvas) == [*NAMES, "plum"]


@pytest.mark.parametrize("count", [4, 40], ids=["short", "long"])
@pytest.mark.parametrize("rests", [True, False], ids=["rests", "moves"])
def test_a_click_takes_what_the_pointer_is_on_whatever_comes_and_goes(
    basket: Basket, resting: Callable[[], None], rests: bool, count: int
) -> None:
    names = [f"fruit {number:02}" for number in range(count)]
    basket.holds(*names)
    basket.canvas.event_generate("<Motion>", x=20, y=75)
    if rests:
        resting()
    for now in (["apricot", *names], ["apricot", "fig", "lime", *names], names[1:], ["apricot", *names[2:]], names[2:]):
        basket.holds(*now)
        basket.canvas.event_generate("<ButtonPress-1>", x=20, y=75)
        assert basket.taken.pop() == "fruit 02"
    basket.holds("apricot", *names[3:])
    basket.canvas.event_generate("<ButtonPress-1>", x=20, y=75)
    assert basket.taken in ([], ["fruit 02"]), "it is gone, and no other one was meant"
    basket.canvas.event_generate("<Leave>")
    basket.root.update()
    assert lines_on(basket.canvas)[:2] == ["apricot", *names[3:4]]


def test_what_comes_while_a_pointer_rests_is_seen(basket: Basket, resting: Callable[[], None]) -> None:
    basket.holds(*NAMES)
    basket.canvas.event_generate("<Motion>", x=20, y=45)
    resting()
    basket.holds("apple", "apricot", *NAMES[1:])
    assert lines_on(basket.canvas)[-4:] == ["apricot", *NAMES[1:]]


def test_a_list_may_go_while_something_is_still_to_be_drawn(basket: Basket) -> None:
    basket.holds(*NAMES)
    basket.canvas.event_generate("<Motion>", x=20, y=45)
    basket.list.show([Fruit("apricot"), Fruit("apple")])
    basket.list.destroy()
    basket.root.update()
