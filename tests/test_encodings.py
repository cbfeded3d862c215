"""No text is read or written in the encoding that happens to be the system's: on Windows that is not UTF-8.

Ruff (PLW1514) finds the `open` calls; these it does not find, as it would need to know the type of what is called.
"""

from __future__ import annotations

import ast
from pathlib import Path

ROOT = Path(__file__).parent.parent
#: How many arguments are before `encoding`.
METHODS = {"read_text": 0, "write_text": 1}
PROGRAMS = {"Popen", "run", "call", "check_call", "check_output"}


def names_no_encoding(call: ast.Call) -> bool:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    given = {keyword.arg for keyword in call.keywords}
    if "encoding" in given:
        return False
    if name in METHODS and isinstance(call.func, ast.Attribute):
        return len(call.args) <= METHODS[name]
    return name in PROGRAMS and bool(given & {"text", "universal_newlines"})


def test_text_is_read_and_written_in_a_named_encoding() -> None:
    found = []
    for folder in ("lanchat", "packaging", "tests"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.Call) and names_no_encoding(node):
                    found.append(f"{path.relative_to(ROOT)}:{node.lineno}: {ast.unparse(node)}")
    assert not found
