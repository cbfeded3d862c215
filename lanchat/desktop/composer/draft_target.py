"""DraftTarget: the message that is answered or edited, and the bar over the field that says so. Tk thread.

    ↩ Reply to Mia   Soup photo, as promised          (close)
    ✎ Edit message   Escape leaves it as it was       (close)
"""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Iterable
from contextlib import suppress

from lanchat.core.content import Text
from lanchat.core.message import Message
from lanchat.core.model import EntryId, PrivateThread, RoomId
from lanchat.core.translate import _
from lanchat.desktop.composer.draft import Draft
from lanchat.desktop.model.phrases import one_line
from lanchat.desktop.theme.icons import IconName
from lanchat.desktop.view_context import ViewContext
from lanchat.desktop.widgets.buttons import IconButton
from lanchat.desktop.widgets.labels import Label
from lanchat.desktop.widgets.tk_events import destroy_children
from lanchat.storage.errors import StorageProblem

_HIGH, _ICON = 30, 15  # design pixels
_MOST_CHARACTERS = 200
_PAGE, _PAGES = 50, 10  # of messages, that are looked through for my last one


class DraftTarget(tk.Frame):
    """Hidden while a new message is written that answers none."""

    def __init__(
        self, master: tk.Misc, context: ViewContext, room_id: RoomId, give_up: Callable[[], object],
        first: Callable[[], tk.Misc],
    ) -> None:  # fmt: skip
        """`give_up`: the person wants to answer, or edit, nothing. `first`: what is packed below the bar."""
        super().__init__(master, background=str(master["background"]))
        self._context = context
        self._room_id = room_id
        self._give_up = give_up
        self._first = first
        self.reply_to: EntryId | None = None
        self.edits: EntryId | None = None
        self.before = ""  #: what was begun before a message was edited
        self.original = ""  #: the text of the message that is edited

    def restore(self, draft: Draft) -> None:
        """Go on with what was left. A message that is gone since is answered, or edited, no more."""
        message = self.message(draft.edits or draft.reply_to)
        self.before = draft.before
        if message is not None and draft.edits is not None:
            self.edit(message)
        elif message is not None:
            self.reply(message)

    def draft(self, text: str, files: tuple[str, ...], shrink: bool) -> Draft:
        """What is to be kept. `text`: in the field; `files`: attached."""
        return Draft(text, self.reply_to, self.edits, self.before, files, shrink)

    def reply(self, message: Message) -> None:
        """What is written answers this message."""
        self.clear()
        self.reply_to = message.message_id
        called = self._context.state.room(self._room_id).people.called(message.author)
        self._build("reply", _("Reply to {nick}").format(nick=called), one_line(message.text, _MOST_CHARACTERS))

    def edit(self, message: Message) -> None:
        """What is written replaces this message. `before` is kept."""
        before = self.before
        self.clear()
        self.edits, self.original, self.before = message.message_id, message.text, before
        self._build("edit", _("Edit message"), _("Escape leaves it as it was"))

    def clear(self) -> None:
        """A new message is written, and answers none."""
        self.reply_to = self.edits = None
        self.before = self.original = ""
        destroy_children(self)
        self.pack_forget()

    def gone(self, messages: Iterable[Message]) -> bool:
        """Whether the message that is answered, or edited, is among these and was deleted."""
        wanted = self.edits or self.reply_to
        return any([message.message_id == wanted and message.deleted for message in messages])

    def message(self, message_id: EntryId | None) -> Message | None:
        """A message that can be answered or edited; None: it is not here, or was deleted."""
        found = None
        if message_id is not None:
            with suppress(StorageProblem):  # what is wrong with the disk is told elsewhere
                found = self._context.reader.message(self._room_id, message_id)
        return found if found is not None and not found.deleted else None

    def my_last(self) -> Message | None:
        """The text that I wrote last, among the newest messages; None in a private thread, where none can be edited."""
        if PrivateThread.of(self._room_id) is not None:
            return None
        reader, me = self._context.reader, self._context.state.me
        with suppress(StorageProblem):
            found = reader.newest(self._room_id, _PAGE)
            for _page in range(_PAGES):
                for message in reversed(found):
                    if message.author == me and isinstance(message.content, Text) and not message.deleted:
                        return message
                if not found:
                    break
                found = reader.before(self._room_id, found[0].seq, _PAGE)
        return None

    def _build(self, icon: IconName, title: str, words: str) -> None:
        theme = self._context.theme
        px, ground = theme.px, str(self["background"])
        line = tk.Frame(self, bg=ground, height=px(_HIGH))
        line.pack_propagate(False)
        line.pack(fill="x")
        image = theme.icon(icon, _ICON, theme.palette.at)
        tk.Label(line, image=image, bg=ground, bd=0).pack(side="left", padx=(px(8), px(8)))
        close = IconButton(line, theme, "close", _("Leave it (Esc)"), self._give_up, ground="field", size=24)
        close.configure(takefocus=0)  # Escape does the same
        close.pack(side="right", padx=px(4))
        Label(line, theme, title, "small_bold", ground="field", tall=True).pack(side="left")
        Label(line, theme, words, "small", "mute", ground="field", tall=True).pack(
            side="left", fill="x", expand=True, padx=(px(8), px(4))
        )
        tk.Frame(self, bg=theme.palette.line, height=px(1)).pack(fill="x", pady=(0, px(4)))
        self.pack(side="top", fill="x", before=self._first())
