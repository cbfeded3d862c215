"""Whether the packet filter of Linux closes a port, read from real rules where they can be made."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from lanchat.core.listing import Health
from lanchat.network.doctor import firewall
from lanchat.network.doctor.firewall import Packet, closed

PORT = 29747
TCP, UDP = Packet("tcp", PORT), Packet("udp", PORT)
HEAD = "type filter hook input priority 0;"

#: Rules of nftables in table inet t, and which of TCP and UDP they close.
NFT = {
    "nothing": (f"chain i {{ {HEAD} }}", ""),
    "this port": (f"chain i {{ {HEAD} tcp dport {PORT} drop; }}", "tcp"),
    "rejected": (f"chain i {{ {HEAD} udp dport {PORT} counter reject; }}", "udp"),
    "a range and a set": (
        f"chain i {{ {HEAD} tcp dport 29000-30000 drop; udp dport {{ 5353, {PORT} }} drop; }}", "tcp udp",
    ),
    "another port": (f"chain i {{ {HEAD} tcp dport 22 drop; }}", ""),
    "by policy": (
        f"chain i {{ {HEAD} policy drop; ct state established,related accept; iifname lo accept; }}", "tcp udp",
    ),
    "by policy but open": (f"chain i {{ {HEAD} policy drop; tcp dport {PORT} accept; }}", "udp"),
    "any port of a protocol": (f"chain i {{ {HEAD} meta l4proto tcp drop; }}", "tcp"),
    "in a chain jumped to": (f"chain j {{ th dport {PORT} drop; }}\nchain i {{ {HEAD} jump j; accept; }}", "tcp udp"),
    "returned from": (f"chain j {{ return; drop; }}\nchain i {{ {HEAD} jump j; accept; }}", ""),
    "another interface only": (f'chain i {{ {HEAD} iifname "lo" tcp dport {PORT} drop; }}', ""),
    "some addresses only": (f"chain i {{ {HEAD} ip saddr 10.9.9.9 tcp dport {PORT} drop; }}", ""),
    "what goes out": (f"chain o {{ type filter hook output priority 0; tcp dport {PORT} drop; }}", ""),
    "all but this": (f"chain i {{ {HEAD} tcp dport != {PORT} drop; }}", ""),
    "some addresses may come in": (f"chain i {{ {HEAD} policy drop; ip saddr 192.168.0.0/16 accept; }}", ""),
    "who comes by some adapter": (f'chain i {{ {HEAD} policy drop; iifname {{ "lo", "eth0" }} accept; }}', ""),
    "so many a second": (f"chain i {{ {HEAD} policy drop; udp dport {PORT} limit rate 9/second accept; }}", "tcp"),
    "a set by name": (
        f"set s {{ type inet_service; }}\nchain i {{ {HEAD} policy drop; tcp dport @s accept; }}", "udp",
    ),
    "perhaps returned from": (
        f"chain j {{ ip saddr 10.0.0.0/8 return; drop; }}\nchain i {{ {HEAD} jump j; accept; }}", "",
    ),
    "perhaps returned from, to be dropped": (
        f"chain j {{ ip saddr 10.0.0.0/8 return; drop; }}\nchain i {{ {HEAD} policy drop; jump j; }}", "tcp udp",
    ),
    "a map of states": (
        f"chain i {{ {HEAD} policy drop; ct state vmap {{ established : accept, invalid : drop }}; }}", "tcp udp",
    ),
    "a map of ports": (
        f"chain j {{ accept; }}\n"
        f"chain i {{ {HEAD} policy drop; tcp dport vmap {{ 22 : drop, 29000-30000 : jump j }}; }}", "udp",
    ),
    "a port with a word about it": (
        f'chain i {{ {HEAD} policy drop; tcp dport {PORT} counter accept comment "lanchat"; }}', "udp",
    ),
    "only new ones": (f"chain i {{ {HEAD} ct state new tcp dport {PORT} drop; }}", "tcp"),
}  # fmt: skip


def in_a_network(script: str, given: str = "") -> str:
    """What a shell script prints in a network of its own."""
    for needed in ("unshare", script.split()[0]):
        if not shutil.which(needed):
            pytest.skip(f"there is no {needed} here (Linux: apt install nftables iptables)")
    if subprocess.run(["unshare", "--net", "true"], capture_output=True, check=False).returncode:
        pytest.skip("network namespaces are not permitted here")
    argv = ["unshare", "--net", "sh", "-ec", script]
    return subprocess.run(argv, input=given, stdout=subprocess.PIPE, encoding="utf-8", check=True).stdout


def nftables(rules: str, *commands: str) -> str:
    """The rules as nft prints them, after these commands."""
    return in_a_network("\n".join(["nft -f -", *commands, "nft -j list ruleset"]), f"table inet t {{\n{rules}\n}}\n")


@pytest.mark.parametrize(("rules", "kept_out"), NFT.values(), ids=NFT)
def test_rules_of_nftables(rules: str, kept_out: str) -> None:
    printed = nftables(rules)
    assert [bool(closed(packet, nft=printed)) for packet in (TCP, UDP)] == [
        "tcp" in kept_out.split(), "udp" in kept_out.split()
    ]  # fmt: skip


@pytest.mark.parametrize("rules", [rules for rules, kept_out in NFT.values() if kept_out])
def test_the_commands_that_are_advised_open_the_port(rules: str) -> None:
    printed = nftables(rules)
    for packet in (TCP, UDP):
        if command := closed(packet, nft=printed):
            assert closed(packet, nft=nftables(rules, command.removeprefix("sudo "))) is None


@pytest.mark.parametrize(
    ("rules", "kept_out"),
    [
        ("", ""),
        (f"-A INPUT -p tcp --dport {PORT} -j DROP", "tcp"),
        ("-P INPUT DROP", "tcp udp"),
        (f"-P INPUT DROP\n-A INPUT -i lo -j ACCEPT\n-A INPUT -p udp --dport {PORT} -j ACCEPT", "tcp"),
        ("-P INPUT DROP\n-A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT", "tcp udp"),
        ("-A INPUT -p tcp -m multiport --dports 22,29000:30000 -j REJECT\n-A INPUT -p udp -j LOG", "tcp"),
        (f"-N mine\n-A mine -p tcp --dport {PORT} -j RETURN\n-A mine -j DROP\n-A INPUT -j mine", "udp"),
        (f"-A INPUT -s 10.9.9.9/32 -p tcp --dport {PORT} -j DROP", ""),
        (f"-A INPUT ! -i lo -p tcp --dport {PORT} -j DROP", "tcp"),
        (f"-A INPUT -i lo -p tcp --dport {PORT} -j DROP", ""),
        (f"-A INPUT -p tcp ! --dport {PORT} -j DROP", ""),
        ("-P INPUT DROP\n-A INPUT -s 192.168.0.0/16 -j ACCEPT", ""),
        ("-P INPUT DROP\n-A INPUT -i eth0 -p tcp -j ACCEPT", "udp"),
        (f"-P INPUT DROP\n-A INPUT -p udp --dport {PORT} -m comment --comment 'for -j chat' -j ACCEPT", "tcp"),
        ("-N mine\n-A mine -s 10.0.0.0/8 -j RETURN\n-A mine -j DROP\n-A INPUT -j mine", ""),
        ("-P INPUT DROP\n-N mine\n-A mine -s 10.0.0.0/8 -j RETURN\n-A mine -j DROP\n-A INPUT -j mine", "tcp udp"),
    ],
)
def test_rules_of_iptables(rules: str, kept_out: str) -> None:
    printed = in_a_network("\n".join([*(f"iptables {line}" for line in rules.splitlines()), "iptables -S"]))
    wanted = ["tcp" in kept_out.split(), "udp" in kept_out.split()]
    assert [bool(closed(packet, iptables=printed)) for packet in (TCP, UDP)] == wanted


@pytest.mark.parametrize("printed", ["", "[]", "{}", '{"nftables": [{"rule": {}}]}', "nonsense", "[" * 100_000])
def test_what_cannot_be_read_closes_nothing(printed: str) -> None:
    assert closed(TCP, nft=printed, iptables=printed) is None


def test_the_doctor_says_how_to_open_it() -> None:
    finding = firewall.linux(PORT, "", "", iptables=f"-P INPUT ACCEPT\n-A INPUT -p tcp --dport {PORT} -j DROP\n")
    assert finding.health is Health.BAD
    assert finding.advice == f"To host, open it: sudo iptables -I INPUT -p tcp --dport {PORT} -j ACCEPT"
