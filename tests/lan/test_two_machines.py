"""The main job, with the real program on two machines of a real network: README's two commands, and a crash."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from terminal.programs import Piped, Terminal

from lan.lanlab import Lab, LabUnavailable
from lan.people import LabPerson
from lanchat.core.address import fingerprint_text

Run = Callable[..., Piped]


@pytest.fixture
def run(lab: Lab, tmp_path: Path) -> Iterator[Run]:
    """lanchat on a host of the lab, its data in a folder of that host's own."""
    running: list[subprocess.Popen[bytes]] = []

    def start(host: str, *arguments: str) -> Piped:
        command = [sys.executable, "-m", "lanchat", *arguments, "--data-dir", str(tmp_path / host)]
        pipe = subprocess.PIPE
        running.append(lab.popen(host, command, stdin=pipe, stdout=pipe, stderr=pipe))
        return Piped(running[-1])

    yield start
    for process in running:
        process.kill()
        process.communicate()


def test_two_machines_talk_and_go_on_after_a_crash_of_the_host(run: Run) -> None:
    ana = run("h1", "host", "Kitchen", "--nick", "Ana")
    ana.expects("Kitchen is open")
    ben = run("h2", "join", "Kitchen", "--nick", "Ben")
    ben.expects("Encrypted")
    ben.types("Is the kettle on?")
    ana.expects("Is the kettle on?")
    ana.types("It is.")
    ben.expects("It is.")

    ana.process.kill()
    ben.expects("Reconnecting")
    ben.types("Are you there?")
    ana = run("h1", "host", "Kitchen")
    ana.expects("Are you there?")
    ana.types("Yes, the plug was pulled.")
    ben.expects("Yes, the plug was pulled.")

    for host in ("h1", "h2"):  # nothing was lost, nothing came twice
        kept = run(host, "history", "Kitchen")
        for text in ("Is the kettle on?", "It is.", "Are you there?", "Yes, the plug was pulled."):
            assert text not in kept.expects(text)
        assert kept.ends() == 0


def test_the_list_of_rooms_is_there_at_once(run: Run) -> None:
    ana = run("h1", "host", "Kitchen", "--nick", "Ana")
    ana.expects("Kitchen is open")
    ben = run("h2", "rooms")
    ben.expects("Kitchen")
    assert ben.ends() == 0


def test_a_room_that_two_machines_keep_open_is_one_row(run: Run, person: Callable[..., LabPerson]) -> None:
    of_ana = b"kitchenaaaaaaaaa"
    ana, eve = person("h1"), person("h3")
    for one in (ana, eve):
        one.do("start")
    ana.hosts("Kitchen", epoch=1)
    eve.hosts("Kitchen", fingerprint="ee" * 16, owner=of_ana.hex(), epoch=2)
    ben = run("h2", "rooms", "--json", "--wait", "3")
    output, _ = ben.process.communicate(timeout=30)
    (row,) = map(json.loads, output.splitlines())
    assert row["owner"] == fingerprint_text(of_ana)
    assert (row["address"], row["epoch"]) in ((ana.address, 1), (eve.address, 2))  # a list does not wait for a newer


@pytest.fixture
def wall(lab: Lab) -> Callable[..., None]:
    def put_up(host: str, *rules: str) -> None:
        try:
            lab.firewall(host, *rules)
        except LabUnavailable as error:
            pytest.skip(str(error))

    return put_up


def test_a_firewall_that_takes_no_connection_is_named_by_who_runs_into_it(
    run: Run, wall: Callable[..., None]
) -> None:
    wall("h1", "tcp dport 29747")
    run("h1", "host", "Kitchen", "--nick", "Ana").expects("Kitchen is open")
    ben = run("h2", "join", "10.77.0.1", "--nick", "Ben")
    assert ben.process.wait(30) == 3  # knocked at for some seconds, at each address that becomes known
    assert "its firewall keeps others out" in " ".join(ben.complaints().split())


def test_the_lobby_and_the_list_show_a_room_that_only_takes_connections(
    lab: Lab, run: Run, wall: Callable[..., None], tmp_path: Path
) -> None:
    """Our own questions do not get through to it, mDNS does."""
    import termios

    wall("h1", "udp dport 29747")
    run("h1", "host", "Kitchen", "--nick", "Ana").expects("Kitchen is open")
    run("h3", "rooms").expects("Kitchen")
    master, slave = os.openpty()
    termios.tcsetwinsize(slave, (40, 100))
    command = [sys.executable, "-m", "lanchat", "--data-dir", str(tmp_path / "h2")]
    process = lab.popen("h2", ["env", "-u", "DISPLAY", *command], stdin=slave, stdout=slave, stderr=slave)
    os.close(slave)
    ben = Terminal(process, master)
    ben.expects("1  Kitchen")
    ben.types("1\r")
    ben.expects("Encrypted")
    process.kill()
    os.close(master)
