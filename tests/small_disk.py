"""A small disk of a test's own, which can be full."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


class Disk:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._ballast = folder / "ballast"

    def fills_up(self) -> None:
        try:
            with self._ballast.open("wb", buffering=0) as ballast:
                while ballast.write(b"x" * 4096):
                    pass
        except OSError:
            pass

    def has_room_again(self) -> None:
        self._ballast.unlink()

    def becomes_read_only(self) -> None:
        subprocess.run(["mount", "-o", "remount,ro", str(self.folder)], check=True)


@contextmanager
def small_disk(folder: Path) -> Iterator[Disk]:
    """In a new `folder`. Where no disk can be mounted, the test is skipped."""
    folder.mkdir()
    if sys.platform != "linux" or shutil.which("mount") is None:
        pytest.skip("needs Linux' mount")
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(folder)], capture_output=True).returncode:
        pytest.skip("mounting is not permitted here")
    try:
        yield Disk(folder)
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)
