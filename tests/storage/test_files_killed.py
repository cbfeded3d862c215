"""A receiver is killed at any moment: a file is whole under its own name, or it is not there; and it goes on."""

from __future__ import annotations

import random
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from file_samples import content_of, some_bytes, written
from people import as_here

from lanchat.core.file_manifest import CHUNK
from lanchat.storage.partial_files import PARTS

RECEIVER = Path(__file__).with_name("receive_until_killed.py")
FILE = some_bytes(40 * CHUNK + 123)
FOLDER = {f"{number % 7}/{number}.bin": some_bytes(3_000 + number, number) for number in range(300)} | {"empty": b""}


@pytest.mark.parametrize("kills", [8, pytest.param(200, marks=pytest.mark.long)])
def test_kill_9_while_files_come(tmp_path: Path, kills: int) -> None:
    there, here, data = (tmp_path / name for name in ("there", "here", "data"))
    written(there, {"file.bin": FILE})
    written(there / "folder", FOLDER)
    here.mkdir()
    chance = random.Random(5)
    whole = resumed = 0
    for _ in range(kills):
        command = [sys.executable, str(RECEIVER), str(there), str(here), str(data)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, encoding="utf-8", env=as_here()) as receiver:
            assert receiver.stdout is not None
            lines = [receiver.stdout.readline() for _ in range(chance.randrange(1, 6))]
            time.sleep(chance.random() * 0.02)  # any moment of what takes some hundredths of a second
            receiver.kill()
            lines += receiver.stdout.readlines()
        resumed += lines[0].startswith("has ") and not lines[0].startswith("has 0")
        whole += sum(line.startswith("whole") for line in lines)
        for path in here.iterdir():
            if path.name == PARTS:
                assert len(list(path.iterdir())) <= 1, "what was on its way goes on"
            elif path.is_dir():
                assert content_of(path) == FOLDER
                shutil.rmtree(path)
            else:
                assert path.read_bytes() == FILE
                path.unlink()
    assert whole > kills // 3
    assert resumed
