"""Damaged databases: set aside, and all that can be read is kept."""

from __future__ import annotations

import random
import shutil
import sqlite3
import tracemalloc
from contextlib import closing
from pathlib import Path

import pytest
from people import GARDEN, KITCHEN, Person, open_store, says, seen, taken

from lanchat.core.model import START, Card, LogEntry, MemberKey
from lanchat.storage import data_folder, salvage
from lanchat.storage.database_pages import Pages
from lanchat.storage.errors import Corrupt, Gap
from lanchat.storage.guest_code_rows import GuestCodeRecord
from lanchat.storage.reader import Reader
from lanchat.storage.records import RoomRecord
from lanchat.storage.store import Store

PAGE = 4096
PIN = MemberKey(b"p" * 32)


class Kept:
    """A folder with a hosted kitchen, a replica of the garden and an Outbox; and what is in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.file = folder / data_folder.DATABASE
        self.ana = Person()
        with open_store(folder, KITCHEN) as store:
            store.put_room(RoomRecord(GARDEN, "Garden", PIN))
            store.log(GARDEN).start(1, 0, START)
            store.put_cards([Card(self.ana.identity.key, "Ana", 1, bytes(64))])
            self.kitchen = says(store.log(KITCHEN), self.ana, *(f"soup number {number} " * 9 for number in range(900)))
            self.garden = taken(
                store.log(GARDEN).append(
                    self.ana.writes(*(f"rose {number}" for number in range(50)), room_id=GARDEN), 1_000_000
                )
            )
            for text in ("first", "second"):
                counter = store.outbox(GARDEN).next_counter(self.ana.identity.device_id)
                self.ana.counter = counter - 1
                store.outbox(GARDEN).add(*self.ana.writes(text, room_id=GARDEN))
            self.waiting = store.outbox(GARDEN).waiting()

    def pages_of(self, table: str) -> list[int]:
        """The offsets of a table's leaf pages. Not by `dbstat`, which SQLite for Windows lacks.

        https://sqlite.org/fileformat2.html#b_tree_pages
        """
        content = self.file.read_bytes()

        def number(at: int, size: int) -> int:
            return int.from_bytes(content[at : at + size], "big")

        def leaves(page: int) -> list[int]:
            start = (page - 1) * PAGE
            if content[start] in (0x0A, 0x0D):
                return [start]
            cells = (start + number(start + 12 + 2 * index, 2) for index in range(number(start + 3, 2)))
            children = [*(number(cell, 4) for cell in cells), number(start + 8, 4)]
            return [leaf for child in children for leaf in leaves(child)]

        return leaves(self.root_of(table) // PAGE + 1)

    def root_of(self, table: str) -> int:
        """The offset of a table's first page."""
        with closing(sqlite3.connect(self.file)) as database:
            (root,) = database.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (table,)).fetchone()
        return (int(root) - 1) * PAGE

    def overwrite(self, offset: int, garbage: bytes) -> None:
        with self.file.open("r+b") as file:
            file.seek(offset)
            file.write(garbage)

    def open_again(self) -> Store:
        """The store, which must have found the damage."""
        store = Store.open(self.folder)
        assert len(store.notices) == 1
        assert "damaged" in store.notices[0]
        return store


@pytest.fixture
def kept(tmp_path: Path) -> Kept:
    return Kept(tmp_path)


