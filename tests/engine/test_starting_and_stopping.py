"""Lanchat starts, stops and starts again, whatever it is in the middle of; nothing of it is left behind."""

from __future__ import annotations

import logging
import os
import socket
import sys
import threading
import time
from pathlib import Path
from types import ModuleType

import pytest

from engine.people import PATIENCE_SECONDS, People
from lanchat.core import limits
from lanchat.core.address import room_link
from lanchat.core.model import RoomId
from lanchat.engine import client_driver, commands, events, host_driver, own_entries, room_disk
from lanchat.engine.engine import Engine, share_the_interpreter
from lanchat.engine.events import ConnectionState
from lanchat.network.discovery.lan import LanDiscovery
from lanchat.network.discovery.schedule import Schedule
from lanchat.storage.store import Store
from lanchat.trust import passphrase
from tests.fake_lan import FakeLan

NOWHERE = RoomId("abcdabcdabcdabcd")


def test_the_first_start_and_the_second(people: People) -> None:
    ana = people.person("Ana", starts=False)
    first = ana.starts()
    assert first.first_run
    assert first.nick == "Ana"
    assert ana.quits().problem is None
    second = ana.starts()
    assert not second.first_run
    assert (second.me, second.nick) == (first.me, "Ana")


def test_without_a_name_the_account_lends_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOGNAME", "benedict")
    engine = Engine(tmp_path, discovery=FakeLan().node)
    engine.do(commands.Quit())
    engine.start()
    assert engine.events.get(timeout=PATIENCE_SECONDS).nick == "Benedict"
    engine.join(PATIENCE_SECONDS)


def test_commands_before_the_start_are_done_after_it(people: People) -> None:
    ana = people.person("Ana", starts=False)
    engine = ana.opens("Ana")
    engine.do(commands.OpenRoom("Kitchen", port=0))
    engine.do(commands.ChangeProfile("Anna"))
    engine.start()
    ana.hears(events.Started)
    assert ana.hears(events.Hosting).title == "Kitchen"
    assert ana.hears(events.ProfileChanged).nick == "Anna"


def test_quit_before_the_start(people: People) -> None:
    ana = people.person("Ana", starts=False)
    engine = ana.opens("Ana")
    engine.do(commands.Quit())
    engine.start()
    assert ana.has_stopped() == events.Stopped(None)


def test_commands_after_the_end_do_nothing(people: People) -> None:
    ana = people.person("Ana")
    engine = ana.engine
    ana.quits()
    engine.do(commands.OpenRoom("Kitchen"))
    engine.do(commands.Quit())
    engine.join(1)
    assert engine.events.empty()


def test_commands_to_what_never_came_up_do_nothing(people: People) -> None:
    ana = people.person("Ana")
    second = people.person("Ana", ana.folder, starts=False)
    engine = second.opens()
    engine.do(commands.OpenRoom("Kitchen"))
    engine.start()
    assert second.has_stopped().problem
    engine.do(commands.Quit())
    assert engine.events.empty()


def test_quit_while_hosting_says_goodbye(people: People) -> None:
    ana, ben = people.person("Ana"), people.person("Ben")
    ana.hosts("Kitchen")
    ben.joins("Kitchen")
    ana.quits()
    ben.is_(ConnectionState.RECONNECTING)
    assert ben.room.problem == "the host closed the room"
    ben.until(lambda: "Kitchen" not in ben.listings)


def test_quit_while_the_host_is_away(people: People) -> None:
    ana, ben = people.person("Ana"), people.person("Ben")
    ana.hosts("Kitchen")
    ben.joins("Kitchen")
    ana.quits()
    ben.is_(ConnectionState.RECONNECTING)
    ben.says("later then")
    ben.quits()
    assert ben.waiting() == ["later then"]


def test_quit_just_after_commands_that_take_time(people: People) -> None:
    """None of these is waited for, and none leaves anything behind."""
    ana = people.person("Ana")
    ana.hosts("Kitchen")
    for nick in ("Ben", "Cleo", "Dora"):
        guest = people.person(nick)
        guest.do(commands.Join(ana.room_id))
        guest.do(commands.Join(NOWHERE))
        guest.do(commands.OpenRoom("Garden", passphrase="apple-banjo-comet-dune", port=0))
        guest.do(commands.CheckUp("127.0.0.1"))
        assert guest.quits().problem is None
    assert ana.quits().problem is None


@pytest.mark.parametrize("says", [b"", b"\x16\x03\x03"], ids=["nothing", "half a TLS record"])
def test_quit_while_a_host_says_nothing(people: People, says: bytes) -> None:
    """It takes the connection and then hangs, as a frozen program does."""
    ben = people.person("Ben")
    with socket.create_server(("127.0.0.1", 0)) as frozen:
        ben.do(commands.Join(f"127.0.0.1:{frozen.getsockname()[1]}"))
        with frozen.accept()[0] as taken:
            taken.sendall(says)
            began = time.monotonic()
            ben.quits()
            assert time.monotonic() - began < limits.HANDSHAKE_SECONDS / 2


def test_leaving_a_room_that_is_still_being_joined(people: People) -> None:
    ben = people.person("Ben")
    with socket.create_server(("127.0.0.1", 0)) as frozen:
        ben.network.set(online=False)
        ben.do(commands.Join(NOWHERE))
        ben.do(commands.Leave(NOWHERE))
        ben.hears(events.Left, room_id=NOWHERE)
        ben.do(commands.Join(room_link(["127.0.0.1"], frozen.getsockname()[1], NOWHERE, bytes(16))))
        frozen.accept()[0].close()
    ben.hears_nothing(events.ConnectionChanged)


