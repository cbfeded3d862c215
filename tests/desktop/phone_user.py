"""PhoneUser: somebody with a phone in the room of a window: the real way in, on its own thread, but no browser."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager, suppress
from typing import TypeVar

from network.phones import Phone
from websockets.exceptions import ConnectionClosed

from lanchat.core import frames
from lanchat.core.content import Text, encode
from lanchat.core.model import START, RoomId
from lanchat.engine.commands import InviteGuests
from lanchat.trust.signing import make_entry
from tests.desktop.person import Person
from tests.identities import new_identity

T = TypeVar("T")

_SECONDS = 30.0  # longer than anything takes on a busy machine


class PhoneUser:
    def __init__(self, link: str, room_id: RoomId, nick: str) -> None:
        self._room_id = room_id
        self._me = new_identity()
        self._said = 0
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name=f"{nick}'s phone")
        self._thread.start()
        self._phone = self._do(Phone.enter(link, self._me, nick))
        self._do(self._phone.send(frames.Resume(0, 0, START)))
        self._listening = asyncio.run_coroutine_threadsafe(self._listen(), self._loop)

    def says(self, text: str) -> None:
        self._said += 1
        entry = make_entry(self._me, self._room_id, self._said, encode(Text(text)), 0)
        self._do(self._phone.send(frames.Post([entry], again=self._said == 1)))

    def leaves(self) -> None:
        """Once more does nothing."""
        if self._loop.is_closed():
            return
        self._do(self._phone.leave())
        self._listening.result(_SECONDS)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(_SECONDS)
        self._loop.close()

    async def _listen(self) -> None:
        with suppress(ConnectionClosed):
            while True:
                if isinstance(await self._phone.next(), frames.Ping):
                    await self._phone.send(frames.Pong())

    def _do(self, what: Coroutine[object, object, T]) -> T:
        return asyncio.run_coroutine_threadsafe(what, self._loop).result(_SECONDS)


@contextmanager
def phone_in_room_of(host: Person, nick: str) -> Iterator[PhoneUser]:
    """Somebody with a phone in the one room that is open here; at the end they leave."""
    window = host.app.window
    (room,) = window.state.hosted_here()
    if room.invitation is None:
        window.do(InviteGuests(room.room_id))
        host.until(lambda: room.invitation is not None)
    assert room.invitation is not None
    _scheme, _address, rest = room.invitation.link.split(":")
    phone = PhoneUser(f"http://127.0.0.1:{rest}", room.room_id, nick)
    try:
        yield phone
    finally:
        phone.leaves()
