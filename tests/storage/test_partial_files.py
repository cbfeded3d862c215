"""Files while they come: whole under their own name or not there, whatever happens meanwhile."""

from __future__ import annotations

import errno
import os
import random
import sys
import threading
from pathlib import Path

import pytest
from file_samples import again, begun, content_of, copy, offered, some_bytes, written
from hypothesis import given, settings
from hypothesis import strategies as st

from lanchat.core.file_manifest import CHUNK, WrongChunk
from lanchat.storage import partial_files
from lanchat.storage.errors import DiskFull, FileGone, FileNotKept, NoSpace
from lanchat.storage.partial_files import PARTS, PartialFiles, WorkStopped, new_part
from tests.small_disk import small_disk
from tests.systems import needs_links

LARGE = some_bytes(3 * CHUNK + 1000)
TRIP = {
    "a.txt": b"hello",
    "empty": b"",
    "deep/er/b.bin": some_bytes(CHUNK + 5, 2),
    "deep/c": b"c" * 100,
    "z": b"",
}


@pytest.fixture
def here(tmp_path: Path) -> Path:
    """Where what comes goes."""
    (tmp_path / "here").mkdir()
    return tmp_path / "here"


@pytest.fixture
def large(tmp_path: Path) -> Path:
    return written(tmp_path / "there", {"large.bin": LARGE}) / "large.bin"


@pytest.fixture
def trip(tmp_path: Path) -> Path:
    return written(tmp_path / "there" / "trip", TRIP)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_file_has_its_name_when_all_of_it_is_there(here: Path, large: Path) -> None:
    _found, manifest, source = offered(large)
    partial = begun(manifest, here)
    partial.require_space()
    for index in (2, 0, 3):
        partial.write(index, source.read(index))
    assert names(here) == [PARTS]
    assert (partial.missing(), partial.done, partial.is_whole) == ([1], len(LARGE) - CHUNK, False)
    with pytest.raises(ValueError, match="missing"):
        partial.finish()
    partial.write(1, source.read(1))
    arrived = partial.finish()
    assert arrived.path == here / "large.bin"
    assert names(here) == ["large.bin"]
    assert arrived.path.read_bytes() == LARGE
    assert partial.read(3) == LARGE[3 * CHUNK :]


