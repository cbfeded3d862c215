"""Content: what an entry says, by its kind, and what of that a person sees. Pure.

The kind's name is signed with the entry and says which of two classes it is, also to a program too old to know it:

- a **message** has a line of its own and counts as unread: lower-case letters, such as "text";
- an **annotation** only changes what another message looks like, and is silent: "+" and lower-case letters.

Whatever it is, it stays in the Log.
"""

from __future__ import annotations

import enum
import re
from typing import Final

from lanchat.core.codes import RejectCode
from lanchat.core.limits import KIND_CHARACTERS, Limits
from lanchat.core.model import Entry
from lanchat.core.text import shows_nothing

TEXT: Final = "text"  #: the one kind there is today
ANNOTATION: Final = "+"  #: the first letter of an annotation's kind

_KIND = re.compile(rf"(?=.{{1,{KIND_CHARACTERS}}}\Z)\+?[a-z]+\Z")


class Shown(enum.Enum):
    """What of an entry a person sees."""

    TEXT = enum.auto()  #: its body
    UNKNOWN = enum.auto()  #: that it is there: a message of a kind that this program does not know
    NOTHING = enum.auto()  #: an annotation, or a text that nothing can be seen of: no host of ours takes one


def shown_of(entry: Entry) -> Shown:
    if entry.kind != TEXT:
        return Shown.NOTHING if entry.kind.startswith(ANNOTATION) else Shown.UNKNOWN
    return Shown.NOTHING if shows_nothing(entry.body) else Shown.TEXT


def is_shown(entry: Entry) -> bool:
    """A person sees that it is there."""
    return shown_of(entry) is not Shown.NOTHING


def fault_of(entry: Entry, limits: Limits) -> RejectCode | None:
    """Why a Host never takes this entry; None: it may."""
    if not _KIND.match(entry.kind):
        return RejectCode.KIND
    if len(entry.body) > limits.text_characters:
        return RejectCode.LONG
    if entry.body.count("\n") >= limits.text_lines:
        return RejectCode.LINES
    if entry.kind == TEXT and shows_nothing(entry.body):
        return RejectCode.EMPTY
    return None
