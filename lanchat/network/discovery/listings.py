"""The list of rooms as it becomes known: what mDNS says and what hosts answer, put together. Pure.

Nothing in it is trusted. It is bounded, titles are cleaned, and one room_id with two fingerprints is two rooms.
"""

from __future__ import annotations

import heapq
import ipaddress
import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TypeAlias

from lanchat.core import limits
from lanchat.core.address import Numeric
from lanchat.core.listing import Listing, Source
from lanchat.core.model import RoomId
from lanchat.core.text import clean_line
from lanchat.network.discovery.datagrams import OpenRoom
from lanchat.network.discovery.interface import RoomLost, RoomSeen, Sighting
from lanchat.network.discovery.liveness import Liveliness, Liveness
from lanchat.network.interfaces import Snapshot

MOST_ROOMS = 200  # a list nobody reads to the end; twenty thousand made-up rooms must not cost more
MOST_ASKED = 400  # those listed, and those that are asked whether they are there: one that answers is listed
QUESTIONS_PER_SECOND = 25.0  # about rooms that are listed: of many, each is asked more seldom
MOST_ADDRESSES = 8
CHECK_SECONDS = 0.3  # for an address to answer; shorter than the gap between two questions

Key: TypeAlias = tuple[RoomId, bytes]


@dataclass(slots=True)
class _KnownRoom:
    said: OpenRoom
    liveness: Liveness
    source: Source
    advertised: tuple[Numeric, ...] = ()  #: addresses in the mDNS record
    answered: dict[Numeric, float] = field(default_factory=dict)  #: addresses that answered, and when
    recheck: bool = False  #: ask all of its addresses: one of them may be of the past
    checked_at: float = math.inf  #: when these were asked; the silent ones are dropped a little later
    checked: tuple[Numeric, ...] = ()
    in_person: bool = False  #: `said` is from its own answer, which says more than a record can
    told: Listing | None = None
    queued_at: float = math.inf  #: the earliest of its places in the queue

    @property
    def due_at(self) -> float:
        return min(self.liveness.next_at, self.checked_at + CHECK_SECONDS)


@dataclass(frozen=True, slots=True)
class Probe:
    """Ask one room whether it is still there. `widely`: on every port; `connect`: by TCP too."""

    key: Key
    addresses: tuple[Numeric, ...]
    port: int
    widely: bool
    connect: bool


