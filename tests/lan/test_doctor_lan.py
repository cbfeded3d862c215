"""The doctor on a real network between namespaces."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from network.phones import open_guest_house

from lan.lanlab import Lab, LabUnavailable
from lanchat.core.listing import Finding, Health
from lanchat.network.doctor import guest_access
from lanchat.network.doctor.examination import Circumstances, check

PORT = 29747


def test_other_machines_are_seen_and_what_keeps_one_from_being_reached_is_told_apart(lab: Lab, tmp_path: Path) -> None:
    try:
        lab.firewall("h3", f"tcp dport {PORT}")
    except LabUnavailable as error:
        pytest.skip(str(error))
    places = ["10.77.0.2", "10.77.0.3", "10.77.0.99", "192.168.99.1"]

    async def at_h1() -> list[tuple[Finding, ...]]:
        checks = (check(Circumstances(tmp_path, ("10.77.0.1",), place)) for place in places)
        return await asyncio.gather(*checks)

    found = lab.call("h1", lambda: asyncio.run(at_h1()))
    said = {one.name: one for one in found[0]}
    assert said["neighbours"].says.startswith("Other machines answer (")
    assert said["multicast"].health is Health.GOOD
    assert said["router"].health is Health.GOOD
    without, walled, off, elsewhere = (findings[-1].says for findings in found)
    assert "no room is open" in without
    assert "nothing gets through" in walled
    assert "Nothing at all answers" in off
    assert "No network of this computer leads" in elsewhere


class Program:
    """The real program at a host of the lab, with a data folder of its own."""

    def __init__(self, lab: Lab, host: str, folder: Path) -> None:
        self._lab, self._host, self._folder = lab, host, folder

    def hosts(self) -> None:
        """Opens a room, and waits until it is open."""
        program = self._starts("host", "Kitchen", "--json", stdin=subprocess.DEVNULL)
        assert program.stdout
        assert json.loads(program.stdout.readline())["type"] == "hosting"

    def doctor(self) -> dict[str, dict[str, str]]:
        """The findings, by their names."""
        out, complaints = self._starts("doctor", "--json", stderr=subprocess.PIPE).communicate(timeout=30)
        assert complaints == ""
        return {one["name"]: one for one in map(json.loads, out.splitlines())}

    def _starts(self, *arguments: str, **options: Any) -> subprocess.Popen[str]:
        argv = [sys.executable, "-m", "lanchat", *arguments, "--data-dir", str(self._folder)]
        return self._lab.popen(self._host, argv, stdout=subprocess.PIPE, encoding="utf-8", **options)


@pytest.fixture
def at(lab: Lab, tmp_path: Path) -> Callable[[str], Program]:
    return lambda host: Program(lab, host, tmp_path / host)


def test_beside_an_open_room_the_room_is_seen_and_who_hosts_it_is_told_so(at: Callable[[str], Program]) -> None:
    at("h2").hosts()
    assert at("h1").doctor()["neighbours"]["says"] == "Rooms of others answer: 1."
    there = at("h2").doctor()  # beside the lanchat that runs, in the same data folder
    assert there["port"]["says"] == f"A room is open here on port {PORT}."
    assert "no room was found" in there["neighbours"]["says"]  # its own is none of another machine's


def test_where_there_is_only_ipv6_nothing_is_wrong(lab: Lab, at: Callable[[str], Program]) -> None:
    for host in ("h1", "h2"):
        lab.without_ipv4(host)
    at("h2").hosts()
    found = at("h1").doctor()
    assert found["network"]["health"] == "good"
    assert found["neighbours"]["says"] == "Rooms of others answer: 1."


def test_a_cable_that_is_out_is_noticed(lab: Lab, at: Callable[[str], Program]) -> None:
    lab.cut("h1")
    assert at("h1").doctor()["network"]["says"] == "The cable is out, or the Wi-Fi is not connected: eth0."


def test_two_networks_at_once_are_looked_at_in_time(lab: Lab, at: Callable[[str], Program]) -> None:
    lab.second_network("h1")
    found = at("h1").doctor()
    assert found["neighbours"]["says"].startswith("Other machines answer (")
    assert not [one for one in found.values() if "took too long" in one["says"]]


def test_what_the_switch_drops_is_not_said_to_work(lab: Lab, at: Callable[[str], Program]) -> None:
    for host in lab.hosts:
        lab.flood(host, multicast=False)
    assert "no other computer has answered" in at("h1").doctor()["multicast"]["says"]


def test_a_packet_filter_that_closes_the_port_is_named_with_the_command_that_opens_it(
    lab: Lab, at: Callable[[str], Program]
) -> None:
    try:
        lab.firewall("h2", f"tcp dport {PORT}")
    except LabUnavailable as error:
        pytest.skip(str(error))
    at("h2").hosts()
    found = at("h2").doctor()["firewall"]
    assert found["health"] == "bad"
    assert f"tcp dport {PORT} accept" in found["advice"]


def test_a_firewall_that_keeps_phones_out_is_named_though_the_page_opens_on_this_computer(lab: Lab) -> None:
    def can_open(place: str) -> bool:
        address, port = place.split(":")
        return lab.call("h1", lambda: asyncio.run(guest_access.page_opens(address, int(port))))

    async def looks() -> tuple[guest_access.GuestAccess, bool]:
        async with open_guest_house() as house:
            place = f"10.77.0.2:{house.server.port}"
            access = await guest_access.examine(["10.77.0.2"], house.server.port, visited=False)
            return access, await asyncio.to_thread(can_open, place)

    def at_h2() -> tuple[guest_access.GuestAccess, bool]:
        return lab.call("h2", lambda: asyncio.run(looks()))

    access, phone = at_h2()
    assert (access.opens, access.in_the_way, phone) == ({"10.77.0.2"}, (), True)
    try:
        lab.firewall("h2", "tcp dport 1024-65535")
    except LabUnavailable as error:
        pytest.skip(str(error))
    access, phone = at_h2()
    (wall,) = access.in_the_way
    assert (wall.health, phone) == (Health.BAD, False)
    assert "keeps phones out" in wall.says
    assert wall.command.startswith("sudo nft insert rule")
    assert "tcp dport" in wall.command


@pytest.mark.parametrize("database", [b"", b"hello" * 10_000, None], ids=["empty", "no database", "a folder"])
def test_a_database_that_cannot_be_read_is_named_and_left_as_it_is(
    at: Callable[[str], Program], tmp_path: Path, database: bytes | None
) -> None:
    folder = tmp_path / "h1"
    folder.mkdir(mode=0o700)
    file = folder / "lanchat.db"
    if database is None:
        file.mkdir()
    else:
        file.write_bytes(database)
    found = at("h1").doctor()["data"]
    assert found["health"] == ("good" if database == b"" else "bad")
    assert database is None or file.read_bytes() == database
