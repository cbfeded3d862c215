"""mDNS (RFC 6762): rooms hosted here as DNS-SD records (RFC 6763), and the records of other hosts' rooms.

The only user of zeroconf. On the Engine's loop. Without a network it does nothing; with port 5353 taken by a program
that does not share it, it only browses. After an OSError, `open` starts it anew.

Records are public on the network: they hold nothing personal, and nothing that changes often, since each change is a
multicast. Instance and server names are the opaque room_id, so they cannot collide and zeroconf's probing (1.2 s) is
skipped.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable, Iterable
from typing import TYPE_CHECKING, TypeAlias

import msgspec

from lanchat import __version__
from lanchat.core.address import NotAnAddress, Numeric, fingerprint_text, parse_fingerprint
from lanchat.core.limits import PROTOCOL_VERSION
from lanchat.core.model import RoomId
from lanchat.network.discovery.datagrams import RoomDescription
from lanchat.network.discovery.interface import Advert
from lanchat.network.host_addresses import Interface, best_first

if TYPE_CHECKING:
    from zeroconf import ServiceInfo, ServiceStateChange, Zeroconf
    from zeroconf.asyncio import AsyncServiceBrowser, AsyncZeroconf

TYPE = "_lanchat._tcp.local."
TITLE_BYTES = 60
_INSTANCE = re.compile(r"([a-z2-7]{16})\." + re.escape(TYPE))

QUERY, IN, A, PTR, AAAA = 0, 1, 1, 12, 28  # numbers of DNS (RFC 1035, RFC 3596)
#: Interfaces as zeroconf takes them.
InterfaceChoice: TypeAlias = list[str | int | tuple[tuple[str, int, int], int]]

RESOLVE_MS = 3000
RESOLVE_AGAIN = (0.1, 0.3, 1.0)
RESOLVING = 32  # at once; most records come complete and need no further query

_log = logging.getLogger(__name__)
# It logs ordinary conditions (no network, port taken) as errors, with the names of other machines in them.
logging.getLogger("zeroconf").setLevel(logging.CRITICAL)


def instance(room_id: RoomId) -> str:
    """The name of a room's record: opaque, so that it neither collides nor reveals anything."""
    return f"{room_id}.{TYPE}"


def room_of(name: str) -> RoomId | None:
    """The room of a record's name; None when it is not a name that lanchat makes."""
    on_record = _INSTANCE.fullmatch(name)
    return RoomId(on_record[1]) if on_record else None


def properties(advert: Advert, boot_id: str) -> dict[str, str]:
    return {
        "v": str(PROTOCOL_VERSION),
        "n": advert.title.encode()[:TITLE_BYTES].decode(errors="ignore"),
        "fp": fingerprint_text(advert.fingerprint),
        "pw": str(int(advert.passphrase)),
        "b": boot_id,
        "app": __version__,
    }


def read_record(room_id: RoomId, port: int | None, properties: dict[str, str | None]) -> RoomDescription | None:
    """A record's content, validated; None when it is not one that lanchat makes."""
    try:
        return msgspec.convert(
            {
                "id": room_id,
                "n": properties.get("n") or "",
                "fp": parse_fingerprint(properties.get("fp") or ""),
                "p": port,
                "pw": properties.get("pw") == "1",
                "b": properties.get("b") or "",
                "app": properties.get("app") or "",
            },
            RoomDescription,
        )
    except (NotAnAddress, msgspec.ValidationError):
        return None


def same_records(one: Advert, other: Advert) -> bool:
    """Whether both make the same record. The number of people is not in it, so its change costs no multicast."""
    return (one.title, one.fingerprint, one.passphrase, one.port) == (
        other.title, other.fingerprint, other.passphrase, other.port,
    )  # fmt: skip


