"""Files of private threads: how they are prepared to be offered, and got. Everything else is as for those of a room.

Only the sender gives them, and only to the other one of the two: neither a host's store nor other members have a copy.
What comes stays encrypted, in the data folder, until all of it is here; then it is opened into its own folder.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from contextlib import suppress
from pathlib import Path
from typing import Final, NamedTuple

from lanchat.core.file_manifest import BadManifest, Manifest, ManifestFile
from lanchat.core.sealed_listing import SealedListing
from lanchat.engine.download import Download
from lanchat.storage.chunk_files import ChunkSource, WholeFiles
from lanchat.storage.data_folder import make_private
from lanchat.storage.errors import NotOpened
from lanchat.storage.file_records import FileRecord
from lanchat.storage.offered_files import FoundFiles
from lanchat.storage.partial_files import Arrived, PartialFiles, Told
from lanchat.storage.sealed_files import SealedFiles, open_sealed
from lanchat.trust.file_sealing import NotSealedSo, new_file_key

SEALED: Final = "files/sealed"  #: in the data folder: what comes encrypted, until it is opened
_COMING: Final = ".part"


class SealedOffer(NamedTuple):
    """Files that are ready to be offered privately."""

    manifest: Manifest
    key: bytes
    head: bytes


def seal_files(found: FoundFiles, told: Told, stop: Callable[[], bool]) -> SealedOffer:
    """Read and encrypt all of it once, for the hashes. On a thread. Raises WorkStopped, StorageProblem."""
    key = new_file_key()
    files = [ManifestFile(name, stamp.size) for name, stamp in zip(found.names, found.stamps, strict=True)]
    listing = SealedListing.of(files)
    return SealedOffer(SealedFiles.offered(listing, found.stamps, key, told, stop).manifest, key, listing.head)


def source_of(record: FileRecord, manifest: Manifest) -> ChunkSource | None:
    """The chunks of what is whole on this computer; None: it came privately, and is not given to anybody."""
    if not record.key:
        return WholeFiles(manifest, record.stamps)
    if not record.head:
        return None
    return SealedFiles(manifest, SealedListing.read(record.head), record.stamps, record.key)


def forget_sealed(data_dir: Path, root: bytes) -> None:
    """Delete what came of it encrypted. On a thread."""
    place = data_dir / SEALED / root.hex()
    for path in (place, place.with_name(place.name + _COMING)):
        with suppress(OSError):  # what cannot be deleted stays; nobody can read it without the message
            path.unlink(missing_ok=True)


def sweep_sealed(data_dir: Path, coming: Collection[bytes]) -> None:
    """At the start: delete what came encrypted of anything but these. On a thread."""
    kept = {root.hex() for root in coming}
    with suppress(OSError):  # there is no such folder
        for path in (data_dir / SEALED).iterdir():
            if path.name.removesuffix(_COMING) not in kept:
                with suppress(OSError):
                    path.unlink()


class SealedDownload(Download):
    """A Download whose bytes come encrypted."""

    data_dir: Path  #: set before the first `go`

    def make_partial(self, manifest: Manifest) -> PartialFiles:
        folder = self.data_dir / SEALED
        make_private(folder)
        blob = folder / self.root.hex()
        self.part = blob.with_name(blob.name + _COMING)
        self.target = self.target or self.folder / manifest.target_name(self.offer.name)
        return PartialFiles(manifest, self.part, blob, blob=True)

    def put_in_place(self, partial: PartialFiles) -> Arrived:
        manifest, came = partial.manifest, partial.finish()
        try:
            sealed = WholeFiles(manifest, came.stamps, manifest.as_blob)
            return open_sealed(sealed, self.offer.key, self._place, stop=lambda: self.is_closed)
        except (BadManifest, NotSealedSo) as error:
            raise NotOpened from error

    def _place(self, manifest: Manifest) -> Path:
        """Where it is to be, now that its own name is known."""
        return self.folder / manifest.target_name(self.offer.name)
