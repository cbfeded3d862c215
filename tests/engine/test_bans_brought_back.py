"""What a member's program believes of bans while its Log gives way to another's, which does not know them yet."""

from __future__ import annotations

import asyncio
from pathlib import Path

from identities import new_identity

from lanchat.core.client_actions import Apply, Rebase, SetAside
from lanchat.core.content import BanChange, Text, encode
from lanchat.core.model import Entry, EntryId, LogEntry, MemberKey, RoomId, next_head
from lanchat.core.standing import Standing
from lanchat.engine.disk import Disk
from lanchat.engine.room_disk import DiskReplica, DiskWork
from lanchat.storage.records import RoomRecord
from lanchat.storage.store import Store
from lanchat.trust.signing import make_entry

ROOM = RoomId("kitchenkitchenab")
ME, ANA, BEN = new_identity(), new_identity(), new_identity()
SOUP = make_entry(ANA, ROOM, 1, encode(Text("soup")), 1_000)
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
            told = [*await replica.keep([Rebase(end.epoch + 1, end.seq, end.head)])]
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


def said(standing: Standing | None) -> str:
    return "nothing" if standing is None else "banned" if BEN.key in standing.bans else "not banned"


def test_a_ban_is_told_when_it_is_back(tmp_path: Path) -> None:
    """Ben may be the keeper: who leaves him at once never brings the ban."""
    assert told(tmp_path, [SOUP], [BAN]) == ["nothing", "banned"]


def test_and_so_is_that_it_was_lifted(tmp_path: Path) -> None:
    assert told(tmp_path, [SOUP, BAN], [LIFTED]) == ["nothing", "not banned"]


def test_what_the_keeper_refuses_does_not_hold(tmp_path: Path) -> None:
    assert told(tmp_path, [SOUP, BAN], [LIFTED], answer="right") == ["nothing", "banned"]
