"""WAV files, which may be a stranger's: their length and shape, and their sound in pieces. Any thread; reads the disk.

Only what a recording of lanchat is, and what is close to it, is read: PCM of 16 bits, one or two channels.
"""

from __future__ import annotations

import math
import os
import wave
from array import array
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, NamedTuple

SAMPLE_BYTES = 2  #: of signed 16-bit samples, the little end first
_RATES = range(4_000, 192_001)
_SECONDS_MOST = 6 * 3_600  # a longer one is no message
_VOICE_SECONDS = 600  # what is longer is music
_FULL = 32_768
_LOOKED_AT = 400  # samples for one bar, spread over its part of the file
_PIECE = 0.05  # seconds


class NotPlayable(Exception):
    """It is damaged, or of another kind."""


class WaveFacts(NamedTuple):
    rate: int  #: samples in a second and channel
    channels: int
    frames: int  #: samples in a channel

    @property
    def seconds(self) -> float:
        return self.frames / self.rate


def wave_facts(path: Path) -> WaveFacts:
    """Raises NotPlayable."""
    with _opened(path) as (raw, file):
        return _facts(raw, file)


def voice_seconds(path: Path) -> int:
    """Seconds of a recording that is short enough to be a message, rounded up; 0: it is none."""
    if path.suffix.lower() != ".wav":
        return 0
    try:
        seconds = wave_facts(path).seconds
    except NotPlayable:
        return 0
    return math.ceil(seconds) if seconds <= _VOICE_SECONDS else 0


def loudness(path: Path, bars: int) -> list[float]:
    """How loud each of so many parts is, 0 to 1, in proportion to the loudest. Raises NotPlayable."""
    found = []
    with _opened(path) as (raw, file):
        facts = _facts(raw, file)
        for bar in range(bars):
            file.setpos(facts.frames * bar // bars)
            count = min(_LOOKED_AT * 4, max(1, facts.frames // bars))
            samples = array("h", file.readframes(count)[: count * facts.channels * SAMPLE_BYTES])
            found.append(max(map(abs, samples), default=0) / _FULL)
    most = max(found, default=0.0)
    return [value / most if most else 0.0 for value in found]


def pieces(path: Path, start: float = 0.0) -> Iterator[bytes]:
    """The sound from second `start` on, in pieces of 50 ms. Raises NotPlayable."""
    with _opened(path) as (raw, file):
        facts = _facts(raw, file)
        file.setpos(min(facts.frames, max(0, round(start * facts.rate))))
        frame = SAMPLE_BYTES * facts.channels
        while data := file.readframes(max(1, round(_PIECE * facts.rate))):
            yield data[: len(data) - len(data) % frame]


@contextmanager
def _opened(path: Path) -> Iterator[tuple[BinaryIO, wave.Wave_read]]:
    try:
        with open(path, "rb") as raw, wave.open(raw, "rb") as file:
            yield raw, file
    except (OSError, EOFError, ValueError, RuntimeError, wave.Error) as error:  # the fourth of `chunk`, by a wrong size
        raise NotPlayable(str(error)) from error


def _facts(raw: BinaryIO, file: wave.Wave_read) -> WaveFacts:
    """The length in the head of the file may be a lie: there is not more than the file holds."""
    frame = max(1, file.getnchannels() * file.getsampwidth())
    held = os.fstat(raw.fileno()).st_size // frame
    facts = WaveFacts(file.getframerate(), file.getnchannels(), min(file.getnframes(), held))
    fits = file.getsampwidth() == SAMPLE_BYTES and facts.channels in (1, 2) and facts.rate in _RATES
    if not fits or not 0 < facts.seconds <= _SECONDS_MOST:
        raise NotPlayable("not 16-bit PCM, or of no sensible length")
    return facts
