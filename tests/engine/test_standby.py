"""A member's listener before it opens the room: the host finds it, nobody gets in, and the port stays."""

from __future__ import annotations

import pytest
from network.peers import KITCHEN, House, enters, handshake, on_a_loop, open_house

from lanchat.core.address import Numeric
from lanchat.engine.standby import Standby
from lanchat.network import dialer
from lanchat.network.connection_limiter import ConnectionLimiter
from lanchat.network.dialer import Address, Unreachable, stands_by
from lanchat.trust.handshake import HostPolicy
from lanchat.trust.identity import certificate_fingerprint, client_context
from lanchat.trust.join_errors import Refusal
from tests.identities import new_identity


def here(port: int) -> Address:
    return Numeric("127.0.0.1"), port


@on_a_loop
async def test_only_the_member_who_waits_there_is_found() -> None:
    ben = new_identity()
    standby = await Standby.open(ben)
    context, place = client_context(), here(standby.port)
    assert await stands_by(place, context, ben.key)
    assert not await stands_by(place, context, new_identity().key), "somebody else answers there"
    await standby.close()
    assert not await stands_by(place, context, ben.key), "nobody answers there"


@on_a_loop
async def test_who_has_a_room_open_does_not_wait_for_one() -> None:
    ben = new_identity()
    async with open_house(ben) as house:
        assert not await stands_by(here(house.port), client_context(), ben.key)


@on_a_loop
async def test_nobody_gets_in_before_it_is_the_hosts_and_everybody_after() -> None:
    ben = new_identity()
    standby = await Standby.open(ben)
    port = standby.port
    with pytest.raises(Unreachable) as refused:
        await enters(port)
    assert refused.value.standby, "it is worth trying again soon"
    listener = standby.take()
    assert listener is not None
    policy = HostPolicy(
        KITCHEN, "Kitchen", certificate_fingerprint(ben.certificate), None, lambda _: False, lambda _: False
    )
    house = House(lambda house: listener)
    listener.change_hands(house, policy, ConnectionLimiter.lifted(100))
    joined = await enters(port)
    assert len(house.guests) == 1
    await standby.close()
    joined.connection.abort("the test is over")
    await joined.connection.wait_closed()
    await listener.close()
    for guest in house.guests:
        await guest.link.wait_closed()


@on_a_loop
async def test_who_opens_the_room_just_now_is_entered_at_an_address_that_others_can_use(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Else the host would tell others an address of a link that is not theirs, and nobody would get in there later."""
    monkeypatch.setattr(dialer, "is_link_local", lambda address: address == "::1")
    ben = new_identity()
    standby = await Standby.open(ben)
    listener = standby.take()
    assert listener is not None
    policy = HostPolicy(
        KITCHEN, "Kitchen", certificate_fingerprint(ben.certificate), None, lambda _: False, lambda _: False
    )
    house = House(lambda house: listener)

    class OpensNow(Standby):
        """Who asks is refused, and the next one is let in."""

        def refusal(self) -> Refusal | None:
            listener.change_hands(house, policy, ConnectionLimiter.lifted(100))
            return super().refusal()

    listener.handler = OpensNow()
    places = [here(listener.port), (Numeric("::1"), listener.port)]
    joined = await dialer.enter(lambda: places, client_context(), handshake())
    assert joined.address == places[0]
    joined.connection.abort("the test is over")
    await joined.connection.wait_closed()
    await listener.close()
    for guest in house.guests:
        await guest.link.wait_closed()
