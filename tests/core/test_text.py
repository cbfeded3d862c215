"""What people and peers write, as it is shown."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lanchat.core.text import clean_line, clean_nick, clean_text, shown_nick, shown_text

#: Any text, often with what is hard in it: marks, joiners, directions, surrogates, blanks, tags.
_hard = st.sampled_from(
    "\u0301\u0327\u200d\ufe0f\u202e\u200f\ud800\udfff\u3164\u115f\u1161\u11a8\r\n\t\0\u2028 e☺"
    "\U0001f3f4\U000e0067\U000e0062\U000e007f\U000e0001\U000e0100"  # a flag of a region, and parts of one
)
_DIRECTIONS = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}

hostile = st.lists(_hard | st.characters(), max_size=40).map("".join)


@given(hostile)
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    assert clean_nick(clean_nick(text)) == clean_nick(text)
    for clean in (clean_text, shown_text, lambda text: clean_line(text, 10), lambda text: shown_text(text, 5, 2)):
        assert clean(clean(text)) == clean(text)


def test_no_text_is_hidden_in_tags_and_flags_of_regions_stay() -> None:
    hidden = "".join(chr(0xE0000 + ord(letter)) for letter in "pay Eve")
    scotland = "\U0001f3f4\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f"
    assert clean_text(f"hello{hidden} {scotland}{hidden}!\U000e0101") == f"hello {scotland}!"
    assert clean_text(hidden) == clean_line(f"{hidden}\U0001f3f4"[:-1], 20) == ""
    assert clean_line(scotland, 4) == shown_text(scotland, 4).removesuffix("…") == "\U0001f3f4", "no half of a flag"
    assert clean_line(f"Ana{hidden}", 32) == "Ana"


@given(hostile)
def test_what_is_clean_can_be_shown_anywhere(text: str) -> None:
    shown = clean_text(text)
    shown.encode()
    assert unicodedata.is_normalized("NFC", shown)
    for character in shown:
        assert character in "\n\t" or unicodedata.category(character) not in ("Cc", "Cs", "Zl", "Zp")
        assert unicodedata.bidirectional(character) not in _DIRECTIONS
    marks = "".join("m" if unicodedata.category(character)[0] == "M" else " " for character in shown)
    assert "mmmmm" not in marks


@given(hostile, st.integers(1, 12))
def test_a_line_is_one_line_of_its_length(text: str, most: int) -> None:
    line = clean_line(text, most)
    assert len(line) <= most
    assert "\n" not in line
    assert line == line.strip()


@given(st.text(), st.integers(1, 20), st.integers(1, 5))
def test_what_is_shown_keeps_to_its_bounds(text: str, characters: int, lines: int) -> None:
    shown = shown_text(text, characters, lines)
    assert len(shown) <= characters
    assert shown.count("\n") < lines


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("hello", "hello"),
        ("  def f():\n\treturn 1\n\n", "  def f():\n\treturn 1"),
        ("one\r\ntwo\rthree\u2028four", "one\ntwo\nthree\nfour"),
        ("cafe\u0301", "café"),
        ("e\u202e\u0301", "é"),
        ("\x1b[31mred\x07", "[31mred"),
        ("A\u200bn\u2060a", "Ana"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ("👩\u200d👩\u200d👧 ❤\ufe0f", "👩\u200d👩\u200d👧 ❤\ufe0f"),
        ("\u0645\u06cc\u200c\u062e", "\u0645\u06cc\u200c\u062e"),
        ("\u182d\u180b\u1820\u180e", "\u182d\u180b\u1820\u180e"),  # two Mongolian forms
        ("z" + "\u0335" * 40, "z" + "\u0335" * 4),
        ("half \ud83d", "half \ufffd"),
        ("\ufeffbom \ufffe\U0010ffff", "bom"),
        ("soft\u00adly, h\ufe00i\ufe0ddd\u034fe\U0001d173n\u3164", "softly, hidden"),
        ("\u3164\u2800 \u200b\n", ""),
        ("", ""),
    ],
)
def test_texts(written: str, shown: str) -> None:
    assert clean_text(written) == shown


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("  Ana \n Maria ", "Ana Maria"),
        ("\u3164", ""),
        ("\u200d\u2060", ""),
        ("\u0301", ""),
        ("x" * 20, "x" * 10),
        ("nine char tail", "nine char"),
        ("李\u00a0雷", "李 雷"),
    ],
)
def test_nicks_and_titles(written: str, shown: str) -> None:
    assert clean_line(written, 10) == shown


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("* Ana", "Ana"), ("·", ""), ("*", ""), (" \u00b7 [private] Ben", "[private] Ben"), ("\u200d* Ana", "Ana"),
        ("*\ufe0f\u20e3Ana", "Ana"), ("\uff0a\u2022\u2217 * Ana", "Ana"), ("> Ana", "Ana"), ("— Monday —", "Monday —"),
        ("Ana * Maria", "Ana * Maria"), ("一郎", "一郎"), ("🐱 Ana", "🐱 Ana"), ("*\u0301\u0301\u2800", ""),
        ("*" * 40 + "Ana", ""),
    ],
)  # fmt: skip
def test_no_nick_begins_with_a_mark_of_lanchat_itself(written: str, shown: str) -> None:
    assert clean_nick(written) == shown
    assert clean_nick(shown) == shown
    assert shown_nick(written) == (shown or "someone")


def test_what_is_too_long_to_show_ends_in_an_ellipsis() -> None:
    assert shown_text("x" * 10, characters=5) == "xxxx…"
    assert shown_text("1\n2\n3\n4", lines=3) == "1\n2\n…"
    assert shown_text("1\n2\n3", lines=3) == "1\n2\n3"
