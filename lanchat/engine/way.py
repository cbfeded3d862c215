"""Way: how we get to a Room and in: where it may be, who must answer there, and who we are. Engine's loop."""

from __future__ import annotations

import ssl
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from lanchat.core.model import RoomId
from lanchat.engine.person import Person
from lanchat.network.dialer import Address, JoinedConnection, enter
from lanchat.trust.handshake import ClientHandshake, Expected, Pin


@dataclass(frozen=True, slots=True)
class Way:
    person: Person
    context: ssl.SSLContext
    expected: Expected
    addresses: Callable[[], list[Address]]  #: as known at the moment, best first
    news: Callable[[], Awaitable[None]]  #: waits until others may be known
    pin_for: Callable[[RoomId], Pin | None]  #: called on any thread
    passphrase: str | None = None
    hosting: bytes = b""  #: we host this very room: the mark of this run of it

    async def enter(self, greeted: Callable[[RoomId], None] = lambda _: None) -> JoinedConnection:
        """Get in. Raises Unreachable when nobody answers, NotIn when somebody does and it goes no further.

        `greeted`: called when the host has said which room it is, before anything is said to it; may raise.
        """
        return await enter(self.addresses, self.context, self._shake, greeted, self.news)

    def _shake(self, certificate: bytes) -> ClientHandshake:
        person = self.person
        return ClientHandshake(
            person.identity, person.card, certificate, self.expected, self.pin_for, self.passphrase, self.hosting
        )  # fmt: skip
