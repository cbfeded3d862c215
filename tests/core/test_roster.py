"""Who is in a room, as a client hears it: whole, in changes, and from a host that makes things up."""

from __future__ import annotations

import random
import tracemalloc

import pytest
from disks import ROOM
from kitchen import card

from lanchat.core import roster as roster_module
from lanchat.core.client_actions import RosterChanged
from lanchat.core.frames import Misbehaved, Present, StateMark
from lanchat.core.model import Availability, Card, MemberKey
from lanchat.core.roster import Roster

ANA, BEN, CLEO = card("ana"), card("ben"), card("cleo")


class Watcher:
    """Knows only what it is told of changes."""

    def __init__(self) -> None:
        self.roster = Roster(ROOM)
        self.here: dict[MemberKey, Card] = {}
        self.states: dict[MemberKey, Availability] = {}

    def hears(self, frame: Present) -> RosterChanged | None:
        change = self.roster.hear(frame)
        if change is not None:
            for one in change.left:
                del self.here[MemberKey(one.key)]
                self.states.pop(MemberKey(one.key), None)
            self.here |= {MemberKey(one.key): one for one in change.joined}
            self.states |= dict(change.states)
            assert change.here == len(self.here) == len(self.roster)
        return change


def away(*cards: Card, state: str = "away") -> list[StateMark]:
    return [StateMark(one.key, state) for one in cards]


def test_a_watcher_of_changes_knows_who_is_here_and_who_is_away() -> None:
    watcher, rng = Watcher(), random.Random(5)
    cards = [card(f"guest {number}", revision) for number in range(6) for revision in (1, 2)]
    here: dict[bytes, Card] = {}
    states: dict[bytes, str] = {}
    for _frame in range(3_000):
        joined, left, marked = (rng.sample(cards, rng.choice((0, 0, 1, 2))) for _ in range(3))
        marks = away(*marked, state=rng.choice(("away", "busy", "here", "asleep")))
        whole = rng.random() < 0.05
        here, states = ({}, {}) if whole else (here, states)
        here |= {one.key: one for one in joined}
        for one in left:
            here.pop(one.key, None)
        states |= {mark.member: mark.state for mark in marks}
        states = {key: state for key, state in states.items() if key in here and state in ("away", "busy")}
        watcher.hears(Present(joined=joined, left=[one.key for one in left], states=marks, all=whole))
        assert watcher.here == here
        assert {k: s.value for k, s in watcher.states.items() if s is not Availability.HERE} == states


def test_a_frame_that_changes_nothing_tells_nothing() -> None:
    watcher = Watcher()
    first = watcher.hears(Present([ANA, BEN], all=True, states=away(BEN)))
    assert first == RosterChanged(ROOM, (ANA, BEN), (), 2, True, ((MemberKey(BEN.key), Availability.AWAY),))
    for same in (Present(), Present([ANA]), Present(left=[CLEO.key]), Present(states=away(BEN, CLEO))):
        assert watcher.hears(same) is None


def test_a_whole_roster_in_pieces_takes_states_only_of_those_it_has_named() -> None:
    watcher = Watcher()
    watcher.hears(Present([CLEO], all=True))
    assert watcher.hears(Present([ANA], all=True, more=True, states=away(ANA, CLEO))) is None
    change = watcher.hears(Present([BEN], left=[ANA.key]))
    assert change == RosterChanged(ROOM, (BEN,), (CLEO,), 1)


def test_an_empty_frame_costs_nothing_however_many_are_here() -> None:
    roster = Roster(ROOM)
    cards = [card(f"guest {number}") for number in range(5_000)]
    roster.hear(Present(cards, all=True, states=away(*cards)))
    tracemalloc.start()
    try:
        roster.hear(Present())
        roster.hear(Present([ANA]))
        roster.hear(Present(left=[ANA.key]))
        assert tracemalloc.get_traced_memory()[1] < 10_000
    finally:
        tracemalloc.stop()


def test_no_more_are_taken_in_than_fit_in_a_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(roster_module, "MEMBERS", 2)
    watcher = Watcher()
    watcher.hears(Present([ANA, BEN], all=True))
    watcher.hears(Present([ANA, BEN]))
    with pytest.raises(Misbehaved):
        watcher.hears(Present([CLEO]))
