"""The list of rooms on the network, merged from mDNS records and hosts' answers. Pure: time is a number given.

Nothing in it is trusted: it is bounded, and titles are cleaned. Each host of a room is listed and asked by itself; what
of it is one room, `engine.sightings` says.
"""

from __future__ import annotations

import heapq
import ipaddress
import math
from collections.abc import Callable, Iterable

from msgspec import Struct, field

from lanchat.core import limits
from lanchat.core.address import Numeric
from lanchat.core.listing import Listing, Source
from lanchat.core.model import RoomId
from lanchat.core.text import clean_line
from lanchat.network.discovery.interface import Key, RoomDescription, RoomLost, RoomSeen, Sighting
from lanchat.network.discovery.schedule import Liveliness, Liveness
from lanchat.network.host_addresses import Snapshot

MAX_LISTED = 200  # nobody reads a longer list; twenty thousand forged rooms must cost no more
MAX_TRACKED = 400  # rooms listed, and rooms asked whether they are there: one that answers is listed
QUESTIONS_PER_SECOND = 25.0  # about listed rooms: the more there are, the more seldom each is asked
MAX_ADDRESSES = 8  # of one room
CHECK_SECONDS = 0.3  # for an address to answer; shorter than the gap between two questions


class _KnownRoom(Struct):
    description: RoomDescription
    liveness: Liveness
    source: Source
    advertised: tuple[Numeric, ...] = ()  #: addresses in the mDNS record
    answered: dict[Numeric, float] = field(default_factory=dict)  #: addresses that answered, and when
    recheck: bool = False  #: ask all of its addresses: some may be outdated
    checked_at: float = math.inf  #: when `checked` were asked; CHECK_SECONDS later the silent ones are dropped
    checked: tuple[Numeric, ...] = ()
    in_person: bool = False  #: `description` is from the host's own answer, which says more than a record
    reported: Listing | None = None  #: as last reported; None: not listed
    queued_at: float = math.inf  #: its earliest place in the queue

    @property
    def due_at(self) -> float:
        return min(self.liveness.next_at, self.checked_at + CHECK_SECONDS)


class Probe(Struct, frozen=True):
    """One room to be asked whether it is still there. `widely`: on every port; `connect`: by TCP too."""

    key: Key
    addresses: tuple[Numeric, ...]
    port: int
    widely: bool
    connect: bool


