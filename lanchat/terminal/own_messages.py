"""The state of the messages sent in this session: stored here, taken by the host, delivered, failed. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from lanchat.core.message import PendingMessage
from lanchat.core.model import EntryId, PrivateThread
from lanchat.core.translate import _, ngettext
from lanchat.engine.events import (
    ChangeNotWritten,
    ChangeWritten,
    EntryState,
    EntryStateChanged,
    EntryWritten,
    Event,
    FilesRefused,
    NotWritten,
)

_SHOWN = 4  # waiting entries shown by their text; of more only the number
_SHOWN_CHARACTERS = 60


@dataclass(frozen=True, slots=True)
class SendStatus:
    """What is shown around the edited line."""

    waiting: tuple[str, ...] = ()  #: texts that the host has not stored yet
    mark: str = ""  #: the tick of the last entry
    files: tuple[str, ...] = ()  #: what is under way with files


class OutgoingMessages:
    """This session's entries that are not settled, and those that failed."""

    def __init__(self, outbox: Iterable[PendingMessage] = ()) -> None:
        """`outbox`: the messages that an earlier session could not send."""
        self.unwritten = 0  #: how many are not stored here yet
        self._lost = 0
        self._waiting = {pending.message_id: pending.text for pending in outbox}
        self._changes: set[EntryId] = set()  # of messages and of the topic, that the host has not stored yet
        self._failed: dict[EntryId, str] = {}
        self._last: EntryId | None = None
        self._mark = ""

    def submitted(self) -> None:
        """A text or a change is given to the Engine, which tells whether it was written."""
        self.unwritten += 1

    def handle(self, event: Event) -> None:
        match event:
            case EntryWritten():
                if event.instead_of is None:
                    self.unwritten -= 1
                else:
                    self._failed.pop(event.instead_of, None)
                self._waiting[event.entry_id] = event.text
                self._last, self._mark = event.entry_id, ""
            case EntryStateChanged():
                for entry_id in event.entry_ids:
                    text = self.text_of(entry_id)
                    if entry_id in self._changes:
                        self._change_settled(entry_id, event.state)
                        continue
                    if event.state is EntryState.NOT_SENT:
                        self._failed[entry_id] = text
                    if event.state is not EntryState.WAITING:
                        self._waiting.pop(entry_id, None)
                    if entry_id == self._last:
                        self._mark = {EntryState.TAKEN: "✓", EntryState.DELIVERED: "✓✓"}.get(event.state, "")
                        if PrivateThread.of(event.room_id) is not None:
                            self._mark = self._mark[:1]  # nobody says whether the other one is among those who have it
            case ChangeWritten(entry_id=entry_id):
                self.unwritten -= 1
                self._changes.add(entry_id)
            case NotWritten() | ChangeNotWritten():
                self.unwritten -= 1
                self._lost += 1
            case FilesRefused(problem=problem):
                self.unwritten -= 1
                self._lost += bool(problem)

    def _change_settled(self, entry_id: EntryId, state: EntryState) -> None:
        if state is not EntryState.WAITING:
            self._changes.discard(entry_id)
        if state is EntryState.NOT_SENT:
            self._lost += 1

    def text_of(self, entry_id: EntryId) -> str:
        return self._waiting.get(entry_id) or self._failed.get(entry_id, "")

    @property
    def kept(self) -> tuple[EntryId, ...]:
        """Entries stored here, but not by the host yet."""
        return (*self._waiting, *self._changes)

    @property
    def not_sent(self) -> list[EntryId]:
        """Entries that can be sent again."""
        return list(self._failed)

    @property
    def waiting(self) -> int:
        """How many the host has not stored yet, but may."""
        return self.unwritten + len(self._waiting) + len(self._changes)

    @property
    def failed(self) -> int:
        """How many will not be sent."""
        return self._lost + len(self._failed)

    @property
    def status(self) -> SendStatus:
        texts = [first_line(text) for text in list(self._waiting.values())[:_SHOWN]]
        more = len(self._waiting) - len(texts)
        if more:
            texts.append(ngettext("and {n} more", "and {n} more", more).format(n=more))
        return SendStatus(tuple(texts), self._mark)


def first_line(text: str) -> str:
    """The beginning of a text, enough to recognise it."""
    line = text.strip().split("\n", 1)[0]
    cut = line[:_SHOWN_CHARACTERS]
    return cut if cut == text.strip() else _("{beginning}…").format(beginning=cut)
