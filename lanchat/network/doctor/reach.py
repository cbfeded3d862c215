"""Why one place cannot be reached."""

from __future__ import annotations

import asyncio
from typing import assert_never

from lanchat.core.address import (
    AddressTarget,
    CodeTarget,
    LinkTarget,
    NotAnAddress,
    RoomIdTarget,
    Target,
    parse_where,
)
from lanchat.core.health import Finding, Health
from lanchat.core.translate import _
from lanchat.network.doctor.neighbours import Knock, alive, knock
from lanchat.network.interfaces import Snapshot
from lanchat.network.names import NameUnknown, resolved

NAME = "address"
PATIENCE_SECONDS = 1.5


async def examine(where: str, well_known: int, mine: Snapshot) -> list[Finding]:
    """One finding for each address that `where` names."""
    try:
        places = _places(parse_where(where), well_known)
    except NotAnAddress as error:
        return [Finding(NAME, Health.BAD, str(error), _("Type an address, a room code or a link."))]
    numeric = [place for some in await asyncio.gather(*(_looked_up(*place) for place in places)) for place in some]
    if not numeric:
        return [Finding(NAME, Health.BAD, _("No computer of that name is known."), _("Type its address instead."))]
    return list(await asyncio.gather(*(_one(address, port, mine) for address, port in numeric)))


def _places(target: Target, well_known: int) -> list[tuple[str, int]]:
    match target:
        case AddressTarget(host, port):
            return [(host, port or well_known)]
        case CodeTarget(ipv4):
            return [(ipv4, well_known)]
        case LinkTarget(addresses, port):
            return [(address, port) for address in addresses]
        case RoomIdTarget():
            raise NotAnAddress(_("That names a room, not where it is."))
        case _:
            assert_never(target)


async def _looked_up(host: str, port: int) -> list[tuple[str, int]]:
    try:
        return [(address, port) for address in (await resolved(host))[:1]]
    except NameUnknown:
        return []


async def _one(address: str, port: int, mine: Snapshot) -> Finding:
    place = f"[{address}]:{port}" if ":" in address else f"{address}:{port}"
    if any(one.address == address for one in mine):
        place = _("{place} (this computer)").format(place=place)
    health, says, advice = await _said(address, port)
    return Finding(NAME, health, says.format(place=place), advice)


async def _said(address: str, port: int) -> tuple[Health, str, str]:
    """How it is there: `says` has a {place} in it."""
    result = await knock(address, port, PATIENCE_SECONDS)
    match result:
        case Knock.TAKEN:
            return Health.GOOD, _("{place} takes connections."), ""
        case Knock.REFUSED:
            return Health.BAD, _("The computer at {place} is there, but no room is open on that port."), _(
                "Ask whether the room is still open, and for its code.")  # fmt: skip
        case Knock.NOBODY:
            return Health.BAD, _("No computer answers to the address of {place}."), _(
                "Ask for the address again: it may have changed, or be on another network.")  # fmt: skip
        case Knock.NO_WAY:
            return Health.BAD, _("No network of this computer leads to {place}."), _(
                "Join the network that the other computer is on.")  # fmt: skip
        case Knock.FORBIDDEN:
            return Health.BAD, _("This system does not let lanchat reach {place}."), _(
                "Allow it under Privacy & Security, Local Network, then start lanchat again.")  # fmt: skip
        case Knock.SILENCE:
            if await alive(address):
                return Health.BAD, _("The computer at {place} is there, but nothing gets through to that port."), _(
                    "Its firewall keeps you out: over there, `lanchat doctor` says how to open it.")  # fmt: skip
            return Health.BAD, _("Nothing at all answers at {place}."), _(
                "It is switched off, on another network, or this Wi-Fi keeps computers apart.")  # fmt: skip
        case _:
            assert_never(result)
