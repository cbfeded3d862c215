"""A room that outlives its host: somebody else keeps it open, and everybody goes on there by themselves."""

from __future__ import annotations

import time

import pytest

from engine.people import PATIENCE_SECONDS, People, Person
from lanchat.core import succession
from lanchat.engine import commands, events
from lanchat.engine.events import ConnectionState

WORDS = "apple-banjo-comet-dune"


@pytest.fixture
def inherited(people: People) -> tuple[Person, Person, Person]:
    """Ana hosts the kitchen behind a passphrase, so that everybody in it may keep it open at once: Ben before Cem."""
    ana, ben, cem = (people.person(nick) for nick in ("Ana", "Ben", "Cem"))
    ana.hosts("Kitchen", passphrase=WORDS)
    for one in (ben, cem):
        one.joins("Kitchen", passphrase=WORDS)
    has_heirs(ana, ben, cem)
    ben.says("before")
    for one in (ana, ben, cem):
        one.sees("before")
    return ana, ben, cem


def has_heirs(keeper: Person, *heirs: Person) -> None:
    """These can keep the room open when this one leaves, in this order."""
    wanted = tuple(one.me for one in heirs)
    while keeper.hears(events.HeirsChanged).heirs != wanted:
        pass


def is_entitled(person: Person) -> None:
    """Has been given the right to keep the room open; no event tells that."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not person.reads(lambda reader: [record.passes for record in reader.rooms() if record.passes]):
        assert time.monotonic() < deadline, f"{person.nick} was given no passes"


def goes_on(*people: Person) -> None:
    """Whatever one of them says, all hear."""
    for number, one in enumerate(people):
        one.says(f"{one.nick} goes on, {number}")
    for one in people:
        one.sees(*(f"{other.nick} goes on, {number}" for number, other in enumerate(people)))


def test_who_leaves_politely_leaves_the_room_to_the_first_heir(inherited: tuple[Person, Person, Person]) -> None:
    ana, ben, cem = inherited
    began = time.monotonic()
    ana.quits()
    ben.is_(ConnectionState.HOSTING)
    assert ben.hears(events.KeeperChanged) == events.KeeperChanged(ben.room_id, ben.me, True)
    cem.is_(ConnectionState.CONNECTED)
    cem.hears(events.KeeperChanged, keeper=ben.me, mine=False)
    goes_on(ben, cem)
    print(f"polite leave: {time.monotonic() - began:.2f} s")


def test_who_came_late_fetches_the_past_to_be_an_heir(people: People) -> None:
    """More than comes to a newcomer, and more than a page."""
    ana, ben = people.person("Ana"), people.person("Ben")
    ana.hosts("Kitchen", passphrase=WORDS)
    texts = [f"line {number}" for number in range(500)]
    ana.says(*texts)
    ana.sees(texts[-1])
    ben.joins("Kitchen", passphrase=WORDS)
    has_heirs(ana, ben)
    ana.quits()
    ben.is_(ConnectionState.HOSTING)
    assert [item.text for item in ben.kept()] == texts
    ben.says("all of it is here")
    ben.sees("all of it is here")


def test_the_room_goes_from_one_to_the_next(inherited: tuple[Person, Person, Person]) -> None:
    ana, ben, cem = inherited
    ana.quits()
    ben.is_(ConnectionState.HOSTING)
    has_heirs(ben, cem)
    ben.quits()
    cem.is_(ConnectionState.HOSTING)
    cem.says("alone")
    cem.sees("before", "alone")


def test_who_hands_the_room_over_stays_in_it_and_gets_it_back(inherited: tuple[Person, Person, Person]) -> None:
    ana, ben, cem = inherited
    ana.do(commands.HandOver(ana.room_id, cem.me))
    cem.is_(ConnectionState.HOSTING)
    for one in (ana, ben):
        one.is_(ConnectionState.CONNECTED)
    goes_on(ana, ben, cem)
    has_heirs(cem, ana, ben)
    ana.do(commands.TakeBackRoom(ana.room_id))
    ana.is_(ConnectionState.HOSTING)
    for one in (ben, cem):
        one.is_(ConnectionState.CONNECTED)
        one.hears(events.KeeperChanged, keeper=ana.me)
    goes_on(cem, ben, ana)


def test_who_handed_the_room_over_opens_it_where_nobody_else_does(
    inherited: tuple[Person, Person, Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    """All others sleep: no connection of theirs ends, and nobody answers."""
    ana, ben, cem = inherited
    monkeypatch.setattr(succession, "OTHERS_SECONDS", (0.5, 1.0))
    assert ana.room_id is not None
    with ben.frozen(), cem.frozen():
        ana.do(commands.HandOver(ana.room_id, ben.me))
        ana.hears(events.ConnectionChanged, state=ConnectionState.CONNECTING)
        ana.is_(ConnectionState.HOSTING)


def test_only_whose_room_it_is_takes_it_back(inherited: tuple[Person, Person, Person]) -> None:
    ana, ben, _cem = inherited
    ben.do(commands.TakeBackRoom(ben.room_id))
    assert "Only who founded this room" in ben.hears(events.Problem).what
    ana.is_(ConnectionState.HOSTING)


def test_who_comes_back_is_a_member_and_may_take_the_room_back(inherited: tuple[Person, Person, Person]) -> None:
    ana, ben, cem = inherited
    ana.quits()
    ben.is_(ConnectionState.HOSTING)
    cem.is_(ConnectionState.CONNECTED)
    cem.says("while Ana was away")
    ana.starts()
    ana.do(commands.OpenRoom("Kitchen", port=0))
    assert ana.hears(events.KeptElsewhere).keeper == ben.me
    ana.is_(ConnectionState.CONNECTED)
    ana.sees("while Ana was away")
    goes_on(ana, ben, cem)
    ana.do(commands.TakeBackRoom(ana.room_id))
    ana.is_(ConnectionState.HOSTING)
    goes_on(ana, ben, cem)


def test_a_room_that_nobody_may_keep_closes_and_waits(people: People) -> None:
    ana, ben = people.person("Ana"), people.person("Ben")
    ana.hosts("Kitchen", passphrase=WORDS, keepers="nobody")
    ben.joins("Kitchen", passphrase=WORDS)
    ana.quits()
    ben.is_(ConnectionState.RECONNECTING)
    ben.do(commands.KeepOpen(ben.room_id))
    assert "was not given the right" in ben.hears(events.Problem).what
    ana.starts()
    ana.hosts("Kitchen")
    ben.is_(ConnectionState.CONNECTED)


def test_who_cannot_keep_it_is_named(people: People) -> None:
    ana, ben = people.person("Ana"), people.person("Ben")
    ben.do(commands.SetKeepRooms(False))
    ana.hosts("Kitchen", passphrase=WORDS)
    ben.joins("Kitchen", passphrase=WORDS)
    ana.do(commands.HandOver(ana.room_id, ben.me))
    assert ana.hears(events.Problem).what == "Ben cannot keep the room open at the moment. It stays open here."
    ana.do(commands.HandOver(ana.room_id))
    assert ana.hears(events.Problem).what.startswith("Nobody who is here can")
    goes_on(ana, ben)


def test_who_has_only_a_part_of_the_room_is_told_so(people: People) -> None:
    """Ben came late, and his computer was not to keep rooms open, so that it fetched nothing from before."""
    ana, ben = people.person("Ana"), people.person("Ben")
    ben.do(commands.SetKeepRooms(False))
    ana.hosts("Kitchen", passphrase=WORDS)
    texts = [f"line {number}" for number in range(500)]
    ana.says(*texts)
    ana.sees(texts[-1])
    ben.joins("Kitchen", passphrase=WORDS)
    ben.sees(texts[-1])
    is_entitled(ben)
    ana.quits()
    ben.is_(ConnectionState.RECONNECTING)
    ben.do(commands.KeepOpen(ben.room_id))
    problem = ben.hears(events.Problem).what
    assert problem.startswith("This computer has only a part of this room")
    assert "Ask one of them" in problem


def test_the_person_who_leaves_may_close_it_for_all(inherited: tuple[Person, Person, Person]) -> None:
    ana, ben, _cem = inherited
    ana.do(commands.Leave(ana.room_id, closed=True))
    ana.hears(events.Left)
    ben.is_(ConnectionState.RECONNECTING)
    time.sleep(4)  # longer than the first heir waits for a host that only starts again
    ben.hears_nothing(events.KeeperChanged)
    ben.is_(ConnectionState.RECONNECTING)


def test_the_person_who_leaves_may_choose_who_keeps_it(inherited: tuple[Person, Person, Person]) -> None:
    ana, ben, cem = inherited
    ana.do(commands.Leave(ana.room_id, heir=cem.me))
    cem.is_(ConnectionState.HOSTING)
    ben.is_(ConnectionState.CONNECTED)
    goes_on(ben, cem)


def test_who_does_not_want_to_keep_rooms_open_is_no_heir(people: People) -> None:
    ana, ben, cem = (people.person(nick) for nick in ("Ana", "Ben", "Cem"))
    ben.do(commands.SetKeepRooms(False))
    ben.hears(events.KeepRoomsChanged)
    ana.hosts("Kitchen", passphrase=WORDS)
    for one in (ben, cem):
        one.joins("Kitchen", passphrase=WORDS)
    has_heirs(ana, cem)
    ben.do(commands.SetKeepRooms(True))
    has_heirs(ana, ben, cem)
    ben.do(commands.SetKeepRooms(False))
    has_heirs(ana, cem)


def test_in_an_open_room_who_was_here_before_keeps_it_at_once(people: People) -> None:
    ana, ben, cem = (people.person(nick) for nick in ("Ana", "Ben", "Cem"))
    ana.hosts("Kitchen")
    ben.joins("Kitchen")
    ana.quits()
    ana.starts()
    ana.hosts("Kitchen")
    ben.is_(ConnectionState.CONNECTED)
    cem.joins("Kitchen")
    has_heirs(ana, ben)
    ana.quits()
    ben.is_(ConnectionState.HOSTING)
    cem.is_(ConnectionState.CONNECTED)
    goes_on(ben, cem)



def test_a_room_of_others_is_opened_by_hand_where_nobody_keeps_it(inherited: tuple[Person, Person, Person]) -> None:
    ana, ben, cem = inherited
    for one in (cem, ana, ben):
        one.quits()
    cem.starts()
    cem.do(commands.Join(cem.room_id))
    cem.is_(ConnectionState.RECONNECTING)
    cem.do(commands.KeepOpen(cem.room_id))
    cem.is_(ConnectionState.HOSTING)
    ben.starts()
    ben.joins("Kitchen")
    goes_on(ben, cem)
