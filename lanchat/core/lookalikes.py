"""Names that can be taken for one another: skeletons as in Unicode's UTS 39. Pure.

Two names whose skeletons are the same look the same, or nearly so, whatever script and case they are written in.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Hashable
from functools import cache, lru_cache
from typing import Generic, TypeVar

from lanchat.core.confusables import LOOK_LIKE
from lanchat.core.text import INVISIBLE, JOINERS, TAGS

_Key = TypeVar("_Key", bound=Hashable)

#: Nothing is seen of them, nor of the blank pattern of Braille.
_IGNORED = re.compile(f"[{INVISIBLE}{JOINERS}{TAGS}\u2800]")

_TAG_AT_END = re.compile(r"\(\w{4}\W*$")  # a name that pretends to have a tag already


class Lookalikes(Generic[_Key]):
    """Whose names look like somebody else's."""

    def __init__(self) -> None:
        self._skeletons: dict[_Key, frozenset[str]] = {}
        self._often: Counter[str] = Counter()  # how many have a name of this skeleton

    def call(self, key: _Key, name: str) -> None:
        """It is called so from now on."""
        self.drop(key)
        self._skeletons[key] = found = skeletons(name)
        self._often.update(found)

    def drop(self, key: _Key) -> None:
        for skeleton in self._skeletons.pop(key, ()):
            self._often[skeleton] -= 1
            if not self._often[skeleton]:
                del self._often[skeleton]

    def apart(self, key: _Key, name: str, tag: str) -> str:
        """The name as it is shown: with the tag where it could be taken for another's, with or without a tag."""
        return f"{name} ({tag})" if key in self or _TAG_AT_END.search(name) else name

    def like(self, name: str) -> bool:
        """Whether a name that is not in here could be taken for one that is."""
        return bool(_TAG_AT_END.search(name)) or any(self._often[skeleton] for skeleton in skeletons(name))

    def __contains__(self, key: _Key) -> bool:
        """Whether its name could be taken for another's."""
        return any(self._often[skeleton] > 1 for skeleton in self._skeletons.get(key, ()))


@lru_cache(maxsize=4_096)
def skeletons(name: str) -> frozenset[str]:
    """Of the name as it is written, and of it in small letters: "AIex" is like "Alex", and "IVAN" is like "ivan"."""
    return frozenset((_skeleton(name), _skeleton(name.casefold())))


def _skeleton(name: str) -> str:
    plain = unicodedata.normalize("NFKD", _IGNORED.sub("", name))
    alike = unicodedata.normalize("NFD", plain.translate(_table())).casefold()
    return " ".join(alike.split())


@cache
def _table() -> dict[int, str]:
    return {ord(other): one for one, others in LOOK_LIKE.items() for other in others}
