"""BookmarksPage: the messages that the person wants to find again, in every room. Tk thread.

They are kept in the database on this computer; nobody else knows of them. The menu of a message adds and removes one.
"""

from __future__ import annotations

import tkinter as tk

from lanchat.core.translate import _
from lanchat.desktop.pages.message_list import MessageList
from lanchat.desktop.pages.page import PageHeading, PageView
from lanchat.desktop.view_context import Bookmarks, InRoom, ViewContext
from lanchat.desktop.widgets.labels import Paragraph
from lanchat.engine.commands import Bookmark
from lanchat.engine.events import BookmarksChanged, Event, Forgotten, MessagesChanged
from lanchat.storage.errors import StorageProblem
from lanchat.storage.reader import Hit

_CHANGES = (BookmarksChanged, MessagesChanged, Forgotten)


class BookmarksPage(PageView):
    column = 680

    def __init__(self, master: tk.Misc, context: ViewContext, place: Bookmarks) -> None:
        super().__init__(master, context)
        self.put(PageHeading(self.body, context, _("Bookmarks")), above=0, below=6)
        self._about = self.put(Paragraph(self.body, self.theme, "", "small", "mute"), above=0, below=8)
        self._list = MessageList(self.body, context, self._go, self._remove, _("Remove the bookmark"), with_room=True)
        self.put(self._list, above=0, below=0)
        self._shown: list[Hit] | None = None
        self.draw()

    def heard(self, event: Event) -> None:
        if isinstance(event, _CHANGES):
            super().heard(event)

    def draw(self) -> None:
        try:
            hits = self.context.reader.bookmarks()
        except StorageProblem as problem:
            self._about.text(str(problem))
            return
        if hits == self._shown:
            return
        self._shown = hits
        self._about.text(
            _("Only you see these.") if hits
            else _("Nothing yet. “Bookmark” in the menu of a message puts it here. Only you see it.")
        )  # fmt: skip
        self._list.show(hits)

    def focus_first(self) -> None:
        if self._shown:
            self._list.focus_first()
        else:
            super().focus_first()

    def _go(self, hit: Hit) -> None:
        self.context.go(InRoom(hit.room_id, hit.message.seq))

    def _remove(self, hit: Hit) -> None:
        self.context.do(Bookmark(hit.room_id, hit.message.message_id, on=False))
