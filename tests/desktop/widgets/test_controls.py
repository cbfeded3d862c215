"""Pressing, choosing, turning over, copying: with the pointer and with the keyboard."""

from __future__ import annotations

import tkinter as tk

import pytest

from lanchat.desktop.theme.theme import Theme
from lanchat.desktop.widgets import overlays, text_field
from lanchat.desktop.widgets.buttons import Button, IconButton
from lanchat.desktop.widgets.choices import RadioGroup, SegmentedControl, Switch
from lanchat.desktop.widgets.labels import Label, Paragraph
from lanchat.desktop.widgets.text_field import CopyField, TextField
from tests.desktop.widgets.conftest import Hands
from tests.desktop.widgets.gallery import FOREIGN, LONG, gallery, open_over


def put(root: tk.Tk, *widgets: tk.Widget) -> None:
    for widget in widgets:
        widget.pack(fill="x")
    root.update()


def test_a_button_acts_on_the_pointer_and_on_keys(root: tk.Tk, theme: Theme, hands: Hands) -> None:
    done: list[str] = []
    button = Button(root, theme, "Start", lambda: done.append("started"))
    put(root, button)
    hands.press(button)
    button.focus_set()
    hands.keys("Return", "space")
    assert done == ["started"] * 3


def test_a_press_that_is_taken_elsewhere_does_nothing(root: tk.Tk, theme: Theme) -> None:
    done: list[str] = []
    button = Button(root, theme, "Start", lambda: done.append("started"))
    put(root, button)
    button.event_generate("<Enter>")
    button.event_generate("<ButtonPress-1>")
    button.event_generate("<Leave>")
    button.event_generate("<ButtonRelease-1>")
    root.update()
    assert done == []


def test_pressing_a_button_lets_one_write_on(root: tk.Tk, theme: Theme, hands: Hands) -> None:
    field, button = TextField(root, theme), Button(root, theme, "Start", lambda: None)
    put(root, field, button)
    field.focus_set()
    hands.press(button)
    assert hands.at(field.field)


def test_what_is_not_enabled_is_passed_over(root: tk.Tk, theme: Theme, hands: Hands) -> None:
    done: list[str] = []
    first, middle, last = (Button(root, theme, words, lambda: done.append("done")) for words in ("one", "two", "three"))
    put(root, first, middle, last)
    middle.enable(False)
    hands.press(middle)
    first.focus_set()
    hands.keys("Tab")
    assert hands.at(last)
    assert done == []


def test_a_button_may_take_its_page_away(root: tk.Tk, theme: Theme, hands: Hands) -> None:
    page = tk.Frame(root)
    page.pack()
    button = Button(page, theme, "Back", page.destroy)
    put(root, button)
    hands.press(button)
    assert not page.winfo_exists()


def test_choosing_with_the_pointer_and_the_arrows(root: tk.Tk, theme: Theme, hands: Hands) -> None:
    chosen: list[str] = []
    choice = SegmentedControl(root, theme, [("l", "Light"), ("d", "Dark"), ("s", "System")], "l", chosen.append)
    put(root, choice)
    hands.press(choice, x=choice.winfo_width() - 5)
    choice.focus_set()
    hands.keys("Left", "Left", "Left")
    assert chosen == ["s", "d", "l"]
    assert choice.value == "l"


@pytest.mark.parametrize("before", [["<Enter>"], []], ids=["it came up under the pointer", "a touch"])
def test_a_choice_is_pressed_where_the_pointer_is_though_it_did_not_move(
    root: tk.Tk, theme: Theme, before: list[str]
) -> None:
    chosen: list[str] = []
    choice = SegmentedControl(root, theme, [("s", "System"), ("l", "Light"), ("d", "Dark")], "l", chosen.append)
    put(root, choice)
    choice.over = True
    for event in (*before, "<ButtonPress-1>", "<ButtonRelease-1>"):
        choice.event_generate(event, x=choice.winfo_width() - 5, y=5)
    root.update()
    assert chosen == ["d"]


def test_radios_are_one_stop_for_tab(root: tk.Tk, theme: Theme, hands: Hands) -> None:
    chosen: list[int] = []
    radios = RadioGroup(root, theme, [(1, "Ask me", ""), (2, "Keep running", "Rooms stay open."), (3, "Quit", "")], 1,
                    chosen.append)  # fmt: skip
    after = Button(root, theme, "After", lambda: None)
    put(root, radios, after)
    root.focus_force()
    hands.keys("Tab")
    hands.keys("Down", "Down", "Down")
    assert chosen == [2, 3]
    hands.keys("Tab")
    assert hands.at(after)
    hands.press(radios.winfo_children()[1])
    assert radios.value == 2


def test_a_switch_is_turned_over_by_its_words_too(root: tk.Tk, theme: Theme, hands: Hands) -> None:
    turned: list[bool] = []
    switch = Switch(root, theme, "Sounds", False, turned.append)
    put(root, switch)
    hands.press(switch, x=20)
    switch.focus_set()
    hands.keys("space")
    assert turned == [True, False]


