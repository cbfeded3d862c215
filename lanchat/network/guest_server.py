"""GuestServer: the small web server through which phones come into one room. On the Engine's loop.

It serves the page's files over plain http, and the WebSocket in which a guest's sealed channel runs (see
`trust.guest_channel`). Nothing else: every other path is 404, and a request in another's name is refused. A web page
of a stranger can reach this port by a name of its own that resolves to our address (DNS rebinding), or by its own
script; so Host must be our numeric address, and Origin the same or a page at a private numeric address.
"""

from __future__ import annotations

import asyncio
import base64
import errno
import hashlib
import http
import ipaddress
import logging
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple, Protocol, cast

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.datastructures import Headers
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response

from lanchat.core import frames, limits
from lanchat.core.model import RoomId
from lanchat.core.sessions import Bucket
from lanchat.network.connection_limiter import ConnectionLimiter
from lanchat.network.guest_link import GuestLink
from lanchat.trust.guest_channel import Admission, BadGuest, GuestCode, HostSide, WrongCode
from lanchat.trust.identity import Identity
from lanchat.trust.join_errors import Refusal

SOCKET_PATH = "/ws"
NONCE_PATH = "/nonce/"  #: and its id
_QUESTION = re.compile(rf"{SOCKET_PATH}\?[0-9a-f]{{32}}")  # of a page that looks for the room

