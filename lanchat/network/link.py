"""Link: what a driver needs of a connection, whatever carries it; and MemoryLink, a Link within the process."""

from __future__ import annotations

import asyncio
import logging
from typing import Protocol, cast

from lanchat.core import frames, limits
from lanchat.core.codes import CloseCode
from lanchat.core.frames import Misbehaved, Splitter
from lanchat.core.model import LogEntry

log = logging.getLogger(__name__)

#: A member that takes less than this at a time is given no more until it has taken it.
WRITE_HIGH_WATER = 64 * 1024


class Receiver(Protocol):
    """Who gets what a Link brings, once it is pushed."""

    def received(self, body: bytes) -> None:
        """One frame body. Raises Misbehaved for the other side's fault: that refuses and closes."""

    def writable(self) -> None:
        """All that was sent has left, after a time when it had not."""

    def lost(self, reason: str) -> None:
        """The Link is over; called exactly once."""


class Link(Protocol):
    """Frames in both directions, in order, until one side ends it. Used on one asyncio loop."""

    writing_paused: bool  #: what was sent has not left yet: send only what must not wait
    misbehaved: bool  #: the other side did what no honest program does

    @property
    def over(self) -> bool: ...

    @property
    def peer_address(self) -> str:
        """Where the other side is; "": in this process."""

    def push_to(self, receiver: Receiver) -> None:
        """From now on frame bodies go to `receiver`, those that wait first."""

    def watch(self) -> None:
        """From now on cut off an other side that stops reading, or takes too long for one frame."""

    def send(self, data: bytes) -> None:
        """Write whole frames. Does nothing on a Link that is over."""

    def read_on(self, on: bool) -> None:
        """Whether to read further: off while what came is more than the receiver can take."""

    def refuse(self, code: CloseCode, retry_ms: int = 0, reason: str = "") -> None:
        """Say why, then close. `reason`: in more words, for this side only."""
        self.send(frames.encode(frames.Refused(code, retry_ms)))
        self.close(reason or code)

    def close(self, reason: str = "") -> None:
        """Send what waits, then close. The receiver hears `lost` at once."""

    def abort(self, reason: str) -> None:
        """Close now and drop what was not sent."""

    async def wait_closed(self) -> None:
        """Until nothing of the Link is left."""


class RunReceiver(Receiver, Protocol):
    """Who also takes entries as they are in the host's Log, where host and member are in one process."""

    def handed_over(self, run: tuple[LogEntry, ...]) -> None: ...


class MemoryLink(Link):
    """One end of a Link within the process, for the person who hosts and for tests; `pair` makes both ends.

    Neither end stalls, and everything is taken at once: both work at the pace of one loop. A host hands new entries
    over as they are, in order with its frames: encoding, decoding and hashing them again would cost it a tenth of its
    speed.
    """

    writing_paused = False
    peer_address = ""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._other = self
        self._receiver: Receiver | RunReceiver | None = None
        self._splitter = Splitter(limits.FRAME)
        self._arrived: list[bytes | tuple[LogEntry, ...]] = []  # not given to our receiver yet
        self._over: str | None = None
        self.misbehaved = False

    @classmethod
    def pair(cls) -> tuple[MemoryLink, MemoryLink]:
        one, other = cls(), cls()
        one._other, other._other = other, one
        return one, other

    @property
    def over(self) -> bool:
        return self._over is not None

    def push_to(self, receiver: Receiver | RunReceiver) -> None:
        self._receiver = receiver
        self._loop.call_soon(self._deliver)

    def send(self, data: bytes | tuple[LogEntry, ...]) -> None:
        """Frames; or a run of the Log, to a receiver that is a RunReceiver."""
        if self._over is None:
            self._other._arrived.append(data)
            if len(self._other._arrived) == 1:
                self._loop.call_soon(self._other._deliver)

    def close(self, reason: str = "") -> None:
        self._end(reason or "closed")
        self._loop.call_soon(self._other._deliver)

    def abort(self, reason: str) -> None:
        self._other._arrived.clear()
        self.close(reason)

    def _deliver(self) -> None:
        if self._receiver is not None:
            arrived, self._arrived = self._arrived, []
            try:
                for item in arrived:
                    if isinstance(item, bytes):
                        for body in self._splitter.feed(item):
                            if self._receiver is not None:  # what was given before may have ended this
                                self._receiver.received(body)
                    elif self._receiver is not None:
                        cast("RunReceiver", self._receiver).handed_over(item)
            except Misbehaved as fault:
                log.debug("a connection is closed: %s", fault)
                self.misbehaved = True
                self.refuse(CloseCode.FRAME, reason=str(fault))
        if self._other.over or self._over is not None:
            self._end("the other side closed the connection")

    def _end(self, reason: str) -> None:
        self._over = self._over or reason
        if self._receiver is not None:
            receiver, self._receiver = self._receiver, None
            receiver.lost(self._over)
