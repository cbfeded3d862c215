"""Drafts: what was begun in a room and not said yet, kept in the Preferences. Tk thread."""

from __future__ import annotations

from lanchat.core.model import RoomId
from lanchat.storage.preferences import Kept


def draft(kept: Kept, room_id: RoomId) -> str:
    return kept.now.room(room_id).draft


def keep_draft(kept: Kept, room_id: RoomId, text: str) -> None:
    """On disk with the next `save`."""
    if text != draft(kept, room_id):
        kept.change_room(room_id, draft=text)


def put_back(kept: Kept, room_id: RoomId, text: str) -> None:
    """What could not be kept comes back into a room that is not in view, after what was begun there."""
    keep_draft(kept, room_id, "\n".join(part for part in (draft(kept, room_id), text) if part))
