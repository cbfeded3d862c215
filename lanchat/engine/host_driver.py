"""HostDriver: runs one core.Host with real Connections, the disk thread and the clock.

Lives on the Engine's loop. It does what the Host asks (its actions) and tells it what became of that; what concerns the
host's own person goes on to `tell`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from functools import partial
from typing import Any, TypeAlias, assert_never

from lanchat.core import frames, limits
from lanchat.core.codes import CloseCode, HoldCode
from lanchat.core.encoded_log import Block, encode_blocks
from lanchat.core.host import READ_ENTRIES, Host
from lanchat.core.host_actions import (
    Action,
    Append,
    Broadcast,
    CheckCard,
    Close,
    Diverged,
    LogGrew,
    OwnDelivered,
    OwnKnown,
    OwnRejected,
    Prepend,
    ReadAfter,
    ReadBefore,
    ReadCards,
    ReadHead,
    Ready,
    Recovered,
    Send,
    SessionId,
)
from lanchat.core.log import Forged, Outcome
from lanchat.core.model import Card, DeviceId, Entry, LogEnd, LogEntry, MemberKey
from lanchat.core.roster import RosterChanged
from lanchat.core.translate import _
from lanchat.engine.checking import all_signed
from lanchat.engine.disk import Disk
from lanchat.network.link import Link
from lanchat.storage.errors import DiskFull, Gap, StorageProblem
from lanchat.storage.members import now_ms
from lanchat.storage.store import Store
from lanchat.trust.signing import verify_card

Fact: TypeAlias = LogGrew | Recovered | RosterChanged | OwnKnown | OwnRejected | OwnDelivered | Diverged

#: The most one member is given in one write: enough for TLS and the kernel to work in bulk, and all that a member that
#: stops reading makes us hold.
_CHUNK_BYTES = limits.STALLED_BYTES // 4
_TICK_SECONDS = 0.1


class _Session:
    """One member's Link, as the Receiver of its frames."""

    __slots__ = ("driver", "id", "link", "missed_presence", "ready")

    def __init__(self, driver: HostDriver, session_id: SessionId, link: Link) -> None:
        self.driver = driver
        self.id = session_id
        self.link = link
        self.missed_presence = False
        self.ready = False  #: its welcome was sent: before that nothing of the Log may go out

    def received(self, body: bytes) -> None:
        frame = frames.decode_from_client(body)
        if frame is not None:
            self.driver.received(self, frame)

    def writable(self) -> None:
        self.driver.writable(self)

    def lost(self, reason: str) -> None:
        self.driver.lost(self)