def test_leaving_where_one_never_was(people: People) -> None:
    ben = people.person("Ben")
    ben.do(commands.Leave(NOWHERE))
    ben.hears(events.Left, room_id=NOWHERE)
    ben.do(commands.FetchEarlier(NOWHERE))
    assert not ben.hears(events.MessagesAdded, room_id=NOWHERE).messages
    ben.do(commands.Remove(NOWHERE, ben.me))
    ben.hears_nothing(events.Problem)


def test_a_member_that_stopped_reading_does_not_keep_the_host_from_quitting(people: People) -> None:
    """Its machine sleeps: the connection is up, and nothing is answered on it."""
    ana, ben = people.person("Ana"), people.person("Ben")
    ana.hosts("Kitchen")
    ben.joins("Kitchen")
    with ben.frozen():
        ana.quits()


def descriptors() -> int:
    return len(os.listdir("/proc/self/fd")) if Path("/proc/self/fd").is_dir() else 0


def test_fifty_starts_and_stops_leave_nothing(people: People) -> None:
    ana, ben = people.person("Ana"), people.person("Ben")
    ana.quits()
    ben.quits()
    threads, before = threading.active_count(), descriptors()
    for number in range(25):
        ana.starts()
        ana.hosts("Kitchen")
        ben.starts()
        if number % 5 == 0:
            ben.joins("Kitchen")
        ben.quits()
        ana.quits()
    assert threading.active_count() == threads
    assert descriptors() == before


def broken(*_: object, **__: object) -> None:
    raise ZeroDivisionError("what was said")


@pytest.mark.parametrize(
    ("place", "name", "when"),
    [
        (own_entries, "clean_text", "Ben speaks"),
        (passphrase, "derive", "Ben hosts"),
        (room_disk, "verify_entries", "Ana speaks"),
        (room_disk, "encode_blocks", "Ana's room grows"),
        (host_driver.Host, "received", "Ana's room hears"),
        (host_driver.Host, "tick", "Ana's room ticks"),
        (client_driver.Client, "tick", "Ben's room ticks"),
        (client_driver.Client, "received", "Ben's room hears"),
        (Store, "settle", "Ben's disk is idle"),
        (Store, "require_file", "Ben's database is watched"),
    ],
)
def test_a_mistake_of_ours_ends_the_engine_in_plain_words(
    people: People, monkeypatch: pytest.MonkeyPatch, place: ModuleType, name: str, when: str
) -> None:
    """In a Command, in a task, in a callback of the loop, and in one of a connection: nothing goes on half broken, and
    what is on disk stays."""
    logged: list[object] = []
    log = logging.getLogger("lanchat.engine.engine")
    monkeypatch.setattr(log, "critical", lambda *record, **_: logged.append(record))
    ana, ben = people.person("Ana"), people.person("Ben")
    ana.hosts("Kitchen")
    ben.joins("Kitchen")
    ben.says("safe")
    for person in (ana, ben):
        person.sees("safe")
    monkeypatch.setattr(place, name, broken)
    match when:
        case "Ben speaks":
            ben.do(commands.Say(ben.room_id, "hello"))
        case "Ben hosts":
            ben.do(commands.OpenRoom("Garden", passphrase="apple-banjo-comet-dune", port=0))
        case "Ana's room hears":
            ben.do(commands.Say(ben.room_id, "hello"))
        case _:
            ana.do(commands.Say(ana.room_id, "hello"))
    unlucky = ana if when.startswith("Ana's room") else ben
    alike = place in (Store, client_driver.Client)  # Ana has a disk with nothing to do, and a Client in her room, too
    for person in (unlucky, ana) if alike else (unlucky,):
        problem = person.has_stopped().problem
        assert "made a mistake" in problem
        assert "said" not in problem
    assert logged
    monkeypatch.undo()
    unlucky.starts()
    assert "safe" in [item.text for item in unlucky.kept()]


def test_a_mistake_in_looking_for_rooms_is_logged_and_the_room_goes_on(
    people: People, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    logged: list[object] = []
    monkeypatch.setattr(logging.getLogger("asyncio"), "error", lambda *record, **_: logged.append(record))
    monkeypatch.setattr(Schedule, "due", broken)
    engine = Engine(tmp_path / "alone", nick="Ana", discovery=lambda: LanDiscovery(only=["127.0.0.1"]))
    engine.do(commands.OpenRoom("Kitchen", port=0))
    engine.start()
    heard: list[events.Event] = []
    while not any(isinstance(event, events.Hosting) for event in heard):
        heard.append(engine.events.get(timeout=PATIENCE_SECONDS))
    engine.do(commands.Say(heard[-1].room_id, "still here"))
    while not isinstance(heard[-1], events.EntryWritten):
        heard.append(engine.events.get(timeout=PATIENCE_SECONDS))
    engine.do(commands.Quit())
    while not isinstance(heard[-1], events.Stopped):
        heard.append(engine.events.get(timeout=PATIENCE_SECONDS))
    engine.join(PATIENCE_SECONDS)
    assert heard[-1] == events.Stopped(None)
    assert logged


def test_how_threads_share_the_interpreter_is_the_programs_choice_and_no_engines(people: People) -> None:
    before = sys.getswitchinterval()
    try:
        sys.setswitchinterval(0.004)
        people.person("Ana").quits()
        assert sys.getswitchinterval() == pytest.approx(0.004)
        share_the_interpreter()
        assert sys.getswitchinterval() == pytest.approx(0.001 if sys.platform == "win32" else 0.00005)
    finally:
        sys.setswitchinterval(before)
