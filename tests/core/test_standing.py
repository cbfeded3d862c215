"""Who is banned and who has which role: by the entries about that, in the order of the Log."""

from __future__ import annotations

import pytest

from lanchat.core.codes import RejectCode
from lanchat.core.content import BanChange, decode, encode
from lanchat.core.keeping import Pass, Rank, RoleChange
from lanchat.core.model import MemberKey, RoomId
from lanchat.core.standing import Standing

ANA, BEN, CEM, DORA = (MemberKey(name.encode() * 32) for name in "abcd")


def role(member: MemberKey, rank: Rank = Rank.CO_OWNER, passes_on: bool = True) -> RoleChange:
    given = Pass(RoomId("kitchenkitchenki"), member, rank, 0, passes_on, ANA, bytes(64))
    return RoleChange(member, rank, given)


def after(*changes: tuple[BanChange | RoleChange, MemberKey]) -> Standing:
    """Of Ana's room."""
    standing = Standing(ANA)
    for change, author in changes:
        standing.take(change, author)
    return standing


def test_the_owner_makes_a_co_owner_and_takes_that_back() -> None:
    assert after((role(BEN), ANA)).rank(BEN) is Rank.CO_OWNER
    taken_back = after((role(BEN), ANA), (RoleChange(BEN, 0), ANA))
    assert (taken_back.rank(BEN), taken_back.role(BEN), taken_back.highest_rank(BEN)) == (Rank.MEMBER, "member", None)
    as_all = after((role(BEN), ANA), (role(BEN, Rank.MEMBER), ANA))
    assert (as_all.rank(BEN), as_all.role(BEN), as_all.highest_rank(BEN)) == (Rank.MEMBER, "member", Rank.MEMBER)
    assert after((role(BEN, Rank.MEMBER, passes_on=False), ANA)).role(BEN) == "keeper"


@pytest.mark.parametrize(
    ("change", "author", "counts"),
    [
        (BanChange(CEM), ANA, True),
        (BanChange(CEM), BEN, True),
        (BanChange(ANA), BEN, False),
        (BanChange(DORA), BEN, False),
        (BanChange(BEN), BEN, False),
        (BanChange(ANA), ANA, False),
        (BanChange(BEN), ANA, True),
        (BanChange(BEN), CEM, False),
        (BanChange(CEM, on=False), CEM, False),
        (role(CEM), BEN, False),
        (role(ANA), ANA, False),
        (RoleChange(DORA, 0), BEN, False),
    ],
)
def test_who_may_ban_and_give_roles(change: BanChange | RoleChange, author: MemberKey, counts: bool) -> None:
    """Ben and Dora are co-owners."""
    standing = after((role(BEN), ANA), (role(DORA), ANA))
    assert standing.fault(change, author) == (None if counts else RejectCode.RIGHT)


def test_a_ban_is_lifted_by_the_same_rank_or_a_higher_one() -> None:
    begin = (role(BEN), ANA), (role(DORA), ANA)
    by_co_owner = (*begin, (BanChange(CEM), BEN))
    assert not after(*by_co_owner, (BanChange(CEM, on=False), DORA)).bans
    assert not after(*by_co_owner, (BanChange(CEM, on=False), ANA)).bans
    by_owner = (*begin, (BanChange(CEM), ANA))
    assert CEM in after(*by_owner, (BanChange(CEM, on=False), BEN)).bans
    again = (*by_owner, (BanChange(CEM), BEN), (BanChange(CEM, on=False), BEN))
    assert CEM in after(*again).bans, "a co-owner's ban makes no less of the owner's"


def test_what_a_co_owner_did_stays_and_what_they_do_later_counts_not() -> None:
    before = (role(BEN), ANA), (BanChange(CEM), BEN), (RoleChange(BEN, 0), ANA)
    assert CEM in after(*before).bans
    assert DORA not in after(*before, (BanChange(DORA), BEN)).bans


def test_a_banned_co_owner_is_none() -> None:
    banned = after((role(BEN), ANA), (BanChange(BEN), ANA))
    assert (banned.rank(BEN), banned.highest_rank(BEN)) == (Rank.MEMBER, None)
    assert banned.fault(BanChange(CEM), BEN) is RejectCode.RIGHT


@pytest.mark.parametrize("body", [b"", b"\x90", encode(role(BEN)).body[:-1], b"\x91" * 2_000])
def test_a_role_that_is_not_as_it_should_be_says_nothing(body: bytes) -> None:
    assert not isinstance(decode("+role", body), RoleChange)
    assert decode("+role", encode(role(BEN)).body) == role(BEN)
