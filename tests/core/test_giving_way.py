"""A client whose Log goes on otherwise than its host's: what only it has comes into the host's, whoever carries it."""

from __future__ import annotations

from collections import Counter

import pytest
from disks import HostDisk
from kitchen import Kitchen, Person, card, device, entry, keeping
from msgspec.structs import replace

from lanchat.core import client_actions, frames
from lanchat.core.epoch import next_epoch
from lanchat.core.host import Host
from lanchat.core.model import START, Entry, EntryId, Head, LogEnd
from lanchat.core.replica import Replica


def restore(kitchen: Kitchen, last: int) -> None:
    """The host's disk is put back to what it was when the Log ended at `last`, and the room opens again."""
    gone = list(kitchen.guests.values())
    kitchen.guests.clear()
    for guest in gone:
        if isinstance(guest, Person):
            guest.client.disconnected()
    kitchen.log.restore(last)
    opens(kitchen)


def opens(kitchen: Kitchen) -> None:
    opening = keeping(kitchen.card, next_epoch(kitchen.log.end().epoch, kitchen.bits))
    kitchen.bits += 1
    kitchen.log.append([opening], 3_000)
    kitchen.host = Host(kitchen.host.room_id, kitchen.log.end(), kitchen.card, kitchen.limits, keeps=opening)


def comes_back(person: Person, kept: bool = False) -> Person:
    person.starts_again(kept)
    person.comes()
    return person


def settled(kitchen: Kitchen, *people: Person) -> None:
    """Everybody has what the host has, and nothing is carried any more."""
    for person in people:
        assert person.disk.entries == kitchen.log.entries[person.disk.base :]
        assert not person.disk.carried
        assert not person.disk.outbox


def people(kitchen: Kitchen, *nicks: str) -> list[Person]:
    return [Person(kitchen, nick).comes() for nick in nicks]


# --- what both have is no more than a beginning ----------------------------------------------------------------------
def test_a_host_that_was_put_back_gets_all_back_from_who_has_it() -> None:
    kitchen = Kitchen()
    opens(kitchen)
    ana, ben = people(kitchen, "ana", "ben")
    ana.says("one")
    before = kitchen.host.end.last
    ana.says("two")
    ben.says("three")
    lost = [item.entry for item in kitchen.log.entries[before:]]
    restore(kitchen, before)
    comes_back(ana)
    (rebase,) = ana.told(client_actions.Rebase)
    assert rebase.base == before
    assert list(ana.disk.carried.values()) == lost
    assert ana.texts[-1] != "three"
    kitchen.wait(4)
    assert [item.entry for item in kitchen.log.entries if item.entry in lost] == lost
    comes_back(ben)
    kitchen.wait(4)
    settled(kitchen, ana, ben)


def test_with_nothing_in_common_all_is_carried() -> None:
    kitchen = Kitchen()
    opens(kitchen)
    ana = Person(kitchen, "ana")
    other = HostDisk()
    other.append([entry(card("li"), device("li"), number, f"old {number}") for number in range(1, 31)], 1_000)
    ana.disk.base = 0
    ana.disk.apply(other.entries)
    comes_back(ana)
    kitchen.wait(4)
    settled(kitchen, ana)
    assert kitchen.texts == [f"old {number}" for number in range(1, 31)]


def test_what_says_who_kept_the_room_is_not_carried() -> None:
    kitchen = Kitchen()
    opens(kitchen)
    (ana,) = people(kitchen, "ana")
    ana.says("one")
    other = kitchen.log.end()
    li = keeping(card("li"), next_epoch(other.epoch, 99))
    kitchen.keepers.add(li.author)
    kitchen.log.append([li, entry(card("li"), device("li"), 1, "where Li kept it")], 3_000)
    ana.goes()
    ana.disk.apply(kitchen.log.entries[other.last :])
    restore(kitchen, other.last)
    comes_back(ana)
    kitchen.wait(4)
    assert kitchen.host.end.epoch > next_epoch(other.epoch, 99)
    assert kitchen.texts[-1] == "where Li kept it"
    assert li not in [item.entry for item in kitchen.log.entries]
    settled(kitchen, ana)


