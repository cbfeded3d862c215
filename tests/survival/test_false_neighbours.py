"""Somebody on the network says what they like about a room: that they have it open, in ever higher epochs.

Nobody who is in is taken out, nobody knocks there again and again, and the members still open the room when its keeper
is gone.
"""

from __future__ import annotations

import asyncio
import dataclasses
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest
from engine.people import People, Person

from lanchat.core import frames, limits
from lanchat.core.address import Numeric
from lanchat.core.keeping import Rank
from lanchat.core.listing import Listing, key_fingerprint
from lanchat.core.model import MemberKey, RoomId
from lanchat.engine import commands, events, follower_role, opening_turn
from lanchat.engine.events import ConnectionState
from lanchat.network.dialer import Address
from lanchat.network.discovery.interface import RoomDescription, RoomSeen
from lanchat.trust.handshake import HostHandshake
from lanchat.trust.identity import load_or_create
from lanchat.trust.join_errors import Refusal
from lanchat.trust.passes import make_pass
from survival.aside import aside
from survival.evil import EvilHost, Guest, Script
from survival.false_keeper import EPOCH, FalseKeeper, only_hello
from tests.identities import new_identity

WORDS = "apple-banjo-comet-dune"


@pytest.fixture
def people(tmp_path: Path) -> Iterator[People]:
    everybody = People(tmp_path)
    yield everybody
    everybody.leave()


@pytest.fixture
def ana(people: People) -> Person:
    """She hosts a kitchen, which who knows its passphrase may keep open at once."""
    ana = people.person("Ana")
    ana.hosts("Kitchen", passphrase=WORDS)
    return ana


@pytest.fixture
def ben(people: People, ana: Person) -> Person:
    """In the kitchen, and the first heir."""
    ben = people.person("Ben")
    ben.joins("Kitchen", passphrase=WORDS)
    ana.hears(events.HeirsChanged, heirs=(ben.me,))
    return ben


class Liar(FalseKeeper):
    """Without passes. It says each moment that the room has come to another epoch, at one of many hosts."""

    def __init__(self, room_id: RoomId, owner: MemberKey, script: Script = only_hello, hosts: int = 1) -> None:
        super().__init__(new_identity(), room_id, owner, (), script)
        self._hosts = hosts

    @asynccontextmanager
    async def announced(self, people: People) -> AsyncIterator[FalseKeeper]:
        async with self.open():
            task = asyncio.create_task(self._announce(people))
            yield self
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def _announce(self, people: People) -> None:
        nodes = [(people.lan.node(), new_identity().key) for _ in range(self._hosts)]
        assert self.door.owner is not None
        for node, _key in nodes:
            await node.start(lambda _: None)
        try:
            for epoch in range(EPOCH, EPOCH << 10):
                for node, key in nodes:
                    node.advertise(
                        RoomDescription(
                            room_id=self.door.room_id, title="Kitchen", fingerprint=key_fingerprint(key),
                            owner=key_fingerprint(self.door.owner), epoch=epoch, port=self.port, host="Ana",
                        )
                    )  # fmt: skip
                await asyncio.sleep(0.1)
        finally:
            for node, _key in nodes:
                await node.stop()


def _liar(ben: Person, ana: Person, script: Script = only_hello, hosts: int = 1) -> Liar:
    assert ben.room_id is not None
    assert ana.me is not None
    return Liar(ben.room_id, ana.me, script, hosts)


def test_who_lies_on_and_on_gets_few_visits_and_nobody_out(people: People, ana: Person, ben: Person) -> None:
    liar = _liar(ben, ana, hosts=20)
    with aside(liar.announced(people)):
        ben.until(lambda: bool(liar.visits))
        time.sleep(4)
        visits = len(liar.visits)
        ben.says("Still here")
        ana.sees("Still here")
        ben.hears_nothing(events.KeyChanged, events.KeeperChanged, events.Rebased)
    assert visits <= 2 * 40, "of both, in four seconds"
    assert not liar.heard


class Crowd:
    """Two hundred who have the room open without passes, each at a place of its own."""

    def __init__(self, room_id: RoomId, owner: MemberKey) -> None:
        self._liars = [Liar(room_id, owner) for _ in range(200)]

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Crowd]:
        async with AsyncExitStack() as stack:
            for liar in self._liars:
                await stack.enter_async_context(liar.open())
            yield self

    @property
    def places(self) -> list[Address]:
        return [(Numeric("127.0.0.1"), liar.port) for liar in self._liars]

    @property
    def visits(self) -> int:
        return sum(len(liar.visits) for liar in self._liars)

    @property
    def heard(self) -> list[object]:
        return [frame for liar in self._liars for frame in liar.heard]


