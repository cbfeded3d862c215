"""Sheet: the tk.Text of a Transcript, and which of its lines are which row. Tk thread.

A block is a row set in whole lines, so that counting lines tells what is where: no mark or tag is kept for a row.

Styles: the tags of a Transcript. Tk thread.

A line has one tag for how it lies and maybe one for its ground; among the letters there are tags for their look, and
for what a click on them does. A later one goes before an earlier one.

No line has `wrap="none"`: there Tk takes what follows on a picture to the next line.
"""

from __future__ import annotations

import tkinter as tk
from collections.abc import Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import NamedTuple, TypeAlias

from PIL import ImageTk

from lanchat.desktop.theme.theme import Theme
from lanchat.desktop.timeline.rows import TimelineRow

_HERE = "here"


class TextPiece(NamedTuple):
    text: str
    tags: tuple[str, ...] = ()
    link: str = ""  #: the address that a click opens
    order: int = 0  #: where it is read, among the pieces of its paragraph; several may have the same, and follow
    means: str | None = None  #: the text it stands for; None: itself


class ImagePiece(NamedTuple):
    """A picture among the letters."""

    image: tk.PhotoImage | ImageTk.PhotoImage
    means: str = ""  #: the text it stands for
    align: str = "center"
    gap: int = 0  #: pixels on either side
    tags: tuple[str, ...] = ()
    link: str = ""
    order: int = 0


Piece: TypeAlias = TextPiece | ImagePiece


class RowLine(NamedTuple):
    tags: tuple[str, ...]  #: of the whole line
    pieces: list[Piece]
    goes_on: bool = False  #: it belongs to the same paragraph as the line before


class PlacedCharacter(NamedTuple):
    """One of what was said, or several that are one picture."""

    text: str
    place: str  #: where it is in the Text


@dataclass(slots=True, eq=False)
class LaidOutRow:
    """A row, set in lines. Its pictures live as long as it does."""

    row: TimelineRow
    lines: list[RowLine]
    body: tuple[int, int] = (0, 0)  #: which of the lines are what was said: from, to before
    head: int = 0  #: from which of them on it is about this message: its head, or what was said
    tick: tuple[int, int] | None = None  #: (line, piece) of the tick: how far a message of mine is
    links: tuple[str, ...] = ()  #: addresses, in the order they stand there
    folded: bool = False  #: there is more of it
    called: str = ""  #: the author's name as it is set here
    pane: int = 0  #: its lines are broken for a pane so wide; 0: Tk breaks them
    pictures: int = 0  #: how many are in it
    late: bool = False  #: some of its pictures are still to be drawn


