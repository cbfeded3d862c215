"""What every Discovery keeps to, the real one and its twin in memory: each test runs on both."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Protocol

import pytest

from lan.lanlab import Lab
from lan.people import PORT, FakePerson, LabPerson, Person
from tests.fake_lan import FakeLan


class World(Protocol):
    def person(self, number: int) -> Person: ...

    def take_off_the_network(self, person: Person) -> None: ...

    def put_back(self, person: Person) -> None: ...

    def carry_nothing_sent_to_all(self) -> None: ...


class FakeWorld:
    def __init__(self) -> None:
        self._lan = FakeLan()
        self._people: list[FakePerson] = []

    def person(self, number: int) -> FakePerson:
        address = f"10.77.0.{number}"
        self._people.append(FakePerson(f"h{number}", self._lan.node(address), address))
        return self._people[-1]

    def take_off_the_network(self, person: Person) -> None:
        assert isinstance(person, FakePerson)
        person.discovery.set(online=False)

    def put_back(self, person: Person) -> None:
        assert isinstance(person, FakePerson)
        person.discovery.set(online=True)

    def carry_nothing_sent_to_all(self) -> None:
        for person in self._people:
            person.discovery.set(multicast=False)

    def end(self) -> None:
        for person in self._people:
            person.end()


class LabWorld:
    def __init__(self, lab: Lab, sit_down: Callable[..., LabPerson]) -> None:
        self._lab = lab
        self._sit_down = sit_down

    def person(self, number: int) -> LabPerson:
        return self._sit_down(f"h{number}", "quick")

    def take_off_the_network(self, person: Person) -> None:
        self._lab.unplug(person.name)

    def put_back(self, person: Person) -> None:
        self._lab.plug(person.name)

    def carry_nothing_sent_to_all(self) -> None:
        self._lab.know_each_other()
        for host in self._lab.hosts:
            self._lab.flood(host, multicast=False, broadcast=False)


@pytest.fixture(params=["fake", "lan"])
def world(request: pytest.FixtureRequest) -> Iterator[World]:
    if request.param == "lan":
        yield LabWorld(request.getfixturevalue("lab"), request.getfixturevalue("person"))
        return
    fake = FakeWorld()
    yield fake
    fake.end()


@pytest.fixture
def ana(world: World) -> Person:
    """Hosts the Kitchen."""
    made = world.person(1)
    made.do("start")
    made.hosts("Kitchen", people=2, host="Ana", passphrase=True)
    return made


@pytest.fixture
def ben(world: World) -> Person:
    return world.person(2)


def test_what_is_advertised_is_found_as_it_was_said(ana: Person, ben: Person) -> None:
    ben.do("start")
    found = ben.finds("Kitchen", first=ana.address)
    assert found["room_id"] == "kitchenaaaaaaaaa"
    assert found["fingerprint"] == b"kitchenaaaaaaaaa".hex()
    assert (found["port"], found["passphrase"], found["people"], found["host"]) == (PORT, True, 2, "Ana")


def test_a_room_opened_while_looking_is_found(world: World, ben: Person) -> None:
    ben.do("start")
    ben.waits("looked")
    ana = world.person(1)
    ana.do("start")
    ana.hosts("Kitchen")
    ben.finds("Kitchen", 1.0)


def test_my_own_room_is_not_told_to_me(ana: Person, ben: Person) -> None:
    ben.do("start")
    ben.hosts("Garden")
    ben.finds("Kitchen")
    ana.finds("Garden")
    assert not ana.told("found", title="Kitchen")
    assert not ben.told("found", title="Garden")


def test_a_new_title_and_who_came_are_told(ana: Person, ben: Person) -> None:
    ben.do("start")
    ben.finds("Kitchen")
    ana.hosts("Big Kitchen", room_id="kitchenaaaaaaaaa", people=3)
    ben.finds("Big Kitchen", people=3)
    assert not ben.told("gone")


def test_a_closed_room_is_gone(ana: Person, ben: Person) -> None:
    ben.do("start")
    ben.finds("Kitchen")
    closed = ana.do("withdraw", room_id="kitchenaaaaaaaaa")
    ben.waits("gone", 1.0, closed, title="Kitchen")


def test_somebody_who_leaves_takes_their_rooms_along(ana: Person, ben: Person) -> None:
    ben.do("start")
    ben.finds("Kitchen")
    stopped = ana.do("stop")
    ben.waits("gone", 1.0, stopped, title="Kitchen")


def test_a_host_off_the_network_is_gone_and_comes_back(world: World, ana: Person, ben: Person) -> None:
    ben.do("start")
    ben.finds("Kitchen")
    world.take_off_the_network(ana)
    gone = ben.waits("gone", 15.0, title="Kitchen")
    ana.waits("network", addresses=[])
    world.put_back(ana)
    ana.waits("network", since=gone["at"])
    ben.finds("Kitchen", since=gone["at"])


def test_where_nothing_sent_to_all_arrives_an_address_is_enough(world: World, ana: Person, ben: Person) -> None:
    world.carry_nothing_sent_to_all()
    ben.do("start")
    ben.do("ask", address=ana.address, port=PORT)
    ben.finds("Kitchen", 1.0)


def test_a_remembered_address_is_enough_too(world: World, ana: Person, ben: Person) -> None:
    world.carry_nothing_sent_to_all()
    ben.do("start", remember=[[ana.address, PORT]])
    ben.finds("Kitchen", 1.0)


def test_two_rooms_with_one_title_are_two(world: World, ana: Person, ben: Person) -> None:
    eve = world.person(3)
    eve.do("start")
    eve.hosts("Kitchen", room_id="b" * 16)
    ben.do("start")
    ben.finds("Kitchen", room_id="b" * 16, first=eve.address)
    ben.finds("Kitchen", room_id="kitchenaaaaaaaaa", first=ana.address)


def test_one_room_with_two_keys_is_two(world: World, ana: Person, ben: Person) -> None:
    eve = world.person(3)
    eve.do("start")
    eve.hosts("Kitchen", fingerprint="ee" * 16)
    ben.do("start")
    ben.finds("Kitchen", fingerprint="ee" * 16, first=eve.address)
    ben.finds("Kitchen", fingerprint=b"kitchenaaaaaaaaa".hex(), first=ana.address)


def test_two_computers_that_keep_one_room_are_told_apart(world: World, ana: Person, ben: Person) -> None:
    """Each with its own place and epoch; the list shows the newest. The goodbye of one leaves the other."""
    eve = world.person(3)
    eve.do("start")
    of_ana, of_eve = b"kitchenaaaaaaaaa".hex(), "ee" * 16
    eve.hosts("Kitchen", fingerprint=of_eve, owner=of_ana, port=PORT + 1, epoch=2)
    ben.do("start")
    ben.finds("Kitchen", fingerprint=of_ana, owner=of_ana, epoch=0, port=PORT, first=ana.address)
    ben.finds("Kitchen", fingerprint=of_eve, owner=of_ana, epoch=2, port=PORT + 1, first=eve.address)
    ana.finds("Kitchen", fingerprint=of_eve, owner=of_ana, epoch=2)  # who keeps it hears of the other, too
    eve.finds("Kitchen", fingerprint=of_ana, owner=of_ana, epoch=0)
    assert not [one for one in ben.told("found") if {ana.address, eve.address} <= {*one["addresses"]}]
    ben.waits("row", owner=of_ana, epoch=2, first=eve.address)
    ana.hosts("Kitchen", epoch=3)
    newer = ben.waits("row", owner=of_ana, epoch=3, first=ana.address)
    eve.hosts("Kitchen", fingerprint=of_eve, owner=of_ana, port=PORT + 1, epoch=4)
    ben.waits("row", since=newer["at"], owner=of_ana, epoch=4, first=eve.address)
    closed = eve.do("withdraw", room_id="kitchenaaaaaaaaa")
    ben.waits("gone", 1.0, closed, fingerprint=of_eve)
    ben.waits("row", 1.0, closed, owner=of_ana, epoch=3, first=ana.address)
    assert not ben.told("gone", fingerprint=of_ana)
    assert not ben.told("no row")
    closed = ana.do("withdraw", room_id="kitchenaaaaaaaaa")
    ben.waits("no row", 1.0, closed, owner=of_ana)


def test_after_stopping_nothing_more_is_told(ana: Person, ben: Person) -> None:
    ben.do("start")
    ben.finds("Kitchen")
    ben.do("stop")
    told = len(ben.told("gone") + ben.told("found"))
    ana.do("stop")
    assert len(ben.told("gone") + ben.told("found")) == told
