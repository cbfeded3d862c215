"""A crowd of phones without browsers, for a bench: they come in by a link, read everything, and say nothing.

    python -m tests.bench.guest_crowd LINK COUNT

It prints a line when all are in, and ends when its input does. They come from addresses of their own: from one, a host
takes only so many newcomers at once.
"""

from __future__ import annotations

import asyncio
import sys

from websockets.asyncio.client import ClientConnection, connect

from lanchat.core import frames, limits
from lanchat.core.model import START
from lanchat.core.profile import Profile, encode_profile
from lanchat.trust.guest_channel import GuestCode, GuestSide
from lanchat.trust.signing import make_card
from tests.identities import new_identity

_AT_ONCE = 8  # that come in
_PER_ADDRESS = 100


async def _come_in(link: str, number: int) -> tuple[ClientConnection, GuestSide]:
    origin, _, fragment = link.partition("/#")
    code, fingerprint = GuestCode.read_fragment(fragment)
    me = new_identity()
    side = GuestSide(code, fingerprint, me, make_card(me, f"Phone {number}", 1, encode_profile(Profile(guest=True))))
    address = f"127.0.1.{1 + number // _PER_ADDRESS}"
    where = f"ws{origin.removeprefix('http')}/ws"
    socket = await connect(where, origin=origin, compression=None, local_addr=(address, 0), ping_interval=None)  # type: ignore[arg-type]
    await socket.send(side.received(await socket.recv(decode=False)))
    side.channel.open(await socket.recv(decode=False))  # `entered`
    await socket.send(side.channel.seal(frames.encode(frames.Resume(0, 0, START))))
    side.channel.open(await socket.recv(decode=False))  # `welcome`, and perhaps more
    return socket, side


async def _read(socket: ClientConnection, side: GuestSide) -> None:
    while True:
        side.channel.open(await socket.recv(decode=False))


async def _ask(socket: ClientConnection, side: GuestSide) -> None:
    ping = frames.encode(frames.Ping())
    while True:
        await socket.send(side.channel.seal(ping))
        await asyncio.sleep(limits.IDLE_PING_SECONDS)


async def _main(link: str, count: int) -> None:
    gate = asyncio.Semaphore(_AT_ONCE)
    async with asyncio.TaskGroup() as there:

        async def come(number: int) -> None:
            async with gate:
                socket, side = await _come_in(link, number)
            there.create_task(_read(socket, side))
            there.create_task(_ask(socket, side))

        async with asyncio.TaskGroup() as coming:
            for number in range(count):
                coming.create_task(come(number))
        print("all are in", flush=True)
        await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
        sys.exit(0)


if __name__ == "__main__":
    asyncio.run(_main(sys.argv[1], int(sys.argv[2])))
