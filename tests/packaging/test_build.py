"""The whole way, as on a release: built from the locks, tried without Python. Minutes; needs the registry."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

PACKAGING = Path(__file__).parents[2] / "packaging"
_MOST_BYTES = 75_000_000
_MOST_TO_DOWNLOAD = 30_000_000


@pytest.mark.long
def test_what_is_built_works_and_is_small(tmp_path: Path) -> None:
    subprocess.run([sys.executable, PACKAGING / "build.py", "--into", tmp_path], check=True, timeout=600)
    program = tmp_path / "lanchat" / ("lanchat.exe" if sys.platform == "win32" else "lanchat")
    subprocess.run([sys.executable, PACKAGING / "smoke.py", program], check=True, timeout=120)
    assert sum(path.stat().st_size for path in program.parent.rglob("*") if path.is_file()) < _MOST_BYTES
    assert all(path.stat().st_size < _MOST_TO_DOWNLOAD for path in tmp_path.iterdir() if path.is_file())
