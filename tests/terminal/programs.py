"""People who run the real program, each in a process of its own: at a terminal, or in a pipe."""

from __future__ import annotations

import contextlib
import os
import re
import select
import signal
import struct
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Self

import pytest

from tests.ports import free_port

PATIENCE_SECONDS = 30.0  # only a test that fails waits so long
_PROGRAM = Path(__file__).with_name("on_this_machine.py")
_CONTROL = re.compile(rb"\x1b\[[0-9;?]*[A-Za-z]|\x1b[=>]|\x1b\][^\x07]*\x07|\r|\x07|\x08")
_CALM = {"NO_COLOR": "1", "TERM": "xterm", "LC_ALL": "C.UTF-8", "PYTHONWARNINGS": "error"}


class Machine:
    """This machine, with a UDP port of the test's own on which its rooms are found."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._port = free_port()
        self._running: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for process in self._running:
            if process.poll() is None:
                process.kill()
            process.wait()
            for stream in (process.stdin, process.stdout, process.stderr):
                if stream:
                    stream.close()

    def folder(self, who: str) -> Path:
        return self._folder / who

    def program(self) -> list[str]:
        """How to start lanchat on this machine."""
        return [sys.executable, str(_PROGRAM), str(self._port)]

    def command(self, who: str, *arguments: str) -> list[str]:
        return [*self.program(), *arguments, "--data-dir", str(self.folder(who))]

    def run(self, who: str, *arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        """To its end, in a pipe."""
        return subprocess.run(
            self.command(who, *arguments), input=stdin, capture_output=True, encoding="utf-8",
            timeout=2 * PATIENCE_SECONDS, env=_environment({}), check=False,
        )  # fmt: skip

    def has_been_in(self, who: str, room: str) -> None:
        """They have said a word there. By `join`: `send` looks for seconds for another room of that title."""
        done = self.run(who, "join", room, "--nick", who.title(), stdin="hi\n")
        assert done.returncode == 0, done.stderr

    def pipe(self, who: str, *arguments: str) -> Piped:
        """In the background; its stdin stays open."""
        return Piped(self._start(who, arguments, subprocess.PIPE, {}))

    def unattended(self, who: str, *arguments: str) -> subprocess.Popen[bytes]:
        """In the background, as a service runs it: it reads nothing, and what it writes is not kept."""
        nothing = subprocess.DEVNULL
        return self._start(who, arguments, nothing, {}, errors=subprocess.PIPE)

    def reads_file(self, who: str, file: Path, *arguments: str) -> Piped:
        """In the background; its stdin is a file."""
        with file.open("rb") as lines:
            return Piped(self._start(who, arguments, subprocess.PIPE, {}, stdin=lines.fileno()))

    def terminal(self, who: str, *arguments: str, errors: int | None = None, **environment: str) -> Terminal:
        """`errors`: where stderr goes, when not to the terminal too."""
        if sys.platform == "win32":
            pytest.skip("Windows has no pseudo-terminals that Python can make")
        master, slave = os.openpty()
        _set_size(slave)
        process = self._start(who, arguments, slave, environment, errors=errors)
        os.close(slave)
        return Terminal(process, master)

    def _start(
        self,
        who: str,
        arguments: tuple[str, ...],
        stream: int,
        environment: Mapping[str, str],
        stdin: int | None = None,
        errors: int | None = None,
    ) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            self.command(who, *arguments), stdin=stream if stdin is None else stdin, stdout=stream,
            stderr=stream if errors is None else errors,
            start_new_session=True, env=_environment(environment),
        )  # fmt: skip
        self._running.append(process)
        return process


def _environment(more: Mapping[str, str]) -> dict[str, str]:
    """As where no screen is: without a word, lanchat is the terminal's there."""
    return {name: value for name, value in os.environ.items() if name != "DISPLAY"} | _CALM | dict(more)


def _set_size(terminal: int) -> None:
    import fcntl
    import termios

    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 100, 0, 0))


