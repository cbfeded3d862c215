"""How soon a room goes on without its host: real programs on four machines of a network between namespaces.

The time is from what happens to the host until what somebody wrote after that is read by another member. A member is
named as an heir within two seconds; each measurement waits for that first.
"""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.bench.process import environment
from tests.bench.setting import Setting
from tests.bench.table import Row, skipped
from tests.lan.lanlab import Lab, LabUnavailable
from tests.terminal.programs import Piped

_ROOT = Path(__file__).parents[2]
_NAMED_SECONDS = 4.0  # a member is an heir by then
_SPLIT_SECONDS = 60.0
_PEOPLE = {"h1": "Ana", "h2": "Ben", "h3": "Cy", "h4": "Di"}
_LEAVES = "the host leaves politely: others can talk again"
_KILLED = "the host's program is killed: others can talk again"
_PULLED = "the host's cable is pulled: others can talk again"
_SPLIT = "a network is split with talk on both sides, and healed: all have all of it"


def measure(setting: Setting) -> Iterator[Row]:
    lab = Lab(hosts=len(_PEOPLE))
    try:
        lab.up()
    except LabUnavailable as error:
        for what in (_LEAVES, _KILLED, _PULLED, _SPLIT):
            yield skipped(what, str(error))
        return
    try:
        room = _Room(lab, setting)
        try:
            yield _row(_LEAVES, 1.5, 0.5, _until_talk(room, _leaves))
            time.sleep(_NAMED_SECONDS)
            yield _row(_KILLED, 8.0, 4.0, _until_talk(room, lambda keeper: keeper.process.kill()))
        finally:
            room.end()
        if setting.short:
            return
        yield _row(_PULLED, 25.0, 15.0, _until_nobody_is_missed(lab, setting))
        yield _row(_SPLIT, 10.0, 5.0, _until_whole(lab, setting))
    finally:
        lab.down()


class _Room(dict[str, Piped]):
    """A room that h1 hosts, with a member on each other machine, all of whom were in it before it was opened."""

    def __init__(self, lab: Lab, setting: Setting) -> None:
        super().__init__()
        self._lab = lab
        self._programs: list[Piped] = []
        self._folders = {host: setting.new_folder() for host in _PEOPLE}
        for again in (False, True):
            self["h1"] = self._start("h1", "host", "Kitchen")
            self["h1"].expects("Kitchen is open")
            for host in ("h2", "h3", "h4"):
                self[host] = self._start(host, "join", "Kitchen")
                self[host].expects("Encrypted")
            if not again:
                for program in reversed(self.values()):  # the host last, so that nobody keeps the room
                    program.signal(signal.SIGTERM)
                    program.ends()
        time.sleep(_NAMED_SECONDS)

    def _start(self, host: str, *words: str) -> Piped:
        command = [sys.executable, "-m", "lanchat", "--data-dir", str(self._folders[host]), *words]
        env = {**environment(), "PYTHONPATH": str(_ROOT)}
        pipe = subprocess.PIPE
        command += ["--nick", _PEOPLE[host]]
        program = Piped(self._lab.popen(host, command, stdin=pipe, stdout=pipe, stderr=pipe, env=env))
        self._programs.append(program)
        return program

    def keeper(self) -> str:
        """The machine that keeps the room open now."""
        return next((host for host, program in self.items() if "You keep the room open now" in program.seen()), "h1")

    def end(self) -> None:
        for program in self._programs:
            program.process.kill()
            program.process.communicate()


def _leaves(keeper: Piped) -> None:
    """To the end of the program, so that it takes nothing of what is written next."""
    keeper.signal(signal.SIGTERM)
    keeper.ends()


def _until_talk(room: _Room, happens: Callable[[Piped], object]) -> float:
    """Seconds from what happens to the program that keeps the room until all others have talked with each other."""
    keeper = room.keeper()
    began = time.monotonic()
    happens(room.pop(keeper))
    for host, program in room.items():
        program.types(f"{_PEOPLE[host]} goes on without {keeper}.")
    for host in room:
        for other, program in room.items():
            if other != host:
                _hears(program, f"{_PEOPLE[host]} goes on without {keeper}.")
    return time.monotonic() - began


def _until_nobody_is_missed(lab: Lab, setting: Setting) -> float:
    room = _Room(lab, setting)
    try:
        return _until_talk(room, lambda _keeper: lab.cut("h1", noticed=False))
    finally:
        lab.heal("h1")
        room.end()


def _until_whole(lab: Lab, setting: Setting) -> float:
    """h1 and h2 hear each other, and h3 and h4."""
    room = _Room(lab, setting)
    try:
        lab.split("h3", "h4")
        until, number = time.monotonic() + _SPLIT_SECONDS, 0
        while time.monotonic() < until:
            number += 1
            for host, program in room.items():
                program.types(f"{_PEOPLE[host]} {number}.")
            time.sleep(0.5)
        last = {host: f"{_PEOPLE[host]} {number}." for host in room}
        for one, other in (("h1", "h2"), ("h3", "h4")):
            _hears(room[one], last[other])
            _hears(room[other], last[one])
        began = time.monotonic()
        lab.join("h3", "h4")
        for one, others in (("h1", ("h3", "h4")), ("h2", ("h3", "h4")), ("h3", ("h1", "h2")), ("h4", ("h1", "h2"))):
            for other in others:
                _hears(room[one], last[other])
        return time.monotonic() - began
    finally:
        room.end()


def _hears(program: Piped, text: str) -> None:
    """Waits until it shows this, wherever among other lines."""
    if text not in program.seen():
        program.expects(text)


def _row(what: str, must: float, aim: float, seconds: float) -> Row:
    measured = f"{seconds:.1f} s"
    return Row(what, f"<= {must:g} s", f"{aim:g} s", measured, ok=seconds <= must, numbers={"seconds": seconds})