def test_what_waits_in_the_outbox_comes_after_what_is_carried_of_the_same_person() -> None:
    kitchen = Kitchen()
    opens(kitchen)
    (ana,) = people(kitchen, "ana")
    before = kitchen.host.end.last
    ana.says("one", "two")
    restore(kitchen, before)
    ana.says("three")
    comes_back(ana)
    assert kitchen.texts[before - 1 :] == []
    kitchen.wait(4)
    assert kitchen.texts[before - 1 :] == ["one", "two", "three"]
    settled(kitchen, ana)


def test_an_answer_waits_for_what_it_answers() -> None:
    kitchen = Kitchen()
    opens(kitchen)
    ana, ben = people(kitchen, "ana", "ben")
    before = kitchen.host.end.last
    ben.says("a question")
    question = ana.disk.entries[-1].entry
    restore(kitchen, before)
    answer = replace(entry(ana.card, ana.device, 1, "an answer"), target=question.entry_id)
    ana.disk.outbox[EntryId(answer.entry_id)] = answer
    ana.disk.counter = 1
    comes_back(ana)
    assert kitchen.texts[before - 1 :] == []
    kitchen.wait(4)
    assert kitchen.texts[before - 1 :] == ["a question", "an answer"]
    settled(kitchen, ana)


def test_who_kept_the_room_open_brings_at_once_what_was_said_there() -> None:
    kitchen = Kitchen()
    opens(kitchen)
    (ana,) = people(kitchen, "ana")
    before = kitchen.host.end.last
    ana.says("one")
    restore(kitchen, before)
    comes_back(ana, kept=True)
    assert kitchen.texts[-1] == "one"
    settled(kitchen, ana)


def test_a_connection_that_breaks_meanwhile_loses_nothing() -> None:
    kitchen = Kitchen()
    opens(kitchen)
    (ana,) = people(kitchen, "ana")
    before = kitchen.host.end.last
    ana.says("one", "two", "three")
    restore(kitchen, before)
    comes_back(ana)
    ana.reads = False
    kitchen.wait(4)
    ana.goes()
    ana.reads = True
    assert len(ana.disk.carried) == 3
    comes_back(ana)
    kitchen.wait(4)
    assert kitchen.texts[before - 1 :] == ["one", "two", "three"]
    settled(kitchen, ana)


def test_a_host_that_takes_nothing_for_now_gets_it_later() -> None:
    kitchen = Kitchen()
    opens(kitchen)
    (ana,) = people(kitchen, "ana")
    before = kitchen.host.end.last
    ana.says("one", "two")
    restore(kitchen, before)
    kitchen.full = True
    comes_back(ana)
    ana.says("three")
    kitchen.wait(8)
    assert kitchen.texts[before - 1 :] == []
    kitchen.full = False
    kitchen.wait(12)
    assert kitchen.texts[before - 1 :] == ["one", "two", "three"]
    settled(kitchen, ana)


# --- who carries it --------------------------------------------------------------------------------------------------
def posted(kitchen: Kitchen, members: list[Person]) -> Counter[bytes]:
    """How often each entry was sent to the host, as carried."""
    return Counter(
        one.entry_id for person in members for post in person.said(frames.Post) if post.carried for one in post.entries
    )