class TextView:
    def __init__(self, master: tk.Misc) -> None:
        # Not disabled, for going to and fro makes Tk forget how it has laid out its lines, each time. Nobody can write
        # in it: `View` gives it no keys that do.
        self.text = tk.Text(master, takefocus=True, undo=False, insertwidth=0, insertofftime=0)
        self.blocks: list[LaidOutRow] = []
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
        found = self.characters(index)
        return "".join(one.text for one in found), [one.place for one in found for _character in one.text]

    def characters(self, index: int) -> list[PlacedCharacter]:
        """What was said in a block, in the order it is read, wherever it stands in the Text."""
        block, first = self.blocks[index], self.line_of(index)
        found: list[PlacedCharacter] = []
        paragraph: list[tuple[int, list[PlacedCharacter]]] = []
        end = ""
        for number in range(*block.body):
            if not block.lines[number].goes_on:
                found += _as_read(paragraph, end)
                paragraph = []
            column = 0
            for piece in block.lines[number].pieces:
                start = column
                means = piece.text if piece.means is None else piece.means
                if isinstance(piece, TextPiece) and len(means) == len(piece.text):
                    here = []
                    for meant, character in zip(means, piece.text, strict=True):
                        here.append(PlacedCharacter(meant, f"{first + number}.{column}"))
                        column += self._columns(character)
                    paragraph.append((piece.order, here))
                    continue
                column += self._width(piece)
                if piece.means:
                    paragraph.append((piece.order, [PlacedCharacter(piece.means, f"{first + number}.{start}")]))
            end = f"{first + number}.{column}"
        return found + _as_read(paragraph, "")

    def piece_at(self, at: str) -> Piece | None:
        """None: no piece is at this index of the Text."""
        line, wanted = map(int, self.text.index(at).split("."))
        index, number = self.at_line(line)
        column = 0
        for piece in self.blocks[index].lines[number].pieces if self.blocks else ():
            column += self._width(piece)
            if column > wanted:
                return piece
        return None

    def _width(self, piece: Piece) -> int:
        """In columns of the Text."""
        return 1 if isinstance(piece, ImagePiece) else sum(map(self._columns, piece.text))

    def _columns(self, character: str) -> int:
        """Tk 8.6 counts characters outside of the basic plane twice."""
        return self._wide if character > "\uffff" else 1

    # --- changing it -------------------------------------------------------------------------------------------------
    def insert(self, at: int, blocks: Sequence[LaidOutRow]) -> None:
        """Before the block that is there now."""
        if not blocks:
            return
        text, line = self.text, self.line_of(at)
        text.mark_set(_HERE, f"{line}.0")
        whole_lines: dict[str, list[str]] = {}
        letters: list[str | tuple[str, ...]] = []
        for block in blocks:
            for tags, pieces, _goes_on in block.lines:
                for piece in pieces:
                    if isinstance(piece, TextPiece):
                        letters += (piece.text, piece.tags)
                    else:
                        if letters:
                            text.insert(_HERE, *letters)  # type: ignore[arg-type]
                            letters = []
                        text.image_create(_HERE, image=piece.image, align=piece.align, padx=piece.gap)  # type: ignore[arg-type]
                        for tag in piece.tags:
                            text.tag_add(tag, f"{_HERE} - 1 chars")
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
        if block.lines and block.lines[0].pieces and isinstance(block.lines[0].pieces[0], ImagePiece):
            for tag in self.text.tag_names(at):
                if tag not in block.lines[0].tags:
                    self.text.tag_remove(tag, at)

    def remove(self, start: int, end: int) -> list[LaidOutRow]:
        """The blocks from `start` to before `end`, which are gone now."""
        gone = self.blocks[start:end]
        first = self.line_of(start)
        self.text.delete(f"{first}.0", f"{first + sum(len(block.lines) for block in gone)}.0")
        del self.blocks[start:end]
        return gone

    def replace(self, index: int, block: LaidOutRow) -> None:
        self.remove(index, index + 1)
        self.insert(index, [block])

    def set_tick(self, index: int, tick: ImagePiece) -> None:
        """How far a message of mine is now."""
        if (at := self.tick_at(index)) is not None:
            line, piece = self.blocks[index].tick or (0, 0)
            self.blocks[index].lines[line].pieces[piece] = tick
            self.text.image_configure(at, image=tick.image)

    def tick_at(self, index: int) -> str | None:
        """Where it is in the Text; None: there is none."""
        block = self.blocks[index]
        if block.tick is None:
            return None
        line, number = block.tick
        before = block.lines[line].pieces[:number]
        return f"{self.line_of(index) + line}.{sum(map(self._width, before))}"


def _as_read(paragraph: list[tuple[int, list[PlacedCharacter]]], end: str) -> list[PlacedCharacter]:
    """`end`: where its line end is; "": it is the last."""
    paragraph.sort(key=itemgetter(0))
    read = [one for _order, characters in paragraph for one in characters]
    return [*read, PlacedCharacter("\n", end)] if end else read


def seqs(row: TimelineRow) -> tuple[int, int]:
    """The first and the last entry that a row shows; (0, -1): none of the Log."""
    seq = getattr(row, "seq", 0)
    return (seq, getattr(row, "last", seq)) if seq else (0, -1)


def line_number(index: str) -> int:
    return int(index.split(".", 1)[0])


