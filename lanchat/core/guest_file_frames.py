"""Guest file frames: how the bytes of files go through the channel of a guest, between the frames of the talk. Pure.

A guest has one connection only. It says what it has and looks for what it wants as members do (`holding`,
`find_sources`); the bytes are asked for chunk by chunk, in either direction:

    Guest                          Host
    give_file(root, manifest)   -> asks for its chunks, or missing(root): it is not wanted, or not now, or is wrong
    Who wants it                   Who has it
    get_chunk(root, index)      -> piece, piece, ...  or missing(root, index)

The pieces of a chunk follow each other, and chunks come in the order in which they were asked for. A file of a guest's
is one file of `limits.GUEST_FILE_BYTES` at most. What comes from a guest is checked against the root, as always; the
page takes from its host, whose script it runs, what comes.
"""

from __future__ import annotations

from typing import Annotated, Final, TypeAlias

import msgspec

from lanchat.core import limits
from lanchat.core.file_frames import Missing
from lanchat.core.file_manifest import CHUNK
from lanchat.core.framing import BadFrame, Frame
from lanchat.core.model import Bytes32

PIECE: Final = -(-CHUNK // 5)  #: bytes; fits one box, `limits.GUEST_BOX_BYTES`, with the frame around it
CHUNKS: Final = -(-limits.GUEST_FILE_BYTES // CHUNK)  #: of the largest file

_ChunkIndex: TypeAlias = Annotated[int, msgspec.Meta(ge=0, lt=CHUNKS)]


class GiveFile(Frame, frozen=True, tag="give_file"):
    """Guest: has this file, and the host may ask for its chunks. It comes with the Manifest."""

    root: Bytes32
    manifest: Annotated[bytes, msgspec.Meta(min_length=1, max_length=limits.GUEST_MANIFEST_BYTES)]


class GetChunk(Frame, frozen=True, tag="get_chunk"):
    """Who wants a file asks for one chunk. It may ask for more before that came."""

    root: Bytes32
    index: _ChunkIndex


class Piece(Frame, frozen=True):
    """Who has a file: these bytes of the chunk, from `at`."""

    root: Bytes32
    index: _ChunkIndex
    at: Annotated[int, msgspec.Meta(ge=0, lt=CHUNK)]
    data: Annotated[bytes, msgspec.Meta(min_length=1, max_length=PIECE)]


FromGuestsFiles: TypeAlias = GiveFile | GetChunk | Piece | Missing


class _Kind(msgspec.Struct):
    t: str


_TAGS: Final = frozenset(str(kind.__struct_config__.tag) for kind in FromGuestsFiles.__args__)
_read_kind = msgspec.msgpack.Decoder(_Kind).decode
_read = msgspec.msgpack.Decoder(FromGuestsFiles).decode


def decode_file_frame(body: bytes) -> FromGuestsFiles | None:
    """One frame of a guest's without its length; None: it is one of the talk, or none at all. Raises BadFrame."""
    try:
        if _read_kind(body).t not in _TAGS:
            return None
    except (ValueError, RecursionError):
        return None
    try:
        return _read(body)
    except (ValueError, RecursionError) as error:
        raise BadFrame(f"bad file frame: {error}"[:200]) from error
