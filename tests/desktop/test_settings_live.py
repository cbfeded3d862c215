"""Settings take effect at once, everywhere in the window, and are there again at the next start."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from lanchat.storage.languages import speak
from tests.desktop.person import People


@pytest.fixture(autouse=True)
def _english_again() -> Iterator[None]:
    """The language is one for the whole process."""
    speak("en")
    yield
    speak("")


def test_dark_is_dark_at_once_and_after_a_restart(people: People) -> None:
    ana = people.person("Ana")
    day = str(ana.sidebar["background"])
    ana.keys("Control-comma")
    ana.presses("Dark")
    ana.until(lambda: str(ana.sidebar["background"]) != day)
    night = str(ana.sidebar["background"])
    ana.closes_for_good()
    ana.opens()
    assert str(ana.sidebar["background"]) == night


def test_every_word_that_is_seen_changes_with_the_language(people: People) -> None:
    ana = people.person("Ana")
    ana.starts_room("Dapur")
    ana.keys("Control-comma")
    english = ana.reads()
    ana.presses("Bahasa Indonesia")
    ana.sees_no("Settings")
    same = {line for line in english.splitlines() if len(line.split()) > 1} & set(ana.reads().splitlines())
    same = {line for line in same if not re.fullmatch(r"\d+ [kMGT]B(/s)?", line)}  # amounts are the same
    assert same <= {"Bahasa Indonesia", "You are Ana", "100%"} - {"You are Ana"}, same
    ana.closes_for_good()
    ana.opens()
    ana.sees_no("Start a room")


def test_the_text_grows_in_steps_and_back(people: People) -> None:
    ana = people.person("Ana")
    ana.keys("Control-comma")
    ana.presses("+")
    ana.sees("110%")
    ana.presses("+")
    ana.sees("120%")
    ana.closes_for_good()
    ana.opens()
    ana.keys("Control-comma")
    ana.sees("120%")
    ana.keys("Control-0")
    ana.sees("100%")


def test_one_room_is_silenced_and_the_others_are_not(people: People) -> None:
    ana, ben = people.person("Ana"), people.person("Ben")
    ana.starts_room("Garden")
    ana.starts_room("Kitchen")
    ana.presses("More")
    ana.presses("Notifications and more…")
    ana.presses("Nothing", within=ana.middle, which=-1)
    ben.enters("Kitchen")
    ben.says("the kettle is on")
    ben.enters("Garden")
    ben.says("the roses are out")
    ana.until(lambda: bool(ana.desktop.notices))
    assert [notice.body for notice in ana.desktop.notices.values()] == ["the roses are out"]
    ana.sees("Ben: the kettle is on 1")


def test_the_program_says_who_can_read_what_and_where_data_is(people: People) -> None:
    ana = people.person("Ana")
    ana.keys("Control-comma")
    ana.presses("About lanchat")
    ana.sees("MIT licence", str(ana.folder))
