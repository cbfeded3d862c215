"""Format keys: Ctrl+B and others put the marks of a format around what is selected, or take them away. Tk thread.

`core.formatting` tells what the marks mean. While a block of code is being written, Enter begins a line of it, and no
emoji or name is offered.
"""

from __future__ import annotations

import re
import tkinter as tk
from typing import NamedTuple

from lanchat.desktop.widgets.emoji_editor import EmojiEditor
from lanchat.desktop.widgets.keyboard import COMMAND, pressed_shortcut

#: The marks by their key, as `pages.help_pages` names keys.
FORMAT_KEYS = {f"{COMMAND}-b": "**", f"{COMMAND}-i": "*", f"{COMMAND}-Shift-X": "~~", f"{COMMAND}-e": "`"}

_FENCE = re.compile(r"^[ \t]*(```+|~~~+)([^`\n]*)$", re.MULTILINE)


class FormatEdit(NamedTuple):
    """What is from `start` to `end` becomes `text`, of which `selected` is selected then."""

    start: int
    end: int
    text: str
    selected: tuple[int, int]


def bind_format_keys(editor: EmojiEditor) -> None:
    def pressed(event: tk.Event[tk.Misc]) -> str | None:
        mark = FORMAT_KEYS.get(pressed_shortcut(event))
        if mark is None:
            return None
        edit = toggled(editor.written, editor.selection() or (editor.caret, editor.caret), mark)
        editor.overwrite(edit.start, edit.end, edit.text)
        editor.select(*edit.selected)
        return "break"

    editor.bind(f"<{COMMAND}-Key>", pressed, add="+")


def toggled(text: str, selected: tuple[int, int], mark: str) -> FormatEdit:
    """With the marks around what is selected; without them where they are there. Blanks at its ends stay outside."""
    start, end = selected
    words = text[start:end]
    if stripped := words.strip():
        start += words.index(stripped)
        end = start + len(stripped)
    if mark == "`" and "\n" in stripped:
        return _fenced(text, start, end)
    size = len(mark)
    if _is_marked(text[:start], text[end:], mark):
        return FormatEdit(start - size, end + size, text[start:end], (start - size, end - size))
    inner = text[start:end]
    opening, closing = _run(inner, mark), _run(inner[::-1], mark)
    if inner.strip(mark[0]) and _is_marked(inner[:opening], inner[len(inner) - closing :], mark):
        return FormatEdit(start, end, inner[size:-size], (start, end - 2 * size))
    return FormatEdit(start, end, f"{mark}{inner}{mark}", (start + size, end + size))


def _fenced(text: str, start: int, end: int) -> FormatEdit:
    """Lines as a block of code."""
    before = "" if start == 0 or text[start - 1] == "\n" else "\n"
    after = "" if end == len(text) or text[end] == "\n" else "\n"
    opening = f"{before}```\n"
    first = start + len(opening)
    return FormatEdit(start, end, f"{opening}{text[start:end]}\n```{after}", (first, first + end - start))


def _is_marked(before: str, after: str, mark: str) -> bool:
    """Whether a text between these has the mark: of three asterisks, one is for italic and two are for bold."""
    has = min(_run(before[::-1], mark), _run(after, mark))
    if mark == "*":
        return has % 2 == 1
    return has >= len(mark)


def _run(text: str, mark: str) -> int:
    """How many of the mark's character a text begins with."""
    return len(text) - len(text.lstrip(mark[0]))


def in_code_block(text: str, caret: int) -> bool:
    """Whether the caret is within a block of code that is open there, behind the line that opens it or on it."""
    opened = ""
    for line in _FENCE.finditer(text):
        if line.start() >= caret:
            break
        if not opened:
            opened = line[1]
        elif line[1].startswith(opened) and not line[2].strip():
            opened = ""
    return bool(opened)


def writes_code(before: str) -> bool:
    """Whether what is typed behind this is code: in a block that is open, or after a ` that is open in its line."""
    if "`" not in before and "~~~" not in before:
        return False
    return in_code_block(before, len(before)) or before.count("`", before.rfind("\n") + 1) % 2 == 1
