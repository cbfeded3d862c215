"""Window, the ViewContext of the program: navigation between Places, events, and rebuilding all views. Tk thread.

Until the Engine has Started the window is an empty placeholder; then `opened` is True and `panes` holds the views.
"""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from lanchat.core.model import MemberKey, RoomId
from lanchat.core.text import as_sentence
from lanchat.core.translate import _
from lanchat.desktop import view_context as places
from lanchat.desktop.composer.draft import put_back, put_files_back
from lanchat.desktop.last_session import begun_threads, fitting_geometry, last_place, remember, reopen_rooms
from lanchat.desktop.model.room_model import JoinQuestion
from lanchat.desktop.model.state import State
from lanchat.desktop.pages.start_join_pages import StartRoomPage
from lanchat.desktop.panes import SIDE_WIDTH, Panes
from lanchat.desktop.routes import MainView
from lanchat.desktop.theme.palette import DARK, LIGHT
from lanchat.desktop.theme.theme import Theme
from lanchat.desktop.view_context import InRoom, JoinBy, Place, Program, StartRoom, ViewContext, WelcomePlace
from lanchat.desktop.widgets.buttons import Button
from lanchat.desktop.widgets.labels import Paragraph
from lanchat.desktop.widgets.menus import close_popovers
from lanchat.desktop.widgets.overlays import Toasts
from lanchat.engine import events
from lanchat.engine.commands import Command, Join
from lanchat.engine.events import ConnectionState, Event
from lanchat.engine.file_events import files_on_disk
from lanchat.storage.errors import StorageProblem
from lanchat.storage.reader import Reader
from lanchat.storage.settings import ZOOM_LEAST, ZOOM_MOST, PreferencesFile

if TYPE_CHECKING:
    from lanchat.desktop.conversation_view import ConversationView

SIZE, SIZE_LEAST = (1060, 690), (660, 440)  #: design pixels
_SOON_MS = 30
#: Dialogs: `back` must not lead into one again.
_NOT_IN_HISTORY = (StartRoom, JoinBy, places.Closing, places.StopHosting, places.DrawOn)
_HISTORY_MOST = 20


