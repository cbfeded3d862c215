"""The frames by which a client gets in: see `trust.handshake` for their order."""

from __future__ import annotations

from typing import Annotated

import msgspec

from lanchat.core.codes import Code
from lanchat.core.framing import Frame
from lanchat.core.keeping import Passes
from lanchat.core.model import Bytes8, Bytes32, Bytes64, Card, Count, Entry


class Hello(Frame, frozen=True):
    """Host: who and what this is. The host's key is its TLS certificate's.

    `owner`: the key that founded the room; none: it is the host's. `keeps`: the `+keeps` entry of this opening, which
    names the epoch, and the passes of a host who is not the owner.
    """

    version: int
    nonce: Bytes32
    room_id: Annotated[str, msgspec.Meta(pattern=r"\A[a-z2-7]{16}\Z")]
    title: Annotated[str, msgspec.Meta(max_length=80)]
    passphrase: bool
    owner: Annotated[bytes, msgspec.Meta(max_length=32)] = b""
    keeps: Entry | None = None


class Auth(Frame, frozen=True):
    """Client: who I am, proved by a signature that is bound to this connection."""

    card: Card
    nonce: Bytes32
    device_id: Bytes8
    signature: Bytes64
    pake: bytes = b""  # the client's SPAKE2 message, when the room has a passphrase
    hosting: Annotated[bytes, msgspec.Meta(max_length=16)] = b""  # from another host of this room: the id of its run
    passes: Passes = ()  # with valid ones no passphrase is asked for


class Pake(Frame, frozen=True):
    """Host: its SPAKE2 message, when the room has a passphrase."""

    message: bytes


class Confirm(Frame, frozen=True):
    """Client: proof that it derived the same key from the passphrase."""

    proof: Bytes32


class Entered(Frame, frozen=True):
    """Host: you are in. With a passphrase: the host's proof that it knows it too."""

    proof: bytes = b""


class Refused(Frame, frozen=True):
    """Host: why it closes this Connection (see `codes.CloseCode`), and after how long to try again, if that helps."""

    code: Code
    retry_ms: Count = 0
