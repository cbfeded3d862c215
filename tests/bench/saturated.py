"""Saturation: ten members keep posts in flight all the time, everybody receives. What a room carries at most."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from tests.bench.generator import Report
from tests.bench.peers import NATS, NGIRCD, REDIS, Peer
from tests.bench.setting import Setting
from tests.bench.table import Row, rate

_POSTERS = 10
_WINDOW = 100  # posts each poster has in flight
_POSTS_A_SECOND = 16_000  # more than a host takes: so many are signed before the clock starts


def measure(setting: Setting) -> Iterator[Row]:
    ours = {members: _lanchat(setting, members) for members in (10, 100, 1000)}
    yield _posts(ours[10])
    yield _deliveries(ours[100], _against(setting, 100, [NGIRCD]), "≥ 0.3 times ngircd with TLS", "2 M", 0.3, 0)
    others = [NGIRCD] if setting.short else [NGIRCD, REDIS, NATS]
    yield _deliveries(ours[1000], _against(setting, 1000, others), "≥ 2 times ngircd with TLS and ≥ 3 M", "6 M", 2, 3e6)
    yield _cost(ours)


def _lanchat(setting: Setting, members: int) -> Report:
    signed = int(_POSTS_A_SECOND * (setting.warm_up + setting.seconds))
    with setting.host() as host:
        return setting.load(host, members=members, posters=_POSTERS, window=_WINDOW, prepare=signed)


def _against(setting: Setting, members: int, peers: list[Peer]) -> dict[str, Report]:
    """The same load on those of `peers` that are installed."""
    found = {}
    for peer in peers:
        with setting.peer(peer) as target:
            if target:
                found[peer.name] = setting.load(target, members=members, posters=_POSTERS, window=_WINDOW)
    return found


def _posts(ours: Report) -> Row:
    shown = f"{ours.posts_per_second:,.0f}/s, {shares(ours)}"
    return Row("posts accepted (verified, durable), 10 members", "≥ 5,000/s", "10,000/s", shown,
               ok=ours.posts_per_second >= 5_000, numbers=_numbers(ours))  # fmt: skip


def _deliveries(
    ours: Report, others: dict[str, Report], must: str, aim: str, times_ngircd: float, at_least: float
) -> Row:
    theirs = {name: report.deliveries_per_second for name, report in others.items()}
    ratios = {name: ours.deliveries_per_second / figure for name, figure in theirs.items()}
    ratio = ", ".join(f"{ratios[name]:.2f} times {name} ({rate(theirs[name])})" for name in theirs)
    enough = ours.deliveries_per_second >= at_least
    if NGIRCD.name in ratios:
        ok: bool | None = enough and ratios[NGIRCD.name] >= times_ngircd
    else:
        ok = None if enough else False
        ratio = f"ngircd is not installed; {ratio}".rstrip("; ")
    shown = f"{rate(ours.deliveries_per_second)}, {shares(ours)}"
    numbers = _numbers(ours) | {f"{name} deliveries/s": figure for name, figure in theirs.items()}
    return Row(f"saturated deliveries, {ours.members:,} members", must, aim, shown, ratio, ok, numbers)


def _cost(ours: dict[int, Report]) -> Row:
    """What one delivery costs the host, in rooms of three sizes."""
    costs = [report.cost_ns for report in ours.values()]
    shown = " → ".join(f"{cost:,.0f} ns" for cost in costs)
    grows = any(later > earlier for earlier, later in itertools.pairwise(costs))
    return Row("host's CPU for one delivery, 10 → 100 → 1,000 members", "does not grow", "falls", shown, ok=not grows,
               numbers={f"{members} members, ns": report.cost_ns for members, report in ours.items()})  # fmt: skip


def shares(report: Report) -> str:
    """Who was busy: of one core each."""
    words = f"host {report.host_share:.0%}, load {report.own_share:.0%} CPU"
    return f"{words}; {report.trouble}" if report.trouble else words


def _numbers(report: Report) -> dict[str, float]:
    return {
        "deliveries/s": report.deliveries_per_second,
        "posts/s": report.posts_per_second,
        "MB/s": report.bytes / report.seconds / 1e6,
        "host cpu": report.host_share,
        "load cpu": report.own_share,
        "p50 ms": report.p50,
        "p99 ms": report.p99,
    }
