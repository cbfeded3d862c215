"""Resuming: where in the Log a Session goes on, by what its Client says that it has."""

from __future__ import annotations

from typing import NamedTuple

from lanchat.core.frames import Misbehaved, Resume
from lanchat.core.host_actions import Diverged, ReadHead
from lanchat.core.model import Head
from lanchat.core.sessions import Feed, Session


class StartingPoint(NamedTuple):
    """A Session is sent what follows `base`."""

    base: int
    head: Head


class Resuming:
    def __init__(self, feed: Feed, newcomer_entries: int) -> None:
        """`newcomer_entries`: about how many a newcomer gets at once."""
        self._feed = feed
        self._newcomer_entries = newcomer_entries

    def asked(self, session: Session, frame: Resume) -> StartingPoint | ReadHead | Diverged:
        """Where this Session goes on, or what has to be read first. Raises Misbehaved."""
        if session.live or session.resuming:
            raise Misbehaved("resumed twice")
        if frame.epoch == 0:
            session.resuming = self._feed.newcomer_base(self._newcomer_entries), None
        else:
            session.resuming = frame.last, Head(frame.head)
        seq, end = session.resuming[0], self._feed.end
        if seq > end.last or frame.epoch > end.epoch:
            return self._diverged(session, frame.last)
        if seq < end.base:  # what it lacks was lost on this disk: it continues after that
            session.resuming = None
            return StartingPoint(end.base, end.base_head)
        if (head := self._feed.head(seq)) is not None:
            return self.read(session, head)
        return ReadHead(session.id, seq)

    def read(self, session: Session, head: Head | None) -> StartingPoint | Diverged:
        """The chain head there was read; None: the Log does not have it."""
        assert session.resuming is not None
        (seq, said), session.resuming = session.resuming, None
        if head is None or said not in (None, head):
            return self._diverged(session, seq)
        return StartingPoint(seq, head)

    def _diverged(self, session: Session, last: int) -> Diverged:
        return Diverged(session.member.card, max(0, last - self._feed.end.last))
