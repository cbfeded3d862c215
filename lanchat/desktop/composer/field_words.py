"""The words in and over the composer's field: its placeholder, what is said of a text that does not fit, and
ReadingLine: the line with the caret once more as it is read, where Tk cannot draw it so. Tk thread.

Tk 8.6 joins no letters (Arabic) and draws some scripts in the wrong order; the shaper draws them as a picture.
"""

from __future__ import annotations

import tkinter as tk

from lanchat.core import limits
from lanchat.core.translate import _, ngettext
from lanchat.desktop.model.room_model import RoomModel
from lanchat.desktop.model.thread_model import ThreadModel
from lanchat.desktop.theme.theme import Theme
from lanchat.desktop.widgets.labels import Paragraph

_READ = 200  # characters of a line that are shown as they are read


def about_room(room: RoomModel | None) -> tuple[bool, str]:
    """Whether something can be written in this room (None: there is none), and the placeholder of the field."""
    if room is None or not (room.is_in or room.entering):
        return False, _("You are not in this room now.")
    if room.is_live and isinstance(room, ThreadModel):
        return True, _("Message {name} privately").format(name=room.shown)
    if room.is_live:
        return True, _("Message {room}").format(room=room.shown)
    return True, _("Will be sent later")


def too_long(said: str, over: int) -> str:
    """Of a cleaned text that is too long for one message; `over`: characters that did not even fit into the field."""
    most = limits.TEXT_CHARACTERS
    if len(said) > most:
        words = _("This is too long for one message: {has:,} of {most:,} characters.")
        words = words.format(has=len(said), most=most)
    else:
        words = _("This is too long for one message: {has:,} of {most:,} lines.")
        words = words.format(has=said.count("\n") + 1, most=limits.TEXT_LINES)
    return f"{words} {left_out(over)}" if over else words


def left_out(over: int) -> str:
    words = ngettext(
        "{count:,} more character did not fit. What you copied is still in the clipboard.",
        "{count:,} more characters did not fit. What you copied is still in the clipboard.",
        over,
    )
    return words.format(count=over)


class ReadingLine(Paragraph):
    """Hidden while the field can show the line by itself."""

    def __init__(self, master: tk.Misc, theme: Theme) -> None:
        super().__init__(master, theme, "", "room", "mute", ours=False)

    def show_line(self, written: str, caret: int) -> None:
        start = written.rfind("\n", 0, caret) + 1
        line = written[start:].partition("\n")[0][max(0, caret - start - _READ) :][:_READ]
        if line.isascii() or not self._theme.shaper.draws(line):
            self.pack_forget()
            return
        self.text(line)
        if not self.winfo_manager():
            px = self._theme.px
            self.pack(side="bottom", fill="x", padx=px(14), pady=(0, px(4)))
