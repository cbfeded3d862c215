"""An Engine that says what a test wants: real Commands in, real Events out, no thread, network or disk behind it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from lanchat.core.content import Text, encode
from lanchat.core.file_offer import FileOffer
from lanchat.core.model import Card, Entry, EntryId, Head, LogEntry, MemberKey, RoomId
from lanchat.engine.commands import Command, Quit
from lanchat.engine.events import (
    ConnectionChanged,
    ConnectionState,
    Event,
    MessagesAdded,
    RosterChanged,
    Started,
    Stopped,
)
from lanchat.engine.mailbox import Mailbox
from lanchat.storage.store import Store
from lanchat.terminal.console import Console, attach_console

ROOM = RoomId("k" * 16)
ANA, BEN, LI = (MemberKey(bytes([number]) * 32) for number in (1, 2, 3))
CARDS = {key: Card(key, nick, 1, bytes(64)) for key, nick in ((ANA, "Ana"), (BEN, "Ben"), (LI, "Li"))}
NOON = 1_795_176_000_000

Answer = Callable[[Command], Iterable[Event]]


class StandIn:
    """Ben's Engine."""

    def __init__(self, answer: Answer) -> None:
        self.events: Mailbox[Event] = Mailbox(Path())
        self.submitted: list[Command] = []
        self._answer = answer

    def start(self) -> None:
        self.events.put(Started(BEN, "Ben", first_run=True))

    def do(self, command: Command) -> None:
        self.submitted.append(command)
        for event in [Stopped()] if isinstance(command, Quit) else self._answer(command):
            self.events.put(event)

    def join(self, timeout: float | None = None) -> None:
        pass


@contextmanager
def console_on(engine: StandIn, folder: Path) -> Iterator[Console]:
    Store.open(folder).close()
    with attach_console(engine, folder) as console:
        yield console


def connected(fetched: int = 0, first_meeting: bool = False) -> ConnectionChanged:
    return ConnectionChanged(
        ROOM, "Kitchen", ConnectionState.CONNECTED, CARDS[ANA], "abcd-efgh", first_meeting, "", ROOM, fetched
    )


def reconnecting(why: str = "the connection broke") -> ConnectionChanged:
    return ConnectionChanged(ROOM, "Kitchen", ConnectionState.RECONNECTING, problem=why, where=ROOM)


def stopped(why: str) -> ConnectionChanged:
    return ConnectionChanged(ROOM, "Kitchen", ConnectionState.STOPPED, problem=why, where=ROOM)


def here(*keys: MemberKey, first: bool = True) -> RosterChanged:
    return RosterChanged(ROOM, tuple(CARDS[key] for key in keys), (), len(keys), first)


def entry_id(seq: int) -> EntryId:
    return EntryId(seq.to_bytes(16, "big"))


def said(author: MemberKey, *texts: str, seq: int = 1, kind: str = Text.kind, backlog: bool = False) -> MessagesAdded:
    return MessagesAdded.of(
        ROOM, tuple(_entry(author, at, kind, text) for at, text in enumerate(texts, seq)), backlog=backlog
    )


def offered(author: MemberKey, offer: FileOffer, seq: int = 1) -> MessagesAdded:
    """Somebody offers files."""
    entry = Entry(entry_id(seq), author, bytes(8), seq, offer.kind, None, encode(offer).body, NOON, bytes(64))
    return MessagesAdded.of(ROOM, (LogEntry(entry, 1, seq, NOON, Head(bytes(32))),))


def _entry(author: MemberKey, seq: int, kind: str, text: str) -> LogEntry:
    entry = Entry(entry_id(seq), author, bytes(8), seq, kind, None, text.encode(), NOON, bytes(64))
    return LogEntry(entry, 1, seq, NOON, Head(bytes(32)))
