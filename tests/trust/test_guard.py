"""How often somebody may try a room's passphrase."""

from __future__ import annotations

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lanchat.core import limits
from lanchat.trust.passphrase import PassphraseLimiter, TooMany

AT_ONCE = limits.PASSPHRASE_AT_ONCE
(EACH, EACH_WINDOW), (ROOM, ROOM_WINDOW) = limits.PASSPHRASE_PER_ADDRESS, limits.PASSPHRASE_PER_ROOM


def guess(guard: PassphraseLimiter, now: float, address: str, right: bool | None = False) -> bool:
    return guard.end(guard.start(now, address), right)


def wait_for(guard: PassphraseLimiter, now: float, address: str) -> float:
    with pytest.raises(TooMany) as caught:
        guard.start(now, address)
    return caught.value.wait


def test_few_are_computed_at_once() -> None:
    guard = PassphraseLimiter()
    running = [guard.start(0.0, f"10.0.0.{number}") for number in range(AT_ONCE)]
    assert 0 < wait_for(guard, 0.0, "10.0.0.99") <= 5
    guard.end(running[0], None)
    guard.start(0.0, "10.0.0.99")


def test_who_never_finishes_a_try_keeps_nobody_out_for_long() -> None:
    guard = PassphraseLimiter()
    for number in range(AT_ONCE):
        guard.start(0.0, f"10.0.0.{number}")
    guard.start(wait_for(guard, 0.0, "10.0.0.99"), "10.0.0.99")


def test_an_address_guesses_so_often_and_then_waits() -> None:
    guard = PassphraseLimiter()
    for second in range(EACH):
        guess(guard, float(second), "10.0.0.1")
    assert wait_for(guard, float(EACH), "10.0.0.1") == pytest.approx(EACH_WINDOW - EACH)
    guess(guard, float(EACH), "10.0.0.2")  # others need not wait
    guess(guard, EACH_WINDOW, "10.0.0.1")  # the first guess is forgotten
    assert wait_for(guard, EACH_WINDOW, "10.0.0.1") == pytest.approx(1.0)  # and only that one


def test_all_addresses_together_guess_so_often_and_then_wait() -> None:
    guard = PassphraseLimiter()
    for number in range(ROOM):
        guess(guard, 0.5 * number, f"10.0.0.{number}")
    assert wait_for(guard, 20.0, "10.0.1.1") == pytest.approx(ROOM_WINDOW - 20)
    guess(guard, ROOM_WINDOW, "10.0.1.1")


def test_breaking_off_is_a_guess_too() -> None:
    guard = PassphraseLimiter()
    for _ in range(EACH):
        guess(guard, 0.0, "10.0.0.1", right=None)
    wait_for(guard, 0.0, "10.0.0.1")


def test_a_crowd_that_knows_the_passphrase_is_not_held_up() -> None:
    guard = PassphraseLimiter()
    for number in range(1000):
        assert not guess(guard, 0.01 * number, f"10.0.0.{number % 3}", right=True)


def test_the_host_is_told_of_many_wrong_ones_but_not_of_each() -> None:
    guard = PassphraseLimiter()
    told = [number for number in range(1, 101) if guess(guard, 1000.0 * number, "10.0.0.1")]
    assert told == [limits.PASSPHRASE_ALARM * times for times in (1, 2, 4, 8)]


def test_old_guesses_take_no_memory() -> None:
    guard = PassphraseLimiter()
    for number in range(2000):
        guess(guard, ROOM_WINDOW * number, f"10.0.{number // 200}.{number % 200}")
    assert len(pickle.dumps(guard)) < 1000


def test_who_breaks_off_raises_no_alarm() -> None:
    guard = PassphraseLimiter()
    assert not any(guess(guard, 1000.0 * number, "10.0.0.1", right=None) for number in range(100))


def test_one_machine_cannot_pass_for_many_by_ipv6() -> None:
    guard = PassphraseLimiter()
    for number in range(EACH):
        guess(guard, 0.0, f"fd00:1:2:3::{number:x}%eth0")
    wait_for(guard, 0.0, "fd00:1:2:3:ffff::1")
    guess(guard, 0.0, "fd00:1:2:4::1")


@given(st.lists(st.tuples(st.floats(0, 30), st.integers(0, 2000), st.sampled_from([True, False, None])), max_size=300))
def test_no_crowd_gets_past_the_limits_or_into_memory(tries: list[tuple[float, int, bool | None]]) -> None:
    guard, now = PassphraseLimiter(), 0.0
    granted: list[tuple[float, int]] = []
    waits: list[float] = []
    for pause, number, right in tries:
        now += pause
        try:
            guess(guard, now, f"fd00:0:0:{number:x}::1", right)
        except TooMany as busy:
            waits.append(busy.wait)
        else:
            granted += [(now, number)] if not right else []
    assert all(0 < wait <= ROOM_WINDOW for wait in waits)
    for at, number in granted:
        lately = [other for when, other in granted if at - ROOM_WINDOW < when <= at]
        assert len(lately) <= ROOM
        assert lately.count(number) <= EACH
    assert len(pickle.dumps(guard)) < 5000
