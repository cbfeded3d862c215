"""A stand-in for the library `sounddevice`, at its edge: its names, and devices that a test holds in its hand.

As with the real one, what was heard is told on a thread of its own.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any


class PortAudioError(Exception):
    pass


class CallbackStop(Exception):
    pass


class FakeDevices:
    """Put it in the place of the module."""

    PortAudioError = PortAudioError
    CallbackStop = CallbackStop

    def __init__(self) -> None:
        self.has_microphone = self.has_loudspeaker = self.starts = True
        self.rates: set[int] = {16_000, 44_100, 48_000}
        self.microphones: list[Microphone] = []
        self.loudspeakers: list[Loudspeaker] = []
        self.let_play = threading.Event()
        self.let_play.set()
        self.real_time = False  # how fast a loudspeaker takes what it is given

    def RawInputStream(self, rate: int, block: int, **how: Any) -> Microphone:
        if not self.has_microphone or rate not in self.rates:
            raise PortAudioError("Error querying device -1")
        self.microphones.append(Microphone(self, rate, how["callback"]))
        return self.microphones[-1]

    def RawOutputStream(self, rate: int, **how: Any) -> Loudspeaker:
        if not self.has_loudspeaker:
            raise PortAudioError("Error querying device -1")
        self.loudspeakers.append(Loudspeaker(self, rate, how["channels"]))
        return self.loudspeakers[-1]


class _Stream:
    def __init__(self, devices: FakeDevices) -> None:
        self.devices = devices
        self.started = self.aborted = self.closed = self.drained = False

    def start(self) -> None:
        if not self.devices.starts:
            raise PortAudioError("Device unavailable")
        self.started = True

    def stop(self) -> None:
        self.drained = True

    def abort(self) -> None:
        self.aborted = True

    def close(self) -> None:
        self.closed = True


class Microphone(_Stream):
    def __init__(self, devices: FakeDevices, rate: int, callback: Callable[..., None]) -> None:
        super().__init__(devices)
        self.rate, self.callback = rate, callback
        self.stopped = False

    def hears(self, sound: bytes) -> None:
        """Returns when that was told."""
        assert self.started
        assert not self.closed

        def tell() -> None:
            try:
                self.callback(memoryview(sound), len(sound) // 2, None, None)
            except CallbackStop:
                self.stopped = True

        thread = threading.Thread(target=tell)
        thread.start()
        thread.join()


class Loudspeaker(_Stream):
    def __init__(self, devices: FakeDevices, rate: int, channels: int) -> None:
        super().__init__(devices)
        self.rate, self.channels = rate, channels
        self.played = b""
        self.breaks = False

    def write(self, data: bytes) -> None:
        if self.breaks:
            raise PortAudioError("unplugged")
        self.devices.let_play.wait(20)
        if self.devices.real_time:
            threading.Event().wait(len(data) / (2 * self.channels * self.rate))
        self.played += data
