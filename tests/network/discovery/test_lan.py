"""The real discovery between programs on this machine, by loopback alone."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from msgspec.structs import replace

from lanchat.core.address import Numeric
from lanchat.core.model import RoomId
from lanchat.network.discovery import datagrams, schedule
from lanchat.network.discovery.datagrams import Answer, Asker, Goodbye, Question, decode, encode
from lanchat.network.discovery.interface import DuplicateHost, RoomDescription, RoomLost, RoomSeen, Sighting
from lanchat.network.discovery.lan import LanDiscovery
from lanchat.network.discovery.schedule import Step
from tests.ports import free_port

KITCHEN = RoomId("k" * 16)
GARDEN = RoomId("g" * 16)
PATIENCE_SECONDS = 20.0  # only a test that fails waits so long


@pytest.fixture
def port() -> int:
    """A well-known port that nobody else on this machine uses."""
    return free_port()


def advert(room_id: RoomId, port: int) -> RoomDescription:
    return RoomDescription(room_id=room_id, title=room_id.title(), fingerprint=bytes(16), port=port)


class Someone:
    def __init__(self, port: int) -> None:
        self.discovery = LanDiscovery(port, only=["127.0.0.1"])
        self.told: list[Sighting] = []
        self._news = asyncio.Event()

    def hear(self, sighting: Sighting) -> None:
        self.told.append(sighting)
        self._news.set()

    async def waits(self, kind: type[RoomSeen] | type[RoomLost], room_id: RoomId) -> RoomSeen | RoomLost:
        found = await self.waits_for(lambda one: isinstance(one, kind) and one.listing.room_id == room_id)
        assert isinstance(found, kind)
        return found

    async def waits_for(self, fits: Callable[[Sighting], bool]) -> Sighting:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                for one in self.told:
                    if fits(one):
                        return one
                self._news.clear()
                await self._news.wait()


@asynccontextmanager
async def people(port: int, count: int) -> AsyncIterator[list[Someone]]:
    some = [Someone(port) for _ in range(count)]
    for one in some:
        await one.discovery.start(one.hear)
    yield some
    for one in some:
        await one.discovery.stop()
    assert asyncio.all_tasks() == {asyncio.current_task()}


def together(count: int, port: int, story: Callable[[list[Someone]], Awaitable[None]]) -> None:
    async def run() -> None:
        async with people(port, count) as some:
            await story(some)

    asyncio.run(run())


def test_a_room_is_found_and_gone_when_closed(port: int) -> None:
    async def story(some: list[Someone]) -> None:
        ana, ben = some
        ana.discovery.advertise(advert(KITCHEN, port))
        found = await ben.waits(RoomSeen, KITCHEN)
        assert found.listing.addresses == ("127.0.0.1",)
        ana.discovery.withdraw(KITCHEN)
        await ben.waits(RoomLost, KITCHEN)

    together(2, port, story)


def test_a_room_opened_long_after_the_start_is_found_though_nobody_asked_to_look(
    port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A list is on screen from the start, and here, as on many networks, there is no mDNS that would tell."""
    monkeypatch.setattr(schedule, "BURST", ((0.0, Step.EVERYBODY),))
    monkeypatch.setattr(schedule, "IDLE_SECONDS", 0.3)

    async def story(some: list[Someone]) -> None:
        ana, ben = some
        await asyncio.sleep(0.1)  # the first burst is over
        ana.discovery.advertise(advert(KITCHEN, port))
        await ben.waits(RoomSeen, KITCHEN)

    together(2, port, story)


def test_a_question_to_one_program_is_answered_by_all_on_the_machine(port: int) -> None:
    async def story(some: list[Someone]) -> None:
        ana, ben = some
        ana.discovery.advertise(advert(KITCHEN, port))
        ben.discovery.advertise(advert(GARDEN, port))
        await ana.waits(RoomSeen, GARDEN)
        await ben.waits(RoomSeen, KITCHEN)
        rooms = await asyncio.to_thread(asked, port, Question(nonce=b"12345678", pass_on=True), 2)
        assert rooms == {KITCHEN, GARDEN}

    together(2, port, story)


def test_who_hosts_the_same_room_with_the_same_key_is_noticed(port: int) -> None:
    """By each of them, and neither takes itself for another."""

    async def story(some: list[Someone]) -> None:
        ana, copy, ben = some
        ana.discovery.advertise(advert(KITCHEN, port))
        copy.discovery.advertise(replace(advert(KITCHEN, port + 1), epoch=2))
        ben.discovery.advertise(advert(GARDEN, port + 2))
        await ana.waits_for(lambda one: one == DuplicateHost(KITCHEN, ("127.0.0.1",), port + 1, 2))
        await copy.waits_for(lambda one: one == DuplicateHost(KITCHEN, ("127.0.0.1",), port))
        await ben.waits(RoomSeen, KITCHEN)
        await ana.waits(RoomSeen, GARDEN)
        assert not any(isinstance(one, DuplicateHost) for one in ben.told)
        assert len([one for one in ana.told if isinstance(one, DuplicateHost)]) == 1

    together(3, port, story)


