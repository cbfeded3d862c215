"""OtherKeepers: what whoever keeps a room open does about others who have the same room open, after a network was split
or a data folder was copied. Engine's loop.

The higher epoch wins. Who has a lower one goes there, and with it everybody in its room; what only its Log had is
brought along. Discovery's word is a hint: the handshake proves who keeps the room, and in which epoch.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable

from lanchat.core.keeping import keeping_in
from lanchat.core.listing import Listing
from lanchat.engine.entering import RoomDialer
from lanchat.engine.tasks import Spawn
from lanchat.network.dialer import Address, JoinedConnection, Unreachable
from lanchat.trust.join_errors import JoinError

_WAITS = (0.3, 1.0, 2.0, 5.0, 10.0, 30.0)  # seconds after each try in vain; the last one again and again
_TRIES = 3  # of a place that nobody says is gone
_ANNOUNCEMENTS, _ANNOUNCE_SECONDS = 5, 1.5  # how often, and the time between two
_PLACES = 8  # at once: anybody may announce one


class OtherKeepers:
    def __init__(
        self,
        dialer: Callable[[Callable[[], list[Address]]], RoomDialer],
        epoch: Callable[[], int],
        give_way: Callable[[JoinedConnection], None],
        spawn: Spawn,
        announce: Callable[[], None] = lambda: None,
    ) -> None:
        """`dialer`: the way into the room at such addresses. `epoch`: of the room here. `give_way`: called once, in the
        room of somebody with a higher one. `announce`: say that we have it open, since somebody with a lower one seems
        not to know that."""
        self._dialer = dialer
        self._epoch = epoch
        self._give_way = give_way
        self._spawn = spawn
        self._places: dict[bytes, tuple[int, list[Address]]] = {}  # by the fingerprint of the host's key
        self._tries = 0
        self._changed = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._announce = announce
        self._announcing: asyncio.TimerHandle | None = None

    def seen(self, listing: Listing) -> None:
        """Somebody has the room open like this, or (not answering) does not any more."""
        if listing.answering:
            self._add(listing.fingerprint, listing.epoch, [(one, listing.port) for one in listing.addresses])
        else:
            self._places.pop(listing.fingerprint, None)

    def seen_twin(self, epoch: int, addresses: list[Address]) -> None:
        """Our own key has the room open there, too."""
        self._add(b"", epoch, addresses)

    def _add(self, fingerprint: bytes, epoch: int, addresses: list[Address]) -> None:
        known = self._places.get(fingerprint)
        if known == (epoch, addresses) or (known is None and len(self._places) >= _PLACES):
            return
        self._places[fingerprint] = epoch, addresses
        self._tries = 0
        self._changed.set()
        if self._task is None and self._above():
            self._task = self._spawn(self._visit())
        elif self._announcing is None and epoch < self._epoch():
            self._say_again(_ANNOUNCEMENTS)

    def _say_again(self, left: int) -> None:
        """As long as somebody with a lower epoch is seen, a few times."""
        self._announcing = None
        if left and any(epoch < self._epoch() for epoch, _addresses in self._places.values()):
            self._announce()
            again = asyncio.get_running_loop().call_later
            self._announcing = again(_ANNOUNCE_SECONDS, self._say_again, left - 1)

    async def close(self) -> None:
        if self._announcing is not None:
            self._announcing.cancel()
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])

    def _above(self) -> list[Address]:
        """Where the room has a higher epoch, as it is said; the highest first."""
        above = sorted(((epoch, at) for epoch, at in self._places.values() if epoch > self._epoch()), reverse=True)
        return [address for _epoch, addresses in above for address in addresses]

    async def _visit(self) -> None:
        """Try to get in there, until we are in or nobody has a higher epoch any more."""
        dialer = self._dialer(self._above)
        while self._above():
            self._changed.clear()
            try:
                entered = await dialer.enter()
            except (Unreachable, JoinError):
                pass
            else:
                if epoch_of(entered) > self._epoch():
                    self._task = None
                    self._give_way(entered)
                    return
                entered.connection.close("its epoch is not higher")
            self._tries += 1
            if self._tries >= _TRIES:
                self._places.pop(b"", None)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._changed.wait(), _WAITS[min(self._tries, len(_WAITS)) - 1])
        self._task = None


def epoch_of(entered: JoinedConnection) -> int:
    """The epoch that the host of this connection proved to have begun; 0: it proved none."""
    keeps = entered.handshake.keeps
    keeping = keeping_in(keeps) if keeps is not None else None
    return keeping.epoch if keeping is not None else 0
