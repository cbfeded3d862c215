"""A lab for each test that wants one, and people in it.

By default tests run on loopback and with discovery in memory; but for a few, what needs a lab is for `--long`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from lan.lanlab import Lab, LabUnavailable
from lan.people import LabPerson
from lan.windows import Opens, windows_in

#: Real mDNS between real (if small) networks, every time: a room is found, lost, and found again.
EVERY_TIME = (
    "test_a_room_is_found_in_under_a_second",
    "test_a_closed_room_is_gone[lan]",
    "test_two_rooms_with_one_title_are_two[lan]",
    "test_two_computers_that_keep_one_room_are_told_apart[lan]",
    "test_a_host_that_gets_another_address_is_followed",
    "test_two_machines_talk_and_go_on_after_a_crash_of_the_host",
    "test_the_list_of_rooms_is_there_at_once",
    "test_the_host_leaves_politely_and_the_others_go_on_at_once",
    "test_the_hosts_program_is_killed_and_the_others_go_on",
)


@pytest.hookimpl(tryfirst=True)  # before those that are marked long are left out
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        needs_lab = "lab" in getattr(item, "fixturenames", ()) or "[lan]" in item.name
        if needs_lab and item.name not in EVERY_TIME:
            item.add_marker("long")


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
def opens(lab: Lab, tmp_path: Path) -> Iterator[Opens]:
    """Somebody opens lanchat's window at a host of the lab."""
    with windows_in(lab, tmp_path) as opened:
        yield opened


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
