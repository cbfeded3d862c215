"""A room that is forgotten leaves nothing here, and does no harm to others."""

from __future__ import annotations

from engine.people import People, Person
from lanchat.engine import commands, events
from lanchat.engine.events import ConnectionState


def forgets(person: Person) -> None:
    person.do(commands.Forget(person.room_id))
    person.hears(events.Left, room_id=person.room_id)
    person.hears(events.Forgotten, room_id=person.room_id)


def test_a_member_forgets_a_room_and_meets_it_anew(people: People) -> None:
    ana, ben = people.person("Ana"), people.person("Ben")
    ana.hosts("Kitchen")
    ben.joins("Kitchen")
    ben.says("a secret")
    ana.sees("a secret")
    forgets(ben)
    ana.sees_here("Ana")
    assert ben.reads(lambda reader: (reader.rooms(), reader.search("secret"))) == ([], [])
    assert ben.joins("Kitchen").first_meeting
    ben.sees("a secret")


def test_a_host_forgets_a_room_while_somebody_is_in(people: People) -> None:
    ana, ben = people.person("Ana"), people.person("Ben")
    first = ana.hosts("Kitchen")
    ben.joins("Kitchen")
    ana.says("hello")
    ben.sees("hello")
    forgets(ana)
    ben.is_(ConnectionState.RECONNECTING)
    assert ana.hosts("Kitchen").room_id != first.room_id
    assert ana.kept() == []
    assert len(ben.kept()) == 1


def test_a_long_room_goes_in_pieces_and_another_goes_on(people: People) -> None:
    ana, ben = people.person("Ana", starts=False), people.person("Ben")
    ana.hosted_yesterday("Cellar", *(f"bottle {number}" for number in range(1_200)))
    ana.starts()
    cellar = ana.hosts("Cellar").room_id
    ana.hosts("Kitchen")
    ben.joins("Kitchen")
    ana.do(commands.Forget(cellar))
    ana.do(commands.Forget(cellar))
    ben.says("is it quiet?")
    ana.sees("is it quiet?")
    ana.hears(events.Forgotten, room_id=cellar)
    assert [record.title for record in ana.reads(lambda reader: reader.rooms())] == ["Kitchen"]


def test_what_was_never_known_is_forgotten_at_once(people: People) -> None:
    ana = people.person("Ana")
    ana.do(commands.Forget("abcdabcdabcdabcd"))
    ana.hears(events.Forgotten)


def test_quitting_in_the_middle_leaves_the_rest_for_another_time(people: People) -> None:
    ana = people.person("Ana", starts=False)
    ana.hosted_yesterday("Cellar", *(f"bottle {number}" for number in range(2_000)))
    ana.starts()
    cellar = ana.hosts("Cellar").room_id
    ana.do(commands.Forget(cellar))
    ana.quits()
    ana.starts()
    if ana.reads(lambda reader: reader.rooms()):
        ana.hosts("Cellar")
        ana.says("what is left of it goes on")
        ana.sees("what is left of it goes on")
        forgets(ana)
    assert ana.reads(lambda reader: reader.rooms()) == []
