"""Formatting: what of a text is bold, code, a list …; that nothing gets lost, and no text takes long."""

from __future__ import annotations

import subprocess
import sys
from itertools import chain

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lanchat.core.formatting import BOLD, CODE, ITALIC, STRIKE, TextBlock, formatted, shown_lines
from tests.cpu_time import cpu_seconds

PIECES = st.sampled_from([
    "*", "**", "_", "__", "~~", "`", "```", "```py\n", "\n", "\n\n", " ", "  ", "    ", "\t", "> ", ">", "- ", "* ",
    "+ ", "1. ", "10) ", "[", "](", "](https://a.lan)", "[x](https://a.lan)", ")", "https://a.lan/_x_", "www.a.lan",
    "@Ana", "a", "b c", "\\", "\\*", "#", "&amp;", "<b>", "![x](", "👍🏽", "日本", "מה",
    "e\u0301", "~~~\n", "¯\\_(ツ)_/¯",
])  # fmt: skip
TEXTS = st.one_of(st.lists(PIECES, max_size=40).map("".join), st.text("*_~`>-[]()\\ \n\tab1.", max_size=60), st.text())
MARKS = "*_~`>-+[]()\\"


def looks(text: str) -> list[tuple[str, int]]:
    """The spans of a text of one block."""
    (block,) = formatted(text)
    return [(span.text, span.style) for span in block.spans]


def told(block: TextBlock) -> str:
    """A block in short: its quotes, where it is in lists, and its words."""
    return f"{'>' * block.quote}{'  ' * block.depth}{block.marker} {block.text}".strip()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a **b** c", [("a ", 0), ("b", BOLD), (" c", 0)]),
        ("*a* and _b_", [("a", ITALIC), (" and ", 0), ("b", ITALIC)]),
        ("~~a~~", [("a", STRIKE)]),
        ("***a***", [("a", BOLD | ITALIC)]),
        ("**a ~~b *c*~~**", [("a ", BOLD), ("b ", BOLD | STRIKE), ("c", BOLD | STRIKE | ITALIC)]),
        ("`a**b**`", [("a**b**", CODE)]),
        ("``a`b``", [("a`b", CODE)]),
        ("**run `x`**", [("run ", BOLD), ("x", BOLD | CODE)]),
        ("**a\nb**", [("a\nb", BOLD)]),
    ],
    ids=range(9),
)  # fmt: skip
def test_marks_make_a_format(text: str, expected: list[tuple[str, int]]) -> None:
    assert looks(text) == expected


@pytest.mark.parametrize(
    "text",
    ["2*3*4 = 24", "2 * 3 * 4", "snake_case_name", "__init__", "a ` b\nc", "**", "* *", "- - -", "---", "***", "-", ">",
     ">:(", ">_<", ">text",
     "1.", "# title", "<b>x</b> &amp; &lt;", "| a | b |", "~a~", r"\\server\share", r"C:\temp\new", r"¯\_(ツ)_/¯", "+1",
     "  a\n    b  c", "[x](javascript:alert)", "[x](file:///etc)", "@_ana_ hi", "```\nnever closed",
     "3 > 2", "a\n\n\n\nb"],
)  # fmt: skip
def test_what_people_write_for_itself_stays_as_it_is(text: str) -> None:
    assert shown_lines(text) == text
    assert not any(span.style for block in formatted(text) for span in block.spans)


def test_a_backslash_makes_a_mark_a_letter() -> None:
    assert shown_lines(r"\*a\* \`b\` \_c\_ \[d](https://a.lan)") == "*a* `b` _c_ [d](https://a.lan)"
    assert shown_lines(r"\> a") == "> a"


def test_code_keeps_its_lines_and_tells_its_language() -> None:
    text = "so:\n```py\nif a:\n\t`b` **c** @Ana https://a.lan\n\n```\nand on"
    before, code, after = formatted(text)
    assert (before.text, after.text) == ("so:", "and on")
    assert (code.kind, code.language) == ("code", "py")
    assert code.spans == ((("if a:\n\t`b` **c** @Ana https://a.lan\n"), CODE, ""),)


def test_words_after_the_marks_of_a_block_of_code_are_code() -> None:
    (code,) = formatted("```not a language\nb\n```")
    assert (code.kind, code.text, code.language) == ("code", "not a language\nb", "")


def test_a_quote_ends_with_its_line() -> None:
    assert [told(block) for block in formatted("> a\n> **b**\n>> c\nmine")] == ["> a\nb", ">> c", "mine"]


def test_lists() -> None:
    text = "- a\n* b\n  - c\n    more\n1. one\n10) ten\n+ plus\nafter"
    assert [told(block) for block in formatted(text)] == [
        "• a", "• b", "• c\nmore", "1. one", "10) ten", "+ plus", "after",
    ]  # fmt: skip
    assert [told(block) for block in formatted("1. - a\n2.\n3. c")] == ["1. • a", "2.", "3. c"]
    assert [block.depth for block in formatted(text)] == [1, 1, 2, 1, 1, 1, 0]


