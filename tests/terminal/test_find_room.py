"""Which room a title leads to, where something is said there before anybody has looked."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from pathlib import Path

import pytest

from lanchat.core.listing import Listing
from lanchat.core.model import RoomId
from lanchat.engine.commands import Browse, Command
from lanchat.engine.events import Event, LookedAround, RoomFound
from lanchat.terminal.find_room import find_room
from lanchat.terminal.standard_streams import CommandError, Exit
from terminal.stand_in import StandIn, console_on

LATER_SECONDS = 0.8  # longer than a room that answered is looked at before somebody joins it


def zoo(number: int, host: str, answering: bool = True) -> RoomFound:
    return RoomFound(Listing(RoomId(str(number) * 16), "Zoo", bytes(16), False, (), 1, host=host, answering=answering))


@pytest.mark.parametrize(
    ("typed", "told"),
    [("10.0.0.5:99999", "A port is a number from 1 to 65535."), ("10.0.0.500", "it should look like 192.168.1.42.")],
)
def test_a_mistyped_address_is_told_from_a_title(tmp_path: Path, typed: str, told: str) -> None:
    """After it was looked for: a title may look like that, too."""
    engine = StandIn(lambda command: [zoo(2, "Ana"), LookedAround(())] if isinstance(command, Browse) else [])
    with console_on(engine, tmp_path) as console, pytest.raises(CommandError) as gave_up:
        find_room(console, typed)
    assert str(gave_up.value).startswith(f"There is no room called {typed} here. ")
    assert str(gave_up.value).endswith(told)


def test_a_room_of_the_same_title_that_answers_late_counts_too(tmp_path: Path) -> None:
    def answer(command: Command) -> Iterable[Event]:
        if isinstance(command, Browse):
            later.start()
            return [zoo(2, "Mallory")]
        return []

    def answer_late() -> None:
        engine.events.put(zoo(3, "Ana"))
        engine.events.put(LookedAround(()))

    engine, later = StandIn(answer), threading.Timer(LATER_SECONDS, answer_late)
    with console_on(engine, tmp_path) as console, pytest.raises(CommandError) as ambiguous:
        find_room(console, "zoo", thorough=True)
    later.join()
    assert ambiguous.value.code == Exit.NOT_FOUND
    assert "hosted by Mallory" in ambiguous.value.words
    assert "hosted by Ana" in ambiguous.value.words


def test_a_room_whose_host_is_silent_is_not_said_to_be_missing_and_there(tmp_path: Path) -> None:
    engine = StandIn(
        lambda command: [zoo(2, "Ana", answering=False), LookedAround(())] if isinstance(command, Browse) else []
    )
    with console_on(engine, tmp_path) as console, pytest.raises(CommandError) as nobody:
        find_room(console, "Zoo")
    assert nobody.value.words == "Zoo was here, but its host Ana does not answer."


def test_a_silent_host_who_bears_my_name_is_told_apart(tmp_path: Path) -> None:
    engine = StandIn(
        lambda command: [zoo(2, "ben", answering=False), LookedAround(())] if isinstance(command, Browse) else []
    )
    with console_on(engine, tmp_path) as console, pytest.raises(CommandError) as nobody:
        find_room(console, "Zoo")
    assert nobody.value.words == "Zoo was here, but its host ben (aaaa) does not answer."
