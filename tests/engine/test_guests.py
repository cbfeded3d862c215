"""Phones in a room that is open here: codes, who comes in with them, and when that ends."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import pytest
from network.phones import Phone

from engine.people import People, Person
from lanchat.core import frames, limits
from lanchat.core.content import Text, encode
from lanchat.core.model import START, RoomId
from lanchat.engine import commands, events, guest_invitations
from lanchat.engine.commands import InvitationTime
from lanchat.trust.identity import Identity, load_or_create
from lanchat.trust.signing import make_entry
from tests.identities import new_identity

T = TypeVar("T")


@pytest.fixture(autouse=True)
def _any_port(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests beside this one have rooms of their own."""
    monkeypatch.setattr(limits, "GUEST_PORTS", ())


def invites(host: Person, lasts: InvitationTime = InvitationTime.HALF_HOUR) -> str:
    """The link, as a phone on the same computer opens it."""
    host.do(commands.InviteGuests(host.room_id, lasts))
    link = host.hears(events.GuestsInvited, came=0).link
    return f"http://127.0.0.1:{link.split(':')[2]}"


def on_a_phone(scene: Callable[[], Awaitable[T]]) -> T:
    async def run() -> T:
        async with asyncio.timeout(30):
            return await scene()

    return asyncio.run(run())


def port_of(link: str) -> int:
    return int(link.split(":")[2].split("/")[0])


async def is_open(port: int) -> bool:
    try:
        _reader, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    await writer.wait_closed()
    return True


async def answer_to(phone: Phone, kind: type[T]) -> T:
    while not isinstance(frame := await phone.next(), kind):
        pass
    return frame


async def says(phone: Phone, room_id: RoomId, me: Identity, text: str, counter: int = 1) -> None:
    await phone.send(frames.Post([make_entry(me, room_id, counter, encode(Text(text)), 0)], again=True))


def test_a_phone_comes_in_and_talks_with_everybody(ana: Person, ben: Person) -> None:
    ana.says("Lunch?")
    link, me = invites(ana), new_identity()

    async def scene() -> None:
        phone = await Phone.enter(link, me, "Mia")
        await phone.send(frames.Resume(0, 0, START))
        while (await answer_to(phone, frames.Entries)).rows[-1].body != b"Lunch?":
            pass
        await says(phone, ana.room_id, me, "Yes!")
        await answer_to(phone, frames.Entries)
        await phone.leave()

    on_a_phone(scene)
    for person in (ana, ben):
        person.sees("Yes!")
    ana.hears(events.GuestsInvited, came=1)
    ana.hears(events.GuestsInvited, came=0)


def test_a_new_code_keeps_who_is_in_and_lets_nobody_new_in_with_the_old_one(ana: Person) -> None:
    old, me = invites(ana), new_identity()

    async def scene() -> None:
        phone = await Phone.enter(old, me, "Mia")
        await asyncio.to_thread(ana.hears, events.GuestsInvited, came=1)
        ana.do(commands.InviteGuests(ana.room_id))
        await asyncio.to_thread(ana.hears, events.GuestsInvited, came=1)
        late = await Phone.knock(old, nick="Late")
        assert await late.next() == frames.Refused("ended")
        await phone.leave()
        again = await Phone.enter(old, me, "Mia")  # the phone was locked
        await again.leave()
        await late.leave()

    on_a_phone(scene)


def test_withdrawing_a_code_sends_away_who_came_with_it(ana: Person) -> None:
    link, me = invites(ana), new_identity()

    async def scene() -> None:
        phone = await Phone.enter(link, me, "Mia")
        ana.do(commands.WithdrawGuests(ana.room_id))
        assert await answer_to(phone, frames.Refused) == frames.Refused("ended")
        await phone.leave()

    on_a_phone(scene)
    assert ana.hears(events.GuestInvitationEnded).withdrawn
    assert not on_a_phone(lambda: is_open(port_of(link)))


def test_a_code_ends_by_itself(ana: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "GUEST_INVITED_SECONDS", 0.2)
    monkeypatch.setattr(limits, "GUEST_PORT_SECONDS", 0.1)
    link = invites(ana)
    assert not ana.hears(events.GuestInvitationEnded).withdrawn

    async def scene() -> None:
        while await is_open(port_of(link)):
            pass

    on_a_phone(scene)


