"""PassphrasePanel: the room wants a passphrase. Tk thread."""

from __future__ import annotations

import math
import time
import tkinter as tk

from lanchat.core.text import shown_title
from lanchat.core.translate import _, ngettext
from lanchat.desktop.pages.page import Page
from lanchat.desktop.pages.problem import ProblemBox
from lanchat.desktop.view_context import ViewContext
from lanchat.desktop.widgets.button import Button
from lanchat.desktop.widgets.line_text import LineText
from lanchat.engine.commands import Join
from lanchat.engine.events import Event, PassphraseNeeded

_MOST = 200
_TICK_MS = 500


class PassphrasePanel(Page):
    def __init__(self, master: tk.Misc, desk: ViewContext, needed: PassphraseNeeded) -> None:
        super().__init__(master, desk)
        self._needed = needed
        self._until = 0.0  # time.monotonic() when the host takes the next try
        room = desk.state.rooms.get(needed.room_id)
        self.sign("lock")
        self.heading(shown_title(needed.title))
        host = room.host if room is not None else ""
        asks = _("{host} asks for this room's passphrase.") if host else _("This room has a passphrase.")
        about = asks.format(host=host)
        self.paragraph(about + " " + _("You need it only this once."), "mute")
        self.field = self.column.put(LineText(
            self.body, self.theme, "", _("Passphrase"), most=_MOST, secret=True, icon="key",
            on_enter=lambda _text: self._join(), on_change=lambda _text: self._draw(),
        ))  # fmt: skip
        self.problem = self.column.put(ProblemBox(self.body, self.theme), above=8, below=0)
        self._buttons = self.buttons(above=4)
        self._go = Button(self._buttons, self.theme, _("Join"), self._join)
        Button(self._buttons, self.theme, _("Back"), desk.back, "quiet")
        self._answered(needed)

    def heard(self, event: Event) -> None:
        if isinstance(event, PassphraseNeeded) and event.where == self._needed.where:
            self._answered(event)
            self.field.set("")
            self.field.focus_set()
        else:
            self.desk.soon(self, self._draw)

    def focus_first(self) -> None:
        self.field.focus_set()

    def _join(self) -> None:
        passphrase = self.field.value().strip()
        if passphrase and not self._waits() and not self._joining():
            self.problem.say("")
            self.desk.do(Join(self._needed.where, passphrase))
            self._draw()

    def _answered(self, needed: PassphraseNeeded) -> None:
        self._needed = needed
        if needed.wait > 0:
            self._until = time.monotonic() + needed.wait
            self._count_down()
        else:
            self.problem.say(_("That is not the passphrase.") if needed.wrong else "")
            self._draw()

    def _count_down(self) -> None:
        seconds = self._waits()
        said = [_("That is not the passphrase.")] if self._needed.wrong else []
        if seconds:
            again = ngettext("The next try is in {n} second.", "The next try is in {n} seconds.", seconds)
            said.append(again.format(n=seconds))
            self.later(_TICK_MS, self._count_down)
        self.problem.say(" ".join(said))
        self._draw()

    def _draw(self) -> None:
        joining = self._joining()
        self._go.text(_("Knocking…") if joining else _("Join"))
        self._go.enable(bool(self.field.value().strip()) and not joining and not self._waits())
        self._buttons.lay()

    def _joining(self) -> bool:
        return self._needed.where in self.desk.state.joining

    def _waits(self) -> int:
        """Seconds until the next try."""
        return max(0, math.ceil(self._until - time.monotonic()))
