"""OfferLoader: reads the files that a room's messages offer, in the background, for FilesPage. Tk thread.

One question is answered at a time; of those asked meanwhile only the last, so that no answer is late by more than one.
"""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from msgspec.structs import replace

from lanchat.core.message import Message
from lanchat.core.model import RoomId
from lanchat.desktop.view_context import ViewContext
from lanchat.storage.errors import StorageProblem
from lanchat.storage.offers import OfferCounts, OfferFilter, OfferKind, OfferOrder
from lanchat.storage.reader import Reader

PAGE = 60  #: messages that are read at a time
STRIP = 24  #: pictures that are read for the strip above the other files: more than the widest window shows
_NOT_PICTURES = tuple(kind for kind in OfferKind if kind is not OfferKind.PICTURE)


@dataclass(frozen=True, slots=True)
class OfferQuery:
    """What is wanted of a room's files. Without kinds in `wanted`: the pictures for the strip, and all else."""

    wanted: OfferFilter
    order: OfferOrder = "newest"
    limit: int = PAGE
    after: Message | None = None  #: the last one that is here; then only more of them are read


@dataclass(frozen=True, slots=True)
class OfferAnswer:
    query: OfferQuery
    files: tuple[Message, ...] = ()
    strip: tuple[Message, ...] = ()
    counts: OfferCounts | None = None  #: of all the room's files; None: they were not counted again
    problem: str = ""  #: why they could not be read, in words

    @property
    def is_all(self) -> bool:
        """There are no more files after these."""
        return len(self.files) < self.query.limit


class OfferLoader:
    def __init__(
        self, view: tk.Misc, context: ViewContext, room_id: RoomId, tell: Callable[[OfferAnswer], None]
    ) -> None:  # fmt: skip
        """`tell` is called with each answer, while `view` exists."""
        self.busy = False
        self._view = view
        self._context = context
        self._room_id = room_id
        self._tell = tell
        self._next: OfferQuery | None = None

    def ask(self, query: OfferQuery) -> None:
        """Read this, instead of what still waits to be read."""
        if self.busy:
            self._next = query
            return
        self.busy = True
        folder, room_id = self._context.kept.folder, self._room_id
        self._context.program.run_in_background(lambda: _read(folder, room_id, query), self._done)

    def _done(self, answer: OfferAnswer) -> None:
        self.busy = False
        if not self._view.winfo_exists():
            return
        waiting, self._next = self._next, None
        if waiting is None:
            self._tell(answer)
        else:
            self.ask(waiting)


def _read(folder: Path, room_id: RoomId, query: OfferQuery) -> OfferAnswer:
    try:
        reader = Reader.open(folder)
        try:
            return _answer(reader, room_id, query)
        finally:
            reader.close()
    except StorageProblem as problem:
        return OfferAnswer(query, problem=str(problem))


def _answer(reader: Reader, room_id: RoomId, query: OfferQuery) -> OfferAnswer:
    wanted, strip = query.wanted, tuple[Message, ...]()
    if not wanted.kinds:
        if query.after is None:
            pictures = replace(wanted, kinds=(OfferKind.PICTURE,))
            strip = tuple(reader.offers(room_id, pictures, query.order, STRIP))
        wanted = replace(wanted, kinds=_NOT_PICTURES)
    files = tuple(reader.offers(room_id, wanted, query.order, query.limit, query.after))
    return OfferAnswer(query, files, strip, reader.offer_counts(room_id) if query.after is None else None)
