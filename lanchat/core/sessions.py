"""What a Host remembers of each Member and of each connected Client: how fast it may post, and how far it has the Log.

The Log is the queue: a Session is a cursor in it. Who goes on posting against a `slow_down` is closed.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import msgspec

from lanchat.core import limits
from lanchat.core.codes import CloseCode
from lanchat.core.encoded_log import Block, Tail, join
from lanchat.core.frames import Misbehaved
from lanchat.core.host_actions import SessionId
from lanchat.core.limits import IGNORED_POSTS
from lanchat.core.model import Card, DeviceId, Head, LogEnd, LogEntry, MemberKey

_OWN_PACE = {"posts_per_second": 1e6, "burst": 1_000_000}  # as fast as the Log takes them
_LOOK_SECONDS = 1.0  # between two checks of all Sessions, which take 0.1 ms for 1,000 of them
TAIL_BYTES = 8_000_000  # about 40,000 short texts: a member that was away for a while catches up without the disk


class Bucket:
    """A token bucket: `rate` a second, of which at most `burst` are saved up. It starts full."""

    __slots__ = ("_at", "_burst", "_rate", "_tokens")

    def __init__(self, rate: float, burst: int, now: float) -> None:
        self._rate = rate
        self._burst = burst
        self._tokens = float(burst)
        self._at = now

    def take(self, wanted: int, now: float) -> int:
        """How many of `wanted` may go now. They are taken out of the bucket."""
        self._fill(now)
        taken = min(wanted, int(self._tokens))
        self._tokens -= taken
        return taken

    def wait(self, wanted: int) -> float:
        """Seconds from the last `take` until `wanted` may go."""
        return max(0.0, (min(wanted, self._burst) - self._tokens) / self._rate)

    def full(self, now: float) -> bool:
        self._fill(now)
        return self._tokens >= self._burst

    def drain(self, now: float) -> None:
        """Start saving anew."""
        self._tokens = 0.0
        self._at = now

    def _fill(self, now: float) -> None:
        if now > self._at:
            self._tokens = min(float(self._burst), self._tokens + (now - self._at) * self._rate)
            self._at = now


class SlowedDown:
    """One Session's `slow_down`: no post is taken until one with `again` comes after the time is over. It begins at the
    Outbox's start, so the order of a device's entries is kept."""

    __slots__ = ("_active", "_since", "_strikes", "_under_way", "_until")

    def __init__(self) -> None:
        self._active = False
        self._until = 0.0
        self._under_way = 0
        self._strikes = 0
        self._since = 0.0

    def begin(self, until: float, under_way: int) -> None:
        """`under_way`: how many posts an honest client may have sent before it reads the `slow_down`."""
        self._active = True
        self._until = until
        self._under_way = under_way

    def __bool__(self) -> bool:
        return self._active

    def lets_through(self, again: bool, now: float) -> bool:
        """Whether a post that came now is to be taken. Raises Misbehaved after too many that had to be ignored."""
        if not self._active:
            return True
        if again and now >= self._until:
            self._active = False
            return True
        if not again and self._under_way:
            self._under_way -= 1
            return False
        most, seconds = IGNORED_POSTS
        if now - self._since > seconds:
            self._since, self._strikes = now, 0
        self._strikes += 1
        if self._strikes > most:
            raise Misbehaved("posts on and on against slow_down")
        return False

    def left(self, now: float) -> float:
        """Seconds until an `again` is taken."""
        return max(0.0, self._until - now)


@dataclass(slots=True, eq=False)
class Member:
    """A Member who is here; or was, and whose Bucket is not full again: leaving and coming back must not refill it."""

    card: Card
    pace: limits.Limits
    bucket: Bucket
    sessions: list[Session] = field(default_factory=list)

    @property
    def key(self) -> MemberKey:
        return MemberKey(self.card.key)

    @property
    def here(self) -> bool:
        return any(session.live for session in self.sessions)


@dataclass(slots=True, eq=False)
class Session:
    """One connected Client."""

    id: SessionId
    member: Member
    device_id: DeviceId
    since: float
    heard: float
    frames: Bucket
    resuming: tuple[int, Head | None] | None = None  #: the seq and head it says it has (no head: any), being checked
    live: bool = False  #: it was welcomed: Log and presence go to it
    cursor: int = 0
    has: tuple[int, int] | None = None  #: the entries after the first up to the second are on its disk, it says
    reading: bool = False  #: a run after the cursor is being read from disk
    read: list[Block] = field(default_factory=list)  #: such a run, not yet asked for
    paging: bool = False  #: a page is being read for it
    asking: bool = False  #: cards are being read for it
    checking: bool = False  #: a new card of its Member is being checked
    unchecked: Card | None = None  #: one that came meanwhile
    waiting: int = 0  #: its posts not yet in the Log
    slowed: SlowedDown = field(default_factory=SlowedDown)
    own_last: int = 0  #: where the last entry of its Member may be
    delivered: tuple[int, int] = (0, 0)  #: what it was told others have of these


class SessionTable:
    """Who is connected, and who is overdue. Time in which this process was stopped does not count against anybody."""

    def __init__(self, host: MemberKey, pace: limits.Limits) -> None:
        """`host`: the host's own person. There is always room for them, and nothing slows their posts."""
        self.host = host
        self.sessions: dict[SessionId, Session] = {}
        self.members: dict[MemberKey, Member] = {}
        self._pace = pace
        self._ticked = -math.inf
        self._looked = -math.inf

    def has_room_for(self, key: MemberKey) -> bool:
        if key == self.host or (key in self.members and self.members[key].sessions):
            return True
        guests = sum(1 for member in self.members.values() if member.sessions and member.key != self.host)
        return guests < self._pace.members

    def add(self, session_id: SessionId, card: Card, device_id: DeviceId, now: float) -> Session:
        key = MemberKey(card.key)
        if key not in self.members:
            pace = msgspec.structs.replace(self._pace, **_OWN_PACE) if key == self.host else self._pace
            self.members[key] = Member(card, pace, Bucket(pace.posts_per_second, pace.burst, now))
        member = self.members[key]
        session = Session(session_id, member, device_id, now, now, Bucket(*limits.FRAMES, now))
        self.sessions[session_id] = session
        member.sessions.append(session)
        return session

    def drop(self, session: Session) -> None:
        del self.sessions[session.id]
        session.member.sessions.remove(session)

    def look(self, now: float) -> list[tuple[Session, CloseCode]]:
        """The Sessions to close now. To be called often."""
        if now - self._ticked > limits.IDLE_PING_SECONDS:
            for session in self.sessions.values():  # this process was stopped: their frames are still unread
                session.heard = session.since = now
        self._ticked = now
        if now - self._looked < _LOOK_SECONDS:
            return []
        self._looked = now
        for key in [key for key, member in self.members.items() if not member.sessions and member.bucket.full(now)]:
            del self.members[key]
        return list(self._overdue(now))

    def _overdue(self, now: float) -> Iterator[tuple[Session, CloseCode]]:
        for session in self.sessions.values():
            if now - session.heard > limits.GONE_SECONDS:
                yield session, CloseCode.GONE
            elif not session.live and now - session.since > limits.ENTER_SECONDS:
                yield session, CloseCode.SLOW


