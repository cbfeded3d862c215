"""One person's discovery as a program in the lab: commands as JSON lines in, what is told as JSON lines out.

The command `how` comes first and says what is different here:
quick            rooms are asked four times as often, for tests that wait for silence to be noticed, and what the system
                 refuses is told sooner
mdns-alone       our own questions get lost, as where a firewall knows mDNS and nothing else
questions-alone  there is no mDNS
older            rooms are announced as before several computers could keep one open
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from typing import Any

from lan.script import do
from lanchat.network.discovery import job_queue, mdns, querier, schedule
from lanchat.network.discovery.lan import LanDiscovery


class Out(list[dict[str, Any]]):
    """Writes down at once what is told."""

    def append(self, one: dict[str, Any]) -> None:
        print(json.dumps({"at": time.monotonic(), **one}), flush=True)


def change(how: list[str]) -> None:
    if "quick" in how:
        schedule.LOOKING = schedule.Pace(every=0.5, gap=0.09, silent=3, lost=10)
        job_queue.PROBLEM_SECONDS = job_queue.REPAIR_SECONDS = 0.5
    if "mdns-alone" in how:
        querier.Querier._send = lambda *_: None
    if "questions-alone" in how:
        mdns.Mdns.open = nothing
    if "older" in how:
        now = mdns.properties
        mdns.properties = lambda room: {key: text for key, text in now(room).items() if key not in ("o", "e")}
        mdns._label = lambda room_id, _fingerprint: room_id


async def nothing(*_: object) -> None:
    pass


async def main() -> None:
    lines = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    discovery, out = LanDiscovery(), Out()
    out.append({"what": "ready"})
    while line := await lines.readline():
        given = json.loads(line)
        command = given.pop("do")
        if command == "how":
            change(given["how"])
        else:
            await do(discovery, command, given, out)
        out.append({"what": "did", "command": command})


asyncio.run(main())
