"""WindowProgram: the real program with its window in a process of its own, driven through a pipe."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.terminal.programs import has_something

PATIENCE_SECONDS = 30.0

ROOT = Path(__file__).parent.parent.parent

Popen = Callable[..., "subprocess.Popen[bytes]"]


class WindowProgram:
    def __init__(self, folder: Path, where: str, popen: Popen = subprocess.Popen) -> None:
        """`folder`: of their data, named like their account. `where`: see tests.desktop.driven."""
        self.folder = folder
        environment = {**os.environ, "LOGNAME": folder.name, "LC_ALL": "C.UTF-8", "PYTHONPATH": str(ROOT)}
        environment.pop("DBUS_SESSION_BUS_ADDRESS", None)
        command = [sys.executable, "-m", "tests.desktop.driven", where, "--data-dir", str(folder)]
        pipe = subprocess.PIPE
        self.process = popen(command, stdin=pipe, stdout=pipe, env=environment, cwd=ROOT)
        self._said = b""

    def does(self, name: str, *arguments: Any) -> None:
        """Calls this method of driven.Driven, and returns when it has."""
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps([name, *arguments]).encode() + b"\n")
        self.process.stdin.flush()
        wrong = json.loads(self._line())
        assert wrong is None, wrong

    def is_killed(self) -> None:
        self.process.kill()
        self.process.wait()

    def is_asked_to_end(self) -> int:
        """By the system, as when somebody logs out; its exit code."""
        if sys.platform == "win32":
            pytest.skip("Windows programs send each other no signals")
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(PATIENCE_SECONDS)

    def closes(self) -> int:
        """Presses the X and, if asked, means it; the exit code."""
        self.does("closes")
        if self.process.poll() is None and self._asks():
            self.does("presses", "Quit")
        return self.process.wait(PATIENCE_SECONDS)

    def _asks(self) -> bool:
        try:
            self.does("is_asked")
        except (AssertionError, BrokenPipeError, EOFError):
            return False
        return True

    def end(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        for stream in (self.process.stdin, self.process.stdout):
            if stream is not None:
                stream.close()

    def _line(self) -> bytes:
        assert self.process.stdout is not None
        deadline = time.monotonic() + PATIENCE_SECONDS
        while b"\n" not in self._said:
            output = self.process.stdout.fileno()
            piece = os.read(output, 65_536) if has_something(output, deadline) else b""
            if not piece:
                raise EOFError(f"{self.folder.name}'s window does not answer")
            self._said += piece
        line, _, self._said = self._said.partition(b"\n")
        return line


@contextmanager
def ended(programs: Sequence[WindowProgram]) -> Iterator[None]:
    """None of them outlives what is inside."""
    try:
        yield
    finally:
        for program in programs:
            program.end()
