"""PhonePage: the QR code with which phones come into a room that is open here, and who came in with it. Tk thread.

In a wide window it has two columns, in a narrow one the parts stand one below the other.
"""

from __future__ import annotations

import tkinter as tk

from lanchat.core.translate import _
from lanchat.desktop.pages.phone_code import CARD_WIDTH, PhoneCode
from lanchat.desktop.pages.phone_guests import GuestList, PhoneObstacles
from lanchat.desktop.pages.phone_invitation import InvitationButtons, InvitationClock, PhoneSteps
from lanchat.desktop.room_header import HEADER_HEIGHT
from lanchat.desktop.theme.icons import IconName
from lanchat.desktop.view_context import InvitePhone, ViewContext
from lanchat.desktop.widgets.buttons import IconButton
from lanchat.desktop.widgets.keyboard import tab_order
from lanchat.desktop.widgets.labels import Label, Paragraph
from lanchat.desktop.widgets.surfaces import ScrollFrame
from lanchat.engine.commands import ChooseGuestNetwork, InviteGuests
from lanchat.engine.events import Event

_COLUMN, _GAP, _GAP_LEAST, _SIDE, _TOP = 840, 40, 28, 24, 32  # design pixels, as those below
_BESIDE_LEAST = 320  # of the right column; with less, the parts stand one below the other
_BELOW = 28  # between parts, one below the other
_NOTE_ICON, _NOTE_LEFT = 18, 14


