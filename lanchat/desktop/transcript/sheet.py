"""Sheet: the tk.Text of a Transcript, and which of its lines are which row. Tk thread.

A block is a row set in whole lines, so that counting lines tells what is where: no mark or tag is kept for a row.
"""

from __future__ import annotations

import tkinter as tk
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import NamedTuple, TypeAlias

from PIL import ImageTk

from lanchat.desktop.transcript.rows import Row

_HERE = "here"


class Letters(NamedTuple):
    text: str
    tags: tuple[str, ...] = ()


class Drawn(NamedTuple):
    """A picture among the letters."""

    image: tk.PhotoImage | ImageTk.PhotoImage
    means: str = ""  #: the text it stands for
    align: str = "center"
    gap: int = 0  #: pixels on either side


Piece: TypeAlias = Letters | Drawn


class Line(NamedTuple):
    tags: tuple[str, ...]  #: of the whole line
    pieces: list[Piece]


@dataclass(slots=True, eq=False)
class Block:
    """A row, set in lines. Its pictures live as long as it does."""

    row: Row
    lines: list[Line]
    body: tuple[int, int] = (0, 0)  #: which of the lines are what was said: from, to before
    head: int = 0  #: from which of them on it is about this message: its head, or what was said
    before: int = 0  #: characters in the first of them that were not said
    after: int = 0  #: and in the last of them
    links: tuple[str, ...] = ()  #: addresses, in the order they stand there
    folded: bool = False  #: there is more of it
    called: str = ""  #: the author's name as it is set here
    pictures: int = 0  #: how many are in it
    late: bool = False  #: some of its pictures are still to be drawn


class Sheet:
    def __init__(self, master: tk.Misc) -> None:
        # Not disabled, for going to and fro makes Tk forget how it has laid out its lines, each time. Nobody can write
        # in it: `View` gives it no keys that do.
        self.text = tk.Text(master, takefocus=True, undo=False, insertwidth=0, insertofftime=0)
        self.blocks: list[Block] = []
        self._wide = int(str(self.text.tk.call("string", "length", "\U0001f600")))

    # --- what is where -----------------------------------------------------------------------------------------------
    def line_of(self, index: int) -> int:
        """The first line of a block; for one past the last, the empty line at the end."""
        return 1 + sum(len(block.lines) for block in self.blocks[:index])

    def at_line(self, line: int) -> tuple[int, int]:
        """(the block in which a line is, which of its lines that is); past the end: of the last block."""
        for index, block in enumerate(self.blocks):
            if line <= len(block.lines):
                return index, line - 1
            line -= len(block.lines)
        return len(self.blocks) - 1, 0

    def at(self, x: int, y: int) -> tuple[int, int]:
        """(block, line in it) at these pixels of the Text."""
        return self.at_line(line_number(self.text.index(f"@{x},{y}")))

    def find(self, seq: int) -> int | None:
        """The block of an entry."""
        for index, block in enumerate(self.blocks):
            first, last = seqs(block.row)
            if first <= seq <= last:
                return index
        return None

    def said(self, index: int) -> tuple[str, list[str]]:
        """What is shown of what was said in a block, and where each of its characters is. Pictures: what they mean."""
        block, line = self.blocks[index], self.line_of(index)
        drawn = (piece for one in block.lines for piece in one.pieces if isinstance(piece, Drawn))
        means = {str(piece.image): piece.means for piece in drawn}
        start, end = f"{line + block.body[0]}.{block.before}", f"{line + block.body[1] - 1}.end"
        said, places = "", list[str]()
        for kind, value, at in self.text.dump(start, end, text=True, image=True):
            shown = value if kind == "text" else means.get(value.split("#")[0], "")
            said += shown
            if kind == "text":
                places += [f"{at} + {count} chars" for count in accumulate(map(self._columns, shown[:-1]), initial=0)]
            else:
                places += [at] * len(shown)
        return said, places

    def _columns(self, character: str) -> int:
        """Tk 8.6 counts characters outside of the basic plane twice."""
        return self._wide if character > "\uffff" else 1

    # --- changing it -------------------------------------------------------------------------------------------------
    def insert(self, at: int, blocks: Sequence[Block]) -> None:
        """Before the block that is there now."""
        if not blocks:
            return
        text, line = self.text, self.line_of(at)
        text.mark_set(_HERE, f"{line}.0")
        whole_lines: dict[str, list[str]] = {}
        letters: list[str | tuple[str, ...]] = []
        for block in blocks:
            for tags, pieces in block.lines:
                for piece in pieces:
                    if isinstance(piece, Letters):
                        letters += piece
                    else:
                        if letters:
                            text.insert(_HERE, *letters)  # type: ignore[arg-type]
                            letters = []
                        text.image_create(_HERE, image=piece.image, align=piece.align, padx=piece.gap)  # type: ignore[arg-type]
                letters += ("\n", ())
                for tag in tags:
                    whole_lines.setdefault(tag, []).extend((f"{line}.0", f"{line + 1}.0"))
                line += 1
        if letters:
            text.insert(_HERE, *letters)  # type: ignore[arg-type]
        for tag, ranges in whole_lines.items():
            text.tag_add(tag, *ranges)
        text.mark_unset(_HERE)
        self.blocks[at:at] = blocks
        self._shed(at)

    def _shed(self, index: int) -> None:
        """A picture that is the first in a block may have got the tags of the line before it."""
        block, at = self.blocks[index], f"{self.line_of(index)}.0"
        if block.lines and block.lines[0].pieces and isinstance(block.lines[0].pieces[0], Drawn):
            for tag in self.text.tag_names(at):
                if tag not in block.lines[0].tags:
                    self.text.tag_remove(tag, at)

    def remove(self, start: int, end: int) -> list[Block]:
        """The blocks from `start` to before `end`, which are gone now."""
        gone = self.blocks[start:end]
        first = self.line_of(start)
        self.text.delete(f"{first}.0", f"{first + sum(len(block.lines) for block in gone)}.0")
        del self.blocks[start:end]
        return gone

    def replace(self, index: int, block: Block) -> None:
        self.remove(index, index + 1)
        self.insert(index, [block])

    def set_last_picture(self, index: int, picture: Drawn) -> None:
        """Of what was said: the tick at its end."""
        block = self.blocks[index]
        last = block.body[1] - 1
        block.lines[last].pieces[-1] = picture
        self.text.image_configure(f"{self.line_of(index) + last}.end - 1 chars", image=picture.image)


def seqs(row: Row) -> tuple[int, int]:
    """The first and the last entry that a row shows; (0, -1): none of the Log."""
    seq = getattr(row, "seq", 0)
    return (seq, getattr(row, "last", seq)) if seq else (0, -1)


def line_number(index: str) -> int:
    return int(index.split(".", 1)[0])