def test_a_name_that_looks_like_somebody_elses_is_refused(ana: Person, ben: Person) -> None:
    ana.sees_here("Ana", "Ben")
    link = invites(ana)

    async def scene() -> None:
        for nick in ("Ben", "ben", "\N{CYRILLIC CAPITAL LETTER VE}en"):
            phone = await Phone.knock(link, nick=nick)
            assert await phone.next() == frames.Refused("nick")
            await phone.leave()

    on_a_phone(scene)


def test_a_guest_who_is_banned_does_not_come_back(ana: Person) -> None:
    link, me = invites(ana), new_identity()

    async def scene() -> None:
        phone = await Phone.enter(link, me, "Mia")
        await phone.send(frames.Resume(0, 0, START))
        await answer_to(phone, frames.Welcome)
        ana.do(commands.Ban(ana.room_id, me.key))
        assert await answer_to(phone, frames.Refused) == frames.Refused("banned")
        await phone.leave()
        again = await Phone.knock(link, me, "Mia")
        assert await again.next() == frames.Refused("banned")
        await again.leave()

    on_a_phone(scene)


def test_few_phones_come_from_one_address(ana: Person) -> None:
    link = invites(ana)

    async def scene() -> None:
        phones = [await Phone.enter(link, nick=f"Mia{n}{n}") for n in range(limits.GUESTS_PER_ADDRESS)]
        phone = await Phone.knock(link, nick="Zoe")
        refused = await answer_to(phone, frames.Refused)
        assert refused.code == "crowd"
        for one in (*phones, phone):
            await one.leave()

    on_a_phone(scene)


def test_guests_hear_goodbye_when_the_room_closes(ana: Person) -> None:
    link, me = invites(ana), new_identity()

    async def scene() -> None:
        phone = await Phone.enter(link, me, "Mia")
        await phone.send(frames.Resume(0, 0, START))
        await answer_to(phone, frames.Welcome)
        ana.do(commands.Leave(ana.room_id))
        await answer_to(phone, frames.Bye)
        await phone.leave()

    on_a_phone(scene)


def test_a_guest_is_no_member_by_another_way(people: People, ana: Person) -> None:
    """A passphrase is still asked of a key that was here as a guest."""
    ana.leaves()
    ana.hosts("Cellar", passphrase="laser lentil taxi inside")
    mia = people.person("Mia")
    link = invites(ana)

    async def scene(me: Any) -> None:
        phone = await Phone.enter(link, me, "Mia")
        await phone.leave()

    on_a_phone(lambda: scene(load_or_create(mia.folder)))
    assert isinstance(mia.asks_to_join("Cellar"), events.PassphraseNeeded)
    ana.quits()
    ana.starts()
    ana.hosts("Cellar")  # who was let in is read from the disk
    assert isinstance(mia.asks_to_join("Cellar"), events.PassphraseNeeded)


def test_many_people_with_one_code_are_too_many(ana: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "GUEST_KEYS", 3)
    link, first = invites(ana), new_identity()

    async def scene() -> None:
        for number, me in enumerate((first, None, None)):
            await (await Phone.enter(link, me, f"Mia {number}")).leave()
        late = await Phone.knock(link, nick="Zoe")
        assert await late.next() == frames.Refused("full")
        await late.leave()
        await (await Phone.enter(link, first, "Mia 0")).leave()

    on_a_phone(scene)


def test_without_the_page_no_phone_comes_in_and_the_room_goes_on(ana: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing() -> None:
        raise FileNotFoundError(2, "No such file")

    monkeypatch.setattr(guest_invitations, "page_files", missing)
    ana.do(commands.InviteGuests(ana.room_id))
    assert "Phones cannot come in" in ana.hears(events.Problem).what
    ana.says("still here")
    ana.sees("still here")


def test_the_link_is_in_no_log(ana: Person) -> None:
    ana.do(commands.InviteGuests(ana.room_id))
    told = ana.hears(events.GuestsInvited)
    assert told.link.partition("#")[2] not in repr(told)


def test_only_who_keeps_the_room_open_invites_phones(ana: Person, ben: Person) -> None:
    ben.do(commands.InviteGuests(ben.room_id))
    assert "keeps the room open" in ben.hears(events.Problem).what
