"""The window: how soon it is there, what it costs when nobody talks, and how it keeps up when everybody does.

The real program on a screen of its own, in a process of its own; see window_program. In the other process: a real host.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from lanchat.core.model import RoomId
from tests.bench import million
from tests.bench.peers import free_port
from tests.bench.process import cpu_seconds, environment, memory_kib
from tests.bench.setting import Setting
from tests.bench.table import Row, ms, skipped
from tests.screen import NoScreen, screen

_BARE = "import sys, tkinter; root = tkinter.Tk(); root.update(); root.winfo_pointerx(); print('drawn', flush=True)"
_WORDS = ["meeting", "kitchen", "tomorrow", "coffee", "report"]
#: Some words of it are wrong.
_SENTENCE = "The meetng is tomorow at nine, and somebody shuold bring the coffee. "
_STILL_SECONDS = 6.0  # until a window that has just begun has nothing more to do
_READY_SECONDS = 2.0  # until it has prepared what it will need; a person is not faster
_MEMBERS = 5


def measure(setting: Setting) -> Iterator[Row]:
    try:
        with screen():
            yield from _starting(setting)
            yield from _talking(setting)
            yield from _arriving(setting)
            yield from _long_histories(setting)
    except NoScreen as reason:
        yield skipped("the window", str(reason))


class Window:
    """One that runs, and does what it is told."""

    def __init__(self, folder: Path) -> None:
        words = [sys.executable, "-m", "tests.bench.window_program", str(folder), str(free_port())]
        self._began = time.perf_counter()
        self._process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment())
        self._answer()
        self.start_ms = 1000 * (time.perf_counter() - self._began)  #: until it was drawn

    @property
    def pid(self) -> int:
        return self._process.pid

    def do(self, action: str, *arguments: object) -> Any:
        """See window_actions."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps([action, *arguments]).encode() + b"\n")
        self._process.stdin.flush()
        return self._answer()

    def close(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(30)

    def _answer(self) -> Any:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("the window is gone; its last words are above")
        return json.loads(line)


@contextmanager
def window(folder: Path) -> Iterator[Window]:
    opened = Window(folder)
    try:
        yield opened
    finally:
        opened.close()


# --- how soon --------------------------------------------------------------------------------------------------------
def _starting(setting: Setting) -> Iterator[Row]:
    folder, times = setting.new_folder(), 5 if setting.short else 15
    with window(folder):
        pass  # the first start of all writes the bytecode
    bare = statistics.median(_bare_start() for _ in range(times))
    yield _start("start to drawn: who has no room", [_start_of(folder) for _ in range(times)], bare)
    with window(folder) as first:
        first.do("host", "Kitchen")
    yield _start("start to drawn: back in the room it was in", [_start_of(folder) for _ in range(times)], bare)


def _start_of(folder: Path) -> float:
    with window(folder) as started:
        return started.start_ms


def _bare_start() -> float:
    began = time.perf_counter()
    with subprocess.Popen([sys.executable, "-c", _BARE], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        return 1000 * (time.perf_counter() - began)


def _start(what: str, taken: Sequence[float], bare: float) -> Row:
    median, least = statistics.median(taken), min(taken)
    ratio = f"{median / bare:.1f} times an empty Tk window ({ms(bare)})"
    return Row(f"window, {what}", "≤ 350 ms", "", f"median {ms(median)}, least {ms(least)}", ratio, median <= 350,
               {"median ms": median, "least ms": least, "bare Tk ms": bare})  # fmt: skip


# --- who talks -------------------------------------------------------------------------------------------------------
def _talking(setting: Setting) -> Iterator[Row]:
    with setting.host() as host, window(setting.new_folder()) as shown:
        shown.do("join", f"127.0.0.1:{host.port}")
        time.sleep(_READY_SECONDS)
        drawn, ticked = shown.do("say", 20 if setting.short else 100, 50)
        yield _times("Enter to my own line in view", "p95 ≤ 16 ms", 16, drawn)
        yield _times("Enter to its tick", "p95 ≤ 25 ms", 25, ticked)
        chips = shown.do("react", 20 if setting.short else 100, 50)
        yield _times("a click to its reaction in view", "p95 ≤ 30 ms", 30, chips)
        written, late = shown.do("write", _SENTENCE * (3 if setting.short else 20), 20)
        yield _times("a key to its letter in view, spelling checked", "p95 ≤ 8 ms", 8, written)
        yield _times("spelling checked: heartbeat late", "p95 ≤ 8 ms", 8, late)
        others = setting.generator.start(host, members=_MEMBERS - 1, seconds=90)
        time.sleep(_STILL_SECONDS)
        seconds = 5.0 if setting.short else 60.0
        before = cpu_seconds(shown.pid)
        time.sleep(seconds)
        share = (cpu_seconds(shown.pid) - before) / seconds
        others.finish()
        yield Row(f"window, idle in a room of {_MEMBERS}", "≤ 0.3 % CPU", "", f"{share:.2%}", ok=share <= 0.003,
                  numbers={"cpu": share})  # fmt: skip


def _arriving(setting: Setting) -> Iterator[Row]:
    for per_second, most in ((5_000, 60.0), (20_000, None)):
        with setting.host() as host, window(setting.new_folder()) as shown:
            shown.do("join", f"127.0.0.1:{host.port}")
            time.sleep(_READY_SECONDS)
            seconds = 3.0 if setting.short else 10.0
            asked = {"members": 10, "rate": per_second, "prepare": per_second * (seconds + 4), "seconds": seconds + 2}
            load = setting.generator.start(host, **asked)
            load.wait_until_measuring()
            late, came = shown.do("beat", seconds)
            load.finish()
            yield _heartbeat(f"{per_second:,} messages/s offered", most, late, came / seconds)


def _heartbeat(what: str, most: float | None, late: Sequence[float], per_second: float) -> Row:
    p99, worst = statistics.quantiles(late, n=100)[98], max(late)
    must = f"p99 ≤ 20 ms, worst ≤ {most:g} ms" if most else "never stalls"
    ok = p99 <= 20 and worst <= most if most else worst <= 250
    shown = f"p50 {ms(statistics.median(late))}, p99 {ms(p99)}, worst {ms(worst)}; {per_second:,.0f}/s came"
    return Row(f"window, {what}: heartbeat late", must, "", shown, ok=ok,
               numbers={"p99 ms": p99, "worst ms": worst, "messages/s": per_second})  # fmt: skip


# --- what is kept ----------------------------------------------------------------------------------------------------
def _long_histories(setting: Setting) -> Iterator[Row]:
    entries = 100_000 if setting.short else 1_000_000
    folder = setting.new_folder()
    million.build(folder, entries)
    with window(folder) as shown:
        time.sleep(_READY_SECONDS)
        opened = [shown.do("open", million.ROOM)]
        opened += [_opened_again(shown) for _ in range(5 if setting.short else 20)]
        yield _times(f"open a room of {entries:,}", "p95 ≤ 50 ms", 50, opened)
        yield _times("a page while scrolling", "p95 ≤ 8 ms", 8, shown.do("scroll", 800 if setting.short else 2_000))
        yield _times("search as typed, in the room", "p95 ≤ 50 ms", 50, shown.do("find", _WORDS))
        yield _times("search as typed, everywhere", "p95 ≤ 50 ms", 50, shown.do("search", _WORDS))
    rooms, each = 5, 10_000 if setting.short else 100_000
    yield _memory(setting.new_folder(), rooms, each)


def _opened_again(shown: Window) -> float:
    shown.do("welcome")
    took: float = shown.do("open", million.ROOM)
    return took


def _memory(folder: Path, rooms: int, entries: int) -> Row:
    room_ids = [RoomId(f"memorymemorymem{letter}") for letter in "abcdefgh"[:rooms]]
    for room_id in room_ids:
        million.build(folder, entries, room_id)
    with window(folder) as shown:
        for room_id in room_ids:
            shown.do("open", room_id)
            shown.do("scroll", 100)
        used = memory_kib(shown.pid) * 1.024 / 1000
    return Row(f"window, {rooms} rooms of {entries:,} entries, all walked through", "≤ 110 MB", "", f"{used:.0f} MB",
               ok=used <= 110, numbers={"MB": used})  # fmt: skip


def _times(what: str, must: str, most: float, taken: Sequence[float]) -> Row:
    median, p95, worst = statistics.median(taken), statistics.quantiles(taken, n=20, method="inclusive")[-1], max(taken)
    shown = f"{ms(median)}, p95 {ms(p95)}, worst {ms(worst)}"
    numbers = {"median ms": median, "p95 ms": p95, "worst ms": worst}
    return Row(f"window, {what}", must, "", shown, ok=p95 <= most, numbers=numbers)
