"""A room's history: one host, three members with four devices, and everything that may happen to them."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Awaitable, Callable
from random import Random
from typing import Any

from lanchat.core.content import Payload, Text, encode
from lanchat.core.limits import NICK_CHARACTERS
from lanchat.core.model import Availability, EntryId, MemberKey
from lanchat.network.connection import Connection
from lanchat.trust.signing import make_card
from sim.injected import identity, injected
from sim.machine import ELSEWHERE, HOST
from sim.nodes import Host, Member, Node
from sim.promises import Broken, Truth
from sim.virtual_loop import VirtualLoop
from sim.wires import CheckedConnection, Wire

STEPS = 80  # of a history, besides what its delays bring

_HEALING_SECONDS = 120.0  # at the most; a history that is well is whole again after about 20
_ROUND = 0.5  # seconds between two looks
_LATELY = 8  # messages: what happens to these is more than what happens to one of a hundred
_BY_THE_HOST = ("+pin", "+unpin", *["+topic"] * 5)  # these besides: from others they are refused
_CHANGES = (*["+edit", "+delete", "+react", "+react", "+unreact"] * 2, "+pin", "+unpin", "+topic", "+later", "poll")


class World:
    def __init__(self, seed: int) -> None:
        self._seed = seed
        self.random = Random(seed)
        self.loop = VirtualLoop(self.random)
        self.loop.set_exception_handler(self._raised)
        self.lenient = seed % 4 == 3
        self.truth = Truth(HOST, self.lenient)
        self._later: list[bytes] = []  # ids that messages will have
        self.wires: list[Wire] = []
        self._failure: BaseException | None = None
        self._numbers = itertools.count(1)

    def run(self, steps: int) -> None:
        """Raises Broken, with a note about how to run this history again."""
        with injected(self.random, self._wall_clock, self._token_bytes, self.lenient):
            self.host = Host(self, identity("host", "host"), "host")
            self.members = [
                Member(self, identity(nick, f"{nick}-{device}"), nick)
                for nick, device in (("ana", "pc"), ("ana", "book"), ("ben", "pc"), ("li", "phone"))
            ]
            try:
                self.loop.run_until_complete(self._history(steps))
            except Broken as broken:
                broken.add_note(f"Alone: PYTHONPATH=tests python -m sim {self._seed} {steps}")
                raise
            finally:
                self.loop.close()

    async def _history(self, steps: int) -> None:
        try:
            await self.host.start()
            for member in self.members[:2]:  # the others come when there is a past already
                await member.start()
            events, weights = zip(*_EVENTS, strict=True)
            for event in self.random.choices(events, weights, k=steps):
                if (lasting := event(self)) is not None:
                    await lasting
                await self._pass(self._some_seconds())
            await self._heal()
        finally:
            await self._take_apart()
            self._look_for_failure()

    async def _take_apart(self) -> None:
        """Whatever happened, no task is left."""
        for node in self.nodes:
            try:
                await node.crash()
            except Broken as broken:
                self.fail(broken)
        await asyncio.sleep(30)  # what is scheduled still, comes to nothing
        for task in (tasks := asyncio.all_tasks() - {asyncio.current_task()}):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    # --- what the nodes need of the world ----------------------------------------------------------------------------
    def fail(self, error: BaseException) -> None:
        """A program broke, or a promise did."""
        while isinstance(error, BaseExceptionGroup):
            error = error.exceptions[0]
        self._failure = self._failure or error

    def meet(self, member: Member) -> Connection | None:
        """A new connection to the host, for the member's end; None: the host does not answer."""
        role = self.host.role
        if role is None or self.host.frozen:
            return None
        ours, theirs = CheckedConnection(), CheckedConnection()
        device = member.person.identity.device_id
        self.wires = [wire for wire in self.wires if not wire.over]
        self.wires.append(Wire(self.loop, self.random, ours, theirs, device))
        role.entered(ours, member.person.card, device)
        if self.random.random() < 0.1:
            self.loop.call_later(self.loop.delay(1.0), self._rename, member.key)
        return theirs

    def hang_up(self, member: Member | None) -> None:
        """The program of a member, or of the host, ends."""
        for wire in self.wires:
            if member is None:
                wire.host.die()
            elif wire.device == member.person.identity.device_id:
                wire.member.die()

    def _raised(self, loop: object, context: dict[str, Any]) -> None:
        self.fail(context.get("exception") or RuntimeError(context["message"]))

    def _look_for_failure(self) -> None:
        if self._failure is not None:
            raise Broken(f"{type(self._failure).__name__}: {self._failure}") from self._failure

    def _wall_clock(self) -> int:
        if self.random.random() < 0.2:
            return self.random.randrange(-(2**53), 2**53) * 1_000_000
        return int(self.loop.time() * 1e9)

    async def _pass(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
        self._look_for_failure()

    def _some_seconds(self) -> float:
        chance = self.random.random()
        return chance * 0.15 if chance < 0.9 else chance * 1.5 if chance < 0.98 else chance * 6

    # --- what may happen ---------------------------------------------------------------------------------------------
    async def _nothing_happens_for_long(self) -> None:
        await self._pass(20)

    def _somebody_writes(self) -> None:
        self._writes(self.random.choice(self.members), (1, 4, 4, 8, 8, 8, 9))

    def _the_host_writes(self) -> None:
        if self.host.answers:
            self._writes(self.host, (4, 8, 9))

    def _writes(self, node: Node, lengths: tuple[int, ...]) -> None:
        if node.running:
            texts = [self._new_text(lengths) for _ in range(self._few())]
            node.spawn(node.write([encode(Text(text), self._answered(node)) for text in texts]))

    def _new_text(self, lengths: tuple[int, ...]) -> str:
        return f"{next(self._numbers):x}".ljust(self.random.choice(lengths), "-")

    def _answered(self, node: Node) -> EntryId | None:
        return self._some_target(node) if self.random.random() < 0.2 else None

    def _somebody_changes_something(self) -> None:
        self._changes(self.random.choice(self.members))

    def _the_host_changes_something(self) -> None:
        if self.host.answers:
            self._changes(self.host)

    def _changes(self, node: Node) -> None:
        """Whatever people do to messages, right or wrong."""
        if not node.running:
            return
        payloads = []
        for _ in range(self._few()):
            kind = self.random.choice(_CHANGES if node is not self.host else (*_CHANGES, *_BY_THE_HOST))
            lengths = {"+edit": (4, 8, 8, 8, 9), "+topic": (4,)}.get(kind)
            body = self._new_text(lengths) if lengths else ""
            body = self.random.choice("👍🎂") if "react" in kind else body
            target = None if kind == "+topic" else self._some_target(node)
            if target not in self.truth.seqs and target not in node.copy.outbox:
                self.truth.foreseen.add(target or b"")
            payloads.append(Payload(kind, target, body.encode()))
        node.spawn(node.write(payloads))

    def _some_target(self, node: Node) -> EntryId:
        """A message, mine or of somebody else, or an annotation; now and then one that is not here, or nowhere."""
        chance = self.random.random()
        if chance < 0.04:
            return ELSEWHERE
        if chance < 0.08:
            self._later.append(self.random.randbytes(16))
            return EntryId(self._later[-1])
        own = chance > 0.6
        fitting = [one for one in node.face.values() if not own or one.author == node.key]
        if fitting and chance < 0.9:
            return self.random.choice(fitting[-_LATELY:]).message_id
        return EntryId(self.random.choice([*self.truth.written, ELSEWHERE]))

    def _token_bytes(self, size: int) -> bytes:
        """Also an id that somebody knew before."""
        if size == 16 and self._later and self.random.random() < 0.2:
            return self._later.pop(self.random.randrange(len(self._later)))
        return self.random.randbytes(size)

    def _few(self) -> int:
        return self.random.choice((1, 1, 1, 2, 3))

    def _the_host_reads(self) -> None:
        self.host.read()

    def _try_now(self) -> None:
        member = self.random.choice(self.members)
        if member.running:
            member.try_now()

    def _cut(self) -> None:
        if self.wires:
            self.random.choice(self.wires).cut(self.random.random() < 0.3)

    def _clog(self) -> None:
        if self.wires:
            wire = self.random.choice(self.wires)
            wire.host.clogged = not wire.host.clogged
            wire.go_on()

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
        self._rename(self.random.choice(self.nodes).key)

    def _rename(self, key: MemberKey) -> None:
        devices = [node for node in self.nodes if node.key == key]
        card = devices[0].person.card
        renamed = make_card(devices[0].person.identity, f"{card.nick}'"[:NICK_CHARACTERS], card.revision + 1)
        for node in devices:
            node.rename(renamed)

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
            await self._pass(_ROUND)
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

    @property
    def nodes(self) -> list[Node]:
        return [self.host, *self.members]


_EVENTS: list[tuple[Callable[[World], Awaitable[None] | None], float]] = [
    (World._somebody_writes, 20),
    (World._the_host_writes, 5),
    (World._somebody_changes_something, 12),
    (World._the_host_changes_something, 4),
    (World._the_host_reads, 1),
    (World._try_now, 8),
    (World._nothing_happens_for_long, 0.4),
    (World._cut, 2.5),
    (World._clog, 4),
    (World._page_back, 2),
    (World._somebody_is_renamed, 1),
    (World._somebody_attends, 3),
    (World._member_crashes_or_starts, 4),
    (World._host_crashes_or_starts, 1.5),
    (World._host_freezes_or_thaws, 0.7),
    (World._disk_fills_or_empties, 2),
]
