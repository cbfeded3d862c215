"""Days and clocks as people say them."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from lanchat.core.dates import clock, full_date, moment, short_date


def test_a_day_in_full_and_in_short() -> None:
    assert full_date(date(2026, 11, 20)) == "Friday, 20 November 2026"
    assert short_date(date(2026, 2, 3)) == "3 February 2026"


def test_every_day_and_month_has_a_name() -> None:
    assert len({full_date(date(2026, 6, day)).split(",")[0] for day in range(1, 8)}) == 7
    assert len({short_date(date(2026, month, 1)) for month in range(1, 13)}) == 12


def test_a_clock_has_two_digits_for_each() -> None:
    assert clock(datetime(2026, 11, 20, 9, 5)) == "09:05"  # noqa: DTZ001 - as a clock on the wall shows it


@pytest.mark.parametrize("milliseconds", [-(2**53), -1, 0, 2**53])
def test_a_wild_clock_is_shown_as_some_time(milliseconds: int) -> None:
    assert 1969 <= moment(milliseconds).year <= 3000, "the years that every system knows"
    assert len(clock(moment(milliseconds))) == 5
