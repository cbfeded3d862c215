"""Popovers about one message: what it said before it was edited, and the question before it is deleted. Tk thread."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Sequence
from datetime import datetime

from lanchat.core.file_words import described_offer
from lanchat.core.message import Message
from lanchat.core.text import shown_text
from lanchat.core.translate import _
from lanchat.desktop.model import phrases
from lanchat.desktop.theme.theme import Theme
from lanchat.desktop.widgets.buttons import Button
from lanchat.desktop.widgets.keyboard import tab_order
from lanchat.desktop.widgets.labels import Label, Paragraph
from lanchat.desktop.widgets.menus import Popover
from lanchat.desktop.widgets.surfaces import ScrollFrame
from lanchat.desktop.widgets.tk_events import on_key
from lanchat.storage.reader import Version

_WIDTH, _LEAST, _HIGH, _PAD = 380, 40, 300, 12  # design pixels
_MOST_VERSIONS = 50  # the newest
_MOST_CHARACTERS = 1_000  # of each


class VersionsPopover(Popover):
    """What a message said, the newest first."""

    def __init__(self, theme: Theme, at: tuple[int, int], versions: Sequence[Version]) -> None:
        super().__init__(theme.root, theme, at=at, width=_WIDTH, pad=_PAD)
        now = datetime.now().astimezone()
        scrolled = ScrollFrame(self.inside, theme, ground="raised")
        scrolled.pack(fill="both", expand=True)
        for number, version in enumerate(reversed(versions[-_MOST_VERSIONS:])):
            when = phrases.when(version.received_at, now)
            words = when if number else _("{when}, as it is now").format(when=when)
            Label(scrolled.inside, theme, words, "small", "mute", ground="raised").pack(fill="x", pady=(0, theme.px(2)))
            text = shown_text(version.text, _MOST_CHARACTERS)
            body = Paragraph(scrolled.inside, theme, text, "room", ground="raised", ours=False)
            body.pack(fill="x", pady=(0, theme.px(10)))
        scrolled.pack_propagate(False)
        scrolled.configure(width=theme.px(_WIDTH - 2 * _PAD), height=theme.px(_LEAST))

        def grow(event: tk.Event[tk.Misc]) -> None:
            scrolled.configure(height=min(theme.px(_HIGH), max(theme.px(_LEAST), event.height)))

        scrolled.inside.bind("<Configure>", grow, add="+")


class DeleteQuestion(Popover):
    """Asks before a message is deleted; Enter deletes it."""

    def __init__(self, theme: Theme, at: tuple[int, int], message: Message, delete: Callable[[], None]) -> None:
        super().__init__(theme.root, theme, at=at, width=_WIDTH, pad=_PAD)
        px = theme.px
        self._delete = delete
        words = _("Delete this message? Its text leaves everybody\u2019s disk.")
        text = message.text
        if message.offer is not None:
            words = _("Delete this message? Nobody can get its files any more; what somebody saved stays with them.")
            text = described_offer(message.offer)
        Paragraph(self.inside, theme, words, "room_bold", "strong", ground="raised").pack(fill="x")
        if quoted := phrases.one_line(text, 120):
            Paragraph(self.inside, theme, quoted, "small", "mute", ground="raised", ours=False).pack(
                fill="x", pady=(px(4), 0)
            )
        row = tk.Frame(self.inside, bg=self.fill)
        row.pack(fill="x", pady=(px(12), 0))
        button = Button(row, theme, _("Delete"), self._agreed, "danger", ground="raised")
        cancel = Button(row, theme, _("Cancel"), self.close, "quiet", ground="raised")
        button.pack(side="right")
        cancel.pack(side="right", padx=px(8))
        tab_order(button, cancel)
        on_key(self, "<Return>", self._agreed)
        button.focus_set()

    def _agreed(self) -> None:
        self.close()
        self._delete()
