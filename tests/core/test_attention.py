"""What members let each other know while they are in a room: who writes, who has read how far, who is away."""

from __future__ import annotations

import pytest
from kitchen import Guest, Kitchen, Person, card

from lanchat.core import frames, limits
from lanchat.core.attention import Sharing, note_seen
from lanchat.core.client_actions import ReadElsewhere, RosterChanged, SeenChanged, TypingChanged
from lanchat.core.limits import Limits
from lanchat.core.model import Availability, MemberKey


def writes(person: Person) -> None:
    person.client.typing(person.kitchen.now)
    person.drain()
    person.kitchen.settle()


def reads(person: Person, seq: int) -> None:
    person.client.read(seq, seq, person.kitchen.now)
    person.drain()
    person.kitchen.settle()


def attends(person: Person, sharing: Sharing | None = None, state: Availability = Availability.HERE) -> None:
    person.client.attend(sharing or Sharing(), state, person.kitchen.now)
    person.drain()
    person.kitchen.settle()


def writing(person: Person) -> list[str]:
    """Who is writing, as this person was told last."""
    told = person.told(TypingChanged)
    return [key.decode().rstrip(".") for key in told[-1].members] if told else []


def seen(person: Person) -> dict[str, int]:
    """How far the others have read, as this person was told."""
    marks = [mark for change in person.told(SeenChanged) for mark in change.seen]
    return {key.decode().rstrip("."): seq for key, seq in marks}


def states(person: Person) -> dict[str, Availability]:
    found: dict[str, Availability] = {}
    for change in person.told(RosterChanged):
        found = {} if change.first else found
        found |= {key.decode().rstrip("."): state for key, state in change.states}
    return {nick: state for nick, state in found.items() if state is not Availability.HERE}


@pytest.fixture
def kitchen() -> Kitchen:
    return Kitchen(Limits(burst=100))


def both(kitchen: Kitchen) -> tuple[Person, Person]:
    ana, ben = Person(kitchen, "ana").comes(), Person(kitchen, "ben").comes()
    kitchen.wait(0.3)
    return ana, ben


# --- typing ----------------------------------------------------------------------------------------------------------
def test_others_see_that_one_writes_until_the_message_is_there(kitchen: Kitchen) -> None:
    ana, ben = both(kitchen)
    writes(ana)
    assert writing(ben) == ["ana"]
    assert writing(ana) == []
    ana.says("here it is")
    assert writing(ben) == []
    assert ben.texts == ["here it is"]


def test_who_stops_without_sending_is_forgotten_after_six_seconds(kitchen: Kitchen) -> None:
    ana, ben = both(kitchen)
    writes(ana)
    kitchen.wait(5.5)
    assert writing(ben) == ["ana"]
    kitchen.wait(1)
    assert writing(ben) == []
    assert len(ben.told(TypingChanged)) == 2


def test_who_writes_on_is_told_every_three_seconds_and_the_line_stays(kitchen: Kitchen) -> None:
    ana, ben = both(kitchen)
    for _key in range(100):
        writes(ana)
        kitchen.wait(0.1)
    assert len(ben.got(frames.Typists)) == 4
    assert [told.members for told in ben.told(TypingChanged)] == [(MemberKey(ana.card.key),)]


def test_what_many_write_at_once_costs_one_frame_a_second(kitchen: Kitchen) -> None:
    ben = Person(kitchen, "ben").comes()
    guests = [Guest(kitchen, f"guest {number}").comes() for number in range(8)]
    kitchen.wait(1)
    for _second in range(30):
        for guest in guests:
            guest.sends(frames.Typing())
        kitchen.wait(0.1)
    told = ben.got(frames.Typists)
    assert len(told) <= 4
    assert all(len(frame.keys) <= 5 for frame in told)
    assert ben.told(TypingChanged)[-1].more


def test_in_a_large_room_nobody_is_told(kitchen: Kitchen) -> None:
    ana, ben = both(kitchen)
    guests = [Guest(kitchen, f"guest {number}").comes() for number in range(50)]
    kitchen.wait(1)
    writes(ana)
    guests[0].sends(frames.Typing())
    kitchen.wait(2)
    assert ben.got(frames.Typists) == []


def test_a_host_cannot_make_up_who_writes(kitchen: Kitchen) -> None:
    ana, ben = both(kitchen)
    before = len(ben.told(TypingChanged))
    for number in range(100):
        ben.client.received(frames.Typists([card(f"{number} {at}").key for at in range(5)]), kitchen.now)
    ben.drain()
    assert ben.told(TypingChanged)[before:] == []
    ben.client.received(frames.Typists([card("nobody").key, ana.card.key]), kitchen.now)
    ben.drain()
    assert writing(ben) == ["ana"]


def test_of_many_who_write_five_are_known_by_name(kitchen: Kitchen) -> None:
    ben = Person(kitchen, "ben").comes()
    guests = [Guest(kitchen, f"guest {number}").comes() for number in range(8)]
    kitchen.wait(1)
    for _again in range(50):
        for guest in guests:
            ben.client.received(frames.Typists([guest.card.key]), kitchen.now)
    ben.drain()
    assert writing(ben) == [f"guest {number}" for number in range(5)]
    assert ben.told(TypingChanged)[-1].more
    assert len(ben.told(TypingChanged)) == 6, "what is no news is not told"


