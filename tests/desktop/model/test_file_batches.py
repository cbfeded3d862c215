"""Files that were given to the engine and are no message yet."""

from __future__ import annotations

from lanchat.desktop.model.state import State
from lanchat.engine.commands import SendFiles
from lanchat.engine.events import EntryWritten, FilePreparing, FilesRefused
from tests.desktop.model.telling import GARDEN, KITCHEN, entry_id

ONE, OTHER = SendFiles(KITCHEN, ("/a",), ref="1"), SendFiles(GARDEN, ("/b", "/c"), "look", ref="2")


def test_they_are_known_until_there_is_a_message() -> None:
    state = State()
    for command in (ONE, OTHER):
        state.note(command)
    state.apply(FilePreparing(GARDEN, "2", "b", 5, 10))
    assert [(batch.name, batch.done, batch.size) for batch in state.batches.of(GARDEN)] == [("b", 5, 10)]
    assert state.batches.unfinished() == [ONE, OTHER]
    state.apply(EntryWritten(KITCHEN, entry_id(1), "", 1, ref="1"))
    assert state.batches.unfinished() == [OTHER]
    assert state.batches.of(KITCHEN) == []


def test_what_was_refused_is_taken_back_once() -> None:
    state = State()
    state.note(OTHER)
    state.apply(FilesRefused(GARDEN, "2", "no"))
    assert state.batches.unfinished() == []
    assert state.batches.take_back("2") == OTHER
    assert state.batches.take_back("2") is None


def test_those_of_others_and_without_a_ref_are_not_waited_for() -> None:
    state = State()
    state.note(SendFiles(KITCHEN, ("/a",)))
    state.apply(FilePreparing(KITCHEN, "unknown", "a", 1, 2))
    state.apply(FilesRefused(KITCHEN, "unknown", "no"))
    assert state.batches.unfinished() == []
    assert state.batches.take_back("unknown") is None
