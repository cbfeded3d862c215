"""Draft: what was begun in a room and not sent yet; and a text that is too long for one message, in several. Tk thread.

Drafts are kept in the Preferences. What else a message will have (the one it replies to, attachments) gets a field in
`Draft` and one in `RoomPreferences`; `load_draft` and `keep_draft` are the only ones that know both.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct

from lanchat.core.model import RoomId
from lanchat.core.text import clean_text
from lanchat.desktop.composer.edit_buffer import split_units
from lanchat.storage.settings import Kept

#: Where a text is best cut: between paragraphs, lines, sentences, words. The empty group is the place.
_CUTS = tuple(
    re.compile(pattern) for pattern in (r"()\n[ \t]*\n", r"()\n", r"(?:[.!?…]()\s|[。\uff01\uff1f]())", r"()\s")
)
_BLANKS = re.compile(r"[ \t]*\n+|[ \t]+")  # not the indent of the line after them
_WORTH = 0.5  # a part is at least so full, where there is any such place


class Draft(Struct, frozen=True):
    """A message that is being written."""

    text: str = ""


def load_draft(kept: Kept, room_id: RoomId) -> Draft:
    return Draft(kept.now.room(room_id).draft)


def keep_draft(kept: Kept, room_id: RoomId, draft: Draft) -> None:
    """It is written to disk with the next `Kept.save`."""
    if draft != load_draft(kept, room_id):
        kept.change_room(room_id, draft=draft.text)


def put_back(kept: Kept, room_id: RoomId, text: str) -> None:
    """Append a message that could not be kept to the draft of a room that is not in view."""
    begun = load_draft(kept, room_id).text
    keep_draft(kept, room_id, Draft("\n".join(part for part in (begun, text) if part)))


def is_too_long(text: str, characters: int, lines: int) -> bool:
    """Whether it cannot be one message of so many characters and lines."""
    if len(text) <= characters and text.count("\n") < lines:
        return False  # cleaning only ever shortens
    said = clean_text(text)
    return len(said) > characters or said.count("\n") >= lines


def message_parts(text: str, characters: int, lines: int) -> list[str]:
    """The messages to send one after the other instead: only the blanks at the cuts are lost."""
    return [part for part in _message_parts(clean_text(text), characters, lines) if part]


def _message_parts(text: str, characters: int, lines: int) -> Iterator[str]:
    while is_too_long(text, characters, lines):
        end = _cut(text, len(_first_lines(text, lines)[:characters]))
        yield clean_text(text[:end])
        text = _BLANKS.sub("", text[end:], count=1) if text[end : end + 1].isspace() else text[end:]
    yield clean_text(text)


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
