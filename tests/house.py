"""The figures of the house: how many pieces there are, which names stand for two things, what a message crosses.

    python -m tests.house [--against REVISION]

prints one table. `--against` adds a column for what the code was at a git revision (static figures only). The limits
that must hold are in `test_house.py`; this program only measures. The last rows need Xvfb.
"""

from __future__ import annotations

import argparse
import ast
import io
import os
import subprocess
import sys
import tarfile
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
SMALL_LINES, LARGE_LINES = 60, 350


class House:
    """The package and its tests as they lie in a folder."""

    def __init__(self, root: Path = ROOT) -> None:
        self.package = root / "lanchat"
        self.tests = root / "tests"
        self.trees = {path: ast.parse(path.read_text("utf-8")) for path in sorted(self.package.rglob("*.py"))}
        self.lines = {path: path.read_text("utf-8").count("\n") for path in self.trees}

    def name(self, path: Path) -> str:
        """As people say it: `core/host.py`."""
        return path.relative_to(self.package).as_posix()

    def under(self, folder: str) -> list[Path]:
        return [path for path in self.trees if self.name(path).startswith(f"{folder}/")]

    def small(self) -> list[Path]:
        """Modules of fewer than SMALL_LINES lines; the description of a package is none."""
        return [path for path, lines in self.lines.items() if lines < SMALL_LINES and path.name != "__init__.py"]

    def large(self) -> list[Path]:
        return [path for path, lines in self.lines.items() if lines > LARGE_LINES]

    def classes(self) -> dict[str, list[str]]:
        """The modules in which a class of each name is defined, private and nested ones too."""
        found: dict[str, list[str]] = defaultdict(list)
        for path, tree in self.trees.items():
            for node in ast.walk(tree):
                if isinstance(node, ast.ClassDef):
                    found[node.name].append(self.name(path))
        return found

    def doubled_classes(self) -> dict[str, list[str]]:
        return {name: places for name, places in self.classes().items() if len(set(places)) > 1}

    def doubled_modules(self) -> dict[str, list[str]]:
        """Names of modules used more than once, but for one module of each face about the same thing."""
        found: dict[str, list[str]] = defaultdict(list)
        for path in self.trees:
            if path.stem not in ("__init__", "__main__"):
                found[path.stem].append(self.name(path))
        faces = {"desktop", "terminal"}
        return {
            name: places
            for name, places in found.items()
            if len(places) > 1 and {place.split("/")[0] for place in places} != faces
        }

    def imports(self) -> dict[str, set[str]]:
        """For each module, the modules of lanchat that are imported when it is: not those inside of a function."""
        modules = {self._dotted(path) for path in self.trees}
        found: dict[str, set[str]] = {}
        for path, tree in self.trees.items():
            named = (f"{module}.{name}" for module, name in _imported(tree.body))
            here = {name if name in modules else name.rpartition(".")[0] for name in named}
            found[self._dotted(path)] = here & modules - {self._dotted(path)}
        return found

    def circles(self) -> list[list[str]]:
        """Modules that import one another in a circle, each circle once."""
        try:
            TopologicalSorter(self.imports()).prepare()
        except CycleError as error:
            return [error.args[1]]
        return []

    def _dotted(self, path: Path) -> str:
        parts = path.relative_to(self.package.parent).with_suffix("").parts
        return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)

    def privates_touched(self, folder: str) -> list[str]:
        """Lines of the tests in `folder` that use an attribute `._x` of something else than themselves."""
        found = []
        for path in sorted((self.tests / folder).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.Attribute) and node.attr.startswith("_") and not node.attr.startswith("__"):
                    itself = isinstance(node.value, ast.Name) and node.value.id in ("self", "cls")
                    if not itself:
                        found.append(f"{path.relative_to(self.tests)}:{node.lineno}")
        return sorted(set(found))


def _imported(body: Sequence[ast.stmt]) -> Iterator[tuple[str, str]]:
    """(module, name) for each name taken from a module when `body` runs."""
    for node in body:
        match node:
            case ast.ImportFrom(module=str() as module):
                yield from ((module, alias.name) for alias in node.names)
            case ast.If(test=ast.Name(id="TYPE_CHECKING")):
                pass
            case ast.If() | ast.Try():
                yield from _imported([*node.body, *node.orelse])


@contextmanager
def at_revision(revision: str) -> Iterator[House]:
    """The house as it was, in a folder for the time being."""
    archive = subprocess.run(
        ["git", "archive", revision, "lanchat", "tests"], cwd=ROOT, check=True, capture_output=True
    ).stdout
    with tempfile.TemporaryDirectory() as folder, tarfile.open(fileobj=io.BytesIO(archive)) as files:
        files.extractall(folder, filter="data")
        yield House(Path(folder))


