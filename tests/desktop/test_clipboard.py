"""What other programs copy, and what they get of what is selected here. xclip is the other program."""

from __future__ import annotations

import subprocess
import tkinter as tk
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from lanchat.desktop.theme.theme import Theme
from lanchat.desktop.widgets.text_field import TextField
from tests.desktop.hand import AtMouse, needs
from tests.desktop.person import People, Person
from tests.systems import needs_x11

Takes = Callable[[Person], AtMouse]
PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(range(200))


@pytest.fixture
def ana(people: People) -> Person:
    needs("xclip")
    ana = people.person("Ana")
    ana.starts_room("Kitchen")
    return ana


@contextmanager
def copied(person: Person, data: bytes, *kind: str) -> Iterator[None]:
    """Another program has this in the clipboard."""
    person.root.clipboard_clear()
    person.root.winfo_pointerxy()  # asks the X server, which then has done what it was told before
    program = subprocess.Popen(["xclip", "-quiet", "-selection", "clipboard", *kind], stdin=subprocess.PIPE,
                               stderr=subprocess.DEVNULL)  # fmt: skip
    try:
        assert program.stdin is not None
        program.stdin.write(data)
        program.stdin.close()
        person.until(lambda: "TK_WINDOW" not in kinds(person), "nothing was copied")
        yield
    finally:
        program.terminate()
        program.wait(20)


def kinds(person: Person) -> str:
    """What the clipboard can be had as; Tk's own has some that no other program has."""
    return str(person.root.tk.call("selection", "get", "-selection", "CLIPBOARD", "-type", "TARGETS"))


def join_field(person: Person) -> None:
    person.presses("Join…")


def composer(person: Person) -> None:
    """Where the keyboard is."""


FIELDS = pytest.mark.parametrize("field", [composer, join_field], ids=["composer", "field"])


def written(person: Person) -> str:
    return str(person.root.focus_get().get("1.0", "end-1c"))  # type: ignore[union-attr]


@pytest.mark.parametrize("pane", ["timeline", "people_pane"])
def test_what_is_pasted_while_the_focus_is_in_another_pane_goes_into_the_composer(ana: Person, pane: str) -> None:
    getattr(ana, pane).focus_force()
    ana.root.update()
    with copied(ana, b"a few words"):
        ana.keys("Control-v")
    assert ana.writes() == "a few words"


@FIELDS
def test_text_is_pasted(ana: Person, field: Callable[[Person], None]) -> None:
    field(ana)
    with copied(ana, b"a few words"):
        ana.keys("Control-v")
    assert written(ana) == "a few words"


@FIELDS
@pytest.mark.parametrize("size", [500_000, 5_000_000])
def test_what_is_too_long_is_said_to_be(ana: Person, field: Callable[[Person], None], size: int) -> None:
    field(ana)
    with copied(ana, b"x" * size):
        ana.keys("Control-v")
        ana.sees("What was copied is too long to be pasted here.")
    assert written(ana) == ""


@FIELDS
def test_a_picture_is_no_text(ana: Person, field: Callable[[Person], None]) -> None:
    field(ana)
    with copied(ana, PICTURE, "-t", "image/png"):
        ana.keys("Control-v")
        ana.sees("What was copied is not text")
    assert written(ana) == ""


def test_where_nothing_was_copied_that_is_said(ana: Person) -> None:
    with copied(ana, b"gone"):
        pass
    ana.keys("Control-v")
    ana.sees("There is no text to paste.")


def test_what_is_selected_anywhere_can_be_pasted_by_the_middle_button(ana: Person, hand: Takes) -> None:
    ana.says("first words")
    ana.sees_state("first words", "✓")
    mouse = hand(ana)
    x, y = ana.place_in_text("first words")
    mouse.drags(ana.timeline, (x - 2, y), (x + 300, y))
    program = subprocess.Popen(["xclip", "-selection", "primary", "-o"], stdout=subprocess.PIPE)
    ana.until(lambda: program.poll() is not None, "xclip waits")
    assert program.stdout is not None
    assert program.stdout.read() == b"first words"
    program.stdout.close()


@needs_x11
@pytest.mark.parametrize("secret", [True, False])
def test_what_is_secret_is_given_to_nobody(root: tk.Tk, theme: Theme, secret: bool) -> None:
    root.selection_clear(selection="PRIMARY")
    field = TextField(root, theme, "some words", secret=secret)
    field.pack()
    field.focus_set()
    field.select_all()
    root.update()
    try:
        given = root.tk.call("selection", "get", "-selection", "PRIMARY")
    except tk.TclError:
        given = ""
    assert given == ("" if secret else "some words")