class Mdns:
    """`on_record` gets each record of others, new or changed; `on_goodbye` the room_id of each goodbye."""

    def __init__(
        self,
        boot_id: str,
        on_record: Callable[[RoomDescription, tuple[Numeric, ...]], None],
        on_goodbye: Callable[[RoomId], None],
    ) -> None:
        self._boot_id = boot_id
        self._on_record = on_record
        self._on_goodbye = on_goodbye
        self._adverts: dict[RoomId, Advert] = {}
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
        await self._shut(goodbye=False)
        self._interfaces = best_first(here)
        if not self._interfaces:
            return
        self._zeroconf = await _start_zeroconf(_interface_choice(self._interfaces))
        await self._browse()
        for advert in self._adverts.values():
            await self._register(advert)

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

    async def close(self) -> None:
        await self._shut(goodbye=True)

    async def _shut(self, goodbye: bool) -> None:
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
    async def advertise(self, advert: Advert) -> None:
        before = self._adverts.get(advert.room_id)
        self._adverts[advert.room_id] = advert
        if self._zeroconf is None or (before and same_records(before, advert)):
            return
        if advert.room_id not in self._infos:
            await self._register(advert)
            return
        info = self._infos[advert.room_id] = self._info(advert)
        self._announce(advert.room_id, await self._zeroconf.async_update_service(info))

    async def withdraw(self, room_id: RoomId) -> None:
        self._adverts.pop(room_id, None)
        info = self._infos.pop(room_id, None)
        if self._zeroconf and info:
            self._announce(room_id, await self._zeroconf.async_unregister_service(info))

    async def _register(self, advert: Advert) -> None:
        from zeroconf import NotRunningException

        assert self._zeroconf
        info = self._infos[advert.room_id] = self._info(advert)
        try:
            announcing = await self._zeroconf.async_register_service(info, cooperating_responders=True)
        except NotRunningException:
            _log.info("mDNS stopped while starting")
        else:
            self._announce(advert.room_id, announcing)

    def _announce(self, room_id: RoomId, announcement: Awaitable[object]) -> None:
        """Cancel the room's earlier announcement, whose repetitions would revoke this one."""
        if room_id in self._announcements:
            self._announcements[room_id].cancel()
        self._announcements[room_id] = self._start_task(announcement)

    def _info(self, advert: Advert) -> ServiceInfo:
        from zeroconf import ServiceInfo

        return ServiceInfo(
            TYPE, instance(advert.room_id), advert.port, addresses=self._packed(),
            properties=properties(advert, self._boot_id), server=f"lanchat-{advert.room_id}.local.",
        )  # fmt: skip

    def _packed(self) -> list[bytes]:
        return [one.ip.packed for one in self._interfaces]

    # --- rooms of others
    def ask(self, unicast: bool, known: Iterable[RoomId]) -> None:
        """Send a query now. `unicast`: answers shall come by unicast. `known`: rooms that need not answer (RFC 6762,
        section 7.1)."""
        self._send(unicast, [(TYPE, PTR)], {instance(room_id) for room_id in known})

    def _send(self, unicast: bool, questions: Iterable[tuple[str, int]], known: Iterable[str] = ()) -> None:
        if self._zeroconf is None:
            return
        # Public, though missing in its __all__.
        from zeroconf import DNSOutgoing, DNSPointer, DNSQuestion, current_time_millis  # type: ignore[attr-defined]

        out = DNSOutgoing(QUERY)
        for name, kind in questions:
            question = DNSQuestion(name, kind, IN)
            question.unicast = unicast
            out.add_question(question)
        now = current_time_millis()
        for record in self._zeroconf.zeroconf.cache.get_all_by_details(TYPE, PTR, IN) if known else ():
            if isinstance(record, DNSPointer) and record.alias in known and not record.is_stale(now):
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

        room_id = room_of(name)
        if room_id is None:
            return
        if state_change is ServiceStateChange.Removed:
            self._on_goodbye(room_id)
            return
        info = AsyncServiceInfo(service_type, name)
        if info.load_from_cache(zeroconf) and _reachable(info):
            self._report_record(info)
        elif self._resolving < RESOLVING:
            self._start_task(self._resolve(zeroconf, info))

    async def _resolve(self, zeroconf: Zeroconf, info: ServiceInfo) -> None:
        """Query what a record lacks, and its host's addresses when none of them can be used."""
        from zeroconf import NotRunningException

        self._resolving += 1
        try:
            if not await info.async_request(zeroconf, RESOLVE_MS):
                return
            for pause in () if _reachable(info) else RESOLVE_AGAIN:
                self._send(unicast=True, questions=[(str(info.server), A), (str(info.server), AAAA)])
                await asyncio.sleep(pause)
                if info.load_from_cache(zeroconf) and _reachable(info):
                    break
            self._report_record(info)
        except NotRunningException:
            _log.info("mDNS was closed while resolving")
        finally:
            self._resolving -= 1

    def _report_record(self, info: ServiceInfo) -> None:
        room_id = room_of(info.name)
        if room_id and (room := read_record(room_id, info.port, info.decoded_properties)):
            self._on_record(room, tuple(map(Numeric, info.parsed_scoped_addresses())))

    def _start_task(self, work: Awaitable[object]) -> asyncio.Future[object]:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        task.add_done_callback(_log_failure)
        return task


def _reachable(info: ServiceInfo) -> bool:
    """Whether it has an address that can be used: not a link-local one without its link."""
    return any(not address.lower().startswith("fe80:") or "%" in address for address in info.parsed_scoped_addresses())


def _log_failure(task: asyncio.Future[object]) -> None:
    """A failed task is not repeated here: the next change of addresses, or the next burst, does the same again."""
    if not task.cancelled() and (error := task.exception()):
        _log.info("mDNS: %s", type(error).__name__)


def _interface_choice(here: Iterable[Interface]) -> InterfaceChoice:
    """Addresses as zeroconf takes them: IPv4 by address, IPv6 by adapter."""
    here = tuple(here)
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
