"""AppendQueue: entries on their way into a Host's Log: rate limits, what is taken, and group commit.

There is one Append at a time; entries that arrive meanwhile are gathered, and go into the next one together.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import assert_never

from lanchat.core import log
from lanchat.core.codes import HoldCode, RejectCode
from lanchat.core.content import fault_of
from lanchat.core.frames import Known, Misbehaved, Post, Rejected, SlowDown, encode
from lanchat.core.host_actions import Action, Append, SendTo, SessionId
from lanchat.core.limits import TELL_SECONDS, Limits
from lanchat.core.model import Entry, EntryId, LogEntry
from lanchat.core.sessions import Session

APPEND_ENTRIES = 4_096  # of one Append: 40 ms at 100,000 a second, so that no post waits long behind a flood
_LAST_ENTRIES = 200  # 20 ms
_KNOWN_A_FRAME = 2_000  # an id and its seq are at most 27 bytes: under 64 KiB

Posts = list[tuple[SessionId, Entry]]


@dataclass(slots=True)
class Settled:
    """What became of one Append's posts."""

    run: list[LogEntry] = field(default_factory=list)  #: what the Log grew by
    answers: list[Action] = field(default_factory=list)
    forgers: list[SessionId] = field(default_factory=list)


class AppendQueue:
    def __init__(self, limits: Limits, sessions: Mapping[SessionId, Session]) -> None:
        self._limits = limits
        self._sessions = sessions
        self._gathered: Posts = []
        self._under_way: Posts = []
        self._held_until: float | None = None  # the Log could not be written
        self._held_code = HoldCode.DISK

    def take(self, session: Session, frame: Post, now: float) -> list[Action]:
        """Take as many of the posts as the limits allow. Returns the answers; raises Misbehaved."""
        if not frame.entries:
            raise Misbehaved("a post of nothing")
        for entry in frame.entries:
            if entry.author != session.member.card.key or entry.device_id != session.device_id:
                raise Misbehaved("an entry of somebody else")
        if not session.slowed.lets_through(frame.again, now):
            return [self._slow_down(session, session.slowed.left(now), now)] if frame.again else []
        self.tick(now)
        if self._held_until is not None:
            return [self._slow_down(session, self._held_until - now, now, self._held_code)]
        wanted = len(frame.entries)
        # an honest client has at most `burst` under way, so that what waits for the disk is bounded, too
        taken = session.member.bucket.take(min(wanted, session.member.pace.burst - session.waiting), now)
        answers: list[Action] = []
        for entry in frame.entries[:taken]:
            if code := fault_of(entry, self._limits):
                answers.append(SendTo(session.id, encode(Rejected(entry.entry_id, code))))
            else:
                session.waiting += 1
                self._gathered.append((session.id, entry))
        if taken < wanted:
            seconds = session.member.bucket.wait(max(1, session.member.pace.burst // 4))
            answers.append(self._slow_down(session, seconds, now))
        return answers

    def start(self) -> list[Action]:
        """The next Append, if it is time for one."""
        if self._under_way or not self._gathered or self._held_until is not None:
            return []
        self._under_way = self._gathered[:APPEND_ENTRIES]
        del self._gathered[:APPEND_ENTRIES]
        return [Append(self._under_way)]

    def settle(self, outcomes: Sequence[log.Outcome]) -> Settled:
        """The Append is done: one outcome for each post, in order."""
        settled = Settled()
        known: dict[SessionId, list[tuple[EntryId, int]]] = {}
        for (session_id, entry), outcome in zip(self._under_way, outcomes, strict=True):
            if (session := self._sessions.get(session_id)) is not None:
                session.waiting -= 1
            match outcome:
                case LogEntry():
                    settled.run.append(outcome)
                case log.Duplicate(seq):
                    known.setdefault(session_id, []).append((EntryId(entry.entry_id), seq))
                case log.OutOfOrder():
                    settled.answers += self._out_of_order(session_id, EntryId(entry.entry_id))
                case log.Forged():
                    settled.forgers.append(session_id)
                case _:
                    assert_never(outcome)
        self._under_way = []
        for session_id, pairs in known.items():
            settled.answers += self._known(session_id, pairs)
        return settled

    def put_off(self, code: HoldCode, retry_ms: int, now: float) -> list[Action]:
        """The Append failed. Its posts are still in the Outboxes of those who sent them, and will be sent again."""
        posts = self._under_way + self._gathered
        self._under_way, self._gathered = [], []
        self._held_until, self._held_code = now + retry_ms / 1000, code
        answers: list[Action] = []
        for session in filter(None, map(self._sessions.get, {session_id for session_id, _ in posts})):
            session.waiting = 0
            if not session.slowed:
                answers.append(self._slow_down(session, retry_ms / 1000, now, code))
        return answers

    def stop(self) -> None:
        """The room closes. The next entries still go into the Log, but not so many that closing takes long. The others
        are in the Outboxes, and are sent when the room opens again."""
        del self._gathered[_LAST_ENTRIES:]

    def tick(self, now: float) -> None:
        if self._held_until is not None and now >= self._held_until:
            self._held_until = None

    def _slow_down(self, session: Session, seconds: float, now: float, code: HoldCode | None = None) -> SendTo:
        milliseconds = math.ceil(1000 * max(seconds, TELL_SECONDS))
        session.slowed.begin(now + milliseconds / 1000, session.member.pace.burst)
        return SendTo(session.id, encode(SlowDown(milliseconds, code)))

    def _out_of_order(self, session_id: SessionId, entry_id: EntryId) -> list[Action]:
        frame = Rejected(entry_id, RejectCode.COUNTER)
        return [SendTo(session_id, encode(frame))] if session_id in self._sessions else []

    def _known(self, session_id: SessionId, pairs: list[tuple[EntryId, int]]) -> list[Action]:
        if session_id not in self._sessions:
            return []
        parts = [pairs[start : start + _KNOWN_A_FRAME] for start in range(0, len(pairs), _KNOWN_A_FRAME)]
        return [SendTo(session_id, encode(Known(*map(list, zip(*part, strict=True))))) for part in parts]
