"""PrivateThreads: what is said privately in all rooms, between the Logs that carry it sealed and the faces.

The Store opens what comes (`opener`) and keeps it; here the same is told as Events of the thread. What I write is
sealed here, and what becomes of it is told of the thread as well: faces know a thread by its id, as they know a room.

Engine's loop, but for `opener` and `seal`, which are for the disk thread.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from lanchat.core.content import Payload, Sealed, Text, decode, is_message
from lanchat.core.file_offer import FileOffer
from lanchat.core.message import Message, new_message
from lanchat.core.model import Card, Entry, EntryId, LogEntry, MemberKey, PrivateThread, RoomId
from lanchat.core.profile import decode_profile
from lanchat.core.translate import _
from lanchat.engine import events
from lanchat.storage.private_messages import Opened
from lanchat.trust.sealing import CannotSeal, SealingKey

_OWN = 10_000  # entries of mine of which the thread is known: of more nobody watches the ticks


class PrivateThreads:
    def __init__(self, key: SealingKey) -> None:
        self._key = key
        self._own: OrderedDict[EntryId, RoomId] = OrderedDict()  # the thread's id, for entries of mine
        self._told: dict[RoomId, int] = {}  # by thread: the number of the last message told
        self._closed: set[RoomId] = set()  # threads in which one that cannot be opened was told: one is enough

    @property
    def public_key(self) -> bytes:
        """For my card."""
        return self._key.public

    # --- what comes --------------------------------------------------------------------------------------------------
    def opener(self, room_id: RoomId, entry: Entry) -> Opened | None:
        """What a sealed entry says to me; see `storage.private_messages`."""
        thread = self._thread(room_id, entry)
        if thread is None:
            return None
        mine, payload = entry.author == self._key.member, self._key.unseal(room_id, entry)
        if payload is None:
            return Opened(thread.peer, mine, Sealed.kind, "")
        content = decode(payload.kind, payload.body)
        if not is_message(content):
            return None
        if isinstance(content, FileOffer):
            if not content.key:  # its bytes would not be private
                return Opened(thread.peer, mine, content.kind, "")
            return Opened(thread.peer, mine, content.kind, content.words, content)
        return Opened(thread.peer, mine, content.kind, content.text if isinstance(content, Text) else "")

    def added(
        self, room_id: RoomId, run: Sequence[LogEntry], *, older: bool = False, backlog: bool = False
    ) -> list[events.MessagesAdded]:
        """The Events of threads for a run of a room's Log that was kept."""
        found: dict[RoomId, list[Message]] = {}
        for item in run:
            if item.entry.kind != Sealed.kind or (thread := self._thread(room_id, item.entry)) is None:
                continue
            if (message := self._message(thread, item)) is not None:
                found.setdefault(thread.thread_id, []).append(message)
        return [self._added(thread_id, messages, older, backlog) for thread_id, messages in found.items()]

    def _message(self, thread: PrivateThread, item: LogEntry) -> Message | None:
        opened = self.opener(thread.room_id, item.entry)
        if opened is None:
            return None
        if opened.mine:
            self.wrote(EntryId(item.entry.entry_id), thread)
        if opened.kind == Sealed.kind:
            if thread.thread_id in self._closed:
                return None
            self._closed.add(thread.thread_id)
        return new_message(item, opened.content)

    def _added(
        self, thread_id: RoomId, messages: Sequence[Message], older: bool, backlog: bool
    ) -> events.MessagesAdded:
        after, last = messages[0].seq - 1, messages[-1].seq
        if not older:
            after = min(after, self._told.get(thread_id, after))  # so that a Mailbox that nobody reads can join them
            self._told[thread_id] = last
        return events.MessagesAdded(thread_id, tuple(messages), after, last, older, backlog)

    def _thread(self, room_id: RoomId, entry: Entry) -> PrivateThread | None:
        """The thread that a sealed entry is of, if it is one of mine."""
        sealed, me = decode(entry.kind, entry.body), self._key.member
        if not isinstance(sealed, Sealed) or sealed.recipient == entry.author:
            return None
        if me == entry.author:
            return PrivateThread(room_id, MemberKey(sealed.recipient))
        return PrivateThread(room_id, MemberKey(entry.author)) if me == sealed.recipient else None

    # --- what I write ------------------------------------------------------------------------------------------------
    def seal(self, thread: PrivateThread, entry_id: EntryId, card: Card | None, payload: Payload) -> Payload:
        """`payload` sealed for the thread's two. `card`: of the other one. Raises CannotSeal."""
        their_key = decode_profile(card.profile).sealing_key if card is not None else b""
        if not their_key:
            raise CannotSeal(f"no key of {thread.peer.hex()}")
        return self._key.seal(thread.room_id, entry_id, thread.peer, their_key, payload)

    def wrote(self, entry_id: EntryId, thread: PrivateThread) -> None:
        """An entry of mine is of this thread."""
        self._own[entry_id] = thread.thread_id
        if len(self._own) > _OWN:
            self._own.popitem(last=False)

    def waiting(self, found: Mapping[EntryId, PrivateThread]) -> None:
        """These entries of mine were left in Outboxes."""
        for entry_id, thread in found.items():
            self.wrote(entry_id, thread)

    def sorted_states(self, event: events.EntryStateChanged) -> list[events.EntryStateChanged]:
        """The same, told of the thread or room that each entry is of."""
        by_thread: dict[RoomId, list[EntryId]] = {}
        for entry_id in event.entry_ids:
            by_thread.setdefault(self._own.get(entry_id, event.room_id), []).append(entry_id)
        return [replace(event, room_id=room_id, entry_ids=tuple(ids)) for room_id, ids in by_thread.items()]

    def telling(self, tell: events.Tell) -> events.Tell:
        """A Tell that says of threads what concerns them."""

        def told(event: events.Event) -> None:
            if isinstance(event, events.EntryStateChanged):
                for one in self.sorted_states(event):
                    tell(one)
            else:
                tell(event)

        return told


def cannot_seal_words(nick: str) -> str:
    """Why nothing can be written privately to somebody. `nick`: "" while unknown."""
    if not nick:
        return _("Nobody here has met this person yet: there is no key to seal a private message for.")
    return _("{nick} cannot get private messages: their lanchat is too old for that.").format(nick=nick)
