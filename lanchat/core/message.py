"""Message: what people see of the entries of a Log. Pure.

An entry of the class message makes a Message; annotations will change it. What they change belongs in `Message`, and
the rules about who may change it belong in this module, so that host, client and `storage.messages` have the same ones.
There is no kind of annotation yet: a Message is what its only entry says.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, TypeAlias

from msgspec import Struct

from lanchat.core.content import Text, UnknownMessage, decode, is_message
from lanchat.core.model import Entry, EntryId, LogEntry, MemberKey

CLOCKS_AGREE_MS: Final = 120_000  #: a larger difference comes from a wrong clock, not from slow delivery

MessageContent: TypeAlias = Text | UnknownMessage


class Message(Struct, frozen=True, gc=False):
    """A message as it is now."""

    message_id: EntryId  #: of its first entry
    author: MemberKey
    seq: int  #: number of its first entry. Annotations have numbers, too, so those of messages have gaps
    sent_at: int  #: author's clock, ms
    received_at: int  #: host's clock, ms
    content: MessageContent

    @property
    def written_at(self) -> int:
        """When it was written, ms, for display: by the author's clock, or by the host's if they differ too much."""
        return self.sent_at if abs(self.sent_at - self.received_at) <= CLOCKS_AGREE_MS else self.received_at

    @property
    def text(self) -> str:
        """Its text as it came, not cleaned; "" for a message of a kind that this program does not know."""
        return self.content.text if isinstance(self.content, Text) else ""

    @property
    def is_known(self) -> bool:
        """Whether this program knows its kind, and can show what it says."""
        return not isinstance(self.content, UnknownMessage)


class PendingMessage(Struct, frozen=True, gc=False):
    """A message of mine that is not in the Log yet."""

    message_id: EntryId
    text: str
    sent_at: int  #: ms
    rejection: str = ""  #: why the host will never take it, a `codes.RejectCode`; "": it waits

    @classmethod
    def of(cls, entry: Entry, rejection: str = "") -> PendingMessage:
        return cls(EntryId(entry.entry_id), words_of(entry), entry.sent_at, rejection)


def message_of(item: LogEntry) -> Message | None:
    """The message that an entry makes; None for an annotation, and where nothing would be seen."""
    entry = item.entry
    content = decode(entry.kind, entry.body)
    if not is_message(content):
        return None
    author = MemberKey(entry.author)
    return Message(EntryId(entry.entry_id), author, item.seq, entry.sent_at, item.received_at, content)


def messages_of(run: Iterable[LogEntry]) -> tuple[Message, ...]:
    """The messages that a run of the Log makes, in its order."""
    found = (message_of(item) for item in run)
    return tuple(message for message in found if message is not None)


def words_of(entry: Entry) -> str:
    """The text of an entry; "" for an entry that is no text."""
    content = decode(entry.kind, entry.body)
    return content.text if isinstance(content, Text) else ""
