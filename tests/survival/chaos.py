"""A bad network between clients and a host: a proxy that delays, stalls, hands on single bytes, and cuts anywhere.

It forwards bytes and knows nothing of what they mean.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager

from survival.raw import HERE


class Chaos:
    def __init__(self, port: int, seed: int, stall: float) -> None:
        """In front of `port`. `stall`: the longest that it stands still, seconds."""
        self.port = 0
        self.cuts = 0
        self.calm = True  #: a good network for the moment
        self._to = port
        self._chance = random.Random(seed)
        self._stall = stall
        self._visits: dict[asyncio.Task[None], list[asyncio.StreamWriter]] = {}

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Chaos]:
        server = await asyncio.start_server(self._visit, HERE, 0)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            server.close()
            for ends in self._visits.values():
                _abort(ends)
            await asyncio.gather(*self._visits)

    async def _visit(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection: until it breaks by itself, or we cut it."""
        visit = asyncio.current_task()
        assert visit is not None
        ends = self._visits[visit] = [writer]
        try:
            beyond, onward = await asyncio.open_connection(HERE, self._to)
            ends.append(onward)
            budget = _Budget(self._chance.choice([self._chance.randrange(1, 2_000), self._chance.randrange(1, 30_000)]))
            pumps = [asyncio.create_task(self._pump(*way, budget)) for way in ((reader, onward), (beyond, writer))]
            try:
                await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for pump in pumps:
                    pump.cancel()
                await asyncio.gather(*pumps, return_exceptions=True)
        except OSError:
            pass
        finally:
            _abort(ends)
            del self._visits[visit]

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, budget: _Budget) -> None:
        while data := await reader.read(65_536 if self.calm else self._chance.choice([1, 7, 64, 4_096])):
            if not self.calm:
                if self._chance.random() < 0.02:
                    await asyncio.sleep(self._chance.random() * 0.02)
                if self._chance.random() < 0.001:
                    await asyncio.sleep(self._chance.random() * self._stall)
                data = budget.spend(data)
            writer.write(data)
            with contextlib.suppress(OSError):
                await writer.drain()
            if budget.left == 0 and not self.calm:
                self.cuts += 1
                return


def _abort(ends: Iterable[asyncio.StreamWriter]) -> None:
    for end in ends:
        end.transport.abort()


class _Budget:
    """How many bytes a connection may carry, both ways together."""

    def __init__(self, left: int) -> None:
        self.left = left

    def spend(self, data: bytes) -> bytes:
        data = data[: self.left]
        self.left -= len(data)
        return data
