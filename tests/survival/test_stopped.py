"""Machines that stand still, clocks that jump, ports that are taken: the talk goes on when they come back."""

from __future__ import annotations

import socket
import time
from pathlib import Path

import pytest

from survival.nodes import Node, Town, town, wait_until
from survival.verdict import check_log, check_nodes, check_same

_YEAR = 365 * 86_400


def _connections(node: Node) -> list[str]:
    return [words[1] for words in node.journal("connection")]


def _goes_on(person: Node) -> None:
    heard = len(person.journal("TAKEN"))
    wait_until(lambda: len(person.journal("TAKEN")) > heard, "somebody goes on", 2)


def _settle_and_check(here: Town) -> None:
    here.settle()
    here.close()
    assert check_nodes(here.room_id, here.host, here.people) > 50


def test_a_host_that_stands_still_for_a_moment(tmp_path: Path) -> None:
    """Nobody even notices: what they wrote is taken when it goes on."""
    with town(tmp_path, people=2, talking=True, every=0.02) as here:
        here.talk_goes_on()
        here.host.freeze()
        time.sleep(1.2)
        here.host.thaw()
        here.talk_goes_on()
        assert [_connections(person) for person in here.people] == [["CONNECTED"], ["CONNECTED"]]
        _settle_and_check(here)


@pytest.mark.long
def test_a_host_that_stands_still_for_20_seconds(tmp_path: Path) -> None:
    """It accepts connections and swallows what is written: only its silence tells."""
    with town(tmp_path, people=2, talking=True, every=0.02) as here:
        here.talk_goes_on()
        here.host.freeze()
        began = time.monotonic()
        wait_until(lambda: all("RECONNECTING" in _connections(person) for person in here.people), "they notice", 19)
        assert time.monotonic() - began > 14
        for person in here.people:
            assert " ".join(person.journal("connection")[1]) == "connection RECONNECTING the host does not answer"
        time.sleep(max(0.0, 20 - (time.monotonic() - began)))
        here.host.thaw()
        here.talk_goes_on()
        _settle_and_check(here)


@pytest.mark.long
def test_a_member_that_stands_still_for_20_seconds(tmp_path: Path) -> None:
    """The others go on without it; the host cuts it off; it comes back to where it was."""
    with town(tmp_path, people=2, talking=True, every=0.02) as here:
        sleeper, other = here.people
        here.talk_goes_on()
        sleeper.freeze()
        for _ in range(10):
            time.sleep(2)
            _goes_on(other)
        sleeper.thaw()
        here.talk_goes_on()
        assert _connections(other) == ["CONNECTED"]
        _settle_and_check(here)


def test_clocks_that_jump(tmp_path: Path) -> None:
    """Years back and forth, on every machine another way: order, liveness and limits do not care."""
    with town(tmp_path, people=2, talking=True, every=0.02) as here:
        for years in (30, -30, 0.001, 0):
            for way, node in enumerate(here.everybody):
                node.order(f"clock {years * _YEAR * (-1) ** way}")
            here.talk_goes_on()
            here.talk_goes_on()  # a quick machine says little in one go
        assert all(len(_connections(node)) == 1 for node in here.everybody)
        _settle_and_check(here)


def test_a_port_that_is_taken_when_the_host_comes_back(tmp_path: Path) -> None:
    """It says so in plain words, and opens when the port is free again; the members wait and find it there."""
    with town(tmp_path, people=1, talking=True, every=0.02, limits={"RECONNECT_MOST_SECONDS": 0.3}) as here:
        here.talk_goes_on()
        here.host.kill()
        with socket.create_server(("", here.port)):
            here.host.start()
            wait_until(lambda: bool(here.host.journal("problem")), "it says that the port is taken")
            assert f"port {here.port}" in " ".join(here.host.journal("problem")[0])
            here.host.quit()
        here.host.start()
        here.talk_goes_on()
        here.settle()
        here.close()
        log = here.host.log()
        check_log(here.room_id, log)
        check_same(log, [here.people[0].log()])
