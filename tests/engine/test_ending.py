"""Lanchat ends at every step of a room's way from one computer to another: at once, and with nothing left behind."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable
from typing import Any

import pytest

from engine.people import People, Person
from engine.test_succession import has_heirs
from lanchat.engine import commands, keeper_changes
from lanchat.engine.entering import RoomDialer
from lanchat.engine.events import ConnectionState
from lanchat.engine.follower_role import FollowerRole
from lanchat.engine.host_driver import HostDriver
from lanchat.engine.host_role import HostRole
from lanchat.engine.known_rooms import KnownRooms
from lanchat.engine.opening import RoomOpener
from lanchat.engine.room_disk import DiskReplica
from lanchat.engine.room_files import RoomFiles
from lanchat.network.listener import Listener

WORDS = "apple-banjo-comet-dune"

#: The steps, each the call of a method that waits.
Step = tuple[type, str]
LEAVES_THE_FILES: Step = (RoomFiles, "close")
ENDS_AS_MEMBER: Step = (FollowerRole, "close")
ENDS_AS_HOST: Step = (HostRole, "close")
STOPS_LISTENING: Step = (Listener, "close")
SAYS_GOODBYE: Step = (HostDriver, "close")
OPENS: Step = (RoomOpener, "take_over")
READS_THE_ROOM: Step = (DiskReplica, "client")
KNOCKS: Step = (RoomDialer, "enter")
IS_IN: Step = (KnownRooms, "met")


class Halt:
    """Somebody's lanchat waits at a step, from the first time it comes there, until it is let go or cancelled."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, person: Person, step: Step) -> None:
        where, name = step
        real = getattr(where, name)
        self._person = person
        self._reached = threading.Event()
        self._goes_on = asyncio.Event()

        async def halted(*arguments: Any, **named: Any) -> Any:
            if asyncio.get_running_loop() is person._loop and not self._reached.is_set():
                self._reached.set()
                try:
                    await self._goes_on.wait()
                except asyncio.CancelledError:  # then in the step: what it was given is its own
                    task = asyncio.current_task()
                    assert task is not None
                    task.uncancel()
                    task.cancel()
            return await real(*arguments, **named)

        monkeypatch.setattr(where, name, halted)

    def is_reached(self) -> None:
        assert self._reached.wait(10), "it never came there"

    def lets_go(self) -> None:
        assert self._person._loop is not None
        self._person._loop.call_soon_threadsafe(self._goes_on.set)


@pytest.fixture
def complaints(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the log says of tasks that nobody ended, and what asyncio says of what was left behind."""
    said: list[str] = []
    for name in ("lanchat.engine.tasks", "asyncio"):
        monkeypatch.setattr(logging.getLogger(name), "error", lambda words, *rest, **_: said.append(str((words, rest))))
    return said


@pytest.fixture
def heirs_ready(people: People) -> tuple[Person, Person, Person]:
    """Ana hosts the kitchen; Ben, then Cem may keep it open after her."""
    ana, ben, cem = (people.person(nick) for nick in ("Ana", "Ben", "Cem"))
    ana.hosts("Kitchen", passphrase=WORDS)
    for one in (ben, cem):
        one.joins("Kitchen", passphrase=WORDS)
    has_heirs(ana, ben, cem)
    return ana, ben, cem


def ends_there(halt: Halt, person: Person, complaints: list[str]) -> None:
    """Whose lanchat is at that step quits."""
    halt.is_reached()
    person.do(commands.Quit())
    halt.lets_go()
    assert person.has_stopped().problem is None
    assert complaints == []


@pytest.mark.parametrize("step", [LEAVES_THE_FILES, ENDS_AS_MEMBER, OPENS, READS_THE_ROOM])
def test_it_ends_while_it_takes_the_room_over(
    heirs_ready: tuple[Person, Person, Person], monkeypatch: pytest.MonkeyPatch, complaints: list[str], step: Step
) -> None:
    ana, ben, cem = heirs_ready
    halt = Halt(monkeypatch, ben, step)
    ana.quits()
    ends_there(halt, ben, complaints)
    cem.is_(ConnectionState.HOSTING)


@pytest.mark.parametrize("step", [LEAVES_THE_FILES, ENDS_AS_HOST, STOPS_LISTENING, SAYS_GOODBYE, KNOCKS, IS_IN])
def test_it_ends_while_it_hands_the_room_over(
    heirs_ready: tuple[Person, Person, Person], monkeypatch: pytest.MonkeyPatch, complaints: list[str], step: Step
) -> None:
    ana, ben, cem = heirs_ready
    halt = Halt(monkeypatch, ana, step)
    ana.do(commands.HandOver(ana.room_id, ben.me))
    ends_there(halt, ana, complaints)
    ben.is_(ConnectionState.HOSTING)
    cem.is_(ConnectionState.CONNECTED)


@pytest.mark.parametrize("step", [LEAVES_THE_FILES, ENDS_AS_MEMBER, OPENS, READS_THE_ROOM])
@pytest.mark.parametrize("by_force", [False, True])
def test_it_ends_while_it_takes_the_room_back(
    heirs_ready: tuple[Person, Person, Person], monkeypatch: pytest.MonkeyPatch, complaints: list[str], step: Step,
    by_force: bool,
) -> None:  # fmt: skip
    ana, ben, cem = heirs_ready
    ana.do(commands.HandOver(ana.room_id, ben.me))
    for one in (ana, cem):
        one.is_(ConnectionState.CONNECTED)
    has_heirs(ben, ana, cem)
    if by_force:  # of a keeper who does not answer
        monkeypatch.setattr(keeper_changes, "_ASK_SECONDS", 0.0)
        monkeypatch.setattr(HostDriver, "close", _waits_a_while(HostDriver.close))
    halt = Halt(monkeypatch, ana, step)
    ana.do(commands.TakeBackRoom(ana.room_id))
    ends_there(halt, ana, complaints)
    ben.is_(ConnectionState.HOSTING)


def _waits_a_while(real: Callable[..., Any]) -> Callable[..., Any]:
    async def late(*arguments: Any) -> Any:
        await asyncio.sleep(0.5)
        return await real(*arguments)

    return late


def test_it_ends_at_once_after_it_asked_for_the_room_back(
    heirs_ready: tuple[Person, Person, Person], complaints: list[str]
) -> None:
    """What follows when the keeper does not answer does not begin any more."""
    ana, ben, cem = heirs_ready
    ana.do(commands.HandOver(ana.room_id, ben.me))
    for one in (ana, cem):
        one.is_(ConnectionState.CONNECTED)
    ana.do(commands.TakeBackRoom(ana.room_id))
    assert ana.quits(5).problem is None
    assert complaints == []
