"""Whatever happens, nothing is lost, doubled or out of order; and if it were, it would be noticed."""

from __future__ import annotations

import pytest

from lanchat.core.frames import Misbehaved
from sim.checker import Broken
from sim.planted import BUGS, Bug
from sim.world import World

STEPS = 200


def run_histories(seeds: range, steps: int = STEPS) -> None:
    for seed in seeds:
        World(seed).run(steps)


def test_every_history_ends_well() -> None:
    run_histories(range(2_000))


@pytest.mark.long
def test_every_longer_history_ends_well() -> None:
    run_histories(range(1_000_000, 1_020_000), 3 * STEPS)


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.says)
def test_a_planted_bug_is_found(bug: Bug, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bug.owner, bug.name, bug.wrong(getattr(bug.owner, bug.name)))
    with pytest.raises((Broken, Misbehaved)):
        run_histories(range(1_000))
