"""What the page for phones makes of the marks in a text, and of a person's key and nick: what the window does."""

from __future__ import annotations

import random

import pytest

from lanchat.core.formatting import CODE, ITALIC, formatted
from lanchat.core.text import clean_line, shown_text
from lanchat.desktop.theme.avatars import COLOURS, look_of
from tests.web.modules import PageModules

BLOCK, QUOTE = 16, 32  #: beside the styles of `core.formatting`

SAME = [
    "plain", "a **b** c", "**a *b* c**", "*it*, _it_ ~~no~~ `co*de*`", "2*3*4 snake_case_name __init__", "** no **",
    "**a** **b**", "5 * 3 * 2 _a b_", "~~a *b* c~~", "*a* b*c*", "a_b_c_ _d_", r"\*no\* C:\temp",
    "see (https://a.b/c_d_e), ok", "**see https://a.b/x**", "www.a.example. http://x", "javascript:alert(1) https://",
    "https://a.example/(b) https://a.example/b)", "lines\n*of* it\n\nend", "<b>no</b> & &amp;", "a > b", ":> >_<",
    "un*closed `marks ~~everywhere", "https://ana:pw@a.example/", "http://[::1]:80/x",
    "xhttp://a.example", "www....", "x-www.a.example",
    "www." + "." * 900 + "x)", "~~_*" * 225, "*" * 700,
]  # fmt: skip


def read(page: PageModules, text: str) -> list[tuple[str, int, str]]:
    return [(span["text"], span["style"], span["address"]) for span in page.call("formatting", "formatted", text)]


@pytest.mark.parametrize("text", SAME)
def test_a_line_looks_as_in_the_window(page: PageModules, text: str) -> None:
    window = [tuple(span) for block in formatted(text) for span in (*block.spans, ("\n", 0, ""))][:-1]
    assert joined(read(page, text)) == joined(window)


def joined(spans: list[tuple[str, int, str]]) -> list[tuple[str, int, str]]:
    """Neighbours that look the same as one."""
    made: list[tuple[str, int, str]] = []
    for text, style, address in spans:
        if made and made[-1][1:] == (style, address) and not address:
            text = made.pop()[0] + text
        made.append((text, style, address))
    return made


def test_quotes_and_code_stand_in_lines_of_their_own(page: PageModules) -> None:
    text = "> said\n> *more*\nanswer\n```py\nx = **1**\n```\nend"
    assert read(page, text) == [
        ("said\n", QUOTE, ""), ("more", QUOTE | ITALIC, ""), ("answer\n", 0, ""),
        ("x = **1**", CODE | BLOCK, ""), ("end", 0, ""),
    ]  # fmt: skip


def test_a_reply_quotes_the_words_without_their_marks(page: PageModules) -> None:
    assert page.call("formatting", "unformatted", "**Now**: `ls` _there_") == "Now: ls there"


def test_whatever_the_text_is_nothing_but_marks_gets_lost(page: PageModules) -> None:
    draw = random.Random(13)
    pieces = ["*", "**", "_", "~~", "`", "\\", "> ", "\n", "```", "```\n", "\n```", "é", " ", "https://a.b/", "(", ")"]
    for _ in range(500):
        text = "".join(draw.choices(pieces, k=draw.randrange(30)))
        shown = "".join(span for span, _style, _address in read(page, text))
        assert letters(shown) == letters(text), text


def letters(text: str) -> str:
    return "".join(one for one in text if one not in "*_~`\\> \n")


HARMFUL = [
    "\u202e//:ptth", "a\u200bb\u2066c\u2069", "e" + "\u0301" * 800, "q" + "\u0323\u0301" * 30 + "r", "\x07\x1b[31m",
    "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f", "tag\U000e0041", "a\r\nb\u2028c",
    "👩\u200d🔧 ❤\ufe0f", "\n\n  in\n\n", " \u3164\u2060 ", "\u00ad\ufff9x\ufffb", "Ω\u212b",
]  # fmt: skip


@pytest.mark.parametrize("text", HARMFUL)
def test_what_others_wrote_is_as_safe_to_show_as_in_the_window(page: PageModules, text: str) -> None:
    assert page.call("shown_text", "shownText", text) == shown_text(text)
    assert page.call("shown_text", "shownLine", text) == clean_line(text, 1_000)


@pytest.mark.parametrize(
    ("nick", "initials"),
    [("Root", "Ro"), ("Mia (3drr)", "Mi"), ("ana m. ruiz", "AR"), ("李小龍", "李"), ("x", "X"), ("(⌐■_■)", "?")],
)
def test_initials_are_those_of_the_window(page: PageModules, nick: str, initials: str) -> None:
    assert page.call("person_look", "initialsOf", nick) == initials


def test_a_person_has_one_colour_everywhere(page: PageModules) -> None:
    keys = [random.Random(number).randbytes(32) for number in range(50)]
    assert [page.call("person_look", "colourOf", key, {}) for key in keys] == [look_of(key)[0] for key in keys]
    assert page.call("person_look", "colourOf", keys[0], {"a": [13]}) == 13 % COLOURS
