"""Files that lanchat makes for a message: pictures of the screen and recordings. They are named by kind and time.

They are kept in the data folder, where pictures from the clipboard are kept too: they are the originals of what is
sent, so they stay there as long as a message offers them. When they go says `engine.made_files`.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from itertools import chain
from pathlib import Path

from lanchat.core.file_names import numbered
from lanchat.core.model import RoomId
from lanchat.core.translate import _
from lanchat.engine.made_files import MADE
from lanchat.storage.errors import FileNotWritten
from lanchat.storage.settings import PreferencesFile

MOST_ATTACHED = 200  #: files and folders with one message; a folder counts as one
_TIME = "%Y-%m-%d %H.%M.%S"  # in a name that every system takes


def made_folder(kept: PreferencesFile) -> Path:
    return kept.folder / MADE


def write_new(folder: Path, kind: str, ending: str, write: Callable[[Path], None]) -> Path | str:
    """A new file in `folder`, named as "Screenshot 2026-11-29 17.08.33.png"; or, in plain words, why there is none.

    `write` is given the path, and raises OSError; FileExistsError where there is such a file. Blocks.
    """
    first = f"{kind} {time.strftime(_TIME)}{ending}"
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for name in chain((first,), numbered(first)):
            path = folder / name
            try:
                write(path)
            except FileExistsError:
                continue
            except OSError:
                path.unlink(missing_ok=True)  # what was written of it
                raise
            return path
    except OSError as error:
        return f"{FileNotWritten()} ({error.strerror})" if error.strerror else str(FileNotWritten())
    raise AssertionError("there is no end of numbers")


def attach_to_draft(kept: PreferencesFile, room_id: RoomId, path: Path) -> str:
    """Attach a file to what is begun in a room whose composer is not in view. "" or, in words, why not."""
    files = kept.now.room(room_id).draft_files
    if len(files) >= MOST_ATTACHED:
        return _("There are too many files in this message already.")
    kept.change_room(room_id, draft_files=(*files, str(path)))
    return ""
