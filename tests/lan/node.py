"""One person's discovery as a program in the lab: commands as JSON lines in, what is told as JSON lines out."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from typing import Any

from lan.script import do
from lanchat.network.discovery.lan import LanDiscovery


class Out(list[dict[str, Any]]):
    """Writes down at once what is told."""

    def append(self, one: dict[str, Any]) -> None:
        print(json.dumps({"at": time.monotonic(), **one}), flush=True)


async def main() -> None:
    lines = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    discovery, out = LanDiscovery(), Out()
    out.append({"what": "ready"})
    while line := await lines.readline():
        given = json.loads(line)
        command = given.pop("do")
        await do(discovery, command, given, out)
        out.append({"what": "did", "command": command})


asyncio.run(main())
