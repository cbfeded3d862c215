"""Panes: the widgets of the window, as they are built on one Look. Tk thread.

    left: Sidebar    middle: a page, or the Conversation of a room    right: the people of that room
"""

from __future__ import annotations

import tkinter as tk

from lanchat.core.model import MemberKey, RoomId
from lanchat.desktop.desk import Desk, InRoom, Place
from lanchat.desktop.middle import Middle, view_for
from lanchat.desktop.people.pane import PeoplePane
from lanchat.desktop.sidebar.sidebar import Sidebar
from lanchat.engine.events import Event

SIDE_WIDTH, PEOPLE_WIDTH = 236, 196  #: design pixels
MIDDLE_LEAST = 420  #: where it would be less, the people stay away
SIDE_MOST = 0.4  #: of the window's width: large text in a small window leaves room to read


class Panes:
    def __init__(self, desk: Desk, place: Place) -> None:
        """Built, shown, and with the keyboard where it is of use."""
        self._desk = desk
        self._place = place
        px, ground = desk.look.px, desk.look.palette.chat
        self.frame = tk.Frame(desk.root, bg=ground)
        self.sidebar = Sidebar(self.frame, desk)
        self.sidebar.configure(width=px(SIDE_WIDTH))
        self.sidebar.pack(side="left", fill="y")
        self.sidebar.pack_propagate(False)
        self.centre = tk.Frame(self.frame, bg=ground)
        self.centre.pack(side="left", fill="both", expand=True)
        self.people: PeoplePane | None = None
        self.middle = self._made(place)
        self.frame.bind("<Configure>", lambda _event: desk.soon(self.frame, self._resized))
        self.frame.pack(fill="both", expand=True)
        self.middle.focus_first()

    def destroy(self) -> None:
        self.frame.destroy()

    def heard(self, event: Event) -> None:
        self.sidebar.heard(event)
        self.middle.heard(event)
        if self.people is not None:
            self.people.heard(event)

    def show(self, place: Place) -> None:
        """Another Place in the middle."""
        self._place = place
        before, self.middle = self.middle, self._made(place)
        before.destroy()
        self.middle.focus_first()

    def _made(self, place: Place) -> Middle:
        middle = view_for(self.centre, self._desk, place)
        middle.pack(fill="both", expand=True)
        self.sidebar.show(place)
        self.show_people()
        return middle

    def _resized(self) -> None:
        width = min(self._desk.look.px(SIDE_WIDTH), round(self.frame.winfo_width() * SIDE_MOST))
        if width != self.sidebar.winfo_reqwidth():
            self.sidebar.configure(width=width)
        self.show_people()

    # --- the right pane ----------------------------------------------------------------------------------------------
    def profile(self, member: MemberKey | None) -> None:
        if self.people is not None:
            self.people.profile(member)

    def show_people(self) -> None:
        """Those of the room in the middle, where there is room for them, and somebody wants to see them."""
        wanted = self._room_with_people()
        shown = self.people.room_id if self.people is not None else None
        if wanted == shown:
            return
        if self.people is not None:
            self.people.destroy()
            self.people = None
        if wanted is not None:
            self.people = PeoplePane(self.frame, self._desk, wanted)
            self.people.configure(width=self._desk.look.px(PEOPLE_WIDTH))
            self.people.pack(side="right", fill="y", before=self.centre)
            self.people.pack_propagate(False)

    def _room_with_people(self) -> RoomId | None:
        width = self.frame.winfo_width()
        fits = width <= 1 or width >= self._desk.look.px(SIDE_WIDTH + MIDDLE_LEAST + PEOPLE_WIDTH)  # 1: not drawn yet
        if not (isinstance(self._place, InRoom) and self._desk.kept.now.people_shown and fits):
            return None
        room = self._desk.state.rooms.get(self._place.room_id)
        return room.room_id if room is not None and room.asked is None else None

    # --- the keyboard ------------------------------------------------------------------------------------------------
    def next_pane(self, step: int) -> None:
        """The keyboard goes to the pane after (1) or before (-1) the one that has it."""
        panes = [self.sidebar, self.middle, *([self.people] if self.people is not None else [])]
        has = self._desk.root.focus_get()
        at = next((n for n, pane in enumerate(panes) if has is not None and str(has).startswith(str(pane))), 1)
        panes[(at + step) % len(panes)].focus_first()
