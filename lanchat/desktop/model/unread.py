"""Unread: which entries of a room a person has not read yet. Pure."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

MOST = 1_000  # nobody wants to know more exactly; shown as 999+


class Unread:
    """The newest MOST of them, by their seq; of those from before this start maybe only how many they are."""

    def __init__(self) -> None:
        self._seqs: deque[int] = deque(maxlen=MOST)
        self._mentions: deque[int] = deque(maxlen=MOST)
        self._before = 0
        self._before_last = 0

    @property
    def count(self) -> int:
        """0 … MOST."""
        return min(MOST, self._before + len(self._seqs))

    @property
    def mentions(self) -> int:
        """How many of them name me."""
        return len(self._mentions)

    def came(self, seq: int, mentions_me: bool) -> None:
        """An entry of somebody else, after all others."""
        self._seqs.append(seq)
        if mentions_me:
            self._mentions.append(seq)

    def found(self, count: int, last: int) -> None:
        """So many were left from before, none after `last`. MUST come before all others."""
        self._before, self._before_last = count, last

    def read(self, seq: int) -> None:
        """All up to here were."""
        _drop(self._seqs, lambda one: one <= seq)
        _drop(self._mentions, lambda one: one <= seq)
        self._before = max(0, min(self._before, self._before_last - seq))  # not more than there are seqs


def _drop(seqs: deque[int], read: Callable[[int], bool]) -> None:
    while seqs and read(seqs[0]):
        seqs.popleft()
