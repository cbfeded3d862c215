from __future__ import annotations

import pickle

import pytest

from lanchat.core import limits
from lanchat.core.address import neighbourhood
from lanchat.network.connection_limiter import ConnectionLimiter

AT_ONCE = limits.UNAUTHENTICATED_PER_ADDRESS
SHORT, SHORT_SECONDS = limits.NEW_PER_ADDRESS_SHORT
LONG, LONG_SECONDS = limits.NEW_PER_ADDRESS_LONG


def passes(limiter: ConnectionLimiter, address: str, now: float, known: bool = False) -> bool:
    """Somebody comes, the host looks who it is, and they are in at once; or they are turned away."""
    if not limiter.admit(address, now):
        return False
    wait = limiter.newcomer_wait(address, now)
    limiter.release(address, now, known)
    return known or wait <= 0


def test_an_address_has_so_many_at_the_door_and_no_more() -> None:
    limiter = ConnectionLimiter()
    assert [limiter.admit("10.0.0.1", 0.0) for _ in range(AT_ONCE + 2)] == [True] * AT_ONCE + [False] * 2
    assert limiter.admit("10.0.0.2", 0.0)
    limiter.release("10.0.0.1", 0.0)
    assert limiter.admit("10.0.0.1", 0.0)
    assert not limiter.admit("10.0.0.1", 0.0)


def test_so_many_are_at_the_door_in_all() -> None:
    limiter = ConnectionLimiter()
    admitted = [limiter.admit(f"10.0.0.{number}", 0.0) for number in range(limits.UNAUTHENTICATED + 5)]
    assert admitted.count(True) == limiter.pending == limits.UNAUTHENTICATED
    limiter.release("10.0.0.0", 0.0)
    assert limiter.admit("10.0.1.1", 0.0)


def test_an_address_comes_anew_only_so_often() -> None:
    limiter = ConnectionLimiter()
    assert all(passes(limiter, "10.0.0.1", 0.0) for _ in range(SHORT))
    assert not passes(limiter, "10.0.0.1", SHORT_SECONDS - 0.1)
    assert passes(limiter, "10.0.0.2", SHORT_SECONDS - 0.1)
    assert passes(limiter, "10.0.0.1", SHORT_SECONDS)


def test_nor_may_it_go_on_so_for_long() -> None:
    limiter = ConnectionLimiter()
    times = [number * SHORT_SECONDS / SHORT for number in range(LONG + 1)]
    assert [passes(limiter, "10.0.0.1", now) for now in times] == [True] * LONG + [False]
    assert passes(limiter, "10.0.0.1", LONG_SECONDS)


def test_who_is_turned_away_is_not_kept_out_the_longer_for_it() -> None:
    limiter = ConnectionLimiter()
    assert all(passes(limiter, "10.0.0.1", 0.0) for _ in range(SHORT))
    assert not any(passes(limiter, "10.0.0.1", second / 10) for second in range(round(10 * SHORT_SECONDS)))
    assert passes(limiter, "10.0.0.1", SHORT_SECONDS)


def test_somebody_known_comes_as_often_as_they_like_and_strangers_beside_them() -> None:
    limiter = ConnectionLimiter()
    assert all(passes(limiter, "10.0.0.1", second / 10, known=True) for second in range(1000))
    assert passes(limiter, "10.0.0.1", 100.0)


def test_somebody_known_comes_in_where_there_were_too_many_strangers_and_these_hear_when() -> None:
    limiter = ConnectionLimiter()
    assert all(passes(limiter, "10.0.0.1", 0.0) for _ in range(SHORT))
    assert not passes(limiter, "10.0.0.1", 1.0)
    assert limiter.newcomer_wait("10.0.0.1", 1.0) == SHORT_SECONDS - 1.0
    assert passes(limiter, "10.0.0.1", 1.0, known=True)


def test_a_flood_from_one_address_is_hardly_looked_at() -> None:
    limiter = ConnectionLimiter()
    rate, burst = limits.HEARD_IN_A_CROWD
    admitted = 0
    for number in range(10_000):
        now = number / 1000
        if limiter.admit("10.0.0.1", now):
            admitted += 1
            limiter.release("10.0.0.1", now)
    assert admitted <= SHORT + burst + rate * 10


def test_one_machine_cannot_pass_for_many_by_ipv6() -> None:
    limiter = ConnectionLimiter()
    assert all(limiter.admit(f"fd00:1:2:3::{number}", 0.0) for number in range(AT_ONCE))
    assert not limiter.admit("fd00:1:2:3:ffff::1", 0.0)
    assert limiter.admit("fd00:1:2:4::1", 0.0)


def test_a_crowd_of_addresses_does_not_fill_the_memory() -> None:
    limiter = ConnectionLimiter(total=10**6)
    for number in range(10_000):
        passes(limiter, f"10.{number >> 8 & 255}.{number & 255}.1", float(number))
    assert len(pickle.dumps(limiter)) < 200_000  # 4,096 addresses are kept
    assert limiter.pending == 0


def test_a_bench_lifts_the_limits() -> None:
    limiter = ConnectionLimiter.lifted(500)
    assert all(limiter.admit("127.0.0.1", 0.0) for _ in range(500))
    assert not limiter.admit("127.0.0.1", 0.0)


@pytest.mark.parametrize(
    ("address", "source"),
    [
        ("192.168.1.7", "192.168.1.7"),
        ("::ffff:192.168.1.7", "192.168.1.7"),
        ("fd00:1:2:3:4:5:6:7", "fd00:1:2:3::/64"),
        ("fe80::1%wlan0", "fe80::1"),
    ],
)
def test_what_counts_as_one_machine(address: str, source: str) -> None:
    assert neighbourhood(address) == source
