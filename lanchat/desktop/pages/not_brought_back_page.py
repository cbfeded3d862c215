"""NotBroughtBackPage: the messages of a room that whoever keeps it open did not take, to be read and copied. Tk thread.

They stay on this computer until the person discards them.
"""

from __future__ import annotations

import tkinter as tk

from lanchat.core.codes import rejection_words
from lanchat.core.file_words import described_offer
from lanchat.core.message import Message
from lanchat.core.model import RoomId
from lanchat.core.translate import _
from lanchat.desktop.model import phrases
from lanchat.desktop.pages.message_list import MessageList
from lanchat.desktop.pages.page import PageHeading, PageView
from lanchat.desktop.view_context import NotBroughtBack, ViewContext
from lanchat.desktop.widgets.buttons import Button
from lanchat.desktop.widgets.labels import Paragraph
from lanchat.desktop.widgets.text_editing import copy_text
from lanchat.engine.commands import Discard
from lanchat.engine.events import BroughtBack, Discarded, Event
from lanchat.storage.errors import StorageProblem
from lanchat.storage.reader import Hit, SetAsideMessage


class NotBroughtBackPage(PageView):
    column = 680

    def __init__(self, master: tk.Misc, context: ViewContext, place: NotBroughtBack) -> None:
        super().__init__(master, context)
        self._room_id = place.room_id
        self.put(PageHeading(self.body, context, _("Not brought back")), above=0, below=6)
        self._about = self.put(Paragraph(self.body, self.theme, "", ink="mute"), above=0, below=4)
        self._why = self.put(Paragraph(self.body, self.theme, "", "small", "mute"), above=0, below=10)
        self._list = MessageList(self.body, context, self._copy, self._discard, _("Discard"))
        self.put(self._list, above=0, below=0)
        self._row = self.buttons()
        self._shown: list[Hit] | None = None
        self.draw()

    def heard(self, event: Event) -> None:
        if isinstance(event, BroughtBack | Discarded):
            super().heard(event)

    def draw(self) -> None:
        try:
            found = self._found()
        except StorageProblem as problem:
            self._about.text(str(problem))
            return
        hits = [Hit(room_id, one.message) for room_id, one in found]
        if hits == self._shown:
            return
        self._shown = hits
        count, room = len(hits), self.context.state.room(self._room_id)
        kept = _("They are kept on this computer only. Press one to copy it.")
        nothing = _("Everything was brought back.")
        self._about.text(f"{phrases.not_brought_back(count)} {kept}" if hits else nothing)
        reasons = dict.fromkeys(rejection_words(one.rejection) for _room_id, one in found)
        refused = _("{host} keeps the room open, and did not take them.").format(host=room.host)
        self._why.text(" ".join([refused, *reasons]) if hits and room.host else "")
        self._list.show(hits)
        for child in list(self._row.children.values()):
            child.destroy()
        if count > 1:
            Button(self._row, self.theme, _("Copy all"), self._copy_all, "quiet")
        Button(self._row, self.theme, _("Done"), self.context.back, "quiet")

    def focus_first(self) -> None:
        if self._shown:
            self._list.focus_first()
        else:
            super().focus_first()

    def _found(self) -> list[tuple[RoomId, SetAsideMessage]]:
        """Those of the room, and of the private threads in it."""
        threads = [model.room_id for model in self.context.state.threads_in(self._room_id)]
        reader = self.context.reader
        return [(room_id, one) for room_id in (self._room_id, *threads) for one in reader.set_aside(room_id)]

    def _copy(self, hit: Hit) -> None:
        self._take(_words(hit.message))

    def _copy_all(self) -> None:
        called = self.context.state.room(self._room_id).people.called
        hits = self._shown or []
        self._take("\n".join(f"{called(hit.message.author)}: {_words(hit.message)}" for hit in hits))

    def _take(self, text: str) -> None:
        copy_text(self.context.root, text)
        self.context.say(_("Copied."))

    def _discard(self, hit: Hit) -> None:
        self.context.do(Discard(hit.room_id, hit.message.message_id))


def _words(message: Message) -> str:
    return described_offer(message.offer) if message.offer is not None else message.text
