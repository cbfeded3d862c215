"""Delivery: who has what, for the second tick: a member on disk, the host's own person on the screen."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TypeAlias

from lanchat.core.frames import Delivered, encode
from lanchat.core.host_actions import Action, SendTo
from lanchat.core.limits import TELL_SECONDS
from lanchat.core.model import MemberKey
from lanchat.core.session import Session

Reach: TypeAlias = tuple[int, int]  #: a seq, and minus the base of the replica that goes up to it: more is greater

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
        """The entries after `base` up to `seq` are on a disk of `member`; or the host's own person saw them."""
        self._furthest.has(member, (seq, -base))
        self._news = True

    def wrote(self, sessions: Iterable[Session], seq: int) -> None:
        """The entries of the Member whose Sessions these are, are among the first `seq`."""
        for session in sessions:
            session.own_last = seq
        self._news = True

    def tell(self, sessions: Iterable[Session], now: float) -> list[Action]:
        """The news, unless there was some a moment ago: then the next tick has it."""
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
