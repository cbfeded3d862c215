"""mDNS (RFC 6762): rooms hosted here as DNS-SD records (RFC 6763), and the records of other hosts' rooms.

The only user of zeroconf. On the Engine's loop. Without a network it does nothing; with port 5353 taken by a program
that does not share it, it only browses. After an OSError, `open` starts it anew.

Records are public on the network: they hold nothing personal, and nothing that changes often, since each change is a
multicast. Instance and server names are the opaque room_id and the fingerprint of the host's key, so they cannot
collide and zeroconf's probing (1.2 s) is skipped. Without the latter, browsers would see two hosts of one room as one
record with the port of one and the addresses of both.
"""

from __future__ import annotations

import asyncio
import base64
import logging
import re
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import msgspec

from lanchat.core.address import NotAnAddress, Numeric, fingerprint_text, parse_fingerprint
from lanchat.core.limits import PROTOCOL_VERSION
from lanchat.core.model import RoomId
from lanchat.network.discovery.interface import Key, RoomDescription
from lanchat.network.host_addresses import Interface, best_first

if TYPE_CHECKING:
    from zeroconf import ServiceInfo, ServiceStateChange, Zeroconf
    from zeroconf.asyncio import AsyncServiceBrowser, AsyncZeroconf

TYPE = "_lanchat._tcp.local."
TITLE_BYTES = 60
_INSTANCE = re.compile(r"([a-z2-7]{16})(?:-([a-z2-7]{26}))?\." + re.escape(TYPE))
_NUMBER = re.compile(r"[0-9]{1,16}")

QUERY, IN, PTR = 0, 1, 12  # numbers of DNS (RFC 1035)
#: Interfaces as zeroconf takes them.
InterfaceChoice: TypeAlias = list[str | int | tuple[tuple[str, int, int], int]]

RESOLVE_MS, ADDRESS_MS = 3000, 1400
RESOLVING = 32  # at once; most records come complete and need no further query

_log = logging.getLogger(__name__)
# It logs ordinary conditions (no network, port taken) as errors, with the names of other machines in them.
logging.getLogger("zeroconf").setLevel(logging.CRITICAL)


def instance(room_id: RoomId, fingerprint: bytes) -> str:
    """The name of a room's record at one host: opaque, so that it neither collides nor reveals anything."""
    return f"{_label(room_id, fingerprint)}.{TYPE}"


def parse_instance(name: str) -> tuple[RoomId, bytes | None] | None:
    """The room of a record's name, and the fingerprint of the host's key, which older programs leave out. None: it is
    not a name that lanchat makes."""
    on_record = _INSTANCE.fullmatch(name)
    if on_record is None:
        return None
    room_id = RoomId(on_record[1])
    if on_record[2] is None:
        return room_id, None
    fingerprint = base64.b32decode(on_record[2].upper() + "=" * 6)
    return (room_id, fingerprint) if name == instance(room_id, fingerprint) else None


def _label(room_id: RoomId, fingerprint: bytes) -> str:
    """43 characters; a label has at most 63 bytes (RFC 6763, section 7.2)."""
    return f"{room_id}-{base64.b32encode(fingerprint).decode().rstrip('=').lower()}"


def properties(room: RoomDescription) -> dict[str, str]:
    return {
        "v": str(PROTOCOL_VERSION),
        "n": room.title.encode()[:TITLE_BYTES].decode(errors="ignore"),
        "fp": fingerprint_text(room.fingerprint),
        "pw": str(int(room.passphrase)),
        "b": room.boot_id,
        "app": room.app,
        "e": str(room.epoch),
        **({"o": fingerprint_text(room.owner)} if room.owner else {}),
    }


def read_record(name: str, port: int | None, properties: dict[str, str | None]) -> RoomDescription | None:
    """A record's content, validated; None when it is not one that lanchat makes."""
    named, epoch, owner = parse_instance(name), properties.get("e") or "0", properties.get("o")
    if named is None or not _NUMBER.fullmatch(epoch):
        return None
    texts = {key: properties.get(key) or "" for key in ("n", "b", "app")}
    try:
        keys = {"fp": parse_fingerprint(properties.get("fp") or ""), "o": parse_fingerprint(owner) if owner else None}
        numbers = {"p": port, "pw": properties.get("pw") == "1", "e": int(epoch)}
        room = msgspec.convert({"id": named[0], **texts, **keys, **numbers}, RoomDescription)
    except (NotAnAddress, msgspec.ValidationError):
        return None
    return room if named[1] in (None, room.fingerprint) else None


