"""Files that are offered privately, as the ChunkSource of their encrypted pieces, and how what came is opened.

What is sent is made anew from the files for each piece that is asked for, so that no encrypted copy needs room on the
disk. What comes is first kept as it is, encrypted and as a whole, and then opened into files: see `open_sealed`.
Any thread; all of this takes time.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from lanchat.core.file_manifest import CHUNK, BadManifest, Layout, Manifest, ManifestFile, WrongChunk
from lanchat.core.sealed_listing import PIECE, SEALED_NAME, SealedListing, head_length, sealed_size
from lanchat.storage.chunk_files import ChunkSource, FileStamp, read_stamped
from lanchat.storage.errors import ChangedSinceOffered
from lanchat.storage.partial_files import Arrived, PartialFiles, Told, WorkStopped, new_part
from lanchat.trust.file_sealing import FileCipher

Stop = Callable[[], bool]


class SealedFiles:
    """The encrypted pieces of files that are here in the clear: the originals."""

    def __init__(
        self, manifest: Manifest, listing: SealedListing, stamps: Sequence[FileStamp], key: bytes
    ) -> None:
        """`manifest`: of the encrypted bytes. `stamps`: of the files of the listing, in its order."""
        self.manifest = manifest
        self._pieces = _Contents(listing, stamps)
        self._cipher = FileCipher(key)

    @classmethod
    def offered(
        cls, listing: SealedListing, stamps: Sequence[FileStamp], key: bytes, told: Told = lambda done, size: None,
        stop: Stop = lambda: False,
    ) -> SealedFiles:  # fmt: skip
        """Encrypt everything once, to know the hashes. Raises StorageProblem, WorkStopped."""
        contents, cipher, hashes = _Contents(listing, stamps), FileCipher(key), bytearray()
        for index in range(contents.layout.chunks):
            if stop():
                raise WorkStopped
            hashes += hashlib.sha256(cipher.seal(index, contents.read(index))).digest()
            told(min(contents.layout.size, (index + 1) * PIECE), contents.layout.size)
        size = sealed_size(contents.layout.size)
        return cls(Manifest([ManifestFile(SEALED_NAME, size)], bytes(hashes)), listing, stamps, key)

    def has(self, index: int) -> bool:
        return 0 <= index < self.manifest.chunks

    def read(self, index: int) -> bytes:
        """Raises ChangedSinceOffered and other StorageProblems.

        A file may be changed and look as before. Its new bytes must not be given away: they would be encrypted with the
        nonce of the old ones, and who has both could tell something of what is in them.
        """
        sealed = self._cipher.seal(index, self._pieces.read(index))
        try:
            self.manifest.check(index, sealed)
        except WrongChunk as error:
            raise ChangedSinceOffered from error
        return sealed


class _Contents:
    """The listing and the files behind it, as one stream of bytes in pieces."""

    def __init__(self, listing: SealedListing, stamps: Sequence[FileStamp]) -> None:
        self._head = listing.head
        self._stamps = stamps
        self.layout = Layout(listing.sizes, PIECE)

    def read(self, index: int) -> bytes:
        """Raises ChangedSinceOffered, FileGone and other StorageProblems."""
        return b"".join(
            read_stamped(self._stamps[segment.file - 1], segment.offset, segment.length)
            if segment.file else self._head[segment.offset : segment.offset + segment.length]
            for segment in self.layout.segments(index)
        )  # fmt: skip


def open_sealed(
    sealed: ChunkSource, key: bytes, target: Callable[[Manifest], Path], told: Told = lambda done, size: None,
    stop: Stop = lambda: False,
) -> Arrived:  # fmt: skip
    """Open what came, all of which is here, into files under their own names.

    `target`: where they are to be, once their names are known. Raises BadManifest or NotSealedSo when the sender made
    nonsense of it; StorageProblem, WorkStopped.
    """
    listing = _listing(sealed, key)
    hashes = bytearray()
    for index, chunk in enumerate(_chunks(sealed, listing, key)):
        if stop():
            raise WorkStopped
        hashes += hashlib.sha256(chunk).digest()
        told(min(listing.size, (index + 1) * CHUNK), 2 * listing.size)
    manifest = Manifest(listing.files, bytes(hashes))
    place = target(manifest)
    partial = PartialFiles(manifest, new_part(place, manifest.root), place)
    try:
        partial.require_space()
        for index, chunk in enumerate(_chunks(sealed, listing, key)):
            if stop():
                raise WorkStopped
            partial.write(index, chunk)
            told(listing.size + partial.done, 2 * listing.size)
        return partial.finish()
    except BaseException:
        partial.discard()
        raise


def _listing(sealed: ChunkSource, key: bytes) -> SealedListing:
    head = bytearray()
    for piece in _opened(sealed, key):
        head += piece
        if len(head) >= (length := head_length(bytes(head[:4]))):
            listing = SealedListing.read(bytes(head[:length]))
            if sealed_size(length + listing.size) != sealed.manifest.size:
                raise BadManifest("not as long as its listing says")
            return listing
    raise BadManifest("no listing")


def _chunks(sealed: ChunkSource, listing: SealedListing, key: bytes) -> Iterator[bytes]:
    """What follows the listing, in the chunks of a Manifest."""
    kept = bytearray()
    skip = len(listing.head)
    for piece in _opened(sealed, key):
        kept += piece[skip:] if skip < len(piece) else b""
        skip = max(0, skip - len(piece))
        while len(kept) >= CHUNK:
            yield bytes(kept[:CHUNK])
            del kept[:CHUNK]
    if kept:
        yield bytes(kept)


def _opened(sealed: ChunkSource, key: bytes) -> Iterator[bytes]:
    cipher = FileCipher(key)
    for index in range(sealed.manifest.chunks):
        yield cipher.open(index, sealed.read(index))
