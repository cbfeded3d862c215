from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.file_people import member, sharer
from engine.people import People, Person


@pytest.fixture
def people(tmp_path: Path) -> Iterator[People]:
    """Everybody in a test, on one network. At the end all leave, and must be able to."""
    everybody = People(tmp_path)
    yield everybody
    everybody.leave()


@pytest.fixture
def ana(people: People) -> Person:
    """Who hosts the kitchen. Her files come into a folder of the test."""
    person = sharer(people, "Ana")
    person.hosts("Kitchen")
    return person


@pytest.fixture
def ben(people: People, ana: Person) -> Person:
    """Who is in the kitchen, too."""
    return member(people, "Ben")


class Clock:
    """The wall clock of everybody here, which somebody turns."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._off = 0
        right = time.time_ns
        monkeypatch.setattr(time, "time_ns", lambda: right() + self._off)

    def jumps(self, milliseconds: int) -> None:
        """So far from the right time it goes from now on."""
        self._off = milliseconds * 1_000_000


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)
