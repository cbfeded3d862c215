"""This computer's firewall: whether it keeps others from a room hosted here. Members need no open port.

Linux: ufw, firewalld, and the rules of nftables and iptables where this account may read them. Windows and macOS follow
their vendors' documentation and are not tested on such machines.

The packet filter is read as text: does it accept the first packet of an unknown machine to a port? Only the conditions
interface, protocol, destination port and connection state are understood; a rule with any other condition may match or
not. Where either would accept the packet, it counts as accepted: a port reported as closed is closed.

`examine` runs on the Engine's loop and the system's programs on threads; everything else is pure.
"""

from __future__ import annotations

import asyncio
import json
import re
import shlex
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, NamedTuple, TypeAlias

from lanchat.core.listing import Finding, Health
from lanchat.core.translate import _
from lanchat.network.doctor.this_computer import output_of

NAME = "firewall"
UFW = Path("/etc/ufw/ufw.conf")
_WINDOWS = ("powershell", "-NoProfile", "-NonInteractive", "-Command", "(Get-NetConnectionProfile).NetworkCategory")
_FIREWALLD = ("systemctl", "is-active", "firewalld")
_NFT, _IPTABLES = ("nft", "-j", "list", "ruleset"), ("iptables", "-S")
_MACOS = ("/usr/libexec/ApplicationFirewall/socketfilterfw", "--getglobalstate")

Protocol: TypeAlias = Literal["tcp", "udp"]

_MOST_JUMPS = 16  # as many as the kernel allows in a row
_ENDS = {"accept": "accept", "drop": "drop", "reject": "drop", "return": "leave"}  # what becomes of the packet
_NO_CONDITIONS = frozenset(("counter", "log", "jump", "goto", *_ENDS))


async def examine(port: int, visited: bool) -> list[Finding]:
    """`visited`: somebody from another machine has joined a room here, so the firewall lets them."""
    if visited:
        return [Finding(NAME, Health.GOOD, _("People on other computers reach this one."))]
    if sys.platform == "linux":
        return [linux(port, *await _of_linux())]
    if sys.platform == "win32":
        return [windows(await asyncio.to_thread(output_of, *_WINDOWS))]
    if sys.platform == "darwin":
        return [macos(await asyncio.to_thread(output_of, *_MACOS))]
    return []


async def examine_for_phones(port: int) -> list[Finding]:
    """The same for the page by which phones come in."""
    if sys.platform == "linux":
        return [linux(port, *await _of_linux(), phones=True)]
    if sys.platform == "win32":
        return [windows(await asyncio.to_thread(output_of, *_WINDOWS), phones=True)]
    if sys.platform == "darwin":
        return [macos(await asyncio.to_thread(output_of, *_MACOS), phones=True)]
    return []


async def _of_linux() -> tuple[str, str, str, str]:
    """What is known of ufw, firewalld, nftables and iptables, as `linux` reads it."""
    asked = (_FIREWALLD, _NFT, _IPTABLES)
    ufw = await asyncio.to_thread(read, UFW)
    firewalld, nft, iptables = await asyncio.gather(*(asyncio.to_thread(output_of, *argv) for argv in asked))
    return ufw, firewalld, nft, iptables


def read(path: Path) -> str:
    """A file's text; "" when it cannot be read."""
    try:
        return path.read_text("utf-8", "replace")
    except OSError:
        return ""


def linux(
    port: int, ufw: str, firewalld: str, nft: str = "", iptables: str = "", *, phones: bool = False
) -> Finding:  # fmt: skip
    """`nft` and `iptables`: what these programs print; "" when they are missing, or need root. `phones`: the port is
    that of the page for phones, which needs TCP only."""
    on = _("The firewall {name} is on; it may keep others from a room hosted here.")
    shut = _("The packet filter of this computer keeps others from port {port}.")
    if phones:
        on = _("The firewall {name} is on; it may keep phones out.")
        shut = _("The packet filter of this computer keeps phones out: port {port} is closed.")
    if any(line.strip().lower() == "enabled=yes" for line in ufw.splitlines()):
        command = f"sudo ufw allow {port}/tcp" if phones else f"sudo ufw allow {port}"
        return _to_open(Health.ODD, on.format(name="ufw"), command, phones)
    if firewalld.strip() == "active":
        command = f"sudo firewall-cmd --add-port={port}/tcp"
        command += "" if phones else f" --add-port={port}/udp --add-service=mdns"
        return _to_open(Health.ODD, on.format(name="firewalld"), command, phones)
    protocols: tuple[Protocol, ...] = ("tcp",) if phones else ("tcp", "udp")
    opening = [closed(Packet(protocol, port), nft, iptables) for protocol in protocols]
    if any(opening):
        return _to_open(Health.BAD, shut.format(port=port), "; ".join(filter(None, opening)), phones)
    if nft or iptables:
        return Finding(NAME, Health.GOOD, _("No firewall here keeps others from port {port}.").format(port=port))
    return Finding(NAME, Health.GOOD, _("No firewall that this account can see is on; some rules only root can read."))


