"""Standby: the Listener of a member who may keep the room open next; and Readiness, which opens and ends it.

It is open before it is needed, so that the host can try whether others would get in there, and that whoever opens the
room has its port already. Until then it refuses everybody. Engine's loop.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence

from lanchat.core import limits
from lanchat.core.client_actions import GuestCodesCame, PassesCame
from lanchat.core.codes import CloseCode
from lanchat.core.keeping import Passes
from lanchat.core.keeping_frames import GivenCode
from lanchat.core.model import Card, DeviceId, MemberKey
from lanchat.engine.active_room import ActiveRoom
from lanchat.engine.disk import Disk
from lanchat.engine.guest_codes import inherited
from lanchat.engine.known_rooms import KnownRooms
from lanchat.engine.opening_turn import OpeningTurn
from lanchat.engine.own_entries import Person
from lanchat.engine.tasks import SerialQueue, Spawn
from lanchat.network.connection import Connection
from lanchat.network.connection_limiter import ConnectionLimiter
from lanchat.network.listener import Listener
from lanchat.storage.errors import StorageProblem
from lanchat.storage.guest_code_rows import GuestCodeRecord
from lanchat.storage.records import now_ms
from lanchat.storage.store import Store
from lanchat.trust.identity import Identity, host_context
from lanchat.trust.join_errors import Refusal


class Standby:
    """Open a Standby with `open`; end it with `close`, unless its Listener was taken."""

    def __init__(self) -> None:
        self._listener: Listener | None = None

    @classmethod
    async def open(cls, identity: Identity) -> Standby:
        """Raises OSError."""
        standby = cls()
        standby._listener = await cls.listen(identity, [*limits.PORTS[:0:-1], 0])  # the first one is for a room of ours
        return standby

    @classmethod
    async def listen(cls, identity: Identity, ports: Sequence[int]) -> Listener:
        """A Listener, on the first of `ports` that is free, that refuses everybody until it changes hands. Raises
        PortTaken and OSError."""
        context = await asyncio.to_thread(host_context, identity)  # it reads the key's file
        listener = Listener(cls(), None, context, ConnectionLimiter())
        listener.open(ports)
        return listener

    @property
    def port(self) -> int:
        """Where others would be let in; 0: nowhere any more."""
        return self._listener.port if self._listener is not None else 0

    def take(self) -> Listener | None:
        """The Listener, for the room's host from now on."""
        listener, self._listener = self._listener, None
        return listener

    async def close(self) -> None:
        if (listener := self.take()) is not None:
            await listener.close()

    # --- from the Listener
    def refusal(self) -> Refusal | None:
        return Refusal(CloseCode.STANDBY)

    def knows(self, key: MemberKey) -> bool:
        return False

    def entered(self, connection: Connection, card: Card, device_id: DeviceId) -> None:
        raise AssertionError("everybody is refused")

    def alarm(self) -> None:
        """Nobody gets as far as to try a passphrase."""


class Readiness:
    """Whether we may keep open a room that somebody else hosts now: it is told to the host, and to our OpeningTurn."""

    def __init__(
        self, room: ActiveRoom, person: Person, known: KnownRooms, disk: Disk, turn: OpeningTurn, spawn: Spawn
    ) -> None:  # fmt: skip
        self._room = room
        self._person = person
        self._known = known
        self._disk = disk
        self._turn = turn
        self._queue = SerialQueue(spawn)
        self._standby: Standby | None = None
        self._given: Passes | None = None  # not kept yet
        self._codes: tuple[GivenCode, ...] = ()  # of the host where we are, or were last
        self._codes_at = 0  # ms; when it gave them

    def look(self) -> None:
        """What it depends on may have changed."""
        self._queue.put(self._look)

    def connecting(self) -> None:
        """Whatever codes for phones are known here may be withdrawn by now, also those of when we were the host: there
        are none but those that the host gives on this connection."""
        self._codes = ()
        self._queue.put(self._forget_codes, lasting=True)

    def take(self, given: PassesCame | GuestCodesCame) -> None:
        """The host gives us what we need when we open the room."""
        if isinstance(given, PassesCame):
            self._take_passes(given.passes)
        else:
            self._codes, self._codes_at = given.codes, now_ms()

    async def _forget_codes(self) -> None:
        try:
            await self._disk.run(Store.put_guest_codes, self._room.room_id, ())
        except StorageProblem as problem:
            self._room.warn(str(problem))

    def _take_passes(self, passes: Passes) -> None:

        async def keep() -> None:
            given, self._given = self._given, None
            try:
                await self._known.keep_passes(self._room.room_id, given or ())
            except StorageProblem as problem:
                self._room.warn(str(problem))
            await self._look()

        if self._given is None:  # else those that it gives again and again count once
            self._queue.put(keep)
        self._given = passes

    async def _look(self) -> None:
        if self._wants():
            with contextlib.suppress(OSError):  # it is no heir then
                self._standby = self._standby or await Standby.open(self._person.identity)
        elif self._standby is not None:
            await self._standby.close()
            self._standby = None
        port = self._standby.port if self._standby is not None else 0
        self._room.able(port)
        self._turn.may(port, self._known.rank(self._room.room_id) is not None)

    def _wants(self) -> bool:
        record = self._known.get(self._room.room_id)
        if record is None or not self._person.settings.keep_rooms or self._known.rank(record.room_id) is None:
            return False
        return record.secret is not None or not record.passphrase  # who cannot check the passphrase lets nobody in

    def inherit(self) -> tuple[Listener | None, tuple[GuestCodeRecord, ...]]:
        """We are about to open the room: the Listener where we waited, and the codes for phones, unless the host was
        not heard for long and may have withdrawn them. They are put on the disk by the opening, if it succeeds."""
        records: list[GuestCodeRecord] = []
        if self._codes and abs(now_ms() - self._room.heard_at) <= limits.GUEST_CODES_SECONDS * 1000:
            records = inherited(self._codes, self._codes_at, now_ms())
        return self._standby.take() if self._standby is not None else None, tuple(records)

    async def close(self) -> None:
        await self._queue.finish()
        if self._standby is not None:
            await self._standby.close()
