"""Files that are offered privately: real files, encrypted, kept encrypted, and opened again."""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lanchat.core.file_manifest import CHUNK, BadManifest, Manifest, ManifestFile
from lanchat.core.file_offer import FileOffer
from lanchat.core.sealed_listing import PIECE, SEALED_NAME, TAG, SealedListing, offered_manifest, sealed_size
from lanchat.storage.chunk_files import ChunkSource, stamps_of
from lanchat.storage.errors import ChangedSinceOffered, FileGone
from lanchat.storage.partial_files import PARTS, PartialFiles, WorkStopped
from lanchat.storage.sealed_files import SealedFiles, open_sealed
from lanchat.trust.file_sealing import FileCipher, NotSealedSo, new_file_key

CONTENTS = {
    "one byte": [1],
    "nothing": [0],
    "a chunk": [CHUNK],
    "a piece with its listing": [PIECE - 20],
    "many small ones": [100, 0, 3_000, 17],
    "some large ones": [3 * CHUNK + 5, 2 * PIECE, 1, 0, CHUNK],
}


def make(folder: Path, sizes: list[int]) -> list[Path]:
    chance = random.Random(sum(sizes))
    folder.mkdir()
    paths = [folder / f"secret {number}.dat" for number in range(len(sizes))]
    for path, size in zip(paths, sizes, strict=True):
        path.write_bytes(chance.randbytes(size))
    return paths


def offer(paths: list[Path], key: bytes, names: list[str] | None = None) -> SealedFiles:
    named = names or [path.name for path in paths]
    files = [ManifestFile(name, path.stat().st_size) for name, path in zip(named, paths, strict=True)]
    return SealedFiles.offered(SealedListing.of(files), stamps_of(list(map(str, paths))), key)


def carry(source: ChunkSource, folder: Path) -> PartialFiles:
    """As the other one gets it: encrypted, in one file."""
    manifest = Manifest.decode(source.manifest.content, source.manifest.root, source.manifest.size, 1)
    came = PartialFiles(manifest, folder / "came.part", folder / "came", blob=True)
    for index in range(manifest.chunks):
        assert came.write(index, source.read(index))
    return came


def below(folder: Path, name: str = "") -> Callable[[Manifest], Path]:
    return lambda manifest: folder / manifest.target_name(name)


@pytest.mark.parametrize("sizes", CONTENTS.values(), ids=CONTENTS.keys())
def test_what_comes_out_is_what_was_put_in(tmp_path: Path, sizes: list[int]) -> None:
    key, paths = new_file_key(), make(tmp_path / "mine", sizes)
    source = offer(paths, key)
    manifest = source.manifest
    offered = FileOffer("any", sum(sizes), len(sizes), manifest.root, len(manifest.content), key=key)
    assert offered_manifest(manifest.content, offered).size == manifest.size
    came = carry(source, tmp_path)
    told: list[tuple[int, int]] = []
    place = below(tmp_path / "theirs", "Some files")
    arrived = open_sealed(came, key, place, lambda done, size: told.append((done, size)))
    if len(paths) == 1:
        assert arrived.path == tmp_path / "theirs" / paths[0].name
        assert arrived.path.read_bytes() == paths[0].read_bytes()
    else:
        assert arrived.path == tmp_path / "theirs" / "Some files"
        assert {one.name: one.read_bytes() for one in arrived.path.iterdir()} == {
            one.name: one.read_bytes() for one in paths
        }
    assert told == sorted(told)
    assert all(done == size for done, size in told[-1:])
    assert not (tmp_path / "theirs" / PARTS).exists()