_CONNECTIONS = 64  # of those who are no guests yet, in all; a browser opens six for one page
_CONNECTIONS_PER_ADDRESS = 16
CONNECTIONS_A_MINUTE = 300  # of one address: some forty pages
_CLOSE_SECONDS = 1.0
_SLICE_BYTES = 4_096  # of what came, in one turn: the smallest WebSocket frame has 6 bytes
_REQUEST_BYTES = 16_384  # of a browser's request
#: Where pages of lanchat are: the networks of homes and offices, and addresses that computers gave themselves.
_PRIVATE = tuple(map(ipaddress.IPv4Network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16")))
NONCES = 1_000  # of hellos, that are remembered
WRONG_CODE = 4001  #: closing code of the WebSocket, before there is a channel

log = logging.getLogger(__name__)

#: websockets logs what strangers send as errors, with tracebacks.
_unheard_log = logging.getLogger(f"{__name__}.unheard")
_unheard_log.setLevel(logging.CRITICAL + 1)

#: A page of ours runs scripts of ours only, and is shown in no other page. Of the files that guests get it can show
#: pictures, and nothing else. It loads from us only, and opens WebSockets also to the pages of those who may keep the
#: room open next: nobody knows yet where that is.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src blob: data:; "
    "connect-src 'self' ws:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


class PageFile(NamedTuple):
    """A file of the page, as it is sent."""

    content_type: str
    body: bytes  #: gzip


class _Nonces:
    """The nonces of recent hellos, by id. A page that goes to this one from another host's has sealed what it takes
    along with one of them: its address, which a browser may remember, says nothing once the nonce is forgotten
    here."""

    def __init__(self) -> None:
        self._since: dict[str, tuple[bytes, str, float]] = {}  # by id; with the address that heard it

    def add(self, nonce: bytes, address: str, now: float) -> None:
        """Where they are too many, who heard most of them loses one: nobody pushes out another's."""
        self._since[nonce_id(nonce)] = nonce, address, now
        if len(self._since) > NONCES:
            heard = Counter(one for _nonce, one, _since in self._since.values())
            most = max(heard, key=heard.__getitem__)
            del self._since[next(name for name, (_nonce, one, _since) in self._since.items() if one == most)]

    def find(self, name: str, now: float) -> bytes | None:
        """That with this id; None: it is not known any more."""
        nonce, _address, since = self._since.get(name, (None, "", now))
        return nonce if now - since < limits.GUEST_NONCE_SECONDS else None


def nonce_id(nonce: bytes) -> str:
    """Names it, and does not tell it."""
    return base64.urlsafe_b64encode(hashlib.sha256(nonce).digest()).decode().rstrip("=")


class GuestHandler(Protocol):
    """What the server needs of the room's host. Called on the loop."""

    def find_code(self, code_id: bytes) -> GuestCode | None:
        """The code with this id, with which somebody may come in or came in."""

    def guest_refusal(self, admission: Admission, address: str) -> Refusal | None:
        """Why this guest, who has the code and comes from this address, may not come in now; None: they may."""

    def guest_entered(self, link: GuestLink, admission: Admission) -> None:
        """A guest is in; the Link is the handler's from now on."""

    def guest_left(self, link: GuestLink) -> None:
        """A guest's Link is over, and nothing of it is left."""


class GuestServer:
    def __init__(
        self, handler: GuestHandler, identity: Identity, room_id: RoomId, title: str, files: Mapping[str, PageFile]
    ) -> None:
        """`files`: of the page, by path; "/" is the page itself."""
        self._handler = handler
        self._identity = identity
        self._room_id = room_id
        self._title = title
        self._files = files
        self._limiter = ConnectionLimiter(
            _CONNECTIONS, _CONNECTIONS_PER_ADDRESS, ((CONNECTIONS_A_MINUTE, 60.0),)
        )
        self._strangers: set[_CountedConnection] = set()
        self._nonces = _Nonces()
        self._server: Server | None = None
        self.port = 0

    async def open(self, ports: Sequence[int]) -> None:
        """Listen on the first of `ports` that is free (0: any), on IPv4: a phone's browser needs a short address.
        Raises OSError."""
        for port in ports:
            try:
                self._server = await serve(
                    self._serve,
                    "0.0.0.0",
                    port,
                    create_connection=cast(
                        "type[ServerConnection]", partial(_CountedConnection, self._limiter, self._strangers)
                    ),
                    process_request=self._answer,
                    compression=None,  # sealed bytes do not shrink, and what does tells of its contents by its size
                    server_header=None,
                    open_timeout=limits.ENTER_SECONDS,
                    ping_interval=None,  # the page asks by itself, as every client does
                    close_timeout=_CLOSE_SECONDS,
                    max_size=limits.GUEST_MESSAGE_BYTES,
                    max_queue=4,
                    logger=_unheard_log,
                )
                break
            except OSError as error:
                if error.errno not in (errno.EADDRINUSE, errno.EACCES) or port == ports[-1]:
                    raise
        assert self._server is not None, "no ports were given"
        self.port = next(iter(self._server.sockets)).getsockname()[1]

    async def close(self) -> None:
        """Stop listening, and close what is open: links of guests, too."""
        if self._server is not None:
            self._server.close()
            for stranger in list(self._strangers):  # websockets would wait until they have said something
                stranger.transport.abort()
            await self._server.wait_closed()
            self._server = None

    # --- the page ----------------------------------------------------------------------------------------------------
    def _answer(self, connection: ServerConnection, request: Request) -> Response | None:
        """The answer to a request; None: it is for the WebSocket. websockets itself refuses bodies."""
        if request.method != "GET":
            return _response(http.HTTPStatus.METHOD_NOT_ALLOWED)
        host = f"{connection.local_address[0]}:{self.port}"
        if request.headers.get_all("Host") != [host]:
            return _response(http.HTTPStatus.MISDIRECTED_REQUEST)
        path = request.path.partition("?")[0]
        if path == SOCKET_PATH:
            origins = request.headers.get_all("Origin")
            is_page = origins == [f"http://{host}"] or _is_page(origins)
            return None if is_page else _response(http.HTTPStatus.FORBIDDEN)
        if path.startswith(NONCE_PATH):
            nonce = self._nonces.find(path.removeprefix(NONCE_PATH), connection.loop.time())
            headers = {"Content-Type": "application/octet-stream"}
            return _response(http.HTTPStatus.NOT_FOUND if nonce is None else http.HTTPStatus.OK, nonce or b"", headers)
        if (file := self._files.get(path)) is None:
            return _response(http.HTTPStatus.NOT_FOUND)
        headers = {
            "Content-Type": file.content_type,
            "Content-Encoding": "gzip",
            "Content-Security-Policy": _POLICY,
        }
        return _response(http.HTTPStatus.OK, file.body, headers)

    # --- the channel -------------------------------------------------------------------------------------------------
    async def _serve(self, socket: ServerConnection) -> None:
        """One WebSocket, from the host's hello to its end. websockets swallows what is raised here."""
        try:
            await self._serve_guest(socket)
        except Exception:
            log.exception("a guest's connection failed")
            raise

    async def _serve_guest(self, socket: ServerConnection) -> None:
        assert isinstance(socket, _CountedConnection)
        side = HostSide(self._identity, self._room_id, self._title)
        self._nonces.add(side.nonce, str(socket.remote_address[0]), socket.loop.time())
        try:
            async with asyncio.timeout(limits.ENTER_SECONDS):
                await socket.send(side.hello(socket.question))
                admission = side.received(await socket.recv(decode=False), self._handler.find_code)
        except WrongCode:
            await socket.close(WRONG_CODE)
            return
        except BadGuest as bad:  # who knows the code is told why
            assert side.channel is not None, "its box was opened"
            link = GuestLink(socket, side.channel)
            link.refuse(bad.code)
            await link.wait_closed()
            return
        except (TimeoutError, ConnectionClosed):
            return  # websockets closes it
        assert side.channel is not None, "somebody was admitted"
        link = GuestLink(socket, side.channel)
        refusal = self._handler.guest_refusal(admission, link.peer_address)
        if refusal is not None:
            link.refuse(refusal.code, refusal.frame().retry_ms)
            await link.wait_closed()
            return
        socket.entered()
        link.send(frames.encode(frames.Entered()))
        self._handler.guest_entered(link, admission)
        try:
            await link.read()
        finally:
            link.close("stopped")
            await link.wait_closed()
            self._handler.guest_left(link)


class _CountedConnection(ServerConnection):
    """A connection that the limiter counts until a guest is in, and that is closed at once if there are too many."""

    def __init__(
        self, limiter: ConnectionLimiter, strangers: set[_CountedConnection], *args: Any, **kwargs: Any
    ) -> None:
        """`strangers`: those that are counted."""
        super().__init__(*args, **kwargs)
        self._limiter = limiter
        self._strangers = strangers
        self._asked = 0  # bytes, before there was a whole request
        self._frames = Bucket(*limits.FRAMES, self.loop.time())
        self._counted = False

    @property
    def question(self) -> str:
        """Where the page asked for the WebSocket, and what: "192.168.1.5:29750/ws?…"; "" where it asked nothing."""
        assert self.request is not None, "it opened the WebSocket"
        return self.request.headers["Host"] + self.request.path if _QUESTION.fullmatch(self.request.path) else ""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._address = str(transport.get_extra_info("peername")[0])
        self._counted = self._limiter.admit(self._address, self.loop.time())
        super().connection_made(transport)
        if self._counted and self.server.is_serving():  # it may have been accepted just before the port was closed
            self._strangers.add(self)
        else:
            self.transport.abort()

    def data_received(self, data: bytes) -> None:
        """What came at once can hold thousands of frames, or a request that takes long to read: nobody's messages are
        to wait for that."""
        for start in range(0, len(data), _SLICE_BYTES):
            part = data[start : start + _SLICE_BYTES]
            if self.request is None:
                self._asked += len(part)
                if self._asked > _REQUEST_BYTES:
                    self.transport.abort()
            if self.transport.is_closing():
                return
            super().data_received(part)

    def process_event(self, event: Any) -> None:
        """A request, or a frame of the WebSocket."""
        if self.request is not None and not self._frames.take(1, self.loop.time()):
            self.transport.abort()
        else:
            super().process_event(event)

    def connection_lost(self, exc: Exception | None) -> None:
        self._release(known=False)
        super().connection_lost(exc)

    def entered(self) -> None:
        """A guest is in."""
        self._release(known=True)

    def _release(self, known: bool) -> None:
        if self._counted:
            self._counted = False
            self._strangers.discard(self)
            self._limiter.release(self._address, self.loop.time(), known)


def _is_page(origins: Sequence[str]) -> bool:
    """Whether it is a page at a private numeric address, as that of whoever kept the room open before, which looks for
    us. No page of a stranger's name or of the internet."""
    place = origins[0].removeprefix("http://") if len(origins) == 1 else ""
    address, _colon, port = place.partition(":")
    try:
        is_private = any(ipaddress.IPv4Address(address) in network for network in _PRIVATE)
        return is_private and origins[0] == f"http://{address}:{int(port)}"
    except ValueError:
        return False


def _response(
    status: http.HTTPStatus, body: bytes = b"", headers: Mapping[str, str] | None = None
) -> Response:
    """`headers`: besides those that each answer has."""
    return Response(
        status,
        status.phrase,
        Headers(
            {
                "Content-Length": str(len(body)),
                "Cache-Control": "no-store",
                "Referrer-Policy": "no-referrer",
                "X-Content-Type-Options": "nosniff",
                "Connection": "close",
                **(headers or {}),
            }
        ),
        body,
    )
