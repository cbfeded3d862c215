"""Where rows lie, and what becomes of them while somebody points at one."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from lanchat.desktop.widgets.list_rows import ListLayout, in_previous_order


@dataclass(frozen=True)
class Fruit:
    name: str
    about: str = ""
    height: int = 10

    @property
    def key(self) -> str:
        return self.name or "heading"


def layout(*names: str) -> ListLayout[Fruit]:
    return ListLayout([Fruit(name) for name in names], [10] * len(names))


HEIGHTS = st.lists(st.integers(1, 60), max_size=40)


@given(HEIGHTS, st.integers(0, 2_000), st.integers(0, 500))
def test_what_is_seen_is_what_lies_in_the_window(heights: list[int], top: int, height: int) -> None:
    rows = [Fruit(f"fruit {number}") for number in range(len(heights))]
    tall = ListLayout(rows, heights)
    seen = [index for index, _row in tall.seen(top, height)]
    expected = [at for at in range(len(rows)) if tall.span(at)[0] < top + height and tall.span(at)[1] > top]
    assert seen == expected


@given(HEIGHTS, st.integers(0, 2_000))
def test_the_row_at_a_place_is_the_one_that_spans_it(heights: list[int], y: int) -> None:
    tall = ListLayout([Fruit(f"fruit {number}") for number in range(len(heights))], heights)
    at = tall.at(y)
    if at is None:
        assert y >= tall.height
    else:
        top, bottom = tall.span(at)
        assert top <= y < bottom


def test_the_cursor_steps_over_headings() -> None:
    fruits = layout("", "apple", "", "pear")
    assert fruits.step(1, 1) == 3
    assert fruits.step(3, -1) == 1
    assert fruits.step(3, 1) is None
    assert fruits.step(1, -1) is None


def test_far_is_as_far_as_there_are_rows() -> None:
    assert layout("apple", "pear", "plum").step(0, 100) == 2


def test_letters_find_a_name_from_here_on_and_then_from_the_top() -> None:
    fruits = layout("apple", "pear", "Plum", "apricot")
    assert fruits.named("p", 1) == 2
    assert fruits.named("p", 2) == 1
    assert fruits.named("PL", 0) == 2
    assert fruits.named("x", 0) is None


def test_rows_in_their_old_order_are_as_they_are_now() -> None:
    old = [Fruit("apple", "green"), Fruit("pear")]
    new = [Fruit("fig"), Fruit("pear"), Fruit("apple", "red")]
    assert in_previous_order(old, new) == [Fruit("apple", "red"), Fruit("pear")]


def test_a_row_that_is_gone_stays_as_it_was() -> None:
    assert in_previous_order([Fruit("apple"), Fruit("pear")], [Fruit("pear")]) == [Fruit("apple"), Fruit("pear")]
