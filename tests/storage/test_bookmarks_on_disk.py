"""Bookmarks: kept for each room, forgotten with it, and saved from a damaged database."""

from __future__ import annotations

from pathlib import Path

from people import GARDEN, KITCHEN, Person, open_store, says

from lanchat.core.model import EntryId
from lanchat.storage.reader import Reader
from lanchat.storage.store import Store


def bookmarked(folder: Path) -> list[tuple[str, str]]:
    """(room, text), the one that was added last first."""
    reader = Reader.open(folder)
    try:
        return [(hit.room_id, hit.message.text) for hit in reader.bookmarks()]
    finally:
        reader.close()


def marked(folder: Path) -> EntryId:
    """A folder with a bookmark in each of two rooms; the message of that in the kitchen."""
    ana = Person()
    with open_store(folder, KITCHEN, GARDEN) as store:
        first, _other = says(store.log(KITCHEN), ana, "the code is 1234", "never mind")
        message_id = EntryId(first.entry.entry_id)
        store.bookmark(KITCHEN, message_id, holds=True)
        store.bookmark(KITCHEN, message_id, holds=True)
        (planted,) = says(store.log(GARDEN), Person(), "peas are in the third row")
        store.bookmark(GARDEN, EntryId(planted.entry.entry_id), holds=True)
        store.bookmark(GARDEN, EntryId(b"?" * 16), holds=True)  # not here
    return message_id


def test_the_last_one_is_first_and_what_is_not_here_is_left_out(tmp_path: Path) -> None:
    message_id = marked(tmp_path)
    assert sorted(bookmarked(tmp_path)) == [(GARDEN, "peas are in the third row"), (KITCHEN, "the code is 1234")]
    with open_store(tmp_path) as store:
        store.bookmark(KITCHEN, message_id, holds=False)
    assert bookmarked(tmp_path) == [(GARDEN, "peas are in the third row")]


def test_it_is_forgotten_with_its_room(tmp_path: Path) -> None:
    marked(tmp_path)
    with open_store(tmp_path) as store:
        store.forget_room(GARDEN)
    assert bookmarked(tmp_path) == [(KITCHEN, "the code is 1234")]


def test_it_is_saved_from_a_damaged_database(tmp_path: Path) -> None:
    marked(tmp_path)
    before, path = bookmarked(tmp_path), tmp_path / "lanchat.db"
    data = bytearray(path.read_bytes())
    data[100:108] = b"\xff" * 8  # the first page: the schema
    path.write_bytes(data)
    Store.open(tmp_path).close()
    assert bookmarked(tmp_path) == before
