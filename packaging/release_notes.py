"""What a release's page says: `python packaging/release_notes.py TAG`, from CHANGELOG's section of that version.

Ends with 1 where the tag, the version in lanchat/__init__.py and the CHANGELOG do not fit each other.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import bundle


class Unfit(Exception):
    """There must be no release yet. Its text says why."""


def notes(tag: str, version: str, changelog: str) -> str:
    """The section's text. Raises Unfit."""
    if tag != f"v{version}":
        raise Unfit(f"the tag is {tag}, and lanchat is {version}")
    section = rf"^## {re.escape(version)}(?![\w.])[^\n]*\n(.*?)(?=^## |\Z)"
    found = re.search(section, changelog, re.MULTILINE | re.DOTALL)
    if not found or not found[1].strip():
        raise Unfit(f"CHANGELOG has nothing about {version}")
    return found[1].strip() + "\n"


def main() -> int:
    try:
        text = notes(sys.argv[1], bundle.version(), (bundle.ROOT / "CHANGELOG.md").read_text("utf-8"))
    except Unfit as problem:
        print(problem, file=sys.stderr)
        return 1
    print(text, end="")
    return 0


if __name__ == "__main__":
    sys.exit(main())