@dataclass(eq=False)
class Mdns:
    rooms: dict[RoomId, RoomDescription]  #: those hosted here, kept by the owner
    on_record: Callable[[RoomDescription, tuple[Numeric, ...]], None]  #: gets each record of others, new or changed
    on_goodbye: Callable[[RoomId, bytes | None], None]  #: gets each goodbye's room and, if it names one, host key

    def __post_init__(self) -> None:
        self._infos: dict[RoomId, ServiceInfo] = {}
        self._zeroconf: AsyncZeroconf | None = None
        self._browser: AsyncServiceBrowser | None = None
        self._interfaces: tuple[Interface, ...] = ()
        self._announcements: dict[RoomId, asyncio.Future[object]] = {}  # each is sent three times within half a second
        self._tasks: set[asyncio.Future[object]] = set()
        self._resolving = 0

    # --- start and end
    async def open(self, here: Iterable[Interface]) -> None:
        """Start, or start anew, on these addresses. Raises OSError."""
        await self.close(goodbye=False)
        self._interfaces = best_first(here)
        if not self._interfaces:
            return
        self._zeroconf = await _start_zeroconf(_interface_choice(self._interfaces))
        await self._browse()
        for room in list(self.rooms.values()):  # it may change meanwhile
            await self._register(room)

    async def update_addresses(self, here: Iterable[Interface]) -> None:
        """This computer's addresses are these now, on the adapters known before. Raises OSError."""
        self._interfaces = best_first(here)
        if self._zeroconf is None or not self._interfaces:
            await self.open(self._interfaces)
            return
        # In this order: else other machines keep the old address for minutes.
        for info in self._infos.values():
            info.addresses = self._packed()
            info.async_clear_cache()
        updating = self._start_task(self._zeroconf.async_update_interfaces(_interface_choice(self._interfaces)))
        await asyncio.wait([updating], timeout=0.02)  # its sockets are open long before it has finished announcing
        if updating.done() and updating.exception():
            await self.open(self._interfaces)
        else:
            await self._browse()

    async def close(self, goodbye: bool = True) -> None:
        goodbyes = [said for room_id, said in self._announcements.items() if room_id not in self._infos]
        if goodbye and goodbyes:
            await asyncio.wait(goodbyes)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._browser:
            await self._browser.async_cancel()
        if self._zeroconf:
            if not goodbye:
                registry = self._zeroconf.zeroconf.registry
                registry.async_remove(registry.async_get_service_infos())
            await self._zeroconf.async_close()
        self._zeroconf = self._browser = None
        self._infos.clear()
        self._announcements.clear()

    # --- rooms hosted here
    async def sync_record(self, room_id: RoomId) -> None:
        """Register, change or withdraw a room's record, so that it fits what `rooms` says of it now."""
        if self._zeroconf is None:
            return
        room, before = self.rooms.get(room_id), self._infos.get(room_id)
        if room is None:
            if before is not None:
                del self._infos[room_id]
                self._announce(room_id, await self._zeroconf.async_unregister_service(before))
        elif before is None:
            await self._register(room)
        else:
            info = self._info(room)
            if (info.text, info.port) != (before.text, before.port):  # another number of people costs no multicast
                self._infos[room_id] = info
                self._announce(room_id, await self._zeroconf.async_update_service(info))

    async def announce(self, room_id: RoomId) -> None:
        """Send its record once more."""
        if self._zeroconf is not None and (info := self._infos.get(room_id)) is not None:
            self._announce(room_id, await self._zeroconf.async_update_service(info))

    async def _register(self, room: RoomDescription) -> None:
        from zeroconf import NotRunningException

        assert self._zeroconf
        info = self._infos[room.room_id] = self._info(room)
        try:
            announcing = await self._zeroconf.async_register_service(info, cooperating_responders=True)
        except NotRunningException:
            _log.info("mDNS stopped while starting")
        else:
            self._announce(room.room_id, announcing)

    def _announce(self, room_id: RoomId, announcement: Awaitable[object]) -> None:
        """Cancel the room's earlier announcement, whose repetitions would revoke this one."""
        if room_id in self._announcements:
            self._announcements[room_id].cancel()
        self._announcements[room_id] = self._start_task(announcement)

    def _info(self, room: RoomDescription) -> ServiceInfo:
        from zeroconf import ServiceInfo

        return ServiceInfo(
            TYPE, instance(*room.key), room.port, addresses=self._packed(),
            properties=properties(room), server=f"lanchat-{_label(*room.key)}.local.",
        )  # fmt: skip

    def _packed(self) -> list[bytes]:
        return [one.ip.packed for one in self._interfaces]

    # --- rooms of others
    def ask(self, unicast: bool, known: Iterable[Key]) -> None:
        """Send a query now. `unicast`: answers shall come by unicast. `known`: rooms that need not answer (RFC 6762,
        section 7.1)."""
        if self._zeroconf is None:
            return
        # Public, though missing in its __all__.
        from zeroconf import DNSOutgoing, DNSPointer, DNSQuestion, current_time_millis  # type: ignore[attr-defined]

        out = DNSOutgoing(QUERY)
        question = DNSQuestion(TYPE, PTR, IN)
        question.unicast = unicast
        out.add_question(question)
        names, now = {instance(*key) for key in known}, current_time_millis()
        for record in self._zeroconf.zeroconf.cache.get_all_by_details(TYPE, PTR, IN) if names else ():
            if isinstance(record, DNSPointer) and record.alias in names and not record.is_stale(now):
                out.add_answer_at_time(record, now)
        self._zeroconf.zeroconf.async_send(out)

    async def _browse(self) -> None:
        """Start a new browser: one asks a few times in the beginning, and then not for an hour."""
        from zeroconf.asyncio import AsyncServiceBrowser

        assert self._zeroconf
        if self._browser:
            await self._browser.async_cancel()
        self._browser = AsyncServiceBrowser(self._zeroconf.zeroconf, [TYPE], handlers=[self._changed])

    def _changed(self, zeroconf: Zeroconf, service_type: str, name: str, state_change: ServiceStateChange) -> None:
        from zeroconf import ServiceStateChange
        from zeroconf.asyncio import AsyncServiceInfo

        named = parse_instance(name)
        if named is None:
            return
        if state_change is ServiceStateChange.Removed:
            self.on_goodbye(*named)
            return
        info = AsyncServiceInfo(service_type, name)
        if info.load_from_cache(zeroconf) and _reachable(info):
            self._report_record(info)
        elif self._resolving < RESOLVING:
            self._start_task(self._resolve(zeroconf, info))

    async def _resolve(self, zeroconf: Zeroconf, info: ServiceInfo) -> None:
        """Query what a record lacks, and its host's addresses when none of them can be used."""
        from zeroconf import AddressResolverIPv4, NotRunningException  # type: ignore[attr-defined]  # as above

        self._resolving += 1
        try:
            if not await info.async_request(zeroconf, RESOLVE_MS):
                return
            if not _reachable(info):  # IPv6 addresses without their link were learnt over IPv4, which the host then has
                await AddressResolverIPv4(str(info.server)).async_request(zeroconf, ADDRESS_MS)
                info.load_from_cache(zeroconf)
            self._report_record(info)
        except NotRunningException:
            _log.info("mDNS was closed while resolving")
        finally:
            self._resolving -= 1

    def _report_record(self, info: ServiceInfo) -> None:
        if room := read_record(info.name, info.port, info.decoded_properties):
            self.on_record(room, tuple(map(Numeric, info.parsed_scoped_addresses())))

    def _start_task(self, work: Awaitable[object]) -> asyncio.Future[object]:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Future[object]) -> None:
        """A failed task is not repeated: the next change of addresses, or the next burst, does the same again."""
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            _log.info("mDNS: %s", type(error).__name__)


