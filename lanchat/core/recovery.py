"""Recovery: how a Host gets back the entries that its disk lost, from the Members that have them.

They are asked, one after the other, for pages that end where the Host's Log begins. The chain head there proves the
whole page, so the Member need not be trusted.
"""

from __future__ import annotations

from collections.abc import Mapping

from lanchat.core.encoded_log import unpack
from lanchat.core.frames import Earlier, Misbehaved, Page, encode
from lanchat.core.host_actions import Action, PutBack, SendTo, SessionId
from lanchat.core.model import Head, RoomId
from lanchat.core.sessions import Feed, Session

_PATIENCE_SECONDS = 20.0  # for one page of a Member that is busy or far away; then another one is asked


class Recovery:
    def __init__(self, room_id: RoomId, missing: bool, feed: Feed, sessions: Mapping[SessionId, Session]) -> None:
        """`missing`: before the Log's beginning there are entries that were here once."""
        self._room_id = room_id
        self._feed = feed
        self._sessions = sessions
        self._missing = missing
        self._asked: Session | None = None
        self._asked_at = 0.0
        self._keeping = False  # a page is on its way to disk

    def ask(self, now: float) -> list[Action]:
        """Ask a member that has it for the page before the Log's beginning. Nothing: no member has the page, one was
        asked and has not answered, or the last page is still being written to disk."""
        end = self._feed.end
        if not self._missing or self._keeping or end.base == 0:
            return []
        if self._asked is not None and now - self._asked_at > _PATIENCE_SECONDS:
            self._gives_nothing(self._asked)
        if self._asked is None:
            for session in self._sessions.values():
                if session.live and session.has is not None and session.has[0] < end.base <= session.has[1]:
                    self._asked, self._asked_at = session, now
                    return [SendTo(session.id, encode(Earlier(end.base + 1)))]
        return []

    def answered(self, session: Session, page: Page, now: float) -> list[Action]:
        """Put back the run that ends where the Log begins; else ask another member. Raises Misbehaved."""
        if session is not self._asked:  # it answered too late, or twice
            return self.ask(now)
        if not page.entries.rows:
            self._gives_nothing(session)
            return self.ask(now)
        end = self._feed.end
        run = tuple(unpack(page.entries, self._room_id, Head(page.base_head)))
        if run[0].seq < 1 or run[-1].seq != end.base or run[-1].head != end.base_head:
            raise Misbehaved("a page that does not fit")
        self._asked, self._keeping = None, True
        return [PutBack(session.id, run, Head(page.base_head))]

    def kept(self, missing: bool) -> None:
        """The run is in the Log, or cannot be put there."""
        self._keeping = False
        self._missing = missing

    def dropped(self, session: Session) -> None:
        """This Session is over."""
        if session is self._asked:
            self._asked = None

    def _gives_nothing(self, session: Session) -> None:
        session.has = None
        self._asked = None
