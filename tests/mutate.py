"""Plants bugs in a copy of lanchat, one at a time, and says which of them no test notices. Run by hand, on POSIX:

    python -m tests.mutate [NAME…] [--believe]

The bugs are in `mutations.txt`; a NAME picks those that have it in theirs. A bug is caught when pytest fails on the
tests beside it. Those tests must pass without any bug, which is tried first, unless `--believe` says that they do.
Exits 1 when a bug is not caught, or cannot be planted.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import queue
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
BUGS = Path(__file__).with_name("mutations.txt")
AT_ONCE = 2  # most of the time of a test is waiting, and a laptop has two cores to spare
TEST_SECONDS = 120  # a bug that makes a test wait for ever is caught then
RUN_SECONDS = 400  # whatever hangs in spite of that
_LEFT_OUT = shutil.ignore_patterns(".*", "__pycache__", "build", "dist", "*.egg-info")


class NotPlanted(Exception):
    """A bug that is not described well. Its text names it."""


@dataclass(frozen=True)
class Bug:
    name: str
    file: str
    tests: list[str]
    old: str
    new: str

    def times_in(self, text: str) -> int:
        """How often it could be planted there: once, or it is not described well."""
        return text.count(self.old)

    def planted_in(self, text: str) -> str:
        return text.replace(self.old, self.new)


def read_bugs(text: str) -> list[Bug]:
    """One bug a paragraph: name, file, tests, lines before (after a `- `), lines instead (after a `+ `)."""
    bugs = []
    for paragraph in re.split(r"\n{2,}", "\n".join(line for line in text.splitlines() if not line.startswith("#"))):
        if paragraph.strip():
            name, file, tests, *lines = paragraph.strip("\n").split("\n")
            old, new = ("\n".join(line[2:] for line in lines if line.startswith(sign)) for sign in ("- ", "+ "))
            bugs.append(Bug(name, file, tests.split(), old, new))
    if len({bug.name for bug in bugs}) < len(bugs):
        raise NotPlanted("two bugs have one name")
    return bugs


def misfits(bugs: list[Bug]) -> list[str]:
    """The names of those that cannot be planted in today's code, or that no test of today is to notice."""
    texts = {bug.file: path.read_text("utf-8") for bug in bugs if (path := ROOT / bug.file).exists()}
    tests = {test: (ROOT / test.partition("::")[0]).exists() for bug in bugs for test in bug.tests}
    return [
        bug.name for bug in bugs
        if bug.times_in(texts.get(bug.file, "")) != 1 or bug.old == bug.new or not all(map(tests.get, bug.tests))
    ]  # fmt: skip


class Copy:
    """A copy of the tree, to break and mend."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        shutil.copytree(ROOT, folder, ignore=_LEFT_OUT)

    def catches(self, bug: Bug) -> tuple[bool, str]:
        """Whether the bug is caught, and by which test (or what happened instead)."""
        path = self.folder / bug.file
        sound = path.read_text("utf-8")
        try:
            self._write(path, bug.planted_in(sound))
            return self.run([*bug.tests, "-x", "-n", "0"])
        finally:
            self._write(path, sound)

    def run(self, arguments: list[str]) -> tuple[bool, str]:
        """Whether pytest failed, and the first test that did."""
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--tb=no", "-rfE",
                   f"--timeout={TEST_SECONDS}", *arguments]  # fmt: skip
        environment = {**os.environ, "PYTHONPATH": str(self.folder), "COLUMNS": "500"}
        with subprocess.Popen(
            command, cwd=self.folder, env=environment, start_new_session=True, encoding="utf-8",
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        ) as pytest:  # fmt: skip
            try:
                said, _ = pytest.communicate(timeout=RUN_SECONDS)
            except subprocess.TimeoutExpired:
                os.killpg(pytest.pid, signal.SIGKILL)
                return False, f"no end within {RUN_SECONDS} s"
        failed = re.search(r"^(?:FAILED|ERROR) (.+?)(?: - .*)?$", said, re.MULTILINE)
        if pytest.returncode == 1 and failed:
            return True, failed[1]
        return False, "" if pytest.returncode == 0 else f"pytest ended with {pytest.returncode}: {said[-300:]}"

    @staticmethod
    def _write(path: Path, text: str) -> None:
        path.write_text(text, "utf-8")
        # else a file of the same size, written in the same second, would be taken for the one compiled before
        Path(importlib.util.cache_from_source(str(path))).unlink(missing_ok=True)


def try_all(bugs: list[Bug], folder: Path, believe: bool) -> list[str]:
    """Print a line for each bug. The names of those not caught."""
    copies = [Copy(folder / f"copy-{number}") for number in range(AT_ONCE)]
    tests = sorted({test for bug in bugs for test in bug.tests})
    whole = [test for test in tests if "::" not in test or test.partition("::")[0] not in tests]
    if not believe:
        failed, which = copies[0].run([*whole, "-n", str(AT_ONCE)])
        if failed or which:
            raise NotPlanted(f"without any bug: {which}")
    waiting: queue.SimpleQueue[Bug] = queue.SimpleQueue()
    for bug in bugs:
        waiting.put(bug)
    missed: list[str] = []

    def work(copy: Copy) -> None:
        while True:
            try:
                bug = waiting.get_nowait()
            except queue.Empty:
                return
            caught, which = copy.catches(bug)
            print(f"{bug.name:34}  {which if caught else f'NOT CAUGHT {which}'}", flush=True)
            if not caught:
                missed.append(bug.name)

    workers = [threading.Thread(target=work, args=(copy,)) for copy in copies]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return missed


def main() -> int:
    parser = argparse.ArgumentParser(description="Plants bugs, and says which of them no test notices.")
    parser.add_argument("name", nargs="*", help="only bugs with this in their name")
    parser.add_argument("--believe", action="store_true", help="that the tests pass without any bug")
    options = parser.parse_args()
    os.nice(10)
    try:
        bugs = read_bugs(BUGS.read_text("utf-8"))
        if wrong := misfits(bugs):
            raise NotPlanted("These do not fit the code: " + ", ".join(wrong))
        bugs = [bug for bug in bugs if not options.name or any(name in bug.name for name in options.name)]
        with tempfile.TemporaryDirectory(prefix="mutate-") as folder:
            missed = try_all(bugs, Path(folder), options.believe)
    except NotPlanted as problem:
        print(problem, file=sys.stderr)
        return 1
    print(f"\n{len(bugs) - len(missed)} of {len(bugs)} bugs were caught.", *(f"not: {one}" for one in missed), sep="\n")
    return 1 if missed or not bugs else 0


if __name__ == "__main__":
    sys.exit(main())
