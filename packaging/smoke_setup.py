"""Try the installer as people use it: `python packaging/smoke_setup.py SETUP [--picture FILE]`. Debian, root: by Wine.

On a Windows computer of its own it is installed without questions, opened by a link, refused while lanchat runs, put
over the older one and removed. Afterwards the computer is as before, but for what the person wrote. Nothing of
it reaches a network.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import wine
from smoke_people import Failed
from smoke_screen import Screen, screen

_LINK = "lanchat://10.78.0.9:47777/?fp=" + "0" * 32
_ALONE = "LANCHAT_NO_NETWORK"
_PATIENCE_SECONDS = 60.0
_CURRENT = r"HKCU\Software\Microsoft\Windows\CurrentVersion"
_RUN = rf"{_CURRENT}\Run"
#: What Wine itself keeps about programs that ran, keys that every Windows has, and what NSIS leaves for the next start.
_OF_WINE = re.compile(
    r"\\(Wine|MuiCache|Explorer|Internet Settings|Windows NT)\b|\\(Console|Classes|Uninstall)$|"
    r"\\(Windows|ProgramData)/|/Temp/",
    re.IGNORECASE,
)


class Computer:
    def __init__(self, display: str) -> None:
        self._name = f"setup-{os.getpid()}"
        self._environment = os.environ | wine.environment(self._name) | {"DISPLAY": display}
        wine.start(self._name, display)
        self._running: list[subprocess.Popen[bytes]] = []  # held: with the last reference its stdin would be closed
        self.local = next((self.drive / "users").glob("[!P]*")) / "AppData/Local"  # of the only person but Public

    @property
    def drive(self) -> Path:
        return wine.computer_folder(self._name) / "drive_c"

    def runs(self, program: str | Path, *arguments: str) -> tuple[int, str]:
        """A program to its end; the exit code and what it said."""
        done = subprocess.run([wine.WINE, str(program), *arguments], env=self._environment, input=b"",
                              capture_output=True, timeout=_PATIENCE_SECONDS, check=False)  # fmt: skip
        return done.returncode, (done.stdout + done.stderr).decode("utf-8", "replace")

    def starts(self, program: str | Path, *arguments: str) -> None:
        words = [wine.WINE, str(program), *arguments]
        self._running.append(subprocess.Popen(
            words, env=self._environment, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        ))  # fmt: skip

    def running(self) -> str:
        return f"ended with {[program.poll() for program in self._running]}"

    def registry(self, key: str, value: str | None = None) -> str:
        """What the value says, or the key's own; "" when it is not there."""
        asked = ("/ve",) if value is None else ("/v", value)
        code, said = self.runs("reg", "query", key, *asked)
        found = re.search(r"REG_\w+ *(.*)", said)
        return found[1].strip() if not code and found else ""

    def state(self) -> set[str]:
        """Every file, and every key of this person's registry, but for Wine's own."""
        files = {f"\\{path.relative_to(self.drive)}" for path in self.drive.rglob("*") if path.is_file()}
        dump = self.drive / "state.reg"
        self.runs("regedit", "/E", r"C:\state.reg", "HKEY_CURRENT_USER")
        keys = set(re.findall(r"^\[(.*)\]", dump.read_text("utf-16"), re.MULTILINE))
        dump.unlink()
        return {one for one in files | keys if not _OF_WINE.search(one)}

    def ends(self) -> None:
        wine.end(self._name)
        for program in self._running:
            program.wait(_PATIENCE_SECONDS)
        shutil.rmtree(wine.computer_folder(self._name), ignore_errors=True)


def main() -> int:
    parser = argparse.ArgumentParser(description="Try the installer as people use it.")
    parser.add_argument("setup", type=Path)
    parser.add_argument("--picture", type=Path, help="where to keep the picture of the installed window, as PNG")
    options = parser.parse_args()
    if _ALONE not in os.environ:
        inside = 'ip link set lo up && exec "$0" "$@"'
        again = ["unshare", "--net", "sh", "-c", inside, sys.executable, __file__, *sys.argv[1:]]
        return subprocess.run(again, env={**os.environ, _ALONE: "1"}, check=False).returncode
    with screen() as shown:
        assert shown, "Xvfb is needed"
        computer = Computer(shown.name)
        try:
            try_everything(computer, options.setup.resolve(), shown)
        except Failed as failure:
            print(f"FAILED: {failure}; {computer.running()}", flush=True)
            return 1
        finally:
            if options.picture:
                shown.keep(options.picture)
            computer.ends()
    print("ok", flush=True)
    return 0


