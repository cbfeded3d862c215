"""A message's text as lines of a terminal: formatted where it has colours, else as it was written. Pure.

Bold, italic and strike are the terminal's own (SGR, ECMA-48); code has a colour, quotes a bar, items of lists their
marker. Behind the words of a link stands where it leads, as nothing can be pointed at. In a file or pipe, and where
colours are not wanted, the text stays as it was written.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from wcwidth import width

from lanchat.core.formatting import BOLD, CODE, ITALIC, STRIKE, TextBlock, TextSpan, formatted
from lanchat.core.links import address
from lanchat.terminal.output import CLOCK_CELLS, DIM, GAP, MENTION, NARROWEST_TEXT, Paper, fitted, wrapped

_SGR = {BOLD: "1", ITALIC: "3", STRIKE: "9", CODE: "36"}
_LINK = "4"
_BAR = "│ "
_CODE_INDENT = "  "
_DEEPEST = 3  # quotes or lists in each other that are shown as such
_NARROWEST = 4  # cells of a text


def message(
    paper: Paper, at: str, nick: str, style: str, column: int, text: str, *, lead: str = "", mentions_me: bool = False,
    mark: str = "",
) -> str:  # fmt: skip
    """One entry: time, nick in a column, text; further lines are aligned with the text. One that mentions the person
    has an @ before the nick. `text` has been cleaned (`core.text`); `lead`: words of ours in front of it; `mark`: words
    of ours behind the nick, of which a long nick leaves all."""
    indent = CLOCK_CELLS + len(GAP) + column + len(GAP)
    gap = paper.paint(" @", MENTION) if mentions_me else GAP
    head = f"{paper.paint(at, DIM)}{gap}{_name(paper, nick, style, column, mark)}"
    if paper.cells is not None and paper.cells - indent < NARROWEST_TEXT:
        under = CLOCK_CELLS + len(GAP)
        lines = _lines(paper, text, max(1, paper.cells - under), lead)
        return "\n".join([head.rstrip(), *(" " * under + line for line in lines)])
    first, *rest = _lines(paper, text, None if paper.cells is None else paper.cells - indent, lead)
    return "\n".join([line.rstrip() for line in [f"{head}{GAP}{first}", *(" " * indent + line for line in rest)]])


def _name(paper: Paper, nick: str, style: str, column: int, mark: str) -> str:
    if not mark:
        return paper.paint(fitted(nick, column), style)
    nick_cells = min(width(nick), column - width(mark) - 1)
    return f"{paper.paint(fitted(nick, nick_cells), style)} {paper.paint(fitted(mark, column - nick_cells - 1), DIM)}"


def _lines(paper: Paper, text: str, cells: int | None, lead: str) -> list[str]:
    """At most `cells` wide, where that is possible."""
    if not paper.colour:
        return (lead + text).split("\n") if cells is None else wrapped(lead + text, cells)
    first, *others = formatted(text)
    blocks = [first, *others]
    if lead:
        plain = first.kind == "text" and not (first.quote or first.depth)
        led = TextBlock((TextSpan(lead), *(first.spans if plain else ())))
        blocks = [led, *others] if plain else [led, first, *others]
    return [line for block in blocks for line in _block(paper, block, cells)]


def _block(paper: Paper, block: TextBlock, cells: int | None) -> Iterator[str]:
    quote = min(block.quote, _DEEPEST)
    bars = paper.paint(_BAR * quote, DIM)
    indent = min(block.depth, _DEEPEST) - bool(block.marker)
    start = "  " * indent + (f"{block.marker} " if block.marker else "")
    if block.kind == "code":
        start += _CODE_INDENT
        if block.language:
            yield bars + start + paper.paint(block.language, DIM)
            start = " " * width(start)
    words = _painted(paper, block.spans)
    room = max(_NARROWEST, cells - len(_BAR) * quote - width(start)) if cells is not None else None
    for line in words.split("\n") if room is None else wrapped(words, room):
        yield bars + start + line
        start = " " * width(start)


def _painted(paper: Paper, spans: Sequence[TextSpan]) -> str:
    """Each line is painted for itself, so that lines can be put behind others."""
    found = []
    for number, span in enumerate(spans):
        styles = [sgr for style, sgr in _SGR.items() if span.style & style]
        if span.address:
            styles.append(_LINK)
        found.append("\n".join([paper.paint(part, ";".join(styles)) for part in span.text.split("\n")]))
        ends = number + 1 == len(spans) or spans[number + 1].address != span.address
        if span.address and ends and address(span.text) != span.address:
            found.append(paper.paint(f" ({span.address})", DIM))
    return "".join(found)
