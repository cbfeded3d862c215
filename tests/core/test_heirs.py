"""Whom a host lets keep the room open after it: who is tried, in which order they are named, and who is told."""

from __future__ import annotations

from kitchen import Guest, Kitchen, Phone

from lanchat.core import frames, host_actions
from lanchat.core.keeping import Pass, Rank
from lanchat.core.keeping_frames import GivenCode
from lanchat.core.limits import FRAME, GUEST_CODES, GUEST_KEYS, HEIR_AFTER_SECONDS, HEIRS_MOST


def heirs(guest: Guest) -> list[str]:
    """The nicks of the heirs, as this guest was told last."""
    return [heir.key.decode().rstrip(".") for heir in guest.got(frames.Heirs)[-1].heirs]


def given(issuer: bytes, nick: str) -> Pass:
    return Pass("k" * 16, nick.encode().ljust(32, b"."), 0, 0, True, issuer.ljust(32, b"."), bytes(64))


class Willing(Guest):
    """A guest who may keep the room open, and can be reached for that."""

    port = 29_800

    def becomes_able(self, rank: Rank = Rank.MEMBER, reached: bool = True) -> None:
        self.sends(frames.Able(self.port))
        self.kitchen.host.entitled(self.id, (), rank)
        self.kitchen.wait(1)
        if any(reach.session == self.id for reach in self.kitchen.asked_for(host_actions.Reach)):
            self.kitchen.host.heirs.reached(self.id, self.port, reached)
            self.kitchen.wait(1)


def test_who_was_reached_is_named_to_all() -> None:
    kitchen = Kitchen()
    ana, ben = Willing(kitchen, "ana"), Guest(kitchen, "ben")
    for one in (ana, ben):
        one.comes()
    ana.becomes_able()
    assert heirs(ben) == heirs(ana) == ["ana"]
    (heir,) = ben.got(frames.Heirs)[-1].heirs
    assert (heir.address, heir.port) == (ana.address, ana.port)
    assert heirs(Guest(kitchen, "cleo").comes()) == ["ana"], "who comes later hears of it"


def test_who_could_not_be_reached_is_no_heir() -> None:
    kitchen = Kitchen()
    ana = Willing(kitchen, "ana")
    ana.comes()
    ana.becomes_able(reached=False)
    assert not ana.got(frames.Heirs)
    for _ in range(14):
        kitchen.wait(5)
        ana.sends(frames.Ping())
    assert len(kitchen.asked_for(host_actions.Reach)) == 2, "tried again after a minute, and not before"


def test_who_leaves_is_named_no_more() -> None:
    kitchen = Kitchen()
    ana, ben = Willing(kitchen, "ana"), Guest(kitchen, "ben")
    for one in (ana, ben):
        one.comes()
    ana.becomes_able()
    ana.goes()
    kitchen.wait(1)
    assert heirs(ben) == []


def test_heirs_are_named_with_the_passes_that_they_have() -> None:
    kitchen = Kitchen()
    ana, ben = Willing(kitchen, "ana"), Willing(kitchen, "ben")
    for one in (ana, ben):
        one.comes()
    ana.becomes_able()
    for _ in range(2):
        kitchen.host.entitled(ana.id, (given(b"owner", "ana"),), Rank.MEMBER, new=True)
        kitchen.wait(1)
    assert [frame.passes for frame in ana.got(frames.PassesGiven)] == [(given(b"owner", "ana"),)], "once"
    assert [heir.passes for heir in ben.got(frames.Heirs)[-1].heirs] == [(given(b"owner", "ana"),)]


