"""What is shown in place of a room's conversation while something has to be answered before it can be entered.

One page for each question: PassphrasePage (the room asks for its passphrase), HostKeyPage (the host's key is not the
known one), NotFoundPage (the room does not answer or refuses). `question_page` builds the one that the room needs.
"""

from __future__ import annotations

import math
import time
import tkinter as tk
from typing import assert_never

from lanchat.core.model import RoomId
from lanchat.core.text import as_sentence, shown_title
from lanchat.core.translate import _, ngettext
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


class QuestionPage(PageView):
    """Shows one question, and whether the Join that answers it is under way."""

    def __init__(self, master: tk.Misc, context: ViewContext, where: str) -> None:
        """`where`: of the Join, as in JoinQuestion."""
        super().__init__(master, context)
        self._where = where

    def _joining(self) -> bool:
        return self._where in self.context.state.joining

    def _leave(self, room_id: RoomId) -> None:
        self.context.state.drop_question(room_id)  # it is asked again on the next try
        self.context.back()


class PassphrasePage(QuestionPage):
    """Asks for the passphrase, and makes the person wait after wrong tries as long as the host says."""

    def __init__(self, master: tk.Misc, context: ViewContext, needed: PassphraseNeeded) -> None:
        super().__init__(master, context, needed.where)
        self._needed = needed
        self._until = 0.0  # time.monotonic() from which the host accepts the next try
        self.sign("lock")
        self.heading(shown_title(needed.title))
        host = context.state.room(needed.room_id).host
        asks = _("{host} asks for this room's passphrase.") if host else _("This room has a passphrase.")
        self.paragraph(asks.format(host=host) + " " + _("You need it only this once."), "mute")
        self.first = self.field = self.put(TextField(
            self.body, self.theme, "", _("Passphrase"), most=_PASSPHRASE_CHARACTERS, secret=True, icon="key",
            on_enter=lambda _text: self._join(), on_change=lambda _text: self.draw(),
        ))  # fmt: skip
        self.problem = self.put(ProblemBox(self.body, self.theme), above=8, below=0)
        buttons = self.buttons(above=4)
        self._go = Button(buttons, self.theme, _("Join"), self._join)
        Button(buttons, self.theme, _("Back"), context.back, "quiet")
        self._answered(needed)

    def heard(self, event: Event) -> None:
        super().heard(event)
        if isinstance(event, PassphraseNeeded) and event.where == self._where:
            self._answered(event)
            self.field.set("")
            self.field.focus_set()

    def _join(self) -> None:
        passphrase = self.field.value().strip()
        if passphrase and not self._waits() and not self._joining():
            self.problem.say("")
            self.context.do(Join(self._where, passphrase))
            self.draw()

    def _answered(self, needed: PassphraseNeeded) -> None:
        self._needed = needed
        self._until = time.monotonic() + needed.wait
        self._count_down()

    def _count_down(self) -> None:
        seconds = self._waits()
        said = [_("That is not the passphrase.")] if self._needed.wrong else []
        if seconds:
            again = ngettext("The next try is in {n} second.", "The next try is in {n} seconds.", seconds)
            said.append(again.format(n=seconds))
            self.later(_TICK_MS, self._count_down)
        self.problem.say(" ".join(said))
        self.draw()

    def draw(self) -> None:
        joining = self._joining()
        self._go.text(_("Knocking…") if joining else _("Join"))
        self._go.enable(bool(self.field.value().strip()) and not joining and not self._waits())

    def _waits(self) -> int:
        """Seconds until the next try is accepted."""
        return max(0, math.ceil(self._until - time.monotonic()))