class Feed:
    def __init__(self, end: LogEnd, recent: Sequence[Block]) -> None:
        self.end = end
        self._tail = Tail(end.last, recent, TAIL_BYTES)

    def grow(self, run: Sequence[LogEntry], blocks: Sequence[Block]) -> None:
        """The Log goes on with `run`, encoded as `blocks`."""
        last = run[-1]
        self.end = LogEnd(last.epoch, self.end.base, self.end.base_head, last.seq, last.head)
        self._tail.grow(blocks)

    def begins(self, base: int, base_head: Head) -> None:
        """The Log begins earlier now: what was missing was recovered."""
        self.end = LogEnd(self.end.epoch, base, base_head, self.end.last, self.end.head)

    def newcomer_base(self, entries: int) -> int:
        """Where a newcomer begins, to get about the last `entries`: where a Block does, so that all share its bytes."""
        base = max(self.end.base, self.end.last - entries)
        edge = self._tail.edge(base) if base > self.end.base else None
        return base if edge is None else edge

    def head(self, seq: int) -> Head | None:
        """The chain head after `seq`, as far as memory has it."""
        if seq == self.end.last:
            return self.end.head
        if seq == self.end.base:
            return self.end.base_head
        return self._tail.head(seq)

    def next_for(self, session: Session, at_most: int) -> bytes | None:
        """What follows this Session's cursor, about `at_most` bytes; the cursor moves past it.

        Nothing: it has all there is, or it waits for the disk. None: now it must be read from disk.
        """
        if session.cursor >= self.end.last or session.reading or not session.live:
            return b""
        if session.read:
            data, session.cursor = join(session.read, 0, at_most)
            session.read = [block for block in session.read if block.first > session.cursor]
            return data
        found = self._tail.after(session.cursor, at_most)
        if found is None:
            session.reading = True
            return None
        data, session.cursor = found
        return data