def test_what_came_is_on_the_disk_before_it_has_its_name(
    here: Path, large: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[tuple[int, list[str]]] = []
    monkeypatch.setattr(
        os, "fdatasync" if sys.platform == "linux" else "fsync",
        lambda descriptor: synced.append((os.fstat(descriptor).st_ino, names(here))),
    )  # fmt: skip
    _found, manifest, source = offered(large)
    partial = begun(manifest, here)
    copy(source, partial)
    path = partial.finish().path
    assert synced == [(path.stat().st_ino, [PARTS])]


def test_a_folder_comes_whole(here: Path, trip: Path) -> None:
    _found, manifest, source = offered(trip)
    partial = begun(manifest, here)
    copy(source, partial)
    arrived = partial.finish()
    assert names(here) == ["trip"]
    assert content_of(arrived.path) == TRIP


def test_files_beside_each_other_come_in_a_folder(here: Path, trip: Path, large: Path) -> None:
    found, manifest, source = offered(large, trip, trip / "a.txt")
    partial = begun(manifest, here, found.name)
    copy(source, partial)
    assert partial.finish().path == here / "large.bin and 2 more"
    expected = {"large.bin": LARGE, "a.txt": b"hello"} | {f"trip/{name}": content for name, content in TRIP.items()}
    assert content_of(here / "large.bin and 2 more") == expected


def test_empty_files_come_too(here: Path, tmp_path: Path) -> None:
    written(tmp_path, {"empty.txt": b""})
    _found, manifest, _source = offered(tmp_path / "empty.txt")
    partial = begun(manifest, here)
    assert partial.is_whole
    assert partial.finish().path.read_bytes() == b""


@pytest.mark.parametrize("what", ["file", "folder", pytest.param("link to nowhere", marks=needs_links)])
def test_nothing_that_is_there_is_overwritten(here: Path, large: Path, what: str) -> None:
    if what == "file":
        (here / "large.bin").write_text("mine", "utf-8")
    elif what == "folder":
        (here / "large.bin").mkdir()
    else:
        (here / "large.bin").symlink_to("nowhere")
    _found, manifest, source = offered(large)
    for number in (2, 3):
        partial = begun(manifest, here)
        copy(source, partial)
        assert partial.finish().path == here / f"large ({number}).bin"
    assert names(here) == ["large (2).bin", "large (3).bin", "large.bin"]


def test_a_folder_takes_not_the_name_of_another(here: Path, trip: Path) -> None:
    (here / "trip").mkdir()
    _found, manifest, source = offered(trip)
    partial = begun(manifest, here)
    copy(source, partial)
    assert partial.finish().path == here / "trip (2)"
    assert content_of(here / "trip") == {}


def test_wrong_bytes_are_refused(here: Path, large: Path) -> None:
    _found, manifest, source = offered(large)
    partial = begun(manifest, here)
    good = source.read(0)
    for bad in (b"", good[:-1], good + b"x", bytes(CHUNK), source.read(1)):
        with pytest.raises(WrongChunk):
            partial.write(0, bad)
    for index in (-1, 4, 10**9):
        with pytest.raises(WrongChunk):
            partial.write(index, good)
    assert partial.done == 0
    assert names(here) == []


def test_a_chunk_that_comes_twice_counts_once(here: Path, large: Path) -> None:
    _found, manifest, source = offered(large)
    partial = begun(manifest, here)
    assert partial.write(0, source.read(0))
    assert not partial.write(0, source.read(0))
    assert partial.done == CHUNK


def test_it_goes_on_after_a_restart(here: Path, large: Path) -> None:
    _found, manifest, source = offered(large)
    partial = begun(manifest, here)
    partial.write(2, source.read(2))
    partial.write(0, source.read(0))
    later = again(partial)
    assert later.missing() == [1, 3]
    assert [later.has(index) for index in range(-1, 5)] == [False, True, False, True, False, False]
    assert later.read(2) == source.read(2)
    copy(source, later)
    assert later.finish().path.read_bytes() == LARGE


def test_progress_is_told_while_it_is_checked_and_that_can_be_stopped(here: Path, large: Path) -> None:
    _found, manifest, source = offered(large)
    partial = begun(manifest, here)
    copy(source, partial)
    told: list[tuple[int, int]] = []
    other = PartialFiles(manifest, partial.part, partial.target)
    other.check(lambda done, size: told.append((done, size)))
    assert told[-1] == (len(LARGE), len(LARGE))
    assert len(told) == 4
    with pytest.raises(WorkStopped):
        PartialFiles(manifest, partial.part, partial.target).check(stop=lambda: len(told) == 4)


@pytest.mark.parametrize("at", [0, 5, CHUNK, 3 * CHUNK + 999])
def test_a_part_that_somebody_changed_is_noticed(here: Path, large: Path, at: int) -> None:
    _found, manifest, source = offered(large)
    partial = begun(manifest, here)
    copy(source, partial)
    with partial.part.open("r+b") as part:
        part.seek(at)
        part.write(bytes([LARGE[at] ^ 1]))
    later = again(partial)
    assert later.missing() == [at // CHUNK]
    copy(source, later)
    assert later.finish().path.read_bytes() == LARGE


def test_holes_are_told_from_bytes_that_are_zero(here: Path, tmp_path: Path) -> None:
    content = some_bytes(CHUNK) + bytes(2 * CHUNK) + some_bytes(CHUNK, 2) + bytes(9)
    _found, manifest, source = offered(written(tmp_path, {"zeros.bin": content}) / "zeros.bin")
    partial = begun(manifest, here)
    partial.write(3, source.read(3))
    assert again(partial).missing() == [0, 4], "what is zero anyway is there"
    copy(source, again(partial))
    assert again(partial).finish().path.read_bytes() == content


def test_a_part_that_is_too_long_or_cut(here: Path, large: Path) -> None:
    _found, manifest, source = offered(large)
    partial = begun(manifest, here)
    copy(source, partial)
    with partial.part.open("ab") as part:
        part.write(b"more")
    assert again(partial).is_whole
    os.truncate(partial.part, CHUNK + 1)
    later = again(partial)
    assert later.missing() == [1, 2, 3]
    with partial.part.open("ab") as part:
        part.write(bytes(10 * CHUNK))
    copy(source, later)
    assert later.finish().path.read_bytes() == LARGE


def test_one_of_many_files_that_is_too_long_is_cut(here: Path, tmp_path: Path) -> None:
    many = written(tmp_path / "there" / "many", {f"{number}.txt": b"hello" for number in range(100)})
    _found, manifest, source = offered(many)
    partial = begun(manifest, here)
    copy(source, partial)
    with (partial.part / "7.txt").open("ab") as file:
        file.write(b"more")
    assert content_of(partial.finish().path) == content_of(many)


@needs_links
def test_a_part_whose_files_became_links_and_folders(here: Path, trip: Path, tmp_path: Path) -> None:
    """Nothing is written through a link, and what is in the way is told."""
    victim = tmp_path / "victim"
    victim.write_text("precious", "utf-8")
    _found, manifest, source = offered(trip)
    partial = begun(manifest, here)
    copy(source, partial)
    (partial.part / "a.txt").unlink()
    (partial.part / "a.txt").symlink_to(victim)
    later = again(partial)
    assert later.missing() == [0]
    with pytest.raises(FileNotKept):
        later.write(0, source.read(0))
    assert victim.read_text("utf-8") == "precious"
    (partial.part / "a.txt").unlink()
    (partial.part / "a.txt").mkdir()
    with pytest.raises(FileNotKept):
        again(partial).write(0, source.read(0))
    later.discard()
    assert names(here) == []


@needs_links
def test_a_hidden_folder_that_is_a_link_is_not_used(here: Path, large: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (here / PARTS).symlink_to(tmp_path / "elsewhere")
    _found, manifest, source = offered(large)
    with pytest.raises(FileNotKept):
        begun(manifest, here).write(0, source.read(0))
    assert names(tmp_path / "elsewhere") == []


@pytest.mark.parametrize("whole", ["file", "folder"])
def test_it_was_finished_and_nobody_noted_it(here: Path, large: Path, trip: Path, whole: str) -> None:
    """As after a kill between the rename and the record of it."""
    _found, manifest, source = offered(large if whole == "file" else trip)
    (here / manifest.target_name("")).mkdir()
    partial = begun(manifest, here)
    copy(source, partial)
    first = partial.finish()
    later = again(partial)
    assert later.is_whole
    assert later.read(0) == source.read(0)
    assert later.finish() == first
    assert len(names(here)) == 2


@pytest.mark.skipif(sys.platform == "win32", reason="Windows renames in one step")
def test_it_was_killed_between_the_two_steps_of_the_rename(here: Path, large: Path) -> None:
    _found, manifest, source = offered(large)
    partial = begun(manifest, here)
    copy(source, partial)
    os.link(partial.part, here / "large.bin")
    later = again(partial)
    assert later.finish().path == here / "large.bin"
    assert names(here) == ["large.bin"]


def test_another_file_of_that_name_and_size_is_not_taken_for_it(here: Path, large: Path) -> None:
    _found, manifest, source = offered(large)
    (here / "large.bin").write_bytes(LARGE[:-1] + b"x")
    partial = begun(manifest, here)
    partial.check()
    assert partial.done == 0
    copy(source, partial)
    assert partial.finish().path == here / "large (2).bin"


def test_what_was_given_up_leaves_nothing(here: Path, trip: Path, large: Path) -> None:
    for path in (trip, large):
        _found, manifest, source = offered(path)
        partial = begun(manifest, here)
        partial.write(0, source.read(0))
        partial.discard()
        assert not partial.write(1, source.read(1)), "what comes late is not kept"
        partial.discard()
        assert names(here) == []


def test_two_in_one_folder_share_the_hidden_one(here: Path, trip: Path, large: Path) -> None:
    (_, one, one_source), (_, other, other_source) = offered(trip), offered(large)
    first, second = begun(one, here), begun(other, here)
    copy(one_source, first)
    second.write(0, other_source.read(0))
    first.finish()
    assert names(here) == [PARTS, "trip"]
    copy(other_source, second)
    second.finish()
    assert names(here) == ["large.bin", "trip"]


def test_the_folder_of_the_target_is_made(here: Path, large: Path) -> None:
    _found, manifest, source = offered(large)
    target = here / "lanchat" / "Kitchen" / "large.bin"
    partial = PartialFiles(manifest, new_part(target, manifest.root), target)
    partial.require_space()
    copy(source, partial)
    assert partial.finish().path == target


def test_what_was_deleted_while_it_came(here: Path, large: Path) -> None:
    _found, manifest, source = offered(large)
    partial = begun(manifest, here)
    copy(source, partial)
    partial.part.unlink()
    with pytest.raises(FileGone):
        partial.read(0)
    with pytest.raises(FileGone):
        partial.finish()
    assert names(here) == [PARTS]
    assert again(partial).done == 0


@pytest.mark.parametrize("what", ["file", "folder"])
def test_what_was_deleted_is_not_finished_with_holes(here: Path, large: Path, trip: Path, what: str) -> None:
    _found, manifest, source = offered(large if what == "file" else trip)
    partial = begun(manifest, here)
    partial.write(0, source.read(0))
    if what == "file":
        partial.part.unlink()
    else:
        (partial.part / "deep" / "er" / "b.bin").unlink()
    with pytest.raises(FileGone):
        copy(source, partial)
    partial.discard()
    fresh = begun(manifest, here)
    copy(source, fresh)
    fresh.finish()
    assert names(here) == [manifest.target_name("")]


def test_a_small_file_that_was_deleted_is_missed_at_the_end(here: Path, trip: Path) -> None:
    _found, manifest, source = offered(trip)
    partial = begun(manifest, here)
    copy(source, partial)
    (partial.part / "a.txt").unlink()
    with pytest.raises(FileGone):
        partial.finish()
    assert names(here) == [PARTS]
    later = again(partial)
    assert later.missing() == [0]
    copy(source, later)
    assert content_of(later.finish().path) == TRIP


def test_several_threads_write_side_by_side(here: Path, tmp_path: Path) -> None:
    chance = random.Random(3)
    files = {f"f{number}": chance.randbytes(chance.randrange(3 * CHUNK)) for number in range(12)}
    _found, manifest, source = offered(written(tmp_path / "there", files))
    partial = begun(manifest, here)

    def pull(seed: int) -> None:
        indexes = list(range(manifest.chunks))
        random.Random(seed).shuffle(indexes)
        for index in indexes:
            partial.write(index, source.read(index))

    threads = [threading.Thread(target=pull, args=(seed,)) for seed in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert partial.done == manifest.size
    assert content_of(partial.finish().path) == files


@settings(max_examples=25)
@given(st.data())
def test_any_files_come_as_they_are(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    sizes = data.draw(st.lists(st.integers(0, 2 * CHUNK), min_size=1, max_size=8))
    files = {f"{number % 3}/{number}": some_bytes(size, number) for number, size in enumerate(sizes)}
    folder = tmp_path_factory.mktemp("any")
    _found, manifest, source = offered(written(folder / "offer", files))
    partial = begun(manifest, folder / "here")
    order = data.draw(st.permutations(range(manifest.chunks)))
    stop = data.draw(st.integers(0, manifest.chunks))
    for index in order[:stop]:
        partial.write(index, source.read(index))
    later = again(partial)
    assert sorted(set(range(manifest.chunks)) - set(later.missing())) == sorted(order[:stop])
    copy(source, later)
    assert content_of(later.finish().path) == files


# --- disks ------------------------------------------------------------------------------------------------------------
def test_there_is_not_enough_space(here: Path, large: Path) -> None:
    _found, manifest, _source = offered(large)
    partial = begun(manifest, here)
    with pytest.raises(NoSpace, match="There is not enough space on the disk: 787 kB needed"):
        partial.require_space(spare=2**60)


def test_a_disk_that_fills_up_in_the_middle(tmp_path: Path, large: Path) -> None:
    _found, manifest, source = offered(large)
    with small_disk(tmp_path / "disk") as disk:
        partial = begun(manifest, disk.folder)
        partial.require_space(spare=0)
        partial.write(0, source.read(0))
        disk.fills_up()
        with pytest.raises(DiskFull):
            copy(source, partial)
        with pytest.raises(NoSpace):
            partial.require_space(spare=0)
        kept = partial.missing()
        assert 0 not in kept
        later = again(partial)
        assert later.missing() == kept
        disk.has_room_again()
        copy(source, later)
        assert later.finish().path.read_bytes() == LARGE


@pytest.mark.skipif(sys.platform != "linux", reason="other systems do not take what they lost for written")
@pytest.mark.parametrize("failing", [errno.EIO, errno.ENOSPC])
@pytest.mark.parametrize("at", ["in the middle", "at the end"])
def test_what_the_disk_did_not_keep_comes_again(
    here: Path, large: Path, failing: int, at: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The system says so once, when it is to write what it had taken; a second time it says that all is well."""
    _found, manifest, source = offered(large)
    if at == "in the middle":
        monkeypatch.setattr(partial_files, "_SYNC_BYTES", 2 * CHUNK)
    partial = begun(manifest, here)

    def loses(descriptor: int) -> None:
        os.pwrite(descriptor, bytes(CHUNK), 0)
        raise OSError(failing, os.strerror(failing))

    with monkeypatch.context() as broken:
        broken.setattr(os, "fdatasync", loses)
        problem = DiskFull if failing == errno.ENOSPC else FileNotKept
        if at == "at the end":
            copy(source, partial)
            with pytest.raises(problem):
                partial.finish()
        else:
            with pytest.raises(problem):
                copy(source, partial)
    assert partial.is_spoiled
    with pytest.raises((FileNotKept, ValueError)):
        partial.finish()
    assert names(here) == [PARTS], "nothing has its own name"
    later = again(partial)
    assert 0 in later.missing()
    copy(source, later)
    assert later.finish().path.read_bytes() == LARGE


def test_a_folder_that_cannot_be_made(here: Path, large: Path) -> None:
    _found, manifest, source = offered(large)
    (here / "file").touch()
    with pytest.raises(FileNotKept, match=r"could not be written.*Choose a folder"):
        begun(manifest, here / "file" / "folder").write(0, source.read(0))


@pytest.mark.skipif(sys.platform != "linux", reason="a limit on the size of files is the shortest way to a failure")
def test_a_file_larger_than_may_be(here: Path, large: Path) -> None:
    import resource
    import signal

    _found, manifest, source = offered(large)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    partial = begun(manifest, here)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (CHUNK, hard))
        partial.write(0, source.read(0))
        with pytest.raises(DiskFull):
            partial.write(1, source.read(1))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, before)
    copy(source, partial)
    assert partial.finish().path.read_bytes() == LARGE