def test_whose_passes_hang_on_somebody_is_found_and_may_cease_to_be_an_heir() -> None:
    kitchen = Kitchen()
    ana, ben, cleo = (Willing(kitchen, nick) for nick in ("ana", "ben", "cleo"))
    for one in (ana, ben, cleo):
        one.comes()
        one.becomes_able()
    host = kitchen.host
    host.entitled(ana.id, (given(b"owner", "ana"),), Rank.MEMBER)
    host.entitled(ben.id, (given(b"owner", "eve"), given(b"eve", "ben")), Rank.MEMBER)
    host.entitled(cleo.id, (given(b"owner", "eve"), given(b"eve", "zoe"), given(b"zoe", "cleo")), Rank.MEMBER)
    found = [session_id for session_id, _key in host.heirs.hanging_on({b"eve".ljust(32, b".")})]
    assert found == [ben.id, cleo.id]
    assert host.heirs.hanging_on({ana.card.key}) == [(ana.id, ana.card.key)]
    for session_id in found:
        host.heirs.not_entitled(session_id)
    kitchen.wait(1)
    assert heirs(ana) == ["ana"]


def test_who_may_do_more_comes_first_then_who_has_been_here_longest() -> None:
    kitchen = Kitchen()
    everybody = [Willing(kitchen, nick) for nick in ("first", "second", "equal")]
    for one in everybody:
        one.comes()
        kitchen.wait(1)
    for one in everybody:
        one.becomes_able(Rank.CO_OWNER if one.card.nick == "equal" else Rank.MEMBER)
    assert heirs(everybody[0]) == ["equal", "first", "second"]


def test_who_has_all_of_the_room_comes_before_who_has_a_part() -> None:
    kitchen = Kitchen(history=300)
    part, whole = Willing(kitchen, "part"), Willing(kitchen, "whole")
    part.comes()
    part.sends(frames.Have(300, base=100))
    whole.comes()
    whole.sends(frames.Have(300, base=0))
    for one in (part, whole):
        one.becomes_able()
    assert heirs(part) == ["whole", "part"]


def test_only_as_many_are_tried_as_are_named() -> None:
    kitchen = Kitchen()
    crowd = [Willing(kitchen, f"guest {number}") for number in range(HEIRS_MOST + 3)]
    for one in crowd:
        one.comes()
        one.becomes_able()
    assert len(heirs(crowd[0])) == len(kitchen.asked_for(host_actions.Reach)) == HEIRS_MOST
    crowd[0].goes()
    kitchen.wait(1)
    assert len(kitchen.asked_for(host_actions.Reach)) == HEIRS_MOST + 1


def test_passes_are_given_after_a_while_or_at_once_to_who_is_trusted() -> None:
    kitchen = Kitchen()
    ana, ben = Guest(kitchen, "ana"), Guest(kitchen, "ben")
    ana.comes()
    ben.trusted = True
    ben.comes()
    kitchen.wait(1)
    assert [asked.session for asked in kitchen.asked_for(host_actions.Entitle)] == [ben.id]
    for _ in range(round(HEIR_AFTER_SECONDS / 5)):
        kitchen.wait(5)
        for one in (ana, ben):
            one.sends(frames.Ping())
    assert [asked.session for asked in kitchen.asked_for(host_actions.Entitle)] == [ben.id, ana.id]


def test_only_who_may_do_more_than_the_host_gets_the_room_back() -> None:
    kitchen = Kitchen(rank=Rank.MEMBER)
    ana, ben = Willing(kitchen, "ana"), Willing(kitchen, "ben")
    for one in (ana, ben):
        one.comes()
    ana.becomes_able(Rank.OWNER)
    ben.becomes_able()
    ben.sends(frames.TakeBack())
    assert not kitchen.asked_for(host_actions.GiveBack)
    ana.sends(frames.TakeBack())
    assert [asked.session for asked in kitchen.asked_for(host_actions.GiveBack)] == [ana.id]


def test_who_asks_for_the_room_as_soon_as_it_is_in_gets_it_as_soon_as_it_is_known_to_be_fit() -> None:
    kitchen = Kitchen(rank=Rank.MEMBER)
    ana = Willing(kitchen, "ana")
    ana.comes()
    ana.sends(frames.TakeBack())
    assert not kitchen.asked_for(host_actions.GiveBack)
    ana.becomes_able(Rank.OWNER)
    kitchen.wait(1)
    kitchen.wait(1)
    assert [asked.session for asked in kitchen.asked_for(host_actions.GiveBack)] == [ana.id], "once"


