"""Which chunk is asked of which source: all come, few twice, whatever sources do."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lanchat.core.chunk_plan import RUN, ChunkPlan


def test_one_source_is_asked_for_everything_in_order() -> None:
    plan: ChunkPlan[str] = ChunkPlan(40)
    plan.add("host")
    asked = []
    while (run := plan.next("host")) is not None:
        asked.append(run)
        for index in run:
            assert plan.arrived(index) == ["host"]
    assert asked == [range(16), range(16, 32), range(32, 40)]
    assert plan.left == 0


def test_several_sources_are_asked_for_different_chunks() -> None:
    plan: ChunkPlan[str] = ChunkPlan(3 * RUN)
    for source in "abc":
        plan.add(source)
    runs = [plan.next(source) for source in "abc"]
    assert sorted(index for run in runs if run for index in run) == list(range(3 * RUN))


def test_only_what_is_missing_is_asked_for() -> None:
    plan: ChunkPlan[str] = ChunkPlan(20, [3, 4, 5, 9])
    plan.add("a")
    assert plan.left == 4
    assert [plan.next("a"), plan.next("a")] == [range(3, 6), range(9, 10)]


def test_what_a_lost_source_was_asked_for_goes_to_the_others() -> None:
    plan: ChunkPlan[str] = ChunkPlan(2 * RUN)
    plan.add("a")
    plan.add("b")
    plan.next("a")
    plan.next("b")
    plan.arrived(0)
    plan.drop("a")
    assert plan.next("b") == range(1, RUN)
    assert plan.next("a") is None


def test_a_slow_source_does_not_delay_the_end() -> None:
    plan: ChunkPlan[str] = ChunkPlan(RUN)
    plan.add("slow")
    plan.add("quick")
    assert plan.next("slow") == range(RUN)
    again = plan.next("quick")
    assert again
    assert again[-1] == RUN - 1
    for index in again:
        assert set(plan.arrived(index)) == {"slow", "quick"}
    plan.add("third")
    assert plan.next("third")


def test_no_chunk_is_asked_of_more_than_two() -> None:
    plan: ChunkPlan[int] = ChunkPlan(1)
    for source in range(3):
        plan.add(source)
    assert [plan.next(source) for source in range(3)] == [range(1), range(1), None]


def test_a_source_is_not_asked_again_for_what_it_has_not() -> None:
    plan: ChunkPlan[str] = ChunkPlan(3)
    plan.add("a")
    assert plan.next("a") == range(3)
    plan.lacks("a", 1)
    assert plan.next("a") is None
    plan.add("b")
    assert plan.next("b") == range(1, 2)
    plan.drop("b")
    plan.add("b")
    assert plan.next("b") == range(1, 2), "it may have it by now"


def test_what_came_unasked_counts_once() -> None:
    plan: ChunkPlan[str] = ChunkPlan(3)
    plan.add("a")
    assert plan.arrived(1) == []
    assert plan.arrived(1) == []
    assert plan.left == 2
    assert [plan.next("a"), plan.next("a")] == [range(1), range(2, 3)]


@pytest.mark.parametrize("chunks", [0, 1, 524_288])
def test_sizes(chunks: int) -> None:
    plan: ChunkPlan[str] = ChunkPlan(chunks)
    plan.add("a")
    assert plan.left == chunks
    assert plan.next("a") == (range(min(RUN, chunks)) if chunks else None)


@given(st.integers(0, 2**32), st.integers(1, 200), st.integers(1, 6))
def test_everything_comes_while_one_source_has_it(seed: int, chunks: int, sources: int) -> None:
    """Others come, go, lack chunks and send nothing; source 0 has all and stays."""
    chance, plan = random.Random(seed), ChunkPlan[int](chunks)
    lacking = {source: set(chance.sample(range(chunks), chance.randrange(chunks))) for source in range(1, sources)}
    asked: dict[int, list[int]] = {}
    came: list[int] = []
    plan.add(0)
    for _ in range(10_000):
        if not plan.left:
            break
        source = chance.randrange(sources)
        if source and chance.random() < 0.1:
            plan.drop(source)
            asked.pop(source, None)
            continue
        plan.add(source)
        if not asked.get(source):
            asked[source] = list(plan.next(source) or ())
        for index in asked[source][: chance.randrange(1, RUN)]:
            asked[source].remove(index)
            if index in lacking.get(source, ()):
                plan.lacks(source, index)
            else:
                plan.arrived(index)
                came.append(index)
    assert not plan.left
    assert set(came) == set(range(chunks))
    assert max(came.count(index) for index in set(came)) <= sources
