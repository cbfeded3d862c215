"""States, numbers and times, as they are said."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from msgspec.structs import replace

from lanchat.desktop.model import phrases
from lanchat.desktop.model.state import State
from lanchat.engine import commands
from lanchat.engine.events import ConnectionState, Event, Left, RoomFound
from tests.desktop.model.telling import KITCHEN, connected, hosting, listing, stands

NOON = datetime(2026, 11, 20, 12, 0)  # noqa: DTZ001 - as the clock on the wall here shows it


def at(day: int, hour: int, minute: int) -> int:
    """ms, of this November as it is here."""
    return int(datetime(2026, 11, day, hour, minute).timestamp() * 1000)  # noqa: DTZ001


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ([RoomFound(listing())], "Not connected"),
        ([stands(ConnectionState.CONNECTING)], "Connecting…"),
        ([connected()], "Connected"),
        ([stands(ConnectionState.RECONNECTING)], "Reconnecting…"),
        ([stands(ConnectionState.STOPPED)], "Not connected"),
        ([hosting(), stands(ConnectionState.HOSTING)], "You are hosting · code 12345-67890-ABC"),
        ([replace(hosting(), code=""), stands(ConnectionState.HOSTING)], "You are hosting"),
        ([hosting(), Left(KITCHEN)], "Closed"),
    ],
)
def test_where_we_stand(state: State, told: list[Event], said: str) -> None:
    for event in told:
        state.apply(event)
    assert phrases.connection(state.rooms[KITCHEN]) == said


def test_while_it_is_not_answered_yet(state: State) -> None:
    state.apply(RoomFound(listing()))
    state.note(commands.Join(KITCHEN))
    assert phrases.connection(state.rooms[KITCHEN]) == "Connecting…"
    state.apply(hosting())
    state.apply(Left(KITCHEN))
    state.note(commands.OpenRoom("Kitchen", room_id=KITCHEN))
    assert phrases.connection(state.rooms[KITCHEN]) == "Opening…"


def test_numbers_in_a_pill() -> None:
    assert [phrases.unread(count) for count in (0, 1, 999, 1_000)] == ["", "1", "999", "999+"]


def test_days() -> None:
    today = date(2026, 11, 20)
    assert phrases.day(today, today) == "Today"
    assert phrases.day(date(2026, 11, 19), today) == "Yesterday"
    assert phrases.day(date(2026, 11, 18), today) == "Wednesday, 18 November 2026"
    assert phrases.day(date(2026, 11, 21), today) == "Saturday, 21 November 2026"


def test_times() -> None:
    assert phrases.when(at(20, 9, 5), NOON) == "09:05"
    assert phrases.when(at(19, 20, 14), NOON) == "Yesterday 20:14"
    assert phrases.when(at(3, 20, 14), NOON) == "3 November 2026"
    assert phrases.moment(at(3, 20, 14)) == "Tuesday, 3 November 2026, 20:14"
