"""One person's discovery as a program in the lab: commands as JSON lines in, what is told as JSON lines out.

`node.py quick`: rooms are asked four times as often, for tests that wait for silence to be noticed.
`node.py mdns-alone`: our own questions get lost, as where a firewall knows mDNS and nothing else.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from typing import Any

from lan.script import do
from lanchat.network.discovery import asking, liveness
from lanchat.network.discovery.lan import LanDiscovery


class Out(list[dict[str, Any]]):
    """Writes down at once what is told."""

    def append(self, one: dict[str, Any]) -> None:
        print(json.dumps({"at": time.monotonic(), **one}), flush=True)


async def main() -> None:
    lines = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    if "quick" in sys.argv:
        liveness.LOOKING = liveness.Pace(every=0.5, gap=0.09, silent=3, lost=10)
    if "mdns-alone" in sys.argv:
        asking.Asking._send = lambda *_: None
    discovery, out = LanDiscovery(), Out()
    out.append({"what": "ready"})
    while line := await lines.readline():
        given = json.loads(line)
        command = given.pop("do")
        await do(discovery, command, given, out)
        out.append({"what": "did", "command": command})


asyncio.run(main())
