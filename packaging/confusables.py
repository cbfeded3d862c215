"""Writes lanchat/core/confusables.py from Unicode's confusables.txt: python packaging/confusables.py confusables.txt

The file is at https://www.unicode.org/Public/security/latest/. What NFKC makes the same already is left out.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

TABLE = Path(__file__).resolve().parent.parent / "lanchat/core/confusables.py"

_LINE = re.compile(r"^([0-9A-F]+)\s*;\s*([0-9A-F ]+?)\s*;\s*MA", re.MULTILINE)
_HEAD = '''"""Characters that look alike, from Unicode's confusables.txt {version}. Made by packaging/confusables.py.

© Unicode, Inc., Unicode-3.0 licence: https://www.unicode.org/license.txt
"""
# ruff: noqa: RUF001

from typing import Final

#: By turns, with a tab after each: what others look like, and those others, each one character.
LOOK_LIKE: Final = (
{lines}
)
'''
_WIDTH = 110  # of a line of the table, without its indentation and quotes


def table(data: str) -> str:
    version = re.search(r"^# Version: ([\d.]+)", data, re.MULTILINE)
    alike: dict[str, str] = defaultdict(str)
    for one, prototype in _LINE.findall(data):
        character = chr(int(one, 16))
        if unicodedata.normalize("NFKC", character) == character:
            alike["".join(chr(int(point, 16)) for point in prototype.split())] += character
    return _HEAD.format(version=version[1] if version else "", lines="\n".join(_lines(alike)))


def _lines(alike: dict[str, str]) -> Iterator[str]:
    line = ""
    for pair in sorted(alike.items()):
        row = "".join(_escaped(text) + "\\t" for text in pair)
        if line and len(line) + len(row) > _WIDTH:
            yield f'    "{line}"'
            line = ""
        line += row
    yield f'    "{line}"'


def _escaped(text: str) -> str:
    shown = "".join(
        one if unicodedata.category(one)[0] in "LNPS" and unicodedata.bidirectional(one) not in ("R", "AL", "AN")
        else f"\\U{ord(one):08x}" if one > "\uffff" else f"\\u{ord(one):04x}"
        for one in text.replace("\\", "\0")
    )  # fmt: skip
    return shown.replace("\\u0000", "\\\\").replace('"', '\\"')


if __name__ == "__main__":
    TABLE.write_text(table(Path(sys.argv[1]).read_text(encoding="utf-8")), encoding="utf-8")
