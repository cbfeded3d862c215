"""Who is who on screen."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from lanchat.core.listing import Listing, key_fingerprint
from lanchat.core.model import Card, MemberKey, RoomId
from lanchat.core.nicks import Moves, Nicks, People, tag
from lanchat.core.profile import Profile, encode_profile

ME, BEN, LI = (MemberKey(bytes([number]) * 32) for number in (1, 2, 3))


def card(key: MemberKey, nick: str) -> Card:
    return Card(key, nick, 1, bytes(64))


def someone(nicks: dict[MemberKey, str] | None = None) -> People:
    return People(ME, Nicks({ME: "Ana", **(nicks or {})}))


def found(people: People, *cards: Card) -> Moves:
    """The roster as it is when we come in."""
    return people.changed(cards, (), whole=True)


def moved(people: People, joined: Iterable[Card] = (), left: Iterable[Card] = ()) -> Moves:
    return people.changed(joined, left, whole=False)


def test_a_member_is_called_by_nick() -> None:
    people = someone()
    people.nicks.learn([card(BEN, "Ben")])
    assert people.called(BEN) == "Ben"


def test_a_guest_is_marked_where_only_text_tells_of_them() -> None:
    people = someone({BEN: "Ben"})
    people.nicks.learn([Card(LI, "Mia", 1, bytes(64), encode_profile(Profile(guest=True)))])
    assert (people.called(LI), people.marked(LI)) == ("Mia", "Mia (guest)")
    assert people.marked(BEN) == "Ben"
    assert people.nicks.is_guest(LI)
    assert not people.nicks.is_guest(BEN)
    assert not people.nicks.is_guest(MemberKey(bytes([4]) * 32)), "nobody knows"


@pytest.mark.parametrize(
    "nick", ["Mia (guest)", "Mia (gue\u200bst)", "Mia \u00b7 GUEST", "Mia(gu\u0435st)", "Mia guest"]
)
def test_a_nick_cannot_say_that_somebody_is_a_guest(nick: str) -> None:
    people = someone({BEN: nick})
    assert people.marked(BEN) == people.called(BEN) == f"{people.nicks.nick(BEN)} ({tag(BEN)})"


def test_the_word_alone_is_a_nick_like_others() -> None:
    people = someone({BEN: "Guest", LI: "August"})
    assert (people.called(BEN), people.called(LI)) == ("Guest", "August")


def listing(host: str, key: MemberKey) -> Listing:
    return Listing(RoomId("k" * 16), "Kitchen", key_fingerprint(key), False, (), 1, host=host)


@pytest.mark.parametrize("nick", ["Ben", "ben", "B\u0435n", "Li", "Ana"])
def test_a_host_of_whom_only_the_fingerprint_is_known_is_told_apart_from_those_we_know(nick: str) -> None:
    nicks = someone({BEN: "Ben", LI: "Li"}).nicks
    stranger = MemberKey(bytes([4]) * 32)
    assert nicks.host_of(listing(nick, stranger)) == f"{nick} ({tag(stranger)})"
    assert nicks.host_of(listing("Zoë", stranger)) == "Zoë"
    assert nicks.host_of(listing("", stranger)) == ""
    nicks.call(stranger, "Zoë")
    assert nicks.host_of(listing("Zoë", stranger)) == "Zoë"


def test_a_host_we_know_is_called_as_ever() -> None:
    nicks = someone({BEN: "Ben", LI: "ben"}).nicks
    assert nicks.host_of(listing("Ben", BEN)) == f"Ben ({tag(BEN)})"
    assert nicks.host_of(listing("Ana", ME)) == "Ana"
    assert nicks.host_of(listing("Benjamin", BEN)) == "Benjamin"


def test_two_with_one_nick_are_told_apart_by_their_keys() -> None:
    people = someone({BEN: "Ben", LI: "BEN"})
    assert people.called(BEN) == f"Ben ({tag(BEN)})"
    assert people.called(LI) == f"BEN ({tag(LI)})"
    assert tag(BEN) != tag(LI)


@pytest.mark.parametrize(
    "twin",
    ["B\u200den", "\u0412en", "\uff22EN", "B\u0435n", "B\u00aden", "Be\ufe0fn", "B\U000e0041en", "\U0001d401en"],
    ids=["joiner", "Cyrillic capital", "wide", "Cyrillic small", "soft hyphen", "selector", "tag", "mathematical"],
)
def test_nicks_that_look_the_same_are_told_apart_on_both_sides(twin: str) -> None:
    people = someone({BEN: "Ben", LI: twin})
    assert people.called(BEN) == f"Ben ({tag(BEN)})"
    assert people.called(LI).endswith(f" ({tag(LI)})")


@pytest.mark.parametrize(("one", "other"), [("Alex", "A\u0399ex"), ("Alex", "AIex"), ("Bob", "B0b"), ("IVAN", "ivan")])
def test_letters_and_digits_that_look_the_same_are(one: str, other: str) -> None:
    people = someone({BEN: one, LI: other})
    assert people.called(BEN) != one
    assert people.called(LI) != other


@pytest.mark.parametrize(("one", "other"), [("Ben", "B\u00e9n"), ("Ben", "Dan"), ("\u041c\u0430\u0448\u0430", "Ben")])
def test_names_that_differ_for_the_eye_have_no_mark(one: str, other: str) -> None:
    people = someone({BEN: one, LI: other})
    assert (people.called(BEN), people.called(LI)) == (one, other)


def test_nobody_can_give_themselves_the_mark_of_another() -> None:
    people = someone({BEN: f"Li ({tag(LI)})", LI: "Li"})
    assert people.called(BEN) == f"Li ({tag(LI)}) ({tag(BEN)})"


def test_who_takes_another_name_is_alone_with_it_again() -> None:
    people = someone({BEN: "Ben", LI: "Ben"})
    people.nicks.learn([card(LI, "Li")])
    assert (people.called(BEN), people.called(LI)) == ("Ben", "Li")


def test_an_unknown_member_has_a_mark() -> None:
    assert someone().called(BEN) == f"someone {tag(BEN)}"


def test_a_nick_cannot_move_the_cursor() -> None:
    people = someone({BEN: "\x1b[2JB\u202een\r\n"})
    assert people.called(BEN) == "[2JBen"


def test_who_was_here_first_then_who_comes_goes_and_changes_name() -> None:
    people = someone()
    assert found(people, card(ME, "Ana"), card(BEN, "Ben")) == Moves(first=True, joined=(BEN,))
    assert moved(people, [card(LI, "Li")]) == Moves(joined=(LI,))
    assert moved(people, [card(BEN, "Benjamin")]) == Moves(renamed=((BEN, "Ben"),))
    assert moved(people, left=[card(LI, "Li")]) == Moves(left=(LI,))
    assert people.here() == [BEN, ME]
    assert people.is_here(BEN)
    assert not people.is_here(LI)


def test_the_name_before_is_the_one_that_was_shown() -> None:
    people = someone({LI: "Ben"})
    found(people, card(BEN, "Ben"))
    assert moved(people, [card(BEN, "Benjamin")]) == Moves(renamed=((BEN, f"Ben ({tag(BEN)})"),))


def test_after_a_lost_connection_only_the_differences_are_news() -> None:
    people = someone()
    found(people, card(ME, "Ana"), card(BEN, "Ben"))
    assert found(people, card(ME, "Ana"), card(LI, "Li")) == Moves(joined=(LI,), left=(BEN,))


def test_each_room_tells_of_a_new_name_though_all_know_it_at_once() -> None:
    nicks = Nicks({ME: "Ana"})
    kitchen, garden = People(ME, nicks), People(ME, nicks)
    for room in (kitchen, garden):
        found(room, card(BEN, "Ben"))
    for room in (kitchen, garden):
        assert moved(room, [card(BEN, "Benjamin")]) == Moves(renamed=((BEN, "Ben"),))


def test_somebody_here_is_found_by_nick_however_it_is_written() -> None:
    people = someone({BEN: "Ben"})
    found(people, card(BEN, "Ben"))
    assert people.here_called("@ben") == [BEN]
    assert people.here_called("Li") == []
