"""Our own question and its answer: one UDP datagram each. Pure.

A question is padded to QUESTION_BYTES and an answer is never longer, so nobody can use a host to make a flood of a
trickle. The answer repeats the question's nonce: it cannot be made up without having seen a question of ours.

One socket among several on a machine gets what was sent to it alone, so such a question says `pass_on`: its receiver
repeats it, on this machine only, with the asker's address in `asker`, and each program answers for its own rooms.

The UDP sockets questions and answers travel through. On the Engine's loop.

Asking: one unbound socket for each IP version. Answering: a socket on the well-known port, shared by all programs on
this machine that host, and one on each room's own port where that is another.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import ipaddress
import logging
import socket
import struct
import sys
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Annotated, TypeAlias

import msgspec

from lanchat.core.address import Numeric
from lanchat.core.model import Bytes8, Bytes16, Count

MAGIC = b"lanchat\x01"
QUESTION_BYTES = 512  # with headers well below any link's limit; fits five ordinary rooms
DATAGRAM_BYTES = 2048
ABOUT_ROOMS = 4  # what fits one answer

Port = Annotated[int, msgspec.Meta(ge=1, le=65535)]
RoomIdText = Annotated[str, msgspec.Meta(pattern=r"\A[a-z2-7]{16}\Z")]
Short = Annotated[str, msgspec.Meta(max_length=16)]


class Asker(msgspec.Struct, frozen=True, array_like=True):
    """Who wants the answer to a question passed on, and the boot_id of who passed it on."""

    #: Only a numeric one is answered: what looks like a name would be looked up.
    address: Annotated[str, msgspec.Meta(max_length=64, pattern=r"\A[0-9a-f:.]+(%[0-9]+)?\Z")]
    port: Port
    passed_by: Short


class Question(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="t", tag="q"):
    """Which rooms are open there? `about`: these first."""

    nonce: Bytes8 = msgspec.field(name="q")
    about: Annotated[list[RoomIdText], msgspec.Meta(max_length=ABOUT_ROOMS)] = []
    pass_on: bool = False
    asker: Asker | None = None


class OpenRoom(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A room as its host describes it; the field names are those of the mDNS record."""

    room_id: RoomIdText = msgspec.field(name="id")
    title: Annotated[str, msgspec.Meta(max_length=80)] = msgspec.field(name="n")
    fingerprint: Bytes16 = msgspec.field(name="fp")
    port: Port = msgspec.field(name="p")
    passphrase: bool = msgspec.field(name="pw", default=False)
    boot_id: Short = msgspec.field(name="b", default="")
    people: Count | None = msgspec.field(name="m", default=None)
    host: Annotated[str, msgspec.Meta(max_length=64)] = msgspec.field(name="h", default="")
    app: Short = ""


class Answer(msgspec.Struct, frozen=True, kw_only=True, tag_field="t", tag="a"):
    nonce: Bytes8 = msgspec.field(name="q")
    rooms: Annotated[list[OpenRoom], msgspec.Meta(max_length=32)] = msgspec.field(name="r")


class Closed(msgspec.Struct, frozen=True, kw_only=True, tag_field="t", tag="c"):
    """To those who asked lately: this room closes. A hint; they ask once more."""

    nonce: Bytes8 = msgspec.field(name="q")
    room_id: RoomIdText = msgspec.field(name="id")


Datagram: TypeAlias = Question | Answer | Closed

_encoder = msgspec.msgpack.Encoder()
_decoder: msgspec.msgpack.Decoder[Datagram] = msgspec.msgpack.Decoder(Datagram)


def encode(datagram: Datagram) -> bytes:
    """The datagram's bytes; a question is padded."""
    body = _encoder.encode(datagram)
    made = MAGIC + struct.pack(">H", len(body)) + body
    return made.ljust(QUESTION_BYTES, b"\0") if isinstance(datagram, Question) else made


