"""The Log that a Host writes to: the queue of entries for it, their places in it, and its interface to the disk.

AppendQueue applies the rate limits, takes entries and groups them: there is one Append at a time, and entries that
arrive meanwhile go into the next one together. Placement gives entries their numbers and heads. Log is the asynchronous
Protocol by which a host driver reads and writes the Log on disk.
"""

from __future__ import annotations

import math
from collections.abc import Container, Mapping, Sequence
from typing import NamedTuple, Protocol, TypeAlias, assert_never

from msgspec import Struct, field

from lanchat.core.codes import HoldCode, RejectCode
from lanchat.core.encoded_log import Block
from lanchat.core.frames import Known, Misbehaved, Post, Rejected, SlowDown, encode
from lanchat.core.host_actions import HOST, Action, Append, SendTo, SessionId
from lanchat.core.keeping import keeping_in
from lanchat.core.limits import TELL_SECONDS
from lanchat.core.model import Card, Entry, EntryId, Head, LogEnd, LogEntry, MemberKey, RoomId, next_head
from lanchat.core.sessions import Bucket, PostFlow, Session
from lanchat.core.standing import Standing

Device: TypeAlias = tuple[bytes, bytes]  #: a member's key and the id of one of their devices
Posts = list[tuple[SessionId, Entry]]

APPEND_ENTRIES = 4_096  # of one Append: 40 ms at 100,000 a second, so that no post waits long behind a flood
_CARRIED_ENTRIES = 500  # of one Append with few others: nobody waits for these, and theirs are many
_CARRIED_WAITING = 2_000  # for the Append after: 32 MB where they are as long as they may be
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
    restored: bool = False  #: older entries have bodies now that were erased before


class LogBeginning(NamedTuple):
    """What is on disk after a run was put before the Log."""

    end: LogEnd
    missing: bool  #: something before it is still lost
    standing: Standing  #: who is banned now and has which role


class Placement(Struct):
    """Gives new entries their place in a Log: epoch, number, time and chain head. Pure; the Log on disk is not changed.

    A `+keeps` begins its epoch, for itself and for all that follow.
    """

    room_id: RoomId
    end: LogEnd
    known: dict[bytes, tuple[bytes, int]]  #: author and number of entries in the Log, by entry_id
    counters: Mapping[Device, int]  #: the last counter of each device that wrote before
    run: list[LogEntry] = field(default_factory=list)  #: the entries that were placed, in order
    _used: dict[Device, int] = field(default_factory=dict)

    def place(
        self, entry: Entry, received_at: int, carried: bool = False
    ) -> LogEntry | Duplicate | OutOfOrder | NotAllowed:
        """Give `entry` its place, or say why it has none. An entry that comes twice is a Duplicate the second time.

        `carried`: another Log had it, so its device may have written later ones that are here already.
        """
        known, device = self.known.get(entry.entry_id), (entry.author, entry.device_id)
        if known is not None:
            author, seq = known
            return Duplicate(seq) if author == entry.author else NotAllowed(RejectCode.ID)
        epoch, seq, head = self.end.epoch, self.end.last, self.end.head
        if self.run:
            epoch, seq, head = self.run[-1].epoch, self.run[-1].seq, self.run[-1].head
        last_counter = self._used.get(device, self.counters.get(device, 0))
        if (keeping := keeping_in(entry)) is not None:
            if keeping.epoch <= epoch:
                return NotAllowed(RejectCode.RIGHT)
            epoch = keeping.epoch
        elif entry.counter <= last_counter and not carried:
            return OutOfOrder(last_counter)
        self._used[device] = max(entry.counter, last_counter)
        seq += 1
        self.known[entry.entry_id] = entry.author, seq
        placed = LogEntry(entry, epoch, seq, received_at, next_head(head, self.room_id, epoch, seq, received_at, entry))
        self.run.append(placed)
        return placed


class Log(Protocol):
    """One room's Log as its host driver uses it. Every method may raise StorageProblem, with nothing changed."""

    async def append(self, entries: Sequence[Entry], carried: Container[bytes] = ()) -> Appended:
        """Append entries in one transaction, which MUST be on disk when this returns. `carried`: the ids of those that
        another Log had."""

    async def common(self, marks: Sequence[tuple[int, Head | None]]) -> tuple[int, Head] | None:
        """The first of these numbers after which the Log has this chain head, or any where none is given."""

    async def after(self, seq: int) -> list[Block]:
        """About host.READ_ENTRIES entries after `seq`, encoded; none when the Log ends there."""

    async def before(self, seq: int, limit: int) -> tuple[list[LogEntry], Head]:
        """Up to `limit` entries before `seq`, oldest first, and the chain head before the first of them."""

    async def prepend(self, run: Sequence[LogEntry], base_head: Head) -> LogBeginning:
        """Put a run before the Log's beginning; `base_head` is the chain head before it. Raises Gap when the run
        does not fit."""

    async def cards(self, keys: Sequence[MemberKey]) -> list[Card]:
        """The cards there are of these members."""

    async def keep_cards(self, cards: Sequence[Card]) -> None:
        """Keep the cards of these members, who were let in. The caller checks the signatures."""


class Settled(Struct):
    """The result of one Append: what to do about its posts."""

    run: list[LogEntry] = field(default_factory=list)  #: what the Log grew by
    answers: list[Action] = field(default_factory=list)
    forgers: list[SessionId] = field(default_factory=list)
    kept: bool = False  #: a `+keeps` of the Host itself was among the posts


