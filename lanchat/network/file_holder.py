"""The holder's side of a file connection: answers what a puller asks for, one thing after the other."""

from __future__ import annotations

import logging

from lanchat.core import frames
from lanchat.core.file_frames import (
    ChunkFollows,
    FromPuller,
    GetChunks,
    GetManifest,
    Give,
    ManifestFollows,
    Missing,
    decode_from_puller,
)
from lanchat.core.file_manifest import CHUNK
from lanchat.core.frames import BadFrame, Bye, Ping
from lanchat.core.model import MemberKey
from lanchat.network.file_connection import FileConnection
from lanchat.network.file_shelf import FileShelf, ServedChunks
from lanchat.network.transfer_rate import TransferRate

log = logging.getLogger(__name__)


class FileHolder:
    """Gives one puller what the shelf has for it."""

    def __init__(
        self, connection: FileConnection, shelf: FileShelf, taker: MemberKey, rate: TransferRate, only: bytes = b""
    ) -> None:
        """`only`: the root of the one offer that is given; b"": all may be asked for."""
        self._connection = connection
        self._shelf = shelf
        self._taker = taker
        self._rate = rate
        self._only = only
        self._found: tuple[bytes, ServedChunks | None] = (b"", None)  # of the last request: the next is of the same

    def serve(self, first: FromPuller | None = None) -> FromPuller:
        """Answer until the puller says `bye` or `missing`, which is returned. `first`: what it said already.

        Raises OSError when it goes without, BadFrame when it breaks the protocol.
        """
        while True:
            frame = first or decode_from_puller(self._connection.read_body())
            first = None
            match frame:
                case GetManifest(root=root):
                    self._send_manifest(root)
                case GetChunks(root=root, first=start, count=count):
                    for index in range(start, start + count):
                        self._send_chunk(root, index)
                case Ping():
                    pass
                case Bye() | Missing():
                    return frame
                case Give():
                    raise BadFrame("a give after the first frame")

    def _send_manifest(self, root: bytes) -> None:
        source = self._source(root)
        if source is None:
            self._connection.send_frame(Missing(root))
            return
        manifest = memoryview(source.manifest)
        self._connection.wait_turn(self._rate, min(CHUNK, len(manifest)))
        self._connection.send_frame(ManifestFollows(len(manifest)))
        for start in range(0, len(manifest), CHUNK):  # whoever hangs up meanwhile has cost no more than what went
            piece = manifest[start : start + CHUNK]
            if start:
                self._rate.count(len(piece))
            self._connection.send(piece)

    def _send_chunk(self, root: bytes, index: int) -> None:
        source = self._source(root)
        data = None
        if source is not None:
            try:
                data = source.read(index)
            except OSError as error:
                log.warning("a chunk of an offered file cannot be read: %s", error)
        if not data:
            self._connection.send_frame(Missing(root, index))
            return
        self._connection.wait_turn(self._rate, len(data))
        self._connection.send(frames.encode(ChunkFollows(index, len(data))))
        self._connection.send(data)
        self._shelf.served(root, self._taker)

    def _source(self, root: bytes) -> ServedChunks | None:
        if self._only not in (b"", root):
            return None
        if self._found[0] != root or self._found[1] is None:
            self._found = (root, self._shelf.find(root, self._taker))
        return self._found[1]
