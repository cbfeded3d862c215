"""A host sends somebody away, also for good, and thinks better of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest
from survival.raw import stranger

from engine.people import People, Person
from lanchat.core.model import MemberKey
from lanchat.engine import commands, events
from lanchat.engine.events import ConnectionState, EntryState
from tests.identities import new_identity


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
    ben.is_(ConnectionState.STOPPED)
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
    ben.is_(ConnectionState.STOPPED)
    ban(ana, ben.me, on=False)
    ben.joins("Kitchen")
    ben.says("thank you")
    ana.sees("thank you")


def test_a_ban_may_be_set_while_the_room_is_closed(kitchen: tuple[Person, Person]) -> None:
    ana, ben = kitchen
    ana.leaves()
    ban(ana, ben.me)
    ana.hosts("Kitchen")
    ben.is_(ConnectionState.STOPPED)


def test_every_copy_of_the_room_knows_who_is_banned(people: People) -> None:
    """So that whoever keeps the room open later keeps them out, too."""
    ana, ben, cy = (people.person(nick) for nick in ("Ana", "Ben", "Cy"))
    ana.hosts("Kitchen")
    ben.joins("Kitchen")
    cy.joins("Kitchen")
    ana.sees_here("Ana", "Ben", "Cy")
    ban(ana, cy.me)
    assert ben.hears(events.Banned) == events.Banned(ben.room_id, MemberKey(cy.me), True)
    assert ben.reads(lambda reader: reader.banned(ben.room_id)) == {cy.me}
    ban(ana, cy.me, on=False)
    assert ben.hears(events.Banned) == events.Banned(ben.room_id, MemberKey(cy.me), False)
    assert ben.reads(lambda reader: reader.banned(ben.room_id)) == set()


def test_only_a_host_bans_and_never_itself(kitchen: tuple[Person, Person]) -> None:
    ana, ben = kitchen
    ben.do(commands.Ban(ben.room_id, ana.me))
    ana.do(commands.Ban(ana.room_id, ana.me))
    ana.hears_nothing(events.Banned)
    ben.hears_nothing(events.Banned)
    ben.says("still here")
    ana.sees("still here")


def test_who_is_banned_while_proving_the_passphrase_is_not_let_in(people: People) -> None:
    ana, ben = people.person("Ana"), new_identity()
    port = ana.hosts("Kitchen", passphrase="correct-horse").port

    async def come() -> str:
        async with stranger(port, me=ben, nick="Ben", passphrase="correct-horse") as raw:
            await raw.enter(before_proof=lambda: ban(ana, ben.key))
            return await raw.ending()

    assert asyncio.run(come()) == "banned"
    ana.says("nobody came")
    ana.sees_here("Ana")


# --- what who was sent away has written, and writes on ---------------------------------------------------------------
SendAway = Callable[[Person, MemberKey], None]


def _removes(host: Person, member: MemberKey) -> None:
    host.do(commands.Remove(host.room_id, member))


def _bans(host: Person, member: MemberKey) -> None:
    host.do(commands.Ban(host.room_id, member))


def sent_away_with_something_waiting(people: People, send_away: SendAway) -> tuple[Person, Person]:
    """Ana hosts; she has the "first" of Ben's texts when she sends him away, and not the "second"."""
    ana, ben = people.person("Ana"), people.person("Ben")
    ana.hosts("Kitchen", posts_per_second=0.1, burst=1)
    ben.joins("Kitchen")
    ben.says("first", "second")
    ana.sees("first")
    assert ben.me is not None
    send_away(ana, ben.me)
    ben.is_(ConnectionState.STOPPED)
    return ana, ben


def not_sent(person: Person) -> dict[str, str]:
    """What is not sent, and stays so until its author decides: the texts on disk, and the words for each."""
    refused = person.reads(lambda reader: reader.refused(person.room_id))
    told = {
        entry_id: event.problem
        for event in person.unheard
        if isinstance(event, events.EntryStateChanged) and event.state is EntryState.NOT_SENT
        for entry_id in event.entry_ids
    }
    return {one.text: told[one.message_id] for one in refused}


@pytest.mark.parametrize(
    ("send_away", "words"), [(_removes, "sent you away"), (_bans, "does not want you in it")], ids=["removed", "banned"]
)
def test_what_who_was_sent_away_writes_is_given_back_at_once(people: People, send_away: SendAway, words: str) -> None:
    _, ben = sent_away_with_something_waiting(people, send_away)
    assert ben.waiting() == []
    assert list(not_sent(ben)) == ["second"]
    assert words in not_sent(ben)["second"]
    ben.do(commands.Say(ben.room_id, "third"))
    given_back = ben.hears(events.NotWritten)
    assert given_back.text == "third"
    assert words in given_back.problem
    ben.do(commands.Retry(ben.room_id, ben.written["second"]))
    again = ben.hears(events.EntryStateChanged, entry_ids=(ben.written["second"],), state=EntryState.NOT_SENT)
    assert words in again.problem
    assert ben.waiting() == []


def test_who_was_removed_and_comes_back_sends_again_what_was_not_sent(people: People) -> None:
    ana, ben = sent_away_with_something_waiting(people, _removes)
    ana.leaves()
    ana.hosts("Kitchen")
    ben.joins("Kitchen")
    ben.do(commands.Retry(ben.room_id, ben.written["second"]))
    again = ben.hears(events.EntryWritten, instead_of=ben.written["second"])
    ben.hears(events.EntryStateChanged, entry_ids=(again.entry_id,), state=EntryState.TAKEN)
    ana.sees("second")
    assert ben.waiting() == []


@pytest.mark.parametrize("restarted", [False, True], ids=["runs on", "started anew"])
def test_what_waits_for_a_host_that_has_banned_me_meanwhile_is_not_sent(people: People, restarted: bool) -> None:
    ana, ben = people.person("Ana"), people.person("Ben")
    ana.hosts("Kitchen")
    ben.joins("Kitchen")
    ana.leaves()
    ben.is_(ConnectionState.RECONNECTING)
    ben.says("see you later")
    if restarted:
        ben.quits()
    ban(ana, ben.me)
    ana.hosts("Kitchen")
    if restarted:
        ben.starts()
        assert isinstance(ben.asks_to_join("Kitchen"), events.NotFound)
    else:
        ben.is_(ConnectionState.STOPPED)
    assert "does not want you in it" in not_sent(ben)["see you later"]
    assert ben.waiting() == []
