"""A Connection between a member and the host: bytes under way both ways, cut wherever the history likes."""

from __future__ import annotations

from lanchat.core.frames import FromClient, FromHost, Splitter, decode_from_client, decode_from_host
from lanchat.core.host_actions import SessionId
from lanchat.core.limits import FRAME


class Wire:
    def __init__(self, session: SessionId) -> None:
        self.session = session
        self.up = bytearray()
        self.down = bytearray()
        self.broken = False  # what is written from now on arrives nowhere
        self.silent = False  # and nobody is told
        self.host_open = True
        self.member_open = True
        self.clogged = False  # the host's side takes no more for now
        self.missed_presence = False
        self._up = Splitter(FRAME)
        self._down = Splitter(FRAME)

    def from_host(self, data: bytes) -> None:
        if not self.broken:
            self.down += data

    def from_member(self, data: bytes) -> None:
        if not self.broken:
            self.up += data

    def take_up(self, size: int) -> list[FromClient]:
        """The frames that the next `size` bytes complete, at the host."""
        data, self.up = bytes(self.up[:size]), self.up[size:]
        return [frame for body in self._up.feed(data) if (frame := decode_from_client(body)) is not None]

    def take_down(self, size: int) -> list[FromHost]:
        """The frames that the next `size` bytes complete, at the member."""
        data, self.down = bytes(self.down[:size]), self.down[size:]
        return [frame for body in self._down.feed(data) if (frame := decode_from_host(body)) is not None]

    def cut(self, silent: bool, up_left: int, down_left: int) -> None:
        """Broken somewhere on the way: only what was past that place still arrives."""
        self.broken = True
        self.silent = silent
        del self.up[up_left:]
        del self.down[down_left:]
