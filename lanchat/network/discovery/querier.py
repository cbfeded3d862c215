"""The querier: asks other computers which rooms are open there, by UDP, and whether they accept TCP connections.

On the Engine's loop.
"""

from __future__ import annotations

import asyncio
import enum
import errno
import secrets
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from functools import partial

from lanchat.core.address import Numeric
from lanchat.core.model import RoomId
from lanchat.network.discovery import datagrams
from lanchat.network.discovery.datagrams import MAX_ABOUT, Answer, Goodbye, Question, decode, encode
from lanchat.network.discovery.listings import Probe
from lanchat.network.host_addresses import Snapshot

SWEEP_BATCH, SWEEP_PAUSE = 32, 0.005  # datagrams, then seconds; each costs the system a neighbour lookup
CONNECT_SECONDS = 1.5  # a vanished machine causes no error for minutes
AT_ONCE_SECONDS = 0.05


class Querier:
    """`on_reply` gets each answer and goodbye to a question of this object, and the address it came from."""

    def __init__(self, well_known: int, on_reply: Callable[[Answer | Goodbye, Numeric], None]) -> None:
        self._well_known = well_known
        self._on_reply = on_reply
        self._nonce = secrets.token_bytes(8)
        self._ports: dict[bool, datagrams.DatagramPort] = {}  # False: IPv4, True: IPv6

    async def open(self) -> None:
        """Open the sockets that are not open yet. Raises OSError when the system has none left at the moment."""
        for v6 in (False, True):
            port = datagrams.DatagramPort(partial(datagrams.query_socket, v6), self._on_datagram)
            if v6 not in self._ports and await port.open():
                self._ports[v6] = port

    async def close(self) -> None:
        for port in self._ports.values():
            await port.close()

    def ask_all(self, here: Snapshot) -> None:
        """This machine, and every subnet of `here`: by broadcast, and for IPv6 by multicast to all nodes."""
        places = {datagrams.LOCAL_GROUP, *(f"{datagrams.ALL_NODES}%{one.index}" for one in here if not one.v4)}
        places |= {str(one.network.broadcast_address) for one in here if one.v4 and one.prefix <= 30}
        for address in sorted(places):
            self._send(Question(nonce=self._nonce), address, self._well_known)

    def ask_one(self, address: str, port: int, widely: bool = True, about: Iterable[RoomId] = ()) -> None:
        """One address. A room answers on its own port, and with the others of its machine on the well-known one."""
        rooms = list(about)
        if port != self._well_known:
            self._send(Question(nonce=self._nonce, about=rooms), address, port)
        if port == self._well_known or widely:
            self._send(Question(nonce=self._nonce, about=rooms, pass_on=True), address, self._well_known)

    def ask_probes(self, probes: Iterable[Probe]) -> None:
        """Questions about rooms at one address and port share a datagram."""
        places: dict[tuple[str, int, bool], list[RoomId]] = defaultdict(list)
        for probe in probes:
            for address in probe.addresses:
                places[address, probe.port, probe.widely].append(probe.key[0])
        for (place, port, widely), rooms in places.items():
            for start in range(0, len(rooms), MAX_ABOUT):
                self.ask_one(place, port, widely, rooms[start : start + MAX_ABOUT])

    async def sweep(self, addresses: Iterator[str]) -> None:
        for count, address in enumerate(addresses, 1):
            self._send(Question(nonce=self._nonce, pass_on=True), address, self._well_known)
            if count % SWEEP_BATCH == 0:
                await asyncio.sleep(SWEEP_PAUSE)

    def _send(self, question: Question, address: str, port: int) -> None:
        data = encode(question)
        for datagram_port in self._ports.values():
            datagram_port.send(data, address, port)

    def _on_datagram(self, data: bytes, address: Numeric, port: int, by: datagrams.DatagramPort) -> None:
        reply = decode(data)
        if isinstance(reply, Answer | Goodbye) and reply.nonce == self._nonce:
            self._on_reply(reply, address)


class ConnectResult(enum.Enum):
    """The result of a TCP connection."""

    ACCEPTED = enum.auto()
    REFUSED = enum.auto()  #: the machine is there
    NO_HOST = enum.auto()  #: no machine has that address
    NO_ROUTE = enum.auto()  #: no network of this computer leads there
    FORBIDDEN = enum.auto()  #: this computer's own system refused, at once
    NO_ANSWER = enum.auto()


async def try_connect(address: str, port: int, within: float) -> ConnectResult:
    """Connect, send nothing, and close. `within`: seconds until it counts as NO_ANSWER."""
    began = time.monotonic()
    try:
        async with asyncio.timeout(within):
            _reader, writer = await asyncio.open_connection(address, port)
    except TimeoutError:
        return ConnectResult.NO_ANSWER
    except ConnectionRefusedError:
        return ConnectResult.REFUSED
    except OSError as error:
        at_once = time.monotonic() - began < AT_ONCE_SECONDS
        if error.errno == errno.EHOSTUNREACH:
            # macOS reports it at once where a program may not use the local network.
            return ConnectResult.FORBIDDEN if sys.platform == "darwin" and at_once else ConnectResult.NO_HOST
        return ConnectResult.NO_ROUTE if error.errno in (errno.ENETUNREACH, errno.ENETDOWN) else ConnectResult.NO_ANSWER
    writer.close()
    return ConnectResult.ACCEPTED


async def first_accepting(addresses: Iterable[Numeric], port: int) -> Numeric | None:
    """The first of these addresses that accepts a TCP connection, over which nothing is sent; None: none does."""

    async def accepting(address: Numeric) -> Numeric | None:
        result = await try_connect(address, port, CONNECT_SECONDS)
        return address if result is ConnectResult.ACCEPTED else None

    attempts = [asyncio.ensure_future(accepting(address)) for address in addresses]
    try:
        for finished in asyncio.as_completed(attempts):
            if address := await finished:
                return address
        return None
    finally:
        for one in attempts:
            one.cancel()
        await asyncio.gather(*attempts, return_exceptions=True)
