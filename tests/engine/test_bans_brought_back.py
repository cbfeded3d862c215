"""What a member's program believes of bans while its Log gives way to another's, which does not know them yet."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from identities import new_identity

from lanchat.core.client_actions import Apply, NewReplica, Rebase, SetAside, Welcomed
from lanchat.core.content import BanChange, Text, encode
from lanchat.core.limits import Limits
from lanchat.core.model import START, Entry, EntryId, LogEnd, LogEntry, MemberKey, RoomId, next_head
from lanchat.core.standing import Standing
from lanchat.engine.disk import Disk
from lanchat.engine.room_disk import DiskReplica, DiskWork, OwnReplica
from lanchat.storage.records import RoomRecord
from lanchat.storage.store import Store
from lanchat.trust.signing import make_card, make_entry

ROOM = RoomId("kitchenkitchenab")
ME, ANA, BEN = new_identity(), new_identity(), new_identity()
SOUP = make_entry(ANA, ROOM, 1, encode(Text("soup")), 1_000)
SALT = make_entry(ANA, ROOM, 2, encode(Text("salt")), 1_000)
BAN = make_entry(ME, ROOM, 1, encode(BanChange(MemberKey(BEN.key), True)), 1_000)
LIFTED = make_entry(ME, ROOM, 2, encode(BanChange(MemberKey(BEN.key), False)), 1_000)


def told(folder: Path, common: list[Entry], left: list[Entry], answer: str = "") -> list[str]:
    """I own the room. The Log here gives way to Ana's: what they have in `common` stays, `left` is only here. Then
    Ana's has that, too, or refuses it with `answer`. What is told of who is banned, each time."""

    async def history() -> list[str]:
        disk = Disk()
        await disk.open(folder)
        try:
            end = await disk.run(begin)
            replica = DiskReplica(disk, ROOM, ME.key, MemberKey(ANA.key), agreed=True)
            await replica.client()
            here = Welcomed(make_card(ANA, "Ana", 1), Limits(), missed=0 if answer else 1)
            told = [(await replica.keep([Rebase(end.epoch + 1, end.seq, end.head), here]))[-1]]
            told += await replica.keep(brought(end))
            return [said(kept.standing) for kept in told]
        finally:
            await disk.close()

    def begin(store: Store) -> LogEntry:
        store.put_room(RoomRecord(ROOM, "Kitchen", MemberKey(ME.key)))
        log = store.log(ROOM)
        *_others, end = log.append(common, 1_000)
        log.append(left, 1_000)
        assert isinstance(end, LogEntry)
        return end

    def brought(end: LogEntry) -> list[DiskWork]:
        (entry,) = left
        if answer:
            return [SetAside(EntryId(entry.entry_id), answer)]
        epoch, seq = end.epoch + 1, end.seq + 1
        head = next_head(end.head, ROOM, epoch, seq, 2_000, entry)
        return [Apply((LogEntry(entry, epoch, seq, 2_000, head),), (), backlog=False)]

    return asyncio.run(history())


def test_a_ban_that_was_lifted_is_not_told_while_the_past_is_read(tmp_path: Path) -> None:
    """Who leaves Ben at once, who keeps the room open, never reads that the ban was lifted."""

    async def history() -> list[str]:
        disk = Disk()
        await disk.open(tmp_path)
        try:
            await disk.run(Store.put_room, RoomRecord(ROOM, "Kitchen", MemberKey(ME.key)))
            replica = DiskReplica(disk, ROOM, MemberKey(ANA.key), MemberKey(BEN.key))
            await replica.client()
            run = in_a_log_of(SOUP, BAN, LIFTED)
            first: list[DiskWork] = [NewReplica(1, 0, START), Welcomed(make_card(BEN, "Ben", 1), Limits(), 3)]
            told = [*await replica.keep(first), *await replica.keep([Apply(run[:2], (), True)])]
            told += await replica.keep([Apply(run[2:], (), True)])
            return [said(kept.standing or (kept.seen and kept.seen.standing)) for kept in told]
        finally:
            await disk.close()

    assert asyncio.run(history()) == ["nothing", "nothing", "nothing", "not banned"]


@pytest.mark.parametrize("anew", [False, True], ids=["at once", "after a disk that failed"])
def test_whoever_keeps_the_room_open_is_told_what_does_not_hold_once_nothing_waits(tmp_path: Path, anew: bool) -> None:
    """That Ben's ban was lifted is set aside before the Host has written the rest that waited into its Log."""

    async def history() -> list[str]:
        disk = Disk()
        await disk.open(tmp_path)
        try:
            replica = OwnReplica(disk, ROOM, ME.key, await disk.run(begin))
            await replica.client()
            told = await replica.keep([SetAside(EntryId(LIFTED.entry_id), "right")])
            run = await disk.run(lambda store: store.log(ROOM).append([SALT], 1_000, {SALT.entry_id}))
            if anew:
                await replica.client()
            told += await replica.keep([Apply(tuple(item for item in run if isinstance(item, LogEntry)), (), False)])
            return [said(kept.standing) for kept in told]
        finally:
            await disk.close()

    def begin(store: Store) -> LogEnd:
        store.put_room(RoomRecord(ROOM, "Kitchen", MemberKey(ME.key), hosted=True))
        log = store.log(ROOM)
        _soup, ban = log.append([SOUP, BAN], 1_000)
        log.append([LIFTED, SALT], 1_000)
        assert isinstance(ban, LogEntry)
        log.rebase(2, ban.seq, ban.head)
        return log.end()

    assert asyncio.run(history()) == ["nothing", "banned"]


def in_a_log_of(*entries: Entry) -> tuple[LogEntry, ...]:
    items, head = [], START
    for seq, entry in enumerate(entries, 1):
        head = next_head(head, ROOM, 1, seq, 2_000, entry)
        items.append(LogEntry(entry, 1, seq, 2_000, head))
    return tuple(items)


def said(standing: Standing | None) -> str:
    return "nothing" if standing is None else "banned" if BEN.key in standing.bans else "not banned"


def test_a_ban_is_told_when_it_is_back(tmp_path: Path) -> None:
    """Ben may be the keeper: who leaves him at once never brings the ban."""
    assert told(tmp_path, [SOUP], [BAN]) == ["nothing", "banned"]


def test_and_so_is_that_it_was_lifted(tmp_path: Path) -> None:
    assert told(tmp_path, [SOUP, BAN], [LIFTED]) == ["nothing", "not banned"]


def test_what_the_keeper_refuses_does_not_hold(tmp_path: Path) -> None:
    assert told(tmp_path, [SOUP, BAN], [LIFTED], answer="right") == ["nothing", "banned"]
