"""Writing in a field for one line."""

from __future__ import annotations

import random
import tkinter as tk

import pytest

from lanchat.desktop.theme.palette import LIGHT
from lanchat.desktop.theme.theme import Theme
from lanchat.desktop.widgets.buttons import IconButton
from lanchat.desktop.widgets.text_field import TextField
from tests.desktop.eyes import as_written
from tests.desktop.presses import here
from tests.desktop.widgets.conftest import Hands

PIECES = (
    "a", "Z", " ", "word ", "é", "日本", "مرحبا", "😀", "👩‍🚀", "👍🏽", "🇩🇪", "\u200d", "\ufe0f", "e\u0301", "\n", "\t",
    "\x01", "\ud83d", "\ude00", "\udfff", "𠀀", "two words\nin lines",
)  # fmt: skip


@pytest.fixture
def theme(root: tk.Tk) -> Theme:
    return Theme(root, LIGHT, 1.0)


def type_in(text: tk.Text, piece: str) -> None:
    """As Tk does when it comes from the keyboard, halves of characters included."""
    escaped = "".join(f"\\u{ord(one):04x}" if "\ud800" <= one <= "\udfff" else one for one in piece)
    text.tk.eval(f"tk::TextInsert {text} {escaped}" if escaped != piece else f"tk::TextInsert {text} {{{piece}}}")


def put(root: tk.Tk, field: TextField) -> TextField:
    field.pack(fill="x")
    root.update()
    field.focus_set()
    root.update()
    return field


def test_enter_gives_what_was_written(root: tk.Tk, theme: Theme, hands: Hands) -> None:
    given: list[str] = []
    put(root, TextField(root, theme, on_enter=given.append))
    hands.write("Ana's room 😀")
    hands.keys("Return")
    assert given == ["Ana's room 😀"]


def test_its_owner_hears_every_change_once(root: tk.Tk, theme: Theme, hands: Hands) -> None:
    heard: list[str] = []
    field = put(root, TextField(root, theme, on_change=heard.append))
    hands.write("ab")
    hands.keys("BackSpace", "Control-z")
    field.set("else")
    assert heard == ["a", "ab", "a", "ab"]


def test_backspace_takes_all_of_an_emoji(root: tk.Tk, theme: Theme, hands: Hands) -> None:
    field = put(root, TextField(root, theme, "a😀b"))
    hands.keys("Left", "BackSpace")
    assert field.value() == "ab"


def test_writing_replaces_what_is_selected(root: tk.Tk, theme: Theme, hands: Hands) -> None:
    field = put(root, TextField(root, theme, "Ana's room"))
    hands.keys("Control-a")
    hands.write("Ben")
    assert field.value() == "Ben"


def test_words_go_at_once(root: tk.Tk, theme: Theme, hands: Hands) -> None:
    field = put(root, TextField(root, theme, "one 😀two three  "))
    hands.keys("Control-BackSpace")
    assert field.value() == "one 😀two "
    hands.keys("Home", "Control-Delete")
    assert field.value() == " 😀two "


def test_pasting_several_lines_gives_one(root: tk.Tk, theme: Theme, hands: Hands) -> None:
    field = put(root, TextField(root, theme))
    root.clipboard_clear()
    root.clipboard_append("one\ntwo 👩‍🚀\n")
    hands.keys("Control-v")
    assert field.value() == "one two 👩‍🚀"


def test_tab_leaves_it_both_ways(root: tk.Tk, theme: Theme, hands: Hands) -> None:
    first, second = TextField(root, theme), TextField(root, theme)
    for field in (second, first):
        put(root, field)
    hands.keys("Tab")
    assert hands.at(second.field)
    hands.keys("Shift-Tab")
    assert hands.at(first.field)
    assert first.value() == second.value() == ""


def eye(field: TextField) -> IconButton:
    """The button to look at a secret."""
    return next(part for part in field.inside.winfo_children() if isinstance(part, IconButton))


def test_a_secret_is_dots_until_it_is_looked_at(root: tk.Tk, theme: Theme, hands: Hands) -> None:
    field = put(root, TextField(root, theme, secret=True))
    hands.write("sé😀cret")
    assert field.field.get("1.0", "end-1c") == "•" * 7
    hands.keys("Home", "Right", "Right", "Delete")
    hands.press(eye(field))
    assert field.field.get("1.0", "end-1c") == field.value() == "sécret"


def test_a_secret_is_not_copied(root: tk.Tk, theme: Theme, hands: Hands) -> None:
    put(root, TextField(root, theme, "secret", secret=True))
    root.clipboard_clear()
    root.clipboard_append("before")
    hands.keys("Control-a", "Control-c", "Control-x")
    assert root.clipboard_get() == "before"


def test_the_hint_is_there_while_nothing_is_written(root: tk.Tk, theme: Theme, hands: Hands) -> None:
    put(root, TextField(root, theme, hint="What is it called?"))
    assert hands.reads("What is it called?")
    hands.write("K")
    assert not hands.reads("What is it called?")


def test_what_is_not_enabled_cannot_be_changed(root: tk.Tk, theme: Theme, hands: Hands) -> None:
    field = put(root, TextField(root, theme, "Kitchen"))
    field.field.enable(False)
    hands.write("x")
    hands.keys("BackSpace")
    assert field.value() == "Kitchen"


def test_a_field_that_is_gone_leaves_nothing(root: tk.Tk, theme: Theme) -> None:
    for _round in range(3):  # each has the same name in Tk as the one before
        frame = tk.Frame(root, name="page")
        field = put(root, TextField(frame, theme, "text"))
        frame.pack()
        path = str(field.field)
        frame.destroy()
        assert root.tk.call("info", "commands", f"{path}*") in ("", ())


@pytest.mark.parametrize("secret", [False, True], ids=["seen", "secret"])
def test_three_thousand_edits_keep_screen_and_value_alike(root: tk.Tk, theme: Theme, secret: bool) -> None:
    field = put(root, TextField(root, theme, secret=secret, most=60))
    text, dice, hidden = field.field, random.Random(7), secret
    actions = ("<BackSpace>", "<Delete>", "<Left>", "<Right>", "<Shift-Left>", "<Shift-Right>", "<Home>", "<End>",
               "<Control-BackSpace>", "<Control-Delete>", "<Control-z>", "<Control-y>", "<Control-a>")  # fmt: skip
    for step in range(3_000):
        match dice.randrange(5):
            case 0 | 1:
                type_in(text, dice.choice(PIECES))
            case 2 | 3:
                text.event_generate(here(dice.choice(actions)))
            case _:
                first, last = sorted((dice.randrange(70), dice.randrange(70)))
                text.delete(f"1.{first}", f"1.{last}" if dice.random() < 0.5 else None)
        if secret and dice.random() < 0.01:
            hidden = not hidden
            eye(field).press()
        value = field.value()
        value.encode()
        shown = text.get("1.0", "end-1c")
        assert as_written(shown, value) == ("•" * len(value) if hidden else value), f"after step {step}"
        assert len(value) <= 60
