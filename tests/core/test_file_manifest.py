"""The manifest of an offer: chunks, where their bytes are, and what is refused of a peer's."""

from __future__ import annotations

import hashlib
import tracemalloc

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lanchat.core.file_manifest import (
    CHUNK,
    DIGEST,
    FILES_MOST,
    MANIFEST_BYTES,
    BadManifest,
    Layout,
    Manifest,
    ManifestFile,
    WrongChunk,
)
from lanchat.core.sealed_listing import SealedListing

SIZES = st.lists(
    st.one_of(
        st.just(0), st.integers(1, 50), st.integers(1, 3 * CHUNK), st.sampled_from([CHUNK - 1, CHUNK, CHUNK + 1])
    ),
    max_size=30,
)


def manifest(**contents: bytes) -> Manifest:
    stream = b"".join(contents.values())
    hashes = b"".join(hashlib.sha256(stream[at : at + CHUNK]).digest() for at in range(0, len(stream), CHUNK))
    return Manifest([ManifestFile(name, len(content)) for name, content in contents.items()], hashes)


@given(SIZES)
def test_the_segments_of_all_chunks_are_the_stream(sizes: list[int]) -> None:
    layout = Layout(sizes)
    assert layout.chunks == -(-sum(sizes) // CHUNK)
    pieces = [piece for index in range(layout.chunks) for piece in layout.segments(index)]
    assert all(piece.length > 0 for piece in pieces)
    for file, size in enumerate(sizes):
        at = 0
        for piece in (piece for piece in pieces if piece.file == file):
            assert piece.offset == at
            at += piece.length
        assert at == size
    assert [piece.file for piece in pieces] == sorted(piece.file for piece in pieces)
    for index in range(layout.chunks):
        assert sum(piece.length for piece in layout.segments(index)) == layout.length(index)
        assert layout.length(index) == CHUNK or index == layout.chunks - 1


@pytest.mark.parametrize("index", [-1, 2, 10**9])
def test_there_is_no_other_chunk(index: int) -> None:
    with pytest.raises(IndexError):
        Layout([CHUNK, 1]).segments(index)


def test_who_has_the_root_can_check_everything() -> None:
    first = manifest(a=b"x" * CHUNK, b=b"hello")
    again = Manifest.decode(first.content, first.root, CHUNK + 5, 2)
    assert (again.files, again.hashes) == (first.files, first.hashes)
    again.check(1, b"hello")
    for index, data in [(1, b"hellO"), (1, b"hello "), (1, b""), (0, b"hello"), (2, b"hello"), (-1, b"hello")]:
        with pytest.raises(WrongChunk):
            again.check(index, data)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x00",
        b"\xc1" * 100,
        msgspec.msgpack.encode([]),
        msgspec.msgpack.encode([[], b""]),
        msgspec.msgpack.encode([[["a", 5]], b""]),
        msgspec.msgpack.encode([[["a", 5]], b"x" * 31]),
        msgspec.msgpack.encode([[["a", 5]], b"x" * 64]),
        msgspec.msgpack.encode([[["a", -5]], b""]),
        msgspec.msgpack.encode([[["a", 2**60]], b"x" * 32]),
        msgspec.msgpack.encode([[["a", 2**53]] * 1000, b"x" * 32]),
        msgspec.msgpack.encode([[["a", 0]] * (FILES_MOST + 1), b""]),
        msgspec.msgpack.encode([[[b"a", 5]], b"x" * 32]),
        msgspec.msgpack.encode([[["a", 1.5]], b"x" * 32]),
        b"\x91" * 100_000,
        b"\xdd\xff\xff\xff\xff" + b"\x90" * 100,
    ],
)
def test_what_is_no_manifest_is_refused(content: bytes) -> None:
    with pytest.raises(BadManifest):
        Manifest.decode(content, hashlib.sha256(content).digest(), 5, 1)


@given(st.binary(max_size=200))
def test_any_bytes_are_refused_without_another_error(content: bytes) -> None:
    with pytest.raises(BadManifest):
        Manifest.decode(content, hashlib.sha256(content).digest(), 2**40, 77)


