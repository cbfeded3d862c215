"""Recording: what the microphone hears, at most five minutes, kept in memory until it is written as a WAV file.

Its methods are for one thread, not PortAudio's; opening and closing block for a moment.
"""

from __future__ import annotations

import threading
import wave
from array import array
from collections import deque
from pathlib import Path

from lanchat.desktop.voice import sound_library
from lanchat.desktop.voice.sound_library import SoundStream
from lanchat.storage.wave_files import SAMPLE_BYTES

SECONDS_MOST = 300  #: 10 MB at the usual rate
_FULL = 32_768  # the loudest sample
_LEVELS = 400  # of the last pieces, 50 ms each


class Recording:
    def __init__(self) -> None:
        """Nothing is heard yet: see `start`."""
        self._lock = threading.Lock()
        self._pieces: list[bytes] = []
        self._samples = 0
        self._levels: deque[float] = deque(maxlen=_LEVELS)
        self._stream: SoundStream | None = None
        self._rate = sound_library.RATES[0]
        self._stopped = False

    def start(self) -> None:
        """Open the microphone. Raises NoSound."""
        stream, rate = sound_library.open_microphone(self._heard)
        with self._lock:
            self._stream, self._rate = stream, rate
            gone = self._stopped
        if gone:  # given up while the microphone was opened
            self.stop()

    def stop(self) -> None:
        """Close the microphone. Nothing more is heard."""
        with self._lock:
            self._stopped = True
            stream, self._stream = self._stream, None
        if stream is not None:
            stream.abort()
            stream.close()

    @property
    def seconds(self) -> float:
        return self._samples / self._rate

    @property
    def is_full(self) -> bool:
        return self.seconds >= SECONDS_MOST

    @property
    def is_silent(self) -> bool:
        """Whether not one sample was anything but zero: a microphone that is switched off."""
        with self._lock:
            return not any(any(piece) for piece in self._pieces)

    def levels(self, count: int) -> list[float]:
        """How loud the last pieces were, 0 to 1, the newest last; at most `count`."""
        with self._lock:
            return list(self._levels)[-count:]

    def write(self, path: Path) -> None:
        """Write it as a WAV file. Raises OSError."""
        with self._lock:
            sound = b"".join(self._pieces)
        with open(path, "xb") as file, wave.open(file, "wb") as written:
            written.setnchannels(1)
            written.setsampwidth(SAMPLE_BYTES)
            written.setframerate(self._rate)
            written.writeframes(sound)

    def _heard(self, data: bytes) -> bool:
        """On PortAudio's thread."""
        samples = array("h", data)
        loudest = max(max(samples), -min(samples)) if samples else 0
        with self._lock:
            if self._stopped or self.is_full:
                return False
            self._pieces.append(data)
            self._samples += len(samples)
            self._levels.append(min(1.0, loudest / _FULL))
            return not self.is_full
