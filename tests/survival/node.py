"""One lanchat in a process of its own, to be killed, stopped and attacked: an Engine, orders on stdin, a journal.

Run as `python -m survival.node '<orders as JSON>'`. The journal is a file, so that not a line of it dies with the node.
"""

from __future__ import annotations

import sys
import threading
import time
from pathlib import Path
from queue import Empty

import msgspec

from lanchat.core import limits
from lanchat.core.model import EntryId, RoomId
from lanchat.engine import events
from lanchat.engine.commands import Join, OpenRoom, Quit, Say
from lanchat.engine.engine import Engine
from tests.fake_lan import FakeLan

JOURNAL = "journal"


class Orders(msgspec.Struct, frozen=True, kw_only=True):
    folder: str
    nick: str
    port: int = 0  # to host on; 0: any
    where: str = ""  # to join
    hosting: bool = False
    talking: bool = False  # from the start
    every: float = 0.01  # seconds between two texts
    passphrase: str | None = None  # of the room to host
    at_once: int = 40  # texts under way
    posts_per_second: float = 2_000.0
    burst: int = 4_000
    connections: int | None = 500  # None: the caps of everyday
    clock: float = 0.0  # seconds that the wall clock is wrong
    limits: dict[str, float] = {}


class Node:
    def __init__(self, orders: Orders) -> None:
        self._orders = orders
        self._engine = Engine(Path(orders.folder), nick=orders.nick, discovery=FakeLan().node)
        self._hushing = False
        self._journal = (Path(orders.folder) / JOURNAL).open("a", encoding="utf-8", buffering=1)
        self._room_id: RoomId | None = None
        self._talking = orders.talking
        self._waiting: set[EntryId] = set()
        self._said = 0
        self._next = 0.0

    def run(self) -> None:
        threading.Thread(target=self._listen, daemon=True).start()
        self._engine.start()
        orders = self._orders
        if orders.hosting:
            self._engine.do(
                OpenRoom(
                    "Room",
                    orders.passphrase,
                    port=orders.port,
                    posts_per_second=orders.posts_per_second,
                    burst=orders.burst,
                    connections_per_address=orders.connections,
                )
            )
        else:
            self._engine.do(Join(orders.where))
        while self._take():
            if self._hushing:  # noted by the one that talks: from now on it says nothing
                self._hushing = False
                self._note("hushed")
            self._talk()
        self._engine.join()

    def _listen(self) -> None:
        """Orders of one word, and how far to move the clock."""
        for line in sys.stdin:
            match line.split():
                case ["talk"]:
                    self._talking = True
                case ["hush"]:
                    self._talking = False
                    self._hushing = True
                case ["clock", seconds]:
                    _wrong_clock(float(seconds))
                case ["quit"]:
                    self._engine.do(Quit())

    def _take(self) -> bool:
        """The next event, if there is one. False: it was the last."""
        wait = max(0.001, self._next - time.monotonic()) if self._may_talk() else 0.05
        try:
            event = self._engine.events.get(timeout=wait)
        except Empty:
            return True
        match event:
            case events.Hosting(room_id, _, port):
                self._room_id = room_id
                self._note("hosting", room_id, port)
            case events.ConnectionChanged(room_id, _, state, problem=problem):
                self._room_id = room_id
                self._note("connection", state.name, problem)
            case events.EntryWritten(entry_id=entry_id):
                self._waiting.add(entry_id)
                self._note("written", entry_id.hex())
            case events.EntryStateChanged(_, entry_ids, state):
                self._waiting.difference_update(entry_ids)
                for entry_id in entry_ids:
                    self._note(state.name.replace(" ", "_"), entry_id.hex())
            case events.MessagesAdded(messages=messages):
                for message in messages:
                    self._note("shown", message.seq, message.message_id.hex())
            case events.NotHosting(problem=problem) | events.NotFound(problem=problem) | events.Problem(problem):
                self._note("problem", problem)
            case events.Stopped(problem):
                self._note("stopped", problem or "")
                return False
        return True

    def _may_talk(self) -> bool:
        return self._talking and self._room_id is not None and len(self._waiting) < self._orders.at_once

    def _talk(self) -> None:
        now = time.monotonic()
        if now >= self._next and self._may_talk() and self._room_id:
            self._said += 1
            self._next = max(self._next, now - 0.1) + self._orders.every
            self._engine.do(Say(self._room_id, f"{self._orders.nick} {self._said}"))

    def _note(self, *words: object) -> None:
        self._journal.write(" ".join(map(str, words)) + "\n")


_right = time.time_ns


def _wrong_clock(seconds: float) -> None:
    time.time_ns = lambda: _right() + int(seconds * 1e9)


if __name__ == "__main__":
    given = msgspec.json.decode(sys.argv[1], type=Orders)
    for name, value in given.limits.items():
        setattr(limits, name, value)
    _wrong_clock(given.clock)
    Node(given).run()
