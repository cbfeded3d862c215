"""JoinRoomPage: shown in place of a room's conversation while something has to be answered before it can be entered.

One panel for each question: PassphrasePanel (the room asks for its passphrase), HostKeyPanel (the host's key is not the
known one), NotFoundPanel (the room does not answer or refuses).
"""

from __future__ import annotations

import math
import time
import tkinter as tk
from typing import assert_never

from lanchat.core.model import RoomId
from lanchat.core.text import as_sentence, shown_title
from lanchat.core.translate import _, ngettext
from lanchat.desktop.model import phrases
from lanchat.desktop.model.phrases import plain_name
from lanchat.desktop.model.room_model import JoinQuestion
from lanchat.desktop.pages.page import PageView, ProblemBox
from lanchat.desktop.view_context import Checkup, InRoom, ViewContext
from lanchat.desktop.widgets.buttons import Button
from lanchat.desktop.widgets.choices import Switch
from lanchat.desktop.widgets.labels import Label
from lanchat.desktop.widgets.surfaces import Box
from lanchat.desktop.widgets.text_field import TextField
from lanchat.engine.commands import Join
from lanchat.engine.events import Event, KeyChanged, NotFound, PassphraseNeeded

_PASSPHRASE_CHARACTERS = 200
_TICK_MS = 500


class PassphrasePanel(PageView):
    """Asks for the passphrase, and makes the person wait after wrong tries as long as the host says."""

    def __init__(self, master: tk.Misc, context: ViewContext, needed: PassphraseNeeded) -> None:
        super().__init__(master, context)
        self._needed = needed
        self._until = 0.0  # time.monotonic() from which the host accepts the next try
        room = context.state.rooms.get(needed.room_id)
        self.sign("lock")
        self.heading(shown_title(needed.title))
        host = room.host if room is not None else ""
        asks = _("{host} asks for this room's passphrase.") if host else _("This room has a passphrase.")
        about = asks.format(host=host)
        self.paragraph(about + " " + _("You need it only this once."), "mute")
        self.field = self.column.put(TextField(
            self.body, self.theme, "", _("Passphrase"), most=_PASSPHRASE_CHARACTERS, secret=True, icon="key",
            on_enter=lambda _text: self._join(), on_change=lambda _text: self._draw(),
        ))  # fmt: skip
        self.problem = self.column.put(ProblemBox(self.body, self.theme), above=8, below=0)
        self._buttons = self.buttons(above=4)
        self._go = Button(self._buttons, self.theme, _("Join"), self._join)
        Button(self._buttons, self.theme, _("Back"), context.back, "quiet")
        self._answered(needed)

    def heard(self, event: Event) -> None:
        if isinstance(event, PassphraseNeeded) and event.where == self._needed.where:
            self._answered(event)
            self.field.set("")
            self.field.focus_set()
        else:
            self.context.draw_soon(self, self._draw)

    def focus_first(self) -> None:
        self.field.focus_set()

    def _join(self) -> None:
        passphrase = self.field.value().strip()
        if passphrase and not self._waits() and not self._joining():
            self.problem.say("")
            self.context.do(Join(self._needed.where, passphrase))
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
        return self._needed.where in self.context.state.joining

    def _waits(self) -> int:
        """Seconds until the next try is accepted."""
        return max(0, math.ceil(self._until - time.monotonic()))


class HostKeyPanel(PageView):
    """Warns that another key hosts the room. Nothing is sent until the person has compared the badges."""

    def __init__(self, master: tk.Misc, context: ViewContext, changed: KeyChanged) -> None:
        super().__init__(master, context)
        self._changed = changed
        room = context.state.rooms.get(changed.room_id)
        title = (room.title if room is not None else "") or phrases.no_title()
        self._host = (room.host if room is not None else "") or _("the host")
        self._plain_host = plain_name(self._host, _("the host"))
        self.sign("warning", "alert_ink")
        if changed.known_title:
            title = shown_title(changed.known_title)
            self.heading(_("{room} is not at {where} any more").format(room=title, where=changed.where))
            here = shown_title(changed.title) if changed.title else phrases.no_title()
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
        self.context.draw_soon(self, self._draw)

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
        self.context.state.drop_question(self._changed.room_id)  # it is asked again on the next try
        self.context.back()

    def _accept(self) -> None:
        if self.compared.value:
            self.context.do(Join(self._changed.where, accept_key=self._changed.new_badge))
            self._draw()

    def _draw(self) -> None:
        joining = self._changed.where in self.context.state.joining
        asked = _("I asked {host}: connect").format(host=self._plain_host)
        self._connect.text(_("Connecting…") if joining else asked)
        self._connect.enable(self.compared.value and not joining)
        self._buttons.lay()


