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
    """Puts somebody at a host. The first at h1 and h2 are called together, since each takes a moment to come."""
    waiting = {host: LabPerson(lab, host) for host in ("h1", "h2")}
    there = list(waiting.values())

    def sit_down(host: str, *how: str) -> LabPerson:
        one = waiting.pop(host, None)
        if one is None:
            one = LabPerson(lab, host)
            there.append(one)
        one.sits_down(*how)
        return one

    yield sit_down
    for one in there:
        one.end()
