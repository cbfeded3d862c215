"""A network on one Linux machine: each host a network namespace, all on one bridge in a namespace of its own.

Nothing is made in the caller's own namespace, so no packet leaves the lab. Needs iproute2, nsenter and the right to
make namespaces; without them `up` raises LabUnavailable. hN has eth0, 10.77.0.N/24 and fd77::N.
"""

from __future__ import annotations

import ctypes
import itertools
import os
import re
import shutil
import signal
import socket
import struct
import subprocess
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

T = TypeVar("T")

NETNS = Path("/run/netns")
CLONE_NEWNET = 0x40000000
_numbers = itertools.count(1)


class LabUnavailable(Exception):
    """Namespaces, or the tools for them, are not to be had here."""


class Lab:
    def __init__(self, hosts: int) -> None:
        self._name = f"lanchat{os.getpid()}-{next(_numbers)}"  # the pid, so that a later run can clear up after us
        self.hosts = [f"h{n}" for n in range(1, hosts + 1)]
        self._processes: list[subprocess.Popen[Any]] = []
        self._shims: dict[str, subprocess.Popen[bytes]] = {}

    # --- life
    def up(self) -> Lab:
        if sys.platform != "linux":
            raise LabUnavailable("network namespaces are Linux'")
        for tool in ("ip", "bridge", "nsenter"):
            if not shutil.which(tool):
                raise LabUnavailable(f"there is no `{tool}` command here")
        _clear_up()
        try:
            run("ip", "netns", "add", self._ns("switch"))
        except subprocess.CalledProcessError as error:
            raise LabUnavailable(f"network namespaces are not permitted here: {error.stderr.strip()}") from error
        try:
            bridge = "link add br0 type bridge forward_delay 0 stp_state 0 mcast_snooping 0"
            self._ip("switch", "link set lo up", bridge, "link set br0 up")
            for host in self.hosts:
                run("ip", "netns", "add", self._ns(host))
                self._ip(host, "link set lo up")
                self.plug(host)
        except BaseException:
            self.down()
            raise
        return self

    def down(self) -> None:
        for process in [*self._processes, *self._shims.values()]:
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout, process.stderr):
                if pipe:
                    pipe.close()
        for host in ["switch", *self.hosts]:
            if (NETNS / self._ns(host)).exists():
                run("ip", "netns", "del", self._ns(host))

    # --- addresses
    @staticmethod
    def address(host: str) -> str:
        return f"10.77.0.{host[1:]}"

    def readdress(self, host: str, address: str) -> None:
        """The router gave it another IPv4 address."""
        self._ip(host, f"addr del {self.address(host)}/24 dev eth0", f"addr add {address}/24 brd + dev eth0")

    def without_ipv4(self, host: str) -> None:
        """Nobody gives it an IPv4 address."""
        self._ip(host, f"addr del {self.address(host)}/24 dev eth0")

    def without_ipv6_prefix(self) -> None:
        """No router announces an IPv6 network: everybody has a link-local address, and no other."""
        for host in self.hosts:
            self._ip(host, "addr flush dev eth0 scope global")

    def second_network(self, host: str) -> None:
        """It is on another network too, where nobody else is."""
        self._ip(host, "link add eth1 type veth peer name eth2", "link set eth1 up", "link set eth2 up",
                 f"addr add 10.78.0.{host[1:]}/24 brd + dev eth1")  # fmt: skip

    def second_card(self, host: str, address: str) -> None:
        """Another adapter, eth1, on the same switch. What is sent leaves by the first while that is there."""
        self._ip("switch", f"link add {host}x type veth peer name eth1 netns {self._ns(host)}")
        self._write("switch", f"/proc/sys/net/ipv6/conf/{host}x/disable_ipv6", "1")
        self._write(host, "/proc/sys/net/ipv6/conf/eth1/accept_dad", "0")
        self._ip("switch", f"link set {host}x master br0", f"link set {host}x up")
        self._ip(host, "link set eth1 up", f"addr add {address}/24 brd + dev eth1")

    def know_each_other(self) -> None:
        """Everybody knows everybody's link address for good: where broadcasts are dropped, nobody could ask."""
        for host in self.hosts:
            self._ip(host, *(f"neigh replace {self.address(o)} lladdr {_mac(o)} dev eth0 nud permanent"
                             for o in self.hosts if o != host))  # fmt: skip

    # --- cables
    def plug(self, host: str) -> None:
        """Give it a network adapter, with its addresses."""
        self._ip("switch", f"link add {host} type veth peer name eth0 netns {self._ns(host)}")
        self._write("switch", f"/proc/sys/net/ipv6/conf/{host}/disable_ipv6", "1")
        self._write(host, "/proc/sys/net/ipv6/conf/eth0/accept_dad", "0")
        self._ip("switch", f"link set {host} master br0", f"link set {host} up")
        n = host[1:]
        self._ip(host, f"link set eth0 address {_mac(host)}", "link set eth0 up",
                 f"addr add 10.77.0.{n}/24 brd + dev eth0", f"addr add fd77::{n}/64 dev eth0 nodad")  # fmt: skip

    def unplug(self, host: str) -> None:
        """Take its adapter away altogether."""
        self._ip(host, "link del eth0")

    def cut(self, host: str, noticed: bool = True) -> None:
        """Pull its cable. `noticed`: its own system sees that; else it goes on sending into nothing."""
        self._ip("switch", f"link set {host} down" if noticed else f"link set {host} nomaster")

    def heal(self, host: str) -> None:
        self._ip("switch", f"link set {host} up", f"link set {host} master br0")

    def split(self, *hosts: str) -> None:
        """These hear each other, and nobody else does, until each is healed; no system sees that."""
        self._ip("switch", "link add br1 type bridge forward_delay 0 stp_state 0 mcast_snooping 0", "link set br1 up",
                 *(f"link set {host} master br1" for host in hosts))  # fmt: skip

    def join(self, *hosts: str) -> None:
        """The two parts are one network again."""
        self._ip("switch", *(f"link set {host} master br0" for host in hosts), "link del br1")

    def flood(self, host: str, multicast: bool = True, broadcast: bool = True) -> None:
        """Whether the switch hands it what is sent to many."""
        flags = ("mcast_flood", "on" if multicast else "off", "bcast_flood", "on" if broadcast else "off")
        run("bridge", "-n", self._ns("switch"), "link", "set", "dev", host, *flags)

    def lose(self, host: str, percent: float) -> None:
        """Frames to and from it get lost from now on, of all kinds."""
        self._ip("switch", f"link set {host} nomaster", f"link add {host}a type veth peer name {host}b",
                 f"link set {host}a up", f"link set {host}b up")  # fmt: skip
        for at, dev in (("switch", host), ("switch", f"{host}a"), ("switch", f"{host}b"), (host, "eth0")):
            self.call(at, lambda dev=dev: _offload_off(dev))
        argv = [sys.executable, str(Path(__file__).with_name("lossy.py")), host, f"{host}a", str(percent / 100)]
        shim = self._shims[host] = self.popen("switch", argv, stdout=subprocess.PIPE)
        assert shim.stdout
        shim.stdout.readline()
        self._ip("switch", f"link set {host}b master br0")

    def firewall(self, host: str, *rules: str, verdict: str = "drop") -> None:
        """What it drops of what comes in, in the words of nft. Raises LabUnavailable without nft."""
        if not shutil.which("nft"):
            raise LabUnavailable("there is no `nft` command here")
        chain = "\n".join(["type filter hook input priority 0;", *(f"{rule} {verdict};" for rule in rules)])
        run(*self._inside(host), "nft", "-f", "-", given=f"table inet lab {{ chain lab {{\n{chain}\n}}\n}}\n")

    def no_firewall(self, host: str) -> None:
        """It takes everything again."""
        run(*self._inside(host), "nft", "flush", "ruleset")

    # --- running things there
    def popen(self, host: str, argv: Sequence[str], **options: Any) -> subprocess.Popen[Any]:
        process = subprocess.Popen([*self._inside(host), *argv], **options)
        self._processes.append(process)
        return process

    def call(self, host: str, function: Callable[[], T]) -> T:
        """Run a function with this host's network; sockets it makes stay there."""

        def there() -> T:
            _enter(NETNS / self._ns(host))
            return function()

        with ThreadPoolExecutor(1) as thread:
            return thread.submit(there).result()

    def sleep(self, host: str) -> None:
        """Close the lid: its programs stand still, and it is off the network."""
        self.cut(host)
        self._signal(host, signal.SIGSTOP)

    def wake(self, host: str) -> None:
        self.heal(host)
        self._signal(host, signal.SIGCONT)

    def _signal(self, host: str, number: signal.Signals) -> None:
        for pid in run("ip", "netns", "pids", self._ns(host)).split():
            os.kill(int(pid), number)

    def _ns(self, host: str) -> str:
        return f"{self._name}-{host}"

    def _inside(self, host: str) -> list[str]:
        return ["nsenter", f"--net={NETNS / self._ns(host)}", "--"]

    def _ip(self, host: str, *lines: str) -> None:
        run("ip", "-n", self._ns(host), "-batch", "-", given="\n".join(lines) + "\n")

    def _write(self, host: str, path: str, text: str) -> None:
        if self.call(host, lambda: Path(path).exists()):
            self.call(host, lambda: Path(path).write_text(text, "utf-8"))


def run(*argv: str, given: str | None = None) -> str:
    return subprocess.run(argv, input=given, capture_output=True, encoding="utf-8", check=True).stdout


def _mac(host: str) -> str:
    return f"02:00:77:00:00:{int(host[1:]):02x}"


def _clear_up() -> None:
    """Remove what a killed run left."""
    for path in NETNS.glob("lanchat*") if NETNS.is_dir() else ():
        found = re.match(r"lanchat(\d+)-", path.name)
        if found and not Path(f"/proc/{found[1]}").exists():
            run("ip", "netns", "del", path.name)


def _enter(namespace: Path) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    with namespace.open("rb") as file:
        if libc.setns(file.fileno(), CLONE_NEWNET):
            raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()), str(namespace))


def _offload_off(device: str) -> None:
    """Frames that a program relays must have real checksums and fit the link."""
    import fcntl

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        for command in (0x17, 0x1F, 0x24, 0x2C):  # ETHTOOL_S: TXCSUM, TSO, GSO, GRO
            value = ctypes.create_string_buffer(struct.pack("II", command, 0))
            fcntl.ioctl(any_socket.fileno(), 0x8946, struct.pack("16sP", device.encode(), ctypes.addressof(value)))
