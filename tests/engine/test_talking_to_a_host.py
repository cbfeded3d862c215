"""A member's part of one connection, with a real disk and a host in memory."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from identities import new_identity

from lanchat.core import frames
from lanchat.core.client_actions import NewReplica, Send
from lanchat.core.limits import Limits
from lanchat.core.model import START, RoomId
from lanchat.engine.active_room import ActiveRoom
from lanchat.engine.disk import Disk
from lanchat.engine.own_entries import Person
from lanchat.engine.room_disk import DiskReplica
from lanchat.network.link import MemoryLink
from lanchat.storage.records import RoomRecord
from lanchat.storage.settings import Settings
from lanchat.storage.store import Store
from lanchat.trust.signing import make_card

ROOM = RoomId("kitchenkitchenab")
ME, HOST = new_identity(), new_identity()


@asynccontextmanager
async def a_replica(folder: Path) -> AsyncIterator[DiskReplica]:
    disk = Disk()
    await disk.open(folder)
    try:
        await disk.run(Store.put_room, RoomRecord(ROOM, "Kitchen"))
        yield DiskReplica(disk, ROOM, ME.key, HOST.key)
    finally:
        await disk.close()


class HostEnd:
    """The host's end of a Link: it keeps what comes."""

    def __init__(self, link: MemoryLink) -> None:
        self.came: asyncio.Queue[object] = asyncio.Queue()
        link.push_to(self)

    def received(self, body: bytes) -> None:
        self.came.put_nowait(frames.decode_from_client(body))

    def writable(self) -> None: ...

    def lost(self, reason: str) -> None: ...


def test_a_replica_that_began_in_an_empty_room_goes_on_there(tmp_path: Path) -> None:
    """Else a host could begin it anew behind what was written here meanwhile."""

    async def resumed(replica: DiskReplica) -> object:
        client = await replica.client()
        client.connected(0.0)
        (send,) = client.actions()
        assert isinstance(send, Send)
        return frames.decode_from_client(send.data[4:])

    async def history() -> None:
        async with a_replica(tmp_path) as replica:
            assert await resumed(replica) == frames.Resume(0, 0, START)
            await replica.keep([NewReplica(1, 0, START)])
            assert await resumed(replica) == frames.Resume(1, 0, START)

    asyncio.run(history())


def test_a_name_chosen_while_the_disk_is_read_is_told(tmp_path: Path) -> None:
    async def history() -> None:
        async with a_replica(tmp_path) as replica:
            person = Person(tmp_path, ME, Settings(), make_card(ME, "Ana", 1))
            room = ActiveRoom(ROOM, "Kitchen", person, lambda event: None)
            told = dict.fromkeys(("welcomed", "standing_changed", "people_changed"), lambda *_: None)
            room.role = cast(Any, SimpleNamespace(**told))
            ours, theirs = MemoryLink.pair()
            host = HostEnd(theirs)
            talking = asyncio.create_task(room.talk(ours, replica))
            await asyncio.sleep(0)
            room.rename(renamed := make_card(ME, "Anna", 2))
            assert isinstance(await host.came.get(), frames.Resume)
            theirs.send(frames.encode(frames.Welcome(1, 0, START, 0, Limits(), make_card(HOST, "Host", 1))))
            assert await asyncio.wait_for(host.came.get(), 10) == frames.Rename(renamed)
            theirs.close()
            await talking

    asyncio.run(history())
