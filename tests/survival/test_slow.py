"""Those who take their time: they hold a place for so long and no longer, and nobody else waits for them."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Iterator

import pytest

from lanchat.core import frames
from lanchat.core.frames import encode
from survival.nodes import Town, town
from survival.raw import HERE, member, stranger

_SOON = {"HANDSHAKE_SECONDS": 2.0, "ENTER_SECONDS": 2.0, "FRAME_SECONDS": 2.0, "STALLED_SECONDS": 1.0}


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """A host that has as little patience as a test."""
    with town(tmp_path_factory.mktemp("room"), people=0, limits=_SOON) as made:
        yield made


async def says_nothing(port: int) -> str:
    reader, writer = await asyncio.open_connection(HERE, port)
    with contextlib.suppress(OSError):
        assert await reader.read() == b""
    writer.close()
    return "nothing"


async def says_nothing_in_tls(port: int) -> str:
    async with stranger(port) as raw:
        return await raw.ending()


async def spells_its_first_frame(port: int) -> str:
    async with stranger(port) as raw:
        spelling = asyncio.create_task(_spell(raw.send_bytes, 100))
        code = await raw.ending()
        spelling.cancel()
        return code


async def never_says_what_it_has(port: int) -> str:
    async with stranger(port) as raw:
        await raw.enter()
        return await raw.ending()


async def spells_a_frame(port: int) -> str:
    async with member(port) as raw:
        spelling = asyncio.create_task(_spell(raw.send_bytes, 1_000))
        code = await raw.ending()
        spelling.cancel()
        return code


async def _spell(send: Callable[[bytes], None], length: int) -> None:
    for byte in length.to_bytes(4, "big") + bytes(length):
        send(bytes([byte]))
        await asyncio.sleep(0.02)


async def reads_nothing(port: int) -> str:
    """It goes on talking, but what is said to it is more than its system and the host's take for it."""
    async with member(port, nick="Ana") as ana, member(port, nick="Sleepy", takes=16_384) as sleepy:
        long = []
        for start in range(0, 1_500, 15):
            some = [ana.entry("x" * 3_900) for _ in range(15)]
            ana.send(frames.Post(some, again=start == 0))
            long += some
            await asyncio.sleep(0)  # signing takes its time, and the others here must not be slow meanwhile
        await ana.entries(long)
        async with asyncio.timeout(20):
            while not sleepy.hung_up:
                sleepy.send(frames.Ping())
                await asyncio.sleep(0.05)
    return "hung up"


async def talks_without_a_pause(port: int) -> str:
    """Not a single chunk of it ends where a frame does; but that is not slow."""
    async with member(port) as raw:
        ping = encode(frames.Ping())
        raw.send_bytes(ping[:3])
        for _ in range(40):
            raw.send_bytes(ping[3:] + ping[:3])
            await raw.until(frames.Pong)
            await asyncio.sleep(0.1)
        return "welcome all the time"


def test_nobody_may_take_for_ever(here: Town) -> None:
    ways: dict[Callable[[int], Awaitable[str]], str] = {
        says_nothing: "nothing",
        says_nothing_in_tls: "slow",
        spells_its_first_frame: "slow",
        never_says_what_it_has: "slow",
        spells_a_frame: "slow",
        reads_nothing: "hung up",
        talks_without_a_pause: "welcome all the time",
    }

    async def all_at_once() -> list[str]:
        return await asyncio.gather(*(way(here.port) for way in ways))

    assert asyncio.run(all_at_once()) == list(ways.values())