def hear_of_two_hundred(room_id: RoomId, owner: MemberKey, places: list[Address], *people: Person) -> None:
    """These people see so many hosts of the room, at such places and in higher epochs than anybody has it open in."""
    for number in range(200):
        address, port = places[number % len(places)]
        fingerprint, epoch = key_fingerprint(new_identity().key), EPOCH + number
        listing = Listing(
            room_id, "Kitchen", fingerprint, True, (address,), port, owner=key_fingerprint(owner), epoch=epoch
        )
        for one in people:
            assert one.network is not None
            one.network._emit(RoomSeen(listing))


def test_two_hundred_who_mean_the_host_where_we_are_make_nobody_come_in_again(
    people: People, ana: Person, ben: Person
) -> None:
    """Some name the very address, some another of the same computer: its key is known before anything is said."""
    assert ana.room_id is not None
    assert ana.me is not None
    assert ana.hosting is not None
    places = [(Numeric(address), ana.hosting.port) for address in ("127.0.0.1", "127.0.0.2")]
    hear_of_two_hundred(ana.room_id, ana.me, places, ben)
    time.sleep(5)
    ben.says("Still here")
    ana.sees("Still here")
    ben.hears_nothing(events.KeyChanged, events.KeeperChanged, events.Rebased)
    left = [event for event in ana.unheard if isinstance(event, events.RosterChanged) and event.left]
    assert not left
    assert not [event for event in ben.unheard if isinstance(event, events.ConnectionChanged)]


def test_among_two_hundred_who_lie_the_owner_is_found_soon(people: People, ana: Person, ben: Person) -> None:
    """Ana lost her network and is back: Ben, who kept the room open, and Cem at his are with her a moment later."""
    cem = people.person("Cem")
    cem.joins("Kitchen", passphrase=WORDS)
    ana.hears(events.HeirsChanged, heirs=(ben.me, cem.me))
    assert ana.room_id is not None
    assert ana.me is not None
    ana.quits()
    ben.is_(ConnectionState.HOSTING)
    cem.is_(ConnectionState.CONNECTED)
    for time_of_two in range(2):  # so that her epoch is the higher one
        ana.starts()
        assert ana.network is not None
        ana.network.set(online=False)
        ana.hosts("Kitchen")
        if time_of_two == 0:
            ana.quits()
    with aside(Crowd(ana.room_id, ana.me).open()) as crowd:
        hear_of_two_hundred(ana.room_id, ana.me, crowd.places, ben, cem)
        time.sleep(3)
        cem.says("Still at Ben's")
        ben.sees("Still at Ben's")
        began = time.monotonic()
        ana.network.set(online=True)
        ben.is_(ConnectionState.CONNECTED)
        ana.sees_here("Ana", "Ben", "Cem")
        took = time.monotonic() - began
        visits = crowd.visits
        print(f"{took:.1f} s, {visits} visits")
    assert took < 15
    assert visits <= 2 * 40, "of both"
    assert not crowd.heard


async def says_full(guest: Guest) -> None:
    guest.send(frames.Refused("full", 0))


async def says_banned(guest: Guest) -> None:
    guest.send(frames.Refused("banned", 0))


async def says_not_yet(guest: Guest) -> None:
    guest.send(frames.Refused("standby", 0))


async def says_it_is_the_owner(guest: Guest) -> None:
    guest.send(HostHandshake(dataclasses.replace(guest.host.door, owner=guest.host.me.key)).hello())


_OTHER_SCRIPTS = (says_full, says_banned, says_not_yet)


@pytest.mark.parametrize(
    "script",
    [only_hello, says_it_is_the_owner, *(pytest.param(one, marks=pytest.mark.long) for one in _OTHER_SCRIPTS)],
)
def test_nobody_keeps_the_heir_from_opening_the_room(
    people: People, ana: Person, ben: Person, monkeypatch: pytest.MonkeyPatch, script: Script
) -> None:
    monkeypatch.setattr(opening_turn, "_HEARSAY_SECONDS", 4.0)
    named = threading.Event()

    async def names_ben_and_breaks(guest: Guest) -> None:
        keeper = guest.host
        assert isinstance(keeper, FalseKeeper)
        await guest.let_in()
        await guest.until(frames.Resume)
        guest.send(keeper.welcome())
        port = (await guest.until(frames.Able)).port
        guest.send(frames.Heirs([frames.Heir(guest.key, "127.0.0.1", port)]), frames.Ping())
        await guest.until(frames.Pong)  # so that it was read
        named.set()
        guest.abort()

    liar, owner = _liar(ben, ana, script), load_or_create(ana.folder)
    assert ana.room_id is not None
    ana.do(commands.Leave(ana.room_id, closed=True))
    ben.is_(ConnectionState.RECONNECTING)
    keeper = FalseKeeper(owner, ana.room_id, owner.key, (), names_ben_and_breaks)
    keeper.door = dataclasses.replace(keeper.door, secret=bytes(32))
    with aside(keeper.announced(people)):
        ben.until(named.is_set)
    with aside(liar.announced(people)):
        ben.is_(ConnectionState.HOSTING)
        assert len(liar.visits) < 150
    assert not liar.heard


