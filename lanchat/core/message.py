"""Message: what people see of the entries of a Log. Pure.

An entry of the class message makes a Message; annotations change it. The rules about who may change what are here,
once: the host refuses what they forbid, and every client ignores it (`storage.projection` applies them for both).

An annotation changes only a message that stands before it in the Log.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from typing import Final, NamedTuple, TypeAlias

from msgspec import Struct

from lanchat.core.codes import RejectCode
from lanchat.core.content import (
    BanChange,
    Content,
    Correction,
    Deletion,
    Pinning,
    ReactionChange,
    Text,
    TopicText,
    UnknownMessage,
    decode,
    is_message,
    words_in,
)
from lanchat.core.file_offer import FileOffer
from lanchat.core.file_words import described_offer
from lanchat.core.keeping import RoleChange
from lanchat.core.limits import REACTIONS_MOST
from lanchat.core.model import Entry, EntryId, LogEntry, MemberKey
from lanchat.core.translate import _

CLOCKS_AGREE_MS: Final = 120_000  #: a larger difference comes from a wrong clock, not from slow delivery

_NAMED_CHARACTERS = 60

MessageContent: TypeAlias = Text | FileOffer | UnknownMessage


class Reaction(Struct, frozen=True, gc=False):
    """One emoji with which members reacted to a message."""

    emoji: str
    members: tuple[MemberKey, ...]  #: in the order in which they did


class Quote(Struct, frozen=True, gc=False):
    """The message that another one answers, as it is now."""

    message_id: EntryId
    author: MemberKey
    seq: int
    text: str  #: its beginning; "" when it was deleted, or is of an unknown kind
    deleted: bool = False


class Message(Struct, frozen=True, gc=False):
    """A message as it is now."""

    message_id: EntryId  #: of its first entry
    author: MemberKey
    seq: int  #: number of its first entry. Annotations have numbers, too, so those of messages have gaps
    sent_at: int  #: author's clock, ms
    received_at: int  #: host's clock, ms
    content: MessageContent  #: as last edited
    reply_to: EntryId | None = None  #: the message that it answers
    quote: Quote | None = None  #: that message, where it is here
    edited_at: int = 0  #: host's clock, ms; 0: it is as it was written
    deleted: bool = False  #: nothing of its text is left
    deleted_by: MemberKey | None = None  #: who deleted it; None, too, where only that it was deleted is known
    pinned: bool = False
    reactions: tuple[Reaction, ...] = ()  #: in the order in which each was used first

    @property
    def written_at(self) -> int:
        """When it was written, ms, for display: by the author's clock, or by the host's if they differ too much."""
        return self.sent_at if abs(self.sent_at - self.received_at) <= CLOCKS_AGREE_MS else self.received_at

    @property
    def text(self) -> str:
        """Its text as it came, not cleaned: of an offer its caption; "" where this program does not know its kind."""
        match self.content:
            case Text(text):
                return text
            case FileOffer():
                return self.content.caption
            case _:
                return ""

    @property
    def offer(self) -> FileOffer | None:
        """The files that it offers, if it does. What a deleted message offered is gone."""
        return self.content if isinstance(self.content, FileOffer) and not self.deleted else None

    @property
    def is_known(self) -> bool:
        """Whether this program knows its kind, and can show what it says."""
        return not isinstance(self.content, UnknownMessage)


class PendingMessage(Struct, frozen=True, gc=False):
    """A message of mine that is not in the Log yet."""

    message_id: EntryId
    text: str
    sent_at: int  #: ms
    reply_to: EntryId | None = None  #: the message that it answers
    rejection: str = ""  #: why the host will never take it, a `codes.RejectCode`; "": it waits
    offer: FileOffer | None = None  #: the files that it offers; its `text` is then what it is quoted by

    @classmethod
    def of(cls, entry: Entry, rejection: str = "") -> PendingMessage:
        content = decode(entry.kind, entry.body)
        return cls(
            EntryId(entry.entry_id), words_in(content), entry.sent_at, answered(entry), rejection,
            content if isinstance(content, FileOffer) else None,
        )  # fmt: skip


class Target(NamedTuple):
    """What the rules need to know of the message that an annotation is about."""

    author: MemberKey
    is_text: bool
    deleted: bool
    emojis: Collection[str]  #: those with which members reacted, once each


def change_fault(
    change: Correction | Deletion | Pinning | ReactionChange | TopicText,
    author: bytes,
    target: Target | None,
    host: bytes | None,
) -> RejectCode | None:
    """Why `change` by `author` has no effect; None when it has. Of bans and roles, `standing` says it.

    `target`: the message before it in the Log that it is about; None: there is none. `host`: of the room.
    """
    if isinstance(change, TopicText):
        return None if author == host else RejectCode.RIGHT
    if target is None:
        return RejectCode.TARGET
    if target.deleted:
        return RejectCode.DELETED
    match change:
        case Correction():
            allowed = author == target.author and target.is_text
        case Deletion():
            allowed = author in (target.author, host)
        case Pinning():
            allowed = author == host
        case ReactionChange(emoji, on):
            if on and emoji not in target.emojis and len(target.emojis) >= REACTIONS_MOST:
                return RejectCode.MANY
            allowed = True
    return None if allowed else RejectCode.RIGHT


def change_words(change: Content, about: Message | None) -> str:
    """What an annotation was to do, for people, where it has no effect. `about`: the message; None: it is not here."""
    match change:
        case ReactionChange(emoji, on):
            words = _("Reacts with {emoji} to {message}") if on else _("Takes {emoji} back from {message}")
            return words.format(emoji=emoji, message=_named(about))
        case Correction(text):
            return _("Edits {message}, to “{text}”").format(message=_named(about), text=text)
        case Deletion():
            return _("Deletes {message}").format(message=_named(about))
        case Pinning(on):
            return (_("Pins {message}") if on else _("Unpins {message}")).format(message=_named(about))
        case TopicText(topic):
            return _("Topic: {topic}").format(topic=topic)
        case BanChange(on=on):
            return _("Bans somebody") if on else _("Lifts a ban")
        case RoleChange():
            return _("Gives somebody a role")
        case _:
            return _("A change that this lanchat does not know")


def _named(about: Message | None) -> str:
    """A message, by its beginning."""
    if about is None:
        return _("a message that is not here")
    if about.deleted:
        return _("a deleted message")
    text = " ".join((described_offer(about.offer) if about.offer is not None else about.text).split())
    return f"“{text[:_NAMED_CHARACTERS]}…”" if len(text) > _NAMED_CHARACTERS else f"“{text}”"


def makes_message(entry: Entry, content: Content) -> bool:
    """Whether people see the entry, which says `content`, as a message of its own; also when its text was erased."""
    return is_message(content) or (entry.erased is not None and entry.kind in (Text.kind, FileOffer.kind))


def message_of(item: LogEntry) -> Message | None:
    """The message that an entry makes; None for an annotation, and where nothing would be seen."""
    content = decode(item.entry.kind, item.entry.body)
    if isinstance(content, Text | FileOffer | UnknownMessage) and makes_message(item.entry, content):
        return new_message(item, content)
    return None


def new_message(item: LogEntry, content: MessageContent) -> Message:
    """The message of an entry that says `content`, without what annotations made of it."""
    entry = item.entry
    return Message(
        EntryId(entry.entry_id), MemberKey(entry.author), item.seq, entry.sent_at, item.received_at, content,
        reply_to=answered(entry), deleted=entry.erased is not None,
    )  # fmt: skip


def answered(entry: Entry) -> EntryId | None:
    """The id of the message that a text or an offer answers."""
    answers = entry.target is not None and entry.kind in (Text.kind, FileOffer.kind)
    return EntryId(entry.target) if answers and entry.target is not None else None


def messages_of(run: Iterable[LogEntry]) -> tuple[Message, ...]:
    """The messages that a run of the Log makes, in its order."""
    found = (message_of(item) for item in run)
    return tuple(message for message in found if message is not None)


def only_texts(run: Iterable[LogEntry]) -> bool:
    """Whether a run of the Log says nothing that is about another message, or about the room: as most do."""
    return all(item.entry.kind == Text.kind and item.entry.target is None for item in run)


def words_of(entry: Entry) -> str:
    """The words that an entry says; "" for an annotation."""
    return words_in(decode(entry.kind, entry.body))


def deletion_words(author: MemberKey, deleted_by: MemberKey | None, called: Callable[[MemberKey], str]) -> str:
    """In the place of a message that was deleted. `deleted_by`: None, where that is not known."""
    nick = called(author)
    if deleted_by is not None and deleted_by != author:
        words = _("A message of {nick} was deleted by {deleter}.")
        return words.format(nick=nick, deleter=called(deleted_by))
    words = _("A message of {nick} was deleted.") if deleted_by is None else _("{nick} deleted a message.")
    return words.format(nick=nick)


def too_new_words(nick: str) -> str:
    """In the place of a message of a kind that this program does not know. `nick`: of its author."""
    return _("{nick} did something that this lanchat is too old to show.").format(nick=nick)


def closed_words(nick: str, *, mine: bool) -> str:
    """In the place of a private message that cannot be opened. `nick`: of the other one."""
    if mine:
        return _("A message of yours to {nick} cannot be opened here. It is damaged.").format(nick=nick)
    words = _("A message from {nick} cannot be opened here. It is damaged, or was not sealed for you.")
    return words.format(nick=nick)
