"""What a host will never take stays with who wrote it, who decides."""

from __future__ import annotations

import pytest

from engine.people import People, Person
from lanchat.core import limits
from lanchat.core.model import EntryId
from lanchat.engine import commands, events, host_role
from lanchat.engine.events import ConnectionState, EntryState

LONG = "x" * (limits.TEXT_CHARACTERS + 1)


@pytest.fixture
def kitchen(people: People, monkeypatch: pytest.MonkeyPatch) -> tuple[Person, Person]:
    """Ana hosts, Ben is in; from here on their own lanchats let longer texts pass than the host takes."""
    ana, ben = people.person("Ana"), people.person("Ben")
    ana.hosts("Kitchen")
    ben.joins("Kitchen")
    monkeypatch.setattr(limits, "TEXT_CHARACTERS", 2 * limits.TEXT_CHARACTERS)
    return ana, ben


def not_sent(person: Person) -> EntryId:
    """They say something too long, and it is refused."""
    person.says(LONG)
    refused = person.hears(events.EntryStateChanged, state=EntryState.NOT_SENT)
    assert "longer than" in refused.problem
    return refused.entry_ids[0]


def refused_on_disk(person: Person) -> list[str]:
    return [one.text for one in person.reads(lambda reader: reader.refused(person.room_id))]


def test_it_is_still_there_the_next_day(kitchen: tuple[Person, Person]) -> None:
    _, ben = kitchen
    not_sent(ben)
    ben.quits()
    ben.starts()
    assert refused_on_disk(ben) == [LONG]
    assert ben.waiting() == []
    ben.joins("Kitchen")
    ben.says("short")
    ben.sees_state("short", EntryState.TAKEN)


def test_tried_again_it_is_another_entry(kitchen: tuple[Person, Person]) -> None:
    _, ben = kitchen
    before = not_sent(ben)
    ben.do(commands.Retry(ben.room_id, before))
    again = ben.hears(events.EntryWritten, instead_of=before)
    assert (again.text, again.entry_id != before) == (LONG, True)
    refused = ben.hears(events.EntryStateChanged, state=EntryState.NOT_SENT)
    assert refused.entry_ids == (again.entry_id,)
    ben.do(commands.Retry(ben.room_id, before))  # a second click
    ben.hears_nothing(events.Problem)
    assert not [event for event in ben.unheard if getattr(event, "instead_of", None)]
    assert refused_on_disk(ben) == [LONG]


def test_tried_again_where_it_fits_it_arrives(kitchen: tuple[Person, Person], monkeypatch: pytest.MonkeyPatch) -> None:
    """A newer host takes longer texts."""
    ana, ben = kitchen
    before = not_sent(ben)
    ana.quits()
    ben.is_(ConnectionState.RECONNECTING)
    monkeypatch.setattr(host_role, "_limits", lambda _: limits.Limits(text_characters=10_000))
    ana.starts()
    ana.hosts("Kitchen")
    ben.is_(ConnectionState.CONNECTED)
    ben.do(commands.Retry(ben.room_id, before))
    again = ben.hears(events.EntryWritten, instead_of=before)
    ben.hears(events.EntryStateChanged, entry_ids=(again.entry_id,), state=EntryState.TAKEN)
    ana.sees(LONG)
    assert (ben.waiting(), refused_on_disk(ben)) == ([], [])


def test_the_host_itself_is_told_as_well(kitchen: tuple[Person, Person]) -> None:
    ana, ben = kitchen
    before = not_sent(ana)
    assert refused_on_disk(ana) == [LONG]
    ana.do(commands.Discard(ana.room_id, before))
    ana.hears(events.Discarded, entry_id=before)
    assert refused_on_disk(ana) == []
    ana.says("shorter")
    ben.reads_as("shorter")


def test_only_what_was_not_sent_can_be_discarded(kitchen: tuple[Person, Person]) -> None:
    ana, ben = kitchen
    ana.quits()
    ben.is_(ConnectionState.RECONNECTING)
    ben.says("later")
    ben.do(commands.Discard(ben.room_id, ben.written["later"]))
    ben.do(commands.Retry(ben.room_id, ben.written["later"]))
    ben.do(commands.Discard("abcdabcdabcdabcd", ben.written["later"]))
    ben.hears_nothing(events.Discarded, events.Problem)
    assert ben.waiting() == ["later"]
