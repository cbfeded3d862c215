"""Too long, too many, too fast: nothing is lost for it."""

from __future__ import annotations

from engine.conftest import Clock
from engine.people import People
from lanchat.core import limits
from lanchat.engine import commands, events
from lanchat.engine.events import EntryState


def test_a_text_that_is_too_long_is_not_taken_and_says_why(people: People) -> None:
    ana, ben = people.person("Ana"), people.person("Ben")
    ana.hosts("Kitchen")
    ben.joins("Kitchen")
    longest = "x" * limits.TEXT_CHARACTERS
    most_lines = "\n".join(map(str, range(limits.TEXT_LINES)))
    for person in (ana, ben):
        for too_much in (longest + "x", most_lines + "\nand one more"):
            person.do(commands.Say(person.room_id, too_much))
            not_written = person.hears(events.NotWritten, room_id=person.room_id)
            assert "fit into one message" in not_written.problem
            assert not_written.text == too_much
    ben.says(longest, most_lines)
    ana.reads_as(longest, most_lines)
    ben.sees_state(most_lines, EntryState.TAKEN)
    assert not ben.waiting()


def test_nothing_is_said_when_there_is_nothing_to_see(people: People) -> None:
    ana = people.person("Ana")
    ana.hosts("Kitchen")
    ana.do(commands.Say(ana.room_id, " \n\u200b\u202e "))
    ana.says("something")
    ana.reads_as("something")


def test_what_is_said_in_no_room_is_told(people: People) -> None:
    ana = people.person("Ana")
    ana.do(commands.Say("abcdabcdabcdabcd", "hello?"))
    assert "not in that room" in ana.hears(events.NotWritten, text="hello?").problem


def test_a_hundred_quick_texts_all_arrive_in_order_and_once(people: People) -> None:
    """Far more than the host takes at once: it says slow_down, and the member goes at its pace."""
    ana, ben, cleo = people.person("Ana"), people.person("Ben"), people.person("Cleo")
    ana.hosts("Kitchen", posts_per_second=200.0, burst=20)
    ben.joins("Kitchen")
    cleo.joins("Kitchen")
    texts = [f"text {number}" for number in range(100)]
    ben.says(*texts)
    for person in (ana, ben, cleo):
        person.reads_as(*texts)
    ben.sees_state(texts[-1], EntryState.DELIVERED)
    assert not ben.waiting()
    assert not [event for event in ben.unheard if isinstance(event, events.Problem)]


def test_eight_people_talk_at_once(people: People) -> None:
    ana = people.person("Ana")
    others = [people.person(f"Guest {number}") for number in range(7)]
    ana.hosts("Kitchen", connections_per_address=100)
    for guest in others:
        guest.joins("Kitchen")
    everybody = [ana, *others]
    for turn in range(5):
        for person in everybody:
            person.do(commands.Say(person.room_id, f"{person.nick}, {turn}"))
    for person in everybody:
        person.until(lambda person=person: len(person.texts) == 40)
        assert person.texts == ana.texts
    for person in everybody:
        mine = [text for text in ana.texts if text.startswith(f"{person.nick},")]
        assert mine == [f"{person.nick}, {turn}" for turn in range(5)]


def test_the_longest_texts_page_back_too(people: People) -> None:
    """A page of these does not fit one frame: it comes in smaller ones."""
    ana, ben = people.person("Ana", starts=False), people.person("Ben")
    longest = [f"{number} " + "\N{FIRE}" * (limits.TEXT_CHARACTERS - 4) for number in range(210)]
    ana.hosted_yesterday("Kitchen", *longest)
    ana.starts()
    ana.hosts("Kitchen")
    ben.joins("Kitchen")
    ben.sees(longest[-1])
    while ben.looks_back().messages:
        pass
    assert ben.texts == longest


def test_a_clock_that_jumps_does_not_disturb_the_order(people: People, clock: Clock) -> None:
    ana, ben = people.person("Ana"), people.person("Ben")
    ana.hosts("Kitchen")
    ben.joins("Kitchen")
    hour = 3_600_000
    for number, jump in enumerate((0, 5 * hour, -9 * hour, -400_000 * hour, 10**6 * hour, 0)):
        clock.jumps(jump)
        (ana if number % 2 else ben).says(f"line {number}")
        ana.sees(f"line {number}")
    for person in (ana, ben):
        person.reads_as(*(f"line {number}" for number in range(6)))
    ben.quits()
    clock.jumps(-100 * hour)
    ana.says("meanwhile")
    ben.starts()
    ben.joins("Kitchen")
    ben.says("back")
    ana.reads_as(*(f"line {number}" for number in range(6)), "meanwhile", "back")
    ben.sees("back")
    assert [item.seq for item in ben.kept()] == list(range(2, 10))
