"""What lies over the rest, and what scrolls beneath."""

from __future__ import annotations

import tkinter as tk

import pytest

from lanchat.desktop.theme.theme import Theme
from lanchat.desktop.widgets import overlays
from lanchat.desktop.widgets.buttons import Button
from lanchat.desktop.widgets.menus import SEPARATOR, MenuItem, Popover, close_popovers, show_menu
from lanchat.desktop.widgets.overlays import Toasts
from lanchat.desktop.widgets.surfaces import ScrollBar, ScrollFrame
from lanchat.desktop.widgets.text_field import TextField
from tests.desktop.widgets.conftest import Hands


@pytest.fixture
def field(root: tk.Tk, theme: Theme) -> TextField:
    """Where somebody is writing."""
    made = TextField(root, theme)
    made.pack()
    root.update()
    made.focus_set()
    root.update()
    return made


def popovers(root: tk.Tk) -> list[Popover]:
    root.update()
    return [child for child in root.winfo_children() if isinstance(child, Popover)]


def test_escape_closes_it_and_one_writes_on(root: tk.Tk, theme: Theme, hands: Hands, field: TextField) -> None:
    beyond: list[str] = []
    root.bind("<Escape>", lambda event: beyond.append("also the page"))
    popover = Popover(root, theme, under=field)
    inner = TextField(popover.inside, theme)
    inner.pack()
    inner.focus_set()
    root.update()
    assert hands.at(inner.field)
    hands.keys("Escape")
    assert popovers(root) == []
    assert hands.at(field.field)
    assert beyond == []


def test_tab_goes_around_within(root: tk.Tk, theme: Theme, hands: Hands, field: TextField) -> None:
    popover = Popover(root, theme, under=field)
    inner, button = TextField(popover.inside, theme), Button(popover.inside, theme, "OK", lambda: None)
    inner.pack()
    button.pack()
    root.update()
    for expected in (inner.field, button, inner.field):
        hands.keys("Tab")
        assert hands.at(expected)
    hands.keys("Shift-Tab")
    assert hands.at(button)


def test_the_button_that_opened_it_closes_it(root: tk.Tk, theme: Theme, hands: Hands) -> None:
    button = Button(root, theme, "More", lambda: Popover(root, theme, under=button))
    button.pack()
    root.update()
    hands.press(button)
    assert len(popovers(root)) == 1
    hands.press(button)
    assert popovers(root) == []


def test_going_elsewhere_closes_it(root: tk.Tk, theme: Theme, hands: Hands, field: TextField) -> None:
    popover = Popover(root, theme, under=field)
    Button(popover.inside, theme, "OK", lambda: None).pack()
    root.update()
    field.focus_set()
    assert popovers(root) == []
    assert hands.at(field.field)
    assert popover.closed


def test_closed_before_it_was_drawn_it_leaves_nothing_behind(root: tk.Tk, theme: Theme) -> None:
    Popover(root, theme, at=(300, 300)).close()
    root.update()  # Tk's own errors fail every test
    assert popovers(root) == []


def test_a_menu_opened_from_it_leaves_it_open(root: tk.Tk, theme: Theme, hands: Hands, field: TextField) -> None:
    popover = Popover(root, theme, under=field)
    button = Button(popover.inside, theme, "OK", lambda: None)
    button.pack()
    root.update()
    button.focus_set()
    root.update()
    show_menu(root, theme, (300, 300), [MenuItem("One", lambda: None)])
    assert len(popovers(root)) == 2
    hands.keys("Escape")
    assert popovers(root) == [popover]
    assert hands.at(button)
    close_popovers(root)
    assert popovers(root) == []


@pytest.mark.parametrize("at", [(0, 0), (5_000, 5_000), (-50, 400)], ids=["corner", "far", "outside"])
def test_it_stays_within_the_window(root: tk.Tk, theme: Theme, at: tuple[int, int]) -> None:
    popover = Popover(root, theme, at=at)
    tk.Frame(popover.inside, width=200, height=300).pack()
    root.update()
    root.update()
    assert 0 <= popover.winfo_x() <= root.winfo_width() - popover.winfo_width()
    assert 0 <= popover.winfo_y() <= root.winfo_height() - popover.winfo_height()


