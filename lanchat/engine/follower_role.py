"""FollowerRole: our part in a room that somebody else hosts, for as long as the person stays in it: getting in again
after every loss of connection, at whoever has the room open then, and telling where we stand. When it is our turn to
open the room, this role ends, and its owner does that. Engine's loop, one task.
"""

from __future__ import annotations

import asyncio
import random
from typing import Protocol

from lanchat.core import limits
from lanchat.core.client_actions import Disconnect, GuestCodesCame, HeirsNamed, HostMoved, PassesCame, RosterChanged
from lanchat.core.codes import CloseCode, close_words, hold_words
from lanchat.core.frames import Heir
from lanchat.core.listing import Listing, key_fingerprint
from lanchat.core.model import Card, MemberKey
from lanchat.core.standing import Standing
from lanchat.core.translate import _
from lanchat.engine import events
from lanchat.engine.active_room import ActiveRoom
from lanchat.engine.connection_report import ConnectionReport
from lanchat.engine.disk import Disk
from lanchat.engine.entering import SENT_AWAY, RoomDialer, abort_late, refusal_event, refuse_outbox, words_about_ending
from lanchat.engine.events import ConnectionState
from lanchat.engine.known_rooms import KnownRooms
from lanchat.engine.opening_turn import OpeningTurn
from lanchat.engine.other_keepers import OtherKeepers, epoch_of
from lanchat.engine.room_disk import DiskReplica
from lanchat.engine.standby import Readiness
from lanchat.engine.tasks import POLITE_SECONDS, end, set_within
from lanchat.network.dialer import Address, JoinedConnection, Unreachable
from lanchat.network.listener import Listener
from lanchat.storage.errors import StorageProblem
from lanchat.storage.guest_code_rows import GuestCodeRecord
from lanchat.trust.join_errors import HostKeyChanged, JoinError, KeeperNotEntitled, RefusedByHost, WrongHost, WrongRoom

#: How a connection ends when the host broke the protocol. Trying again at once would hardly help.
_SUSPICIOUS = frozenset({"misbehaved", "gap"})
_SUSPICIOUS_SECONDS = 8.0

_LASTING_SECONDS = 2.0  # a connection that held this long was a success: the next tries begin with short pauses again
_SOON_SECONDS = 0.2  # between two tries where somebody is about to open the room
_OTHERS_SECONDS = 8.0  # until a stranger's host is told of: anybody may announce the room while its keeper changes
_WAIT_MOST_SECONDS = 60.0  # whatever a host asks for


class FollowerOwner(Protocol):
    """Who keeps the rooms that we are in."""

    def own_addresses(self) -> tuple[str, ...]:
        """Those of this computer."""

    def take_over(self, room: ActiveRoom) -> None:
        """Its keeper is gone, and it is our turn to open it. Its role does nothing more."""

    def stopped(self, room: ActiveRoom) -> None:
        """Only a new Join leads back into this room."""

    def seek(self) -> None:
        """`away` has changed: have Discovery look for the rooms that are."""


