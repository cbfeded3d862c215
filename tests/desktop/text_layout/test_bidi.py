"""The order of letters, by the examples of UAX 9, and as FriBidi has it, the library that most programs use."""

from __future__ import annotations

import ctypes
import ctypes.util
import random

import pytest

from lanchat.desktop.text_layout.bidi import has_right_to_left, is_right_to_left, levels, visual_order


def seen(text: str, base: int) -> str:
    return "".join(text[at] for at in visual_order(levels(text, base)))


@pytest.mark.parametrize(
    ("text", "right_to_left"),
    [("שלום hello", True), ("hello שלום", False), ("123 (שלום)", True), ("123", False), ("", False), ("ﻣ", True)],
)
def test_a_paragraph_goes_where_its_first_letter_goes(text: str, right_to_left: bool) -> None:
    assert is_right_to_left(text) is right_to_left


def test_only_some_texts_have_need_of_it() -> None:
    assert not has_right_to_left("Grüße, дорогие, 日本語, हिन्दी 🎉")
    assert has_right_to_left("Ana, מרים")


@pytest.mark.parametrize(
    ("text", "base", "shown"),
    [
        ("car is אבג in english", 0, "car is גבא in english"),
        ("אבג car דה", 1, "הד car גבא"),
        ("אבג 12.50, דה", 1, "הד ,12.50 גבא"),
        ("smith (אבג דה) said", 0, "smith (הד גבא) said"),
        ("אבג (smith) דה", 1, "הד )smith( גבא"),  # they are drawn as seen in a mirror
        ("א-12", 1, "12-א"),
        ("א   ", 1, "   א"),
    ],
)
def test_letters_stand_as_they_are_read(text: str, base: int, shown: str) -> None:
    assert seen(text, base) == shown


def test_any_text_has_the_levels_that_fribidi_gives_it() -> None:
    name = ctypes.util.find_library("fribidi")
    if name is None:
        pytest.skip("FriBidi, to compare with, is not installed here")
    fribidi = ctypes.CDLL(name)
    chance = random.Random(5)  # without marks on brackets, where FriBidi 1.0 differs from Unicode's own examples
    for _ in range(3_000):
        text = "".join(chance.choices("ab אבمر٣12.,:-+$%()[]! ", k=chance.randint(1, 14)))
        base = chance.randrange(2)
        assert levels(text, base) == _fribidi_levels(fribidi, text, base), (text, base)


def _fribidi_levels(fribidi: ctypes.CDLL, text: str, base: int) -> list[int]:
    """https://fribidi.org: FRIBIDI_PAR_LTR is 0x110, FRIBIDI_PAR_RTL 0x111."""
    length = len(text)
    letters = (ctypes.c_uint32 * length)(*map(ord, text))
    kinds, brackets = (ctypes.c_uint32 * length)(), (ctypes.c_uint32 * length)()
    found = (ctypes.c_int8 * length)()
    direction = ctypes.c_uint32(0x111 if base else 0x110)
    fribidi.fribidi_get_bidi_types(letters, length, kinds)
    fribidi.fribidi_get_bracket_types(letters, length, kinds, brackets)
    assert fribidi.fribidi_get_par_embedding_levels_ex(kinds, brackets, length, ctypes.byref(direction), found)
    # it leaves what is empty at the end of a line to fribidi_reorder_line
    assert fribidi.fribidi_reorder_line(0, kinds, length, 0, direction, found, None, None)
    return list(found)
