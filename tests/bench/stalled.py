"""Members that stop reading once they are in: what the others notice, saturated and at a pace."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from tests.bench.generator import Report
from tests.bench.setting import Setting
from tests.bench.table import Row, ms, rate

_MEMBERS = 220
_TENTH = 22
_A_SECOND = 200  # for the delays: enough to fill a stalled member's buffers, far from saturation
_POSTS_A_SECOND = 12_000  # about what a host takes: so many are signed before the clock starts
_WITHIN = 0.10


def measure(setting: Setting) -> Iterator[Row]:
    cases = {f"{_TENTH} of {_MEMBERS} members": _TENTH}
    if not setting.short:
        cases = {f"one of {_MEMBERS} members": 1, **cases}
    stalled = [0, *cases.values()]
    rates = _compared(setting, stalled, _saturated, _to_each_other, max)
    delays = _compared(setting, stalled, _at_a_pace, lambda report: report.p99, min)
    for name, count in cases.items():
        faster, slower = rates[count] / rates[0] - 1, delays[count] / delays[0] - 1
        shown = (
            f"deliveries to each {faster:+.0%} ({rate(rates[count])}, without {rate(rates[0])}), "
            f"p99 {slower:+.0%} ({ms(delays[count])}, without {ms(delays[0])})"
        )
        ok = faster >= -_WITHIN and slower <= _WITHIN
        yield Row(f"{name} stalled: the others", "unchanged (± 10 %)", "", shown, ok=ok,
                  numbers={"deliveries/s change": faster, "p99 change": slower})  # fmt: skip


def _compared(
    setting: Setting,
    cases: list[int],
    run: Callable[[Setting, int], Report],
    figure: Callable[[Report], float],
    best: Callable[[list[float]], float],
) -> dict[int, float]:
    """The best figure of each case. They run in turn, several times over, so that what else the machine does now and
    then is not taken for a difference."""
    found: dict[int, list[float]] = {case: [] for case in cases}
    for _ in range(2 if setting.short else 3):
        for case in cases:
            found[case].append(figure(run(setting, case)))
    return {case: best(figures) for case, figures in found.items()}


def _to_each_other(report: Report) -> float:
    """Deliveries a second to each member who reads."""
    return report.deliveries_per_second / (report.members - report.stalled)


def _saturated(setting: Setting, stalled: int) -> Report:
    with setting.host() as host:
        signed = int(_POSTS_A_SECOND * (setting.warm_up + setting.seconds))
        return setting.load(host, members=_MEMBERS, stalled=stalled, posters=10, window=100, prepare=signed)


def _at_a_pace(setting: Setting, stalled: int) -> Report:
    with setting.host() as host:
        signed = int(_A_SECOND * (setting.warm_up + setting.seconds) * 1.1)
        posters = _MEMBERS - _TENTH
        return setting.load(host, members=_MEMBERS, stalled=stalled, posters=posters, rate=_A_SECOND, prepare=signed)
