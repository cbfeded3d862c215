"""WelcomePage: the first thing that is shown: who I am, who and what is around, and what to do when nobody is.

It stands in the middle of the pane, in both directions.
"""

from __future__ import annotations

import sys
import tkinter as tk
from collections.abc import Callable
from functools import partial

from lanchat.core.text import as_sentence
from lanchat.core.translate import _, ngettext
from lanchat.desktop.model.phrases import people_in, plain_name
from lanchat.desktop.model.state import State
from lanchat.desktop.pages.nick_editor import NickEditor, looking
from lanchat.desktop.pages.page import PageView, ProblemBox
from lanchat.desktop.pages.room_cards import COLUMNS, GAP, WIDTH, RoomCards
from lanchat.desktop.pages.room_offers import RoomOffer, RoomOffers, room_offers
from lanchat.desktop.pages.start_join_pages import firewall_hint, own_title
from lanchat.desktop.view_context import Checkup, InRoom, JoinBy, StartRoom, ViewContext, WelcomePlace
from lanchat.desktop.widgets.buttons import Button, ButtonRow
from lanchat.desktop.widgets.labels import Label, Paragraph
from lanchat.desktop.widgets.surfaces import Box
from lanchat.engine.commands import OpenRoom
from lanchat.engine.events import Event, NotHosting

_HELP_WIDTH, _HELP_GAP = 480, 28  # design pixels; over it


class NoRoomsPanel(tk.Frame):
    """Shown while no room is here: offers to start one, and shows help when nobody is found for long."""

    def __init__(self, master: tk.Misc, context: ViewContext, start: Callable[[], None]) -> None:
        """`start` opens a room of my own without further questions."""
        theme = context.theme
        super().__init__(master, bg=theme.palette.chat)
        self._context = context
        self._heading = Paragraph(self, theme, "", "title", "strong", centred=True)
        self._heading.pack(fill="x")
        self._about = Paragraph(self, theme, "", centred=True)
        self._about.pack(fill="x", pady=(theme.px(6), theme.px(16)))
        buttons = ButtonRow(self, theme, centred=True)
        buttons.pack(fill="x")
        self.start = Button(buttons, theme, "", start)
        Button(buttons, theme, _("With a passphrase…"), lambda: context.go(StartRoom()), "quiet")
        Button(buttons, theme, _("Type a code or address"), lambda: context.go(JoinBy()), "quiet")
        self.help: Box | None = None  #: made when it is first shown

    def show(self, *, late: bool) -> None:
        """Show the present State. `late`: nobody was found for so long that something may be wrong."""
        state = self._context.state
        if state.looked_around:
            self._heading.text(_("No room is open here yet"))
            if state.on_no_network:
                self._about.text(_("Start one: people see it as soon as this computer is on a network."))
            else:
                self._about.text(_("Start one: people on this network see it by themselves."))
        else:
            self._heading.text(_("Looking for rooms…"))
            self._about.text(_("Rooms on this network appear here by themselves."))
        room = own_title(plain_name(state.nick, state.nick))
        self.start.text(_("Opening…") if state.opening else _("Start {room}").format(room=room))
        self.start.enable(not state.opening)
        if late and self.help is None:
            self.help = self._make_help()
            self.help.pack(pady=(self._context.theme.px(_HELP_GAP), 0))

    def _make_help(self) -> Box:
        theme = self._context.theme
        box = Box(self, theme, "side", 10, pad=(20, 16))
        tk.Frame(box.inside, width=theme.px(_HELP_WIDTH), height=1, bg=box.fill).pack()  # less in a narrow pane
        asked = _("Should somebody be here?")
        Paragraph(box.inside, theme, asked, "bold", "strong", ground="side").pack(fill="x")
        lines = (
            _("Are both computers on the same Wi-Fi or cable?"),
            _("Guest Wi-Fi keeps computers apart: use another one, or a phone's hotspot."),
            _("Whoever hosts a room can tell you its code. Type it here."),
        )
        for line in lines:
            item = tk.Frame(box.inside, bg=box.fill)
            item.pack(fill="x", pady=(theme.px(6), 0))
            Label(item, theme, "•", "room", ground="side").pack(side="left", anchor="n", padx=(0, theme.px(8)))
            Paragraph(item, theme, line, "room", ground="side").pack(side="left", fill="x", expand=True)
        words, check = _("Check my computer"), partial(self._context.go, Checkup())
        button = Button(box.inside, theme, words, check, "quiet", "shield", ground="side")
        button.pack(anchor="w", pady=(theme.px(14), 0))
        return box


HELP_MS = 20_000  # nobody found for so long: something may be wrong, and help is shown
_ABOVE = 32  # design pixels over and under the page, at least


