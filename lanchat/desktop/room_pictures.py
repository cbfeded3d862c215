"""RoomPictures: the pictures of a room around the one that is looked at, read in the background. Tk thread."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from contextlib import closing

from lanchat.core.message import Message
from lanchat.core.model import RoomId
from lanchat.desktop.view_context import ViewContext
from lanchat.storage.errors import StorageProblem
from lanchat.storage.offers import OfferFilter, OfferKind
from lanchat.storage.reader import Reader

_AT_ONCE = 24
_NEAR = 6  # pictures before an end of what is read: then more are
_WANTED = OfferFilter((OfferKind.PICTURE,))


class RoomPictures:
    def __init__(
        self, view: tk.Misc, context: ViewContext, room_id: RoomId, first: Message, changed: Callable[[], None]
    ) -> None:  # fmt: skip
        """`changed` is called when more of them are there, while `view` exists."""
        self.messages = [first]  #: in the order of the Log
        self.at = 0  #: of the one that is looked at
        self._view = view
        self._context = context
        self._room_id = room_id
        self._changed = changed
        self._busy = False
        self._ended = {True: False, False: False}  # at the older end, at the newer one

    @property
    def now(self) -> Message:
        return self.messages[self.at]

    def has(self, by: int) -> bool:
        """Whether there is one so many after (before, if negative) this one."""
        return 0 <= self.at + by < len(self.messages)

    def step(self, by: int) -> bool:
        """Go there; False: there is none."""
        if not self.has(by):
            return False
        self.at += by
        self.read_around()
        return True

    def replace(self, message: Message) -> None:
        """It is like this now."""
        self.messages = [message if one.message_id == message.message_id else one for one in self.messages]

    def remove_deleted(self) -> bool:
        """Whether any is left."""
        now = self.now.message_id
        left = [one for one in self.messages if not one.deleted]
        if left:
            before = [index for index, one in enumerate(left) if one.message_id == now]
            self.at = before[0] if before else min(self.at, len(left) - 1)
            self.messages = left
        return bool(left)

    def read_around(self) -> None:
        """Read more where an end is near."""
        if self._busy:
            return
        for older in (True, False):
            near = self.at < _NEAR if older else len(self.messages) - 1 - self.at < _NEAR
            if near and not self._ended[older]:
                self._read(older)
                return

    def look_again(self) -> None:
        """Pictures came at the newer end."""
        self._ended[False] = False
        self.read_around()

    def _read(self, older: bool) -> None:
        self._busy = True
        folder, room_id = self._context.kept.folder, self._room_id
        after = self.messages[0 if older else -1]

        def read() -> list[Message]:
            try:
                with closing(Reader.open(folder)) as reader:
                    return reader.offers(room_id, _WANTED, "newest" if older else "oldest", _AT_ONCE, after)
            except StorageProblem:
                return []  # the conversation says what is wrong with the disk

        def done(found: list[Message]) -> None:
            self._busy = False
            self._ended[older] = len(found) < _AT_ONCE
            if not self._view.winfo_exists():
                return
            if older:
                self.messages = [*reversed(found), *self.messages]
                self.at += len(found)
            else:
                self.messages = [*self.messages, *found]
            if found:
                self._changed()
            self.read_around()

        self._context.program.run_in_background(read, done)
