"""Filters of a search: what a person types beside words, such as from:Ana has:link before:2026-11-01. Pure.

    from:NAME     messages of people whose name, or a word of it, begins so; from:me, from:"Ana Maria"
    in:ROOM       rooms in whose title a word begins so
    has:KIND      file, picture, link or pin
    before:DATE   written before that day; DATE is 2026-11-01, 2026-11, 2026, today or yesterday
    after:DATE    written on that day or later

The same filter twice: for `from` and `in` either will do, the others hold both. What stands in quotes is no filter.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Literal, TypeAlias

from msgspec import Struct

from lanchat.core.translate import _
from lanchat.storage.search_text import folded

Has: TypeAlias = Literal["link", "file", "picture", "pin"]

_FILTER = re.compile(r"(?<!\S)(from|in|has|before|after):(\"[^\"]*\"?|\S*)", re.IGNORECASE)
_DATE = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?")
_WORD = re.compile(r"[^\W_]+")
_CHARACTERS = 200  # of a value: no name or title is longer


class SearchFault(ValueError):
    """A filter that cannot be understood; str() tells why, in words for the person."""


class SearchFilters(Struct, frozen=True):
    words: str  #: without the filters
    authors: tuple[str, ...] = ()  #: beginnings of names; (): everybody
    rooms: tuple[str, ...] = ()  #: beginnings in titles; (): all rooms
    has: frozenset[Has] = frozenset()
    after: int = 0  #: ms; written then or later
    before: int = 0  #: ms; written earlier than that; 0: any time


def parse(text: str, today: date) -> SearchFilters:
    """Raises SearchFault."""
    authors: list[str] = []
    rooms: list[str] = []
    has: set[Has] = set()
    after, before = 0, 0
    for name, quoted in _FILTER.findall(text):
        value = quoted.strip('"')[:_CHARACTERS]
        match name.lower():
            case "from":
                authors.append(_named(value, _("After from: stands a name, such as from:Ana or from:me.")))
            case "in":
                rooms.append(_named(value, _("After in: stands the title of a room, such as in:Kitchen.")))
            case "has":
                has.add(_has(value))
            case "after":
                after = max(after, _day(value, today, name.lower()))
            case _:
                day = _day(value, today, name.lower())
                before = min(before or day, day)
    return SearchFilters(words_of(text), tuple(authors), tuple(rooms), frozenset(has), after, before)


def words_of(text: str) -> str:
    """What is searched for besides filters: the words that are marked where they are found."""
    return " ".join(_FILTER.sub(" ", text).split())


def is_called(name: str, wanted: Iterable[str]) -> bool:
    """Whether a name or title is meant by one of these beginnings: it begins so, or one of its words does."""
    name = folded(name)
    begins = [name, *(name[word.start() :] for word in _WORD.finditer(name))]
    return any(begin.startswith(folded(one.removeprefix("@"))) for one in wanted for begin in begins)


def _named(value: str, otherwise: str) -> str:
    if not value.removeprefix("@").strip():
        raise SearchFault(otherwise)
    return value.strip()


def _has(value: str) -> Has:
    match value.lower():
        case "link" | "file" | "picture" | "pin" as kind:
            return kind
        case _:
            raise SearchFault(_("has: takes file, picture, link or pin."))


def _day(value: str, today: date, name: str) -> int:
    """When a day begins on this computer, ms."""
    match = _DATE.fullmatch(value)
    try:
        if value.lower() in ("today", _("today")):
            day = today
        elif value.lower() in ("yesterday", _("yesterday")):
            day = today - timedelta(days=1)
        elif match is not None:
            day = date(int(match[1]), int(match[2] or 1), int(match[3] or 1))
        else:
            raise ValueError
        return max(1, round(datetime.combine(day, time.min).astimezone().timestamp() * 1000))
    except (ValueError, OverflowError, OSError):
        words = _("After {name}: stands a date such as {example}, or today, or yesterday.")
        raise SearchFault(words.format(name=name, example=f"{today:%Y-%m-%d}")) from None
