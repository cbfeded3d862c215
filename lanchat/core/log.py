"""The Log that a Host writes to: the queue of entries for it, their places in it, and its interface to the disk.

AppendQueue applies the rate limits, takes entries and groups them: there is one Append at a time, and entries that
arrive meanwhile go into the next one together. Placement gives entries their numbers and heads. Log is the asynchronous
Protocol by which a host driver reads and writes the Log on disk.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol, TypeAlias, assert_never

from msgspec import Struct, field

from lanchat.core.codes import HoldCode, RejectCode
from lanchat.core.content import fault_of
from lanchat.core.encoded_log import Block
from lanchat.core.frames import Known, Misbehaved, Post, Rejected, SlowDown, encode
from lanchat.core.host_actions import Action, Append, SendTo, SessionId
from lanchat.core.limits import TELL_SECONDS, Limits
from lanchat.core.model import Card, Entry, EntryId, Head, LogEnd, LogEntry, MemberKey, RoomId, next_head
from lanchat.core.sessions import Session

Device: TypeAlias = tuple[bytes, bytes]  #: a member's key and the id of one of their devices
Posts = list[tuple[SessionId, Entry]]

APPEND_ENTRIES = 4_096  # of one Append: 40 ms at 100,000 a second, so that no post waits long behind a flood
_LAST_ENTRIES = 200  # taken when the room closes: 20 ms
_KNOWN_A_FRAME = 2_000  # an id and its seq are at most 27 bytes: under 64 KiB


class Duplicate(Struct, frozen=True):
    """An entry with this author and entry_id is in the Log already, at number `seq`."""

    seq: int


class OutOfOrder(Struct, frozen=True):
    """The author's device has used a counter as high or higher: the entry would break the order of its entries."""

    last_counter: int


class Forged(Struct, frozen=True):
    """The signature is wrong. The driver finds that before it asks the Log."""


class NotAllowed(Struct, frozen=True):
    """An annotation that would have no effect, by the rules in `message.change_fault`; or an entry with the id of
    another author's, which only a program that is not honest makes."""

    code: RejectCode


Outcome: TypeAlias = LogEntry | Duplicate | OutOfOrder | NotAllowed | Forged


class Appended(NamedTuple):
    """What became of entries that were to be appended."""

    outcomes: Sequence[Outcome]  #: one for each, in order
    blocks: Sequence[Block]  #: those that are in the Log now, encoded
    erased: Sequence[int] = ()  #: numbers of entries, these or older ones, whose bodies were erased by a deletion


class Placement(Struct):
    """Gives new entries their place in a Log: number, time and chain head. Pure; the Log on disk is not changed."""

    room_id: RoomId
    end: LogEnd
    known: dict[bytes, tuple[bytes, int]]  #: author and number of entries in the Log, by entry_id
    counters: Mapping[Device, int]  #: the last counter of each device that wrote before
    run: list[LogEntry] = field(default_factory=list)  #: the entries that were placed, in order
    _used: dict[Device, int] = field(default_factory=dict)

    def place(self, entry: Entry, received_at: int) -> LogEntry | Duplicate | OutOfOrder | NotAllowed:
        """Give `entry` its place, or say why it has none. An entry that comes twice is a Duplicate the second time."""
        known, device = self.known.get(entry.entry_id), (entry.author, entry.device_id)
        if known is not None:
            author, seq = known
            return Duplicate(seq) if author == entry.author else NotAllowed(RejectCode.ID)
        last_counter = self._used.get(device, self.counters.get(device, 0))
        if entry.counter <= last_counter:
            return OutOfOrder(last_counter)
        self._used[device] = entry.counter
        seq, head = (self.run[-1].seq, self.run[-1].head) if self.run else (self.end.last, self.end.head)
        seq += 1
        self.known[entry.entry_id] = entry.author, seq
        head = next_head(head, self.room_id, self.end.epoch, seq, received_at, entry)
        placed = LogEntry(entry, self.end.epoch, seq, received_at, head)
        self.run.append(placed)
        return placed


class Log(Protocol):
    """One room's Log as its host driver uses it. Every method may raise StorageProblem, with nothing changed."""

    async def append(self, entries: Sequence[Entry]) -> Appended:
        """Append entries in one transaction, which MUST be on disk when this returns."""

    async def head_at(self, seq: int) -> Head | None:
        """The chain head after `seq`; None when that is outside the Log."""

    async def after(self, seq: int) -> list[Block]:
        """About host.READ_ENTRIES entries after `seq`, encoded; none when the Log ends there."""

    async def before(self, seq: int, limit: int) -> tuple[list[LogEntry], Head]:
        """Up to `limit` entries before `seq`, oldest first, and the chain head before the first of them."""

    async def prepend(self, run: Sequence[LogEntry], base_head: Head) -> tuple[LogEnd, bool]:
        """Put a run before the Log's beginning; `base_head` is the chain head before it. The Log's new range, and
        whether entries before that are still missing. Raises Gap when the run does not fit."""

    async def cards(self, keys: Sequence[MemberKey]) -> list[Card]:
        """The cards there are of these members."""

    async def keep_cards(self, cards: Sequence[Card]) -> None:
        """Keep the cards of these members, who were let in. The caller checks the signatures."""


