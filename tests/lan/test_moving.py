"""People in a room while the network under them changes: the real program on a real network between namespaces."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from terminal.programs import Piped

from lan.lanlab import Lab
from lan.test_two_machines import run

__all__ = ["run"]

Run = Callable[..., Piped]


@pytest.fixture
def ana(run: Run) -> Piped:
    """Hosts the Kitchen at h1."""
    ana = run("h1", "host", "Kitchen", "--nick", "Ana")
    ana.expects("Kitchen is open")
    return ana


@pytest.fixture
def ben(run: Run, ana: Piped) -> Piped:
    """In the Kitchen, from h2."""
    ben = run("h2", "join", "Kitchen", "--nick", "Ben")
    ben.expects("Encrypted")
    ben.types("Hello.")
    ana.expects("Hello.")
    return ben


def talk(one: Piped, other: Piped) -> float:
    """Seconds until something new has been said each way."""
    began = time.monotonic()
    one.types("Are you still there?")
    other.expects("Are you still there?")
    other.types("Yes, I am.")
    one.expects("Yes, I am.")
    return time.monotonic() - began


@pytest.mark.parametrize("who", ["h1", "h2"])
def test_an_address_that_changes_costs_a_few_seconds(lab: Lab, ana: Piped, ben: Piped, who: str) -> None:
    """h1: the host's; h2: a member's own."""
    lab.readdress(who, f"10.77.0.5{who[1:]}")
    assert talk(ben, ana) < 9


def test_a_card_that_is_pulled_while_another_is_there(lab: Lab, run: Run) -> None:
    lab.second_card("h1", "10.77.0.101")
    ana = run("h1", "host", "Kitchen", "--nick", "Ana")
    ana.expects("Kitchen is open")
    ben = run("h2", "join", "Kitchen", "--nick", "Ben")
    ben.expects("Encrypted")
    lab.unplug("h1")
    assert talk(ben, ana) < 9


@pytest.mark.parametrize("broadcast", [True, False])
def test_a_room_that_moves_to_another_machine_is_found_again(
    lab: Lab, run: Run, ana: Piped, ben: Piped, tmp_path: Path, broadcast: bool
) -> None:
    """Its folder is carried there. Nothing sent to all gets through, and nobody looks at the list of rooms."""
    lab.know_each_other()
    for host in lab.hosts:
        lab.flood(host, multicast=False, broadcast=broadcast)
    ana.process.kill()
    ana.process.wait()
    shutil.copytree(tmp_path / "h1", tmp_path / "h3")
    ana = run("h3", "host", "Kitchen")
    ana.expects("Kitchen is open")
    assert talk(ben, ana) < 14
