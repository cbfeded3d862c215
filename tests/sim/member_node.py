"""A member's machine: its disk, and the process that runs on it until it crashes. The driver of a real Client."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, assert_never

from lanchat.core.client import Client
from lanchat.core.client_actions import (
    Action,
    Apply,
    CardsCame,
    Disconnect,
    GiveUp,
    Held,
    NewReplica,
    OwnDelivered,
    Prepend,
    RosterChanged,
    Send,
    Settle,
    Welcomed,
)
from lanchat.core.model import Card, DeviceId, EntryId, MemberKey
from sim.checker import check
from sim.disks import ROOM, MemberDisk, signed
from sim.wire import Wire

if TYPE_CHECKING:
    from sim.world import World

_HONEST = {"bye", "gone", "slow", "replaced"}  # why an honest Host's Connection may end


class MemberNode:
    def __init__(self, world: World, card: Card, device_id: DeviceId) -> None:
        self.world = world
        self.card = card
        self.key = MemberKey(card.key)
        self.device_id = device_id
        self.disk: MemberDisk = MemberDisk()
        self.client: Client | None = None
        self.wire: Wire | None = None
        self.jobs: deque[Callable[[], None]] = deque()
        self.screen: set[EntryId] = set()  # all that was ever on it
        self.roster: dict[MemberKey, Card] = {}
        self.cards: set[MemberKey] = set()
        self.delivered = 0

    @property
    def fixed(self) -> bool:
        """All is here and settled."""
        return not self.jobs and self.client is not None and self.client.live

    def start(self) -> None:
        self.world.checker.looked_at(self.screen, self.disk)
        disk = self.disk
        self.client = Client(ROOM, disk.end(), list(disk.outbox.values()), self.key, self.cards)

    def crash(self) -> None:
        self.hang_up()
        self.client = None
        self.jobs.clear()

    def hang_up(self) -> None:
        """This side of the Connection is over."""
        if self.wire is not None:
            self.wire.member_open = False
            random = self.world.random
            self.wire.cut(silent=False, up_left=random.randrange(len(self.wire.up) + 1), down_left=0)
            self.wire = None

    def drain(self) -> None:
        """Do what the Client asks; what needs the disk becomes a job, done at some later step, in order."""
        while self.client is not None and (actions := self.client.actions()):
            for action in actions:
                self._do(action)

    def _do(self, action: Action) -> None:
        match action:
            case Send(data):
                if self.wire is not None:
                    self.wire.from_member(data)
            case Disconnect(code):
                check(code in _HONEST, f"an honest host's Connection ended: {code}")
                self.hang_up()
            case NewReplica() | Apply() | Prepend() | Settle() | GiveUp():
                self.jobs.append(lambda: self.keep(action))
            case RosterChanged(_, joined, left):
                self.roster |= {MemberKey(card.key): card for card in joined}
                for card in left:
                    del self.roster[MemberKey(card.key)]
            case Welcomed():
                self.roster = {}
            case CardsCame(_, cards):
                self.cards |= {MemberKey(card.key) for card in cards}
            case OwnDelivered(seq, base):
                self.delivered = seq
                self.world.check_delivered(self.key, base, seq)
            case Held():
                pass
            case _:
                assert_never(action)

    def _told(self) -> Client:
        assert self.client is not None
        return self.client

    # --- the disk ----------------------------------------------------------------------------------------------------
    def work(self) -> None:
        """Do one disk job; its answer is another, so that a crash may come between."""
        if self.jobs:
            self.jobs.popleft()()
            self.drain()

    def answer(self, answer: Callable[[Client], None]) -> None:
        self.jobs.appendleft(lambda: answer(self._told()))

    def keep(self, action: NewReplica | Apply | Prepend | Settle | GiveUp) -> None:
        disk, checker = self.disk, self.world.checker
        match action:
            case NewReplica(_, base, base_head):
                check(disk.base < 0, "I10: a replica was thrown away")
                disk.base, disk.base_head = base, base_head
                self.answer(lambda client: client.applied(base, self.world.now))
            case Apply(run, taken):
                check(all(signed(item.entry) for item in run), "I2: shown is what its author did not sign")
                disk.entries += run
                for entry_id in taken:
                    disk.outbox.pop(entry_id, None)
                checker.applied(disk, run, taken)
                self.screen |= {EntryId(item.entry.entry_id) for item in run}
                self.answer(lambda client: client.applied(run[-1].seq, self.world.now))
            case Prepend(run, base, base_head):
                if run:
                    disk.entries[:0] = run
                    disk.base, disk.base_head = base, base_head
                    checker.prepended(disk, run)
                    self.screen |= {EntryId(item.entry.entry_id) for item in run}
                    self.answer(lambda client: client.prepended(base, base_head, False, self.world.now))
            case Settle(entry_ids):
                for entry_id in entry_ids:
                    disk.outbox.pop(entry_id, None)
                    checker.looked_at({entry_id}, disk)
            case GiveUp(entry_id):
                checker.refused(entry_id)
                disk.not_sent.add(entry_id)
                disk.outbox.pop(entry_id, None)
            case _:
                assert_never(action)

    # --- steps -------------------------------------------------------------------------------------------------------
    def connect(self, wire: Wire) -> None:
        self.wire = wire
        self._told().connected(self.world.now)
        self.drain()

    def read(self, size: int) -> None:
        wire = self.wire
        for frame in wire.take_down(size) if wire is not None else ():
            if wire is self.wire:
                self._told().received(frame, self.world.now)
                self.drain()

    def lost(self) -> None:
        """The member's system tells that the Connection is gone."""
        self.hang_up()
        self._told().disconnected()
        self.drain()

    def write(self, length: int) -> None:
        """The person says something."""
        self.disk.counter += 1
        entry = self.world.entry(self.card, self.device_id, self.disk.counter, length)
        self.disk.outbox[EntryId(entry.entry_id)] = entry
        self.screen.add(EntryId(entry.entry_id))
        self._told().post(entry, self.world.now)
        self.drain()

    def page_back(self) -> None:
        self._told().fetch_earlier(self.world.now)
        self.drain()

    def rename(self, card: Card) -> None:
        self.card = card
        if self.client is not None:
            self.client.renamed(card, self.world.now)
            self.drain()

    def tick(self) -> None:
        self._told().tick(self.world.now)
        self.drain()
