"""WelcomePage: the first thirty seconds. Who I am, which rooms are here, what to do when there is none. Tk thread."""

from __future__ import annotations

import sys
import tkinter as tk

from lanchat.core.text import as_sentence
from lanchat.core.translate import _, ngettext
from lanchat.desktop.pages.empty import Empty
from lanchat.desktop.pages.firewall_hint import firewall_hint
from lanchat.desktop.pages.me import Me
from lanchat.desktop.pages.offers import Offer, Offers, offers
from lanchat.desktop.pages.page import ButtonRow, Page
from lanchat.desktop.pages.problem import ProblemBox
from lanchat.desktop.pages.room_cards import RoomCards
from lanchat.desktop.pages.titles import own_title
from lanchat.desktop.view_context import InRoom, JoinBy, StartRoom, ViewContext, WelcomePlace
from lanchat.desktop.widgets.button import Button
from lanchat.desktop.widgets.label import Paragraph
from lanchat.engine.commands import OpenRoom
from lanchat.engine.events import Event, Hosting, NotHosting

HELP_MS = 20_000  # nobody found for so long: something may be wrong, and help is better than hope


class WelcomePage(Page):
    def __init__(self, master: tk.Misc, desk: ViewContext, place: WelcomePlace, *, help_ms: int = HELP_MS) -> None:
        super().__init__(master, desk)
        px = self.theme.px
        self._offers = Offers()
        self._placed: tk.Misc | None = None  # had the keyboard from us: while it is there, the person chose nothing
        self._asked = False  # for a room of my own, here
        self._late = False
        self.me = self.column.put(Me(self.body, desk), above=0, below=28)
        if hint := firewall_hint(sys.platform, desk.kept.now):
            self.column.put(Paragraph(self.body, self.theme, hint, ink="mute"), above=0, below=24)
        below = self.column.put(tk.Frame(self.body, bg=self.theme.palette.chat), above=0)
        below.columnconfigure(0, weight=1)
        self._problem = ProblemBox(below, self.theme)
        self._problem.grid(row=0, sticky="ew")
        self.empty = Empty(below, desk, self._start)
        self.empty.grid(row=1, sticky="ew", pady=(0, px(28)))
        self.cards = RoomCards(below, desk, self._enter)
        self.cards.grid(row=2, sticky="ew")
        self._more = Paragraph(below, self.theme, "", "small", "mute")
        self._more.grid(row=3, sticky="ew")
        self._ways = self._other_ways(below)
        self._ways.grid(row=4, sticky="ew", pady=(px(12), 0))
        self._draw()
        self.later(help_ms, self._is_late)

    def heard(self, event: Event) -> None:
        match event:
            case Hosting():
                self.desk.kept.change(windows_hint_seen=True)
            case NotHosting(problem=problem) if self._asked:
                self._asked = False
                self._problem.say(as_sentence(problem))
            case _:
                pass
        self.desk.soon(self, self._draw)

    def focus_first(self) -> None:
        self._placed = self._obvious()
        self._placed.focus_set()

    # --- drawing -----------------------------------------------------------------------------------------------------
    def _draw(self) -> None:
        state = self.desk.state
        focused = self.focus_lastfor()
        ours = focused in (None, self._placed, self.winfo_toplevel())  # the last: what had it went before it was drawn
        self._offers = offers(state.rooms.values(), self._offers)
        self.me.draw()
        self.cards.show(self._offers)
        self.empty.show(late=self._late)
        _seen(self.empty, not self._offers.here)
        _seen(self._ways, bool(self._offers.here))
        self._say_more(self._offers.more)
        if ours or (focused is not None and not focused.winfo_exists()):
            self.focus_first()

    def _say_more(self, more: int) -> None:
        words = ngettext("{n} more room is in the list at the left.", "{n} more are in the list at the left.", more)
        self._more.text(words.format(n=more))
        _seen(self._more, more > 0)

    def _obvious(self) -> tk.Misc:
        if self.cards.first is not None:
            return self.cards.first
        return self.cards.in_order[0] if self._offers.here else self.empty.start

    def _other_ways(self, master: tk.Misc) -> ButtonRow:
        row = ButtonRow(master, self.theme)
        Button(row, self.theme, _("Start a room"), lambda: self.desk.go(StartRoom()), "quiet", "plus")
        Button(row, self.theme, _("Type a code or address"), lambda: self.desk.go(JoinBy()), "quiet", "key")
        row.lay()
        return row

    def _is_late(self) -> None:
        self._late = True
        self._draw()

    # --- deeds -------------------------------------------------------------------------------------------------------
    def _enter(self, offer: Offer) -> None:
        room = self.desk.state.rooms.get(offer.room_id)
        if room is not None and room.hosted and not room.is_in:
            self._open(OpenRoom(room.title, room_id=room.room_id))
        else:
            self.desk.go(InRoom(offer.room_id))

    def _start(self) -> None:
        self._open(OpenRoom(own_title(self.desk.state.nick)))

    def _open(self, command: OpenRoom) -> None:
        self._asked = True
        self._problem.say("")
        self.desk.do(command)
        self._draw()


def _seen(part: tk.Widget, seen: bool) -> None:
    """On the page, or not, without taking the keyboard from what stays."""
    if seen and not part.winfo_manager():
        part.grid()
    elif not seen and part.winfo_manager():
        part.grid_remove()
