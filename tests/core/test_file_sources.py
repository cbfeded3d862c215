"""Who has which files: what clients say, what the host answers, and that nobody makes the host tell without end."""

from __future__ import annotations

import pytest
from kitchen import Guest, Kitchen, Person

from lanchat.core import client_actions, frames, host_actions
from lanchat.core.frames import Misbehaved
from lanchat.core.limits import HOLDING_KEPT, HOLDING_MOST, SOURCES_MOST, WANTED_MOST

A, B = b"a" * 32, b"b" * 32


def found(person: Person) -> list[tuple[bytes, list[tuple[str, int]]]]:
    return [
        (fact.root, [(one.address, one.port) for one in fact.sources])
        for fact in person.told(client_actions.SourcesFound)
    ]


def test_who_looks_for_a_file_is_told_who_has_it() -> None:
    kitchen = Kitchen()
    ana, ben = Person(kitchen, "ana").comes(), Person(kitchen, "ben").comes()
    ana.client.files.hold(29_750, [A])
    kitchen.wait(0.2)
    ben.client.files.find(A)
    kitchen.wait(0.2)
    assert found(ben) == [(A, [("10.0.0.7", 29_750)])]
    assert kitchen.asked_for(host_actions.FileSought) == [host_actions.FileSought(A)]


def test_who_asked_in_vain_hears_of_it_when_somebody_has_it() -> None:
    kitchen = Kitchen()
    ana, ben = Person(kitchen, "ana").comes(), Person(kitchen, "ben").comes()
    ben.client.files.find(A)
    kitchen.wait(0.2)
    assert found(ben) == [(A, [])]
    ana.client.files.hold(29_750, [B, A])
    kitchen.wait(0.2)
    assert found(ben)[1:] == [(A, [("10.0.0.7", 29_750)])]
    ana.client.files.hold(29_750, [A])
    kitchen.wait(2)
    ana.client.files.hold(29_750, [B, A])
    kitchen.wait(2)
    assert len(found(ben)) == 2, "who was told does not look any more"


def test_what_is_not_held_any_more_is_not_told() -> None:
    kitchen = Kitchen()
    ana, ben = Person(kitchen, "ana").comes(), Person(kitchen, "ben").comes()
    ana.client.files.hold(29_750, [A])
    kitchen.wait(1.5)
    ana.client.files.hold(29_750, [B])
    kitchen.wait(1.5)
    ben.client.files.find(A)
    ben.client.files.find(B)
    kitchen.wait(0.2)
    assert found(ben) == [(A, []), (B, [("10.0.0.7", 29_750)])]
    ana.goes()
    ben.client.files.find(B)
    kitchen.wait(0.2)
    assert found(ben)[-1] == (B, [])


def test_who_has_what_it_looks_for_is_not_told_of_itself() -> None:
    kitchen = Kitchen()
    ana = Person(kitchen, "ana").comes()
    ana.client.files.hold(29_750, [A])
    kitchen.wait(0.2)
    ana.client.files.find(A)
    kitchen.wait(0.2)
    assert found(ana) == [(A, [])]


def test_who_does_not_listen_gives_only_to_the_host() -> None:
    kitchen = Kitchen()
    ana, ben = Person(kitchen, "ana").comes(), Person(kitchen, "ben").comes()
    ana.client.files.hold(0, [A])
    kitchen.wait(0.2)
    ben.client.files.find(A)
    kitchen.host.want([A])
    kitchen.wait(0.2)
    assert found(ben) == [(A, [])]
    assert ana.told(client_actions.FilesWanted) == [client_actions.FilesWanted((A,))]


def test_the_host_asks_one_after_the_other_and_who_comes_later() -> None:
    kitchen = Kitchen()
    people = [Person(kitchen, nick).comes() for nick in ("ana", "ben")]
    for person in people:
        person.client.files.hold(1, [A])
    kitchen.wait(0.2)
    for _ in range(2):
        kitchen.host.want([A])
        kitchen.wait(0.1)
    assert [len(person.told(client_actions.FilesWanted)) for person in people] == [1, 1]
    cem = Person(kitchen, "cem").comes()
    cem.client.files.hold(1, [A, B])
    kitchen.wait(0.2)
    assert cem.told(client_actions.FilesWanted) == [client_actions.FilesWanted((A,))]
    kitchen.host.want([])
    kitchen.wait(2)
    cem.client.files.hold(2, [])
    kitchen.wait(2)
    cem.client.files.hold(1, [A])
    kitchen.wait(2)
    assert len(cem.told(client_actions.FilesWanted)) == 1