def decode(data: bytes) -> Datagram | None:
    """None for whatever is not exactly one of ours: anybody may send anything to a UDP port."""
    start = len(MAGIC) + 2
    if not data.startswith(MAGIC) or not start <= len(data) <= DATAGRAM_BYTES:
        return None
    (length,) = struct.unpack_from(">H", data, len(MAGIC))
    try:
        datagram = _decoder.decode(data[start : start + length])
    except (ValueError, RecursionError):  # msgspec's own errors are ValueErrors
        return None
    if isinstance(datagram, Question) and len(data) < QUESTION_BYTES:
        return None
    return datagram


def answer(question: Question, rooms: Sequence[OpenRoom], turn: int) -> bytes | None:
    """The answer: the rooms asked about, then others as far as they fit; from another one each `turn`."""
    about = [room for room in rooms if room.room_id in question.about]
    others = [room for room in rooms if room.room_id not in question.about]
    if others:
        turn %= len(others)
        others = others[turn:] + others[:turn]
    chosen: list[OpenRoom] = []
    data = None
    for room in about + others:
        longer = encode(Answer(nonce=question.nonce, rooms=[*chosen, room]))
        if len(longer) > QUESTION_BYTES:
            break
        chosen.append(room)
        data = longer
    return data


class Patience:
    """How many questions each asker, and all together, may have answered: token buckets."""

    EACH = (200.0, 400.0)  # per second, at once: a client that finds a hundred of our rooms asks for them in an instant
    TOGETHER = (1000.0, 2000.0)
    ASKERS = 1024

    def __init__(self) -> None:
        self._all = (self.TOGETHER[1], 0.0)
        self._each: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def allows(self, asker: str, now: float) -> bool:
        """Whether to answer `asker` now; counts as an answer."""
        mine, ours = self._each.pop(asker, (self.EACH[1], now)), self._all
        mine, one = _take(mine, self.EACH, now)
        ours, all_ = _take(ours, self.TOGETHER, now)
        self._each[asker] = mine
        if len(self._each) > self.ASKERS:
            self._each.popitem(last=False)
        if one and all_:
            self._all = ours
        return one and all_


def _take(bucket: tuple[float, float], size: tuple[float, float], now: float) -> tuple[tuple[float, float], bool]:
    (tokens, since), (rate, most) = bucket, size
    tokens = min(most, tokens + (now - since) * rate)
    return ((tokens - 1, now), True) if tokens >= 1 else ((tokens, now), False)


#: Programs on one machine hear each other here: administratively scoped, and sent with a TTL that stays on the machine.
LOCAL_GROUP = "239.255.77.77"
ALL_NODES = "ff02::1"

#: What the system is out of for a while, as opposed to what it does not have at all.
EXHAUSTED = (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM)

_FLUSH_TURNS = 50  # of 10 ms, for what the system has not taken from us yet when a socket is closed
_REOPEN_SECONDS = 2.0

Heard: TypeAlias = Callable[[bytes, Numeric, int, "DatagramPort"], None]

_log = logging.getLogger(__name__)