def test_who_is_alone_or_does_not_share_it_says_nothing(kitchen: Kitchen) -> None:
    ana, ben = both(kitchen)
    attends(ana, Sharing(typing=False))
    writes(ana)
    assert ben.got(frames.Typists) == []
    writes(ben)
    assert writing(ana) == [], "and is not told, either"
    assert writing(ben) == []


# --- how far they have read ------------------------------------------------------------------------------------------
def test_the_author_learns_who_has_seen_it(kitchen: Kitchen) -> None:
    ana, ben = both(kitchen)
    ana.says("one", "two")
    reads(ben, 1)
    kitchen.wait(1)
    assert seen(ana) == {"ben": 1}
    reads(ben, 2)
    kitchen.wait(2)
    assert seen(ana) == {"ben": 2}
    assert seen(ben) == {}


def test_who_comes_later_learns_it_too_and_who_reconnects_says_it_again(kitchen: Kitchen) -> None:
    ana, ben = both(kitchen)
    ana.says("one")
    reads(ben, 1)
    kitchen.wait(1)
    cleo = Person(kitchen, "cleo").comes()
    kitchen.wait(1)
    assert seen(cleo) == {"ben": 1}
    ben.goes()
    ben.comes()
    kitchen.wait(1.5)
    assert ben.told(SeenChanged) == [], "nobody else has read anything"
    reads(cleo, 1)
    kitchen.wait(1)
    assert seen(ben) == {"cleo": 1}


def test_nobody_claims_to_have_read_what_has_not_come(kitchen: Kitchen) -> None:
    ana, ben = both(kitchen)
    ana.says("one")
    reads(ben, 7)
    kitchen.wait(1)
    assert seen(ana) == {"ben": 1}
    eve = Guest(kitchen, "eve").comes()
    with pytest.raises(frames.Misbehaved):
        eve.sends(frames.Read(2))


def test_who_does_not_share_it_neither_says_nor_is_told(kitchen: Kitchen) -> None:
    ana, ben = both(kitchen)
    attends(ben, Sharing(read=False))
    ana.says("one")
    reads(ben, 1)
    reads(ana, 1)
    kitchen.wait(2)
    assert seen(ana) == seen(ben) == {}
    attends(ben, Sharing())
    kitchen.wait(2)
    assert seen(ana) == {"ben": 1}


def test_in_a_room_of_more_than_twenty_nobody_says_it(kitchen: Kitchen) -> None:
    ana, ben = both(kitchen)
    guests = [Guest(kitchen, f"guest {number}").comes() for number in range(20)]
    kitchen.wait(1)
    ana.says("one")
    reads(ben, 1)
    guests[0].sends(frames.Read(1))
    kitchen.wait(2)
    assert seen(ana) == {}
    for guest in guests[2:]:
        guest.goes()
    kitchen.wait(2)
    assert seen(ana) == {"ben": 1, "guest 0": 1}, "and when it is small again, what was left out is told"


def test_a_host_cannot_say_it_of_more_than_it_may_remember(kitchen: Kitchen) -> None:
    _ana, ben = both(kitchen)
    marks = [frames.ReadMark(card(f"made up {number}").key, 1) for number in range(1_000)]
    ben.client.received(frames.SeenBy(marks), kitchen.now)
    ben.drain()
    assert len(seen(ben)) == limits.SEEN_KEPT
    for number in range(20):
        Guest(kitchen, f"guest {number}").comes()
    kitchen.wait(1)
    before = len(ben.told(SeenChanged))
    ben.client.received(frames.SeenBy(marks), kitchen.now)
    ben.drain()
    assert ben.told(SeenChanged)[before:] == [], "nor in a large room at all"


def test_those_heard_of_last_are_known_to_have_read() -> None:
    known: dict[MemberKey, int] = {}
    for number in range(1_000):
        note_seen(known, [(MemberKey(card("ana").key), number), (MemberKey(card(f"made up {number}").key), 1)])
    assert len(known) == limits.SEEN_KEPT
    assert known[MemberKey(card("ana").key)] == 999


# --- here, away, busy ------------------------------------------------------------------------------------------------
def test_all_see_who_is_away_or_busy_and_who_comes_back(kitchen: Kitchen) -> None:
    ana, ben = both(kitchen)
    attends(ana, state=Availability.AWAY)
    kitchen.wait(0.3)
    cleo = Person(kitchen, "cleo").comes()
    kitchen.wait(0.3)
    assert states(ben) == states(cleo) == {"ana": Availability.AWAY}
    attends(ana, state=Availability.BUSY)
    kitchen.wait(0.3)
    assert states(ben) == {"ana": Availability.BUSY}
    attends(ana)
    kitchen.wait(0.3)
    assert states(ben) == states(cleo) == {}


