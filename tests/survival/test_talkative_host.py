"""A host that never stops talking: its client stays small and awake."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from lanchat.core import encoded_log, frames
from lanchat.core.frames import encode
from lanchat.core.model import START
from lanchat.trust.signing import make_card
from survival.aside import aside
from survival.evil import EvilHost, Guest
from survival.node import Orders
from survival.nodes import Node, wait_until
from survival.raw import tagged
from tests.identities import new_identity

_MEGABYTE = 1_000_000

Talk = Callable[[EvilHost], Iterator[bytes]]


def pings(host: EvilHost) -> Iterator[bytes]:
    """It does not listen to the answers."""
    while True:
        yield 1_000 * encode(frames.Ping())


def frames_of_a_later_version(host: EvilHost) -> Iterator[bytes]:
    while True:
        yield 1_000 * tagged("dance", steps=[1, 2, 3])


def comings_and_goings(host: EvilHost) -> Iterator[bytes]:
    cards = [make_card(new_identity(), f"Somebody {number}", 1) for number in range(200)]
    while True:
        yield encode(frames.Present(cards)) + encode(frames.Present(left=[card.key for card in cards]))


def entries(host: EvilHost) -> Iterator[bytes]:
    last, head = 0, START
    while True:
        run = host.run([host.entry("x" * 400) for _ in range(100)], last, head)
        last, head = run[-1].seq, run[-1].head
        yield encode(encoded_log.pack(run))


def slow_downs(host: EvilHost) -> Iterator[bytes]:
    while True:
        yield b"".join(encode(frames.SlowDown(0, f"because_{chr(97 + number % 26)}")) for number in range(100))


def deliveries(host: EvilHost) -> Iterator[bytes]:
    while True:
        yield b"".join(encode(frames.Delivered(2**39 - number, 0)) for number in range(100))


TALKS: list[Talk] = [pings, frames_of_a_later_version, comings_and_goings, entries, slow_downs, deliveries]


def everything(host: EvilHost) -> Iterator[bytes]:
    return map(b"".join, zip(*(talk(host) for talk in TALKS), strict=True))


@pytest.mark.parametrize(
    ("talk", "seconds"), [(everything, 0.3), *(pytest.param(talk, 2.5, marks=pytest.mark.long) for talk in TALKS)]
)
def test_a_client_stays_small_and_awake(tmp_path: Path, talk: Talk, seconds: float) -> None:
    async def go_on(guest: Guest) -> None:
        await guest.welcome()
        for data in talk(guest.host):
            guest.send_bytes(data)
            await guest.drain()

    with aside(EvilHost(go_on).open()) as evil:
        ana = Node(Orders(folder=str(tmp_path / "ana"), nick="Ana", where=f"127.0.0.1:{evil.port}"))
        ana.start()
        try:
            wait_until(lambda: bool(ana.journal("connection")), "she joins")
            before = ana.memory()
            time.sleep(seconds)
            assert ana.memory() - before < 60 * _MEGABYTE
            ana.order("talk")
            wait_until(lambda: bool(ana.journal("written")), "she can write")
            began = time.monotonic()
            ana.quit()
            assert time.monotonic() - began < 10
        finally:
            ana.give_up()
    assert len(evil.visits) <= 1 + seconds
    assert not ana.complaints