class PhonePage(tk.Frame):
    """Going there makes a code, where there is none."""

    def __init__(self, master: tk.Misc, context: ViewContext, place: InvitePhone) -> None:
        theme, px = context.theme, context.theme.px
        super().__init__(master, bg=theme.palette.chat)
        self._context = context
        self._room_id = place.room_id
        self._wide: bool | None = None
        room = context.state.room(place.room_id)
        head = self._head(room.shown)
        head.pack(fill="x")
        tk.Frame(self, bg=theme.palette.line, height=px(1)).pack(fill="x")
        self._scrolled = ScrollFrame(self, theme)
        self._scrolled.pack(fill="both", expand=True)
        tab_order(head, self._scrolled)
        self.body = tk.Frame(self._scrolled.inside, bg=theme.palette.chat)
        self.body.pack(fill="x", pady=px(_TOP))
        self._obstacles = PhoneObstacles(self.body, context, place.room_id)
        self._title = tk.Frame(self.body, bg=theme.palette.chat)
        Paragraph(self._title, theme, _("Point a phone at this"), "head", "strong").pack(fill="x")
        about = _("It talks in its browser. Nothing is installed.")
        Paragraph(self._title, theme, about, "body", "mute").pack(fill="x")
        self._code = PhoneCode(self.body, theme, self._choose_network)
        self._how = tk.Frame(self.body, bg=theme.palette.chat)
        PhoneSteps(self._how, theme, room.shown).pack(fill="x", pady=(px(24), px(20)))
        tk.Frame(self._how, bg=theme.palette.line, height=px(1)).pack(fill="x")
        self._clock = InvitationClock(self._how, theme)
        self._clock.pack(fill="x", pady=(px(16), px(16)))
        self._buttons = InvitationButtons(self._how, context, place.room_id)
        self._buttons.pack(fill="x")
        self._guests = GuestList(self.body, context, place.room_id, self.focus_first)
        self._notes = self._make_notes()
        tab_order(self._obstacles, self._code, self._how, self._guests)
        self._scrolled.inside.bind("<Configure>", lambda event: self._arrange(event.width), add="+")
        self.draw()
        if room.invitation is None:
            context.do(InviteGuests(place.room_id))

    def _head(self, room: str) -> tk.Frame:
        context, theme, px = self._context, self._context.theme, self._context.theme.px
        head = tk.Frame(self, bg=theme.palette.chat, height=px(HEADER_HEIGHT))
        head.pack_propagate(False)
        IconButton(head, theme, "left", _("Back (Esc)"), context.back).pack(side="left", padx=px(12))
        Label(head, theme, _("Invite a phone"), "title", "strong").pack(side="left")
        tk.Frame(head, bg=theme.palette.line, width=px(1), height=px(24)).pack(side="left", padx=px(12))
        Label(head, theme, room, "small", "mute", tall=True).pack(side="left", fill="x", expand=True)
        return head

    def _make_notes(self) -> tk.Frame:
        theme, px, palette = self._context.theme, self._context.theme.px, self._context.theme.palette
        notes: tuple[tuple[IconName, str], ...] = (
            ("info", _("Phones come in through the browser. On a network that you do not trust, use lanchat "
                       "itself.")),
            ("door", _("Withdraw also sends away everybody who came in with a code.")),
            ("key", _("A new code lets nobody in with the one before; who is in stays. Sending somebody away ends the "
                      "code, since they could come back with it under another name: make a new one.")),
        )  # fmt: skip
        frame = tk.Frame(self.body, bg=palette.chat)
        frame.columnconfigure(1, weight=1)
        heading = Label(frame, theme, _("Good to know"), "small_bold", "mute")
        heading.grid(row=0, column=0, columnspan=2, sticky="ew", pady=(0, px(8)))
        for row, (icon, words) in enumerate(notes, 1):
            picture = tk.Label(frame, image=theme.icon(icon, _NOTE_ICON, palette.mute), bg=palette.chat, bd=0)
            picture.grid(row=row, column=0, sticky="n", padx=(0, px(_NOTE_LEFT)))
            Paragraph(frame, theme, words, "small").grid(row=row, column=1, sticky="ew", pady=(0, px(8)))
        return frame

    # --- where the parts stand ---------------------------------------------------------------------------------------
    def _arrange(self, inside: int) -> None:
        """`inside`: pixels without the scroll bar, which takes of the margin at the right."""
        px, bar = self._context.theme.px, max(0, self.winfo_width() - inside)
        side = max(px(_SIDE), (inside + bar - px(_COLUMN)) // 2)
        right = max(px(_SIDE) // 2, side - bar)
        width = inside - side - right
        self.body.pack_configure(padx=(side, right))
        gap = min(px(_GAP), max(px(_GAP_LEAST), width - px(CARD_WIDTH) - px(_BESIDE_LEAST)))
        self._code.fit(width)
        wide = width >= px(CARD_WIDTH) + gap + px(_BESIDE_LEAST)
        if wide:
            self.body.columnconfigure(0, weight=0, minsize=px(CARD_WIDTH))
            self.body.columnconfigure(1, weight=1)
            self._obstacles.grid(row=0, column=0, columnspan=2, sticky="ew")
            self._code.grid(row=1, column=0, rowspan=2, sticky="new", pady=0)
            self._title.grid(row=1, column=1, sticky="new", padx=(gap, 0), pady=0)
            self._how.grid(row=2, column=1, sticky="new", padx=(gap, 0), pady=0)
            self._guests.grid(row=3, column=0, sticky="new", pady=(px(_BELOW), 0))
            self._notes.grid(row=3, column=1, sticky="new", padx=(gap, 0), pady=(px(_BELOW), 0))
        elif self._wide is not False:
            self.body.columnconfigure(0, weight=1, minsize=0)
            self.body.columnconfigure(1, weight=0)
            self._obstacles.grid(row=0, column=0, columnspan=1, sticky="ew")
            for row, part in enumerate((self._title, self._code, self._how, self._guests, self._notes), 1):
                above = 0 if row == 1 else px(16 if row == 2 else _BELOW if row > 3 else 0)
                part.grid(row=row, column=0, rowspan=1, sticky="ew", padx=0, pady=(above, 0))
        self.body.rowconfigure(2, weight=int(wide))
        self._wide = wide

    # --- what it shows -----------------------------------------------------------------------------------------------
    def heard(self, event: Event) -> None:
        """An Event happened; the State has already taken it in. The page is drawn soon."""
        self._context.draw_soon(self, self.draw)

    def draw(self) -> None:
        """Show the present State."""
        room = self._context.state.room(self._room_id)
        told = room.invitation
        self._obstacles.show(told.obstacles if told else ())
        self._code.show(told, self._without())
        self._clock.show(told)
        self._buttons.show(told, any(guest.here for guest in room.guests))
        self._guests.show(room.guests, told is not None)

    def _without(self) -> str:
        """What is said in the place of the code, where there is none."""
        if self._context.state.room(self._room_id).invitation is None:
            return _("No code lets phones in at the moment.")
        if self._context.state.where:
            return _("This network gives this computer no address that a phone's browser could open (it needs "
                     "IPv4). Where there is one, the code appears by itself.")  # fmt: skip
        return _("This computer is on no network, so no phone can reach it. Join a Wi-Fi or plug in a cable: the code "
                 "then appears here by itself.")  # fmt: skip

    def _choose_network(self, address: str) -> None:
        self._context.do(ChooseGuestNetwork(self._room_id, address))

    def focus_first(self) -> None:
        """Give the keyboard focus to what most people want next."""
        invitation = self._context.state.room(self._room_id).invitation
        (self._code.copy if invitation and invitation.link else self._buttons.first).focus_set()
