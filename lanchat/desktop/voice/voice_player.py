"""VoicePlayer plays one voice message at a time. Its methods are for the Tk thread and do not block.

It plays by the sound library; where that, or a device for it, is missing, by a program of the system, which cannot
begin in the middle.
"""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from pathlib import Path

from lanchat.core.translate import _
from lanchat.desktop.platform.sound import system_player
from lanchat.desktop.voice import sound_library
from lanchat.desktop.voice.sound_library import NoSound
from lanchat.storage import wave_files
from lanchat.storage.system_programs import environment
from lanchat.storage.wave_files import NotPlayable

_LOOK_SECONDS = 0.05


class VoicePlayer:
    def __init__(self) -> None:
        self._running: _VoiceThread | None = None
        self._stopped_at: dict[Path, float] = {}  # where to go on

    @property
    def path(self) -> Path | None:
        """The file that is played."""
        return self._running.path if self._running is not None and self._running.is_alive() else None

    @property
    def problem(self) -> str:
        """Why the last file was not played, in plain words; "" where it was."""
        return self._running.problem if self._running is not None else ""

    def position(self, path: Path) -> float:
        """The second to which it was played; where it goes on."""
        if self._running is not None and self._running.path == path and self._running.is_alive():
            return self._running.position
        return self._ended_at(path)

    def play(self, path: Path) -> None:
        """Play it, from where it was stopped. What is played now stops."""
        self.stop()
        start = self._stopped_at.pop(path, 0.0)
        self._running = _VoiceThread(path, start)
        self._running.start()

    def seek(self, path: Path, second: float) -> None:
        """Go on from there: at once if it is played, else when it is."""
        playing = self.path == path
        self.stop()
        self._stopped_at[path] = max(0.0, second)
        if playing:
            self.play(path)

    def stop(self) -> None:
        """Stop, to go on from there later."""
        if self._running is not None:
            self._running.stop()
            self._stopped_at[self._running.path] = self._ended_at(self._running.path)
            self._running = None

    def _ended_at(self, path: Path) -> float:
        if self._running is not None and self._running.path == path:
            return 0.0 if self._running.ended else self._running.position
        return self._stopped_at.get(path, 0.0)


class _VoiceThread(threading.Thread):
    """Plays one file, to its end or until it is stopped."""

    def __init__(self, path: Path, start: float) -> None:
        super().__init__(name="voice", daemon=True)
        self.path = path
        self.position = start
        self.ended = False
        self.problem = ""
        self._halt = threading.Event()

    def stop(self) -> None:
        """It has stopped when this returns: within 50 ms, or when the sound device lets go."""
        self._halt.set()
        self.join(2.0)

    def run(self) -> None:
        try:
            self._by_library()
        except NotPlayable:
            self.problem = _("This file cannot be played here. Open it in another program.")
        except NoSound as missing:
            if not self._by_system():
                self.problem = str(missing)

    def _by_library(self) -> None:
        facts = wave_files.wave_facts(self.path)
        stream = sound_library.open_loudspeaker(facts.rate, facts.channels)
        try:
            for piece in wave_files.pieces(self.path, self.position):
                if self._halt.is_set():
                    stream.abort()
                    return
                stream.write(piece)
                self.position += len(piece) / (wave_files.SAMPLE_BYTES * facts.channels * facts.rate)
            stream.stop()
            self.ended = True
        except Exception as error:
            if not sound_library.is_lost(error):
                raise
            raise NoSound(_("The sound device does not work: {reason}").format(reason=error)) from error
        finally:
            stream.close()

    def _by_system(self) -> bool:
        """Whether there is a program that plays it."""
        self.position = 0.0
        seconds = wave_files.wave_facts(self.path).seconds
        if sys.platform == "win32":
            return self._by_windows(seconds)
        player = system_player()
        if not player:
            return False
        try:
            process = subprocess.Popen(
                [*player, str(self.path)], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL, env=environment(),
            )  # fmt: skip
        except OSError:
            return False
        with process:
            began = time.monotonic()
            while process.poll() is None and not self._halt.wait(_LOOK_SECONDS):
                self.position = min(seconds, time.monotonic() - began)
            if process.poll() is None:
                process.terminate()
        self.ended = not self._halt.is_set()
        return self._halt.is_set() or process.returncode == 0

    def _by_windows(self, seconds: float) -> bool:
        if sys.platform == "win32":
            import winsound

            try:
                winsound.PlaySound(str(self.path), winsound.SND_FILENAME | winsound.SND_NODEFAULT | winsound.SND_ASYNC)
            except RuntimeError:
                return False
            began = time.monotonic()
            while self.position < seconds and not self._halt.wait(_LOOK_SECONDS):
                self.position = min(seconds, time.monotonic() - began)
            winsound.PlaySound(None, 0)
            self.ended = not self._halt.is_set()
        return True