def _to_open(health: Health, says: str, command: str, phones: bool) -> Finding:
    advice = _("To let phones in: {command}") if phones else _("To host, open it: {command}")
    return Finding(NAME, health, says, advice.format(command=command), command)


def windows(categories: str, *, phones: bool = False) -> Finding:
    """`categories`: of the networks, as PowerShell prints them."""
    if "Public" not in categories.split():
        return Finding(NAME, Health.GOOD, _("Windows counts this network as private."))
    advice = _("To host, open Settings, Network & internet, your network, and choose Private network.")
    if phones:
        advice = _("To let phones in, open Settings, Network & internet, your network, and choose Private network.")
    says = _("Windows counts this network as public and hides this computer on it.")
    return Finding(NAME, Health.ODD, says, advice)


def macos(state: str, *, phones: bool = False) -> Finding:
    """`state`: of the application firewall, as its program prints it."""
    if "enabled" not in state.lower():
        return Finding(NAME, Health.GOOD, _("The firewall of macOS is off."))
    advice = _("To host, allow lanchat under System Settings, Network, Firewall, Options.")
    if phones:
        advice = _("To let phones in, allow lanchat under System Settings, Network, Firewall, Options.")
    return Finding(NAME, Health.ODD, _("The firewall of macOS is on."), advice)


@dataclass(frozen=True, slots=True)
class Packet:
    """The first packet of an unknown machine, on an adapter other than loopback."""

    protocol: Protocol
    port: int


class _Rule(NamedTuple):
    """A rule that matches the packet, or may match it."""

    verdict: str
    target: str  #: the chain to jump to
    sure: bool  #: it matches; False: it may


@dataclass(slots=True)
class _Chain:
    rules: list[_Rule] = field(default_factory=list)  #: in order
    policy: str | None = None  #: of a base chain for incoming packets; None: it is only jumped to
    open: str = ""  #: the command that lets the packet through this chain


_Chains: TypeAlias = dict[tuple[str, ...], _Chain]


def closed(packet: Packet, nft: str = "", iptables: str = "") -> str | None:
    """The command that opens the port where it is closed; None where nothing is known to close it.

    `nft`: what `nft -j list ruleset` prints. `iptables`: what `iptables -S` prints. Either may be "".
    """
    for chains in (_of_nft(nft, packet), _of_iptables(iptables, packet)):
        for key, chain in chains.items():
            if chain.policy is not None:
                outcomes = _outcomes(chains, key)
                if "accept" not in outcomes and ("leave" not in outcomes or chain.policy == "drop"):
                    return chain.open
    return None


def _outcomes(chains: _Chains, key: tuple[str, ...], jumps: int = 0) -> set[str]:
    """What may become of the packet in this chain: "accept", "drop", or "leave" for what follows the chain."""
    found: set[str] = set()
    for verdict, target, sure in chains[key].rules if key in chains and jumps <= _MOST_JUMPS else ():
        there = {_ENDS[verdict]} if verdict in _ENDS else _outcomes(chains, (*key[:-1], target), jumps + 1)
        goes_on = verdict == "jump" and "leave" in there
        found |= there - {"leave"} if goes_on else there
        if sure and not goes_on:
            return found
    return found | {"leave"}


def _all(met: Iterable[bool | None]) -> bool | None:
    """Whether all conditions are met; None: they may be."""
    found = set(met)
    return False if False in found else None if None in found else True


# --- nftables
def _of_nft(printed: str, packet: Packet) -> _Chains:
    chains: _Chains = {}
    try:
        objects = json.loads(printed)["nftables"]
        for one in objects:
            if chain := one.get("chain"):
                of_input = chain.get("hook") == "input" and chain.get("type") == "filter"
                policy = chain.get("policy", "accept") if of_input else None
                chains[_key(chain, chain["name"])] = _Chain(policy=policy, open=_nft_command(chain, packet))
            elif rule := one.get("rule"):
                chains[_key(rule, rule["chain"])].rules.extend(_nft_rules(rule["expr"], packet))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return {}  # output of another version: nothing is known
    return chains


def _key(one: dict[str, Any], chain: str) -> tuple[str, ...]:
    return one["family"], one["table"], chain


def _nft_command(chain: dict[str, Any], packet: Packet) -> str:
    place = (chain["family"], chain["table"], chain["name"])
    return shlex.join(["sudo", "nft", "insert", "rule", *place, packet.protocol, "dport", str(packet.port), "accept"])


def _nft_rules(parts: list[dict[str, Any]], packet: Packet) -> Iterator[_Rule]:
    maps = [part["vmap"] for part in parts if "vmap" in part]
    met = _all(_nft_meets(part, packet) for part in parts if "vmap" not in part)
    for part in parts:
        yield from _nft_verdicts(part, met)
    for one in maps:
        elements = one["data"]["set"] if isinstance(one["data"], dict) else []
        if not elements and met is not False:
            yield _Rule("accept", "", sure=False)  # a named map: its verdicts are not in the rule
        for value, verdict in elements:
            yield from _nft_verdicts(verdict, _all((met, _nft_compares(one["key"], value, packet))))