@pytest.mark.parametrize(("size", "count"), [(6, 1), (4, 1), (5, 2), (5, 0)])
def test_lies_about_size_and_count_are_noticed(size: int, count: int) -> None:
    told = manifest(a=b"hello")
    with pytest.raises(BadManifest):
        Manifest.decode(told.content, told.root, size, count)


def test_another_manifest_than_the_offered_one_is_refused() -> None:
    told, other = manifest(a=b"hello"), manifest(a=b"hullo")
    with pytest.raises(BadManifest):
        Manifest.decode(other.content, told.root, 5, 1)
    with pytest.raises(BadManifest):
        Manifest.decode(bytes(MANIFEST_BYTES + 1), hashlib.sha256(bytes(MANIFEST_BYTES + 1)).digest(), 5, 1)


def test_files_that_are_too_many_are_refused_before_they_take_memory() -> None:
    files = (MANIFEST_BYTES - 100) // 3
    content = b"\x92\xdd" + files.to_bytes(4, "big") + b"\x92\xa0\x00" * files + b"\xc4\x00"
    tracemalloc.start()
    try:
        with pytest.raises(BadManifest):
            Manifest.decode(content, hashlib.sha256(content).digest(), 0, files)
        with pytest.raises(BadManifest):
            SealedListing.read(len(content[1:-2]).to_bytes(4, "big") + content[1:-2])
        assert tracemalloc.get_traced_memory()[1] < 3 * MANIFEST_BYTES
    finally:
        tracemalloc.stop()


def test_a_manifest_stays_as_its_author_wrote_it() -> None:
    content = b"\x92\x91\x92\xa1a" + b"\xcf" + bytes(8) + b"\xc4\x00"  # a size in the longest form
    root = hashlib.sha256(content).digest()
    assert Manifest.decode(content, root, 0, 1).content == content
    assert Manifest.read(content).root == root


def test_empty_files_have_no_chunk() -> None:
    empty = manifest(a=b"", b=b"")
    assert (empty.chunks, empty.size, empty.hashes) == (0, 0, b"")
    assert Manifest.decode(empty.content, empty.root, 0, 2).names == ("a", "b")


def test_ten_thousand_small_files_are_few_chunks() -> None:
    sizes = [10_000] * 10_000
    layout = Layout(sizes)
    assert layout.chunks == 382
    files = [ManifestFile(f"folder/some-name-{number}.txt", 10_000) for number in range(10_000)]
    assert len(Manifest(files, bytes(DIGEST * 382)).content) < 500_000


def named(*paths: str) -> Manifest:
    return Manifest([ManifestFile(path, 0) for path in paths], b"")


def test_a_folder_is_told_from_a_set_and_from_one_file() -> None:
    one = named("photo.jpg")
    assert (one.is_one_file, one.target_name("x"), one.top) == (True, "photo.jpg", "photo.jpg")
    folder = named("trip/a.jpg", "trip/day 2/b.jpg")
    assert (folder.is_one_file, folder.target_name("x")) == (False, "trip")
    assert folder.inside() == ("a.jpg", "day 2/b.jpg")
    lonely = named("trip/a.jpg")
    assert (lonely.is_one_file, lonely.target_name("x"), lonely.inside()) == (False, "trip", ("a.jpg",))
    some = named("a.jpg", "trip/b.jpg", "c.txt")
    assert (some.is_one_file, some.target_name("3 files")) == (False, "3 files")
    assert some.inside() == ("a.jpg", "trip/b.jpg", "c.txt")


@pytest.mark.parametrize(
    ("path", "target"),
    [("../../.ssh/authorized_keys", ".ssh"), (".bashrc", "bashrc"), ("/etc/passwd", "etc"), ("..", "file")],
)
def test_a_target_is_neither_hidden_nor_outside(path: str, target: str) -> None:
    name = named(path).target_name("../..")
    assert "/" not in name
    assert not name.startswith(".")
    assert name == target.lstrip(".")


@settings(max_examples=50)
@given(st.lists(st.text(max_size=20), min_size=1, max_size=20))
def test_every_name_of_a_peer_is_confined(paths: list[str]) -> None:
    cleaned = named(*(path.encode("utf-8", "replace").decode() for path in paths))
    for name in [*cleaned.names, *cleaned.inside(), cleaned.target_name(paths[0])]:
        parts = name.split("/")
        assert all(parts)
        assert not {"..", "."} & set(parts)
