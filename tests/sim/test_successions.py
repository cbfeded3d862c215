"""Whoever keeps a room open, and however many at once: nothing is lost, and in the end all are in one room again."""

from __future__ import annotations

import pytest

from sim.planted import Bug
from sim.planted_successions import BUGS
from sim.promises import Broken
from sim.succession import STEPS, Succession

_AT_ONCE = 50


def run_successions(first: int, histories: int, steps: int = STEPS) -> None:
    for seed in range(first, first + histories):
        Succession(seed).run(steps)


@pytest.mark.parametrize("first", range(0, 100, _AT_ONCE))
def test_every_succession_ends_well(first: int) -> None:
    run_successions(first, _AT_ONCE)


@pytest.mark.long
@pytest.mark.parametrize("first", range(100, 2_100, 500))
def test_each_of_two_thousand_more_successions_ends_well(first: int) -> None:
    run_successions(first, 500)


@pytest.mark.long
@pytest.mark.parametrize("first", range(1_000_000, 1_004_000, 1_000))
def test_every_longer_succession_ends_well(first: int) -> None:
    run_successions(first, 1_000, 3 * STEPS)


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.says)
def test_a_bug_in_successions_is_found(bug: Bug, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bug.owner, bug.name, bug.wrong(getattr(bug.owner, bug.name)))
    with pytest.raises(Broken):
        run_successions(bug.since, 500)