def test_others_see_neither_names_nor_contents(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    path = tmp_path / "mine" / "Contract with Mallory.txt"
    path.write_text("the price is 42 " * 50_000, "ascii")
    source = offer([path], new_file_key())
    seen = source.manifest.content + b"".join(source.read(index) for index in range(source.manifest.chunks))
    for word in (b"Contract", b"Mallory", b"the price"):
        assert word not in seen
    assert source.manifest.files[0].path == SEALED_NAME


def test_the_same_file_looks_different_in_each_offer(tmp_path: Path) -> None:
    paths = make(tmp_path / "mine", [5_000])
    one, other = (offer(paths, new_file_key()) for _time in range(2))
    assert one.manifest.root != other.manifest.root
    assert one.read(0) != other.read(0)


def test_a_piece_that_is_asked_for_again_is_the_same(tmp_path: Path) -> None:
    key, paths = new_file_key(), make(tmp_path / "mine", [2 * CHUNK])
    source = offer(paths, key)
    again = SealedFiles(source.manifest, SealedListing.of([ManifestFile(paths[0].name, 2 * CHUNK)]),
                        stamps_of([str(paths[0])]), key)  # fmt: skip
    assert [again.read(index) for index in range(3)] == [source.read(index) for index in range(3)]


def test_a_file_that_was_changed_is_not_sent(tmp_path: Path) -> None:
    """Also not where it looks as before: two contents under one nonce would tell of each other."""
    (path,) = make(tmp_path / "mine", [1_000])
    source = offer([path], new_file_key())
    before = path.stat()
    path.write_bytes(bytes(1_000))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    with pytest.raises(ChangedSinceOffered):
        source.read(0)
    path.write_bytes(bytes(999))
    with pytest.raises(ChangedSinceOffered):
        source.read(0)
    path.unlink()
    with pytest.raises(FileGone):
        source.read(0)


def test_without_the_key_nothing_is_opened(tmp_path: Path) -> None:
    source = offer(make(tmp_path / "mine", [10_000]), new_file_key())
    came = carry(source, tmp_path)
    with pytest.raises(NotSealedSo):
        open_sealed(came, new_file_key(), below(tmp_path / "theirs"))
    assert not (tmp_path / "theirs").exists()


class Nonsense:
    """What a sender may encrypt who does not keep the rules: any contents."""

    def __init__(self, contents: bytes, key: bytes) -> None:
        pieces = [contents[at : at + PIECE] for at in range(0, len(contents), PIECE)] or [b""]
        self._sealed = [FileCipher(key).seal(index, piece) for index, piece in enumerate(pieces)]
        self.manifest = _bare(sum(map(len, self._sealed)))

    def has(self, index: int) -> bool:
        return True

    def read(self, index: int) -> bytes:
        return self._sealed[index]


def _bare(size: int) -> Manifest:
    return Manifest([ManifestFile(SEALED_NAME, size)], bytes(32 * -(-size // CHUNK)))


def refused(contents: bytes, folder: Path) -> None:
    key = new_file_key()
    with pytest.raises((BadManifest, NotSealedSo)):
        open_sealed(Nonsense(contents, key), key, below(folder))
    assert not any(folder.iterdir())


def test_nonsense_within_is_refused(tmp_path: Path) -> None:
    listing = SealedListing.of([ManifestFile("a", 10)]).head
    for contents in (
        b"", b"\0", b"\0\0\0\0", b"\xff" * 100, listing, listing + bytes(9), listing + bytes(11), listing[:-1],
        SealedListing.of([]).head, SealedListing.of([ManifestFile("a", 2**52)]).head, b"\0\0\1\0" + b"\x91" * 256,
        SealedListing.of([ManifestFile("a", 0)] * 50_001).head,
    ):  # fmt: skip
        refused(contents, tmp_path)


@given(st.binary(max_size=300))
def test_whatever_is_within_it_does_no_harm(tmp_path_factory: pytest.TempPathFactory, contents: bytes) -> None:
    folder = tmp_path_factory.mktemp("any")
    key = new_file_key()
    try:
        arrived = open_sealed(Nonsense(contents, key), key, below(folder / "theirs", "Files"))
    except (BadManifest, NotSealedSo):
        return
    assert arrived.path.is_relative_to(folder / "theirs")


def test_names_of_a_stranger_are_confined(tmp_path: Path) -> None:
    key, paths = new_file_key(), make(tmp_path / "mine", [5, 6, 7])
    source = offer(paths, key, ["../../etc/passwd", "/root/.ssh/authorized_keys", "C:\\Windows\\win.ini"])
    arrived = open_sealed(carry(source, tmp_path), key, below(tmp_path / "theirs", "..\\.."))
    found = [path for path in (tmp_path / "theirs").rglob("*") if path.is_file()]
    assert len(found) == 3
    assert all(path.is_relative_to(arrived.path) for path in found)
    assert {path.name for path in tmp_path.iterdir()} == {"mine", "theirs", "came.part"}


def test_what_is_stopped_leaves_nothing(tmp_path: Path) -> None:
    key, paths = new_file_key(), make(tmp_path / "mine", [5 * CHUNK])
    came = carry(offer(paths, key), tmp_path)
    for most in range(9):
        left = iter(range(most))
        with pytest.raises(WorkStopped):
            open_sealed(came, key, below(tmp_path / "theirs"), stop=lambda left=left: next(left, None) is None)  # type: ignore[misc]
        assert not [path for path in (tmp_path / "theirs").rglob("*") if path.is_file()]
    with pytest.raises(WorkStopped):
        SealedFiles.offered(SealedListing.of([ManifestFile("a", 5 * CHUNK)]), stamps_of([str(paths[0])]), key,
                            stop=lambda: True)  # fmt: skip


def test_it_gets_a_name_of_its_own(tmp_path: Path) -> None:
    key, paths = new_file_key(), make(tmp_path / "mine", [100])
    came = carry(offer(paths, key), tmp_path)
    first = open_sealed(came, key, below(tmp_path / "theirs"))
    second = open_sealed(came, key, below(tmp_path / "theirs"))
    assert first.path != second.path
    assert first.path.read_bytes() == second.path.read_bytes()


def test_a_key_of_another_length_is_none() -> None:
    for key in (b"", bytes(16), bytes(33)):
        with pytest.raises(ValueError, match="no key"):
            FileCipher(key)


def test_a_manifest_of_something_else_is_refused(tmp_path: Path) -> None:
    """An offer of little, with a key, whose bytes are many: they would fill the disk."""
    key = new_file_key()
    for manifest in (
        Manifest([ManifestFile(SEALED_NAME, 2**30)], bytes(32 * 4096)), Manifest([ManifestFile("a", 200)], bytes(32)),
        Manifest([ManifestFile(SEALED_NAME, 100)], bytes(32)),
        Manifest([ManifestFile(SEALED_NAME, 200), ManifestFile("b", 0)], bytes(32)),
    ):  # fmt: skip
        offered = FileOffer("any", 100, 1, manifest.root, len(manifest.content), key=key)
        with pytest.raises(BadManifest):
            offered_manifest(manifest.content, offered)


def test_sizes_fit() -> None:
    for contents in (1, PIECE, PIECE + 1, 10 * PIECE, 10 * PIECE + 7):
        assert sealed_size(contents) == contents + TAG * -(-contents // PIECE)
    assert sealed_size(3 * PIECE) == 3 * CHUNK
