"""The words that were searched for stand out."""

from __future__ import annotations

from pathlib import Path

import pytest

from lanchat.desktop.pages.search_results import excerpt, found_in
from lanchat.storage.reader import Reader
from tests.desktop.model.telling import KITCHEN
from tests.desktop.pages.archive import Archive
from tests.desktop.timeline.talk import BEN


def marked(text: str, words: str) -> str:
    """With what stands out in brackets."""
    return "".join(f"[{piece.text}]" if piece.found else piece.text for piece in excerpt(text, words))


@pytest.mark.parametrize(
    ("text", "words", "shown"),
    [
        ("The meeting is at ten", "MEET", "The [meet]ing is at ten"),
        ("meet me, meet us", "meet", "[meet] me, [meet] us"),
        ("a cat and a dog", "a", "[a] cat and [a] dog"),
        ("unmeet is no word", "meet", "unmeet is no word"),
        ("in the café, über there", "cafe uber", "in the [café], [über] there"),
        ("cafe\u0301 there", "café", "[café] there"),
        ("明日は会議です", "会議", "明日は[会議]です"),
        ("party 👩‍🚀 tonight ❤️ now", "🚀 ❤", "party 👩‍[🚀] tonight [❤️] now"),
        ("hi, there, hi", "hi,", "[hi], there, [hi]"),
        ("two\nlines   of text", "lines", "two [lines] of text"),
        ("nothing here", "", "nothing here"),
        ("", "word", ""),
    ],
)
def test_where_the_words_are(text: str, words: str, shown: str) -> None:
    assert marked(text, words) == shown


def test_of_a_long_text_one_sees_the_part_that_was_found() -> None:
    shown = marked("First of all we talked about many other things, and then of the kettle on the shelf", "kettle")
    assert shown == "…and then of the [kettle] on the shelf"


def test_a_line_is_never_long() -> None:
    assert len(marked("x" * 8_000 + " kettle " + "y" * 8_000, "kettle")) < 300
    assert len(marked("kettle " * 2_000, "kettle")) < 400


def test_what_is_shown_of_a_peer_is_clean() -> None:
    assert marked("ket\u202etle\x07 on", "kettle") == "[kettle] on"


@pytest.mark.parametrize(
    "words",
    ["meeting", "me", "ten meeting", "cafe", "uber-imp", "naive senor", "会議", "日は会", "ーメ", "rapat", "🎉",
     "привет", "회의", "lanchat_set", "10:30", "i", "c++"],
)  # fmt: skip
def test_whatever_the_search_finds_something_in_it_stands_out(tmp_path: Path, words: str) -> None:
    archive = Archive(tmp_path)
    archive.said(
        KITCHEN, BEN, "The meeting is at ten", "meet me in the café", "ÜBER-important: naïve señor", "明日は会議です",
        "ラーメンを食べる", "Kita rapat besok, ya", "party 🎉 tonight 👍🏽", "Привет, как дела", "회의는 내일입니다",
        "see lanchat_settings.json at 10:30", "I love C++ and ❤️",
    )  # fmt: skip
    archive.store.close()
    reader = Reader.open(tmp_path)
    hits = reader.search(words)
    reader.close()
    assert hits
    for hit in hits:
        assert found_in(hit.message.text, words), hit.message.text
