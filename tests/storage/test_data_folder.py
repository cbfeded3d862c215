"""Where a person's data lives."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from lanchat.storage.data_folder import data_dir


@pytest.fixture
def packaged(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The folder of a packaged lanchat, which runs. The system's own place is `tmp_path/usual`."""
    folder = tmp_path / "lanchat"
    folder.mkdir()
    monkeypatch.delenv("LANCHAT_DATA_DIR", raising=False)
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "executable", str(folder / "lanchat"))
    monkeypatch.setattr("platformdirs.user_data_path", lambda *_, **__: tmp_path / "usual")
    return folder


def test_a_folder_data_beside_the_packaged_program_is_used(packaged: Path) -> None:
    (packaged / "data").mkdir()
    assert data_dir() == packaged / "data"


def test_on_macos_it_is_beside_the_app(packaged: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", str(packaged / "lanchat.app/Contents/MacOS/lanchat"))
    (packaged / "data").mkdir()
    assert data_dir() == packaged / "data"


def test_without_that_folder_it_is_the_usual_place(packaged: Path, tmp_path: Path) -> None:
    assert data_dir() == tmp_path / "usual"


def test_from_source_a_folder_data_beside_python_means_nothing(
    packaged: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (packaged / "data").mkdir()
    monkeypatch.delattr(sys, "frozen")
    assert data_dir() == tmp_path / "usual"


def test_what_is_asked_for_comes_first(packaged: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (packaged / "data").mkdir()
    monkeypatch.setenv("LANCHAT_DATA_DIR", str(tmp_path / "elsewhere"))
    assert data_dir() == tmp_path / "elsewhere"
    assert data_dir(tmp_path / "here") == tmp_path / "here"


def test_where_it_is_can_be_told_also_to_somebody_in_another_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert data_dir(Path("ana")) == tmp_path / "ana"
