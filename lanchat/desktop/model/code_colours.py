"""Code colours: the keywords, strings and comments of a line of code, for the languages people write most. Pure.

A line is looked at alone, whatever was opened in a line before it: enough for the few lines of a message. Peers write
the code: a line takes time in proportion to its length.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Literal, NamedTuple, TypeAlias

CodeKind: TypeAlias = Literal["", "keyword", "string", "comment"]


class CodeToken(NamedTuple):
    text: str
    kind: CodeKind


_C = ("bool break case char class const continue default do double else enum extern false float for goto if include "
      "inline int long namespace new null nullptr private protected public return short signed sizeof static struct "
      "switch template this throw true try catch typedef union unsigned using virtual void while")  # fmt: skip
_SCRIPT = ("async await break case catch class const continue default delete do else export extends false finally for "
           "from function if import in instanceof interface let new null of return static super switch this throw true "
           "try type typeof undefined var void while yield")  # fmt: skip
_JVM = ("abstract boolean break byte case catch char class const continue data default do double else enum extends "
        "false final finally float for fun if implements import in int interface internal is long namespace new null "
        "object override package private protected public return static string super switch this throw true try using "
        "val var void when while")  # fmt: skip
_PYTHON = ("False None True and as assert async await break class continue def del elif else except finally for from "
           "global if import in is lambda match nonlocal not or pass raise return try while with yield")  # fmt: skip
_SHELL = ("case do done elif else esac exit export fi for function if in local return set then until while "
          "echo cd sudo")  # fmt: skip
_SQL = ("and as asc between by case commit create delete desc distinct drop else end exists from group having in "
        "index inner insert into is join key left like limit not null on or order outer primary select set table then "
        "union unique update values view when where with")  # fmt: skip
_GO = ("break case chan const continue default defer else fallthrough false for func go goto if import interface map "
       "nil package range return select struct switch true type var")  # fmt: skip
_RUST = ("as async await break const continue crate else enum extern false fn for if impl in let loop match mod move "
         "mut pub ref return self static struct super trait true type unsafe use where while")  # fmt: skip

#: What begins a comment, and the keywords.
_FAMILIES: dict[str, tuple[str, str]] = {
    "python": ("#", _PYTHON), "shell": ("#", _SHELL), "c": ("//", _C), "script": ("//", _SCRIPT), "jvm": ("//", _JVM),
    "sql": ("--", _SQL), "go": ("//", _GO), "rust": ("//", _RUST), "json": ("//", "true false null"),
    "settings": ("#", "true false null yes no"),
}  # fmt: skip
_FAMILY_OF = {
    "py": "python", "python": "python", "python3": "python", "sh": "shell", "bash": "shell", "shell": "shell",
    "zsh": "shell", "console": "shell", "dockerfile": "shell", "makefile": "shell", "c": "c", "h": "c", "cpp": "c",
    "c++": "c", "cc": "c", "hpp": "c", "js": "script", "javascript": "script", "jsx": "script", "ts": "script",
    "typescript": "script", "tsx": "script", "php": "script", "java": "jvm", "kotlin": "jvm", "kt": "jvm", "cs": "jvm",
    "c#": "jvm", "csharp": "jvm", "sql": "sql", "go": "go", "golang": "go", "rust": "rust", "rs": "rust",
    "json": "json", "yaml": "settings", "yml": "settings", "toml": "settings", "ini": "settings",
}  # fmt: skip
_NOT_BEFORE = r"(?<![\w$:])"  # "#" of `$#` and "//" of an address begin no comment


def code_tokens(line: str, language: str) -> Iterator[CodeToken]:
    """The line in parts. `language`: as it was written; of an unknown one nothing is coloured."""
    family = _FAMILY_OF.get(language.lower(), "")
    if not family:
        yield CodeToken(line, "")
        return
    pattern, keywords = _grammar(family)
    at = 0
    for match in pattern.finditer(line):
        kind: CodeKind = "comment" if match["comment"] else "string" if match["string"] else "keyword"
        if kind == "keyword" and (match.group().lower() if family == "sql" else match.group()) not in keywords:
            continue
        if match.start() > at:
            yield CodeToken(line[at : match.start()], "")
        yield CodeToken(match.group(), kind)
        at = match.end()
    if at < len(line):
        yield CodeToken(line[at:], "")


@lru_cache(maxsize=len(_FAMILIES))
def _grammar(family: str) -> tuple[re.Pattern[str], frozenset[str]]:
    comment, keywords = _FAMILIES[family]
    pattern = (
        rf"(?P<comment>{_NOT_BEFORE}{re.escape(comment)}.*)"
        r"|(?P<string>\"(?:\\.|[^\"\\])*(?:\"|\\?$)|'(?:\\.|[^'\\])*(?:'|\\?$)|`(?:\\.|[^`\\])*(?:`|\\?$))"
        r"|[^\W\d]\w*"
    )
    return re.compile(pattern), frozenset(keywords.split())
