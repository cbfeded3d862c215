"""A room for tests: a real Host whose disk answers at once, guests who say frames, and people who run real Clients."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from random import Random
from typing import TypeVar

import msgspec
from disks import ROOM, HostDisk, MemberDisk, sign, signed

from lanchat.core import client_actions, frames, host_actions
from lanchat.core.client import Client
from lanchat.core.client_actions import RosterChanged
from lanchat.core.codes import HoldCode
from lanchat.core.content import encode
from lanchat.core.encoded_log import encode_blocks
from lanchat.core.epoch import next_epoch
from lanchat.core.frames import FromClient, FromHost, Splitter
from lanchat.core.host import READ_ENTRIES, Host
from lanchat.core.host_actions import SessionId
from lanchat.core.keeping import Keeping, Rank, epoch_in
from lanchat.core.limits import FRAME, Limits
from lanchat.core.log import Appended, Outcome
from lanchat.core.model import START, Card, DeviceId, Entry, EntryId, LogEntry, MemberKey
from lanchat.core.profile import Profile, encode_profile

F = TypeVar("F")

_numbers = itertools.count(1)


def card(nick: str, revision: int = 1) -> Card:
    return Card(nick.encode().ljust(32, b"."), nick, revision, b"s" * 64)


def device(name: str) -> DeviceId:
    return DeviceId(name.encode()[:8].ljust(8, b"."))


def entry(who: Card, on: DeviceId, counter: int, text: str, kind: str = "text") -> Entry:
    entry_id = EntryId(next(_numbers).to_bytes(16, "big"))
    return Entry(entry_id, who.key, on, counter, kind, None, text.encode(), 1_000, sign(entry_id))


def keeping(who: Card, epoch: int) -> Entry:
    """What `who` says when they open the room in this epoch."""
    entry_id = EntryId(next(_numbers).to_bytes(16, "big"))
    payload = encode(Keeping(epoch, 0, START))
    return Entry(entry_id, who.key, device(who.nick), 0, *payload, 1_000, sign(entry_id))


def said_in(run: Sequence[LogEntry]) -> list[str]:
    return [item.entry.body.decode() for item in run if item.entry.kind != Keeping.kind]


class Kitchen:
    """Everything that is on its way arrives, whenever somebody does something; time passes only by `wait`."""

    def __init__(self, limits: Limits | None = None, history: int = 0, rank: Rank = Rank.OWNER) -> None:
        self.now = 100.0
        self.log = HostDisk()
        self.card = card("host")
        self._counter = 0
        for number in range(1, history + 1):
            self.log.append([self._own(f"line {number}")], 1_000)
        self.limits = limits or Limits()
        self.host = Host(ROOM, self.log.end(), self.card, self.limits, rank=rank)
        self.guests: dict[SessionId, Guest] = {}
        self.full = False  # the host's disk
        self.appending = False  # the disk has not answered an append yet
        self.slow = False  # the disk lets us wait for the answer to an append
        self.keepers = {self.card.key}  # who may keep the room open
        self.answers_claims = True
        self.bits = 1  # of the next epoch
        self.erases: list[int] = []  # numbers of the entries whose bodies the next append erases on the disk
        self.asked: list[host_actions.Action] = []  # all that the Host ever asked for
        self.own = Own(self).comes()
        self.wait(0.2)

    def _own(self, text: str) -> Entry:
        self._counter += 1
        return entry(self.card, device("host"), self._counter, text)

    @property
    def texts(self) -> list[str]:
        return said_in(self.log.entries)

    @property
    def here(self) -> int:
        """How many are here, as the host's own person was told."""
        return self.own.told(RosterChanged)[-1].here

    def asked_for(self, kind: type[F]) -> list[F]:
        return [action for action in self.asked if isinstance(action, kind)]

    def host_says(self, *texts: str) -> None:
        for text in texts:
            self.own.client.post(self._own(text), self.now)
        self.own.drain()
        self.settle()

    def wait(self, seconds: float) -> None:
        for _ in range(round(seconds * 10)):
            self.now += 0.1
            self.host.tick(self.now)
            for guest in list(self.guests.values()):
                guest.tick()
            self.settle()

    def settle(self) -> None:
        """Until nothing moves any more."""
        moved = True
        while moved:
            moved = False
            while actions := self.host.actions():  # a welcome goes before what follows it
                moved = True
                for action in actions:
                    self.asked.append(action)
                    self._do(action)
            for guest in list(self.guests.values()):
                while guest.reads and (data := self.host.next_for(guest.id, 10_000)):
                    moved = True
                    guest.arrives(data)

    def _do(self, action: host_actions.Action) -> None:
        match action:
            case host_actions.SendTo(session, data):
                if session in self.guests:
                    self.guests[session].arrives(data)
            case host_actions.Broadcast(sessions, data):
                for session in sessions:
                    self.guests[session].arrives(data)
            case host_actions.Close(session, code):
                self.guests.pop(session).closed = code or ""
            case host_actions.Append():
                self._posts, self.appending = action, True
                if not self.slow:
                    self.disk_answers()
            case host_actions.ReadCommon(session, marks):
                self.host.common_read(session, self.log.common(marks), self.now)
            case host_actions.CheckClaim(session, keeps) if self.answers_claims:
                self.host.claim_checked(session, signed(keeps) and keeps.author in self.keepers, self.now)
            case host_actions.Raise(above):
                self.host.keep(keeping(self.card, next_epoch(epoch_in(above), 7)))
            case host_actions.ReadAfter(session, seq):
                self.host.read_after(session, encode_blocks(self.log.after(seq, READ_ENTRIES)))
            case host_actions.ReadPage(session, before, limit):
                self.host.page_read(session, before, *self.log.before(before, limit))
            case host_actions.ReadCards(session, keys):
                self.host.cards_read(session, [card(key.decode().rstrip(".")) for key in keys])
            case host_actions.CheckCard(session, new):
                self.host.renamed(session, new, self.now)
            case _:
                pass  # LogGrew: settle writes to everybody anyway

    def disk_answers(self) -> None:
        self.appending = False
        if self.full:
            self.host.append_failed(HoldCode.DISK_FULL, 5_000, self.now)
            return
        outcomes: Sequence[Outcome] = self.log.append(
            [entry for _, entry in self._posts.posts], 2_000, self._posts.carried
        )
        run = [outcome for outcome in outcomes if isinstance(outcome, LogEntry)]
        self.host.appended(Appended(outcomes, encode_blocks(run), self.erases), self.now)


