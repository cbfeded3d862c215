"""A voice message is played, one at a time, and goes on where it was stopped."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from lanchat.desktop.voice.voice_player import VoicePlayer
from tests.desktop.platform.programs import Programs
from tests.desktop.voice.fake_sounddevice import FakeDevices
from tests.desktop.voice.sounds import tone, wave_file

SECONDS = 20  # never reached unless something is broken


def wait(until: Callable[[], object]) -> None:
    end = time.monotonic() + SECONDS
    while not until():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.002)


@pytest.fixture
def player() -> Iterator[VoicePlayer]:
    player = VoicePlayer()
    yield player
    player.stop()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return wave_file(tmp_path / "a.wav", tone(2))


def test_it_plays_to_the_end_and_begins_again(devices: FakeDevices, player: VoicePlayer, path: Path) -> None:
    for _time in range(2):
        player.play(path)
        wait(lambda: player.path is None)
        assert player.problem == ""
        assert devices.loudspeakers[-1].played == tone(2)
        assert devices.loudspeakers[-1].drained  # its last sounds too
        assert devices.loudspeakers[-1].closed
        assert player.position(path) == 0.0


def test_it_goes_on_where_it_was_stopped(devices: FakeDevices, player: VoicePlayer, path: Path) -> None:
    devices.real_time = True
    player.play(path)
    wait(lambda: player.position(path) > 0)
    player.stop()
    devices.real_time = False
    assert player.path is None
    at = player.position(path)
    first = devices.loudspeakers[0].played
    assert at == pytest.approx(len(first) / 32_000)
    player.play(path)
    wait(lambda: player.path is None)
    assert first + devices.loudspeakers[1].played == tone(2)


def test_another_one_stops_the_first(
    devices: FakeDevices, player: VoicePlayer, path: Path, tmp_path: Path
) -> None:
    other = wave_file(tmp_path / "b.wav", tone(0.2))
    devices.let_play.clear()
    player.play(path)
    assert player.path == path
    wait(lambda: devices.loudspeakers)
    devices.let_play.set()
    player.play(other)
    assert devices.loudspeakers[0].closed
    wait(lambda: player.path is None)
    assert devices.loudspeakers[1].played == tone(0.2)


def test_it_is_played_from_a_place_that_was_chosen(devices: FakeDevices, player: VoicePlayer, path: Path) -> None:
    player.seek(path, 1.5)
    assert player.position(path) == 1.5
    player.play(path)
    wait(lambda: player.path is None)
    assert devices.loudspeakers[0].played == tone(2)[48_000:]


def test_what_cannot_be_played_is_told(devices: FakeDevices, player: VoicePlayer, tmp_path: Path) -> None:
    (tmp_path / "a.wav").write_bytes(b"no sound")
    player.play(tmp_path / "a.wav")
    wait(lambda: player.path is None)
    assert "another program" in player.problem
    assert not devices.loudspeakers


@pytest.mark.usefixtures("no_library")
@pytest.mark.skipif(sys.platform == "win32", reason="Windows plays by itself")
def test_without_the_library_a_program_plays_it(player: VoicePlayer, path: Path, programs: Programs) -> None:
    programs.install("paplay")
    player.play(path)
    assert programs.next()["argv"][1:] == [str(path)]
    wait(lambda: player.path is None)
    assert player.problem == ""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows plays by itself")
def test_without_a_loudspeaker_a_program_plays_it(
    devices: FakeDevices, player: VoicePlayer, path: Path, programs: Programs
) -> None:
    devices.has_loudspeaker = False
    programs.install("aplay")
    player.play(path)
    assert programs.next()["argv"][1:] == ["-q", str(path)]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows plays by itself")
@pytest.mark.usefixtures("no_library", "programs")
def test_with_nothing_at_all_that_is_told(player: VoicePlayer, path: Path) -> None:
    player.play(path)
    wait(lambda: player.path is None)
    assert "sounddevice" in player.problem


def test_a_loudspeaker_that_is_unplugged_ends_it(
    devices: FakeDevices, player: VoicePlayer, path: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    devices.let_play.clear()
    player.play(path)
    wait(lambda: devices.loudspeakers)
    devices.loudspeakers[0].breaks = True
    devices.let_play.set()
    wait(lambda: player.path is None)
    assert "unplugged" in player.problem
    assert devices.loudspeakers[0].closed
