"""Full disks, folders without permission, other programs: clear words, and nothing lost."""

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest
from people import KITCHEN, Person, as_here, open_store, says, seen

from lanchat.core.model import LogEnd
from lanchat.engine.single_instance import Instance
from lanchat.storage import data_folder
from lanchat.storage.errors import DiskFull, InUse, Locked, NoAccess, ReadOnly, TooNew, WriteFailed
from lanchat.storage.export import export
from lanchat.storage.open_database import look_at
from lanchat.storage.reader import Reader
from lanchat.storage.store import Store
from tests.small_disk import small_disk
from tests.systems import needs_modes

_NOT_ON_WINDOWS = [] if sys.platform == "win32" else ["what?", "\udce9"]  # the second is no UTF-8


def program(folder: Path) -> sqlite3.Connection:
    """Another program that has the database open."""
    return sqlite3.connect(folder / data_folder.DATABASE, isolation_level=None)


# --- the disk ---------------------------------------------------------------------------------------------------------
def leave_pages(store: Store, pages: int) -> None:
    """Let the database grow by so many pages."""
    (used,) = store._database.all("PRAGMA page_count")[0]
    store._database.do(f"PRAGMA max_page_count = {used + pages}")


def test_a_full_disk_keeps_what_was_taken_and_goes_on_when_there_is_room(
    store: Store, reader: Reader, ana: Person
) -> None:
    log = store.log(KITCHEN)
    kept = says(log, ana, "before")
    leave_pages(store, 5)
    refused = ana.writes(*["long " * 800] * 20)
    with pytest.raises(DiskFull, match=r"(?s)safe.*some space"):
        log.append(refused, 1)
    assert log.end() == LogEnd(last=1, head=kept[0].head)
    assert log.after(0, 10) == kept
    leave_pages(store, 1_000)
    log.append(refused, 1)
    assert log.end().last == 21
    assert len(reader.search("long")) == 20


def test_half_a_transaction_is_not_kept_by_going_on_after_a_full_disk(store: Store, ana: Person) -> None:
    leave_pages(store, 5)

    def write_and_go_on() -> None:
        with store.transaction():
            store.outbox(KITCHEN).add(*ana.writes("small"))
            with suppress(DiskFull):
                store.log(KITCHEN).append(ana.writes(*["long " * 800] * 20), 1)

    with pytest.raises(DiskFull):
        write_and_go_on()
    assert store.outbox(KITCHEN).waiting() == []


@pytest.mark.skipif(sys.platform != "linux" or shutil.which("unshare") is None, reason="needs Linux and unshare")
def test_a_disk_that_is_really_full(tmp_path: Path) -> None:
    mounted = subprocess.run(["unshare", "-m", "mount", "-t", "tmpfs", "tmpfs", str(tmp_path)], capture_output=True)
    if mounted.returncode:
        pytest.skip("mounting is not permitted here")
    mount = 'mount -t tmpfs -o size=2m tmpfs "$0" && exec "$@"'
    fill = [sys.executable, str(Path(__file__).with_name("fill_disk.py")), str(tmp_path)]
    told = subprocess.run(["unshare", "-m", "sh", "-c", mount, str(tmp_path), *fill], env=as_here(),
                          capture_output=True, encoding="utf-8", timeout=30)  # fmt: skip
    assert told.stdout.splitlines() == ["DiskFull", "all there", "goes on"], told.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit on the size of files")
def test_a_limit_on_what_may_be_stored_is_named(tmp_path: Path, ana: Person) -> None:
    import resource
    import signal

    with open_store(tmp_path) as store:
        kept = says(store.log(KITCHEN), ana, "before")
        before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN), resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, before[1][1]))
        try:
            with pytest.raises(WriteFailed, match=r"(?s)confirmed.*quota"):
                store.log(KITCHEN).append(ana.writes(*["long " * 800] * 200), 1)
        finally:
            signal.signal(signal.SIGXFSZ, before[0])
            resource.setrlimit(resource.RLIMIT_FSIZE, before[1])
        assert store.log(KITCHEN).after(0, 10) == kept
        says(store.log(KITCHEN), ana, "after")


# --- permissions ------------------------------------------------------------------------------------------------------
@needs_modes
def test_nobody_else_may_read(tmp_path: Path, ana: Person) -> None:
    folder = tmp_path / "data"
    with open_store(folder) as store:
        says(store.log(KITCHEN), ana, "secret")
        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert modes == {"lanchat.db": 0o600, "lanchat.db-wal": 0o600, "lanchat.db-shm": 0o600}


