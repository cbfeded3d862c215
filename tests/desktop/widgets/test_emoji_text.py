"""A paragraph with names of others in it."""

from __future__ import annotations

import tkinter as tk

import pytest
from PIL import features

from lanchat.desktop.text_layout import font_files
from lanchat.desktop.theme.theme import Theme
from lanchat.desktop.widgets.labels import Paragraph


@pytest.fixture
def prose(root: tk.Tk, theme: Theme) -> Paragraph:
    root.geometry("300x400")
    prose = Paragraph(root, theme, "Ben")
    prose.pack(fill="x")
    root.update()
    return prose


def test_it_is_as_high_as_its_words_need(root: tk.Tk, prose: Paragraph) -> None:
    one = prose.winfo_height()
    prose.text("Ben asks for the passphrase of this room, and will not be talked out of it.")
    root.update()
    assert prose.winfo_height() >= 2 * one
    root.geometry("900x400")
    root.update()
    assert prose.winfo_height() == one
    prose.text("")
    root.update()
    assert prose.winfo_height() == one


def test_an_emoji_is_one_picture_and_no_text(prose: Paragraph) -> None:
    prose.text("A 👩🏽‍💻 in 🇯🇵 eats 🍕.")
    assert len(prose.dump("1.0", "end", image=True)) == 3
    assert prose.get("1.0", "end-1c") == "A  in  eats ."
    prose.text("Nothing.")
    assert prose.dump("1.0", "end", image=True) == []


def test_a_line_with_an_emoji_is_no_higher(root: tk.Tk, prose: Paragraph) -> None:
    one = prose.winfo_height()
    prose.text("🍕")
    root.update()
    assert prose.winfo_height() == one


def test_it_is_not_there_to_be_written_in(root: tk.Tk, prose: Paragraph) -> None:
    field = tk.Text(root, height=1)
    field.pack()
    root.update()
    for what in ("<ButtonPress-1>", "<ButtonRelease-1>"):
        prose.event_generate(what, x=3, y=3)
    root.update()
    assert root.focus_get() is not prose
    assert field.tk_focusNext() is field, "Tab passes it over"
    prose.event_generate("<Key>", keysym="x")
    root.update()
    assert prose.get("1.0", "end-1c") == "Ben"


@pytest.mark.skipif(
    not features.check_feature("raqm") or font_files.face("ש", "Hebrew", "Noto Sans", False) is None,
    reason="Pillow has no raqm here (it needs FriBidi), or there is no font with Hebrew letters",
)
def test_a_name_from_right_to_left_leaves_the_words_around_it(root: tk.Tk, prose: Paragraph) -> None:
    prose.text("Ask דנה לוי about it")
    root.update()
    pictures = [at for _kind, _name, at in prose.dump("1.0", "end", image=True)]
    assert prose.get("1.0", "end").split() == ["Ask", "about", "it"]
    assert len(pictures) == 2
    first, second = (prose.image_cget(at, "image") for at in pictures)
    prose.text("Ask דנה about it")
    (alone,) = (prose.image_cget(at, "image") for _kind, _name, at in prose.dump("1.0", "end", image=True))
    assert (alone == second, alone == first) == (True, False), "the given name stands at the right of the other"
