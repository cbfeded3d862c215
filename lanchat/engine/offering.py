"""FileOffering: from files and folders that the person chose to a message in the Outbox that offers them.

They stay where they are, and are read once, on a thread, to hash them. On the Engine's loop, but for `_prepare`.
"""

from __future__ import annotations

import asyncio
import mimetypes
import threading
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import NamedTuple

from lanchat.core.content import encode
from lanchat.core.file_manifest import Manifest
from lanchat.core.file_offer import NAME_CHARACTERS, FileOffer
from lanchat.core.file_words import caption_problem
from lanchat.core.model import Entry, EntryId, MemberKey, PrivateThread, RoomId, carrying_room
from lanchat.core.text import clean_text
from lanchat.engine import commands, events
from lanchat.engine.disk import Disk
from lanchat.engine.made_files import SHRUNK, delete_replaced
from lanchat.engine.own_entries import Person
from lanchat.engine.sealed_transfers import seal_files
from lanchat.engine.tasks import BackgroundTasks
from lanchat.storage.errors import CannotOffer, FileNotRead, StorageProblem, writing_a_file
from lanchat.storage.file_records import FileRecord
from lanchat.storage.offered_files import FoundFiles, find_files, hash_files
from lanchat.storage.partial_files import WorkStopped
from lanchat.storage.picture_files import picture_facts, shrunk_picture
from lanchat.storage.store import Store
from lanchat.storage.wave_files import voice_seconds
from lanchat.trust.sealing import CannotSeal

_TELL_SECONDS = 0.1  # between two FilePreparing
_AT_ONCE = 3  # offers that are prepared; others wait


class ReadyOffer(NamedTuple):
    offer: FileOffer
    manifest: Manifest
    found: FoundFiles
    head: bytes = b""  #: of a private one: see `core.sealed_listing`


class OfferPreparing:
    """One SendFiles on its way."""

    def __init__(self, command: commands.SendFiles) -> None:
        self.command = command
        self.stopped = threading.Event()
        self.told_at = 0.0