@pytest.fixture
def anyones_folder() -> Iterator[Path]:
    """A folder that everybody may reach, and who may do everything is nobody special in this test."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o777)
    root = os.geteuid() == 0
    if root:
        os.seteuid(65534)
    yield folder
    if root:
        os.seteuid(0)
    for path in [folder, *folder.rglob("*")]:
        path.chmod(0o700)
    shutil.rmtree(folder)


@pytest.mark.parametrize("name", ["a b", "50%", "%20", "#1", "é漢", "a&mode=ro", *_NOT_ON_WINDOWS])
def test_a_folder_may_be_called_anything(tmp_path: Path, ana: Person, name: str) -> None:
    folder = tmp_path / name
    with open_store(folder) as store:
        says(store.log(KITCHEN), ana, "hello")
        with closing(Reader.open(folder)) as reader:
            assert reader.count(KITCHEN) == 1
        store.require_file()
    look_at(folder / data_folder.DATABASE)
    assert [path.name for path in tmp_path.iterdir()] == [name]


@needs_modes
def test_a_folder_that_became_read_only(anyones_folder: Path, ana: Person) -> None:
    folder = anyones_folder / "data"
    with open_store(folder) as store:
        kept = says(store.log(KITCHEN), ana, "hi")
    folder.chmod(0o500)
    with pytest.raises((ReadOnly, NoAccess), match=r"(?s)data folder cannot be.*another folder with --data-dir"):
        Store.open(folder)
    folder.chmod(0o700)
    with open_store(folder) as store:
        assert store.log(KITCHEN).after(0, 10) == kept


@pytest.mark.parametrize("ended", ["well", "killed"])
def test_what_cannot_be_written_to_can_still_be_read(tmp_path: Path, ana: Person, ended: str) -> None:
    """A backup, a disk that is write-protected; also when lanchat was killed and all is in the write-ahead log."""
    with small_disk(tmp_path / "disk") as disk:
        folder = disk.folder / "data"
        with open_store(folder) as store:
            kept = says(store.log(KITCHEN), ana, "hi")
            if ended == "killed":
                shutil.copytree(folder, disk.folder / "as it was")
                folder = disk.folder / "as it was"
        disk.becomes_read_only()
        with closing(Reader.open(folder)) as reader:
            assert reader.newest(KITCHEN, 10) == seen(kept)
            count = export(reader, KITCHEN, tmp_path / "kitchen.txt", "txt")
        assert count == 1


@needs_modes
def test_files_that_became_read_only(anyones_folder: Path) -> None:
    folder = anyones_folder / "data"
    with open_store(folder):
        pass
    (folder / data_folder.DATABASE).chmod(0o400)
    with pytest.raises((ReadOnly, NoAccess)):
        Store.open(folder)


@needs_modes
def test_a_folder_that_may_not_be_made(anyones_folder: Path) -> None:
    anyones_folder.joinpath("shut").mkdir(0o500)
    for action in (data_folder.data_dir, Store.open, Instance.take):
        with pytest.raises(NoAccess, match="Check who owns it"):
            action(anyones_folder / "shut" / "data")


def test_a_file_where_the_folder_should_be(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("not a folder", "utf-8")
    with pytest.raises(NoAccess) as told:
        data_folder.data_dir(tmp_path / "data")
    assert str(told.value).endswith(f"Data folder: {tmp_path / 'data'}")
    with pytest.raises(NoAccess, match="data folder cannot be opened"):
        Store.open(tmp_path / "data")
    assert (tmp_path / "data").read_text("utf-8") == "not a folder"


def test_reading_where_nothing_was_written(tmp_path: Path) -> None:
    with pytest.raises(NoAccess):
        Reader.open(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_reader_cannot_write(store: Store, reader: Reader) -> None:
    with pytest.raises(ReadOnly):
        reader._database.do("DELETE FROM rooms")


# --- other programs ---------------------------------------------------------------------------------------------------
def test_another_program_holds_the_database(tmp_path: Path, ana: Person) -> None:
    with open_store(tmp_path) as store, closing(program(tmp_path)) as browser:
        entries = ana.writes("hi")
        browser.execute("BEGIN IMMEDIATE")
        with pytest.raises(Locked, match=r"(?s)Another program.*safe.*Close that program"):
            store.log(KITCHEN).append(entries, 1)
        assert store.log(KITCHEN).end().last == 0, "reading goes on"
        browser.execute("COMMIT")
        store.log(KITCHEN).append(entries, 1)
        assert store.log(KITCHEN).end().last == 1


def test_another_program_holds_the_database_from_the_start(tmp_path: Path) -> None:
    with open_store(tmp_path):
        pass
    with closing(program(tmp_path)) as browser:
        browser.executescript("PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = DELETE; BEGIN EXCLUSIVE")
        with pytest.raises(Locked):
            Store.open(tmp_path, patience=0.05)
        with pytest.raises(Locked):
            Reader.open(tmp_path, patience=0.05)
    with open_store(tmp_path) as store:
        assert [record.room_id for record in store.rooms()] == [KITCHEN]


def test_a_database_of_a_newer_lanchat_is_left_alone(tmp_path: Path) -> None:
    with open_store(tmp_path), closing(program(tmp_path)) as newer:
        newer.execute("PRAGMA user_version = 999")
    before = (tmp_path / data_folder.DATABASE).read_bytes()
    for opens in (Store.open, Reader.open):
        with pytest.raises(TooNew, match=r"(?s)newer lanchat.*Nothing in it was changed"):
            opens(tmp_path)
    assert (tmp_path / data_folder.DATABASE).read_bytes() == before


def test_only_one_lanchat_for_a_folder(tmp_path: Path) -> None:
    first = Instance.take(tmp_path / "data")
    with pytest.raises(InUse, match=r"(?s)Another lanchat.*--data-dir"):
        Instance.take(tmp_path / "data")
    Instance.take(tmp_path / "other").release()
    first.release()
    Instance.take(tmp_path / "data").release()


def test_a_killed_lanchat_lets_go_of_its_folder(tmp_path: Path) -> None:
    code = "import sys; from pathlib import Path; from lanchat.engine.single_instance import Instance\n"
    code += "held = Instance.take(Path(sys.argv[1])); print('held', flush=True); sys.stdin.read()"
    with subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                          env=as_here()) as other:  # fmt: skip
        assert other.stdout is not None
        assert other.stdout.readline() == b"held" + os.linesep.encode()
        with pytest.raises(InUse):
            Instance.take(tmp_path)
        other.kill()
    Instance.take(tmp_path).release()


def test_the_words_name_nobody(tmp_path: Path, ana: Person) -> None:
    with open_store(tmp_path) as store, closing(program(tmp_path)) as browser:
        browser.execute("BEGIN IMMEDIATE")
        with pytest.raises(Locked) as caught:
            says(store.log(KITCHEN), ana, "my secret")
        assert "secret" not in str(caught.value) + str(caught.value.__cause__)
