"""Make everything that this machine can make: `python packaging/build.py [--folder-only] [--into FOLDER]`.

Into dist/: the folder `lanchat` with the program, and what people download (downloads.py). What it is made with is
installed from build.lock into build/env, so that any Python 3.11 or newer with venv and Tk will do.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import subprocess
import sys
import venv
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import bundle
import downloads

WORK = bundle.ROOT / "build"
LOCK = bundle.HERE / "build.lock"


def main() -> int:
    options = _options()
    python = environment(WORK / "env")
    program = freeze(python, WORK / "frozen", options.into)
    print(f"{program}: {size_of(program) / 1e6:.1f} MB", flush=True)
    if not options.folder_only:
        for download in downloads.make(program, WORK / "made", options.into):
            print(f"{download}: {size_of(download) / 1e6:.1f} MB", flush=True)
    return 0


def environment(folder: Path) -> Path:
    """A Python with exactly what build.lock names; one that has it already stays. Its path."""
    python = folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    wanted = hashlib.sha256(LOCK.read_bytes() + sys.version.encode()).hexdigest()
    mark = folder / "made-of"
    if not (mark.exists() and mark.read_text() == wanted):
        venv.create(folder, clear=True, with_pip=True)
        _run(python, "-m", "pip", "install", "--quiet", "--require-hashes", "--only-binary", ":all:", "-r", LOCK)
        mark.write_text(wanted)
    return python


def freeze(python: Path, work: Path, into: Path) -> Path:
    """The folder with the program, made in `into`."""
    made = WORK / "made"
    _run(python, bundle.HERE / "icon.py", made)
    (made / "version.txt").write_text(bundle.windows_version(), "utf-8")
    _run(python, "-m", "PyInstaller", "--noconfirm", "--clean", "--log-level", "ERROR",
         "--workpath", work, "--distpath", into, bundle.HERE / "lanchat.spec")  # fmt: skip
    return into / bundle.NAME


def size_of(path: Path) -> int:
    """In bytes; a folder with all in it."""
    files = [path] if path.is_file() else path.rglob("*")
    return sum(file.stat().st_size for file in files if file.is_file() and not file.is_symlink())


def _run(*command: str | Path) -> None:
    """The same each time: no order that depends on chance, no time but this version's."""
    always = {"PYTHONHASHSEED": "1", "SOURCE_DATE_EPOCH": str(bundle.moment()), "LANCHAT_MADE": str(WORK / "made")}
    subprocess.run([str(word) for word in command], env=os.environ | always, check=True)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Make everything that this machine can make.")
    parser.add_argument("--into", type=Path, default=bundle.ROOT / "dist", help="where to (dist)")
    parser.add_argument("--folder-only", action="store_true", help="the program's folder, nothing to download")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
