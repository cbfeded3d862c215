"""Content: what an entry says. Only this module turns kind, target and body into a typed value and back. Pure.

The name of the kind is signed with the entry. A program too old to know a kind still sees from its name which of two
classes it is of:

- a **message** has a line of its own and counts as unread: lower-case letters, such as "text";
- an **annotation** changes what another message looks like, and is silent: "+" and lower-case letters.

Entries of every kind stay in the Log. To add a kind: a class here, its cases in `decode` and `encode`, and what a host
must refuse of it in `fault_of`.
"""

from __future__ import annotations

import re
from typing import ClassVar, Final, NamedTuple, TypeAlias, TypeGuard

from msgspec import Struct

from lanchat.core.codes import RejectCode
from lanchat.core.limits import KIND_CHARACTERS, Limits
from lanchat.core.model import Entry, EntryId
from lanchat.core.text import shows_nothing

ANNOTATION: Final = "+"  #: the first letter of an annotation's kind

_KIND = re.compile(rf"(?=.{{1,{KIND_CHARACTERS}}}\Z)\+?[a-z]+\Z")
_UTF8_BYTES = 4  # the most that one character takes


class Text(Struct, frozen=True, gc=False):
    """A message of words. Its body is UTF-8."""

    kind: ClassVar[str] = "text"
    text: str


class UnknownMessage(Struct, frozen=True, gc=False):
    """A message of a kind that this program does not know: people are shown that there is one."""

    kind: str


class UnknownAnnotation(Struct, frozen=True, gc=False):
    """An annotation of a kind that this program does not know: people are shown nothing."""

    kind: str


Content: TypeAlias = Text | UnknownMessage | UnknownAnnotation


class Payload(NamedTuple):
    """Content as it stands in an Entry."""

    kind: str
    target: EntryId | None
    body: bytes


def encode(content: Text) -> Payload:
    return Payload(content.kind, None, content.text.encode())


def payload_of(entry: Entry) -> Payload:
    return Payload(entry.kind, None if entry.target is None else EntryId(entry.target), entry.body)


def decode(kind: str, body: bytes) -> Content:
    """What an entry says. A text that is not UTF-8 counts as empty; lanchat's host takes none."""
    if kind == Text.kind:
        try:
            return Text(body.decode())
        except UnicodeDecodeError:
            return Text("")
    return UnknownAnnotation(kind) if kind.startswith(ANNOTATION) else UnknownMessage(kind)


def is_message(content: Content) -> TypeGuard[Text | UnknownMessage]:
    """Whether people see it as a message of its own. A text that shows nothing is none; lanchat's host takes none."""
    match content:
        case Text(text):
            return not shows_nothing(text)
        case UnknownMessage():
            return True
        case UnknownAnnotation():
            return False


def fault_of(entry: Entry, limits: Limits) -> RejectCode | None:
    """Why a Host never takes this entry; None when it may."""
    if not _KIND.match(entry.kind):
        return RejectCode.KIND
    if len(entry.body) > _UTF8_BYTES * limits.text_characters:
        return RejectCode.LONG
    return _text_fault(entry.body, limits) if entry.kind == Text.kind else None


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
