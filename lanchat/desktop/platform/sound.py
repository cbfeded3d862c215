"""Chime plays the tone for a new message. `play` is for the Tk thread; the tone plays on a thread of its own.

The tone is made at the first time, and kept in a temporary file that only this person may read.
"""

from __future__ import annotations

import array
import contextlib
import io
import logging
import math
import os
import sys
import tempfile
import threading
import time
import wave
from collections.abc import Callable
from pathlib import Path

from lanchat.desktop.platform.external_programs import find, run

_log = logging.getLogger(__name__)

REST_SECONDS = 2.0  #: between two tones: ten messages at once make one
_PLAYING_SECONDS = 10.0  # a player that takes longer waits for a sound card that is not there

_RATE = 22050
_SECONDS, _ATTACK_SECONDS = 0.35, 0.008
_LOUDNESS = 0.3  # of full scale
#: Two notes, a fifth apart: start in seconds, pitch in hertz.
_NOTES = ((0.0, 587.33), (0.09, 880.0))
_FADING = 14.0  # per second, exponential: to 1/16 in a fifth of a second

#: Players of the desktop before the one of the bare sound card, with their options.
_PLAYERS = {"afplay": (), "pw-play": (), "paplay": (), "aplay": ("-q",), "canberra-gtk-play": ("-f",)}


class Chime:
    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """`clock`: seconds."""
        self._clock = clock
        self._next = -math.inf
        self._thread: threading.Thread | None = None
        self._file: Path | None = None  # belongs to the playing thread, of which there is one at a time
        self._warned = False

    def play(self) -> None:
        """Play one tone; nothing while one plays, or within REST_SECONDS of its start. Does not block."""
        now = self._clock()
        if now < self._next or (self._thread is not None and self._thread.is_alive()):
            return
        self._next = now + REST_SECONDS
        self._thread = threading.Thread(target=self._play, name="chime", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Delete the file. Waits for a tone that still plays, half a second at most."""
        if self._thread is not None:
            self._thread.join(0.5)
        if self._file is not None:
            with contextlib.suppress(OSError):  # Windows does not delete a file that is open
                self._file.unlink(missing_ok=True)

    def _play(self) -> None:
        try:
            if self._file is None:
                self._file = _written(tone())
            problem = "" if _played(self._file) else "nothing here can play one"
        except OSError as error:
            problem = error.strerror or "the disk"
        if problem and not self._warned:
            self._warned = True
            _log.warning("no sound: %s", problem)


def tone() -> bytes:
    """A WAV file of 15 kB: two bell-like notes that fade."""
    samples = array.array("h", (int(32767 * _LOUDNESS * _wave(n / _RATE)) for n in range(int(_RATE * _SECONDS))))
    if sys.byteorder == "big":
        samples.byteswap()
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(samples.itemsize)
        out.setframerate(_RATE)
        out.writeframes(samples.tobytes())
    return file.getvalue()


def _wave(at: float) -> float:
    """The wave at `at` seconds: -1 to 1, and 0 at both ends, else it would click."""
    release = min(1.0, (_SECONDS - at) / (_SECONDS / 4))
    return release * sum(_note(at - begins, hertz) for begins, hertz in _NOTES if at >= begins) / len(_NOTES)


def _note(at: float, hertz: float) -> float:
    turn = 2 * math.pi * hertz * at
    attack = min(1.0, at / _ATTACK_SECONDS)
    return attack * math.exp(-_FADING * at) * (0.85 * math.sin(turn) + 0.15 * math.sin(2 * turn))


def _written(content: bytes) -> Path:
    """Write `content` to a new file of mode 0600. Raises OSError."""
    descriptor, name = tempfile.mkstemp(prefix="lanchat-", suffix=".wav")
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
    return Path(name)


def _played(file: Path) -> bool:
    """Play it; whether that worked, as far as the system says. Blocks until it is over."""
    if sys.platform == "win32":
        import winsound

        try:
            winsound.PlaySound(str(file), winsound.SND_FILENAME | winsound.SND_NODEFAULT)
        except RuntimeError:
            return False
        return True
    players = ((find(name), options) for name, options in _PLAYERS.items())
    return any(
        run([player, *options, str(file)], _PLAYING_SECONDS) is not None for player, options in players if player
    )
