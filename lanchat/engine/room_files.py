"""RoomFiles: the files of one room that we are in: who may have them from us, who has those that we look for, and those
that we give to the host.

On the Engine's loop, but for the FileShelf, which threads of file connections ask.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from typing import Protocol

from lanchat.core.address import Numeric, can_be_beside, numeric
from lanchat.core.client_actions import RosterChanged, SourcesFound
from lanchat.core.frames import FileSource
from lanchat.core.model import MemberKey, RoomId
from lanchat.engine.active_room import ActiveRoom, FileWatcher
from lanchat.engine.follower_role import FollowerRole
from lanchat.engine.host_role import HostRole
from lanchat.engine.local_files import LocalFiles
from lanchat.engine.own_entries import Person
from lanchat.engine.pull import SourcePlace
from lanchat.network.file_fetch import FileFetch, FileGive
from lanchat.network.file_server import FileCaller, FileServer
from lanchat.network.file_shelf import FileShelf, PullEnd, PullTask, ServedChunks
from lanchat.network.transfer_rate import TransferRate

_GIVES = 2  # to the host at once
_ASK_SECONDS = 5.0  # between two questions about the same files
_FOUND_KEPT = 200  # files of which it is known who has them


class RoomFilesOwner(Protocol):
    """Who keeps the files of all rooms."""

    def held(self, room_id: RoomId) -> list[bytes]:
        """The roots that members of the room may have from us, the newest first. Loop."""

    def private_among(self, room_id: RoomId, roots: Collection[bytes]) -> Mapping[bytes, MemberKey]:
        """Those of the roots that are offered privately, and to whom. Loop."""

    def sources_changed(self, room_id: RoomId, root: bytes) -> None:
        """Somebody else may have it now. Loop."""

    def host_copy(self, room_id: RoomId, root: bytes, copy: str) -> None:
        """What the host says of its own copy. Loop."""

    def looking_for(self, room_id: RoomId) -> list[bytes]:
        """What is looked for in the room. Loop."""

    def served(self, root: bytes, taker: MemberKey) -> None:
        """A chunk went to a member. On a thread."""

    def task_for(self, room_id: RoomId, root: bytes, giver: MemberKey, guest: bool) -> PullTask | None:
        """A member gives it. On a thread."""

    def sought(self, room_id: RoomId, root: bytes) -> None:
        """In a room of ours, somebody looks for it. Loop."""


class RoomFiles(FileWatcher, FileShelf):
    def __init__(
        self, room: ActiveRoom, person: Person, files: LocalFiles, rate: TransferRate, owner: RoomFilesOwner
    ) -> None:
        self.room = room
        self.room_id = room.room_id
        self.server = FileServer(room.room_id, person.identity, self, rate)
        self._person = person
        self._files = files
        self._rate = rate
        self._owner = owner
        self._loop = asyncio.get_running_loop()
        self._roots: frozenset[bytes] = frozenset()  # that may be had from us here
        self._private: Mapping[bytes, MemberKey] = {}  # those of them that one member alone may have
        self._here: frozenset[MemberKey] = frozenset()
        self._found: dict[bytes, tuple[FileSource, ...]] = {}
        self._asked_at: dict[bytes, float] = {}
        self._port = 0
        self._gives: dict[bytes, FileGive] = {}
        self._to_give: dict[bytes, None] = {}
        self._announcing = False
        self._closed = False
        room.files = self
        if isinstance(room.role, HostRole):
            room.role.serve_files(self.server)

    # --- what may be had from us -------------------------------------------------------------------------------------
    def announce(self) -> None:
        """What we have has changed; told once for all that changes in this turn of the loop."""
        if not self._announcing:
            self._announcing = True
            self._loop.call_soon(self._announce)

    def _announce(self) -> None:
        self._announcing = False
        if self._closed:
            return
        held = self._owner.held(self.room_id)
        self._private = self._owner.private_among(self.room_id, held)
        self._roots = frozenset(held)
        if isinstance(self.room.role, HostRole):
            return
        if held and not self._port:
            with suppress(OSError):  # without a port only the host gets it
                self._port = self.server.open()
        self.room.hold_files(self._port, held)

    def want(self, roots: Collection[bytes]) -> None:
        """In a room of ours: ask those who have these to give them."""
        if isinstance(self.room.role, HostRole):
            self.room.role.want_files(dict.fromkeys((*self._owner.looking_for(self.room_id), *roots)))

    def keeps(self, root: bytes, copy: str) -> None:
        """In a room of ours: tell those who look for it."""
        if isinstance(self.room.role, HostRole):
            self.room.role.keeps_file(root, copy)

    def sought(self, root: bytes) -> None:
        self._owner.sought(self.room_id, root)

    async def close(self) -> None:
        """End all transfers. Then nobody gets anything from us here."""
        self._closed = True
        self.room.files = None
        for give in self._gives.values():
            give.stop()
        await asyncio.to_thread(self._wait)

    def _wait(self) -> None:
        self.server.close()
        for give in list(self._gives.values()):
            give.join(5.0)

    # --- where it can be had -----------------------------------------------------------------------------------------
    def places(self, root: bytes) -> list[SourcePlace]:
        """Where it may be had in this room, the host first."""
        role, me = self.room.role, self._person.key
        places = []
        host = None
        if isinstance(role, FollowerRole) and (at := role.host_place) is not None:
            places.append(SourcePlace(self.room_id, at[0], *at[1]))
            host = at[1][0]
        for source in self._found.get(root, ()):
            key, address = MemberKey(source.key), numeric(source.address)
            if address is None or (host is not None and not can_be_beside(address, host)):
                continue
            if key != me or source.port != self._port:
                places.append(SourcePlace(self.room_id, key, source.address, source.port))
        return places

    def look_for(self, root: bytes) -> None:
        """Ask the host who has it, unless that was asked a moment ago."""
        now = self._loop.time()
        if now - self._asked_at.get(root, -_ASK_SECONDS) >= _ASK_SECONDS:
            self._asked_at[root] = now
            self.room.find_files(root)
            self.want(())

    def fetch(self, place: SourcePlace, task: PullTask) -> FileFetch:
        """A connection to one of `places`, not started yet."""
        address = Numeric(place.address), place.port
        return FileFetch(address, place.key, self._caller(), task, self._rate)

    def _caller(self) -> FileCaller:
        return FileCaller(self.room_id, self._person.identity, self._person.card)

    # --- FileWatcher -------------------------------------------------------------------------------------------------
    def connected(self) -> None:
        self._asked_at.clear()
        self._found.clear()
        self._announce()
        for root in self._owner.looking_for(self.room_id):
            self.look_for(root)
            self._owner.sources_changed(self.room_id, root)

    def sources_found(self, found: SourcesFound) -> None:
        self._found.pop(found.root, None)
        self._found[found.root] = found.sources
        if len(self._found) > _FOUND_KEPT:
            del self._found[next(iter(self._found))]
        if found.host:
            self._owner.host_copy(self.room_id, found.root, found.host)
        if found.sources or found.host == "has":
            self._owner.sources_changed(self.room_id, found.root)

    def files_wanted(self, roots: Sequence[bytes]) -> None:
        for root in roots:
            if root in self._roots and root not in self._gives:
                self._to_give[root] = None
        self._give_next()

    def people_changed(self, change: RosterChanged) -> None:
        here = frozenset() if change.first else self._here
        came = frozenset(MemberKey(card.key) for card in change.joined)
        left = frozenset(MemberKey(card.key) for card in change.left)
        self._here = (here | came) - left
        if not isinstance(self.room.role, HostRole):
            for key in left:
                self.server.drop(key)

    def _give_next(self) -> None:
        role = self.room.role
        at = role.host_place if isinstance(role, FollowerRole) else None
        while self._to_give and len(self._gives) < _GIVES and at is not None and not self._closed:
            root = next(iter(self._to_give))
            del self._to_give[root]
            give = FileGive(at[1], at[0], self._caller(), root, self, self._on_loop(self._gave, root), self._rate)
            self._gives[root] = give
            try:
                give.start()
            except RuntimeError:  # the system has no thread for it: the host asks again
                del self._gives[root]
                return

    def _gave(self, root: bytes, end: PullEnd) -> None:
        self._gives.pop(root, None)
        self._give_next()

    def _on_loop(self, hear: Callable[[bytes, PullEnd], None], root: bytes) -> Callable[[PullEnd], None]:
        def ended(end: PullEnd) -> None:
            with suppress(RuntimeError):  # the loop is closed: lanchat ends
                self._loop.call_soon_threadsafe(hear, root, end)

        return ended

    # --- FileShelf, on threads of connections ------------------------------------------------------------------------
    def may_take(self, key: MemberKey) -> bool:
        role = self.room.role
        return role.may_have_files(key) if isinstance(role, HostRole) else key in self._here

    def find(self, root: bytes, taker: MemberKey) -> ServedChunks | None:
        peer = self._private.get(root, taker)
        return self._files.find(root) if root in self._roots and taker == peer else None

    def wanted(self, root: bytes, giver: MemberKey, guest: bool = False) -> PullTask | None:
        return self._owner.task_for(self.room_id, root, giver, guest)

    def served(self, root: bytes, taker: MemberKey) -> None:
        self._owner.served(root, taker)
