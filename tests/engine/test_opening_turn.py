"""When a member opens a room whose keeper is gone, and whom it looks for until then."""

from __future__ import annotations

import asyncio

import pytest

from lanchat.core.address import Numeric
from lanchat.core.client_actions import Disconnect, HeirsNamed, HostMoved
from lanchat.core.frames import Heir
from lanchat.core.model import MemberKey
from lanchat.engine import opening_turn
from lanchat.engine.opening_turn import OpeningTurn

_KEEPER = Numeric("192.168.1.5")
_ME = MemberKey(b"me".ljust(32))


async def _sent_to(address: str, keeper: Numeric = _KEEPER) -> Heir | None:
    """Whom a member looks for whose keeper said, from its place, that somebody at this address goes on."""
    turn = OpeningTurn(_ME)
    turn.entered(["192.168.1.9"])
    turn.hear(HostMoved(Heir(b"heir".ljust(32), address, 29_747)), keeper)
    turn.lost(Disconnect("bye"))
    return turn.moved_to


@pytest.mark.parametrize("address", ["192.168.1.7", "10.9.8.7", "2001:db8::7", "fe80::7"])
def test_who_the_keeper_sees_is_looked_for_there(address: str) -> None:
    assert asyncio.run(_sent_to(address)) is not None


@pytest.mark.parametrize(
    "address", ["127.0.0.1", "::1", "224.0.0.1", "ff02::1", "0.0.0.0", "255.255.255.255", "a.name"]
)
def test_nobody_is_looked_for_where_the_keeper_cannot_see_them(address: str) -> None:
    """These are our own programs, groups of computers, and names that somebody would have to look up."""
    assert asyncio.run(_sent_to(address)) is None


def test_on_one_computer_all_are_at_its_own_address() -> None:
    assert asyncio.run(_sent_to("127.0.0.1", Numeric("127.0.0.1"))) is not None


@pytest.mark.parametrize("moved", [False, True], ids=["lost", "moved"])
def test_heirs_who_may_not_keep_the_room_open_are_passed_over_at_once(moved: bool) -> None:
    """All that a keeper who was banned names before me have their passes of it."""
    void = tuple(Heir(bytes([number]) * 32, "192.168.1.7", 29_747) for number in range(1, 5))

    async def opens() -> float:
        turn, loop = OpeningTurn(_ME, lambda heir: heir not in void), asyncio.get_running_loop()
        turn.may(29_747, True)
        turn.entered(["192.168.1.9"])
        turn.hear(HeirsNamed((*void, Heir(_ME, "192.168.1.9", 29_747))))
        if moved:
            turn.hear(HostMoved(void[0]), _KEEPER)
        began = loop.time()
        turn.lost(Disconnect("bye" if moved else "left"))
        assert turn.moved_to is None
        await turn.comes(lambda: ["192.168.1.9"])
        return loop.time() - began

    assert asyncio.run(opens()) < 4, "it would be 8 after the others"


def test_who_may_only_after_the_keeper_is_lost_opens_the_room_then() -> None:
    """The keeper gave the room to an heir, and is a member with nowhere to let others in yet."""

    async def opens() -> None:
        turn = OpeningTurn(_ME)
        turn.entered(["192.168.1.9"])
        turn.hear(HeirsNamed((Heir(_ME, "192.168.1.9", 29_747),)))
        turn.lost(Disconnect("lost"))
        assert not turn.coming
        turn.may(29_747, True)
        await turn.comes(lambda: ["192.168.1.9"])
        turn.may(0, True)
        assert not turn.coming, "the person does not want it any more"

    asyncio.run(opens())


def test_what_strangers_announce_does_not_put_it_off_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening_turn, "_HEARSAY_SECONDS", 1.0)

    async def opens() -> float:
        turn, loop = OpeningTurn(_ME), asyncio.get_running_loop()
        turn.may(29_747, True)
        turn.entered(["192.168.1.9"])
        turn.hear(HeirsNamed((Heir(_ME, "192.168.1.9", 29_747),)))
        turn.lost(Disconnect("lost"))
        began = loop.time()
        announcing = asyncio.create_task(_announce(turn))
        await turn.comes(lambda: ["192.168.1.9"])
        announcing.cancel()
        return loop.time() - began

    assert asyncio.run(opens()) < 10


async def _announce(turn: OpeningTurn) -> None:
    while True:
        turn.put_off(hearsay=True)
        await asyncio.sleep(0.05)
