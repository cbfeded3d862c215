"""200 phones in a room: what each costs its host in memory, and whether members notice that they are there."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from tests.bench.generator import LoadFailed, Report, Target
from tests.bench.process import environment, memory_kib
from tests.bench.setting import Setting
from tests.bench.table import Row, ms, rate

_GUESTS = 200
_MEMBERS = 50
_A_SECOND = 10
_SAID = 60


def measure(setting: Setting) -> Iterator[Row]:
    alone, beside, each = [], [], 0.0
    for _time in range(1 if setting.short else 3):
        with setting.host(guests=_SAID) as host:
            alone.append(_talk(setting, host))
            before = memory_kib(host.pid)
            with _crowd(host):
                each = (memory_kib(host.pid) - before) * 1.024 / _GUESTS
                beside.append(_talk(setting, host))
    yield Row(f"{_GUESTS} phones: memory of the host for each", "≤ 30 kB", "", f"{each:.0f} kB", ok=each <= 30,
              numbers={"kB": each})  # fmt: skip
    best_alone, best_beside = min(alone, key=lambda one: one.p50), min(beside, key=lambda one: one.p50)
    change = best_beside.deliveries_per_second / best_alone.deliveries_per_second - 1
    cost = 1e6 * (best_beside.host_share - best_alone.host_share) / (_GUESTS * _A_SECOND)
    shown = (
        f"{change:+.1%} ({rate(best_beside.deliveries_per_second)}); p50 {ms(best_beside.p50)}, without them "
        f"{ms(best_alone.p50)}; p99 {ms(best_beside.p99)}, without them {ms(best_alone.p99)}; "
        f"{cost:.0f} us of the host's processor for each delivery to a phone"
    )
    what = f"{_GUESTS} phones read along: deliveries to {_MEMBERS} members, {_A_SECOND} messages/s"
    numbers = {"change": change, "us": cost, "p99 ms": best_beside.p99, "p99 without ms": best_alone.p99}
    yield Row(what, "not worse by more than 5 %", "", shown, ok=change >= -0.05, numbers=numbers)


def _talk(setting: Setting, host: Target) -> Report:
    return setting.load(host, members=_MEMBERS, rate=_A_SECOND, prepare=_A_SECOND * 10)


@contextmanager
def _crowd(host: Target) -> Iterator[None]:
    link = re.sub(r"//[^:]*", "//127.0.0.1", host.link)
    words = [sys.executable, "-m", "tests.bench.guest_crowd", link, str(_GUESTS)]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment()) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        if not process.stdout.readline():
            raise LoadFailed("the phones were not let in; their last words are above")
        yield
        process.stdin.close()
