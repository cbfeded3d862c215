"""What the window knows while two real Engines talk on loopback."""

from __future__ import annotations

import queue
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from lanchat.desktop.model.room_model import RoomModel
from lanchat.desktop.model.state import State
from lanchat.engine import commands
from lanchat.engine.commands import Command
from lanchat.engine.engine import Engine
from lanchat.engine.events import EntryState, Event, PassphraseNeeded, Started, Stopped
from lanchat.storage.reader import Reader
from tests.desktop.model.telling import titles
from tests.fake_lan import FakeLan

PATIENCE_SECONDS = 30.0  # only a test that fails waits so long


class Window:
    """Somebody's, without the drawing."""

    def __init__(self, nick: str, folder: Path, lan: FakeLan) -> None:
        self._nick, self._folder, self._lan = nick, folder, lan
        self.start()

    def start(self) -> None:
        self.state = State()
        self._stopped = False
        self._engine = Engine(self._folder, nick=self._nick, discovery=self._lan.node)
        self._engine.start()
        self.wait(lambda: self.state.looked_around)

    def do(self, command: Command) -> None:
        self.state.note(command)
        self._engine.do(command)

    def wait(self, is_so: Callable[[], object]) -> None:
        until = time.monotonic() + PATIENCE_SECONDS
        while not is_so():
            try:
                self._heard(self._engine.events.get(timeout=until - time.monotonic()))
            except (queue.Empty, ValueError):
                pytest.fail("nothing more came")

    def room(self, title: str = "Kitchen") -> RoomModel:
        """The room of this title, once it is there."""
        self.wait(lambda: any(room.title == title for room in self.state.rooms.values()))
        return next(room for room in self.state.rooms.values() if room.title == title)

    def says(self, text: str) -> None:
        self.do(commands.Say(self.room().room_id, text))

    def places(self) -> dict[str, list[str]]:
        """The titles of the rooms in each part of the list."""
        return titles(self.state)

    def quit(self) -> None:
        self._engine.do(commands.Quit())
        self.wait(lambda: self._stopped)
        self._engine.join(PATIENCE_SECONDS)

    def _heard(self, event: Event) -> None:
        self.state.apply(event)
        self._stopped = isinstance(event, Stopped)
        if isinstance(event, Started):
            with closing(Reader.open(self._folder)) as reader:
                self.state.begin(reader)


@pytest.fixture
def lan() -> FakeLan:
    return FakeLan()


@pytest.fixture
def ana(lan: FakeLan, tmp_path: Path) -> Iterator[Window]:
    window = Window("Ana", tmp_path / "ana", lan)
    yield window
    window.quit()


@pytest.fixture
def ben(lan: FakeLan, tmp_path: Path) -> Iterator[Window]:
    window = Window("Ben", tmp_path / "ben", lan)
    yield window
    window.quit()


def in_one_room(ana: Window, ben: Window) -> tuple[RoomModel, RoomModel]:
    """Ana hosts the kitchen, and Ben is in it."""
    ana.do(commands.OpenRoom("Kitchen"))
    ana.wait(lambda: ana.room().is_live)
    ben.do(commands.Join(ben.room().room_id))
    ben.wait(lambda: ben.room().is_live)
    ana.wait(lambda: ana.room().here == 2)
    ben.wait(lambda: ben.room().here == 2)
    return ana.room(), ben.room()


def test_a_room_is_found_joined_talked_in_and_left(ana: Window, ben: Window) -> None:
    anas, bens = in_one_room(ana, ben)
    assert anas.hosting is not None
    assert (anas.hosted, bens.hosted, bens.host, bens.first_meeting) == (True, False, "Ana", True)
    assert [ben.state.nicks.called(key) for key in bens.people.here()] == ["Ana", "Ben"]

    ben.says("@ana hello")
    ben.wait(lambda: bens.mine.outbox)
    ana.wait(lambda: anas.unread.count)
    assert (anas.unread.count, anas.unread.mentions) == (1, 1)
    mine = next(iter(bens.mine.outbox))
    ben.wait(lambda: bens.mine.state_of(mine) is EntryState.TAKEN)
    assert not bens.mine.outbox
    assert bens.unread.count == 0

    ben.do(commands.Leave(bens.room_id))
    ben.wait(lambda: not bens.is_in)
    ana.wait(lambda: anas.here == 1)
    assert [len(moved.moves.left) for moved in anas.moves if not moved.moves.first] == [0, 1]
    assert ben.places() == {"My rooms": ["Kitchen"]}
    ana.do(commands.Leave(anas.room_id))
    ben.wait(lambda: ben.places() == {"My rooms": ["Kitchen"], "Found on this network": []})


def test_the_next_start_knows_what_was_read_and_what_was_not(ana: Window, ben: Window) -> None:
    anas, bens = in_one_room(ana, ben)
    for text in ("one", "two", "three"):
        ana.says(text)
    ben.wait(lambda: bens.unread.count == 3)
    ben.do(commands.MarkRead(bens.room_id, 2))  # the first entry says who hosts
    assert bens.unread.count == 2
    ben.quit()
    ana.says("four")
    ana.wait(lambda: anas.last_seq == 5)
    ben.start()
    bens = ben.room()
    assert (bens.known, bens.unread.count, bens.unread.read_seq) == (True, 2, 2)
    ben.do(commands.Join(bens.room_id))
    ben.wait(lambda: bens.unread.count == 3)
    assert not bens.entering


def test_a_passphrase_stands_at_the_door(ana: Window, ben: Window) -> None:
    ana.do(commands.OpenRoom("Kitchen", passphrase="four little words here"))
    ana.wait(lambda: ana.room().is_live)
    room = ben.room()
    assert room.protected
    ben.do(commands.Join(room.room_id))
    ben.wait(lambda: room.asked)
    assert isinstance(room.asked, PassphraseNeeded)
    ben.do(commands.Join(room.room_id, "four little words here"))
    ben.wait(lambda: room.is_live)
    assert room.asked is None