INDENT = 56  # design pixels from the edge to the texts
EDGE = 16  # from the edge of the pane
FENCE_PAD = 8  # from the edge of the ground of a block of code to its letters
#: What a click on letters with such a tag does.
DEEDS = ("link", "who", "more", "retry", "discard", "unmute")


def style(text: tk.Text, theme: Theme) -> None:
    palette, px, font = theme.palette, theme.px, theme.font
    chat, indent = palette.chat, px(INDENT)
    inner = indent + px(FENCE_PAD)
    text.configure(
        bg=chat, fg=palette.text, font=font("tiny"), padx=px(EDGE), pady=px(6), bd=0, wrap="word", cursor="arrow",
        insertwidth=0, highlightthickness=px(2), highlightbackground=chat, highlightcolor=palette.ring,
        exportselection=False, selectbackground=palette.marked, selectforeground=palette.text,
        inactiveselectbackground=palette.marked,
    )  # fmt: skip
    tag = text.tag_configure
    tag("rule", font=font("small_bold"), wrap="char", spacing1=px(16), spacing3=px(2))
    tag("head", font=font("bold"), tabs=(indent,), lmargin2=indent, spacing1=px(12))
    for name in ("first", "body"):
        tag(name, font=font("body"), lmargin2=indent, lmargincolor=chat, spacing2=px(1), spacing3=px(2))
        tag(name, tabs=(indent, indent + theme.fonts.tab("body")), tabstyle="wordprocessor")
    tag("body", lmargin1=indent, spacing1=px(2))
    tag("fence", font=font("code"), lmargin1=indent, lmargin2=indent, lmargincolor=chat, rmargin=px(EDGE),
        rmargincolor=chat, background=palette.side, spacing1=px(1), spacing3=px(1),
        tabs=(inner, inner + theme.fonts.tab("code")), tabstyle="wordprocessor")  # fmt: skip
    tag("loose", wrap="char")
    tag("right", justify="right")
    tag("below", font=font("small"), lmargin1=indent, lmargin2=indent, lmargincolor=chat, spacing3=px(4),
        foreground=palette.mute)  # fmt: skip
    tag("happened", font=font("small"), foreground=palette.mute, lmargin1=indent, lmargin2=indent, lmargincolor=chat,
        spacing1=px(8), spacing3=px(2))  # fmt: skip
    tag("beginning", font=font("small"), foreground=palette.mute, justify="center", spacing1=px(20), spacing3=px(6))
    tag("mentions", background=palette.mention, lmargincolor=palette.mention, rmargincolor=palette.mention)
    tag("hover", background=palette.row_hover, lmargincolor=palette.row_hover)
    tag("flash", background=palette.accent_soft, lmargincolor=palette.accent_soft)
    tag("day", foreground=palette.mute)
    tag("unread", foreground=palette.alert_ink)
    tag("time", font=font("tiny"), foreground=palette.mute)
    tag("code", font=font("code"), background=palette.side)
    tag("mention", font=font("bold"), foreground=palette.at)
    tag("failed", foreground=palette.alert_ink)
    tag("link", foreground=palette.link)
    tag("pointed", underline=True)  # the link under the pointer
    for deed in ("more", "retry", "discard", "unmute"):
        tag(deed, foreground=palette.link)
    tag("found", background=palette.found, foreground=palette.strong)
    text.tag_raise("sel")


def fit(text: tk.Text, pane: int) -> None:
    """The pane is so many pixels wide: to there goes what is aligned to the right beside an avatar."""
    text.tag_configure("first right", tabs=(max(1, pane), "right"))  # less than nothing is left in the smallest window


def coloured(text: tk.Text, colour: str) -> str:
    """The tag of letters in this colour: there are as many as there are colours of people."""
    name = f"in {colour}"
    if name not in text.tag_names():
        text.tag_configure(name, foreground=colour)
        text.tag_raise("found")
        text.tag_raise("sel")
    return name
