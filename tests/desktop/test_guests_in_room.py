"""Somebody comes with a phone into a room that is open in a window: everybody sees that it is a guest."""

from __future__ import annotations

import pytest

from lanchat.core import limits
from tests.desktop.person import People, Person
from tests.desktop.phone_user import phone_in_room_of


@pytest.fixture(autouse=True)
def _any_port(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests beside this one have rooms of their own."""
    monkeypatch.setattr(limits, "GUEST_PORTS", ())


@pytest.fixture
def ana(people: People) -> Person:
    ana = people.person("Ana")
    ana.starts_room("Kitchen")
    return ana


def test_host_and_members_see_that_a_guest_is_one(people: People, ana: Person) -> None:
    ben = people.person("Ben")
    ben.picks("Kitchen")
    with phone_in_room_of(ana, "Mia") as mia:
        for person in (ana, ben):
            person.finds("Guests — 1", within=person.people_pane)
            person.finds("Mia", within=person.people_pane)
            person.sees("Mia (guest) joined")
        ben.looks_away()
        mia.says("Hello from the bus")
        for person in (ana, ben):
            person.sees("Mia  · guest", "Hello from the bus")
        ben.until(lambda: [notice.title for notice in ben.desktop.notices.values()] == ["Mia (guest) in Kitchen"])
        mia.leaves()
        for person in (ana, ben):
            person.sees("Mia (guest) left")
            person.finds(" · guest", within=person.people_pane)


def test_a_guest_is_marked_also_when_lanchat_was_started_again(ana: Person) -> None:
    with phone_in_room_of(ana, "Mia") as mia:
        mia.says("Hello from the bus")
        ana.sees("Mia  · guest", "Hello from the bus")
    ana.closes_for_good()
    ana.opens()
    ana.picks("Kitchen")
    ana.sees("Mia  · guest", "Hello from the bus")
    ana.finds(" · guest", within=ana.people_pane)


def test_the_host_sends_a_guest_away_from_their_profile(ana: Person) -> None:
    with phone_in_room_of(ana, "Mia"):
        ana.presses("Mia", within=ana.people_pane)
        ana.sees("guest, here with a browser")
        ana.sees_no("Write privately", "Verify in person", "Runs the room with you")
        ana.presses("Send away…")
        ana.presses("Send away")
        ana.sees("guest, not here now")


def test_a_ban_says_that_it_ends_the_code_for_phones_that_is_open(people: People, ana: Person) -> None:
    people.person("Ben").picks("Kitchen")
    ana.presses("Ben", within=ana.people_pane)
    ana.presses("Ban…")
    ana.sees("Ban Ben?")
    ana.sees_no("The code for phones ends, too.")
    with phone_in_room_of(ana, "Mia"):
        ana.sees("The code for phones ends, too.")
        ana.presses("Ban")
        ana.sees("Ben may not come in.")
