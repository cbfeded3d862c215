"""Where the packaged program starts, as on Windows without a console: there are no streams at all."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
SAID = pytest.mark.skipif(sys.platform == "win32", reason="a box says it there, and waits for a person")
WITHOUT_STREAMS = """
import runpy, sys
sys.stdin = sys.stdout = sys.stderr = None
runpy.run_path(sys.argv.pop(1), run_name="__main__")
"""


@pytest.mark.parametrize(
    ("arguments", "code"),
    # Elsewhere there is no program without streams: that stdout is closed is a failed write.
    [
        (["--version"], 0 if sys.platform == "win32" else 1),
        pytest.param(["history", "Kitchen"], 3, marks=SAID),
        pytest.param(["history", "Kitchen", "--data-dir", "{file}/data"], 1, marks=SAID),
    ],
    ids=["done", "not found", "no place for the data"],
)
def test_it_ends_as_ever_where_nobody_can_be_told(arguments: list[str], code: int, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    words = [word.format(file=file) for word in arguments]
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_STREAMS, PROJECT / "packaging" / "start.py", *words],
        cwd=PROJECT, env={"LANCHAT_DATA_DIR": str(tmp_path / "data"), "PATH": ""}, capture_output=True,
        encoding="utf-8", check=False, timeout=30,
    )  # fmt: skip
    assert (done.returncode, done.stdout, done.stderr) == (code, "", "")
