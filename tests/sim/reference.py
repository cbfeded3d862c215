"""What annotations make of messages, written a second time after `core/protocol.md`, in the simplest way: the whole Log
in memory, one entry after the other. The disks must come to the same."""

from __future__ import annotations

from dataclasses import dataclass, field

from lanchat.core.content import Text, UnknownMessage
from lanchat.core.message import Message, Quote, Reaction
from lanchat.core.model import Entry, EntryId, LogEntry, MemberKey

_NEEDS_HOST = ("+pin", "+unpin", "+topic")
_BANS = ("+ban", "+unban")
_KNOWN = ("+edit", "+delete", "+react", "+unreact", *_NEEDS_HOST, *_BANS)


@dataclass
class _Talked:
    """A message as it is now."""

    item: LogEntry
    text: str
    edited_at: int = 0
    deleted_by: bytes | None = None
    pinned: bool = False
    reactions: dict[tuple[str, bytes], int] = field(default_factory=dict)  # since which entry


class Reference:
    """A room of which every entry is known."""

    def __init__(self, host: MemberKey) -> None:
        self.topic = ""
        self.banned: set[bytes] = set()
        self.erased: set[bytes] = set()  #: ids of entries that must have no body any more
        self._host = host
        self._messages: dict[bytes, _Talked] = {}
        self._edits: dict[bytes, list[bytes]] = {}  # the ids of all edits of a message, right or not

    def fault(self, entry: Entry) -> str:
        """Why an annotation at the end of the Log has no effect; "" where it has, or is of an unknown kind."""
        if entry.kind not in _KNOWN:
            return ""
        if entry.kind == "+topic":
            return "" if entry.author == self._host else "right"
        if entry.kind in _BANS:
            return "" if entry.author == self._host != entry.body else "right"
        message = self._messages.get(entry.target or b"")
        if message is None:
            return "target"
        if message.deleted_by is not None:
            return "deleted"
        author = message.item.entry.author
        if entry.kind == "+edit":
            fine = entry.author == author and message.item.entry.kind == "text"
        elif entry.kind == "+delete":
            fine = entry.author in (author, self._host)
        else:
            fine = entry.author == self._host or entry.kind not in _NEEDS_HOST
        return "" if fine else "right"

    def take(self, item: LogEntry) -> None:
        """The next entry of the Log, with its body."""
        entry = item.entry
        if not entry.kind.startswith("+"):
            text = entry.body.decode() if entry.kind == "text" else ""
            self._messages[entry.entry_id] = _Talked(item, text)
        elif entry.kind in _KNOWN and not self.fault(entry):
            self._change(item)
        if entry.kind == "+edit" and entry.entry_id not in self.erased:
            self._edits.setdefault(entry.target or b"", []).append(entry.entry_id)

    def _change(self, item: LogEntry) -> None:
        entry = item.entry
        if entry.kind in _BANS:
            (self.banned.add if entry.kind == "+ban" else self.banned.discard)(entry.body)
            return
        text = entry.body.decode()
        if entry.kind == "+topic":
            self.topic = text
            return
        assert entry.target is not None
        message = self._messages[entry.target]
        match entry.kind:
            case "+edit":
                message.text, message.edited_at = text, item.received_at
            case "+delete":
                self._messages[entry.target] = _Talked(message.item, "", deleted_by=entry.author)
                self.erased |= {entry.target, *self._edits.get(entry.target, ())}
            case "+react":
                message.reactions.setdefault((text, entry.author), item.seq)
            case "+unreact":
                message.reactions.pop((text, entry.author), None)
            case "+pin" | "+unpin":
                message.pinned = entry.kind == "+pin"

    @property
    def messages(self) -> list[Message]:
        """All messages, the oldest first."""
        return [self._shown(message) for message in self._messages.values()]

    def _shown(self, talked: _Talked) -> Message:
        item, entry = talked.item, talked.item.entry
        content = Text(talked.text) if entry.kind == "text" else UnknownMessage(entry.kind)
        answered = self._messages.get(entry.target or b"") if entry.kind == "text" else None
        by = talked.deleted_by
        return Message(
            EntryId(entry.entry_id), MemberKey(entry.author), item.seq, entry.sent_at, item.received_at, content,
            reply_to=EntryId(entry.target) if entry.kind == "text" and entry.target else None,
            quote=_quote(answered) if answered is not None and answered.item.seq < item.seq else None,
            edited_at=talked.edited_at,
            deleted=by is not None,
            deleted_by=None if by is None else MemberKey(by),
            pinned=talked.pinned,
            reactions=_reactions(talked.reactions),
        )  # fmt: skip


def _quote(talked: _Talked) -> Quote:
    entry, seq = talked.item.entry, talked.item.seq
    return Quote(EntryId(entry.entry_id), MemberKey(entry.author), seq, talked.text, talked.deleted_by is not None)


def _reactions(since: dict[tuple[str, bytes], int]) -> tuple[Reaction, ...]:
    by_emoji: dict[str, list[MemberKey]] = {}
    for emoji, author in sorted(since, key=since.__getitem__):
        by_emoji.setdefault(emoji, []).append(MemberKey(author))
    return tuple(Reaction(emoji, tuple(members)) for emoji, members in by_emoji.items())
