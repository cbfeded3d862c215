"""Bring the catalogues of `lanchat/languages` up to date with the code: `python packaging/catalogues.py`.

Collects every `_()` and `ngettext()` of the package, adds what is new to each .po (to be translated by hand), drops
what is gone, and compiles each .po to the .mo beside it. Needs Babel (`pip install '.[dev]'`).
"""

from __future__ import annotations

import io
import sys
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

PACKAGE = Path(__file__).resolve().parent.parent / "lanchat"
CATALOGUES = PACKAGE / "languages"
KEYWORDS = {"_": None, "ngettext": (1, 2)}


def collected() -> Catalog:
    """Everything the code says, in English."""
    catalogue = Catalog(charset="utf-8")
    found = extract_from_dir(PACKAGE, [("**.py", "python")], keywords=KEYWORDS)
    for file, _line, message, _comments, _context in sorted(found, key=lambda one: (one[0], one[1])):
        catalogue.add(message, locations=[(file, 0)])
    return catalogue


def updated(po: Path) -> Catalog:
    """The catalogue in `po`, with what is new in the code and without what is gone."""
    with po.open("rb") as file:
        catalogue = read_po(file, locale=po.stem)
    catalogue.update(collected(), no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    return catalogue


def as_po(catalogue: Catalog) -> bytes:
    """No dates and no line numbers: they would change with every change of the code."""
    file = io.BytesIO()
    write_po(file, catalogue, width=120, no_location=False, include_lineno=False, omit_header=False, sort_by_file=True)
    lines = file.getvalue().decode("utf-8").splitlines(keepends=True)
    return "".join(line for line in lines if not line.startswith(_DATED)).encode("utf-8")


_DATED = ('"POT-Creation-Date', '"PO-Revision-Date', '"Generated-By')


def as_mo(catalogue: Catalog) -> bytes:
    """The same words give the same bytes, whenever this runs."""
    catalogue.creation_date = datetime(2026, 1, 1, tzinfo=UTC)
    file = io.BytesIO()
    write_mo(file, catalogue)
    return file.getvalue()


def main() -> int:
    for po in sorted(CATALOGUES.glob("*.po")):
        po.write_bytes(as_po(updated(po)))
        with po.open("rb") as file:
            catalogue = read_po(file, locale=po.stem)
        po.with_suffix(".mo").write_bytes(as_mo(catalogue))
        missing = sum(1 for message in catalogue if message.id and not message.string)
        print(f"{po.name}: {len(catalogue)} messages, {missing} to translate")
    return 0


if __name__ == "__main__":
    sys.exit(main())
