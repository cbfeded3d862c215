"""OfferLoader: reads the files that a room's messages offer, in the background, for FilesPage. Tk thread."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable

from msgspec import Struct
from msgspec.structs import replace

from lanchat.core.message import Message
from lanchat.core.model import RoomId
from lanchat.desktop.pages.background_reader import BackgroundReader
from lanchat.desktop.view_context import ViewContext
from lanchat.storage.offers import OfferCounts, OfferFilter, OfferKind, OfferOrder
from lanchat.storage.reader import Reader

PAGE = 60  #: messages that are read at a time
STRIP = 24  #: pictures that are read for the strip above the other files: more than the widest window shows
_NOT_PICTURES = tuple(kind for kind in OfferKind if kind is not OfferKind.PICTURE)


class OfferQuery(Struct, frozen=True):
    """What is wanted of a room's files. Without kinds in `wanted`: the pictures for the strip, and all else."""

    wanted: OfferFilter
    order: OfferOrder = "newest"
    limit: int = PAGE
    after: Message | None = None  #: the last one that is here; then only more of them are read


class OfferAnswer(Struct, frozen=True):
    query: OfferQuery
    files: tuple[Message, ...] = ()
    strip: tuple[Message, ...] = ()
    counts: OfferCounts | None = None  #: of all the room's files; None: they were not counted again
    problem: str = ""  #: why they could not be read, in words

    @property
    def is_all(self) -> bool:
        """There are no more files after these."""
        return len(self.files) < self.query.limit


class OfferLoader(BackgroundReader[OfferQuery, OfferAnswer]):
    def __init__(
        self, view: tk.Misc, context: ViewContext, room_id: RoomId, tell: Callable[[OfferAnswer], None]
    ) -> None:  # fmt: skip
        super().__init__(view, context, tell)
        self._room_id = room_id

    def read(self, reader: Reader, question: OfferQuery) -> OfferAnswer:
        query, room_id, strip = question, self._room_id, tuple[Message, ...]()
        wanted = query.wanted
        if not wanted.kinds:
            if query.after is None:
                pictures = replace(wanted, kinds=(OfferKind.PICTURE,))
                strip = tuple(reader.offers(room_id, pictures, query.order, STRIP))
            wanted = replace(wanted, kinds=_NOT_PICTURES)
        files = tuple(reader.offers(room_id, wanted, query.order, query.limit, query.after))
        return OfferAnswer(query, files, strip, reader.offer_counts(room_id) if query.after is None else None)

    def failed(self, question: OfferQuery, problem: str) -> OfferAnswer:
        return OfferAnswer(question, problem=problem)