class Settled(Struct):
    """The result of one Append: what to do about its posts."""

    run: list[LogEntry] = field(default_factory=list)  #: what the Log grew by
    answers: list[Action] = field(default_factory=list)
    forgers: list[SessionId] = field(default_factory=list)


class AppendQueue:
    """Posts on their way into the Log: those of the Append under way, and those for the next one."""

    def __init__(self, limits: Limits, sessions: Mapping[SessionId, Session]) -> None:
        self._limits = limits
        self._sessions = sessions
        self._gathered: Posts = []
        self._under_way: Posts = []
        self._held_until: float | None = None  # because the Log could not be written
        self._held_code = HoldCode.DISK

    def take(self, session: Session, frame: Post, now: float) -> list[Action]:
        """Take as many of the posts as the limits allow; the answers. Raises Misbehaved."""
        if not frame.entries:
            raise Misbehaved("a post of nothing")
        for entry in frame.entries:
            if entry.author != session.member.card.key or entry.device_id != session.device_id:
                raise Misbehaved("an entry of somebody else")
            if entry.erased is not None:
                raise Misbehaved("a new entry without its body")
        if not session.slowed.lets_through(frame.again, now):
            return [self._slow_down(session, session.slowed.left(now), now)] if frame.again else []
        self.tick(now)
        if self._held_until is not None:
            return [self._slow_down(session, self._held_until - now, now, self._held_code)]
        wanted = len(frame.entries)
        # an honest client has at most `burst` under way, so what waits for the disk is bounded, too
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
        """The next Append, if there are posts and none is under way."""
        if self._under_way or not self._gathered or self._held_until is not None:
            return []
        self._under_way = self._gathered[:APPEND_ENTRIES]
        del self._gathered[:APPEND_ENTRIES]
        return [Append(self._under_way)]

    def settle(self, outcomes: Sequence[Outcome]) -> Settled:
        """The Append is done: one outcome for each post, in order."""
        settled = Settled()
        known: dict[SessionId, list[tuple[EntryId, int]]] = {}
        for (session_id, entry), outcome in zip(self._under_way, outcomes, strict=True):
            if (session := self._sessions.get(session_id)) is not None:
                session.waiting -= 1
            match outcome:
                case LogEntry():
                    settled.run.append(outcome)
                case Duplicate(seq):
                    known.setdefault(session_id, []).append((EntryId(entry.entry_id), seq))
                case OutOfOrder():
                    settled.answers += self._rejected(session_id, entry, RejectCode.COUNTER)
                case NotAllowed(code):
                    settled.answers += self._rejected(session_id, entry, code)
                case Forged():
                    settled.forgers.append(session_id)
                case _:
                    assert_never(outcome)
        self._under_way = []
        for session_id, pairs in known.items():
            settled.answers += self._known(session_id, pairs)
        return settled

    def put_off(self, code: HoldCode, retry_ms: int, now: float) -> list[Action]:
        """The Append failed. Its posts are still in the Outboxes of their authors, who will send them again."""
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
        """The room closes: keep only as many posts as are appended in a short time. The others are still in the
        Outboxes of their authors, and are sent when the room opens again."""
        del self._gathered[_LAST_ENTRIES:]

    def tick(self, now: float) -> None:
        """End the pause after a failed Append, when it is over."""
        if self._held_until is not None and now >= self._held_until:
            self._held_until = None

    def _slow_down(self, session: Session, seconds: float, now: float, code: HoldCode | None = None) -> SendTo:
        milliseconds = math.ceil(1000 * max(seconds, TELL_SECONDS))
        session.slowed.begin(now + milliseconds / 1000, session.member.pace.burst)
        return SendTo(session.id, encode(SlowDown(milliseconds, code)))

    def _rejected(self, session_id: SessionId, entry: Entry, code: RejectCode) -> list[Action]:
        frame = Rejected(entry.entry_id, code)
        return [SendTo(session_id, encode(frame))] if session_id in self._sessions else []

    def _known(self, session_id: SessionId, pairs: list[tuple[EntryId, int]]) -> list[Action]:
        if session_id not in self._sessions:
            return []
        parts = [pairs[start : start + _KNOWN_A_FRAME] for start in range(0, len(pairs), _KNOWN_A_FRAME)]
        return [SendTo(session_id, encode(Known(*map(list, zip(*part, strict=True))))) for part in parts]
