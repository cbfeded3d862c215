"""Delivery: who has what on disk, for the second tick."""

from __future__ import annotations

import math
from collections.abc import Iterable

from lanchat.core.frames import Delivered, encode
from lanchat.core.host_actions import Action, OwnDelivered, Send
from lanchat.core.limits import TELL_SECONDS
from lanchat.core.model import MemberKey
from lanchat.core.session import Session


class Furthest:
    """The furthest anybody has come, and the furthest anybody else has: enough to know what others have of mine."""

    __slots__ = ("_best", "_holder", "_second")

    def __init__(self) -> None:
        self._best = 0
        self._holder: MemberKey | None = None
        self._second = 0

    def has(self, member: MemberKey, seq: int) -> None:
        """Everything up to `seq` is on a disk of `member`."""
        if member == self._holder:
            self._best = max(self._best, seq)
        elif seq > self._best:
            self._best, self._holder, self._second = seq, member, self._best
        else:
            self._second = max(self._second, seq)

    def beyond(self, member: MemberKey) -> int:
        """Everything up to this is on the disk of somebody other than `member`."""
        return self._second if member == self._holder else self._best


class Delivery:
    """Tells each Session how far its Member's entries have come, where that is news, a few times a second at most."""

    def __init__(self, own: MemberKey, last: int) -> None:
        """`own`: the host's own person, whose entries are among the first `last`."""
        self.furthest = Furthest()
        self._own = own
        self._own_last = last
        self._own_delivered = 0
        self._hoping: set[Session] = set()  # whose Member has entries that nobody else is known to have
        self._told = -math.inf

    def wrote(self, sessions: Iterable[Session], seq: int) -> None:
        """These Sessions' Member may have written all up to `seq`."""
        for session in sessions:
            session.own_last = seq
            self._hoping.add(session)

    def own_wrote(self, seq: int) -> None:
        self._own_last = seq

    def forget(self, session: Session) -> None:
        self._hoping.discard(session)

    def tell(self, now: float) -> list[Action]:
        """The news, unless there was some a moment ago: then the next tick has it."""
        if now - self._told < TELL_SECONDS:
            return []
        self._told = now
        news: list[Action] = []
        for session in list(self._hoping):
            seq = min(self.furthest.beyond(session.member.key), session.own_last)
            if seq > session.delivered:
                session.delivered = seq
                news.append(Send(session.id, encode(Delivered(seq))))
            if seq == session.own_last:
                self._hoping.discard(session)
        seq = min(self.furthest.beyond(self._own), self._own_last)
        if seq > self._own_delivered:
            self._own_delivered = seq
            news.append(OwnDelivered(seq))
        return news
