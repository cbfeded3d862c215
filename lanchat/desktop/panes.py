"""Panes: the widgets of the window, as they are built on one Look. Tk thread.

    left: Sidebar    middle: a page, or the Conversation of a room    right: the people of that room

In a narrow window there is no room for the people beside the middle: asked for, they lie over it until one goes on.
"""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable

from lanchat.core.model import MemberKey, RoomId
from lanchat.desktop.conversation.conversation_view import ConversationView
from lanchat.desktop.conversation.room_header import HEADER_HEIGHT
from lanchat.desktop.people.people_pane import PeoplePane
from lanchat.desktop.routes import Middle, view_for
from lanchat.desktop.sidebar.sidebar import Sidebar
from lanchat.desktop.view_context import InRoom, Place, ViewContext
from lanchat.desktop.widgets.buttons import Pressable
from lanchat.desktop.widgets.menus import popover_of
from lanchat.desktop.widgets.tk_events import ancestors
from lanchat.engine.events import Event

SIDE_WIDTH, PEOPLE_WIDTH = 236, 196  #: design pixels
MIDDLE_LEAST = 420  #: where it would be less, the people lie over it
SIDE_MOST = 0.4  #: of the window's width: large text in a small window leaves room to read


class Panes:
    def __init__(self, desk: ViewContext, place: Place) -> None:
        """Built, shown, and with the keyboard where it is of use."""
        self._desk = desk
        self._place = place
        px, ground = desk.theme.px, desk.theme.palette.chat
        self.frame = _Frame(desk.root, ground, self._pressed)
        self.sidebar = Sidebar(self.frame, desk)
        self.sidebar.configure(width=px(SIDE_WIDTH))
        self.sidebar.pack(side="left", fill="y")
        self.sidebar.pack_propagate(False)
        self.centre = tk.Frame(self.frame, bg=ground)
        self.centre.pack(side="left", fill="both", expand=True)
        self.people: PeoplePane | None = None
        self._over = False  # the people lie over the middle
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
        self._place, self._over = place, False
        before = self.middle
        if isinstance(before, ConversationView):
            before.composer.keep()  # it may be the same room that is shown anew
        self.middle = self._made(place)
        before.destroy()
        self.frame.update_idletasks()  # what is not mapped yet takes no keys, and those pressed meanwhile are lost
        self.middle.focus_first()

    def _made(self, place: Place) -> Middle:
        middle = view_for(self.centre, self._desk, place)
        middle.pack(fill="both", expand=True)
        self.sidebar.show(place)
        self.show_people()
        return middle

    def _resized(self) -> None:
        width = min(self._desk.theme.px(SIDE_WIDTH), round(self.frame.winfo_width() * SIDE_MOST))
        if width != self.sidebar.winfo_reqwidth():
            self.sidebar.configure(width=width)
        self.show_people()

    # --- the right pane ----------------------------------------------------------------------------------------------
    def profile(self, member: MemberKey | None) -> None:
        """Show a member's, wherever there is room for it; None: the list of people, where that is shown."""
        if member is not None and self.people is None:
            self.toggle_people()  # none of the people are shown: now they are
        if self.people is not None:
            self.people.profile(member)

    def toggle_people(self) -> None:
        """Show or hide them, in a room. Beside the middle that is remembered; over it they only come for now."""
        if self._room_with_people() is None:
            return
        if self._fits():
            kept = self._desk.kept
            kept.change(people_shown=not kept.now.people_shown)
        else:
            self._over = not self._over
        self.show_people()

    def leave_people(self) -> bool:
        """A step back: from a profile, and then from people who lie over the middle. False: there is none."""
        if self.people is None:
            return False
        if self.people.leave():
            return True
        was_over, self._over = self._over, False
        self.show_people()
        return was_over

    def show_people(self) -> None:
        """Those of the room in the middle, where somebody wants to see them."""
        fits = self._fits()
        self._over = self._over and not fits
        room_id = self._room_with_people() if self._over or (fits and self._desk.kept.now.people_shown) else None
        if self.people is not None and self.people.room_id != room_id:
            had_keyboard = self._has_keyboard(self.people)
            self.people.destroy()
            self.people = None
            if had_keyboard:
                self.middle.focus_first()
        if room_id is None:
            return
        px = self._desk.theme.px
        if self.people is None:
            self.people = PeoplePane(self.frame, self._desk, room_id)
            self.people.configure(width=px(PEOPLE_WIDTH), highlightbackground=self._desk.theme.palette.shade)
            self.people.pack_propagate(False)
        self.people.configure(highlightthickness=px(1) if self._over else 0)
        if self._over:
            self.people.pack_forget()
            top = px(HEADER_HEIGHT + 1)  # its button stays in reach
            self.people.place(relx=1, y=top, anchor="ne", relheight=1, height=-top)
            self.people.lift()
        elif self.people.winfo_manager() != "pack":
            self.people.place_forget()
            self.people.pack(side="right", fill="y", before=self.centre)

    def _fits(self) -> bool:
        width = self.frame.winfo_width()
        return width <= 1 or width >= self._desk.theme.px(SIDE_WIDTH + MIDDLE_LEAST + PEOPLE_WIDTH)  # 1: not drawn yet

    def _room_with_people(self) -> RoomId | None:
        """The room in the middle, unless something stands between me and it."""
        if not isinstance(self._place, InRoom):
            return None
        room = self._desk.state.rooms.get(self._place.room_id)
        return room.room_id if room is not None and room.asked is None else None

    def _pressed(self, widget: tk.Misc) -> None:
        """Beside people who lie over the middle: then they go, and a button does nothing else."""
        if self._over and popover_of(widget) is None and all(above is not self.people for above in ancestors(widget)):
            self._over = False
            self.show_people()
            if isinstance(widget, Pressable):
                widget.let_go()

    # --- the keyboard ------------------------------------------------------------------------------------------------
    def next_pane(self, step: int) -> None:
        """The keyboard goes to the pane after (1) or before (-1) the one that has it; a room in the middle is two."""
        middle = self.middle.panes() if isinstance(self.middle, ConversationView) else [self.middle]
        panes = [self.sidebar, *middle, *([self.people] if self.people is not None else [])]
        at = next((n for n, pane in enumerate(panes) if self._has_keyboard(pane)), len(middle))
        panes[(at + step) % len(panes)].focus_first()

    def _has_keyboard(self, pane: tk.Misc) -> bool:
        has = self._desk.root.focus_get()
        return has is not None and pane in ancestors(has)


class _Frame(tk.Frame):
    """All panes; see anywhere.Attends."""

    def __init__(self, master: tk.Misc, ground: str, pressed: Callable[[tk.Misc], None]) -> None:
        super().__init__(master, bg=ground)
        self._pressed = pressed

    def observe(self, widget: tk.Misc, pressed: bool) -> None:
        if pressed:
            self._pressed(widget)

    def dragged(self, x: int, y: int) -> None:
        pass

    def dropped(self, x: int, y: int) -> None:
        pass