class FollowerRole:
    """Our part in a room that somebody else hosts. `start` begins it, `close` ends it."""

    hosting = False

    def __init__(
        self,
        room: ActiveRoom,
        where: str,
        dialer: RoomDialer,
        known: KnownRooms,
        disk: Disk,
        entered: JoinedConnection | None = None,
        first_meeting: bool = False,
        moved_to: Heir | None = None,
    ) -> None:
        """`where`: how the person named the room, for events that answer its Join. `entered`: we are in already.
        `moved_to`: who opens the room just now, because we gave it to them."""
        self.room = room
        room.role = self
        self.away = False  #: we are not in, and want to be: it should be looked for
        self._report = ConnectionReport(room, known, where, first_meeting)
        self._way_back = dialer
        self._dialer = dialer.to(self._addresses)
        self._known = known
        self._disk = disk
        self._failures = 0
        self._seen = asyncio.Event()
        self._entered = entered if moved_to is None else None
        self._left = False
        self._disproved = False  # a host said that the epoch which we know was begun by nobody who may
        self._goodbye = ""  # what the host said when it closed the room, in words, until something else is known
        self._task: asyncio.Task[None] | None = None
        self._owner: FollowerOwner | None = None
        self._turn = OpeningTurn(dialer.person.key, lambda heir: known.may_keep(room.room_id, heir.key, heir.passes))
        self._moved_to = moved_to
        self._readiness: Readiness | None = None
        self._others: OtherKeepers | None = None
        self._next = entered if moved_to is not None else None  # to another host, where we go on
        self._agreed = False  # that all that only we have is brought to the host
        self._answered = asyncio.Event()

    def start(self, group: asyncio.TaskGroup, owner: FollowerOwner) -> None:
        """Stay in the room from now on, as a task of `group`."""
        self._owner = owner
        epoch, at, spawn = lambda: self.room.epoch, lambda: self.host_place, group.create_task
        self._readiness = Readiness(self.room, self._way_back.person, self._known, self._disk, self._turn, spawn)
        self._others = OtherKeepers(self._way_back.to, epoch, self._go_to, spawn, self._expected, at)
        if self._moved_to is not None:
            self._turn.entered(owner.own_addresses())
            self._turn.hear(HostMoved(self._moved_to))
            self._turn.lost(Disconnect("bye"))
            self.keep_rooms()
        self._task = group.create_task(self._stay())

    async def close(self) -> None:
        self._left = True
        if self._task is not None:
            await end([self._task], POLITE_SECONDS if self.room.say_goodbye() else 0.0)
        if self._others is not None and self._readiness is not None:
            await self._others.close()
            await self._readiness.close()
        for entered in filter(None, (self._entered, self._next)):
            entered.connection.abort("left")

    @property
    def host_place(self) -> tuple[MemberKey, Address] | None:
        """The host's key, and where it is; None while we are not in."""
        return (self._entered.handshake.host_key, self._entered.address) if self._entered is not None else None

    def say_state(self, where: str) -> None:
        """Tell where we stand once more, or as soon as that is known."""
        self._report.answer(where)
        self._seen.set()

    def seen(self, listing: Listing) -> None:
        """No more waiting. Where we are connected to another place than the room is seen at, or it is not seen any
        more, the host is asked at once whether it is still there."""
        if listing.answering:
            self._seen.set()
        if self._entered is None:
            if listing.answering and listing.epoch > self.room.epoch and self._is_ours(listing):
                self._turn.put_off(hearsay=True)
            return
        if key_fingerprint(self._entered.handshake.host_key) != listing.fingerprint:
            if self._others is not None and self._is_ours(listing):
                self._others.seen(listing)
            return
        if not (listing.answering and self._entered.address in [(one, listing.port) for one in listing.addresses]):
            self.room.check_host()

    def network_changed(self) -> None:
        """If we wait, try now; if we are connected, ask whether we still are."""
        self._seen.set()
        self._turn.put_off()
        self.room.check_host()

    def _is_ours(self, listing: Listing) -> bool:
        """Whether it says that it is this room, of the owner whom we know."""
        record = self._known.get(self.room.room_id)
        return record is not None and record.owner is not None and key_fingerprint(record.owner) == listing.owner

    def _expected(self) -> list[MemberKey]:
        """Who has the room open most likely, besides the host where we are."""
        record = self._known.get(self.room.room_id)
        owner = record.owner if record is not None else None
        return [*([owner] if owner else []), *self._turn.heirs]

    def _addresses(self) -> list[Address]:
        """Where the room may be: first at whom its last keeper named."""
        first = self._turn.place
        return [*first, *(one for one in self._way_back.addresses() if one not in first)]

    def _go_to(self, entered: JoinedConnection) -> None:
        """Another host has a higher epoch of the room: go on there."""
        if self._left or self._next is not None or not self.room.say_goodbye():
            entered.connection.abort("not wanted any more")
        else:
            self._next = entered

    # --- keeping it open ---------------------------------------------------------------------------------------------
    def keep_rooms(self) -> None:
        """Whether this computer may keep rooms open for others has changed."""
        if self._readiness is not None:
            self._readiness.look()

    def inherit(self) -> tuple[Listener | None, tuple[GuestCodeRecord, ...]]:
        """What we were given for when we open the room: the Listener where we waited, and codes for phones."""
        return self._readiness.inherit() if self._readiness is not None else (None, ())

    def told_who_keeps(self, told: PassesCame | GuestCodesCame | HeirsNamed | HostMoved) -> None:
        if isinstance(told, HeirsNamed | HostMoved):
            self._turn.hear(told, self._entered.address[0] if self._entered is not None else None)
        elif self._readiness is not None:
            self._readiness.take(told)

    # --- staying -----------------------------------------------------------------------------------------------------
    async def _stay(self) -> None:
        loop = asyncio.get_running_loop()
        if (self._entered or self._next) is None:
            self._say(ConnectionState.CONNECTING)
        while not self._left:
            self._entered = self._entered or await self._enter_again()
            if self._entered is None:
                return
            began = loop.time()
            ended = await self._talk(self._entered)
            host, self._entered = self._entered.handshake.host_key, None
            if ended.code == "asks" and not self._left:
                await self._ask(host, ended.count)
            if self._left or self._next is not None or ended.code == "asks":
                continue
            lasted = loop.time() - began > _LASTING_SECONDS
            self._failures = 0 if lasted else self._failures
            self._seen.clear()
            if ended.refused and self._is_final(ended.code):
                await self._refused(ended.code)
                return
            self._turn.lost(ended)
            why = words_about_ending(ended, self._turn.moved_to is not None)
            self._goodbye = words_about_ending(ended) if ended.code in ("bye", "closed") and not ended.refused else ""
            self._say(ConnectionState.RECONNECTING, why)
            if not (lasted and self._turn.moved_to is not None) and not self._turn.come:
                await self._pause(_SUSPICIOUS_SECONDS if ended.code in _SUSPICIOUS else ended.retry_ms / 1000)

    async def _talk(self, entered: JoinedConnection) -> Disconnect:
        """One connection's time."""
        if self._readiness is not None:
            self._readiness.connecting()
        claim = max(epoch_of(entered), 1) if self._disproved else None
        me, host, kept = self._dialer.person.key, entered.handshake.host_key, self._moved_to is not None
        replica = DiskReplica(self._disk, self.room.room_id, me, host, kept, self._agreed, claim)
        ended = await self.room.talk(entered.connection, replica)
        await self._take_withheld(replica, entered)
        self._disproved = ended.refused and ended.code == CloseCode.FORGED
        return ended

    async def _take_withheld(self, replica: DiskReplica, entered: JoinedConnection) -> None:
        """Bans and roles that came before the connection ended count, or who is banned could have us stay for ever by
        never giving all. But whether the host's own right is taken is seen when it has given the rest."""
        try:
            standing = await replica.withheld()
        except StorageProblem as problem:
            self.room.warn(str(problem))
            return
        if standing is None:
            return
        room_id = self.room.room_id
        before = self._known.set_standing(room_id, standing)
        lets_keep = self._known.lets_keep(entered.handshake)
        self._known.set_standing(room_id, before)
        if lets_keep:
            self.standing_changed(standing)
            self.room.tell(events.StandingChanged(room_id, standing))

    async def _ask(self, host: MemberKey, count: int) -> None:
        """Wait until the person has said whether so much that only we have is brought to the host."""
        self._answered.clear()
        self._say(ConnectionState.RECONNECTING, _("It waits for your answer."))
        self.room.tell(events.RebaseAsked(self.room.room_id, host, count))
        await self._answered.wait()

    def bring_back(self) -> None:
        """The answer: yes."""
        self._agreed = True
        self._answered.set()

    async def _enter_again(self) -> JoinedConnection | None:
        """Try until we are in. None: only the person can help, or it is our turn to open the room."""
        assert self._owner is not None
        trying = asyncio.ensure_future(self._try_to_enter())
        turn = asyncio.ensure_future(self._turn.comes(self._owner.own_addresses))
        entered = None
        try:
            await asyncio.wait([trying, turn], return_when=asyncio.FIRST_COMPLETED)
            if trying.done():
                entered = trying.result()
            else:
                self._owner.take_over(self.room)
        finally:
            if entered is None:
                trying.add_done_callback(abort_late)  # also where this is cancelled now
            await end([trying, turn])
        return entered

    async def _try_to_enter(self) -> JoinedConnection | None:
        """The same as often as it takes. None: only the person can help."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        while True:
            wait, soon = 0.0, False
            self._seen.clear()  # a sighting from now on may be too late for this try
            try:
                entered, self._next = self._next or await self._dialer.enter(), None
                return await self._met(entered)
            except (Unreachable, WrongHost, WrongRoom) as nobody:
                if isinstance(nobody, KeeperNotEntitled) and self._owner is not None:
                    self._turn.keeper_may_not(self._owner.own_addresses())
                    self.keep_rooms()
                soon = isinstance(nobody, Unreachable) and nobody.standby
                expected = soon or (isinstance(nobody, Unreachable) and (nobody.closed or nobody.silent))
                self._goodbye = self._goodbye if expected else ""
                problem = self._goodbye or str(nobody)
            except RefusedByHost as refused:
                problem, wait = str(refused), refused.wait
                self._turn.keeper_answers()
                if self._is_final(refused.code):
                    await self._refused(refused.code)
                    return None
            except JoinError as stopped:
                late = loop.time() - began > _OTHERS_SECONDS and not self._turn.coming
                if late or not isinstance(stopped, HostKeyChanged):
                    self._stop(str(stopped), refusal_event(stopped, self._report.where, self._known))
                    return None
                problem = str(stopped)
            except StorageProblem as full:
                problem, wait = str(full), limits.DISK_RETRY_MS / 1000
            self._say(ConnectionState.RECONNECTING, problem)
            await self._pause(wait, self._turn.changing and (soon or self._turn.moved_to is not None))

    async def _met(self, entered: JoinedConnection) -> JoinedConnection:
        """We are in: remember where. Raises StorageProblem, and KeeperNotEntitled for who was banned just now."""
        with entered.aborting_on_failure():
            if not self._known.lets_keep(entered.handshake):
                raise KeeperNotEntitled
            await self._known.met(entered)
        if (record := self._known.get(self.room.room_id)) is not None:
            self.room.title = record.title
        return entered

    def _is_final(self, code: str) -> bool:
        """Whether we must not come back by ourselves: we were sent away, or our device came in anew, and not by a visit
        of our own."""
        visits = self._others is not None and self._others.visits
        return code in SENT_AWAY or (code == CloseCode.REPLACED and not visits)

    async def _refused(self, code: str) -> None:
        """The host does not let us come back by ourselves."""
        if code in SENT_AWAY:
            self.room.unwelcome = close_words(code)
            await refuse_outbox(self.room.room_id, code, self._disk, self.room.tell)
        self._stop(close_words(code))

    def _stop(self, problem: str, first: events.Event | None = None) -> None:
        """Stop trying: only the person can help. `first`: an Event to tell before that."""
        if self._owner is not None:
            self._owner.stopped(self.room)
        if first is not None:
            self.room.tell(first)
        self._say(ConnectionState.STOPPED, problem)

    async def _pause(self, at_least: float, soon: bool = False) -> None:
        """Wait before the next try: longer each time, by a random part, so that members do not come in step; no longer
        than until the room is seen. `soon`: somebody is about to open it."""
        most = min(limits.RECONNECT_FIRST_SECONDS * 2**self._failures, limits.RECONNECT_MOST_SECONDS)
        most = min(most, _SOON_SECONDS) if soon else most
        self._failures = min(self._failures + 1, 10)
        await asyncio.sleep(min(at_least, _WAIT_MOST_SECONDS))
        await set_within(self._seen, random.uniform(most / 2, most))
        if self._seen.is_set():
            await asyncio.sleep(random.uniform(0, 0.2))

    # --- what the Client tells
    def welcomed(self, host: Card, missed: int) -> None:
        if self._owner is not None:
            self._turn.entered(self._owner.own_addresses())
        self.keep_rooms()
        self._say(ConnectionState.CONNECTED, host=host, fetched=missed)

    def people_changed(self, change: RosterChanged) -> None:
        if self._others is not None:
            self._others.met(MemberKey(card.key) for card in change.joined)

    def standing_changed(self, standing: Standing) -> None:
        """Nobody stays with a host who may not keep the room open any more."""
        if self._known.set_standing(self.room.room_id, standing).roles != standing.roles:
            self.keep_rooms()
        if self._entered is not None and not self._known.lets_keep(self._entered.handshake):
            self.room.say_goodbye()

    def held(self, code: str) -> None:
        problem = _("The host takes nothing new at the moment: {reason}").format(reason=hold_words(code))
        self.room.warn(problem, holds=True)

    def _say(self, state: ConnectionState, problem: str = "", host: Card | None = None, fetched: int = 0) -> None:
        """Tell where we stand, and have the room looked for where we are away."""
        away = state in (ConnectionState.CONNECTING, ConnectionState.RECONNECTING)
        if away != self.away:
            self.away = away
            if self._owner is not None:
                self._owner.seek()
        self._report.say(state, problem, host, fetched)
