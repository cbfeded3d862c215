"""How fast somebody may go."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from lanchat.core.sessions import Bucket


def test_a_burst_and_then_the_rate() -> None:
    bucket = Bucket(rate=5, burst=20, now=0)
    assert bucket.take(30, now=0) == 20
    assert bucket.take(30, now=0) == 0
    assert bucket.take(30, now=1) == 5


def test_the_wait_is_as_long_as_it_says() -> None:
    bucket = Bucket(rate=4, burst=20, now=0)
    bucket.take(20, now=0)
    assert bucket.wait(5) == 1.25
    assert bucket.take(5, now=1.25) == 5


def test_what_is_saved_up_has_an_end() -> None:
    bucket = Bucket(rate=5, burst=20, now=0)
    assert bucket.take(100, now=3_600) == 20


@given(st.lists(st.tuples(st.integers(0, 50), st.floats(-1, 10)), max_size=30))
def test_never_more_than_the_rate_allows(steps: list[tuple[int, float]]) -> None:
    bucket, now, latest, taken = Bucket(rate=3, burst=10, now=0), 0.0, 0.0, 0
    for wanted, pause in steps:
        now += pause  # a clock that goes back gives nothing
        latest = max(latest, now)
        taken += bucket.take(wanted, now)
        assert taken <= 10 + 3 * latest + 1e-6
