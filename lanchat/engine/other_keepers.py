"""OtherKeepers: what whoever keeps a room open does about others who have the same room open, after a network was split
or a data folder was copied. Engine's loop.

The higher epoch wins. Who has a lower one goes there, and with it everybody in its room; what only its Log had is
brought along. Discovery's word is a hint: the handshake proves who keeps the room, and in which epoch.
"""

from __future__ import annotations

import asyncio
import math
import random
from collections import Counter
from collections.abc import Callable, Iterable
from functools import lru_cache

from msgspec import Struct

from lanchat.core.epoch import is_plausible
from lanchat.core.frames import Heir
from lanchat.core.keeping import epoch_in, keeping_in
from lanchat.core.listing import Listing, key_fingerprint
from lanchat.core.model import Entry, MemberKey
from lanchat.core.sessions import Bucket
from lanchat.engine.entering import SENT_AWAY, IsWanted, RoomDialer
from lanchat.engine.tasks import Spawn, end, set_within
from lanchat.network.dialer import Address, JoinedConnection, Unreachable
from lanchat.trust.join_errors import JoinError, KeeperNotEntitled, RefusedByHost

_WAITS = (0.3, 1.0, 2.0, 5.0, 10.0, 30.0)  # seconds after each try of an address in vain; the last one again and again
_NEWS_SECONDS = 5.0  # between two tries of somebody who is expected, and says that they are at another place each time
_TRIES = 3  # of a place that may be gone without a word
_ANNOUNCEMENTS, _ANNOUNCE_SECONDS = 5, 1.5  # how often, and the time between two
_OUTDO_SECONDS = 30.0  # between two epochs above somebody who keeps us out
_PLACES = 256  # that are remembered, besides those of who is expected: anybody may announce one
_MET = 1_000  # members who were here, and count as expected
_FAILED = 1_024  # addresses that are remembered as failed
_ADDRESSES = 4  # of one place
_VISITS = (1 / 3, 12)  # places that are tried, per second and as a start: what is said on the network costs no more
_AT_ONCE = 4  # of them
_PAUSE_SECONDS = 0.01  # the least until the next: a clock does not move by less than it can express
_VISIT_SECONDS = 8.0  # the most that those take
_VISITED_SECONDS = 5.0  # after a visit: a host has told by then that it ended another connection of ours


_fingerprint = lru_cache(4_096)(key_fingerprint)  # of members, for each announcement


class _Place(Struct):
    """Where somebody is said to have the room open."""

    fingerprint: bytes  #: of the host's key, as it is said; b"": a twin, of whom nobody says that it is gone
    epoch: int
    addresses: list[Address]


class _Failed(Struct):
    """An address that was tried in vain, whoever is said to be there."""

    tries: int
    due: float  #: when to try it again


