"""The host's store, and what the database knows of files."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from file_samples import again, begun, content_of, copy, offered, some_bytes, written
from people import GARDEN, KITCHEN, Person, open_store, says

from lanchat.core.file_manifest import CHUNK, Manifest, ManifestFile
from lanchat.core.model import EntryId, MemberKey, PrivateThread
from lanchat.storage import data_folder
from lanchat.storage.chunk_files import WholeFiles
from lanchat.storage.errors import ChangedSinceOffered
from lanchat.storage.file_records import FileRecord
from lanchat.storage.file_store import FOLDER, FileStore, StoreTooSmall, room_in_store
from lanchat.storage.partial_files import new_part
from lanchat.storage.store import Store

FIRST, SECOND = EntryId(b"1" * 16), EntryId(b"2" * 16)


@pytest.fixture
def kept(store: Store) -> FileStore:
    return store.file_store


@pytest.fixture
def trip(tmp_path: Path) -> tuple[Manifest, WholeFiles]:
    files = {"a": some_bytes(CHUNK + 9), "empty": b"", "deep/b": b"hello", "z": some_bytes(1000)}
    _found, manifest, source = offered(written(tmp_path / "trip", files))
    return manifest, source


def offer(tmp_path: Path, number: int, size: int) -> tuple[Manifest, WholeFiles]:
    path = written(tmp_path / "offers", {f"{number}.bin": some_bytes(size, number)}) / f"{number}.bin"
    return offered(path)[1:]


def keep(kept: FileStore, manifest: Manifest, source: WholeFiles, limit: int = 10**9) -> None:
    partial = kept.begin(manifest, limit)
    copy(source, partial)
    partial.finish()
    kept.keep(manifest.root, limit)


def blobs(tmp_path: Path) -> set[str]:
    return {path.name for path in (tmp_path / FOLDER).iterdir()}


def test_an_offer_is_one_blob_and_gives_the_same_chunks(
    kept: FileStore, tmp_path: Path, trip: tuple[Manifest, WholeFiles]
) -> None:
    manifest, source = trip
    assert kept.source(manifest.root) is None
    partial = kept.begin(manifest, 10**9)
    partial.write(1, source.read(1))
    assert kept.source(manifest.root) is None, "not whole yet"
    assert partial.read(1) == source.read(1), "but what is there can be had"
    copy(source, partial)
    partial.finish()
    kept.keep(manifest.root, 10**9)
    found = kept.source(manifest.root)
    assert found is not None
    assert [found.read(index) for index in (0, 1)] == [source.read(index) for index in (0, 1)]
    assert found.manifest.content == manifest.content
    assert blobs(tmp_path) == {manifest.root.hex()}
    assert kept.whole() == [manifest.root]


def test_who_gets_it_from_the_store_has_the_files(
    kept: FileStore, tmp_path: Path, trip: tuple[Manifest, WholeFiles]
) -> None:
    manifest, source = trip
    keep(kept, manifest, source)
    found = kept.source(manifest.root)
    assert found is not None
    partial = begun(found.manifest, tmp_path / "here")
    copy(found, partial)
    assert content_of(partial.finish().path) == content_of(tmp_path / "trip")


def test_the_oldest_goes_first(kept: FileStore, tmp_path: Path) -> None:
    roots = []
    for number in range(5):
        manifest, source = offer(tmp_path, number, 1000)
        keep(kept, manifest, source, limit=16_000)
        roots.append(manifest.root)
    assert kept.whole() == roots[2:]
    assert blobs(tmp_path) == {root.hex() for root in roots[2:]}
    assert kept.source(roots[0]) is None
    assert kept.shrink(6_000) == roots[2:4]
    assert kept.whole() == roots[4:]


def offered_by(store: Store, person: Person, manifest: Manifest) -> None:
    """A message of theirs offers it."""
    (item,) = says(store.log(KITCHEN), person, "a file")
    store.files.link(KITCHEN, EntryId(item.entry.entry_id), manifest.root)


def test_who_offers_much_pushes_out_no_more_than_takes_an_equal_share(
    kept: FileStore, store: Store, tmp_path: Path
) -> None:
    ana, ben, mallory = Person(), Person(), Person()
    roots: dict[Person, list[bytes]] = {ana: [], ben: [], mallory: []}
    for number, person in enumerate([ana, ana, ana, ben, *[mallory] * 12]):
        manifest, source = offer(tmp_path, number, 1000)
        offered_by(store, person, manifest)
        keep(kept, manifest, source, limit=32_000)  # six of them
        roots[person].append(manifest.root)
    assert kept.whole() == [*roots[ana][1:], *roots[ben], *roots[mallory][-3:]]
    for number in range(20, 30):
        manifest, source = offer(tmp_path, number, 1000)
        offered_by(store, ben, manifest)
        keep(kept, manifest, source, limit=32_000)
        roots[ben].append(manifest.root)
    assert kept.whole() == [*roots[ana][1:], *roots[mallory][-2:], *roots[ben][-2:]], "two of each"


def test_one_large_offer_pushes_out_nothing_that_it_could_not_stay_beside(
    kept: FileStore, store: Store, tmp_path: Path
) -> None:
    ana, mallory = Person(), Person()
    for number in range(3):
        manifest, source = offer(tmp_path, number, 1000)
        offered_by(store, ana, manifest)
        keep(kept, manifest, source, limit=32_000)
    large, source = offer(tmp_path, 9, 20_000)
    offered_by(store, mallory, large)
    with pytest.raises(StoreTooSmall):
        kept.begin(large, 32_000)
    assert len(kept.whole()) == 3
    keep(kept, large, source, limit=50_000)
    assert len(kept.whole()) == 4
    assert kept.shrink(32_000) == [large.root]


def test_what_several_offer_is_of_who_did_so_first(kept: FileStore, store: Store, tmp_path: Path) -> None:
    """Else somebody could push out what others offered by offering it, too."""
    ana, mallory = Person(), Person()
    manifests = [offer(tmp_path, number, 1000) for number in range(4)]
    for manifest, source in manifests:
        offered_by(store, ana, manifest)
        keep(kept, manifest, source)
    for manifest, _source in manifests:
        offered_by(store, mallory, manifest)
    assert store.files.authors(b"") == dict.fromkeys([one.root for one, _source in manifests], ana.identity.key)


def test_what_is_larger_than_the_limit_is_not_kept(kept: FileStore, tmp_path: Path) -> None:
    small, small_source = offer(tmp_path, 1, 1000)
    keep(kept, small, small_source, limit=6_000)
    large, _source = offer(tmp_path, 2, 2001)
    with pytest.raises(StoreTooSmall, match="larger than what this room's host keeps"):
        kept.begin(large, 6_000)
    assert kept.whole() == [small.root], "nothing went for it"


def test_what_had_to_go_while_it_was_finished_is_not_kept(kept: FileStore, tmp_path: Path) -> None:
    manifest, source = offer(tmp_path, 1, 1000)
    partial = kept.begin(manifest, 10_000)
    copy(source, partial)
    partial.finish()
    assert kept.shrink(500, {manifest.root: 1000}) == [manifest.root]
    assert kept.keep(manifest.root, 10_000) == [manifest.root]
    assert kept.whole() == []
    assert blobs(tmp_path) == set()


def test_what_was_coming_goes_on_after_a_restart(tmp_path: Path, trip: tuple[Manifest, WholeFiles]) -> None:
    manifest, source = trip
    with open_store(tmp_path) as store:
        store.file_store.begin(manifest, 10**9).write(0, source.read(0))
    with open_store(tmp_path) as store:
        kept = store.file_store
        kept.sweep()
        partial = kept.begin(manifest, 10**9)
        partial.check()
        assert partial.missing() == [1]
        copy(source, partial)
        partial.finish()
    with open_store(tmp_path) as store:  # killed before `keep`
        kept = store.file_store
        kept.sweep()
        partial = again(kept.begin(manifest, 10**9), blob=True)
        assert partial.is_whole
        partial.finish()
        kept.keep(manifest.root, 10**9)
        found = kept.source(manifest.root)
        assert found is not None
        assert found.read(1) == source.read(1)
        assert blobs(tmp_path) == {manifest.root.hex()}


def test_a_sweep_leaves_what_belongs_there(kept: FileStore, store: Store, tmp_path: Path) -> None:
    kept.sweep()
    (whole, source), (gone, gone_source) = offer(tmp_path, 1, 1000), offer(tmp_path, 2, 1000)
    coming, coming_source = offer(tmp_path, 3, 1000)
    keep(kept, whole, source)
    keep(kept, gone, gone_source)
    kept.begin(coming, 10**9).write(0, coming_source.read(0))
    (tmp_path / FOLDER / gone.root.hex()).unlink()
    (tmp_path / FOLDER / ("ab" * 32)).write_bytes(b"of nobody")
    kept.sweep()
    assert blobs(tmp_path) == {whole.root.hex(), f"{coming.root.hex()}.part"}
    assert {one.root for one in store.files.stored()} == {whole.root, coming.root}
    assert store.files.manifest(gone.root) is None


def test_what_somebody_deleted_is_not_said_to_be_there(kept: FileStore, tmp_path: Path) -> None:
    manifest, source = offer(tmp_path, 1, 1000)
    keep(kept, manifest, source)
    shutil.rmtree(tmp_path / FOLDER)
    assert kept.sweep() == []
    assert kept.whole() == []


@pytest.mark.parametrize("how", ["cut", "changed"])
def test_a_blob_that_was_damaged_is_not_given(kept: FileStore, tmp_path: Path, how: str) -> None:
    manifest, source = offer(tmp_path, 1, 1000)
    keep(kept, manifest, source)
    found = kept.source(manifest.root)
    assert found is not None
    blob = tmp_path / FOLDER / manifest.root.hex()
    if how == "cut":
        os.truncate(blob, 999)
        assert kept.source(manifest.root) is None
    else:
        os.utime(blob, ns=(1, 1))
    with pytest.raises(ChangedSinceOffered):
        found.read(0)


# --- records ----------------------------------------------------------------------------------------------------------
def test_a_record_is_kept_as_it_was(tmp_path: Path) -> None:
    path = written(tmp_path, {"näme.txt": b"hello"}) / "näme.txt"
    found, manifest, _source = offered(path)
    mine = FileRecord(manifest.root, "mine", found.path, found.size, None, found.size, found.stamps, 77)
    target = tmp_path / os.fsdecode(b"caf\xc3\xa9")
    coming = FileRecord(b"r" * 32, "coming", target, 5, new_part(target, b"r" * 32), 2, (), 78)
    with open_store(tmp_path) as store:
        store.files.put_manifest(manifest.root, manifest.content)
        store.files.put(mine)
        store.files.put(coming)
    with open_store(tmp_path) as store:
        assert store.files.all() == [mine, coming]
        assert store.files.get(b"r" * 32) == coming
        assert store.files.get(b"x" * 32) is None
        content = store.files.manifest(manifest.root)
        assert content == manifest.content
        assert WholeFiles(Manifest.read(content), mine.stamps).read(0) == b"hello"
        store.files.remove(manifest.root)
        assert store.files.manifest(manifest.root) is None
        assert store.files.all() == [coming]


def test_a_manifest_stays_while_the_host_or_the_person_needs_it(store: Store) -> None:
    root = b"r" * 32
    store.files.put_manifest(root, b"content")
    store.files.put(FileRecord(root, "here", Path("x"), 5))
    store.files.put_stored(root, 5)
    store.files.remove(root)
    assert store.files.manifest(root) == b"content"
    store.files.remove_stored([root])
    assert store.files.manifest(root) is None


def test_which_rooms_a_file_belongs_to(tmp_path: Path) -> None:
    one, other = b"r" * 32, b"s" * 32
    with open_store(tmp_path, KITCHEN, GARDEN) as store:
        files = store.files
        files.link(KITCHEN, FIRST, one)
        files.link(KITCHEN, FIRST, one)
        files.link(GARDEN, SECOND, one)
        files.link(PrivateThread(GARDEN, MemberKey(b"k" * 32)).thread_id, FIRST, other)
        assert files.of_room(KITCHEN) == {FIRST: one}
        assert files.of_room(GARDEN) == {SECOND: one, FIRST: other}
        for root in (one, other):
            files.put(FileRecord(root, "here", tmp_path, 5))
        assert files.unlink(GARDEN, SECOND, one), "the kitchen offers it, too"
        assert files.unoffered() == []
        store.forget_room(KITCHEN)
        assert files.unoffered() == [one]
        assert files.of_room(KITCHEN) == {}
        assert not files.unlink(GARDEN, FIRST, other)
        assert set(files.unoffered()) == {one, other}


def test_what_a_damaged_database_knew_of_files(tmp_path: Path) -> None:
    root = b"r" * 32
    record = FileRecord(root, "coming", tmp_path / "x", 5, tmp_path / "part", 2, (), 78)
    with open_store(tmp_path) as store:
        store.files.put_manifest(root, b"content" * 1000)
        store.files.put(record)
        store.files.link(KITCHEN, FIRST, root)
        store.files.put_stored(b"s" * 32, 7, whole=True)
    with (tmp_path / data_folder.DATABASE).open("r+b") as file:
        file.write(bytes(100))
    with open_store(tmp_path) as store:
        assert store.notices
        assert store.files.all() == [record]
        assert store.files.manifest(root) == b"content" * 1000
        assert store.files.of_room(KITCHEN) == {FIRST: root}
        assert [(one.root, one.size, one.whole) for one in store.files.stored()] == [(b"s" * 32, 7, True)]


def test_manifests_count_for_the_limit(kept: FileStore) -> None:
    """Of empty files, too: their Manifests would fill the disk else. So would blocks that hold one byte."""
    assert room_in_store(1, 1) >= 4096
    for number in range(10):
        empty = Manifest([ManifestFile(f"{number:01000}", 0)], b"")
        kept.begin(empty, 22_000).finish()
        kept.keep(empty.root, 22_000)
    assert 1 <= len(kept.whole()) <= 4
    with pytest.raises(StoreTooSmall):
        kept.begin(Manifest([ManifestFile("a" * 5_000, 0)], b""), 5_000)


def test_a_promise_takes_no_place(kept: FileStore, tmp_path: Path) -> None:
    """Who says that much will come, and gives next to nothing of it, pushes nothing out."""
    small = [offer(tmp_path, number, 1_000) for number in range(3)]
    for manifest, source in small:
        keep(kept, manifest, source, limit=600_000)
    large, source = offer(tmp_path, 9, 2 * CHUNK)
    kept.begin(large, 600_000).write(0, source.read(0))
    assert kept.shrink(600_000, {large.root: CHUNK}) == []
    assert len(kept.whole()) == 3
    assert kept.shrink(CHUNK + 6_000, {large.root: CHUNK}) == [manifest.root for manifest, _source in small[:2]]
    assert kept.shrink(CHUNK - 1, {large.root: CHUNK}) == [small[2][0].root, large.root]
