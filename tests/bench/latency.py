"""Latency: 200 members, 50 messages a second, everybody's delay; with a main thread that rests, draws, or computes."""

from __future__ import annotations

from collections.abc import Iterator

from tests.bench.generator import Report
from tests.bench.peers import MOSQUITTO, NGIRCD
from tests.bench.saturated import shares
from tests.bench.setting import Setting
from tests.bench.table import Row, ms, skipped
from tests.screen import NoScreen, screen

_MEMBERS = 200
_A_SECOND = 50
_WHAT = f"latency, {_MEMBERS} members, {_A_SECOND} messages/s"


def measure(setting: Setting) -> Iterator[Row]:
    ours = _lanchat(setting, "idle")
    others = {}
    for peer in [MOSQUITTO] if setting.short else [MOSQUITTO, NGIRCD]:
        with setting.peer(peer) as target:
            if target:
                others[peer.name] = setting.load(target, members=_MEMBERS, rate=_A_SECOND, qos=1)
    yield _quiet(ours, others)
    yield _drawing(setting)
    yield _row("main thread 100 % busy in Python", 200, 75, _lanchat(setting, "busy"))


def _drawing(setting: Setting) -> Row:
    what = "main thread draws in a Tk Text"
    try:
        with screen():
            return _row(what, 25, 10, _lanchat(setting, "drawing"))
    except NoScreen as reason:
        return skipped(f"{_WHAT}, {what}", str(reason))


def _lanchat(setting: Setting, main: str) -> Report:
    with setting.host(main) as host:
        return setting.load(host, members=_MEMBERS, rate=_A_SECOND, prepare=_A_SECOND * 10)


def _quiet(ours: Report, others: dict[str, Report]) -> Row:
    ratio = ", ".join(f"p99 {ours.p99 / r.p99:.2f} times {name} ({ms(r.p99)})" for name, r in others.items())
    ok = ours.p50 <= 5 and ours.p99 <= 15
    if MOSQUITTO.name in others:
        ok = ok and ours.p99 <= 3 * others[MOSQUITTO.name].p99
    else:
        ratio = f"mosquitto is not installed; {ratio}".rstrip("; ")
    numbers = _numbers(ours) | {f"{name} p99 ms": r.p99 for name, r in others.items()}
    must = "p50 ≤ 5 ms, p99 ≤ 15 ms and ≤ 3 times mosquitto with TLS"
    return Row(_WHAT, must, "p99 ≤ 10 ms", delays(ours), ratio, ok, numbers)


def _row(what: str, most: float, aim: float, ours: Report) -> Row:
    return Row(f"{_WHAT}, {what}", f"p99 ≤ {most:g} ms", f"{aim:g} ms", delays(ours), ok=ours.p99 <= most,
               numbers=_numbers(ours))  # fmt: skip


def delays(report: Report) -> str:
    return f"p50 {ms(report.p50)}, p99 {ms(report.p99)}, most {ms(report.max)}; {shares(report)}"


def _numbers(report: Report) -> dict[str, float]:
    return {"p50 ms": report.p50, "p99 ms": report.p99, "max ms": report.max, "host cpu": report.host_share}