class Guest:
    """A Connection to the Kitchen that says whatever frames a test likes."""

    def __init__(self, kitchen: Kitchen, nick: str, on: str = "pc") -> None:
        self.kitchen = kitchen
        self.id = SessionId(next(_numbers))
        self.card = card(nick)
        self.device = device(on)
        self.heard: list[FromHost] = []
        self.closed: str | None = None  # the code; "": without one
        self.reads = True
        self.address = "10.0.0.7"
        self.trusted = False
        self.browser = False
        self.counter = 0
        self._splitter = Splitter(FRAME)

    def enters(self) -> Guest:
        self.kitchen.guests[self.id] = self
        now = self.kitchen.now
        self.kitchen.host.entered(self.id, self.card, self.device, now, self.address, self.trusted, self.browser)
        self.kitchen.settle()
        return self

    def comes(self) -> Guest:
        """Enters, as a newcomer."""
        self.enters()
        return self.sends(frames.Resume(0, 0, START))

    def sends(self, frame: FromClient) -> Guest:
        self.kitchen.host.received(self.id, frame, self.kitchen.now)
        self.kitchen.settle()
        return self

    def posts(self, *texts: str, again: bool = False) -> list[Entry]:
        entries = []
        for text in texts:
            self.counter += 1
            entries.append(entry(self.card, self.device, self.counter, text))
        self.sends(frames.Post(entries, again))
        return entries

    def goes(self) -> None:
        del self.kitchen.guests[self.id]
        self.kitchen.host.left(self.id, self.kitchen.now)
        self.kitchen.settle()

    def arrives(self, data: bytes) -> None:
        for body in self._splitter.feed(data):
            frame = frames.decode_from_host(body)
            assert frame is not None
            self.hears(frame)

    def hears(self, frame: FromHost) -> None:
        self.heard.append(frame)

    def got(self, kind: type[F]) -> list[F]:
        return [frame for frame in self.heard if isinstance(frame, kind)]

    @property
    def seqs(self) -> list[int]:
        """The numbers of the entries it was sent."""
        return [run.first + at for run in self.got(frames.Entries) for at in range(len(run.rows))]

    def tick(self) -> None:
        """Guests do nothing by themselves."""


class Phone(Guest):
    """Somebody with a browser, who says of themselves that they are a guest."""

    def __init__(self, kitchen: Kitchen, nick: str) -> None:
        super().__init__(kitchen, nick, "phone")
        self.card = msgspec.structs.replace(self.card, profile=encode_profile(Profile(guest=True)))
        self.browser = True


