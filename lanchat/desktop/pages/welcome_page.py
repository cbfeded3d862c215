"""WelcomePage: the first thing that is shown: who I am, which rooms are here, and what to do when there is none."""

from __future__ import annotations

import sys
import tkinter as tk
from collections.abc import Callable

from lanchat.core.text import as_sentence
from lanchat.core.translate import _, ngettext
from lanchat.desktop.model.phrases import plain_name
from lanchat.desktop.pages.nick_editor import NickEditor
from lanchat.desktop.pages.page import PageView, ProblemBox
from lanchat.desktop.pages.room_offers import RoomCards, RoomOffer, RoomOffers, room_offers
from lanchat.desktop.pages.start_room_page import firewall_hint, own_title
from lanchat.desktop.view_context import Checkup, InRoom, JoinBy, StartRoom, ViewContext, WelcomePlace
from lanchat.desktop.widgets.buttons import Button, ButtonRow
from lanchat.desktop.widgets.labels import Heading, Label, Paragraph
from lanchat.desktop.widgets.surfaces import Box
from lanchat.engine.commands import OpenRoom
from lanchat.engine.events import Event, Hosting, NotHosting


class NoRoomsPanel(tk.Frame):
    """Shown while no room is here: offers to start one, and shows help when nobody is found for long."""

    def __init__(self, master: tk.Misc, context: ViewContext, start: Callable[[], None]) -> None:
        """`start` opens a room of my own without further questions."""
        theme = context.theme
        super().__init__(master, bg=theme.palette.chat)
        self._context = context
        self._heading = Heading(self, theme, "", "title")
        self._heading.pack(fill="x")
        self._about = Paragraph(self, theme, "")
        self._about.pack(fill="x", pady=(theme.px(6), theme.px(16)))
        buttons = ButtonRow(self, theme)
        buttons.pack(fill="x")
        self.start = Button(buttons, theme, "", start)
        Button(buttons, theme, _("With a passphrase…"), lambda: context.go(StartRoom()), "quiet")
        Button(buttons, theme, _("Type a code or address"), lambda: context.go(JoinBy()), "quiet")
        self._buttons = buttons
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
        self._buttons.lay()
        if late and self.help is None:
            self.help = self._make_help()
            self.help.pack(fill="x", pady=(self._context.theme.px(24), 0))

    def _make_help(self) -> Box:
        theme = self._context.theme
        box = Box(self, theme, "side", 10, pad=(20, 16))
        Heading(box.inside, theme, _("Should somebody be here?"), "bold", ground="side").pack(fill="x")
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
        Button(
            box.inside,
            theme,
            _("Check my computer"),
            lambda: self._context.go(Checkup()),
            "quiet",
            "shield",
            ground="side",
        ).pack(anchor="w", pady=(theme.px(14), 0))
        return box


HELP_MS = 20_000  # nobody found for so long: something may be wrong, and help is shown


class WelcomePage(PageView):
    def __init__(self, master: tk.Misc, context: ViewContext, place: WelcomePlace, *, help_ms: int = HELP_MS) -> None:
        super().__init__(master, context)
        px = self.theme.px
        self._offers = RoomOffers()
        self._placed: tk.Misc | None = None  # the widget focused by us
        self._asked = False  # a room of my own was asked for from this page
        self._late = False
        self.me = self.column.put(NickEditor(self.body, context), above=0, below=28)
        if hint := firewall_hint(sys.platform, context.kept.now):
            self.column.put(Paragraph(self.body, self.theme, hint, ink="mute"), above=0, below=24)
        below = self.column.put(tk.Frame(self.body, bg=self.theme.palette.chat), above=0)
        below.columnconfigure(0, weight=1)
        self._problem = ProblemBox(below, self.theme)
        self._problem.grid(row=0, sticky="ew")
        self.empty = NoRoomsPanel(below, context, self._start)
        self.empty.grid(row=1, sticky="ew", pady=(0, px(28)))
        self.cards = RoomCards(below, context, self._enter)
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
                self.context.kept.change(windows_hint_seen=True)
            case NotHosting(problem=problem) if self._asked:
                self._asked = False
                self._problem.say(as_sentence(problem))
            case _:
                pass
        self.context.draw_soon(self, self._draw)

    def focus_first(self) -> None:
        self._placed = self._obvious()
        self._placed.focus_set()

    # --- drawing -----------------------------------------------------------------------------------------------------
    def _draw(self) -> None:
        state = self.context.state
        focused = self.focus_lastfor()
        ours = focused in (None, self._placed, self.winfo_toplevel())  # the window, when the last was destroyed
        self._offers = room_offers(state.rooms.values(), self._offers)
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
        Button(row, self.theme, _("Start a room"), lambda: self.context.go(StartRoom()), "quiet", "plus")
        Button(row, self.theme, _("Type a code or address"), lambda: self.context.go(JoinBy()), "quiet", "key")
        row.lay()
        return row

    def _is_late(self) -> None:
        self._late = True
        self._draw()

    # --- actions -----------------------------------------------------------------------------------------------------
    def _enter(self, offer: RoomOffer) -> None:
        room = self.context.state.rooms.get(offer.room_id)
        if room is not None and room.hosted and not room.is_in:
            self._open(OpenRoom(room.title, room_id=room.room_id))
        else:
            self.context.go(InRoom(offer.room_id))

    def _start(self) -> None:
        self._open(OpenRoom(own_title(self.context.state.nick)))

    def _open(self, command: OpenRoom) -> None:
        self._asked = True
        self._problem.say("")
        self.context.do(command)
        self._draw()


def _seen(part: tk.Widget, seen: bool) -> None:
    """Show or hide a part of the page, without taking the focus from the others."""
    if seen and not part.winfo_manager():
        part.grid()
    elif not seen and part.winfo_manager():
        part.grid_remove()
