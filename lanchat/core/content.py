"""Content: what an entry says. Only this module turns kind, target and body into a typed value and back. Pure.

The name of the kind is signed with the entry. A program too old to know a kind still sees from its name which of two
classes it is of:

- a **message** has a line of its own and counts as unread: lower-case letters, such as "text";
- an **annotation** changes what another message looks like, and is silent: "+" and lower-case letters.

Entries of every kind stay in the Log. To add a kind: a class here, its cases in `decode` and `encode`, what a host must
refuse of it in `fault_of`, who may do it in `message.change_fault` or `standing`, what it does in `storage.projection`.
"""

from __future__ import annotations

import re
from typing import Annotated, ClassVar, Final, NamedTuple, TypeAlias, TypeGuard

import msgspec
from msgspec import Struct

from lanchat.core.codes import RejectCode
from lanchat.core.file_offer import FileOffer, read_offer
from lanchat.core.keeping import Keeping, RoleChange, read_keeping, read_role
from lanchat.core.limits import KIND_CHARACTERS, REACTION_BYTES, TOPIC_CHARACTERS, Limits
from lanchat.core.model import KEY_BYTES, Bytes32, Entry, EntryId, MemberKey
from lanchat.core.text import clean_line, shows_nothing

ANNOTATION: Final = "+"  #: the first letter of an annotation's kind

_KIND = re.compile(rf"(?=.{{1,{KIND_CHARACTERS}}}\Z)\+?[a-z]+\Z")
_UTF8_BYTES = 4  # the most that one character takes
#: Blocks of Unicode in which all emoji are, and no letters of a script; the same in every version of Python.
_SIGN = (
    "[\u00a9\u00ae\u203c\u2049\u2100-\u214f\u2190-\u27ff\u2900-\u297f\u2b00-\u2bff\u3030\u303d\u3297\u3299"
    "\U0001f000-\U0001faff][\ufe0e\ufe0f]?"
)
_KEYCAP = "[0-9#*]\ufe0f?\u20e3"
_FLAG = "\U0001f3f4[\U000e0030-\U000e0039\U000e0061-\U000e007a]{2,6}\U000e007f"  # of a region
_REACTION = re.compile(f"{_KEYCAP}|{_FLAG}|{_SIGN}(?:\u200d?{_SIGN})*")


class Text(Struct, frozen=True, gc=False):
    """A message of words. Its body is UTF-8; its target, if it has one, is the message that it answers."""

    kind: ClassVar[str] = "text"
    text: str


class Correction(Struct, frozen=True, gc=False):
    """An annotation: its target, a text, says this from now on. Its body is UTF-8."""

    kind: ClassVar[str] = "+edit"
    text: str


class Deletion(Struct, frozen=True, gc=False):
    """An annotation: its target is deleted. It has no body."""

    kind: ClassVar[str] = "+delete"


class ReactionChange(Struct, frozen=True, gc=False):
    """An annotation: its author reacts to its target with this emoji, or takes that back. Its body is the emoji."""

    kind: ClassVar[str] = "+react"
    kind_off: ClassVar[str] = "+unreact"
    emoji: str
    on: bool = True


class Pinning(Struct, frozen=True, gc=False):
    """An annotation: its target is pinned in the room, or is not any more. It has no body."""

    kind: ClassVar[str] = "+pin"
    kind_off: ClassVar[str] = "+unpin"
    on: bool = True


class TopicText(Struct, frozen=True, gc=False):
    """An annotation of the room itself: its topic from now on, one line; "" for none. It has no target."""

    kind: ClassVar[str] = "+topic"
    text: str


class BanChange(Struct, frozen=True, gc=False):
    """An annotation of the room itself: this member may not come in any more, or may again. Its body is the member's
    key; it has no target."""

    kind: ClassVar[str] = "+ban"
    kind_off: ClassVar[str] = "+unban"
    member: MemberKey
    on: bool = True


_SealedKey = Annotated[bytes, msgspec.Meta(min_length=80, max_length=80)]


class Sealed(Struct, frozen=True, array_like=True, gc=False):
    """A private message of two members, its author and `recipient`: an annotation, so that all others see nothing of
    it. Its body is this array as MessagePack; only `trust.sealing` makes and opens it."""

    kind: ClassVar[str] = "+sealed"
    recipient: Bytes32  #: the member's key
    for_recipient: _SealedKey  #: the key of `box`, sealed for the recipient
    for_author: _SealedKey  #: the same for the author, who reads it again later
    box: bytes


_read_sealed = msgspec.msgpack.Decoder(Sealed).decode


class UnknownMessage(Struct, frozen=True, gc=False):
    """A message of a kind that this program does not know: people are shown that there is one."""

    kind: str


class UnknownAnnotation(Struct, frozen=True, gc=False):
    """An annotation of a kind that this program does not know: people are shown nothing."""

    kind: str


Annotation: TypeAlias = Correction | Deletion | ReactionChange | Pinning | TopicText | BanChange | RoleChange
Content: TypeAlias = Text | FileOffer | Annotation | Sealed | Keeping | UnknownMessage | UnknownAnnotation


_ANNOTATIONS = {
    Correction.kind, Deletion.kind, ReactionChange.kind, ReactionChange.kind_off, Pinning.kind, Pinning.kind_off,
    TopicText.kind, BanChange.kind, BanChange.kind_off, RoleChange.kind,
}  # fmt: skip


