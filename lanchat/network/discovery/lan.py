"""Discovery on the local network, by mDNS and by lanchat's own UDP questions in parallel.

It repeats its questions, checks that listed rooms still answer, and starts anew when this computer's addresses change
or it wakes up. On the Engine's loop; slow calls of the system on threads.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import ipaddress
import secrets
from collections.abc import Callable, Coroutine, Iterable
from functools import partial
from typing import Any

import msgspec

from lanchat import __version__
from lanchat.core import limits
from lanchat.core.address import Numeric
from lanchat.core.model import RoomId
from lanchat.network import host_addresses
from lanchat.network.discovery import interface, schedule
from lanchat.network.discovery.datagrams import Answer, Goodbye
from lanchat.network.discovery.job_queue import JobQueue
from lanchat.network.discovery.listings import MAX_ADDRESSES, Listings, Probe
from lanchat.network.discovery.mdns import Mdns
from lanchat.network.discovery.querier import Querier, first_accepting
from lanchat.network.discovery.responder import Responder
from lanchat.network.discovery.schedule import AskOne, Due, Schedule, Step

MAX_REMEMBERED = 20  # addresses of known rooms
MAX_TYPED = 64  # addresses the person named
MAX_CONNECTS = 16  # TCP probes at once
MAX_DUPLICATES = 64  # remembered as reported
DUPLICATE_SECONDS = 60.0  # between two reports of one place


class LanDiscovery:
    """`port`: the well-known one. `only`: the only addresses of ours to use; ("127.0.0.1",) stays on this machine."""

    def __init__(self, port: int = limits.PORT, only: Iterable[str] = ()) -> None:
        self._only = tuple(only)
        self._this_machine_only = bool(self._only) and all(ipaddress.ip_address(one).is_loopback for one in self._only)
        self._boot_id = secrets.token_hex(3)
        self._duplicates: dict[interface.DuplicateHost, float] = {}  # when each was reported
        self._report: Callable[[interface.Sighting], None] | None = None
        self._listings = Listings(self._emit)
        self._schedule = Schedule(looking=True)
        self._querier = Querier(port, self.on_reply)
        self._hosted: dict[RoomId, interface.RoomDescription] = {}
        self._responder = Responder(self._hosted, self._boot_id, port, self._this_machine_only)
        self._mdns = None if self._this_machine_only else Mdns(self._hosted, self.on_record, self.on_goodbye)
        self._remembered: list[tuple[Numeric, int]] = []
        self._typed: list[Numeric] = []
        self._interfaces: host_addresses.Snapshot = frozenset()
        self._swept: set[str] = set()
        self._wanted: frozenset[RoomId] = frozenset()
        self._wake = asyncio.Event()
        self._jobs = JobQueue(self._repair, lambda why: self._emit(interface.DiscoveryProblem(why)))
        self._connecting = asyncio.Semaphore(MAX_CONNECTS)
        self._tasks: set[asyncio.Task[None]] = set()

    # --- Discovery
    async def start(self, report: Callable[[interface.Sighting], None]) -> None:
        self._report = report
        if not await self._jobs.attempt(self._querier.open):
            self._jobs.put(self._repair)
        everything = await self._snapshot() or frozenset()
        self._interfaces = host_addresses.usable(everything, self._only)
        self._listings.set_interfaces(self._interfaces, self._now())
        self._schedule.burst(self._now())
        self._spawn(self._query_loop())
        self._spawn(self._jobs.run())
        if self._mdns:
            self._jobs.put(self._open_mdns)
            self._spawn(host_addresses.watch(self._snapshot, self._network_changed, everything, self._watch_interval))

    async def stop(self) -> None:
        self._report = None
        self._jobs.stop()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._responder.close()
        if self._mdns:
            await self._mdns.close()
        await self._querier.close()

    def look(self, on: bool, again: bool = False) -> None:
        self._schedule.look(on, self._now())
        self._listings.look(on, self._now())
        if again:
            self._swept.clear()
            self._schedule.burst(self._now())
        self._wake.set()

    def advertise(self, room: interface.RoomDescription) -> None:
        room = self._hosted[room.room_id] = msgspec.structs.replace(room, boot_id=self._boot_id, app=__version__)
        self._hosted_changed(room.room_id)

    def announce(self, room_id: RoomId) -> None:
        if self._mdns:
            self._jobs.put(partial(self._mdns.announce, room_id))

    def withdraw(self, room_id: RoomId) -> None:
        if room := self._hosted.pop(room_id, None):
            self._responder.say_goodbye(room)
        self._hosted_changed(room_id)

    def _hosted_changed(self, room_id: RoomId) -> None:
        self._listings.set_own(one.key for one in self._hosted.values())
        self._jobs.put(self._responder.sync_sockets)
        if self._mdns:
            self._jobs.put(partial(self._mdns.sync_record, room_id))

    def remember(self, addresses: Iterable[tuple[Numeric, int]]) -> None:
        self._remembered = list(dict.fromkeys([*addresses, *self._remembered]))[:MAX_REMEMBERED]

    def prefer(self, room_ids: Iterable[RoomId]) -> None:
        self._listings.prefer(room_ids)

    def seek(self, room_ids: Iterable[RoomId]) -> None:
        before, self._wanted = self._wanted, frozenset(room_ids)
        if self._wanted - before:
            self._schedule.seek(True, self._now())
            self._wake.set()
        elif not self._wanted:
            self._schedule.seek(False, self._now())

    def ask(self, address: Numeric, port: int) -> None:
        self._typed = [*self._typed, address][-MAX_TYPED:]
        self._schedule.ask_one(address, port, self._now())
        self._wake.set()

    def addresses(self) -> tuple[str, ...]:
        return tuple(one.address for one in host_addresses.best_first(self._interfaces))

    # --- the tasks
    async def _query_loop(self) -> None:
        while True:
            self._wake.clear()
            with contextlib.suppress(OSError):  # the questions are repeated soon
                for due in self._schedule.due(self._now(), empty=not self._all_listed()):
                    self._run_step(due)
                self._probe(self._listings.poll(self._now()))
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout_at(min(self._schedule.next_at(), self._listings.next_at())):
                    await self._wake.wait()

    async def _repair(self) -> None:
        """Open the sockets that are missing. How far a failed job of mDNS came is unknown: mDNS is restarted."""
        await self._querier.open()
        await self._responder.sync_sockets()
        self._jobs.allowed("sockets")
        if self._mdns:
            await self._open_mdns()

    async def _open_mdns(self) -> None:
        assert self._mdns
        await asyncio.to_thread(importlib.import_module, "zeroconf.asyncio")  # it would block the loop
        await self._mdns.open(self._interfaces)
        self._mdns.ask(unicast=True, known=())

    async def _network_changed(self, everything: host_addresses.Snapshot, clock_jumped: bool) -> None:
        before, self._interfaces = self._interfaces, host_addresses.usable(everything, self._only)
        if self._interfaces == before and not clock_jumped:
            return
        if self._interfaces != before:
            self._swept.clear()
        self._listings.set_interfaces(self._interfaces, self._now())
        assert self._mdns
        replugged = host_addresses.adapters_changed(before, self._interfaces)
        update = self._mdns.open if replugged else self._mdns.update_addresses
        self._jobs.put(partial(update, self._interfaces))
        self._jobs.put(self._burst)
        self._responder.announce_again()
        self._emit(interface.NetworkChanged(self.addresses()))

    def _watch_interval(self) -> float:
        return host_addresses.WATCH_SECONDS if self._schedule.goes_on else host_addresses.REST_SECONDS

    async def _burst(self) -> None:
        self._schedule.burst(self._now(), report=False)
        self._wake.set()

    # --- asking
    def _all_listed(self) -> bool:
        """Whether any room is listed, and every wanted one answers."""
        return bool(self._listings) and self._wanted <= {room_id for room_id, _ in self._listings.answering()}

    def _run_step(self, due: Due) -> None:
        match due:
            case AskOne(address, port):
                self._querier.ask_one(address, port)
            case Step.SWEEP_ANEW:
                self._swept.clear()
            case Step.EVERYBODY:
                self._querier.ask_all(frozenset() if self._this_machine_only else self._interfaces)
                for place in self._remembered:
                    self._querier.ask_one(*place)
            case Step.SWEEP:
                if not self._all_listed():
                    self._spawn(self._querier.sweep(schedule.sweep_targets(self._interfaces, self._swept)))
            case Step.LOOKED_AROUND:
                self._emit(interface.BurstOver())
            case Step.MDNS_TO_US | Step.MDNS_TO_ALL:
                if self._mdns:
                    self._mdns.ask(due is Step.MDNS_TO_US, self._listings.answering())

    def _probe(self, probes: list[Probe]) -> None:
        self._querier.ask_probes(probes)
        for probe in probes:
            if probe.connect:
                self._spawn(self._probe_by_tcp(probe))

    async def _probe_by_tcp(self, probe: Probe) -> None:
        """Where UDP questions do not get through, an accepted TCP connection counts as an answer."""
        async with self._connecting:
            address = await first_accepting(probe.addresses, probe.port)
        if address:
            self._listings.connected(probe.key, address, self._now())

    # --- what querier and mDNS report
    def on_reply(self, reply: Answer | Goodbye, address: Numeric) -> None:
        match reply:
            case Answer(rooms=rooms):
                for room in rooms:
                    self._check_duplicate(room, (address,))
                    self._listings.answered(room, address, self._now(), typed=address in self._typed)
            case Goodbye(room_id=room_id, fingerprint=fingerprint):
                self._listings.said_goodbye(room_id, fingerprint, self._now())
        self._wake.set()

    def on_record(self, room: interface.RoomDescription, addresses: tuple[Numeric, ...]) -> None:
        if local := tuple(filter(self._listings.believable, addresses))[:MAX_ADDRESSES]:
            self._check_duplicate(room, local)
        self._listings.recorded(room, addresses, self._now())
        self._wake.set()

    def _check_duplicate(self, room: interface.RoomDescription, addresses: tuple[Numeric, ...]) -> None:
        """Report a room hosted here that another program seems to host, too."""
        own = self._hosted.get(room.room_id)
        if own is None or own.key != room.key or room.boot_id == self._boot_id:
            return
        duplicate = interface.DuplicateHost(room.room_id, addresses, room.port, room.epoch)
        now = self._now()
        if duplicate not in self._duplicates or now - self._duplicates[duplicate] > DUPLICATE_SECONDS:
            self._duplicates[duplicate] = now
            if len(self._duplicates) > MAX_DUPLICATES:
                del self._duplicates[next(iter(self._duplicates))]
            self._emit(duplicate)

    def on_goodbye(self, room_id: RoomId, fingerprint: bytes | None) -> None:
        self._listings.said_goodbye(room_id, fingerprint, self._now())
        self._wake.set()

    # --- helpers
    def _emit(self, sighting: interface.Sighting) -> None:
        asyncio.get_running_loop().call_soon(self._deliver, sighting)

    def _deliver(self, sighting: interface.Sighting) -> None:
        if self._report:
            self._report(sighting)

    def _now(self) -> float:
        return asyncio.get_running_loop().time()

    async def _snapshot(self) -> host_addresses.Snapshot | None:
        """None when the system gives none: it may be out of descriptors for a moment."""
        try:
            taken = await asyncio.to_thread(host_addresses.snapshot)
        except OSError as error:
            self._jobs.refused("addresses", error)
            return None
        self._jobs.allowed("addresses")
        return taken

    def _spawn(self, job: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(job)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            context = {"message": "discovery stopped working", "exception": error, "task": task}
            asyncio.get_running_loop().call_exception_handler(context)
