"""A bad network between clients and a host: a proxy that delays, stalls, hands on single bytes, and cuts anywhere.

It runs on a thread of its own. It forwards bytes and knows nothing of what they mean.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager

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
        self._visits: set[asyncio.Task[None]] = set()

    @contextmanager
    def open(self) -> Iterator[Chaos]:
        ready = threading.Event()
        stop: list[asyncio.Future[None]] = []
        loop = asyncio.new_event_loop()

        async def serve() -> None:
            server = await asyncio.start_server(self._visit, HERE, 0)
            self.port = server.sockets[0].getsockname()[1]
            stop.append(loop.create_future())
            ready.set()
            await stop[0]
            server.close()
            for visit in list(self._visits):
                visit.cancel()
            await asyncio.gather(*self._visits, return_exceptions=True)

        thread = threading.Thread(target=loop.run_until_complete, args=(serve(),))
        thread.start()
        ready.wait()
        try:
            yield self
        finally:
            loop.call_soon_threadsafe(stop[0].set_result, None)
            thread.join()
            loop.close()

    async def _visit(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection: until it breaks by itself, or we cut it."""
        task = asyncio.current_task()
        assert task is not None
        self._visits.add(task)
        ends = [writer]
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
            for end in ends:
                end.transport.abort()
            self._visits.discard(task)

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


class _Budget:
    """How many bytes a connection may carry, both ways together."""

    def __init__(self, left: int) -> None:
        self.left = left

    def spend(self, data: bytes) -> bytes:
        data = data[: self.left]
        self.left -= len(data)
        return data
