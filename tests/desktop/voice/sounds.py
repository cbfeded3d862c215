"""Sounds, and WAV files of them."""

from __future__ import annotations

import math
import wave
from array import array
from pathlib import Path


def tone(seconds: float, rate: int = 16_000, loud: float = 0.5) -> bytes:
    return array(
        "h", (round(32_767 * loud * math.sin(2 * math.pi * 440 * n / rate)) for n in range(round(seconds * rate)))
    ).tobytes()


def wave_file(path: Path, sound: bytes, rate: int = 16_000, channels: int = 1, width: int = 2) -> Path:
    with open(path, "wb") as raw, wave.open(raw, "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(width)
        file.setframerate(rate)
        file.writeframes(sound)
    return path
