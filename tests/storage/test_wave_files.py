"""WAV files of strangers."""

from __future__ import annotations

import random
import struct
from pathlib import Path

import pytest

from lanchat.storage.wave_files import NotPlayable, loudness, pieces, wave_facts
from tests.desktop.voice.sounds import tone, wave_file


def test_the_sound_comes_in_pieces_from_anywhere(tmp_path: Path) -> None:
    sound = tone(1, 8_000)
    path = wave_file(tmp_path / "a.wav", sound, 8_000)
    assert b"".join(pieces(path)) == sound
    assert b"".join(pieces(path, 0.5)) == sound[8_000:]
    assert list(pieces(path, 7.0)) == []
    assert max(map(len, pieces(path))) == 800


def test_two_channels_count_as_one_time(tmp_path: Path) -> None:
    path = wave_file(tmp_path / "a.wav", tone(1, 8_000), 8_000, channels=2)
    assert wave_facts(path).seconds == 0.5
    assert len(loudness(path, 30)) == 30


def test_silence_has_no_shape(tmp_path: Path) -> None:
    assert loudness(wave_file(tmp_path / "a.wav", bytes(3_200)), 5) == [0.0] * 5


@pytest.mark.parametrize("bars", [1, 7, 1_000])
def test_a_short_one_has_as_many_bars(tmp_path: Path, bars: int) -> None:
    assert len(loudness(wave_file(tmp_path / "a.wav", tone(0.01)), bars)) == bars


@pytest.mark.parametrize(
    ("rate", "channels", "width"), [(16_000, 1, 1), (16_000, 1, 4), (16_000, 9, 2), (1, 1, 2), (4_000_000, 1, 2)]
)
def test_other_kinds_are_refused(tmp_path: Path, rate: int, channels: int, width: int) -> None:
    path = wave_file(tmp_path / "a.wav", bytes(3_600), rate, channels, width)
    with pytest.raises(NotPlayable):
        wave_facts(path)


def test_what_is_no_wave_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    for content in (b"", b"RIFF", b"RIFF\xff\xff\xff\xffWAVE", b"OggS" * 100, tone(0.1)):
        path.write_bytes(content)
        with pytest.raises(NotPlayable):
            wave_facts(path)
    with pytest.raises(NotPlayable):
        wave_facts(tmp_path / "none.wav")


def test_a_length_that_lies_is_read_to_the_end_of_the_file(tmp_path: Path) -> None:
    path = wave_file(tmp_path / "a.wav", tone(0.1))
    data = bytearray(path.read_bytes())
    struct.pack_into("<I", data, 40, 2**31 - 2)
    path.write_bytes(data)
    try:
        facts = wave_facts(path)
    except NotPlayable:
        return
    assert len(b"".join(pieces(path))) <= len(data)
    assert len(loudness(path, 10)) == 10
    assert facts.seconds < 6 * 3_600


def test_damaged_ones_are_refused_or_played(tmp_path: Path) -> None:
    path = wave_file(tmp_path / "a.wav", tone(0.05))
    whole = path.read_bytes()
    chance = random.Random(11)
    for _round in range(1_000):
        data = bytearray(whole)
        for _change in range(chance.randrange(1, 6)):
            data[chance.randrange(0, 60)] = chance.randrange(256)
        path.write_bytes(data[: chance.randrange(20, len(data))])
        try:
            wave_facts(path)
            assert sum(map(len, pieces(path))) <= len(data)
            assert all(0 <= level <= 1 for level in loudness(path, 8))
        except NotPlayable:
            pass