def test_what_is_too_deep_or_too_much_is_shown_as_it_was_written() -> None:
    assert shown_lines("a\n" + "> " * 300 + "x").endswith("> x")
    assert shown_lines("- " * 300 + "x").endswith("- x")
    assert shown_lines("*a* " * 400) == "*a* " * 400
    assert shown_lines("*a* " * 100) == "a " * 100


def test_code_may_be_in_a_quote_and_in_a_list() -> None:
    quoted, listed = formatted("> ```\n> a\n> ```\n- ```\n  b\n  ```")
    assert (quoted.kind, quoted.quote, quoted.text) == ("code", 1, "a")
    assert (listed.kind, listed.depth, listed.text) == ("code", 1, "b")


@pytest.mark.parametrize(
    ("text", "links"),
    [
        ("**see https://a.lan/_x_ now**", [("https://a.lan/_x_", "https://a.lan/_x_")]),
        ("`https://a.lan` www.b.lan", [("www.b.lan", "http://www.b.lan")]),
        ("[the **menu**](https://a.lan/x)", [("the ", "https://a.lan/x"), ("menu", "https://a.lan/x")]),
        ("[mail](mailto:ana@a.lan) ana@b.lan", [("mail", "mailto:ana@a.lan"), ("ana@b.lan", "mailto:ana@b.lan")]),
        ("[bank.example](https://evil.lan)", [("https://evil.lan", "https://evil.lan")]),
        ("[https://a.lan](https://a.lan)", [("https://a.lan", "https://a.lan")]),
        ("[x](javascript:alert(1)) [y](ftp://a.lan) [z](lanchat://nowhere)", []),
        ("[ ](https://a.lan)", [("https://a.lan", "https://a.lan")]),
        ("![x](https://a.lan/p.png)", [("x", "https://a.lan/p.png")]),
        ("```\nhttps://a.lan\n```", []),
    ],
    ids=range(10),
)
def test_links(text: str, links: list[tuple[str, str]]) -> None:
    spans = chain.from_iterable(block.spans for block in formatted(text))
    assert [(span.text, span.address) for span in spans if span.address] == links


def test_words_from_right_to_left_are_formatted_too() -> None:
    assert looks("**מה** שלומך") == [("מה", BOLD), (" שלומך", 0)]


@given(TEXTS)
def test_nothing_of_a_text_gets_lost_but_its_marks(text: str) -> None:
    def letters(of: str) -> str:
        return "".join(one for one in of if one not in MARKS and not one.isspace() and one != "•")

    parts = []
    for block in formatted(text):
        parts.append(block.marker + block.language)
        for span in block.spans:
            labelled = span.address and span.address not in (span.text, f"http://{span.text}", f"mailto:{span.text}")
            parts.append(span.text + ("" if not labelled else span.address))
    said, shown = letters(text), letters("".join(parts))
    if "](" in text:  # the address of several words stands there more than once
        said, shown = "".join(sorted(set(said))), "".join(sorted(set(shown)))
    assert shown == said


@given(TEXTS)
def test_the_lines_of_a_text_stay_lines(text: str) -> None:
    text = text.strip("\n").rstrip()
    if "`" not in text and "~" not in text:
        assert shown_lines(text).count("\n") == text.count("\n")


HOSTILE = {
    "fences": "```x\n" * 800, "empty fences": "```\n" * 200, "fences in a list": "- ```x\n" * 199 + "```",
    "backticks": "`" * 4_000, "runs of backticks": "".join("`" * n + " " for n in range(1, 88)),
    "asterisks": "*" * 4_000, "apart": "*a " * 1_333, "bold": "**a" * 1_333, "mixed": "*_" * 2_000,
    "all": "_*a~~" * 800, "brackets": "[" * 4_000, "half links": "[a](" * 1_000, "links": "[a](https://a" * 307,
    "quotes": ">" * 4_000, "many quotes": ">>>>>>>>>>a\n" * 199, "lists": "- " * 2_000, "items": "- a\n" * 199,
    "deeper": "".join(" " * n + "- a\n" for n in range(85)), "numbers": "1. a\n\n" * 99,
    "backslashes": "\\" * 4_000, "escapes": "\\*" * 2_000, "both": ("> - " * 8 + "a\n") * 110, "ats": "@_" * 2_000,
    "tildes": "~~" * 2_000, "dots": "[" + ".a" * 90 + "](https://x.lan/)" * 200, "tabs": "\t-\ta\n" * 199,
    "addresses": "https://a.lan/" + "*" * 3_900, "mail": "a@b.cc " * 570,
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_no_text_takes_long(name: str) -> None:
    text = HOSTILE[name][:4_000]

    def work() -> None:
        formatted.cache_clear()
        formatted(text)

    assert cpu_seconds(work) < 0.02


def test_the_parser_is_loaded_with_the_first_text_that_has_a_mark() -> None:
    program = (
        "import sys\nfrom lanchat.core.formatting import formatted\n"
        "formatted('Lunch at 12? See https://menu.lan, e.g. (soup) & bread - or not! #1 2 < 3')\n"
        "print('markdown_it' in sys.modules)\nformatted('**now**')\nprint('markdown_it' in sys.modules)"
    )
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, encoding="utf-8")
    assert told.stdout.split() == ["False", "True"]
