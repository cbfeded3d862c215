"""What is drawn on a picture, as pixels."""

from __future__ import annotations

import io

from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from lanchat.desktop.capture.drawing import COLOURS, Drawing, Mark, Point, Tool

RED = (0xE5, 0x38, 0x3B)
GREY = (128, 128, 128)


def drawing(width: int = 200, height: int = 100) -> Drawing:
    return Drawing(Image.new("RGB", (width, height), GREY), line=4)


def mark(tool: Tool, start: Point, end: Point) -> Mark:
    return Mark(tool, COLOURS[0], start, end)


def pixel(image: Image.Image, x: int, y: int) -> object:
    return image.getpixel((x, y))


def test_a_box_has_an_edge_and_nothing_within() -> None:
    drawn = drawing()
    assert drawn.add(mark("box", (150, 80), (50, 20)))
    image = drawn.rendered()
    assert pixel(image, 100, 21) == pixel(image, 51, 50) == RED
    assert pixel(image, 100, 50) == pixel(image, 20, 50) == GREY


def test_an_arrow_has_its_head_at_its_end() -> None:
    drawn = drawing()
    drawn.add(mark("arrow", (20, 50), (180, 50)))
    image = drawn.rendered()

    def thick(x: int) -> int:
        return sum(pixel(image, x, y) != GREY for y in range(100))

    assert thick(100) in (4, 5, 6)
    assert thick(168) > thick(100)
    assert thick(190) == 0


def test_the_last_one_is_taken_back_first() -> None:
    drawn = drawing()
    before = drawn.png()
    drawn.add(mark("box", (10, 10), (50, 50)))
    with_box = drawn.png()
    drawn.add(mark("arrow", (10, 10), (90, 90)))
    assert drawn.undo()
    assert drawn.png() == with_box
    assert drawn.undo()
    assert drawn.png() == before
    assert not drawn.undo()


def test_a_click_draws_nothing() -> None:
    drawn = drawing()
    assert not drawn.add(mark("box", (10, 10), (12, 11)))
    assert not drawn.add(mark("crop", (10, 10), (100, 11)))
    assert not drawn.marks


def test_what_is_cut_off_is_not_in_the_file() -> None:
    drawn = drawing()
    drawn.add(mark("box", (50, 20), (150, 80)))
    drawn.add(mark("crop", (40, 10), (160, 90)))
    assert drawn.size == (120, 80)
    image = Image.open(io.BytesIO(drawn.png()))
    assert image.size == (120, 80)
    assert pixel(image, 60, 11) == RED  # the box has moved with the picture
    drawn.add(mark("crop", (0, 0), (60, 100)))
    assert drawn.size == (20, 80)  # what was cut off before does not come back
    drawn.undo()
    assert drawn.size == (120, 80)


def test_a_cut_beside_what_is_left_changes_nothing() -> None:
    drawn = drawing()
    drawn.add(mark("crop", (0, 0), (50, 50)))
    assert not drawn.add(mark("crop", (100, 60), (150, 90)))
    assert drawn.size == (50, 50)


def test_what_is_shown_small_is_drawn_small() -> None:
    drawn = drawing(2000, 1000)
    drawn.add(mark("box", (500, 200), (1500, 800)))
    image = drawn.rendered(0.1)
    assert image.size == (200, 100)
    assert pixel(image, 100, 50) == GREY
    assert pixel(image, 100, 20) != GREY


POINTS = st.tuples(st.floats(-500, 500), st.floats(-500, 500))


@given(st.lists(st.tuples(st.sampled_from(["arrow", "box", "crop"]), POINTS, POINTS), max_size=6))
def test_whatever_is_drawn_there_is_a_picture(drawn: list[tuple[Tool, Point, Point]]) -> None:
    one = drawing()
    for tool, start, end in drawn:
        one.add(mark(tool, start, end))
    assert Image.open(io.BytesIO(one.png())).size == one.size
