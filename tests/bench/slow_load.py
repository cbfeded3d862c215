"""The load generator in Python, for where no C compiler is: lanchat only, one process, and itself the bottleneck.

It takes the same options as load/main.c and prints the same report, so nobody else need know which one ran. And it can
post what that cannot: with `--changes`, reactions and edits.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import json
import os
import random
import signal
import struct
import sys
import time
from collections import deque

from lanchat.core import frames, limits
from lanchat.core.content import Correction, ReactionChange, Text, encode
from lanchat.core.model import START, Entry, EntryId, RoomId
from lanchat.trust.handshake import ClientHandshake, Expected
from lanchat.trust.identity import client_context
from lanchat.trust.signing import make_card, make_entry
from tests.bench.process import cpu_seconds, memory_kib
from tests.identities import new_identity

_TEXT = "the quick brown fox jumps over the lazy dog, and the lazy dog lets it; so it goes, day after day. Amen."[:100]
_LATELY = 50  # of my texts, one of which I edit or react to
_REACTIONS = 2 / 3  # of the changes; the others are edits


class Load:
    """One run. Delays are of all deliveries at a pace, and of posters' own posts under saturation."""

    def __init__(self, asked: argparse.Namespace) -> None:
        self.asked = asked
        self.members = [Member(self, number) for number in range(asked.members)]
        self.posters = self.members[: asked.posters or asked.members - asked.stalled]
        self.sent: dict[EntryId, float] = {}
        self.measuring_since = 0.0  # 0: not measuring
        self.deliveries = self.posts = self.gone = self.refused = self.gaps = 0
        self.delays: list[float] = []

    async def run(self) -> dict[str, float]:
        asked = self.asked
        before = memory_kib(asked.host_pid)
        began = time.monotonic()
        at_once = asyncio.Semaphore(asked.at_once)
        await asyncio.gather(*(member.join(at_once) for member in self.members))
        joined = time.monotonic() - began
        for member in self.members[: asked.members - asked.stalled]:
            member.start()
        for member in self.posters:
            member.prepare(asked.prepare // len(self.posters))
        await asyncio.sleep(asked.settle)
        memory = memory_kib(asked.host_pid)
        posting = asyncio.create_task(self._post())
        await asyncio.sleep(asked.warm_up)
        print("measuring", flush=True)
        own, host = time.process_time(), cpu_seconds(asked.host_pid)
        self.measuring_since = time.monotonic()
        await self._measured(asked.seconds)
        seconds = time.monotonic() - self.measuring_since
        self.measuring_since = 0.0
        own, host = time.process_time() - own, cpu_seconds(asked.host_pid) - host
        posting.cancel()
        joins = sorted(1000 * member.joining for member in self.members)
        delays = sorted(1000 * delay for delay in self.delays)
        return {
            "seconds": seconds, "deliveries": self.deliveries, "posts": self.posts, "bytes": 0, "own_cpu": own,
            "host_cpu": host, "delays": len(delays), "p50": _share(delays, 0.5), "p99": _share(delays, 0.99),
            "max": _share(delays, 1), "latest_post": 0.0, "join_seconds": joined, "join_p50": _share(joins, 0.5),
            "join_p99": _share(joins, 0.99), "memory_before": before, "memory_joined": memory,
            "members": asked.members, "stalled": asked.stalled, "gone": self.gone, "retries": 0,
            "refused": self.refused, "gaps": self.gaps, "late_signatures": 0,
        }  # fmt: skip

    async def _measured(self, seconds: float) -> None:
        told_to_end = asyncio.Event()
        if sys.platform != "win32":
            asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, told_to_end.set)
        try:
            async with asyncio.timeout(seconds):
                await told_to_end.wait()
        except TimeoutError:
            pass

    async def _post(self) -> None:
        if self.asked.window:
            for member in self.posters:
                member.post(int(self.asked.window))
        elif self.asked.rate:
            began = time.monotonic()
            for number, member in enumerate(itertools.cycle(self.posters)):
                await asyncio.sleep(began + number / self.asked.rate - time.monotonic())
                member.post(1)

    def delivered(self, member: Member, rows: list[frames.Row]) -> None:
        now = time.monotonic()
        mine = 0
        for row in rows:
            entry_id = EntryId(row.entry_id)
            own = entry_id in member.in_flight
            mine += own
            if self.measuring_since and (own or self.asked.rate) and self.sent.get(entry_id, 0) > self.measuring_since:
                self.delays.append(now - self.sent[entry_id])
            member.in_flight.discard(entry_id)
        if self.measuring_since:
            self.deliveries += len(rows)
            self.posts += mine
        if self.asked.window and mine:
            member.post(mine)