class DatagramPort(asyncio.DatagramProtocol):
    """One socket. `heard(data, address, port, this)` gets what arrives; IPv6 link-local addresses have their %scope."""

    def __init__(self, make: Callable[[], socket.socket], heard: Heard) -> None:
        self._make = make
        self._heard = heard
        self._transport: asyncio.DatagramTransport | None = None
        self._socket: socket.socket | None = None
        self._reopening: asyncio.Task[None] | None = None
        self._v6 = False

    async def open(self) -> bool:
        """False when there is none to be had: IP version switched off, port taken.

        Raises OSError when the system has none left at the moment.
        """
        try:
            made = self._make()
        except OSError as error:
            if error.errno in EXHAUSTED:
                raise
            _log.info("no UDP socket: %s", error)
            return False
        self._v6 = made.family == socket.AF_INET6
        made.setblocking(False)
        try:
            self._transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(lambda: self, sock=made)
        except BaseException:
            made.close()
            raise
        self._socket = made
        return True

    async def close(self) -> None:
        if self._reopening:
            self._reopening.cancel()
            await asyncio.gather(self._reopening, return_exceptions=True)
        if self._transport:
            await self._flush(self._transport)
            self._let_go()
            await asyncio.sleep(0)  # the transport closes its socket in the next turn

    async def _flush(self, transport: asyncio.DatagramTransport) -> None:
        """The goodbyes of a room that closes are sent before the socket goes."""
        for _ in range(_FLUSH_TURNS):
            if not transport.get_write_buffer_size():  # type: ignore[attr-defined]  # every event loop has it
                break
            await asyncio.sleep(0.01)

    def _let_go(self) -> None:
        """By abort: after `close`, asyncio on Windows keeps a socket with a send under way for ever."""
        if self._transport:
            self._transport.abort()
        self._transport = self._socket = None

    def send(self, data: bytes, address: str, port: int) -> None:
        """Errors are ignored: UDP is best effort.

        The system is asked directly, as asyncio does on Unix. On Windows asyncio would queue the datagram, and drop the
        queue when the transport is closed or another datagram fails. Only what would block is left to asyncio.
        """
        if self._transport is None or self._socket is None or (":" in address) != self._v6:
            return
        with contextlib.suppress(OSError):
            try:
                self._socket.sendto(data, (address, port))
            except BlockingIOError:
                self._transport.sendto(data, (address, port))

    def datagram_received(self, data: bytes, addr: tuple[str, int] | tuple[str, int, int, int]) -> None:
        address = addr[0].partition("%")[0]
        if len(addr) == 4 and ipaddress.IPv6Address(address).is_link_local:
            address += f"%{addr[3]}"
        self._heard(data, Numeric(address), addr[1], self)

    def error_received(self, exc: Exception) -> None:
        # Windows reports that nobody listened where we sent to, and other errors of the network; asyncio there then
        # stops reading (cpython #127057). Only the first of these is over at once.
        if sys.platform == "win32" and self._transport:
            self._let_go()
            pause = 0.0 if isinstance(exc, ConnectionError) else _REOPEN_SECONDS
            self._reopening = asyncio.get_running_loop().create_task(self._reopen(pause))

    async def _reopen(self, pause: float) -> None:
        await asyncio.sleep(pause)  # the old one lets go first
        opened = False
        while not opened:
            try:
                opened = await self.open()
            except OSError as error:
                _log.info("no UDP socket at the moment: %s", error)
            if not opened:
                await asyncio.sleep(_REOPEN_SECONDS)


def asking(v6: bool) -> socket.socket:
    """A socket to ask from, on any port."""
    made = _socket(v6)
    if not v6:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        # For the one multicast we send: to the other programs on this machine.
        made.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton("127.0.0.1"))
        made.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, 0)
    return _bound(made, 0)


def answering(v6: bool, port: int, shared: bool) -> socket.socket:
    """A socket to answer from. `shared`: others on this machine may have the same, and the local group is heard."""
    made = _socket(v6)
    if shared:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if sys.platform != "win32" and sys.platform != "linux":  # on Linux it would shut out other users' programs
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        if not v6:
            member = socket.inet_aton(LOCAL_GROUP) + socket.inet_aton("127.0.0.1")
            with contextlib.suppress(OSError):  # then broadcasts still reach all, and asking one reaches one
                made.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, member)
            made.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton("127.0.0.1"))
            made.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, 0)
    return _bound(made, port)


def _socket(v6: bool) -> socket.socket:
    made = socket.socket(socket.AF_INET6 if v6 else socket.AF_INET, socket.SOCK_DGRAM)
    if v6:
        made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
    return made


def _bound(made: socket.socket, port: int) -> socket.socket:
    try:
        made.bind(("", port))
    except OSError:
        made.close()
        raise
    return made