class Listings:
    def __init__(self, report: Callable[[Sighting], None]) -> None:
        self._emit = report
        self._rooms: dict[Key, _KnownRoom] = {}
        self._queue: list[tuple[float, Key]] = []  # a heap: when to look at which room; valid when equal to `queued_at`
        self._listed = 0
        self._own: set[Key] = set()
        self._preferred: frozenset[RoomId] = frozenset()
        self._interfaces: Snapshot = frozenset()
        self._looking = True

    def __bool__(self) -> bool:
        """Whether any room is listed."""
        return self._listed > 0

    def answering(self) -> list[Key]:
        return [key for key, room in self._rooms.items() if room.liveness.state is Liveliness.ANSWERING]

    # --- this computer
    def set_own(self, own: Iterable[Key]) -> None:
        """Rooms hosted here are not listed here."""
        self._own = set(own)
        for key in self._own & self._rooms.keys():
            self._drop(self._rooms[key])

    def set_interfaces(self, here: Snapshot, now: float) -> None:
        """This computer's addresses, which decide the order of a host's. Every room is asked at once."""
        self._interfaces = here
        for room in self._rooms.values():
            room.recheck = True
            self._ask_soon(room, now)

    def prefer(self, room_ids: Iterable[RoomId]) -> None:
        self._preferred = frozenset(room_ids)

    def look(self, on: bool, now: float) -> None:
        if on and not self._looking:
            for room in self._rooms.values():
                self._ask_soon(room, now)
        self._looking = on

    # --- what others say
    def answered(self, described: RoomDescription, address: Numeric, now: float, typed: bool = False) -> None:
        """A host answered from `address`. `typed`: the person named that address."""
        room = self._find(described, Source.TYPED if typed else Source.QUESTION, now)
        if room is None:
            return
        answering = room.reported is not None and room.reported.answering
        same = answering and described == room.description and address in room.answered
        if described.boot_id != room.description.boot_id:
            room.advertised = ()
            room.answered.clear()
        room.description = described
        room.in_person = True
        if address not in room.answered and len(room.answered) >= MAX_ADDRESSES:
            return  # forged: somebody answers from ever more addresses
        room.recheck = room.recheck or (bool(room.answered) and address not in room.answered)
        room.answered[address] = now
        room.liveness.answered(now, self._looking, at_least=self._gap)
        if room.recheck:
            room.liveness.ask_soon(now)
        self._enqueue(room)
        if not same:
            self._report(room)

    def recorded(self, described: RoomDescription, addresses: Iterable[Numeric], now: float) -> None:
        """An mDNS record describes a room: a hint, listed once the host answered, or greyed when it does not."""
        room = self._find(described, Source.MDNS, now)
        if room is None:
            return
        if described.boot_id != room.description.boot_id:
            room.advertised, room.in_person = (), False
        if not room.in_person:
            room.description = described
        fresh = [address for address in addresses if self.believable(address)]
        # First those that answered, which no forged record pushes out; then the latest, since a record comes in parts.
        merged = tuple(dict.fromkeys([*sorted(room.answered), *fresh, *room.advertised]))[:MAX_ADDRESSES]
        if set(fresh) - set(room.advertised):
            room.recheck = True
        room.advertised = merged
        self._ask_soon(room, now)
        self._report(room)

    def said_goodbye(self, room_id: RoomId, fingerprint: bytes | None, now: float) -> None:
        """A host closed its room; `fingerprint`: None when it did not say which host."""
        for key, room in self._rooms.items():
            leaves = key[0] == room_id and fingerprint in (None, key[1])
            if leaves and room.liveness.state is not Liveliness.LOST:
                room.liveness.said_goodbye(now)
                self._enqueue(room)

    def connected(self, key: Key, address: Numeric, now: float) -> None:
        """The room's host accepted a TCP connection at `address`."""
        room = self._rooms.get(key)
        if room and (room.liveness.by_tcp or room.liveness.state is not Liveliness.ANSWERING):
            room.answered[address] = now
            room.liveness.answered(now, self._looking, by_tcp=True)
            self._enqueue(room)
            self._report(room)

    # --- whom to ask
    def poll(self, now: float) -> list[Probe]:
        """The rooms to ask now. Rooms that missed too many questions are reported as lost."""
        probes = []
        while self._queue and self._queue[0][0] <= now:
            at, key = heapq.heappop(self._queue)
            room = self._rooms.get(key)
            if room is None or at != room.queued_at:
                continue
            room.queued_at = math.inf
            if room.due_at <= now:
                self._drop_silent_addresses(room, now)
                ask = room.liveness.poll(now, self._looking, self._gap)
                if room.liveness.state is Liveliness.FORGOTTEN:
                    self._drop(room)
                    continue
                self._unlist(room) if room.liveness.state is Liveliness.LOST else self._report(room)
                if ask:
                    probes.append(self._probe(room, now))
            self._enqueue(room)
        return probes

    def next_at(self) -> float:
        """When to call `poll` next; infinity when there is nobody to ask."""
        return self._queue[0][0] if self._queue else math.inf

    # --- inside
    @property
    def _gap(self) -> float:
        """The least number of seconds from one question about a room to the next."""
        return self._listed / QUESTIONS_PER_SECOND

    def _enqueue(self, room: _KnownRoom) -> None:
        """Queue the room for when it is due. An earlier place in the queue stays, and is moved when it is reached."""
        if room.due_at < room.queued_at:
            room.queued_at = room.due_at
            heapq.heappush(self._queue, (room.due_at, room.description.key))

    def _ask_soon(self, room: _KnownRoom, now: float) -> None:
        room.liveness.ask_soon(now)
        self._enqueue(room)

    def _find(self, described: RoomDescription, source: Source, now: float) -> _KnownRoom | None:
        if described.key in self._own:
            return None
        room = self._rooms.get(described.key)
        if room is None:
            room = _KnownRoom(described, Liveness(now), source)
            answers = source is not Source.MDNS
            if len(self._rooms) >= MAX_TRACKED and not self._makes_way(self._rooms.values(), room, answers):
                return None
            self._rooms[described.key] = room
            self._enqueue(room)
        return room

    def _priority(self, room: _KnownRoom, answers: bool) -> tuple[bool, bool]:
        """Rooms the person knows come before others, then rooms that answer."""
        return room.description.room_id in self._preferred, answers

    def _makes_way(self, others: Iterable[_KnownRoom], room: _KnownRoom, answers: bool) -> bool:
        """Whether one of `others` is dropped for `room`: one of lower priority, or that is not listed."""

        def rank(one: _KnownRoom) -> tuple[tuple[bool, bool], bool]:  # unlisted rooms are dropped first
            return self._priority(one, one.liveness.state is Liveliness.ANSWERING), one.reported is not None

        lowest = min(others, key=rank)
        priority, listed = rank(lowest)
        if listed and priority >= self._priority(room, answers):
            return False
        self._drop(lowest)
        return True

    def _may_list(self, room: _KnownRoom) -> bool:
        """Whether one more may be listed; a full list drops one of lower priority for it."""
        if self._listed < MAX_LISTED:
            return True
        listed = (one for one in self._rooms.values() if one.reported)
        return self._makes_way(listed, room, room.liveness.state is Liveliness.ANSWERING)

    def _drop(self, room: _KnownRoom) -> None:
        self._unlist(self._rooms.pop(room.description.key))

    def _unlist(self, room: _KnownRoom) -> None:
        if room.reported:
            self._listed -= 1
            self._emit(RoomLost(room.reported))
        room.reported = None
        room.answered.clear()

    def _report(self, room: _KnownRoom) -> None:
        """Report the room when its Listing changed. One that never answered is held back until it is SILENT."""
        if room.liveness.state is Liveliness.NEW or room.liveness.state is Liveliness.LOST:
            return
        listing = self._listing(room)
        if listing == room.reported or (room.reported is None and not self._may_list(room)):
            return
        self._listed += room.reported is None
        room.reported = listing
        self._emit(RoomSeen(listing))

    def _listing(self, room: _KnownRoom) -> Listing:
        said = room.description
        return Listing(
            said.room_id, clean_line(said.title, limits.TITLE_CHARACTERS), said.fingerprint, said.passphrase,
            self._addresses(room), said.port, said.boot_id, said.people, clean_line(said.host, limits.NICK_CHARACTERS),
            clean_line(said.app, 16), room.source, room.liveness.state is Liveliness.ANSWERING,
            said.owner or said.fingerprint, said.epoch,
        )  # fmt: skip

    def _addresses(self, room: _KnownRoom) -> tuple[Numeric, ...]:
        def rank(address: Numeric) -> tuple[bool, bool, bool, str]:
            ip = ipaddress.ip_address(address)
            near = any(ip in one.network for one in self._interfaces if one.ip.version == ip.version)
            return address not in room.answered, not near, ip.version == 6, address

        return tuple(sorted({*room.answered, *room.advertised}, key=rank)[:MAX_ADDRESSES])

    def _drop_silent_addresses(self, room: _KnownRoom, now: float) -> None:
        if now >= room.checked_at + CHECK_SECONDS:
            lively = {address: at for address, at in room.answered.items() if at >= room.checked_at}
            if lively:  # where all are silent, `liveness` decides
                room.answered = lively
                silent = set(room.checked) - lively.keys()  # a record may still name an outdated address
                room.advertised = tuple(one for one in room.advertised if one not in silent)
            room.checked_at = math.inf

    def _probe(self, room: _KnownRoom, now: float) -> Probe:
        addresses = self._addresses(room)
        if room.liveness.misses <= 1 and room.answered and not room.recheck:
            addresses = addresses[:1]
        else:
            room.checked, room.checked_at, room.recheck = addresses, now, False
        unheard = room.liveness.state in (Liveliness.NEW, Liveliness.SILENT) and room.source is Source.MDNS
        connect = room.liveness.by_tcp or (unheard and room.liveness.misses == 2)
        return Probe(room.description.key, addresses, room.description.port, room.liveness.misses > 1, connect)

    def believable(self, address: str) -> bool:
        """Whether a record's address is near: private, link-local or on a network of ours. Forged records must not make
        lanchat send packets to machines elsewhere."""
        ip = ipaddress.ip_address(address)
        if ip.is_multicast or ip.is_loopback or ip.is_unspecified:
            return False
        if ip.version == 6 and ip.is_link_local and "%" not in address:
            return False  # learnt over IPv4: its link is unknown
        return ip.is_private or ip.is_link_local or any(ip in one.network for one in self._interfaces)
