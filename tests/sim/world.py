"""A Room's history: one host, three members with four devices, and everything that may happen to them."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from random import Random

from lanchat.core.host_actions import SessionId
from lanchat.core.limits import Limits
from lanchat.core.model import Card, DeviceId, Entry, EntryId, MemberKey
from sim.checker import Broken, Checker, check
from sim.disks import HostDisk, renamed, sign
from sim.host_node import HostNode
from sim.member_node import MemberNode
from sim.wire import Wire

LIMITS = Limits(posts_per_second=5, burst=3, text_characters=8, newcomer_entries=2)

MOST_ROUNDS = 150  # of healing; a history that is well is whole again after about 40


class World:
    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.limits = LIMITS
        self.now = 1000.0
        log = HostDisk()
        self.checker = Checker(log)
        self._numbers = itertools.count(1)
        self.host = HostNode(self, log, _card("host"))
        ana, ben, li = _card("ana"), _card("ben"), _card("li")
        self.members = [
            MemberNode(self, ana, DeviceId(b"ana-pc--")),
            MemberNode(self, ana, DeviceId(b"ana-book")),
            MemberNode(self, ben, DeviceId(b"ben-pc--")),
            MemberNode(self, li, DeviceId(b"li-phone")),
        ]
        self.wires: list[Wire] = []
        self.host.start()
        for member in self.members[:2]:  # the others come when there is a past already
            member.start()

    def run(self, steps: int) -> None:
        events, weights = zip(*_EVENTS, strict=True)
        for event in self.random.choices(events, weights, k=steps):
            event(self)
        self.heal()

    # --- what the machines need of the world -------------------------------------------------------------------------
    def entry(self, card: Card, device_id: DeviceId, counter: int, length: int) -> Entry:
        number = next(self._numbers)
        entry_id = EntryId(number.to_bytes(16, "big"))
        body, sent_at = f"{number:x}".ljust(length, "-").encode(), self.wrong_clock()
        entry = Entry(entry_id, card.key, device_id, counter, "text", None, body, sent_at, sign(entry_id))
        self.checker.written[entry_id] = entry
        if length > self.limits.text_characters:
            self.checker.unfit.add(entry_id)
        return entry

    def wrong_clock(self) -> int:
        return self.random.randrange(-(2**53), 2**53) if self.random.random() < 0.2 else int(self.now * 1000)

    def check_delivered(self, key: MemberKey, base: int, seq: int) -> None:
        others = (member.disk for member in self.members if member.key != key)
        check(
            any(0 <= disk.base <= base and disk.last >= seq for disk in others),
            "a second tick for what nobody else has",
        )

    # --- what may happen ---------------------------------------------------------------------------------------------
    def _time_passes(self) -> None:
        chance = self.random.random()
        self._pass(chance * 0.5 if chance < 0.9 else chance * 6 if chance < 0.97 else 20)

    def _nothing_moves_for_long(self) -> None:
        for _ in range(8):
            self._pass(2.5)

    def _pass(self, seconds: float) -> None:
        self.now += seconds
        if self.host.running:
            self.host.tick()
        for member in self.members:
            if member.client is not None:
                member.tick()

    def _somebody_writes(self) -> None:
        member = self.random.choice(self.members)
        length = self.random.choice((1, 4, 4, 8, 8, 8, 9))
        if member.client is not None:
            member.write(length)

    def _the_host_writes(self) -> None:
        self.host.says(self.random.choice((4, 8, 9)))

    def _connect(self) -> None:
        member = self.random.choice(self.members)
        if member.client is not None and member.wire is None and self.host.running:
            self._meet(member)

    def _meet(self, member: MemberNode) -> None:
        wire = Wire(SessionId(next(self._numbers)))
        self.wires = [one for one in self.wires if one.host_open or one.member_open]
        self.wires.append(wire)
        self.host.enter(wire, member.card, member.device_id)
        member.connect(wire)

    def _bytes_move(self) -> None:
        for member in self.random.sample(self.members, 2):
            if member.client is not None and member.wire is not None:
                member.read(self._some(member.wire.down))
        if self.host.running and self.wires:
            wire = self.random.choice(self.wires)
            if wire.host_open:
                self.host.read(wire, self._some(wire.up))
                self.host.write(wire, self.random.choice((1, 300, 5000)))

    def _some(self, data: bytearray) -> int:
        return len(data) if self.random.random() < 0.7 else self.random.randrange(len(data) + 1)

    def _disks_work(self) -> None:
        if self.host.running:
            self.host.work()
        self.random.choice(self.members).work()

    def _cut(self) -> None:
        wires = [wire for wire in self.wires if not wire.broken]
        if wires:
            wire = self.random.choice(wires)
            wire.cut(self.random.random() < 0.3, self._some(wire.up), self._some(wire.down))

    def _somebody_notices(self) -> None:
        for wire in self.wires:
            if wire.broken and not wire.silent and self.random.random() < 0.5:
                self._notice(wire)

    def _notice(self, wire: Wire) -> None:
        if wire.host_open and not wire.up and self.host.running:
            self.host.lost(wire)
        for member in self.members:
            if member.wire is wire and not wire.down:
                member.lost()

    def _clog(self) -> None:
        if self.wires:
            wire = self.random.choice(self.wires)
            wire.clogged = not wire.clogged

    def _page_back(self) -> None:
        member = self.random.choice(self.members)
        if member.client is not None:
            member.page_back()

    def _member_crashes_or_starts(self) -> None:
        member = self.random.choice(self.members)
        if member.client is None:
            member.start()
        else:
            member.crash()

    def _host_crashes_or_starts(self) -> None:
        if self.host.host is None:
            self.host.start()
        elif not self.host.frozen:
            self.host.crash()

    def _host_freezes_or_thaws(self) -> None:
        self.host.frozen = not self.host.frozen

    def _somebody_is_renamed(self) -> None:
        if self.random.random() < 0.2:
            self.host.rename()
            return
        member = self.random.choice(self.members)
        card = renamed(member.card)
        for device in self.members:
            if device.key == member.key:
                device.rename(card)

    def _disk_fills_or_empties(self) -> None:
        self.host.disk_full = not self.host.disk_full

    # --- and all is well again ---------------------------------------------------------------------------------------
    def heal(self) -> None:
        """Everybody runs and connects until all is still; then every promise must have been kept."""
        self.host.frozen = self.host.disk_full = False
        if self.host.host is None:
            self.host.start()
        for member in self.members:
            if member.client is None:
                member.start()
        self._rest(self._still)
        self.checker.healed(member.disk for member in self.members)
        for member in self.members:
            self.checker.looked_at(member.screen, member.disk)
        self._last_leaves()

    def _rest(self, still: Callable[[], bool]) -> None:
        for _ in range(MOST_ROUNDS):
            self._round()
            if still():
                return
        raise Broken("I9: it does not come to rest")

    def _last_leaves(self) -> None:
        li = self.members.pop()
        li.crash()
        self._rest(lambda: all(node.roster == self._everybody() for node in self._nodes()))

    def _round(self) -> None:
        self.now += 0.7
        for wire in self.wires:
            wire.clogged = False
            if wire.broken and not wire.silent:
                self._notice(wire)
        for member in self.members:
            if member.wire is None:
                self._meet(member)
            member.read(1 << 20)
            if member.disk.base > 0:
                member.page_back()
            while member.jobs:
                member.work()
            member.tick()
        for wire in self.wires:
            if wire.host_open:
                self.host.read(wire, 1 << 20)
                self.host.write(wire, 1 << 20)
        while self.host.jobs:
            self.host.work()
        self.host.tick()

    def _still(self) -> bool:
        log = self.host.disk
        return not log.outbox and all(
            member.fixed and not member.disk.outbox and member.disk.base == 0 and member.disk.last == len(log.entries)
            and member.delivered >= self._last_of(member.key) and member.roster == self._everybody()
            for member in self.members
        ) and self.host.own.delivered >= self._last_of(self.host.own.key)  # fmt: skip

    def _everybody(self) -> dict[MemberKey, Card]:
        """Who is here, and how they are called now."""
        return {node.key: node.card for node in self._nodes()}

    def _nodes(self) -> list[MemberNode]:
        return [self.host.own, *self.members]

    def _last_of(self, key: MemberKey) -> int:
        return max((item.seq for item in self.host.disk.entries if item.entry.author == key), default=0)


def _card(nick: str) -> Card:
    return Card(nick.encode().ljust(32, b"."), nick, 1, b"s" * 64)


_EVENTS: list[tuple[Callable[[World], None], float]] = [
    (World._bytes_move, 40),
    (World._disks_work, 25),
    (World._somebody_writes, 20),
    (World._the_host_writes, 3),
    (World._connect, 10),
    (World._time_passes, 12),
    (World._nothing_moves_for_long, 0.4),
    (World._cut, 2.5),
    (World._somebody_notices, 4),
    (World._clog, 2),
    (World._page_back, 2),
    (World._somebody_is_renamed, 1),
    (World._member_crashes_or_starts, 3),
    (World._host_crashes_or_starts, 1.5),
    (World._host_freezes_or_thaws, 0.7),
    (World._disk_fills_or_empties, 0.7),
]