class Window(ViewContext):
    def __init__(self, root: tk.Tk, folder: Path, kept: PreferencesFile, program: Program) -> None:
        state = State()
        super().__init__(root, _new_theme(root, kept, program, state), state, kept, program)
        self.opened = False  #: the Engine has Started, and there are views
        self.place: Place = WelcomePlace()
        self.panes: Panes | None = None
        self._folder = folder
        self._history: list[Place] = []
        self._draws: dict[tuple[str, str], Callable[[], None] | None] = {}  # see `soon`; None: drawn a moment ago
        self._placeholder = self._build_placeholder()
        screen = root.winfo_screenwidth(), root.winfo_screenheight()
        width, height = map(min, map(self.theme.px, SIZE), screen)
        root.geometry(fitting_geometry(root, kept.now.geometry, (width, height)))
        least = (round(size * program.screen_scale) for size in SIZE_LEAST)  # independent of the zoom
        root.minsize(*map(min, least, screen))

    @property
    def room_id(self) -> RoomId | None:
        """The room in the main pane."""
        return self.place.room_id if isinstance(self.place, InRoom) else None

    @property
    def main_view(self) -> MainView | None:
        return self.panes.main_view if self.panes is not None else None

    @property
    def conversation(self) -> ConversationView | None:
        return self.panes.conversation if self.panes is not None else None

    # --- events ------------------------------------------------------------------------------------------------------
    def heard(self, event: Event) -> None:
        """Apply an Event of the Engine to the State, tell the views, and go where it leads."""
        question = self._question()
        self.state.apply(event)
        remember(self.kept, event)
        if isinstance(event, events.Started):
            self._open()
        if self.panes is None:
            return
        self.panes.heard(event)
        for listener in tuple(self.listeners):
            listener(event)
        match event:
            case events.Hosting(room_id, passphrase=passphrase) if self._leads_to_what_opened():
                self.go(InRoom(room_id))
                if passphrase:  # shown only this once: the person has to tell others
                    self.go(places.Invite(room_id))
            case events.ConnectionChanged(room_id) if self._was_awaited(event):
                self.go(InRoom(room_id))
            case events.Left():
                self._leave_if_gone()
            case events.Forgotten(room_id):
                self.kept.forget_room(room_id)
                self._leave_if_gone()
            case events.NotWritten(room_id, text, problem) if not self._has_composer_of(room_id):
                put_back(self.kept, room_id, text)
                self.say(as_sentence(problem))
            case events.FilesRefused(room_id, ref, problem) if not self._has_composer_of(room_id):
                if files := self.state.batches.take_back(ref):
                    put_files_back(self.kept, files)
                    self.say(as_sentence(problem))
            case events.Problem(what):
                self.say(what)
            case _:
                pass
        if self._question() != question:
            self.panes.show(self.place)

    def _leads_to_what_opened(self) -> bool:
        """Whoever is about to say what a new room is called goes on with that, while rooms of before open again."""
        page = self.main_view
        return page.asked if isinstance(page, StartRoomPage) else isinstance(self.place, WelcomePlace)

    def _leave_if_gone(self) -> None:
        """The room in the main pane, or the one that its private thread is in, may not be known any more."""
        if self.room_id and self.state.find(self.room_id) is None:
            self.go(WelcomePlace())

    def _open(self) -> None:
        """The Engine has started: replace the placeholder by the views."""
        try:
            reader = Reader.open(self._folder)
            self.state.begin(reader)
        except StorageProblem as problem:
            self.show_stopped(str(problem))
            return
        self.reader, self.opened = reader, True
        begun_threads(self.kept, self.state)
        self.place = last_place(self.kept, self.state)
        self._recall_files(self.place)
        self._placeholder.destroy()
        self.panes = Panes(self, self.place)
        reopen_rooms(self.kept, self.state, self.do)

    def close(self) -> None:
        """Destroy the views and close the Reader. Files that are still prepared become drafts again."""
        if self.panes is not None:
            self.panes.destroy()
            self.panes = None
        for files in self.state.batches.unfinished():
            put_files_back(self.kept, files)
        Toasts.over(self.root, self.theme).destroy()
        if self.opened:
            self.reader.close()

    def do(self, command: Command) -> None:
        if self.state.note(command) and self.panes is not None:
            self.panes.sidebar.refresh()  # shows at once that it was asked for
        self.program.do(command)

    # --- files dropped on the window ---------------------------------------------------------------------------------
    def files_over(self, over: bool) -> bool:
        """Files are held over the window, or no more. Whether they can be dropped: into the message being written."""
        return self.conversation is not None and self.conversation.files_over(over)

    def files_dropped(self, paths: Sequence[str]) -> None:
        if self.conversation is not None:
            self.conversation.composer.attach(paths)

    # --- navigation --------------------------------------------------------------------------------------------------
    def go(self, place: Place) -> None:
        if place != self.place and not isinstance(self.place, _NOT_IN_HISTORY):
            self._history = [*self._history, self.place][-_HISTORY_MOST:]
        self._show(place)

    def back(self) -> None:
        while self._history:
            place = self._history.pop()
            room_id = place.room_id if isinstance(place, places.RoomPlace) else None
            if room_id is None or self.state.find(room_id) is not None:  # else it was left or forgotten since
                self._show(place)
                return
        self._show(WelcomePlace())

    def next_room(self, step: int) -> None:
        """Go to the room below (1) or above (-1) the current one in the list of rooms."""
        if self.panes is not None:
            rooms = self.panes.sidebar.rooms
            rooms.move(step)
            rooms.enter()

    def _show(self, place: Place) -> None:
        if self.room_id is not None and not (isinstance(place, InRoom) and place.room_id == self.room_id):
            self.state.went_away(self.room_id)
        self.place = place
        self._recall_files(place)
        if isinstance(place, InRoom):
            self.kept.change(selected=place.room_id)
            thread = self.state.threads.get(place.room_id)
            room = thread.room if thread is not None else self.state.rooms.get(place.room_id)
            if room is not None and not (room.is_in or room.entering or room.hosted or room.asked):
                self.do(Join(room.room_id))
        if self.panes is not None:
            self.panes.show(place)
        self.program.attention_changed()

    def _recall_files(self, place: Place) -> None:
        """Of a room that I am not in, the Engine tells nothing: what is here of its files is read from the disk."""
        room = self.state.find(place.room_id) if isinstance(place, InRoom | places.FilesOf) else None
        if room is None or room.is_live or room.files or not self.opened:
            return
        try:
            self.state.apply(files_on_disk(self.reader, room.room_id))
        except StorageProblem as problem:
            self.say(str(problem))

    def _was_awaited(self, event: events.ConnectionChanged) -> bool:
        """The page for a code, link or address waited for it."""
        connected = event.state is ConnectionState.CONNECTED
        return connected and isinstance(self.place, JoinBy) and event.where not in self.state.rooms

    def _has_composer_of(self, room_id: str) -> bool:
        """The composer of this room exists, and puts a text that was not written back itself."""
        return self.conversation is not None and self.conversation.room_id == room_id

    def _question(self) -> JoinQuestion | None:
        """What has to be answered before the current room can be joined."""
        room = self.state.rooms.get(self.room_id) if self.room_id else None
        return room.asked if room is not None else None

    # --- theme and zoom ----------------------------------------------------------------------------------------------
    def rebuild(self) -> None:
        if self.panes is None:
            return
        close_popovers(self.root)
        self.theme = _new_theme(self.root, self.kept, self.program, self.state)
        self.root.configure(bg=self.theme.palette.chat)
        self.panes.destroy()
        self.panes = Panes(self, self.place)
        self.program.window_rebuilt()

    def room_choices_changed(self) -> None:
        if self.panes is not None:
            self.panes.sidebar.refresh()
        self.program.attention_changed()

    def zoom(self, by: float) -> None:
        now = round(min(ZOOM_MOST, max(ZOOM_LEAST, self.kept.now.zoom + by)), 2) if by else 1.0
        if now != self.kept.now.zoom:
            self.kept.change(zoom=now)
            self.rebuild()

    def system_is_dark(self, dark: bool) -> None:
        """Dark mode of the system was switched on or off."""
        if dark != self.kept.now.system_dark:
            self.kept.change(system_dark=dark)
            if self.kept.now.theme == "system":
                self.rebuild()

    # --- without views -----------------------------------------------------------------------------------------------
    def _build_placeholder(self) -> tk.Frame:
        """The grounds of sidebar and main pane, until the Engine has Started."""
        palette = self.theme.palette
        self.root.configure(bg=palette.chat)
        frame = tk.Frame(self.root, bg=palette.chat)
        tk.Frame(frame, bg=palette.side, width=self.theme.px(SIDE_WIDTH)).pack(side="left", fill="y")
        frame.pack(fill="both", expand=True)
        return frame

    def show_stopped(self, problem: str) -> None:
        """Replace everything by the reason why lanchat cannot go on, with a button to close it."""
        self.close()
        for child in self.root.winfo_children():
            if not isinstance(child, tk.Menu):  # the menu bar of macOS
                child.destroy()
        frame = tk.Frame(self.root, bg=self.theme.palette.chat)
        frame.place(relx=0.5, rely=0.45, anchor="center", width=self.theme.px(400))
        Paragraph(frame, self.theme, problem, centred=True).pack(fill="x", pady=(0, self.theme.px(20)))
        button = Button(frame, self.theme, _("Close"), self.program.quit, "primary")
        button.pack()
        button.focus_set()

    # --- the rest of ViewContext -------------------------------------------------------------------------------------
    def toggle_people(self) -> None:
        if self.panes is not None:
            self.panes.toggle_people()

    def profile(self, member: MemberKey | None) -> None:
        if self.panes is not None:
            self.panes.profile(member)

    def say(self, words: str) -> None:
        if self.panes is not None:
            Toasts.over(self.panes.main_frame, self.theme).say(words)

    def draw_soon(self, view: tk.Misc, draw: Callable[[], None]) -> None:
        """Draws on the next turn of Tk's loop, unless it drew within the last _SOON_MS: then when these are over."""
        key = (str(view), draw.__qualname__)
        known = key in self._draws
        self._draws[key] = draw
        if known:
            return

        def now() -> None:
            due = self._draws.pop(key)
            if due is not None and view.winfo_exists():
                self._draws[key] = None
                self.root.after(_SOON_MS, now)
                due()

        self.root.after(1, now)


def _new_theme(root: tk.Tk, kept: PreferencesFile, program: Program, state: State) -> Theme:
    now = kept.now
    dark = now.system_dark if now.theme == "system" else now.theme == "dark"
    palette, scale = DARK if dark else LIGHT, program.screen_scale * now.zoom
    return Theme(root, palette, scale, state.nicks.profile)
