"""Lines: who came and went, told calmly."""

from __future__ import annotations

from lanchat.core.model import MemberKey
from lanchat.core.nicks import Moves
from lanchat.desktop.model.room_keeping import KeeperLine
from lanchat.desktop.model.room_model import MembershipChange
from lanchat.desktop.timeline.rows import membership_lines, without_reconnections
from tests.desktop.timeline.talk import BEN, LI, Person

KIM, TOM, ZOE = Person("Kim"), Person("Tom"), Person("Zoe")
NAMES = {person.key: person.nick for person in (BEN, LI, KIM, TOM, ZOE)}


def told(*moves: Moves) -> str:
    changes = [MembershipChange(7, 0, one) for one in moves]
    return membership_lines(changes, called, marked).get(7, "")


def called(key: MemberKey) -> str:
    return NAMES[key]


def marked(key: MemberKey) -> str:
    return f"{NAMES[key]} (guest)" if key == ZOE.key else NAMES[key]


def test_one_two_and_many_come() -> None:
    assert told(Moves(joined=(BEN.key,))) == "Ben joined"
    assert told(Moves(joined=(BEN.key, LI.key))) == "Ben and Li joined"
    assert told(Moves(joined=(BEN.key,)), Moves(joined=(LI.key, KIM.key))) == "Ben, Li and Kim joined"
    assert told(Moves(joined=(BEN.key, LI.key, KIM.key, TOM.key, ZOE.key))) == "Ben, Li and 3 others joined"


def test_guests_are_marked_where_they_come_and_go() -> None:
    assert told(Moves(joined=(BEN.key, ZOE.key))) == "Ben and Zoe (guest) joined"
    assert told(Moves(left=(ZOE.key,))) == "Zoe (guest) left"
    assert told(Moves(renamed=((ZOE.key, "Zo"),))) == "Zo is Zoe now"


def test_who_came_and_went_in_between_is_not_told() -> None:
    assert told(Moves(joined=(BEN.key,)), Moves(left=(BEN.key,))) == ""
    assert told(Moves(left=(BEN.key,)), Moves(joined=(BEN.key,)), Moves(left=(LI.key,))) == "Li left"


def test_who_is_found_on_coming_in_is_not_told() -> None:
    assert told(Moves(first=True, joined=(BEN.key, LI.key))) == ""


def test_another_name() -> None:
    assert told(Moves(renamed=((BEN.key, "Benny"),))) == "Benny is Ben now"
    assert told(Moves(renamed=((BEN.key, "Ben"),))) == ""


def test_joining_leaving_and_renaming_stand_in_one_line() -> None:
    moves = Moves(joined=(BEN.key,), left=(LI.key,), renamed=((KIM.key, "Kimmy"),))
    assert told(moves) == "Ben joined · Li left · Kimmy is Kim now"


def test_who_goes_on_at_another_keeper_of_the_room_has_not_left() -> None:
    changes = [
        MembershipChange(7, 1_000, Moves(left=(BEN.key, LI.key))),
        MembershipChange(8, 3_000, Moves(joined=(BEN.key,))),  # said something before that
    ]
    assert reconnected(changes, KeeperLine(7, 1_100, KIM.key)) == {7: "Li left"}
    assert reconnected(changes) == {7: "Ben and Li left", 8: "Ben joined"}
    assert reconnected(changes, KeeperLine(3, 600_000, KIM.key)) == {7: "Ben and Li left", 8: "Ben joined"}


def test_who_comes_back_later_had_left() -> None:
    changes = [
        MembershipChange(7, 1_000, Moves(left=(BEN.key,))),
        MembershipChange(8, 90_000, Moves(joined=(BEN.key,))),
    ]
    assert reconnected(changes, KeeperLine(7, 1_100, KIM.key)) == {7: "Ben left", 8: "Ben joined"}


def reconnected(changes: list[MembershipChange], *keepers: KeeperLine) -> dict[int, str]:
    return membership_lines(without_reconnections(changes, keepers), called, marked)
