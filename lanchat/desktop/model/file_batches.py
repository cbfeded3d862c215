"""FileBatches: files that were given to the engine to be sent and are no message yet, of all rooms. Pure.

The engine reads them first, which takes a while. Then there is a message, or nothing was sent: what was to be sent is
kept here until the composer, or the draft of a room that is not in view, takes it back.
"""

from __future__ import annotations

from msgspec import Struct

from lanchat.core.model import RoomId
from lanchat.engine.commands import SendFiles
from lanchat.engine.events import EntryWritten, Event, FilePreparing, FilesRefused


class FileBatch(Struct):
    """What one SendFiles is to send, and how far it is."""

    command: SendFiles
    name: str = ""  #: of the file that is read now
    done: int = 0  #: bytes
    size: int = 0  #: bytes in all; 0: not known yet


class FileBatches:
    def __init__(self) -> None:
        self._batches: dict[str, FileBatch] = {}  # by their ref, in the order they were sent
        self._returned: dict[str, SendFiles] = {}

    def note(self, command: SendFiles) -> None:
        """It is about to be given to the engine. Without a ref nobody asks for it again."""
        if command.ref:
            self._batches[command.ref] = FileBatch(command)

    def apply(self, event: Event) -> None:
        match event:
            case FilePreparing(_room_id, ref, name, done, size) if batch := self._batches.get(ref):
                batch.name, batch.done, batch.size = name, done, size
            case EntryWritten(ref=ref):
                self._batches.pop(ref, None)
            case FilesRefused(ref=ref) if batch := self._batches.pop(ref, None):
                self._returned[ref] = batch.command
            case _:
                pass

    def of(self, room_id: RoomId) -> list[FileBatch]:
        """Those of a room that are being prepared, in the order they were sent."""
        return [batch for batch in self._batches.values() if batch.command.room_id == room_id]

    def take_back(self, ref: str) -> SendFiles | None:
        """What was refused, once; None: nothing is known of it."""
        return self._returned.pop(ref, None)

    def unfinished(self) -> list[SendFiles]:
        """What is no message yet, in the order it was sent."""
        return [batch.command for batch in self._batches.values()]