def test_who_keeps_the_room_from_now_on_is_said_before_goodbye() -> None:
    kitchen = Kitchen()
    ana, ben = Willing(kitchen, "ana"), Guest(kitchen, "ben")
    for one in (ana, ben):
        one.comes()
    ana.becomes_able()
    kitchen.host.stop(kitchen.host.heirs.heirs[0])
    kitchen.settle()
    assert [type(frame) for frame in ben.heard[-2:]] == [frames.Moved, frames.Bye]
    assert ben.got(frames.Moved)[0].heir.key == ana.card.key


def test_a_room_may_be_closed_for_all() -> None:
    kitchen = Kitchen()
    ben = Guest(kitchen, "ben").comes()
    kitchen.host.stop(closed=True)
    kitchen.settle()
    assert ben.heard[-1] == frames.Bye(closed=True)


def test_who_says_another_port_each_time_has_the_host_knock_seldom() -> None:
    kitchen = Kitchen()
    ana = Willing(kitchen, "ana")
    ana.comes()
    kitchen.host.entitled(ana.id, (), Rank.MEMBER)
    for port in range(1_000, 1_060):
        ana.sends(frames.Able(port))
        kitchen.wait(1)
    assert 10 <= len(kitchen.asked_for(host_actions.Reach)) <= 13


# --- the codes with which phones come in -----------------------------------------------------------------------------
CODE = GivenCode(b"s" * 16, 60_000, [b"m" * 32], 7)


def codes(guest: Guest) -> list[list[GivenCode]]:
    """Each time that this guest was told of codes: which ones."""
    return [given.codes for given in guest.got(frames.GuestCodesGiven)]


def test_heirs_are_given_the_codes_for_phones_and_nobody_else_is() -> None:
    kitchen = Kitchen()
    ana, ben, cleo = Willing(kitchen, "ana"), Willing(kitchen, "ben"), Guest(kitchen, "cleo")
    phone = Phone(kitchen, "mia")
    for one in (ana, ben, cleo, phone):
        one.comes()
    kitchen.host.heirs.codes_changed(lambda: [CODE])
    ana.becomes_able()
    ben.becomes_able(reached=False)
    kitchen.wait(1)
    assert codes(ana) == [[CODE]]
    assert not codes(ben)
    assert not codes(cleo)
    assert not codes(phone)


def test_heirs_hear_when_codes_are_withdrawn_and_when_they_are_heirs_no_more() -> None:
    kitchen = Kitchen()
    ana = Willing(kitchen, "ana")
    ana.comes()
    ana.becomes_able()
    kitchen.host.heirs.codes_changed(lambda: [CODE])
    kitchen.wait(1)
    kitchen.host.heirs.codes_changed(list)
    kitchen.wait(1)
    kitchen.host.heirs.codes_changed(lambda: [CODE])
    kitchen.wait(1)
    ana.sends(frames.Able(0))
    kitchen.wait(1)
    assert codes(ana) == [[CODE], [], [CODE], []]


def test_phones_hear_where_the_room_goes_on_as_soon_as_they_are_in() -> None:
    kitchen = Kitchen()
    ana = Willing(kitchen, "ana")
    ana.comes()
    ana.becomes_able()
    assert heirs(Phone(kitchen, "mia").comes()) == ["ana"]


def test_the_most_that_an_heir_is_given_fits_a_frame() -> None:
    keys = [bytes([number]) * 32 for number in range(GUEST_KEYS)]
    most = frames.GuestCodesGiven([GivenCode(b"s" * 16, 2**53, keys, 2**53)] * GUEST_CODES)
    assert len(frames.encode(most)) < FRAME
    assert "ssss" not in repr(most)