class HostDriver:
    def __init__(
        self,
        host: Host,
        protected: bool,
        disk: Disk,
        tell: Callable[[Fact], None],
        trouble: Callable[[str], None],
        group: asyncio.TaskGroup,
    ) -> None:
        """`protected`: the room has a passphrase, and who knew it once need not again. `tell` gets what the host's own
        person should know, `trouble` plain words when the disk fails. A mistake in the disk's work ends `group`."""
        self._loop = asyncio.get_running_loop()
        self._host = host
        self._protected = protected
        self._disk = disk
        self._tell = tell
        self._trouble = trouble
        self._group = group
        self._sessions: dict[SessionId, _Session] = {}
        self._last_session = 0
        self._drain_due = False
        self._cards: list[Card] = []  # on their way to disk
        self._keeping = False
        self._jobs: set[asyncio.Task[None]] = set()
        self._ticker = self._loop.call_later(_TICK_SECONDS, self._tick)

    def entered(self, link: Link, card: Card, device_id: DeviceId) -> None:
        """A member passed the handshake; from here on its frames are the Host's."""
        self._keep(card)
        self._last_session += 1
        session = _Session(self, SessionId(self._last_session), link)
        self._sessions[session.id] = session
        self._host.entered(session.id, card, device_id, self._loop.time())
        link.push_to(session)
        link.watch()
        self._drain_soon()

    @property
    def sessions(self) -> int:
        """How many Links are in."""
        return len(self._sessions)

    def ask(self, question: Callable[[Host, float], None]) -> None:
        """Call the Host from outside (a post of our own, a removal), then do what it asks."""
        question(self._host, self._loop.time())
        self._drain_soon()

    async def close(self) -> None:
        """Say goodbye to everybody, and let what is under way to the disk end."""
        self._ticker.cancel()
        links = [session.link for session in self._sessions.values()]
        self._host.stop()
        self._drain()
        while self._jobs:
            await asyncio.gather(*self._jobs)
            self._drain()
        await asyncio.gather(*(link.wait_closed() for link in links))

    # --- from the sessions -------------------------------------------------------------------------------------------
    def received(self, session: _Session, frame: frames.FromClient) -> None:
        self._host.received(session.id, frame, self._loop.time())
        self._drain_soon()

    def writable(self, session: _Session) -> None:
        if session.missed_presence:
            session.missed_presence = False
            self._host.missed_presence(session.id, self._loop.time())
        self._pump(session)
        self._drain_soon()

    def lost(self, session: _Session) -> None:
        if self._sessions.pop(session.id, None) is not None:
            self._host.left(session.id, self._loop.time())
            self._drain_soon()

    # --- doing what the Host asks ------------------------------------------------------------------------------------
    def _drain_soon(self) -> None:
        """Once for all that came in this turn of the loop: the more there is, the less each costs."""
        if not self._drain_due:
            self._drain_due = True
            self._loop.call_soon(self._drain)

    def _drain(self) -> None:
        self._drain_due = False
        while actions := self._host.actions():
            for action in actions:
                self._do(action)

    def _do(self, action: Action) -> None:
        match action:
            case Send(session_id, data):
                if session := self._sessions.get(session_id):
                    session.link.send(data)
            case Ready(session_id):
                if session := self._sessions.get(session_id):
                    session.ready = True
                    self._pump(session)
            case Broadcast(session_ids, data):
                self._broadcast(session_ids, data)
            case Close(session_id, code):
                self._close(session_id, code)
            case LogGrew():
                self._tell(action)
                for session in list(self._sessions.values()):
                    self._pump(session)
            case Append() | ReadHead() | ReadAfter() | ReadBefore() | ReadCards() | CheckCard():
                self._start(self._consult_disk(action))
            case Prepend():
                self._start(self._prepend(action))
            case OwnRejected():
                self._start(self._refuse(action))
            case Recovered() | RosterChanged() | OwnKnown() | OwnDelivered() | Diverged():
                self._tell(action)
            case _:
                assert_never(action)

    def _pump(self, session: _Session) -> None:
        """Write the Log past this member's cursor, as much as it takes."""
        link = session.link
        while session.ready and not link.writing_paused:
            data = self._host.next_for(session.id, _CHUNK_BYTES)
            if not data:
                return
            link.send(data)

    def _broadcast(self, session_ids: Sequence[SessionId], data: bytes) -> None:
        for session_id in session_ids:
            session = self._sessions.get(session_id)
            if session is None:
                continue
            if session.link.writing_paused:
                session.missed_presence = True
            else:
                session.link.send(data)

    def _close(self, session_id: SessionId, code: CloseCode | None) -> None:
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
        self, action: Append | ReadHead | ReadAfter | ReadBefore | ReadCards | CheckCard
    ) -> None:
        try:
            match action:
                case Append(posts):
                    await self._append(posts)
                case ReadHead(session_id, seq):
                    head = await self._disk.look_up(lambda store: store.log(self._host.room_id).head_at(seq))
                    self._host.head_read(session_id, head, self._loop.time())
                case ReadAfter(session_id, seq):
                    self._host.read_after(session_id, await self._disk.look_up(lambda store: self._blocks(store, seq)))
                case ReadBefore(session_id, before, limit):
                    page = await self._disk.look_up(lambda store: store.log(self._host.room_id).before(before, limit))
                    self._host.read_before(session_id, before, *page)
                case ReadCards(session_id, keys):
                    self._host.cards_read(session_id, await self._disk.look_up(lambda store: store.cards(keys)))
                case CheckCard(session_id, card):
                    await self._check_card(session_id, card)
                case _:
                    assert_never(action)
        except StorageProblem as problem:
            self._disk_failed(action, problem)
        self._drain_soon()

    async def _append(self, posts: Sequence[tuple[SessionId, Entry]]) -> None:
        entries = [entry for _session_id, entry in posts]
        signed = await all_signed(entries, self._host.room_id)
        fit = [entry for entry, good in zip(entries, signed, strict=True) if good]
        taken, blocks = await self._disk.run(lambda store: self._take(store, fit))
        outcome = iter(taken)
        self._host.appended([next(outcome) if good else Forged() for good in signed], blocks, self._loop.time())

    def _take(self, store: Store, entries: Sequence[Entry]) -> tuple[list[Outcome], list[Block]]:
        """On the disk thread: append, and encode what was taken, once for everybody."""
        outcomes = store.log(self._host.room_id).append(entries, now_ms())
        return outcomes, encode_blocks([outcome for outcome in outcomes if isinstance(outcome, LogEntry)])

    def _blocks(self, store: Store, seq: int) -> list[Block]:
        return encode_blocks(store.log(self._host.room_id).after(seq, READ_ENTRIES))

    async def _prepend(self, lost: Prepend) -> None:
        """What damage had cost us goes before the Log. Its chain fits, so who gave it need not be believed."""
        try:
            if not all(await all_signed([item.entry for item in lost.run], self._host.room_id)):
                self._host.forged(lost.session)
                self._host.prepend_failed()
            else:
                end, missing = await self._disk.run(partial(self._put_before, lost))
                self._host.prepended(lost.run, end, missing, self._loop.time())
        except Gap:
            self._host.prepend_failed()
        except StorageProblem as problem:
            self._trouble(str(problem))
            self._host.prepend_failed()
        self._drain_soon()

    def _put_before(self, lost: Prepend, store: Store) -> tuple[LogEnd, bool]:
        store.prepend(self._host.room_id, lost.run, lost.base_head)
        log = store.log(self._host.room_id)
        return log.end(), log.missing

    def _keep(self, card: Card) -> None:
        """A card whose signature is right goes to disk; those that come together go together."""
        self._cards.append(card)
        if not self._keeping:
            self._keeping = True
            self._start(self._keep_cards())

    async def _keep_cards(self) -> None:
        while self._cards:
            cards, self._cards = self._cards, []
            try:
                await self._disk.run(partial(self._keep_members, cards))
            except StorageProblem as problem:
                self._trouble(str(problem))
        self._keeping = False

    def _keep_members(self, cards: Sequence[Card], store: Store) -> None:
        """On the disk thread: remember who was let in, so that the passphrase is asked only once."""
        with store.transaction():
            store.put_cards(cards)
            if self._protected:
                for card in cards:
                    store.admit(self._host.room_id, MemberKey(card.key))

    async def _refuse(self, rejected: OwnRejected) -> None:
        """An own entry that will never be taken waits no more, and then its author hears of it."""
        entry_id, code = rejected.entry_id, rejected.code
        try:
            await self._disk.run(lambda store: store.outbox_refuse(self._host.room_id, entry_id, code))
        except StorageProblem as problem:
            self._trouble(str(problem))
        self._tell(rejected)

    async def _check_card(self, session_id: SessionId, card: Card) -> None:
        if verify_card(card):
            self._keep(card)
            self._host.renamed(session_id, card, self._loop.time())
        else:
            self._host.forged(session_id)

    def _disk_failed(
        self, action: Append | ReadHead | ReadAfter | ReadBefore | ReadCards | CheckCard, problem: StorageProblem
    ) -> None:
        if isinstance(action, Append):
            again = _("What was said and is not in the room yet waits, and is tried again.")
            self._trouble(f"{problem} {again}")
            code = HoldCode.DISK_FULL if isinstance(problem, DiskFull) else HoldCode.DISK
            self._host.append_failed(code, limits.DISK_RETRY_MS, self._loop.time())
        else:
            self._trouble(str(problem))
            self._close(action.session, CloseCode.DISK)
            self._host.left(action.session, self._loop.time())

    # --- time --------------------------------------------------------------------------------------------------------
    def _tick(self) -> None:
        now = self._loop.time()
        self._ticker = self._loop.call_later(_TICK_SECONDS, self._tick)
        self._host.tick(now)
        self._drain()
