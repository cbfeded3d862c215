"""HostDriver: runs one core.Host with real Links, a Log and the clock, and checks the signatures of what is posted.

Lives on the Engine's loop. It does what the Host asks (its actions) and tells it what became of that.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Collection, Coroutine, Sequence
from typing import Any, Protocol, assert_never

from lanchat.core import frames, limits
from lanchat.core import host_actions as act
from lanchat.core.codes import CloseCode, HoldCode
from lanchat.core.frames import Heir
from lanchat.core.host import Host
from lanchat.core.keeping import Keeping
from lanchat.core.log import Forged, Log
from lanchat.core.model import Card, DeviceId, Entry, LogEnd, LogEntry, MemberKey, RoomId
from lanchat.core.standing import Standing
from lanchat.core.translate import _
from lanchat.engine.host_succession import HostSuccession
from lanchat.network.link import Link, MemoryLink
from lanchat.storage.errors import DiskFull, Gap, StorageProblem
from lanchat.trust.signing import verify_card, verify_entry

#: The most that is written to one member at once: enough for TLS and the kernel to work in bulk, and all that is held
#: for a member that stops reading.
_CHUNK_BYTES = limits.STALLED_BYTES // 4
_TICK_SECONDS = 0.1


class _MemberLink:
    """One member's Link, as the Receiver of its frames."""

    __slots__ = ("driver", "id", "link", "missed_news", "ready")

    def __init__(self, driver: HostDriver, session_id: act.SessionId, link: Link) -> None:
        self.driver = driver
        self.id = session_id
        self.link = link
        self.missed_news = False
        self.ready = False  #: its welcome was sent: before that nothing of the Log may go out

    def received(self, body: bytes) -> None:
        frame = frames.decode_from_client(body)
        if frame is not None:
            self.driver.received(self, frame)

    def writable(self) -> None:
        self.driver.writable(self)

    def lost(self, reason: str) -> None:
        self.driver.lost(self)


class HostOwner(Protocol):
    """What the person who hosts should hear, besides what their own Client tells."""

    def recovered(self, run: tuple[LogEntry, ...], standing: Standing) -> None:
        """These were lost here, and are on disk again, and with them `standing`: who is banned and has which role."""

    def entitled(self, keeps: Entry) -> bool:
        """Whether the author of this `+keeps` signed it, and might say so."""

    def keeps_above(self, keeps: Entry, end: LogEnd) -> Entry | None:
        """A signed `+keeps` of ours for an epoch above that one; None: none is left for us. `end`: of the Log here."""

    def epoch_began(self) -> None:
        """A `+keeps` of ours is in the Log."""

    def trouble(self, problem: str) -> None:
        """The disk fails, in plain words."""

    def file_sought(self, root: bytes) -> None:
        """Somebody here looks for the files of this root."""


