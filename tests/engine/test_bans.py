"""A host sends somebody away for good, and thinks better of it."""

from __future__ import annotations

import asyncio

import pytest
from survival.raw import stranger

from engine.people import People, Person
from lanchat.core.model import MemberKey
from lanchat.engine import commands, events
from lanchat.engine.events import Connection
from lanchat.trust.identity import Identity


@pytest.fixture
def kitchen(people: People) -> tuple[Person, Person]:
    ana, ben = people.person("Ana"), people.person("Ben")
    ana.hosts("Kitchen")
    ben.joins("Kitchen")
    ana.sees_here("Ana", "Ben")
    return ana, ben


def ban(host: Person, member: MemberKey | None, on: bool = True) -> None:
    assert host.room_id is not None
    assert member is not None
    host.do(commands.Ban(host.room_id, member, on))
    assert host.hears(events.Banned) == events.Banned(host.room_id, member, on)


def test_who_is_banned_goes_and_cannot_come_back(kitchen: tuple[Person, Person]) -> None:
    ana, ben = kitchen
    ban(ana, ben.me)
    ben.is_(Connection.STOPPED)
    assert "does not want you" in ben.room.problem
    ana.sees_here("Ana")
    answer = ben.asks_to_join("Kitchen")
    assert isinstance(answer, events.NotFound)
    assert answer.refused
    ana.says("he is gone")
    ana.sees("he is gone")
    ana.sees_here("Ana")


def test_a_ban_outlives_the_host(kitchen: tuple[Person, Person]) -> None:
    ana, ben = kitchen
    ban(ana, ben.me)
    ana.quits()
    assert ana.reads(lambda reader: reader.banned(ana.room_id)) == {ben.me}
    ana.starts()
    ana.hosts("Kitchen")
    ben.leaves()
    assert isinstance(ben.asks_to_join("Kitchen"), events.NotFound)


def test_a_ban_is_taken_back(kitchen: tuple[Person, Person]) -> None:
    ana, ben = kitchen
    ban(ana, ben.me)
    ben.is_(Connection.STOPPED)
    ban(ana, ben.me, on=False)
    ben.joins("Kitchen")
    ben.says("thank you")
    ana.sees("thank you")


def test_a_ban_may_be_set_while_the_room_is_closed(kitchen: tuple[Person, Person]) -> None:
    ana, ben = kitchen
    ana.leaves()
    ban(ana, ben.me)
    ana.hosts("Kitchen")
    ben.is_(Connection.STOPPED)


def test_only_a_host_bans_and_never_itself(kitchen: tuple[Person, Person]) -> None:
    ana, ben = kitchen
    ben.do(commands.Ban(ben.room_id, ana.me))
    ana.do(commands.Ban(ana.room_id, ana.me))
    ana.hears_nothing(events.Banned)
    ben.hears_nothing(events.Banned)
    ben.says("still here")
    ana.sees("still here")


def test_who_is_banned_while_proving_the_passphrase_is_not_let_in(people: People) -> None:
    ana, ben = people.person("Ana"), Identity.ephemeral()
    port = ana.hosts("Kitchen", passphrase="correct-horse").port

    async def come() -> str:
        async with stranger(port, me=ben, nick="Ben", passphrase="correct-horse") as raw:
            await raw.enter(before_proof=lambda: ban(ana, ben.key))
            return await raw.ending()

    assert asyncio.run(come()) == "banned"
    ana.says("nobody came")
    ana.sees_here("Ana")
