"""What a Log that gave way had is on one disk only for a time: damage takes no more of it than it must."""

from __future__ import annotations

import random
from contextlib import closing
from pathlib import Path

import pytest
from copies import copy_of
from people import KITCHEN, Person

from lanchat.core.model import START, Entry
from lanchat.storage.errors import Corrupt
from lanchat.storage.store import Store

PAGE = 4096
LONG = "x" * 300


class Waiting:
    """Ben's folder, in which forty entries wait to be brought into Ana's Log."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.file = folder, folder / "lanchat.db"
        self.ana, self.ben = Person(), Person()
        with copy_of(folder, self.ana, self.ben) as copy:
            copy.log.start(1, 0, START)
            copy.say(self.ana, "soup")
            self.keeps = copy.keep_open(2)
            for number in range(20):
                (entry,) = copy.say(self.ana, f"salt {number} {LONG}")
                copy.say(self.ben, "👍", kind="+react", about=entry)
            self.entries = copy.log.rebase(3, 1, copy.log.head_at(1) or START)

    def overwrite(self, at: int, garbage: bytes) -> None:
        with self.file.open("r+b") as file:
            file.seek(at)
            file.write(garbage)

    def open_again(self) -> Store:
        store = Store.open(self.folder)
        assert "damaged" in store.notices[0]
        return store

    def left(self) -> list[Entry]:
        with closing(self.open_again()) as store:
            return store.log(KITCHEN).carried.waiting()


@pytest.fixture
def waiting(tmp_path: Path) -> Waiting:
    return Waiting(tmp_path)


def test_what_waits_comes_back_in_order_out_of_a_database_without_its_schema(waiting: Waiting) -> None:
    waiting.overwrite(100, b"\xff" * 8)
    with closing(waiting.open_again()) as store:
        assert f"not sent yet: {len(waiting.entries)}" in store.notices[0]
        log = store.log(KITCHEN)
        assert log.carried.waiting() == waiting.entries
        assert log.keeps == waiting.keeps
        counter = store.outbox(KITCHEN).next_counter(waiting.ben.identity.device_id)
        assert counter == waiting.ben.counter + 1


def test_a_damaged_entry_is_not_brought_to_anybody_and_costs_no_other(waiting: Waiting) -> None:
    at = waiting.file.read_bytes().index(b"salt 7 ")
    waiting.overwrite(at, b"sand")
    waiting.overwrite(100, b"\xff" * 8)
    damaged = next(entry for entry in waiting.entries if entry.body.startswith(b"salt 7 "))
    assert waiting.left() == [entry for entry in waiting.entries if entry != damaged]


def test_a_damaged_page_costs_what_is_on_it(waiting: Waiting) -> None:
    page = waiting.file.read_bytes().index(b"salt 7 ") // PAGE * PAGE
    on_it = waiting.file.read_bytes()[page : page + PAGE]
    waiting.overwrite(page, random.Random(1).randbytes(PAGE))
    left = waiting.left()
    assert left == [entry for entry in waiting.entries if entry.signature not in on_it]
    assert len(left) > 20


def test_a_damaged_entry_of_a_log_does_not_leave_it(tmp_path: Path) -> None:
    """It would have no way back: whoever sends it is taken for a forger. Read with its Log it can be mended."""
    ana, ben = Person(), Person()
    with copy_of(tmp_path, ana, ben) as copy:
        copy.log.start(1, 0, START)
        copy.say(ben, "soup")
        tail = copy.say(ben, "salt", "bread", "wine")
    file = tmp_path / "lanchat.db"
    content = bytearray(file.read_bytes())
    content[content.index(b"bread")] ^= 4
    file.write_bytes(content)
    with copy_of(tmp_path, ana, ben) as copy:
        head = copy.log.head_at(1) or START
        with pytest.raises(Corrupt):
            copy.log.rebase(2, 1, head)
    with copy_of(tmp_path, ana, ben) as copy:
        assert copy.store.notices
        assert copy.log.rebase(2, 1, head) == tail
