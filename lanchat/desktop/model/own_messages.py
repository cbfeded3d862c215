"""OwnMessages: mine of one room that are not in its log yet, and how far the others have got. Pure; Tk thread."""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from lanchat.core.codes import rejection_words
from lanchat.core.file_offer import FileOffer
from lanchat.core.message import PendingMessage
from lanchat.core.model import EntryId, MemberKey
from lanchat.engine import events
from lanchat.engine.events import EntryState

_STATES = 2_000  # entries with their ticks: far more than a timeline holds


class UnsentMessage(Struct, frozen=True):
    """A message that is not in the log yet: of mine, or of somebody's whose message is being brought back."""

    entry_id: EntryId
    text: str
    sent_at: int  #: ms
    state: EntryState = EntryState.WAITING  #: or NOT_SENT
    problem: str = ""  #: NOT_SENT: why
    reply_to: EntryId | None = None  #: the message that it answers
    offer: FileOffer | None = None  #: the files that it offers, if it does
    author: MemberKey | None = None  #: None: me
    brought_back: bool = False  #: it was in the log before somebody else kept the room open, and will be again


class OwnMessages:
    """My messages of one room that are not in its log yet, and how far the others have got."""

    def __init__(self) -> None:
        self.outbox: dict[EntryId, UnsentMessage] = {}  #: not in the Log, in the order they were written
        self._states: dict[EntryId, EntryState] = {}

    def state_of(self, entry_id: EntryId) -> EntryState:
        """The delivery state of a message. One in the log of which nothing else is known was taken by the host."""
        unsent = self.outbox.get(entry_id)
        return unsent.state if unsent else self._states.get(entry_id, EntryState.TAKEN)

    def others_have(self, entry_id: EntryId) -> None:
        """Somebody else has this message, whatever becomes of its place in the log."""
        self._settle(entry_id, EntryState.DELIVERED)

    def left(self, pending: PendingMessage) -> None:
        """A message that an earlier start left in the outbox."""
        entry_id, code = pending.message_id, pending.rejection
        state, problem = (EntryState.NOT_SENT, rejection_words(code)) if code else (EntryState.WAITING, "")
        self.outbox[entry_id] = UnsentMessage(
            entry_id, pending.text, pending.sent_at, state, problem, pending.reply_to, pending.offer
        )

    def wrote(self, event: events.EntryWritten) -> None:
        if event.instead_of is not None:
            self.outbox.pop(event.instead_of, None)
        self.outbox[event.entry_id] = UnsentMessage(
            event.entry_id, event.text, event.sent_at, reply_to=event.reply_to, offer=event.offer
        )

    def in_log(self, entry_id: EntryId) -> None:
        """A message of mine came back in the log."""
        if entry_id in self.outbox:
            self._settle(entry_id, EntryState.TAKEN)

    def changed(self, event: events.EntryStateChanged) -> None:
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