class FileOffering:
    def __init__(
        self, person: Person, disk: Disk, tell: events.Tell, tasks: BackgroundTasks,
        written: Callable[[RoomId, Entry, str, FileRecord, FileOffer], None], fault: Callable[[RoomId], str],
        why_not_sealed: Callable[[MemberKey], Awaitable[str]],
    ) -> None:  # fmt: skip
        """`written`: hears of each offer in the Outbox, with its ref. `fault`: why nothing can be written in a room.
        `why_not_sealed`: why nothing can be sent privately to somebody."""
        self._person = person
        self._disk = disk
        self._tell = tell
        self._tasks = tasks
        self._written = written
        self._fault = fault
        self._why_not_sealed = why_not_sealed
        self._loop = asyncio.get_running_loop()
        self._preparing: set[OfferPreparing] = set()
        self._turns = asyncio.Semaphore(_AT_ONCE)

    def send(self, command: commands.SendFiles) -> None:
        preparing = OfferPreparing(command)
        self._preparing.add(preparing)
        self._tasks.start(self._send(preparing))

    def cancel(self, room_id: RoomId, ref: str) -> None:
        for one in self._preparing:
            if (one.command.room_id, one.command.ref) == (room_id, ref):
                one.stopped.set()

    def close(self) -> None:
        for one in self._preparing:
            one.stopped.set()

    async def _send(self, preparing: OfferPreparing) -> None:
        command, problem = preparing.command, self._fault(preparing.command.room_id)
        try:
            if not problem:
                async with self._turns:
                    ready = await asyncio.to_thread(self._prepare, preparing)
                problem = self._fault(command.room_id)  # we may have been sent away meanwhile
            if not problem:
                await self._write(command, ready)
        except WorkStopped:
            self._tell(events.FilesRefused(command.room_id, command.ref, ""))
        except StorageProblem as failed:
            problem = str(failed)
        except CannotSeal:
            thread = PrivateThread.of(command.room_id)
            problem = await self._why_not_sealed(thread.peer) if thread is not None else ""
        except (OSError, ValueError):  # ValueError: no path of this system
            problem = str(FileNotRead())
        finally:
            self._preparing.discard(preparing)
        if problem:
            self._tell(events.FilesRefused(command.room_id, command.ref, problem))

    # --- on a thread -------------------------------------------------------------------------------------------------
    def _prepare(self, preparing: OfferPreparing) -> ReadyOffer:
        """Raises WorkStopped and StorageProblem."""
        command = preparing.command
        paths = [Path(path) for path in command.paths]
        if command.shrink:
            paths = [self._smaller(path) for path in paths]
        found = find_files(paths)
        self._say(preparing, found.name, 0, found.size)
        stop, sealed = preparing.stopped.is_set, None

        def told(done: int, size: int) -> None:
            self._say(preparing, found.name, min(done, found.size), found.size)

        if PrivateThread.of(command.room_id) is not None:
            sealed = seal_files(found, told, stop)
        manifest = sealed.manifest if sealed is not None else hash_files(found, told, stop)
        if preparing.stopped.is_set():
            raise WorkStopped
        caption = clean_text(command.caption)
        if problem := caption_problem(caption):
            raise CannotOffer(problem)
        offer = _offer_of(found, manifest, caption, sealed.key if sealed is not None else b"")
        return ReadyOffer(offer, manifest, found, sealed.head if sealed is not None else b"")

    def _smaller(self, path: Path) -> Path:
        """Never the original for want of a place for the copy: it may say where it was taken."""
        with writing_a_file():
            return shrunk_picture(path, self._person.folder / SHRUNK) or path

    def _say(self, preparing: OfferPreparing, name: str, done: int, size: int) -> None:
        now = time.monotonic()
        if now - preparing.told_at >= _TELL_SECONDS or done == size:
            preparing.told_at = now
            command = preparing.command
            told = events.FilePreparing(command.room_id, command.ref, name, done, size)
            self._loop.call_soon_threadsafe(self._tell, told)

    # --- to the Outbox -----------------------------------------------------------------------------------------------
    async def _write(self, command: commands.SendFiles, ready: ReadyOffer) -> None:
        entry, record = await self._disk.run(self._keep, command, ready)
        await asyncio.to_thread(delete_replaced, self._person.folder, command.paths, record)
        self._written(command.room_id, entry, command.ref, record, ready.offer)

    def _keep(self, store: Store, command: commands.SendFiles, ready: ReadyOffer) -> tuple[Entry, FileRecord]:
        """On the disk thread: all of it, or nothing."""
        files, offer, root = store.files, ready.offer, ready.offer.root
        room_id, thread = carrying_room(command.room_id), PrivateThread.of(command.room_id)
        record = FileRecord(root, "mine", ready.found.path, offer.size, stamps=ready.found.stamps, key=offer.key,
                            head=ready.head)  # fmt: skip
        with store.transaction():
            if thread is None:
                (entry,) = self._person.write(store, room_id, [encode(offer, command.reply_to)])
            else:
                entry = self._person.write_privately(store, thread, offer)
            files.put(record, ready.manifest)
            files.link(room_id, EntryId(entry.entry_id), root)
        return entry, record


def _offer_of(found: FoundFiles, manifest: Manifest, caption: str, key: bytes) -> FileOffer:
    media, width, height, preview, seconds = "", 0, 0, b"", 0
    if len(found.names) == 1 and "/" not in found.names[0]:
        media = mimetypes.guess_type(found.name)[0] or "application/octet-stream"
        if (facts := picture_facts(found.path)) is not None:
            media, width, height, preview = facts
        elif seconds := voice_seconds(found.path):
            media = "audio/wav"
    return FileOffer(
        found.name[:NAME_CHARACTERS], found.size, len(found.names), manifest.root, len(manifest.content), media,
        width, height, preview, caption, seconds, key,
    )  # fmt: skip