def test_a_damaged_page_of_a_log_costs_what_is_on_it_only(kept: Kept) -> None:
    pages = kept.pages_of("entries")
    kept.overwrite(pages[len(pages) // 2], random.Random(1).randbytes(PAGE))
    damaged = kept.file.read_bytes()
    with closing(kept.open_again()) as store:
        log, end = store.log(KITCHEN), store.log(KITCHEN).end()
        assert (end.last, end.head) == (900, kept.kitchen[-1].head)
        assert 300 < end.base < 600
        assert end.base_head == kept.kitchen[end.base - 1].head
        assert log.after(0, 10_000) == kept.kitchen[end.base :]
        assert log.missing
        with closing(Reader.open(kept.folder)) as reader:
            there = reader.after(KITCHEN, 0, 10_000)
            assert reader.count(KITCHEN) == len(there) > 900 - 20
        assert there == [seen(kept.kitchen)[message.seq - 1] for message in there]
        assert (end.epoch, store.log(GARDEN).end().epoch) == (1, 1), "the next opening begins another one"
        assert store.log(GARDEN).after(0, 1_000) == kept.garden
        (after,) = says(log, Person(), "we go on")
        assert (after.seq, after.epoch) == (901, 1)
        assert "lanchat.db.damaged-1" in store.notices[0]
    assert (kept.folder / "lanchat.db.damaged-1").read_bytes() == damaged


@pytest.mark.parametrize("word", [b"soup number 0 ", b"soup number 450 ", b"soup number 898 "])
@pytest.mark.parametrize("bit", [0x01, 0x20, 0x80])
def test_a_flipped_bit_costs_nothing(kept: Kept, word: bytes, bit: int) -> None:
    place = kept.file.read_bytes().index(word)
    kept.overwrite(place, bytes([word[0] ^ bit]))
    with closing(Store.open(kept.folder)) as store, pytest.raises(Corrupt):
        store.log(KITCHEN).after(0, 10_000)
    with closing(kept.open_again()) as store:
        assert store.log(KITCHEN).after(0, 10_000) == kept.kitchen
        assert not store.log(KITCHEN).missing


@pytest.mark.parametrize("column", ["head", "signature"])
def test_a_flipped_bit_in_what_proves_an_entry_costs_nothing(kept: Kept, column: str) -> None:
    with closing(sqlite3.connect(kept.file)) as database:
        (value,) = database.execute(f"SELECT {column} FROM entries ORDER BY id LIMIT 1 OFFSET 449").fetchone()
    kept.overwrite(kept.file.read_bytes().index(value) + 5, bytes([value[5] ^ 4]))
    with closing(Store.open(kept.folder)) as store, pytest.raises(Corrupt):
        store.log(KITCHEN).after(0, 10_000)
    with closing(kept.open_again()) as store:
        assert store.log(KITCHEN).after(0, 10_000) == kept.kitchen


def test_the_end_of_the_file_is_missing(kept: Kept) -> None:
    size = kept.file.stat().st_size
    with kept.file.open("r+b") as file:
        file.truncate(size * 2 // 3 // PAGE * PAGE)
    with closing(kept.open_again()) as store:
        end = store.log(KITCHEN).end()
        assert 850 < end.base == end.last <= 901, "members may have up to 900, as what is left of the index tells"
        with closing(Reader.open(kept.folder)) as reader:
            there = reader.after(KITCHEN, 0, 1_000)
        assert len(there) > 400
        assert there == seen(kept.kitchen[: len(there)])
        assert says(store.log(KITCHEN), Person(), "we go on")[0].seq == end.last + 1


def test_a_damaged_search_index_costs_nothing(kept: Kept) -> None:
    for offset in kept.pages_of("words_data")[1:]:
        kept.overwrite(offset, bytes(PAGE))
    with closing(kept.open_again()) as store:
        assert store.log(KITCHEN).after(0, 10_000) == kept.kitchen
        assert store.log(GARDEN).after(0, 10_000) == kept.garden
        reader = Reader.open(kept.folder)
        assert [hit.message.seq for hit in reader.search("rose 49")] == [50]
        reader.close()


def test_a_search_index_that_only_a_search_finds_damaged_is_made_anew_at_the_next_start(kept: Kept) -> None:
    with closing(sqlite3.connect(kept.file)) as database, database:
        database.execute("UPDATE words_data SET block = substr(block, 1, 40) WHERE id > 10")
    with closing(Store.open(kept.folder)) as store, closing(Reader.open(kept.folder)) as reader:
        told = list(store.notices)  # SQLite 3.44 and later look into the index when the database is opened
        if not told:
            with pytest.raises(Corrupt):
                reader.search("soup")
    with closing(Store.open(kept.folder)) as store, closing(Reader.open(kept.folder)) as reader:
        assert store.log(KITCHEN).after(0, 10_000) == kept.kitchen
        assert len(reader.search("soup", limit=1_000)) == 900
        (notice,) = [*told, *store.notices]
        assert "damaged" in notice


def test_pins_cards_outbox_and_counters_survive_a_damaged_log(kept: Kept) -> None:
    for offset in kept.pages_of("entries"):
        kept.overwrite(offset, random.Random(2).randbytes(PAGE))
    ana = kept.ana.identity
    with closing(kept.open_again()) as store:
        garden = store.room(GARDEN)
        assert garden is not None
        assert garden.owner == PIN
        assert store.outbox(GARDEN).waiting() == kept.waiting
        assert store.outbox(GARDEN).next_counter(ana.device_id) == kept.ana.counter + 1
        assert [card.nick for card in store.cards([ana.key])] == ["Ana"]
        assert store.log(GARDEN).after(0, 10) == []


def test_codes_for_phones_survive_a_damaged_log(kept: Kept) -> None:
    codes = [GuestCodeRecord(b"s" * 16, 1, None, 2, {PIN: 7}), GuestCodeRecord(b"t" * 16, 3, 4, 3)]
    with open_store(kept.folder, KITCHEN) as store:
        store.put_guest_codes(KITCHEN, codes, 29750)
    for offset in kept.pages_of("entries"):
        kept.overwrite(offset, random.Random(2).randbytes(PAGE))
    with closing(kept.open_again()) as store:
        assert (store.guest_codes(KITCHEN), store.guest_port(KITCHEN)) == (codes, 29750)
        assert store.banned(KITCHEN) == store.admitted(KITCHEN) == set()


def test_an_outbox_entry_that_is_not_what_was_written_is_not_sent(kept: Kept) -> None:
    (page,) = kept.pages_of("outbox")
    content = kept.file.read_bytes()
    kept.overwrite(content.index(b"second", page), b"forged")
    kept.overwrite(kept.pages_of("words_data")[1], bytes(PAGE))
    with closing(kept.open_again()) as store:
        assert store.outbox(GARDEN).waiting() == kept.waiting[:1]


def test_no_database_at_all(kept: Kept) -> None:
    kept.file.write_bytes(b"this is not a database" * 1_000)
    with closing(kept.open_again()) as store:
        assert store.rooms() == []
    Store.open(kept.folder).close()
    kept.file.write_bytes(b"nor is this" * 1_000)
    kept.open_again().close()
    names = sorted(path.name for path in kept.folder.iterdir())
    assert names == ["lanchat.db", "lanchat.db.damaged-1", "lanchat.db.damaged-2"]


def test_bit_rot_that_sqlite_cannot_see_is_never_shown(kept: Kept) -> None:
    place = kept.file.read_bytes().index(b"soup number 450")
    kept.overwrite(place, b"SOAP")
    with open_store(kept.folder) as store:
        assert store.notices == ()
        reader = Reader.open(kept.folder)
        assert reader.newest(KITCHEN, 100) == seen(kept.kitchen[800:])
        for reads in (lambda: reader.around(KITCHEN, 451, 10), lambda: store.log(KITCHEN).before(500, 100),
                      lambda: reader.search("soup 450")):  # fmt: skip
            with pytest.raises(Corrupt, match="Start lanchat again"):
                reads()
        reader.close()
    with closing(kept.open_again()) as store:
        end = store.log(KITCHEN).end()
        assert (end.base, end.last) == (451, 900)
        assert store.log(KITCHEN).after(0, 1_000) == kept.kitchen[451:]
        assert store.log(KITCHEN).head_at(450) is None
        with closing(Reader.open(kept.folder)) as reader:
            assert reader.after(KITCHEN, 0, 1_000) == seen(kept.kitchen[:450] + kept.kitchen[451:])
    Store.open(kept.folder).close()
    assert not (kept.folder / "lanchat.db.suspect").exists()


@pytest.mark.parametrize("rotten", ["soup number 899", "soup number 0"])
def test_bit_rot_at_an_end_of_a_hosts_log(kept: Kept, rotten: str) -> None:
    """Members have the last one, so its number is not given out anew."""
    kept.overwrite(kept.file.read_bytes().index(rotten.encode() + b" soup"), b"SOAP")
    with open_store(kept.folder) as store, pytest.raises(Corrupt):
        store.log(KITCHEN).after(0, 1_000)
    with closing(kept.open_again()) as store:
        log, end = store.log(KITCHEN), store.log(KITCHEN).end()
        lost = 900 if rotten.endswith("899") else 1
        assert (end.base, end.last, end.head) == (lost, 900, kept.kitchen[-1].head)
        assert log.missing
        assert says(log, Person(), "we go on")[0].seq == 901
        with closing(Reader.open(kept.folder)) as reader:
            there = [item.seq for item in reader.after(KITCHEN, 0, 1_000)]
        assert there == [seq for seq in range(1, 902) if seq != lost]


@pytest.mark.parametrize("lost", [1, 20, 50])
def test_a_member_goes_on_from_what_is_certain(kept: Kept, lost: int) -> None:
    with closing(Store.open(kept.folder)) as store:
        store.put_room(RoomRecord(GARDEN, "Garden", PIN))
    kept.overwrite(kept.file.read_bytes().rindex(f"rose {lost - 1}".encode()), b"ROSE")
    with closing(Store.open(kept.folder)) as store, pytest.raises(Corrupt):
        store.log(GARDEN).after(0, 1_000)
    with closing(kept.open_again()) as store:
        end = store.log(GARDEN).end()
        assert (end.base, end.last) == ((0, 49) if lost == 50 else (lost, 50))
        assert store.log(GARDEN).missing is (lost != 50)


def test_a_head_is_worked_out_anew_where_the_entries_around_it_are_sound(kept: Kept) -> None:
    with closing(sqlite3.connect(kept.file)) as database:
        database.execute("UPDATE entries SET head = zeroblob(32) WHERE CAST(body AS TEXT) = 'rose 40'")
        database.execute("UPDATE entries SET head = zeroblob(32) WHERE CAST(body AS TEXT) LIKE 'soup number 450 %'")
        database.commit()
    (kept.folder / "lanchat.db.suspect").touch()
    with closing(kept.open_again()) as store:
        assert store.log(KITCHEN).after(0, 1_000) == kept.kitchen
        assert not store.log(KITCHEN).missing
        assert store.log(GARDEN).after(0, 1_000) == kept.garden


def test_an_entry_that_stands_alone_with_a_wrong_head_spoils_nothing_after_it(kept: Kept) -> None:
    with closing(sqlite3.connect(kept.file)) as database, database:
        (number,) = database.execute("SELECT id FROM entries WHERE head = ?", (kept.kitchen[449].head,)).fetchone()
        flipped = bytes([kept.kitchen[450].head[0] ^ 1, *kept.kitchen[450].head[1:]])
        database.execute("DELETE FROM entries WHERE id = ?", (number,))
        database.execute("UPDATE entries SET head = ? WHERE id = ?", (flipped, number + 1))
    (kept.folder / "lanchat.db.suspect").touch()
    with closing(kept.open_again()) as store, closing(Reader.open(kept.folder)) as reader:
        there = reader.after(KITCHEN, 0, 10_000)
        assert there == [message for message in seen(kept.kitchen) if message.seq != 450]
        assert store.log(KITCHEN).after(0, 10_000) == kept.kitchen[451:]
    with closing(Store.open(kept.folder)) as store:
        assert not store.notices


def test_what_is_missing_comes_back_page_by_page_and_meets_what_was_kept(kept: Kept) -> None:
    for lost in (b"soup number 300 ", b"soup number 301 ", b"soup number 600 "):
        kept.overwrite(kept.file.read_bytes().index(lost + b"soup"), b"SOAP")
    (kept.folder / "lanchat.db.suspect").touch()
    with closing(kept.open_again()) as store, closing(Reader.open(kept.folder)) as reader:
        log = store.log(KITCHEN)
        assert reader.count(KITCHEN) == 897
        assert log.end().base == 601
        log.prepend(kept.kitchen[590:601], kept.kitchen[589].head)
        assert (log.end().base, log.missing) == (302, True)
        with pytest.raises(Gap):
            log.prepend(kept.kitchen[590:601], kept.kitchen[589].head)
        log.prepend(kept.kitchen[250:302], kept.kitchen[249].head)
        assert (log.end().base, log.missing) == (0, False)
        assert log.after(0, 1_000) == kept.kitchen
        assert reader.after(KITCHEN, 0, 1_000) == seen(kept.kitchen)
        assert [hit.message.seq for hit in reader.search("soup 300")] == [301]
    with closing(Store.open(kept.folder)) as store:
        assert store.log(KITCHEN).after(0, 1_000) == kept.kitchen


def test_a_room_with_parts_can_be_forgotten(kept: Kept) -> None:
    kept.overwrite(kept.file.read_bytes().index(b"soup number 600 soup"), b"SOAP")
    (kept.folder / "lanchat.db.suspect").touch()
    with closing(kept.open_again()) as store:
        store.forget_room(KITCHEN)
        assert [record.room_id for record in store.rooms()] == [GARDEN]
        assert store._database.all("SELECT count(*) FROM entries") == [(50,)]


@pytest.mark.parametrize("what", ["header", "rooms", "members", "writers", "above", "counters"])
@pytest.mark.parametrize("lost", [bytes(PAGE), random.Random(4).randbytes(PAGE)], ids=["zeroed", "random"])
def test_no_page_but_their_own_is_needed_for_entries(kept: Kept, what: str, lost: bytes) -> None:
    if what == "header":
        start = 0
    elif what == "above":
        start = kept.root_of("entries")
    else:
        (start,) = kept.pages_of(what)
    kept.overwrite(start, lost)
    with closing(kept.open_again()) as store, closing(Reader.open(kept.folder)) as reader:
        assert reader.after(KITCHEN, 0, 1_000) == seen(kept.kitchen)
        assert reader.after(GARDEN, 0, 1_000) == seen(kept.garden)
        assert store.outbox(GARDEN).waiting() == kept.waiting
        assert store.outbox(GARDEN).next_counter(kept.ana.identity.device_id) == kept.ana.counter + 1


@pytest.mark.parametrize("seed", range(36))
def test_whatever_is_damaged_what_is_on_sound_pages_stays(kept: Kept, seed: int) -> None:
    chance = random.Random(seed)
    sound = kept.file.read_bytes()
    content = bytearray(sound)
    match seed % 4:
        case 0:
            for start in chance.sample(range(0, len(content), PAGE), 3):
                content[start : start + PAGE] = bytes(PAGE)
        case 1:
            start = PAGE * chance.randrange(len(content) // PAGE)
            content[start : start + PAGE] = chance.randbytes(PAGE)
        case 2:
            del content[chance.randrange(len(content) // 2, len(content)) :]
        case _:
            for _ in range(20):
                content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
    content += bytes(-len(content) % PAGE)
    kept.file.write_bytes(content)
    (kept.folder / "lanchat.db.suspect").touch()
    expected = set()
    for item in kept.kitchen + kept.garden:
        start = sound.index(item.head) // PAGE * PAGE
        if content[start : start + PAGE] == sound[start : start + PAGE]:
            expected.add(item.entry.entry_id)
    with closing(Store.open(kept.folder)) as store, closing(Reader.open(kept.folder)) as reader:
        shown = [message for record in store.rooms() for message in reader.newest(record.room_id, 10_000)]
        there = {message.message_id for message in shown}
        assert expected - there == set()
        written = {message.message_id: message for message in seen(kept.kitchen + kept.garden)}
        assert all(message.text == written[message.message_id].text for message in shown)
    Store.open(kept.folder).close()
    with closing(Store.open(kept.folder)) as store:
        assert not store.notices


# --- the write-ahead log of a lanchat that was killed ----------------------------------------------------------------
FRAME = 24 + PAGE


class Killed:
    """A folder as a killed lanchat leaves it; what it wrote last, in 50 transactions, is in the log alone."""

    def __init__(self, folder: Path, aside: Path) -> None:
        self.folder = folder
        self.log = folder / f"{data_folder.DATABASE}-wal"
        folder.mkdir()
        with open_store(aside, KITCHEN) as store:
            store.settle()
            ana = Person()
            self.written = [says(store.log(KITCHEN), ana, f"soup number {number}")[0] for number in range(50)]
            for name in (data_folder.DATABASE, self.log.name):
                shutil.copy(aside / name, folder)

    def flip(self, at: int) -> None:
        content = bytearray(self.log.read_bytes())
        content[at] ^= 4
        self.log.write_bytes(content)


@pytest.fixture
def killed(tmp_path: Path) -> Killed:
    return Killed(tmp_path / "killed", tmp_path / "aside")


@pytest.mark.parametrize(
    "at", [9, 18, 30, 32 + 9, 32 + 1, 32 + 30, 32 + 20 * FRAME + 10, 32 + 20 * FRAME + 20, 32 + 20 * FRAME + 2_000],
)  # fmt: skip
def test_one_wrong_bit_in_the_log_drops_nothing_that_comes_after_it(killed: Killed, at: int) -> None:
    killed.flip(at)
    with closing(Store.open(killed.folder)) as store:
        assert "damaged" in store.notices[0]
        assert store.log(KITCHEN).after(0, 100) == killed.written
    with closing(Store.open(killed.folder)) as store:
        assert not store.notices


@pytest.mark.parametrize("flipped", [None, 30, 32 + 20 * FRAME + 20])
def test_the_log_of_a_database_that_is_empty_now_is_kept(tmp_path: Path, flipped: int | None) -> None:
    with open_store(tmp_path / "aside", KITCHEN) as store:
        written = says(store.log(KITCHEN), Person(), *(f"soup number {number}" for number in range(50)))
        killed = Killed(tmp_path / "killed", tmp_path / "aside 2")
        for name in (data_folder.DATABASE, killed.log.name):
            shutil.copy(tmp_path / "aside" / name, killed.folder)
    (killed.folder / data_folder.DATABASE).write_bytes(b"")
    if flipped is not None:
        killed.flip(flipped)
    with closing(Store.open(killed.folder)) as store:
        assert "damaged" in store.notices[0]
        assert store.log(KITCHEN).after(0, 100) == written
    with closing(Store.open(killed.folder)) as store:
        assert not store.notices


@pytest.mark.parametrize("empty", [False, True])
def test_who_only_reads_drops_nothing_of_a_damaged_log(killed: Killed, *, empty: bool) -> None:
    if empty:
        (killed.folder / data_folder.DATABASE).write_bytes(b"")
    else:
        killed.flip(32 + 20 * FRAME + 2_000)
    before = killed.log.read_bytes()
    with pytest.raises(Corrupt):
        Reader.open(killed.folder, alone=True)
    assert killed.log.read_bytes() == before


def test_who_reads_beside_a_lanchat_finds_no_damage(killed: Killed, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = killed.log.read_bytes()
    killed.flip(32 + 20 * FRAME + 2_000)  # as it looks in the middle of a write
    monkeypatch.setattr("time.sleep", lambda _seconds: killed.log.write_bytes(whole))
    with closing(Reader.open(killed.folder, alone=True)) as reader:
        assert reader.after(KITCHEN, 0, 100) == seen(killed.written)


def test_somebody_who_removed_the_database_begins_anew(killed: Killed) -> None:
    (killed.folder / data_folder.DATABASE).unlink()
    with closing(Store.open(killed.folder)) as store:
        assert not store.notices
        assert not store.rooms()


def test_a_wrong_number_of_a_page_in_the_log_takes_no_memory(killed: Killed) -> None:
    content = bytearray(killed.log.read_bytes())
    last = 32 + (len(content) - 32) // FRAME * FRAME - FRAME
    content[last : last + 8] = (5_000_000).to_bytes(4, "big") * 2
    killed.log.write_bytes(content)
    tracemalloc.start()
    with closing(Pages(killed.folder / data_folder.DATABASE)):
        _now, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 20_000_000


def test_a_log_that_ends_in_what_was_being_written_is_no_damage(killed: Killed) -> None:
    frames = (killed.log.stat().st_size - 32) // FRAME
    killed.flip(32 + (frames - 1) * FRAME + 100)
    with closing(Store.open(killed.folder)) as store:
        assert not store.notices
        assert store.log(KITCHEN).after(0, 100) == killed.written[:49]


@pytest.mark.parametrize("step", ["salvage", "set aside", "finish"])
def test_a_rebuilding_that_is_stopped_loses_nothing(kept: Kept, step: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for offset in kept.pages_of("entries"):
        kept.overwrite(offset, random.Random(2).randbytes(PAGE))

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        match step:
            case "salvage":
                patched.setattr(salvage, "_drop_unsigned", stop)
            case "set aside":
                patched.setattr(Path, "replace", stop)
            case _:
                replaces = iter([Path.replace, stop])
                patched.setattr(Path, "replace", lambda path, to: next(replaces)(path, to))
        with pytest.raises(KeyboardInterrupt):
            Store.open(kept.folder)
    with closing(Store.open(kept.folder)) as store:
        assert store.outbox(GARDEN).waiting() == kept.waiting
    assert {path.name.removesuffix("-wal") for path in kept.folder.iterdir()} == {"lanchat.db", "lanchat.db.damaged-1"}


@pytest.mark.parametrize("seed", range(30))
def test_whatever_is_damaged_what_is_shown_was_written(kept: Kept, seed: int) -> None:
    chance = random.Random(seed)
    content = bytearray(kept.file.read_bytes())
    match seed % 3:
        case 0:
            start = PAGE * chance.randrange(len(content) // PAGE)
            content[start : start + PAGE] = chance.randbytes(PAGE)
        case 1:
            del content[chance.randrange(PAGE, len(content)) :]
        case _:
            for _ in range(20):
                content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
    kept.file.write_bytes(content)
    original = {item.head: item for item in kept.kitchen + kept.garden}
    for _ in range(3):  # damage found while reading is mended at the next start
        with closing(Store.open(kept.folder)) as store:
            try:
                for record in store.rooms():
                    log = store.log(record.room_id)
                    shown: list[LogEntry] = log.after(0, 10_000)
                    assert all(original[item.head] == item for item in shown)
                    assert len(shown) == log.end().last - log.end().base
            except Corrupt:
                continue
            break
    else:
        pytest.fail("not mended after three starts")
