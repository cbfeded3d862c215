"""What a person who keeps the room open is told of messages that they had read in a Log which gave way."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from identities import new_identity

from lanchat.core.client_actions import Apply, SetAside
from lanchat.core.content import Text, encode
from lanchat.core.model import Entry, EntryId, LogEntry, RoomId
from lanchat.engine.disk import Disk
from lanchat.engine.room_disk import OwnReplica
from lanchat.storage.records import RoomRecord
from lanchat.storage.room_log import RoomLog
from lanchat.storage.store import Store
from lanchat.trust.signing import make_entry

ROOM = RoomId("kitchenkitchenab")
ME, ANA = new_identity(), new_identity()
SOUP, SALT, BREAD, LATER = (make_entry(ANA, ROOM, at, encode(Text(f"{at}")), 1_000) for at in range(1, 5))


def append(log: RoomLog, *entries: Entry) -> list[LogEntry]:
    outcomes = log.append(entries, 1_000, {entry.entry_id for entry in entries})
    return [outcome for outcome in outcomes if isinstance(outcome, LogEntry)]


def after(store: Store, seq: int) -> tuple[LogEntry, ...]:
    return tuple(store.log(ROOM).after(seq, 10))


def salt_and_bread_wait(store: Store) -> None:
    """After the soup came what was read, and left the Log again when it gave way to another one."""
    store.put_room(RoomRecord(ROOM, "Kitchen", ME.key, hosted=True))
    log = store.log(ROOM)
    (soup,) = append(log, SOUP)
    append(log, SALT, BREAD)
    store.mark_read(ROOM, 3)
    log.rebase(2, 1, soup.head)


@asynccontextmanager
async def kept_open(folder: Path) -> AsyncIterator[tuple[Disk, OwnReplica]]:
    disk = Disk()
    await disk.open(folder)
    try:
        await disk.run(salt_and_bread_wait)
        replica = OwnReplica(disk, ROOM, ME.key, await disk.run(lambda store: store.log(ROOM).end()))
        await replica.client()
        yield disk, replica
    finally:
        await disk.close()


async def told_again(replica: OwnReplica, run: tuple[LogEntry, ...]) -> set[EntryId]:
    """Which of the messages in it are told as read before."""
    (kept,) = await replica.keep([Apply(run, (), backlog=False)])
    assert kept.seen is not None
    return set(kept.seen.again)


def ids(*entries: Entry) -> set[bytes]:
    return {entry.entry_id for entry in entries}


def test_what_was_read_is_no_news_when_the_host_is_ahead_of_what_its_person_was_told(tmp_path: Path) -> None:
    """The Host has written all that waited into the Log before its person is told of something said earlier."""

    async def history() -> None:
        async with kept_open(tmp_path) as (disk, replica):
            await disk.run(lambda store: append(store.log(ROOM), LATER, SALT, BREAD))
            run = await disk.run(after, 1)
            assert await told_again(replica, run[:1]) == set()
            assert await told_again(replica, run[1:]) == ids(SALT, BREAD)

    asyncio.run(history())


def test_nor_when_the_last_that_waited_is_set_aside_meanwhile(tmp_path: Path) -> None:
    async def history() -> None:
        async with kept_open(tmp_path) as (disk, replica):
            await disk.run(lambda store: append(store.log(ROOM), SALT))
            await replica.keep([SetAside(EntryId(BREAD.entry_id), "right")])
            assert await told_again(replica, await disk.run(after, 1)) == ids(SALT)

    asyncio.run(history())


def test_nor_when_its_person_begins_anew_meanwhile(tmp_path: Path) -> None:
    async def history() -> None:
        async with kept_open(tmp_path) as (disk, replica):
            await disk.run(lambda store: append(store.log(ROOM), SALT, BREAD))
            await replica.client()
            assert await told_again(replica, await disk.run(after, 1)) == ids(SALT, BREAD)

    asyncio.run(history())
