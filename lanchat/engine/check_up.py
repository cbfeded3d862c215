"""The doctor's check-up: gives the doctor what lanchat knows of itself, with or without a running Engine."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Collection
from functools import partial
from pathlib import Path

from lanchat.core.listing import Finding, Listing
from lanchat.core.model import RoomId
from lanchat.engine.rooms import Rooms
from lanchat.engine.sightings import Sightings
from lanchat.network.dialer import Address
from lanchat.network.discovery.lan import LanDiscovery
from lanchat.network.doctor.examination import Circumstances, check
from lanchat.storage import data_folder
from lanchat.storage.database_pages import require_whole_log
from lanchat.storage.errors import StorageProblem
from lanchat.storage.open_database import look_at


def check_alone(folder: Path, address: str | None) -> tuple[Finding, ...]:
    """The findings for a program that runs no Engine. Another lanchat may use `folder`, or it may be read-only: it is
    only looked at. `address`: a place that cannot be reached. Takes about four seconds. """
    return asyncio.run(_check_alone(folder, address))


async def _check_alone(folder: Path, address: str | None) -> tuple[Finding, ...]:
    discovery = LanDiscovery()
    sightings = Sightings(discovery, lambda _event: None, _NoRooms())
    await discovery.start(sightings.take)
    try:
        own = discovery.addresses()
        rooms = partial(rooms_elsewhere, sightings, own)
        return await check(Circumstances(folder, own, address, rooms=rooms, unread=why_unread(folder)))
    finally:
        await discovery.stop()


class _NoRooms:
    """Nobody acts on what is seen."""

    def seen(self, listing: Listing) -> None: ...

    def network_changed(self) -> None: ...

    def look_for_twin(self, room_id: RoomId, addresses: list[Address], epoch: int) -> None: ...


async def check_running(
    folder: Path, rooms: Rooms, own: tuple[str, ...], address: str | None
) -> tuple[Finding, ...]:
    """The findings of a running Engine. `own`: this machine's addresses; `address`: a place that cannot be reached."""
    ahead = [role.room.ahead for role in rooms.joined if role.room.ahead is not None]
    circumstances = Circumstances(
        folder,
        own,
        address,
        hosting=tuple(role.port for role in rooms.hosted),
        visited=any(role.visited for role in rooms.hosted),
        rooms=lambda: rooms_elsewhere(rooms.sightings, own),
        ahead=ahead[0] if ahead else None,
    )
    return await check(circumstances)


def why_unread(folder: Path) -> str:
    """What keeps lanchat from reading what is kept in `folder`; "": nothing does, or nothing is there."""
    database = folder / data_folder.DATABASE
    try:
        if os.path.lexists(database):
            require_whole_log(database)
            look_at(database)
    except StorageProblem as problem:
        return str(problem)
    return ""


def rooms_elsewhere(sightings: Sightings, own: Collection[str]) -> int:
    """How many rooms on other machines answer now. `own`: this machine's addresses."""
    elsewhere = sightings.matching(lambda one: one.answering and not set(own) & set(one.addresses))
    return len({(one.room_id, one.owner) for one in elsewhere})
