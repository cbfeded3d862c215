"""The program as people start it: how soon it says something, and what it costs when nobody talks."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from tests.bench.process import cpu_seconds, environment
from tests.bench.setting import Setting
from tests.bench.table import Row, ms, skipped
from tests.lan.lanlab import Lab, LabUnavailable

_LANCHAT = [sys.executable, "-m", "lanchat"]
_VERSION = "lanchat --version"
_ROOMS = "lanchat rooms, to the first line, on a plain LAN"
_IDLE = "idle client"
_ASKING_SECONDS = 9.0  # a client that has just started asks around for rooms this long


def measure(setting: Setting) -> Iterator[Row]:
    _seconds_of([*_LANCHAT, "--version"])  # the first start of all writes the bytecode
    yield _row(_VERSION, 80, [_seconds_of([*_LANCHAT, "--version"]) for _ in range(10)])
    lab = Lab(hosts=2)
    try:
        lab.up()
    except LabUnavailable as error:
        yield skipped(_ROOMS, str(error))
        yield skipped(_IDLE, str(error))
        return
    try:
        hosting = _start(lab, "h1", setting.new_folder(), "host", "Kitchen", "--json")
        _first_line(hosting)
        client = _start(lab, "h2", setting.new_folder(), "join", "Kitchen", "--json")
        _first_line(client)
        quiet = time.monotonic() + _ASKING_SECONDS
        times = 5 if setting.short else 15
        yield _row(_ROOMS, 600, [_seconds_to_find(lab, setting.new_folder()) for _ in range(times)])
        time.sleep(max(0.0, quiet - time.monotonic()))
        yield _idle_client(client.pid, 3.0 if setting.short else 20.0)
    finally:
        lab.down()


def _start(lab: Lab, host: str, folder: Path, *words: str) -> subprocess.Popen[str]:
    root = str(Path(__file__).parents[2])
    return lab.popen(
        host,
        [*_LANCHAT, "--data-dir", str(folder), *words],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        encoding="utf-8",
        env={**environment(), "PYTHONPATH": root},
    )


def _first_line(program: subprocess.Popen[str]) -> str:
    assert program.stdout is not None
    line: str = program.stdout.readline()
    if not line:
        raise RuntimeError(f"{program.args!r} said nothing")
    return line


def _seconds_of(words: list[str]) -> float:
    began = time.perf_counter()
    subprocess.run(words, check=True, stdout=subprocess.DEVNULL, env=environment())
    return time.perf_counter() - began


def _seconds_to_find(lab: Lab, folder: Path) -> float:
    began = time.perf_counter()
    looking = _start(lab, "h2", folder, "rooms")
    if "Kitchen" not in _first_line(looking):
        raise RuntimeError("`lanchat rooms` found something else than the room that is there")
    found = time.perf_counter() - began
    looking.terminate()
    looking.wait()
    return found


def _idle_client(pid: int, seconds: float) -> Row:
    before = cpu_seconds(pid)
    time.sleep(seconds)
    share = (cpu_seconds(pid) - before) / seconds
    return Row(_IDLE, "≤ 0.2 % CPU", "", f"{share:.2%}", ok=share <= 0.002, numbers={"cpu": share})


def _row(what: str, most: float, taken: list[float]) -> Row:
    median, least = 1000 * statistics.median(taken), 1000 * min(taken)
    return Row(what, f"≤ {most:g} ms", "", f"median {ms(median)}, least {ms(least)}", ok=median <= most,
               numbers={"median ms": median, "least ms": least})  # fmt: skip
