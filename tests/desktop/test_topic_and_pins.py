"""What stands over a conversation: the topic, which the host sets, and what is pinned."""

from __future__ import annotations

import pytest

from lanchat.desktop.room_header import PinsButton, TopicLine
from tests.desktop.eyes import parts
from tests.desktop.person import People, Person
from tests.desktop.test_acting_on_messages import by_bar, office_with_a_code, row_of


@pytest.fixture
def office(people: People) -> tuple[Person, Person]:
    """Ana hosts, and has said something long ago."""
    return office_with_a_code(people)


def pins(person: Person) -> str:
    return next((part.words for part in parts(person.middle) if isinstance(part, PinsButton)), "")


def topic(person: Person) -> str:
    return next((part.words for part in parts(person.middle) if isinstance(part, TopicLine)), "")


def test_the_host_says_what_the_room_is_about(office: tuple[Person, Person]) -> None:
    ana, ben = office
    assert topic(ben) == ""
    ana.presses("Add a topic")
    ana.types("Lunch, builds and whatever else")
    ana.keys("Return")
    for person in (ana, ben):
        person.until(lambda person=person: topic(person) == "Lunch, builds and whatever else")  # type: ignore[misc]
    ben.presses("Lunch, builds")
    ben.sees_no("Save")
    ana.presses("Lunch, builds")
    ana.sees("Save")
    ana.keys("Control-a", "Delete")
    ana.presses("Save")
    ben.until(lambda: topic(ben) == "")
    ana.until(lambda: topic(ana) == "Add a topic")


def test_escape_leaves_the_topic_as_it_was(office: tuple[Person, Person]) -> None:
    ana, _ben = office
    ana.presses("Add a topic")
    ana.types("nonsense")
    ana.keys("Escape")
    ana.sees_no("Save")
    assert topic(ana) == "Add a topic"


def test_the_topic_is_there_at_the_next_start(office: tuple[Person, Person]) -> None:
    ana, ben = office
    ana.presses("Add a topic")
    ana.types("Lunch")
    ana.keys("Return")
    ben.until(lambda: topic(ben) == "Lunch")
    ben.closes_for_good()
    ana.closes_for_good()
    ben.opens()
    ben.until(lambda: topic(ben) == "Lunch")


def test_what_is_pinned_is_counted_listed_and_led_to(office: tuple[Person, Person]) -> None:
    ana, ben = office
    assert pins(ben) == ""
    by_bar(ana, "the code of the door", "Pin")
    for person in (ana, ben):
        person.until(lambda person=person: pins(person) == "1 pinned message")  # type: ignore[misc]
    ana.says(*(f"line {number}\nand\nmore" for number in range(15)))
    ben.sees("line 14")
    assert "the code" not in ben.timeline.get("@0,0", "@0,2000")
    ben.presses("1 pinned message")
    ben.sees("Pinned messages")
    ben.sees_no("(Unpin)")
    ben.presses("the code of the door")
    ben.sees_no("Pinned messages")
    ben.until(lambda: "the code" in ben.timeline.get("@0,0", "@0,2000"))
    ben.closes_for_good()
    ben.opens()
    ben.until(lambda: pins(ben) == "1 pinned message")
    ana.presses("1 pinned message")
    ana.presses("Unpin")
    for person in (ana, ben):
        person.until(lambda person=person: pins(person) == "")  # type: ignore[misc]
    assert not row_of(ana, "line 14").pinned


def test_a_pinned_message_that_is_deleted_is_pinned_no_more(office: tuple[Person, Person]) -> None:
    ana, ben = office
    by_bar(ana, "the code of the door", "Pin")
    ben.until(lambda: pins(ben) == "1 pinned message")
    by_bar(ana, "the code of the door", "More")
    ana.presses("Delete…")
    ana.keys("Return")
    ben.sees("Ana deleted a message.")
    ben.until(lambda: pins(ben) == "")
