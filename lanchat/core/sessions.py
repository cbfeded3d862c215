"""What a Host remembers of each Member and each connected Client: how fast it may post, and how much of the Log it has.

There is no queue for a Client: its Session has a cursor in the Log, and Feed gives what follows it. A Client that goes
on posting in spite of `slow_down` is disconnected.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence

import msgspec
from msgspec import Struct, field

from lanchat.core import frames, limits
from lanchat.core.codes import CloseCode, RejectCode
from lanchat.core.content import fault_of
from lanchat.core.encoded_log import Block, Tail, join
from lanchat.core.frames import FromClient, Misbehaved, Resume
from lanchat.core.guests import guest_fault_of, guest_pace, is_guest_frame
from lanchat.core.host_actions import SessionId
from lanchat.core.limits import IGNORED_POSTS
from lanchat.core.model import Card, DeviceId, Entry, Head, LogEnd, LogEntry, MemberKey

_OWN_PACE = {"posts_per_second": 1e6, "burst": 1_000_000}  # of the host's own person: as fast as the Log takes them
_LOOK_SECONDS = 1.0  # between two checks of all Sessions, which take 0.1 ms for 1,000 of them
_BEFORE_WELCOME = (frames.Resume, frames.Ping, frames.Pong, frames.Bye, frames.Auth, frames.Confirm)
_BOUNDED = (frames.Post, frames.Earlier, frames.Who)  # each by limits of its own; all other frames are counted
TAIL_BYTES = 8_000_000  # about 40,000 short texts: a member that was away for a while catches up without the disk


class Bucket:
    """A token bucket: it gains `rate` tokens a second, and holds at most `burst`. It starts full."""

    __slots__ = ("_at", "_burst", "_rate", "_tokens")

    def __init__(self, rate: float, burst: int, now: float) -> None:
        self._rate = rate
        self._burst = burst
        self._tokens = float(burst)
        self._at = now

    def take(self, wanted: int, now: float) -> int:
        """How many of `wanted` tokens there are now. They are taken out of the bucket."""
        self._fill(now)
        taken = min(wanted, int(self._tokens))
        self._tokens -= taken
        return taken

    def has(self, wanted: int, now: float) -> bool:
        """Whether there are so many tokens now."""
        self._fill(now)
        return self._tokens >= wanted

    @staticmethod
    def take_of_all(buckets: Iterable[Bucket], wanted: int, now: float) -> int:
        """The same of several: each must have it."""
        for bucket in buckets:
            wanted = bucket.take(wanted, now)
        return wanted

    def wait(self, wanted: int) -> float:
        """Seconds from the last `take` until there are `wanted` tokens."""
        return max(0.0, (min(wanted, self._burst) - self._tokens) / self._rate)

    def full(self, now: float) -> bool:
        self._fill(now)
        return self._tokens >= self._burst

    def drain(self, now: float) -> None:
        """Empty the bucket."""
        self._tokens = 0.0
        self._at = now

    def _fill(self, now: float) -> None:
        if now > self._at:
            self._tokens = min(float(self._burst), self._tokens + (now - self._at) * self._rate)
            self._at = now


class SlowedDown:
    """One Session's `slow_down`: no post is taken until the time is over and one with `again` comes. Such a post begins
    at the start of the Outbox, so that the order of a device's entries is kept."""

    __slots__ = ("_active", "_since", "_strikes", "_under_way", "_until")

    def __init__(self) -> None:
        self._active = False
        self._until = 0.0
        self._under_way = 0
        self._strikes = 0
        self._since = 0.0

    def begin(self, until: float, under_way: int) -> None:
        """`until`: when the time is over. `under_way`: how many posts an honest client may send before it knows."""
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


class PostFlow(Struct):
    """The posts of one Session on their way into the Log: what its person writes, or what it carries here."""

    waiting: int = 0  #: they are not in the Log yet
    slowed: SlowedDown = field(default_factory=SlowedDown)


