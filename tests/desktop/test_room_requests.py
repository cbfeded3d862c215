"""The window at the room that was asked for where lanchat was started (`--window`), and what it prints (`--print`)."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from lanchat.desktop.bootstrap import StartOptions
from lanchat.engine.commands import Join, OpenRoom
from lanchat.engine.single_instance import ring
from tests.desktop.person import People
from tests.desktop.window_program import ROOT
from tests.terminal.programs import Machine, Piped


@pytest.mark.parametrize("named", ["Kitchen", "kitchen", "{room_id}", "{link}"])
def test_a_window_that_is_open_shows_the_room_to_join(people: People, named: str) -> None:
    ana, ben = people.person("Ana"), people.person("Ben")
    ana.starts_room("Kitchen")
    (room,) = ana.app.window.state.hosted_here()
    assert room.hosting is not None
    assert ring(ben.folder, "join " + named.format(room_id=room.room_id, link=room.hosting.link))
    ben.sees("Connected · Ana hosts")
    ana.sees("Ben joined")


def test_a_window_that_is_open_opens_the_room_to_host_and_shows_it_the_next_time(people: People) -> None:
    ana = people.person("Ana")
    for other in ("Garage", "Attic"):
        assert ring(ana.folder, "host Ana's kitchen")
        ana.sees("You are hosting", "Message Ana's kitchen")
        ana.starts_room(other)
    assert [room.title for room in ana.app.window.state.hosted_here()].count("Ana's kitchen") == 1


def test_a_room_that_is_not_there_is_said_not_to_be(people: People) -> None:
    ben = people.person("Ben")
    assert ring(ben.folder, "join Nowhere")
    ben.sees("Join by code, link or address", "There is no room called Nowhere here.")  # there it stays
    ben.types("x")
    ben.sees_no("There is no room called Nowhere here.")


def test_of_several_rooms_with_the_title_none_is_taken(people: People) -> None:
    ana, li, ben = people.person("Ana"), people.person("Li"), people.person("Ben")
    ana.starts_room("Kitchen")
    li.starts_room("Kitchen")
    assert ring(ben.folder, "join Kitchen")
    ben.sees("Join by code, link or address", "There are 2 rooms called Kitchen. Choose it in the list.")


@pytest.mark.parametrize(
    "start",
    [
        StartOptions(OpenRoom("Kitchen", "four-words-go-here")),
        StartOptions(join=Join("Kitchen", "p")),
        StartOptions(nick="Ann"),
    ],
    ids=["host", "join", "nick"],
)
def test_what_an_open_window_cannot_be_asked_for_does_not_begin_without_it(people: People, start: StartOptions) -> None:
    """A room must not open without its passphrase."""
    from lanchat.desktop import bootstrap

    ana = people.person("Ana")
    before = ana.reads()
    told = bootstrap.run(ana.folder, "host Kitchen" if start.host else "join Kitchen", start=start)
    assert "close it first" in told
    ana.looks()
    assert ana.app.window.state.hosted_here() == []
    assert ana.reads() == before


@pytest.fixture
def machine(tmp_path: Path, display: str) -> Iterator[Machine]:
    with Machine(tmp_path) as here:
        yield here


def test_it_prints_what_the_terminal_would_and_goes_on_when_nobody_reads(machine: Machine) -> None:
    host = machine.pipe("ana", "host", "Kitchen", "--nick", "Ana", "--json")
    host.expects("\n")
    words = [sys.executable, "-m", "tests.desktop.driven", machine.program()[-1], "join", "Kitchen", "--window"]
    process = subprocess.Popen(
        [*words, "--print", "--nick", "Ben", "--data-dir", str(machine.folder("ben")),
         "--log-level", "error"],  # where nothing can play a sound, a warning says so
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    window = Piped(process)
    try:
        window.expects("== Kitchen ==\n")
        window.expects("Encrypted · first meeting with Ana (")
        host.types("hello\x1b]0;gotcha\x07 there")
        window.expects("Ana   hello]0;gotcha there\n")
        host.expects('"type":"entry"')
        host.expects("\n")
        said = next(line for line in map(json.loads, host.seen().splitlines()) if line["type"] == "entry")
        host.types(json.dumps({"edit": said["id"], "text": "bye"}), json.dumps({"topic": "Breaks"}))
        window.expects("Ana edited “hello]0;gotcha there”: bye\n")
        window.expects("Topic: Breaks\n")
        window.closes_output()
        host.types("more", "and more")
        host.expects('"state":"delivered"')
        assert process.poll() is None
        if sys.platform != "win32":  # where programs send each other no signals
            process.terminate()
            assert process.wait(30) == 0
            assert window.complaints() == ""
    finally:
        process.kill()
        process.wait()
        for stream in (process.stdin, process.stderr):
            assert stream is not None
            stream.close()


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="there is always a screen there")
def test_where_no_window_can_be_drawn_that_is_said_in_a_line(machine: Machine) -> None:
    for words in (["host", "Kitchen", "--window"], ["join", "Kitchen", "--window"], ["--print"]):
        done = machine.run("ben", *words)
        assert (done.returncode, done.stdout) == (1, "")
        assert done.stderr == "There is no screen here to draw a window on.\n"