def test_words_that_do_not_fit_make_a_switch_higher(root: tk.Tk, theme: Theme) -> None:
    root.geometry("300x400")
    switch = Switch(root, theme, LONG, False, lambda on: None)
    put(root, switch)
    root.update()
    assert switch.winfo_height() > 3 * theme.fonts.height("body")


def test_copying_says_so_for_a_while(root: tk.Tk, theme: Theme, hands: Hands, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text_field, "_SAID_MS", 300)
    field = CopyField(root, theme, "7F3K-92QM-0D5A")
    put(root, field)
    hands.press(field.button)
    assert root.clipboard_get() == "7F3K-92QM-0D5A"
    assert hands.reads("Copied")
    hands.until(lambda: not hands.reads("Copied"))


def test_what_is_there_to_be_copied_cannot_be_changed(root: tk.Tk, theme: Theme, hands: Hands) -> None:
    field = CopyField(root, theme, "7F3K")
    put(root, field)
    hands.press(field.field)
    hands.keys("BackSpace", "x", "Control-a", "Control-c")
    assert field.field.get("1.0", "end-1c") == "7F3K"
    assert root.clipboard_get() == "7F3K"


def test_a_long_link_is_seen_whole(root: tk.Tk, theme: Theme) -> None:
    root.geometry("300x400")
    field = CopyField(root, theme, "lanchat://join/" + "7f3k" * 30, "code")
    put(root, field)
    root.update()
    assert field.field.winfo_height() >= 3 * theme.fonts.height("code")


def test_a_picture_says_what_it_does(root: tk.Tk, theme: Theme, hands: Hands, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(overlays, "TOOLTIP_DELAY_MS", 10)
    button = IconButton(root, theme, "gear", "Settings", lambda: None)
    put(root, button)
    button.focus_set()
    hands.until(lambda: hands.reads("Settings"))
    hands.keys("Tab")
    hands.until(lambda: not hands.reads("Settings"))
    button.event_generate("<Enter>")
    hands.until(lambda: hands.reads("Settings"))
    button.destroy()
    root.update()


def test_who_presses_a_picture_is_not_told_what_it_does(
    root: tk.Tk, theme: Theme, hands: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Or the words come up over the menu it has opened."""
    monkeypatch.setattr(overlays, "TOOLTIP_DELAY_MS", 10)
    button = IconButton(root, theme, "more", "More", lambda: None)
    put(root, button)
    button.event_generate("<Enter>")
    hands.press(button)
    button.focus_force()
    passed: list[bool] = []
    root.after(50, lambda: passed.append(True))
    hands.until(lambda: bool(passed))
    assert not hands.reads("More")
    button.event_generate("<Leave>")
    button.event_generate("<Enter>")
    hands.until(lambda: hands.reads("More"))
    button.destroy()
    root.update()


def letters(label: Label) -> str:
    """What stands there in letters, from left to right."""
    texts = (item for item in label.find_all() if label.type(item) == "text")
    return "".join(str(label.itemcget(item, "text")) for item in sorted(texts, key=lambda item: label.coords(item)[0]))


@pytest.mark.parametrize("text", [LONG, FOREIGN, "日本語" * 30, "👩‍🚀" * 40], ids=range(4))
def test_a_label_keeps_to_the_room_it_has(root: tk.Tk, theme: Theme, text: str) -> None:
    label = Label(root, theme, text)
    label.place(x=0, y=0, width=120)
    root.update()
    assert "…" in letters(label)
    left, _top, right, _bottom = label.bbox("all")
    assert -1 <= left <= right <= 121
    label.place(width=9_000)
    root.update()
    assert "…" not in letters(label)
    assert label.bbox("all")[2] - 1 <= label.winfo_reqwidth()


@pytest.mark.parametrize("text", [LONG, FOREIGN, "日本語" * 30, "x" * 300], ids=range(4))
def test_a_paragraph_wraps_where_its_room_ends(root: tk.Tk, theme: Theme, text: str) -> None:
    root.geometry("240x600")
    paragraph = Paragraph(root, theme, text)
    put(root, paragraph)
    root.update()
    narrow = paragraph.winfo_height()
    assert paragraph.winfo_reqwidth() <= 240
    root.geometry("900x600")
    root.update()
    root.update()
    assert paragraph.winfo_height() < narrow


@pytest.mark.parametrize("scale", [1.0, 2.0], ids=["1x", "2x"])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_all_of_them_together(root: tk.Tk, dark: bool, scale: float) -> None:
    made = gallery(root, dark, scale)
    root.update()
    menu = open_over(made)
    root.update()
    assert menu.winfo_viewable()
    for column in (made.left, made.right):
        for widget in column.body.winfo_children():
            assert widget.winfo_x() >= 0
            assert widget.winfo_x() + widget.winfo_width() <= column.body.winfo_width()
