"""SealedListing: what stands before the bytes of files that are offered privately. Pure.

The host and other members see of a private offer one file without a name, `SEALED_NAME`: its Manifest says how many
encrypted bytes it has, and their hashes. Names and sizes of the files are within: the contents begin with a listing, in
MessagePack [[path, size], ...], after its length in four bytes, the high one first. The bytes of the files follow in
the order of the listing. All of that is cut into pieces, each of which is encrypted (`trust.file_sealing`).
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import Final

import msgspec

from lanchat.core.file_manifest import CHUNK, BadManifest, FileList, Manifest, ManifestFile
from lanchat.core.file_offer import FILES_MOST, MANIFEST_BYTES, FileOffer

SEALED_NAME: Final = "sealed"  #: the path of the one file in the Manifest of a private offer
TAG: Final = 16  #: bytes that a piece becomes longer when it is encrypted
PIECE: Final = CHUNK - TAG  #: bytes of the contents in one chunk
_LENGTH = struct.Struct(">I")
_read = msgspec.msgpack.Decoder(FileList).decode


class SealedListing:
    """The files within, and the bytes that stand before theirs."""

    def __init__(self, files: Sequence[ManifestFile], head: bytes) -> None:
        self.files = tuple(files)
        self.head = head  #: as it was encrypted: the length and the listing

    @classmethod
    def of(cls, files: Sequence[ManifestFile]) -> SealedListing:
        packed = msgspec.msgpack.encode(files)
        return cls(files, _LENGTH.pack(len(packed)) + packed)

    @classmethod
    def read(cls, head: bytes) -> SealedListing:
        """From bytes that were decrypted. Raises BadManifest."""
        if len(head) != head_length(head):
            raise BadManifest("not the whole listing")
        try:
            files = _read(head[_LENGTH.size :])
        except (msgspec.MsgspecError, ValueError, RecursionError) as error:
            raise BadManifest("no listing") from error
        if not 1 <= len(files) <= FILES_MOST:
            raise BadManifest("no files, or too many")
        return cls(files, head)

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(file.size for file in self.files)

    @property
    def sizes(self) -> list[int]:
        """Of the listing and of each file: together these are the contents."""
        return [len(self.head), *(file.size for file in self.files)]


def head_length(beginning: bytes) -> int:
    """How many bytes of the contents, which begin so, are before those of files. Raises BadManifest."""
    if len(beginning) < _LENGTH.size:
        raise BadManifest("no length")
    length: int = _LENGTH.unpack_from(beginning)[0]
    if length > MANIFEST_BYTES:
        raise BadManifest("a listing that is too long")
    return _LENGTH.size + length


def sealed_size(contents: int) -> int:
    """How many bytes encrypted contents have."""
    return contents + -(-contents // PIECE) * TAG


def offered_manifest(content: bytes, offer: FileOffer) -> Manifest:
    """The Manifest that an offer promised, private or not. Raises BadManifest.

    That of a private one names one file; its size is that of the files, their listing, and what encryption adds.
    """
    if not offer.key:
        return Manifest.decode(content, offer.root, offer.size, offer.count)
    size = Manifest.read(content).size
    manifest = Manifest.decode(content, offer.root, size, 1)
    fits = sealed_size(offer.size) < size <= sealed_size(offer.size + _LENGTH.size + MANIFEST_BYTES)
    if manifest.files[0].path != SEALED_NAME or not fits:
        raise BadManifest("not of what is sealed")
    return manifest
