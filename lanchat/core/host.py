"""Host: puts what is posted into one order, the Log of a room, and sends the Log to every Session.

A state machine without sockets, disk, clock or thread. Every call takes frames or answers and `now` (monotonic
seconds); what is to be done comes out of `actions()`, to be taken after every call.

1. Entries are sent only after `appended`, when they are on disk.
2. The Log is the queue: a Session is a cursor in it, so a slow member costs no memory.
3. After a `slow_down` no post of a Session is taken until it sends its Outbox from the start again, so the order of a
   device's entries is kept.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import assert_never

from lanchat.core import frames, limits, log
from lanchat.core import host_actions as act
from lanchat.core.codes import CloseCode, HoldCode
from lanchat.core.encoded_log import Block, cut_page, erase
from lanchat.core.file_sources import FileDirectory
from lanchat.core.frames import Frame, FromClient, Misbehaved, encode
from lanchat.core.heirs import HeirList
from lanchat.core.host_actions import SessionId
from lanchat.core.keeping import Passes, Rank
from lanchat.core.log import AppendQueue
from lanchat.core.member_cards import MemberCards
from lanchat.core.member_news import Delivery, Presence, ReadNews, TypingNews
from lanchat.core.model import Card, DeviceId, Entry, Head, LogEnd, LogEntry, MemberKey, RoomId
from lanchat.core.recovery import Recovery
from lanchat.core.resuming import Answer, Resuming, StartingPoint
from lanchat.core.roster import availability_of
from lanchat.core.sessions import Feed, Session, SessionTable

READ_ENTRIES = 1_000  # in one ReadAfter: a few ms of disk, and more than one write to a connection holds

_PONG = encode(frames.Pong())


class Host:
    def __init__(
        self,
        room_id: RoomId,
        end: LogEnd,
        card: Card,
        pace: limits.Limits,
        recent: Sequence[Block] = (),
        missing: bool = False,
        rank: Rank = Rank.OWNER,
        keeps: Entry | None = None,
    ) -> None:
        """`card`: of the host's own person, who has a Session like everybody. `recent`: the end of the Log, for joins
        that need no disk. `missing`: entries before its beginning were lost. `rank`: of the host. `keeps`: the
        newest `+keeps` in the Log."""
        self.room_id = room_id
        self.limits = pace
        self._table = SessionTable(MemberKey(card.key), pace)
        self._sessions = self._table.sessions
        self._actions: list[act.Action] = []
        self._feed = Feed(end, recent)
        self._resuming = Resuming(self._feed, keeps)
        self._recovery = Recovery(room_id, missing, self._feed, self._sessions)
        self._append_queue = AppendQueue(self._sessions)
        self._presence = Presence()
        self._delivery = Delivery()
        self._typing = TypingNews()
        self._reading = ReadNews()
        self._cards = MemberCards(card, self._presence)
        self._files = FileDirectory()
        self.heirs = HeirList(rank)

    def actions(self) -> list[act.Action]:
        """What is to be done now, in order. Take it after every call."""
        taken, self._actions = self._actions + self._append_queue.start(), []
        return taken

    @property
    def end(self) -> LogEnd:
        return self._feed.end

    @property
    def opening(self) -> Entry | None:
        """The newest `+keeps` in the Log."""
        return self._resuming.keeps

    @property
    def nicks_here(self) -> list[tuple[MemberKey, str]]:
        return [(member.key, member.card.nick) for member in self._table.members.values() if member.here]

    # --- coming and going --------------------------------------------------------------------------------------------
    def entered(
        self, session_id: SessionId, card: Card, device_id: DeviceId, now: float, address: str = "",
        trusted: bool = False, guest: bool = False,
    ) -> None:  # fmt: skip
        """A connection from `address` proved its membership. An older Session of the same device is closed. `trusted`:
        it may be given passes at once. `guest`: it comes from a browser; a key is a guest's or a member's, not both."""
        key = MemberKey(card.key)
        if not self._table.has_room_for(key):
            self._actions.append(act.Close(session_id, CloseCode.FULL))
            return
        for old in self._sessions_of(key):
            if old.device_id == device_id and bool(old.address) == bool(address):  # a copy is not the host itself
                self._close(old, CloseCode.REPLACED)
        others = self._sessions_of(key)
        if len(others) >= limits.DEVICES or any(session.member.guest != guest for session in others):
            self._actions.append(act.Close(session_id, CloseCode.DEVICES))
            return
        self._cards.take(self._table.add(session_id, card, device_id, now, address, trusted, guest).member, card)

    def left(self, session_id: SessionId, now: float) -> None:
        """The connection is gone."""
        if (session := self._sessions.get(session_id)) is not None:
            self._drop(session)
            self._tell_presence(now)

    def remove(self, key: MemberKey, code: CloseCode = CloseCode.REMOVED) -> None:
        """Send a Member away. Whether it may come back is not decided here."""
        for session in self._sessions_of(key):
            self._close(session, code)

    def stop(self, heir: frames.Heir | None = None, closed: bool = False) -> None:
        """The Room closes; `heir` opens it, or (`closed`) nobody is to. The host's own person stays, to hear of what
        still goes into the Log."""
        self._append_queue.stop()
        others = [session for session in self._sessions.values() if session.address]  # not the host's own person
        moved = encode(frames.Moved(heir)) if heir is not None else b""
        goodbye = encode(frames.Bye(closed))
        self._actions += self.heirs.tell_codes()
        for session in others:
            self._actions.append(act.SendTo(session.id, moved + goodbye if session.live else goodbye))
            self._close(session)

    def forged(self, session_id: SessionId) -> None:
        """This Session sent something that its author did not sign."""
        if (session := self._sessions.get(session_id)) is not None:
            self._close(session, CloseCode.FORGED)

    def _close(self, session: Session, code: CloseCode | None = None) -> None:
        self._actions.append(act.Close(session.id, code))
        self._drop(session)

    def _drop(self, session: Session) -> None:
        self._table.drop(session)
        self._resuming.dropped(session)
        self._recovery.dropped(session)
        self._presence.forget(session)
        self._reading.forget(session)
        self._files.forget(session)
        self.heirs.forget(session)
        if session.live and not session.member.here:
            self._presence.left(session.member.key)
        elif session.live:
            self._presence.restated(session.member)

    def _sessions_of(self, key: MemberKey) -> list[Session]:
        member = self._table.members.get(key)
        return list(member.sessions) if member else []

    # --- frames ------------------------------------------------------------------------------------------------------
    def received(self, session_id: SessionId, frame: FromClient, now: float) -> None:
        """A frame from a Session. Raises Misbehaved: close the connection, then say `left`."""
        session = self._sessions.get(session_id)
        if session is None:  # closed a moment ago: frames that were under way are dropped
            return
        session.heard = now
        session.require(frame, now)
        match frame:
            case frames.Post():
                self._actions += self._append_queue.take(session, frame, now)
            case frames.Have(seq, base):
                self._has(session, seq, base, now)
            case frames.Earlier(before, limit):
                self._earlier(session, before, limit)
            case frames.Page():
                self._actions += self._recovery.answered(session, frame, now)
            case frames.Who(keys):
                self._actions += self._cards.asked(session, keys)
            case frames.Rename(card):
                self._actions += self._cards.renames(session, card)
            case frames.Available(state):
                session.state = availability_of(state).value
                self._presence.restated(session.member)
            case frames.Typing():
                self._typing.typing(session.member.key)
                self._tell_typing(now)
            case frames.Read() | frames.OwnRead():
                self._actions += self._reading.heard(session, frame)
            case frames.Holding() | frames.FindSources():
                self._actions += self._files.heard(session, frame, now)
            case frames.Able() | frames.TakeBack():
                self._actions += self.heirs.heard(session, frame)
            case frames.Ping():
                self._actions.append(act.SendTo(session_id, _PONG))
            case frames.Pong():
                pass
            case frames.Resume():
                self._go_on(session, self._resuming.asked(session, frame), now)
            case frames.Bye():
                self._close(session)
                self._tell_presence(now)
            case frames.Auth() | frames.Confirm():
                raise Misbehaved("it is in already")
            case _:
                assert_never(frame)

    # --- resuming ----------------------------------------------------------------------------------------------------
    def common_read(self, session_id: SessionId, found: tuple[int, Head] | None, now: float) -> None:
        """The answer to ReadCommon."""
        if (session := self._sessions.get(session_id)) is not None:
            self._go_on(session, self._resuming.common_read(session, found), now)

    def claim_checked(self, session_id: SessionId, entitled: bool, now: float) -> None:
        """The answer to CheckClaim."""
        if (session := self._sessions.get(session_id)) is not None:
            self._go_on(session, self._resuming.checked(session, entitled), now)
            self._actions += self._resuming.raise_due(now)

    def keep(self, keeping: Entry) -> None:
        """The answer to Raise, or the host's own wish: begin the epoch of this signed `+keeps`."""
        self._append_queue.keep(keeping)

    def _go_on(self, session: Session, answer: Answer | None, now: float) -> None:
        match answer:
            case StartingPoint(base, head):
                self._welcome(session, base, head, now)
            case CloseCode():
                self._close(session, answer)
            case act.ReadCommon() | act.CheckClaim():
                self._actions.append(answer)

    def _welcome(self, session: Session, base: int, head: Head, now: float) -> None:
        session.live = True
        session.cursor = base
        pace = session.member.pace
        end, host = self.end, self._cards.host
        self._send(session, frames.Welcome(end.epoch, base, head, end.last, pace, host, self.opening))
        self._actions.append(act.Ready(session.id))
        self._presence.came(session.member.card)
        self._presence.restated(session.member)
        self._presence.tell_all_to(session)
        self._reading.tell_all_to(session)
        self._actions += self.heirs.came(session)
        self._delivery.wrote([session], self.end.last)
        self._tell_presence(now)

    # --- the Log -----------------------------------------------------------------------------------------------------
    def appended(self, appended: log.Appended, now: float) -> None:
        """The answer to Append, with one outcome for each post."""
        settled = self._append_queue.settle(appended.outcomes)
        if settled.run:
            self._feed.grow(settled.run, appended.blocks)
            self._erase(appended.erased)
            self._actions.append(act.LogGrew(tuple(settled.run)))
            for item in settled.run:
                self._delivery.wrote(self._sessions_of(MemberKey(item.entry.author)), item.seq)
        if appended.restored:
            self._feed.read_again()
        self._actions += settled.answers
        for session_id in settled.forgers:
            self.forged(session_id)
        for session, answer in self._resuming.grew(settled.run, settled.kept):
            self._go_on(session, answer, now)

    def _erase(self, seqs: Sequence[int]) -> None:
        """These entries were deleted: their bodies are not sent to anybody from now on."""
        if seqs:
            self._feed.erase(seqs)
            for session in self._sessions.values():
                erase(session.read, seqs)

    def append_failed(self, code: HoldCode, retry_ms: int, now: float) -> None:
        """The answer to Append: nothing was written. The posts are still in the Outboxes, and are sent again later."""
        self._actions += self._append_queue.put_off(code, retry_ms, now)

    def _has(self, session: Session, seq: int, base: int, now: float) -> None:
        if not base <= seq <= session.cursor:
            raise Misbehaved("it has what it was never sent")
        self._delivery.has(session.member.key, seq, base)
        self._actions += self._delivery.tell(self._sessions.values(), now)
        if session.member.key != self._table.host:  # their disk is this one: it cannot help recovery
            session.has = base, seq
            self._actions += self._recovery.ask(now)

    def hand_over(self, session_id: SessionId, run: Sequence[LogEntry]) -> bool:
        """Whether this Session, in this process, may have the new `run` as it is; then it counts as sent."""
        session = self._sessions.get(session_id)
        if session is None or not session.live or session.reading or session.cursor != run[0].seq - 1:
            return False
        session.cursor = run[-1].seq
        return True

    def next_for(self, session_id: SessionId, at_most: int) -> bytes:
        """What to write next to this Session of the Log, about `at_most` bytes; it counts as sent.

        Nothing: it has all there is, or its Ready comes when a read from disk is done.
        """
        session = self._sessions.get(session_id)
        if session is None:
            return b""
        data = self._feed.next_for(session, at_most)
        if data is None:
            self._actions.append(act.ReadAfter(session_id, session.cursor))
            return b""
        return data

    def read_after(self, session_id: SessionId, blocks: Sequence[Block]) -> None:
        """The answer to ReadAfter."""
        session = self._sessions.get(session_id)
        if session is None:
            return
        session.reading = False
        session.read = list(blocks)
        if blocks:
            self._actions.append(act.Ready(session_id))
        else:
            self._close(session, CloseCode.DISK)

    def _earlier(self, session: Session, before: int, limit: int) -> None:
        if session.paging:
            raise Misbehaved("two pages at once")
        session.paging = True
        self._actions.append(act.ReadPage(session.id, before, min(limit, limits.PAGE_ENTRIES)))

    def page_read(self, session_id: SessionId, before: int, run: Sequence[LogEntry], base_head: Head) -> None:
        """The answer to ReadPage: the run that ends before `before`, and the head before it."""
        if (session := self._sessions.get(session_id)) is not None:
            session.paging = False
            self._send(session, cut_page(before, run, base_head))

    def put_back(self, end: LogEnd, missing: bool, now: float) -> None:
        """The answer to PutBack. The Log begins where `end` says; `missing`: something before that is still lost."""
        self._feed.begins(end.base, end.base_head)
        self._recovery.kept(missing)
        self._actions += self._recovery.ask(now)

    def put_back_failed(self) -> None:
        """The answer to PutBack: this cannot be put back."""
        self._recovery.kept(missing=False)

    # --- cards, presence, files --------------------------------------------------------------------------------------
    def renamed(self, session_id: SessionId, card: Card, now: float) -> None:
        """The answer to CheckCard: its Member signed it."""
        if (session := self._sessions.get(session_id)) is not None:
            self._actions += self._cards.renamed(session, card)
            self._tell_presence(now)

    def cards_read(self, session_id: SessionId, cards: Sequence[Card]) -> None:
        """The answer to ReadCards."""
        if (session := self._sessions.get(session_id)) is not None:
            self._actions += self._cards.found(session, cards)

    def want(self, roots: Collection[bytes]) -> None:
        """This computer wants the files of these roots, and of no others: ask those who have them, others each time."""
        self._actions += self._files.want(roots)

    def keeps(self, root: bytes, copy: str) -> None:
        """Whether this computer has the files of this root, as in `frames.Sources`."""
        self._actions += self._files.keeps(root, copy)

    def entitled(self, session_id: SessionId, passes: Passes, rank: Rank, *, new: bool = False) -> None:
        """The answer to Entitle: by which passes, what they make its Member, and whether it has them not yet."""
        self._actions += self.heirs.entitled(session_id, passes, rank, new=new)

    def missed_news(self, session_id: SessionId, now: float) -> None:
        """A Broadcast was not written to this Session; now it has room, and is told everything of it instead."""
        session = self._sessions.get(session_id)
        if session is not None and session.live:
            self._presence.tell_all_to(session)
            self._reading.tell_all_to(session)
            self._tell_presence(now)

    def _tell_presence(self, now: float) -> None:
        self._actions += self._presence.tell(self._sessions.values(), now)

    def _tell_typing(self, now: float) -> None:
        self._actions += self._typing.tell(self._sessions.values(), len(self._presence), now)

    # --- time --------------------------------------------------------------------------------------------------------
    def tick(self, now: float) -> None:
        """To be called about every 0.1 s."""
        self._tell_presence(now)
        self._tell_typing(now)
        self._actions += self._reading.tell(self._sessions.values(), len(self._presence), now)
        self._actions += self._delivery.tell(self._sessions.values(), now)
        self._append_queue.tick(now)
        self._actions += self._resuming.raise_due(now)
        self._actions += self.heirs.tick(self._sessions.values(), now)
        self._actions += self._recovery.ask(now)
        for session, code in self._table.look(now):
            self._close(session, code)

    def _send(self, session: Session, frame: Frame) -> None:
        self._actions.append(act.SendTo(session.id, encode(frame)))
