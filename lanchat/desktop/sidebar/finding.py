"""Finding: which rooms and people a few typed letters mean. Pure.

Every typed word must be in a name. Best is where the name begins with it, then where a word of it does, then anywhere,
then its letters in their order. Case and accents do not count.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

T = TypeVar("T")

_BEGINS, _WORD_BEGINS, _INSIDE, _SCATTERED = range(4)


@dataclass(frozen=True, slots=True)
class Candidate(Generic[T]):
    """Something that can be found by its name."""

    name: str
    what: T
    _folded: str = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_folded", folded(self.name))

    def distance(self, words: Sequence[str]) -> int | None:
        """How far the name is from these folded words, 0 is nearest; None: it is not meant."""
        total = 0
        for word in words:
            distance = _distance(word, self._folded)
            if distance is None:
                return None
            total += distance
        return total


def found(typed: str, candidates: Iterable[Candidate[T]], most: int) -> list[T]:
    """What is meant, the nearest first, else in the order given. Nothing typed: all of it."""
    words = folded(typed).split()
    near = [(distance, one) for one in candidates if (distance := one.distance(words)) is not None]
    near.sort(key=lambda pair: pair[0])
    return [one.what for _, one in near[:most]]


def folded(text: str) -> str:
    """Without case and accents."""
    if text.isascii():
        return text.lower()
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(character for character in apart if not unicodedata.combining(character))


def _distance(word: str, name: str) -> int | None:
    at = name.find(word)
    if at == 0:
        return _BEGINS
    if at > 0:
        return _WORD_BEGINS if any(part.startswith(word) for part in name.split()) else _INSIDE
    letters = iter(name)
    return _SCATTERED if len(word) > 1 and all(letter in letters for letter in word) else None
