"""Strangers: authors whose cards a Client does not have, and asks its Host for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from lanchat.core.frames import Who
from lanchat.core.limits import ASKED_AT_ONCE
from lanchat.core.model import Card, LogEntry, MemberKey


class Strangers:
    """One question at a time, and each key is asked for once."""

    def __init__(self, known: Iterable[MemberKey], met: Iterable[MemberKey] = ()) -> None:
        """`known`: whose cards are here; `met`: whose are not, of those who wrote what is here."""
        self._to_ask: dict[MemberKey, None] = dict.fromkeys(met)  # in the order they were met
        self._met = {*known, *self._to_ask}
        self._asked: frozenset[MemberKey] = frozenset()

    def meet(self, run: Iterable[LogEntry]) -> None:
        """Note the authors of these entries."""
        for item in run:
            if item.entry.author not in self._met:
                key = MemberKey(item.entry.author)
                self._met.add(key)
                self._to_ask[key] = None

    def introduced(self, cards: Iterable[Card]) -> None:
        """Their cards came without asking."""
        for card in cards:
            self._met.add(MemberKey(card.key))
            self._to_ask.pop(MemberKey(card.key), None)

    def question(self) -> Who | None:
        """What to ask now, if anything."""
        if self._asked or not self._to_ask:
            return None
        self._asked = frozenset(list(self._to_ask)[:ASKED_AT_ONCE])
        for key in self._asked:
            del self._to_ask[key]
        return Who(list(self._asked))

    def answered(self, cards: Sequence[Card]) -> tuple[Card, ...]:
        """The cards among these that were asked for."""
        asked, self._asked = self._asked, frozenset()
        return tuple(card for card in cards if card.key in asked)

    def unanswered(self) -> None:
        """The connection is gone: what was asked must be asked anew."""
        self._to_ask.update(dict.fromkeys(self._asked))
        self._asked = frozenset()