class NotFoundPanel(PageView):
    """Says why the room cannot be entered now, what is kept, and what can be done."""

    def __init__(self, master: tk.Misc, context: ViewContext, missing: NotFound, room_id: RoomId) -> None:
        super().__init__(master, context)
        self._missing = missing
        self._room_id = room_id
        room = context.state.rooms.get(room_id)
        title = room.shown if room is not None else phrases.no_title()
        self.sign("door", "mute")
        heading = _("{room} did not let you in") if missing.refused else _("{room} does not answer")
        self.heading(heading.format(room=title))
        self.paragraph(as_sentence(missing.problem))
        known = room is not None and room.known
        kept = _("What was said there is kept on this computer. You can read it at any time.")
        self.column.paragraph(kept if known else _("Nothing was sent."), "mute")
        self._buttons = self.buttons()
        self._again = Button(self._buttons, self.theme, _("Try again"), self._try_again)
        if room is not None and known:
            last = room.last_seq
            Button(self._buttons, self.theme, _("Read it"), lambda: context.go(InRoom(room_id, last)), "quiet")
        if not missing.refused:
            check = _("Check my computer")
            Button(self._buttons, self.theme, check, lambda: context.go(Checkup()), "quiet", "shield")
        Button(self._buttons, self.theme, _("Back"), self._leave, "quiet")
        self._draw()

    def heard(self, event: Event) -> None:
        self.context.draw_soon(self, self._draw)

    def focus_first(self) -> None:
        self._again.focus_set()

    def _try_again(self) -> None:
        self.context.do(Join(self._missing.where))
        self._draw()

    def _leave(self) -> None:
        self.context.state.drop_question(self._room_id)  # it is asked again on the next try
        self.context.back()

    def _draw(self) -> None:
        joining = self._missing.where in self.context.state.joining
        self._again.text(_("Connecting…") if joining else _("Try again"))
        self._again.enable(not joining)
        self._buttons.lay()


class JoinRoomPage(tk.Frame):
    """Shows the panel for what the room asks now."""

    def __init__(self, master: tk.Misc, context: ViewContext, place: InRoom) -> None:
        super().__init__(master, bg=context.theme.palette.chat)
        self._context = context
        self._place = place
        self._asked: JoinQuestion | None = None
        self.panel: PageView | None = None
        self._show()

    def heard(self, event: Event) -> None:
        self._show()
        if self.panel is not None:
            self.panel.heard(event)

    def focus_first(self) -> None:
        if self.panel is not None:
            self.panel.focus_first()

    def _show(self) -> None:
        """Show the panel for the present question. When there is none any more, the window shows the room instead."""
        room = self._context.state.rooms.get(self._place.room_id)
        asked = room.asked if room is not None else None
        if asked is None or asked == self._asked:
            return
        self._asked = asked
        before = self.panel
        self.panel = self._panel(asked)
        self.panel.pack(fill="both", expand=True)
        if before is not None:
            before.destroy()
            self.panel.focus_first()

    def _panel(self, asked: JoinQuestion) -> PageView:
        match asked:
            case PassphraseNeeded():
                return PassphrasePanel(self, self._context, asked)
            case KeyChanged():
                return HostKeyPanel(self, self._context, asked)
            case NotFound():
                return NotFoundPanel(self, self._context, asked, self._place.room_id)
            case _:
                assert_never(asked)
