"""Eight clients and a host with a very bad network between them: in the end all have the same Log, and lost nothing."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from engine.people import People, Person

from lanchat.core.message import messages_of
from lanchat.engine.commands import Say
from survival.aside import aside
from survival.chaos import Chaos
from survival.verdict import check_log, check_same


@pytest.fixture
def everywhere(tmp_path: Path) -> Iterator[tuple[People, People]]:
    """Those near the host, and those far away who reach it only through the bad network."""
    near, far = People(tmp_path / "near"), People(tmp_path / "far")
    yield near, far
    far.leave()
    near.leave()


def _storm(network: Chaos, clients: list[Person], seconds: float) -> int:
    """Everybody writes, while the network is as bad as can be; how much was written."""
    chance = random.Random(int(seconds))
    said = 0
    end = time.monotonic() + seconds
    network.calm = False
    while time.monotonic() < end:
        said += 1
        writer = chance.choice(clients)
        assert writer.room_id is not None
        writer.do(Say(writer.room_id, f"line {said}"))
        if said % 20 == 0:
            _look_up(clients)
        time.sleep(0.01)
    network.calm = True
    _look_up(clients)
    return said


def _look_up(clients: list[Person]) -> None:
    """Their own network changes: they do not wait any longer to try again."""
    for client in clients:
        assert client.network is not None
        client.network.set(online=False)
        client.network.set(online=True)


def _sees_all(person: Person, said: int) -> None:
    person.until(lambda: len(person.room.messages) == said, seconds=30)


@pytest.mark.parametrize(("seconds", "stall"), [(1.5, 0.3), pytest.param(15.0, 20.0, marks=pytest.mark.long)])
def test_identical_logs_after_chaos(everywhere: tuple[People, People], seconds: float, stall: float) -> None:
    near, far = everywhere
    host = near.person("Host")
    hosting = host.hosts("Room", posts_per_second=1_000, burst=2_000, connections_per_address=500)
    with aside(Chaos(hosting.port, seed=int(seconds), stall=stall).open()) as network:
        clients = [far.person(f"P{number}") for number in range(8)]
        host.says("Welcome!")
        for client in clients:
            client.joins(f"127.0.0.1:{network.port}")
            client.sees("Welcome!")  # who has seen nothing would be a newcomer again, and get the end only
        said = 1 + _storm(network, clients, seconds)
        for client in clients:
            _sees_all(client, said)
            assert not client.waiting(), "I8, I9: something waits in an Outbox"
        far.leave()
    _sees_all(host, said)
    log = host.log(whole=True)
    assert network.cuts > 2 * seconds
    assert len(host.log()) == said, "I1, I3, I9: as many as were written"
    check_log(hosting.room_id, log)
    check_same(log, [client.log(whole=True) for client in clients])
    for client in clients:
        assert client.room.messages == list(messages_of(log)), "I10: what was shown"
