"""A ViewContext, with its Program, for tests of one view: real data; it records what the view asks for."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from lanchat.core.model import MemberKey
from lanchat.desktop.model.state import State
from lanchat.desktop.theme.theme import Theme
from lanchat.desktop.view_context import Place, Program, ViewContext
from lanchat.engine.commands import Command
from lanchat.storage.reader import Reader
from lanchat.storage.settings import PreferencesFile

T = TypeVar("T")


class RecordingContext(ViewContext, Program):
    def __init__(self, root: tk.Tk, theme: Theme, state: State, folder: Path, reader: Reader | None) -> None:
        """`folder`: of the preferences. `reader`: None where the view reads nothing."""
        super().__init__(root, theme, state, PreferencesFile(folder), self)
        if reader is not None:
            self.reader = reader
        self.commands: list[Command] = []
        self.went: list[Place | str] = []  #: "back", "quit" and "hide" for what is no Place
        self.profiles: list[MemberKey | None] = []
        self.said: list[str] = []
        self.on_rebuild: Callable[[], None] = lambda: None  #: what a test has the window do then
        self.on_zoom: Callable[[float], None] = lambda by: None
        self.silent_because = ""  #: why nothing can be told outside of the window

    @property
    def places(self) -> list[Place]:
        return [place for place in self.went if not isinstance(place, str)]

    def do(self, command: Command) -> None:
        self.state.note(command)
        self.commands.append(command)

    def run_in_background(self, work: Callable[[], T], then: Callable[[T], None]) -> None:
        then(work())

    def draw_soon(self, view: tk.Misc, draw: Callable[[], None]) -> None:
        self.root.after_idle(lambda: draw() if view.winfo_exists() else None)

    def go(self, place: Place) -> None:
        self.went.append(place)

    def back(self) -> None:
        self.went.append("back")

    def profile(self, member: MemberKey | None) -> None:
        self.profiles.append(member)

    def toggle_people(self) -> None:
        pass

    def rebuild(self) -> None:
        self.on_rebuild()

    def room_choices_changed(self) -> None:
        self.went.append("room choices changed")

    def zoom(self, by: float) -> None:
        self.on_zoom(by)

    def say(self, words: str) -> None:
        self.said.append(words)

    def no_notices(self) -> str:
        return self.silent_because

    def hide(self) -> None:
        self.went.append("hide")

    def quit(self) -> None:
        self.went.append("quit")
