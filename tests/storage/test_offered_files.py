"""What is offered: files and folders are found and hashed; what changes meanwhile is noticed."""

from __future__ import annotations

import hashlib
import os
import socket
import sys
from pathlib import Path

import pytest
from file_samples import offered, some_bytes, written

from lanchat.core.file_manifest import CHUNK, Manifest
from lanchat.core.file_offer import FILES_MOST
from lanchat.storage import offered_files
from lanchat.storage.chunk_files import WholeFiles
from lanchat.storage.errors import CannotOffer, ChangedSinceOffered, FileGone, FileNotRead
from lanchat.storage.offered_files import find_files, hash_files
from lanchat.storage.partial_files import PARTS, WorkStopped
from tests.systems import needs_links

needs_pipes = pytest.mark.skipif(sys.platform == "win32", reason="pipes and sockets are no files there")


def names(*paths: Path) -> list[str]:
    return [file.path for file in offered(*paths)[1].files]


def test_a_file(tmp_path: Path) -> None:
    content = some_bytes(2 * CHUNK + 7)
    written(tmp_path, {"report.pdf": content})
    found, manifest, source = offered(tmp_path / "report.pdf")
    assert (found.name, found.size, found.path) == ("report.pdf", len(content), tmp_path / "report.pdf")
    assert names(tmp_path / "report.pdf") == ["report.pdf"]
    assert b"".join(source.read(index) for index in range(manifest.chunks)) == content
    assert manifest.hash(2) == hashlib.sha256(content[2 * CHUNK :]).digest()
    assert Manifest.decode(manifest.content, manifest.root, len(content), 1).files == manifest.files


def test_a_folder_in_order(tmp_path: Path) -> None:
    written(tmp_path / "trip", {"b": b"2", "a/z": b"", "a/y": b"1", ".hidden": b"3"})
    found, manifest, source = offered(tmp_path / "trip")
    assert found.name == "trip"
    assert names(tmp_path / "trip") == ["trip/.hidden", "trip/a/y", "trip/a/z", "trip/b"]
    assert source.read(0) == b"312"
    assert manifest.chunks == 1


def test_files_and_folders_together(tmp_path: Path) -> None:
    written(tmp_path, {"one/same.txt": b"1", "two/same.txt": b"2", "one/more": b"3"})
    found, _manifest, source = offered(tmp_path / "one" / "same.txt", tmp_path / "two" / "same.txt", tmp_path / "one")
    assert found.name == "same.txt and 2 more"
    assert found.names == ("same.txt", "same (2).txt", "one/more", "one/same.txt")
    assert source.read(0) == b"1231"


def test_the_same_file_twice_is_one(tmp_path: Path) -> None:
    written(tmp_path, {"a": b"1"})
    (tmp_path / "empty").mkdir()
    found, _manifest, _source = offered(tmp_path / "a", tmp_path / "." / "a", tmp_path / "empty")
    assert (found.name, found.names) == ("a", ("a",))


def test_the_same_files_have_the_same_root_wherever_they_are(tmp_path: Path) -> None:
    for folder in ("one", "two"):
        written(tmp_path / folder / "trip", {"b": b"2", "a": some_bytes(CHUNK)})
    assert offered(tmp_path / "one" / "trip")[1].root == offered(tmp_path / "two" / "trip")[1].root


@needs_links
@needs_pipes
def test_links_are_not_followed_and_what_is_no_file_is_left_out(tmp_path: Path) -> None:
    written(tmp_path / "secret", {"key": b"private"})
    trip = written(tmp_path / "trip", {"a": b"1", f"{PARTS}/x/y": b"ours"})
    (trip / "link").symlink_to(tmp_path / "secret" / "key")
    (trip / "folder").symlink_to(tmp_path / "secret")
    (trip / "round").symlink_to(trip)
    (trip / "nowhere").symlink_to("not there")
    os.mkfifo(trip / "pipe")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(os.path.relpath(trip / "socket"))
        assert names(trip) == ["trip/a"]


