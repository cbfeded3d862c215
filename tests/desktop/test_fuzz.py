"""Whatever others send and whatever one does, in whatever order: the window lives, and says nothing of mistakes.

With --long: every character there is, and many more actions.
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from lanchat.core.model import RoomId
from lanchat.desktop import view_context as places
from lanchat.engine import commands
from tests.desktop.person import People, Person
from tests.engine.people import Person as Member

_AT_ONCE = 20  # messages, between two looks at the window
_MEMORY_MB = 250  # more than everything shown and remembered may take in addition

SEQUENCES = [
    "\u202egnihtyna\u202c \u2066x\u2069 \u200e\u200f", "Z" + "\u0353\u0317\u0300\u0489" * 400, "e\u0301" * 900,
    "\u0627\u0644\u0633\u0644\u0627\u0645 " * 60, "\u0e01\u0e33\u0e49" * 300, "\u200d" * 1000, "\ufe0f" * 1000,
    "\U0001f1ee\U0001f1e9" * 500, "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466" * 120,
    "\U0001f44d\U0001f3fd" * 700, "\U0001f600" * 4000, "1\ufe0f\u20e3" * 400, "\U0001f3f4" + "\U000e0067" * 300,
    "x" * 4000, "W" * 3999, "word " * 790, "\n" * 150 + "end", "\t" * 2000, "a\nb" * 90,
    "\u2028\u2029\x0b\x0c\x85" * 50, "`" * 3000, "``` " * 600, "```\n" + "code\n" * 150 + "```",
    "`a` " * 800, "*_~" * 900, "**a *b ~~c `d` ~~*** " * 150, "> - " * 8 + "a\n" * 60, ">" * 300 + "x", "- a\n" * 199,
    "- ```py\n  a\n\tb\n  ```\n" * 40, "> ```\n> 👍🏽 日本 שלום\n> ```\n" * 40, "[a](https://b.lan)" * 200,
    "1. \u05d0 **\u05d1**\n" * 90, "@" * 2000, "@Ana " * 600,
    "https://" + "a." * 1500 + "example/", "https://example.org/ " * 150, "http://[::1]:99999999/%zz?" + "&" * 2000,
    "javascript:alert(1) file:///etc/passwd lanchat://x", "{0} {nick} %s %n $HOME $(id) [exit] \\ ; } {", "#!/bin/sh",
    "\x00\x01\x02\x1b[31mred\x07\x08\x7f\x9b", "\ud7ff\ue000\uffff\U0010ffff",
]  # fmt: skip


@pytest.fixture
def chance() -> random.Random:
    seed = random.randrange(1 << 32)
    print(f"seed: {seed}")
    return random.Random(seed)


@pytest.fixture
def long(request: pytest.FixtureRequest) -> bool:
    return bool(request.config.getoption("--long"))


def generous_room(title: str) -> commands.OpenRoom:
    return commands.OpenRoom(title, port=0, posts_per_second=10_000, burst=10_000)


@pytest.fixture
def ana(people: People) -> Person:
    """In her Kitchen, where one may say as much as one likes."""
    ana = people.person("Ana")
    ana.app.window.do(generous_room("Kitchen"))
    ana.sees("You are hosting")
    return ana


@pytest.fixture
def eve(ana: Person, tmp_path: Path) -> Iterator[Member]:
    """A member without a window."""
    eve = Member("Eve", tmp_path / "Eve", ana.people.lan)
    eve.starts()
    eve.joins("Kitchen")
    yield eve
    eve.quits()


def every_character(step: int) -> Iterator[str]:
    """Messages that have all of them, or of those beyond the first plane each `step`th message."""
    characters = [chr(code) for code in range(0x20, sys.maxunicode + 1) if not 0xD800 <= code <= 0xDFFF]
    pieces = ["".join(characters[at : at + 1500]) for at in range(0, len(characters), 1500)]
    yield from pieces[:44]
    yield from pieces[44::step]


def memory_mb() -> float:
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * 4096 / 1e6


def said_while_one_scrolls(ana: Person, eve: Member, texts: list[str], chance: random.Random) -> None:
    """In portions; meanwhile Ana goes up and down, and everything she passes is drawn."""
    for at in range(0, len(texts), _AT_ONCE):
        for text in texts[at : at + _AT_ONCE]:
            eve.do(commands.Say(ana.room_id, text))
        ana.timeline.focus_force()
        ana.keys(*chance.choices(["Prior", "Next", "Home", "End", "Up", "Down"], k=6))
    ana.timeline.focus_force()
    ana.keys("End")
    eve.do(commands.Say(ana.room_id, "that was all"))
    ana.sees("that was all")


@pytest.mark.skipif(sys.platform != "linux", reason="looks at /proc")
def test_every_character_and_every_trick_is_just_text(
    ana: Person, eve: Member, chance: random.Random, long: bool
) -> None:
    texts = [*SEQUENCES, *every_character(1 if long else 60)]
    chance.shuffle(texts)
    before = memory_mb()
    said_while_one_scrolls(ana, eve, texts, chance)
    ana.keys("Control-a", "Control-c")
    assert ana.root.clipboard_get()
    ana.types("still here")
    ana.keys("Return")
    ana.sees_state("still here", "✓✓")
    assert memory_mb() - before < _MEMORY_MB


def test_names_and_titles_can_be_anything(ana: Person, eve: Member, chance: random.Random) -> None:
    for text in chance.sample(SEQUENCES, 12):
        eve.do(commands.ChangeProfile(text))
    eve.do(commands.ChangeProfile("Eve at last"))
    ana.sees("Eve at last")
    for text in SEQUENCES[:10]:
        eve.do(commands.OpenRoom(text, port=0))
    eve.do(commands.OpenRoom("The last room", port=0))
    ana.sees_room("The last room")


def test_any_action_may_follow_on_any_other(
    people: People, ana: Person, eve: Member, chance: random.Random, long: bool
) -> None:
    eve.do(generous_room("Garden"))
    ana.sees_room("Garden")
    ana.enters("Garden")
    actions = _actions(ana, eve, chance)
    until = time.monotonic() + (120 if long else 6)
    done: list[str] = []
    while time.monotonic() < until:
        action = chance.choice(actions)
        done.append(action.__name__)
        try:
            action()
        except Exception as error:
            raise AssertionError(f"after {done[-12:]}") from error
        assert ana.app.window.panes is not None
    ana.keys("Escape", "Escape")
    ana.root.geometry("1060x690")
    ana.keys("Control-0")
    ana.picks("Kitchen")
    ana.sees("Kitchen")


def _actions(ana: Person, eve: Member, chance: random.Random) -> list[Callable[[], object]]:
    rooms = list(ana.app.window.state.rooms)
    window = ana.app.window

    def go_somewhere() -> None:
        room_id: RoomId = chance.choice(rooms)
        window.go(chance.choice([
            places.WelcomePlace(), places.InRoom(room_id), places.InRoom(room_id, chance.randrange(1, 40)),
            places.StartRoom(), places.JoinBy("nowhere"), places.Invite(room_id), places.SearchAll("a"),
            places.SettingsAt(room_id), places.ExportFrom(room_id), places.AboutLanchat(), places.AllKeys(),
            places.StopHosting(room_id), places.Checkup(),
        ]))  # fmt: skip
        ana.root.update()

    def press_a_key() -> None:
        ana.keys(chance.choice([
            "Tab", "Shift-Tab", "Escape", "Up", "Down", "Left", "Right", "Prior", "Next", "Home", "End", "F1", "F6",
            "F7", "Control-k", "Control-f", "Control-Shift-F", "Control-n", "Control-comma", "Control-a", "Control-c",
            "Control-v", "Control-z", "Control-plus", "Control-minus", "Control-0", "Alt-Up", "Alt-Down", "BackSpace",
            "Delete",
        ]))  # fmt: skip

    def write_something() -> None:
        ana.types(chance.choice(["a", ":tea", "@E", "hello", "👩🏽‍🔬", "two\nlines", *SEQUENCES])[:300])

    def hear_something() -> None:
        eve.do(commands.Say(RoomId(chance.choice(rooms)), chance.choice(SEQUENCES)))
        eve.do(commands.ChangeProfile(chance.choice(["Eve", "Ève", "\U0001f98a"])))

    def move_the_pointer() -> None:
        widget = chance.choice([child for child in _all(ana.root) if child.winfo_viewable()])
        x, y = chance.randrange(max(1, widget.winfo_width())), chance.randrange(max(1, widget.winfo_height()))
        for event in ("<Enter>", "<Motion>", chance.choice(["<Button-4>", "<Button-5>", "<Leave>", "<Motion>"])):
            if widget.winfo_exists():
                widget.event_generate(event, x=x, y=y)
        ana.root.update()

    def press_anything() -> None:
        widget = chance.choice([child for child in _all(ana.root) if child.winfo_viewable()])
        x, y = chance.randrange(max(1, widget.winfo_width())), chance.randrange(max(1, widget.winfo_height()))
        for event in ("<Enter>", "<Motion>", "<ButtonPress-1>", "<ButtonRelease-1>"):
            if widget.winfo_exists():
                widget.event_generate(event, x=x, y=y)
        ana.root.update()

    def resize() -> None:
        ana.root.geometry(f"{chance.randrange(660, 1300)}x{chance.randrange(440, 900)}")
        ana.root.update()

    def turn_the_lights() -> None:
        ana.desktop.turned(chance.random() < 0.5)
        ana.root.update()

    def look_away() -> None:
        ana.looks_away()

    return [
        go_somewhere, go_somewhere, press_a_key, press_a_key, press_a_key, write_something, hear_something,
        move_the_pointer, press_anything, press_anything, resize, turn_the_lights, look_away,
    ]  # fmt: skip


def _all(widget: object) -> Iterator[object]:
    for child in widget.winfo_children():  # type: ignore[attr-defined]
        yield child
        yield from _all(child)
