"""The channel of a guest, who comes with a browser: the code in the link, the handshake of both sides, the sealing.

A page over plain http has no TLS, so that host and page make a channel of their own inside a WebSocket ("guest/1"):

    host -> page   hello: the host's key, an ephemeral key, a nonce, the room; signed by the host
    page -> host   the code's id, an ephemeral key, and a box with the guest's card, device and signature
    then           boxes in both directions, each with the next part of the byte stream of frames

The link carries a secret and the fingerprint of the host's key. Keys are derived (HKDF-SHA256, RFC 5869) from X25519
(RFC 7748) with the secret as the salt: who listens learns nothing, later neither, and who lacks the secret opens no
box. Boxes are ChaCha20-Poly1305 (RFC 8439), numbered in each direction, so that none can be replayed, left out or sent
back.

Pure: no sockets and clocks. Each object is used by one thread at a time. `lanchat/guest_page/channel.js` is the page's
side; GuestSide here is the same in Python.
"""

from __future__ import annotations

import base64
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Annotated, Final

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from lanchat.core.address import FINGERPRINT_BYTES
from lanchat.core.codes import CloseCode
from lanchat.core.listing import key_fingerprint
from lanchat.core.model import Bytes8, Bytes32, Bytes64, Card, DeviceId, MemberKey, RoomId, digest
from lanchat.trust.identity import Identity
from lanchat.trust.signing import is_signed, may_come_in

VERSION: Final = 1
SECRET_BYTES: Final = 16
CODE_ID_BYTES: Final = 8
KEY_BYTES: Final = 32  # of X25519 and of ChaCha20-Poly1305
_COUNTERS: Final = 2**64  # boxes in one direction
_NO_FRAGMENT: Final = "not the fragment of a guest's link"


class WrongCode(ValueError):
    """The page's message names no code of this room, or its box does not open."""


class BadGuest(ValueError):
    """The page knows the code, but its card or signature does not do. `HostSide.channel` can tell it why."""

    def __init__(self, code: CloseCode) -> None:
        super().__init__(code)
        self.code = code


class BadHello(ValueError):
    """The hello is not of the host that the link names: nothing may be sent."""


class ChannelBroken(ValueError):
    """A box does not open: the connection is to be closed."""


@dataclass(frozen=True, slots=True)
class GuestCode:
    """What entitles a phone to come in."""

    secret: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if len(self.secret) != SECRET_BYTES:
            raise ValueError(f"the secret of a code has {SECRET_BYTES} bytes")

    @classmethod
    def new(cls) -> GuestCode:
        return cls(secrets.token_bytes(SECRET_BYTES))

    @property
    def code_id(self) -> bytes:
        """Names the code, and does not tell it: 8 bytes."""
        return digest("guest-code", self.secret)[:CODE_ID_BYTES]

    def fragment(self, key: MemberKey) -> str:
        """What follows the # in the link to the host with this key: 43 characters."""
        return base64.urlsafe_b64encode(self.secret + key_fingerprint(key)).decode().rstrip("=")

    @staticmethod
    def read_fragment(text: str) -> tuple[GuestCode, bytes]:
        """The code in a fragment, and the fingerprint of the host's key. Raises ValueError."""
        try:
            data = base64.urlsafe_b64decode(text + "=")
            code, fingerprint = GuestCode(data[:SECRET_BYTES]), data[SECRET_BYTES:]
        except ValueError:  # the error would quote the text
            raise ValueError(_NO_FRAGMENT) from None
        if len(fingerprint) != FINGERPRINT_BYTES or base64.urlsafe_b64encode(data).decode() != text + "=":
            raise ValueError(_NO_FRAGMENT)
        return code, fingerprint


@dataclass(frozen=True, slots=True)
class Admission:
    """Who proved to know a code of this room."""

    code: GuestCode
    card: Card
    device_id: DeviceId


class SealedChannel:
    """One side of the channel. Whoever sends cuts the stream into parts of `limits.GUEST_BOX_BYTES` at most."""

    def __init__(self, sending: bytes, receiving: bytes, sent: int = 0, received: int = 0) -> None:
        """`sent`, `received`: boxes so far; for tests of the last numbers."""
        self._sending, self._receiving = ChaCha20Poly1305(sending), ChaCha20Poly1305(receiving)
        self._sent, self._received = sent, received
        self._broken = False

    def seal(self, data: bytes) -> bytes:
        """The next message."""
        box = self._sending.encrypt(_nonce(self._sent), data, None)
        self._sent += 1
        return box

    def open(self, message: bytes) -> bytes:
        """What is in the message that came. Raises ChannelBroken, and again at each later call."""
        try:
            if self._broken:
                raise ChannelBroken("a box before did not open")
            data = self._receiving.decrypt(_nonce(self._received), message, None)
        except InvalidTag as error:
            self._broken = True
            raise ChannelBroken(f"box {self._received} does not open") from error
        self._received += 1
        return data


