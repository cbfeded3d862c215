"""HitList: what a search found, newest first: who said it where and when, and the words marked. Tk thread."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from datetime import datetime

from lanchat.core.content import TEXT
from lanchat.core.model import MemberKey
from lanchat.core.translate import _
from lanchat.desktop.lists.row_list import RowList
from lanchat.desktop.lists.spot import Spot
from lanchat.desktop.lists.writing import Writer
from lanchat.desktop.model import words
from lanchat.desktop.pages.marks import Piece, excerpt, whole_words
from lanchat.desktop.view_context import ViewContext
from lanchat.desktop.widgets.colours import mixed
from lanchat.storage.reader import Hit

_HEIGHT, _AVATAR, _PAD, _GAP = 58, 32, 12, 10  # design pixels


@dataclass(frozen=True, slots=True)
class HitRow:
    hit: Hit
    searched: str
    height: int = _HEIGHT
    name: str = "hit"

    @property
    def key(self) -> Hashable:
        return self.hit.room_id, self.hit.entry.seq


class HitList(RowList[HitRow]):
    def __init__(self, master: tk.Misc, desk: ViewContext, go: Callable[[Hit], None]) -> None:
        super().__init__(master, desk.theme, self._paint_hit, lambda row: go(row.hit), ground="chat", marked=True)
        self._desk = desk
        self._writer = Writer(desk.theme)
        self._excerpts: dict[HitRow, list[Piece]] = {}

    def found(self, hits: Sequence[Hit], searched: str) -> None:
        """From now on these; the cursor is on the first."""
        self._excerpts.clear()
        rows = [HitRow(hit, searched) for hit in hits]
        self.show(rows)
        if rows:
            self.go_to(rows[0].key)

    def _paint_hit(self, row: HitRow, spot: Spot) -> str:
        desk, theme, palette, px = self._desk, self._desk.theme, self._desk.theme.palette, self._desk.theme.px
        entry, author = row.hit.entry, MemberKey(row.hit.entry.entry.author)
        room = desk.state.rooms.get(row.hit.room_id)
        name = desk.state.nicks.called(author)
        x, right = spot.left + px(_PAD), spot.right - px(_PAD)
        above, below = spot.middle - px(11), spot.middle + px(11)
        avatar = theme.avatar(author, desk.state.nicks.nick(author) or name, _AVATAR)
        spot.canvas.create_image(x, spot.middle, anchor="w", image=avatar)
        x += px(_AVATAR + _GAP)
        faint = mixed(palette.mute, palette.text, 0.4)
        when = words.when(entry.written_at, datetime.now().astimezone())
        spot.canvas.create_text(right, above, anchor="e", text=when, font=theme.font("small"), fill=faint)
        end = right - theme.fonts.measure("small", when) - px(_GAP)
        nick = self._writer.write(spot.canvas, (x, above), name, "room_bold", theme.colour_of(author), (end - x) // 2)
        where = _("in {room}").format(room=room.shown if room else words.no_title())
        at = x + nick.width + px(8)
        self._writer.write(spot.canvas, (at, above + px(1)), where, "small", faint, end - at)
        self._write_excerpt(row, spot, (x, below), right)
        return ""

    def _write_excerpt(self, row: HitRow, spot: Spot, at: tuple[int, float], right: int) -> None:
        """As much as there is room for; what was searched for stands on a ground of its own."""
        theme, palette = self._desk.theme, self._desk.theme.palette
        x, middle = at
        pieces = self._pieces(row)
        line = self._writer.fit_runs(tuple(piece.text for piece in pieces), "room", right - x)
        half, left = theme.fonts.height("room") // 2, x
        for shown in line.pieces:
            if pieces[shown.run].found:
                box = (left - theme.px(1), round(middle) - half, left + shown.width + theme.px(1), round(middle) + half)
                theme.rounded(spot.canvas, box, 3, mixed(spot.ground, palette.accent, 0.25))
            left += shown.width
        inks = [palette.strong if piece.found else palette.text for piece in pieces]
        self._writer.put(spot.canvas, (x, middle), line, "room", inks)

    def _pieces(self, row: HitRow) -> list[Piece]:
        pieces = self._excerpts.get(row)
        if pieces is None:
            entry = row.hit.entry.entry
            unknown = [Piece(_("(something a newer lanchat wrote)"), found=False)]
            pieces = excerpt(entry.body, row.searched) if entry.kind == TEXT else unknown
            if self._desk.theme.shaper.draws("".join(piece.text for piece in pieces)):
                pieces = whole_words(pieces)
            self._excerpts[row] = pieces
        return pieces
