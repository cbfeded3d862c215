"""Words and numbers that two people compare."""

from __future__ import annotations

import math

from lanchat.core.model import MemberKey
from lanchat.trust.identity import Identity, key_words, pair_numbers
from lanchat.trust.wordlist import WORDS

ANA, BEN = MemberKey(b"a" * 32), MemberKey(b"b" * 32)
FROZEN_WORDS = ("panda", "unit", "lounge", "fruit", "goose", "guava")
FROZEN_NUMBERS = ("54493", "26725", "72643", "33057", "90000", "98975")


def test_words_of_a_key_never_change() -> None:
    """Somebody has them on paper."""
    assert key_words(ANA) == key_words(ANA) == FROZEN_WORDS
    assert key_words(ANA) != key_words(BEN)
    assert set(key_words(BEN)) <= set(WORDS)


def test_both_see_the_same_numbers() -> None:
    assert pair_numbers(ANA, BEN) == pair_numbers(BEN, ANA) == FROZEN_NUMBERS
    assert [len(group) for group in pair_numbers(ANA, BEN)] == [5] * 6
    assert all(group.isdecimal() for group in pair_numbers(ANA, BEN))


def test_somebody_in_between_makes_other_numbers() -> None:
    eve = Identity.ephemeral().key
    seen = {pair_numbers(ANA, BEN), pair_numbers(ANA, eve), pair_numbers(eve, BEN)}
    assert len(seen) == 3


def test_there_are_enough_of_them() -> None:
    assert math.log2(len(WORDS)) * len(key_words(ANA)) >= 60
    assert math.log2(10) * sum(map(len, pair_numbers(ANA, BEN))) >= 99
