"""What was measured, as rows for people and as JSON for programs."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field

_HEADINGS = ("what", "must", "aim", "measured", "ratio to a peer", "ok?")


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table. `must` and `aim` are the words of the task; `ok` None: nothing to hold it against."""

    what: str
    must: str
    aim: str
    measured: str
    ratio: str = ""
    ok: bool | None = None
    numbers: dict[str, float] = field(default_factory=dict)  #: for JSON; the unit is in the name


def skipped(what: str, why: str) -> Row:
    return Row(what, "", "", f"not measured: {why}")


def as_text(rows: Sequence[Row]) -> str:
    """The table in Markdown, its columns aligned."""
    verdict = {True: "yes", False: "NO", None: "-"}
    lines = [_HEADINGS, *((r.what, r.must, r.aim, r.measured, r.ratio, verdict[r.ok]) for r in rows)]
    widths = [max(_columns(line[at]) for line in lines) for at in range(len(_HEADINGS))]
    shown = [_line(line, widths) for line in lines]
    shown.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(shown)


def as_json(rows: Sequence[Row]) -> list[dict[str, object]]:
    return [asdict(row) for row in rows]


def rate(per_second: float) -> str:
    """3.21 M/s, 412 k/s, 87 /s"""
    if per_second >= 1e6:
        return f"{per_second / 1e6:.2f} M/s"
    return f"{per_second / 1e3:.0f} k/s" if per_second >= 1e5 else f"{per_second:,.0f}/s"


def ms(value: float) -> str:
    return f"{value:.2f} ms" if value < 10 else f"{value:.0f} ms"


def _columns(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    padded = (cell + " " * (width - _columns(cell)) for cell, width in zip(cells, widths, strict=True))
    return "| " + " | ".join(padded) + " |"
