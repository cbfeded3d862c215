"""What members of a room keep so that they get in wherever it is open, and may keep it open themselves."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from engine.people import People, Person
from lanchat.core.keeping import Passes, Rank
from lanchat.engine import events
from lanchat.storage.records import RoomRecord
from lanchat.storage.store import Store
from lanchat.trust.identity import Identity, load_or_create
from lanchat.trust.passes import make_pass

WORDS, OTHER_WORDS = "apple-banjo-comet-dune", "another-four-words-here"


@pytest.fixture
def both(people: People) -> tuple[Person, Person]:
    """Ana hosts the kitchen behind a passphrase; Ben is in it."""
    ana, ben = people.person("Ana"), people.person("Ben")
    ana.hosts("Kitchen", passphrase=WORDS)
    ben.joins("Kitchen", passphrase=WORDS)
    return ana, ben


def record_of(person: Person) -> RoomRecord:
    """What is on the disk of somebody whose lanchat does not run."""
    store = Store.open(person.folder)
    try:
        record = store.room(person.room_id)
        assert record is not None
        return record
    finally:
        store.close()


def change(person: Person, **parts: Any) -> None:
    """The same, changed."""
    record = replace(record_of(person), **parts)
    store = Store.open(person.folder)
    try:
        store.put_room(record)
        if record.hosted:
            store.revoke_admissions(record.room_id)
    finally:
        store.close()


def identity(person: Person) -> Identity:
    return load_or_create(person.folder)


def passes(issuer: Person, to: Person, generation: int) -> Passes:
    assert issuer.room_id is not None
    return (make_pass(identity(issuer), issuer.room_id, identity(to).key, Rank.MEMBER, generation),)


def test_a_member_keeps_what_the_passphrase_comes_to(both: tuple[Person, Person]) -> None:
    for person in both:
        person.quits()
    hosts, members = map(record_of, both)
    assert hosts.secret is not None
    assert members.secret == hosts.secret
    assert members.owner == hosts.owner == both[0].me


def test_a_new_passphrase_begins_a_new_generation(both: tuple[Person, Person]) -> None:
    ana, _ = both
    ana.quits()
    assert record_of(ana).generation == 1
    for words, generation in ((OTHER_WORDS, 2), (OTHER_WORDS, 2), (None, 2), (WORDS, 3)):
        ana.starts()
        ana.hosts("Kitchen", passphrase=words)
        ana.quits()
        assert record_of(ana).generation == generation


def test_a_room_with_a_passphrase_of_before_there_were_passes_gets_its_first_generation(
    both: tuple[Person, Person],
) -> None:
    ana, _ = both
    ana.quits()
    change(ana, generation=0)
    ana.starts()
    ana.hosts("Kitchen")
    ana.quits()
    assert record_of(ana).generation == 1


def test_passes_open_the_door_to_who_forgot_whom_it_admitted(both: tuple[Person, Person]) -> None:
    """Ben has no secret here, so that nothing but the pass lets him in."""
    ana, ben = both
    for person in both:
        person.quits()
    change(ana)
    change(ben, secret=None, passes=passes(ana, ben, 1))
    for person in both:
        person.starts()
    ana.hosts("Kitchen")
    ben.joins("Kitchen")
    ben.says("nobody asked me")
    ana.sees("nobody asked me")


@pytest.mark.parametrize("generation", [1, 2])
def test_passes_of_before_a_new_passphrase_open_nothing(both: tuple[Person, Person], generation: int) -> None:
    ana, ben = both
    for person in both:
        person.quits()
    change(ben, secret=None, passes=passes(ana, ben, generation))
    for person in both:
        person.starts()
    ana.hosts("Kitchen", passphrase=OTHER_WORDS)
    if generation == 2:
        ben.joins("Kitchen")
        return
    assert isinstance(ben.asks_to_join("Kitchen"), events.PassphraseNeeded)
    ben.joins("Kitchen", passphrase=OTHER_WORDS)
