"""FileRecords: what is kept in the database about files that are offered, came, are coming, or are in the host's store.

The bytes are in files: see `chunk_files`, `partial_files` and `file_store`. Disk thread.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Literal, TypeAlias

import msgspec
from msgspec import Struct, field

from lanchat.core.file_manifest import Manifest
from lanchat.core.model import EntryId, MemberKey, PrivateThread, RoomId, carrying_room
from lanchat.storage.chunk_files import FileStamp
from lanchat.storage.database import Database, Record
from lanchat.storage.records import now_ms

#: mine: the originals; here: it came; the others: it is not whole yet, its bytes are at `FileRecord.part`.
FileStage: TypeAlias = Literal["mine", "here", "coming", "paused", "failed"]

_COLUMNS = "root, standing, path, part, size, done, stamps, added_at, key, head"


class FileRecord(Struct, frozen=True):
    """What one offer's bytes are on this computer. There is one for each root, in however many messages it is."""

    root: bytes
    stage: FileStage
    path: Path  #: of the file or folder; while it is not whole, of its target. Of originals: of the first of them
    size: int
    part: Path | None = None  #: see `partial_files.new_part`
    done: int = 0  #: bytes that were here when this was written; `PartialFiles.check` knows better
    stamps: tuple[FileStamp, ...] = ()  #: of all files, in the order of the Manifest, when they are whole
    added_at: int = field(default_factory=now_ms)
    key: bytes = b""  #: of a private offer: its bytes are encrypted, and proved by the Manifest so
    head: bytes = b""  #: of originals that are offered privately: see `core.sealed_listing`

    @property
    def is_whole(self) -> bool:
        """Whether all of it is at `path`, as far as this was written down."""
        return self.stage in ("mine", "here")


class StoredFile(Struct, frozen=True):
    """An offer in the host's store."""

    root: bytes
    size: int
    whole: bool


