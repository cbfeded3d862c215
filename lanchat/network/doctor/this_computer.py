"""The doctor's checks of this computer: clock, data folder, folder of files, addresses, multicast, port.

On the Engine's loop.
"""

from __future__ import annotations

import asyncio
import errno
import os
import platform
import shlex
import shutil
import socket
import stat
import struct
import sys
from collections.abc import Awaitable
from pathlib import Path

from lanchat.core import dates, limits
from lanchat.core.listing import Finding, Health
from lanchat.core.sizes import size_words
from lanchat.core.translate import _
from lanchat.network.discovery import datagrams
from lanchat.network.host_addresses import Interface, Snapshot, best_first
from lanchat.storage import file_store, settings
from lanchat.storage.data_folder import downloads_folder
from lanchat.storage.system_programs import run
from lanchat.trust.identity import client_context

OLDEST, NEWEST = 1_735_689_600, 4_102_444_800  # 2025 and 2100: a clock outside of it was never set
AHEAD_SECONDS = 120.0
LOW_BYTES, FULL_BYTES = 500_000_000, 20_000_000

ECHO_GROUP = "239.255.77.78"  # used for this check only, so that what comes back is our own
ECHO_SECONDS = 0.5
ANSWER_SECONDS = 1.0
_SIOCGIFFLAGS, _IFF_RUNNING = 0x8913, 0x40  # netdevice(7)

PROGRAM_SECONDS = 3.0  # for a program of the system


async def clock(now: float, ahead: float | None) -> list[Finding]:
    """`now`: what it shows, in seconds; `ahead`: of others' clocks, by so many; None: not known."""
    at = dates.moment(round(now * 1000))
    shown = _("{date}, {clock}").format(date=dates.full_date(at.date()), clock=dates.clock(at))
    if not OLDEST < now < NEWEST:
        return [Finding(
            "clock", Health.BAD, _("This computer believes that it is {time}.").format(time=shown),
            _("Set its clock: the times of your messages are taken from it."),
        )]  # fmt: skip
    if ahead is not None and abs(ahead) > AHEAD_SECONDS:
        minutes = round(abs(ahead) / 60)
        says = _("This computer's clock is {minutes} minutes ahead of the others'.") if ahead > 0 else _(
            "This computer's clock is {minutes} minutes behind the others'.")  # fmt: skip
        return [Finding("clock", Health.ODD, says.format(minutes=minutes), _("Let the system set the time by itself."))]
    return [Finding("clock", Health.GOOD, shown)]


