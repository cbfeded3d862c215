"""lanchat's own discovery protocol over UDP: the format of its datagrams, and the sockets they travel through.

A question and its answer are one datagram each. A question is padded to QUESTION_BYTES and an answer is never longer,
so no host serves amplification attacks. An answer repeats the question's nonce: only who saw the question can forge it.

Of several sockets on one port, only one gets a unicast datagram. Such a question therefore has `pass_on` set: its
receiver repeats it, on this machine only, with the asker's address in `asker`, and each program answers for its rooms.

Questions go out from one unbound socket for each IP version. Answers come from a socket on the well-known port, shared
by all programs on this machine that host, and one on each room's own port where that is another.

The format is pure; the sockets live on the Engine's loop.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import logging
import socket
import struct
import sys
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Annotated, TypeAlias

import msgspec

from lanchat.core.address import Numeric, address_of_socket
from lanchat.core.model import Bytes8, Bytes16
from lanchat.core.sessions import Bucket
from lanchat.network.discovery.interface import Port, RoomDescription, Short, WireRoomId

MAGIC = b"lanchat\x01"
QUESTION_BYTES = 512  # with headers well below any link's MTU; fits three ordinary rooms
DATAGRAM_BYTES = 2048
MAX_ABOUT = 3  # what fits one answer

_encoder = msgspec.msgpack.Encoder()

#: The multicast group of the programs on one machine: administratively scoped (RFC 2365), sent with a TTL of 0.
LOCAL_GROUP = "239.255.77.77"
ALL_NODES = "ff02::1"

#: What the system is short of for a while, as opposed to what it does not have at all.
EXHAUSTED = (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM)

_FLUSH_TURNS = 50  # of 10 ms, for what the system has not sent yet when a socket is closed
_REOPEN_SECONDS = 2.0

OnDatagram: TypeAlias = Callable[[bytes, Numeric, int, "DatagramPort"], None]

_log = logging.getLogger(__name__)


class Asker(msgspec.Struct, frozen=True, array_like=True):
    """Who gets the answer to a question passed on, and the boot_id of the program that passed it on."""

    #: Numeric only: a name would be looked up.
    address: Annotated[str, msgspec.Meta(max_length=64, pattern=r"\A[0-9a-f:.]+(%[0-9]+)?\Z")]
    port: Port
    passed_by: Short


class Question(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="t", tag="q"):
    """Which rooms are open there? `about`: rooms to be answered first."""

    nonce: Bytes8 = msgspec.field(name="q")
    about: Annotated[list[WireRoomId], msgspec.Meta(max_length=MAX_ABOUT)] = []
    pass_on: bool = False
    asker: Asker | None = None


class Answer(msgspec.Struct, frozen=True, kw_only=True, tag_field="t", tag="a"):
    nonce: Bytes8 = msgspec.field(name="q")
    rooms: Annotated[list[RoomDescription], msgspec.Meta(max_length=32)] = msgspec.field(name="r")


class Goodbye(msgspec.Struct, frozen=True, kw_only=True, tag_field="t", tag="c"):
    """To those who asked lately: this host closes this room. A hint only; they ask once more."""

    nonce: Bytes8 = msgspec.field(name="q")
    room_id: WireRoomId = msgspec.field(name="id")
    fingerprint: Bytes16 | None = msgspec.field(name="fp", default=None)  #: of the host's key; None: of any host


Datagram: TypeAlias = Question | Answer | Goodbye

_decoder: msgspec.msgpack.Decoder[Datagram] = msgspec.msgpack.Decoder(Datagram)


def encode(datagram: Datagram) -> bytes:
    """The datagram's bytes; a question is padded."""
    body = _encoder.encode(datagram)
    data = MAGIC + struct.pack(">H", len(body)) + body
    return data.ljust(QUESTION_BYTES, b"\0") if isinstance(datagram, Question) else data


def decode(data: bytes) -> Datagram | None:
    """None for whatever is not exactly a datagram of this format: anybody may send anything to a UDP port."""
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


def answer(question: Question, rooms: Sequence[RoomDescription], turn: int) -> bytes | None:
    """The encoded answer: the rooms asked about, then others as far as they fit, beginning with another each `turn`.
    None: there is nothing to answer."""
    about = [room for room in rooms if room.room_id in question.about]
    others = [room for room in rooms if room.room_id not in question.about]
    turn %= max(len(others), 1)
    chosen: list[RoomDescription] = []
    data = None
    for room in about + others[turn:] + others[:turn]:
        longer = encode(Answer(nonce=question.nonce, rooms=[*chosen, room]))
        if len(longer) > QUESTION_BYTES:
            break
        chosen.append(room)
        data = longer
    return data


