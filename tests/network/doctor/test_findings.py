"""What the doctor says about what it found, and what it found on this machine alone."""

from __future__ import annotations

import asyncio
import shutil
import socket
import stat
import time
from collections import Counter, namedtuple
from pathlib import Path

import pytest

from lanchat.core.address import room_code, room_link
from lanchat.core.listing import Finding, Health
from lanchat.core.model import RoomId
from lanchat.network.discovery.querier import ConnectResult
from lanchat.network.doctor import examination, firewall, this_computer
from lanchat.network.doctor.examination import Circumstances, check
from lanchat.network.doctor.neighbours import about_others, router_in_table
from lanchat.network.doctor.this_computer import output_of
from lanchat.network.host_addresses import Interface
from lanchat.storage import data_folder, file_store, settings
from lanchat.storage.settings import FileSettings, Settings
from tests.systems import needs_modes

PORT = 29747
NOW = 1_800_000_000


@pytest.fixture
def listening() -> socket.socket:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server


def named(findings: tuple[Finding, ...] | list[Finding], name: str) -> Finding:
    return next(one for one in findings if one.name == name)


def test_a_check_up_of_this_machine_alone_touches_nothing_else(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    findings = asyncio.run(check(Circumstances(tmp_path, ("127.0.0.1",), port=PORT)))
    assert [one.name for one in findings] == ["network", "port", "firewall", "clock", "data", "files"]
    assert named(findings, "network").health is Health.GOOD
    assert named(findings, "data").health is Health.GOOD


def test_on_no_network_it_says_so(tmp_path: Path) -> None:
    findings = asyncio.run(check(Circumstances(tmp_path, ())))
    assert named(findings, "network").health is Health.BAD


# --- an address
def test_a_place_that_takes_connections(listening: socket.socket) -> None:
    port = listening.getsockname()[1]
    for where in (f"127.0.0.1:{port}", f"localhost:{port}"):
        (finding,) = asyncio.run(examination.check_address(where, PORT, frozenset()))
        assert finding.health is Health.GOOD
    link = room_link(["127.0.0.1"], port, RoomId("a" * 16), bytes(16))
    assert asyncio.run(examination.check_address(link, PORT, frozenset()))[0].health is Health.GOOD
    code = room_code("127.0.0.1", bytes(16))
    assert asyncio.run(examination.check_address(code, port, frozenset()))[0].health is Health.GOOD


def test_a_computer_without_a_room(listening: socket.socket) -> None:
    port = listening.getsockname()[1]
    listening.close()
    (finding,) = asyncio.run(examination.check_address(f"127.0.0.1:{port}", PORT, frozenset()))
    assert finding.health is Health.BAD
    assert "no room is open" in finding.says


@pytest.mark.parametrize("where", ["Kitchen", "a" * 16, "1.2.3.4:99999"])
def test_what_is_no_place_is_said_to_be_none(where: str) -> None:
    (finding,) = asyncio.run(examination.check_address(where, PORT, frozenset()))
    assert (finding.health, bool(finding.advice)) == (Health.BAD, True)


# --- the port
def test_a_port_that_is_free_is_taken_or_is_ours(listening: socket.socket) -> None:
    taken = listening.getsockname()[1]
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind(("", 0))
        assert asyncio.run(this_computer.port(other.getsockname()[1], ()))[0].health is Health.ODD
    assert "in use" in asyncio.run(this_computer.port(taken, ()))[0].says
    listening.close()
    assert "free" in asyncio.run(this_computer.port(taken, ()))[0].says
    assert str(taken) in asyncio.run(this_computer.port(PORT, (taken,)))[0].says


# --- the firewall
def test_a_linux_firewall_that_is_on_comes_with_the_command_that_opens_it() -> None:
    ufw = firewall.linux(5000, "# comment\nENABLED=yes\n", "inactive")
    assert (ufw.health, ufw.advice) == (Health.ODD, "To host, open it: sudo ufw allow 5000")
    firewalld = firewall.linux(5000, "", "active\n")
    assert "--add-port=5000/tcp --add-port=5000/udp" in firewalld.advice
    assert firewall.linux(5000, "ENABLED=no\n", "").health is Health.GOOD


def test_a_public_network_on_windows_is_explained() -> None:
    assert firewall.windows("Private\r\nPublic\r\n").health is Health.ODD
    assert firewall.windows("Private\r\nDomainAuthenticated\r\n").health is Health.GOOD


def test_what_opens_a_firewall_for_phones_opens_it_for_tcp_only() -> None:
    ufw = firewall.linux(5000, "ENABLED=yes\n", "inactive", phones=True)
    assert ufw.command == "sudo ufw allow 5000/tcp"
    assert "may keep phones out" in ufw.says
    assert ufw.command in ufw.advice
    firewalld = firewall.linux(5000, "", "active\n", phones=True)
    assert firewalld.command == "sudo firewall-cmd --add-port=5000/tcp"
    assert "phones" in firewall.windows("Public", phones=True).advice
    assert "phones" in firewall.macos("Firewall is enabled. (State = 1)\n", phones=True).advice


def test_a_filter_that_closes_the_port_for_udp_alone_keeps_no_phone_out() -> None:
    rules = "-P INPUT ACCEPT\n-A INPUT -p udp --dport 5000 -j DROP\n"
    assert firewall.linux(5000, "", "", "", rules, phones=True).health is Health.GOOD
    closed = firewall.linux(5000, "", "", "", rules.replace("udp", "tcp"), phones=True)
    assert closed.health is Health.BAD
    assert closed.command == "sudo iptables -I INPUT -p tcp --dport 5000 -j ACCEPT"


def test_the_firewall_of_macos_is_explained() -> None:
    assert firewall.macos("Firewall is enabled. (State = 1)\n").health is Health.ODD
    assert firewall.macos("Firewall is disabled. (State = 0)\n").health is Health.GOOD


def test_when_somebody_came_in_no_firewall_is_in_the_way() -> None:
    assert asyncio.run(firewall.examine(PORT, visited=True))[0].health is Health.GOOD


# --- others
@pytest.mark.parametrize(
    ("rooms", "heard", "attempts", "router", "health", "words"),
    [
        (2, 0, {}, True, Health.GOOD, "Rooms of others answer: 2"),
        (0, 0, {ConnectResult.REFUSED: 4}, True, Health.GOOD, "(3)"),
        (0, 3, {}, True, Health.GOOD, "(3)"),
        (0, 0, {ConnectResult.REFUSED: 1, ConnectResult.NO_ANSWER: 252}, True, Health.ODD, "no other machine"),
        (0, 0, {ConnectResult.NO_HOST: 253}, False, Health.ODD, "No other machine"),
        (0, 0, {ConnectResult.FORBIDDEN: 253}, True, Health.BAD, "does not let lanchat"),
    ],
)
def test_who_else_is_there(
    rooms: int, heard: int, attempts: dict[ConnectResult, int], router: bool, health: Health, words: str
) -> None:
    finding = about_others(rooms, heard, Counter(attempts), router)
    assert finding.health is health
    assert words in finding.says
    assert bool(finding.advice) is (health is not Health.GOOD)


def test_the_router_is_read_from_the_table_of_routes() -> None:
    head = "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n"
    near = "eth0\t0000000A\t00000000\t0001\t0\t0\t0\t000000FF\t0\t0\t0\n"
    far = "eth0\t00000000\tFE004D0A\t0003\t0\t0\t0\t00000000\t0\t0\t0\n"
    assert router_in_table(head + near + far) == "10.77.0.254"
    assert router_in_table(head + near) is None


def test_a_vpn_and_a_missing_router_address_are_mentioned() -> None:
    vpn = Interface(9, "wg0", "10.8.0.2", 24)
    assert named(asyncio.run(this_computer.network(frozenset({vpn}))), "vpn").health is Health.ODD
    alone = Interface(2, "eth0", "169.254.3.4", 16)
    assert named(asyncio.run(this_computer.network(frozenset({alone}))), "network").health is Health.ODD


# --- this computer
def clock(now: float, ahead: float | None) -> Finding:
    (finding,) = asyncio.run(this_computer.clock(now, ahead))
    return finding


def test_a_clock_that_was_never_set_or_differs_from_the_others() -> None:
    assert clock(0.0, None).health is Health.BAD
    assert clock(NOW, None).health is Health.GOOD
    assert clock(NOW, 60.0).health is Health.GOOD
    assert "10 minutes ahead" in clock(NOW, 600.0).says
    assert "10 minutes behind" in clock(NOW, -600.0).says


@needs_modes
def test_a_folder_others_can_look_into(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    (finding,) = this_computer.data(tmp_path)
    assert finding.health is Health.ODD
    assert finding.advice.startswith("Close it: chmod 700")
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o755  # looking changes nothing


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    assert this_computer.data(tmp_path / "gone")[0].health is Health.BAD


@pytest.mark.parametrize(("free", "health"), [(10**6, Health.BAD), (10**8, Health.ODD), (10**10, Health.GOOD)])
def test_a_disk_that_is_nearly_full(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free: int, health: Health
) -> None:
    tmp_path.chmod(0o700)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: namedtuple("usage", "free")(free))
    assert this_computer.data(tmp_path)[0].health is health


@pytest.fixture
def chosen(tmp_path: Path) -> Path:
    """The folder that somebody chose for what others send; it is made when the first file comes."""
    data, folder = tmp_path / "data", tmp_path / "films" / "of others"
    data.mkdir()
    settings.save(data, Settings(files=FileSettings(folder=str(folder), store_bytes=3_000_000)))
    return folder


def test_where_files_go_and_how_much_is_kept_for_others(tmp_path: Path, chosen: Path) -> None:
    for name, size in (("one", 1_000_000), ("other", 500_000)):
        path = tmp_path / "data" / file_store.FOLDER / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(bytes(size))
    (finding,) = this_computer.files(tmp_path / "data")
    assert (finding.health, finding.name) == (Health.GOOD, "files")
    assert finding.says.startswith(f"{chosen}, ")
    assert finding.says.endswith("1.5 MB of at most 3 MB kept for others in rooms of yours")
    assert not chosen.exists(), "looking changes nothing"


def test_files_that_cannot_be_saved_where_they_should_go(tmp_path: Path, chosen: Path) -> None:
    chosen.parent.write_bytes(b"a file is in the way")
    (finding,) = this_computer.files(tmp_path / "data")
    assert (finding.health, finding.says) == (Health.BAD, f"Files cannot be saved in {chosen}.")
    assert finding.advice


def test_damaged_settings_are_left_to_those_who_repair_them(tmp_path: Path, chosen: Path) -> None:
    path = tmp_path / "data" / data_folder.SETTINGS
    path.write_text("{", "utf-8")
    (finding,) = this_computer.files(tmp_path / "data")
    assert str(chosen) not in finding.says
    assert path.read_text("utf-8") == "{"


@pytest.mark.parametrize(("free", "health"), [(10**6, Health.BAD), (10**8, Health.ODD)])
def test_no_room_for_files(
    tmp_path: Path, chosen: Path, monkeypatch: pytest.MonkeyPatch, free: int, health: Health
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: namedtuple("usage", "free")(free))
    assert this_computer.files(tmp_path / "data")[0].health is health


def test_a_program_that_is_not_there_fails_or_hangs_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lanchat.network.doctor.this_computer.PROGRAM_SECONDS", 0.1)
    assert output_of("no-such-program-at-all") == ""
    began = time.monotonic()
    assert output_of("sleep", "10") == ""
    assert time.monotonic() - began < 5
