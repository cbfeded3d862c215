"""Makes the tone for a new message, lanchat/desktop/platform/tone.wav: `python packaging/tone.py`."""

from __future__ import annotations

import array
import math
import sys
import wave
from pathlib import Path

TONE = Path(__file__).resolve().parent.parent / "lanchat" / "desktop" / "platform" / "tone.wav"

_RATE = 22050
_SECONDS, _ATTACK_SECONDS = 0.35, 0.008
_LOUDNESS = 0.3  # of full scale
#: Two notes, a fifth apart: start in seconds, pitch in hertz.
_NOTES = ((0.0, 587.33), (0.09, 880.0))
_FADING = 14.0  # per second, exponential: to 1/16 in a fifth of a second


def make() -> None:
    samples = array.array("h", (int(32767 * _LOUDNESS * _wave(n / _RATE)) for n in range(int(_RATE * _SECONDS))))
    if sys.byteorder == "big":
        samples.byteswap()
    with wave.open(str(TONE), "wb") as out:
        out.setparams((1, samples.itemsize, _RATE, 0, "NONE", "not compressed"))
        out.writeframes(samples.tobytes())


def _wave(at: float) -> float:
    """The wave at `at` seconds: -1 to 1, and 0 at both ends, else it would click."""
    release = min(1.0, (_SECONDS - at) / (_SECONDS / 4))
    return release * sum(_note(at - begins, hertz) for begins, hertz in _NOTES if at >= begins) / len(_NOTES)


def _note(at: float, hertz: float) -> float:
    turn = 2 * math.pi * hertz * at
    attack = min(1.0, at / _ATTACK_SECONDS)
    return attack * math.exp(-_FADING * at) * (0.85 * math.sin(turn) + 0.15 * math.sin(2 * turn))


if __name__ == "__main__":
    make()
