"""Host names: looked up beside the loop, within a bounded time, to numeric addresses.

asyncio looks names up on its pool of threads, whose end asyncio waits for: with a name server that does not answer,
that is a minute. The threads here are waited for by nobody, and the system ends them with the program.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading

from lanchat.core.address import Numeric, numeric
from lanchat.core.translate import _

LOOKUP_SECONDS = 5.0
_AT_ONCE = 8  # lookups that hang, each with a thread
_ADDRESSES = 8  # of one name

_hanging = threading.BoundedSemaphore(_AT_ONCE)


class NameUnknown(OSError):
    """Says in plain words why there is no address."""


async def resolved(host: str) -> tuple[Numeric, ...]:
    """The addresses of a host name, or the numeric address itself. Raises NameUnknown."""
    if (address := numeric(host)) is not None:
        return (address,)
    if not _hanging.acquire(blocking=False):
        raise NameUnknown(_("the name server does not answer"))
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[tuple[Numeric, ...]] = loop.create_future()

    def tell(found: tuple[Numeric, ...]) -> None:
        if not answer.done():
            answer.set_result(found)

    def look_up() -> None:
        try:
            found = _look_up(host)
        finally:
            _hanging.release()
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(tell, found)

    try:
        threading.Thread(target=look_up, name="name lookup", daemon=True).start()
    except RuntimeError:  # the system has no thread left
        _hanging.release()
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
    return tuple(dict.fromkeys(one for one in found if one))[:_ADDRESSES]
