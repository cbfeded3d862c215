"""Host names to numeric addresses, within a bounded time. Called on the Engine's loop; looks up on daemon threads.

`loop.getaddrinfo` uses asyncio's thread pool, which the loop waits for at its end: with a name server that does not
answer, for a minute. Nothing waits for the daemon threads used here.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading

from lanchat.core.address import Numeric, numeric
from lanchat.core.translate import _

LOOKUP_SECONDS = 5.0
_MAX_LOOKUPS = 8  # at once, each on a thread
_MAX_ADDRESSES = 8  # of one name

_running_lookups = threading.BoundedSemaphore(_MAX_LOOKUPS)


class NameUnknown(OSError):
    """There is no address. The text is for the person and says why."""


async def resolve(host: str) -> tuple[Numeric, ...]:
    """The addresses of a host name, or the numeric address itself. Raises NameUnknown."""
    if (address := numeric(host)) is not None:
        return (address,)
    if not _running_lookups.acquire(blocking=False):
        raise NameUnknown(_("the name server does not answer"))
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[tuple[Numeric, ...]] = loop.create_future()

    def deliver(found: tuple[Numeric, ...]) -> None:
        if not answer.done():
            answer.set_result(found)

    def look_up() -> None:
        try:
            found = _look_up(host)
        finally:
            _running_lookups.release()
        with contextlib.suppress(RuntimeError):  # the loop is closed
            loop.call_soon_threadsafe(deliver, found)

    try:
        threading.Thread(target=look_up, name="name lookup", daemon=True).start()
    except RuntimeError:  # the system starts no more threads
        _running_lookups.release()
        raise NameUnknown(_("this computer has too much to do; try again later")) from None
    try:
        async with asyncio.timeout(LOOKUP_SECONDS):
            found = await answer
    except TimeoutError:
        raise NameUnknown(_("the name server does not answer")) from None
    if not found:
        raise NameUnknown(_("no computer of that name is known here"))
    return found


def _look_up(host: str) -> tuple[Numeric, ...]:
    try:
        infos = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return ()
    found = []
    for _family, _kind, _proto, _name, place in infos:
        address = str(place[0])
        if len(place) == 4 and place[3] and "%" not in address:
            address = f"{address}%{place[3]}"
        found.append(numeric(address))
    return tuple(dict.fromkeys(one for one in found if one))[:_MAX_ADDRESSES]
