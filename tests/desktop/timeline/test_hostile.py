"""Texts made to do harm: they are shown, nothing hangs, and what they took is given back."""

from __future__ import annotations

import random
import sys
import time

import pytest

from tests.desktop.timeline.talk import BEN, Person, Talk

FAMILY = ["👨", "👩", "👧", "👦", "🧑"]

TEXTS = {
    "long line": "x" * 60_000,
    "long words": ("y" * 3_000 + " ") * 3,
    "lines": "\n" * 50 + "a\n" * 500,
    "zalgo": "Z" + "\u0335\u0489\u0360" * 3_000 + "algo",
    "bidi": "\u202eevil\u202c \u2066isolate\u2069 \u200frtl " * 100,
    "surrogates": "\ud83d half \udc4d " * 100,
    "emoji": "👍🏽" * 1_900,
    "flags apart": "\U0001f1e6 \U0001f1e7" * 300,
    "joiners": "\u200d" * 1_000 + "👩\u200d" * 1_000,
    "tags": "\U0001f3f4" + "\U000e0067" * 500 + "\U000e007f",
    "control": "".join(map(chr, range(0x20))) * 100 + "\x7f\x9b31m",
    "links": "https://a.lan/" + "%20" * 1_200,
    "backticks": "`" * 4_000,
    "fences": "```\n```\n" * 100,
    "tcl": "[exit] $x {unbalanced \\} ; destroy .",
    "tabs": "\t" * 4_000,
    "arabic": "﷽" * 1_000,
    "noncharacters": "\ufffe\uffff\U0010ffff\ufdd0 ok",
}


@pytest.mark.parametrize("name", TEXTS)
def test_a_text_made_to_harm_is_only_a_text(talk: Talk, name: str) -> None:
    talk.says(BEN, "before")
    talk.open()
    began = time.thread_time()
    talk.hear_of(BEN, TEXTS[name])
    talk.says(BEN, "after")
    talk.root.update()
    assert time.thread_time() - began < 1.0
    talk.settle()
    assert talk.shown().index("before") < talk.shown().rindex("after")
    assert talk.timeline is not None
    talk.text.tag_add("sel", "1.0", "end")
    assert "after" in talk.timeline.view.selected_text()


def test_letters_that_no_font_has_hold_nothing_up(talk: Talk) -> None:
    tangut = "".join(map(chr, range(0x17000, 0x17000 + 1_400)))
    talk.open()
    began = time.perf_counter()
    talk.hear_of(BEN, tangut)
    talk.says(BEN, "after")
    talk.root.update()
    assert time.perf_counter() - began < 30, "seconds; on Windows one for the fonts, else two minutes"
    talk.settle()
    assert "after" in talk.in_view()


def test_what_is_copied_of_letters_that_no_font_has_is_what_was_written(talk: Talk) -> None:
    said = "Tangut: " + "".join(map(chr, range(0x17600, 0x17600 + 200)))
    talk.says(BEN, said)
    timeline = talk.open()
    talk.text.tag_add("sel", "1.0", "end")
    assert said in timeline.view.selected_text()


@pytest.mark.parametrize("name", ["👩‍👩‍👧‍👦", "\u202eneB", "𐍈" * 40, "\t[exit]", "", "\U0001f1e6"], ids=range(6))
def test_a_nick_made_to_harm_is_only_a_nick(talk: Talk, name: str) -> None:
    somebody = Person("x")
    talk.state.nicks.call(somebody.key, name)
    talk.says(somebody, "hello")
    talk.open()
    assert "hello" in talk.in_view()


def test_letters_of_all_of_unicode(talk: Talk) -> None:
    """In a real window: what Tk, the fonts and the pictures make of them."""
    chance = random.Random(5)
    talk.open()
    for _ in range(12):
        points = chance.choices(range(0x20, sys.maxunicode + 1), k=300) + chance.choices(range(0x1F000, 0x1FB00), k=100)
        talk.hear_of(BEN, "".join(map(chr, points)).encode("utf-8", "replace").decode())
    talk.settle()
    talk.says(BEN, "still here")
    talk.settle()
    assert "still here" in talk.in_view()


def test_thousands_of_different_emoji_are_drawn_a_few_at_a_time(talk: Talk) -> None:
    """A window that answers all the while."""
    chance = random.Random(3)
    timeline = talk.open()
    for _ in range(40):
        talk.hear_of(BEN, " ".join("\u200d".join(chance.choices(FAMILY, k=4)) for _ in range(100)))
    late, last = [0.0], time.thread_time()
    while any(row.late for row in timeline.view.rows) or len(late) < 20:
        talk.root.tk.dooneevent(0)
        now = time.thread_time()
        late.append(now - last)
        last = now
    assert max(late) < 0.5  # of CPU; all of it at once takes several seconds
    assert len(late) > 30
    assert len(talk.context.theme.images) <= 4_000


def test_pictures_go_with_their_rows(talk: Talk) -> None:
    talk.said_before(3_000)
    timeline = talk.open()
    tags = len(talk.text.tag_names())
    for seq in (2_500, 100, 1_500, 2_900, 700):
        timeline.jump(seq)
        talk.settle()
    assert len(talk.text.image_names()) < 800
    assert len(talk.text.tag_names()) <= tags + 2
    assert set(talk.text.mark_names()) <= {"insert", "current", "tk::anchor1"}
