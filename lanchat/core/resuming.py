"""Resuming: where in the Log a Session goes on, by what its Client says that it has.

That is after the last entry that both have. What the Client has after it, it carries into this Log. A Client that
claims a higher epoch than the Host's must prove it; the Host then raises itself above that, and the Session waits.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, TypeAlias

from lanchat.core.codes import CloseCode
from lanchat.core.frames import Misbehaved, Resume
from lanchat.core.host_actions import CheckClaim, Raise, ReadCommon, SessionId
from lanchat.core.keeping import Keeping, epoch_in
from lanchat.core.limits import RAISES
from lanchat.core.model import Entry, Head, LogEntry
from lanchat.core.sessions import Bucket, Feed, Session


class StartingPoint(NamedTuple):
    """A Session is sent what follows `base`."""

    base: int
    head: Head


#: A Session goes on, is closed, or waits until something was done.
Answer: TypeAlias = StartingPoint | CloseCode | ReadCommon | CheckClaim


class Resuming:
    def __init__(self, feed: Feed, keeps: Entry | None) -> None:
        """`keeps`: the newest `+keeps` in the Log."""
        self.keeps = keeps
        self._feed = feed
        self._waiting: dict[SessionId, Session] = {}  # whose claims are proved, for an epoch above theirs
        self._raising = False  # a `+keeps` of ours is on its way into the Log
        self._raises = Bucket(*RAISES, 0.0)  # who shows ever higher epochs must not fill the Log, nor use them all up

    def asked(self, session: Session, frame: Resume) -> Answer:
        """A Client says what it has. Raises Misbehaved."""
        if session.live or session.resuming is not None:
            raise Misbehaved("resumed twice")
        session.resuming = frame
        return self._look(session, frame)

    def checked(self, session: Session, entitled: bool) -> Answer | None:
        """The answer to CheckClaim; None: the Session waits."""
        if session.resuming is None or not entitled:
            return CloseCode.FORGED
        if session.resuming.epoch <= self._feed.end.epoch:  # it was raised meanwhile
            return self._look(session, session.resuming)
        self._waiting[session.id] = session
        return None

    def common_read(self, session: Session, found: tuple[int, Head] | None) -> StartingPoint | None:
        """The answer to ReadCommon; None: it is late."""
        if session.resuming is None:
            return None
        return self._begin(session, *(found or (self._feed.end.base, self._feed.end.base_head)))

    def raise_due(self, now: float) -> list[Raise]:
        """What the Sessions wait for, if it is to be asked for now."""
        waiting = (session.resuming for session in self._waiting.values())
        claims = [frame.keeps for frame in waiting if frame is not None and frame.keeps is not None]
        if not claims or self._raising or not self._raises.take(1, now):
            return []
        self._raising = True
        return [Raise(max(claims, key=epoch_in))]

    def grew(self, run: Sequence[LogEntry], kept: bool) -> list[tuple[Session, Answer]]:
        """The Log grew. `kept`: the `+keeps` that was on its way is in it, or had no place. Who need not wait any
        more, and how it goes on."""
        self._raising = self._raising and not kept
        for item in run:
            if item.entry.kind == Keeping.kind:
                self.keeps = item.entry
        epoch = self._feed.end.epoch
        ready = [one for one in self._waiting.values() if one.resuming is not None and one.resuming.epoch <= epoch]
        for session in ready:
            del self._waiting[session.id]
        return [(session, self._look(session, session.resuming)) for session in ready if session.resuming is not None]

    def dropped(self, session: Session) -> None:
        """This Session is over."""
        self._waiting.pop(session.id, None)

    def _look(self, session: Session, frame: Resume) -> Answer:
        if frame.epoch > self._feed.end.epoch:
            if frame.keeps is None or epoch_in(frame.keeps) != frame.epoch:
                return CloseCode.FORGED
            return CheckClaim(session.id, frame.keeps)
        if frame.epoch == 0:
            return self._find(session, [(self._feed.newcomer_base(session.member.pace.newcomer_entries), None)])
        heads = {mark.seq: Head(mark.head) for mark in frame.marks} | {frame.last: Head(frame.head)}
        marks: list[tuple[int, Head | None]] = [(seq, heads[seq]) for seq in sorted(heads, reverse=True)]
        if session.member.guest:  # a browser proves what it had; else it gets what a newcomer gets
            first = self._feed.newcomer_base(session.member.pace.newcomer_entries)
            marks = [*(mark for mark in marks if mark[0] > self._feed.end.base), (first, None)]
        return self._find(session, marks)

    def _find(self, session: Session, marks: Sequence[tuple[int, Head | None]]) -> Answer:
        """`marks`: the highest number first."""
        end = self._feed.end
        marks = [mark for mark in marks if end.base <= mark[0] <= end.last]
        for at, (seq, said) in enumerate(marks):
            head = self._feed.head(seq)
            if head is None:  # it is not in memory
                return ReadCommon(session.id, tuple(marks[at:]))
            if said in (None, head):
                return self._begin(session, seq, head)
        return self._begin(session, end.base, end.base_head)

    def _begin(self, session: Session, base: int, head: Head) -> StartingPoint:
        session.resuming = None
        return StartingPoint(base, head)
