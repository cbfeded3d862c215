"""Searching while somebody types: SearchPage in the messages of every room, with HitList; FindBar in those of one."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Hashable, Sequence
from datetime import datetime
from functools import partial

from msgspec import Struct

from lanchat.core.formatting import BOLD, CODE, ITALIC
from lanchat.core.model import RoomId
from lanchat.core.slash_table import action_of
from lanchat.core.translate import _, ngettext
from lanchat.desktop.model import phrases
from lanchat.desktop.model.state import State
from lanchat.desktop.pages.page import PageHeading
from lanchat.desktop.pages.search_results import ExcerptPart, LiveSearch, SearchResult, excerpt, whole_words
from lanchat.desktop.theme.fonts import FontName
from lanchat.desktop.theme.theme import Theme
from lanchat.desktop.view_context import InRoom, SearchAll, ViewContext
from lanchat.desktop.widgets.buttons import ButtonRow, IconButton, Pressable
from lanchat.desktop.widgets.keyboard import tab_order
from lanchat.desktop.widgets.labels import Label, Paragraph
from lanchat.desktop.widgets.list_rows import RowArea
from lanchat.desktop.widgets.surfaces import draw_ground, mixed
from lanchat.desktop.widgets.text_field import TextField
from lanchat.desktop.widgets.tk_events import on_key
from lanchat.desktop.widgets.virtual_list import VirtualList
from lanchat.engine.events import Event, Forgotten
from lanchat.storage.reader import Hit

_HEIGHT, _AVATAR, _PAD, _GAP = 58, 32, 12, 10  # design pixels


class HitRow(Struct, frozen=True):
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
        name = context.state.nicks.marked(author)
        x, right = spot.left + px(_PAD), spot.right - px(_PAD)
        above, below = spot.middle - px(11), spot.middle + px(11)
        avatar = theme.avatar(author, context.state.nicks.nick(author) or name, _AVATAR)
        spot.canvas.create_image(x, spot.middle, anchor="w", image=avatar)
        x += px(_AVATAR + _GAP)
        faint = mixed(palette.mute, palette.text, 0.4)
        when = phrases.when(message.written_at, datetime.now().astimezone())
        spot.canvas.create_text(right, above, anchor="e", text=when, font=theme.font("small"), fill=faint)
        end = right - theme.fonts.measure("small", when) - px(_GAP)
        nick = theme.lines.write(spot.canvas, (x, above), name, "room_bold", theme.colour_of(author), (end - x) // 2)
        where = where_said(context.state, row.hit.room_id)
        at = x + nick.width + px(8)
        theme.lines.write(spot.canvas, (at, above + px(1)), where, "small", faint, end - at)
        self._write_excerpt(row, spot, (x, below), right)
        return ""

    def _write_excerpt(self, row: HitRow, spot: RowArea, at: tuple[int, float], right: int) -> None:
        """Draw as much of the excerpt as fits, with a coloured ground under each match."""
        theme, palette = self._context.theme, self._context.theme.palette
        x, middle = at
        pieces = self._pieces(row)
        fonts = tuple([self._font(piece.style) for piece in pieces])
        line = theme.lines.fit_runs(tuple([piece.text for piece in pieces]), fonts, right - x)
        half, left = theme.fonts.height("room") // 2, x
        for shown in line.pieces:
            if pieces[shown.run].found:
                box = (left - theme.px(1), round(middle) - half, left + shown.width + theme.px(1), round(middle) + half)
                draw_ground(spot.canvas, theme, box, 3, mixed(spot.ground, palette.accent, 0.25))
            left += shown.width
        inks = [palette.strong if piece.found else palette.text for piece in pieces]
        theme.lines.put(spot.canvas, (x, middle), line, fonts, inks)

    def _font(self, style: int) -> FontName:
        if style & CODE:
            return "code"
        if style & BOLD:
            return "room_bold"
        if style & ITALIC:
            self._context.theme.fonts.require("room_italic")
            return "room_italic"
        return "room"

    def _pieces(self, row: HitRow) -> list[ExcerptPart]:
        pieces = self._excerpts.get(row)
        if pieces is None:
            message = row.hit.message
            unknown = [ExcerptPart(_("(something a newer lanchat wrote)"), found=False)]
            action = action_of(message.text)
            said = message.offer.words if message.offer else action or message.text
            pieces = excerpt(said, row.searched) if message.is_known else unknown
            if action:
                called = self._context.state.nicks.called(message.author)
                pieces = [ExcerptPart(f"* {called} ", found=False), *pieces]
            if self._context.theme.shaper.draws("".join(piece.text for piece in pieces)):
                pieces = whole_words(pieces)
            self._excerpts[row] = pieces
        return pieces


def where_said(state: State, room_id: RoomId) -> str:
    """In which room a message was found, or with whom privately."""
    thread = state.threads.get(room_id)
    if thread is not None:
        return _("private, with {name}, in {room}").format(name=thread.shown, room=thread.room.shown)
    return _("in {room}").format(room=state.room(room_id).shown)


MOST_HITS = 200  #: more are not shown: another word narrows the search
_WIDTH, _SIDE, _TOP, _PAGE = 680, 16, 40, 6  # design pixels; the last: rows of a page up or down
_CHIP, _CHIP_PAD = 26, 10  # design pixels


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
        self.filters = FilterRow(self.body, theme, self.field, self._typed)
        self.filters.pack(fill="x", padx=px(8), pady=(px(8), 0))
        self.says = Paragraph(self.body, theme, "", "small", "mute")
        self.says.pack(fill="x", padx=px(8), pady=px(8))
        self.hits = HitList(
            self.body, context, lambda hit: context.go(InRoom(hit.room_id, hit.message.seq, context.searched))
        )
        self.hits.pack(fill="both", expand=True)
        for key, rows in (("<Up>", -1), ("<Down>", 1), ("<Prior>", -_PAGE), ("<Next>", _PAGE)):
            on_key(self.field.field, key, partial(self.hits.move, rows))
        self.bind("<Configure>", lambda event: self._centre(event.width))
        self._show(SearchResult(""))
        self._typed(searched)

    def heard(self, event: Event) -> None:
        if isinstance(event, Forgotten):
            self._typed(self.field.value())

    def focus_first(self) -> None:
        self.field.focus_set()
        self.field.select_all()

    def _centre(self, width: int) -> None:
        px = self._context.theme.px
        self.body.pack_configure(padx=max(px(_SIDE), (width - px(_WIDTH)) // 2))

    def _typed(self, words: str) -> None:
        self._context.searched = words
        self.filters.show(words)
        self._seeker.ask(words)

    def _show(self, found: SearchResult) -> None:
        self.hits.found(found.hits, found.words)
        self.says.text(found.problem or summary(found))


class FilterRow(ButtonRow):
    """Under the field: the filters that can be typed in it. A press adds one, or takes it away."""

    def __init__(self, master: tk.Misc, theme: Theme, field: TextField, typed: Callable[[str], None]) -> None:
        super().__init__(master, theme)
        self._field = field
        self._typed = typed
        self._chips = {
            start: FilterChip(self, theme, start, value, partial(self._toggle, start))
            for start, value in (
                ("from:", _("name")), ("in:", _("room")), ("has:file", ""), ("has:picture", ""), ("has:link", ""),
                ("has:pin", ""), ("after:", _("date")), ("before:", _("date")),
            )
        }  # fmt: skip
        tab_order(*self._chips.values())
        self.lay()

    def show(self, words: str) -> None:
        """Mark the filters that are in these words."""
        for start, chip in self._chips.items():
            chip.mark(any(word.lower().startswith(start) for word in words.split()))

    def _toggle(self, start: str) -> None:
        words = self._field.value().split()
        kept = [word for word in words if not word.lower().startswith(start)]
        added = " ".join([*words, start if start.endswith(":") else f"{start} "])
        self._field.set(added if kept == words else " ".join(kept))
        self._field.focus_set()
        self._typed(self._field.value())


class FilterChip(Pressable):
    """How a filter is typed, such as from:name."""

    def __init__(self, master: tk.Misc, theme: Theme, start: str, value: str, command: Callable[[], None]) -> None:
        super().__init__(master, theme, command, "chat")
        self.words = f"{start}{value}"
        self.marked = False
        wide = theme.lines.fit(self.words, "small").width
        self.configure(width=wide + 2 * theme.px(_CHIP_PAD), height=theme.px(_CHIP))

    def mark(self, marked: bool) -> None:
        if marked != self.marked:
            self.marked = marked
            self.redraw()

    def draw(self) -> None:
        palette, theme = self.theme.palette, self.theme
        width, height = self.winfo_width(), self.winfo_height()
        fill = palette.accent_soft if self.marked else mixed(self.ground, palette.text, 0.09 if self.over else 0.04)
        self.draw_surface(_CHIP // 2, fill)
        line = theme.lines.fit(self.words, "small")
        ink = palette.text if self.marked else palette.mute
        theme.lines.put(self, ((width - line.width) // 2, height // 2), line, "small", (ink,))


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


MOST_COUNTED = 500  #: hits; more are not counted
_FIELD = 34  # design pixels


class FindBar(tk.Frame):
    """Lies above the timeline, which scrolls to each match. The newest match is first; Enter goes to older ones,
    Shift+Enter to newer ones."""

    def __init__(
        self, master: tk.Misc, context: ViewContext, room_id: RoomId, jump: Callable[[int, str], None],
        close: Callable[[], object], forget: Callable[[], object] = lambda: None,
    ) -> None:  # fmt: skip
        """`jump` scrolls to the message with this seq and marks these words in it; `forget` ends that. `close` removes
        the bar."""
        theme, px = context.theme, context.theme.px
        super().__init__(master, bg=theme.palette.side)
        self._jump, self._forget = jump, forget
        self._seqs: list[int] = []
        self._words = ""  # that the matches are for
        self._at = 0
        self._seeker = LiveSearch(self, context, MOST_COUNTED, self._show, room_id)
        leave = IconButton(self, theme, "close", _("Close (Esc)"), close, ground="side")
        leave.pack(side="right", padx=(px(2), px(12)), pady=px(6))
        older, newer = partial(self._step, 1), partial(self._step, -1)
        self.newer = IconButton(self, theme, "down", _("Newer (Shift+Enter)"), newer, ground="side")
        self.older = IconButton(self, theme, "up", _("Older (Enter)"), older, ground="side")
        self.newer.pack(side="right", padx=px(2))
        self.older.pack(side="right", padx=px(2))
        self.says = Label(self, theme, "", "small", "mute", ground="side")
        self.field = TextField(
            self, theme, "", _("Search in this room"), icon="search", ground="side", fill="chat", height=_FIELD,
            on_change=self._seeker.ask, on_enter=lambda _words: older(),
        )  # fmt: skip
        self.field.pack(side="left", fill="x", expand=True, padx=(px(12), px(10)), pady=px(6))
        self.says.pack(side="right", padx=px(6))
        tab_order(self.field, self.older, self.newer, leave)
        on_key(self.field.field, "<Shift-Return>", newer)
        on_key(self.field.field, "<Escape>", close)
        self._show(SearchResult(""))

    def focus_set(self) -> None:
        self.field.focus_set()
        self.field.select_all()

    def _show(self, found: SearchResult) -> None:
        self._seqs, self._words = [hit.message.seq for hit in found.hits], found.words
        self._at = 0
        several = len(self._seqs) > 1
        self.newer.enable(several)
        self.older.enable(several)
        nothing = _("Nothing found") if found.words.strip() else ""
        self.says.text(found.problem or (self._where() if self._seqs else nothing))
        if self._seqs:
            self._jump(self._seqs[0], self._words)
        else:
            self._forget()

    def _step(self, by: int) -> None:
        """Go to the next or previous match, from the last to the first."""
        if self._seqs:
            self._at = (self._at + by) % len(self._seqs)
            self.says.text(self._where())
            self._jump(self._seqs[self._at], self._words)

    def _where(self) -> str:
        count = len(self._seqs)
        most = f"{count - 1}+" if count >= MOST_COUNTED else str(count)
        return _("{n} of {most}").format(n=self._at + 1, most=most)
