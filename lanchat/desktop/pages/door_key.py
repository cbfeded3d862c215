"""KeyPanel: who hosts the room is not who did. Nothing goes on until the person has made sure. Tk thread."""

from __future__ import annotations

import tkinter as tk

from lanchat.core.text import shown_title
from lanchat.core.translate import _
from lanchat.desktop.model import words
from lanchat.desktop.model.naming import plain
from lanchat.desktop.pages.page import Page
from lanchat.desktop.view_context import ViewContext
from lanchat.desktop.widgets.box import Box
from lanchat.desktop.widgets.button import Button
from lanchat.desktop.widgets.label import Label
from lanchat.desktop.widgets.switch import Switch
from lanchat.engine.commands import Join
from lanchat.engine.events import Event, KeyChanged


class KeyPanel(Page):
    def __init__(self, master: tk.Misc, desk: ViewContext, changed: KeyChanged) -> None:
        super().__init__(master, desk)
        self._changed = changed
        room = desk.state.rooms.get(changed.room_id)
        title = (room.title if room is not None else "") or words.no_title()
        self._host = (room.host if room is not None else "") or _("the host")
        self._plain_host = plain(self._host, _("the host"))
        self.sign("warning", "alert_ink")
        if changed.known_title:
            title = shown_title(changed.known_title)
            self.heading(_("{room} is not at {where} any more").format(room=title, where=changed.where))
            here = shown_title(changed.title) if changed.title else words.no_title()
            self.column.paragraph(_("Another room answers there now: {room}. Nothing was sent.").format(room=here))
            either = _(
                "Addresses are handed to other computers now and then; or somebody else pretends to be {host}. "
                "Ask in person or by telephone: {host} finds this badge under “Invite people”."
            )
        else:
            self.heading(_("The host of {room} is not the one you knew").format(room=title))
            self.column.paragraph(_("So lanchat stopped at the door. Nothing was sent."))
            either = _(
                "Either {host} has a new computer or has set up lanchat anew, or somebody else pretends to be {host}. "
                "Ask in person or by telephone: {host} finds this badge under “Invite people”."
            )
        self._badges()
        self.paragraph(either.format(host=self._host))
        compared = _("I asked {host}, and the new badge is the right one").format(host=self._plain_host)
        self.compared = self.column.put(Switch(self.body, self.theme, compared, False, self._enable))
        self._buttons = self.buttons()
        self._stay_out = Button(self._buttons, self.theme, _("Do not connect"), self._leave)
        self._connect = Button(self._buttons, self.theme, "", self._accept, "danger")
        self._draw()

    def heard(self, event: Event) -> None:
        self.desk.soon(self, self._draw)

    def focus_first(self) -> None:
        self._stay_out.focus_set()

    def _badges(self) -> None:
        theme, px = self.theme, self.theme.px
        box = self.column.put(Box(self.body, theme, "alert_soft", 10, pad=(18, 14)), above=6, below=16)
        facts = (
            (_("The badge you knew"), self._changed.known_badge),
            (_("The badge now"), self._changed.new_badge),
        )
        for name, badge in facts:
            Label(box.inside, theme, name, "small_bold", ground="alert_soft").pack(fill="x")
            Label(box.inside, theme, badge, "number", "strong", ground="alert_soft").pack(fill="x", pady=(px(2), 0))
            if badge == self._changed.known_badge:
                if self._changed.verified:
                    self._say_verified(box)
                tk.Frame(box.inside, bg=box.fill, height=px(14)).pack()

    def _say_verified(self, box: Box) -> None:
        theme, palette = self.theme, self.theme.palette
        line = tk.Frame(box.inside, bg=box.fill)
        line.pack(fill="x")
        tk.Label(line, image=theme.icon("shield", 16, palette.good), bg=box.fill, bd=0).pack(side="left")
        words = _("You had compared this one in person.")
        Label(line, theme, words, "small", ground="alert_soft").pack(side="left", padx=(theme.px(6), 0), fill="x")

    def _enable(self, _compared: bool) -> None:
        self._draw()

    def _leave(self) -> None:
        self.desk.state.drop_question(self._changed.room_id)  # who comes back later finds it asked anew
        self.desk.back()

    def _accept(self) -> None:
        if self.compared.value:
            self.desk.do(Join(self._changed.where, accept_key=self._changed.new_badge))
            self._draw()

    def _draw(self) -> None:
        joining = self._changed.where in self.desk.state.joining
        asked = _("I asked {host}: connect").format(host=self._plain_host)
        self._connect.text(_("Connecting…") if joining else asked)
        self._connect.enable(self.compared.value and not joining)
        self._buttons.lay()