class Member(Struct, eq=False):
    """A Member who is connected, or was until lately: leaving and coming back must not refill the Buckets."""

    card: Card
    pace: limits.Limits
    bucket: Bucket
    carried: tuple[Bucket, ...]  #: for what they carry here from another Log, the last one is everybody's
    guest: bool = False  #: they are here with a browser
    sessions: list[Session] = field(default_factory=list)

    @property
    def key(self) -> MemberKey:
        return MemberKey(self.card.key)

    @property
    def here(self) -> bool:
        return any(session.live for session in self.sessions)

    def rested(self, now: float) -> bool:
        """Whether forgetting this Member would allow them nothing more."""
        return all(bucket.full(now) for bucket in (self.bucket, *self.carried[:2]))

    def fault_of(self, entry: Entry) -> RejectCode | None:
        """Why an entry that they sent is never taken, whatever is in the Log; None when it may."""
        return guest_fault_of(entry, self.pace) if self.guest else fault_of(entry, self.pace)

    def flow(self, carried: bool) -> tuple[int, tuple[Bucket, ...]]:
        """How many posts each Session may have under way, and the Buckets for those of all of them."""
        return (limits.CARRIED[1], self.carried) if carried else (self.pace.burst, (self.bucket,))


class Session(Struct, eq=False):
    """One connected Client."""

    id: SessionId
    member: Member
    device_id: DeviceId
    since: float
    heard: float
    frames: Bucket
    address: str = ""  #: where its client is; "": in this process
    trusted: bool = False  #: it may be given passes at once
    resuming: Resume | None = None  #: what it says that it has, while that is checked
    live: bool = False  #: it was welcomed, and gets the Log and presence
    cursor: int = 0  #: the last entry that was given to it
    has: tuple[int, int] | None = None  #: (base, seq): those after base up to seq are on its disk
    reading: bool = False  #: a run after the cursor is being read from disk
    read: list[Block] = field(default_factory=list)  #: what was read for it and not sent yet
    paging: bool = False  #: a page is being read for it
    asking: bool = False  #: cards are being read for it
    checking: bool = False  #: a new card of its Member is being checked
    unchecked: Card | None = None  #: a new card that came while one was checked
    state: str = "here"  #: what it says of its person: the value of an Availability
    posts: PostFlow = field(default_factory=PostFlow)
    carried: PostFlow = field(default_factory=PostFlow)
    own_last: int = 0  #: no entry of its Member has a higher number
    delivered: tuple[int, int] = (0, 0)  #: (seq, -base) of the last `delivered` it was sent

    def flow(self, carried: bool) -> PostFlow:
        return self.carried if carried else self.posts

    def require(self, frame: FromClient, now: float) -> None:
        """Raises Misbehaved unless a client may send this frame now."""
        if not self.live and not isinstance(frame, _BEFORE_WELCOME):
            raise Misbehaved("not before resume")
        if not isinstance(frame, _BOUNDED) and not self.frames.take(1, now):
            raise Misbehaved("too many frames")
        if self.member.guest and not is_guest_frame(frame):
            raise Misbehaved("guests do not send that")


