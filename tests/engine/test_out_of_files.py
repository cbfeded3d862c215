"""No file or socket is to be had for a while, as when a system allows few and many people come: all goes on."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest
from msgspec.structs import replace

from engine.people import ANSWERS, People
from lanchat.core.model import RoomId
from lanchat.engine import commands, events
from lanchat.engine.commands import Command
from lanchat.engine.events import ConnectionState, Event

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows allows 8,192 files and endless sockets")

NEVER_MET = RoomId("2222222222222222")


@contextmanager
def no_descriptor_left(but: int = 0) -> Iterator[None]:
    """In this whole process, but for so many."""
    import resource

    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(1_000, before[0]), before[1]))
    held: list[int] = []
    try:
        with suppress(OSError):
            while True:
                held.append(os.dup(0))
        for _ in range(but):
            os.close(held.pop())
        yield
    finally:
        for one in held:
            os.close(one)
        resource.setrlimit(resource.RLIMIT_NOFILE, before)


UNKNOWN = "no.such.computer.example:5000"

#: What may be asked, and what answers it. `{port}`: where a room of somebody else's is open.
ASKED: list[tuple[Command, tuple[type[Event], ...]]] = [
    (commands.CheckUp(None), (events.CheckedUp,)),
    (commands.CheckUp("127.0.0.1:{port}"), (events.CheckedUp,)),
    (commands.CheckUp(UNKNOWN), (events.CheckedUp,)),
    (commands.Join("127.0.0.1:{port}"), ANSWERS),
    (commands.Join(UNKNOWN), ANSWERS),
    (commands.Join(NEVER_MET), ANSWERS),
    (commands.OpenRoom("Garden", port=0), (events.Hosting, events.NotHosting)),
    (commands.OpenRoom("Cellar", "a passphrase of mine", port=0), (events.Hosting, events.NotHosting)),
    (commands.ChangeProfile("Benny"), (events.ProfileChanged, events.Problem)),
]


@pytest.mark.parametrize(("ask", "answers"), ASKED, ids=range(len(ASKED)))
def test_what_is_asked_meanwhile_is_answered_and_ends_nothing(
    people: People, ask: Command, answers: tuple[type[Event], ...]
) -> None:
    ana, ben = people.person("Ana"), people.person("Ben")
    port = ana.hosts("Kitchen").port
    own = ben.hosts("Shed").room_id
    match ask:
        case commands.Join(where):
            ask = replace(ask, where=where.format(port=port))
        case commands.CheckUp(str(address)):
            ask = replace(ask, address=address.format(port=port))
    ben.unheard.clear()
    with no_descriptor_left():
        ben.do(ask)
        ben.hears(*answers)
        ben.do(commands.Say(own, "are we still here?"))
        ben.hears(events.EntryWritten, text="are we still here?")
    ben.do(commands.CheckUp(None))
    ben.hears(events.CheckedUp)
    ben.joins("Kitchen")
    ben.says("and there, too")
    ana.sees("and there, too")


def test_who_cannot_connect_is_told_that_it_is_this_system(people: People) -> None:
    ana, ben = people.person("Ana"), people.person("Ben")
    where = f"127.0.0.1:{ana.hosts('Kitchen').port}"
    with no_descriptor_left():
        ben.do(commands.Join(where))
        assert "open no more connections" in ben.hears(events.NotFound).problem


@pytest.mark.parametrize("left", range(2, 5))
def test_a_passphrase_with_hardly_anything_left_to_open_ends_nothing(
    people: People, left: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What proves a passphrase is loaded where it is first needed."""
    ana, ben = people.person("Ana"), people.person("Ben")
    ana.do(commands.OpenRoom("Safe", "not these four words", port=0))
    where = f"127.0.0.1:{ana.hears(events.Hosting).port}"
    for module in [name for name in sys.modules if name.partition(".")[0] == "spake2"]:
        monkeypatch.delitem(sys.modules, module)
    with no_descriptor_left(but=left):
        ben.do(commands.Join(where, "not these four words"))
        ben.hears(*ANSWERS)
    ben.unheard.clear()
    ben.do(commands.Join(where, "not these four words"))
    ben.hears(events.ConnectionChanged, state=ConnectionState.CONNECTED)
