"""The numbers of openings: each is above the one before, and none is so high that it cannot be written down."""

from __future__ import annotations

from contextlib import suppress

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lanchat.core.epoch import RANDOM_BITS, SHARED_TURNS, NoEpochLeft, has_next, may_begin, next_epoch, reign, turn
from lanchat.core.model import Count

EPOCHS = st.integers(0, 2**53)
BITS = st.integers(0, 2**RANDOM_BITS - 1)
LAST = 2**53 - 1


@given(EPOCHS, BITS, st.booleans(), st.booleans())
def test_the_next_is_above_it_and_ours_to_begin_and_fits(above: int, bits: int, owner: bool, new_reign: bool) -> None:
    following = None
    with suppress(NoEpochLeft):
        following = next_epoch(above, bits, owner=owner, new_reign=new_reign)
    assert (following is not None) is has_next(above, owner=owner)
    if following is not None:
        assert above < following == msgspec.convert(following, Count)
        assert may_begin(following, owner=owner, reign_signed=True)
        assert reign(following) == reign(above) or owner


@given(EPOCHS)
def test_the_owner_comes_above_whatever_a_member_may_begin(epoch: int) -> None:
    if may_begin(epoch, owner=False, reign_signed=True):
        above = next_epoch(epoch, 0, owner=True)
        for _ in range(3):
            above = next_epoch(above, 0, owner=True)
        assert reign(above) == reign(epoch)
        assert not has_next(above, owner=False) or turn(epoch) < SHARED_TURNS - 1


def test_a_reign_is_followed_by_the_next_until_there_is_none() -> None:
    full = (7 << 40) + ((1 << 20) - 1 << 20)
    assert next_epoch(full, 5, owner=True) == (8 << 40) + 5
    assert next_epoch(8_190 << 40, 5, owner=True, new_reign=True) == (8_191 << 40) + 5
    last = 8_191 << 40  # where only turns are left
    assert next_epoch(last, 5, owner=True, new_reign=True) == last + (1 << 20) + 5
    with pytest.raises(NoEpochLeft):
        next_epoch(LAST, 0, owner=True, new_reign=True)


def test_members_begin_no_reign() -> None:
    assert next_epoch(5, 9, new_reign=True) == (1 << 20) + 9
    with pytest.raises(NoEpochLeft):
        next_epoch(SHARED_TURNS - 1 << 20, 0, new_reign=True)
