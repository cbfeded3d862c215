"""Client: replicates one Room's Log, and brings my entries into it.

A state machine without sockets, disk, clock or thread. Every call takes frames or answers and `now` (monotonic
seconds); what is to be done comes out of `actions()`, to be taken after every call.

1. The replica is one unbroken range. Whatever does not continue it means: disconnect, and resume from what is on disk.
2. Nothing is believed before its chain fits (here) and its signatures are checked (by the driver, before it commits).
3. An entry leaves the Outbox only when it comes back in the Log, or the Host says it never will.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import assert_never

from lanchat.core import frames, limits
from lanchat.core.client_actions import (
    Action,
    Apply,
    CardsCame,
    Disconnect,
    GiveUp,
    Held,
    NewReplica,
    OwnDelivered,
    Prepend,
    Send,
    Settle,
    Welcomed,
)
from lanchat.core.frames import Frame, FromHost, Misbehaved, encode, unpack
from lanchat.core.model import Card, Entry, EntryId, Head, LogEnd, LogEntry, MemberKey, RoomId
from lanchat.core.outbox import Outbox
from lanchat.core.pace import Bucket
from lanchat.core.roster import Roster

_PING = encode(frames.Ping())
_PONG = encode(frames.Pong())
_HOLD_MOST_SECONDS = 60.0  # whatever a Host asks for


class Client:
    def __init__(
        self,
        room_id: RoomId,
        end: LogEnd | None,
        outbox: Sequence[Entry],
        me: MemberKey,
        known: Iterable[MemberKey] = (),
    ) -> None:
        """`end` and `outbox` (oldest first) as they are on disk; `known`: whose cards are there.

        No end: there is no replica yet, and the Host chooses where it begins.
        """
        self._newcomer = end is None
        end = end or LogEnd(epoch=0)
        self.room_id = room_id
        self.me = me
        self.roster = Roster()
        self._epoch = end.epoch
        self._base, self._base_head = end.base, end.base_head
        self._last, self._head = end.last, end.head  # of what came; it may still be on its way to disk
        self._on_disk = end.last
        self._outbox = Outbox(outbox)
        self._known = set(known)
        self._actions: list[Action] = []
        self._connected = False
        self._resume_due = False
        self._paging = False  # a page was asked for
        self._prepending = False  # a page is on its way to disk
        self._disconnected_state()

    def _disconnected_state(self) -> None:
        self._welcome: frames.Welcome | None = None
        self._bucket: Bucket | None = None
        self._again = True  # the next post starts from the Outbox's start
        self._hold_until = -math.inf
        self._told_have = 0
        self._told_at = -math.inf
        self._heard = self._said = 0.0
        self._pinged = -math.inf
        self._ticked: float | None = None
        self._unknown: set[MemberKey] = set()  # authors whose cards are still to be asked for
        self._asked: frozenset[MemberKey] = frozenset()  # and those asked for now
        self._paging = False
        self._resume_due = False

    def actions(self) -> list[Action]:
        """What is to be done now, in order. Take it after every call."""
        taken, self._actions = self._actions, []
        return taken

    @property
    def unapplied(self) -> int:
        """Entries given to the driver and not yet on disk. The driver stops reading while this is large."""
        return self._last - self._on_disk

    @property
    def live(self) -> bool:
        """The Host welcomed us."""
        return self._welcome is not None

    # --- the connection ----------------------------------------------------------------------------------------------
    def connected(self, now: float) -> None:
        """A Connection is up and its Host let us in."""
        self._connected = True
        self._disconnected_state()
        self._heard = self._said = now
        self._resume_due = True
        self._resume(now)

    def disconnected(self) -> None:
        """The Connection is gone."""
        self._connected = False
        self._disconnected_state()
        self._outbox.rewind()
        self.roster.forget()

    def _resume(self, now: float) -> None:
        """Say what we have: only what is on disk counts."""
        if self._resume_due and self._on_disk == self._last:
            self._resume_due = False
            self._told_have = self._last
            self._send(frames.Resume(self._epoch, self._last, self._head), now)

    def _disconnect(self, code: str, reason: str, retry_ms: int = 0) -> None:
        self._actions.append(Disconnect(code, reason, retry_ms))
        self.disconnected()

    # --- frames ------------------------------------------------------------------------------------------------------
    def received(self, frame: FromHost, now: float) -> None:
        """A frame from the Host. Raises Misbehaved: close the Connection with that reason, then say `disconnected`."""
        if not self._connected:  # we gave this Connection up a moment ago
            return
        self._heard = now
        match frame:
            case frames.Entries():
                self._entries(frame, self._in_room(), now)
            case frames.Ping():
                self._actions.append(Send(_PONG))
                self._said = now
            case frames.Pong():
                pass
            case frames.Welcome():
                self._welcomed(frame, now)
            case frames.Refused(code, reason, retry_ms):
                self._disconnect(code, reason, retry_ms)
            case frames.Bye(reason):
                self._disconnect("bye", reason)
            case frames.Hello() | frames.Pake() | frames.Entered():
                raise Misbehaved("we are in already")
            case _:
                self._in_room()
                self._room_frame(frame, now)

    def _room_frame(
        self,
        frame: frames.Page
        | frames.Known
        | frames.Rejected
        | frames.SlowDown
        | frames.Delivered
        | frames.Present
        | frames.Cards,
        now: float,
    ) -> None:
        match frame:
            case frames.Page():
                self._page(frame)
            case frames.Known(entry_ids, seqs):
                self._known_already(entry_ids, seqs, now)
            case frames.Rejected(entry_id, reason):
                if self._outbox.remove(EntryId(entry_id)):
                    self._actions.append(GiveUp(EntryId(entry_id), reason))
                    self._post_waiting(now)
            case frames.SlowDown(retry_ms, reason):
                self._slow_down(retry_ms, reason, now)
            case frames.Delivered(seq):
                self._actions.append(OwnDelivered(min(seq, self._last)))
            case frames.Present():
                self._known.update(MemberKey(card.key) for card in frame.joined)
                if (change := self.roster.hear(frame)) is not None:
                    self._actions.append(change)
            case frames.Cards(cards):
                self._cards(cards, now)
            case _:
                assert_never(frame)

    def _in_room(self) -> frames.Welcome:
        if self._welcome is None:
            raise Misbehaved("not before welcome")
        return self._welcome

    def _welcomed(self, frame: frames.Welcome, now: float) -> None:
        if self._welcome is not None or self._resume_due:
            raise Misbehaved("welcome at the wrong time")
        if frame.epoch < self._epoch or frame.base > frame.last:
            raise Misbehaved("a welcome that cannot be")
        if self._newcomer:
            self._newcomer = False
            self._base = self._last = self._told_have = frame.base
            self._on_disk = -1  # not even that it is empty
            self._base_head = self._head = Head(frame.base_head)
            self._actions.append(NewReplica(frame.epoch, frame.base, self._head))
        elif frame.base != self._last or frame.base_head != self._head:
            raise Misbehaved("it does not go on where we are")
        self._epoch = frame.epoch
        self._welcome = frame
        self._bucket = Bucket(frame.limits.posts_per_second, frame.limits.burst, now)
        self._actions.append(Welcomed(frame.host, frame.limits, frame.last - frame.base))
        self._post_waiting(now)

    # --- the replica -------------------------------------------------------------------------------------------------
    def _entries(self, frame: frames.Entries, welcome: frames.Welcome, now: float) -> None:
        if not frame.rows or frame.epoch > welcome.epoch:
            raise Misbehaved("entries that cannot be")
        if frame.first != self._last + 1:
            self._disconnect("gap", "the history came with a gap")
            return
        run = tuple(unpack(frame, self.room_id, self._head))
        taken = tuple(
            EntryId(item.entry.entry_id)
            for item in run
            if item.entry.author == self.me and self._outbox.remove(EntryId(item.entry.entry_id))
        )
        self._last, self._head = run[-1].seq, run[-1].head
        self._actions.append(Apply(run, taken, backlog=frame.first <= welcome.last))
        self._ask_who(run, now)
        if taken:
            self._post_waiting(now)

    def applied(self, last: int, now: float) -> None:
        """The answer to Apply and NewReplica: the replica on disk goes up to `last`."""
        self._on_disk = last
        self._resume(now)
        self._tell_have(now)
        self._post_waiting(now)

    def fetch_earlier(self, now: float) -> bool:
        """Ask for a page of what comes before the replica. False: it cannot be had now, or one is on its way."""
        if self._welcome is None or self._paging or self._prepending:
            return False
        if self._base == 0:
            self._actions.append(Prepend((), 0, self._base_head))
            return True
        self._paging = True
        self._send(frames.Earlier(self._base + 1), now)
        return True

    def _page(self, frame: frames.Page) -> None:
        if not self._paging:
            raise Misbehaved("a page nobody asked for")
        self._paging = False
        if not frame.entries.rows:
            self._actions.append(Prepend((), self._base, self._base_head))
            return
        run = tuple(unpack(frame.entries, self.room_id, Head(frame.base_head)))
        if run[0].seq < 1 or run[-1].seq != self._base or run[-1].head != self._base_head:
            raise Misbehaved("a page that does not fit")
        self._prepending = True
        self._base, self._base_head = run[0].seq - 1, Head(frame.base_head)
        self._actions.append(Prepend(run, self._base, self._base_head))

    def prepended(self) -> None:
        """The answer to Prepend."""
        self._prepending = False

    # --- my entries --------------------------------------------------------------------------------------------------
    def post(self, entry: Entry, now: float) -> None:
        """A new entry of mine, signed, in the Outbox on disk already."""
        self._outbox.add(entry)
        self._post_waiting(now)

    def _post_waiting(self, now: float) -> None:
        """Send what waits, as fast as the Host allows.

        Not before there is a replica on disk: else, after a crash, my entry could be before where a new one begins.
        """
        if self._welcome is None or self._bucket is None or self._on_disk < self._base or now < self._hold_until:
            return
        burst = self._welcome.limits.burst
        while wanted := min(self._outbox.waiting, burst - self._outbox.under_way):
            free = self._bucket.take(wanted, now)
            if not free:
                return
            entries = self._outbox.take(free)
            self._send(frames.Post(entries, self._again), now)
            self._again = False

    def _slow_down(self, retry_ms: int, reason: str, now: float) -> None:
        seconds = min(retry_ms / 1000, _HOLD_MOST_SECONDS)
        self._hold_until = now + seconds
        self._again = True
        self._outbox.rewind()
        if self._bucket is not None:
            self._bucket.drain(now)
        if reason:
            self._actions.append(Held(reason, seconds))

    def _known_already(self, entry_ids: Sequence[bytes], seqs: Sequence[int], now: float) -> None:
        if len(entry_ids) != len(seqs):
            raise Misbehaved("known entries without their numbers")
        settled = tuple(
            EntryId(entry_id)
            for entry_id, seq in zip(entry_ids, seqs, strict=True)
            if seq <= self._last and self._outbox.remove(EntryId(entry_id))  # others are still to come
        )
        if settled:
            self._actions.append(Settle(settled))
            self._post_waiting(now)

    # --- cards -------------------------------------------------------------------------------------------------------
    def renamed(self, card: Card, now: float) -> None:
        """I have a new card."""
        if self.live:
            self._send(frames.Rename(card), now)

    def _ask_who(self, run: Sequence[LogEntry], now: float) -> None:
        """Note the authors we have no card of, and ask for them: one question at a time, each key once a connection."""
        new = {MemberKey(item.entry.author) for item in run} - self._known
        self._known |= new
        self._unknown |= new
        if self._unknown and not self._asked:
            self._asked = frozenset(list(self._unknown)[: limits.ASKED_AT_ONCE])
            self._unknown -= self._asked
            self._send(frames.Who([bytes(key) for key in self._asked]), now)

    def _cards(self, cards: Sequence[Card], now: float) -> None:
        wanted = tuple(card for card in cards if card.key in self._asked)
        self._asked = frozenset()
        if wanted:
            self._actions.append(CardsCame(wanted))
        self._ask_who((), now)

    # --- time --------------------------------------------------------------------------------------------------------
    def tick(self, now: float) -> None:
        """To be called about every 0.1 s while connected."""
        if not self._connected:
            return
        if self._ticked is not None and now - self._ticked > limits.IDLE_PING_SECONDS:
            self._heard = now - limits.IDLE_PING_SECONDS  # we were stopped: ask, and wait for the answer
        self._ticked = now
        if now - self._heard > limits.GONE_SECONDS:
            self._disconnect("gone", "the host does not answer")
            return
        idle = self._idle_seconds()
        if now - min(self._heard, self._said) >= idle and now - self._pinged >= idle:
            self._said = self._pinged = now
            self._actions.append(Send(_PING))
        self._tell_have(now)
        self._post_waiting(now)

    def _idle_seconds(self) -> float:
        return min(max(limits.IDLE_PING_SECONDS, len(self.roster) / 100), limits.IDLE_PING_MOST_SECONDS)

    def _tell_have(self, now: float) -> None:
        """Tell how far the replica on disk is; seldom in a large room, where anybody's word will do."""
        between = min(max(limits.TELL_SECONDS, 0.005 * len(self.roster)), limits.IDLE_PING_SECONDS)
        if self._welcome is not None and self._on_disk > self._told_have and now - self._told_at >= between:
            self._told_have, self._told_at = self._on_disk, now
            self._send(frames.Have(self._on_disk), now)

    def _send(self, frame: Frame, now: float) -> None:
        self._said = now
        self._actions.append(Send(encode(frame)))
