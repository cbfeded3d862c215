"""A room's history: one host, three members with four devices, and everything that may happen to them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from lanchat.core.model import Availability
from lanchat.network.connection import Connection
from sim.history import History
from sim.injected import identity
from sim.machine import HOST
from sim.nodes import Host, Member, Node
from sim.promises import Broken, Truth

STEPS = 80  # of a history, besides what its delays bring

_HEALING_SECONDS = 120.0  # at the most; a history that is well is whole again after about 20
_ROUND = 0.5  # seconds between two looks


class World(History):
    host: Host
    members: list[Member]

    def __init__(self, seed: int) -> None:
        super().__init__(seed)
        self.lenient = seed % 4 == 3
        self.truth = Truth(HOST, self.lenient)

    def gather(self) -> None:
        self.host = Host(self, identity("host", "host"), "host")
        self.members = [
            Member(self, identity(nick, f"{nick}-{device}"), nick)
            for nick, device in (("ana", "pc"), ("ana", "book"), ("ben", "pc"), ("li", "phone"))
        ]

    async def passes(self, steps: int) -> None:
        await self.host.start()
        for member in self.members[:2]:  # the others come when there is a past already
            await member.start()
        events, weights = zip(*_EVENTS, strict=True)
        for event in self.random.choices(events, weights, k=steps):
            if (lasting := event(self)) is not None:
                await lasting
            await self.pass_time(self._some_seconds())
        await self._heal()

    @property
    def nodes(self) -> Sequence[Node]:
        return [self.host, *self.members]

    def owns(self, node: Node) -> bool:
        return node is self.host

    def meet(self, member: Member) -> Connection | None:
        """A new connection to the host, for the member's end; None: the host does not answer."""
        role = self.host.role
        if role is None or not self.host.running or self.host.frozen:
            return None
        ours, theirs = self.join(self.host, member)
        role.entered(ours, member.person.card, member.person.identity.device_id)
        if self.random.random() < 0.1:
            self.loop.call_later(self.loop.delay(1.0), self.rename, member.key)
        return theirs

    # --- what may happen ---------------------------------------------------------------------------------------------
    async def _nothing_happens_for_long(self) -> None:
        await self.pass_time(20)

    def _somebody_writes(self) -> None:
        self.writes(self.random.choice(self.members))

    def _the_host_writes(self) -> None:
        if self.host.answers:
            self.writes(self.host, (4, 8, 9))

    def _somebody_changes_something(self) -> None:
        self.changes(self.random.choice(self.members))

    def _the_host_changes_something(self) -> None:
        if self.host.answers:
            self.changes(self.host)

    def _the_host_reads(self) -> None:
        self.host.read()

    def _try_now(self) -> None:
        member = self.random.choice(self.members)
        if member.running:
            member.try_now()

    def _page_back(self) -> None:
        member = self.random.choice(self.members)
        if member.running:
            member.room.fetch_earlier()

    async def _member_crashes_or_starts(self) -> None:
        member = self.random.choice(self.members)
        if not member.running:
            await member.start()
        elif self.random.random() < 0.2:
            await member.leave()
        else:
            await member.crash()

    async def _host_crashes_or_starts(self) -> None:
        if not self.host.running:
            await self.host.start()
        elif self.random.random() < 0.3 and self.host.answers:
            await self.host.close()
        else:
            await self.host.crash()

    def _host_freezes_or_thaws(self) -> None:
        if self.host.frozen:
            self.host.thaw()
        else:
            self.host.freeze()

    def _somebody_is_renamed(self) -> None:
        self.rename(self.random.choice(self.nodes).key)

    def _somebody_attends(self) -> None:
        """Comes to the computer or goes, writes something, or reads what there is."""
        node = self.random.choice(self.members)
        self.random.choice((lambda: node.attend(not node.person.idle), node.types, node.looks))()

    def _disk_fills_or_empties(self) -> None:
        node = self.host if self.random.random() < 0.6 else self.random.choice(self.members)
        node.medium.full = None if node.medium.full else self.random

    # --- and all is well again ---------------------------------------------------------------------------------------
    async def _heal(self) -> None:
        """Everybody runs and connects until all is still; then every promise must have been kept."""
        self.host.thaw()
        for node in self.nodes:
            node.medium.full = None
        for wire in self.wires:
            wire.host.clogged = False
            wire.go_on()
        await self._rest()
        self.truth.healed()
        await self.members.pop().crash()
        await self._rest()  # who left is not on any roster

    async def _rest(self) -> None:
        until = self.loop.time() + _HEALING_SECONDS
        while self.loop.time() < until:
            await self.pass_time(_ROUND)
            for node in self.nodes:
                if not node.running:
                    await node.start()
                elif isinstance(node, Member) and node.copy.base > 0:
                    node.room.fetch_earlier()
            if not (lacks := self._lacks()):
                return
        raise Broken(f"I9: it does not come to rest: {lacks}")

    def _lacks(self) -> str:
        everybody = {node.key: node.person.card for node in self.nodes}  # who is here, by the newest name
        for node in self.nodes:
            if node.lacks or node.roster != everybody:
                return node.lacks or f"{node.name} sees {node.roster}, not {everybody}"
            away = {node.key for node in self.nodes} - {node.key for node in self.nodes if not node.person.idle}
            if node.states != dict.fromkeys(away, Availability.AWAY):
                return f"{node.name} sees {node.states}, but away are {away}"
            if node.typists:
                return f"{node.name} sees that {node.typists} still write"
        return ""


_EVENTS: list[tuple[Callable[[World], Awaitable[None] | None], float]] = [
    (World._somebody_writes, 20),
    (World._the_host_writes, 5),
    (World._somebody_changes_something, 12),
    (World._the_host_changes_something, 4),
    (World._the_host_reads, 1),
    (World._try_now, 8),
    (World._nothing_happens_for_long, 0.4),
    (World.cut, 2.5),
    (World.clog, 4),
    (World._page_back, 2),
    (World._somebody_is_renamed, 1),
    (World._somebody_attends, 3),
    (World._member_crashes_or_starts, 4),
    (World._host_crashes_or_starts, 1.5),
    (World._host_freezes_or_thaws, 0.7),
    (World._disk_fills_or_empties, 2),
]
