"""The program as a folder that needs no Python: PyInstaller, with exactly what build.lock names."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import bundle

WORK = bundle.ROOT / "build"
MADE = WORK / "made"  #: icons and the like, for the spec and for downloads
LOCK = bundle.HERE / "build.lock"


def environment() -> list[str]:
    """A Python with exactly what build.lock names, in build/env; one that has it already stays. How it is called."""
    folder = WORK / "env"
    python = folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    wanted = hashlib.sha256(LOCK.read_bytes() + sys.version.encode()).hexdigest()
    mark = folder / "made-of"
    if not (mark.exists() and mark.read_text("utf-8") == wanted):
        import venv  # not in Windows' embeddable Python, which --for-windows uses

        venv.create(folder, clear=True, with_pip=True, symlinks=sys.platform != "win32")
        _run(python, "-m", "pip", "install", "--quiet", "--require-hashes", "--only-binary", ":all:", "-r", LOCK)
        mark.write_text(wanted, "utf-8")
    return [str(python)]


def freeze(python: Sequence[str], work: Path, into: Path, system: str = "") -> Path:
    """The folder with the program, made in `into`, and beside it the list of its parts. `python`: how it is called."""
    icons(python)
    (MADE / "version.txt").write_text(bundle.windows_version(), "utf-8")
    _run(*python, "-m", "PyInstaller", "--noconfirm", "--clean", "--log-level", "ERROR",
         "--workpath", work, "--distpath", into, bundle.HERE / "lanchat.spec")  # fmt: skip
    program = into / bundle.NAME
    _run(*python, bundle.HERE / "sbom.py", program, into / f"{bundle.named(system or bundle.system())}-sbom.cdx.json")
    return program


def icons(python: Sequence[str]) -> None:
    """In MADE, in the forms that systems want."""
    _run(*python, bundle.HERE / "icon.py", MADE)


def _run(*command: str | Path) -> None:
    """The same each time: no order that depends on chance, no time but this version's."""
    always = {"PYTHONHASHSEED": "1", "SOURCE_DATE_EPOCH": str(bundle.moment()), "LANCHAT_MADE": str(MADE)}
    # Its output through a pipe: Python under Wine ends at once where stdout is an ordinary file.
    words = [str(word) for word in command]
    done = subprocess.run(words, env=os.environ | always, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    print(done.stdout.decode("utf-8", "replace"), end="", flush=True)
    done.check_returncode()
