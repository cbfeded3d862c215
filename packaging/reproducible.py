"""Whether the same source gives the same bytes: `python packaging/reproducible.py`. Builds twice and compares all."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import downloads
from frozen import MADE, environment, freeze


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="lanchat-twice-") as name:
        first, second = (_built(Path(name), which) for which in ("first", "second"))
        different = differences(first, second)
        for path in different:
            print(f"not the same twice: {path}")
        if not different:
            print(f"ok: {len(files(first))} files, the same bytes twice")
    return 1 if different else 0


def differences(first: Path, second: Path) -> list[str]:
    """The files that only one of the folders has, or that are not the same in both, by their names there."""
    one, other = files(first), files(second)
    return sorted(name for name in one.keys() | other.keys() if one.get(name) != other.get(name))


def files(folder: Path) -> dict[str, tuple[int, bytes]]:
    """Permissions and content of each."""
    found = [path for path in folder.rglob("*") if path.is_file()]
    return {str(path.relative_to(folder)): (path.stat().st_mode, path.read_bytes()) for path in found}


def _built(folder: Path, which: str) -> Path:
    into = folder / which / "dist"
    program = freeze(environment(), folder / which / "work", into)
    downloads.make(program, MADE, into)
    return into


if __name__ == "__main__":
    sys.exit(main())
