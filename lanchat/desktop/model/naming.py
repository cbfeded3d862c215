"""Naming: a few people by name, the rest by their number. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from lanchat.core.limits import NICK_CHARACTERS
from lanchat.core.text import clean_line
from lanchat.core.translate import _, ngettext
from lanchat.desktop.emoji.pattern import EMOJI
from lanchat.desktop.model.room import Room

_NAMED = 2


def others_here(room: Room) -> list[str]:
    """What everybody in the room but me is called, by name."""
    people = room.people
    return [people.called(key) for key in people.here() if key != people.me]


def named(names: Sequence[str], most: int = _NAMED) -> str:
    """Ben, Li and 3 others. Of `most` and one more, all are named. `names`: at least one."""
    if len(names) == 1:
        return names[0]
    if len(names) <= most + 1:
        return _("{names} and {last}").format(names=_listed(names[:-1]), last=names[-1])
    rest = len(names) - most
    words = ngettext("{names} and {n} other", "{names} and {n} others", rest)
    return words.format(names=_listed(names[:most]), n=rest)


def plain(name: str, otherwise: str) -> str:
    """A name as it can be written on a button: without emoji. `otherwise`: when it was nothing else."""
    return clean_line(EMOJI.sub("", name), NICK_CHARACTERS) or otherwise


def _listed(names: Sequence[str]) -> str:
    return _(", ").join(names)
