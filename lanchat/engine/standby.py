"""Standby: the Listener of a member who may keep the room open next. It is open before it is needed.

So the host can try whether others would get in there, and whoever opens the room then has its port already. Until then
it refuses everybody. Engine's loop.
"""

from __future__ import annotations

import asyncio

from lanchat.core import limits
from lanchat.core.codes import CloseCode
from lanchat.core.model import Card, DeviceId, MemberKey
from lanchat.network.connection import Connection
from lanchat.network.connection_limiter import ConnectionLimiter
from lanchat.network.listener import Listener
from lanchat.trust.identity import Identity, host_context
from lanchat.trust.join_errors import Refusal


class Standby:
    """Open a Standby with `open`; end it with `close`, unless its Listener was taken."""

    def __init__(self) -> None:
        self._listener: Listener | None = None

    @classmethod
    async def open(cls, identity: Identity) -> Standby:
        """Raises OSError."""
        standby = cls()
        context = await asyncio.to_thread(host_context, identity)  # it reads the key's file
        listener = Listener(standby, None, context, ConnectionLimiter())
        listener.open([*limits.PORTS, 0])
        standby._listener = listener
        return standby

    @property
    def port(self) -> int:
        """Where others would be let in; 0: nowhere any more."""
        return self._listener.port if self._listener is not None else 0

    def take(self) -> Listener | None:
        """The Listener, for the room's host from now on."""
        listener, self._listener = self._listener, None
        return listener

    async def close(self) -> None:
        if (listener := self.take()) is not None:
            await listener.close()

    # --- from the Listener
    def refusal(self) -> Refusal | None:
        return Refusal(CloseCode.STANDBY)

    def knows(self, key: MemberKey) -> bool:
        return False

    def entered(self, connection: Connection, card: Card, device_id: DeviceId) -> None:
        raise AssertionError("everybody is refused")

    def alarm(self) -> None:
        """Nobody gets as far as to try a passphrase."""

    def duplicate_host(self, address: str) -> None:
        """Nobody gets as far as to say that they host the room."""
