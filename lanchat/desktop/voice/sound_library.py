"""SoundLibrary: what lanchat asks of `sounddevice`, an optional library around PortAudio. Any thread; opening blocks.

https://python-sounddevice.readthedocs.io: its wheels for Windows and macOS bring PortAudio with them; on Linux it is
the system's. Importing it starts PortAudio, which can take a second, so that is left until somebody presses the button.
"""

from __future__ import annotations

import importlib.util
import logging
import sys
from collections.abc import Callable
from typing import Any, Protocol, TypeAlias

from lanchat.core.translate import _

_log = logging.getLogger(__name__)

_NAME = "sounddevice"
RATES = (16_000, 48_000, 44_100)  #: samples in a second, the best first: the first is enough for speech, and small

#: Is given what was heard, on a thread of PortAudio; False: it is enough.
Heard: TypeAlias = Callable[[bytes], bool]


class NoSound(Exception):
    """There is no library, no microphone or no loudspeaker. Its text says so in plain words."""


class SoundStream(Protocol):
    """A stream of `sounddevice`, started."""

    def write(self, data: bytes) -> object:
        """Play, and wait until there is room for more. Of an output only."""

    def stop(self) -> None:
        """Wait until everything was played."""

    def abort(self) -> None:
        """Stop at once."""

    def close(self) -> None: ...


def may_record() -> bool:
    """Whether the library is installed. Whether there is a microphone shows when it is opened."""
    return importlib.util.find_spec(_NAME) is not None


def open_microphone(heard: Heard) -> tuple[SoundStream, int]:
    """Listen; the stream, and its samples in a second: one channel. Raises NoSound."""
    library = _library()

    def called(data: Any, frames: int, time: object, status: object) -> None:
        if not heard(bytes(data)):
            raise library.CallbackStop

    for rate in RATES:
        try:
            stream = library.RawInputStream(rate, rate // 20, channels=1, dtype="int16", callback=called)
        except library.PortAudioError as error:
            _log.info("no microphone with %d samples a second: %s", rate, error)
            continue
        return _started(library, stream), rate
    raise NoSound(_("No microphone was found."))


def open_loudspeaker(rate: int, channels: int) -> SoundStream:
    """Raises NoSound."""
    library = _library()
    try:
        stream = library.RawOutputStream(rate, channels=channels, dtype="int16")
    except library.PortAudioError as error:
        raise NoSound(_("No loudspeaker was found.")) from error
    return _started(library, stream)


def is_lost(error: Exception) -> bool:
    """Whether it says that a device was unplugged or fails."""
    return type(error).__name__ == "PortAudioError"


def _started(library: Any, stream: Any) -> SoundStream:
    try:
        stream.start()
    except library.PortAudioError as error:
        stream.close()
        raise NoSound(_("The sound device does not work: {reason}").format(reason=error)) from error
    started: SoundStream = stream
    return started


def _library() -> Any:
    try:
        import sounddevice
    except ImportError as error:
        raise NoSound(_("Voice messages need the library sounddevice.")) from error
    except OSError as error:  # PortAudio itself is missing
        hint = _("On Debian and Ubuntu: apt install libportaudio2") if sys.platform == "linux" else ""
        raise NoSound(" ".join((_("Voice messages need the library PortAudio."), hint)).strip()) from error
    return sounddevice
