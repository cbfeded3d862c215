"""What a person chose is kept, whole, whatever happens; and where it is kept."""

from __future__ import annotations

import os
import stat
import threading
from pathlib import Path

import pytest
from msgspec.structs import replace

from lanchat.storage import data_folder, settings
from lanchat.storage.errors import NoAccess
from lanchat.storage.settings import Settings
from tests.systems import needs_modes

CHOSEN = Settings(nick="Ána 🎉", card_revision=3)


def test_the_first_start_has_none(tmp_path: Path) -> None:
    assert settings.load(tmp_path) == (Settings(), "")


def test_they_come_back_as_they_were_saved(tmp_path: Path) -> None:
    settings.save(tmp_path, CHOSEN)
    settings.save(tmp_path, replace(CHOSEN, nick="Ben"))
    assert settings.load(tmp_path) == (replace(CHOSEN, nick="Ben"), "")
    assert [path.name for path in tmp_path.iterdir()] == [data_folder.SETTINGS], "nothing is left beside"


def test_they_are_saved_although_another_program_reads_the_file_just_then(tmp_path: Path) -> None:
    settings.save(tmp_path, CHOSEN)
    with (tmp_path / data_folder.SETTINGS).open("rb") as file:
        reader = threading.Timer(0.2, file.close)
        reader.start()
        settings.save(tmp_path, replace(CHOSEN, nick="Ben"))
        reader.join()
    assert settings.load(tmp_path) == (replace(CHOSEN, nick="Ben"), "")


@needs_modes
def test_nobody_else_may_read_them(tmp_path: Path) -> None:
    settings.save(tmp_path, CHOSEN)
    assert stat.S_IMODE((tmp_path / data_folder.SETTINGS).stat().st_mode) == 0o600


def test_what_a_newer_lanchat_put_there_is_kept(tmp_path: Path) -> None:
    path = tmp_path / data_folder.SETTINGS
    path.write_text('{"nick": "Ana", "theme": {"name": "dark"}, "zoom": 1.5}', "utf-8")
    kept, notice = settings.load(tmp_path)
    assert (kept.nick, notice) == ("Ana", "")
    settings.save(tmp_path, CHOSEN)
    assert settings.load(tmp_path)[0] == CHOSEN
    assert '"dark"' in path.read_text("utf-8")
    assert '"zoom": 1.5' in path.read_text("utf-8")


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"null", b'{"nick": 3}', b"\xff\xfe", b"\0" * 100, b"[" * 100_000, b'{"card_revision": -1}'],
)
def test_damaged_ones_are_set_aside_and_lanchat_starts(tmp_path: Path, content: bytes) -> None:
    for number in (1, 2):
        (tmp_path / data_folder.SETTINGS).write_bytes(content)
        kept, notice = settings.load(tmp_path)
        assert kept == Settings()
        assert f"settings.json.damaged-{number}" in notice
        assert (tmp_path / f"settings.json.damaged-{number}").read_bytes() == content
    settings.save(tmp_path, CHOSEN)
    assert settings.load(tmp_path) == (CHOSEN, "")


def test_a_save_that_fails_leaves_the_old_ones(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.save(tmp_path, CHOSEN)

    def refuse(*_: object) -> None:
        raise PermissionError(13, "no")

    with monkeypatch.context() as patched:
        patched.setattr(os, "replace", refuse)
        with pytest.raises(NoAccess):
            settings.save(tmp_path, Settings(nick="Ben"))
    assert settings.load(tmp_path) == (CHOSEN, "")


def test_the_data_folder_given_by_hand_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANCHAT_DATA_DIR", str(tmp_path / "from environment"))
    assert data_folder.data_dir(tmp_path / "by hand") == tmp_path / "by hand"
    assert data_folder.data_dir() == tmp_path / "from environment"
    assert all((tmp_path / name).is_dir() for name in ("by hand", "from environment"))


def test_the_data_folder_is_else_where_the_system_has_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LANCHAT_DATA_DIR", raising=False)
    for variable in ("HOME", "USERPROFILE", "APPDATA", "LOCALAPPDATA", "XDG_DATA_HOME"):
        monkeypatch.setenv(variable, str(tmp_path))
    folder = data_folder.data_dir()
    assert folder.name == "lanchat"
    assert folder.is_dir()