def data(folder: Path, unread: str = "") -> list[Finding]:
    """Whether the folder can be written to, has room, and is private. Slow: on a thread.

    `unread`: why the data there cannot be read, in words for the person; "": it can.
    """
    if unread:
        return [Finding("data", Health.BAD, _("{folder} cannot be used.").format(folder=folder), unread)]
    if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        return [Finding(
            "data", Health.BAD, _("The folder {folder} cannot be written to.").format(folder=folder),
            _("Make it yours again, or choose another with --data-dir."),
        )]  # fmt: skip
    free = shutil.disk_usage(folder).free
    if free < LOW_BYTES:
        return [_nearly_full("data", folder, free, _("Delete something large: without room nothing can be kept."))]
    if sys.platform != "win32" and folder.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        return [Finding(
            "data", Health.ODD, _("Other users of this computer can look into {folder}.").format(folder=folder),
            _("Close it: chmod 700 {folder}").format(folder=shlex.quote(str(folder))),
        )]  # fmt: skip
    return [Finding("data", Health.GOOD, _("{folder}, {free} GB free").format(folder=folder, free=free // 10**9))]


def files(data_dir: Path) -> list[Finding]:
    """Whether what others send can be saved, and how much of it is kept for rooms hosted here. Slow: on a thread."""
    chosen = settings.peek(data_dir).files
    folder = Path(chosen.folder or downloads_folder())
    there = next(one for one in (folder, *folder.parents) if one.exists())  # it is made when the first file comes
    if not there.is_dir() or not os.access(there, os.W_OK | os.X_OK):
        return [Finding(
            "files", Health.BAD, _("Files cannot be saved in {folder}.").format(folder=folder),
            _("Choose another folder in the settings, or make that one yours again."),
        )]  # fmt: skip
    free = shutil.disk_usage(there).free
    if free < LOW_BYTES:
        return [_nearly_full("files", folder, free, _("Large files do not come until there is room."))]
    says = _("{folder}, {free} GB free; {kept} of at most {most} kept for others in rooms of yours")
    kept, most = size_words(_bytes_in(data_dir / file_store.FOLDER)), size_words(chosen.store_bytes)
    return [Finding("files", Health.GOOD, says.format(folder=folder, free=free // 10**9, kept=kept, most=most))]


def _nearly_full(name: str, folder: Path, free: int, advice: str) -> Finding:
    says = _("The disk is nearly full: {free} MB are left for {folder}.")
    health = Health.BAD if free < FULL_BYTES else Health.ODD
    return Finding(name, health, says.format(free=free // 1_000_000, folder=folder), advice)


def _bytes_in(folder: Path) -> int:
    try:
        return sum(entry.stat().st_size for entry in os.scandir(folder))
    except OSError:  # there is none
        return 0


async def network(mine: Snapshot) -> list[Finding]:
    """This computer's addresses, and what is special about them."""
    findings = [_addresses(mine)]
    vpns = sorted({one.name for one in mine if one.vpn})
    if vpns:
        findings.append(Finding(
            "vpn", Health.ODD, _("A VPN is on: {names}.").format(names=", ".join(vpns)),
            _("If rooms are missing, allow access to the local network in its settings, or switch it off."),
        ))  # fmt: skip
    if "microsoft" in platform.release().lower():
        findings.append(Finding(
            "wsl", Health.ODD, _("This is Linux inside Windows (WSL), which has a network of its own."),
            _("Run lanchat in Windows itself."),
        ))  # fmt: skip
    return findings


def _addresses(mine: Snapshot) -> Finding:
    ordered = best_first(mine)
    if not ordered:
        return Finding(
            "network", Health.BAD, _("This computer is on no network."),
            _("Join a Wi-Fi or plug in a cable; until then only people on this computer can talk."),
        )  # fmt: skip
    if all(one.ip.is_loopback for one in ordered):
        return Finding("network", Health.GOOD, _("Only people on this computer are looked for."))
    cut = sorted({one.name for one in ordered if not connected(one)})
    if cut:
        return Finding(
            "network", Health.BAD if len(cut) == len({one.name for one in ordered}) else Health.ODD,
            _("The cable is out, or the Wi-Fi is not connected: {names}.").format(names=", ".join(cut)),
            _("Plug it in, or join a Wi-Fi; rooms then appear by themselves."),
        )  # fmt: skip
    v4 = [one for one in ordered if one.v4]
    says = ", ".join(f"{one.address} ({one.name})" for one in v4 or ordered[:1])
    if v4 and all(one.ip.is_link_local for one in v4):
        return Finding(
            "network", Health.ODD, _("This computer was given no address by a router: {address}.").format(address=says),
            _("That will do between computers on one cable; on Wi-Fi, join it anew."),
        )  # fmt: skip
    return Finding("network", Health.GOOD, says)


def connected(one: Interface) -> bool:
    """Whether the adapter has a cable or a Wi-Fi. Linux keeps the address without; other systems remove it."""
    if sys.platform != "linux":
        return True
    import fcntl

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        try:
            asked = struct.pack("16sH14x", one.name.encode()[:15], 0)
            flags = struct.unpack_from("16sH", fcntl.ioctl(any_socket, _SIOCGIFFLAGS, asked))[1]
        except OSError:
            return True
    return bool(flags & _IFF_RUNNING)


async def multicast(mine: Snapshot, mdns_answers: Awaitable[frozenset[str]]) -> list[Finding]:
    """Whether our own multicast comes back on each adapter. `mdns_answers`: machines that answered a multicast query,
    which shows that the network carries it."""
    adapters = sorted(one for one in mine if one.v4 and not one.ip.is_loopback)
    received = await asyncio.gather(*map(_receives_own_multicast, adapters))
    failing = [one for one, ok in zip(adapters, received, strict=True) if not ok]
    if not adapters:
        return []
    if failing:
        names = ", ".join(f"{one.name} ({one.address})" for one in failing)
        return [Finding(
            "multicast", Health.ODD, _("Multicast, which finds rooms, does not work on {names}.").format(names=names),
            _("Rooms are still found in other ways; if not, look at this computer's firewall."),
        )]  # fmt: skip
    if await mdns_answers:
        return [Finding("multicast", Health.GOOD, _("Multicast, which finds rooms, works."))]
    says = _("Multicast, which finds rooms, works on this computer; no other computer has answered to it.")
    return [Finding("multicast", Health.GOOD, says)]


async def _receives_own_multicast(one: Interface) -> bool:
    loop = asyncio.get_running_loop()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as echo:
        echo.setblocking(False)
        try:
            echo.bind(("", 0))
            mine = socket.inet_aton(one.address)
            echo.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, socket.inet_aton(ECHO_GROUP) + mine)
            echo.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, mine)
            await loop.sock_sendto(echo, one.address.encode(), (ECHO_GROUP, echo.getsockname()[1]))
            async with asyncio.timeout(ECHO_SECONDS):
                return await loop.sock_recv(echo, 64) == one.address.encode()
        except (OSError, TimeoutError):
            return False


async def port(number: int, hosting: tuple[int, ...]) -> list[Finding]:
    """Whether a room can be opened on the well-known port, or is open there. `hosting`: this program's ports."""
    if hosting:
        ports = ", ".join(str(one) for one in sorted(hosting))
        return [Finding("port", Health.GOOD, _("A room is open here on port {ports}.").format(ports=ports))]
    if _taken(number):
        if await _speaks_lanchat(number):
            return [Finding("port", Health.GOOD, _("A room is open here on port {ports}.").format(ports=number))]
        return [Finding(
            "port", Health.GOOD, _("Port {port} is in use; a room hosted here takes another.").format(port=number)
        )]  # fmt: skip
    if not _shared(number):
        return [Finding(
            "port", Health.ODD, _("Port {port} is used by another program.").format(port=number),
            _("A room hosted here is found a little later. End that program if you know it."),
        )]  # fmt: skip
    return [Finding("port", Health.GOOD, _("Port {port} is free.").format(port=number))]


def _taken(number: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as one:
        if sys.platform != "win32":  # there it would let two programs share the port
            one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            one.bind(("", number))
        except OSError as error:
            return error.errno in (errno.EADDRINUSE, errno.EACCES)
    return False


def _shared(number: int) -> bool:
    """Whether the UDP port is free, or taken only by programs that share it, as every lanchat does."""
    try:
        datagrams.responder_socket(False, number, shared=True).close()
    except OSError:
        return False
    return True


async def _speaks_lanchat(number: int) -> bool:
    """Whether a lanchat answers on this computer's port. Nothing is sent after the TLS handshake."""
    try:
        async with asyncio.timeout(ANSWER_SECONDS):
            _reader, writer = await asyncio.open_connection(
                "127.0.0.1", number, ssl=client_context(), server_hostname=""
            )
    except (OSError, TimeoutError):
        return False
    spoken = writer.get_extra_info("ssl_object").selected_alpn_protocol()
    writer.transport.abort()
    return bool(spoken == limits.ALPN)


def output_of(*argv: str) -> str:
    """What a program of the system prints; "" when it is missing, fails or takes too long. Slow: on a thread."""
    return run(argv, PROGRAM_SECONDS) or ""
