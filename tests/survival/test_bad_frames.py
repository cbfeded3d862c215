"""Whoever sends what is no frame, or a frame at the wrong time, is thrown out with a reason; nobody else notices."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Iterator

import pytest

from lanchat.core import frames
from survival.bad_frames import BAD_AS_MEMBER, BAD_AS_STRANGER, DEEP_PING
from survival.nodes import Town, town
from survival.raw import Closed, member, stranger, tagged

_addresses = (f"127.0.{third}.{fourth}" for third, fourth in itertools.product(range(1, 255), range(1, 255)))


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """A host with its everyday caps."""
    with town(tmp_path_factory.mktemp("room"), people=0, connections=None) as made:
        yield made


@pytest.mark.parametrize("what", BAD_AS_STRANGER)
def test_bad_frames_of_strangers(here: Town, what: str) -> None:
    async def come() -> None:
        async with stranger(here.port, source=next(_addresses)) as raw:
            raw.send_bytes(BAD_AS_STRANGER[what])
            assert await raw.ending() in ("frame", "order", "signature")

    asyncio.run(come())


@pytest.mark.parametrize("what", BAD_AS_MEMBER)
def test_bad_frames_of_members(here: Town, what: str) -> None:
    async def come() -> None:
        async with member(here.port, source=next(_addresses)) as raw:
            raw.send_bytes(BAD_AS_MEMBER[what])
            assert await raw.ending() in ("frame", "forged")

    asyncio.run(come())


def test_a_field_nested_deep_is_passed_over_or_refused(here: Town) -> None:
    async def come() -> None:
        async with member(here.port, source=next(_addresses)) as raw:
            raw.send_bytes(DEEP_PING)
            try:
                await raw.until(frames.Pong)
            except Closed:
                assert raw.refused
                assert raw.refused.code == "frame"

    asyncio.run(come())


def test_frames_of_a_later_version_are_passed_over(here: Town) -> None:
    async def come() -> None:
        async with member(here.port, source=next(_addresses)) as raw:
            raw.send_bytes(tagged("dance", steps=[1, 2, 3]) + tagged("ping", volume=11))
            await raw.until(frames.Pong)

    asyncio.run(come())
