"""Presence: who is in a Room, as its Host tells it. Told in batches, and encoded once for everybody."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence

from lanchat.core.frames import Present, encode
from lanchat.core.host_actions import Action, Broadcast, SendTo
from lanchat.core.limits import PRESENCE_SECONDS
from lanchat.core.model import Card, MemberKey
from lanchat.core.session import Session

_CARDS_A_FRAME = 150  # a card is at most 370 bytes, with a nick of four-byte characters: under 64 KiB


class Presence:
    def __init__(self) -> None:
        self._here: dict[MemberKey, Card] = {}  # as told
        self._came: dict[MemberKey, Card] = {}  # not told yet
        self._left: set[MemberKey] = set()
        self._need_all: set[Session] = set()  # who must be told the whole roster
        self._whole = b""  # encoded, until something changes
        self._told = -math.inf

    def came(self, card: Card) -> None:
        """Somebody came, or has a new card."""
        self._left.discard(MemberKey(card.key))
        self._came[MemberKey(card.key)] = card

    def left(self, key: MemberKey) -> None:
        self._came.pop(key, None)
        if key in self._here:
            self._left.add(key)

    def tell_all_to(self, session: Session) -> None:
        """It gets the whole roster, as it is new or missed something."""
        self._need_all.add(session)

    def forget(self, session: Session) -> None:
        self._need_all.discard(session)

    def tell(self, sessions: Iterable[Session], now: float) -> list[Action]:
        """The news, unless there was some a moment ago: then the next tick has it."""
        if now - self._told < PRESENCE_SECONDS:
            return []
        news: list[Action] = []
        joined, left = self._changes()
        if joined or left:
            self._told = now
            self._whole = b""
            to = tuple(session.id for session in sessions if session.live and session not in self._need_all)
            if to:
                news.append(Broadcast(to, _encode_changes(joined, left)))
        if self._need_all:
            self._whole = self._whole or _encode_all(list(self._here.values()))
            news += [SendTo(session.id, self._whole) for session in self._need_all]
            self._need_all.clear()
        return news

    def _changes(self) -> tuple[list[Card], list[Card]]:
        joined = [card for key, card in self._came.items() if self._here.get(key) != card]
        self._here.update(self._came)
        left = [self._here.pop(key) for key in self._left]
        self._came.clear()
        self._left.clear()
        return joined, left


def _encode_all(cards: Sequence[Card]) -> bytes:
    parts = list(_parts(cards))
    return b"".join(encode(Present(part, all=at == 0, more=at < len(parts) - 1)) for at, part in enumerate(parts))


def _encode_changes(joined: Sequence[Card], left: Sequence[Card]) -> bytes:
    came = [Present(joined=part) for part in _parts(joined)]
    went = [Present(left=[card.key for card in part]) for part in _parts(left)]
    return b"".join(map(encode, came + went))


def _parts(cards: Sequence[Card]) -> Iterator[list[Card]]:
    for start in range(0, len(cards), _CARDS_A_FRAME):
        yield list(cards[start : start + _CARDS_A_FRAME])
