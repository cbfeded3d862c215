"""What of a line of code is a keyword, a string or a comment."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lanchat.desktop.model.code_colours import code_tokens
from tests.cpu_time import cpu_seconds


def coloured(line: str, language: str) -> list[tuple[str, str]]:
    return [(token.text, token.kind) for token in code_tokens(line, language) if token.kind]


@pytest.mark.parametrize(
    ("line", "language", "expected"),
    [
        ("for day in week:  # each", "py", [("for", "keyword"), ("in", "keyword"), ("# each", "comment")]),
        ('print(day.soup, "it\'s # \\"4\\"") or form', "Python",
         [('"it\'s # \\"4\\""', "string"), ("or", "keyword")]),
        ("SELECT name FROM people -- all", "sql",
         [("SELECT", "keyword"), ("FROM", "keyword"), ("-- all", "comment")]),
        ("const a = `x`; // why", "js", [("const", "keyword"), ("`x`", "string"), ("// why", "comment")]),
        ("curl https://a.lan/x#y $# # now", "sh", [("# now", "comment")]),
        ('{"a": [true, null]}', "json", [('"a"', "string"), ("true", "keyword"), ("null", "keyword")]),
        ('say "never closed', "bash", [('"never closed', "string")]),
        ("for day in week: # each", "", []),
        ("for day in week: # each", "klingon", []),
    ],
    ids=range(9),
)  # fmt: skip
def test_what_is_coloured(line: str, language: str, expected: list[tuple[str, str]]) -> None:
    assert coloured(line, language) == expected


LINES = st.text("\"'`\\#/- ab\tif日👍", max_size=60)


@given(LINES, st.sampled_from(["py", "js", "sql", "sh", "json", "rust", "yaml", "x"]))
def test_the_parts_of_a_line_are_the_line(line: str, language: str) -> None:
    assert "".join(token.text for token in code_tokens(line, language)) == line


@pytest.mark.parametrize("line", ['"' * 4_000, '"\\' * 2_000, "'\"`" * 1_300, "a" * 4_000, "if " * 1_300, "#" * 4_000])
def test_no_line_takes_long(line: str) -> None:
    assert cpu_seconds(lambda: list(code_tokens(line, "py"))) < 0.02
