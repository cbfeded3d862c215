"""LanDiscovery: the real Discovery. On the Engine's loop, with one helper thread for what the system may be slow at.

It asks by mDNS and by our own questions at once and goes on asking, checks that listed rooms still answer, and starts
anew when our addresses change or the machine wakes up.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import ipaddress
import logging
import secrets
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, TypeAlias

from lanchat.core import limits
from lanchat.core.address import Numeric
from lanchat.core.model import RoomId
from lanchat.network.discovery import schedule
from lanchat.network.discovery.datagrams import EXHAUSTED, Answer, Closed, OpenRoom
from lanchat.network.discovery.interface import Advert, BurstOver, Hindered, NetworkChanged, Sighting, Twin
from lanchat.network.discovery.listings import MOST_ADDRESSES, Listings, Probe
from lanchat.network.discovery.mdns import Mdns
from lanchat.network.discovery.querier import Querier, takes_connections
from lanchat.network.discovery.responder import Responder
from lanchat.network.discovery.schedule import AskOne, Due, Schedule, Step
from lanchat.network.interfaces import (
    REST_SECONDS,
    WATCH_SECONDS,
    Snapshot,
    best_first,
    moved,
    snapshot,
    usable,
    watch,
)

REMEMBERED = 20
TYPED = 64
CONNECTING = 16
TWINS = 64  # remembered as told
TWIN_SECONDS = 60.0  # between two hints about one place
MEND_SECONDS, MEND_MOST_SECONDS = 2.0, 10.0  # after which what failed is tried again; longer each time
HINDERED_SECONDS = 5.0  # what the system refuses for longer is told

Work: TypeAlias = Callable[[], Awaitable[None]]

_log = logging.getLogger(__name__)


class LanDiscovery:
    """`port`: the well-known one. `only`: use just these of our addresses; ("127.0.0.1",) stays on this machine."""

    def __init__(self, port: int = limits.PORT, only: Iterable[str] = ()) -> None:
        self._only = tuple(only)
        self._this_machine_only = bool(self._only) and all(ipaddress.ip_address(one).is_loopback for one in self._only)
        self._boot_id = boot_id = secrets.token_hex(3)
        self._twins: dict[Twin, float] = {}  # as told, and when
        self._tell_face: Callable[[Sighting], None] | None = None
        self._listings = Listings(self._tell)
        self._schedule = Schedule()
        self._asking = Querier(port, self._heard)
        self._answers = Responder(boot_id, port, self._this_machine_only)
        self._mdns = None if self._this_machine_only else Mdns(boot_id, self._recorded, self._said_goodbye)
        self._own: dict[RoomId, bytes] = {}
        self._remembered: list[tuple[Numeric, int]] = []
        self._typed: list[Numeric] = []
        self._here: Snapshot = frozenset()
        self._swept: set[str] = set()
        self._sought: frozenset[RoomId] = frozenset()
        self._looking = True
        self._stir = asyncio.Event()
        self._todo: asyncio.Queue[Work] = asyncio.Queue()
        self._mending: asyncio.TimerHandle | None = None
        self._failures = 0  # of `_todo`, one after the other
        self._refused: dict[str, float] = {}  # what the system refuses us, and since when
        self._told_hindered = False
        self._connecting = asyncio.Semaphore(CONNECTING)
        self._tasks: set[asyncio.Task[None]] = set()
        self._pool = ThreadPoolExecutor(1, "discovery")

    # --- Discovery
    async def start(self, tell: Callable[[Sighting], None]) -> None:
        self._tell_face = tell
        if not await self._tried(self._asking.open):
            self._todo.put_nowait(self._mend)
        everything = await self._snapshot() or frozenset()
        self._here = usable(everything, self._only)
        self._listings.set_here(self._here, self._now())
        self._schedule.burst(self._now())
        self._schedule.look(self._looking, self._now())
        self._spawn(self._go_on_asking())
        self._spawn(self._do_in_order())
        if self._mdns:
            self._todo.put_nowait(self._open_mdns)
            self._spawn(watch(self._snapshot, self._network_changed, everything, self._watch_every))

    async def stop(self) -> None:
        self._tell_face = None
        if self._mending:
            self._mending.cancel()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._answers.close()
        if self._mdns:
            await self._mdns.close()
        await self._asking.close()
        self._pool.shutdown()

    def look(self, on: bool, again: bool = False) -> None:
        self._looking = on
        self._schedule.look(on, self._now())
        self._listings.look(on, self._now())
        if again:
            self._swept.clear()
            self._schedule.burst(self._now())
        self._stir.set()

    def advertise(self, advert: Advert) -> None:
        self._own[advert.room_id] = advert.fingerprint
        self._listings.set_own(self._own.items())
        self._todo.put_nowait(partial(self._answers.advertise, advert))
        if self._mdns:
            self._todo.put_nowait(partial(self._mdns.advertise, advert))

    def withdraw(self, room_id: RoomId) -> None:
        self._own.pop(room_id, None)
        self._listings.set_own(self._own.items())
        self._todo.put_nowait(partial(self._answers.withdraw, room_id))
        if self._mdns:
            self._todo.put_nowait(partial(self._mdns.withdraw, room_id))

    def remember(self, addresses: Iterable[tuple[Numeric, int]]) -> None:
        self._remembered = list(dict.fromkeys([*addresses, *self._remembered]))[:REMEMBERED]

    def prefer(self, room_ids: Iterable[RoomId]) -> None:
        self._listings.prefer(room_ids)

    def seek(self, room_ids: Iterable[RoomId]) -> None:
        before, self._sought = self._sought, frozenset(room_ids)
        if self._sought - before:
            self._schedule.seek(True, self._now())
            self._stir.set()
        elif not self._sought:
            self._schedule.seek(False, self._now())

    def _listed_all(self) -> bool:
        """Whether there is a list, and what is looked for is in it."""
        return bool(self._listings) and self._sought <= set(self._listings.answering())

    def ask(self, address: Numeric, port: int) -> None:
        self._typed = [*self._typed, address][-TYPED:]
        self._schedule.ask_one(address, port, self._now())
        self._stir.set()

    def addresses(self) -> tuple[str, ...]:
        return tuple(one.address for one in best_first(self._here))

    # --- the tasks
    async def _go_on_asking(self) -> None:
        while True:
            self._stir.clear()
            with contextlib.suppress(OSError):  # it is asked again soon
                for due in self._schedule.due(self._now(), empty=not self._listed_all()):
                    self._do(due)
                self._probe(self._listings.beat(self._now()))
            wait = min(self._schedule.next_at(), self._listings.next_at()) - self._now()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(None if wait == float("inf") else max(wait, 0.0)):
                    await self._stir.wait()

    async def _do_in_order(self) -> None:
        """What opens and closes sockets and records, one after the other, and anew after a failure."""
        while True:
            work = await self._todo.get()
            if await self._tried(work):
                self._failures = 0 if work == self._mend else self._failures
            elif self._mending is None:
                self._failures += 1
                pause = min(MEND_SECONDS * self._failures, MEND_MOST_SECONDS)
                self._mending = asyncio.get_running_loop().call_later(pause, self._begin_to_mend)

    def _begin_to_mend(self) -> None:
        self._mending = None
        self._todo.put_nowait(self._mend)

    async def _mend(self) -> None:
        """Open what should be open and is not. Nobody knows how far what failed had come with mDNS: it starts anew."""
        await self._asking.open()
        await self._answers.open_and_close()
        self._allowed("sockets")
        if self._mdns:
            await self._open_mdns()

    async def _tried(self, work: Work) -> bool:
        """Whether it worked. Nothing that the system or zeroconf refuses ends discovery."""
        try:
            await work()
        except OSError as error:
            _log.info("discovery: %s", error)
            if error.errno in EXHAUSTED:
                self._refuses("sockets", error)
        except Exception:  # noqa: BLE001  zeroconf has errors of its own, and goes on after a new start
            _log.exception("discovery failed, and goes on")
        else:
            return True
        return False

    def _refuses(self, what: str, error: OSError) -> None:
        since = self._refused.setdefault(what, self._now())
        if not self._told_hindered and self._now() - since >= HINDERED_SECONDS:
            self._told_hindered = True
            self._tell(Hindered(error.strerror or type(error).__name__))

    def _allowed(self, what: str) -> None:
        if self._refused.pop(what, None) is not None and not self._refused:
            self._told_hindered = False

    async def _open_mdns(self) -> None:
        assert self._mdns
        # In the pool: the loop would stand still for the time of the import.
        load = partial(importlib.import_module, "zeroconf.asyncio")
        await asyncio.get_running_loop().run_in_executor(self._pool, load)
        await self._mdns.open(self._here)
        self._mdns.ask(to_us=True, known=())

    async def _network_changed(self, everything: Snapshot, woke: bool) -> None:
        before, self._here = self._here, usable(everything, self._only)
        if self._here == before and not woke:
            return
        if self._here != before:
            self._swept.clear()
        self._listings.set_here(self._here, self._now())
        assert self._mdns
        mend = self._mdns.open if moved(before, self._here) else self._mdns.moved
        self._todo.put_nowait(partial(mend, self._here))
        self._todo.put_nowait(self._burst)
        self._answers.say_again()
        self._tell(NetworkChanged(self.addresses()))

    def _watch_every(self) -> float:
        return WATCH_SECONDS if self._looking or self._sought else REST_SECONDS

    async def _burst(self) -> None:
        self._schedule.burst(self._now(), report=False)
        self._stir.set()

    # --- asking
    def _do(self, due: Due) -> None:
        match due:
            case AskOne(address, port):
                self._asking.one(address, port)
            case Step.SWEEP_ANEW:
                self._swept.clear()
            case Step.EVERYBODY:
                self._asking.this_machine()
                if not self._this_machine_only:
                    self._asking.everybody(self._here)
                for place in self._remembered:
                    self._asking.one(*place)
            case Step.SWEEP:
                if not self._listed_all():
                    self._spawn(self._asking.sweep(schedule.targets(self._here, self._swept)))
            case Step.LOOKED_AROUND:
                self._tell(BurstOver())
            case Step.MDNS_TO_US | Step.MDNS_TO_ALL:
                if self._mdns:
                    self._mdns.ask(due is Step.MDNS_TO_US, self._listings.answering())

    def _probe(self, probes: list[Probe]) -> None:
        self._asking.again(probes)
        for probe in probes:
            if probe.connect:
                self._spawn(self._connect(probe))

    async def _connect(self, probe: Probe) -> None:
        """Where our questions do not get through, a connection that is taken is an answer too."""
        async with self._connecting:
            address = await takes_connections(probe.addresses, probe.port)
        if address:
            self._listings.connected(probe.key, address, self._now())

    # --- hearing
    def _heard(self, said: Answer | Closed, address: Numeric) -> None:
        match said:
            case Answer(rooms=rooms):
                for room in rooms:
                    self._look_for_twin(room, (address,))
                    self._listings.answered(room, address, self._now(), typed=address in self._typed)
            case Closed(room_id=room_id):
                self._listings.said_goodbye(RoomId(room_id), self._now())
        self._stir.set()

    def _recorded(self, room: OpenRoom, addresses: tuple[Numeric, ...]) -> None:
        if near := tuple(filter(self._listings.believable, addresses))[:MOST_ADDRESSES]:
            self._look_for_twin(room, near)
        self._listings.recorded(room, addresses, self._now())
        self._stir.set()

    def _look_for_twin(self, room: OpenRoom, addresses: tuple[Numeric, ...]) -> None:
        """Whether that is a room of ours that somebody else hosts too."""
        if self._own.get(RoomId(room.room_id)) != room.fingerprint or room.boot_id == self._boot_id:
            return
        twin = Twin(RoomId(room.room_id), addresses, room.port)
        now = self._now()
        if twin not in self._twins or now - self._twins[twin] > TWIN_SECONDS:
            self._twins[twin] = now
            if len(self._twins) > TWINS:
                del self._twins[next(iter(self._twins))]
            self._tell(twin)

    def _said_goodbye(self, room_id: RoomId) -> None:
        self._listings.said_goodbye(room_id, self._now())
        self._stir.set()

    # --- inside
    def _tell(self, sighting: Sighting) -> None:
        asyncio.get_running_loop().call_soon(self._tell_unless_stopped, sighting)

    def _tell_unless_stopped(self, sighting: Sighting) -> None:
        if self._tell_face:
            self._tell_face(sighting)

    def _now(self) -> float:
        return asyncio.get_running_loop().time()

    async def _snapshot(self) -> Snapshot | None:
        """None when the system does not tell: it may be out of descriptors for a moment."""
        try:
            found = await asyncio.get_running_loop().run_in_executor(self._pool, snapshot)
        except OSError as error:
            self._refuses("addresses", error)
            return None
        self._allowed("addresses")
        return found

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            context = {"message": "discovery stopped working", "exception": error, "task": task}
            asyncio.get_running_loop().call_exception_handler(context)
