"""Whatever is closed, full or interrupted, and whenever: a line for a person at most, and never a traceback."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time

import pytest

from terminal.programs import PATIENCE_SECONDS, Machine

CLOSED = ["<&-", ">&-", "2>&-", "<&- >&-", "<&- >&- 2>&-", "> /dev/full", "2> /dev/full"]
QUICK = [["--version"], ["--help"], ["rooms", "--help"], ["nonsense"]]
ROOMS = [
    ["rooms", "--wait", "0", "--json"],
    ["host", "Kitchen"],
    ["host", "Kitchen", "--json"],
    ["join", "Nowhere"],
    ["send", "Nowhere", "hello"],
    ["send", "Nowhere"],
    ["history", "Nowhere"],
]

#: Ctrl+C is pressed when this program begins to import the module.
INTERRUPTED = """
import builtins, signal, sys
module = sys.argv.pop(1)
real = builtins.__import__
def hooked(name, *more):
    if name == module:
        signal.raise_signal(signal.SIGINT)
    return real(name, *more)
from lanchat.__main__ import program
builtins.__import__ = hooked
program()
"""


def redirected(
    machine: Machine, arguments: list[str], redirections: str, seconds: float = PATIENCE_SECONDS
) -> subprocess.CompletedProcess[str]:
    """The program, ended after so many seconds."""
    if sys.platform == "win32":
        pytest.skip("streams are closed and full as a POSIX shell has them")
    command = machine.command("ana", *arguments) if arguments not in QUICK else [*machine.program(), *arguments]
    argv = ["timeout", "--signal=TERM", str(seconds), "sh", "-c", f'exec "$@" {redirections}', "-", *command]
    environment = {name: value for name, value in os.environ.items() if name != "DISPLAY"}
    return subprocess.run(
        argv, capture_output=True, encoding="utf-8", timeout=seconds + PATIENCE_SECONDS, check=False, env=environment
    )


@pytest.mark.parametrize("redirections", [">&-", "<&- >&- 2>&-", "2> /dev/full"])
@pytest.mark.parametrize("arguments", [["nonsense"], ["history", "Nowhere"], ["host", "Kitchen"]], ids=" ".join)
def test_a_closed_or_full_stream_is_no_accident(machine: Machine, arguments: list[str], redirections: str) -> None:
    ends_in_words(machine, arguments, redirections)


@pytest.mark.long
@pytest.mark.parametrize("redirections", CLOSED)
@pytest.mark.parametrize("arguments", [*QUICK, *ROOMS], ids=" ".join)
def test_no_closed_or_full_stream_is_an_accident(machine: Machine, arguments: list[str], redirections: str) -> None:
    ends_in_words(machine, arguments, redirections)


def ends_in_words(machine: Machine, arguments: list[str], redirections: str) -> None:
    done = redirected(machine, arguments, redirections, seconds=3)
    for said in (done.stdout, done.stderr):
        assert "Traceback" not in said
        assert "Exception ignored" not in said
    assert done.returncode in (0, 1, 2, 3, 124)  # 124: still at work, which is right for a room that is open


@pytest.mark.parametrize("arguments", [["--version"], ["host", "Kitchen"]])
@pytest.mark.parametrize(("redirections", "reason"), [("> /dev/full", "No space left"), (">&-", "Bad file descriptor")])
def test_output_that_cannot_be_written_is_said_and_fails(
    machine: Machine, arguments: list[str], redirections: str, reason: str
) -> None:
    done = redirected(machine, arguments, redirections)
    assert done.returncode == 1
    assert done.stderr.startswith(f"The output could not be written: {reason}")
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize("arguments", [["--help"], ["host", "Kitchen", "--json"]])
def test_a_reader_that_has_enough_is_no_fault(machine: Machine, arguments: list[str]) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    command = machine.command("ana", *arguments)
    process = subprocess.Popen(command, stdout=writer, stderr=subprocess.PIPE, encoding="utf-8")
    os.close(writer)
    complaints = process.communicate(timeout=2 * PATIENCE_SECONDS)[1]
    assert (process.returncode, complaints) == (0, "")


def test_where_nobody_sits_nothing_is_asked(machine: Machine) -> None:
    done = machine.unattended("ana", "send", "Nowhere")
    assert done.communicate(timeout=2 * PATIENCE_SECONDS) == (None, b"There is nothing to send." + os.linesep.encode())


def test_an_input_that_never_ends_is_no_message(machine: Machine) -> None:
    command = machine.command("ana", "send", "Kitchen")
    reader, writer = os.pipe()
    process = subprocess.Popen(command, stdin=reader, stderr=subprocess.PIPE)
    os.close(reader)
    with contextlib.suppress(OSError):  # until nobody reads it any more
        while True:
            os.write(writer, b"y\n" * 10_000)
    complaints = process.communicate(timeout=PATIENCE_SECONDS)[1]
    os.close(writer)
    assert complaints.startswith(b"Too long: ")
    assert process.returncode == 1


def test_a_service_without_streams_hosts_a_room(machine: Machine) -> None:
    host = machine.unattended("ana", "host", "Kitchen")
    until = time.monotonic() + PATIENCE_SECONDS
    while "Kitchen" not in machine.run("ben", "rooms").stdout:
        assert time.monotonic() < until
        assert host.poll() is None, host.communicate()


@pytest.mark.parametrize(
    "module",
    [
        "lanchat.terminal.standard_streams",
        "lanchat.storage.languages",
        "lanchat.terminal.arguments",
        "lanchat.storage.reader",
    ],
)
def test_ctrl_c_while_it_starts_ends_it_without_a_word(machine: Machine, module: str) -> None:
    argv = [sys.executable, "-c", INTERRUPTED, module, "history", "Kitchen", "--data-dir", str(machine.folder("ana"))]
    done = subprocess.run(argv, capture_output=True, encoding="utf-8", timeout=2 * PATIENCE_SECONDS, check=False)
    ended = 3 if sys.platform == "win32" else -signal.SIGINT  # 3: the default of a signal raised there
    assert done.returncode in (1, ended)
    assert (done.stdout, done.stderr) == ("", "")
