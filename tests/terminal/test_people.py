"""Who is who on screen."""

from __future__ import annotations

from collections.abc import Iterable

from lanchat.core.model import Card, MemberKey, RoomId
from lanchat.engine.events import RosterChanged
from lanchat.terminal.people import Moves, People, tag

ROOM = RoomId("a" * 16)
ME, BEN, LI = (MemberKey(bytes([number]) * 32) for number in (1, 2, 3))


def card(key: MemberKey, nick: str) -> Card:
    return Card(key, nick, 1, bytes(64))


def roster(joined: Iterable[Card] = (), left: Iterable[Card] = (), first: bool = False) -> RosterChanged:
    return RosterChanged(ROOM, tuple(joined), tuple(left), 0, first)


def someone(nicks: dict[MemberKey, str] | None = None) -> People:
    return People(ME, {ME: "Ana", **(nicks or {})})


def test_a_member_is_called_by_nick() -> None:
    people = someone()
    people.learn([card(BEN, "Ben")])
    assert people.called(BEN) == "Ben"


def test_two_with_one_nick_are_told_apart_by_their_keys() -> None:
    people = someone({BEN: "Ben", LI: "BEN"})
    assert people.called(BEN) == f"Ben ({tag(BEN)})"
    assert people.called(LI) == f"BEN ({tag(LI)})"
    assert tag(BEN) != tag(LI)


def test_who_takes_another_name_is_alone_with_it_again() -> None:
    people = someone({BEN: "Ben", LI: "Ben"})
    people.learn([card(LI, "Li")])
    assert (people.called(BEN), people.called(LI)) == ("Ben", "Li")


def test_an_unknown_member_has_a_mark() -> None:
    assert someone().called(BEN) == f"someone {tag(BEN)}"


def test_a_nick_cannot_move_the_cursor() -> None:
    people = someone({BEN: "\x1b[2JB\u202een\r\n"})
    assert people.called(BEN) == "[2JBen"


def test_who_was_here_first_then_who_comes_goes_and_changes_name() -> None:
    people = someone()
    assert people.changed(roster([card(ME, "Ana"), card(BEN, "Ben")], first=True)) == Moves(first=True, joined=(BEN,))
    assert people.changed(roster([card(LI, "Li")])) == Moves(joined=(LI,))
    assert people.changed(roster([card(BEN, "Benjamin")])) == Moves(renamed=((BEN, "Ben"),))
    assert people.changed(roster(left=[card(LI, "Li")])) == Moves(left=(LI,))
    assert people.here() == [BEN, ME]


def test_after_a_lost_connection_only_the_differences_are_news() -> None:
    people = someone()
    people.changed(roster([card(ME, "Ana"), card(BEN, "Ben")], first=True))
    assert people.changed(roster([card(ME, "Ana"), card(LI, "Li")], first=True)) == Moves(joined=(LI,), left=(BEN,))


def test_somebody_here_is_found_by_nick_however_it_is_written() -> None:
    people = someone({BEN: "Ben"})
    people.changed(roster([card(BEN, "Ben")], first=True))
    assert people.here_called("@ben") == [BEN]
    assert people.here_called("Li") == []


def test_the_column_of_nicks_grows_with_them_and_never_shrinks() -> None:
    people = someone({BEN: "Benjamin", LI: "Li"})
    people.called(BEN)
    people.called(LI)
    assert people.column == len("Benjamin")
