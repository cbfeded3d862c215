"""Members who come and go by the thousand: nothing of them stays behind in the host."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from lanchat.core import frames
from lanchat.core.model import START
from survival.nodes import town, wait_until
from survival.raw import member, stranger

_MEGABYTE = 1_000_000


@pytest.mark.parametrize("comings", [100, pytest.param(1_000, marks=pytest.mark.long)])
def test_nothing_of_a_member_stays_behind(tmp_path: Path, comings: int) -> None:
    with town(tmp_path, people=0) as here:
        host = here.host
        alone = host.descriptors()
        asyncio.run(_come_and_go(here.port, 100))  # so that all is there which is set aside only once
        wait_until(lambda: host.descriptors() == alone, "all are gone")
        threads, memory = host.threads(), host.memory()
        asyncio.run(_come_and_go(here.port, comings))
        wait_until(lambda: host.descriptors() == alone, "all are gone again")
        assert host.threads() == threads
        assert host.memory() - memory < 15 * _MEGABYTE  # one connection that stays behind is 0.1 of it


async def _come_and_go(port: int, comings: int) -> None:
    """Ten at a time; half of them leave politely, the others are just gone."""

    async def some(polite: bool) -> None:
        for _ in range(comings // 10):
            async with member(port) as raw:
                if polite:
                    await raw.leave()

    await asyncio.gather(*(some(number % 2 == 0) for number in range(10)))


def test_the_welcome_comes_first_however_busy_the_room(tmp_path: Path) -> None:
    async def come(port: int) -> None:
        for _ in range(40):
            async with stranger(port) as raw:
                await raw.enter()
                raw.send(frames.Resume(0, 0, START))
                assert isinstance(await raw.next(), frames.Welcome)

    with town(tmp_path, people=1, talking=True, every=0.0005, at_once=200) as here:
        asyncio.run(come(here.port))
