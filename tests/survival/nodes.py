"""Nodes as a test starts, kills, stops and questions them."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import msgspec

import lanchat
from lanchat.core.model import LogEntry, RoomId
from lanchat.storage import data_folder, entry_rows
from lanchat.storage.open_database import open_for_reading
from lanchat.storage.reader import Reader
from lanchat.storage.records import Records
from survival.node import JOURNAL, Orders

_SOURCES = [str(Path(lanchat.__file__).parents[1]), str(Path(__file__).parents[1])]

#: For programs that a test starts.
ENVIRONMENT = {**os.environ, "PYTHONPATH": os.pathsep.join(_SOURCES)}


#: Of asyncio, about writes to a host that was killed while its client did not read: it tells of the end only later.
_HARMLESS = re.compile(r"(SSL connection is closed|socket\.send\(\) raised exception)\.?\n")


class Node:
    """A lanchat of somebody's, which may be started again and again in the same folder."""

    def __init__(self, orders: Orders) -> None:
        self.orders = orders
        self.folder = Path(orders.folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self._process: subprocess.Popen[str] | None = None
        self._journal: dict[str, list[list[str]]] = {}
        self._journal_read = 0

    def start(self, **changes: Any) -> None:
        self.orders = msgspec.structs.replace(self.orders, **changes)
        with (self.folder / "stderr").open("a") as stderr:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "survival.node", msgspec.json.encode(self.orders).decode()],
                stdin=subprocess.PIPE, stderr=stderr, env=ENVIRONMENT, encoding="utf-8",
            )  # fmt: skip

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def order(self, words: str) -> None:
        assert self._process is not None
        assert self._process.stdin is not None
        self._process.stdin.write(words + "\n")
        self._process.stdin.flush()

    def kill(self) -> None:
        """kill -9."""
        assert self._process is not None
        self._process.kill()
        self._end()

    def freeze(self) -> None:
        os.kill(self.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        os.kill(self.pid, signal.SIGCONT)

    def quit(self) -> None:
        self.order("quit")
        assert self._end() == 0

    def _end(self) -> int:
        process, self._process = self._process, None
        assert process is not None
        assert process.stdin is not None
        process.stdin.close()
        return process.wait(20)

    def give_up(self) -> None:
        """At a test's end, whatever became of it."""
        if self._process is not None:
            self.thaw()
            self.kill()

    # --- what is known of it
    def journal(self, *wanted: str) -> list[list[str]]:
        """The lines whose first word is one of `wanted`, each as its words."""
        path = self.folder / JOURNAL
        if path.exists():
            with path.open("rb") as file:
                file.seek(self._journal_read)
                whole = file.read().rpartition(b"\n")[0]  # the last line may be half
            self._journal_read += len(whole) + 1 if whole else 0
            for line in whole.decode().splitlines():
                words = line.split(" ")
                self._journal.setdefault(words[0], []).append(words)
        return [line for word in wanted for line in self._journal.get(word, [])]

    @property
    def complaints(self) -> str:
        """What it wrote to stderr."""
        return _HARMLESS.sub("", (self.folder / "stderr").read_text("utf-8"))

    @property
    def room_id(self) -> RoomId:
        with self.reader() as reader:
            return reader.rooms()[0].room_id

    @contextmanager
    def reader(self) -> Iterator[Reader]:
        reader = Reader.open(self.folder)
        try:
            yield reader
        finally:
            reader.close()

    def log(self) -> list[LogEntry]:
        with self.reader() as reader:
            room_id = reader.rooms()[0].room_id
        with closing(open_for_reading(self.folder / data_folder.DATABASE, 5.0)) as database:
            place = Records(database).place(room_id)
            assert place is not None
            return entry_rows.after(database, place, 0, 10_000_000)

    def outbox(self) -> list[bytes]:
        with self.reader() as reader:
            return [pending.message_id for pending in reader.outbox(reader.rooms()[0].room_id)]

    def last(self) -> int:
        """How far its log goes."""
        with self.reader() as reader:
            newest = reader.newest(reader.rooms()[0].room_id, 1)
            return newest[0].seq if newest else 0

    # --- what it costs
    def descriptors(self) -> int:
        return len(os.listdir(f"/proc/{self.pid}/fd"))

    def threads(self) -> int:
        return len(os.listdir(f"/proc/{self.pid}/task"))

    def memory(self) -> int:
        """Resident, in bytes."""
        return int(Path(f"/proc/{self.pid}/statm").read_text("utf-8").split()[1]) * os.sysconf("SC_PAGE_SIZE")


def wait_until(holds: Callable[[], bool], what: str, seconds: float = 20.0) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, f"{what}: not within {seconds} s"
        time.sleep(0.02)


class Town:
    """A host and those who join it, each a process, all talking."""

    def __init__(self, folder: Path, people: int, **orders: Any) -> None:
        self._orders = orders
        self._folder, self._size = folder, people
        self.host = Node(Orders(folder=str(folder / "host"), nick="Host", hosting=True, **orders))
        self.people: list[Node] = []

    def open(self) -> None:
        """All start, and are in the room."""
        self.host.start()
        wait_until(lambda: bool(self.host.journal("hosting", "problem")), "the room opens")
        _, room_id, port = self.host.journal("hosting")[0]
        self.room_id, self.port = RoomId(room_id), int(port)
        self.host.orders = msgspec.structs.replace(self.host.orders, port=self.port)
        self.people = [
            Node(
                Orders(folder=str(self._folder / f"person{n}"), nick=f"P{n}", where=f"127.0.0.1:{port}", **self._orders)
            )
            for n in range(self._size)
        ]
        for person in self.people:
            person.start()
        wait_until(lambda: all(map(_joined, self.people)), "everybody joins")

    @property
    def everybody(self) -> list[Node]:
        return [self.host, *self.people]

    def order(self, words: str) -> None:
        for node in self.everybody:
            node.order(words)

    def talk_goes_on(self) -> None:
        """Everybody hears of new entries of their own that they are on the host's disk."""
        heard = {node: len(node.journal("TAKEN")) for node in self.everybody}
        wait_until(lambda: all(len(node.journal("TAKEN")) > heard[node] for node in heard), "the talk goes on")

    def settle(self, seconds: float = 30.0) -> None:
        """Nobody says anything new, and everything that was said reaches everybody."""
        before = {node: len(node.journal("hushed")) for node in self.everybody}
        self.order("hush")
        wait_until(lambda: all(len(node.journal("hushed")) > was for node, was in before.items()), "silence", seconds)
        wait_until(self._settled, "everything reaches everybody", seconds)

    def _settled(self) -> bool:
        if any(node.outbox() for node in self.everybody):
            return False
        last = self.host.last()
        return all(node.last() == last for node in self.people)

    def close(self) -> None:
        for node in reversed(self.everybody):
            node.quit()

    def give_up(self) -> None:
        for node in self.everybody:
            node.give_up()


def _joined(person: Node) -> bool:
    return any(words[1] == "CONNECTED" for words in person.journal("connection"))


@contextmanager
def town(folder: Path, people: int, **orders: Any) -> Iterator[Town]:
    """A town that is left without a process behind, and in which nobody complained."""
    made = Town(folder, people, **orders)
    try:
        made.open()
        yield made
    finally:
        made.give_up()
    for node in made.everybody:
        assert not node.complaints
