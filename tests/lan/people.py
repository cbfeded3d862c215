"""People on a network, real or fake: what they do, and what they are told and when."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import lanchat
from lan.lanlab import Lab
from lan.script import do
from tests.fake_lan import FakeDiscovery

PORT = 29747
HERE = Path(__file__).parent


class Person:
    """Times are of the machine's one monotonic clock."""

    def __init__(self, name: str, address: str) -> None:
        self.name = name
        self.address = address
        self._told: list[dict[str, Any]] = []
        self._news = threading.Condition()

    # --- what people do; each answers when it began
    def do(self, command: str, **given: Any) -> float:
        raise NotImplementedError

    def end(self) -> None:
        raise NotImplementedError

    def hosts(
        self, title: str, room_id: str | None = None, fingerprint: str = "", owner: str = "", **more: Any
    ) -> str:
        """Opens a room, or changes what is said of it; its room_id. `owner`: if it is another than the host."""
        room_id = room_id or title.lower().replace(" ", "").ljust(16, "a")[:16]
        fingerprint = fingerprint or room_id.encode().hex()
        given = {"passphrase": False, "port": PORT, "owner": owner or fingerprint, **more}
        self.do("advertise", title=title, room_id=room_id, fingerprint=fingerprint, **given)
        return room_id

    # --- what people see
    def append(self, one: dict[str, Any]) -> None:
        with self._news:
            self._told.append({"at": time.monotonic(), **one})
            self._news.notify_all()

    def waits(self, what: str, within: float = 5.0, since: float = 0.0, **like: Any) -> dict[str, Any]:
        """The first thing told since then that is like this; fails when none comes within so many seconds of it."""
        deadline = (since or time.monotonic()) + within
        with self._news:
            while True:
                for one in self._told:
                    if one["what"] == what and one["at"] >= since and all(one[k] == v for k, v in like.items()):
                        return one
                left = deadline - time.monotonic()
                assert left > 0, f"{self.name} was not told of {what} {like} within {within} s, but: {self._told[-9:]}"
                self._news.wait(left)

    def finds(self, title: str, within: float = 5.0, since: float = 0.0, **like: Any) -> dict[str, Any]:
        return self.waits("found", within, since, title=title, **like)

    def told(self, what: str, **like: Any) -> list[dict[str, Any]]:
        with self._news:
            return [one for one in self._told if one["what"] == what and all(one[k] == v for k, v in like.items())]


class LabPerson(Person):
    """Somebody at a host of the lab, with a program of their own."""

    def __init__(self, lab: Lab, host: str) -> None:
        super().__init__(host, lab.address(host))
        path = os.pathsep.join([str(Path(lanchat.__file__).parent.parent), str(HERE.parent)])
        argv = [sys.executable, str(HERE / "node.py")]
        environment = {**os.environ, "PYTHONPATH": path}
        pipe = subprocess.PIPE
        self._process = lab.popen(host, argv, stdin=pipe, stdout=pipe, stderr=pipe, encoding="utf-8", env=environment)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def sits_down(self, *how: str) -> None:
        """From now on takes part. `how`: see `node.py`."""
        self.waits("ready", 30.0)  # on a busy machine a program takes its time to start
        self.do("how", how=how)

    def do(self, command: str, **given: Any) -> float:
        started = time.monotonic()
        self._process.stdin.write(json.dumps({"do": command, **given}) + "\n")
        self._process.stdin.flush()
        if command != "crash":
            self.waits("did", since=started, command=command)
        return started

    def _read(self) -> None:
        for line in self._process.stdout:
            self.append(json.loads(line))

    def end(self) -> None:
        self._process.kill()
        self._process.wait()
        self._reader.join()
        complaints = self._process.stderr.read()
        for pipe in (self._process.stdin, self._process.stdout, self._process.stderr):
            pipe.close()
        assert not complaints, complaints


class FakePerson(Person):
    """Somebody on a FakeLan, with a loop of their own."""

    def __init__(self, name: str, discovery: FakeDiscovery, address: str) -> None:
        super().__init__(name, address)
        self.discovery = discovery
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._thread.start()

    def do(self, command: str, **given: Any) -> float:
        started = time.monotonic()
        work = do(self.discovery, command, given, self)  # type: ignore[arg-type]
        asyncio.run_coroutine_threadsafe(work, self._loop).result(5)
        return started

    def end(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
