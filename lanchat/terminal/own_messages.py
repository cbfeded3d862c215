"""How far my own entries are, told honestly. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from lanchat.core.model import Entry, EntryId
from lanchat.core.translate import _, ngettext
from lanchat.engine.events import EntryState, EntryStateChanged, EntryWritten

_SHOWN = 4  # waiting entries by their words; more only by their number
_SHOWN_CHARACTERS = 60


@dataclass(frozen=True, slots=True)
class SendStatus:
    """What is shown around the line being written."""

    waiting: tuple[str, ...] = ()  #: what is not on the host's disk yet
    mark: str = ""  #: how far my last entry is


class OwnMessages:
    """My entries of this session that are not settled, and those that failed."""

    def __init__(self) -> None:
        self._unwritten = 0
        self._lost = 0
        self._waiting: dict[EntryId, str] = {}
        self._failed: dict[EntryId, str] = {}
        self._last: EntryId | None = None
        self._mark = ""

    def asked(self) -> None:
        """The Engine was asked to write an entry: it answers that it is written, or that there is a problem."""
        self._unwritten += 1

    def written(self, event: EntryWritten) -> None:
        if event.instead_of is None:
            self._unwritten -= 1
        else:
            self._failed.pop(event.instead_of, None)
        self._waiting[event.entry_id] = event.text
        self._last, self._mark = event.entry_id, ""

    def lost(self) -> None:
        """What the Engine was asked to write could not be kept."""
        self._unwritten -= 1
        self._lost += 1

    def refused(self) -> None:
        """Something cannot be said, and the Engine was not asked to."""
        self._lost += 1

    def left_waiting(self, outbox: Iterable[Entry]) -> None:
        """What an earlier session could not send."""
        self._waiting |= {EntryId(entry.entry_id): entry.body for entry in outbox}

    def changed(self, event: EntryStateChanged) -> None:
        for entry_id in event.entry_ids:
            text = self.text_of(entry_id)
            if event.state is EntryState.NOT_SENT:
                self._failed[entry_id] = text
            if event.state is not EntryState.WAITING:
                self._waiting.pop(entry_id, None)
            if entry_id == self._last:
                self._mark = {EntryState.TAKEN: "✓", EntryState.DELIVERED: "✓✓"}.get(event.state, "")

    def text_of(self, entry_id: EntryId) -> str:
        return self._waiting.get(entry_id) or self._failed.get(entry_id, "")

    @property
    def kept(self) -> tuple[EntryId, ...]:
        """What is on this disk, and not on the host's yet."""
        return tuple(self._waiting)

    @property
    def not_sent(self) -> list[EntryId]:
        """What can be tried again."""
        return list(self._failed)

    @property
    def waiting(self) -> int:
        """How many are not on the host's disk yet, and may still come there."""
        return self._unwritten + len(self._waiting)

    @property
    def unwritten(self) -> int:
        """How many are not even on this disk yet."""
        return self._unwritten

    @property
    def failed(self) -> int:
        """How many will not."""
        return self._lost + len(self._failed)

    @property
    def below(self) -> SendStatus:
        texts = [first_line(text) for text in list(self._waiting.values())[:_SHOWN]]
        more = len(self._waiting) - len(texts)
        if more:
            texts.append(ngettext("and {n} more", "and {n} more", more).format(n=more))
        return SendStatus(tuple(texts), self._mark)


def first_line(text: str) -> str:
    """Enough of a text to know it by."""
    line = text.strip().split("\n", 1)[0]
    cut = line[:_SHOWN_CHARACTERS]
    return cut if cut == text.strip() else _("{beginning}…").format(beginning=cut)
