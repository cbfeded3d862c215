"""The tone for a new message."""

from __future__ import annotations

import array
import logging
import threading
import wave
from pathlib import Path

import pytest

from lanchat.desktop.platform.sound import REST_SECONDS, TONE, Chime
from tests.desktop.platform.programs import Programs


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def chime(clock: Clock, programs: Programs) -> Chime:
    return Chime(clock)


def until_over() -> None:
    for thread in threading.enumerate():
        if thread.name == "chime":
            thread.join(20)


def test_the_tone_is_short_soft_and_ends_without_a_click() -> None:
    assert TONE.stat().st_size <= 20_000
    with wave.open(str(TONE)) as file:
        seconds = file.getnframes() / file.getframerate()
        samples = array.array("h", file.readframes(file.getnframes()))
    assert 0.2 < seconds < 0.6
    loudest = max(map(abs, samples))
    assert 1000 < loudest < 12_000
    assert abs(samples[0]) < 50
    assert abs(samples[-1]) < 50


def test_a_player_gets_the_tone(chime: Chime, programs: Programs) -> None:
    programs.install("aplay")
    chime.play()
    assert programs.next()["argv"][1:] == ["-q", str(TONE)]
    until_over()


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
