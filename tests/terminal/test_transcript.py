"""Names come before words."""

from __future__ import annotations

from lanchat.core.model import Card, Entry, Head, LogEntry, MemberKey, RoomId
from lanchat.engine.events import CardsCame, Left, MessagesAdded
from lanchat.terminal.output import PeopleColumn
from lanchat.terminal.unknown_authors import UnknownAuthorBuffer

ROOM = RoomId("a" * 16)
ME, BEN = MemberKey(bytes(32)), MemberKey(b"b" * 32)
LEFT = Left(ROOM)


def said_by(author: MemberKey) -> MessagesAdded:
    entry = Entry(bytes(16), author, bytes(8), 1, "text", None, b"hi", 0, bytes(64))
    return MessagesAdded.of(ROOM, (LogEntry(entry, 1, 1, 0, Head(bytes(32))),))


def card(nick: str) -> Card:
    return Card(BEN, nick, 1, bytes(64))


def introductions(known: Card | None = None) -> UnknownAuthorBuffer:
    return UnknownAuthorBuffer(PeopleColumn(ME, {ME: "Ana"}), lambda key: known)


def test_what_known_people_say_passes_at_once() -> None:
    assert introductions().release(said_by(ME), 0) == [said_by(ME)]
    assert introductions(card("Ben")).release(said_by(BEN), 0) == [said_by(BEN)]


def test_what_a_stranger_said_waits_for_the_name_and_so_does_all_after_it() -> None:
    waiting = introductions()
    assert waiting.release(said_by(BEN), 0) == []
    assert waiting.release(LEFT, 0.1) == []
    assert waiting.until is not None
    came = CardsCame(ROOM, (card("Ben"),))
    assert waiting.release(came, 0.2) == [said_by(BEN), LEFT, came]
    assert waiting.until is None


def test_nobody_waits_for_ever_and_for_one_stranger_only_once() -> None:
    waiting = introductions()
    assert waiting.release(said_by(BEN), 0) == []
    assert waiting.until is not None
    assert waiting.release(None, waiting.until) == [said_by(BEN)]
    assert waiting.release(said_by(BEN), waiting.until or 9) == [said_by(BEN)]
