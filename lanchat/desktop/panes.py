"""Panes builds and arranges the three panes of the window on one Theme. Tk thread.

    left: Sidebar    main: a page, or the conversation of a room    right: the people of that room

In a narrow window the people have no column: when shown, they cover the right part of the main pane.
"""

from __future__ import annotations

import tkinter as tk
from typing import TYPE_CHECKING

from lanchat.core.model import MemberKey, RoomId
from lanchat.desktop.routes import MainView, view_for
from lanchat.desktop.sidebar.sidebar import Sidebar
from lanchat.desktop.view_context import InRoom, Place, ViewContext
from lanchat.desktop.widgets.buttons import Pressable
from lanchat.desktop.widgets.menus import popover_of
from lanchat.desktop.widgets.tk_events import ancestors, has_focus
from lanchat.engine.events import Event

if TYPE_CHECKING:
    from lanchat.desktop.conversation_view import ConversationView
    from lanchat.desktop.people.people_pane import PeoplePane

SIDE_WIDTH, PEOPLE_WIDTH = 264, 196  #: design pixels
MAIN_LEAST = 420  #: design pixels; where the main pane would be narrower, the people cover it
SIDE_MOST = 0.4  #: of the window's width, so that large text in a small window leaves room for the main pane


class Panes(tk.Frame):
    """The frame around them. It is told of every press in the window: tk_events.InputObserver."""

    def __init__(self, context: ViewContext, place: Place) -> None:
        """Builds and shows them, and gives the keyboard to the main pane."""
        px, ground = context.theme.px, context.theme.palette.chat
        super().__init__(context.root, bg=ground)
        self._context = context
        self._place = place
        self.sidebar = Sidebar(self, context)
        self.sidebar.configure(width=px(SIDE_WIDTH))
        self.sidebar.pack(side="left", fill="y")
        self.sidebar.pack_propagate(False)
        self.main_frame = tk.Frame(self, bg=ground)
        self.main_frame.pack(side="left", fill="both", expand=True)
        self.people: PeoplePane | None = None
        self._people_cover = False  # they cover the main pane
        self.main_view = self._build(place)
        self.bind("<Configure>", lambda _event: context.draw_soon(self, self._resized))
        self.pack(fill="both", expand=True)
        self.main_view.focus_first()

    @property
    def conversation(self) -> ConversationView | None:
        """The view in the main pane, where it is the conversation of a room."""
        if not isinstance(self._place, InRoom):
            return None
        from lanchat.desktop.conversation_view import ConversationView  # not needed before there is a room

        return self.main_view if isinstance(self.main_view, ConversationView) else None

    def heard(self, event: Event) -> None:
        self.sidebar.heard(event)
        self.main_view.heard(event)
        if self.people is not None:
            self.people.heard(event)

    def show(self, place: Place) -> None:
        """Replace the view in the main pane."""
        before = self.main_view
        if self.conversation is not None:
            self.conversation.composer.keep()  # the new view may be of the same room, and reads the draft
        self._place, self._people_cover = place, False
        self.main_view = self._build(place)
        before.destroy()
        self.update_idletasks()  # a widget that is not mapped yet takes no keys: those pressed now would be lost
        self.main_view.focus_first()

    def _build(self, place: Place) -> MainView:
        view = view_for(self.main_frame, self._context, place)
        view.pack(fill="both", expand=True)
        self.sidebar.show(place)
        self.arrange_people()
        return view

    def _resized(self) -> None:
        width = min(self._context.theme.px(SIDE_WIDTH), round(self.winfo_width() * SIDE_MOST))
        if width != self.sidebar.winfo_reqwidth():
            self.sidebar.configure(width=width)
        self.arrange_people()

    # --- the right pane ----------------------------------------------------------------------------------------------
    def profile(self, member: MemberKey | None) -> None:
        """Show a member's profile, which opens the right pane; None: the list of people, if the pane is open."""
        if member is not None and self.people is None:
            self.toggle_people()
        if self.people is not None:
            self.people.profile(member)

    def toggle_people(self) -> None:
        """Show or hide the people of a room. The choice is kept, but not where they cover the main pane."""
        if self._room_with_people() is None:
            return
        if self._people_fit():
            kept = self._context.kept
            kept.change(people_shown=not kept.now.people_shown)
        else:
            self._people_cover = not self._people_cover
        self.arrange_people()

    def leave_people(self) -> bool:
        """A step back: out of a profile, else from people who cover the main pane. False: there was neither."""
        if self.people is None:
            return False
        if self.people.leave():
            return True
        covered, self._people_cover = self._people_cover, False
        self.arrange_people()
        return covered

    def arrange_people(self) -> None:
        """Build, destroy or move the right pane, by the Place, the width and whether the person wants it."""
        fits = self._people_fit()
        self._people_cover = self._people_cover and not fits
        shown = self._people_cover or (fits and self._context.kept.now.people_shown)
        room_id = self._room_with_people() if shown else None
        if self.people is not None and self.people.room_id != room_id:
            had_focus = has_focus(self.people)
            self.people.destroy()
            self.people = None
            if had_focus:
                self.main_view.focus_first()
        if room_id is None:
            return
        if self.people is None:
            from lanchat.desktop.people.people_pane import PeoplePane  # not needed before there is a room

            self.people = PeoplePane(self, self._context, room_id)
            shade = self._context.theme.palette.shade
            self.people.configure(width=self._context.theme.px(PEOPLE_WIDTH), highlightbackground=shade)
            self.people.pack_propagate(False)
        self._place_people(self.people)

    def _place_people(self, people: PeoplePane) -> None:
        px = self._context.theme.px
        people.configure(highlightthickness=px(1) if self._people_cover else 0)
        if self._people_cover:
            from lanchat.desktop.room_header import HEADER_HEIGHT

            people.pack_forget()
            top = px(HEADER_HEIGHT + 1)  # the button that hides them stays visible
            people.place(relx=1, y=top, anchor="ne", relheight=1, height=-top)
            people.lift()
        elif people.winfo_manager() != "pack":
            people.place_forget()
            people.pack(side="right", fill="y", before=self.main_frame)

    def _people_fit(self) -> bool:
        width = self.winfo_width()
        return width <= 1 or width >= self._context.theme.px(SIDE_WIDTH + MAIN_LEAST + PEOPLE_WIDTH)  # 1: not drawn yet

    def _room_with_people(self) -> RoomId | None:
        """The room in the main pane, unless a question stands in the place of its conversation."""
        if not isinstance(self._place, InRoom):
            return None
        room = self._context.state.find(self._place.room_id)
        return room.room_id if room is not None and room.asked is None else None

    def observe(self, widget: tk.Misc, pressed: bool) -> None:
        """A press beside people who cover the main pane only hides them: a pressed button does nothing else."""
        beside = popover_of(widget) is None and all(above is not self.people for above in ancestors(widget))
        if pressed and self._people_cover and beside:
            self._people_cover = False
            self.arrange_people()
            if isinstance(widget, Pressable):
                widget.let_go()

    # --- keyboard focus ----------------------------------------------------------------------------------------------
    def next_pane(self, step: int) -> None:
        """Focus the pane after (1) or before (-1) the focused one; a conversation counts as two."""
        main = [self.main_view] if self.conversation is None else self.conversation.panes()
        panes = [self.sidebar, *main, *([self.people] if self.people is not None else [])]
        at = next((n for n, pane in enumerate(panes) if has_focus(pane)), len(main))
        panes[(at + step) % len(panes)].focus_first()