def try_everything(computer: Computer, setup: Path, shown: Screen) -> None:
    before = computer.state()
    program = computer.local / "Programs/lanchat/lanchat.exe"
    step("installs", lambda: installs(computer, setup, program))
    step("a link opens the window", lambda: opens(computer, shown))
    step("an upgrade is refused meanwhile", lambda: is_refused(computer, setup, program))
    step("is closed", lambda: closes(computer, shown))
    step("an upgrade leaves nothing of the old", lambda: upgrades(computer, setup, program))
    step("is removed", lambda: is_removed(computer, program, before))


def step(name: str, do: Callable[[], None]) -> None:
    began = time.monotonic()
    try:
        do()
    except Failed as failure:
        raise Failed(f"{name}: {failure}") from failure
    print(f"✓  {name.ljust(38)}{time.monotonic() - began:.1f} s", flush=True)


def installs(computer: Computer, setup: Path, program: Path) -> None:
    code, said = computer.runs(setup, "/S")
    expect(code == 0, f"it ended with {code}: {said}")
    code, said = computer.runs(program.with_name("lanchat-cli.exe"), "--version")
    expect(code == 0 and said.startswith("lanchat "), f"--version: {said!r}")
    shortcuts = list(computer.drive.glob("users/*/AppData/Roaming/Microsoft/Windows/Start Menu/Programs/lanchat.lnk"))
    expect(len(shortcuts) == 1, f"the start menu has {shortcuts}")
    command = computer.registry(r"HKCU\Software\Classes\lanchat\shell\open\command")
    marked = computer.runs("reg", "query", r"HKCU\Software\Classes\lanchat", "/v", "URL Protocol")[0]
    expect(marked == 0, "Windows is not told that lanchat is a kind of link")
    expect(command.endswith(r'\Programs\lanchat\lanchat.exe" "%1"'), f"links are opened by {command!r}")
    # As the window does it when somebody wants lanchat to start with the system.
    computer.runs("reg", "add", _RUN, "/v", "lanchat", "/d", command.removesuffix(' "%1"').strip('"'), "/f")


def opens(computer: Computer, shown: Screen) -> None:
    # What Windows does with a link; Wine 8 looks for kinds of links in HKEY_LOCAL_MACHINE only.
    command = computer.registry(r"HKCU\Software\Classes\lanchat\shell\open\command")
    computer.starts(*(word.strip('"') for word in command.replace("%1", _LINK).split('" "')))
    waits(shown.drawn, "no window was drawn")
    waits((computer.local / "lanchat/doorbell.json").exists, "it did not get as far as its data folder")


def is_refused(computer: Computer, setup: Path, program: Path) -> None:
    code, _said = computer.runs(setup, "/S")
    expect(code != 0, "it was not refused")
    files = [path for path in program.parent.rglob("*") if path.is_file()]
    expect(program.exists() and len(files) > 50, f"of the old one this is left: {files}")


def closes(computer: Computer, shown: Screen) -> None:
    shown.takes_keys()
    shown.closes()
    waits(lambda: not (computer.local / "lanchat/doorbell.json").exists(), "it did not end")


def upgrades(computer: Computer, setup: Path, program: Path) -> None:
    old = program.parent / "_internal/of-an-older-one.dll"
    old.write_bytes(b"old")
    waits(lambda: computer.runs(setup, "/S")[0] == 0, "it is refused though nothing runs")
    expect(not old.exists(), "files of the older one are left")
    expect(program.exists(), "there is no program")


def is_removed(computer: Computer, program: Path, before: set[str]) -> None:
    command = computer.registry(rf"{_CURRENT}\Uninstall\lanchat", "QuietUninstallString")
    expect(command.endswith('uninstall.exe" /S'), f"it is removed by {command!r}")
    computer.runs(program.with_name("uninstall.exe"), "/S")
    waits(lambda: not program.parent.exists(), f"this is left: {list(program.parent.rglob('*'))}")
    left = computer.state() - before
    data = {one for one in left if "/AppData/Local/lanchat/" in one}
    expect(bool(data), "what was written is gone")
    expect(left == data, f"more is left than what was written: {sorted(left - data)}")


def expect(holds: bool, otherwise: str) -> None:
    if not holds:
        raise Failed(otherwise)


def waits(holds: Callable[[], bool], otherwise: str) -> None:
    until = time.monotonic() + _PATIENCE_SECONDS
    while not holds():
        expect(time.monotonic() < until, otherwise)
        time.sleep(0.2)


if __name__ == "__main__":
    sys.exit(main())
