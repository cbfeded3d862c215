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
        yield _row(_LEAVES, 1.5, 0.5, _until_talk(lab, setting, _leaves))
        yield _row(_KILLED, 8.0, 4.0, _until_talk(lab, setting, lambda room: room["h1"].process.kill()))
        yield _row(_PULLED, 25.0, 15.0, _until_talk(lab, setting, lambda _room: lab.cut("h1", noticed=False)))
        lab.heal("h1")
        yield _row(_SPLIT, 10.0, 5.0, _until_whole(lab, setting, 20.0 if setting.short else 60.0))
    finally:
        lab.down()


class _Room(dict[str, Piped]):
    """A room that h1 hosts, with a member on each other machine, all of whom were in it before it was opened."""

    def __init__(self, lab: Lab, setting: Setting) -> None:
        super().__init__()
        self._lab = lab
        self._folders = {host: setting.new_folder() for host in _PEOPLE}
        for _before_that in (True, False):
            self["h1"] = self._start("h1", "host", "Kitchen")
            self["h1"].expects("Kitchen is open")
            for host in ("h2", "h3", "h4"):
                self[host] = self._start(host, "join", "Kitchen")
                self[host].expects("Encrypted")
            if _before_that:
                for program in reversed(self.values()):  # the host last, so that nobody keeps the room
                    program.signal(signal.SIGTERM)
                    program.ends()
        time.sleep(_NAMED_SECONDS)

    def _start(self, host: str, *words: str) -> Piped:
        command = [sys.executable, "-m", "lanchat", "--data-dir", str(self._folders[host]), *words]
        env = {**environment(), "PYTHONPATH": str(_ROOT)}
        pipe = subprocess.PIPE
        command += ["--nick", _PEOPLE[host]]
        return Piped(self._lab.popen(host, command, stdin=pipe, stdout=pipe, stderr=pipe, env=env))

    def end(self) -> None:
        for program in self.values():
            program.process.kill()
            program.process.communicate()


def _leaves(room: _Room) -> None:
    """To the end of the program, so that it takes nothing of what is written next."""
    room["h1"].signal(signal.SIGTERM)
    room["h1"].ends()


def _until_talk(lab: Lab, setting: Setting, happens: Callable[[_Room], object]) -> float:
    room = _Room(lab, setting)
    try:
        began = time.monotonic()
        happens(room)
        for host in ("h2", "h3", "h4"):
            room[host].types(f"{_PEOPLE[host]} goes on.")
        for host in ("h2", "h3", "h4"):
            for other in ("h2", "h3", "h4"):
                if other != host:
                    _hears(room[host], f"{_PEOPLE[other]} goes on.")
        return time.monotonic() - began
    finally:
        room.end()


def _until_whole(lab: Lab, setting: Setting, seconds: float) -> float:
    """h1 and h2 hear each other, and h3 and h4."""
    room = _Room(lab, setting)
    try:
        lab.split("h3", "h4")
        until, number = time.monotonic() + seconds, 0
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