def test_the_owner_opens_above_a_member_who_keeps_them_out(people: People) -> None:
    """Cem keeps the room open and bans Ana, whose room it is. All are with her a moment later."""
    ana, ben, cem = (people.person(nick) for nick in ("Ana", "Ben", "Cem"))
    ana.hosts("Kitchen")
    for one in (ben, cem):
        one.joins("Kitchen")
    assert ana.room_id is not None
    cem.quits()
    owner, me = load_or_create(ana.folder), load_or_create(cem.folder)
    passes = (make_pass(owner, ana.room_id, me.key, Rank.MEMBER, 0),)

    async def bans_ana(guest: Guest) -> None:
        keeper = guest.host
        assert isinstance(keeper, FalseKeeper)
        try:
            await guest.let_in()
        except Refusal as refusal:
            guest.send(refusal.frame())
            return
        await guest.until(frames.Resume)
        guest.send(keeper.welcome())

    evil = FalseKeeper(me, ana.room_id, owner.key, passes, bans_ana)
    evil.door = dataclasses.replace(evil.door, is_banned=lambda key: key == owner.key)
    ana.do(commands.Leave(ana.room_id, closed=True))
    ana.hears(events.Left)
    ben.is_(ConnectionState.RECONNECTING)
    with aside(evil.announced(people)):
        ben.is_(ConnectionState.CONNECTED)
        ana.hosts("", room_id=ben.room_id)
        ana.sees_here("Ana", "Ben")
        ben.says("Here I am")
        ana.sees("Here I am")


@pytest.mark.parametrize("entitled", [True, False], ids=["entitled", "not entitled"])
def test_who_is_sent_to_a_stranger_knocks_there_for_a_short_time_only(
    people: People, monkeypatch: pytest.MonkeyPatch, entitled: bool
) -> None:
    """Else a keeper could have all its people knock at somebody's computer for ever. Where the stranger has not even
    passes, nobody knocks."""
    is_in, sent = threading.Event(), threading.Event()
    ana, ben = people.person("Ana"), people.person("Ben")
    ana.hosts("Kitchen")
    ben.joins("Kitchen")
    monkeypatch.setattr(opening_turn, "_HANDING_OVER_SECONDS", 1.0)
    monkeypatch.setattr(follower_role, "_LASTING_SECONDS", 0.0)  # he goes to whom he is sent without a pause
    monkeypatch.setattr(limits, "RECONNECT_MOST_SECONDS", 0.5)
    ben.do(commands.SetKeepRooms(False))
    owner = load_or_create(ana.folder)
    assert ana.room_id is not None
    victim = EvilHost(only_hello)

    async def sends_away(guest: Guest) -> None:
        keeper = guest.host
        assert isinstance(keeper, FalseKeeper)
        await guest.let_in()
        await guest.until(frames.Resume)
        key = new_identity().key
        passes = (make_pass(owner, keeper.door.room_id, key, Rank.MEMBER, 0),) if entitled else ()
        heir = frames.Heir(key, "127.0.0.1", victim.port, passes)
        guest.send(keeper.welcome())
        await asyncio.to_thread(is_in.wait, 30)
        guest.send(frames.Moved(heir), frames.Bye())
        await guest.drain()
        sent.set()

    ana.do(commands.Leave(ana.room_id, closed=True))
    ben.is_(ConnectionState.RECONNECTING)
    keeper = FalseKeeper(owner, ana.room_id, owner.key, (), sends_away)
    with aside(victim.open()):
        with aside(keeper.announced(people)):
            ben.is_(ConnectionState.CONNECTED)
            is_in.set()
            ben.until((lambda: bool(victim.visits)) if entitled else sent.is_set)
        time.sleep(2)
        before = len(victim.visits)
        time.sleep(2)
        assert len(victim.visits) == before
        assert entitled or not before


def test_who_is_sent_back_to_where_they_were_sent_away_does_not_hurry(people: People) -> None:
    ana, ben = people.person("Ana"), people.person("Ben")
    ana.hosts("Kitchen")
    ben.joins("Kitchen")
    owner = load_or_create(ana.folder)
    assert ana.room_id is not None

    async def sends_here(guest: Guest) -> None:
        keeper = guest.host
        assert isinstance(keeper, FalseKeeper)
        await guest.let_in()
        await guest.until(frames.Resume)
        guest.send(keeper.welcome())
        await asyncio.sleep(0.1)  # until it is in for its person, too
        guest.send(frames.Moved(frames.Heir(owner.key, "127.0.0.1", keeper.port)), frames.Bye())

    ana.do(commands.Leave(ana.room_id, closed=True))
    ben.is_(ConnectionState.RECONNECTING)
    keeper = FalseKeeper(owner, ana.room_id, owner.key, (), sends_here)
    with aside(keeper.announced(people)):
        ben.until(lambda: bool(keeper.visits))
        time.sleep(5)
        assert len(keeper.visits) < 10
