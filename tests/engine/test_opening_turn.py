"""When a member opens a room whose host is gone, while others on the network talk of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from lanchat.core.client_actions import Disconnect, HeirsNamed
from lanchat.core.frames import Heir
from lanchat.core.model import MemberKey
from lanchat.engine.opening_turn import OpeningTurn

ME = MemberKey(b"m" * 32)


def at_its_time(test: Callable[[OpeningTurn, Callable[[float], None]], None]) -> None:
    """The test is given the turn of the only heir, whose host was silent, and a way to let time pass."""

    async def run() -> None:
        loop = asyncio.get_running_loop()
        now = loop.time()

        def passes(seconds: float) -> None:
            nonlocal now
            now += seconds

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(loop, "time", lambda: now)
            turn = OpeningTurn(ME)
            turn.may(29_750, True)
            turn.hear(HeirsNamed((Heir(ME, "192.0.2.7", 29_750),)))
            turn.entered(["192.0.2.7"])
            turn.lost(Disconnect("gone"))
            test(turn, passes)

    asyncio.run(run())


def test_who_says_again_and_again_that_the_room_is_open_puts_it_off_for_some_seconds_only() -> None:
    def told(turn: OpeningTurn, passes: Callable[[float], None]) -> None:
        waited = 0.0
        turn.put_off(hearsay=True)
        while not turn.come:
            passes(0.5)
            waited += 0.5
            assert waited < 30
            turn.put_off(hearsay=True)
        assert waited > 5, "long enough for one who really has it open"

    at_its_time(told)


def test_a_network_that_changes_puts_it_off_as_often_as_it_does() -> None:
    def told(turn: OpeningTurn, passes: Callable[[float], None]) -> None:
        for _ in range(100):
            turn.put_off()
            passes(1)
            assert not turn.come

    at_its_time(told)
