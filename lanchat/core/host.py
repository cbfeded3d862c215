"""Host: orders one Room's Log and brings it to every Session.

A state machine without sockets, disk, clock or thread. Every call takes frames or answers and `now` (monotonic
seconds); what is to be done comes out of `actions()`, to be taken after every call.

1. What anyone is sent is on disk: entries go out only after `appended`.
2. The Log is the queue: a Session is a cursor, and a slow one costs nothing.
3. There is one Append at a time; what comes meanwhile goes into the next one, all of it.
4. After a `slow_down` nothing of a Session is taken until it starts its Outbox again: a device's order cannot break.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Sequence
from typing import assert_never

from lanchat.core import frames, limits, log
from lanchat.core.appending import Appending, unfit
from lanchat.core.delivery import Delivery
from lanchat.core.frames import Frame, FromClient, Misbehaved, encode
from lanchat.core.host_actions import (
    OWN,
    Action,
    Broadcast,
    CheckCard,
    Close,
    LogGrew,
    OwnDelivered,
    OwnKnown,
    OwnRejected,
    ReadAfter,
    ReadBefore,
    ReadCards,
    ReadHead,
    Ready,
    Send,
    SessionId,
)
from lanchat.core.model import Card, DeviceId, Entry, EntryId, Head, LogEnd, LogEntry, MemberKey, RoomId
from lanchat.core.pace import Bucket
from lanchat.core.presence import Presence, encode_changes
from lanchat.core.roster import RosterChanged
from lanchat.core.session import Member, Session
from lanchat.core.tail import Block, Tail, cut_page, join

READ_ENTRIES = 1_000  # of one ReadAfter: a few ms of disk, and more than one write takes

_PONG = encode(frames.Pong())


class Host:
    def __init__(
        self,
        room_id: RoomId,
        end: LogEnd,
        card: Card,
        room_limits: limits.Limits,
        recent: Sequence[Block] = (),
    ) -> None:
        """`card` is the host's own person's. `recent`: the end of the Log, so that most joins never need the disk."""
        self.room_id = room_id
        self.limits = room_limits
        self.end = end
        self._own = card
        self._sessions: dict[SessionId, Session] = {}
        self._members: dict[MemberKey, Member] = {}
        self._actions: list[Action] = []
        self._tail = Tail(end.last, recent)
        self._appending = Appending()
        self._presence = Presence()
        self._presence.came(card)
        self._presence_told = -math.inf
        self._need_roster: set[Session] = set()
        self._delivery = Delivery()
        self._delivery_told = -math.inf
        self._hoping: set[Session] = set()  # whose Member has entries nobody else is known to have
        self._own_last = end.last
        self._own_delivered = 0
        self._ticked: float | None = None
        self._looked = -math.inf

    def actions(self) -> list[Action]:
        """What is to be done now, in order. Take it after every call."""
        taken, self._actions = self._actions, []
        return taken

    @property
    def here(self) -> int:
        """How many Members are here, the host's own person included, as last told."""
        return len(self._presence)

    # --- coming and going --------------------------------------------------------------------------------------------
    def entered(self, session_id: SessionId, card: Card, device_id: DeviceId, now: float) -> None:
        """A Connection proved its membership. An older Session of the same device is closed."""
        key = MemberKey(card.key)
        member = self._members.get(key)
        if member is None:
            pace = self.limits
            member = Member(card, Bucket(pace.posts_per_second, pace.burst, now))
        if not member.sessions and sum(1 for one in self._members.values() if one.sessions) >= self.limits.members:
            self._actions.append(Close(session_id, "full", "the room is full"))
            return
        self._members[key] = member
        for old in [one for one in member.sessions if one.device_id == device_id]:
            self._close(old, "replaced", "you came in anew from this device")
        session = Session(session_id, member, device_id, now, now, Bucket(*limits.FRAMES, now))
        self._sessions[session_id] = session
        member.sessions.append(session)
        self._new_card(member, card)

    def left(self, session_id: SessionId, now: float) -> None:
        """The Connection is gone."""
        session = self._sessions.get(session_id)
        if session is not None:
            self._drop(session)
            self._tell_presence(now)

    def remove(self, key: MemberKey, reason: str) -> None:
        """Send a Member away. It may come back."""
        member = self._members.get(key)
        for session in list(member.sessions) if member else ():
            self._close(session, "removed", reason)

    def stop(self, reason: str) -> None:
        """The Room closes."""
        self._actions.append(Broadcast(tuple(self._sessions), encode(frames.Bye(reason))))
        for session in list(self._sessions.values()):
            self._close(session, "", reason)

    def forged(self, session_id: SessionId) -> None:
        """This Session gave something its author did not sign."""
        session = self._sessions.get(session_id)
        if session is not None:
            self._close(session, "forged", "a signature is wrong")

    def _close(self, session: Session, code: str, reason: str) -> None:
        self._actions.append(Close(session.id, code, reason))
        self._drop(session)

    def _drop(self, session: Session) -> None:
        del self._sessions[session.id]
        member = session.member
        member.sessions.remove(session)
        self._need_roster.discard(session)
        self._hoping.discard(session)
        if session.live and not any(one.live for one in member.sessions) and member.key != self._own.key:
            self._presence.left(member.key)

    # --- frames ------------------------------------------------------------------------------------------------------
    def received(self, session_id: SessionId, frame: FromClient, now: float) -> None:
        """A frame from a Session. Raises Misbehaved: close the Connection with that reason, then say `left`."""
        session = self._sessions.get(session_id)
        if session is None:  # closed a moment ago: what was under way counts no more
            return
        session.heard = now
        match frame:
            case frames.Post() | frames.Earlier() | frames.Who():
                pass  # each is bounded in its own way
            case _ if not session.frames.take(1, now):
                raise Misbehaved("too many frames")
        match frame:
            case frames.Ping():
                self._actions.append(Send(session_id, _PONG))
            case frames.Pong():
                pass
            case frames.Bye():
                self._close(session, "", "it left")
                self._tell_presence(now)
            case frames.Resume():
                self._resume(session, frame, now)
            case frames.Auth() | frames.Confirm():
                raise Misbehaved("it is in already")
            case _:
                if not session.live:
                    raise Misbehaved("not before resume")
                self._live_frame(session, frame, now)

    def _live_frame(
        self,
        session: Session,
        frame: frames.Post | frames.Have | frames.Earlier | frames.Who | frames.Rename,
        now: float,
    ) -> None:
        match frame:
            case frames.Post():
                self._posted(session, frame, now)
            case frames.Have(seq):
                if seq > session.cursor:
                    raise Misbehaved("it has what it was never sent")
                self._delivery.has(session.member.key, seq)
                self._tell_delivered(now)
            case frames.Earlier(before, limit):
                if session.paging:
                    raise Misbehaved("two pages at once")
                session.paging = True
                self._actions.append(ReadBefore(session.id, before, min(limit, limits.PAGE_ENTRIES)))
            case frames.Who(keys):
                if session.asking or not 1 <= len(keys) <= limits.ASKED_AT_ONCE:
                    raise Misbehaved("too many cards at once")
                session.asking = True
                self._actions.append(ReadCards(session.id, tuple(map(MemberKey, keys))))
            case frames.Rename(card):
                if card.key != session.member.key:
                    raise Misbehaved("a card of somebody else")
                self._actions.append(CheckCard(session.id, card))
            case _:
                assert_never(frame)

    # --- resuming ----------------------------------------------------------------------------------------------------
    def _resume(self, session: Session, frame: frames.Resume, now: float) -> None:
        if session.live or session.resuming:
            raise Misbehaved("resumed twice")
        if frame.epoch == 0:
            seq, said = self._newcomer_base(), None
        else:
            seq, said = frame.last, Head(frame.head)
        session.resuming = seq, said
        known = self._head(seq)
        if seq > self.end.last or frame.epoch > self.end.epoch:
            self._close(session, "diverged", "you have more of this room's history than this host")
        elif known is not None:
            self.head_read(session.id, known, now)
        else:
            self._actions.append(ReadHead(session.id, seq))

    def _newcomer_base(self) -> int:
        """Where a newcomer's replica begins: where a Block does, if there is one, so that all get the same bytes."""
        base = max(self.end.base, self.end.last - self.limits.newcomer_entries)
        edge = self._tail.edge(base) if base > self.end.base else None
        return base if edge is None else edge

    def _head(self, seq: int) -> Head | None:
        if seq == self.end.last:
            return self.end.head
        if seq == self.end.base:
            return self.end.base_head
        return self._tail.head(seq)

    def head_read(self, session_id: SessionId, head: Head | None, now: float) -> None:
        """The answer to ReadHead."""
        session = self._sessions.get(session_id)
        if session is None or session.resuming is None:
            return
        (seq, said), session.resuming = session.resuming, None
        if head is None or said not in (None, head):
            self._close(session, "diverged", "your copy of this room's history differs from this host's")
            return
        self._welcome(session, seq, head, now)

    def _welcome(self, session: Session, base: int, head: Head, now: float) -> None:
        session.live = True
        session.cursor = base
        self._send(
            session, frames.Welcome(self.end.epoch, base, head, self.end.last, self.limits, self._own)
        )
        self._actions.append(Ready(session.id))
        self._delivery.has(session.member.key, base)
        session.own_last = self.end.last
        self._hoping.add(session)
        if session.member.key != self._own.key:
            self._presence.came(session.member.card)
        self._need_roster.add(session)
        self._tell_presence(now)
        self._tell_delivered(now)

    # --- posts -------------------------------------------------------------------------------------------------------
    def post(self, entry: Entry, now: float) -> None:
        """An entry of the host's own person, signed."""
        if reason := unfit(entry, self.limits):
            self._actions.append(OwnRejected(EntryId(entry.entry_id), reason))
            return
        self._appending.add(OWN, entry)
        self._append(now)

    def _posted(self, session: Session, frame: frames.Post, now: float) -> None:
        member = session.member
        if not frame.entries:
            raise Misbehaved("a post of nothing")
        for entry in frame.entries:
            if entry.author != member.card.key or entry.device_id != session.device_id:
                raise Misbehaved("an entry of somebody else")
        if not session.slowed.lets_through(frame.again, now):
            if frame.again:
                self._slow_down(session, session.slowed.left(now), now)
            return
        wanted = len(frame.entries)
        taken = member.bucket.take(min(wanted, self.limits.burst - session.waiting), now)
        for entry in frame.entries[:taken]:
            if reason := unfit(entry, self.limits):
                self._send(session, frames.Rejected(entry.entry_id, reason))
            else:
                session.waiting += 1
                self._appending.add(session.id, entry)
        if taken < wanted:
            self._slow_down(session, member.bucket.wait(max(1, self.limits.burst // 4)), now)
        self._append(now)

    def _slow_down(self, session: Session, seconds: float, now: float, reason: str = "") -> None:
        milliseconds = math.ceil(1000 * max(seconds, limits.TELL_SECONDS))
        session.slowed.begin(now + milliseconds / 1000, self.limits.burst)
        self._send(session, frames.SlowDown(milliseconds, reason))

    def _append(self, now: float) -> None:
        started = self._appending.start(now)
        if started is not None:
            self._actions.append(started)

    def appended(self, outcomes: Sequence[log.Outcome], blocks: Sequence[Block], now: float) -> None:
        """The answer to Append: one outcome for each post, in order; `blocks` are the new entries, encoded."""
        run: list[LogEntry] = []
        known: dict[SessionId, list[tuple[EntryId, int]]] = {}
        for (session_id, entry), outcome in zip(self._appending.finish(), outcomes, strict=True):
            session = self._sessions.get(session_id)
            if session is not None:
                session.waiting -= 1
            match outcome:
                case LogEntry():
                    run.append(outcome)
                case log.Known(seq):
                    known.setdefault(session_id, []).append((EntryId(entry.entry_id), seq))
                case log.OutOfOrder():
                    self._reject(session_id, EntryId(entry.entry_id), "this device has written something newer already")
                case log.Forged():
                    self.forged(session_id)
                case _:
                    assert_never(outcome)
        if run:
            self._grow(run, blocks)
        for session_id, pairs in known.items():
            self._tell_known(session_id, pairs)
        self._append(now)

    def _grow(self, run: list[LogEntry], blocks: Sequence[Block]) -> None:
        last = run[-1]
        self.end = LogEnd(last.epoch, self.end.base, self.end.base_head, last.seq, last.head)
        self._tail.grow(blocks)
        self._actions.append(LogGrew(tuple(run)))
        for item in run:
            if item.entry.author == self._own.key:
                self._own_last = item.seq
            member = self._members.get(MemberKey(item.entry.author))
            for session in member.sessions if member else ():
                session.own_last = item.seq
                self._hoping.add(session)

    def append_failed(self, reason: str, retry_ms: int, now: float) -> None:
        """The Append came to nothing, for a `reason` people understand. Nothing is lost; all try again in a while."""
        until = now + retry_ms / 1000
        for session_id in self._appending.put_off(until):
            session = self._sessions.get(session_id)
            if session is not None:
                session.waiting = 0
                if not session.slowed:
                    self._slow_down(session, retry_ms / 1000, now, reason)

    def _reject(self, session_id: SessionId, entry_id: EntryId, reason: str) -> None:
        if session_id == OWN:
            self._actions.append(OwnRejected(entry_id, reason))
        elif session_id in self._sessions:
            self._send(self._sessions[session_id], frames.Rejected(entry_id, reason))

    def _tell_known(self, session_id: SessionId, pairs: list[tuple[EntryId, int]]) -> None:
        if session_id == OWN:
            self._actions += [OwnKnown(entry_id, seq) for entry_id, seq in pairs]
        elif session_id in self._sessions:
            entry_ids, seqs = [bytes(entry_id) for entry_id, _ in pairs], [seq for _, seq in pairs]
            self._send(self._sessions[session_id], frames.Known(entry_ids, seqs))

    # --- the Log, outwards -------------------------------------------------------------------------------------------
    def next_for(self, session_id: SessionId, at_most: int) -> bytes:
        """What to write next to this Session of the Log, about `at_most` bytes; it counts as sent.

        Nothing: it has all there is, or its Ready comes when a read from disk is done.
        """
        session = self._sessions.get(session_id)
        if session is None or not session.live or session.cursor >= self._tail.end or session.reading:
            return b""
        if session.read:
            return self._next_read(session, at_most)
        found = self._tail.after(session.cursor, at_most)
        if found is None:
            session.reading = True
            self._actions.append(ReadAfter(session_id, session.cursor))
            return b""
        data, session.cursor = found
        return data

    def _next_read(self, session: Session, at_most: int) -> bytes:
        data, session.cursor = join(list(session.read), 0, at_most)
        while session.read and session.read[0].last <= session.cursor:
            session.read.popleft()
        return data

    def read_after(self, session_id: SessionId, blocks: Sequence[Block]) -> None:
        """The answer to ReadAfter."""
        session = self._sessions.get(session_id)
        if session is None:
            return
        session.reading = False
        session.read = deque(blocks)
        if not blocks:
            self._close(session, "unreadable", "the host cannot read that part of the history")
            return
        self._actions.append(Ready(session_id))

    def read_before(self, session_id: SessionId, before: int, run: Sequence[LogEntry], base_head: Head) -> None:
        """The answer to ReadBefore: the run that ends before `before`, and the head before it."""
        session = self._sessions.get(session_id)
        if session is not None:
            session.paging = False
            self._send(session, cut_page(before, run, base_head))

    # --- cards and presence ------------------------------------------------------------------------------------------
    def renamed(self, session_id: SessionId, card: Card, now: float) -> None:
        """The answer to CheckCard: it is signed by its Member."""
        session = self._sessions.get(session_id)
        if session is not None:
            self._new_card(session.member, card)
            self._tell_presence(now)

    def own_renamed(self, card: Card, now: float) -> None:
        """The host's own person has a new card."""
        self._own = card
        self._presence.came(card)
        self._tell_presence(now)

    def _new_card(self, member: Member, card: Card) -> None:
        if card.revision > member.card.revision:
            member.card = card
            if any(session.live for session in member.sessions) and card.key != self._own.key:
                self._presence.came(card)

    def cards_read(self, session_id: SessionId, cards: Sequence[Card]) -> None:
        """The answer to ReadCards."""
        session = self._sessions.get(session_id)
        if session is not None:
            session.asking = False
            self._send(session, frames.Cards(list(cards)))

    def missed_presence(self, session_id: SessionId, now: float) -> None:
        """A Broadcast was not written to this Session; now it has room: it gets the whole roster again."""
        session = self._sessions.get(session_id)
        if session is not None and session.live:
            self._need_roster.add(session)
            self._tell_presence(now)

    def _tell_presence(self, now: float) -> None:
        """Tell who came and left, unless that was done a moment ago: then the next tick does."""
        if now - self._presence_told < limits.PRESENCE_SECONDS:
            return
        joined, left = self._presence.changes()
        if joined or left:
            self._presence_told = now
            self._actions.append(RosterChanged(tuple(joined), tuple(left), len(self._presence)))
            told = tuple(one.id for one in self._sessions.values() if one.live and one not in self._need_roster)
            if told:
                self._actions.append(Broadcast(told, encode_changes(joined, left)))
        if self._need_roster:
            whole = self._presence.whole()
            self._actions += [Send(session.id, whole) for session in self._need_roster]
            self._need_roster.clear()

    # --- second ticks ------------------------------------------------------------------------------------------------
    def _tell_delivered(self, now: float) -> None:
        """Tell who has entries outstanding what others have of them, unless that was done a moment ago."""
        if now - self._delivery_told < limits.TELL_SECONDS:
            return
        self._delivery_told = now
        for session in list(self._hoping):
            seq = min(self._delivery.beyond(session.member.key), session.own_last)
            if seq > session.delivered:
                session.delivered = seq
                self._send(session, frames.Delivered(seq))
            if seq == session.own_last:
                self._hoping.discard(session)
        seq = min(self._delivery.beyond(MemberKey(self._own.key)), self._own_last)
        if seq > self._own_delivered:
            self._own_delivered = seq
            self._actions.append(OwnDelivered(seq))

    # --- time --------------------------------------------------------------------------------------------------------
    def tick(self, now: float) -> None:
        """To be called about every 0.1 s."""
        self._tell_presence(now)
        self._tell_delivered(now)
        self._append(now)
        if now - self._looked >= 1:
            slept = self._ticked is not None and now - self._ticked > limits.IDLE_PING_SECONDS
            self._look_for_gone(now, slept)
            self._looked = now
        self._ticked = now

    def _look_for_gone(self, now: float, slept: bool) -> None:
        for session in list(self._sessions.values()):
            if slept:  # we were stopped, not they: what they said meanwhile is still to be read
                session.heard = session.since = now
            if now - session.heard > limits.GONE_SECONDS:
                self._close(session, "gone", "nothing was heard of you for too long")
            elif not session.live and now - session.since > limits.ENTER_SECONDS:
                self._close(session, "late", "you did not say what you have")
        for key in [key for key, one in self._members.items() if not one.sessions and one.bucket.full(now)]:
            del self._members[key]

    def _send(self, session: Session, frame: Frame) -> None:
        self._actions.append(Send(session.id, encode(frame)))
