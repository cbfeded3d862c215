"""Members who lie: about who wrote something, what, and when. Nobody else ever sees a lie, or is kept from talking."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from hashlib import sha256

import msgspec
import pytest

from lanchat.core import frames, limits
from lanchat.core.content import Text, encode
from lanchat.core.model import DeviceId, Entry
from lanchat.trust.signing import make_card, make_entry
from survival.attacks import altered, old_tls, other_alpn
from survival.nodes import Town, town
from survival.raw import Closed, Raw, member, stranger
from tests.identities import new_identity


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    with town(tmp_path_factory.mktemp("room"), people=0) as made:
        yield made


@asynccontextmanager
async def mallory_and_ana(here: Town) -> AsyncIterator[tuple[Raw, Raw]]:
    async with member(here.port, nick="Mallory") as mallory, member(here.port, nick="Ana") as ana:
        yield mallory, ana
        await _can_talk(ana)


async def _can_talk(ana: Raw) -> None:
    """Ana is in the room, and what she says comes back to her."""
    entry = ana.entry("I am here")
    ana.send(frames.Post([entry], again=True))
    await ana.entries([entry])


Lie = Callable[[Raw], Entry]


def _of_somebody_else(mallory: Raw) -> Entry:
    return make_entry(new_identity(), mallory.room_id, 1, encode(Text("not mine")), 0)


def _under_somebody_elses_name(mallory: Raw) -> Entry:
    return msgspec.structs.replace(mallory.entry(), author=new_identity().key)


def _of_another_device(mallory: Raw) -> Entry:
    return msgspec.structs.replace(mallory.entry(), device_id=b"anotherd")


def _altered(mallory: Raw) -> Entry:
    return altered(mallory.entry())


def _for_another_room(mallory: Raw) -> Entry:
    return make_entry(mallory.me, "gardengardengard", 1, encode(Text("said elsewhere")), 0)  # type: ignore[arg-type]


def _renumbered(mallory: Raw) -> Entry:
    return msgspec.structs.replace(mallory.entry(), counter=99)


def _under_another_id(mallory: Raw) -> Entry:
    return msgspec.structs.replace(mallory.entry(), entry_id=bytes(16))


@pytest.mark.parametrize(
    "lie",
    [_of_somebody_else, _under_somebody_elses_name, _of_another_device, _altered, _for_another_room, _renumbered,
     _under_another_id],
)  # fmt: skip
def test_a_lie_about_an_entry_ends_the_connection(here: Town, lie: Lie) -> None:
    async def lying() -> None:
        async with mallory_and_ana(here) as (mallory, _):
            mallory.send(frames.Post([lie(mallory)], again=True))
            assert await mallory.ending() in ("frame", "forged")

    before = here.host.last() or 1  # who keeps the room open
    asyncio.run(lying())
    assert here.host.last() == before + 1, "only what Ana said is in the Log"


def test_nobody_takes_the_words_of_others_out_by_carrying_them(here: Town) -> None:
    """Cem said something while the host was away. Mallory brings it without what he said, before Ana brings it."""

    async def carry() -> None:
        async with mallory_and_ana(here) as (mallory, ana):
            said = make_entry(new_identity(), ana.room_id, 1, encode(Text("The green one")), 0)
            empty = msgspec.structs.replace(said, body=b"", erased=sha256(said.body).digest())
            mallory.send(frames.Post([empty], again=True, carried=True))
            await mallory.entries([said])
            ana.send(frames.Post([said], again=True, carried=True))
            await ana.until(frames.Known)
            async with member(here.port, nick="Late") as late:
                while said.body not in {row.body for row in (await late.until(frames.Entries)).rows}:
                    pass

    asyncio.run(carry())


def test_what_is_said_twice_is_in_the_log_once(here: Town) -> None:
    async def repeat() -> None:
        async with mallory_and_ana(here) as (mallory, _):
            entry = mallory.entry("again and again")
            mallory.send(frames.Post([entry], again=True))
            await mallory.entries([entry])
            mallory.send(frames.Post([entry, entry]), frames.Post([entry]))
            assert set((await mallory.until(frames.Known)).entry_ids) == {entry.entry_id}

    before = here.host.last()
    asyncio.run(repeat())
    assert here.host.last() == before + 2


def test_a_counter_never_goes_back(here: Town) -> None:
    async def go_back() -> None:
        async with mallory_and_ana(here) as (mallory, _):
            later = mallory.entry("the second", counter=2)
            mallory.send(frames.Post([later], again=True))
            await mallory.entries([later])
            earlier = mallory.entry("the first", counter=1)
            mallory.send(frames.Post([earlier]))
            assert (await mallory.until(frames.Rejected)).entry_id == earlier.entry_id

    asyncio.run(go_back())


@pytest.mark.parametrize("text", ["", " \n ", "x" * 4_001, "\n".join("x" * 201)])
def test_what_nobody_may_write_is_rejected(here: Town, text: str) -> None:
    async def write() -> None:
        async with mallory_and_ana(here) as (mallory, _):
            entry = mallory.entry(text)
            mallory.send(frames.Post([entry], again=True))
            assert (await mallory.until(frames.Rejected)).entry_id == entry.entry_id

    asyncio.run(write())


@pytest.mark.parametrize("sent_at", [-(2**53), 0, 2**53])
@pytest.mark.parametrize("text", ["\0\x1b[2J", "\u202emoc.elpmaxe", "e" + 500 * "\u0301", "😀" * 4_000, "﷽" * 4_000])
def test_odd_texts_of_any_time_reach_everybody(here: Town, text: str, sent_at: int) -> None:
    async def write() -> None:
        async with mallory_and_ana(here) as (mallory, ana):
            entry = mallory.entry(text, sent_at=sent_at)
            mallory.send(frames.Post([entry], again=True))
            await ana.entries([entry])
        async with member(here.port, nick="Late") as late:
            await late.entries([entry])

    asyncio.run(write())


def test_a_name_that_is_not_ones_own(here: Town) -> None:
    async def rename() -> None:
        async with mallory_and_ana(here) as (mallory, _):
            mallory.send(frames.Rename(msgspec.structs.replace(make_card(mallory.me, "Mallory", 2), nick="Ana")))
            assert await mallory.ending() == "forged"

    asyncio.run(rename())


def test_a_member_who_goes_on_and_on_is_slowed_down_and_then_removed(tmp_path_factory: pytest.TempPathFactory) -> None:
    async def flood(here: Town) -> None:
        async with member(here.port, nick="Ana") as ana, member(here.port, nick="Mallory") as mallory:
            mallory.send(*(frames.Post([mallory.entry("x")]) for _ in range(30)))
            assert (await mallory.until(frames.SlowDown)).retry_ms > 0
            mallory.send(*(frames.Post([mallory.entry("x")]) for _ in range(80)))
            assert await mallory.ending() == "frame"
            await _can_talk(ana)

    with town(tmp_path_factory.mktemp("slow"), people=0, posts_per_second=5.0, burst=20) as here:
        asyncio.run(flood(here))


def test_a_member_cannot_fill_the_room_alone(here: Town) -> None:
    async def crowd_in() -> None:
        me = new_identity()
        async with AsyncExitStack() as stack:
            for number in range(limits.DEVICES):
                me = dataclasses.replace(me, device_id=DeviceId(bytes([number] * 8)))
                await stack.enter_async_context(member(here.port, me=me))
            async with stranger(here.port, me=dataclasses.replace(me, device_id=DeviceId(b"one more"))) as raw:
                await raw.enter()
                assert await raw.ending() == "devices"

    asyncio.run(crowd_in())


def test_other_protocols_are_turned_away(here: Town) -> None:
    async def knock() -> None:
        for context in (other_alpn(), old_tls()):
            with pytest.raises((Closed, OSError)):
                async with stranger(here.port, context=context) as raw:
                    await raw.next()
        async with member(here.port, nick="Ana") as ana:
            await _can_talk(ana)

    asyncio.run(knock())


def test_a_member_who_stops_reading_is_cut_off_and_comes_back(here: Town) -> None:
    """It holds up nobody, costs the host at most a megabyte, and later goes on where it was."""

    async def stop_reading() -> None:
        before = here.host.memory()
        async with member(here.port, nick="Ana") as ana:
            long = [ana.entry("x" * 3_900) for _ in range(300)]
            async with member(here.port, nick="Sleepy") as sleepy:
                for start in range(0, 300, 15):
                    ana.send(frames.Post(long[start : start + 15], again=start == 0))
                await ana.entries(long)
                async with asyncio.timeout(9):
                    while not sleepy.hung_up:
                        sleepy.send(frames.Earlier(2**39))
                        await asyncio.sleep(0.01)
            assert here.host.memory() - before < 30_000_000
            await _can_talk(ana)
        async with member(here.port, nick="Sleepy", me=sleepy.me) as sleepy:
            await sleepy.entries(long[-50:])

    asyncio.run(stop_reading())