def test_a_record_that_claims_our_room_sends_us_to_no_machine_elsewhere(port: int) -> None:
    """Anybody on the network may write one, with any addresses in it."""
    claimed = RoomDescription(room_id=KITCHEN, title="Kitchen", fingerprint=bytes(16), port=22, boot_id="liar")
    addresses = tuple(map(Numeric, ("198.41.0.4", "127.0.0.1", "2001:500:2::c", "192.168.9.9")))
    many = tuple(Numeric(f"192.168.8.{number}") for number in range(100))

    async def story(some: list[Someone]) -> None:
        (ana,) = some
        ana.discovery.advertise(advert(KITCHEN, port))
        ana.discovery.on_record(claimed, addresses[:3])
        ana.discovery.on_record(claimed, addresses)
        ana.discovery.on_record(claimed, many)
        await ana.waits_for(lambda one: isinstance(one, DuplicateHost) and one.addresses == many[:8])
        assert [one.addresses for one in ana.told if isinstance(one, DuplicateHost)] == [("192.168.9.9",), many[:8]]

    together(1, port, story)


def test_everybody_who_asked_is_told_when_a_room_closes_and_its_sockets_with_it(port: int) -> None:
    """Windows: a transport that is closed drops what it has queued, and keeps its socket for ever."""
    askers = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(5)]

    async def story(some: list[Someone]) -> None:
        ana, ben = some
        ana.discovery.advertise(advert(KITCHEN, port))
        await ben.waits(RoomSeen, KITCHEN)
        for one in askers:
            one.settimeout(PATIENCE_SECONDS)
            one.sendto(encode(Question(nonce=b"12345678")), ("127.0.0.1", port))
            assert isinstance(decode(await asyncio.to_thread(one.recv, 2048)), Answer)

    together(2, port, story)
    for one in askers:
        assert decode(one.recv(2048)) == Goodbye(nonce=b"12345678", room_id=KITCHEN, fingerprint=bytes(16))
        one.close()


def asked(port: int, question: Question, answers: int) -> set[str]:
    """What so many answers to this question say is open."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        one.settimeout(PATIENCE_SECONDS)
        one.sendto(encode(question), ("127.0.0.1", port))
        rooms = set()
        for _ in range(answers):
            said = decode(one.recv(2048))
            assert isinstance(said, Answer)
            rooms |= {room.room_id for room in said.rooms}
        return rooms


def test_of_many_rooms_the_last_used_are_asked(port: int) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as last_used:
        last_used.bind(("127.0.0.1", 0))
        last_used.settimeout(PATIENCE_SECONDS)

        async def run() -> None:
            here = Someone(port)
            known = [(Numeric(f"127.0.9.{number}"), port) for number in range(1, 100)]
            here.discovery.remember([(Numeric("127.0.0.1"), last_used.getsockname()[1]), *known])
            here.discovery.remember(known[:5])
            await here.discovery.start(here.hear)
            assert isinstance(decode(await asyncio.to_thread(last_used.recv, 2048)), Question)
            await here.discovery.stop()

        asyncio.run(run())


@pytest.mark.parametrize("name", ["cafe.de", "1.2.3.4.5", "::::", "1"])
def test_an_answer_that_is_passed_on_is_sent_to_no_name(port: int, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """It would be looked up, and the loop would wait for that."""
    sent: list[str] = []
    send = datagrams.DatagramPort.send

    def noted(self: datagrams.DatagramPort, data: bytes, address: str, port: int) -> None:
        sent.append(address)
        send(self, data, "127.0.0.1", port)

    async def story(some: list[Someone]) -> None:
        ana, ben = some
        ana.discovery.advertise(advert(KITCHEN, port))
        await ben.waits(RoomSeen, KITCHEN)
        monkeypatch.setattr(datagrams.DatagramPort, "send", noted)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
            passed = Question(nonce=b"12345678", asker=Asker(name, port, "another"))
            one.sendto(encode(passed), ("127.0.0.1", port))
        await asyncio.to_thread(asked, port, Question(nonce=b"12345678"), 1)
        assert "127.0.0.1" in sent
        assert name not in sent

    together(2, port, story)


def test_who_hosts_nothing_has_no_port_open(port: int) -> None:
    async def story(some: list[Someone]) -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
            one.bind(("", port))

    together(1, port, story)


def test_starting_and_stopping_many_times_leaves_nothing(port: int) -> None:
    for _ in range(10):
        together(2, port, lambda some: asyncio.sleep(0))


def test_one_that_never_started_can_be_stopped(port: int) -> None:
    async def run() -> None:
        await LanDiscovery(port).stop()

    asyncio.run(run())
