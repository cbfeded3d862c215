"""Whatever people and rooms are called: Tk is never given an emoji to draw, which on some systems kills the window, nor
on X11 letters that it does not draw as they are written."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Iterator

import pytest

from lanchat.desktop.emoji.emoji_data import EMOJI
from lanchat.desktop.text_layout.font_files import face, script_of
from lanchat.desktop.timeline.timeline import Timeline
from tests.desktop.person import People, Person

NAMES = {
    "emoji": ("Kitchen 🍜", "Ana 🎉", "Ben 👩🏽‍🚀"),
    "from right to left": ("Kitchen מטבח", "Ana حنة", "Ben בן"),
    "joined letters": ("Kitchen रसोई", "Ana அனா", "Ben বেন"),
}


def given_to_tk(widget: tk.Misc) -> Iterator[tuple[tk.Misc, str]]:
    """All letters of a window, but for what its person wrote in a field."""
    if isinstance(widget, tk.Label):
        yield widget, str(widget["text"])
    elif isinstance(widget, tk.Canvas):
        yield from ((widget, widget.itemcget(one, "text")) for one in widget.find_all() if widget.type(one) == "text")
    elif isinstance(widget, tk.Text) and (
        str(widget["state"]) == "disabled" or isinstance(widget.master, Timeline)
    ):
        yield widget, widget.get("1.0", "end")
    for child in widget.winfo_children():
        yield from given_to_tk(child)


def has_fonts(text: str) -> bool:
    """Whether this computer has a font for every letter of it: others stay with Tk, which draws squares."""
    letters = (letter for letter in text if letter.isalpha() and not letter.isascii())
    return all(face(letter, script_of(letter), "sans-serif", False) for letter in letters)


def draws_its_emoji_itself(person: Person) -> None:
    person.root.update()
    draws = person.app.window.theme.shaper.draws
    found = [(str(widget), words) for widget, words in given_to_tk(person.root) if EMOJI.search(words) or draws(words)]
    assert not found, f"{person.nick}, in {person.app.window.place}: {found}"


@pytest.mark.parametrize(("title", "ana_is", "ben_is"), NAMES.values(), ids=NAMES)
def test_wherever_one_goes_names_are_drawn_as_pictures(people: People, title: str, ana_is: str, ben_is: str) -> None:
    if not has_fonts(title + ana_is + ben_is):
        pytest.skip("a font for these letters is missing here")
    ana, ben = people.person(ana_is, people.folder / "ana"), people.person(ben_is, people.folder / "ben")
    ana.starts_room(title)
    draws_its_emoji_itself(ana)
    ben.sees_room("Kitchen")
    draws_its_emoji_itself(ben)
    ben.picks("Kitchen")
    ben.sees("Connected")
    ben.says("hi 🐻", f"https://lunch.example/{title[-3:]}")
    ana.sees("hi", "lunch.example")
    for person in (ana, ben):
        draws_its_emoji_itself(person)
        person.presses("Ana" if person is ben else "Ben", within=person.app.window.panes.people)  # type: ignore[union-attr]
        person.sees("Key words", "Verify in person")
        draws_its_emoji_itself(person)
        person.presses("Verify in person")
        person.sees("Are these the same numbers?")
        draws_its_emoji_itself(person)
    ana.presses("They do not")
    ana.sees("Not the same")
    draws_its_emoji_itself(ana)
    ana.presses("Done")
    for action in ("Send away…", "Ban…"):
        ana.presses(action)
        ana.sees("Cancel")
        draws_its_emoji_itself(ana)
        ana.presses("Cancel")
    ana.presses("More", within=ana.middle)
    ana.presses("Stop hosting…")
    ana.sees("Keep it open")
    draws_its_emoji_itself(ana)
    ana.presses("Stop hosting")
    ben.until(lambda: "What you write is kept" in ben.reads())
    draws_its_emoji_itself(ben)
    for keys, words in (("Control-k", "A room, a person"), ("Control-comma", "Muted people")):
        ben.keys(keys)
        ben.sees(words)
        draws_its_emoji_itself(ben)
        ben.keys("Escape")
