"""What a Host tells members of each other: who is here (Presence), and what others have of their entries (Delivery).

News is gathered and told a few times a second, and what is the same for all is encoded once.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from typing import TypeAlias

from lanchat.core.frames import Delivered, Present, encode
from lanchat.core.host_actions import Action, Broadcast, SendTo
from lanchat.core.limits import PRESENCE_SECONDS, TELL_SECONDS
from lanchat.core.model import Card, MemberKey
from lanchat.core.sessions import Session

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
        """This Session gets the whole roster, because it is new or missed something."""
        self._need_all.add(session)

    def forget(self, session: Session) -> None:
        self._need_all.discard(session)

    def tell(self, sessions: Iterable[Session], now: float) -> list[Action]:
        """The news, at most every few hundredths of a second: what comes sooner is told at the next tick."""
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


Reach: TypeAlias = tuple[int, int]  #: (seq, minus the base of the replica that ends there)

NOWHERE: Reach = (0, 0)


class Furthest:
    """The furthest reach of anybody, and of anybody else: enough to know what others have of mine."""

    __slots__ = ("_best", "_holder", "_second")

    def __init__(self) -> None:
        self._best = NOWHERE
        self._holder: MemberKey | None = None
        self._second = NOWHERE

    def has(self, member: MemberKey, reach: Reach) -> None:
        if member == self._holder:
            self._best = max(self._best, reach)
        elif reach > self._best:
            self._best, self._holder, self._second = reach, member, self._best
        else:
            self._second = max(self._second, reach)

    def beyond(self, member: MemberKey) -> Reach:
        """The furthest reach of anybody but `member`."""
        return self._second if member == self._holder else self._best


class Delivery:
    """Tells each Session what others have of its Member's entries, where that is news, a few times a second at most."""

    def __init__(self) -> None:
        self._furthest = Furthest()
        self._news = False
        self._told = -math.inf

    def has(self, member: MemberKey, seq: int, base: int) -> None:
        """The entries after `base` up to `seq` are on a disk of `member`; or the host's own person has read them."""
        self._furthest.has(member, (seq, -base))
        self._news = True

    def wrote(self, sessions: Iterable[Session], seq: int) -> None:
        """The entries of the Member whose Sessions these are, are among the first `seq`."""
        for session in sessions:
            session.own_last = seq
        self._news = True

    def tell(self, sessions: Iterable[Session], now: float) -> list[Action]:
        """The news, at most every few hundredths of a second: what comes sooner is told at the next tick."""
        if not self._news or now - self._told < TELL_SECONDS:
            return []
        self._news = False
        self._told = now
        answers: list[Action] = []
        for session in sessions:
            reach = self._of(session.member.key, session.own_last)
            if session.live and reach > session.delivered:
                session.delivered = reach
                answers.append(SendTo(session.id, encode(Delivered(reach[0], -reach[1]))))
        return answers

    def _of(self, member: MemberKey, last: int) -> Reach:
        """What others have of the entries of `member`, which are among the first `last`."""
        seq, minus_base = self._furthest.beyond(member)
        return (min(seq, last), minus_base) if last > -minus_base else NOWHERE
