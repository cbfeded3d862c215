"""The words that were searched for stand out."""

from __future__ import annotations

from pathlib import Path

import pytest

from lanchat.core.formatting import BOLD, CODE, ITALIC
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
        ("I see C# and not C", "C#", "I see [C#] and not C"),
        ("we write c++, they C", "C++ they", "we write [c++], [they] C"),
        ("at 10:30 or 10 or 30", "10:30", "at [10:30] or 10 or 30"),
        ("a \u0131\u015f\u0131k var", "ISIK", "a [\u0131\u015f\u0131k] var"),
        ("오늘회의늦어요", "회의", "오늘[회의]늦어요"),
        ("has a link from Ana", "from:Ana has:link link", "has a [link] from Ana"),
        ("", "word", ""),
    ],
)
def test_where_the_words_are(text: str, words: str, shown: str) -> None:
    assert marked(text, words) == shown


def test_what_was_found_is_marked_in_its_format() -> None:
    parts = excerpt("see **the mee**ting of `me`\n> *quoted* meet\n```py\nmeet()\n```", "meet")
    assert [(part.text, part.found, part.style) for part in parts] == [
        ("see ", False, 0), ("the ", False, BOLD), ("mee", True, BOLD), ("t", True, 0), ("ing of ", False, 0),
        ("me", False, CODE), (" ", False, 0), ("quoted", False, ITALIC), (" ", False, 0), ("meet", True, 0),
        (" ", False, 0), ("meet", True, CODE), ("()", False, CODE),
    ]  # fmt: skip
    assert marked("- one\n- two meet", "meet") == "• one • two [meet]"


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
