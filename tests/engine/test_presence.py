"""What people in a room know of each other besides what they say: who writes, who has seen it, who is away."""

from __future__ import annotations

from engine.people import People, Person
from lanchat.core.attention import Sharing
from lanchat.core.model import Availability
from lanchat.engine import commands, events


def kitchen(people: People) -> tuple[Person, Person, Person]:
    ana, ben, cleo = people.person("Ana"), people.person("Ben"), people.person("Cleo")
    ana.hosts("Kitchen")
    ben.joins("Kitchen")
    cleo.joins("Kitchen")
    for person in (ana, ben, cleo):
        person.sees_here("Ana", "Ben", "Cleo")
    return ana, ben, cleo


def test_all_others_see_who_writes_until_it_is_said(people: People) -> None:
    ana, ben, cleo = kitchen(people)
    ben.do(commands.TellTyping(ben.room_id))
    for person in (ana, cleo):
        assert person.hears(events.TypingChanged).members == (ben.me,)
    ben.says("hello")
    for person in (ana, cleo):
        assert person.hears(events.TypingChanged).members == ()
        person.sees("hello")
    ben.hears_nothing(events.TypingChanged)
    ana.do(commands.TellTyping(ana.room_id))
    assert cleo.hears(events.TypingChanged).members == (ana.me,), "and of the person who hosts as well"


def test_the_others_learn_who_has_read_it(people: People) -> None:
    ana, ben, cleo = kitchen(people)
    ben.says("hello")
    ana.sees("hello")
    cleo.sees("hello")
    seq = ana.room.messages[-1].seq
    cleo.do(commands.MarkRead(cleo.room_id, seq))
    assert ben.hears(events.SeenChanged).seen == ((cleo.me, seq),)
    assert ana.hears(events.SeenChanged).seen == ((cleo.me, seq),)
    ana.do(commands.MarkRead(ana.room_id, seq))
    assert ben.hears(events.SeenChanged).seen == ((ana.me, seq),)
    cleo.leaves()
    cleo.joins("Kitchen")
    assert dict(cleo.hears(events.SeenChanged).seen)[ana.me] == seq, "who comes later hears of it"


def test_what_a_program_takes_is_not_seen_by_anybody(people: People) -> None:
    _ana, ben, cleo = kitchen(people)
    ben.says("hello")
    cleo.sees("hello")
    cleo.do(commands.MarkRead(cleo.room_id, cleo.room.messages[-1].seq, by_person=False))
    ben.says("again")
    cleo.sees("again")
    cleo.do(commands.MarkRead(cleo.room_id, cleo.room.messages[-1].seq))
    assert ben.hears(events.SeenChanged).seen == ((cleo.me, cleo.room.messages[-1].seq),)


def test_what_one_does_not_share_is_kept_and_works_both_ways(people: People) -> None:
    ana, ben, cleo = kitchen(people)
    cleo.do(commands.Share(Sharing(typing=False, read=False)))
    cleo.hears(events.SharingChanged)
    ben.says("hello")
    cleo.sees("hello")
    cleo.do(commands.MarkRead(cleo.room_id, cleo.room.messages[-1].seq))
    cleo.do(commands.TellTyping(cleo.room_id))
    ana.sees("hello")
    ana.do(commands.MarkRead(ana.room_id, ana.room.messages[-1].seq))
    ana.do(commands.TellTyping(ana.room_id))
    assert [key for key, _seq in ben.hears(events.SeenChanged).seen] == [ana.me]
    assert ben.hears(events.TypingChanged).members == (ana.me,)
    cleo.hears_nothing(events.SeenChanged, events.TypingChanged)
    cleo.quits()
    assert cleo.starts().sharing == Sharing(typing=False, read=False)


def test_all_see_who_is_away_or_busy(people: People) -> None:
    ana, ben, cleo = kitchen(people)

    def all_see(of: Person, state: Availability) -> None:
        for person in (ana, ben, cleo):
            change = person.hears(events.RosterChanged, states=((of.me, state),))
            assert (change.joined, change.left, change.here) == ((), (), 3)

    ben.do(commands.Attend(idle=True))
    assert ben.hears(events.AvailabilityChanged).availability is Availability.AWAY
    all_see(ben, Availability.AWAY)
    dora = people.person("Dora")
    dora.joins("Kitchen")
    assert dora.hears(events.RosterChanged).states == ((ben.me, Availability.AWAY),)
    dora.leaves()
    ana.sees_here("Ana", "Ben", "Cleo")
    ben.do(commands.Attend(busy=True))
    all_see(ben, Availability.BUSY)
    ben.do(commands.Attend(idle=False))
    ben.do(commands.Attend(busy=False))
    all_see(ben, Availability.HERE)
    ana.do(commands.Attend(busy=True))
    all_see(ana, Availability.BUSY)
