"""The host's machine: its disk, and the process that runs on it until it crashes. The driver of a real Host, and of
the Client of the person who hosts."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, assert_never

from lanchat.core import encoded_log
from lanchat.core.client import Client
from lanchat.core.client_actions import Apply, GiveUp, NewReplica, Prepend, Settle
from lanchat.core.codes import CloseCode, HoldCode
from lanchat.core.frames import Refused, encode
from lanchat.core.host import Host
from lanchat.core.host_actions import (
    Action,
    Append,
    Broadcast,
    CheckCard,
    Close,
    Diverged,
    LogGrew,
    ReadAfter,
    ReadCards,
    ReadHead,
    ReadPage,
    Ready,
    SendTo,
    SessionId,
)
from lanchat.core.model import Card, DeviceId, EntryId, LogEntry
from sim.checker import Broken, check
from sim.disks import ROOM, HostDisk, renamed
from sim.member_node import MemberNode
from sim.wire import Wire

if TYPE_CHECKING:
    from sim.world import World

OWN = SessionId(0)  # of the person who hosts

_HONEST = {None, "gone", "slow", "replaced"}  # why a Host may close an honest member's Connection


class HostNode:
    def __init__(self, world: World, disk: HostDisk, card: Card) -> None:
        self.world = world
        self.disk = disk
        self.own = OwnNode(world, card, disk)
        self.host: Host | None = None
        self.frozen = False
        self.disk_full = False
        self.cards = {card.key: card}
        self.wires: dict[SessionId, Wire] = {}
        self.jobs: deque[Callable[[], None]] = deque()

    @property
    def running(self) -> bool:
        return self.host is not None and not self.frozen

    def start(self) -> None:
        end = self.disk.end()
        first = max(0, end.last - self.world.random.randrange(12))
        recent = encoded_log.encode_blocks(self.disk.entries[first:])
        self.host = Host(ROOM, end, self.own.card, self.world.limits, recent)
        self.own.start()
        wire = Wire(OWN)
        self.enter(wire, self.own.card, self.own.device_id)
        self.own.connect(wire)
        self.drain()

    def crash(self) -> None:
        self.host = None
        self.jobs.clear()
        self.own.crash()
        for wire in self.wires.values():
            wire.host_open = False
            wire.cut(silent=False, up_left=0, down_left=self.world.random.randrange(len(wire.down) + 1))
        self.wires.clear()

    def drain(self) -> None:
        """Do what the Host asks; what needs the disk becomes a job, done at some later step. Between the Host and its
        own person everything arrives at once."""
        while self.host is not None:
            for action in (actions := self.host.actions()):
                self._do(action)
            if not actions and not self._move_own():
                return

    def _move_own(self) -> bool:
        """Whether there was something."""
        wire = self.own.wire
        if wire is None or self.host is None:
            return False
        wire.from_host(self.host.next_for(OWN, 1 << 20))
        if not wire.up and not wire.down:
            return False
        self.own.read(1 << 20)
        for frame in wire.take_up(1 << 20):
            self.host.received(OWN, frame, self.world.now)
        return True

    def _do(self, action: Action) -> None:
        match action:
            case SendTo(session, data):
                self._write(session, data)
            case Broadcast(sessions, data):
                for session in sessions:
                    self._write_presence(session, data)
            case Ready():
                pass  # the history writes to everybody at random
            case Close(session, code):
                self._close(session, code)
            case Append() | ReadHead() | ReadAfter() | ReadPage() | ReadCards():
                self.jobs.append(lambda: self._consult_disk(action))
            case CheckCard(session, card):
                self.cards[card.key] = card
                self._told().renamed(session, card, self.world.now)
            case LogGrew(run):
                check(run[-1].seq == len(self.disk.entries), "I1: told before it was on disk")
            case Diverged():  # the Close that follows it tells whether anybody honest was meant
                pass
            case _:
                assert_never(action)

    def _told(self) -> Host:
        assert self.host is not None
        return self.host

    def _write(self, session: SessionId, data: bytes) -> None:
        if session in self.wires:
            self.wires[session].from_host(data)

    def _write_presence(self, session: SessionId, data: bytes) -> None:
        wire = self.wires.get(session)
        if wire is not None and wire.clogged:
            wire.missed_presence = True
        elif wire is not None:
            wire.from_host(data)

    def _close(self, session: SessionId, code: CloseCode | None) -> None:
        check(code in _HONEST, f"an honest member was sent away: {code}")
        wire = self.wires.pop(session, None)
        if wire is not None:
            wire.from_host(encode(Refused(code)) if code else b"")
            wire.host_open = False

    # --- the disk ----------------------------------------------------------------------------------------------------
    def work(self) -> None:
        """Do one disk job; its answer is another, so that a crash may come between."""
        self.own.work()
        if self.jobs:
            self.jobs.popleft()()
        self.drain()

    def _answer(self, answer: Callable[[Host], None]) -> None:
        self.jobs.appendleft(lambda: answer(self._told()))

    def _consult_disk(self, action: Append | ReadHead | ReadAfter | ReadPage | ReadCards) -> None:
        disk, world = self.disk, self.world
        match action:
            case Append():
                self._append(action)
            case ReadHead(session, seq):
                head = disk.head(seq)
                self._answer(lambda host: host.head_read(session, head, world.now))
            case ReadAfter(session, seq):
                blocks = encoded_log.encode_blocks(disk.after(seq, 7))
                self._answer(lambda host: host.read_after(session, blocks))
            case ReadPage(session, before, limit):
                run, base_head = disk.before(before, min(limit, 5))
                self._answer(lambda host: host.page_read(session, before, run, base_head))
            case ReadCards(session, keys):
                cards = [self.cards[key] for key in keys if key in self.cards]
                self._answer(lambda host: host.cards_read(session, cards))
            case _:
                assert_never(action)

    def _append(self, action: Append) -> None:
        world = self.world
        if self.disk_full:
            self._answer(lambda host: host.append_failed(HoldCode.DISK_FULL, 1000, world.now))
            return
        outcomes = self.disk.append([entry for _, entry in action.posts], world.wrong_clock())
        world.checker.log_grew()
        run = [outcome for outcome in outcomes if isinstance(outcome, LogEntry)]
        self._answer(lambda host: host.appended(outcomes, encoded_log.encode_blocks(run), world.now))

    # --- steps -------------------------------------------------------------------------------------------------------
    def enter(self, wire: Wire, card: Card, device_id: DeviceId) -> None:
        self.cards[card.key] = card
        self.wires[wire.session] = wire
        self._told().entered(wire.session, card, device_id, self.world.now)
        self.drain()

    def read(self, wire: Wire, size: int) -> None:
        for frame in wire.take_up(size):
            if wire.host_open:
                self._told().received(wire.session, frame, self.world.now)
                self.drain()

    def write(self, wire: Wire, at_most: int) -> None:
        """Write to a member what follows its cursor; and what it missed, once there is room."""
        if wire.host_open and not wire.clogged:
            wire.from_host(self._told().next_for(wire.session, at_most))
            if wire.missed_presence:
                wire.missed_presence = False
                self._told().missed_presence(wire.session, self.world.now)
            self.drain()

    def lost(self, wire: Wire) -> None:
        """The host's system tells that a Connection is gone."""
        wire.host_open = False
        self.wires.pop(wire.session, None)
        self._told().left(wire.session, self.world.now)
        self.drain()

    def rename(self) -> None:
        if self.running:
            self.own.rename(renamed(self.own.card))
            self.drain()

    def tick(self) -> None:
        self._told().tick(self.world.now)
        self.own.tick()
        self.drain()

    def says(self, length: int) -> None:
        """The person who hosts does."""
        if self.running:
            self.own.write(length)
            self.drain()


class OwnNode(MemberNode):
    """The person who hosts: a Client whose replica is the Log itself, on the host's disk."""

    def __init__(self, world: World, card: Card, disk: HostDisk) -> None:
        super().__init__(world, card, DeviceId(b"hostsown"))
        self.disk.base, self.disk.entries = 0, disk.entries
        self.disk.outbox, self.disk.not_sent = disk.outbox, disk.not_sent

    def start(self) -> None:
        super().start()
        self.client = Client(
            ROOM, self.disk.end(), list(self.disk.outbox.values()), self.key, self.cards, at_host=True
        )

    def keep(self, action: NewReplica | Apply | Prepend | Settle | GiveUp) -> None:
        match action:
            case Apply(run):
                check(run[-1].seq <= self.disk.last, "I1: told before it was on disk")
                self.screen |= {EntryId(item.entry.entry_id) for item in run}
                self.answer(lambda client: client.applied(run[-1].seq, self.world.now))
            case Settle() | GiveUp():
                super().keep(action)
            case NewReplica() | Prepend():
                raise Broken("the Log itself is no replica that begins anew")
