"""The history of a room that outlives its host: three to six computers, of which any may keep it open."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import ExitStack
from typing import Any
from unittest.mock import patch

from lanchat.core import heirs, succession
from lanchat.core.content import BanChange, encode
from lanchat.core.keeping import Rank
from lanchat.core.model import Availability, MemberKey
from lanchat.engine import host_role, host_succession
from lanchat.network.connection import Connection
from lanchat.network.dialer import Address
from lanchat.storage.records import RoomRecord
from lanchat.storage.store import Store
from lanchat.trust.handshake import Expected
from lanchat.trust.passes import make_pass
from sim.computers import Computer
from sim.disks import Healing, Witness
from sim.history import History
from sim.injected import identity
from sim.machine import HOST, ROOM, Medium, new_medium
from sim.nodes import Node
from sim.promises import Broken
from sim.ways import Way

STEPS = 45  # of a history, besides what its delays bring

_HEALING_SECONDS = 240.0  # at the most
_OUTDOING_SECONDS = 1_200.0  # the same where a squatter outdoes the owner at once each time, who does it every 30 s
_OWNER_SECONDS = 40.0  # until the person whose the room is opens it, where nobody does
_SQUATTED_SECONDS = 60.0  # until the person whose the room is does something about those who keep it open and may not
_ROUND = 0.5  # seconds between two looks
_SEEN = 0.8  # how often a host on the same network is seen when somebody looks: answers come late, or are lost
_PEOPLE = (("host", "host"), ("ana", "pc"), ("ben", "pc"), ("ana", "book"), ("li", "phone"), ("zoe", "pc"))


class Succession(History):
    name = "succession "

    def __init__(self, seed: int) -> None:
        super().__init__(seed)
        self.truth = Witness()
        self._computers: list[Computer] = []
        self._backups: list[tuple[Computer, bytes]] = []
        self._devices = self._places = 0
        self._healing = False
        self.squatters: set[MemberKey] = set()  # banned people who do not care

    def run(self, steps: int) -> None:
        with ExitStack() as stack:
            for owner, name, value in (
                (heirs, "HEIR_AFTER_SECONDS", 1.0),  # histories are short
                (succession, "OTHERS_SECONDS", (8.0, 14.0)),
                (host_succession, "stands_by", self.stands_by),
                (host_role, "RoomDialer", _way),
            ):
                stack.enter_context(patch.object(owner, name, value))
            super().run(steps)

    def gather(self) -> None:
        for nick, device in _PEOPLE[: self.random.choice((3, 4, 5, 6))]:
            name = nick if nick == "host" else f"{nick}-{device}"
            self._computers.append(self._computer(nick, name))

    def _computer(self, nick: str, device: str) -> Computer:
        who = identity(nick, device)
        medium = new_medium(hosted=who.key == HOST)
        Store(medium.database).put_room(_record(who.key))
        self._places += 1
        return Computer(self, who, nick, medium, f"10.0.0.{self._places}")

    @property
    def nodes(self) -> Sequence[Computer]:
        return self._computers

    @property
    def owner(self) -> Computer:
        return self._computers[0]

    def owns(self, node: Node) -> bool:
        return node is self.owner

    async def passes(self, steps: int) -> None:
        self.owner.wish = "open"
        for computer in self._computers[:3]:  # the others come when there is a past already
            await computer.start()
        await self.pass_time(2)
        happenings, weights = zip(*_EVENTS, strict=True)
        for event in self.random.choices(happenings, weights, k=steps):
            if (lasting := event(self)) is not None:
                await lasting
            await self.pass_time(self._some_seconds())
        await self._heal()

    # --- the network -------------------------------------------------------------------------------------------------
    def _reaches(self, one: Computer, other: Computer) -> bool:
        return one is not other and one.part_of_lan == other.part_of_lan

    def seen_by(self, computer: Computer) -> list[Computer]:
        """Who keeps the room, as far as this computer sees it when it looks once."""
        return [
            one for one in self._computers
            if one.answers and self._reaches(computer, one) and (self._healing or self.random.random() < _SEEN)
        ]  # fmt: skip

    def at(self, address: Address) -> Computer | None:
        return next((one for one in self._computers if one.place == address), None)

    async def stands_by(self, address: Address, context: Any, key: bytes) -> bool:
        """Instead of a connection that tries whether a member would let others in. `context`: who asks."""
        await asyncio.sleep(self.loop.delay(0.5))
        other = self.at(address)
        return (
            other is not None and other.key == key and other.running and not other.frozen
            and self._reaches(context, other)
        )  # fmt: skip

    def is_open(self, member: Computer, host: Computer) -> bool:
        """Whether a new connection to this host is answered, and the room is open there."""
        return host.answers and self._reaches(member, host)

    def meet(self, member: Computer, host: Computer) -> Connection:
        """A new connection to this host, who let this member in: for the member's end."""
        assert host.role is not None
        ours, theirs = self.join(host, member)
        host.role.entered(ours, member.person.card, member.person.identity.device_id)
        return theirs

    def _any(self) -> Computer:
        return self.random.choice(self._computers)

    def _any_host(self) -> Computer | None:
        hosts = [one for one in self._computers if one.answers]
        return self.random.choice(hosts) if hosts else None

    # --- what people do ----------------------------------------------------------------------------------------------
    def _somebody_writes(self) -> None:
        if (computer := self._any()).copy.epoch:
            self.writes(computer)

    def _somebody_changes_something(self) -> None:
        if (computer := self._any()).copy.epoch:
            self.changes(computer)

    def _somebody_reads(self) -> None:
        if (computer := self._any()).running and computer.copy.epoch:
            computer.spawn(computer.reads())

    def _somebody_is_renamed(self) -> None:
        self.rename(self._any().key)

    def _somebody_attends(self) -> None:
        computer = self._any()
        self.random.choice((lambda: computer.attend(not computer.person.idle), computer.types))()

    def _page_back(self) -> None:
        if (computer := self._any()).connected:
            computer.room.fetch_earlier()

    def _the_host_hands_over(self) -> None:
        if (computer := self._any_host()) is not None:
            computer.wish = "hand over"
            self.counts["handed over"] += 1

    def _the_owner_takes_it_back(self) -> None:
        if self.owner.running and not self.owner.keeps:
            self.owner.wish = "take back"
            self.counts["taken back"] += 1

    def _the_owner_bans_somebody(self) -> None:
        """Also whoever keeps the room open. Every second one keeps it open again and again, whatever they are told."""
        others = [one for one in self._computers if one is not self.owner]
        keepers = [one for one in others if one.keeps]
        key = self.random.choice(keepers if keepers and self.random.random() < 0.5 else others).key
        if self.owner.running and self.owner.copy.epoch:
            self.truth.ever_banned.add(key)
            self.owner.spawn(self.owner.write([encode(BanChange(key, True))]))
            self.counts["banned"] += 1
            if self.random.random() < 0.5:
                self.squatters.add(key)

    def _the_owner_thinks_better_of_it(self) -> None:
        if self.owner.running and self.truth.ever_banned:
            key = self.random.choice(sorted(self.truth.ever_banned))
            self.squatters.discard(key)
            for computer in self._computers:
                if computer.key == key and computer.keeps:
                    computer.give_up(computer.room)  # its program did not, as long as it was changed
            self.owner.spawn(self.owner.write([encode(BanChange(key, False))]))

    def _somebody_tries_again(self) -> None:
        self._any().wish = "come again"

    async def _somebody_leaves(self) -> None:
        if not (computer := self._any()).frozen:
            await computer.leave()

    # --- what goes wrong ---------------------------------------------------------------------------------------------
    async def _some_seconds_pass(self) -> None:
        await self.pass_time(self.random.uniform(1, 12))

    async def _somebody_crashes_or_starts(self) -> None:
        computer = self._any()
        await (computer.crash() if computer.running else computer.start())

    async def _a_host_crashes(self) -> None:
        if (computer := self._any_host()) is not None:
            await computer.crash()
            self.counts["host crashed"] += 1

    async def _somebody_starts(self) -> None:
        for computer in self._computers:
            if not computer.running:
                await computer.start()
                return

    def _the_network_splits_or_heals(self) -> None:
        parts = self.random.choice((1, 2, 2, 3))
        self.counts["split" if parts > 1 else "healed"] += 1
        for computer in self._computers:
            computer.part_of_lan = self.random.randrange(parts)
        silent = self.random.random() < 0.5
        for wire in self.wires:
            one, other = wire.between
            if isinstance(one, Computer) and isinstance(other, Computer) and not self._reaches(one, other):
                wire.cut(silent)

    def _a_host_freezes_or_thaws(self) -> None:
        if frozen := [one for one in self._computers if one.frozen]:
            frozen[0].thaw()
        elif (computer := self._any_host()) is not None:
            computer.freeze()

    def _a_disk_fills_or_empties(self) -> None:
        medium = self._any().medium
        medium.full = None if medium.full else self.random

    def _a_disk_is_copied(self) -> None:
        computer = self._any()
        if not computer.medium.in_transaction and computer.copy.epoch:
            self._backups.append((computer, computer.medium.serialize()))

    async def _a_disk_is_put_back(self) -> None:
        if self._backups:
            computer, data = self.random.choice(self._backups)
            await computer.crash()
            self._devices += 1
            device = f"{computer.person.card.nick.strip(chr(39))[:4]}-{self._devices}"
            computer.replaced(Medium.of(data), identity(computer.key.decode().strip("."), device))
            self.counts["disk put back"] += 1

    async def _a_disk_is_lost(self) -> None:
        """For good. Somebody new comes to this computer."""
        computer = self._any()
        if computer is self.owner or self.random.random() < 0.5:
            return
        await computer.crash()
        self._backups = [one for one in self._backups if one[0] is not computer]
        self.truth.lost |= computer.copy.held
        self._devices += 1
        nick = f"new{self._devices}"
        self._computers[self._computers.index(computer)] = self._computer(nick, nick)
        self.counts["disk lost"] += 1

    async def _a_room_is_forgotten(self) -> None:
        """A person forgets the room, and comes again. The counters of their device go on."""
        computer = self._any()
        if computer is self.owner or computer.keeps:
            return
        await computer.crash()
        computer.medium.full = None
        store = Store(computer.medium.database)
        store.forget_room(ROOM)
        store.put_room(_record(computer.key))
        computer.replaced(computer.medium, computer.person.identity)
        self.counts["forgotten"] += 1

    # --- and all is well again ---------------------------------------------------------------------------------------
    async def _heal(self) -> None:
        """Everybody runs and connects until all is still, by the rules of each; then all promises must have held."""
        self._healing = True
        for computer in self._computers:
            computer.thaw()
            computer.part_of_lan = 0
            computer.medium.full = None
        for wire in self.wires:
            wire.host.clogged = False
            wire.go_on()
        healing = Healing(self.truth, [computer.copy for computer in self._computers])
        await self._rest()
        healing.ended([computer.copy for computer in self._welcome()])

    async def _rest(self) -> None:
        until = self.loop.time() + (_OUTDOING_SECONDS if self.squatters else _HEALING_SECONDS)
        patience = self.loop.time() + _OWNER_SECONDS
        comes = self.loop.time() + _SQUATTED_SECONDS
        while self.loop.time() < until:
            await self.pass_time(_ROUND)
            nobody = self.loop.time() > patience and not any(one.keeps for one in self._welcome())
            if nobody and self.owner.running:
                self.owner.wish, patience = "open", self.loop.time() + _OWNER_SECONDS
            if self.loop.time() > comes and self.owner.running:
                self._the_owner_clears_up()
                comes = self.loop.time() + _SQUATTED_SECONDS
            for computer in self._computers:
                if not computer.running:
                    await computer.start()
                elif computer.sent_away and self.random.random() < 0.1:
                    computer.wish = "come again"
                elif computer.connected and computer.copy.base > 0:
                    computer.room.fetch_earlier()
            if not (lacks := self._lacks()):
                return
        raise Broken(f"I9 or I17: it does not come to rest: {lacks}")

    def _the_owner_clears_up(self) -> None:
        """Not everybody may know that a squatter is banned: no disk with that may be left."""
        if unknown := sorted(self.squatters - self.owner.copy.banned):
            self.owner.spawn(self.owner.write([encode(BanChange(key, True)) for key in unknown]))
        out = [one for one in self._welcome() if not (one.keeps or one.connected)]  # they ask the owner for help
        locked_out = any(keeper.key in one.copy.banned for keeper in self._computers if keeper.keeps for one in out)
        if (self.squatters or locked_out) and not self.owner.keeps:
            self.owner.wish = "take back"
            self.counts["cleared up"] += 1

    def _welcome(self) -> list[Computer]:
        """Those who are not banned, as the keeper knows: in the end, all others."""
        fine = [one for one in self._computers if one.keeps and not one.squats and one.key not in one.copy.banned]
        keeper = max(fine, key=lambda one: one.epoch, default=None)
        out = self.squatters | (keeper.copy.banned if keeper is not None else set())
        return [one for one in self._computers if one.key not in out]

    def _lacks(self) -> str:
        welcome = self._welcome()
        keepers = [computer for computer in welcome if computer.keeps]
        if len(keepers) != 1:
            return f"{[keeper.name for keeper in keepers]} keep the room open"
        everybody = {computer.key: computer.person.card for computer in welcome}
        for computer in welcome:
            if lacks := computer.lacks:
                return lacks
            if not computer.follows(keepers[0]):
                return f"{computer.name} does not follow {keepers[0].name}"
            if computer.roster != everybody:
                return f"{computer.name} sees {computer.roster}, not {everybody}"
            away = {one.key for one in welcome} - {one.key for one in welcome if not one.person.idle}
            if computer.states != dict.fromkeys(away, Availability.AWAY):
                return f"{computer.name} sees {computer.states}, but away are {away}"
        return ""


