"""ChunkPlan: which chunks of an offer are to be asked of which source next. Pure; used by one thread at a time.

Chunks are asked for in order, in runs, because neighbours are read and written fastest. A source that has nothing left
to do is given chunks that another was asked for and has not sent: a slow source then delays the end by no more than one
run. No chunk is asked of more than two sources at once, so that little comes twice.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import Final, Generic, TypeVar

S = TypeVar("S", bound=Hashable)

RUN: Final = 16  #: chunks in one question: 4 MiB

_FREE, _ASKED, _HERE = 0, 1, 2
_ASKED_OF_MOST = 2  # sources at once for one chunk


class ChunkPlan(Generic[S]):
    """What is here, who was asked for what, and who has not what."""

    def __init__(self, chunks: int, missing: Iterable[int] | None = None) -> None:
        """`missing`: the chunks that are not here yet; None: all."""
        self._states = bytearray(chunks) if missing is None else bytearray([_HERE]) * chunks
        for index in missing or ():
            self._states[index] = _FREE
        self._asked: dict[S, dict[int, None]] = {}  # of each source, in the order in which it was asked
        self._lacking: dict[S, set[int]] = {}
        self.left = self._states.count(_FREE)  #: how many chunks are not here yet

    def add(self, source: S) -> None:
        """A source that may have all chunks. One that was dropped begins anew."""
        self._asked.setdefault(source, {})
        self._lacking.setdefault(source, set())

    def drop(self, source: S) -> None:
        """It is gone, or sent what is wrong: what it was asked for may be asked of others."""
        for index in list(self._asked.pop(source, ())):
            self._release(index)
        self._lacking.pop(source, None)

    def next(self, source: S, most: int = RUN) -> range | None:
        """The chunks to ask of this source now, which follow each other; None: nothing at the moment."""
        if source not in self._asked:
            return None
        run = self._free_run(source, most) or self._unsent_run(source, most)
        for index in run or ():
            self._states[index] = _ASKED
            self._asked[source][index] = None
        return run

    def arrived(self, index: int) -> list[S]:
        """A chunk is here; the sources that were asked for it: those that did not send it still may."""
        if self._states[index] != _HERE:
            self._states[index] = _HERE
            self.left -= 1
        asked = [source for source, indexes in self._asked.items() if index in indexes]
        for source in asked:
            del self._asked[source][index]
        return asked

    def lacks(self, source: S, index: int) -> None:
        """The source has not this chunk: it is not asked for it again."""
        if source in self._asked:
            self._lacking[source].add(index)
            if self._asked[source].pop(index, self) is not self:
                self._release(index)

    # --- within ------------------------------------------------------------------------------------------------------
    def _release(self, index: int) -> None:
        if self._states[index] == _ASKED and not any(index in indexes for indexes in self._asked.values()):
            self._states[index] = _FREE

    def _free_run(self, source: S, most: int) -> range | None:
        lacking = self._lacking[source]
        first = self._states.find(_FREE)
        while first in lacking:
            first = self._states.find(_FREE, first + 1)
        if first < 0:
            return None
        end = first + 1
        while end < len(self._states) and end - first < most and self._states[end] == _FREE and end not in lacking:
            end += 1
        return range(first, end)

    def _unsent_run(self, source: S, most: int) -> range | None:
        """What the busiest other source was asked for last."""
        mine, lacking = self._asked[source], self._lacking[source]
        if mine:  # it has something to do
            return None
        for other in sorted(self._asked, key=lambda one: -len(self._asked[one])):
            unsent = (index for index in self._asked[other] if self._askers(index) < _ASKED_OF_MOST)
            if other != source and (wanted := [index for index in unsent if index not in lacking]):
                first = last = wanted[-1]
                known = set(wanted[(len(wanted) - 1) // 2 :])
                while first - 1 in known and last - first + 1 < most:
                    first -= 1
                return range(first, last + 1)
        return None

    def _askers(self, index: int) -> int:
        return sum(index in indexes for indexes in self._asked.values())
