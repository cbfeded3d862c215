"""The check-up: what lanchat knows of itself is given to the doctor, with or without an Engine at work."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from pathlib import Path

from lanchat.core.health import Finding
from lanchat.engine.sightings import Sightings
from lanchat.network.discovery.lan import LanDiscovery
from lanchat.network.doctor.checkup import About, check


def check_alone(folder: Path, address: str | None) -> tuple[Finding, ...]:
    """The findings for who runs no Engine. Another lanchat may use `folder`, or it may be read-only: it is only
    looked at. `address`: a place that cannot be reached. Takes about four seconds.
    """
    return asyncio.run(_check_alone(folder, address))


async def _check_alone(folder: Path, address: str | None) -> tuple[Finding, ...]:
    discovery = LanDiscovery()
    sightings = Sightings(lambda _event: None, lambda _room_id: None, discovery.addresses)
    await discovery.start(sightings.take)
    try:
        own = discovery.addresses()
        return await check(About(folder, own, address, rooms=lambda: rooms_elsewhere(sightings, own)))
    finally:
        await discovery.stop()


def rooms_elsewhere(sightings: Sightings, own: Collection[str]) -> int:
    """How many rooms on other machines answer now. `own`: this machine's addresses."""
    return len(sightings.matching(lambda one: one.answering and not set(own) & set(one.addresses)))
