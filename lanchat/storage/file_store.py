"""FileStore: the host keeps what members offer, so that it can be had when its sender is gone.

Each offer is a blob, a file of all its bytes, in a folder of the data folder. When the limit is reached, the oldest of
the author who takes most goes: so whoever offers much pushes out no more of the others' than takes an equal share.
The methods are for the disk thread; what they return (PartialFiles, WholeFiles) is for any.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from lanchat.core.file_manifest import Manifest
from lanchat.core.translate import _
from lanchat.storage.chunk_files import WholeFiles, stamps_of
from lanchat.storage.data_folder import make_private
from lanchat.storage.errors import StorageProblem, in_plain_words
from lanchat.storage.file_records import FileRecords, StoredFile
from lanchat.storage.partial_files import PartialFiles

FOLDER = "files/store"  #: in the data folder
_COMING = ".part"
_BLOCK_BYTES = 4096
_NONE: Mapping[bytes, int] = {}


class StoreTooSmall(StorageProblem):
    """An offer is larger than what the store may hold of its author beside what others offered."""

    @property
    def words(self) -> str:
        return _("It is larger than what this room's host keeps for others.")


def room_in_store(size: int, manifest_size: int) -> int:
    """Bytes that an offer takes of the store's limit: a byte takes a block of the disk, and may come with a Manifest of
    16 MiB, which is kept, too."""
    return size + manifest_size + _BLOCK_BYTES


class FileStore:
    """Every method may raise StorageProblem."""

    def __init__(self, data_dir: Path, records: FileRecords) -> None:
        self._folder = data_dir / FOLDER
        self._records = records

    def begin(self, manifest: Manifest, limit: int, coming: Mapping[bytes, int] = _NONE) -> PartialFiles:
        """What an offer is to be written to. Nothing goes for it yet, for who promises much may give nothing of it: see
        `shrink` while it comes, and `keep`. `coming`: as there.

        Raises StoreTooSmall, NoSpace.
        """
        needed = room_in_store(manifest.size, len(manifest.content))
        if needed > limit:
            raise StoreTooSmall
        make_private(self._folder)
        partial = self._partial(manifest)
        if self._records.stored_one(manifest.root) is None:
            stored = [*self._records.stored(), StoredFile(manifest.root, needed, False)]
            if manifest.root in self._to_go(stored, limit, {**coming, manifest.root: needed}):
                raise StoreTooSmall
            partial.require_space()
            self._records.put_manifest(manifest.root, manifest.content)
            self._records.put_stored(manifest.root, needed)
        return partial

    def keep(self, root: bytes, limit: int, coming: Mapping[bytes, int] = _NONE) -> list[bytes]:
        """It is whole: `PartialFiles.finish` was called. Others go for it, as in `shrink`; the roots of what went,
        itself among them if it had to go meanwhile."""
        if (stored := self._records.stored_one(root)) is None:
            self.remove([root])
            return [root]
        self._records.put_stored(root, stored.size, whole=True)
        return self.shrink(limit, {**coming, root: stored.size})

    def source(self, root: bytes) -> WholeFiles | None:
        """Its chunks, when all are here."""
        stored, content = self._records.stored_one(root), self._records.manifest(root)
        if stored is None or content is None or not stored.whole:
            return None
        manifest, (stamp,) = Manifest.read(content), stamps_of([str(self._path(root))])
        return WholeFiles(manifest, [stamp], manifest.as_blob) if stamp.size == manifest.size else None

    def whole(self) -> list[bytes]:
        """The roots of all that is whole, the oldest first."""
        return [stored.root for stored in self._records.stored() if stored.whole]

    def shrink(self, limit: int, coming: Mapping[bytes, int] = _NONE) -> list[bytes]:
        """Let some go until the others take no more than that; the roots of those that went. `coming`: how many bytes
        of what is not whole are here. Of one author the oldest goes first, and of what is coming what has most."""
        gone = self._to_go(self._records.stored(), limit, coming)
        self.remove(gone)
        return gone

    def _to_go(self, stored: list[StoredFile], limit: int, coming: Mapping[bytes, int]) -> list[bytes]:
        sizes = {one.root: coming.get(one.root, one.size) for one in stored}
        size = sum(sizes.values())
        if size <= limit:
            return []
        authors = self._records.authors(stored[-1].root)
        last = sorted((one.root for one in stored if one.root in coming), key=lambda root: -sizes[root])
        queues: dict[bytes, deque[bytes]] = {}
        taken: Counter[bytes] = Counter()
        for root in [*(one.root for one in stored if one.root not in coming), *last]:
            queues.setdefault(authors.get(root, b""), deque()).append(root)
            taken[authors.get(root, b"")] += sizes[root]
        gone = []
        while size > limit and size:
            author = max(taken, key=lambda one: taken[one])
            root = queues[author].popleft()
            taken[author] -= sizes[root]
            size -= sizes[root]
            gone.append(root)
        return gone

    def remove(self, roots: list[bytes]) -> None:
        """Delete these."""
        self._records.remove_stored(roots)
        for root in roots:
            self._delete(self._path(root))
            self._delete(self._part(root))

    def sweep(self) -> list[bytes]:
        """At the start: what is on the disk and in no record goes, and the records of what is not on the disk. The
        roots of what is whole."""
        self.remove([root for root in self.whole() if not self._path(root).is_file()])
        known = {one.root.hex() for one in self._records.stored()}
        with in_plain_words():
            for path in self._folder.iterdir() if self._folder.is_dir() else ():
                if path.name.removesuffix(_COMING) not in known:
                    self._delete(path)
        return self.whole()

    def _partial(self, manifest: Manifest) -> PartialFiles:
        return PartialFiles(manifest, self._part(manifest.root), self._path(manifest.root), blob=True)

    def _path(self, root: bytes) -> Path:
        return self._folder / root.hex()

    def _part(self, root: bytes) -> Path:
        return self._folder / f"{root.hex()}{_COMING}"

    def _delete(self, path: Path) -> None:
        """Where Windows does not permit it because somebody reads it, the next `sweep` does it."""
        with suppress(OSError):
            path.unlink(missing_ok=True)