class Member:
    def __init__(self, load: Load, number: int) -> None:
        self._load = load
        self._identity = new_identity()
        self._card = make_card(self._identity, f"b{number}", 1)
        self._room = RoomId("")
        self._counter = itertools.count(1)
        self._chance = random.Random(number)
        self._next_seq = self._told = 0
        self._spoke = time.monotonic()
        self._tasks: list[asyncio.Task[None]] = []
        self._prepared: deque[Entry] = deque()
        self._texts: deque[EntryId] = deque(maxlen=_LATELY)
        self.in_flight: set[EntryId] = set()
        self.joining = 0.0

    async def join(self, at_once: asyncio.Semaphore) -> None:
        began = time.monotonic()
        async with at_once:
            asked = self._load.asked
            self._reader, self._writer = await asyncio.open_connection(asked.host, asked.port, ssl=client_context())
            certificate = self._writer.get_extra_info("ssl_object").getpeercert(True)
            handshake = ClientHandshake(self._identity, self._card, certificate, Expected(), lambda _room: None)
            while not handshake.entered:
                heard = await self._heard()
                assert heard is not None
                for frame in handshake.received(heard):
                    self._say(frame)
            assert handshake.room_id is not None
            self._room = handshake.room_id
            self._say(frames.Resume(1 if asked.from_start else 0, 0, START))  # 0: a newcomer
            while not isinstance(welcome := await self._heard(), frames.Welcome):
                pass
            self._next_seq = welcome.base + 1
        self.joining = time.monotonic() - began

    def start(self) -> None:
        self._tasks = [asyncio.create_task(self._listen()), asyncio.create_task(self._stay())]

    def post(self, count: int) -> None:
        made = [self._prepared.popleft() if self._prepared else self._entry() for _ in range(count)]
        now = time.monotonic()
        for entry in made:
            self._load.sent[EntryId(entry.entry_id)] = now
            self.in_flight.add(EntryId(entry.entry_id))
        for first in range(0, count, 64):
            self._say(frames.Post(made[first : first + 64]))

    def prepare(self, count: int) -> None:
        """Sign so many entries before the clock starts."""
        self._prepared.extend(self._entry() for _ in range(count))

    def _entry(self) -> Entry:
        """A text, or a change of one of mine."""
        payload = encode(Text(_TEXT))
        if self._texts and self._chance.random() < self._load.asked.changes / 100:
            target = self._chance.choice(self._texts)
            reacts = self._chance.random() < _REACTIONS
            payload = encode(ReactionChange("👍"), target) if reacts else encode(Correction(_TEXT[::-1]), target)
        sent_at = time.time_ns() // 1_000_000
        entry = make_entry(self._identity, self._room, next(self._counter), payload, sent_at)
        if entry.kind == Text.kind:
            self._texts.append(EntryId(entry.entry_id))
        return entry

    async def _listen(self) -> None:
        try:
            while True:
                match await self._heard():
                    case frames.Entries(first=first, rows=rows):
                        self._load.gaps += first != self._next_seq
                        self._next_seq = first + len(rows)
                        self._load.delivered(self, rows)
                    case frames.Refused() | frames.Rejected() | frames.SlowDown():
                        self._load.refused += 1
        except (OSError, EOFError):
            self._load.gone += 1

    async def _stay(self) -> None:
        """What a client says unasked: how far it has the Log, and that it is alive."""
        between = min(max(limits.TELL_SECONDS, 0.005 * len(self._load.members)), limits.IDLE_PING_SECONDS)
        while True:
            await asyncio.sleep(between)
            if self._next_seq - 1 > self._told:
                self._told = self._next_seq - 1
                self._say(frames.Have(self._told))
            elif time.monotonic() - self._spoke > limits.IDLE_PING_SECONDS:
                self._say(frames.Ping())

    async def _heard(self) -> frames.Frame | None:
        (size,) = struct.unpack(">I", await self._reader.readexactly(4))
        return frames.decode_from_host(await self._reader.readexactly(size))

    def _say(self, frame: frames.Frame) -> None:
        self._spoke = time.monotonic()
        self._writer.write(frames.encode(frame))


def _share(sorted_values: list[float], share: float) -> float:
    return sorted_values[int(share * (len(sorted_values) - 1))] if sorted_values else 0.0


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--protocol", choices=["lanchat"])
    parser.add_argument("--host", default="127.0.0.1")
    for name, default in (("port", 0), ("members", 2), ("posters", 0), ("stalled", 0), ("host-pid", os.getpid()),
                          ("at-once", 50), ("prepare", 0), ("qos", 0), ("from-start", 0), ("changes", 0)):  # fmt: skip
        parser.add_argument("--" + name, type=lambda text: int(float(text)), default=default)
    for name, seconds in (("window", 0.0), ("rate", 0.0), ("warm-up", 0.0), ("seconds", 0.0), ("settle", 0.5)):
        parser.add_argument("--" + name, type=float, default=seconds)
    return parser.parse_args()


if __name__ == "__main__":
    print(json.dumps(asyncio.run(Load(_asked()).run())))