@pytest.mark.parametrize(("kept", "slow"), [(False, False), (True, False), (False, True), (True, True)])
def test_twenty_members_with_the_same_thousand_entries_bring_them_hardly_more_than_once(kept: bool, slow: bool) -> None:
    """`slow`: the host's disk takes 0.1 s for each commit, and some begin before they hear of each other."""
    kitchen = Kitchen()
    opens(kitchen)
    members = people(kitchen, *(f"member {number}" for number in range(20)))
    before = kitchen.host.end.last
    tail = [entry(card("li"), device("li"), number, f"old {number}") for number in range(1, 1_001)]
    kitchen.log.append(tail, 3_000)
    for person in members:
        person.disk.apply(kitchen.log.entries[before:])
    restore(kitchen, before)
    for person in members:
        comes_back(person, kept=kept and person is members[0])
    kitchen.slow = slow
    for _ in range(100):
        kitchen.wait(0.1)
        if slow and kitchen.appending:
            kitchen.disk_answers()
    settled(kitchen, *members)
    assert [item.entry for item in kitchen.log.entries[-1_000:]] == tail
    times = sum(posted(kitchen, members).values()) / len(tail)
    assert times <= 3, f"each entry was sent {times:.2f} times"


def test_what_only_one_of_them_has_comes_too() -> None:
    kitchen = Kitchen()
    opens(kitchen)
    ana, ben = people(kitchen, "ana", "ben")
    before = kitchen.host.end.last
    ana.says("both have it")
    ben.goes()
    ana.says("only Ana has it")
    restore(kitchen, before)
    comes_back(ben)
    kitchen.wait(4)
    comes_back(ana)
    kitchen.wait(4)
    assert kitchen.texts[before - 1 :] == ["both have it", "only Ana has it"]
    comes_back(ben)
    settled(kitchen, ana, ben)


# --- what the host does not take -------------------------------------------------------------------------------------
def test_a_message_that_is_not_taken_is_set_aside_and_an_annotation_is_dropped() -> None:
    kitchen = Kitchen()
    opens(kitchen)
    (ana,) = people(kitchen, "ana")
    before = kitchen.host.end.last
    ben, on = card("ben"), device("ben")
    long, hollow = entry(ben, on, 1, "x" * 4_001), entry(ben, on, 2, "not an emoji", kind="+react")
    kitchen.log.append([long, hollow, entry(ben, on, 3, "fine")], 3_000)
    kitchen.host = Host(kitchen.host.room_id, kitchen.log.end(), kitchen.card, kitchen.limits)
    ana.disk.apply(kitchen.log.entries[before:])
    restore(kitchen, before)
    comes_back(ana)
    kitchen.wait(4)
    assert kitchen.texts[before - 1 :] == ["fine"]
    assert ana.disk.set_aside == {EntryId(long.entry_id): "long"}
    settled(kitchen, ana)
    comes_back(ana)
    kitchen.wait(4)
    assert len(ana.got(frames.Rejected)) == 2, "it is never sent again by itself"


def test_a_host_that_takes_nothing_of_others_makes_nothing_vanish() -> None:
    """It rejects everything: all stays here, and is shown."""
    kitchen = Kitchen()
    opens(kitchen)
    (ana,) = people(kitchen, "ana")
    before = kitchen.host.end.last
    others: list[Entry] = [entry(card("ben"), device("ben"), number, f"text {number}") for number in range(1, 4)]
    kitchen.log.append(others, 3_000)
    ana.disk.apply(kitchen.log.entries[before:])
    restore(kitchen, before)
    comes_back(ana)
    for one in others:
        ana.hears(frames.Rejected(one.entry_id, "no"))
    assert set(ana.disk.set_aside) == {EntryId(one.entry_id) for one in others}


def test_a_log_as_long_as_the_hosts_beginning_gives_way_where_it_is_another_one() -> None:
    """The host's disk lost what was before, so that nothing earlier can be compared."""
    kitchen = Kitchen()
    mine, theirs = Head(b"m" * 32), Head(b"t" * 32)
    replica = Replica(kitchen.host.room_id, LogEnd(1, 0, START, 3, mine))
    limits = kitchen.limits
    assert replica.welcomed(frames.Welcome(1, 3, mine, 9, limits, kitchen.card)) is None
    assert replica.welcomed(frames.Welcome(1, 3, theirs, 9, limits, kitchen.card)) == client_actions.Rebase(
        1, 3, theirs
    )
