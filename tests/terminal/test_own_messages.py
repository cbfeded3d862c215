"""How far my own entries are."""

from __future__ import annotations

from lanchat.core.model import EntryId, RoomId
from lanchat.engine.events import EntryState, EntryStateChanged, EntryWritten, NotWritten
from lanchat.terminal.own_messages import OutgoingMessages, SendStatus, first_line

ROOM = RoomId("a" * 16)


def entry_id(number: int) -> EntryId:
    return EntryId(bytes([number]) * 16)


def written(mine: OutgoingMessages, *texts: str) -> None:
    for number, text in enumerate(texts):
        mine.submitted()
        mine.handle(EntryWritten(ROOM, entry_id(number), text, 0))


def changed(mine: OutgoingMessages, number: int, state: EntryState) -> None:
    mine.handle(EntryStateChanged(ROOM, (entry_id(number),), state))


def test_what_the_host_does_not_have_is_shown_as_waiting() -> None:
    mine = OutgoingMessages()
    written(mine, "one", "two")
    assert mine.status == SendStatus(("one", "two"))
    changed(mine, 0, EntryState.TAKEN)
    assert mine.status == SendStatus(("two",))


def test_what_was_asked_for_counts_until_it_is_written_or_lost() -> None:
    mine = OutgoingMessages()
    mine.submitted()
    mine.submitted()
    assert mine.waiting == 2
    mine.handle(EntryWritten(ROOM, entry_id(0), "one", 0))
    mine.handle(NotWritten(ROOM, "two", "the disk is full"))
    assert (mine.waiting, mine.failed) == (1, 1)
    changed(mine, 0, EntryState.TAKEN)
    assert (mine.waiting, mine.failed) == (0, 1)


def test_the_mark_is_that_of_the_last_entry() -> None:
    mine = OutgoingMessages()
    written(mine, "one", "two")
    changed(mine, 0, EntryState.DELIVERED)
    assert mine.status.mark == ""
    changed(mine, 1, EntryState.TAKEN)
    assert mine.status.mark == "✓"
    changed(mine, 1, EntryState.DELIVERED)
    assert mine.status.mark == "✓✓"


def test_of_very_many_only_the_number_is_shown() -> None:
    mine = OutgoingMessages()
    written(mine, *map(str, range(10)))
    assert mine.status.waiting == ("0", "1", "2", "3", "and 6 more")


def test_what_was_not_sent_can_be_said_again_once() -> None:
    mine = OutgoingMessages()
    written(mine, "one")
    changed(mine, 0, EntryState.NOT_SENT)
    assert (mine.waiting, mine.failed, mine.status.mark) == (0, 1, "")
    assert mine.text_of(entry_id(0)) == "one"
    assert mine.not_sent == [entry_id(0)]
    changed(mine, 0, EntryState.NOT_SENT)  # tried again in vain
    assert mine.text_of(entry_id(0)) == "one"
    mine.handle(EntryWritten(ROOM, entry_id(1), "one", 0, instead_of=entry_id(0)))
    assert (mine.waiting, mine.failed, mine.not_sent) == (1, 0, [])


def test_a_text_is_known_by_its_beginning() -> None:
    assert first_line("short") == "short"
    assert first_line("first\nsecond") == "first…"
    assert first_line("x" * 100) == "x" * 60 + "…"
