"""Recalling: what is kept of a room besides its record, at the start. Tk thread; a few milliseconds a room at most."""

from __future__ import annotations

from lanchat.core.codes import rejection_words
from lanchat.core.content import is_shown
from lanchat.desktop.model.room import Room
from lanchat.storage.reader import Reader

LOOKED_THROUGH = 200  #: unread entries of a room, for who mentioned me: some ms


def recall(reader: Reader, room: Room, nick: str, most: int = LOOKED_THROUGH) -> int:
    """Fill in a room of which the record is known. `nick`: mine. Raises StorageProblem.

    Looks through up to `most` unread entries for who mentioned me; gives how many they were.
    """
    room.last_seq = max((item.seq for item in reader.newest(room.room_id, 1)), default=0)
    for entry in reader.outbox(room.room_id):
        room.mine.left(entry)
    for refused in reader.refused(room.room_id):
        room.mine.left(refused.entry, rejection_words(refused.code))
    if room.hosted:
        room.banned = reader.banned(room.room_id)
    if count := reader.unread(room.room_id, room.people.me):
        return _recall_unread(reader, room, nick, count, most)
    return 0


def _recall_unread(reader: Reader, room: Room, nick: str, count: int, most: int) -> int:
    """Of the last ones it is known which they are, and whether they mention me; of the others only how many."""
    before = max(room.read_seq, room.last_seq - most)
    entries = reader.after(room.room_id, before, most)
    others = sum(item.entry.author != room.people.me and is_shown(item.entry) for item in entries)
    room.unreads.found(max(0, count - others), before)
    room.last_seq = before  # and back to the last, one by one
    room.added(entries, nick, reading=False)
    return len(entries)
