"""The tone for a new message."""

from __future__ import annotations

import array
import io
import logging
import tempfile
import threading
import wave
from collections.abc import Iterator
from pathlib import Path

import pytest

from lanchat.desktop.platform.sound import REST_SECONDS, Chime, tone
from tests.desktop.platform.programs import Programs


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where temporary files go."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


@pytest.fixture
def chime(clock: Clock, folder: Path, programs: Programs) -> Iterator[Chime]:
    chime = Chime(clock)
    yield chime
    chime.close()


def until_over() -> None:
    for thread in threading.enumerate():
        if thread.name == "chime":
            thread.join(20)


def test_the_tone_is_short_soft_and_ends_without_a_click() -> None:
    content = tone()
    assert len(content) <= 20_000
    with wave.open(io.BytesIO(content)) as file:
        seconds = file.getnframes() / file.getframerate()
        samples = array.array("h", file.readframes(file.getnframes()))
    assert 0.2 < seconds < 0.6
    loudest = max(map(abs, samples))
    assert 1000 < loudest < 12_000
    assert abs(samples[0]) < 50
    assert abs(samples[-1]) < 50


def test_it_is_played_from_a_file_that_nobody_else_reads_and_that_goes(
    chime: Chime, programs: Programs, folder: Path
) -> None:
    programs.install("aplay")
    chime.play()
    option, path = programs.next()["argv"][1:]
    assert option == "-q"
    assert Path(path).read_bytes() == tone()
    assert Path(path).stat().st_mode & 0o777 == 0o600
    until_over()
    chime.close()
    assert not list(folder.glob("*.wav"))


def test_many_messages_are_one_sound(chime: Chime, clock: Clock, programs: Programs) -> None:
    programs.install("aplay")
    for _ in range(20):
        chime.play()
    programs.next()
    until_over()
    clock.now = REST_SECONDS - 0.01
    chime.play()
    until_over()
    assert programs.nothing_more()
    clock.now = REST_SECONDS
    chime.play()
    programs.next()


def test_where_one_player_fails_the_next_plays(chime: Chime, programs: Programs) -> None:
    programs.install("pw-play", code=1)
    programs.install("paplay")
    programs.install("aplay")
    chime.play()
    assert [Path(programs.next()["argv"][0]).name for _ in range(2)] == ["pw-play", "paplay"]
    until_over()
    assert programs.nothing_more()


def test_where_nothing_plays_the_log_says_so_once(
    chime: Chime, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    for _ in range(3):
        chime.play()
        until_over()
        clock.now += REST_SECONDS
    assert len(caplog.records) == 1


@pytest.mark.usefixtures("programs")
def test_a_full_disk_is_only_silence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "missing"))
    chime = Chime()
    chime.play()
    until_over()
    chime.close()
    assert "no sound" in caplog.text
