"""Rooms found on a real network between namespaces, and what happens when the network does."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable

import pytest

from lan.lanlab import Lab, LabUnavailable
from lan.people import PORT
from lan.people import LabPerson as Person

Sit = Callable[..., Person]


@pytest.fixture
def host(person: Sit) -> Person:
    """Somebody who hosts the Kitchen."""
    ana = person("h1")
    ana.do("start")
    ana.hosts("Kitchen", people=3, host="Ana")
    return ana


@pytest.fixture
def guest(person: Sit) -> Person:
    return person("h2")


@pytest.fixture
def mdns_guest(person: Sit, host: Person) -> Person:
    """Somebody whose own questions get lost, with a host that takes connections."""
    host.do("listen", port=PORT)
    return person("h2", "mdns-alone")


@pytest.mark.usefixtures("host")
def test_a_room_is_found_in_under_a_second(guest: Person) -> None:
    started = guest.do("start")
    guest.finds("Kitchen", 1.0, started, first="10.77.0.1", port=PORT, people=3)


@pytest.mark.usefixtures("host")
def test_a_room_is_found_without_multicast(lab: Lab, guest: Person) -> None:
    for one in lab.hosts:
        lab.flood(one, multicast=False)
    guest.finds("Kitchen", 1.0, guest.do("start"))


@pytest.mark.usefixtures("host")
def test_a_room_is_found_without_multicast_and_broadcast(lab: Lab, guest: Person) -> None:
    lab.know_each_other()
    for one in lab.hosts:
        lab.flood(one, multicast=False, broadcast=False)
    guest.finds("Kitchen", 5.0, guest.do("start"))


@pytest.mark.usefixtures("host")
def test_a_room_is_found_by_ipv6_alone(lab: Lab, guest: Person) -> None:
    lab.without_ipv4(guest.name)
    found = guest.finds("Kitchen", 1.0, guest.do("start"))
    assert ":" in found["addresses"][0]


def test_a_goodbye_arrives_by_mdns_alone(host: Person, person: Sit) -> None:
    ben = person("h2", "mdns-alone")
    ben.do("start")
    ben.waits("silent", 3.0, title="Kitchen")  # nobody listens there and no question gets through: shown greyed
    closed = host.do("withdraw", room_id="kitchenaaaaaaaaa")
    ben.waits("gone", 1.0, closed, title="Kitchen")


def test_the_goodbye_of_one_host_of_a_room_is_not_the_others_by_mdns_alone(host: Person, person: Sit) -> None:
    """Each has a record of its own, with its own port and addresses."""
    of_ana, of_eve = b"kitchenaaaaaaaaa".hex(), "ee" * 16
    eve, ben = person("h3"), person("h2", "mdns-alone")
    eve.do("start")
    eve.hosts("Kitchen", fingerprint=of_eve, owner=of_ana, port=30001, epoch=2)
    ben.do("start")
    for one, fingerprint, epoch, port in ((host, of_ana, 0, PORT), (eve, of_eve, 2, 30001)):
        seen = ben.waits("silent", 3.0, fingerprint=fingerprint, owner=of_ana, epoch=epoch, port=port)
        number = one.address.rpartition(".")[2]
        assert {*seen["addresses"]} <= {one.address, f"fd77::{number}"}
    closed = host.do("withdraw", room_id="kitchenaaaaaaaaa")
    ben.waits("gone", 1.0, closed, fingerprint=of_ana)
    again = time.monotonic()
    eve.hosts("Kitchen", fingerprint=of_eve, owner=of_ana, port=30001, epoch=3)
    ben.waits("silent", 3.0, again, fingerprint=of_eve, epoch=3)
    assert not ben.told("gone", fingerprint=of_eve)


def test_a_host_with_an_older_program_is_found_and_lost_by_mdns_alone(person: Sit) -> None:
    """Its record names neither host nor owner nor epoch."""
    ana, ben = person("h1", "older"), person("h2", "mdns-alone")
    ana.do("start")
    ana.hosts("Kitchen", epoch=7)
    ben.do("start")
    ben.waits("silent", 3.0, title="Kitchen", owner=b"kitchenaaaaaaaaa".hex(), epoch=0)
    closed = ana.do("withdraw", room_id="kitchenaaaaaaaaa")
    ben.waits("gone", 1.0, closed, title="Kitchen")


def test_a_room_closed_as_soon_as_opened_leaves_no_ghost(host: Person, person: Sit) -> None:
    ben = person("h2", "mdns-alone")
    host.hosts("Garden", port=30001)
    host.do("withdraw", room_id="gardenaaaaaaaaaa")
    ben.do("start")
    ben.waits("silent", 3.0, title="Kitchen")
    time.sleep(0.5)  # a ghost would show a little later
    assert not ben.told("silent", title="Garden")


@pytest.mark.parametrize("noticed", [pytest.param(True, marks=pytest.mark.long), False])
def test_a_pulled_cable_greys_the_room_then_removes_it_and_it_comes_back(
    lab: Lab, host: Person, guest: Person, noticed: bool
) -> None:
    guest.do("start")
    guest.finds("Kitchen")
    pulled = time.monotonic()
    lab.cut(host.name, noticed)
    silent = guest.waits("silent", 15.0, pulled, title="Kitchen")
    gone = guest.waits("gone", 15.0, pulled, title="Kitchen")
    assert silent["at"] < gone["at"]
    plugged = time.monotonic()
    lab.heal(host.name)
    guest.finds("Kitchen", 5.0, plugged)


@pytest.mark.long
def test_a_crashed_host_is_gone(host: Person, guest: Person) -> None:
    guest.do("start")
    guest.finds("Kitchen")
    guest.waits("gone", 15.0, host.do("crash"), title="Kitchen")


def test_a_host_that_crashed_and_runs_again_is_followed_to_its_new_port(
    host: Person, guest: Person, person: Sit
) -> None:
    guest.do("start")
    guest.finds("Kitchen")
    host.do("crash")
    again = person("h1")
    again.do("start")
    opened = time.monotonic()
    again.hosts("Kitchen", port=30001)
    guest.finds("Kitchen", 2.0, opened, port=30001)


def test_a_host_that_gets_another_address_is_followed(lab: Lab, host: Person, guest: Person) -> None:
    for one in lab.hosts:
        lab.flood(one, multicast=False)
    guest.do("start")
    guest.finds("Kitchen")
    changed = time.monotonic()
    lab.readdress(host.name, "10.77.0.50")
    host.waits("network", 3.0, changed)
    guest.finds("Kitchen", 3.0, changed, first="10.77.0.50")


@pytest.mark.long
def test_a_host_that_moves_when_nobody_asks_any_more_is_followed_at_once(lab: Lab, host: Person, person: Sit) -> None:
    ben = person("h2", "questions-alone")
    ben.do("start", look=False)
    ben.waits("looked")
    changed = time.monotonic()
    lab.readdress(host.name, "10.77.0.50")
    ben.finds("Kitchen", 3.0, changed, first="10.77.0.50")


def test_a_host_that_gets_another_address_is_followed_by_mdns_too(
    lab: Lab, host: Person, mdns_guest: Person
) -> None:
    mdns_guest.do("start")
    mdns_guest.finds("Kitchen", 1.5)
    changed = time.monotonic()
    lab.readdress(host.name, "10.77.0.50")
    mdns_guest.waits("found", 3.0, changed, title="Kitchen", first="10.77.0.50")


def test_an_adapter_pulled_out_and_plugged_in_again_works(lab: Lab, host: Person, mdns_guest: Person) -> None:
    mdns_guest.do("start")
    mdns_guest.finds("Kitchen")
    lab.unplug(mdns_guest.name)
    lab.plug(mdns_guest.name)
    mdns_guest.waits("network", 5.0)
    host.hosts("Garden", port=30001)
    host.do("listen", port=30001)
    mdns_guest.finds("Garden", 3.0)


def test_the_adapter_of_a_host_pulled_out_and_plugged_in_again_works(
    lab: Lab, host: Person, mdns_guest: Person
) -> None:
    lab.unplug(host.name)
    lab.plug(host.name)
    host.waits("network", 5.0)
    mdns_guest.do("start")
    mdns_guest.finds("Kitchen", 3.0)


def test_a_bad_network_is_good_enough(lab: Lab, host: Person, guest: Person) -> None:
    lab.lose(guest.name, percent=30)
    guest.finds("Kitchen", 4.0, guest.do("start"))


def test_two_hosts_on_one_machine_are_found_and_stay(lab: Lab, person: Sit, host: Person) -> None:
    ben, guest = person("h1"), person("h2", "quick")
    ben.do("start")
    ben.hosts("Garden", port=30001)
    guest.do("start")
    guest.finds("Kitchen")
    guest.finds("Garden")
    ben.finds("Kitchen")
    host.finds("Garden")
    for one in lab.hosts:
        lab.flood(one, multicast=False, broadcast=False)  # from now on only questions to one machine arrive
    time.sleep(1.2)  # long enough to miss a room that does not answer them
    assert not guest.told("gone")
    assert not guest.told("silent")


@pytest.mark.long
def test_a_laptop_that_slept_sees_what_changed_meanwhile(lab: Lab, host: Person, guest: Person) -> None:
    guest.do("start")
    guest.finds("Kitchen")
    lab.sleep(guest.name)
    host.hosts("Garden", port=30001)
    host.do("withdraw", room_id="kitchenaaaaaaaaa")
    time.sleep(4.5)  # longer than what counts as sleep
    woke = time.monotonic()
    lab.wake(guest.name)
    guest.finds("Garden", 3.0, woke)
    guest.waits("gone", 6.0, woke, title="Kitchen")


def test_a_hundred_rooms_are_found(host: Person, guest: Person) -> None:
    for n in range(100):
        letters = "".join("abcdefghij"[int(digit)] for digit in f"{n:03}")
        host.hosts(f"Room {n}", room_id=f"room{letters}aaaaaaaaa", port=30001)
    started = guest.do("start")
    for n in range(100):
        guest.finds(f"Room {n}", 2.0, started)


@pytest.fixture
def take_5353(lab: Lab) -> Callable[[str], None]:
    """Starts a program that has the port of mDNS for itself."""

    def take(host: str) -> None:
        script = "import socket; s = socket.socket(2, 2); s.bind(('', 5353)); print(1, flush=True); input()"
        taker = lab.popen(host, [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        taker.stdout.readline()

    return take


def test_a_host_whose_mdns_port_is_taken_is_found(
    take_5353: Callable[[str], None], person: Sit, guest: Person
) -> None:
    take_5353("h1")
    ana = person("h1")
    ana.do("start")
    ana.hosts("Kitchen")
    guest.finds("Kitchen", 1.0, guest.do("start"))


def test_a_guest_whose_mdns_port_is_taken_still_browses(
    take_5353: Callable[[str], None], mdns_guest: Person
) -> None:
    take_5353("h2")
    mdns_guest.finds("Kitchen", 1.5, mdns_guest.do("start"))


def test_a_host_whose_firewall_lets_only_tcp_through_can_be_joined(lab: Lab, host: Person, guest: Person) -> None:
    try:
        lab.firewall(host.name, f"udp dport {PORT}")
    except LabUnavailable as error:
        pytest.skip(str(error))
    host.do("listen", port=PORT)
    guest.finds("Kitchen", 3.0, guest.do("start"))


def test_without_any_network_two_programs_on_one_machine_find_each_other(lab: Lab, person: Sit) -> None:
    lab.unplug("h1")
    ana, ben = person("h1"), person("h1")
    ana.do("start")
    ana.hosts("Kitchen")
    assert ben.finds("Kitchen", 1.0, ben.do("start"))["addresses"] == ["127.0.0.1"]


@pytest.mark.parametrize("how", ["mdns-alone", "questions-alone"])
def test_a_network_that_comes_later_is_noticed(lab: Lab, person: Sit, how: str) -> None:
    lab.unplug("h1")
    lab.unplug("h2")
    ana, ben = person("h1"), person("h2", how)
    ana.do("start")
    ana.do("listen", port=PORT)
    ana.hosts("Kitchen")
    ben.do("start")
    time.sleep(0.5)  # let them notice that there is none
    plugged = time.monotonic()
    lab.plug("h1")
    lab.plug("h2")
    ben.finds("Kitchen", 4.0, plugged)


@pytest.mark.long
def test_a_network_that_comes_much_later_is_noticed_as_soon(lab: Lab, host: Person, person: Sit) -> None:
    lab.unplug("h2")
    ben = person("h2", "questions-alone")
    ben.do("start", look=False)
    ben.waits("looked")
    plugged = time.monotonic()
    lab.plug("h2")
    ben.finds("Kitchen", 4.0, plugged)


def test_out_of_descriptors_it_says_so_and_goes_on_afterwards(lab: Lab, host: Person, person: Sit) -> None:
    ben = person("h2", "quick")
    ben.do("exhaust")
    ben.do("start")
    assert ben.waits("hindered", 8.0)["why"] == "Too many open files"
    ben.do("relieve")
    ben.finds("Kitchen")
    host.hosts("Garden", port=30001)
    ben.finds("Garden")
    changed = time.monotonic()
    lab.readdress(ben.name, "10.77.0.60")
    ben.waits("network", 3.0, changed)
