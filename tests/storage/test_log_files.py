"""Log files: private, of bounded size, and no trouble to anybody."""

from __future__ import annotations

import logging
import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from lanchat.storage import log_files

log = logging.getLogger("lanchat.somewhere")


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A data folder that is logged to."""
    root = logging.getLogger()
    before = root.level
    handler = log_files.log_to_file(tmp_path, "info")
    yield tmp_path
    root.removeHandler(handler)
    root.setLevel(before)
    handler.close()


def test_what_went_wrong_is_there_to_read(folder: Path) -> None:
    log.info("the kettle is off")
    log.debug("too small to mention")
    text = (folder / "lanchat.log").read_text("utf-8")
    assert "INFO MainThread lanchat.somewhere: the kettle is off" in text
    assert "mention" not in text


def test_nothing_is_made_before_there_is_something_to_say(folder: Path) -> None:
    assert list(folder.iterdir()) == []


def test_the_files_are_few_small_and_private(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (handler,) = [one for one in logging.getLogger().handlers if isinstance(one, log_files._PrivateFiles)]
    monkeypatch.setattr(handler, "maxBytes", 1_000)
    before = os.umask(0o022)
    try:
        for number in range(200):
            log.warning("line %d", number)
    finally:
        os.umask(before)
    files = sorted(path.name for path in folder.iterdir())
    assert files == ["lanchat.log", "lanchat.log.1", "lanchat.log.2"]
    assert all(path.stat().st_size <= 1_000 for path in folder.iterdir())
    assert "line 199" in (folder / "lanchat.log").read_text("utf-8")
    if os.name == "posix":
        assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}


def test_a_log_that_cannot_be_written_stops_nobody(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "lanchat.log").mkdir()
    log.warning("to nobody")
    assert capsys.readouterr().err == ""
