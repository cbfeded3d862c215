"""The words of the page for phones: in the phone's language, with what is put in, and the right form of each count."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.web.modules import PageModules

POLISH = {
    "Reply to {name}": "Odpowiedź dla: {name}",
    "1 here": {"one": "{n} osoba", "few": "{n} osoby", "many": "{n} osób"},
}


@pytest.fixture
def polish(page: PageModules) -> Iterator[PageModules]:
    page.call("words", "use", "pl-PL", POLISH)
    yield page
    page.call("words", "use", "en", {})


def test_what_is_not_translated_is_english(polish: PageModules) -> None:
    assert polish.call("words", "words", "Send") == "Send"
    assert polish.call("words", "counted", 1, "1 message", "{n} messages") == "1 message"
    assert polish.call("words", "counted", 5, "1 message", "{n} messages") == "5 messages"


def test_names_are_put_in_as_they_are(polish: PageModules) -> None:
    for name in ("Zoë", "{name}", "$&", "<b>"):
        assert polish.call("words", "words", "Reply to {name}", {"name": name}) == f"Odpowiedź dla: {name}"


@pytest.mark.parametrize(
    ("count", "said"),
    [(0, "0 osób"), (1, "1 osoba"), (2, "2 osoby"), (5, "5 osób"), (12, "12 osób"), (22, "22 osoby")],
)
def test_each_count_has_its_form(polish: PageModules, count: int, said: str) -> None:
    assert polish.call("words", "counted", count, "1 here", "{n} here") == said


def test_words_that_every_object_has_are_words(page: PageModules) -> None:
    for word in ("constructor", "toString", "__proto__"):
        assert page.call("words", "words", word) == word
        assert page.call("words", "words", f"{{{word}}}") == f"{{{word}}}"