class Person(Guest):
    """Somebody with a real Client, whose disk answers at once."""

    def __init__(self, kitchen: Kitchen, nick: str, on: str = "pc") -> None:
        super().__init__(kitchen, nick, on)
        self.disk = MemberDisk()
        self.facts: list[client_actions.Action] = []
        self.random = Random(nick)
        self.client = Client(ROOM, None, [], MemberKey(self.card.key), random=self.random.random)

    @property
    def texts(self) -> list[str]:
        return said_in(self.disk.entries)

    @property
    def nicks(self) -> set[str]:
        """Who is here, as this person was told."""
        here: dict[bytes, str] = {}
        for change in self.told(RosterChanged):
            here = {} if change.first else here
            here |= {one.key: one.nick for one in change.joined}
            for one in change.left:
                del here[one.key]
        return set(here.values())

    @property
    def waiting(self) -> list[str]:
        return [entry.body.decode() for entry in self.disk.outbox.values()]

    def said(self, kind: type[F]) -> list[F]:
        """The frames that were sent."""
        sent = [frames.decode_from_client(fact.data[4:]) for fact in self.told(client_actions.Send)]
        return [frame for frame in sent if isinstance(frame, kind)]

    def told(self, kind: type[F]) -> list[F]:
        return [fact for fact in self.facts if isinstance(fact, kind)]

    def comes(self) -> Person:
        self.id = SessionId(next(_numbers))
        self.closed = None
        self._splitter = Splitter(FRAME)
        self.enters()
        self.client.connected(self.kitchen.now)
        self.drain()
        self.kitchen.settle()
        return self

    def starts_again(self, kept: bool = False) -> Person:
        """The program is started anew. `kept`: it kept the room open before."""
        disk = self.disk
        self.client = Client(
            ROOM, disk.end(), list(disk.outbox.values()), MemberKey(self.card.key), marks=disk.marks(),
            keeps=disk.keeps, carried=list(disk.carried.values()), kept=kept, random=self.random.random,
        )  # fmt: skip
        return self

    def goes(self) -> None:
        super().goes()
        self.client.disconnected()

    def says(self, *texts: str) -> Person:
        for text in texts:
            self.disk.counter += 1
            said = entry(self.card, self.device, self.disk.counter, text)
            self.disk.outbox[EntryId(said.entry_id)] = said
            self.client.post(said, self.kitchen.now)
        self.drain()
        self.kitchen.settle()
        return self

    def pages_back(self) -> None:
        self.client.fetch_earlier(self.kitchen.now)
        self.drain()
        self.kitchen.settle()

    def hears(self, frame: FromHost) -> None:
        super().hears(frame)
        self.client.received(frame, self.kitchen.now)
        self.drain()

    def tick(self) -> None:
        self.client.tick(self.kitchen.now)
        self.drain()

    def drain(self) -> None:
        while actions := self.client.actions():
            for action in actions:
                self.facts.append(action)
                self._do(action)

    def _do(self, action: client_actions.Action) -> None:
        match action:
            case client_actions.Send(data):
                if self.id in self.kitchen.guests:
                    frame = frames.decode_from_client(data[4:])
                    assert frame is not None
                    self.kitchen.host.received(self.id, frame, self.kitchen.now)
            case client_actions.NewReplica(_, base, base_head):
                self.disk.base, self.disk.base_head = base, base_head
                self.client.applied(base, self.kitchen.now)
            case client_actions.Rebase(_, base, base_head):
                self.client.rebased(*self.disk.rebase(base, base_head), self.kitchen.now)
            case client_actions.Welcomed(keeps=keeps):
                self.disk.keeps = keeps or self.disk.keeps
            case client_actions.Apply(run):
                self.disk.apply(run)
                self.client.applied(run[-1].seq, self.kitchen.now)
            case client_actions.SetAside(entry_id, code):
                aside = self.disk.carried.pop(entry_id)
                if not aside.kind.startswith("+"):
                    self.disk.set_aside[entry_id] = code
            case client_actions.Prepend(run, base, base_head):
                self.disk.entries[:0] = run
                self.disk.base, self.disk.base_head = base, base_head
                self.client.prepended(base, base_head, False, self.kitchen.now)
            case client_actions.Settle(entry_ids):
                self._forget(entry_ids)
            case client_actions.GiveUp(entry_id):
                self._forget([entry_id])
            case client_actions.Disconnect(code):
                self.closed = code
                if self.id in self.kitchen.guests:
                    Guest.goes(self)
            case _:
                pass  # facts for the person

    def _forget(self, entry_ids: Sequence[EntryId]) -> None:
        for entry_id in entry_ids:
            self.disk.outbox.pop(entry_id, None)
            self.disk.carried.pop(entry_id, None)


class Own(Person):
    """The person who hosts: their replica is the Log itself."""

    def __init__(self, kitchen: Kitchen) -> None:
        super().__init__(kitchen, "host", "host")
        self.address = ""
        self.client = Client(ROOM, kitchen.log.end(), [], MemberKey(self.card.key), at_host=True)

    def _do(self, action: client_actions.Action) -> None:
        match action:
            case client_actions.Apply(run):
                self.client.applied(run[-1].seq, self.kitchen.now)
            case _:
                super()._do(action)
