"""A room outlives its host: three windows with real Engines; what everybody is asked, sees, and can do."""

from __future__ import annotations

import pytest

from lanchat.core import heirs
from lanchat.desktop.model.room_model import RoomModel
from lanchat.desktop.view_context import InRoom
from tests.desktop.person import People, Person

Three = tuple[Person, Person, Person]


@pytest.fixture
def three(people: People, monkeypatch: pytest.MonkeyPatch) -> Three:
    """Ana hosts the kitchen; Ben and Li are in it, and can keep it open at once."""
    monkeypatch.setattr(heirs, "HEIR_AFTER_SECONDS", 0.0)
    ana, ben, li = (people.person(nick) for nick in ("Ana", "Ben", "Li"))
    ana.starts_room("Kitchen")
    for one in (ben, li):
        one.picks("Kitchen")
        one.sees("Connected", "Ana hosts")
    ben.says("the kettle is on")
    for one in (ana, ben, li):
        one.sees("the kettle is on")
    ana.until(lambda: len(room_of(ana).keeping.heirs) == 2, "nobody can keep it open")
    return ana, ben, li


def room_of(person: Person) -> RoomModel:
    return next(iter(person.app.window.state.rooms.values()))


def test_who_closes_the_window_chooses_who_keeps_the_room(three: Three) -> None:
    ana, ben, li = three
    ana.closes()
    ana.sees("Who keeps Kitchen open?", "Ben keeps the room open", "Li keeps the room open", "Nobody: close it")
    ana.presses("Li keeps the room open")
    ana.presses("Hand over and close")
    ana.ended()
    ben.sees("Connected · Li keeps it open", "Li keeps the room open now")
    li.sees("You keep it open", "You keep the room open now", "This computer keeps the room open for Ana.")
    ben.says("still here")
    li.sees("still here")
    li.says("so am I")
    ben.sees("so am I")


def test_the_owner_comes_back_and_takes_the_room_back(three: Three) -> None:
    ana, ben, li = three
    ana.closes()
    ana.presses("Hand over and close")
    ana.ended()
    ben.until(lambda: room_of(ben).is_kept_here or room_of(li).is_kept_here, "nobody keeps it open")
    ben.says("while Ana was away")
    li.sees("while Ana was away")
    ana.opens()
    ana.sees("while Ana was away", "keeps this room open.", "founded this room")
    ana.presses("Take it back")
    ana.sees("You are hosting")
    for one in (ben, li):
        one.sees("Ana keeps the room open now", "Ana hosts")
    ana.says("thank you both")
    for one in (ben, li):
        one.sees("thank you both")


def test_who_hands_one_room_over_stays_in_it(three: Three) -> None:
    ana, ben, li = three
    ana.presses("More")
    ana.presses("Stop hosting…")
    ana.presses("Ben keeps the room open")
    ana.presses("Hand over")
    ana.sees("Ben keeps it open", "Ben keeps this room open.")
    li.sees("Ben keeps it open")
    ana.says("I am only a guest now")
    for one in (ben, li):
        one.sees("I am only a guest now")
    assert isinstance(ana.app.window.place, InRoom)


def test_a_room_that_is_closed_for_all_is_kept_open_by_nobody(three: Three) -> None:
    ana, ben, _li = three
    ana.closes()
    ana.presses("Nobody: close it")
    ana.presses("Quit")
    ana.ended()
    ben.sees("Reconnecting…", "somebody else keeps it open", "Will be sent later")
    ben.says("kept for later")
    assert not room_of(ben).is_kept_here
