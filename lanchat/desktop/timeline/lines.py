"""Lines about a room: who came, who went, who is called otherwise now. Pure.

What happens between two messages is one line, and who came and went in between is not in it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from lanchat.core.model import MemberKey
from lanchat.core.nicks import Moves
from lanchat.core.translate import _
from lanchat.desktop.model.naming import named
from lanchat.desktop.model.room import Moved


def happened(moved: Iterable[Moved], called: Callable[[MemberKey], str]) -> dict[int, str]:
    """seq -> what happened after that entry, in words; nothing of whom we found on coming in."""
    between: dict[int, list[Moves]] = {}
    for one in moved:
        if not one.moves.first:
            between.setdefault(one.after, []).append(one.moves)
    told = {seq: _words(moves, called) for seq, moves in between.items()}
    return {seq: words for seq, words in told.items() if words}


def _words(moves: Iterable[Moves], called: Callable[[MemberKey], str]) -> str:
    joined: dict[MemberKey, None] = {}
    left: dict[MemberKey, None] = {}
    before: dict[MemberKey, str] = {}
    for one in moves:
        for key in one.joined:
            if key in left:  # away for a moment only
                del left[key]
            else:
                joined[key] = None
        for key in one.left:
            if key in joined:
                del joined[key]
            else:
                left[key] = None
        for key, name in one.renamed:
            before.setdefault(key, name)
    told = []
    if joined:
        told.append(_("{names} joined").format(names=named([called(key) for key in joined])))
    if left:
        told.append(_("{names} left").format(names=named([called(key) for key in left])))
    told += [
        _("{before} is {now} now").format(before=name, now=called(key))
        for key, name in before.items()
        if name != called(key)
    ]
    return " · ".join(told)