class HostDriver:
    def __init__(
        self, host: Host, log: Log, owner: HostOwner, group: asyncio.TaskGroup, succession: HostSuccession
    ) -> None:
        """A mistake in the disk's work ends `group`."""
        self._loop = asyncio.get_running_loop()
        self._host = host
        self._log = log
        self._owner = owner
        self._succession = succession
        self._group = group
        self._sessions: dict[act.SessionId, _MemberLink] = {}
        self._last_session = 0
        self._drain_due = False
        self._cards: list[Card] = []  # on their way to disk
        self._keeping = False
        self._jobs: set[asyncio.Task[None]] = set()
        self._ticker = self._loop.call_later(_TICK_SECONDS, self._tick)

    def entered(
        self, link: Link, card: Card, device_id: DeviceId, trusted: bool = False, guest: bool = False
    ) -> None:
        """A member is in; from here on its frames are the Host's. `trusted`: it may keep the room open at once.
        `guest`: it comes from a browser."""
        self._last_session += 1
        session = _MemberLink(self, act.SessionId(self._last_session), link)
        self._sessions[session.id] = session
        self._host.entered(session.id, card, device_id, self._loop.time(), link.peer_address, trusted, guest)
        link.push_to(session)
        link.watch()
        self._drain_soon()

    @property
    def epoch(self) -> int:
        """Of the opening that the room is in."""
        return self._host.end.epoch

    @property
    def opening(self) -> Entry | None:
        """The newest `+keeps` entry in the Log. Any thread."""
        return self._host.opening

    @property
    def nicks_here(self) -> list[tuple[MemberKey, str]]:
        """What everybody who is here is called."""
        return self._host.nicks_here

    @property
    def sessions(self) -> int:
        """How many Links are in."""
        return len(self._sessions)

    def remove(self, member: MemberKey, code: CloseCode = CloseCode.REMOVED) -> None:
        """Send a member away. Whether it may come back is not decided here."""
        self._host.remove(member, code)
        self._drain_soon()

    def want_files(self, roots: Collection[bytes]) -> None:
        """This computer wants the files of these roots, and of no others: ask those who have them, others each time."""
        self._host.want(roots)
        self._drain_soon()

    def keeps_file(self, root: bytes, copy: str) -> None:
        """Whether this computer has the files of this root, as in `frames.Sources`."""
        self._host.keeps(root, copy)
        self._drain_soon()

    def raise_above(self, keeps: Entry) -> None:
        """Begin an epoch above the one of this `+keeps`, if there is one left; nobody is sent away."""
        if (ours := self._owner.keeps_above(keeps, self._host.end)) is not None:
            self._host.keep(ours)
            self._drain_soon()

    async def close(self, heir: Heir | None = None, closed: bool = False) -> None:
        """Say goodbye to all guests, and who opens the room (`heir`), or that nobody is to (`closed`); let what is
        under way to the disk end. The host's own person goes last, and so hears of all that went into the Log."""
        self._ticker.cancel()
        self._succession.stop()
        links = [session.link for session in self._sessions.values()]
        self._host.stop(heir, closed)
        self._drain()
        while self._jobs:
            await asyncio.gather(*self._jobs)
            self._drain()
        for session in list(self._sessions.values()):
            while data := self._host.next_for(session.id, _CHUNK_BYTES):
                session.link.send(data)
            session.link.close("the room closes")
        await asyncio.gather(*(link.wait_closed() for link in links))

    # --- from the sessions -------------------------------------------------------------------------------------------
    def received(self, session: _MemberLink, frame: frames.FromClient) -> None:
        self._host.received(session.id, frame, self._loop.time())
        self._drain_soon()

    def writable(self, session: _MemberLink) -> None:
        if session.missed_news:
            session.missed_news = False
            self._host.missed_news(session.id, self._loop.time())
        self._pump(session)
        self._drain_soon()

    def lost(self, session: _MemberLink) -> None:
        if self._sessions.pop(session.id, None) is not None:
            self._host.left(session.id, self._loop.time())
            self._drain_soon()

    # --- doing what the Host asks ------------------------------------------------------------------------------------
    def _drain_soon(self) -> None:
        """Once for all frames of this turn of the loop: the more there are, the less each costs."""
        if not self._drain_due:
            self._drain_due = True
            self._loop.call_soon(self._drain)

    def _drain(self) -> None:
        self._drain_due = False
        while actions := self._host.actions():
            for action in actions:
                self._do(action)

    def _do(self, action: act.Action) -> None:
        match action:
            case act.SendTo(session_id, data):
                if session := self._sessions.get(session_id):
                    session.link.send(data)
            case act.Ready(session_id):
                if session := self._sessions.get(session_id):
                    session.ready = True
                    self._pump(session)
            case act.Broadcast():
                self._broadcast(action)
            case act.Close(session_id, code):
                self._close(session_id, code)
            case act.LogGrew(run):
                if any(item.entry.kind == Keeping.kind for item in run):
                    self._owner.epoch_began()
                for session in list(self._sessions.values()):
                    link = session.link
                    if isinstance(link, MemoryLink) and session.ready and self._host.hand_over(session.id, run):
                        link.send(run)
                    else:
                        self._pump(session)
            case act.Append() | act.ReadCommon() | act.ReadAfter() | act.ReadPage() | act.ReadCards() | act.CheckCard():
                self._start(self._consult_disk(action))
            case act.PutBack():
                self._start(self._put_back(action))
            case act.CheckClaim(session_id, keeps):
                self._host.claim_checked(session_id, self._owner.entitled(keeps), self._loop.time())
            case act.Raise(above):
                self.raise_above(above)
            case act.FileSought(root):
                self._owner.file_sought(root)
            case act.Entitle() | act.Reach() | act.HeirsFound() | act.GiveBack():
                self._succession.do(action)
            case _:
                assert_never(action)

    def _pump(self, session: _MemberLink) -> None:
        """Write the Log past this member's cursor, as much as it takes."""
        link = session.link
        while session.ready and not link.writing_paused:
            data = self._host.next_for(session.id, _CHUNK_BYTES)
            if not data:
                return
            link.send(data)

    def _broadcast(self, news: act.Broadcast) -> None:
        for session_id in news.sessions:
            session = self._sessions.get(session_id)
            if session is None:
                continue
            if session.link.writing_paused:
                session.missed_news = session.missed_news or not news.passing
            else:
                session.link.send(news.data)

    def _close(self, session_id: act.SessionId, code: CloseCode | None) -> None:
        session = self._sessions.pop(session_id, None)
        if session is not None:
            if code is not None:
                session.link.refuse(code)
            else:
                session.link.close("it left, or the room closes")

    # --- the disk ----------------------------------------------------------------------------------------------------
    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = self._group.create_task(work)
        self._jobs.add(task)
        task.add_done_callback(self._jobs.discard)

    async def _consult_disk(
        self, action: act.Append | act.ReadCommon | act.ReadAfter | act.ReadPage | act.ReadCards | act.CheckCard
    ) -> None:
        try:
            match action:
                case act.Append(posts, carried):
                    await self._append(posts, carried)
                case act.ReadCommon(session_id, marks):
                    self._host.common_read(session_id, await self._log.common(marks), self._loop.time())
                case act.ReadAfter(session_id, seq):
                    self._host.read_after(session_id, await self._log.after(seq))
                case act.ReadPage(session_id, before, limit):
                    self._host.page_read(session_id, before, *await self._log.before(before, limit))
                case act.ReadCards(session_id, keys):
                    self._host.cards_read(session_id, await self._log.cards(keys))
                case act.CheckCard(session_id, card):
                    await self._check_card(session_id, card)
                case _:
                    assert_never(action)
        except StorageProblem as problem:
            self._disk_failed(action, problem)
        self._drain_soon()

    async def _append(self, posts: Sequence[tuple[act.SessionId, Entry]], carried: frozenset[bytes]) -> None:
        entries = [entry for _session_id, entry in posts]
        signed = await all_signed(entries, self._host.room_id)
        fit = [entry for entry, good in zip(entries, signed, strict=True) if good]
        appended = await self._log.append(fit, carried)
        outcome = iter(appended.outcomes)
        outcomes = [next(outcome) if good else Forged() for good in signed]
        self._host.appended(appended._replace(outcomes=outcomes), self._loop.time())

    async def _put_back(self, lost: act.PutBack) -> None:
        """Put back, before the Log, what was lost to damage. Its chain fits, so the member who sent it need not be
        trusted."""
        try:
            if not all(await all_signed([item.entry for item in lost.run], self._host.room_id)):
                self._host.forged(lost.session)
                self._host.put_back_failed()
            else:
                now = await self._log.prepend(lost.run, lost.base_head)
                self._host.put_back(now.end, now.missing, self._loop.time())
                self._owner.recovered(lost.run, now.standing)
        except Gap:
            self._host.put_back_failed()
        except StorageProblem as problem:
            self._owner.trouble(str(problem))
            self._host.put_back_failed()
        self._drain_soon()

    def keep(self, card: Card) -> None:
        """A card whose signature is right goes to disk; those that come together go together."""
        self._cards.append(card)
        if not self._keeping:
            self._keeping = True
            self._start(self._keep_cards())

    async def _keep_cards(self) -> None:
        while self._cards:
            cards, self._cards = self._cards, []
            try:
                await self._log.keep_cards(cards)
            except StorageProblem as problem:
                self._owner.trouble(str(problem))
        self._keeping = False

    async def _check_card(self, session_id: act.SessionId, card: Card) -> None:
        if verify_card(card):
            self.keep(card)
            self._host.renamed(session_id, card, self._loop.time())
        else:
            self._host.forged(session_id)

    def _disk_failed(
        self, action: act.Append | act.ReadCommon | act.ReadAfter | act.ReadPage | act.ReadCards | act.CheckCard,
        problem: StorageProblem,
    ) -> None:  # fmt: skip
        if isinstance(action, act.Append):
            again = _("What was said and is not in the room yet waits, and is tried again.")
            self._owner.trouble(f"{problem} {again}")
            code = HoldCode.DISK_FULL if isinstance(problem, DiskFull) else HoldCode.DISK
            self._host.append_failed(code, limits.DISK_RETRY_MS, self._loop.time())
        else:
            self._owner.trouble(str(problem))
            self._close(action.session, CloseCode.DISK)
            self._host.left(action.session, self._loop.time())

    # --- time --------------------------------------------------------------------------------------------------------
    def _tick(self) -> None:
        now = self._loop.time()
        self._ticker = self._loop.call_later(_TICK_SECONDS, self._tick)
        self._host.tick(now)
        self._drain()


#: So few are checked on the loop: they take 70 microseconds each, and a thread would cost more.
_FEW = 4
_THREADS = min(os.cpu_count() or 1, 4)


async def all_signed(entries: Sequence[Entry], room_id: RoomId) -> list[bool]:
    """For each entry, whether its author signed it for this room. Many are checked on all cores at once: verifying
    releases the interpreter."""
    if len(entries) <= _FEW:
        return _signed(entries, room_id)
    size = -(-len(entries) // _THREADS)
    shares = [entries[start : start + size] for start in range(0, len(entries), size)]
    answers = await asyncio.gather(*(asyncio.to_thread(_signed, share, room_id) for share in shares))
    return [good for answer in answers for good in answer]


def _signed(entries: Sequence[Entry], room_id: RoomId) -> list[bool]:
    return [verify_entry(entry, room_id) for entry in entries]
