"""Make everything that this machine can make: `python packaging/build.py [--folder-only] [--into FOLDER]`.

Into dist/: the folder `lanchat` with the program, and what people download (downloads.py). What it is made with is
installed from build.lock into build/env, so that any Python 3.11 or newer with venv and Tk will do.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import bundle
import downloads
from frozen import MADE, WORK, environment, freeze


def main() -> int:
    options = _options()
    program = freeze(environment(), WORK / "frozen", options.into)
    print(f"{program}: {size_of(program) / 1e6:.1f} MB", flush=True)
    if not options.folder_only:
        for download in downloads.make(program, MADE, options.into):
            print(f"{download}: {size_of(download) / 1e6:.1f} MB", flush=True)
    return 0


def size_of(path: Path) -> int:
    """In bytes; a folder with all in it."""
    files = [path] if path.is_file() else path.rglob("*")
    return sum(file.stat().st_size for file in files if file.is_file() and not file.is_symlink())


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Make everything that this machine can make.")
    parser.add_argument("--into", type=Path, default=bundle.ROOT / "dist", help="where to (dist)")
    parser.add_argument("--folder-only", action="store_true", help="the program's folder, nothing to download")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
