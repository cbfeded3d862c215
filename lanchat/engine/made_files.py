"""Made files: those that lanchat itself made or got in the data folder, and when they go.

Pictures from the clipboard, pictures of the screen and recordings (MADE) are the originals of what is sent: they stay
as long as a message offers them, also when the room's host has a copy, because the sender's own conversation shows
them, and the host's copy may have to go for others. They go with the message: when it is deleted or discarded, and no
other one offers the same, or when its room is forgotten. Where a smaller copy was sent (SHRUNK), it goes at once.
What is taken out of a draft goes with that (`desktop.composer.attachment_strip`).

What is named by neither a message nor a draft, as after a crash, goes after ORPHAN_DAYS: until then the person may look
for it. Any thread; all of this blocks.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Final

import msgspec

from lanchat.storage import data_folder
from lanchat.storage.file_records import FileRecord
from lanchat.storage.settings import Preferences

MADE: Final = "files/pasted"  #: in the data folder: made for a message, its originals
SHRUNK: Final = "files/smaller"  #: in the data folder: smaller copies of pictures, which are offered instead
PICTURES: Final = "files/pictures"  #: in the data folder: those that came by themselves, by room
ORPHAN_DAYS: Final = 30
_DAY_SECONDS = 24 * 3600


def delete_quietly(path: Path) -> None:
    """A file that lanchat made; what cannot be deleted stays."""
    with suppress(OSError):
        path.unlink(missing_ok=True)


def delete_unoffered(data_dir: Path, record: FileRecord) -> None:
    """No message offers this any more: delete those of its files that lanchat made. Files of the person's stay."""
    ours = tuple(data_dir / folder for folder in (MADE, SHRUNK, PICTURES))
    for path in _files_of(record):
        if any(path.is_relative_to(folder) for folder in ours):
            delete_quietly(path)


def delete_replaced(data_dir: Path, sent: Iterable[str], record: FileRecord) -> None:
    """These paths were to be sent, and the record says what was: delete originals that lanchat made, and that stay
    behind because smaller copies of them were sent."""
    offered = set(_files_of(record))
    for path in map(Path, sent):
        if path.parent == data_dir / MADE and path not in offered:
            delete_quietly(path)


def sweep_made(data_dir: Path, records: Iterable[FileRecord]) -> None:
    """At the start: delete made files that nothing has named for ORPHAN_DAYS. `records`: of all that is offered.

    Nothing goes where a damaged database or preferences lie: what is named may only be in these.
    """
    if any(data_dir.glob("*.damaged-*")):
        return
    try:
        preferences = msgspec.json.decode((data_dir / data_folder.PREFERENCES).read_bytes(), type=Preferences)
    except FileNotFoundError:
        preferences = Preferences()
    except (OSError, ValueError, RecursionError):  # what is in drafts is not known; the window repairs that
        return
    used = {path for record in records for path in _files_of(record)}
    used |= {Path(path) for room in preferences.rooms.values() for path in room.draft_files}
    before = time.time() - ORPHAN_DAYS * _DAY_SECONDS
    with suppress(OSError):  # there is no such folder
        for path in (data_dir / MADE).iterdir():
            if path not in used and path.stat().st_mtime < before:
                delete_quietly(path)


def _files_of(record: FileRecord) -> list[Path]:
    return [Path(os.fsdecode(stamp.path)) for stamp in record.stamps]
