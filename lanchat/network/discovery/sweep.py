"""Which addresses to ask one by one when nobody answered a question to all. Pure.

Firewalls call it a port scan, and a larger sweep overflows a system's table of neighbours: the own /24 only, private
ranges only, each network once until the person asks again.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator

from lanchat.network.interfaces import Snapshot, best_first

NETWORKS = 3


def targets(here: Snapshot, swept: set[str]) -> Iterator[str]:
    """The addresses to ask. Networks in `swept` are left out, and those taken are added."""
    own = {one.address for one in here}
    for one in best_first(here):
        ordinary = one.ip.is_private and not (one.ip.is_link_local or one.ip.is_loopback)
        if not one.v4 or one.vpn or not ordinary or not 8 <= one.prefix <= 30:
            continue
        network = ipaddress.IPv4Network(f"{one.address}/{max(one.prefix, 24)}", strict=False)
        if str(network) in swept or len(swept) >= NETWORKS:
            continue
        swept.add(str(network))
        yield from (str(address) for address in network.hosts() if str(address) not in own)
