"""Two honest members who talk with each other all the time, and how long each line takes from one to the other."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from lanchat.core import frames
from survival.raw import Raw, member

_PAUSE = 0.04  # seconds from line to line of one of them


class Chat:
    def __init__(self, ana: Raw, ben: Raw) -> None:
        self._pair = ana, ben
        self._sent: dict[bytes, float] = {}
        self._took: list[float] = []

    async def _talk(self, who: Raw) -> None:
        first = True
        while True:
            entry = who.entry("How are you?")
            self._sent[entry.entry_id] = time.perf_counter()
            who.send(frames.Post([entry], again=first))
            first = False
            await asyncio.sleep(_PAUSE)

    async def _listen(self, who: Raw) -> None:
        while True:
            match await who.next(60):
                case frames.Entries(rows=rows, writers=writers):
                    now = time.perf_counter()
                    for row in rows:
                        if writers[row.writer].author != who.me.key and row.entry_id in self._sent:
                            self._took.append(now - self._sent.pop(row.entry_id))
                case frames.Ping():
                    who.send(frames.Pong())
                case _:
                    pass

    def took(self) -> list[float]:
        """Seconds of each line since the last time this was asked, the longest last; what is late counts as well."""
        now = time.perf_counter()
        late = [now - sent for sent in self._sent.values() if now - sent > 0.25]
        took, self._took = self._took, []
        return sorted(took + late)


@asynccontextmanager
async def chat(port: int, passphrase: str | None = None) -> AsyncIterator[Chat]:
    async with (
        member(port, nick="Ana", passphrase=passphrase) as ana,
        member(port, nick="Ben", passphrase=passphrase) as ben,
    ):
        made = Chat(ana, ben)
        async with asyncio.TaskGroup() as tasks:
            running = [tasks.create_task(work) for who in (ana, ben) for work in (made._talk(who), made._listen(who))]
            yield made
            for task in running:
                task.cancel()
