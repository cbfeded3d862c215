"""Saving what was said in a room to a file: off the Tk thread, whole or not at all. Any thread."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from lanchat.core.model import RoomId
from lanchat.core.translate import _
from lanchat.storage import paths
from lanchat.storage.errors import StorageProblem, writing_a_file
from lanchat.storage.export import export
from lanchat.storage.reader import Reader

_NAME_CHARACTERS = 60  # with an ending and a folder before it, what every system takes


@dataclass(frozen=True, slots=True)
class Saved:
    path: Path
    count: int = 0  #: messages that are in it
    problem: str = ""  #: why there is no such file, in words


def save(folder: Path, room_id: RoomId, path: Path, form: str, tell: Callable[[int], None]) -> Saved:
    """Write the room's history, kept in `folder`, to `path`. A file that is there stays as it is until all is written.

    `form`: one of storage.export.FORMS. `tell` gets how many messages were read so far, on this thread.
    """
    beside = paths.unused(path, "part")
    try:
        reader = Reader.open(folder)
        try:
            count = export(reader, room_id, beside, form, tell)
        finally:
            reader.close()
        with writing_a_file():
            try:
                os.replace(beside, path)
            except BaseException:
                beside.unlink(missing_ok=True)
                raise
    except StorageProblem as problem:
        return Saved(path, problem=str(problem))
    except KeyError:
        return Saved(path, problem=_("That room was forgotten meanwhile; nothing of it is kept here any more."))
    return Saved(path, count)


def file_name(title: str) -> str:
    """A name for a file that every system takes, made of a room's title; without an ending."""
    letters = (one if one.isalnum() or one in "-_" else " " for one in unicodedata.normalize("NFC", title))
    name = " ".join("".join(one for one in letters if one <= "\uffff").split())[:_NAME_CHARACTERS].strip()
    return name or "lanchat"
