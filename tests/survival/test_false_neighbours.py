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
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from engine.people import People, Person

from lanchat.core import frames
from lanchat.core.keeping import Rank
from lanchat.core.listing import key_fingerprint
from lanchat.core.model import MemberKey, RoomId
from lanchat.engine import commands, events, opening_turn
from lanchat.engine.events import ConnectionState
from lanchat.network.discovery.interface import RoomDescription
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


async def says_full(guest: Guest) -> None:
    guest.send(frames.Refused("full", 0))


async def says_banned(guest: Guest) -> None:
    guest.send(frames.Refused("banned", 0))


async def says_not_yet(guest: Guest) -> None:
    guest.send(frames.Refused("standby", 0))


async def says_it_is_the_owner(guest: Guest) -> None:
    guest.send(HostHandshake(dataclasses.replace(guest.host.door, owner=guest.host.me.key)).hello())


@pytest.mark.parametrize("script", [only_hello, says_full, says_banned, says_not_yet, says_it_is_the_owner])
def test_nobody_keeps_the_heir_from_opening_the_room(people: People, ana: Person, ben: Person, script: Script) -> None:
    named = threading.Event()

    async def names_ben_and_breaks(guest: Guest) -> None:
        keeper = guest.host
        assert isinstance(keeper, FalseKeeper)
        await guest.let_in()
        await guest.until(frames.Resume)
        guest.send(keeper.welcome())
        port = (await guest.until(frames.Able)).port
        guest.send(frames.Heirs([frames.Heir(guest.key, "127.0.0.1", port)]))
        await guest.drain()
        await asyncio.sleep(0.2)
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


def test_who_is_sent_to_a_stranger_knocks_there_for_a_short_time_only(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else a keeper could have all its people knock at somebody's computer for ever."""
    ana, ben = people.person("Ana"), people.person("Ben")
    ana.hosts("Kitchen")
    ben.joins("Kitchen")
    monkeypatch.setattr(opening_turn, "_HANDING_OVER_SECONDS", 1.0)
    ben.do(commands.SetKeepRooms(False))
    owner = load_or_create(ana.folder)
    assert ana.room_id is not None
    victim = EvilHost(only_hello)

    async def sends_away(guest: Guest) -> None:
        keeper = guest.host
        assert isinstance(keeper, FalseKeeper)
        await guest.let_in()
        await guest.until(frames.Resume)
        heir = frames.Heir(new_identity().key, "127.0.0.1", victim.port)
        guest.send(keeper.welcome())
        await asyncio.sleep(0.3)  # until it is in for its person, too
        guest.send(frames.Moved(heir), frames.Bye())

    ana.do(commands.Leave(ana.room_id, closed=True))
    ben.is_(ConnectionState.RECONNECTING)
    keeper = FalseKeeper(owner, ana.room_id, owner.key, (), sends_away)
    with aside(victim.open()):
        with aside(keeper.announced(people)):
            ben.until(lambda: bool(victim.visits))
        time.sleep(4)
        before = len(victim.visits)
        time.sleep(4)
        assert len(victim.visits) == before


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