class Payload(NamedTuple):
    """Content as it stands in an Entry."""

    kind: str
    target: EntryId | None
    body: bytes


def encode(content: Text | FileOffer | Annotation | Sealed | Keeping, target: EntryId | None = None) -> Payload:
    """`target`: what an annotation changes, or the message that a text or an offer answers."""
    match content:
        case Text(text) | Correction(text) | TopicText(text):
            return Payload(content.kind, target, text.encode())
        case ReactionChange(emoji, on):
            return Payload(content.kind if on else content.kind_off, target, emoji.encode())
        case Pinning(on):
            return Payload(content.kind if on else content.kind_off, target, b"")
        case Deletion():
            return Payload(content.kind, target, b"")
        case BanChange(member, on):
            return Payload(content.kind if on else content.kind_off, None, member)
        case FileOffer():
            return Payload(content.kind, target, msgspec.msgpack.encode(content))
        case Sealed() | Keeping() | RoleChange():
            return Payload(content.kind, None, msgspec.msgpack.encode(content))


def payload_of(entry: Entry) -> Payload:
    return Payload(entry.kind, None if entry.target is None else EntryId(entry.target), entry.body)


def decode(kind: str, body: bytes) -> Content:
    """What an entry says. A text that is not UTF-8 counts as empty; lanchat's host takes none. An annotation whose body
    or an offer whose body is not as it should be counts as one of an unknown kind."""
    if kind == FileOffer.kind:
        return read_offer(body) or _unknown(kind)
    if kind == Keeping.kind:
        return read_keeping(body) or _unknown(kind)
    if kind == RoleChange.kind:
        return read_role(body) or _unknown(kind)
    if kind in (BanChange.kind, BanChange.kind_off):
        return BanChange(MemberKey(body), kind == BanChange.kind) if len(body) == KEY_BYTES else _unknown(kind)
    try:
        if kind == Sealed.kind:
            return _read_sealed(body)
        text = body.decode()
    except (UnicodeDecodeError, msgspec.DecodeError, RecursionError):  # the last: of arrays in arrays
        return Text("") if kind == Text.kind else _unknown(kind)
    match kind:
        case Text.kind:
            return Text(text)
        case Correction.kind:
            return Correction(text)
        case Deletion.kind if not text:
            return Deletion()
        case ReactionChange.kind | ReactionChange.kind_off if is_reaction(text):
            return ReactionChange(text, kind == ReactionChange.kind)
        case Pinning.kind | Pinning.kind_off if not text:
            return Pinning(kind == Pinning.kind)
        case TopicText.kind if len(body) <= _UTF8_BYTES * TOPIC_CHARACTERS:
            return TopicText(clean_line(text, TOPIC_CHARACTERS))
        case _:
            return _unknown(kind)


def _unknown(kind: str) -> UnknownMessage | UnknownAnnotation:
    return UnknownAnnotation(kind) if kind.startswith(ANNOTATION) else UnknownMessage(kind)


def is_reaction(text: str) -> bool:
    """Whether this can be a reaction: one short sign, such as an emoji, and nothing that cannot be seen."""
    return len(text.encode("utf-8", "replace")) <= REACTION_BYTES and _REACTION.fullmatch(text) is not None


def is_annotation(content: Content) -> TypeGuard[Annotation]:
    """Whether it changes a message or the room in a way that this program knows."""
    return isinstance(content, Correction | Deletion | ReactionChange | Pinning | TopicText | BanChange | RoleChange)


def is_message(content: Content) -> TypeGuard[Text | FileOffer | UnknownMessage]:
    """Whether people see it as a message of its own. A text that shows nothing is none; lanchat's host takes none."""
    match content:
        case Text(text):
            return not shows_nothing(text)
        case FileOffer() | UnknownMessage():
            return True
        case _:
            return False


def words_in(content: Content) -> str:
    """The words that a message of this content is found and quoted by; "" where it has none that are known here."""
    match content:
        case Text(text):
            return text
        case FileOffer():
            return content.words
        case _:
            return ""


def fault_of(entry: Entry, limits: Limits) -> RejectCode | None:
    """Why a Host never takes this entry, whatever is in its Log; None when it may."""
    if not _KIND.match(entry.kind):
        return RejectCode.KIND
    if entry.kind == Keeping.kind:  # a host writes it into its own Log; nobody may post one
        return RejectCode.RIGHT
    if entry.erased is not None:  # it was checked when it had its body
        return RejectCode.CONTENT if entry.body else None
    if len(entry.body) > _UTF8_BYTES * limits.text_characters:
        return RejectCode.LONG
    if entry.kind in (Text.kind, Correction.kind):
        return _text_fault(entry.body, limits)
    if entry.kind == FileOffer.kind:
        return RejectCode.CONTENT if read_offer(entry.body) is None else None
    known = entry.kind in _ANNOTATIONS
    return RejectCode.CONTENT if known and not is_annotation(decode(entry.kind, entry.body)) else None


def _text_fault(body: bytes, limits: Limits) -> RejectCode | None:
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return RejectCode.ENCODING
    if len(text) > limits.text_characters:
        return RejectCode.LONG
    if text.count("\n") >= limits.text_lines:
        return RejectCode.LINES
    return RejectCode.EMPTY if shows_nothing(text) else None
