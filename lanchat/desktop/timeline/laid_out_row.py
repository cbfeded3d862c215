"""LaidOutRow: a row of the timeline as lines of text and images; MessageLayout makes it, TextView shows it."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Sequence
from typing import NamedTuple, TypeAlias

from msgspec import Struct
from PIL import ImageTk

from lanchat.core.file_offer import FileOffer
from lanchat.core.profile import BY_KEY, Avatar
from lanchat.desktop.timeline.actions import Action
from lanchat.desktop.timeline.rows import TimelineRow


class TextPiece(NamedTuple):
    text: str
    tags: tuple[str, ...] = ()
    action: Action | None = None  #: what a click does
    order: int = 0  #: where it is read, among the pieces of its paragraph; several may have the same, and follow
    means: str | None = None  #: the text it stands for; None: itself


class ImagePiece(NamedTuple):
    image: tk.PhotoImage | ImageTk.PhotoImage
    means: str = ""  #: the text it stands for
    align: str = "center"
    gap: int = 0  #: pixels on either side
    tags: tuple[str, ...] = ()
    action: Action | None = None
    order: int = 0
    size: tuple[int, int] | None = None  #: pixels that it keeps free: another image is shown in its place in view
    apart: int = 0  #: pixels above and below that

    @property
    def around(self) -> tuple[int, int]:
        """Pixels on either side of it, and above and below it."""
        if self.size is None:
            return self.gap, 0
        return (self.size[0] - self.image.width()) // 2, (self.size[1] - self.image.height()) // 2 + self.apart


class FilePlace(NamedTuple):
    """Where in a row a file or picture is shown, and which one; `timeline.file_cards` does."""

    offer: FileOffer
    line: int
    piece: int
    size: tuple[int, int]  #: pixels
    pictured: bool  #: it is shown as a picture, not as a card with a name
    around: str  #: the colour behind it


Piece: TypeAlias = TextPiece | ImagePiece


class RowLine(NamedTuple):
    tags: tuple[str, ...]  #: of the whole line
    pieces: list[Piece]
    goes_on: bool = False  #: it belongs to the same paragraph as the line before


class LaidOutRow(Struct, eq=False):
    """A row, laid out in lines. Its images live as long as it does."""

    row: TimelineRow
    lines: list[RowLine]
    body: tuple[int, int] = (0, 0)  #: which of the lines are the message itself: from, to before
    head: int = 0  #: from which of them on it is about this message: its head, or the message itself
    tick: tuple[int, int] | None = None  #: (line, piece) of the delivery tick of a message of mine
    links: tuple[str, ...] = ()  #: addresses, in the order they stand there
    folded: bool = False  #: there is more of it
    called: str = ""  #: the author's name as it is written here
    pane: int = 0  #: its lines are broken for a pane so wide, or (-1) for a guess; 0: Tk breaks them
    pictures: int = 0  #: how many are in it
    mentions_me: bool = False  #: it has the ground of a mention
    late: bool = False  #: some of its images are still to be drawn
    wish: Avatar = BY_KEY  #: how the author is drawn here
    file: FilePlace | None = None


def changed_images(
    before: Sequence[RowLine], after: Sequence[RowLine]
) -> list[tuple[int, int, tk.PhotoImage | ImageTk.PhotoImage]] | None:
    """(line, piece, image) of what differs; None: more than images does."""
    if len(before) != len(after):
        return None
    found = []
    for number, (old_line, new_line) in enumerate(zip(before, after, strict=True)):
        if old_line.tags != new_line.tags or len(old_line.pieces) != len(new_line.pieces):
            return None
        for at, (old, new) in enumerate(zip(old_line.pieces, new_line.pieces, strict=True)):
            if old == new:
                continue
            if not (isinstance(old, ImagePiece) and isinstance(new, ImagePiece) and old[1:] == new[1:]):
                return None
            found.append((number, at, new.image))
    return found
