"""OfferContents: a popover that lists what is in an offered folder or set of files, before it is got. Tk thread."""

from __future__ import annotations

import tkinter as tk
from typing import NamedTuple

from lanchat.core.file_offer import FileOffer
from lanchat.core.file_words import shown_file_name
from lanchat.core.model import EntryId, RoomId
from lanchat.core.sizes import size_words
from lanchat.core.text import shown_problem
from lanchat.core.translate import _
from lanchat.desktop.model.files import FileAction, action_words, actions_on, size_of, state_in
from lanchat.desktop.view_context import ViewContext
from lanchat.desktop.widgets.buttons import Button
from lanchat.desktop.widgets.keyboard import tab_order
from lanchat.desktop.widgets.labels import Label, Paragraph
from lanchat.desktop.widgets.list_rows import RowArea
from lanchat.desktop.widgets.menus import Popover
from lanchat.desktop.widgets.virtual_list import VirtualList
from lanchat.engine.commands import GetFile, ListFiles
from lanchat.engine.events import Event, FilesListed, ListedFile

_WIDTH, _PAD, _ROW, _ROW_PAD, _GAP = 420, 12, 28, 4, 12  # design pixels
_MOST_ROWS = 10  # in view


class ContentRow(NamedTuple):
    """A file of the list."""

    key: int
    file: ListedFile

    @property
    def height(self) -> int:
        return _ROW

    @property
    def name(self) -> str:
        return self.file.name


class OfferContents(Popover):
    def __init__(self, context: ViewContext, room_id: RoomId, message_id: EntryId, offer: FileOffer) -> None:
        """Asks the Engine, and shows what it answers."""
        theme = context.theme
        super().__init__(theme.root, theme, at=context.root.winfo_pointerxy(), width=_WIDTH, pad=_PAD)
        self._context = context
        self._message = room_id, message_id
        px = theme.px
        Paragraph(self.inside, theme, shown_file_name(offer), "room_bold", "strong", ground="raised").pack(fill="x")
        Label(self.inside, theme, size_of(offer), "small", "mute", ground="raised").pack(fill="x", pady=(px(2), px(8)))
        asking = _("Asking those who have it…")
        self.says = Paragraph(self.inside, theme, asking, "small", "mute", ground="raised")
        self.says.pack(fill="x")
        self.files = VirtualList[ContentRow](
            self.inside, theme, self._paint, lambda _row: None, ground="raised"
        )  # fmt: skip
        self.files.pack_propagate(False)
        self._foot = tk.Frame(self.inside, bg=self.fill)
        self._foot.pack(fill="x", pady=(px(12), 0), side="bottom")
        close = Button(self._foot, theme, _("Close"), self.close, "quiet", ground="raised")
        now = state_in(context.state.room(room_id), message_id, offer)
        if FileAction.GET in actions_on(now):
            get = Button(self._foot, theme, action_words(FileAction.GET), self._get, ground="raised")
            get.pack(side="right")
            tab_order(close, get)
        close.pack(side="right", padx=(0, px(8)))
        tab_order(self.files, self._foot)
        close.focus_set()
        context.listeners.append(self._heard)
        self.bind("<Destroy>", self._gone, add="+")
        context.do(ListFiles(room_id, message_id))

    def _get(self) -> None:
        self.close()
        self._context.do(GetFile(*self._message))

    def _heard(self, event: Event) -> None:
        if not isinstance(event, FilesListed) or (event.room_id, event.message_id) != self._message or self.closed:
            return
        if event.problem:
            self.says.text(shown_problem(event.problem))
            return
        self.says.pack_forget()
        rows = [ContentRow(number, file) for number, file in enumerate(event.files)]
        self.files.configure(height=self._theme.px(_ROW * min(len(rows), _MOST_ROWS)))
        self.files.pack(fill="x", before=self._foot)
        self.files.show(rows)

    def _paint(self, row: ContentRow, area: RowArea) -> str:
        """Its path and its size."""
        theme, px = self._theme, self._theme.px
        size, right = size_words(row.file.size), area.right - px(_ROW_PAD)
        ink = theme.palette.mute
        area.canvas.create_text(right, area.middle, anchor="e", text=size, font=theme.font("small"), fill=ink)
        x = area.left + px(_ROW_PAD)
        room = max(0, right - theme.fonts.measure("small", size) - px(_GAP) - x)
        line = theme.lines.write(area.canvas, (x, area.middle), row.file.name, "room", theme.palette.text, room)
        return row.file.name if line.cut else ""

    def _gone(self, event: tk.Event[tk.Misc]) -> None:
        if event.widget is self and self._heard in self._context.listeners:
            self._context.listeners.remove(self._heard)
