"""The column of nicks."""

from __future__ import annotations

from lanchat.core.model import MemberKey
from lanchat.terminal.output import PeopleColumn

ME, BEN, LI = (MemberKey(bytes([number]) * 32) for number in (1, 2, 3))


def test_it_grows_with_the_nicks_shown_and_never_shrinks() -> None:
    people = PeopleColumn(ME, {ME: "Ana", BEN: "Benjamin", LI: "Li"})
    people.called(BEN)
    people.called(LI)
    assert people.column == len("Benjamin")
