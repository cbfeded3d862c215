"""Window: goes from place to place, and builds all of it anew when the look is to be another. Tk thread.

Until the Engine has Started there is nothing to show but that lanchat opens: then it is `opened`.
"""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from pathlib import Path
from typing import Protocol, TypeVar

from lanchat.core.model import MemberKey
from lanchat.core.text import as_sentence
from lanchat.core.translate import _
from lanchat.desktop.composer.draft import put_back
from lanchat.desktop.conversation.conversation_view import ConversationView
from lanchat.desktop.model.room_model import JoinQuestion
from lanchat.desktop.model.state import State
from lanchat.desktop.panes import SIDE_WIDTH, Panes
from lanchat.desktop.routes import Middle
from lanchat.desktop.session import LastRooms, fitting_geometry
from lanchat.desktop.theme.palette import DARK, LIGHT
from lanchat.desktop.theme.theme import Theme
from lanchat.desktop.view_context import (
    Closing,
    InRoom,
    Invite,
    JoinBy,
    Place,
    StartRoom,
    StopHosting,
    ViewContext,
    WelcomePlace,
)
from lanchat.desktop.widgets.buttons import Button
from lanchat.desktop.widgets.labels import Paragraph
from lanchat.desktop.widgets.menus import close_popovers
from lanchat.desktop.widgets.toast import Toasts
from lanchat.engine.commands import Command, Join
from lanchat.engine.events import (
    ConnectionChanged,
    ConnectionState,
    Event,
    Forgotten,
    Hosting,
    Left,
    NotWritten,
    Problem,
    Started,
)
from lanchat.storage.errors import StorageProblem
from lanchat.storage.preferences import ZOOM_LEAST, ZOOM_MOST, Kept
from lanchat.storage.reader import Reader

T = TypeVar("T")

SIZE, SIZE_LEAST = (1060, 690), (660, 440)  #: design pixels
_SOON_MS = 30
_PASSING = (StartRoom, JoinBy, Closing, StopHosting)  # places that are over once one has left them
_PLACES_BACK = 20


class Outside(Protocol):
    """What the window has the program do."""

    screen_scale: float

    def do(self, command: Command) -> None: ...

    def quit(self) -> None: ...

    def hide(self) -> None: ...

    def looked_at(self) -> None: ...

    def no_notices(self) -> str: ...

    def rebuilt(self) -> None: ...

    def aside(self, work: Callable[[], T], then: Callable[[T], None]) -> None: ...


