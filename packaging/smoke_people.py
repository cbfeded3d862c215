"""People of the smoke test: each runs the built program, on a computer as bare as can be. Standard library only."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path
from types import TracebackType
from typing import IO

sys.path.insert(0, str(Path(__file__).resolve().parent))
if sys.platform == "linux":
    import wine

PATIENCE_SECONDS = 60.0  # only a failure waits so long
_WINDOWS_NEEDS = ("SYSTEMROOT", "SYSTEMDRIVE", "TEMP", "TMP", "WINDIR")


class Failed(Exception):
    """The built program did not do what it should. Its text says what."""


class Place:
    """Where the program is tried: two networks with a cable between where that can be made, else this machine.

    On each side of the cable is one computer; a program for Windows runs under Wine where this is not Windows.
    """

    def __init__(self, program: Path, root: Path, folder: Path, other: Path | None = None, display: str = "") -> None:
        """`program`: as it is called in `root`; `folder`: for everybody's data, seen from outside and within `root`.

        `other`: what runs on side 2 of the cable, if not the same. `display`: the screen of a Windows computer.
        """
        self.folder = folder
        self._root = root
        self._programs = [one if root != Path("/") else one.resolve() for one in (program, other or program)]
        self._networks = [f"lanchat-smoke-{os.getpid()}-{side}" for side in (1, 2)] if _may_make_networks() else []
        self._windows_display = display
        self._display = ""
        self._there: list[Person] = []

    def __enter__(self) -> Place:
        for network in self._networks:
            _ip("netns", "add", network)
            _ip("-n", network, "link", "set", "lo", "up")
        if self._networks:
            first, second = self._networks
            _ip("link", "add", "eth0", "netns", first, "type", "veth", "peer", "name", "eth0", "netns", second)
            for number, network in enumerate(self._networks, 1):
                _ip("-n", network, "addr", "add", f"10.78.0.{number}/24", "brd", "+", "dev", "eth0")
                _ip("-n", network, "link", "set", "eth0", "up")
        for side in (1, 2):
            if self.is_wine(side):
                wine.start(self._computer(side), self._windows_display, self._inside(side))
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        for person in self._there:
            person.is_killed()
        for side in (1, 2):
            if self.is_wine(side):
                wine.end(self._computer(side))
                shutil.rmtree(wine.computer_folder(self._computer(side)))
        for network in self._networks:
            _ip("netns", "del", network)

    def is_wine(self, side: int) -> bool:
        return sys.platform == "linux" and self._programs[side - 1].suffix == ".exe"

    def person(self, name: str, side: int) -> Person:
        """Somebody new, on one `side` of the cable, 1 or 2."""
        self._there.append(Person(self, name, side))
        return self._there[-1]

    def screen(self, name: str) -> None:
        """From now on there is a screen of this name."""
        self._display = name

    def command(self, side: int, window: bool) -> list[str]:
        """How the program is called on this side. `window`: on Windows another program than in a terminal."""
        program = self._programs[side - 1]
        if window and program.suffix == ".exe":
            program = program.with_name("lanchat.exe")
        words = [wine.WINE, str(program)] if self.is_wine(side) else [str(program)]
        if self._root != Path("/"):
            words = [_tool("chroot"), str(self._root), *words]
        return [*self._inside(side), *words]

    def _inside(self, side: int) -> list[str]:
        """What a command begins with that runs on this side's network."""
        return [_tool("nsenter"), f"--net=/run/netns/{self._networks[side - 1]}"] if self._networks else []

    def inside(self, path: Path, side: int) -> str:
        """What `path` is called by the program."""
        if self.is_wine(side):
            return wine.windows_path(path)
        return str(path) if self._root == Path("/") else f"/{path.relative_to(self._root)}"

    def environment(self, home: Path, side: int) -> dict[str, str]:
        """Next to nothing, and no way to a Python."""
        nothing = home / "no-programs"
        nothing.mkdir(parents=True, exist_ok=True)
        known = {name: os.environ[name] for name in _WINDOWS_NEEDS if name in os.environ}
        if self.is_wine(side):
            known |= wine.environment(self._computer(side))
            own = {"HOME": str(home), "LC_ALL": "C.UTF-8", "DISPLAY": self._windows_display}
        else:
            own = {"PATH": self.inside(nothing, side), "HOME": self.inside(home, side), "LC_ALL": "C.UTF-8"}
        own |= {"LOGNAME": home.name, "USERNAME": home.name, "USERPROFILE": str(home)}
        if self._display:
            own["DISPLAY"] = self._display
        return known | own

    @staticmethod
    def _computer(side: int) -> str:
        return f"smoke-{os.getpid()}-{side}"


