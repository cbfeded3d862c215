"""OtherKeepers: what whoever keeps a room open does about others who have the same room open, after a network was split
or a data folder was copied. Engine's loop.

The higher epoch wins. Who has a lower one goes there, and with it everybody in its room; what only its Log had is
brought along. Discovery's word is a hint: the handshake proves who keeps the room, and in which epoch.
"""

from __future__ import annotations

import asyncio
import contextlib
import math
from collections.abc import Callable

from msgspec import Struct

from lanchat.core.keeping import epoch_in
from lanchat.core.listing import Listing
from lanchat.core.sessions import Bucket
from lanchat.engine.entering import SENT_AWAY, RoomDialer
from lanchat.engine.tasks import Spawn
from lanchat.network.dialer import Address, JoinedConnection, Unreachable, never
from lanchat.trust.join_errors import JoinError, KeeperNotEntitled, RefusedByHost

_WAITS = (0.3, 1.0, 2.0, 5.0, 10.0, 30.0)  # seconds after each try of a place in vain; the last one again and again
_NEWS_SECONDS = 5.0  # between two tries of a place that is said to be another each time
_TRIES = 3  # of a place that may be gone without a word
_ANNOUNCEMENTS, _ANNOUNCE_SECONDS = 5, 1.5  # how often, and the time between two
_OUTDO_SECONDS = 30.0  # between two epochs above somebody who keeps us out
_PLACES = 8  # at once: anybody may announce one
_ADDRESSES = 4  # of one place
_VISITS = (1.0, 16)  # tries of all places, per second and at once: what is said on the network costs no more
_VISITED_SECONDS = 5.0  # after a visit: a host has told by then that it ended another connection of ours


class _Place(Struct):
    """Where somebody is said to have the room open."""

    epoch: int
    addresses: list[Address]
    tries: int = 0  #: in vain
    due: float = 0.0  #: when to try it


class OtherKeepers:
    def __init__(
        self,
        dialer: Callable[[Callable[[], list[Address]]], RoomDialer],
        epoch: Callable[[], int],
        give_way: Callable[[JoinedConnection], None],
        spawn: Spawn,
        announce: Callable[[], None] = lambda: None,
        outdo: Callable[[int], None] | None = None,
        believes: bool = True,
    ) -> None:
        """`dialer`: the way into the room at such addresses. `epoch`: of the room here. `give_way`: called once, in the
        room of somebody with a higher one. `announce`: say that we have it open, since somebody with a lower one seems
        not to know that. `outdo`: begin an epoch above this one of somebody who is banned here, or keeps us out; None:
        the room is not open here. `believes`: that we are kept out rightly, since we are no more than they are."""
        self._dialer = dialer
        self._epoch = epoch
        self._give_way = give_way
        self._spawn = spawn
        self._outdo = outdo
        self._believes = believes
        self._outdone_at = -_OUTDO_SECONDS
        self._loop = asyncio.get_running_loop()
        self._places: dict[bytes, _Place] = {}  # by the fingerprint of the host's key
        self._pace = Bucket(*_VISITS, 0.0)
        self._visits_until = 0.0
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

    @property
    def visits(self) -> bool:
        """Whether we are on the way into somebody's room, or were a moment ago. A host whom we enter twice at once
        keeps one of the two connections only."""
        return self._loop.time() < self._visits_until

    def _add(self, fingerprint: bytes, epoch: int, addresses: list[Address]) -> None:
        addresses, now = addresses[:_ADDRESSES], self._loop.time()
        place = self._places.get(fingerprint)
        if place is None:
            if len(self._places) >= _PLACES and not self._forget_one():
                return
            self._places[fingerprint] = _Place(epoch, addresses, due=now)
        elif (place.epoch, place.addresses) != (epoch, addresses):
            place.epoch, place.addresses = epoch, addresses
            place.due = min(place.due, now + _NEWS_SECONDS) if place.tries else now
        else:
            return
        self._changed.set()
        if self._task is None and self._above():
            self._task = self._spawn(self._visit())
        elif self._announcing is None and epoch < self._epoch():
            self._say_again(_ANNOUNCEMENTS)

    def _say_again(self, left: int) -> None:
        """As long as somebody with a lower epoch is seen, a few times."""
        self._announcing = None
        if left and any(place.epoch < self._epoch() for place in self._places.values()):
            self._announce()
            self._announcing = self._loop.call_later(_ANNOUNCE_SECONDS, self._say_again, left - 1)

    def _forget_one(self) -> bool:
        """Make room for another place: one where most was tried in vain. False: none was."""
        fingerprint, place = max(self._places.items(), key=lambda one: one[1].tries)
        if place.tries:
            del self._places[fingerprint]
        return place.tries > 0

    async def close(self) -> None:
        if self._announcing is not None:
            self._announcing.cancel()
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])

    def _above(self) -> list[_Place]:
        """Where the room has a higher epoch, as it is said."""
        return [place for place in self._places.values() if place.epoch > self._epoch()]

    async def _visit(self) -> None:
        """Try to get in there, until we are in or nobody has a higher epoch any more."""
        while above := self._above():
            self._changed.clear()
            now = self._loop.time()
            due = sorted((place for place in above if place.due <= now), key=lambda place: place.due)
            due = due[: self._pace.take(len(due), now)]
            if due and await self._get_in(due):
                self._task = None
                return
            for place in due:
                place.tries += 1
                place.due = self._loop.time() + _WAITS[min(place.tries, len(_WAITS)) - 1]
            self._places = {
                fingerprint: place
                for fingerprint, place in self._places.items()
                if fingerprint or place.tries < _TRIES  # of a twin nobody says that it is gone
            }
            if not due:
                with contextlib.suppress(TimeoutError):
                    first = min(place.due for place in above)
                    await asyncio.wait_for(self._changed.wait() if first > now else never(), max(first - now, 1.0))
        self._task = None

    async def _get_in(self, due: list[_Place]) -> bool:
        """Whether we got into the room of one of these, and it has a higher epoch indeed."""
        addresses = [address for place in due for address in place.addresses]
        self._visits_until = math.inf
        try:
            entered = await self._dialer(lambda: addresses).enter()
        except KeeperNotEntitled as banned:  # those who have not heard of the ban go there, unless we are above
            self._raise_above(banned.epoch)
            return False
        except RefusedByHost as refused:
            if refused.code in SENT_AWAY and not self._believes:
                self._raise_above(epoch_in(refused.keeps))
            return False
        except (Unreachable, JoinError):
            return False
        finally:
            self._visits_until = self._loop.time() + _VISITED_SECONDS
        if epoch_of(entered) <= self._epoch():
            entered.connection.close("its epoch is not higher")
            return False
        self._give_way(entered)
        return True

    def _raise_above(self, epoch: int) -> None:
        """Begin an epoch above this one of somebody to whom we do not go."""
        now = self._loop.time()
        if self._outdo is not None and epoch > self._epoch() and now - self._outdone_at >= _OUTDO_SECONDS:
            self._outdone_at = now
            self._outdo(epoch)


def epoch_of(entered: JoinedConnection) -> int:
    """The epoch that the host of this connection proved to have begun; 0: it proved none."""
    return epoch_in(entered.handshake.keeps)