def has_something(output: int, deadline: float) -> bool:
    """Waits for it: whether reading would give something, if only the end."""
    if sys.platform != "win32":
        return bool(select.select([output], [], [], max(0.0, deadline - time.monotonic()))[0])
    import _winapi
    import msvcrt

    while time.monotonic() < deadline:  # select takes only sockets there
        try:
            if _winapi.PeekNamedPipe(msvcrt.get_osfhandle(output), 0)[0]:
                return True
        except BrokenPipeError:
            return True
        time.sleep(0.01)
    return False


class _Program:
    def __init__(self, process: subprocess.Popen[bytes], output: int) -> None:
        self.process = process
        self._output = output
        self._said = b""
        self._read_to = 0

    def expects(self, text: str) -> str:
        """Waits for `text`, after what was expected before; all that came up to it."""
        wanted = text.encode()
        deadline = time.monotonic() + PATIENCE_SECONDS
        while (found := self._said.find(wanted, self._read_to)) < 0:
            if not self._reads_on(deadline):
                raise AssertionError(f"waited in vain for {text!r}; there was: {self.seen()!r}")
        passed = self._said[self._read_to : found]
        self._read_to = found + len(wanted)
        return passed.decode()

    def seen(self) -> str:
        """Everything so far, without what only moves the cursor and colours."""
        return self._said.decode("utf-8", "replace")

    def ends(self) -> int:
        """Waits for the end; the exit code."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while self._reads_on(deadline):
            pass
        return self.process.wait(max(0.1, deadline - time.monotonic()))

    def complaints(self) -> str:
        """What it wrote on stderr, after its end."""
        assert self.process.stderr
        return self.process.stderr.read().decode()

    def signal(self, number: signal.Signals) -> None:
        if sys.platform == "win32":
            pytest.skip("Windows programs send each other no signals")
        self.process.send_signal(number)

    def _reads_on(self, deadline: float) -> bool:
        if not has_something(self._output, deadline):
            return False
        try:
            piece = os.read(self._output, 65_536)
        except OSError:  # the terminal's other end was closed
            return False
        self._said += self._plain(piece)
        return bool(piece)

    def _plain(self, piece: bytes) -> bytes:
        return piece.replace(b"\r", b"")  # Windows ends its lines with it


class Piped(_Program):
    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stdout
        super().__init__(process, process.stdout.fileno())

    def types(self, *lines: str) -> None:
        assert self.process.stdin
        for line in lines:
            self.process.stdin.write(f"{line}\n".encode())
        self.process.stdin.flush()

    def ends_input(self) -> None:
        assert self.process.stdin
        self.process.stdin.close()

    def closes_output(self) -> None:
        """Reads no more, as `head` does."""
        assert self.process.stdout
        self.process.stdout.close()

    def fills_pipe(self) -> None:
        """Reads nothing, until no more goes into the pipe."""
        if sys.platform == "win32":
            pytest.skip("Windows tells of no pipe how full it is")
        import fcntl
        import termios

        before, deadline = 0, time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            waiting = struct.unpack("i", fcntl.ioctl(self._output, termios.FIONREAD, bytes(4)))[0]
            if waiting > 40_000 and waiting == before:  # pages are not filled to their ends
                return
            before = waiting
            time.sleep(0.05)
        raise AssertionError("it does not write so much")

    def reads_slowly(self) -> None:
        """To the end: a page at a time, and less than a program writes."""
        while piece := os.read(self._output, 4_096):
            self._said += self._plain(piece)
            time.sleep(0.02)


class Terminal(_Program):
    def __init__(self, process: subprocess.Popen[bytes], master: int) -> None:
        super().__init__(process, master)
        self.raw = b""

    def types(self, keys: str) -> None:
        os.write(self._output, keys.encode())

    def is_interrupted(self) -> int:
        """Ctrl+C, and again while nothing happens: one just before a read begins waits for its end. The exit code."""
        for _ in range(5):
            self.types("\x03")
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(2)
                break
        return self.ends()

    def hangs_up(self) -> None:
        """The window is closed."""
        os.close(self._output)

    def ends(self) -> int:
        code = super().ends()
        os.close(self._output)
        return code

    def _plain(self, piece: bytes) -> bytes:
        self.raw += piece
        return _CONTROL.sub(b"", piece)