@needs_links
def test_a_link_that_the_person_chose_is_what_it_leads_to(tmp_path: Path) -> None:
    written(tmp_path, {"there/a.txt": b"1"})
    (tmp_path / "link.txt").symlink_to(tmp_path / "there" / "a.txt")
    (tmp_path / "folder").symlink_to(tmp_path / "there")
    found, _manifest, source = offered(tmp_path / "link.txt")
    assert (found.name, source.read(0)) == ("link.txt", b"1")
    assert names(tmp_path / "folder") == ["folder/a.txt"]


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere every name of a file is Unicode")
def test_a_name_that_is_no_unicode(tmp_path: Path) -> None:
    (tmp_path / os.fsdecode(b"caf\xe9.txt")).write_bytes(b"1")
    found, manifest, source = offered(tmp_path / os.fsdecode(b"caf\xe9.txt"))
    assert (found.name, names(found.path)) == ("caf.txt", ["caf.txt"])
    assert manifest.content
    assert source.read(0) == b"1"


def test_what_cannot_be_offered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "empty" / "folders").mkdir(parents=True)
    with pytest.raises(CannotOffer, match="contains no files"):
        find_files([tmp_path / "empty"])
    with pytest.raises(CannotOffer, match="contains no files"):
        find_files([])
    with pytest.raises(FileGone):
        find_files([tmp_path / "not there"])
    written(tmp_path / "many", {str(number): b"" for number in range(5)})
    monkeypatch.setattr(offered_files, "FILES_MOST", 4)
    with pytest.raises(CannotOffer, match="more than 4 files"):
        find_files([tmp_path / "many"])
    assert FILES_MOST == 50_000


@needs_pipes
def test_a_pipe_cannot_be_offered(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(CannotOffer, match="pipe is neither a file nor a folder"):
        find_files([tmp_path / "pipe"])


@pytest.mark.skipif(sys.platform == "win32", reason="files with holes are made otherwise there")
def test_what_is_too_large_is_refused_before_it_is_read(tmp_path: Path) -> None:
    with (tmp_path / "huge").open("wb") as file:
        file.truncate(200 * 1024**3)
    with pytest.raises(CannotOffer, match="larger than 137 GB"):
        find_files([tmp_path / "huge"])


@pytest.mark.parametrize("how", ["content", "longer", "shorter", "gone", "other"])
def test_what_changes_between_finding_and_hashing(tmp_path: Path, how: str) -> None:
    path = written(tmp_path, {"a": some_bytes(CHUNK)}) / "a"
    found = find_files([path])
    change(path, how)
    with pytest.raises(FileGone if how == "gone" else ChangedSinceOffered):
        hash_files(found)


@pytest.mark.parametrize("how", ["content", "longer", "shorter", "gone", "other", "pipe", "folder", "link"])
def test_an_original_that_changes_later_is_noticed(tmp_path: Path, how: str) -> None:
    path = written(tmp_path, {"a": some_bytes(2 * CHUNK)}) / "a"
    _found, _manifest, source = offered(path)
    change(path, how)
    gone = {"gone": FileGone, "link": FileNotRead, "folder": ChangedSinceOffered}
    for index in (0, 1):
        with pytest.raises(gone.get(how, ChangedSinceOffered)):
            source.read(index)


def change(path: Path, how: str) -> None:
    before = path.stat()
    match how:
        case "content":
            path.write_bytes(bytes(before.st_size))
            os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns + 1_000))
        case "longer":
            path.write_bytes(path.read_bytes() + b"x")
            os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
        case "shorter":
            os.truncate(path, before.st_size - 1)
            os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
        case _:
            path.unlink()
    match how:
        case "other":
            path.write_bytes(b"another")
        case "pipe":
            if sys.platform == "win32":
                pytest.skip("no pipes among files")
            os.mkfifo(path)
        case "folder":
            if sys.platform == "win32":
                pytest.skip("a folder is opened otherwise there")
            path.mkdir()
        case "link":
            if sys.platform == "win32":
                pytest.skip("a link needs a privilege there")
            path.with_name("b").write_bytes(bytes(before.st_size))
            path.symlink_to(path.with_name("b"))


def test_progress_is_told_and_it_can_be_stopped(tmp_path: Path) -> None:
    found = find_files([written(tmp_path / "f", {"a": some_bytes(3 * CHUNK), "b": b"1"})])
    told: list[tuple[int, int]] = []
    manifest = hash_files(found, lambda done, size: told.append((done, size)))
    size = 3 * CHUNK + 1
    assert told == [(CHUNK, size), (2 * CHUNK, size), (3 * CHUNK, size), (size, size)]
    with pytest.raises(WorkStopped):
        hash_files(found, stop=lambda: True)
    assert WholeFiles(manifest, found.stamps).has(3)
    assert not WholeFiles(manifest, found.stamps).has(4)
