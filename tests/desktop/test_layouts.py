"""Shortcuts by real keys: whatever the layout, and with Caps Lock."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator

import pytest

from tests.desktop.hand import AtMouse, needs
from tests.desktop.person import People, Person
from tests.systems import needs_x11

pytestmark = needs_x11

Takes = Callable[[Person], AtMouse]

#: Where these letters are on a US keyboard: X11's numbers of keys.
KEYS = {"k": 45, "f": 41, "n": 57, "comma": 59, "a": 38, "c": 54, "v": 55, "x": 53, "z": 52, "equal": 21, "minus": 20,
        "0": 19, "q": 24}  # fmt: skip


class Keyboard:
    """Of this screen: its layout and its Caps Lock."""

    def __init__(self, hand: AtMouse) -> None:
        self._hand = hand

    def lays(self, layout: str) -> None:
        subprocess.run(["setxkbmap", layout], check=True, timeout=20)

    def locks(self) -> None:
        self._hand.types("Caps_Lock")

    def presses(self, letter: str, shift: bool = False) -> None:
        """With Control, the key at that place, as a hand does."""
        self._hand.holds("ctrl")
        if shift:
            self._hand.holds("shift")
        self._hand.types(str(KEYS[letter]))
        if shift:
            self._hand.lets_go("shift")
        self._hand.lets_go("ctrl")


@pytest.fixture
def ana(people: People) -> Person:
    ana = people.person("Ana")
    ana.starts_room("Kitchen")
    return ana


@pytest.fixture(params=["us", "Caps Lock", "ru", "gr", "il", "ara", "th", "ge"])
def keyboard(ana: Person, hand: Takes, request: pytest.FixtureRequest) -> Iterator[Keyboard]:
    needs("setxkbmap")
    made = Keyboard(hand(ana))
    caps = request.param == "Caps Lock"
    if caps:
        made.locks()
    else:
        made.lays(request.param)
    yield made
    if caps:
        made.locks()
    made.lays("us")


def test_every_letter_with_control_does_what_is_said_of_it(ana: Person, keyboard: Keyboard) -> None:
    keyboard.presses("k")
    ana.sees("A room, a person, or words that were said")
    ana.keys("Escape")
    keyboard.presses("f")
    ana.sees("Search in this room")
    ana.keys("Escape")
    keyboard.presses("f", shift=True)
    ana.sees("Search in every room")
    keyboard.presses("n")
    ana.sees("Open the room")
    keyboard.presses("comma")
    ana.sees("Appearance", "100%")
    keyboard.presses("equal")
    ana.sees("110%")
    keyboard.presses("minus")
    ana.sees("100%")
    keyboard.presses("minus")
    ana.sees("90%")
    keyboard.presses("0")
    ana.sees("100%")


def test_text_is_edited_by_the_usual_keys(ana: Person, keyboard: Keyboard) -> None:
    ana.types("süppchen")
    keyboard.presses("a")
    keyboard.presses("x")
    assert ana.writes() == ""
    keyboard.presses("v")
    keyboard.presses("v")
    assert ana.writes() == "süppchensüppchen"
    keyboard.presses("z")
    assert ana.writes() == "süppchen"
    keyboard.presses("z", shift=True)
    assert ana.writes() == "süppchensüppchen"


def test_what_was_said_is_copied_by_the_usual_keys(ana: Person, keyboard: Keyboard) -> None:
    ana.says("the soup is hot…")
    ana.sees_state("the soup is hot…", "✓")
    ana.keys("Shift-F6")
    keyboard.presses("a")
    ana.root.clipboard_clear()
    keyboard.presses("c")
    assert "the soup is hot…" in ana.root.clipboard_get()


def test_the_window_is_closed(ana: Person, keyboard: Keyboard) -> None:
    keyboard.presses("q")
    ana.until(lambda: ana.root.over, "it goes on")