class WelcomePage(PageView):
    column = COLUMNS * (WIDTH + GAP) - GAP

    def __init__(self, master: tk.Misc, context: ViewContext, place: WelcomePlace, *, help_ms: int = HELP_MS) -> None:
        super().__init__(master, context)
        px = self.theme.px
        self._offers = RoomOffers()
        self._placed: tk.Misc | None = None  # the widget focused by us
        self._asked = False  # a room of my own was asked for from this page
        self._late = False
        self.me = self.put(NickEditor(self.body, context, centred=True, about=around), above=0, below=28)
        if hint := firewall_hint(sys.platform, context.kept.now):
            self.put(Paragraph(self.body, self.theme, hint, ink="mute", centred=True), above=0, below=24)
        below = self.put(tk.Frame(self.body, bg=self.theme.palette.chat), above=0, below=0)
        below.columnconfigure(0, weight=1)
        self._problem = ProblemBox(below, self.theme)
        self._problem.grid(row=0, sticky="ew")
        self.empty = NoRoomsPanel(below, context, lambda: self._open(OpenRoom(own_title(context.state.nick))))
        self.empty.grid(row=1, sticky="ew", pady=(0, px(28)))
        self.cards = RoomCards(below, context, self._enter)
        self.cards.grid(row=2, sticky="ew")
        self._more = Paragraph(below, self.theme, "", "small", "mute", centred=True)
        self._more.grid(row=3, sticky="ew", pady=(px(12), 0))
        self._ways = self._other_ways(below)
        self._ways.grid(row=4, sticky="ew", pady=(px(24), 0))
        self._missing = self._missing_line(below)
        self._missing.grid(row=5, sticky="ew", pady=(px(32), 0))
        for part in (self, self.body):
            part.bind("<Configure>", lambda _event: self._to_the_middle(), add="+")
        self.draw()
        self.later(help_ms, self._is_late)

    def heard(self, event: Event) -> None:
        if isinstance(event, NotHosting) and self._asked:
            self._asked = False
            self._problem.say(as_sentence(event.problem))
        super().heard(event)

    def focus_first(self) -> None:
        self._placed = self._obvious()
        self._placed.focus_set()

    # --- drawing -----------------------------------------------------------------------------------------------------
    def draw(self) -> None:
        state = self.context.state
        focused = self.focus_lastfor()
        ours = focused in (None, self._placed, self.winfo_toplevel())  # the window, when the last was destroyed
        self._offers = room_offers(state.rooms.values(), self._offers)
        self.me.draw()
        self.cards.show(self._offers)
        self.empty.show(late=self._late)
        _seen(self.empty, not self._offers.here)
        for part in (self._ways, self._missing):
            _seen(part, bool(self._offers.here))
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
        row = ButtonRow(master, self.theme, centred=True)
        Label(row, self.theme, _("Or"), "room", "mute")
        Button(row, self.theme, _("Start a room"), lambda: self.context.go(StartRoom()), "quiet", "plus")
        Button(row, self.theme, _("Type a code or address"), lambda: self.context.go(JoinBy()), "quiet", "key")
        return row

    def _missing_line(self, master: tk.Misc) -> ButtonRow:
        """What to do when some rooms are found, and the one that is looked for is not."""
        row = ButtonRow(master, self.theme, centred=True)
        words = _("Is one missing? Guest Wi-Fi keeps computers apart.")
        Label(row, self.theme, words, "room", "mute")
        Button(row, self.theme, _("Check my computer"), lambda: self.context.go(Checkup()), "link")
        return row

    def _to_the_middle(self) -> None:
        """Leave as much room above the page as below it, where all of it can be seen. Help that comes later moves
        nothing: somebody may be about to press what is there."""
        least, help_box = self.theme.px(_ABOVE), self.empty.help
        later = help_box.winfo_reqheight() + self.theme.px(_HELP_GAP) if help_box and self.empty.winfo_manager() else 0
        above = max(least, (self.winfo_height() - self.body.winfo_reqheight() + later) // 2)
        self.body.pack_configure(pady=(above, least))

    def _is_late(self) -> None:
        self._late = True
        self.draw()

    # --- actions -----------------------------------------------------------------------------------------------------
    def _enter(self, offer: RoomOffer) -> None:
        room = self.context.state.rooms.get(offer.room_id)
        if room is not None and room.hosted and not room.is_in:
            self._open(OpenRoom(room.title, room_id=room.room_id))
        else:
            self.context.go(InRoom(offer.room_id))

    def _open(self, command: OpenRoom) -> None:
        self._asked = True
        self._problem.say("")
        self.context.do(command)
        self.draw()


def around(state: State) -> str:
    """Who and what is around, in words; while there is nothing, where it is looked for."""
    rooms = [room for room in state.rooms.values() if room.is_here]
    if not rooms:
        return looking(state)
    people = sum(map(people_in, rooms))
    words = ngettext("{n} room around you", "{n} rooms around you", len(rooms)).format(n=len(rooms))
    if people:
        inside = ngettext("{n} person in it", "{n} people in it", people)
        if len(rooms) > 1:
            inside = ngettext("{n} person in them", "{n} people in them", people)
        words = _("{rooms}, {people}").format(rooms=words, people=inside.format(n=people))
    return _("{around} · still looking").format(around=words)


def _seen(part: tk.Widget, seen: bool) -> None:
    """Show or hide a part of the page, without taking the focus from the others."""
    if seen and not part.winfo_manager():
        part.grid()
    elif not seen and part.winfo_manager():
        part.grid_remove()
