"""The load generator: compiled once from `load/`, run as a process of its own, its report read back.

Without a C compiler and OpenSSL's headers there is `slow_load`, the same in Python for lanchat alone; it is then the
bottleneck, and the table says so.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SOURCES = Path(__file__).parent / "load"
_FLAGS = ["-std=gnu11", "-O2", "-Wall", "-Wextra"]


class LoadFailed(RuntimeError):
    """The generator gave up: somebody was not let in, or was sent away."""


@dataclass(frozen=True, slots=True)
class Target:
    """A server to be loaded."""

    name: str
    protocol: str
    port: int
    pid: int
    link: str = ""  #: for phones
    room_id: str = ""  #: of lanchat's


@dataclass(frozen=True, slots=True)
class Report:
    """What one run measured. Times are milliseconds where not said otherwise; memory is KiB."""

    seconds: float
    deliveries: int
    posts: int
    bytes: int
    own_cpu: float  #: seconds
    host_cpu: float
    delays: int  #: deliveries whose delay was measured
    p50: float
    p99: float
    max: float
    latest_post: float  #: the most a paced post went out after its time
    join_seconds: float
    join_p50: float
    join_p99: float
    memory_before: int
    memory_joined: int
    members: int
    stalled: int
    gone: int  #: members the host sent away
    retries: int
    refused: int
    gaps: int
    late_signatures: int

    @property
    def deliveries_per_second(self) -> float:
        return self.deliveries / self.seconds

    @property
    def posts_per_second(self) -> float:
        return self.posts / self.seconds

    @property
    def joins_per_second(self) -> float:
        return self.members / self.join_seconds

    @property
    def host_share(self) -> float:
        """Of one core."""
        return self.host_cpu / self.seconds

    @property
    def own_share(self) -> float:
        return self.own_cpu / self.seconds

    @property
    def cost_ns(self) -> float:
        """Host CPU for each delivery."""
        return 1e9 * self.host_cpu / max(1, self.deliveries)

    @property
    def trouble(self) -> str:
        """What should not happen and did; "" when all was well."""
        seen = {"sent away": self.gone, "refused": self.refused, "gaps in the log": self.gaps}
        return ", ".join(f"{count} {what}" for what, count in seen.items() if count)


class Generator:
    def __init__(self, command: list[str], slow: str = "") -> None:
        self._command = command
        self.slow = slow  #: why this is the Python one; "" when it is not

    @classmethod
    def build(cls, folder: Path) -> Generator:
        """Compile it into `folder`, or take the Python one."""
        compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
        if compiler is None:
            return cls._in_python("no C compiler")
        program = folder / "load"
        sources = [str(source) for source in sorted(SOURCES.glob("*.c"))]
        made = subprocess.run(
            [compiler, *_FLAGS, "-o", str(program), *sources, "-lssl", "-lcrypto"],
            capture_output=True, encoding="utf-8", check=False,
        )  # fmt: skip
        if made.returncode:
            print(made.stderr, file=sys.stderr)
            return cls._in_python("it does not compile (libssl-dev?)")
        return cls([str(program)])

    @classmethod
    def _in_python(cls, why: str) -> Generator:
        return cls([sys.executable, "-m", "tests.bench.slow_load"], why)

    def can(self, target: Target) -> bool:
        return not self.slow or target.protocol == "lanchat"

    def run(self, target: Target, **asked: float) -> Report:
        """One whole run: join, settle, warm up, measure. The options are load/main.c's, with _ for -."""
        return self.start(target, **asked).result()

    def start(self, target: Target, **asked: float) -> Running:
        words = [*self._command, "--protocol", target.protocol, "--port", str(target.port)]
        words += ["--host-pid", str(target.pid)]
        for name, value in asked.items():
            words += ["--" + name.replace("_", "-"), str(value)]
        # Its complaints go to our stderr.
        return Running(subprocess.Popen(words, stdout=subprocess.PIPE, encoding="utf-8"))


class Running:
    """A generator at work. It ends by itself: every phase of a run has its time."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def wait_until_measuring(self) -> None:
        """Everybody is in, and posting is under way. Raises LoadFailed."""
        assert self._process.stdout is not None
        if not self._process.stdout.readline():
            self.result()

    def finish(self) -> Report:
        """End the measuring now. Raises LoadFailed."""
        self._process.terminate()
        return self.result()

    def result(self) -> Report:
        """Wait until it has ended. Raises LoadFailed."""
        assert self._process.stdout is not None
        with self._process as process, self._process.stdout as out:
            lines = out.read().splitlines()
            if process.wait():
                raise LoadFailed("the load generator gave up; its last words are above")
        found: dict[str, Any] = json.loads(lines[-1])
        return Report(**found)
