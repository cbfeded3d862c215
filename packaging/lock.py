"""Write down exactly what lanchat runs with and is built with: `python packaging/lock.py`. Needs `uv`.

requirements.lock is what it runs with, build.lock that and PyInstaller, both with the hash of every file that may be
installed, for every system and Python that lanchat runs on.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
PROJECT = "pyproject.toml"
EXTRAS = ("--extra", "drop")  #: what is optional from source, and in the program that people download
BUILD_WITH = "pyinstaller>=6.22"
RUNTIME, BUILD = HERE / "requirements.lock", HERE / "build.lock"


def write(lock: Path, *wanted: str, given: str = "") -> None:
    """Resolve `wanted` (files; "-": `given`) into `lock`. The addresses of registries stay out of it."""
    command = ["uv", "pip", "compile", "--quiet", "--universal", "--python-version", "3.11", "--generate-hashes",
               "--only-binary", ":all:", "--no-header", "--no-emit-index-url", "--no-emit-find-links", "--upgrade",
               *EXTRAS, "--output-file", str(lock), *wanted]  # fmt: skip
    subprocess.run(command, cwd=HERE.parent, input=given, encoding="utf-8", check=True)


def main() -> int:
    write(RUNTIME, PROJECT)
    write(BUILD, PROJECT, "-", "--constraints", os.path.relpath(RUNTIME, HERE.parent), given=BUILD_WITH)
    return 0


if __name__ == "__main__":
    sys.exit(main())
