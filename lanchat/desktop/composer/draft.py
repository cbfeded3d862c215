"""Draft: what was begun in a room and not sent yet; and a text that is too long for one message, in several. Tk thread.

Drafts are kept in the Preferences. What a message has gets a field in `Draft` and one in `RoomPreferences`;
`load_draft` and `keep_draft` are the only ones that know both.
"""

from __future__ import annotations

import re

from msgspec import Struct
from msgspec.structs import replace

from lanchat.core.model import EntryId, RoomId
from lanchat.core.text import clean_text
from lanchat.desktop.widgets.edit_buffer import split_units
from lanchat.engine.commands import SendFiles
from lanchat.storage.settings import PreferencesFile

#: Where a text is best cut: between paragraphs, lines, sentences, words. The empty group is the place.
_CUTS = tuple(
    re.compile(pattern) for pattern in (r"()\n[ \t]*\n", r"()\n", r"(?:[.!?…]()\s|[。\uff01\uff1f]())", r"()\s")
)
_BLANKS = re.compile(r"[ \t]*\n+|[ \t]+")  # not the indent of the line after them
_ID_BYTES = 16
_WORTH = 0.5  # a part is at least so full, where there is any such place


class Draft(Struct, frozen=True):
    """A message that is being written."""

    text: str = ""
    reply_to: EntryId | None = None  #: the message that it answers
    edits: EntryId | None = None  #: the message of mine that it is to replace
    before: str = ""  #: what was begun before that one was edited, and comes back
    files: tuple[str, ...] = ()  #: paths of what goes with it
    shrink: bool = False  #: pictures among these are sent smaller


def load_draft(kept: PreferencesFile, room_id: RoomId) -> Draft:
    room = kept.now.room(room_id)
    return Draft(
        room.draft, _id(room.draft_reply_to), _id(room.draft_of), room.draft_before, room.draft_files,
        room.draft_shrink,
    )  # fmt: skip


def keep_draft(kept: PreferencesFile, room_id: RoomId, draft: Draft) -> None:
    """It is written to disk with the next `PreferencesFile.save`."""
    draft = replace(draft, files=tuple(filter(_is_text, draft.files)))
    if draft != load_draft(kept, room_id):
        kept.change_room(
            room_id, draft=draft.text, draft_reply_to=(draft.reply_to or b"").hex(),
            draft_of=(draft.edits or b"").hex(), draft_before=draft.before, draft_files=draft.files,
            draft_shrink=draft.shrink,
        )  # fmt: skip


def _is_text(path: str) -> bool:
    """Whether it can be kept as JSON: on Linux the name of a file may be any bytes."""
    try:
        path.encode()
    except UnicodeEncodeError:
        return False
    return True


def _id(kept: str) -> EntryId | None:
    """An id as it is kept; None: there is none. The file may have been changed by hand."""
    try:
        found = bytes.fromhex(kept)
    except ValueError:
        return None
    return EntryId(found) if len(found) == _ID_BYTES else None


def put_back(kept: PreferencesFile, room_id: RoomId, text: str) -> None:
    """Append a message that could not be kept to the draft of a room that is not in view."""
    draft = load_draft(kept, room_id)
    if draft.edits is not None:  # what is edited stays as it is
        keep_draft(kept, room_id, replace(draft, before="\n".join(part for part in (draft.before, text) if part)))
    else:
        keep_draft(kept, room_id, replace(draft, text="\n".join(part for part in (draft.text, text) if part)))


def put_files_back(kept: PreferencesFile, files: SendFiles) -> None:
    """Put files that were not sent, with what was said beside them, back into the draft of a room not in view."""
    draft = load_draft(kept, files.room_id)
    paths = tuple(dict.fromkeys((*files.paths, *draft.files)))
    keep_draft(kept, files.room_id, replace(draft, files=paths, shrink=files.shrink or draft.shrink))
    if files.caption:
        put_back(kept, files.room_id, files.caption)


def is_too_long(text: str, characters: int, lines: int) -> bool:
    """Whether it cannot be one message of so many characters and lines."""
    if len(text) <= characters and text.count("\n") < lines:
        return False  # cleaning only ever shortens
    said = clean_text(text)
    return len(said) > characters or said.count("\n") >= lines


def message_parts(text: str, characters: int, lines: int) -> list[str]:
    """The messages to send one after the other instead: only the blanks at the cuts are lost."""
    parts = []
    text = clean_text(text)
    while is_too_long(text, characters, lines):
        end = _cut(text, len(_first_lines(text, lines)[:characters]))
        parts.append(clean_text(text[:end]))
        text = _BLANKS.sub("", text[end:], count=1) if text[end : end + 1].isspace() else text[end:]
    return [part for part in (*parts, clean_text(text)) if part]


def _first_lines(text: str, lines: int) -> str:
    end = -1
    for _line in range(lines):
        end = text.find("\n", end + 1)
        if end < 0:
            return text
    return text[:end]


def _cut(text: str, room: int) -> int:
    """Where to cut `text`, when there is room for so many characters."""
    least = int(room * _WORTH)
    for pattern in _CUTS:
        places = [match.start(match.lastindex or 1) for match in pattern.finditer(text, least, room + 1)]
        fitting = [place for place in places if 0 < place <= room]
        if fitting:
            return fitting[-1]
    units = split_units(text[: room + 1])  # no place at all: at least no emoji is cut
    return len("".join(units[:-1])) or room