class Listings:
    def __init__(self, tell: Callable[[Sighting], None]) -> None:
        self._tell = tell
        self._rooms: dict[Key, _KnownRoom] = {}
        self._queue: list[tuple[float, Key]] = []  # when to look at which room; those before its `queued_at` are void
        self._listed = 0
        self._own: set[Key] = set()
        self._preferred: frozenset[RoomId] = frozenset()
        self._here: Snapshot = frozenset()
        self._looking = True

    def __bool__(self) -> bool:
        """Whether any room is listed."""
        return self._listed > 0

    def answering(self) -> list[RoomId]:
        return [key[0] for key, room in self._rooms.items() if room.liveness.state is Liveliness.ANSWERING]

    # --- what we know of ourselves
    def set_own(self, own: Iterable[Key]) -> None:
        """Rooms hosted here are not listed here."""
        self._own = set(own)
        for key in self._own & self._rooms.keys():
            self._drop(key)

    def set_here(self, here: Snapshot, now: float) -> None:
        """Our own addresses: they decide which of a host's addresses come first. Everything is asked at once."""
        self._here = here
        for key, room in self._rooms.items():
            room.recheck = True
            self._hurry(key, room, now)

    def prefer(self, room_ids: Iterable[RoomId]) -> None:
        self._preferred = frozenset(room_ids)

    def look(self, on: bool, now: float) -> None:
        if on and not self._looking:
            for key, room in self._rooms.items():
                self._hurry(key, room, now)
        self._looking = on

    # --- what we hear
    def answered(self, heard: OpenRoom, address: Numeric, now: float, typed: bool = False) -> None:
        """A host answered from `address`. `typed`: we were told to ask there."""
        room = self._find(heard, Source.TYPED if typed else Source.QUESTION, now)
        if room is None:
            return
        key = RoomId(heard.room_id), heard.fingerprint
        same = heard == room.said and address in room.answered and room.told is not None and room.told.answering
        if heard.boot_id != room.said.boot_id:
            room.advertised = ()
            room.answered.clear()
        room.said = heard
        room.in_person = True
        if address not in room.answered and len(room.answered) >= MOST_ADDRESSES:
            return  # somebody answers from ever more addresses
        room.recheck = room.recheck or (bool(room.answered) and address not in room.answered)
        room.answered[address] = now
        room.liveness.answered(now, self._looking, at_least=self._gap)
        if room.recheck:
            room.liveness.hurry(now)
        self._enqueue(key, room)
        if not same:
            self._say(room)

    def recorded(self, heard: OpenRoom, addresses: Iterable[Numeric], now: float) -> None:
        """An mDNS record says so: a hint, shown once the host itself answered, or greyed when it does not."""
        room = self._find(heard, Source.MDNS, now)
        if room is None:
            return
        if heard.boot_id != room.said.boot_id:
            room.advertised, room.in_person = (), False
        if not room.in_person:
            room.said = heard
        fresh = [address for address in addresses if self.believable(address)]
        # Those that answered first: no made-up record pushes them out. Then the latest: a record may come in parts.
        merged = tuple(dict.fromkeys([*sorted(room.answered), *fresh, *room.advertised]))[:MOST_ADDRESSES]
        if set(fresh) - set(room.advertised):
            room.recheck = True
        room.advertised = merged
        self._hurry((RoomId(heard.room_id), heard.fingerprint), room, now)
        self._say(room)

    def said_goodbye(self, room_id: RoomId, now: float) -> None:
        for key, room in self._rooms.items():
            if key[0] == room_id and room.liveness.state is not Liveliness.LOST:
                room.liveness.said_goodbye(now)
                self._enqueue(key, room)

    def connected(self, key: Key, address: Numeric, now: float) -> None:
        """It takes TCP connections, if nothing else."""
        room = self._rooms.get(key)
        if room and (room.liveness.by_tcp or room.liveness.state is not Liveliness.ANSWERING):
            room.answered[address] = now
            room.liveness.answered(now, self._looking, by_tcp=True)
            self._enqueue(key, room)
            self._say(room)

    # --- asking on
    def beat(self, now: float) -> list[Probe]:
        """Whom to ask now. Rooms that missed too many are told as gone."""
        probes = []
        while self._queue and self._queue[0][0] <= now:
            at, key = heapq.heappop(self._queue)
            room = self._rooms.get(key)
            if room is None or at != room.queued_at:
                continue
            room.queued_at = math.inf
            if room.due_at <= now:
                self._drop_silent_addresses(room, now)
                ask = room.liveness.beat(now, self._looking, self._gap)
                if room.liveness.state is Liveliness.FORGOTTEN:
                    self._drop(key)
                    continue
                self._unlist(room) if room.liveness.state is Liveliness.LOST else self._say(room)
                if ask:
                    probes.append(self._probe(key, room, now))
            self._enqueue(key, room)
        return probes

    def next_at(self) -> float:
        """When to call `beat` next; infinity when there is nobody to ask."""
        return self._queue[0][0] if self._queue else math.inf

    # --- inside
    @property
    def _gap(self) -> float:
        """Seconds from one question about a room to the next, at least."""
        return self._listed / QUESTIONS_PER_SECOND

    def _enqueue(self, key: Key, room: _KnownRoom) -> None:
        """Look at it when it is due. A place in the queue that is too early stays, and is moved when it is reached."""
        if room.due_at < room.queued_at:
            room.queued_at = room.due_at
            heapq.heappush(self._queue, (room.due_at, key))

    def _hurry(self, key: Key, room: _KnownRoom, now: float) -> None:
        room.liveness.hurry(now)
        self._enqueue(key, room)

    def _find(self, heard: OpenRoom, source: Source, now: float) -> _KnownRoom | None:
        key = (RoomId(heard.room_id), heard.fingerprint)
        if key in self._own:
            return None
        room = self._rooms.get(key)
        if room is None:
            room = _KnownRoom(heard, Liveness(now), source)
            if not self._may_ask(key, answers=source is not Source.MDNS):
                return None
            self._rooms[key] = room
            self._enqueue(key, room)
        return room

    def _worth(self, key: Key, state: Liveliness) -> tuple[bool, bool]:
        """What is known and what answers matters more than what does not."""
        return key[0] in self._preferred, state is Liveliness.ANSWERING

    def _may_ask(self, key: Key, answers: bool) -> bool:
        """Whether one more may be asked; when there are too many, it pushes out one that matters less."""
        if len(self._rooms) < MOST_ASKED:
            return True

        def rank(one: Key) -> tuple[tuple[bool, bool], bool]:  # what is not listed goes first
            return self._worth(one, self._rooms[one].liveness.state), self._rooms[one].told is not None

        least = min(self._rooms, key=rank)
        worth, listed = rank(least)
        if listed and worth >= self._worth(key, Liveliness.ANSWERING if answers else Liveliness.NEW):
            return False
        self._drop(least)
        return True

    def _may_list(self, room: _KnownRoom) -> bool:
        """Whether one more may be listed; when there are too many, it pushes out one that matters less."""
        if self._listed < MOST_ROOMS:
            return True
        key = RoomId(room.said.room_id), room.said.fingerprint
        mine = self._worth(key, room.liveness.state)
        if not any(mine):
            return False
        listed = (k for k, one in self._rooms.items() if one.told)
        least = min(listed, key=lambda k: self._worth(k, self._rooms[k].liveness.state))
        if self._worth(least, self._rooms[least].liveness.state) >= mine:
            return False
        self._drop(least)
        return True

    def _drop(self, key: Key) -> None:
        self._unlist(self._rooms.pop(key))

    def _unlist(self, room: _KnownRoom) -> None:
        if room.told:
            self._listed -= 1
            self._tell(RoomLost(room.told))
        room.told = None
        room.answered.clear()

    def _say(self, room: _KnownRoom) -> None:
        """Tells what the room looks like, when that changed. One that never answered is held back until it is late."""
        if room.liveness.state is Liveliness.NEW or room.liveness.state is Liveliness.LOST:
            return
        listing = self._listing(room)
        if listing == room.told or (room.told is None and not self._may_list(room)):
            return
        self._listed += room.told is None
        room.told = listing
        self._tell(RoomSeen(listing))

    def _listing(self, room: _KnownRoom) -> Listing:
        said = room.said
        return Listing(
            RoomId(said.room_id), clean_line(said.title, limits.TITLE_CHARACTERS), said.fingerprint, said.passphrase,
            self._addresses(room), said.port, said.boot_id, said.people, clean_line(said.host, limits.NICK_CHARACTERS),
            clean_line(said.app, 16), room.source, room.liveness.state is Liveliness.ANSWERING,
        )  # fmt: skip

    def _addresses(self, room: _KnownRoom) -> tuple[Numeric, ...]:
        def rank(address: Numeric) -> tuple[bool, bool, bool, str]:
            ip = ipaddress.ip_address(address)
            near = any(ip in one.network for one in self._here if one.ip.version == ip.version)
            return address not in room.answered, not near, ip.version == 6, address

        return tuple(sorted({*room.answered, *room.advertised}, key=rank)[:MOST_ADDRESSES])

    def _drop_silent_addresses(self, room: _KnownRoom, now: float) -> None:
        if now >= room.checked_at + CHECK_SECONDS:
            lively = {address: at for address, at in room.answered.items() if at >= room.checked_at}
            if lively:  # all silent: that is for `liveness` to judge
                room.answered = lively
                silent = set(room.checked) - lively.keys()  # a record may still name an address of the past
                room.advertised = tuple(one for one in room.advertised if one not in silent)
            room.checked_at = math.inf

    def _probe(self, key: Key, room: _KnownRoom, now: float) -> Probe:
        addresses = self._addresses(room)
        if room.liveness.misses <= 1 and room.answered and not room.recheck:
            addresses = addresses[:1]
        else:
            room.checked, room.checked_at, room.recheck = addresses, now, False
        unheard = room.liveness.state in (Liveliness.NEW, Liveliness.SILENT) and room.source is Source.MDNS
        connect = room.liveness.by_tcp or (unheard and room.liveness.misses == 2)
        return Probe(key, addresses, room.said.port, room.liveness.misses > 1, connect)

    def believable(self, address: str) -> bool:
        """Strangers may not make us ask machines elsewhere: private, link-local or on one of our own networks."""
        ip = ipaddress.ip_address(address)
        if ip.is_multicast or ip.is_loopback or ip.is_unspecified:
            return False
        if ip.version == 6 and ip.is_link_local and "%" not in address:
            return False  # heard over IPv4: nobody knows on which link it is
        return ip.is_private or ip.is_link_local or any(ip in one.network for one in self._here)
