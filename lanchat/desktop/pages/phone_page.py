"""PhonePage: the code with which phones come into a room that is open here, to be scanned. Tk thread."""

from __future__ import annotations

import time
import tkinter as tk

import segno

from lanchat.core.translate import _, ngettext
from lanchat.desktop.pages.page import PageView
from lanchat.desktop.view_context import Invite, InvitePhone, ViewContext
from lanchat.desktop.widgets.buttons import Button
from lanchat.desktop.widgets.labels import Paragraph
from lanchat.desktop.widgets.text_field import CopyField
from lanchat.desktop.widgets.tk_events import destroy_children
from lanchat.engine.commands import InviteGuests, WithdrawGuests
from lanchat.engine.events import GuestsInvited

_MODULE, _QUIET = 6, 4  # design pixels of a module of the QR code; modules around it, as the standard asks
_LOOK_MS = 5_000  # between two looks at how long the code lasts


class PhonePage(PageView):
    """Shows the code that lets phones in. Going there makes one, where there is none."""

    def __init__(self, master: tk.Misc, context: ViewContext, place: InvitePhone) -> None:
        super().__init__(master, context)
        self._room_id = place.room_id
        self._shown: GuestsInvited | None = None
        self._lasts: Paragraph | None = None
        self._build()
        if self._shown is None:
            self._new_code()

    def _new_code(self) -> None:
        self.context.do(InviteGuests(self._room_id))

    def _build(self) -> None:
        room = self.context.state.room(self._room_id)
        self._shown = invitation = room.invitation
        destroy_children(self.body)
        self.heading(_("Point a phone at this"))
        self.paragraph(_("It talks in its browser. Nothing is installed, and it is asked for a name only."))
        self._lasts = None
        if invitation is not None:
            self._draw_code(invitation.link)
            self.put(CopyField(self.body, self.theme, invitation.link, "code"), above=4, below=8)
            self._lasts = self.paragraph("", "mute")
        else:
            self.paragraph(_("No code lets phones in at the moment."), "mute")
        buttons = self.buttons(above=4)
        done = Button(buttons, self.theme, _("Done"), lambda: self.context.go(Invite(self._room_id)))
        Button(buttons, self.theme, _("New code"), self._new_code, "quiet")
        if invitation is not None:
            Button(buttons, self.theme, _("Withdraw"), self._withdraw, "danger")
        self.first = done
        self.section(_("Good to know"))
        for words in (
            _("The phone must be in the same Wi-Fi as this computer."),
            _("Phones come in through the browser. On a network where somebody might meddle, use the app."),
            _("A new code lets nobody in with the one before; who is in stays. Withdraw also sends away everybody who "
              "came in with a code."),
        ):  # fmt: skip
            self.paragraph(words, "mute", "small")
        self._say_how_long()

    def _withdraw(self) -> None:
        self.context.do(WithdrawGuests(self._room_id))

    def _draw_code(self, link: str) -> None:
        """Black on white, whatever the theme: that is what cameras look for."""
        rows = [list(row) for row in segno.make(link, error="m", micro=False).matrix_iter(border=_QUIET)]
        module = max(2, round(self.theme.px(_MODULE)))
        size = module * len(rows)
        code = tk.Canvas(self.body, width=size, height=size, bg="#ffffff", highlightthickness=0, bd=0, takefocus=0)
        for top, row in enumerate(rows):
            for left, dark in enumerate(row):
                if dark:
                    x, y = left * module, top * module
                    code.create_rectangle(x, y, x + module, y + module, fill="#000000", width=0)
        code.pack(pady=(self.theme.px(4), self.theme.px(12)))

    def _say_how_long(self) -> None:
        if self._lasts is None or self._shown is None:
            return
        here = _("{n} of {most} phones are here").format(n=self._shown.came, most=self._shown.most)
        if self._shown.ends_at is None:
            self._lasts.text(f"{_('Until it is withdrawn')} · {here}")
            return
        minutes = max(1, -(-(self._shown.ends_at - time.time_ns() // 1_000_000) // 60_000))
        left = ngettext("{n} minute left", "{n} minutes left", minutes).format(n=minutes)
        self._lasts.text(f"{left} · {here}")
        self.later(_LOOK_MS, self._say_how_long)

    def draw(self) -> None:
        invitation = self.context.state.room(self._room_id).invitation
        if (invitation and invitation.link) != (self._shown and self._shown.link):
            self._build()
            self.focus_first()
        elif invitation is not None:
            self._shown = invitation
            self._say_how_long()
