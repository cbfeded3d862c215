"""Bookmarks: messages that one person wants to find again, in every room; nobody else knows of them."""

from __future__ import annotations

import pytest

from tests.desktop.person import People, Person
from tests.desktop.test_acting_on_messages import by_bar, office_with_a_code


@pytest.fixture
def office(people: People) -> tuple[Person, Person]:
    return office_with_a_code(people)


def bookmarks(person: Person, words: str) -> None:
    by_bar(person, words, "More")
    person.presses("Bookmark")
    person.sees("among your bookmarks")


def test_a_bookmark_leads_to_its_message_from_anywhere(office: tuple[Person, Person]) -> None:
    ana, ben = office
    bookmarks(ben, "the code of the door")
    ana.says(*(f"line {number}\nand\nmore" for number in range(15)))
    ben.sees("line 14")
    ben.closes_for_good()
    ben.opens()
    ben.keys("Control-Shift-B")
    ben.sees("the code of the door", "in Office", "Only you see these.")
    ben.presses("the code of the door")
    ben.until(lambda: "the code" in ben.timeline.get("@0,0", "@0,2000"))
    ana.keys("Control-Shift-B")
    ana.sees("Nothing yet.")


def test_it_is_removed_on_the_page_and_in_the_menu(office: tuple[Person, Person]) -> None:
    _ana, ben = office
    bookmarks(ben, "the code of the door")
    by_bar(ben, "the code of the door", "More")
    ben.presses("Remove the bookmark")
    ben.keys("Control-Shift-B")
    ben.sees("Nothing yet.")
    ben.keys("Escape")
    bookmarks(ben, "the code of the door")
    ben.keys("Control-Shift-B")
    ben.presses("Remove the bookmark")
    ben.sees("Nothing yet.")


def test_a_bookmarked_message_that_was_deleted_says_so(office: tuple[Person, Person]) -> None:
    ana, ben = office
    bookmarks(ben, "the code of the door")
    ben.keys("Control-Shift-B")
    ben.sees("the code of the door")
    by_bar(ana, "the code of the door", "More")
    ana.presses("Delete…")
    ana.keys("Return")
    ben.sees_no("the code of the door")
    ben.sees("deleted")
