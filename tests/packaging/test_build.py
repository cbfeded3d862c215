"""The whole way, as on a release: built from the locks, tried without Python. Minutes; needs the registry."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

PACKAGING = Path(__file__).parents[2] / "packaging"


@pytest.mark.long
def test_what_is_built_is_small_and_works(tmp_path: Path) -> None:
    subprocess.run([sys.executable, PACKAGING / "build.py", "--into", tmp_path], check=True, timeout=600)
    program = tmp_path / "lanchat" / ("lanchat.exe" if sys.platform == "win32" else "lanchat")
    subprocess.run([sys.executable, PACKAGING / "smoke.py", program], check=True, timeout=120)
