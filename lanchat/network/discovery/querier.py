"""Asking others which rooms are open there. On the Engine's loop."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from functools import partial

from lanchat.core.address import Numeric
from lanchat.core.model import RoomId
from lanchat.network.discovery import datagrams
from lanchat.network.discovery.datagrams import ABOUT_ROOMS, Answer, Closed, Question, decode, encode
from lanchat.network.discovery.listings import Probe
from lanchat.network.interfaces import Snapshot

AT_ONCE, PAUSE = 32, 0.005  # of a sweep: datagrams, then seconds; each costs the system a neighbour lookup
CONNECT_SECONDS = 1.5  # a machine that is gone gives no error for minutes


class Querier:
    """`heard` gets what answers our questions, and the address it came from."""

    def __init__(self, well_known: int, heard: Callable[[Answer | Closed, Numeric], None]) -> None:
        self._well_known = well_known
        self._heard = heard
        self._nonce = secrets.token_bytes(8)
        self._ports: dict[bool, datagrams.DatagramPort] = {}  # by whether it is for IPv6

    async def open(self) -> None:
        """Open what is not open yet. Raises OSError when the system has no sockets left at the moment."""
        for v6 in (False, True):
            port = datagrams.DatagramPort(partial(datagrams.asking, v6), self._received)
            if v6 not in self._ports and await port.open():
                self._ports[v6] = port

    async def close(self) -> None:
        for port in self._ports.values():
            await port.close()

    def this_machine(self) -> None:
        self._send(Question(nonce=self._nonce), datagrams.LOCAL_GROUP, self._well_known)

    def everybody(self, here: Snapshot) -> None:
        """All subnets we are in: by broadcast, and by what comes nearest to it in IPv6."""
        places = {f"{datagrams.ALL_NODES}%{one.index}" for one in here if not one.v4}
        places |= {str(one.network.broadcast_address) for one in here if one.v4 and one.prefix <= 30}
        for address in sorted(places):
            self._send(Question(nonce=self._nonce), address, self._well_known)

    def one(self, address: str, port: int, widely: bool = True, about: Iterable[RoomId] = ()) -> None:
        """A room answers on its own port, and together with the others of its machine on the well-known one."""
        rooms: list[str] = list(about)
        if port != self._well_known:
            self._send(Question(nonce=self._nonce, about=rooms), address, port)
        if port == self._well_known or widely:
            self._send(Question(nonce=self._nonce, about=rooms, pass_on=True), address, self._well_known)

    def again(self, probes: Iterable[Probe]) -> None:
        """Questions about rooms at one place travel together."""
        places: dict[tuple[str, int, bool], list[RoomId]] = defaultdict(list)
        for probe in probes:
            for address in probe.addresses:
                places[address, probe.port, probe.widely].append(probe.key[0])
        for (place, port, widely), rooms in places.items():
            for start in range(0, len(rooms), ABOUT_ROOMS):
                self.one(place, port, widely, rooms[start : start + ABOUT_ROOMS])

    async def sweep(self, addresses: Iterator[str]) -> None:
        for count, address in enumerate(addresses, 1):
            self._send(Question(nonce=self._nonce, pass_on=True), address, self._well_known)
            if count % AT_ONCE == 0:
                await asyncio.sleep(PAUSE)

    def _send(self, question: Question, address: str, port: int) -> None:
        data = encode(question)
        for asker in self._ports.values():
            asker.send(data, address, port)

    def _received(self, data: bytes, address: Numeric, port: int, by: datagrams.DatagramPort) -> None:
        said = decode(data)
        if isinstance(said, Answer | Closed) and said.nonce == self._nonce:
            self._heard(said, address)


async def takes_connections(addresses: Iterable[Numeric], port: int) -> Numeric | None:
    """The first of these addresses where a TCP connection is taken; nothing is sent. A refusal is a no."""
    trying = [asyncio.ensure_future(_connect(address, port)) for address in addresses]
    try:
        for finished in asyncio.as_completed(trying):
            if address := await finished:
                return address
        return None
    finally:
        for one in trying:
            one.cancel()
        await asyncio.gather(*trying, return_exceptions=True)


async def _connect(address: Numeric, port: int) -> Numeric | None:
    try:
        async with asyncio.timeout(CONNECT_SECONDS):
            _, writer = await asyncio.open_connection(address, port)
    except (OSError, TimeoutError):
        return None
    writer.close()
    with contextlib.suppress(OSError):
        await writer.wait_closed()
    return address
