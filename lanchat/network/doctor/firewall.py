"""This computer's own firewall. Only a host needs an open port; who joins dials out.

Linux: ufw and firewalld. Windows and macOS: from their makers' documentation, not tried on such machines.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from lanchat.core.health import Finding, Health
from lanchat.core.words import _
from lanchat.network.doctor.programs import said

NAME = "firewall"
UFW = Path("/etc/ufw/ufw.conf")
_WINDOWS = ("powershell", "-NoProfile", "-NonInteractive", "-Command", "(Get-NetConnectionProfile).NetworkCategory")
_MACOS = ("/usr/libexec/ApplicationFirewall/socketfilterfw", "--getglobalstate")


async def examine(port: int, visited: bool) -> list[Finding]:
    """`visited`: somebody from another machine came in, so whatever is set, it lets them."""
    if visited:
        return [Finding(NAME, Health.GOOD, _("People on other computers reach this one."))]
    if sys.platform == "linux":
        ufw = await asyncio.to_thread(read, UFW)
        firewalld = await asyncio.to_thread(said, "systemctl", "is-active", "firewalld")
        return [linux(port, ufw, firewalld)]
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


def linux(port: int, ufw: str, firewalld: str) -> Finding:
    on = _("The firewall {name} is on; it may keep others from a room hosted here.")
    if any(line.strip().lower() == "enabled=yes" for line in ufw.splitlines()):
        return Finding(NAME, Health.ODD, on.format(name="ufw"), _to_host(f"sudo ufw allow {port}"))
    if firewalld.strip() == "active":
        command = f"sudo firewall-cmd --add-port={port}/tcp --add-port={port}/udp --add-service=mdns"
        return Finding(NAME, Health.ODD, on.format(name="firewalld"), _to_host(command))
    return Finding(NAME, Health.GOOD, _("No firewall that we know of is on."))


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