def _nft_verdicts(part: dict[str, Any], met: bool | None) -> Iterator[_Rule]:
    for verb, value in part.items():
        if met is not False and (verb in _ENDS or verb in ("jump", "goto")):
            yield _Rule(verb, value["target"] if verb in ("jump", "goto") else "", met is True)


def _nft_meets(part: dict[str, Any], packet: Packet) -> bool | None:
    """Whether the packet meets this part of a rule; True for a part that is no condition. None: it may."""
    match = part.get("match")
    if match is None:  # "xt" is a condition of iptables, which `iptables -S` shows
        return True if part.keys() <= _NO_CONDITIONS else None
    if _nft_other_protocol(match["left"], packet):
        return False  # whatever is compared, negated or not
    met = _nft_compares(match["left"], match["right"], packet)
    if met is None or match["op"] not in ("==", "in", "!="):
        return None
    return met is not (match["op"] == "!=")


def _nft_compares(left: Any, right: Any, packet: Packet) -> bool | None:
    """Whether the packet's property `left` equals `right`, or is in it. None: it may."""
    if _nft_other_protocol(left, packet):
        return False
    if isinstance(right, str) and right.startswith(("@", "*")):
        return None  # a named set
    if left == {"meta": {"key": "iifname"}} or left == {"meta": {"key": "iif"}}:
        return False if right == "lo" else None
    if left == {"meta": {"key": "l4proto"}}:
        return packet.protocol in _values(right)
    if left.get("payload", {}).get("field") == "dport":
        return any(_holds(value, packet.port) for value in _values(right))
    if left == {"ct": {"key": "state"}}:
        return "new" in _values(right)
    return None


def _nft_other_protocol(left: dict[str, Any], packet: Packet) -> bool:
    """Whether it is the port of another protocol: such a rule is for that protocol only."""
    payload = left.get("payload", {})
    return payload.get("field") == "dport" and payload.get("protocol") not in (packet.protocol, "th")


def _values(right: Any) -> list[Any]:
    values = right.get("set", [right]) if isinstance(right, dict) else right
    return values if isinstance(values, list) else [values]


def _holds(value: Any, port: int) -> bool:
    if isinstance(value, dict) and "range" in value:
        low, high = value["range"]
        return bool(low <= port <= high)
    return bool(value == port)


# --- iptables
def _of_iptables(printed: str, packet: Packet) -> _Chains:
    chains: _Chains = {}
    for line in printed.splitlines():
        match _words(line):
            case ["-P", name, policy]:
                command = f"sudo iptables -I INPUT -p {packet.protocol} --dport {packet.port} -j ACCEPT"
                chains[(name,)] = _Chain(policy=policy.lower() if name == "INPUT" else None, open=command)
            case ["-N", name]:
                chains[(name,)] = _Chain()
            case ["-A", name, *words] if (name,) in chains:
                if rule := _iptables_rule(words, packet):
                    chains[(name,)].rules.append(rule)
    return chains


def _words(line: str) -> list[str]:
    """The words of a line; a quoted comment is one word."""
    try:
        return shlex.split(line)
    except ValueError:
        return []


def _iptables_rule(words: list[str], packet: Packet) -> _Rule | None:
    """The rule of an `-A` line; None: it does not match."""
    at = next((at for at, word in enumerate(words) if word in ("-j", "-g")), len(words))
    conditions: list[tuple[bool, str, list[str]]] = []  # negated, option, values
    for before, word in zip(["", *words], words[:at], strict=False):
        if word.startswith("-"):
            conditions.append((before == "!", word, []))
        elif conditions and word != "!":
            conditions[-1][2].append(word)
    met = _all(
        None if (one := _iptables_meets(option, values, packet)) is None else one is not negated
        for negated, option, values in conditions
    )
    if met is False or at + 1 >= len(words):
        return None
    name = words[at + 1]  # what follows are the target's options
    if name.lower() in _ENDS:
        return _Rule(name.lower(), "", met is True)
    return _Rule("jump" if words[at] == "-j" else "goto", name, met is True)


def _iptables_meets(option: str, values: list[str], packet: Packet) -> bool | None:
    """Whether the packet meets one condition; None: it may."""
    match option, values:
        case "-m", _:
            return True
        case "-p", [protocol]:
            return protocol == packet.protocol
        case "-i", [name]:
            return False if name == "lo" else None
        case "--dport" | "--dports", [ports] if re.fullmatch("[0-9:,]+", ports):
            spans = (one.partition(":") for one in ports.split(","))
            return any(int(low or 0) <= packet.port <= int(high or low or 0) for low, _colon, high in spans)
        case "--ctstate" | "--state", [states]:
            return "NEW" in states.split(",")
        case _:
            return None