class Person:
    def __init__(self, place: Place, name: str, side: int) -> None:
        self.side = side
        self._place = place
        self._home = place.folder / name
        self._data = self._home / "data"
        self._data.mkdir(parents=True)
        self._running: Running | None = None
        self._expected_to = 0

    @property
    def folder(self) -> Path:
        """A folder of theirs, seen from outside."""
        return self._home

    def prefers(self, **choices: str) -> None:
        """Before the first start of the window."""
        (self._data / "window.json").write_text(json.dumps(choices), "utf-8")

    def runs(self, *arguments: str, seconds: float = PATIENCE_SECONDS) -> str:
        """The program, to its end; what it said. Raises Failed, and TimeoutExpired after `seconds`."""
        done = subprocess.run(self._command(*arguments), env=self._environment(), timeout=seconds, input=b"",
                              capture_output=True, check=False)  # fmt: skip
        said = done.stdout.decode("utf-8", "replace")
        if done.returncode:
            complaint = done.stderr.decode("utf-8", "replace")
            raise Failed(f"{' '.join(arguments) or 'lanchat'} ended with {done.returncode}: {said}{complaint}")
        return said

    def starts(self, *arguments: str) -> None:
        """The program, which goes on until it is told to end."""
        self.is_killed()
        self._running = Running(self._command(*arguments), self._environment())
        self._expected_to = 0

    def types(self, line: str) -> None:
        self._program().write(line)

    def expects(self, text: str) -> None:
        """Waits until the program says `text`, after what was expected of it before. Raises Failed."""
        until = time.monotonic() + PATIENCE_SECONDS
        over = False
        while (found := self.said().find(text, self._expected_to)) < 0:
            if over or time.monotonic() > until:
                raise Failed(f"waited in vain for {text!r}; there was: {self.said()!r}")
            over = self._program().has_said_all()
            time.sleep(0.02)
        self._expected_to = found + len(text)

    def said(self) -> str:
        return self._program().said()

    def runs_still(self) -> bool:
        return self._program().process.poll() is None

    def has_no_more_to_say(self) -> None:
        """The program leaves by itself when the host has everything. Raises Failed when it does not end well."""
        self._ended_with(self._program().end_input())

    def leaves(self) -> None:
        """As politely as the system knows. Raises Failed when it does not end well."""
        code = self._program().end()
        self._ended_with(code if sys.platform != "win32" else 0)  # where nobody can be asked to end

    def has_been_closed(self) -> None:
        """Its window was; the program ends by itself. Raises Failed when it does not end well."""
        self._ended_with(self._program().ends())

    def _ended_with(self, code: int) -> None:
        if code:
            raise Failed(f"it ended with {code}: {self.said()!r}")

    def is_killed(self) -> None:
        """As when the plug is pulled."""
        if self._running:
            self._running.kill()
            self._running = None

    def complaints(self) -> str:
        """What the window wrote into its log."""
        log = self._data / "lanchat.log"
        return log.read_text("utf-8") if log.exists() else ""

    def _program(self) -> Running:
        assert self._running, "nothing was started"
        return self._running

    def _command(self, *arguments: str) -> list[str]:
        program = self._place.command(self.side, window=not arguments)
        return [*program, *arguments, "--data-dir", self._place.inside(self._data, self.side)]

    def _environment(self) -> dict[str, str]:
        return self._place.environment(self._home, self.side)


class Running:
    """A program in the background. What it says is read all the time, on a thread, so that it never waits for us."""

    def __init__(self, command: list[str], environment: dict[str, str]) -> None:
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(command, env=environment, stdin=pipe, stdout=pipe, stderr=subprocess.STDOUT)
        self._pieces: list[bytes] = []
        self._reader = threading.Thread(target=self._read, args=(self.process.stdout,), daemon=True)
        self._reader.start()

    def said(self) -> str:
        return b"".join(self._pieces).decode("utf-8", "replace")

    def has_said_all(self) -> bool:
        return not self._reader.is_alive()

    def write(self, line: str) -> None:
        assert self.process.stdin
        self.process.stdin.write(f"{line}\n".encode())
        self.process.stdin.flush()

    def end(self) -> int:
        """Ask it to; the exit code. Raises Failed."""
        self.process.terminate()
        return self.ends()

    def end_input(self) -> int:
        """Nothing more will be written; the exit code. Raises Failed."""
        assert self.process.stdin
        self.process.stdin.close()
        return self.ends()

    def ends(self) -> int:
        try:
            return self.process.wait(PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            raise Failed(f"it did not end; it said {self.said()!r}") from None

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()
        self._reader.join()
        for pipe in (self.process.stdin, self.process.stdout):
            assert pipe
            pipe.close()

    def _read(self, output: IO[bytes]) -> None:
        while piece := os.read(output.fileno(), 65_536):
            self._pieces.append(piece)


def _may_make_networks() -> bool:
    if sys.platform != "linux" or os.geteuid() or not (shutil.which("ip") and shutil.which("nsenter")):
        return False
    return subprocess.run(["unshare", "--net", "true"], capture_output=True, check=False).returncode == 0


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True)


def _tool(name: str) -> str:
    """In full, since programs are started with an empty PATH."""
    found = shutil.which(name)
    assert found, f"there is no {name} here"
    return found
