"""Whom a room that was found belongs to, and which codes and links lead there."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from lanchat.core.listing import Listing
from lanchat.core.model import RoomId

ANA, BEN, EVE = (bytes([number]) * 16 for number in (1, 2, 3))  # fingerprints
KEPT_BY_BEN = Listing(RoomId("k" * 16), "Kitchen", BEN, False, (), 29747, owner=ANA)


def test_a_host_that_names_no_owner_is_the_owner() -> None:
    alone = Listing(RoomId("k" * 16), "Kitchen", BEN, False, (), 29747)
    assert alone.owner == BEN
    assert replace(KEPT_BY_BEN, answering=False).owner == ANA


@pytest.mark.parametrize(("named", "leads_here"), [(ANA, True), (BEN, True), (EVE, False)])
def test_a_code_or_link_names_the_owner_or_who_keeps_it_open(named: bytes, leads_here: bool) -> None:
    assert KEPT_BY_BEN.is_named_by(named) is leads_here
    assert KEPT_BY_BEN.is_named_by(named[:4]) is leads_here