class HostSide:
    """The host's side of the handshake, for one connection."""

    def __init__(self, identity: Identity, room_id: RoomId, title: str) -> None:
        self._identity, self._room_id, self._title = identity, room_id, title
        self._private = X25519PrivateKey.generate()
        self.nonce = secrets.token_bytes(32)  #: of the hello
        self._heard = False
        self.channel: SealedChannel | None = None  #: once the page's box was opened, whoever the guest is

    def hello(self, question: str = "") -> bytes:
        """The first message. `question`: where and what a page asked that looks for the room's next host; the hello
        proves that the host said it there and then."""
        key, ephemeral, room = self._identity.key, self._private.public_key().public_bytes_raw(), self._room_id
        signature = self._identity.sign(_signed_hello(key, ephemeral, self.nonce, room, question))
        hello = GuestHello(VERSION, key, ephemeral, self.nonce, room, self._title, signature)
        return msgspec.msgpack.encode(hello)

    def received(self, message: bytes, find: Callable[[bytes], GuestCode | None]) -> Admission:
        """Who sent the page's only message of the handshake. `find`: the code with this id. Raises WrongCode, BadGuest.

        What only the host knows, who is banned and whether there is room, it says inside the channel.
        """
        if self._heard:  # the same keys would seal a second time
            raise RuntimeError("the handshake is over")
        self._heard = True
        code_id, ephemeral = message[:CODE_ID_BYTES], message[CODE_ID_BYTES : CODE_ID_BYTES + KEY_BYTES]
        code = find(code_id)
        if code is None:
            raise WrongCode("no such code")
        own = self._private.public_key().public_bytes_raw()
        bound = _binding(self._identity.key, own, self.nonce, self._room_id, code, ephemeral)
        try:
            from_guest, to_guest = _keys(self._private, ephemeral, code, bound)
            channel = SealedChannel(to_guest, from_guest)
            plain = channel.open(message[CODE_ID_BYTES + KEY_BYTES :])
        except ValueError as error:  # ChannelBroken; not a point, or one of small order
            raise WrongCode("the box does not open") from error
        self.channel = channel
        auth = _read_auth(plain)
        if not is_signed(auth.card.key, auth.signature, digest("guest-auth", bound)):
            raise BadGuest(CloseCode.SIGNATURE)
        if not may_come_in(auth.card, guest=True):
            raise BadGuest(CloseCode.CARD)
        return Admission(code, auth.card, DeviceId(auth.device_id))


class GuestSide:
    """The page's side of the handshake, for one connection."""

    def __init__(self, code: GuestCode, fingerprint: bytes, identity: Identity, card: Card) -> None:
        self._code, self._fingerprint, self._identity, self._card = code, fingerprint, identity, card
        self.channel: SealedChannel | None = None  #: once the host's hello was answered
        self.room_id: RoomId | None = None  #: known from then on
        self.title = ""

    def received(self, hello: bytes, question: str = "") -> bytes:
        """The answer to the host's hello, of one who asked this. Raises BadHello."""
        try:
            said = _hello_decoder.decode(hello)
        except (ValueError, RecursionError) as error:  # msgspec's own errors are ValueErrors
            raise BadHello("not a hello") from error
        if said.v != VERSION:
            raise BadHello("another version")
        if key_fingerprint(MemberKey(said.key)) != self._fingerprint:
            raise BadHello("another host than the link's")
        if not is_signed(said.key, said.sig, _signed_hello(said.key, said.eph, said.nonce, said.room, question)):
            raise BadHello("not signed by the host")
        private = X25519PrivateKey.generate()
        ephemeral = private.public_key().public_bytes_raw()
        bound = _binding(said.key, said.eph, said.nonce, said.room, self._code, ephemeral)
        try:
            from_guest, to_guest = _keys(private, said.eph, self._code, bound)
        except ValueError as error:
            raise BadHello("no key to share") from error
        signature = self._identity.sign(digest("guest-auth", bound))
        auth = msgspec.msgpack.encode(GuestAuth(self._card, self._identity.device_id, signature))
        self.channel = SealedChannel(from_guest, to_guest)
        self.room_id, self.title = RoomId(said.room), said.title
        return self._code.code_id + ephemeral + self.channel.seal(auth)


class GuestHello(msgspec.Struct, frozen=True):
    """The host's message. The names of the fields are those on the wire."""

    v: int
    key: Bytes32
    eph: Bytes32
    nonce: Bytes32
    room: Annotated[str, msgspec.Meta(pattern=r"\A[a-z2-7]{16}\Z")]
    title: Annotated[str, msgspec.Meta(max_length=80)]
    sig: Bytes64


class GuestAuth(msgspec.Struct, frozen=True):
    """What is in the page's first box."""

    card: Card
    device_id: Bytes8
    signature: Bytes64


_hello_decoder = msgspec.msgpack.Decoder(GuestHello)
_auth_decoder = msgspec.msgpack.Decoder(GuestAuth)


def _read_auth(plain: bytes) -> GuestAuth:
    try:
        return _auth_decoder.decode(plain)
    except (ValueError, RecursionError) as error:
        raise BadGuest(CloseCode.FRAME) from error


def _signed_hello(key: bytes, ephemeral: bytes, nonce: bytes, room_id: str, question: str) -> bytes:
    """What the host signs. The title is only shown: the fragment binds the key, and the key is the room's host."""
    asked = (question.encode(),) if question else ()
    return digest("guest-hello", key, ephemeral, nonce, room_id.encode(), *asked)


def _binding(key: bytes, ephemeral: bytes, nonce: bytes, room_id: str, code: GuestCode, guest: bytes) -> bytes:
    """All that the two sides must agree on; `guest`: the page's ephemeral key."""
    return digest("guest-channel", key, ephemeral, nonce, room_id.encode(), code.code_id, guest)


def _keys(private: X25519PrivateKey, theirs: bytes, code: GuestCode, bound: bytes) -> tuple[bytes, bytes]:
    """The keys of guest -> host and host -> guest. Raises ValueError for what is no key, and for a point of small
    order, with which the keys would depend on neither side."""
    shared = private.exchange(X25519PublicKey.from_public_bytes(theirs))
    keys = HKDF(SHA256(), 2 * KEY_BYTES, code.secret, bound).derive(shared)
    return keys[:KEY_BYTES], keys[KEY_BYTES:]


def _nonce(counter: int) -> bytes:
    """RFC 8439, section 2.8: never the same twice under one key."""
    if counter >= _COUNTERS:
        raise ChannelBroken("no number is left")
    return bytes(4) + counter.to_bytes(8, "big")
