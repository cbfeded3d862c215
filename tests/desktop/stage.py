"""Stage: one view on a RecordingContext, which is given Events and keys."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol, TypeVar

from lanchat.core.model import MemberKey
from lanchat.desktop.model.state import State
from lanchat.desktop.theme.theme import Theme
from lanchat.desktop.view_context import Place
from lanchat.engine.commands import Command
from lanchat.engine.events import Event, Started
from lanchat.storage.reader import Reader
from lanchat.storage.store import Store
from tests.desktop.model.telling import ME
from tests.desktop.recording_context import RecordingContext

T = TypeVar("T")


class EventView(Protocol):
    def heard(self, event: Event) -> None: ...


class Stage:
    """Set `view`: `hear` gives it Events after State has applied them."""

    def __init__(self, root: tk.Tk, theme: Theme, folder: Path, reader: Reader) -> None:
        self.root = root
        self.view: EventView | None = None
        state = State()
        state.apply(Started(ME, "Ana", first_run=False))
        self.context = RecordingContext(root, theme, state, folder, reader)

    def hear(self, *events: Event) -> None:
        for event in events:
            self.context.state.apply(event)
            if self.view is not None:
                self.view.heard(event)
        self.root.update()

    def keys(self, widget: tk.Misc, *keys: str) -> None:
        """Press them one after the other, with the keyboard on `widget`."""
        widget.focus_force()
        self.root.update()
        for key in keys:
            (self.root.focus_get() or widget).event_generate(f"<{key}>")
            self.root.update()

    @property
    def commands(self) -> list[Command]:
        return self.context.commands

    @property
    def places(self) -> list[Place]:
        return self.context.places

    @property
    def profiles(self) -> list[MemberKey | None]:
        return self.context.profiles

    @property
    def said(self) -> list[str]:
        return self.context.said


@contextmanager
def open_stage(root: tk.Tk, theme: Theme, folder: Path) -> Iterator[Stage]:
    """With an empty store in `folder`."""
    Store.open(folder).close()
    reader = Reader.open(folder)
    try:
        yield Stage(root, theme, folder, reader)
    finally:
        reader.close()


def lines_on(canvas: tk.Canvas) -> list[str]:
    """What is written on it, from top to bottom; words on one height are one line."""
    rows: dict[int, list[tuple[float, str]]] = {}
    for item in canvas.find_all():
        if canvas.type(item) == "text":
            x, y = canvas.coords(item)
            rows.setdefault(round(y), []).append((x, canvas.itemcget(item, "text")))
    return [" ".join(words for _, words in sorted(rows[y])) for y in sorted(rows)]


def click(canvas: tk.Canvas, words: str, button: int = 1) -> None:
    """On what is written there."""
    item = next(
        item for item in canvas.find_all() if canvas.type(item) == "text" and canvas.itemcget(item, "text") == words
    )
    x, y = (round(at) for at in canvas.coords(item))
    canvas.event_generate("<Motion>", x=x + 2, y=y)
    canvas.event_generate(f"<ButtonPress-{button}>", x=x + 2, y=y)
    if canvas.winfo_exists():
        canvas.event_generate(f"<ButtonRelease-{button}>", x=x + 2, y=y)
        canvas.update()
