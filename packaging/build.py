"""Make everything that this machine can make: `python packaging/build.py [--folder-only] [--into FOLDER]`.

Into dist/: the folder `lanchat` with the program, and what people download (downloads.py). What it is made with is
installed from build.lock into build/env, so that any Python 3.11 or newer with venv and Tk will do. On Debian
`--for-windows` makes what is made on Windows, into dist/windows, with the Windows Python of wine.py.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import bundle
import downloads
from frozen import MADE, WORK, environment, freeze, icons

_MOST_BYTES, _MOST_TO_DOWNLOAD = 75_000_000, 42_000_000  # with the emoji font, which is 11 of them; WebP and drops 1


def main() -> int:
    options = _options()
    if options.installer_of:
        icons(environment())
        into = (options.into or bundle.ROOT / "dist") / f"{bundle.named('windows')}-setup.exe"
        installer = downloads.setup(options.installer_of, MADE / "lanchat.ico", into)
        return 0 if weighs_at_most(_MOST_TO_DOWNLOAD, installer) else 1
    if options.for_windows:
        import wine  # for Debian only

        wine.up()
        os.environ.update(wine.environment("builder"))
        system, into = "windows", options.into or bundle.ROOT / "dist" / "windows"
        program = freeze(wine.python(), WORK / "frozen-windows", into, system)
    else:
        system, into = bundle.system(), options.into or bundle.ROOT / "dist"
        program = freeze(environment(), WORK / "frozen", into)
    good = weighs_at_most(_MOST_BYTES, program)
    if not options.folder_only:
        for download in downloads.make(program, MADE, into, system):
            good &= weighs_at_most(_MOST_TO_DOWNLOAD, download)
    return 0 if good else 1


def weighs_at_most(most: int, path: Path) -> bool:
    """Says what it weighs; a folder with all in it."""
    files = [path] if path.is_file() else path.rglob("*")
    size = sum(file.stat().st_size for file in files if file.is_file() and not file.is_symlink())
    print(f"{path}: {size / 1e6:.1f} MB{'' if size <= most else ', TOO LARGE'}", flush=True)
    return size <= most


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Make everything that this machine can make.")
    parser.add_argument("--into", type=Path, help="where to (dist)")
    parser.add_argument("--for-windows", action="store_true", help="what is made on Windows, by Wine")
    parser.add_argument("--installer-of", type=Path, metavar="FOLDER",
                        help="only the installer for Windows, of this program; on Debian or Ubuntu")  # fmt: skip
    parser.add_argument("--folder-only", action="store_true", help="the program's folder, nothing to download")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