class AppendQueue:
    """Posts on their way into the Log: those of the Append under way, and those for the next one. What members write
    goes before what they carry here from another Log."""

    def __init__(self, sessions: Mapping[SessionId, Session]) -> None:
        self._sessions = sessions
        self._gathered: Posts = []
        self._gathered_carried: Posts = []
        self._under_way: Posts = []
        self._own = 0  # so many of those under way are not carried
        self._held_until: float | None = None  # because the Log could not be written
        self._held_code = HoldCode.DISK

    def keep(self, keeping: Entry) -> None:
        """A `+keeps` of the Host itself."""
        self._gathered.append((HOST, keeping))

    def take(self, session: Session, frame: Post, now: float) -> list[Action]:
        """Take as many of the posts as the limits allow; the answers. Raises Misbehaved."""
        if not frame.entries:
            raise Misbehaved("a post of nothing")
        if not frame.carried:
            _require_own(session, frame.entries)
        flow = session.flow(frame.carried)
        if not flow.slowed.lets_through(frame.again, now):
            return [self._slow_down(session, flow, flow.slowed.left(now), now)] if frame.again else []
        self.tick(now)
        if self._held_until is not None:
            return [self._slow_down(session, flow, self._held_until - now, now, self._held_code)]
        wanted = len(frame.entries)
        burst, buckets = session.member.flow(frame.carried)
        # an honest client has at most `burst` under way, so what waits for the disk is bounded, too
        gathered, most = self._gathered, burst - flow.waiting
        if frame.carried:
            gathered = self._gathered_carried
            most = min(most, _CARRIED_WAITING - len(gathered))
        taken = Bucket.take_of_all(buckets, min(wanted, most), now)
        answers: list[Action] = []
        for entry in frame.entries[:taken]:
            if code := session.member.fault_of(entry):
                answers.append(SendTo(session.id, encode(Rejected(entry.entry_id, code))))
            else:
                flow.waiting += 1
                gathered.append((session.id, entry))
        if taken < wanted:
            seconds = max(bucket.wait(max(1, burst // 4)) for bucket in buckets)
            answers.append(self._slow_down(session, flow, seconds, now))
        return answers

    def start(self) -> list[Action]:
        """The next Append, if there are posts and none is under way."""
        if self._under_way or self._held_until is not None or not (self._gathered or self._gathered_carried):
            return []
        own = self._gathered[:APPEND_ENTRIES]
        carried = self._gathered_carried[: max(0, _CARRIED_ENTRIES - len(own))]
        del self._gathered[: len(own)], self._gathered_carried[: len(carried)]
        self._under_way, self._own = own + carried, len(own)
        return [Append(self._under_way, frozenset(entry.entry_id for _session_id, entry in carried))]

    def settle(self, outcomes: Sequence[Outcome]) -> Settled:
        """The Append is done: one outcome for each post, in order."""
        settled = Settled()
        known: dict[SessionId, list[tuple[EntryId, int]]] = {}
        for at, ((session_id, entry), outcome) in enumerate(zip(self._under_way, outcomes, strict=True)):
            if (session := self._sessions.get(session_id)) is not None:
                session.flow(carried=at >= self._own).waiting -= 1
            settled.kept = settled.kept or session_id == HOST
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
        """The Append failed. Its posts are still on the disks of those who sent them, and will be sent again; only what
        the Host itself writes waits here."""
        own = self._under_way[: self._own] + self._gathered
        carried = self._under_way[self._own :] + self._gathered_carried
        self._under_way, self._gathered, self._gathered_carried = [], [post for post in own if post[0] == HOST], []
        self._held_until, self._held_code = now + retry_ms / 1000, code
        answers: list[Action] = []
        for posts, are_carried in ((own, False), (carried, True)):
            for session in filter(None, map(self._sessions.get, {session_id for session_id, _ in posts})):
                flow = session.flow(are_carried)
                flow.waiting = 0
                if not flow.slowed:
                    answers.append(self._slow_down(session, flow, retry_ms / 1000, now, code))
        return answers

    def stop(self) -> None:
        """The room closes: keep only as many posts as are appended in a short time. The others are still on the disks
        of those who sent them, and are sent when the room opens again."""
        del self._gathered[_LAST_ENTRIES:]
        self._gathered_carried.clear()

    def tick(self, now: float) -> None:
        """End the pause after a failed Append, when it is over."""
        if self._held_until is not None and now >= self._held_until:
            self._held_until = None

    def _slow_down(
        self, session: Session, flow: PostFlow, seconds: float, now: float, code: HoldCode | None = None
    ) -> SendTo:
        milliseconds = math.ceil(1000 * max(seconds, TELL_SECONDS))
        burst, _buckets = session.member.flow(flow is session.carried)
        flow.slowed.begin(now + milliseconds / 1000, burst)
        return SendTo(session.id, encode(SlowDown(milliseconds, code)))

    def _rejected(self, session_id: SessionId, entry: Entry, code: RejectCode) -> list[Action]:
        frame = Rejected(entry.entry_id, code)
        return [SendTo(session_id, encode(frame))] if session_id in self._sessions else []

    def _known(self, session_id: SessionId, pairs: list[tuple[EntryId, int]]) -> list[Action]:
        if session_id not in self._sessions:
            return []
        parts = [pairs[start : start + _KNOWN_A_FRAME] for start in range(0, len(pairs), _KNOWN_A_FRAME)]
        return [SendTo(session_id, encode(Known(*map(list, zip(*part, strict=True))))) for part in parts]


def _require_own(session: Session, entries: Sequence[Entry]) -> None:
    """Raises Misbehaved unless these are new entries of this Session's Member. Their device may be another one: a disk
    that was put back holds what it wrote when it was that."""
    for entry in entries:
        if entry.author != session.member.card.key:
            raise Misbehaved("an entry of somebody else")
        if entry.erased is not None:
            raise Misbehaved("a new entry without its body")
