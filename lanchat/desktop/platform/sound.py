"""Chime plays the tone for a new message. `play` is for the Tk thread; the tone plays on a thread of its own.

`packaging/tone.py` makes the tone.
"""

from __future__ import annotations

import logging
import math
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

from lanchat.desktop.platform.external_programs import find
from lanchat.storage.system_programs import run

_log = logging.getLogger(__name__)

TONE = Path(__file__).with_name("tone.wav")
REST_SECONDS = 2.0  #: between two tones: ten messages at once make one
_PLAYING_SECONDS = 10.0  # a player that takes longer waits for a sound card that is not there

#: Players of the desktop before the one of the bare sound card, with their options.
_PLAYERS = {"afplay": (), "pw-play": (), "paplay": (), "aplay": ("-q",), "canberra-gtk-play": ("-f",)}


class Chime:
    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """`clock`: seconds."""
        self._clock = clock
        self._next = -math.inf
        self._thread: threading.Thread | None = None
        self._warned = False

    def play(self) -> None:
        """Play one tone; nothing while one plays, or within REST_SECONDS of its start. Does not block."""
        now = self._clock()
        if now < self._next or (self._thread is not None and self._thread.is_alive()):
            return
        self._next = now + REST_SECONDS
        self._thread = threading.Thread(target=self._play, name="chime", daemon=True)
        self._thread.start()

    def _play(self) -> None:
        if not _played() and not self._warned:
            self._warned = True
            _log.warning("no sound: nothing here can play one")


def system_player() -> list[str]:
    """The command, but for the file, that plays a WAV file and ends after it; [] when there is none. Not on Windows."""
    players = ((find(name), options) for name, options in _PLAYERS.items())
    return next(([player, *options] for player, options in players if player), [])


def _played() -> bool:
    """Play it; whether that worked, as far as the system says. Blocks until it is over."""
    if sys.platform == "win32":
        import winsound

        try:
            winsound.PlaySound(str(TONE), winsound.SND_FILENAME | winsound.SND_NODEFAULT)
        except RuntimeError:
            return False
        return True
    players = ((find(name), options) for name, options in _PLAYERS.items())
    return any(
        run([player, *options, str(TONE)], _PLAYING_SECONDS) is not None for player, options in players if player
    )