class AnswerLimiter:
    """How many questions of each asker, and of all together, are answered: token buckets."""

    EACH = (200.0, 400)  # a second, at once: a client that finds a hundred rooms of one host asks about all at once
    TOGETHER = (1000.0, 2000)
    ASKERS = 1024

    def __init__(self) -> None:
        self._all = Bucket(*self.TOGETHER, 0.0)
        self._each: OrderedDict[str, Bucket] = OrderedDict()  # in the order of the last question

    def allows(self, asker: str, now: float) -> bool:
        """Whether to answer `asker` now; counts as an answer."""
        own = self._each[asker] = self._each.pop(asker) if asker in self._each else Bucket(*self.EACH, now)
        if len(self._each) > self.ASKERS:
            self._each.popitem(last=False)
        return own.take(1, now) > 0 and self._all.take(1, now) > 0


class DatagramPort(asyncio.DatagramProtocol):
    """One UDP socket. `on_datagram(data, address, port, this)` gets each datagram. Link-local addresses have %scope."""

    def __init__(self, make: Callable[[], socket.socket], on_datagram: OnDatagram) -> None:
        self._make = make
        self._on_datagram = on_datagram
        self._transport: asyncio.DatagramTransport | None = None
        self._socket: socket.socket | None = None
        self._reopening: asyncio.Task[None] | None = None

    async def open(self) -> bool:
        """False when there is no such socket: IP version switched off, port taken.

        Raises OSError when the system has none left at the moment.
        """
        try:
            sock = self._make()
        except OSError as error:
            if error.errno in EXHAUSTED:
                raise
            _log.info("no UDP socket: %s", error)
            return False
        sock.setblocking(False)
        try:
            self._transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(lambda: self, sock=sock)
        except BaseException:
            sock.close()
            raise
        self._socket = sock
        return True

    async def close(self) -> None:
        """Send what is queued, such as the goodbyes of a room that closes, then close."""
        if self._reopening:
            self._reopening.cancel()
            await asyncio.gather(self._reopening, return_exceptions=True)
        if transport := self._transport:
            for _ in range(_FLUSH_TURNS):
                if not transport.get_write_buffer_size():  # type: ignore[attr-defined]  # every event loop has it
                    break
                await asyncio.sleep(0.01)
            self._abort()
            await asyncio.sleep(0)  # the transport closes its socket in the next turn

    def _abort(self) -> None:
        """Not `close`: after it, asyncio on Windows keeps a socket with a pending send for ever."""
        if self._transport:
            self._transport.abort()
        self._transport = self._socket = None

    def send(self, data: bytes, address: str, port: int) -> None:
        """Errors are ignored: UDP is best effort.

        Calls sendto directly, as asyncio does on Unix. On Windows asyncio would queue the datagram, and drop the queue
        when the transport is closed or another datagram fails. Only a datagram that would block is left to asyncio.
        """
        if self._transport is None or self._socket is None:
            return
        if (":" in address) != (self._socket.family == socket.AF_INET6):
            return
        with contextlib.suppress(OSError):
            try:
                self._socket.sendto(data, (address, port))
            except BlockingIOError:
                self._transport.sendto(data, (address, port))

    def datagram_received(self, data: bytes, addr: tuple[str, int] | tuple[str, int, int, int]) -> None:
        self._on_datagram(data, address_of_socket(addr), addr[1], self)

    def error_received(self, exc: Exception) -> None:
        # Windows reports here that nobody listened at an address (ConnectionError), and other network errors; asyncio
        # then stops reading (cpython #127057), so the socket is replaced: at once for the former, else later.
        if sys.platform == "win32" and self._transport:
            self._abort()
            pause = 0.0 if isinstance(exc, ConnectionError) else _REOPEN_SECONDS
            self._reopening = asyncio.get_running_loop().create_task(self._reopen(pause))

    async def _reopen(self, pause: float) -> None:
        await asyncio.sleep(pause)  # the old socket closes first
        opened = False
        while not opened:
            try:
                opened = await self.open()
            except OSError as error:
                _log.info("no UDP socket at the moment: %s", error)
            if not opened:
                await asyncio.sleep(_REOPEN_SECONDS)


def query_socket(v6: bool) -> socket.socket:
    """A socket to ask from, on any port."""
    sock = _socket(v6)
    if not v6:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        _multicast_on_this_machine(sock)
    return _bound(sock, 0)


def responder_socket(v6: bool, port: int, shared: bool) -> socket.socket:
    """A socket to answer from. `shared`: with other programs on this machine; it also receives the local group."""
    sock = _socket(v6)
    if shared:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if sys.platform != "win32" and sys.platform != "linux":  # on Linux it would exclude programs of other users
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        if not v6:
            member = socket.inet_aton(LOCAL_GROUP) + socket.inet_aton("127.0.0.1")
            with contextlib.suppress(OSError):  # without it broadcasts still reach every program, a unicast one of them
                sock.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, member)
            _multicast_on_this_machine(sock)
    return _bound(sock, port)


def _multicast_on_this_machine(sock: socket.socket) -> None:
    sock.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton("127.0.0.1"))
    sock.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, 0)


def _socket(v6: bool) -> socket.socket:
    sock = socket.socket(socket.AF_INET6 if v6 else socket.AF_INET, socket.SOCK_DGRAM)
    if v6:
        sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
    return sock


def _bound(sock: socket.socket, port: int) -> socket.socket:
    try:
        sock.bind(("", port))
    except OSError:
        sock.close()
        raise
    return sock
