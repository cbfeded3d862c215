"""A copy of a received file: whole under its new name, or not there."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from lanchat.storage.from_network import copy_file


def test_a_copy_is_the_same_and_nothing_else_is_left(tmp_path: Path) -> None:
    source, target = tmp_path / "a", tmp_path / "there" / "b"
    source.write_bytes(bytes(range(256)) * 4_000)
    target.parent.mkdir()
    target.write_text("what was there before", "utf-8")
    copy_file(source, target, marked=True)
    assert target.read_bytes() == source.read_bytes()
    assert [path.name for path in target.parent.iterdir()] == ["b"]


def test_a_copy_that_is_cut_short_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source, target = tmp_path / "a", tmp_path / "b"
    source.write_bytes(b"new")
    target.write_text("before", "utf-8")

    def cut_short(_source: Path, beside: Path) -> None:
        beside.write_bytes(b"n")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(shutil, "copyfile", cut_short)
    with pytest.raises(OSError, match="No space"):
        copy_file(source, target, marked=True)
    assert target.read_text("utf-8") == "before"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "b"]