class HostKeyPage(QuestionPage):
    """Warns that another key hosts the room. Nothing is sent until the person has compared the badges."""

    def __init__(self, master: tk.Misc, context: ViewContext, changed: KeyChanged) -> None:
        super().__init__(master, context, changed.where)
        self._changed = changed
        room = context.state.room(changed.room_id)
        host = room.host or _("the host")
        self._plain_host = plain_name(host, _("the host"))
        self.sign("warning", "alert_ink")
        if changed.known_title:
            known = shown_title(changed.known_title)
            self.heading(_("{room} is not at {where} any more").format(room=known, where=changed.where))
            here = shown_title(changed.title)
            self.paragraph(_("Another room answers there now: {room}. Nothing was sent.").format(room=here))
            either = _(
                "Addresses are handed to other computers now and then; or somebody else pretends to be {host}. "
                "Ask in person or by telephone: {host} finds this badge under “Invite people”."
            )
        else:
            title = shown_title(room.title)
            self.heading(_("The host of {room} is not the one you knew").format(room=title))
            self.paragraph(_("So lanchat stopped at the door. Nothing was sent."))
            either = _(
                "Either {host} has a new computer or has set up lanchat anew, or somebody else pretends to be {host}. "
                "Ask in person or by telephone: {host} finds this badge under “Invite people”."
            )
        self._badges()
        self.paragraph(either.format(host=host))
        compared = _("I asked {host}, and the new badge is the right one").format(host=self._plain_host)
        self.compared = self.put(Switch(self.body, self.theme, compared, False, lambda _on: self.draw()))
        buttons = self.buttons()
        stay_out = _("Do not connect")
        self.first = Button(buttons, self.theme, stay_out, lambda: self._leave(changed.room_id))
        self._connect = Button(buttons, self.theme, "", self._accept, "danger")
        self.draw()

    def _badges(self) -> None:
        theme, px = self.theme, self.theme.px
        box = self.put(Box(self.body, theme, "alert_soft", 10, pad=(18, 14)), above=6, below=16)
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

    def _accept(self) -> None:
        if self.compared.value:
            self.context.do(Join(self._where, accept_key=self._changed.new_badge))
            self.draw()

    def draw(self) -> None:
        joining = self._joining()
        asked = _("I asked {host}: connect").format(host=self._plain_host)
        self._connect.text(_("Connecting…") if joining else asked)
        self._connect.enable(self.compared.value and not joining)


class NotFoundPage(QuestionPage):
    """Says why the room cannot be entered now, what is kept, and what can be done."""

    def __init__(self, master: tk.Misc, context: ViewContext, missing: NotFound) -> None:
        super().__init__(master, context, missing.where)
        room = context.state.room(RoomId(missing.where))
        self.sign("door", "mute")
        heading = _("{room} did not let you in") if missing.refused else _("{room} does not answer")
        self.heading(heading.format(room=room.shown))
        self.paragraph(as_sentence(missing.problem))
        kept = _("What was said there is kept on this computer. You can read it at any time.")
        self.paragraph(kept if room.known else _("Nothing was sent."), "mute")
        buttons = self.buttons()
        self.first = self._again = Button(buttons, self.theme, _("Try again"), self._try_again)
        if room.known:
            place = InRoom(room.room_id, room.last_seq)
            Button(buttons, self.theme, _("Read it"), lambda: context.go(place), "quiet")
        if not missing.refused:
            check = _("Check my computer")
            Button(buttons, self.theme, check, lambda: context.go(Checkup()), "quiet", "shield")
        Button(buttons, self.theme, _("Back"), lambda: self._leave(room.room_id), "quiet")
        self.draw()

    def _try_again(self) -> None:
        self.context.do(Join(self._where))
        self.draw()

    def draw(self) -> None:
        joining = self._joining()
        self._again.text(_("Connecting…") if joining else _("Try again"))
        self._again.enable(not joining)


def question_page(master: tk.Misc, context: ViewContext, asked: JoinQuestion) -> QuestionPage:
    """The page for what a room asks now."""
    match asked:
        case PassphraseNeeded():
            return PassphrasePage(master, context, asked)
        case KeyChanged():
            return HostKeyPage(master, context, asked)
        case NotFound():
            return NotFoundPage(master, context, asked)
        case _:
            assert_never(asked)