def test_a_menu_by_keyboard(root: tk.Tk, theme: Theme, hands: Hands, field: TextField) -> None:
    done: list[str] = []
    items = [MenuItem(words, lambda words=words: done.append(words)) for words in ("Open", "Leave", "Forget…")]  # type: ignore[misc]

    def open_menu() -> None:
        show_menu(root, theme, (100, 100), [items[0], SEPARATOR, *items[1:]])
        root.update()

    open_menu()
    hands.keys("Return")
    open_menu()
    hands.keys("Down", "Down", "Down", "Up", "Return")
    open_menu()
    hands.keys("l", "Return")
    assert done == ["Open", "Forget…", "Leave"]
    assert popovers(root) == []
    assert hands.at(field.field)


def test_toasts_come_one_after_another(
    root: tk.Tk, theme: Theme, hands: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(overlays, "SECONDS", 0.2)
    monkeypatch.setattr(overlays, "SECONDS_PER_CHARACTER", 0.0)
    toasts = Toasts.over(root, theme)
    assert Toasts.over(root, theme) is toasts
    for words in ("Copied", "Copied", "Ben joined"):
        toasts.say(words)
    assert hands.reads("Copied")
    hands.until(lambda: hands.reads("Ben joined"))
    hands.until(lambda: not hands.reads("Ben joined"))


@pytest.fixture
def long_list(root: tk.Tk, theme: Theme, hands: Hands) -> tuple[ScrollFrame, list[Button]]:
    root.geometry("400x300")
    scroller = ScrollFrame(root, theme)
    scroller.pack(fill="both", expand=True)
    buttons = [Button(scroller.inside, theme, f"Room {n}", lambda: None) for n in range(40)]
    for button in buttons:
        button.pack(fill="x")
    hands.until(lambda: scroller.winfo_height() == 300 and buttons[0].winfo_viewable() == 1)
    return scroller, buttons


def seen(root: tk.Tk, widget: tk.Misc) -> bool:
    root.update()
    top = widget.winfo_rooty() - root.winfo_rooty()
    return 0 <= top <= top + widget.winfo_height() <= root.winfo_height()


def scrolled(scroller: ScrollFrame) -> int:
    """Pixels that are above what is in view."""
    return scroller.winfo_rooty() - scroller.inside.winfo_rooty()


def test_what_gets_the_keyboard_comes_into_view(
    root: tk.Tk, hands: Hands, long_list: tuple[ScrollFrame, list[Button]]
) -> None:
    _scroller, buttons = long_list
    assert not seen(root, buttons[-1])
    for at in (-1, 20, 0):
        buttons[at].focus_force()
        hands.until(lambda at=at: seen(root, buttons[at]))  # type: ignore[misc]


def test_the_wheel_scrolls_what_lies_below_the_pointer(
    root: tk.Tk, theme: Theme, long_list: tuple[ScrollFrame, list[Button]]
) -> None:
    scroller, buttons = long_list
    down, up = ("<Button-5>", "<Button-4>") if root.tk.call("tk", "windowingsystem") == "x11" else ("", "")
    if not down:
        pytest.skip("another wheel")
    buttons[3].event_generate(down)
    root.update()
    assert scrolled(scroller) == theme.px(48)
    buttons[3].event_generate(up)
    buttons[3].event_generate(up)
    root.update()
    assert scrolled(scroller) == 0


def test_the_bar_is_dragged_and_pressed(root: tk.Tk, theme: Theme) -> None:
    told: list[tuple[str, ...]] = []
    bar = ScrollBar(root, theme, lambda *how: told.append(how))
    bar.place(x=0, y=0, width=12, height=400)
    root.update()
    bar.set(0.0, 0.25)
    bar.event_generate("<ButtonPress-1>", x=5, y=10)
    bar.event_generate("<B1-Motion>", x=5, y=160)
    bar.event_generate("<ButtonRelease-1>", x=5, y=160)
    bar.event_generate("<ButtonPress-1>", x=5, y=390)
    root.update()
    assert told == [("moveto", "0.375"), ("scroll", "1", "pages")]


def test_the_bar_is_not_seen_when_there_is_nothing_to_scroll(root: tk.Tk, theme: Theme) -> None:
    bar = ScrollBar(root, theme, lambda *how: None)
    bar.place(x=0, y=0, width=12, height=400)
    root.update()
    bar.set("0.0", "0.5")
    assert bar.find_all()
    bar.set("0.0", "1.0")
    assert not bar.find_all()
