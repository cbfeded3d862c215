"""One row for one room, whichever computers keep it open."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from lanchat.core.listing import Listing
from lanchat.core.model import RoomId
from lanchat.engine.events import Event, RoomFound, RoomGone
from lanchat.engine.sightings import Sightings
from lanchat.network.dialer import Address
from lanchat.network.discovery.interface import DuplicateHost, RoomLost, RoomSeen
from tests.fake_lan import FakeLan

KITCHEN = RoomId("kitchenkitchenki")
ANA, BEN, EVE = (bytes([number]) * 16 for number in (1, 2, 3))  # fingerprints; Ana founded the Kitchen


def at(host: bytes, epoch: int, owner: bytes = ANA, answering: bool = True) -> Listing:
    """The Kitchen, as this host says."""
    where = (f"10.77.0.{host[0]}",)
    return Listing(KITCHEN, "Kitchen", host, False, where, 29747, answering=answering, owner=owner, epoch=epoch)


class Seen(Sightings):
    """What a person is told, and what the Roles are."""

    def __init__(self) -> None:
        self.told: list[Event] = []
        self.hosts: list[Listing] = []
        self.twins: list[tuple[RoomId, list[Address], int]] = []
        super().__init__(FakeLan().node(), self.told.append, self)

    def seen(self, listing: Listing) -> None:
        self.hosts.append(listing)

    def network_changed(self) -> None: ...

    def look_for_twin(self, room_id: RoomId, addresses: list[Address], epoch: int) -> None:
        self.twins.append((room_id, addresses, epoch))

    def rows(self) -> list[Listing]:
        """The list on the screen."""
        rows: dict[tuple[RoomId, bytes], Listing] = {}
        for event in self.told:
            match event:
                case RoomFound(one):
                    rows[one.room_id, one.owner] = one
                case RoomGone(one):
                    del rows[one.room_id, one.owner]
        return list(rows.values())


@pytest.fixture
def sightings() -> Seen:
    return Seen()


@pytest.mark.parametrize("order", [(1, 2), (2, 1)])
def test_the_newest_epoch_is_shown_and_when_it_goes_the_next(sightings: Seen, order: tuple[int, int]) -> None:
    here = {1: at(ANA, 1), 2: at(BEN, 2)}
    for number in order:
        sightings.take(RoomSeen(here[number]))
    assert sightings.rows() == [here[2]]
    sightings.take(RoomLost(here[2]))
    assert sightings.rows() == [here[1]]
    sightings.take(RoomLost(here[1]))
    assert sightings.rows() == []


def test_the_end_of_an_older_keeper_is_no_news(sightings: Seen) -> None:
    sightings.take(RoomSeen(at(ANA, 1)))
    sightings.take(RoomSeen(at(BEN, 2)))
    told = len(sightings.told)
    sightings.take(RoomSeen(at(ANA, 1, answering=False)))
    sightings.take(RoomLost(at(ANA, 1, answering=False)))
    assert len(sightings.told) == told


def test_who_answers_is_shown_before_who_said_more(sightings: Seen) -> None:
    sightings.take(RoomSeen(at(BEN, 2)))
    sightings.take(RoomSeen(at(ANA, 1)))
    sightings.take(RoomSeen(at(BEN, 2, answering=False)))
    assert sightings.rows() == [at(ANA, 1)]
    sightings.take(RoomSeen(at(BEN, 2)))
    assert sightings.rows() == [at(BEN, 2)]


def test_the_room_of_another_owner_is_another_room(sightings: Seen) -> None:
    sightings.take(RoomSeen(at(ANA, 1)))
    sightings.take(RoomSeen(at(EVE, 9, owner=EVE)))
    assert sightings.rows() == sightings.rooms(KITCHEN) == [at(ANA, 1), at(EVE, 9, owner=EVE)]
    sightings.take(RoomLost(at(EVE, 9, owner=EVE)))
    assert sightings.rows() == [at(ANA, 1)]


def test_a_host_that_names_another_owner_now_is_in_one_row_only(sightings: Seen) -> None:
    sightings.take(RoomSeen(at(EVE, 9)))
    sightings.take(RoomSeen(at(EVE, 9, owner=EVE)))
    assert sightings.rows() == [at(EVE, 9, owner=EVE)]
    sightings.take(RoomSeen(at(ANA, 1)))
    sightings.take(RoomSeen(at(EVE, 9)))
    assert sightings.rows() == [at(EVE, 9)]
    sightings.take(RoomSeen(at(EVE, 9, owner=EVE)))
    assert sightings.rows() == [at(ANA, 1), at(EVE, 9, owner=EVE)]


def test_who_joins_or_is_in_sees_every_host_the_newest_first(sightings: Seen) -> None:
    hosts = [at(ANA, 1), at(BEN, 3), at(EVE, 2)]
    for host in hosts:
        sightings.take(RoomSeen(host))
    assert sightings.hosts == hosts
    assert sightings.matching(lambda one: one.owner == ANA) == [at(BEN, 3), at(EVE, 2), at(ANA, 1)]
    sightings.take(RoomSeen(at(BEN, 3, answering=False)))
    assert sightings.matching(lambda one: True) == [at(EVE, 2), at(ANA, 1), at(BEN, 3, answering=False)]
    sightings.take(RoomLost(at(BEN, 3)))
    assert sightings.hosts[-1] == at(BEN, 3, answering=False)


def test_the_epoch_of_a_copy_with_our_key_is_passed_on(sightings: Seen) -> None:
    sightings.take(DuplicateHost(KITCHEN, ("10.77.0.9",), 29747, 7))  # type: ignore[arg-type]
    assert sightings.twins == [(KITCHEN, [("10.77.0.9", 29747)], 7)]


def test_hosts_that_name_no_owner_are_rooms_of_their_own(sightings: Seen) -> None:
    """As older programs announce them."""
    old = [replace(at(host, 0), owner=host) for host in (ANA, BEN)]
    for one in old:
        sightings.take(RoomSeen(one))
    assert sightings.rows() == old
