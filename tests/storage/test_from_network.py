"""What came from others is marked where the system has a mark, and is else as it was."""

from __future__ import annotations

import ctypes
import subprocess
import sys
from pathlib import Path

import pytest
from file_samples import begun, copy, offered, written

from lanchat.storage import from_network


def test_a_mark_changes_nothing_of_the_file(tmp_path: Path) -> None:
    path = written(tmp_path, {"a.txt": b"hello"}) / "a.txt"
    from_network.mark(str(path))
    assert path.read_bytes() == b"hello"
    assert [one.name for one in tmp_path.iterdir()] == ["a.txt"]


def test_a_file_that_came_is_not_executable(tmp_path: Path) -> None:
    path = written(tmp_path / "there", {"run.sh": b"#!/bin/sh\n"}) / "run.sh"
    path.chmod(0o755)
    _found, manifest, source = offered(path)
    partial = begun(manifest, tmp_path / "here")
    copy(source, partial)
    assert partial.finish().path.stat().st_mode & 0o111 == 0 or sys.platform == "win32"


def is_windows_itself() -> bool:
    """Not Wine, which has no streams."""
    return sys.platform == "win32" and not hasattr(ctypes.windll.ntdll, "wine_get_version")


@pytest.mark.skipif(not is_windows_itself(), reason="only Windows has zones")
def test_windows_knows_that_it_came_from_the_network(tmp_path: Path) -> None:
    path = written(tmp_path, {"a.exe": b"MZ"}) / "a.exe"
    from_network.mark(str(path))
    assert b"ZoneId=3" in Path(f"{path}:Zone.Identifier").read_bytes()


@pytest.mark.skipif(sys.platform != "darwin", reason="only macOS has a quarantine")
def test_macos_knows_that_it_came_from_the_network(tmp_path: Path) -> None:
    path = written(tmp_path, {"a.command": b"x"}) / "a.command"
    from_network.mark(str(path))
    told = subprocess.run(["xattr", "-p", "com.apple.quarantine", path], capture_output=True, check=True)
    assert b"lanchat" in told.stdout
