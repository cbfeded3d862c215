"""Whether Linux' packet filter lets a stranger's first packet to a port in: nftables and iptables, read as text. Pure.

Only what decides about such a packet is understood: interface, protocol, destination port and connection state. A rule
with any other condition may or may not match, so it decides nothing here: what is reported as closed is closed.
"""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

Protocol: TypeAlias = Literal["tcp", "udp"]

_MOST_JUMPS = 16  # as many as the kernel allows in a row
_DECIDE = {"accept": True, "drop": False, "reject": False}


@dataclass(frozen=True, slots=True)
class Packet:
    """The first packet of a stranger, on an adapter other than loopback."""

    protocol: Protocol
    port: int


@dataclass(slots=True)
class _Chain:
    """Rules that surely match, in order: (verdict, chain to jump to)."""

    rules: list[tuple[str, str]] = field(default_factory=list)
    policy: str | None = None  #: of a chain that sees what comes in; None: of one that is only jumped to
    open: str = ""  #: the command that lets the packet through this chain


_Chains: TypeAlias = dict[tuple[str, ...], _Chain]


def closed(packet: Packet, nft: str = "", iptables: str = "") -> str | None:
    """The command that opens the port when it is closed; None when nothing is known to close it.

    `nft`: what `nft -j list ruleset` prints. `iptables`: what `iptables -S` prints. Either may be "".
    """
    for chains in (_of_nft(nft, packet), _of_iptables(iptables, packet)):
        for key, chain in chains.items():
            if chain.policy is not None:
                verdict = _verdict(chains, key, 0)
                if not (_DECIDE.get(chain.policy, True) if verdict is None else verdict):
                    return chain.open
    return None


def _verdict(chains: _Chains, key: tuple[str, ...], jumps: int) -> bool | None:
    """Whether the packet is let in; None when this chain does not decide."""
    if key not in chains or jumps > _MOST_JUMPS:
        return None
    for verb, target in chains[key].rules:
        if verb in _DECIDE:
            return _DECIDE[verb]
        if verb == "return":
            return None
        there = _verdict(chains, (*key[:-1], target), jumps + 1)
        if there is not None or verb == "goto":
            return there
    return None


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
            elif (rule := one.get("rule")) and all(_nft_matches(part, packet) for part in rule["expr"]):
                chains[_key(rule, rule["chain"])].rules.extend(_nft_verdicts(rule["expr"]))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return {}  # of another version: nothing is known
    return chains


def _key(one: dict[str, Any], chain: str) -> tuple[str, ...]:
    return one["family"], one["table"], chain


def _nft_command(chain: dict[str, Any], packet: Packet) -> str:
    place = (chain["family"], chain["table"], chain["name"])
    return shlex.join(["sudo", "nft", "insert", "rule", *place, packet.protocol, "dport", str(packet.port), "accept"])


def _nft_verdicts(parts: list[dict[str, Any]]) -> Iterable[tuple[str, str]]:
    for part in parts:
        for verb, value in part.items():
            if verb in _DECIDE or verb == "return":
                yield verb, ""
            elif verb in ("jump", "goto"):
                yield verb, value["target"]


def _nft_matches(part: dict[str, Any], packet: Packet) -> bool:
    """Whether this part of a rule surely lets the rule match; what is no condition does."""
    if "xt" in part:
        return False  # a condition of iptables: `iptables -S` shows it
    match = part.get("match")
    if match is None:
        return True
    left, right = match["left"], match["right"]
    if left == {"meta": {"key": "iifname"}} or left == {"meta": {"key": "iif"}}:
        met = False if right == "lo" else None
    elif left == {"meta": {"key": "l4proto"}}:
        met = packet.protocol in _values(right)
    elif left == {"payload": {"protocol": packet.protocol, "field": "dport"}} or (
        left == {"payload": {"protocol": "th", "field": "dport"}}
    ):
        met = any(_holds(value, packet.port) for value in _values(right))
    elif left == {"ct": {"key": "state"}}:
        met = "new" in _values(right)
    else:
        met = None
    return met is not None and met is (match["op"] in ("==", "in"))


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
    """A host name or a service's name never stands in `iptables -S`: it prints numbers."""
    chains: _Chains = {}
    for line in printed.splitlines():
        match line.split():
            case ["-P", name, policy]:
                command = f"sudo iptables -I INPUT -p {packet.protocol} --dport {packet.port} -j ACCEPT"
                chains[(name,)] = _Chain(policy=policy.lower() if name == "INPUT" else None, open=command)
            case ["-N", name]:
                chains[(name,)] = _Chain()
            case ["-A", name, *words] if (name,) in chains:
                if rule := _iptables_rule(words, packet):
                    chains[(name,)].rules.append(rule)
    return chains


def _iptables_rule(words: list[str], packet: Packet) -> tuple[str, str] | None:
    """The rule when it surely matches."""
    rule = None
    pairs = iter(words)
    for word in pairs:
        negated = word == "!"
        option = next(pairs, "") if negated else word
        value = next(pairs, "")
        if option in ("-j", "-g"):
            name = value.lower()
            known = name in _DECIDE or name == "return"
            rule = (name, "") if known else ("jump" if option == "-j" else "goto", value)
            break  # what follows belongs to the target
        if option == "-m":
            continue
        met = _iptables_meets(option, value, packet)
        if met is None or met is negated:
            return None
    return rule


def _iptables_meets(option: str, value: str, packet: Packet) -> bool | None:
    match option:
        case "-p":
            return value == packet.protocol
        case "-i":
            return False if value == "lo" else None
        case "--dport" | "--dports":
            spans = (one.partition(":") for one in value.split(","))
            return any(int(low or 0) <= packet.port <= int(high or low) for low, _colon, high in spans)
        case "--ctstate" | "--state":
            return "NEW" in value.split(",")
        case _:
            return None
