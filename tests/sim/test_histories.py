"""Whatever happens, nothing is lost, doubled or out of order; and if it were, it would be noticed."""

from __future__ import annotations

import pytest

from sim.planted import BUGS, Bug
from sim.promises import Broken
from sim.world import STEPS, World

_AT_ONCE = 50


def run_histories(first: int, histories: int, steps: int = STEPS) -> None:
    for seed in range(first, first + histories):
        World(seed).run(steps)


@pytest.mark.parametrize("first", range(0, 100, _AT_ONCE))
def test_every_history_ends_well(first: int) -> None:
    run_histories(first, _AT_ONCE)


@pytest.mark.long
@pytest.mark.parametrize("first", range(1_000_000, 1_004_000, 1_000))
def test_every_longer_history_ends_well(first: int) -> None:
    run_histories(first, 1_000, 3 * STEPS)


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.says)
def test_a_planted_bug_is_found(bug: Bug, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bug.owner, bug.name, bug.wrong(getattr(bug.owner, bug.name)))
    with pytest.raises(Broken):
        run_histories(bug.since, 500)
