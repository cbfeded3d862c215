"""Copying: what is selected in a Transcript, as text. Tk thread.

Emoji are given back. Within one message only its words are; of several, each with who said it, and when.
"""

from __future__ import annotations

from collections.abc import Callable

from lanchat.core.dates import clock, moment
from lanchat.core.model import MemberKey
from lanchat.core.translate import _
from lanchat.desktop.timeline.rows import Happened, Said
from lanchat.desktop.timeline.sheet import Block, Sheet, line_number


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
    block = sheet.blocks[index]
    if isinstance(block.row, Happened):
        return block.row.words
    if not isinstance(block.row, Said):
        return ""
    first, last = _place(start), _place(end)
    characters = sheet.characters(index)
    selected = [one.text for one in characters if first <= _place(one.place) < last]
    if len(selected) == len(characters):
        return block.row.text
    return "".join(selected)


def _place(index: str) -> tuple[int, int]:
    line, column = index.split(".")
    return int(line), int(column)