class FileRecords:
    """Every method may raise StorageProblem."""

    def __init__(self, database: Database) -> None:
        self._database = database

    # --- manifests ---------------------------------------------------------------------------------------------------
    def put_manifest(self, root: bytes, content: bytes) -> None:
        """Keep a Manifest that was checked; before the record that needs it."""
        self._database.do("INSERT OR IGNORE INTO manifests (root, content) VALUES (?, ?)", (root, content))

    def manifest(self, root: bytes) -> bytes | None:
        row = self._database.one("SELECT content FROM manifests WHERE root = ?", (root,))
        return bytes(row[0]) if row else None

    def drop_manifests(self) -> None:
        """Forget the Manifests that no record needs any more."""
        self._database.do(
            "DELETE FROM manifests WHERE root NOT IN (SELECT root FROM files) "
            "AND root NOT IN (SELECT root FROM stored_files)"
        )

    # --- files of this person ----------------------------------------------------------------------------------------
    def put(self, record: FileRecord, manifest: Manifest | None = None) -> None:
        """Keep a record, or replace the one of the same root; and its Manifest, where it is not kept yet."""
        part = os.fsencode(record.part) if record.part else b""
        with self._database.transaction():
            if manifest is not None:
                self.put_manifest(record.root, manifest.content)
            self._database.do(
                f"INSERT INTO files ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (root) DO UPDATE "
                "SET standing = excluded.standing, path = excluded.path, part = excluded.part, size = excluded.size, "
                "done = excluded.done, stamps = excluded.stamps, key = excluded.key, head = excluded.head",
                (record.root, record.stage, os.fsencode(record.path), part, record.size, record.done,
                 msgspec.msgpack.encode(record.stamps), record.added_at, record.key, record.head),
            )  # fmt: skip

    def get(self, root: bytes) -> FileRecord | None:
        row = self._database.one(f"SELECT {_COLUMNS} FROM files WHERE root = ?", (root,))
        return _record(row) if row else None

    def all(self) -> list[FileRecord]:
        """The oldest first."""
        return [_record(row) for row in self._database.all(f"SELECT {_COLUMNS} FROM files ORDER BY id")]

    def remove(self, root: bytes) -> None:
        """Forget it; the files themselves stay where they are."""
        with self._database.transaction():
            self._database.do("DELETE FROM files WHERE root = ?", (root,))
            self.drop_manifests()

    # --- messages that offer them ------------------------------------------------------------------------------------
    def link(self, room_id: RoomId, message_id: EntryId, root: bytes) -> None:
        """A message of this room, or of a private thread in it, offers this root, and it concerns us."""
        self._database.do(
            "INSERT INTO room_files (room, entry_id, root) SELECT number, ?, ? FROM rooms WHERE room_id = ? "
            "ON CONFLICT (room, entry_id) DO UPDATE SET root = excluded.root",
            (message_id, root, carrying_room(room_id)),
        )

    def unlink(self, room_id: RoomId, message_id: EntryId, root: bytes) -> bool:
        """The message does not offer this root any more; whether another one does."""
        with self._database.transaction():
            self._database.do(
                "DELETE FROM room_files WHERE entry_id = ? AND room = (SELECT number FROM rooms WHERE room_id = ?)",
                (message_id, carrying_room(room_id)),
            )
            return self._database.one("SELECT 1 FROM room_files WHERE root = ? LIMIT 1", (root,)) is not None

    def of_room(self, room_id: RoomId) -> dict[EntryId, bytes]:
        """The root of each message of a room that concerns us."""
        found = self._database.all(
            "SELECT f.entry_id, f.root FROM room_files f JOIN rooms r ON r.number = f.room WHERE r.room_id = ?",
            (carrying_room(room_id),),
        )
        return {EntryId(entry_id): root for entry_id, root in found}

    def private_in(self, room_id: RoomId) -> dict[EntryId, PrivateThread]:
        """Those of them that are in a private thread, and in which."""
        found = self._database.all(
            "SELECT f.entry_id, m.key FROM room_files f JOIN rooms r ON r.number = f.room "
            "JOIN entries e ON e.entry_id = f.entry_id JOIN private p ON p.id = e.id "
            "JOIN threads t ON t.id = p.thread AND t.room = r.number JOIN members m ON m.id = t.member "
            "WHERE r.room_id = ?1 UNION ALL "
            "SELECT o.entry_id, o.peer FROM outbox o JOIN rooms r ON r.number = o.room "
            "WHERE r.room_id = ?1 AND o.private_offer NOT NULL",
            (carrying_room(room_id),),
        )
        return {EntryId(entry_id): PrivateThread(carrying_room(room_id), MemberKey(peer)) for entry_id, peer in found}

    def unoffered(self) -> list[bytes]:
        """The roots of files that no message offers any more, as after a room was forgotten."""
        found = self._database.all(
            "SELECT root FROM files UNION SELECT root FROM stored_files EXCEPT SELECT root FROM room_files"
        )
        return [root for (root,) in found]

    # --- the host's store --------------------------------------------------------------------------------------------
    def put_stored(self, root: bytes, size: int, whole: bool = False) -> None:
        self._database.do(
            "INSERT INTO stored_files (root, size, whole, added_at) VALUES (?, ?, ?, ?) "
            "ON CONFLICT (root) DO UPDATE SET whole = excluded.whole",
            (root, size, int(whole), now_ms()),
        )

    def stored(self) -> list[StoredFile]:
        """The oldest first."""
        found = self._database.all("SELECT root, size, whole FROM stored_files ORDER BY id")
        return [StoredFile(root, size, bool(whole)) for root, size, whole in found]

    def stored_one(self, root: bytes) -> StoredFile | None:
        row = self._database.one("SELECT root, size, whole FROM stored_files WHERE root = ?", (root,))
        return StoredFile(row[0], row[1], bool(row[2])) if row else None

    def authors(self, root: bytes) -> dict[bytes, bytes]:
        """Who offered what is in the store, and this: of several members the one who did so first."""
        found = self._database.all(
            "SELECT f.root, m.key FROM room_files f JOIN entries e ON e.entry_id = f.entry_id AND e.id >> 40 = f.room "
            "JOIN writers w ON w.id = e.writer JOIN members m ON m.id = w.member "
            "WHERE f.root IN (SELECT root FROM stored_files UNION SELECT ?) ORDER BY e.received_at DESC, e.id DESC",
            (root,),
        )
        return dict(found)

    def remove_stored(self, roots: Iterable[bytes]) -> None:
        with self._database.transaction():
            for root in roots:
                self._database.do("DELETE FROM stored_files WHERE root = ?", (root,))
            self.drop_manifests()


def _record(row: Record) -> FileRecord:
    root, stage, path, part, size, done, stamps, added_at, key, head = row
    return FileRecord(
        root, stage, Path(os.fsdecode(path)), size, Path(os.fsdecode(part)) if part else None, done,
        msgspec.msgpack.decode(stamps, type=tuple[FileStamp, ...]), added_at, key, head,
    )  # fmt: skip