class Window(ViewContext):
    def __init__(self, root: tk.Tk, folder: Path, kept: Kept, outside: Outside) -> None:
        self._outside = outside
        super().__init__(root, self._new_theme(root, kept), State(), kept)
        self.opened = False  #: the Engine has Started, and there are views
        self.place: Place = WelcomePlace()
        self.panes: Panes | None = None
        self._folder = folder
        self._before: list[Place] = []
        self._soon: dict[tuple[str, str], Callable[[], None] | None] = {}  # None: drawn a moment ago
        self._returning = LastRooms(kept)
        self._opening = self._say_opening()
        screen = root.winfo_screenwidth(), root.winfo_screenheight()
        width, height = map(min, map(self.theme.px, SIZE), screen)
        root.geometry(fitting_geometry(root, kept.now.geometry, (width, height)))
        least = (round(size * outside.screen_scale) for size in SIZE_LEAST)  # whatever the zoom
        root.minsize(*map(min, least, screen))

    @property
    def middle(self) -> Middle | None:
        return self.panes.middle if self.panes is not None else None

    # --- what is heard -----------------------------------------------------------------------------------------------
    def heard(self, event: Event) -> None:
        """Every Event of the Engine, in order."""
        asked = self._asked()
        self.state.apply(event)
        self._returning.heard(event)
        if isinstance(event, Started):
            self._open()
        if self.panes is None:
            return
        self.panes.heard(event)
        match event:
            case Hosting(room_id, passphrase=chosen) if isinstance(self.place, WelcomePlace | StartRoom):
                self.go(InRoom(room_id))
                if chosen:  # told only this once, to who has to tell others
                    self.go(Invite(room_id))
            case ConnectionChanged(room_id, state=ConnectionState.CONNECTED, where=where) if self._waits_for(where):
                self.go(InRoom(room_id))
            case Left(room_id) if room_id not in self.state.rooms and self._shows(room_id):
                self.go(WelcomePlace())
            case Forgotten(room_id):
                self.kept.forget_room(room_id)
            case NotWritten(room_id, text, problem) if not self._writes_in(room_id):
                put_back(self.kept, room_id, text)
                self.say(as_sentence(problem))
            case Problem(what):
                self.say(what)
            case _:
                pass
        if self._asked() != asked:
            self.panes.show(self.place)

    def _open(self) -> None:
        """The Engine runs: everything there is can be shown."""
        try:
            reader = Reader.open(self._folder)
            self.state.begin(reader)
        except StorageProblem as problem:
            self.show_stopped(str(problem))
            return
        self.reader, self.opened = reader, True
        self.place = self._returning.place(self.state)
        self._opening.destroy()
        self.panes = Panes(self, self.place)
        self._returning.start(self.state, self.do)

    def close(self) -> None:
        """Nothing is shown or read any more."""
        if self.panes is not None:
            self.panes.destroy()
            self.panes = None
        Toasts.over(self.root, self.theme).destroy()
        if self.opened:
            self.reader.close()

    def do(self, command: Command) -> None:
        """Ask the Engine; State notes what was asked."""
        self.state.note(command)
        if self.panes is not None:
            self.panes.sidebar.refresh()  # what is asked for is noted, and shown, at once
        self._outside.do(command)

    # --- going from place to place -----------------------------------------------------------------------------------
    def go(self, place: Place) -> None:
        """Show a Place. Going into a room joins it, if that has not happened."""
        if place != self.place and not isinstance(self.place, _PASSING):
            self._before = [*self._before, self.place][-_PLACES_BACK:]
        self._show(place)

    def back(self) -> None:
        """To where we were before this Place, unless that is gone; in the end that is the welcome."""
        while self._before:
            place = self._before.pop()
            room_id = getattr(place, "room_id", None)
            if room_id is None or room_id in self.state.rooms:
                self._show(place)
                return
        self._show(WelcomePlace())

    def next_room(self, step: int) -> None:
        """The room below (1) or above (-1) the one that is shown, as the list has them."""
        if self.panes is not None:
            rooms = self.panes.sidebar.rooms.list
            rooms.move(step)
            rooms.enter()

    def _show(self, place: Place) -> None:
        self.place = place
        if isinstance(place, InRoom):
            self.kept.change(selected=place.room_id)
            room = self.state.rooms.get(place.room_id)
            if room is not None and not (room.is_in or room.entering or room.hosted or room.asked):
                self.do(Join(place.room_id))
        if self.panes is not None:
            self.panes.show(place)
        self._outside.looked_at()

    def _waits_for(self, where: str) -> bool:
        """Whether what is shown waits for this Join, by code, link or address."""
        return isinstance(self.place, JoinBy) and where not in self.state.rooms

    def _writes_in(self, room_id: str) -> bool:
        """This room's composer is there, and hears what comes back."""
        return isinstance(self.middle, ConversationView) and self.middle.room_id == room_id

    def _shows(self, room_id: str) -> bool:
        return isinstance(self.place, InRoom) and self.place.room_id == room_id

    def _asked(self) -> JoinQuestion | None:
        """What stands between me and the room that is shown."""
        room = self.state.rooms.get(self.place.room_id) if isinstance(self.place, InRoom) else None
        return room.asked if room is not None else None

    # --- the look ----------------------------------------------------------------------------------------------------
    def rebuild(self) -> None:
        """Everything anew: theme, language or zoom is another."""
        if self.panes is None:
            return
        before = self.panes
        close_popovers(self.root)
        self.theme = self._new_theme(self.root, self.kept)
        self.root.configure(bg=self.theme.palette.chat)
        before.destroy()
        self.panes = Panes(self, self.place)
        self._outside.rebuilt()

    def zoom(self, by: float) -> None:
        """Everything larger or smaller by this much; 0: as at first."""
        now = round(min(ZOOM_MOST, max(ZOOM_LEAST, self.kept.now.zoom + by)), 2) if by else 1.0
        if now != self.kept.now.zoom:
            self.kept.change(zoom=now)
            self.rebuild()

    def system_is_dark(self, dark: bool) -> None:
        """The system's own theme is known, or another."""
        if dark != self.kept.now.system_dark:
            self.kept.change(system_dark=dark)
            if self.kept.now.theme == "system":
                self.rebuild()

    def _new_theme(self, root: tk.Tk, kept: Kept) -> Theme:
        now = kept.now
        dark = now.system_dark if now.theme == "system" else now.theme == "dark"
        return Theme(root, DARK if dark else LIGHT, self._outside.screen_scale * now.zoom)

    def _say_opening(self) -> tk.Frame:
        palette = self.theme.palette
        self.root.configure(bg=palette.chat)
        frame = tk.Frame(self.root, bg=palette.chat)
        tk.Frame(frame, bg=palette.side, width=self.theme.px(SIDE_WIDTH)).pack(side="left", fill="y")
        frame.pack(fill="both", expand=True)
        return frame

    def show_stopped(self, problem: str) -> None:
        """It cannot go on: why, and nothing else."""
        self.close()
        for child in self.root.winfo_children():
            if not isinstance(child, tk.Menu):  # the menu bar, on macOS
                child.destroy()
        frame = tk.Frame(self.root, bg=self.theme.palette.chat)
        frame.place(relx=0.5, rely=0.45, anchor="center", width=self.theme.px(400))
        Paragraph(frame, self.theme, problem, centred=True).pack(fill="x", pady=(0, self.theme.px(20)))
        button = Button(frame, self.theme, _("Close"), self.quit, "primary")
        button.pack()
        button.focus_set()

    # --- what the program does for the views ----------------------------------------------------------------------
    def aside(self, work: Callable[[], T], then: Callable[[T], None]) -> None:
        self._outside.aside(work, then)

    def no_notices(self) -> str:
        return self._outside.no_notices()

    def hide(self) -> None:
        self._outside.hide()

    def quit(self) -> None:
        self._outside.quit()

    # --- small services ----------------------------------------------------------------------------------------------
    def toggle_people(self) -> None:
        if self.panes is not None:
            self.panes.toggle_people()

    def say(self, words: str) -> None:
        """A short line over the middle pane, for some seconds."""
        if self.panes is not None:
            Toasts.over(self.panes.centre, self.theme).say(words)

    def profile(self, member: MemberKey | None) -> None:
        if self.panes is not None:
            self.panes.profile(member)

    def soon(self, view: tk.Misc, draw: Callable[[], None]) -> None:
        """At once, if it was not drawn a moment ago; in a stream of news not more often than anyone can see."""
        key = (str(view), draw.__qualname__)
        known = key in self._soon
        self._soon[key] = draw
        if known:
            return

        def now() -> None:
            wanted = self._soon.pop(key)
            if wanted is not None and view.winfo_exists():
                self._soon[key] = None
                self.root.after(_SOON_MS, now)
                wanted()

        self.root.after(1, now)
