"""The way into a room: the product's handshake, both sides, over no socket. Keys stand for certificates."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

from lanchat.engine.entering import IsWanted
from lanchat.network.dialer import Address, JoinedConnection, Unreachable
from lanchat.trust.handshake import ClientHandshake, Expected, HostHandshake
from lanchat.trust.join_errors import JoinError, Refusal
from sim.machine import ROOM

if TYPE_CHECKING:
    from sim.computers import Computer


class Way:
    """Instead of a RoomDialer: the way to the room at some addresses, one after the other. A host that may not keep it
    is passed by, and the first other one decides."""

    def __init__(
        self, computer: Computer, addresses: Callable[[], list[Address]], hosting: bytes = b"",
        expected: Expected | None = None,
    ) -> None:  # fmt: skip
        """`hosting`: the mark of this run, where the room is open here, too."""
        self.person = computer.person
        self.addresses = addresses
        self._computer = computer
        self._hosting = hosting
        self._expected = expected or Expected(ROOM)

    def to(self, addresses: Callable[[], list[Address]], is_wanted: IsWanted | None = None) -> Way:
        expected = None if is_wanted is None else Expected(ROOM, is_wanted=is_wanted)
        return Way(self._computer, addresses, self._hosting, expected)

    async def enter(self) -> JoinedConnection:
        """Raises Unreachable and JoinError."""
        me, history = self._computer, self._computer.history
        await asyncio.sleep(history.loop.delay(0.5))
        wrong: JoinError | None = None
        unreachable = Unreachable("nobody there")
        for address in self.addresses():
            host = history.at(address)
            if host is not None and history.is_open(me, host):
                handshake = ClientHandshake(
                    me.person.identity, me.person.card, host.key, self._expected, me.known.pin, hosting=self._hosting
                )
                theirs = HostHandshake(host.policy)
                hello = theirs.hello()
                try:
                    handshake.check_host(hello)
                except JoinError as error:
                    wrong = wrong or error
                    continue
                _shake_hands(handshake, theirs)
                return JoinedConnection(history.meet(me, host), handshake, address, b"")
            unreachable.standby |= host is not None and host.running and not host.frozen and host.role is None
        raise wrong or unreachable


def _shake_hands(client: ClientHandshake, host: HostHandshake) -> None:
    """The client comes in. Raises JoinError."""
    (auth,) = client.received(host.hello())
    try:
        (entered,) = host.received(auth)
    except Refusal as refusal:
        client.received(refusal.frame())
        raise AssertionError("a refusal is an error") from refusal
    client.received(entered)
