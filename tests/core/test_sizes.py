"""Sizes of files, as people say and type them."""

from __future__ import annotations

import pytest

from lanchat.core.sizes import duration_words, progress_words, rate_words, size_of_words, size_words, time_left_words


@pytest.mark.parametrize(
    ("size", "words"),
    [
        (-5, "0 bytes"), (0, "0 bytes"), (1, "1 byte"), (999, "999 bytes"), (1_000, "1 kB"), (12_345, "12 kB"),
        (999_999, "999 kB"), (1_000_000, "1 MB"), (2_345_678, "2.3 MB"), (27_450_000, "27.4 MB"),
        (734_003_200, "734 MB"), (2_000_000_000, "2 GB"), (2**31, "2.1 GB"), (2**63 - 1, "9.2 EB"),
    ],
)  # fmt: skip
def test_a_size(size: int, words: str) -> None:
    assert size_words(size) == words


@pytest.mark.parametrize("size", [10**power - 1 for power in range(1, 19)])
def test_a_size_is_short_and_never_too_large(size: int) -> None:
    number = size_words(size).split()[0]
    assert len(number) <= 4
    assert number.startswith("9")


def test_progress_says_the_unit_once() -> None:
    assert progress_words(1_200_000, 9_300_000) == "1.2 of 9.3 MB"
    assert progress_words(640_000, 9_300_000) == "640 kB of 9.3 MB"
    assert progress_words(0, 9_300_000) == "0 bytes of 9.3 MB"
    assert progress_words(3, 12) == "3 bytes of 12 bytes"


def test_a_rate_and_the_time_left() -> None:
    assert rate_words(3_140_000) == "3.1 MB/s"
    assert rate_words(340) == "0.3 kB/s"
    assert time_left_words(100, 0) == "", "nobody knows"
    assert time_left_words(0, 100) == ""
    assert time_left_words(101, 10) == "11 s left"
    assert time_left_words(1_210, 10) == "3 min left"
    assert time_left_words(72_000, 10) == "2 h left"
    assert time_left_words(10**9, 10) == "more than a day left"


def test_how_long_a_voice_message_is() -> None:
    assert [duration_words(seconds) for seconds in (-1, 7, 754, 3_723)] == ["0:00", "0:07", "12:34", "1:02:03"]


@pytest.mark.parametrize(
    ("typed", "size"),
    [
        ("5GB", 5_000_000_000), ("1.5 GiB", 1_610_612_736), ("1,5gb", 1_500_000_000), (" 500 m ", 500_000_000),
        ("2000000", 2_000_000), ("64KB", 64_000), ("12 bytes", 12), ("0", 0), ("3tib", 3 * 2**40),
    ],
)  # fmt: skip
def test_a_size_that_is_typed(typed: str, size: int) -> None:
    assert size_of_words(typed) == size


@pytest.mark.parametrize("typed", ["", "GB", "five", "-1GB", "5 GBps", "1.2.3", "9999999999TB", "٣GB", "nan", "1e9"])
def test_what_is_no_size(typed: str) -> None:
    assert size_of_words(typed) is None