def test_what_nobody_has_or_gives_is_in_the_way_of_nothing_else() -> None:
    kitchen = Kitchen()
    bogus = [number.to_bytes(32, "big") for number in range(900)]
    mallory = Guest(kitchen, "mallory").comes().sends(frames.Holding(1, bogus[:500]))
    ana = Guest(kitchen, "ana").comes().sends(frames.Holding(1, [A, *bogus[:3]]))
    for _ in range(2):
        kitchen.host.want([*bogus, A])
        kitchen.wait(0.2)
    assert [wanted.roots for wanted in ana.got(frames.Wanted)] == [[A], [*bogus[:3], A]]
    assert [wanted.roots for wanted in mallory.got(frames.Wanted)] == [bogus[:WANTED_MOST], bogus[3 : 3 + WANTED_MOST]]


def test_a_client_says_what_it_has_again_on_a_new_connection() -> None:
    kitchen = Kitchen()
    ana, ben = Person(kitchen, "ana").comes(), Person(kitchen, "ben").comes()
    ana.client.files.hold(29_750, [A])
    kitchen.wait(0.2)
    ana.goes()
    ana.comes()
    kitchen.wait(1.5)
    ben.client.files.find(A)
    kitchen.wait(0.2)
    assert found(ben) == [(A, [("10.0.0.7", 29_750)])]


def test_who_offers_files_hears_when_the_host_has_them() -> None:
    kitchen = Kitchen()
    ana = Person(kitchen, "ana").comes()
    ana.client.files.hold(29_750, [A])
    ana.client.files.find(A)
    kitchen.wait(0.2)
    kitchen.host.keeps(A, "wants")
    kitchen.host.keeps(A, "has")
    kitchen.host.keeps(A, "none")
    kitchen.wait(0.2)
    assert [fact.host for fact in ana.told(client_actions.SourcesFound)] == ["", "wants", "has"]


def test_an_answer_names_a_few() -> None:
    kitchen = Kitchen()
    for number in range(SOURCES_MOST + 5):
        Guest(kitchen, f"m{number}").comes().sends(frames.Holding(number + 1, [A]))
    asker = Guest(kitchen, "asker").comes().sends(frames.FindSources(A))
    (answer,) = asker.got(frames.Sources)
    assert [one.port for one in answer.sources] == list(range(SOURCES_MOST + 5, 5, -1))


def test_nobody_makes_the_host_count_files_all_day() -> None:
    kitchen = Kitchen()
    mallory = Guest(kitchen, "mallory").comes()
    many = [number.to_bytes(32, "big") for number in range(HOLDING_MOST)]

    def floods() -> None:
        for _ in range(20):
            mallory.sends(frames.Holding(1, many))

    with pytest.raises(Misbehaved):
        floods()


def test_the_host_remembers_only_so_many() -> None:
    kitchen = Kitchen()
    for number in range(HOLDING_KEPT // HOLDING_MOST + 2):
        many = [(number * HOLDING_MOST + at).to_bytes(32, "big") for at in range(HOLDING_MOST)]
        Guest(kitchen, f"m{number}").comes().sends(frames.Holding(1, many))
    asker = Guest(kitchen, "asker").comes()
    asker.sends(frames.FindSources((HOLDING_KEPT - 1).to_bytes(32, "big")))
    asker.sends(frames.FindSources(HOLDING_KEPT.to_bytes(32, "big")))
    assert [len(answer.sources) for answer in asker.got(frames.Sources)] == [1, 0]


def test_who_says_much_keeps_nobody_from_saying_a_little() -> None:
    kitchen = Kitchen()
    for number in range(HOLDING_KEPT // HOLDING_MOST):
        many = [(number * HOLDING_MOST + at).to_bytes(32, "big") for at in range(HOLDING_MOST)]
        Guest(kitchen, f"m{number}").comes().sends(frames.Holding(1, many))
    Guest(kitchen, "ana").comes().sends(frames.Holding(1, [A, B]))
    asker = Guest(kitchen, "asker").comes().sends(frames.FindSources(B))
    assert [len(answer.sources) for answer in asker.got(frames.Sources)] == [1]
