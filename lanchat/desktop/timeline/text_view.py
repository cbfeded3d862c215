"""TextView: the tk.Text of a timeline, and which of its lines are which row. Tk thread.

A row is laid out in whole lines, so that counting lines tells what is where: no mark or tag is kept for a row. A row is
found by its key (`rows.key_of`), and replaced in place.
"""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Hashable, Sequence
from operator import itemgetter
from typing import NamedTuple

from PIL import ImageTk

from lanchat.core.dates import clock, moment
from lanchat.core.model import EntryId
from lanchat.core.translate import _
from lanchat.desktop.timeline.laid_out_row import ImagePiece, LaidOutRow, Piece, TextPiece, changed_images
from lanchat.desktop.timeline.rows import MembershipRow, MessageRow, key_of, seqs

_HERE = "here"


class PlacedText(NamedTuple):
    """A character of a message, or several that are one image."""

    text: str
    place: str  #: its index in the Text


class TimelineText(tk.Text):
    """The widget; its images may have words in them."""

    def __init__(self, master: tk.Misc) -> None:
        super().__init__(master, takefocus=True, undo=False, insertwidth=0, insertofftime=0)
        self.words_of_images: dict[str, str] = {}  #: by the name of the image, of those in view


class TextView:
    def __init__(self, master: tk.Misc) -> None:
        # Not disabled: changing the state makes Tk lay out all lines again. Nobody can write in it, as `Viewport` gives
        # it no keys that do.
        self.text = TimelineText(master)
        self.rows: list[LaidOutRow] = []
        self.on_insert: Callable[[Sequence[LaidOutRow]], None] = lambda rows: None  #: told of rows that were put in
        self._by_key: dict[Hashable, LaidOutRow] = {}
        self._wide = int(str(self.text.tk.call("string", "length", "\U0001f600")))

    # --- what is where -----------------------------------------------------------------------------------------------
    def line_of(self, index: int) -> int:
        """The first line of a row; for one past the last, the empty line at the end."""
        return 1 + sum([len(row.lines) for row in self.rows[:index]])

    def at_line(self, line: int) -> tuple[int, int]:
        """(the row in which a line is, which of its lines that is); past the end: of the last row."""
        for index, row in enumerate(self.rows):
            if line <= len(row.lines):
                return index, line - 1
            line -= len(row.lines)
        return len(self.rows) - 1, 0

    def at(self, x: int, y: int) -> tuple[int, int]:
        """(row, line in it) at these pixels of the Text."""
        return self.at_line(_line_number(self.text.index(f"@{x},{y}")))

    def find(self, key: Hashable) -> int | None:
        row = self._by_key.get(key)
        return self.rows.index(row) if row is not None else None

    def shows_in_log(self, message_id: EntryId) -> bool:
        """Whether this message is a row, and one that is in the log."""
        found = self._by_key.get(message_id)
        return found is not None and isinstance(found.row, MessageRow) and found.row.unsent is None

    def find_seq(self, seq: int) -> int | None:
        """The index of the row that shows this entry."""
        for index, row in enumerate(self.rows):
            first, last = seqs(row.row)
            if first <= seq <= last:
                return index
        return None

    def message_text(self, index: int) -> tuple[str, list[str]]:
        """The text shown of a message, and the index of each of its characters. Images count as what they mean."""
        found = self.characters(index)
        return "".join([one.text for one in found]), [one.place for one in found for _character in one.text]

    def characters(self, index: int) -> list[PlacedText]:
        """A message's characters in the order they are read, wherever they stand in the Text."""
        row, first = self.rows[index], self.line_of(index)
        found: list[PlacedText] = []
        paragraph: list[tuple[int, list[PlacedText]]] = []
        end = ""
        for number in range(*row.body):
            if not row.lines[number].goes_on:
                found += _as_read(paragraph, end)
                paragraph = []
            column = 0
            for piece in row.lines[number].pieces:
                start = column
                means = piece.text if piece.means is None else piece.means
                if isinstance(piece, TextPiece) and len(means) == len(piece.text):
                    here = []
                    for meant, character in zip(means, piece.text, strict=True):
                        here.append(PlacedText(meant, f"{first + number}.{column}"))
                        column += self._columns(character)
                    paragraph.append((piece.order, here))
                    continue
                column += self._width(piece)
                if piece.means:
                    paragraph.append((piece.order, [PlacedText(piece.means, f"{first + number}.{start}")]))
            end = f"{first + number}.{column}"
        return found + _as_read(paragraph, "")

    def piece_at(self, x: int, y: int) -> Piece | None:
        """The piece drawn at these pixels; None: there is none."""
        if not self._is_drawn_at(f"@{x},{y}", x, y):
            return None
        line, wanted = map(int, self.text.index(f"@{x},{y}").split("."))
        index, number = self.at_line(line)
        column = 0
        for piece in self.rows[index].lines[number].pieces if self.rows else ():
            column += self._width(piece)
            if column > wanted:
                return piece
        return None

    def is_tick_at(self, index: int, x: int, y: int) -> bool:
        place = self._tick_place(index)
        return place is not None and self._is_drawn_at(place, x, y)

    def _is_drawn_at(self, place: str, x: int, y: int) -> bool:
        box = self.text.bbox(place)
        return box is not None and box[0] <= x <= box[0] + box[2] and box[1] <= y <= box[1] + box[3]

    def _tick_place(self, index: int) -> str | None:
        row = self.rows[index]
        return self._place(index, *row.tick) if row.tick is not None else None

    def _place(self, index: int, line: int, piece: int) -> str:
        before = self.rows[index].lines[line].pieces[:piece]
        return f"{self.line_of(index) + line}.{sum(map(self._width, before))}"

    def _width(self, piece: Piece) -> int:
        """How many columns of the Text a piece takes."""
        if isinstance(piece, ImagePiece):
            return 1
        return len(piece.text) if piece.text.isascii() else sum(map(self._columns, piece.text))

    def _columns(self, character: str) -> int:
        """Tk 8.6 counts characters beyond U+FFFF twice."""
        return self._wide if character > "\uffff" else 1

    # --- changing it -------------------------------------------------------------------------------------------------
    def insert(self, at: int, rows: Sequence[LaidOutRow]) -> None:
        if not rows:
            return
        text, line = self.text, self.line_of(at)
        text.mark_set(_HERE, f"{line}.0")
        whole_lines: dict[str, list[str]] = {}
        letters: list[str | tuple[str, ...]] = []
        for row in rows:
            for tags, pieces, _goes_on in row.lines:
                for piece in pieces:
                    if isinstance(piece, TextPiece):
                        letters += (piece.text, piece.tags)
                    else:
                        if letters:
                            text.insert(_HERE, *letters)  # type: ignore[arg-type]
                            letters = []
                        beside, above = piece.around
                        text.image_create(_HERE, image=piece.image, align=piece.align, padx=beside, pady=above)  # type: ignore[arg-type]
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
        self.rows[at:at] = rows
        self._by_key.update([(key_of(row.row), row) for row in rows])
        self._drop_inherited_tags(at)
        self.on_insert(rows)

    def _drop_inherited_tags(self, index: int) -> None:
        """Tk gives an image that is the first in a row the tags of the line before it."""
        row, at = self.rows[index], f"{self.line_of(index)}.0"
        if row.lines and row.lines[0].pieces and isinstance(row.lines[0].pieces[0], ImagePiece):
            for tag in self.text.tag_names(at):
                if tag not in row.lines[0].tags:
                    self.text.tag_remove(tag, at)

    def remove(self, start: int, end: int) -> None:
        """Remove the rows from `start` to before `end`."""
        gone = self.rows[start:end]
        first = self.line_of(start)
        self.text.delete(f"{first}.0", f"{first + sum([len(row.lines) for row in gone])}.0")
        del self.rows[start:end]
        for row in gone:
            if self._by_key.get(key_of(row.row)) is row:
                del self._by_key[key_of(row.row)]

    def replace(self, index: int, row: LaidOutRow) -> None:
        """Replace a row. Where only images differ, such as the tick, Tk need not lay out any line again."""
        before = self.rows[index]
        images = changed_images(before.lines, row.lines)
        if images is None:
            self.remove(index, index + 1)
            self.insert(index, [row])
            return
        for line, number, image in images:
            self.text.image_configure(self._place(index, line, number), image=image)
        self.rows[index] = row
        self._by_key.pop(key_of(before.row), None)
        self._by_key[key_of(row.row)] = row

    def place_of_file(self, row: LaidOutRow) -> str:
        """The index in the Text of the image of a row's file."""
        assert row.file is not None
        return self._place(self.rows.index(row), row.file.line, row.file.piece)

    def show_file(self, row: LaidOutRow, image: ImageTk.PhotoImage | None) -> None:
        """Show this image, of the size that is kept free for it, as the file of a row; None: keep it free.

        Nothing happens where another row is in its place now, as when an unsent message came to be in the log.
        """
        assert row.file is not None
        if not any(one is row for one in self.rows):
            return
        piece = row.lines[row.file.line].pieces[row.file.piece]
        if isinstance(piece, ImagePiece):
            beside, above = (0, piece.apart) if image is not None else piece.around
            self.text.image_configure(self.place_of_file(row), image=image or piece.image, padx=beside, pady=above)

    def set_tick(self, index: int, tick: ImagePiece) -> None:
        place = self._tick_place(index)
        if place is not None:
            line, piece = self.rows[index].tick or (0, 0)
            self.rows[index].lines[line].pieces[piece] = tick
            self.text.image_configure(place, image=tick.image)

    def clear(self) -> None:
        """Drop all rows and with them their images, without touching the Text, which is gone."""
        self.rows.clear()
        self._by_key.clear()

    # --- what is selected --------------------------------------------------------------------------------------------
    def selected_text(self) -> str:
        """The selection as it is copied: within one message its words, of several each with author and time.

        Emoji are text; "": nothing is selected.
        """
        selection = [str(index) for index in self.text.tag_ranges("sel")]
        if not selection:
            return ""
        first, last = self.at_line(_line_number(selection[0]))[0], self.at_line(_line_number(selection[-1]))[0]
        parts = [(self.rows[index], self._selected_of(index, selection)) for index in range(first, last + 1)]
        parts = [(row, text) for row, text in parts if text]
        if len(parts) == 1:
            return parts[0][1]
        return "\n".join([_in_a_log(row, text) for row, text in parts])

    def _selected_of(self, index: int, selection: Sequence[str]) -> str:
        """What is selected of one row: of a message that is selected from end to end, all that its author wrote."""
        row = self.rows[index].row
        if isinstance(row, MembershipRow):
            return row.words
        if not isinstance(row, MessageRow):
            return ""
        start, end = _line_and_column(selection[0]), _line_and_column(selection[-1])
        characters = self.characters(index)
        selected = [one.text for one in characters if start <= _line_and_column(one.place) < end]
        return row.text if len(selected) == len(characters) else "".join(selected)


def _in_a_log(row: LaidOutRow, text: str) -> str:
    if not isinstance(row.row, MessageRow):
        return text
    return _("{nick}, {clock}: {text}").format(nick=row.called, clock=clock(moment(row.row.at)), text=text)


def _as_read(paragraph: list[tuple[int, list[PlacedText]]], end: str) -> list[PlacedText]:
    """`end`: where its line end is; "": it is the last."""
    paragraph.sort(key=itemgetter(0))
    read = [one for _order, characters in paragraph for one in characters]
    return [*read, PlacedText("\n", end)] if end else read


def _line_number(index: str) -> int:
    return int(index.split(".", 1)[0])


def _line_and_column(index: str) -> tuple[int, int]:
    line, column = index.split(".")
    return int(line), int(column)
