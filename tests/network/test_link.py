"""A Link within the process is a Link like the one between machines."""

from __future__ import annotations

import asyncio

from lanchat.core import frames
from lanchat.core.codes import CloseCode
from lanchat.core.frames import Misbehaved
from lanchat.network.link import Link, MemoryLink
from network.peers import Guest, on_a_loop, until

PING = frames.encode(frames.Ping())


def pair() -> tuple[Link, Link]:
    return MemoryLink.pair()


@on_a_loop
async def test_what_is_sent_arrives_later_and_in_order() -> None:
    one, other = pair()
    one.send(PING + frames.encode(frames.Bye()))
    one.send(PING)
    other.push_to(guest := Guest(other))
    assert not guest.heard, "never within the call that sends it"
    await until(lambda: len(guest.heard) == 3)
    assert [frames.decode_from_client(body) for body in guest.heard] == [frames.Ping(), frames.Bye(), frames.Ping()]


@on_a_loop
async def test_what_was_sent_before_the_end_arrives() -> None:
    one, other = pair()
    one.push_to(closer := Guest(one))
    other.push_to(guest := Guest(other))
    one.send(PING)
    one.close("enough")
    one.send(PING)
    assert closer.ends == ["enough"]
    await until(lambda: bool(guest.ends))
    assert len(guest.heard) == 1
    assert other.over


@on_a_loop
async def test_what_was_sent_before_an_abort_need_not() -> None:
    one, other = pair()
    other.push_to(guest := Guest(other))
    one.send(PING)
    one.abort("enough")
    await until(lambda: bool(guest.ends))
    assert not guest.heard


@on_a_loop
async def test_a_refusal_says_why() -> None:
    one, other = pair()
    other.push_to(guest := Guest(other))
    one.refuse(CloseCode.FULL)
    await until(lambda: bool(guest.ends))
    assert [frames.decode_from_host(body) for body in guest.heard] == [frames.Refused("full")]


@on_a_loop
async def test_what_the_receiver_does_not_take_ends_it() -> None:
    class Strict(Guest):
        def received(self, body: bytes) -> None:
            raise Misbehaved("that is not done here")

    one, other = pair()
    one.push_to(guest := Guest(one))
    other.push_to(strict := Strict(other))
    one.send(PING)
    await until(lambda: bool(guest.ends))
    assert other.misbehaved
    assert strict.ends == ["that is not done here"]
    assert [frames.decode_from_host(body) for body in guest.heard] == [frames.Refused("frame")]


@on_a_loop
async def test_who_is_pushed_a_link_that_is_over_hears_of_it_once() -> None:
    one, other = pair()
    one.close("gone before")
    await asyncio.sleep(0)
    other.push_to(guest := Guest(other))
    await until(lambda: bool(guest.ends))
    other.close("again")
    await asyncio.sleep(0)
    assert len(guest.ends) == 1
