"""Forgetting a room: nothing of it is left, and nothing leads back into it."""

from __future__ import annotations

from tests.desktop.person import People, Person


def forgets_from_its_settings(ana: Person) -> None:
    ana.presses("More", within=ana.middle)
    ana.presses("Notifications and more…")
    ana.presses("Forget this room…")
    ana.presses("Forget it")
    ana.sees("You have not been in a room yet.")


def test_the_way_back_does_not_lead_into_a_forgotten_room(people: People) -> None:
    ana = people.person("Ana")
    ana.starts_room("Kitchen")
    forgets_from_its_settings(ana)
    ana.keys("Escape")  # neither to the room, nor to the page where it was started
    ana.sees("You are Ana", "No room is open here yet")


def test_what_was_begun_there_goes_with_it(people: People) -> None:
    ana = people.person("Ana")
    ana.starts_room("Kitchen")
    ana.types("for nobody else to read")
    forgets_from_its_settings(ana)
    ana.closes_for_good()
    for file in ana.folder.iterdir():
        assert b"for nobody else to read" not in file.read_bytes(), file.name
