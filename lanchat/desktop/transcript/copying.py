"""Copying: what is selected in a Transcript, as text. Tk thread.

Emoji are given back. Within one message only its words are; of several, each with who said it, and when.
"""

from __future__ import annotations

from collections.abc import Callable

from lanchat.core.model import MemberKey
from lanchat.core.times import clock, moment
from lanchat.core.words import _
from lanchat.desktop.transcript.rows import Happened, Said
from lanchat.desktop.transcript.sheet import Block, Drawn, Sheet, line_number


def selected_text(sheet: Sheet, called: Callable[[MemberKey], str]) -> str:
    """ "" when nothing is selected."""
    selection = [str(index) for index in sheet.text.tag_ranges("sel")]
    if not selection:
        return ""
    first, last = sheet.at_line(line_number(selection[0])), sheet.at_line(line_number(selection[-1]))
    told = []
    for index in range(first[0], last[0] + 1):
        block = sheet.blocks[index]
        text = _selected_of(sheet, index, selection[0], selection[-1])
        if text:
            told.append((block, text))
    if len(told) == 1:
        return told[0][1]
    return "\n".join(_as_in_a_log(block, text, called) for block, text in told)


def _as_in_a_log(block: Block, text: str, called: Callable[[MemberKey], str]) -> str:
    if not isinstance(block.row, Said):
        return text
    row = block.row
    return _("{nick}, {clock}: {text}").format(nick=called(row.author), clock=clock(moment(row.at)), text=text)


def _selected_of(sheet: Sheet, index: int, start: str, end: str) -> str:
    """What is selected of one block: of a message that is selected from end to end, all that its author wrote."""
    text, block, line = sheet.text, sheet.blocks[index], sheet.line_of(index)
    if isinstance(block.row, Happened):
        return block.row.words
    if not isinstance(block.row, Said):
        return ""
    begins = f"{line + block.body[0]}.{block.before}"
    ends = f"{line + block.body[1] - 1}.end - {block.after} chars"
    if text.compare(start, "<=", begins) and text.compare(end, ">=", ends):
        return block.row.text
    first = begins if text.compare(start, "<", begins) else start
    last = ends if text.compare(end, ">", ends) else end
    if text.compare(first, ">=", last):
        return ""
    return _dumped(sheet, block, first, last)


def _dumped(sheet: Sheet, block: Block, first: str, last: str) -> str:
    means = {str(piece.image): piece.means for line in block.lines for piece in line.pieces if isinstance(piece, Drawn)}
    found = sheet.text.dump(first, last, text=True, image=True)
    return "".join(value if kind == "text" else means.get(value.split("#")[0], "") for kind, value, _index in found)
