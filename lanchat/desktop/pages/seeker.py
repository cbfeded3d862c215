"""Seeker: searches as fast as somebody types. Tk thread; the searching itself is done beside it.

One search at a time. What is typed meanwhile waits for its end, and of that only the last: no search is for nothing,
and none is behind by more than one.
"""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from lanchat.core.model import RoomId
from lanchat.desktop.view_context import ViewContext
from lanchat.storage.errors import StorageProblem
from lanchat.storage.reader import Hit, Reader


@dataclass(frozen=True, slots=True)
class Found:
    """What a search for `words` has found, the newest first."""

    words: str
    hits: tuple[Hit, ...] = ()
    problem: str = ""  #: why there is nothing, in words


class Seeker:
    def __init__(
        self, view: tk.Misc, desk: ViewContext, most: int, tell: Callable[[Found], None], room_id: RoomId | None = None
    ) -> None:
        """`tell` gets what was found while `view` is there. `most`: hits; without a room: in all rooms."""
        self._view = view
        self._desk = desk
        self._most = most
        self._tell = tell
        self._room_id = room_id
        self._busy = False
        self._next: str | None = None

    def seek(self, words: str) -> None:
        """Search for this; what was to be searched for before is of no interest any more."""
        if self._busy:
            self._next = words
            return
        self._busy = True
        folder, room_id, most = self._desk.kept.folder, self._room_id, self._most
        self._desk.aside(lambda: _search(folder, words, room_id, most), self._done)

    def _done(self, found: Found) -> None:
        self._busy = False
        if not self._view.winfo_exists():
            return
        waiting, self._next = self._next, None
        if waiting is None or waiting == found.words:
            self._tell(found)
        else:
            self.seek(waiting)


def _search(folder: Path, words: str, room_id: RoomId | None, most: int) -> Found:
    if not words.strip():
        return Found(words)
    try:
        reader = Reader.open(folder)
        try:
            return Found(words, tuple(reader.search(words, room_id, most)))
        finally:
            reader.close()
    except StorageProblem as problem:
        return Found(words, problem=str(problem))
