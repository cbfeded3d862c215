"""ThreadModel: all that the window knows of a private thread. Pure.

To the views of a conversation it is a room of its own, with its own unread count, draft and outbox. What it shares with
the room that carries it, the connection and the people, it takes over from that one (`follow`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec.structs import replace

from lanchat.core.content import Sealed
from lanchat.core.message import Message
from lanchat.core.model import EntryId, PrivateThread
from lanchat.core.nicks import People
from lanchat.desktop.model.room_model import RoomModel
from lanchat.engine.events import EntryState, EntryStateChanged


class ThreadModel(RoomModel):
    __slots__ = ("peer_has", "room", "thread", "wanted")

    def __init__(self, thread: PrivateThread, room: RoomModel) -> None:
        """`room`: the one that carries it."""
        super().__init__(thread.thread_id, People(room.people.me, room.people.nicks))
        self.thread = thread
        self.room = room
        self.known = True
        self.wanted = False  #: the person wants to write in it
        self.peer_has = 0  #: the other one has the messages up to this seq, as far as is known
        self.follow()

    @property
    def shown(self) -> str:
        """The other one of the two."""
        return self.people.called(self.thread.peer)

    @property
    def is_here(self) -> bool:
        return self.room.is_here

    @property
    def answers(self) -> bool:
        return self.room.answers

    @property
    def host(self) -> str:
        return self.room.host

    @property
    def begun(self) -> bool:
        """Something was, or is about to be, written in it."""
        return bool(self.last_seq or self.mine.outbox or self.wanted)

    def follow(self) -> None:
        """Take over how the room stands."""
        room = self.room
        self.connection, self.entering = room.connection, room.entering
        self.problem, self.people, self.here = room.problem, room.people, room.here
        self.peer_has = max(self.peer_has, room.seen_by.get(self.thread.peer, 0))

    def cut_back(self, last: int) -> None:
        super().cut_back(last)
        self.peer_has = min(self.peer_has, last)

    def added(
        self, messages: Sequence[Message], *, reading: bool, entries: int = 0, again: frozenset[EntryId] = frozenset()
    ) -> None:
        """What cannot be opened is shown, and counts as nothing: anybody may send it."""
        for message in messages:
            if is_closed(message) and message.seq > self.last_seq:
                self.last_seq, self.last = message.seq, message
        self.answered(messages)
        opened = [one for one in messages if not is_closed(one)]
        super().added(opened, reading=reading, entries=entries, again=again)

    @property
    def is_peer_here(self) -> bool:
        return self.people.is_here(self.thread.peer)

    # --- who has what I wrote ----------------------------------------------------------------------------------------
    def answered(self, messages: Iterable[Message]) -> None:
        """What the other one wrote shows that they have what was written before it."""
        self.peer_has = max([self.peer_has, *[one.seq for one in messages if one.author == self.thread.peer]])

    def own_changed(self, event: EntryStateChanged) -> None:
        """The host does not say on whose disk an entry is: that is known where nobody but the other one is here."""
        if event.state is EntryState.DELIVERED and not (self.here == 2 and self.is_peer_here):
            event = replace(event, state=EntryState.TAKEN)
        super().own_changed(event)

    def state_of(self, message_id: EntryId, seq: int) -> EntryState:
        """Two ticks: the other one has it."""
        state = super().state_of(message_id, seq)
        if state is EntryState.TAKEN and 0 < seq <= self.peer_has:
            self.mine.others_have(message_id)
            state = EntryState.DELIVERED
        return state


def is_closed(message: Message) -> bool:
    """Whether it is a private message that cannot be opened here."""
    return message.content.kind == Sealed.kind
