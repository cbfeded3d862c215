"""File frames: what is said on a file connection (ALPN `lanchat-file/1`), once the handshake let the client in.

Frames as in `core.frames`; `manifest` and `chunk` are followed by so many raw bytes. Who asks checks them against the
offer's root, so that nobody need be trusted.

    Puller                            Holder
    get_manifest(root)             -> manifest(size) + bytes, or missing(root)
    get_chunks(root, first, count) -> for each: chunk(index, size) + bytes, or missing(root, index)

The client is the puller, unless it says `give(root)` first: then the host pulls over this connection, or says
`missing(root)` when it does not want that. So a sender reaches the host through a firewall that lets nobody in. Who has
to wait, because of a rate limit, says `ping`. The puller says `bye` when it wants no more.
"""

from __future__ import annotations

from typing import Annotated, Final, TypeAlias, TypeVar

import msgspec

from lanchat.core.file_manifest import CHUNK, SIZE_MOST
from lanchat.core.file_offer import MANIFEST_BYTES
from lanchat.core.frames import BadFrame, Bye, Frame, Ping, Refused
from lanchat.core.model import Bytes32

FILE_ALPN: Final = "lanchat-file/1"
FILE_FRAME: Final = 1024  #: bytes; all frames here are small
RUN_CHUNKS: Final = 64  #: in one `get_chunks`

ChunkIndex: TypeAlias = Annotated[int, msgspec.Meta(ge=0, lt=SIZE_MOST // CHUNK)]
F = TypeVar("F")


class GetManifest(Frame, frozen=True, tag="get_manifest"):
    """Puller: asks for the Manifest of an offer."""

    root: Bytes32


class GetChunks(Frame, frozen=True, tag="get_chunks"):
    """Puller: asks for consecutive chunks. It may ask for more before these came."""

    root: Bytes32
    first: ChunkIndex
    count: Annotated[int, msgspec.Meta(ge=1, le=RUN_CHUNKS)]


class ManifestFollows(Frame, frozen=True, tag="manifest"):
    """Holder: so many bytes of the Manifest follow."""

    size: Annotated[int, msgspec.Meta(ge=1, le=MANIFEST_BYTES)]


class ChunkFollows(Frame, frozen=True, tag="chunk"):
    """Holder: so many bytes of this chunk follow."""

    index: ChunkIndex
    size: Annotated[int, msgspec.Meta(ge=1, le=CHUNK)]


class Missing(Frame, frozen=True):
    """Holder: it has not got this chunk (None: nothing of that offer). Host, to a `give`: it is not wanted."""

    root: Bytes32
    index: ChunkIndex | None = None


class Give(Frame, frozen=True):
    """Client: has these bytes; the host may pull them over this connection."""

    root: Bytes32


FromPuller: TypeAlias = GetManifest | GetChunks | Give | Missing | Ping | Bye
FromHolder: TypeAlias = ManifestFollows | ChunkFollows | Missing | Ping | Refused

_from_puller: msgspec.msgpack.Decoder[FromPuller] = msgspec.msgpack.Decoder(FromPuller)
_from_holder: msgspec.msgpack.Decoder[FromHolder] = msgspec.msgpack.Decoder(FromHolder)


def decode_from_puller(body: bytes) -> FromPuller:
    """One frame without its length. Raises BadFrame."""
    return _decode(_from_puller, body)


def decode_from_holder(body: bytes) -> FromHolder:
    """One frame without its length. Raises BadFrame."""
    return _decode(_from_holder, body)


def _decode(decoder: msgspec.msgpack.Decoder[F], body: bytes) -> F:
    """Frames of other types are errors here: who knows more of them has another ALPN."""
    try:
        return decoder.decode(body)
    except (ValueError, RecursionError) as error:  # msgspec's own errors are ValueErrors
        raise BadFrame(f"not a file frame: {error}"[:200]) from error
