"""SearchPage: finds what was said in every room, while one types. Tk thread."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable

from lanchat.core.translate import _, ngettext
from lanchat.desktop.pages.heading_row import HeadingRow
from lanchat.desktop.pages.hit_list import HitList
from lanchat.desktop.pages.seeker import Found, Seeker
from lanchat.desktop.view_context import InRoom, SearchAll, ViewContext
from lanchat.desktop.widgets.label import Paragraph
from lanchat.desktop.widgets.line_text import LineText
from lanchat.engine.events import Event, Forgotten
from lanchat.storage.reader import Hit

MOST = 200  #: hits: who has not found it among so many types another word
_WIDTH, _SIDE, _TOP, _PAGE = 680, 16, 40, 6  # design pixels; and the rows of a page up or down


class SearchPage(tk.Frame):
    def __init__(self, master: tk.Misc, desk: ViewContext, place: SearchAll) -> None:
        theme, px = desk.theme, desk.theme.px
        super().__init__(master, bg=theme.palette.chat)
        self._desk = desk
        self._seeker = Seeker(self, desk, MOST, self._show)
        self.body = tk.Frame(self, bg=theme.palette.chat)
        self.body.pack(fill="both", expand=True, pady=(px(_TOP), px(8)))
        HeadingRow(self.body, desk, _("Search in every room")).pack(fill="x", padx=px(8), pady=(0, px(10)))
        searched = place.words or desk.searched
        self.field = LineText(
            self.body, theme, searched, _("Words that were said"), icon="search", on_change=self._typed,
            on_enter=lambda _words: self.hits.enter(),
        )  # fmt: skip
        self.field.pack(fill="x", padx=px(8))
        self.says = Paragraph(self.body, theme, "", "small", "mute")
        self.says.pack(fill="x", padx=px(8), pady=px(8))
        self.hits = HitList(self.body, desk, self._go)
        self.hits.pack(fill="both", expand=True)
        self._bind_keys()
        self.bind("<Configure>", lambda event: self._centre(event.width))
        self._show(Found(""))
        self._typed(searched)

    def heard(self, event: Event) -> None:
        if isinstance(event, Forgotten):
            self._typed(self.field.value())

    def focus_first(self) -> None:
        self.field.focus_set()
        self.field.select_all()

    def _bind_keys(self) -> None:
        def on(key: str, deed: Callable[[], None]) -> None:
            def pressed(_event: tk.Event[tk.Misc]) -> str:
                deed()
                return "break"

            self.field.field.bind(key, pressed)

        on("<Up>", lambda: self.hits.move(-1))
        on("<Down>", lambda: self.hits.move(1))
        on("<Prior>", lambda: self.hits.move(-_PAGE))
        on("<Next>", lambda: self.hits.move(_PAGE))

    def _centre(self, width: int) -> None:
        px = self._desk.theme.px
        self.body.pack_configure(padx=max(px(_SIDE), (width - px(_WIDTH)) // 2))

    def _typed(self, words: str) -> None:
        self._desk.searched = words
        self._seeker.seek(words)

    def _show(self, found: Found) -> None:
        self.hits.found(found.hits, found.words)
        self.says.text(found.problem or summary(found))

    def _go(self, hit: Hit) -> None:
        self._desk.go(InRoom(hit.room_id, hit.entry.seq, self._desk.searched))


def summary(found: Found) -> str:
    """How much was found, and what to do about nothing."""
    if not found.words.strip():
        return _("In all that is kept on this computer. The beginning of a word is enough.")
    if not found.hits:
        return _("Nothing was found. A message is found when it has all of these words.")
    count = len(found.hits)
    if count >= MOST:
        return ngettext("The newest one is shown.", "The newest {n} are shown.", count).format(n=count)
    return ngettext("{n} message", "{n} messages", count).format(n=count)
