"""The addresses of this machine: which are used, in which order, and how changes are noticed."""

from __future__ import annotations

import asyncio

import pytest

from lanchat.network.host_addresses import (
    Interface,
    Snapshot,
    adapters_changed,
    best_first,
    clock_jumped,
    phones_first,
    snapshot,
    usable,
    watch,
)

LO = Interface(1, "lo", "127.0.0.1", 8)
ETH = Interface(2, "eth0", "192.168.1.42", 24)
ETH6 = Interface(2, "eth0", "fe80::42%2", 64)
DOCKER = Interface(5, "docker0", "172.17.0.1", 16)
VPN = Interface(9, "wg0", "10.8.0.2", 24)


def test_this_machine_has_a_loopback_address() -> None:
    assert any(one.address == "127.0.0.1" and one.prefix == 8 for one in snapshot())


def test_containers_and_loopback_are_not_used() -> None:
    assert usable(frozenset({LO, ETH, ETH6, DOCKER})) == {ETH, ETH6}


def test_where_there_is_nothing_else_a_virtual_adapter_will_do() -> None:
    assert usable(frozenset({LO, DOCKER})) == {DOCKER}


def test_loopback_is_used_when_asked_for() -> None:
    assert usable(frozenset({LO, ETH}), only=["127.0.0.1"]) == {LO}


def test_ordinary_addresses_come_before_those_that_need_a_scope() -> None:
    late = Interface(7, "wlan0", "192.168.1.43", 24)
    global6 = Interface(2, "eth0", "fd77::1", 64)
    assert best_first({ETH6, late, global6, ETH}) == (ETH, late, global6, ETH6)


def test_phones_are_sent_to_wifi_first_and_through_a_vpn_last() -> None:
    wifi, windows = Interface(7, "wlan0", "192.168.7.5", 24), Interface(8, "Intel(R) Wi-Fi 6 AX201", "10.1.1.1", 24)
    there = (VPN, ETH, ETH6, wifi)
    assert phones_first(frozenset(there), [one.address for one in there]) == (wifi, ETH, VPN)
    assert phones_first(frozenset({ETH, windows}), [ETH.address, windows.address]) == (windows, ETH)


def test_of_two_adapters_in_one_network_phones_need_one() -> None:
    wifi = Interface(7, "wlan0", "192.168.1.43", 24)
    assert phones_first(frozenset({ETH, wifi}), [ETH.address, wifi.address]) == (wifi,)


def test_an_address_of_an_adapter_that_is_not_known_is_offered_without_its_name() -> None:
    assert phones_first(frozenset(), ["192.168.1.42", "fe80::42%2"]) == (Interface(0, "", "192.168.1.42", 32),)


def test_an_adapter_plugged_in_again_is_noticed_by_its_number() -> None:
    again = Interface(8, "eth0", "192.168.1.42", 24)
    assert adapters_changed(frozenset({ETH}), frozenset({again}))
    assert adapters_changed(frozenset({ETH6}), frozenset({Interface(8, "eth0", "fe80::42%8", 64)}))
    assert not adapters_changed(frozenset({ETH}), frozenset({ETH, VPN}))
    assert not adapters_changed(frozenset({ETH}), frozenset())


@pytest.mark.parametrize(
    ("later", "slept"),
    [((1001.0, 51.0), False), ((1003.0, 53.0), False), ((1060.0, 51.0), True), ((1060.0, 110.0), True)],
)
def test_waking_up_shows_on_either_clock(later: tuple[float, float], slept: bool) -> None:
    assert clock_jumped((1000.0, 50.0), later, 1.0) is slept


def test_a_change_is_told_once() -> None:
    shots = iter([{ETH}, {ETH}, {ETH, ETH6}, {ETH, ETH6}, {ETH}])
    taken: list[tuple[Snapshot, bool]] = []

    async def take() -> Snapshot:
        try:
            return frozenset(next(shots))
        except StopIteration:
            raise asyncio.CancelledError from None

    async def changed(fresh: Snapshot, awake: bool) -> None:
        taken.append((fresh, awake))

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(watch(take, changed, frozenset({ETH}), lambda: 0.001))
    assert taken == [(frozenset({ETH, ETH6}), False), (frozenset({ETH}), False)]
