"""Names on a canvas: they fit, and Tk never gets an emoji to draw."""

from __future__ import annotations

import tkinter as tk

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import features

from lanchat.desktop.emoji import images
from lanchat.desktop.emoji.emoji_data import EMOJI
from lanchat.desktop.text_layout import font_files
from lanchat.desktop.text_layout.line_renderer import LineRenderer
from lanchat.desktop.theme.palette import LIGHT
from lanchat.desktop.theme.theme import Theme

needs_font = pytest.mark.skipif(images.emoji_font() is None, reason="no colour emoji font is installed")
NAMES = ["Kitchen", "日本語の部屋", "غرفة الاجتماعات",
         pytest.param("👩🏽‍💻 Hackers 🍜", marks=needs_font), "e\u0301" * 40, "🏳️‍🌈" * 30, "x" * 400, ""]


needs_hebrew = pytest.mark.skipif(
    not features.check_feature("raqm") or font_files.face("ש", "Hebrew", "Noto Sans", False) is None,
    reason="Pillow has no raqm here (it needs FriBidi), or there is no font with Hebrew letters",
)


@pytest.fixture
def writer(root: tk.Tk) -> LineRenderer:
    return Theme(root, LIGHT, 1.0).lines


@pytest.mark.parametrize("name", NAMES, ids=range(len(NAMES)))
def test_a_name_takes_no_more_room_than_there_is(writer: LineRenderer, root: tk.Tk, name: str) -> None:
    canvas = tk.Canvas(root)
    line = writer.write(canvas, (0, 10), name, "room", "#000000", 120)
    assert line.width <= 120
    assert line.cut == (len(name) > 20)
    texts = [canvas.itemcget(item, "text") for item in canvas.find_all() if canvas.type(item) == "text"]
    assert not any(EMOJI.search(text) for text in texts)
    if line.cut:
        assert texts[-1] == "…"


def test_a_short_name_is_written_whole(writer: LineRenderer) -> None:
    line = writer.fit("Ben 🍜 Li", "room", 500)
    assert [piece.text for piece in line.pieces] == ["Ben ", "🍜", " Li"]
    assert not line.cut


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(name=st.text(max_size=40), width=st.integers(30, 200))
def test_whatever_somebody_is_called_it_fits(writer: LineRenderer, name: str, width: int) -> None:
    line = writer.fit(name.replace("\x00", ""), "room", width)
    assert line.width <= width


@needs_hebrew
def test_a_name_from_right_to_left_is_written_so_and_cut_at_its_end(writer: LineRenderer) -> None:
    line = writer.fit("חדר הישיבות 12", "room", 500)
    assert [piece.text for piece in line.pieces if piece.text.strip()] == ["12", "הישיבות", "חדר"]
    short = writer.fit("חדר הישיבות הגדול", "room", line.width // 2)
    assert short.cut
    assert short.width <= line.width // 2
    assert short.pieces[0].text == "…"
    assert short.pieces[-1].text == "חדר"


@needs_hebrew
def test_the_parts_of_a_line_keep_their_looks_where_they_stand(writer: LineRenderer, root: tk.Tk) -> None:
    canvas = tk.Canvas(root)
    line = writer.fit_runs(("מה ", "שלום", " hello"), "room", 500)
    assert [(piece.text, piece.run) for piece in line.pieces if piece.text.strip()] == [
        ("hello", 2), ("שלום", 1), ("מה", 0)
    ]  # fmt: skip
    writer.put(canvas, (0, 10), line, "room", ("#110000", "#220000", "#330000"))
    texts = [item for item in canvas.find_all() if canvas.type(item) == "text"]
    assert [canvas.itemcget(one, "fill") for one in texts if canvas.itemcget(one, "text").strip()] == ["#330000"]


def test_the_parts_of_a_line_have_their_own_fonts(writer: LineRenderer, root: tk.Tk) -> None:
    canvas, fonts = tk.Canvas(root), ("room", "room_bold", "code")
    line = writer.fit_runs(("plain ", "bold ", "code"), fonts, 400)
    writer.put(canvas, (0, 10), line, fonts, ("#000000",) * 3)
    shown = {canvas.itemcget(item, "text"): canvas.itemcget(item, "font") for item in canvas.find_all()}
    assert shown == {"plain ": "lanchat_room", "bold ": "lanchat_room_bold", "code": "lanchat_code"}
    assert line.width > writer.fit("plain bold code", "room").width
    assert writer.fit_runs(("plain ", "bold ", "code"), fonts, 60).width <= 60
