"""This computer's own firewall. Only a host needs an open port; who joins dials out.

Linux: ufw, firewalld, and the rules of nftables and iptables where this account may read them. Windows and macOS: from
their makers' documentation, not tried on such machines.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from lanchat.core.health import Finding, Health
from lanchat.core.translate import _
from lanchat.network.doctor.packet_filter import Packet, closed
from lanchat.network.doctor.programs import said

NAME = "firewall"
UFW = Path("/etc/ufw/ufw.conf")
_WINDOWS = ("powershell", "-NoProfile", "-NonInteractive", "-Command", "(Get-NetConnectionProfile).NetworkCategory")
_FIREWALLD = ("systemctl", "is-active", "firewalld")
_NFT, _IPTABLES = ("nft", "-j", "list", "ruleset"), ("iptables", "-S")
_MACOS = ("/usr/libexec/ApplicationFirewall/socketfilterfw", "--getglobalstate")


async def examine(port: int, visited: bool) -> list[Finding]:
    """`visited`: somebody from another machine came in, so whatever is set, it lets them."""
    if visited:
        return [Finding(NAME, Health.GOOD, _("People on other computers reach this one."))]
    if sys.platform == "linux":
        ufw = await asyncio.to_thread(read, UFW)
        asked = (_FIREWALLD, _NFT, _IPTABLES)
        firewalld, nft, iptables = await asyncio.gather(*(asyncio.to_thread(said, *argv) for argv in asked))
        return [linux(port, ufw, firewalld, nft, iptables)]
    if sys.platform == "win32":
        return [windows(await asyncio.to_thread(said, *_WINDOWS))]
    if sys.platform == "darwin":
        return [macos(await asyncio.to_thread(said, *_MACOS))]
    return []


def read(path: Path) -> str:
    """A file's text; "" when there is none for us to read."""
    try:
        return path.read_text("utf-8", "replace")
    except OSError:
        return ""


def linux(port: int, ufw: str, firewalld: str, nft: str = "", iptables: str = "") -> Finding:
    """`nft` and `iptables`: what these programs print; "" when they are not there, or only root may ask them."""
    on = _("The firewall {name} is on; it may keep others from a room hosted here.")
    if any(line.strip().lower() == "enabled=yes" for line in ufw.splitlines()):
        return Finding(NAME, Health.ODD, on.format(name="ufw"), _to_host(f"sudo ufw allow {port}"))
    if firewalld.strip() == "active":
        command = f"sudo firewall-cmd --add-port={port}/tcp --add-port={port}/udp --add-service=mdns"
        return Finding(NAME, Health.ODD, on.format(name="firewalld"), _to_host(command))
    opening = [closed(Packet("tcp", port), nft, iptables), closed(Packet("udp", port), nft, iptables)]
    if any(opening):
        says = _("The packet filter of this computer keeps others from port {port}.").format(port=port)
        return Finding(NAME, Health.BAD, says, _to_host("; ".join(filter(None, opening))))
    if nft or iptables:
        return Finding(NAME, Health.GOOD, _("No firewall here keeps others from port {port}.").format(port=port))
    return Finding(NAME, Health.GOOD, _("No firewall that this account can see is on; some rules only root can read."))


def _to_host(command: str) -> str:
    return _("To host, open it: {command}").format(command=command)


def windows(categories: str) -> Finding:
    if "Public" in categories.split():
        return Finding(
            NAME, Health.ODD, _("Windows counts this network as public and hides this computer on it."),
            _("To host, open Settings, Network & internet, your network, and choose Private network."),
        )  # fmt: skip
    return Finding(NAME, Health.GOOD, _("Windows counts this network as private."))


def macos(state: str) -> Finding:
    if "enabled" in state.lower():
        return Finding(
            NAME, Health.ODD, _("The firewall of macOS is on."),
            _("To host, allow lanchat under System Settings, Network, Firewall, Options."),
        )  # fmt: skip
    return Finding(NAME, Health.GOOD, _("The firewall of macOS is off."))
