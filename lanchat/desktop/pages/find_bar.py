"""FindBar: finds words in the messages of one room. It lies above the timeline, which scrolls to each match."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable

from lanchat.core.model import RoomId
from lanchat.core.translate import _
from lanchat.desktop.pages.search_results import LiveSearch, SearchResult
from lanchat.desktop.view_context import ViewContext
from lanchat.desktop.widgets.buttons import IconButton
from lanchat.desktop.widgets.keyboard import tab_order
from lanchat.desktop.widgets.labels import Label
from lanchat.desktop.widgets.text_field import TextField

MOST_COUNTED = 500  #: hits; more are not counted
_FIELD, _WIDTH = 34, 300  # design pixels


class FindBar(tk.Frame):
    """Shows the newest match first; Enter goes to older ones, Shift+Enter to newer ones."""

    def __init__(
        self, master: tk.Misc, context: ViewContext, room_id: RoomId, jump: Callable[[int, str], None],
        close: Callable[[], object],
    ) -> None:  # fmt: skip
        """`jump` scrolls to the message with this seq and marks these words in it. `close` removes the bar."""
        theme, px = context.theme, context.theme.px
        super().__init__(master, bg=theme.palette.side)
        self._jump = jump
        self._close = close
        self._seqs: list[int] = []
        self._words = ""  # that the matches are for
        self._at = 0
        self._seeker = LiveSearch(self, context, MOST_COUNTED, self._show, room_id)
        leave = IconButton(self, theme, "close", _("Close (Esc)"), self._leave, ground="side")
        leave.pack(side="right", padx=(px(2), px(12)), pady=px(6))
        self.newer = IconButton(self, theme, "down", _("Newer (Shift+Enter)"), self._to_newer, ground="side")
        self.older = IconButton(self, theme, "up", _("Older (Enter)"), self._to_older, ground="side")
        self.newer.pack(side="right", padx=px(2))
        self.older.pack(side="right", padx=px(2))
        self.says = Label(self, theme, "", "small", "mute", ground="side")
        self.field = TextField(
            self, theme, "", _("Search in this room"), icon="search", ground="side", fill="chat", height=_FIELD,
            on_change=self._seeker.seek, on_enter=lambda _words: self._to_older(),
        )  # fmt: skip
        self.field.pack(side="left", fill="x", expand=True, padx=(px(12), px(10)), pady=px(6))
        self.says.pack(side="right", padx=px(6))
        tab_order(self.field, self.older, self.newer, leave)
        self._on("<Shift-Return>", self._to_newer)
        self._on("<Escape>", self._leave)
        self._show(SearchResult(""))

    def focus_set(self) -> None:
        self.field.focus_set()
        self.field.select_all()

    focus = focus_set

    def _on(self, key: str, action: Callable[[], None]) -> None:
        def pressed(_event: tk.Event[tk.Misc]) -> str:
            action()
            return "break"

        self.field.field.bind(key, pressed)

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

    def _to_older(self) -> None:
        self._step(1)

    def _to_newer(self) -> None:
        self._step(-1)

    def _step(self, by: int) -> None:
        """Go to the next or previous match, from the last to the first."""
        if self._seqs:
            self._at = (self._at + by) % len(self._seqs)
            self.says.text(self._where())
            self._jump(self._seqs[self._at], self._words)

    def _leave(self) -> None:
        self._close()

    def _where(self) -> str:
        count = len(self._seqs)
        most = f"{count - 1}+" if count >= MOST_COUNTED else str(count)
        return _("{n} of {most}").format(n=self._at + 1, most=most)
