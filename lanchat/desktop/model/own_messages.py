"""OwnMessages: my messages of one room that are not in its log yet, and how far the others have got. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace

from lanchat.core.codes import rejection_words
from lanchat.core.message import PendingMessage
from lanchat.core.model import EntryId
from lanchat.engine.events import EntryState, EntryStateChanged, EntryWritten

_STATES = 2_000  # entries with their ticks: far more than a timeline holds


@dataclass(frozen=True, slots=True)
class UnsentMessage:
    """A message of mine that is not in the log yet."""

    entry_id: EntryId
    text: str
    sent_at: int  #: ms
    state: EntryState = EntryState.WAITING  #: or NOT_SENT
    problem: str = ""  #: NOT_SENT: why


class OwnMessages:
    def __init__(self) -> None:
        self.outbox: dict[EntryId, UnsentMessage] = {}  #: not in the Log, in the order they were written
        self._states: dict[EntryId, EntryState] = {}

    def state_of(self, entry_id: EntryId) -> EntryState:
        """The delivery state of a message. One in the log of which nothing else is known was taken by the host."""
        unsent = self.outbox.get(entry_id)
        return unsent.state if unsent else self._states.get(entry_id, EntryState.TAKEN)

    def left(self, pending: PendingMessage) -> None:
        """A message that an earlier start left in the outbox."""
        entry_id, code = pending.message_id, pending.rejection
        state, problem = (EntryState.NOT_SENT, rejection_words(code)) if code else (EntryState.WAITING, "")
        self.outbox[entry_id] = UnsentMessage(entry_id, pending.text, pending.sent_at, state, problem)

    def wrote(self, event: EntryWritten) -> None:
        if event.instead_of is not None:
            self.outbox.pop(event.instead_of, None)
        self.outbox[event.entry_id] = UnsentMessage(event.entry_id, event.text, event.sent_at)

    def in_log(self, entry_id: EntryId) -> None:
        """A message of mine came back in the log."""
        if entry_id in self.outbox:
            self._settle(entry_id, EntryState.TAKEN)

    def changed(self, event: EntryStateChanged) -> None:
        for entry_id in event.entry_ids:
            match event.state:
                case EntryState.TAKEN | EntryState.DELIVERED:
                    self._settle(entry_id, event.state)
                case EntryState.WAITING | EntryState.NOT_SENT:
                    if unsent := self.outbox.get(entry_id):
                        self.outbox[entry_id] = replace(unsent, state=event.state, problem=event.problem)

    def _settle(self, entry_id: EntryId, state: EntryState) -> None:
        self.outbox.pop(entry_id, None)
        if self._states.get(entry_id) is not EntryState.DELIVERED:  # two ticks never become one again
            self._states[entry_id] = state
        if len(self._states) > _STATES:
            del self._states[next(iter(self._states))]
