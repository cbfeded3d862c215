"""What the microphone hears becomes a WAV file."""

from __future__ import annotations

import wave
from pathlib import Path

import pytest

from lanchat.desktop.voice.recording import SECONDS_MOST, Recording
from lanchat.desktop.voice.sound_library import NoSound, may_record
from lanchat.storage.wave_files import loudness, wave_facts
from tests.desktop.voice.fake_sounddevice import FakeDevices
from tests.desktop.voice.sounds import tone


def test_what_was_heard_is_in_the_file(devices: FakeDevices, tmp_path: Path) -> None:
    recording = Recording()
    recording.start()
    (microphone,) = devices.microphones
    sound = tone(0.5) + tone(0.5, loud=0.1)
    for start in range(0, len(sound), 1600):
        microphone.hears(sound[start : start + 1600])
    assert recording.seconds == 1.0
    assert not recording.is_silent
    loud = recording.levels(100)
    assert len(loud) == 20
    assert loud[0] == pytest.approx(0.5, abs=0.02)
    assert loud[-1] == pytest.approx(0.1, abs=0.02)
    assert recording.levels(3) == loud[-3:]
    recording.stop()
    assert microphone.aborted
    assert microphone.closed
    recording.write(tmp_path / "voice.wav")
    with wave.open(str(tmp_path / "voice.wav")) as file:
        assert file.getparams()[:3] == (1, 2, 16_000)
        assert file.readframes(100_000) == sound
    assert wave_facts(tmp_path / "voice.wav").seconds == 1.0
    bars = loudness(tmp_path / "voice.wav", 10)
    assert bars[0] == pytest.approx(1.0, abs=0.02)
    assert bars[9] == pytest.approx(0.2, abs=0.02)


def test_it_ends_after_five_minutes(devices: FakeDevices) -> None:
    recording = Recording()
    recording.start()
    (microphone,) = devices.microphones
    minute = bytes(60 * 16_000 * 2)
    for _minute in range(4):
        microphone.hears(minute)
    assert not recording.is_full
    assert not microphone.stopped
    microphone.hears(minute)
    assert recording.is_full
    assert microphone.stopped  # the library is told that it is enough
    microphone.hears(minute)
    assert recording.seconds == SECONDS_MOST
    assert recording.is_silent
    recording.stop()


def test_a_device_that_has_its_own_rate_is_asked_for_that(devices: FakeDevices, tmp_path: Path) -> None:
    devices.rates = {44_100}
    recording = Recording()
    recording.start()
    devices.microphones[0].hears(tone(1, 44_100))
    assert recording.seconds == 1.0
    recording.stop()
    recording.write(tmp_path / "voice.wav")
    assert wave_facts(tmp_path / "voice.wav").rate == 44_100


def test_what_is_missing_is_told_in_words(devices: FakeDevices) -> None:
    devices.has_microphone = False
    with pytest.raises(NoSound, match="No microphone"):
        Recording().start()
    devices.has_microphone, devices.starts = True, False
    with pytest.raises(NoSound, match="Device unavailable"):
        Recording().start()
    assert devices.microphones[0].closed


@pytest.mark.usefixtures("no_library")
def test_without_the_library_nothing_is_recorded() -> None:
    with pytest.raises(NoSound, match="sounddevice"):
        Recording().start()


def test_the_library_is_looked_for_without_starting_it(devices: FakeDevices) -> None:
    assert may_record()
    assert not devices.microphones


def test_given_up_while_the_microphone_is_opened(devices: FakeDevices) -> None:
    recording = Recording()
    recording.stop()
    recording.start()
    assert devices.microphones[0].closed


def test_a_file_that_is_there_is_not_replaced(devices: FakeDevices, tmp_path: Path) -> None:
    recording = Recording()
    (tmp_path / "voice.wav").write_bytes(b"mine")
    with pytest.raises(FileExistsError):
        recording.write(tmp_path / "voice.wav")
    assert (tmp_path / "voice.wav").read_bytes() == b"mine"