def _way(_services: object, me: Any, expected: Expected, addresses: Any, *_others: object, hosting: bytes) -> Way:
    return Way(me, addresses, hosting, expected)


def _record(key: MemberKey) -> RoomRecord:
    """What a member keeps of the room: also what entitles them to keep it open."""
    entitled = () if key == HOST else (make_pass(identity("host", "host"), ROOM, key, Rank.MEMBER, 0),)
    return RoomRecord(ROOM, "a room", HOST, hosted=key == HOST, passes=entitled)


_EVENTS: list[tuple[Callable[[Succession], Awaitable[None] | None], float]] = [
    (Succession._somebody_writes, 20),
    (Succession._somebody_changes_something, 10),
    (Succession._somebody_reads, 3),
    (Succession._somebody_is_renamed, 0.5),
    (Succession._somebody_attends, 1),
    (Succession._page_back, 2),
    (Succession._some_seconds_pass, 7),
    (Succession._the_host_hands_over, 1.5),
    (Succession._the_owner_takes_it_back, 1),
    (Succession._the_owner_bans_somebody, 0.8),
    (Succession._the_owner_thinks_better_of_it, 0.4),
    (Succession._somebody_tries_again, 1),
    (Succession._somebody_leaves, 0.7),
    (Succession._somebody_crashes_or_starts, 3),
    (Succession._a_host_crashes, 1.5),
    (Succession._somebody_starts, 4),
    (Succession.cut, 2),
    (Succession.clog, 1.5),
    (Succession._the_network_splits_or_heals, 2.5),
    (Succession._a_host_freezes_or_thaws, 1),
    (Succession._a_disk_fills_or_empties, 1),
    (Succession._a_disk_is_copied, 1.5),
    (Succession._a_disk_is_put_back, 0.7),
    (Succession._a_disk_is_lost, 0.6),
    (Succession._a_room_is_forgotten, 0.5),
]
