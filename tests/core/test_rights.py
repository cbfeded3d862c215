"""What a member may do in a room, and why not, in words."""

from __future__ import annotations

from itertools import product

import pytest

from lanchat.core.content import BanChange
from lanchat.core.keeping import Pass, Rank, Role, RoleChange
from lanchat.core.model import MemberKey, RoomId
from lanchat.core.rights import Right, Rights
from lanchat.core.standing import Standing

ANA, BEN, CEM, DORA, EVE = (MemberKey(name.encode() * 32) for name in "abcde")


def role(member: MemberKey, rank: Rank, passes_on: bool = True) -> RoleChange:
    return RoleChange(member, rank, Pass(RoomId("kitchenkitchenki"), member, rank, 0, passes_on, ANA, bytes(64)))


@pytest.fixture
def standing() -> Standing:
    """Ana founded the room; Ben and Cem are co-owners; she banned Eve, and lets Dora keep it open."""
    found = Standing(ANA)
    for change in (
        role(BEN, Rank.CO_OWNER), role(CEM, Rank.CO_OWNER), role(DORA, Rank.MEMBER, passes_on=False), BanChange(EVE)
    ):  # fmt: skip
        found.take(change, ANA)
    return found


def test_nobody_is_told_no_where_the_log_says_yes_nor_the_other_way_round(standing: Standing) -> None:
    for me, member, on in product((ANA, BEN, CEM, DORA, EVE), (ANA, BEN, CEM, DORA, EVE), (True, False)):
        may = not Rights(me, standing, ANA).ban_fault(member, on=on)
        assert may == (me != member and standing.fault(BanChange(member, on), me) is None), (me, member, on)


@pytest.mark.parametrize(
    ("me", "member", "on", "words"),
    [
        (DORA, BEN, True, "or a co-owner"),
        (DORA, EVE, False, "or a co-owner"),
        (BEN, ANA, True, "Nobody can ban who founded"),
        (BEN, CEM, True, "can ban a co-owner"),
        (BEN, EVE, False, "has banned them"),
        (BEN, BEN, True, "yourself"),
        (ANA, ANA, True, "yourself"),
        (BEN, DORA, True, ""),
        (ANA, BEN, True, ""),
    ],
)
def test_why_somebody_is_not_banned(standing: Standing, me: MemberKey, member: MemberKey, on: bool, words: str) -> None:
    fault = Rights(me, standing, ANA).ban_fault(member, on=on)
    assert words in fault
    assert bool(fault) == bool(words)


@pytest.mark.parametrize(
    ("me", "keeper", "may"),
    [
        (ANA, BEN, True), (ANA, DORA, True), (BEN, DORA, True), (BEN, None, True),
        (ANA, ANA, False), (BEN, ANA, False), (BEN, CEM, False), (BEN, BEN, False), (DORA, EVE, False),
    ],
)  # fmt: skip
def test_who_takes_the_room_back(standing: Standing, me: MemberKey, keeper: MemberKey | None, may: bool) -> None:
    assert Rights(me, standing, keeper).has(Right.TAKE_BACK) == may


@pytest.mark.parametrize(
    ("me", "keeper", "given", "may"),
    [
        (ANA, BEN, "keeper", True), (ANA, BEN, "coowner", True), (ANA, BEN, "member", True),
        (BEN, BEN, "keeper", True), (BEN, BEN, "coowner", False), (BEN, BEN, "member", False),
        (BEN, ANA, "keeper", False), (DORA, DORA, "keeper", False),
    ],
)  # fmt: skip
def test_who_says_who_keeps_it_open(
    standing: Standing, me: MemberKey, keeper: MemberKey, given: Role, may: bool
) -> None:
    assert (not Rights(me, standing, keeper).role_fault(EVE, given)) == may
    assert Rights(me, standing, keeper).role_fault(me, given)
