"""Members that stop reading once they are in: what the others notice, saturated and at a pace."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterator

from tests.bench.generator import Report
from tests.bench.setting import Setting
from tests.bench.table import Row, ms, rate

_READING = 200
_A_SECOND = 200  # for the delays: enough to fill a stalled member's buffers, far from saturation
_FEW_POSTS = 12_000
_WITHIN = 0.10


def measure(setting: Setting) -> Iterator[Row]:
    tenth = _READING // 9  # a tenth of all, those who read being the same
    cases = {"one member": 1, "10 %": tenth}
    rates = _medians(setting, [0, *cases.values()], _saturated, lambda report: report.deliveries_per_second)
    delays = _medians(setting, [0, *cases.values()], _at_a_pace, lambda report: report.p99)
    for name, stalled in cases.items():
        faster, slower = rates[stalled] / rates[0] - 1, delays[stalled] / delays[0] - 1
        shown = (
            f"deliveries {faster:+.0%} ({rate(rates[stalled])}, without {rate(rates[0])}), "
            f"p99 {slower:+.0%} ({ms(delays[stalled])}, without {ms(delays[0])})"
        )
        ok = faster >= -_WITHIN and slower <= _WITHIN
        yield Row(f"{name} stalled: the others, {_READING} who read", "unchanged (± 10 %)", "", shown, ok=ok,
                  numbers={"deliveries/s change": faster, "p99 change": slower})  # fmt: skip


def _medians(
    setting: Setting, cases: list[int], run: Callable[[Setting, int], Report], figure: Callable[[Report], float]
) -> dict[int, float]:
    """The cases in turn, several times over, so that a machine that drifts drifts for all of them."""
    rounds = 1 if setting.short else 3
    found: dict[int, list[float]] = {case: [] for case in cases}
    for _ in range(rounds):
        for case in cases:
            found[case].append(figure(run(setting, case)))
    return {case: statistics.median(figures) for case, figures in found.items()}


def _saturated(setting: Setting, stalled: int) -> Report:
    with setting.host() as host:
        signed = int(_FEW_POSTS * (setting.warm_up + setting.seconds))
        return setting.load(host, members=_READING + stalled, stalled=stalled, posters=10, window=100, prepare=signed)


def _at_a_pace(setting: Setting, stalled: int) -> Report:
    with setting.host() as host:
        signed = int(_A_SECOND * (setting.warm_up + setting.seconds) * 1.1)
        everybody = _READING + stalled
        return setting.load(host, members=everybody, stalled=stalled, posters=_READING, rate=_A_SECOND, prepare=signed)
