"""JoinedRoom: a Room somebody else hosts, for as long as the person stays in it, through every loss of connection.

Lives on the Engine's loop, as one task.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Coroutine
from typing import Any, assert_never

from msgspec.structs import replace

from lanchat.core import limits
from lanchat.core.client import Client
from lanchat.core.client_actions import (
    Apply,
    CardsCame,
    Disconnect,
    GiveUp,
    Held,
    NewReplica,
    OwnDelivered,
    Prepend,
    ReadBefore,
    Settle,
    Welcomed,
)
from lanchat.core.codes import CloseCode, close_words, hold_words, rejection_words
from lanchat.core.listing import Listing, key_fingerprint
from lanchat.core.model import Card, Entry, EntryId, MemberKey, RoomId
from lanchat.core.roster import RosterChanged
from lanchat.core.translate import _
from lanchat.engine import events
from lanchat.engine.client_driver import ClientDriver, Fact
from lanchat.engine.disk import Disk
from lanchat.engine.events import ConnectionState, EntryState
from lanchat.engine.known import KnownRooms
from lanchat.engine.refusals import SENT_AWAY, give_back, told
from lanchat.engine.ticks import Ticks
from lanchat.engine.way import Way
from lanchat.network.dialer import JoinedConnection, Unreachable
from lanchat.storage.errors import StorageProblem
from lanchat.storage.members import now_ms
from lanchat.storage.store import Store
from lanchat.trust.identity import badge
from lanchat.trust.join_errors import NotIn, RefusedByHost, WrongHost, WrongRoom

#: What a host says when coming back by ourselves would be wrong.
_FINAL = SENT_AWAY | {CloseCode.DIVERGED, CloseCode.REPLACED}

#: How a Connection ends when the host does not keep to the protocol. It will hardly do so a moment later.
_SUSPICIOUS = frozenset({"misbehaved", "gap"})
_SUSPICIOUS_SECONDS = 8.0

_LASTING_SECONDS = 2.0  # a Connection that held so long was a success: after it the first tries come quickly again
_WAIT_MOST_SECONDS = 60.0  # whatever a host asks for


class JoinedRoom:
    def __init__(
        self,
        room_id: RoomId,
        title: str,
        where: str,
        way: Way,
        known: KnownRooms,
        disk: Disk,
        tell: Callable[[events.Event], None],
        entered: JoinedConnection | None = None,
        first_meeting: bool = False,
    ) -> None:
        """`where`: how the person named the room, for events that answer its Join. `entered`: we are in already."""
        self.room_id = room_id
        self.title = title
        self.away = False  #: we are not in, and want to be: it should be looked for
        self.unwelcome = ""  #: the host sent us away: why it takes nothing more of us, in plain words
        self.ahead: float | None = None  #: seconds by which our clock is ahead of the host's; None: not known
        self._where = where
        self._way = way
        self._known = known
        self._disk = disk
        self._tell = tell
        self._ticks = Ticks(way.person.key)
        self._client: Client | None = None
        self._driver: ClientDriver | None = None
        self._failures = 0
        self._seen = asyncio.Event()
        self._entered = entered
        self._first_meeting = first_meeting
        self._left = False
        self._said: events.ConnectionChanged | None = None
        self._asked_too: list[str] = []  # Joins to answer with the first thing said
        self._problem = ""  # the last one told, until an entry of ours is taken
        self._task: asyncio.Task[None] | None = None
        self._when_stopped: Callable[[], None] = lambda: None
        self._when_moved: Callable[[], None] = lambda: None

    def start(
        self,
        spawn: Callable[[Coroutine[Any, Any, None]], asyncio.Task[None]],
        stopped: Callable[[], None],
        moved: Callable[[], None],
    ) -> None:
        """Stay in the room from now on. `stopped`: called when only a new Join leads back in. `moved`: called when
        `away` has changed."""
        self._when_stopped = stopped
        self._when_moved = moved
        self._task = spawn(self._stay())

    async def leave(self) -> None:
        """Politely, and with what came kept."""
        self._left = True
        if self._driver is not None:
            self._driver.leave()
        elif self._task is not None:
            self._task.cancel()
        if self._task is not None:
            await asyncio.wait([self._task])
        if self._entered is not None:
            self._entered.connection.abort("left")

    def say_state(self, where: str) -> None:
        """Tell where we stand once more, or as soon as that is known: the answer to a Join of a room that we are in."""
        if self._said is None:
            self._asked_too.append(where)
        else:
            self._say_again(self._said, where)
        self._seen.set()

    def _say_again(self, said: events.ConnectionChanged, where: str) -> None:
        self._where = where
        self._said = replace(said, where=where, first_meeting=False, fetched=0)
        self._tell(self._said)

    def seen(self, listing: Listing) -> None:
        """Discovery sees the room like this now: no more waiting. Where we are connected to another place than it is
        seen at, or it is not seen any more, the host is asked at once whether it is still there."""
        if listing.answering:
            self._seen.set()
        if self._entered is None or key_fingerprint(self._entered.handshake.host_key) != listing.fingerprint:
            return
        address, port = self._entered.address
        if not (listing.answering and address in listing.addresses and port == listing.port):
            self._check()

    def network_changed(self) -> None:
        """Our own: whoever waits may try now, and whoever is connected may be so no more."""
        self._seen.set()
        self._check()

    def _check(self) -> None:
        if self._driver is not None:
            self._driver.ask(lambda client, now: client.check(now))

    def posted(self, entry: Entry) -> None:
        """The person wrote this; it is in the Outbox."""
        if self._client is not None and self._driver is not None:
            self._driver.ask(lambda client, now: client.post(entry, now))

    def renamed(self, card: Card) -> None:
        if self._driver is not None:
            self._driver.ask(lambda client, now: client.renamed(card, now))

    def fetch_earlier(self) -> None:
        """A page of the past, or word at once that there is none to be had now."""
        asked = False

        def ask(client: Client, now: float) -> None:
            nonlocal asked
            asked = client.fetch_earlier(now)

        if self._driver is not None:
            self._driver.ask(ask)
        if not asked:
            self._tell(events.EntriesAdded(self.room_id, (), older=True))

    # --- staying -----------------------------------------------------------------------------------------------------
    async def _stay(self) -> None:
        loop = asyncio.get_running_loop()
        if self._entered is None:
            self._say(ConnectionState.CONNECTING)
        while not self._left:
            self._entered = self._entered or await self._enter_again()
            if self._entered is None:
                return
            began = loop.time()
            ended = await self._talk(self._entered)
            self._entered = None
            if loop.time() - began > _LASTING_SECONDS:
                self._failures = 0
            self._seen.clear()
            if self._left:
                return
            if ended.refused and ended.code in _FINAL:
                await self._refused(ended.code)
                return
            self._say(ConnectionState.RECONNECTING, _in_plain_words(ended))
            await self._pause(_SUSPICIOUS_SECONDS if ended.code in _SUSPICIOUS else ended.retry_ms / 1000)

    async def _talk(self, entered: JoinedConnection) -> Disconnect:
        """One Connection's time."""
        try:
            self._client = await self._disk.run(self._from_disk)
            self._driver = ClientDriver(self.room_id, self._client, entered, self._disk, self._fact)
            return await self._driver.run()
        except StorageProblem as problem:
            entered.connection.close("no disk")
            return Disconnect("disk", retry_ms=limits.DISK_RETRY_MS, problem=str(problem))
        finally:
            entered.connection.close("over")
            self._client = self._driver = None

    def _from_disk(self, store: Store) -> Client:
        """A Client that goes on from what is kept. On the disk thread."""
        log = store.log(self.room_id)
        end = log.end()
        return Client(
            self.room_id, end if end.last else None, store.outbox(self.room_id), self._way.person.key,
            store.carded(), store.uncarded(self.room_id), log.missing,
        )  # fmt: skip

    async def _enter_again(self) -> JoinedConnection | None:
        """Try until we are in. None: only the person can help."""
        while True:
            wait = 0.0
            self._seen.clear()  # what is seen from now on, this try may be too early for
            try:
                entered = await self._way.enter()
                await self._known.met(entered)
                self.title = entered.handshake.title or self.title
                return entered
            except (Unreachable, WrongHost, WrongRoom) as nobody:
                problem = str(nobody)
            except RefusedByHost as refused:
                problem, wait = str(refused), refused.wait
                if refused.code in _FINAL:
                    await self._refused(refused.code)
                    return None
            except NotIn as stopped:
                self._stop(str(stopped), told(stopped, self._where, self._known))
                return None
            except StorageProblem as full:
                problem, wait = str(full), limits.DISK_RETRY_MS / 1000
            self._say(ConnectionState.RECONNECTING, problem)
            await self._pause(wait)

    async def _refused(self, code: str) -> None:
        """The host will not have us back before the person does something."""
        if code in SENT_AWAY:
            self.unwelcome = close_words(code)
            await give_back(self.room_id, code, self._disk, self._tell)
        self._stop(close_words(code), diverged=code == CloseCode.DIVERGED)

    def _stop(self, problem: str, first: events.Event | None = None, diverged: bool = False) -> None:
        """Only the person can help. `first`: what to tell before that."""
        self._when_stopped()
        if first is not None:
            self._tell(first)
        self._say(ConnectionState.STOPPED, problem, diverged=diverged)

    async def _pause(self, at_least: float) -> None:
        """Before the next try: longer each time, never in step with other members; cut short when the room is seen."""
        most = min(limits.RECONNECT_FIRST_SECONDS * 2**self._failures, limits.RECONNECT_MOST_SECONDS)
        self._failures = min(self._failures + 1, 10)
        await asyncio.sleep(min(at_least, _WAIT_MOST_SECONDS))
        try:
            async with asyncio.timeout(random.uniform(most / 2, most)):
                await self._seen.wait()
                await asyncio.sleep(random.uniform(0, 0.2))
        except TimeoutError:
            pass

    # --- what the Client tells ---------------------------------------------------------------------------------------
    def _fact(self, fact: Fact) -> None:
        match fact:
            case Welcomed(host, _limits, missed):
                self._say(ConnectionState.CONNECTED, host=host, fetched=missed)
                self._first_meeting = False
            case Apply(run, taken, backlog):
                self._problem = "" if taken else self._problem
                self._tell(events.EntriesAdded(self.room_id, run, backlog=backlog))
                if not backlog:
                    self.ahead = (now_ms() - run[-1].received_at) / 1000
                self._states(self._ticks.taken(run), EntryState.TAKEN)
                self._states(self._ticks.delivered(), EntryState.DELIVERED)
            case Settle(entry_ids):
                self._states(entry_ids, EntryState.TAKEN)
            case OwnDelivered(seq, base):
                self._states(self._ticks.delivered(base, seq), EntryState.DELIVERED)
            case GiveUp(entry_id, code):
                words = rejection_words(code)
                self._tell(events.EntryStateChanged(self.room_id, (entry_id,), EntryState.NOT_SENT, words))
            case Prepend(run, recovered=True):
                self._tell(events.Recovered(self.room_id, run))
            case Prepend(run):
                self._tell(events.EntriesAdded(self.room_id, run, older=True))
            case RosterChanged(joined, left, here, whole):
                self._tell(events.RosterChanged(self.room_id, joined, left, here, whole))
            case CardsCame(cards):
                self._tell(events.CardsCame(self.room_id, cards))
            case Held(code):
                self._held(hold_words(code))
            case NewReplica() | ReadBefore():
                pass
            case _:
                assert_never(fact)

    def _states(self, entry_ids: tuple[EntryId, ...], state: EntryState) -> None:
        if entry_ids:
            self._tell(events.EntryStateChanged(self.room_id, entry_ids, state))

    def _held(self, reason: str) -> None:
        """The host's disk fails. All is sent again and again; the person hears of it once."""
        problem = _("The host takes nothing new at the moment: {reason}").format(reason=reason)
        if problem != self._problem:
            self._problem = problem
            self._tell(events.Problem(problem, self.room_id, holds=True))

    def _say(
        self,
        state: ConnectionState,
        problem: str = "",
        host: Card | None = None,
        fetched: int = 0,
        diverged: bool = False,
    ) -> None:
        """Tell where we stand, unless that was the last thing told."""
        away = state in (ConnectionState.CONNECTING, ConnectionState.RECONNECTING)
        if away != self.away:
            self.away = away
            self._when_moved()
        shown = badge(MemberKey(host.key)) if host else ""
        first = self._first_meeting and state is ConnectionState.CONNECTED
        now = events.ConnectionChanged(
            self.room_id, self.title, state, host, shown, first, problem, self._where, fetched, diverged
        )
        if now != self._said:
            self._said = now
            self._tell(now)
        asked_too, self._asked_too = self._asked_too, []
        for where in asked_too:
            self._say_again(now, where)


def _in_plain_words(ended: Disconnect) -> str:
    """Why a Connection ended, for a person."""
    if ended.refused:
        return close_words(ended.code) or _("the host closed the connection")
    match ended.code:
        case "bye":
            return _("the host closed the room")
        case "gone":
            return _("the host does not answer")
        case "lost":
            return _("the connection broke")
        case "gap" | "misbehaved":
            return _("what the host sent does not fit together")
        case _:
            return ended.problem