def _reachable(info: ServiceInfo) -> bool:
    """Whether it has an address that can be used: not a link-local one without its link."""
    return any(not address.lower().startswith("fe80:") or "%" in address for address in info.parsed_scoped_addresses())


def _interface_choice(here: tuple[Interface, ...]) -> InterfaceChoice:
    """Addresses as zeroconf takes them: IPv4 by address, IPv6 by adapter."""
    return [*(one.address for one in here if one.v4), *{one.index for one in here if not one.v4}]


async def _start_zeroconf(choice: InterfaceChoice) -> AsyncZeroconf:
    """zeroconf on as many of the addresses as possible. Raises OSError when on none."""
    from zeroconf import IPVersion, NotRunningException
    from zeroconf.asyncio import AsyncZeroconf

    problem = OSError("no mDNS on these addresses")
    v4: InterfaceChoice = [one for one in choice if isinstance(one, str)]
    # The first fails where IPv6 is switched off; the first two where 5353 is taken: the others can still browse.
    for interfaces, alone in ((choice, False), (v4, False), (choice, True), (v4, True)):
        if not interfaces:
            continue
        version = IPVersion.All if len(interfaces) > len(v4) else IPVersion.V4Only
        try:
            made = AsyncZeroconf(interfaces, unicast=alone, ip_version=version)
        except (OSError, RuntimeError) as error:
            _log.info("mDNS on %d addresses: %s", len(interfaces), type(error).__name__)
            problem = error if isinstance(error, OSError) else problem
            continue
        try:
            await made.zeroconf.async_wait_for_start()
        except NotRunningException:
            await made.async_close()
            continue
        return made
    raise problem