class OtherKeepers:
    def __init__(
        self,
        dialer: Callable[[Callable[[], list[Address]], IsWanted], RoomDialer],
        epoch: Callable[[], int],
        give_way: Callable[[JoinedConnection], None],
        spawn: Spawn,
        expected: Callable[[], Iterable[MemberKey]],
        where: Callable[[], tuple[MemberKey, Address] | None],
        announce: Callable[[], None] = lambda: None,
        outdo: Callable[[Entry], None] | None = None,
        believes: bool = True,
    ) -> None:
        """`dialer`: the way into the room at such addresses. `epoch`: of the room here. `give_way`: called once, in the
        room of somebody with a higher one. `expected`: who has it open most likely; they are visited first. `where`:
        the host in whose room we are, and its place; we do not go there again. `announce`: say that we have it open,
        since somebody with a lower one seems not to know that. `outdo`: begin an epoch above this one of somebody who
        is banned here, or keeps us out; None: the room is not open here. `believes`: that we are kept out rightly,
        since we are no more than they are."""
        self._dialer = dialer
        self._epoch = epoch
        self._give_way = give_way
        self._spawn = spawn
        self._expected = expected
        self._where = where
        self._outdo = outdo
        self._believes = believes
        self._outdone_at = -_OUTDO_SECONDS
        self._loop = asyncio.get_running_loop()
        self._places: dict[bytes, _Place] = {}  # by fingerprint
        self._met: dict[MemberKey, None] = {}  # the latest last
        self._failed: dict[Address, _Failed] = {}  # the same
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

    def visit_higher(self) -> None:
        """Visit those with a higher epoch, also where we got in before and did not stay."""
        if self._task is None and self._above():
            self._task = self._spawn(self._visit())

    def met(self, keys: Iterable[MemberKey]) -> None:
        """These are in the room with us. Who was here may have it open one day, and is expected then."""
        self._met |= dict.fromkeys(keys)
        while len(self._met) > _MET:
            del self._met[next(iter(self._met))]

    @property
    def visits(self) -> bool:
        """Whether we are on the way into somebody's room, or were a moment ago. A host whom we enter twice at once
        keeps one of the two connections only."""
        return self._loop.time() < self._visits_until

    def _add(self, fingerprint: bytes, epoch: int, addresses: list[Address]) -> None:
        place = _Place(fingerprint, epoch, addresses[:_ADDRESSES])
        if self._places.get(fingerprint) == place:
            return
        if fingerprint in self._expected_now():
            latest = self._loop.time() + _NEWS_SECONDS
            for failed in filter(None, map(self._failed.get, place.addresses)):
                failed.due = min(failed.due, latest)
        self._places[fingerprint] = place
        if len(self._places) > _PLACES and self._forget_one() is place:
            return
        self._changed.set()
        self.visit_higher()
        if self._announcing is None and epoch < self._epoch():
            self._say_again(_ANNOUNCEMENTS)

    def _say_again(self, left: int) -> None:
        """As long as somebody with a lower epoch is seen, a few times."""
        self._announcing = None
        if left and any(place.epoch < self._epoch() for place in self._places.values()):
            self._announce()
            self._announcing = self._loop.call_later(_ANNOUNCE_SECONDS, self._say_again, left - 1)

    def _forget_one(self) -> _Place:
        """Make room for another place. Who is expected is kept. Of the others that one goes where least is to be hoped
        for: first those with no higher epoch, to whom we do not go; then where most was tried in vain; then who is at
        an address where many others are said to be. Anybody can announce thousands, so that chance decides the rest."""
        expected, mine = self._expected_now(), self._epoch()
        crowd = Counter(one for place in self._places.values() for one in place.addresses)

        def hope(place: _Place) -> tuple[bool, bool, int, int]:
            higher = place.epoch > mine and is_plausible(place.epoch, mine)
            crowded = min((crowd[one] for one in place.addresses), default=_PLACES)
            return place.fingerprint in expected, higher, -self._tries(place), -crowded

        hopes = [(hope(place), place) for place in self._places.values()]
        least = min(hopes, key=lambda one: one[0])[0]
        forgotten = random.choice([place for found, place in hopes if found == least])
        if not least[0]:
            del self._places[forgotten.fingerprint]
        return forgotten

    async def close(self) -> None:
        if self._announcing is not None:
            self._announcing.cancel()
        if self._task is not None:
            await end([self._task])

    # --- which place comes first
    def _expected_now(self) -> set[bytes]:
        return {b"", *map(_fingerprint, (*self._expected(), *self._met))}

    def _above(self) -> list[_Place]:
        """Where the room has a higher epoch, as it is said, and where we are not: the most plausible first."""
        at, mine = self._where(), self._epoch()
        above = [
            place
            for place in self._places.values()
            if place.epoch > mine and is_plausible(place.epoch, mine) and not (at and at[1] in place.addresses)
        ]
        expected = self._expected_now() if above else set()
        return sorted(above, key=lambda place: (place.fingerprint not in expected, self._tries(place)))

    def _tries(self, place: _Place) -> int:
        """How often it was tried in vain."""
        return min((failed.tries if (failed := self._failed.get(one)) else 0 for one in place.addresses), default=0)

    def _due(self, address: Address) -> float:
        failed = self._failed.get(address)
        return failed.due if failed is not None else 0.0

    def _note_failed(self, addresses: Iterable[Address]) -> None:
        for address in addresses:
            before = self._failed.pop(address, None)
            tries = before.tries + 1 if before is not None else 1
            self._failed[address] = _Failed(tries, self._loop.time() + _WAITS[min(tries, len(_WAITS)) - 1])
        while len(self._failed) > _FAILED:
            del self._failed[next(iter(self._failed))]

    def _is_wanted(self, key: MemberKey, epoch: int) -> bool:
        """Of a host that answers, before we say anything: whether it proves a higher epoch, and we are not there."""
        at = self._where()
        return epoch > self._epoch() and not (at and at[0] == key)

    # --- visiting
    async def _visit(self) -> None:
        """Try to get in there, until we are in or nobody has a higher epoch any more."""
        while above := self._above():
            self._changed.clear()
            now = self._loop.time()
            due = {place.fingerprint: [one for one in place.addresses if self._due(one) <= now] for place in above}
            due = {fingerprint: addresses for fingerprint, addresses in due.items() if addresses}
            number = self._pace.take(min(len(due), _AT_ONCE), now)
            addresses = list(dict.fromkeys(one for some in list(due.values())[:number] for one in some))
            if addresses:
                if await self._get_in(addresses):
                    break
                self._note_failed(addresses)
                if (twin := self._places.get(b"")) is not None and self._tries(twin) >= _TRIES:
                    del self._places[b""]
            elif due:
                await asyncio.sleep(max(self._pace.wait(1), _PAUSE_SECONDS))
            else:
                first = min((self._due(one) for place in above for one in place.addresses), default=math.inf)
                await set_within(self._changed, min(first - now, _WAITS[-1]))
        self._task = None

    async def _get_in(self, addresses: list[Address]) -> bool:
        """Whether we got into the room at one of these, and it has a higher epoch indeed."""
        self._visits_until = math.inf
        try:
            async with asyncio.timeout(_VISIT_SECONDS):
                entered = await self._dialer(lambda: addresses, self._is_wanted).enter()
        except KeeperNotEntitled as banned:  # those who have not heard of the ban go there, unless we are above
            self._raise_above(banned.keeps)
            return False
        except RefusedByHost as refused:
            if refused.code in SENT_AWAY and not self._believes:
                self._raise_above(refused.keeps)
            return False
        except (Unreachable, JoinError, TimeoutError):
            return False
        finally:
            self._visits_until = self._loop.time() + _VISITED_SECONDS
        if epoch_of(entered) <= self._epoch():
            entered.connection.close("its epoch is not higher")
            return False
        self._give_way(entered)
        return True

    def _raise_above(self, keeps: Entry | None) -> None:
        """Begin an epoch above this one of somebody to whom we do not go."""
        if self._outdo is None or keeps is None or epoch_in(keeps) <= self._epoch():
            return
        now = self._loop.time()
        if now - self._outdone_at >= _OUTDO_SECONDS:
            self._outdone_at = now
            self._outdo(keeps)


def host_as_heir(entered: JoinedConnection) -> Heir:
    """Who hosts at the other end of this connection, as one says who keeps the room open from now on."""
    keeping, (address, port) = keeping_in(entered.handshake.keeps), entered.address
    return Heir(entered.handshake.host_key, address, port, keeping.passes if keeping is not None else ())


def epoch_of(entered: JoinedConnection) -> int:
    """The epoch that the host of this connection proved to have begun; 0: it proved none."""
    return epoch_in(entered.handshake.keeps)
