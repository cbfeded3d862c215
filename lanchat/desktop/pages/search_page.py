"""SearchPage: search the messages of every room while typing; and HitList, the list of what was found."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from datetime import datetime

from lanchat.core.translate import _, ngettext
from lanchat.desktop.model import phrases
from lanchat.desktop.pages.page import PageHeading
from lanchat.desktop.pages.search_results import ExcerptPart, LiveSearch, SearchResult, excerpt, whole_words
from lanchat.desktop.view_context import InRoom, SearchAll, ViewContext
from lanchat.desktop.widgets.labels import Paragraph
from lanchat.desktop.widgets.line_renderer import LineRenderer
from lanchat.desktop.widgets.list_rows import RowArea
from lanchat.desktop.widgets.surfaces import mixed
from lanchat.desktop.widgets.text_field import TextField
from lanchat.desktop.widgets.virtual_list import VirtualList
from lanchat.engine.events import Event, Forgotten
from lanchat.storage.reader import Hit

_HEIGHT, _AVATAR, _PAD, _GAP = 58, 32, 12, 10  # design pixels


@dataclass(frozen=True, slots=True)
class HitRow:
    """A message that was found."""

    hit: Hit
    searched: str
    height: int = _HEIGHT
    name: str = "hit"

    @property
    def key(self) -> Hashable:
        return self.hit.room_id, self.hit.message.seq


class HitList(VirtualList[HitRow]):
    """What was found, newest first: who wrote it, where and when, and an excerpt with the matches marked."""

    def __init__(self, master: tk.Misc, context: ViewContext, go: Callable[[Hit], None]) -> None:
        super().__init__(master, context.theme, self._paint_hit, lambda row: go(row.hit), ground="chat", marked=True)
        self._context = context
        self._writer = LineRenderer(context.theme)
        self._excerpts: dict[HitRow, list[ExcerptPart]] = {}

    def found(self, hits: Sequence[Hit], searched: str) -> None:
        """Show these hits, with the cursor on the first."""
        self._excerpts.clear()
        rows = [HitRow(hit, searched) for hit in hits]
        self.show(rows)
        if rows:
            self.go_to(rows[0].key)

    def _paint_hit(self, row: HitRow, spot: RowArea) -> str:
        context, theme = self._context, self._context.theme
        palette, px = theme.palette, theme.px
        message, author = row.hit.message, row.hit.message.author
        room = context.state.rooms.get(row.hit.room_id)
        name = context.state.nicks.called(author)
        x, right = spot.left + px(_PAD), spot.right - px(_PAD)
        above, below = spot.middle - px(11), spot.middle + px(11)
        avatar = theme.avatar(author, context.state.nicks.nick(author) or name, _AVATAR)
        spot.canvas.create_image(x, spot.middle, anchor="w", image=avatar)
        x += px(_AVATAR + _GAP)
        faint = mixed(palette.mute, palette.text, 0.4)
        when = phrases.when(message.written_at, datetime.now().astimezone())
        spot.canvas.create_text(right, above, anchor="e", text=when, font=theme.font("small"), fill=faint)
        end = right - theme.fonts.measure("small", when) - px(_GAP)
        nick = self._writer.write(spot.canvas, (x, above), name, "room_bold", theme.colour_of(author), (end - x) // 2)
        where = _("in {room}").format(room=room.shown if room else phrases.no_title())
        at = x + nick.width + px(8)
        self._writer.write(spot.canvas, (at, above + px(1)), where, "small", faint, end - at)
        self._write_excerpt(row, spot, (x, below), right)
        return ""

    def _write_excerpt(self, row: HitRow, spot: RowArea, at: tuple[int, float], right: int) -> None:
        """Draw as much of the excerpt as fits, with a coloured ground under each match."""
        theme, palette = self._context.theme, self._context.theme.palette
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

    def _pieces(self, row: HitRow) -> list[ExcerptPart]:
        pieces = self._excerpts.get(row)
        if pieces is None:
            message = row.hit.message
            unknown = [ExcerptPart(_("(something a newer lanchat wrote)"), found=False)]
            pieces = excerpt(message.text, row.searched) if message.is_known else unknown
            if self._context.theme.shaper.draws("".join(piece.text for piece in pieces)):
                pieces = whole_words(pieces)
            self._excerpts[row] = pieces
        return pieces


MOST_HITS = 200  #: more are not shown: another word narrows the search
_WIDTH, _SIDE, _TOP, _PAGE = 680, 16, 40, 6  # design pixels; the last: rows of a page up or down


class SearchPage(tk.Frame):
    def __init__(self, master: tk.Misc, context: ViewContext, place: SearchAll) -> None:
        theme, px = context.theme, context.theme.px
        super().__init__(master, bg=theme.palette.chat)
        self._context = context
        self._seeker = LiveSearch(self, context, MOST_HITS, self._show)
        self.body = tk.Frame(self, bg=theme.palette.chat)
        self.body.pack(fill="both", expand=True, pady=(px(_TOP), px(8)))
        PageHeading(self.body, context, _("Search in every room")).pack(fill="x", padx=px(8), pady=(0, px(10)))
        searched = place.words or context.searched
        self.field = TextField(
            self.body, theme, searched, _("Words that were said"), icon="search", on_change=self._typed,
            on_enter=lambda _words: self.hits.enter(),
        )  # fmt: skip
        self.field.pack(fill="x", padx=px(8))
        self.says = Paragraph(self.body, theme, "", "small", "mute")
        self.says.pack(fill="x", padx=px(8), pady=px(8))
        self.hits = HitList(self.body, context, self._go)
        self.hits.pack(fill="both", expand=True)
        self._bind_keys()
        self.bind("<Configure>", lambda event: self._centre(event.width))
        self._show(SearchResult(""))
        self._typed(searched)

    def heard(self, event: Event) -> None:
        if isinstance(event, Forgotten):
            self._typed(self.field.value())

    def focus_first(self) -> None:
        self.field.focus_set()
        self.field.select_all()

    def _bind_keys(self) -> None:
        def on(key: str, action: Callable[[], None]) -> None:
            def pressed(_event: tk.Event[tk.Misc]) -> str:
                action()
                return "break"

            self.field.field.bind(key, pressed)

        on("<Up>", lambda: self.hits.move(-1))
        on("<Down>", lambda: self.hits.move(1))
        on("<Prior>", lambda: self.hits.move(-_PAGE))
        on("<Next>", lambda: self.hits.move(_PAGE))

    def _centre(self, width: int) -> None:
        px = self._context.theme.px
        self.body.pack_configure(padx=max(px(_SIDE), (width - px(_WIDTH)) // 2))

    def _typed(self, words: str) -> None:
        self._context.searched = words
        self._seeker.seek(words)

    def _show(self, found: SearchResult) -> None:
        self.hits.found(found.hits, found.words)
        self.says.text(found.problem or summary(found))

    def _go(self, hit: Hit) -> None:
        self._context.go(InRoom(hit.room_id, hit.message.seq, self._context.searched))


def summary(found: SearchResult) -> str:
    """How much was found, in words, or what to do when nothing was."""
    if not found.words.strip():
        return _("In all that is kept on this computer. The beginning of a word is enough.")
    if not found.hits:
        return _("Nothing was found. A message is found when it has all of these words.")
    count = len(found.hits)
    if count >= MOST_HITS:
        return ngettext("The newest one is shown.", "The newest {n} are shown.", count).format(n=count)
    return ngettext("{n} message", "{n} messages", count).format(n=count)
