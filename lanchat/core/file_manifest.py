"""The Manifest of an offer: which files it has, and the hash of each chunk. Pure, any thread.

The files form one stream of bytes, in the order of the list, which is cut into chunks of CHUNK bytes; only the last may
be shorter. A chunk may span many small files. The SHA-256 of the Manifest's bytes is the `root` of a FileOffer: who has
that can check the Manifest, and with the Manifest each chunk, from whomever they came.

In bytes it is the MessagePack array [[[path, size], ...], hashes]; `path` is relative, its parts separated by "/";
`hashes` are the chunks' SHA-256 digests, 32 bytes each, joined.

A Layout says where the bytes of a chunk are in files. It serves the originals of a sender, finished and partial files
of a receiver, and the host's store, whose blob is a Layout of one file (`Manifest.as_blob`).
"""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from collections.abc import Sequence
from functools import cached_property
from itertools import accumulate
from typing import Annotated, Final, NamedTuple, TypeAlias

import msgspec

from lanchat.core.file_names import clean_name, clean_paths
from lanchat.core.file_offer import FILES_MOST, MANIFEST_BYTES
from lanchat.core.model import Count

CHUNK: Final = 256 * 1024  #: bytes; the unit that is asked for, checked and kept
DIGEST: Final = 32
SIZE_MOST: Final = MANIFEST_BYTES // DIGEST * CHUNK  #: bytes of an offer: 128 GiB, for their hashes must fit

_Digests = Annotated[bytes, msgspec.Meta(max_length=MANIFEST_BYTES)]


class BadManifest(ValueError):
    """What came is not the Manifest that was offered, or its sizes contradict each other."""


class WrongChunk(ValueError):
    """The bytes are not those of this chunk: their hash differs."""


class ManifestFile(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A file of an offer. The path is as the sender wrote it: use `Manifest.names` on this computer."""

    path: str
    size: Count


#: Refused by its number before anything of it is made: 16 MiB could say five million files, and take 7 s and 400 MB.
FileList: TypeAlias = Annotated[list[ManifestFile], msgspec.Meta(max_length=FILES_MOST)]


class Segment(NamedTuple):
    """A piece of a chunk: `length` bytes from `offset` of the file with this number."""

    file: int
    offset: int
    length: int


class Layout:
    """Where the bytes of each chunk are in files of these sizes."""

    def __init__(self, sizes: Sequence[int], chunk: int = CHUNK) -> None:
        """`chunk`: bytes of each, but for the last."""
        self.sizes = tuple(sizes)
        self._chunk = chunk
        self._ends = list(accumulate(self.sizes))
        self.size = self._ends[-1] if self._ends else 0  #: of all files
        self.chunks = -(-self.size // chunk)

    def length(self, index: int) -> int:
        """How many bytes a chunk has."""
        return min(self._chunk, self.size - index * self._chunk)

    def segments(self, index: int) -> list[Segment]:
        """The pieces of a chunk in the order of its bytes. Files without a byte are in none."""
        if not 0 <= index < self.chunks:
            raise IndexError(index)
        at, left = index * self._chunk, self.length(index)
        file = bisect_right(self._ends, at)
        found = []
        while left:
            offset = at - (self._ends[file] - self.sizes[file])
            length = min(left, self.sizes[file] - offset)
            if length:
                found.append(Segment(file, offset, length))
            at, left, file = at + length, left - length, file + 1
        return found


class Manifest:
    """The files of an offer and the hashes of its chunks; `files` and `hashes` fit each other."""

    def __init__(self, files: Sequence[ManifestFile], hashes: bytes) -> None:
        """Raises BadManifest."""
        self.files = tuple(files)
        self.hashes = hashes
        self.layout = Layout([file.size for file in self.files])
        if not 1 <= len(self.files) <= FILES_MOST:
            raise BadManifest("no files, or too many")
        if len(hashes) != self.layout.chunks * DIGEST:
            raise BadManifest("not one hash for each chunk")

    @classmethod
    def decode(cls, content: bytes, root: bytes, size: int, count: int) -> Manifest:
        """The Manifest that an offer with this root, size and count of files promised. Raises BadManifest."""
        if len(content) > MANIFEST_BYTES or hashlib.sha256(content).digest() != root:
            raise BadManifest("not the manifest that was offered")
        found = cls.read(content)
        if (found.size, len(found.files)) != (size, count):
            raise BadManifest("not the size or count that was offered")
        return found

    @classmethod
    def read(cls, content: bytes) -> Manifest:
        """A Manifest that was checked before. Raises BadManifest."""
        try:
            found = cls(*_decoder.decode(content))
        except (msgspec.MsgspecError, ValueError, RecursionError) as error:
            raise BadManifest("no manifest") from error
        found.__dict__["content"] = content  # as it came: MessagePack has several forms, and `root` is of this one
        return found

    @cached_property
    def content(self) -> bytes:
        """The Manifest's bytes."""
        return msgspec.msgpack.encode((self.files, self.hashes))

    @cached_property
    def root(self) -> bytes:
        return hashlib.sha256(self.content).digest()

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return self.layout.size

    @property
    def chunks(self) -> int:
        return self.layout.chunks

    @cached_property
    def as_blob(self) -> Layout:
        """All bytes of the stream in one file, as the host's store keeps them."""
        return Layout([self.size])

    def hash(self, index: int) -> bytes:
        """The SHA-256 of a chunk."""
        return self.hashes[index * DIGEST : (index + 1) * DIGEST]

    def check(self, index: int, data: bytes | bytearray | memoryview) -> None:
        """Raise WrongChunk unless these are the bytes of the chunk."""
        if not 0 <= index < self.chunks or hashlib.sha256(data).digest() != self.hash(index):
            raise WrongChunk(index)

    # --- names on this computer --------------------------------------------------------------------------------------
    @cached_property
    def names(self) -> tuple[str, ...]:
        """A path for each file that is valid on every system, confined, and different from all others."""
        return clean_paths([file.path for file in self.files])

    @cached_property
    def top(self) -> str:
        """The name of the one file or folder that everything is in; "" where there are several beside each other."""
        tops = {name.partition("/")[0] for name in self.names}
        return tops.pop() if len(tops) == 1 else ""

    @property
    def is_one_file(self) -> bool:
        """Whether this is a file, not a folder or a set."""
        return len(self.files) == 1 and "/" not in self.names[0]

    def target_name(self, offered: str) -> str:
        """What the file or folder is called on this computer. `offered`: the name in the offer, for a set."""
        return clean_name((self.top or offered).lstrip(". "))

    def inside(self) -> tuple[str, ...]:
        """For a folder or a set: the path of each file within the folder that `target_name` names."""
        return names_inside(self.names)


def names_inside(names: Sequence[str]) -> tuple[str, ...]:
    """Clean paths within the one folder that all of them are in; as they are, if there are several."""
    top, slash, _rest = names[0].partition("/")
    skip = len(top) + 1 if slash and all(name.startswith(f"{top}/") for name in names) else 0
    return tuple(name[skip:] for name in names)


_decoder = msgspec.msgpack.Decoder(tuple[FileList, _Digests])