class SessionTable:
    """Who is connected, and who is overdue. Time in which this process was suspended does not count."""

    def __init__(self, host: MemberKey, pace: limits.Limits) -> None:
        """`host`: the person who hosts. There is always room for them, and their posts have no rate limit."""
        self.host = host
        self.sessions: dict[SessionId, Session] = {}
        self.members: dict[MemberKey, Member] = {}
        self._pace = pace
        self._carried = Bucket(*limits.CARRIED_IN_ALL, 0.0)
        self._ticked = -math.inf
        self._looked = -math.inf

    def has_room_for(self, key: MemberKey) -> bool:
        if key == self.host or (key in self.members and self.members[key].sessions):
            return True
        others = sum(1 for member in self.members.values() if member.sessions and member.key != self.host)
        return others < self._pace.members

    def add(
        self, session_id: SessionId, card: Card, device_id: DeviceId, now: float, address: str = "",
        trusted: bool = False, guest: bool = False,
    ) -> Session:  # fmt: skip
        key = MemberKey(card.key)
        if key in self.members and self.members[key].guest != guest:  # it was the other before
            del self.members[key]
        if key not in self.members:
            pace = msgspec.structs.replace(self._pace, **_OWN_PACE) if key == self.host else self._pace
            if guest:
                pace = guest_pace(pace)
            carried = Bucket(*limits.CARRIED, now), Bucket(*limits.CARRIED_LONG, now), self._carried
            self.members[key] = Member(
                card, pace, Bucket(pace.posts_per_second, pace.burst, now),
                carried[:1] if key == self.host else carried, guest,
            )  # fmt: skip
        member = self.members[key]
        session = Session(session_id, member, device_id, now, now, Bucket(*limits.FRAMES, now), address, trusted)
        self.sessions[session_id] = session
        member.sessions.append(session)
        return session

    def drop(self, session: Session) -> None:
        del self.sessions[session.id]
        session.member.sessions.remove(session)

    def look(self, now: float) -> list[tuple[Session, CloseCode]]:
        """The Sessions to close now. To be called often."""
        if now - self._ticked > limits.IDLE_PING_SECONDS:
            for session in self.sessions.values():  # this process was suspended, and frames of theirs are still unread
                session.heard = session.since = now
        self._ticked = now
        if now - self._looked < _LOOK_SECONDS:
            return []
        self._looked = now
        for key in [key for key, member in self.members.items() if not member.sessions and member.rested(now)]:
            del self.members[key]
        return list(self._overdue(now))

    def _overdue(self, now: float) -> Iterator[tuple[Session, CloseCode]]:
        for session in self.sessions.values():
            if now - session.heard > limits.GONE_SECONDS:
                yield session, CloseCode.GONE
            elif not session.live and now - session.since > limits.ENTER_SECONDS:
                yield session, CloseCode.SLOW


class Feed:
    """The end of the Log in memory, from which each Session is given what it lacks."""

    def __init__(self, end: LogEnd, recent: Sequence[Block]) -> None:
        self.end = end
        self._tail = Tail(end.last, recent, TAIL_BYTES)

    def grow(self, run: Sequence[LogEntry], blocks: Sequence[Block]) -> None:
        """The Log goes on with `run`, encoded as `blocks`."""
        last = run[-1]
        self.end = LogEnd(last.epoch, self.end.base, self.end.base_head, last.seq, last.head)
        self._tail.grow(blocks)

    def erase(self, seqs: Sequence[int]) -> None:
        """The bodies of these entries were erased."""
        self._tail.erase(seqs)

    def read_again(self) -> None:
        """What is on disk has changed: nothing of it is in memory from now on."""
        self._tail = Tail(self.end.last, (), TAIL_BYTES)

    def begins(self, base: int, base_head: Head) -> None:
        """The Log begins earlier now, because missing entries were recovered."""
        self.end = LogEnd(self.end.epoch, base, base_head, self.end.last, self.end.head)

    def newcomer_base(self, entries: int) -> int:
        """Where a newcomer begins, to get about the last `entries`: where a Block does, whose bytes are shared."""
        base = max(self.end.base, self.end.last - entries)
        edge = self._tail.edge(base) if base > self.end.base else None
        return base if edge is None else edge

    def head(self, seq: int) -> Head | None:
        """The chain head after `seq`; None where it is not in memory."""
        if seq == self.end.last:
            return self.end.head
        if seq == self.end.base:
            return self.end.base_head
        return self._tail.head(seq)

    def next_for(self, session: Session, at_most: int) -> bytes | None:
        """About `at_most` bytes of what follows this Session's cursor, which moves past them.

        Empty when it has everything, or waits for the disk. None: it has to be read from disk now.
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
