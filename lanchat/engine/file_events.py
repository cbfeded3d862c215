"""Events about files: what becomes of what messages offer. Faces import them from `engine.events`."""

from __future__ import annotations

import enum

from msgspec import Struct

from lanchat.core.model import EntryId, RoomId
from lanchat.storage.file_records import FileRecord
from lanchat.storage.reader import Reader
from lanchat.storage.settings import FileSettings


class FileState(enum.Enum):
    """Where what a message offers stands on this computer."""

    OFFERED = "offered"  #: not here
    WAITING = "waiting"  #: to be got when its turn comes, or somebody who has it
    COMING = "coming"
    PAUSED = "paused"
    HERE = "here"
    MINE = "mine"  #: the original is here
    FAILED = "failed"
    UNAVAILABLE = "unavailable"  #: nobody here has it; it comes when somebody does


class FileChanged(Struct, frozen=True):
    """What a message offers is now like this. While it comes, several times a second."""

    room_id: RoomId
    message_id: EntryId
    state: FileState
    done: int = 0  #: bytes that are here
    size: int = 0  #: bytes in all
    rate: int = 0  #: bytes a second, lately
    #: For FAILED, WAITING and UNAVAILABLE: why, in plain words. For MINE: why the host keeps no copy, so that others
    #: get it only while this computer is in the room.
    problem: str = ""
    path: str = ""  #: of the file or folder, when HERE or MINE
    shared: int = 0  #: how many people took it from this computer so far
    given: int = 0  #: for MINE and HERE: bytes that went to whoever has got most of it from this computer
    host_has: bool = False  #: for MINE: the room's host has all of it, so that others get it also when we are gone


class FilePreparing(Struct, frozen=True):
    """What is to be offered is read, before there is a message."""

    room_id: RoomId
    ref: str  #: as in SendFiles
    name: str
    done: int
    size: int


class FilesRefused(Struct, frozen=True):
    """Nothing was sent. `problem`: why, in plain words; "": the person cancelled it."""

    room_id: RoomId
    ref: str  #: as in SendFiles
    problem: str


class FilesKnown(Struct, frozen=True):
    """All that this computer has or is getting of a room's files; comes when the room is opened here."""

    room_id: RoomId
    files: tuple[FileChanged, ...]


class ListedFile(Struct, frozen=True):
    """A file of an offer of several."""

    name: str  #: its path within what is offered, the parts separated by "/"; cleaned, it is also called so here
    size: int  #: bytes


class FilesListed(Struct, frozen=True):
    """What is in what a message offers."""

    room_id: RoomId
    message_id: EntryId
    files: tuple[ListedFile, ...]
    problem: str = ""  #: why that is not known, in plain words; then there are no files


class FileSettingsChanged(Struct, frozen=True):
    """What the person chose about files."""

    files: FileSettings


def file_on_disk(
    room_id: RoomId, message_id: EntryId, record: FileRecord, coming: FileState = FileState.PAUSED
) -> FileChanged:
    """What is here of what a message offers, as it was written down last. `coming`: how what was under way then stands
    now: without an Engine it waits for the person."""
    state = coming if record.stage == "coming" else FileState(record.stage)
    done, path = (record.size, str(record.path)) if record.is_whole else (record.done, "")
    return FileChanged(room_id, message_id, state, done, record.size, path=path)


def files_on_disk(reader: Reader, room_id: RoomId) -> FilesKnown:
    """What is here of a room's files, as it was written down last; for a room of which the Engine tells nothing. Raises
    StorageProblem."""
    here = reader.files_here(room_id)
    return FilesKnown(room_id, tuple(file_on_disk(room_id, message_id, record) for message_id, record in here.items()))


def note_files(files: dict[EntryId, FileChanged], event: FileChanged | FilesKnown) -> None:
    """Take in what is told of a room's files. Those of which nothing is known are OFFERED."""
    for one in (event,) if isinstance(event, FileChanged) else event.files:
        files[one.message_id] = one
