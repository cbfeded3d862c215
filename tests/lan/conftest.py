"""A lab for each test that wants one, and people in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from lan.lanlab import Lab, LabUnavailable
from lan.people import LabPerson


@pytest.fixture
def lab() -> Iterator[Lab]:
    """Three hosts on one switch."""
    made = Lab(hosts=3)
    try:
        made.up()
    except LabUnavailable as error:
        pytest.skip(str(error))
    yield made
    made.down()


@pytest.fixture
def person(lab: Lab) -> Iterator[Callable[..., LabPerson]]:
    """Puts somebody at a host."""
    there: list[LabPerson] = []

    def sit_down(host: str, *how: str) -> LabPerson:
        there.append(LabPerson(lab, host, *how))
        return there[-1]

    yield sit_down
    for one in there:
        one.end()