def test_who_reconnects_is_still_away_for_all_and_who_is_there_with_one_device_is_here(kitchen: Kitchen) -> None:
    ana, ben = both(kitchen)
    attends(ana, state=Availability.AWAY)
    kitchen.wait(0.3)
    ana.goes()
    kitchen.wait(0.3)
    ana.comes()
    kitchen.wait(0.3)
    assert states(ben) == {"ana": Availability.AWAY}
    phone = Person(kitchen, "ana", "phone").comes()
    kitchen.wait(0.3)
    assert states(ben) == {}
    phone.goes()
    kitchen.wait(0.3)
    assert states(ben) == {"ana": Availability.AWAY}


def test_a_state_of_a_later_program_is_here(kitchen: Kitchen) -> None:
    ben, eve = Person(kitchen, "ben").comes(), Guest(kitchen, "eve").comes()
    eve.sends(frames.Available("asleep"))
    kitchen.wait(0.5)
    assert states(ben) == {}


def test_a_member_that_changes_on_and_on_costs_a_large_room_little(kitchen: Kitchen) -> None:
    ben, eve = Person(kitchen, "ben").comes(), Guest(kitchen, "eve").comes()
    for number in range(98):
        Guest(kitchen, f"guest {number}").comes()
    kitchen.wait(1)
    before = len(ben.got(frames.Present))
    for number in range(50):
        eve.sends(frames.Available(("away", "here")[number % 2]))
        kitchen.wait(0.1)
    assert len(ben.got(frames.Present)) - before <= 11


# --- the last-read line, for other devices of one person -------------------------------------------------------------
def lines(person: Person) -> list[tuple[int, bool]]:
    """Where the line went on this device, because of another one."""
    return [(change.seq, change.back) for change in person.told(ReadElsewhere)]


def marks_unread(person: Person, seq: int) -> None:
    person.client.unread(seq, person.kitchen.now)
    person.drain()
    person.kitchen.settle()


def two_devices(kitchen: Kitchen) -> tuple[Person, Person, Person]:
    ana, phone = Person(kitchen, "ana").comes(), Person(kitchen, "ben", on="phone").comes()
    laptop = Person(kitchen, "ben", on="laptop").comes()
    ana.says("one")
    ana.says("two")
    kitchen.wait(0.3)
    return ana, phone, laptop


def test_what_one_device_has_read_the_other_hears_of(kitchen: Kitchen) -> None:
    ana, phone, laptop = two_devices(kitchen)
    reads(phone, 1)
    kitchen.wait(2)
    assert lines(laptop) == [(1, False)]
    assert lines(phone) == lines(ana) == []
    reads(laptop, 1)
    kitchen.wait(6)
    assert lines(phone) == [], "that is no news"
    reads(laptop, 2)
    kitchen.wait(6)
    assert lines(phone) == [(2, False)]


def test_what_is_marked_unread_is_so_on_the_other_device_and_others_hear_nothing(kitchen: Kitchen) -> None:
    ana, phone, laptop = two_devices(kitchen)
    reads(phone, 2)
    kitchen.wait(2)
    marks_unread(phone, 2)
    kitchen.wait(2)
    assert lines(laptop) == [(2, False), (1, True)]
    assert seen(ana) == {"ben": 2}, "it was seen"
    reads(phone, 2)
    kitchen.wait(7)
    assert lines(laptop)[2:] == [(2, False)]


def test_in_a_large_room_too_and_a_device_that_comes_later_is_told(kitchen: Kitchen) -> None:
    for number in range(20):
        Guest(kitchen, f"guest {number}").comes()
    ana, phone, laptop = two_devices(kitchen)
    laptop.goes()
    kitchen.wait(1)
    reads(phone, 2)
    kitchen.wait(7)
    assert seen(ana) == {}, "others are not told in a room as large as this"
    laptop.comes()
    kitchen.wait(1)
    assert lines(laptop) == [(2, False)]


def test_who_does_not_share_it_tells_no_host_of_it_either(kitchen: Kitchen) -> None:
    _ana, phone, laptop = two_devices(kitchen)
    attends(phone, Sharing(read=False))
    reads(phone, 2)
    marks_unread(phone, 1)
    kitchen.wait(7)
    assert lines(laptop) == []


def test_a_line_past_the_end_of_the_log_is_no_line(kitchen: Kitchen) -> None:
    _ana, _phone, laptop = two_devices(kitchen)
    laptop.client.received(frames.OwnRead(1_000_000), kitchen.now)
    laptop.drain()
    assert lines(laptop) == [(2, False)]
    eve = Guest(kitchen, "eve").comes()
    with pytest.raises(frames.Misbehaved):
        eve.sends(frames.OwnRead(3))


def test_a_host_remembers_no_more_lines_than_it_may(kitchen: Kitchen, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "OWN_READ_KEPT", 1)
    ana, phone, laptop = two_devices(kitchen)
    laptop.goes()
    reads(phone, 2)
    kitchen.wait(2)
    reads(ana, 2)
    kitchen.wait(2)
    laptop.comes()
    kitchen.wait(1)
    assert lines(laptop) == [], "Ana's line is the one that it remembers"
