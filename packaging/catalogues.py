"""Bring the catalogues of `lanchat/languages` up to date with the code: `python packaging/catalogues.py`.

Collects every `_()` and `ngettext()` of the package, and every `words()` and `counted()` of the page for phones; adds
what is new to each .po (to be translated by hand), drops what is gone, and compiles each .po to the .mo beside it, and
what the page says of it to `lanchat/guest_page/words-xx.json`. Needs Babel (`pip install '.[dev]'`).
"""

from __future__ import annotations

import ast
import io
import json
import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from gettext import c2py
from pathlib import Path
from typing import IO

from babel.core import Locale
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

PACKAGE = Path(__file__).resolve().parent.parent / "lanchat"
CATALOGUES = PACKAGE / "languages"
GUEST_PAGE = PACKAGE / "guest_page"
KEYWORDS = {"_": None, "ngettext": (1, 2)}

#: A call in the page's scripts, of which the texts are written out; also within the ${} of a text. The number that is
#: counted has no comma in it.
_STRING = r"'(?:[^'\\\n]|\\.)*'"
PAGE_CALL = re.compile(rf"\bwords\(\s*({_STRING})\s*[,)]|\bcounted\([^,]*,\s*({_STRING}),\s*({_STRING})\s*[,)]")
_NO_SCRIPT = re.compile(r"<noscript><p>(.*?)</p>")
_COUNTED = 1_000  # numbers from 0 on, in which all plural forms of a language occur


def collected() -> Catalog:
    """Everything the code says, in English."""
    catalogue = Catalog(charset="utf-8")
    methods = [("guest_page/vendor.js", "ignore"), ("**.py", "python"), ("**.js", _of_script), ("**.html", _of_page)]
    found = extract_from_dir(PACKAGE, methods, keywords=KEYWORDS)
    for file, _line, message, _comments, _context in sorted(found, key=lambda one: (one[0], one[1])):
        catalogue.add(message, locations=[(file, 0)])
    return catalogue


def _of_script(file: IO[bytes], _keywords: object, _tags: object, options: object) -> Iterator[tuple[object, ...]]:
    """What a script of the page says, as Babel wants it."""
    text = file.read().decode("utf-8")
    for call in PAGE_CALL.finditer(text):
        said = [ast.literal_eval(string) for string in call.groups() if string]
        yield text.count("\n", 0, call.start()) + 1, "_" if len(said) == 1 else "ngettext", said, []


def _of_page(file: IO[bytes], _keywords: object, _tags: object, options: object) -> Iterator[tuple[object, ...]]:
    """What the page says without scripts."""
    for said in _NO_SCRIPT.findall(file.read().decode("utf-8")):
        yield 1, "_", [said], []


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


def as_words(catalogue: Catalog) -> bytes:
    """What the page for phones says, as it reads it (lanchat/guest_page/words.js). Raises ValueError where the plural
    forms of the catalogue are not those of its language."""
    said: dict[str, str | dict[str, str]] = {}
    for message in catalogue:
        forms = message.string if isinstance(message.string, tuple | list) else [message.string]
        if not (message.id and all(forms) and any(_is_of_page(file) for file, _line in message.locations)):
            continue  # the page says it in English, or not at all
        if isinstance(message.id, str):
            said[message.id] = forms[0]
        else:
            categories = _plural_categories(catalogue)
            said[message.id[0]] = {category: forms[form] for category, form in sorted(categories.items())}
    return (json.dumps(said, ensure_ascii=False, indent=0, sort_keys=True) + "\n").encode("utf-8")


def _is_of_page(file: str) -> bool:
    return file.startswith(f"{GUEST_PAGE.name}/")


def _plural_categories(catalogue: Catalog) -> dict[str, int]:
    """Which form of a text goes with each plural category: browsers know languages by these."""
    form_of = c2py(catalogue.plural_expr)
    found: dict[str, int] = {}
    for count in range(_COUNTED):
        category = Locale.parse(str(catalogue.locale)).plural_form(count)
        if found.setdefault(category, form_of(count)) != form_of(count):
            raise ValueError(f"{catalogue.locale}: the form for {count} is not that of other numbers of its category")
    return found


def main() -> int:
    for po in sorted(CATALOGUES.glob("*.po")):
        po.write_bytes(as_po(updated(po)))
        with po.open("rb") as file:
            catalogue = read_po(file, locale=po.stem)
        po.with_suffix(".mo").write_bytes(as_mo(catalogue))
        (GUEST_PAGE / f"words-{po.stem}.json").write_bytes(as_words(catalogue))
        missing = sum(1 for message in catalogue if message.id and not message.string)
        print(f"{po.name}: {len(catalogue)} messages, {missing} to translate")
    return 0


if __name__ == "__main__":
    sys.exit(main())
