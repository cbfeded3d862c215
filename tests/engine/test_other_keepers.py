"""Who is visited of those who are said to have the room open, also when somebody says so a thousand times."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import Any, cast

import pytest

from lanchat.core.address import Numeric
from lanchat.core.epoch import next_epoch
from lanchat.core.listing import Listing, key_fingerprint
from lanchat.core.model import MemberKey, RoomId
from lanchat.engine.entering import IsWanted, RoomDialer
from lanchat.engine.other_keepers import OtherKeepers
from lanchat.network.dialer import Address, Unreachable

ROOM = RoomId("kitchenkitchen22")
MINE = next_epoch(next_epoch(1, 5), 5)
LOWER, HIGHER = 1, next_epoch(MINE, 5)
FALSE = 1_000
PATIENCE_SECONDS = 10.0

ANA = MemberKey(b"ana".ljust(32))
BEN = MemberKey(b"ben".ljust(32))
BENS_PLACE = (Numeric("10.0.0.2"), 29_747)


def listing(key: bytes, address: str, epoch: int, port: int = 29_747) -> Listing:
    return Listing(ROOM, "Kitchen", key_fingerprint(MemberKey(key)), False, (Numeric(address),), port, epoch=epoch)


def bens() -> Listing:
    """Ben has the room open, where nobody expects it."""
    return listing(BEN, BENS_PLACE[0], HIGHER)


def false_ones(epoch: int, address: Callable[[int], str]) -> Iterable[Listing]:
    for number in range(FALSE):
        yield listing(b"false %d" % number, address(number), epoch, 1_024 + number)


def anywhere(number: int) -> str:
    return f"10.1.{number // 250}.{number % 250 + 1}"


class _Knocking:
    """The way to the others, where nobody opens: who was visited is noted."""

    def __init__(self) -> None:
        self.visited: list[Address] = []
        self.at_bens = asyncio.Event()

    def __call__(self, addresses: Callable[[], list[Address]], is_wanted: IsWanted) -> RoomDialer:
        async def enter() -> None:
            self.visited += addresses()
            if BENS_PLACE in addresses():
                self.at_bens.set()
            raise Unreachable("nobody is there")

        return cast(RoomDialer, _Way(enter))


class _Way:
    def __init__(self, enter: Callable[[], Awaitable[None]]) -> None:
        self.enter = enter


def is_visited(announced: Iterable[Listing], met: Iterable[MemberKey] = ()) -> list[Address]:
    """Ben is, soon, whoever else was announced. All who were visited until then."""

    async def listen() -> list[Address]:
        way, group = _Knocking(), asyncio.get_running_loop().create_task
        others = OtherKeepers(way, lambda: MINE, lambda entered: None, cast(Any, group), lambda: [ANA], lambda: None)
        others.met(met)
        for one in announced:
            others.seen(one)
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                await way.at_bens.wait()
        finally:
            await others.close()
        return way.visited

    return asyncio.run(listen())


@pytest.mark.parametrize("first", [True, False], ids=["before them", "after them"])
def test_a_thousand_with_lower_epochs_do_not_push_out_who_has_a_higher_one(first: bool) -> None:
    false = list(false_ones(LOWER, anywhere))
    assert is_visited([bens(), *false] if first else [*false, bens()]) == [BENS_PLACE], "nobody goes to the others"


def test_a_thousand_with_epochs_that_cannot_be_do_not_either() -> None:
    assert is_visited([*false_ones(1 << 52, anywhere), bens(), *false_ones(1 << 52, anywhere)]) == [BENS_PLACE]


@pytest.mark.parametrize("first", [True, False], ids=["before them", "after them"])
def test_a_thousand_at_one_address_and_port_are_tried_once(first: bool) -> None:
    false = [listing(b"false %d" % number, "10.0.0.66", HIGHER) for number in range(FALSE)]
    visited = is_visited([bens(), *false] if first else [*false, bens()])
    assert len(visited) <= 2


def test_who_was_in_the_room_is_visited_before_a_thousand_strangers() -> None:
    visited = is_visited([*false_ones(HIGHER, anywhere), bens(), *false_ones(HIGHER, anywhere)], met=[BEN])
    assert len(visited) <= 12