# --- what a message crosses ------------------------------------------------------------------------------------------
class Recorder:
    """Which functions of lanchat run, on every thread that was started in `recording`."""

    def __init__(self) -> None:
        self.calls = 0
        self.codes: set[CodeType] = set()
        self.on = False
        self._is_ours: dict[str, bool] = {}

    def __call__(self, frame: FrameType, event: str, _argument: Any) -> None:
        if not self.on or event != "call":
            return
        code = frame.f_code
        ours = self._is_ours.get(code.co_filename)
        if ours is None:
            ours = self._is_ours[code.co_filename] = code.co_filename.startswith(str(ROOT / "lanchat"))
        if ours:
            self.calls += 1
            if "<" not in code.co_name:  # comprehensions and lambdas are part of the function around them
                self.codes.add(code)

    def take(self) -> set[CodeType]:
        """What ran since the last time."""
        codes, self.codes = self.codes, set()
        return codes


def files_of(codes: Iterable[CodeType]) -> set[str]:
    return {str(Path(code.co_filename).relative_to(ROOT / "lanchat")) for code in codes}


@contextmanager
def recording() -> Iterator[Recorder]:
    recorder = Recorder()
    threading.setprofile(recorder)
    sys.setprofile(recorder)
    try:
        yield recorder
    finally:
        sys.setprofile(None)
        threading.setprofile(None)


def message_crosses() -> set[CodeType]:
    """Ben says something in Ana's room: from his command to Cy's disk and the second tick back at Ben's.

    Three real Engines with real TLS and databases. What also runs while nobody says anything (the drivers' ticks) does
    not count.
    """
    from engine.people import People

    from lanchat.engine.events import EntryState

    with tempfile.TemporaryDirectory() as folder, recording() as recorder:
        people = People(Path(folder))
        ana, ben, cy = (people.person(nick) for nick in ("Ana", "Ben", "Cy"))
        ana.hosts("Kitchen")
        for guest in (ben, cy):
            guest.joins("Kitchen")
        ben.says("one before")
        for person in (ana, cy):
            person.sees("one before")
        ben.sees_state("one before", EntryState.DELIVERED)
        time.sleep(1)  # what is still to be done about it
        recorder.on = True
        time.sleep(2)
        idle = recorder.take()
        ben.says("hi")
        cy.sees("hi")
        ben.sees_state("hi", EntryState.DELIVERED)
        recorder.on = False
        crossed = recorder.take() - idle
        people.leave()
    return crossed


def enter_until_drawn() -> tuple[int, int]:
    """(calls, files) on the Tk thread, from the Enter key to the row in the timeline; on a screen of its own."""
    from tests.desktop.enter_until_drawn import measure

    return measure()


# --- the table -------------------------------------------------------------------------------------------------------
ROWS: dict[str, Callable[[House], str]] = {
    "files in lanchat/": lambda house: f"{len(house.trees)}",
    "lines in lanchat/": lambda house: f"{sum(house.lines.values()):,}",
    "lines a file": lambda house: f"{sum(house.lines.values()) / len(house.trees):.0f}",
    "desktop: files": lambda house: f"{len(house.under('desktop'))}",
    "desktop: lines": lambda house: f"{sum(house.lines[path] for path in house.under('desktop')):,}",
    f"files under {SMALL_LINES} lines": lambda house: f"{len(house.small())}",
    f"files over {LARGE_LINES} lines": lambda house: f"{len(house.large())}",
    "class names with two meanings": lambda house: f"{len(house.doubled_classes())}",
    "module names used twice": lambda house: f"{len(house.doubled_modules())}",
    "lines in tests/desktop that touch privates": lambda house: f"{len(house.privates_touched('desktop'))}",
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--against", metavar="REVISION", help="a second column: what the code was then")
    parser.add_argument("--static", action="store_true", help="without what has to run for it")
    parser.add_argument("--list", action="store_true", help="name what is counted: small files, doubled names")
    options = parser.parse_args()
    house = House()
    columns = [{row: measure(house) for row, measure in ROWS.items()}]
    if options.against:
        with at_revision(options.against) as before:
            columns.insert(0, {row: measure(before) for row, measure in ROWS.items()})
    for row in ROWS:
        print(f"{row:46}", *(f"{column[row]:>10}" for column in columns))
    if options.list:
        for title, found in (
            ("small", [f"{house.name(path)} {house.lines[path]}" for path in house.small()]),
            ("large", [f"{house.name(path)} {house.lines[path]}" for path in house.large()]),
            ("classes", [f"{name}: {', '.join(places)}" for name, places in sorted(house.doubled_classes().items())]),
            ("modules", [f"{name}: {', '.join(places)}" for name, places in sorted(house.doubled_modules().items())]),
            ("privates", house.privates_touched("desktop")),
        ):
            print(f"\n{title}:", *found, sep="\n  ")
    if not options.static:
        crossed = message_crosses()
        calls, files = enter_until_drawn()
        print(f"{'Enter until drawn: calls':46} {calls:10}")
        print(f"{'Enter until drawn: files':46} {files:10}")
        print(f"{'a message to the other disk and back: files':46} {len(files_of(crossed)):10}")
        print(f"{'a message to the other disk and back: functions':46} {len(crossed):10}")
        if options.list:
            print("\ncrossed:", *sorted(files_of(crossed)), sep="\n  ")
            print("\nfunctions:", *sorted(f"{Path(c.co_filename).name} {c.co_qualname}" for c in crossed), sep="\n  ")


if __name__ == "__main__":
    sys.path.insert(0, os.fspath(ROOT / "tests"))
    main()
