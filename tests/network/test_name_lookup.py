"""Names of computers: looked up beside the loop, for a bounded time."""

from __future__ import annotations

import asyncio
import socket
import sys
import threading
from collections.abc import Iterator

import pytest

from lanchat.network import host_addresses
from lanchat.network.host_addresses import NameUnknown, resolve


@pytest.fixture
def silent_name_server(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Questions to it are answered when the test is over."""
    over = threading.Event()

    def ask(*_: object, **__: object) -> list[object]:
        over.wait(30)
        return []

    monkeypatch.setattr(socket, "getaddrinfo", ask)
    yield
    over.set()


def test_this_machine_has_a_name() -> None:
    assert set(asyncio.run(resolve("localhost"))) & {"127.0.0.1", "::1"}


@pytest.mark.parametrize("address", ["10.0.0.5", "fe80::1%2"])
def test_an_address_is_not_looked_up(address: str, silent_name_server: None) -> None:
    assert asyncio.run(resolve(address)) == (address,)


def test_a_name_that_nobody_knows(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(NameUnknown, match="no computer of that name"):
        asyncio.run(resolve("nobody.example"))


@pytest.mark.usefixtures("silent_name_server")
def test_a_name_server_that_does_not_answer_keeps_nobody_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither the loop, nor its end; and those who ask again and again do not take ever more threads."""
    monkeypatch.setattr(host_addresses, "LOOKUP_SECONDS", 0.2)

    async def ask_often() -> int:
        before = threading.active_count()
        asking = [asyncio.ensure_future(resolve("slow.example")) for _ in range(30)]
        turns = 0
        while not all(one.done() for one in asking):
            await asyncio.sleep(0.01)
            turns += 1
        assert threading.active_count() - before < 10
        assert all(isinstance(one.exception(), NameUnknown) for one in asking)
        return turns

    assert asyncio.run(ask_often()) > 3


@pytest.mark.skipif(sys.platform == "win32", reason="Windows reserves as much, and starts the thread")
def test_while_the_system_has_no_thread_left_it_is_said_and_later_it_works() -> None:
    before = threading.stack_size(1 << 46)  # no system has so much: no thread can be started
    try:
        for _often in range(20):
            with pytest.raises(NameUnknown, match="too much to do"):
                asyncio.run(resolve("localhost"))
    finally:
        threading.stack_size(before)
    assert asyncio.run(resolve("localhost"))
