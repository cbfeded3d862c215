"""Whether phones reach the page by which they come in: the page at each address of this computer, and the firewall.

What a computer sends to its own address does not pass its firewall. That the page opens here proves that it is there,
and that no VPN and no protection program is in between; the firewall is read, as everywhere in the doctor. On the
Engine's loop.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from msgspec import Struct

from lanchat.core.listing import Finding, Health
from lanchat.core.translate import _
from lanchat.network.doctor import firewall

PAGE_SECONDS = 1.5  # until a page that does not come counts as one that does not open


class GuestAccess(Struct, frozen=True):
    """What was found."""

    opens: frozenset[str]  #: addresses at which the page opens
    in_the_way: tuple[Finding, ...]  #: of the firewall; none is good news


async def examine(addresses: Iterable[str], port: int, visited: bool) -> GuestAccess:
    """`addresses`: this computer's, numeric. `visited`: a phone has come in, so no firewall keeps them out. Takes as
    long as the programs that tell of a firewall: some seconds at most."""
    places = list(addresses)
    pages = asyncio.gather(*(page_opens(place, port) for place in places))
    in_the_way, opened = await asyncio.gather(_firewall_findings(port, visited), pages)
    return GuestAccess(frozenset(place for place, opens in zip(places, opened, strict=True) if opens), in_the_way)


async def _firewall_findings(port: int, visited: bool) -> tuple[Finding, ...]:
    found = [] if visited else await firewall.examine_for_phones(port)
    return tuple(one for one in found if one.health is not Health.GOOD)


async def page_opens(address: str, port: int) -> bool:
    """Whether a browser on this computer would get the page at this address of ours."""
    try:
        async with asyncio.timeout(PAGE_SECONDS):
            reader, writer = await asyncio.open_connection(address, port)
            try:
                writer.write(f"GET / HTTP/1.1\r\nHost: {address}:{port}\r\nConnection: close\r\n\r\n".encode("ascii"))
                return (await reader.readline()).startswith(b"HTTP/1.1 200 ")
            finally:
                writer.transport.abort()
    except (OSError, TimeoutError, ValueError):  # ValueError: a line without end, from who is no page of ours
        return False


def no_page(place: str) -> Finding:
    """The page does not open at this address and port."""
    return Finding(
        "page", Health.BAD,
        _("This computer cannot open its own page for phones at {place}, so phones cannot either.").format(place=place),
        _("A VPN or a protection program may be in the way: let lanchat through there, or switch it off for a while."),
    )  # fmt: skip
