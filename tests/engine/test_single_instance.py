"""A second start of lanchat raises the first; whoever else comes to that door is no trouble."""

from __future__ import annotations

import os
import socket
import stat
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from engine.people import PATIENCE_SECONDS, People, Person
from lanchat.core.address import room_link
from lanchat.core.model import RoomId
from lanchat.engine import commands, events, single_instance
from lanchat.engine.single_instance import ring
from lanchat.storage import data_folder
from lanchat.storage.errors import DiskFull

LINK = room_link([f"fe80::{number:x}" for number in range(8)], 29747, RoomId("abcdabcdabcdabcd"), bytes(16))


@pytest.fixture
def ana(people: People) -> Person:
    """Ana's window is open."""
    ana = people.person("Ana", starts=False)
    ana.opens("Ana", doorbell=True).start()
    ana.me = ana.hears(events.Started).me
    return ana


def test_the_first_start_hears_the_second(ana: Person) -> None:
    assert ring(ana.folder)
    assert ana.hears(events.Rung) == events.Rung("")
    for wish in (LINK, "join Küche", "host Ana's kitchen"):
        assert ring(ana.folder, wish)
        assert ana.hears(events.Rung) == events.Rung(wish)


@pytest.mark.parametrize(
    "link",
    ["https://example.org", "lanchat://nowhere", "abcdabcdabcdabcd", "two\nlines", "⚠", "\udce9", LINK + "x" * 1_000],
)
def test_what_is_no_link_to_a_room_only_rings(ana: Person, link: str) -> None:
    assert ring(ana.folder, link)
    assert ana.hears(events.Rung) == events.Rung("")


def test_nobody_answers_where_no_window_is_open(people: People, tmp_path: Path) -> None:
    ben = people.person("Ben")
    assert not ring(ben.folder)
    assert not ring(tmp_path / "nowhere")


def test_the_bell_is_taken_down_at_the_end(ana: Person) -> None:
    path = ana.folder / data_folder.DOORBELL
    if os.name == "posix":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    ana.quits()
    assert not path.exists()
    assert not ring(ana.folder)


def test_what_a_killed_window_left_misleads_nobody(people: People) -> None:
    """Its port may belong to anything by now."""
    ben = people.person("Ben")
    with an_echo() as port:
        single_instance.hang(ben.folder, port)
        assert not ring(ben.folder)
    assert not ring(ben.folder)
    (ben.folder / data_folder.DOORBELL).write_text('{"port": "x"}', "utf-8")
    assert not ring(ben.folder)


@contextmanager
def an_echo() -> Iterator[int]:
    """Another program, which says back what it hears."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def echo() -> None:
            with server.accept()[0] as caller:
                caller.sendall(caller.recv(4_096))

        echoing = threading.Thread(target=echo)
        echoing.start()
        yield server.getsockname()[1]
        echoing.join()


def test_a_window_that_hangs_is_not_waited_for(ana: Person) -> None:
    with ana.frozen():
        began = time.monotonic()
        assert not ring(ana.folder)
        assert time.monotonic() - began < PATIENCE_SECONDS / 2


def test_whoever_guesses_is_not_believed(ana: Person) -> None:
    hung = single_instance.find(ana.folder)
    assert hung is not None
    for said in (
        b"",
        b"\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"0" * 32 + b"\n",
        hung.answer.encode() + b"\n",
        hung.call.encode()[:-1] + b"\n",
        b"\xff" * 5_000,
        hung.call.encode() + b" " + b"x" * 5_000 + b"\n",
    ):
        assert answered(hung.port, said) == b""
    assert ring(ana.folder)
    assert ana.hears(events.Rung) == events.Rung("")
    ana.hears_nothing(events.Rung)


def answered(port: int, said: bytes) -> bytes:
    """What is said back, until the door is closed."""
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_SECONDS) as line:
        try:
            line.sendall(said)
            line.shutdown(socket.SHUT_WR)
            return line.recv(100)
        except (ConnectionResetError, BrokenPipeError):
            return b""


def test_a_crowd_at_the_door_goes_away_by_itself(ana: Person) -> None:
    hung = single_instance.find(ana.folder)
    assert hung is not None
    crowd = [socket.create_connection(("127.0.0.1", hung.port), timeout=PATIENCE_SECONDS) for _ in range(50)]
    for line in crowd:
        with line:
            assert line.recv(100) == b""
    assert ring(ana.folder)


def test_quitting_does_not_wait_for_who_stands_at_the_door(ana: Person) -> None:
    hung = single_instance.find(ana.folder)
    assert hung is not None
    with socket.create_connection(("127.0.0.1", hung.port)):
        assert ana.quits().problem is None


def test_without_a_bell_the_window_opens_all_the_same(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(folder: Path, port: int) -> None:
        raise DiskFull

    monkeypatch.setattr(single_instance, "hang", full)
    ana = people.person("Ana", starts=False)
    ana.opens("Ana", doorbell=True).start()
    ana.hears(events.Started)
    ana.do(commands.ChangeProfile("Anna"))
    ana.hears(events.ProfileChanged)
