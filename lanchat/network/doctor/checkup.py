"""One check-up: every examination at once, in less than four seconds. On the Engine's loop.

What the system must be asked for by running one of its programs is asked on a thread.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from lanchat.core import limits
from lanchat.core.health import Finding, Health
from lanchat.core.translate import _
from lanchat.network.doctor import firewall, here, machine, neighbours, reach
from lanchat.network.interfaces import Snapshot, snapshot

MOST_SECONDS = 3.5


@dataclass(frozen=True, slots=True)
class About:
    """What only the Engine knows."""

    data_dir: Path
    addresses: tuple[str, ...]  #: our own that are in use; loopback alone: nothing outside is touched
    address: str | None = None  #: a place the person cannot reach: an address, a code or a link
    hosting: tuple[int, ...] = ()  #: the ports of rooms hosted here
    visited: bool = False  #: somebody from another machine came into one of them
    rooms: Callable[[], int] = int  #: how many rooms on other machines answer by now
    ahead: float | None = None  #: seconds by which our clock is ahead of others', as far as they told
    unread: str = ""  #: why what is kept in `data_dir` cannot be read, in words for the person
    port: int = limits.PORT


async def check(about: About) -> tuple[Finding, ...]:
    """The findings, in the order to show them."""
    refused: OSError | None = None
    try:
        everything = await asyncio.to_thread(snapshot)
    except OSError as error:  # out of descriptors: what needs no address is still looked at
        everything, refused = frozenset(), error
    mine = frozenset(one for one in everything if one.address in about.addresses)
    async with asyncio.TaskGroup() as group:
        heard = group.create_task(neighbours.answers_to_mdns(mine))
        examinations: dict[str, Callable[[], Coroutine[Any, Any, list[Finding]]]] = {
            "network": partial(_network, mine, refused),
            "neighbours": partial(neighbours.examine, mine, about.rooms, about.port, heard),
            "multicast": partial(here.multicast, mine, heard),
            "port": partial(here.port, about.port, about.hosting),
            "firewall": partial(firewall.examine, about.hosting[0] if about.hosting else about.port, about.visited),
            "clock": partial(machine.clock, about.ahead),
            "data": partial(machine.data, about.data_dir, about.unread),
        }
        if about.address is not None:
            examinations["address"] = partial(reach.examine, about.address, about.port, mine)
        found = [group.create_task(_in_time(name, examine)) for name, examine in examinations.items()]
    return tuple(finding for one in found for finding in one.result())


async def _network(mine: Snapshot, refused: OSError | None) -> list[Finding]:
    """`refused`: why our addresses are not known."""
    if refused is not None:
        raise refused
    return await here.network(mine)


async def _in_time(name: str, examine: Callable[[], Coroutine[Any, Any, list[Finding]]]) -> list[Finding]:
    try:
        async with asyncio.timeout(MOST_SECONDS):
            return await examine()
    except TimeoutError:
        return [Finding(name, Health.ODD, _("This check took too long and was left out."))]
    except OSError as error:  # the system does not let us look, as when there are no descriptors left
        reason = error.strerror or type(error).__name__
        return [Finding(name, Health.ODD, _("This check could not be made: {reason}.").format(reason=reason))]
