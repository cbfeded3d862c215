"""Phones in a room that is open here: codes, who comes in with them, and when that ends."""

from __future__ import annotations

import asyncio
import socket
import sys
import time
from collections.abc import Awaitable, Callable
from contextlib import closing, suppress
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import pytest
from msgspec.structs import replace
from network.phones import Phone
from websockets.exceptions import ConnectionClosed

from engine.people import PATIENCE_SECONDS, People, Person
from engine.test_succession import has_heirs
from lanchat.core import frames, limits
from lanchat.core.content import Text, encode
from lanchat.core.epoch import NoEpochLeft
from lanchat.core.keeping_frames import GivenCode
from lanchat.core.model import START, Entry, MemberKey, RoomId
from lanchat.engine import commands, events, guest_invitations, kept_room
from lanchat.engine.commands import InvitationTime
from lanchat.engine.events import ConnectionState
from lanchat.engine.guest_codes import inherited
from lanchat.network.doctor import firewall
from lanchat.storage import data_folder
from lanchat.storage.guest_code_rows import GuestCodeRecord
from lanchat.storage.open_database import open_for_reading
from lanchat.storage.records import Records, now_ms
from lanchat.storage.store import Store
from lanchat.trust.guest_channel import GuestCode
from lanchat.trust.identity import Identity, load_or_create
from lanchat.trust.signing import make_entry
from tests.identities import new_identity

T = TypeVar("T")


_SHOWN: set[str] = set()  # links with codes


@pytest.fixture(autouse=True)
def _any_port(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests beside this one have rooms of their own."""
    monkeypatch.setattr(limits, "GUEST_PORTS", ())


def invites(host: Person, lasts: InvitationTime = InvitationTime.HALF_HOUR) -> str:
    """The link, as a phone on the same computer opens it."""
    host.do(commands.InviteGuests(host.room_id, lasts))
    while (link := host.hears(events.GuestsInvited, here=0).link) in _SHOWN:
        pass  # somebody left meanwhile who came with an earlier one
    _SHOWN.add(link)
    return f"http://127.0.0.1:{link.split(':')[2]}"


async def makes_another(host: Person, link: str) -> str:
    """A new code, and its link, as a phone on the same computer opens it."""
    host.do(commands.InviteGuests(host.room_id))
    while (new := await asyncio.to_thread(host.hears, events.GuestsInvited)).link.endswith(link.partition("#")[2]):
        pass
    return f"http://127.0.0.1:{new.link.split(':')[2]}"


def on_a_phone(scene: Callable[[], Awaitable[T]]) -> T:
    async def run() -> T:
        async with asyncio.timeout(30):
            return await scene()

    return asyncio.run(run())


def wait_until(holds: Callable[[], bool]) -> None:
    """Of what no event tells: what is on a disk."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def port_of(link: str) -> int:
    return int(link.split(":")[2].split("/")[0])


def is_closed(port: int) -> bool:
    """Whether nothing listens there, found out without a connection: asyncio leaves one behind that comes just as a
    port is closed (CPython gh-109564)."""
    with socket.socket() as probe:
        if sys.platform != "win32":  # where it would share the port
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("", port))
        except OSError:
            return False
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
    ana.hears(events.GuestsInvited, here=1)
    ana.hears(events.GuestsInvited, here=0)


def test_a_new_code_keeps_who_is_in_and_lets_nobody_new_in_with_the_old_one(ana: Person) -> None:
    old, me = invites(ana), new_identity()

    async def scene() -> None:
        phone = await Phone.enter(old, me, "Mia")
        await asyncio.to_thread(ana.hears, events.GuestsInvited, here=1)
        ana.do(commands.InviteGuests(ana.room_id))
        await asyncio.to_thread(ana.hears, events.GuestsInvited, here=1)
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
    assert is_closed(port_of(link))


def test_a_code_ends_by_itself(ana: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "GUEST_INVITED_SECONDS", 0.2)
    monkeypatch.setattr(limits, "GUEST_PORT_SECONDS", 0.1)
    link = invites(ana)
    assert not ana.hears(events.GuestInvitationEnded).withdrawn
    wait_until(lambda: is_closed(port_of(link)))


def test_the_time_of_a_code_is_changed_and_its_link_stays(ana: Person) -> None:
    ana.do(commands.InviteGuests(ana.room_id))
    first = ana.hears(events.GuestsInvited)
    ana.do(commands.SetInvitationTime(ana.room_id, InvitationTime.UNTIL_WITHDRAWN))
    longer = ana.hears(events.GuestsInvited, lasts=InvitationTime.UNTIL_WITHDRAWN)
    assert (longer.link, longer.ends_at) == (first.link, None)
    ana.do(commands.SetInvitationTime(ana.room_id, InvitationTime.TODAY))
    today = ana.hears(events.GuestsInvited, lasts=InvitationTime.TODAY)
    assert today.ends_at is not None
    assert today.began_at < today.ends_at <= today.began_at + 25 * 3_600_000


def test_a_code_whose_time_was_shortened_ends_then(ana: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    invites(ana, InvitationTime.UNTIL_WITHDRAWN)
    monkeypatch.setattr(limits, "GUEST_INVITED_SECONDS", 0.1)
    ana.do(commands.SetInvitationTime(ana.room_id, InvitationTime.HALF_HOUR))
    assert not ana.hears(events.GuestInvitationEnded).withdrawn


def test_who_came_in_with_a_code_is_told_and_who_left(ana: Person) -> None:
    link, me, other = invites(ana), new_identity(), new_identity()

    async def scene() -> None:
        phone = await Phone.enter(link, me, "Mia")
        (came,) = (await asyncio.to_thread(ana.hears, events.GuestsCame)).guests
        assert (came.member, came.here, came.newest) == (me.key, True, True)
        await phone.leave()
        assert await asyncio.to_thread(ana.hears, events.GuestsCame) == events.GuestsCame(
            ana.room_id, (replace(came, here=False),)
        )
        again = await Phone.enter(link, me, "Mia")
        assert await asyncio.to_thread(ana.hears, events.GuestsCame) == events.GuestsCame(ana.room_id, (came,))
        jo = await Phone.enter(await makes_another(ana, link), other, "Jo")
        guests: tuple[events.GuestArrival, ...] = ()
        while len(guests) < 2:
            guests = (await asyncio.to_thread(ana.hears, events.GuestsCame)).guests
        assert [(one.member, one.newest) for one in guests] == [(me.key, False), (other.key, True)]
        await jo.leave()
        await again.leave()

    on_a_phone(scene)


@pytest.mark.parametrize(("sends_away", "code"), [(commands.Remove, "removed"), (commands.Ban, "banned")])
def test_a_guest_who_was_sent_away_comes_back_with_a_later_code_at_most(
    ana: Person, sends_away: Callable[[RoomId, MemberKey], commands.Command], code: str
) -> None:
    """The code is nobody's from then on who was not in: they may have cleared the browser, and be somebody new."""
    link, me, other = invites(ana), new_identity(), new_identity()

    async def scene() -> None:
        await (await Phone.enter(link, other, "Jo")).leave()
        phone = await Phone.enter(link, me, "Mia")
        await phone.send(frames.Resume(0, 0, START))
        await answer_to(phone, frames.Welcome)
        ana.do(sends_away(ana.room_id, me.key))
        assert await answer_to(phone, frames.Refused) == frames.Refused(code)
        await phone.leave()
        await is_refused(link, code, me, "Mia")
        await is_refused(link, "ended", new_identity(), "Mia")
        assert not (await asyncio.to_thread(ana.hears, events.GuestInvitationEnded)).withdrawn
        await (await Phone.enter(link, other, "Jo")).leave()
        later = await makes_another(ana, link)
        if code == "removed":
            await (await Phone.enter(later, me, "Mia")).leave()
        else:
            await is_refused(later, code, me, "Mia")

    on_a_phone(scene)


def test_the_link_leads_to_the_network_that_was_chosen_while_it_is_there(ana: Person) -> None:
    assert ana.network is not None
    ana.network.set(also=("127.0.0.2",))
    ana.do(commands.InviteGuests(ana.room_id))
    told = ana.hears(events.GuestsInvited)
    assert [one.address for one in told.networks] == ["127.0.0.1", "127.0.0.2"]
    assert told.link.startswith("http://127.0.0.1:")
    ana.do(commands.ChooseGuestNetwork(ana.room_id, "127.0.0.2"))
    chosen = ana.hears(events.GuestsInvited)
    assert chosen.link.startswith("http://127.0.0.2:")
    ana.do(commands.ChooseGuestNetwork(ana.room_id, "127.0.0.3"))
    assert "no such address" in ana.hears(events.Problem).what
    ana.network.set(also=())
    gone = ana.hears(events.GuestsInvited)
    assert gone.link == told.link


def test_without_a_network_there_is_no_link_until_there_is_one(ana: Person) -> None:
    assert ana.network is not None
    ana.network.set(online=False)
    ana.do(commands.InviteGuests(ana.room_id))
    assert ana.hears(events.GuestsInvited).link == ""
    ana.network.set(online=True)
    assert ana.hears(events.GuestsInvited).link.startswith("http://127.0.0.1:")


def test_an_address_at_which_the_page_does_not_open_comes_last_and_is_said(ana: Person) -> None:
    assert ana.network is not None
    ana.network.set(also=("255.255.255.255",))
    ana.do(commands.InviteGuests(ana.room_id))
    ana.do(commands.ChooseGuestNetwork(ana.room_id, "255.255.255.255"))
    while not (told := ana.hears(events.GuestsInvited)).obstacles:
        pass
    assert "cannot open its own page for phones at 255.255.255.255:" in told.obstacles[0].says
    assert told.networks[-1].address == "255.255.255.255"


@pytest.mark.skipif(sys.platform != "linux", reason="ufw is Linux'")
def test_a_firewall_is_said_until_a_phone_has_come_in_from_elsewhere(
    ana: Person, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = tmp_path / "ufw.conf"
    settings.write_text("ENABLED=yes\n", "ascii")
    monkeypatch.setattr(firewall, "UFW", settings)
    link = invites(ana)
    told = ana.hears(events.GuestsInvited, here=0)
    assert [wall.command for wall in told.obstacles] == [f"sudo ufw allow {port_of(link)}/tcp"]

    async def scene() -> None:
        here = await Phone.enter(link, nick="Zoe")
        assert (await asyncio.to_thread(ana.hears, events.GuestsInvited, here=1)).obstacles == told.obstacles
        phone = await Phone.knock(link, nick="Mia", address="127.0.0.5")
        assert (await asyncio.to_thread(ana.hears, events.GuestsInvited, here=2)).obstacles == ()
        await phone.leave()
        await here.leave()

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


# --- coming back after the host's program was started again ----------------------------------------------------------
def starts_again(host: Person, title: str = "Kitchen") -> None:
    host.quits()
    host.starts()
    host.hosts(title)


async def comes_back(link: str, me: Identity, nick: str = "Mia") -> None:
    """As a page that is open on a phone: as soon as somebody answers."""
    while True:
        with suppress(ConnectionRefusedError):
            return await (await Phone.enter(link, me, nick)).leave()


def a_phone_was_in(host: Person) -> tuple[str, Identity]:
    """By a new code. Returns the link and the guest's identity."""
    link, me = invites(host), new_identity()
    on_a_phone(lambda: comes_back(link, me))
    return link, me


async def is_refused(link: str, code: str, me: Identity | None = None, nick: str = "Zoe") -> None:
    phone = await Phone.knock(link, me, nick)
    assert await phone.next() == frames.Refused(code)
    await phone.leave()


async def is_unknown(link: str, me: Identity) -> None:
    """The code is none of the room any more."""
    phone = await Phone.knock(link, me, "Mia")
    with pytest.raises(ConnectionClosed):
        await phone.next()
    await phone.leave()


def test_a_code_outlives_the_hosts_program(ana: Person) -> None:
    """It is the same link, for newcomers, too."""
    link, me = a_phone_was_in(ana)
    starts_again(ana)
    assert ana.hears(events.GuestsInvited).link.endswith(link.removeprefix("http://127.0.0.1"))
    on_a_phone(lambda: comes_back(link, me))
    on_a_phone(lambda: comes_back(link, new_identity(), "Zoe"))


def test_who_came_in_with_a_code_that_has_ended_comes_back_and_nobody_else(ana: Person) -> None:
    old, me = invites(ana), new_identity()
    on_a_phone(lambda: comes_back(old, me))
    ana.do(commands.InviteGuests(ana.room_id))
    ana.hears(events.GuestsInvited, here=0)
    starts_again(ana)
    on_a_phone(lambda: comes_back(old, me))
    on_a_phone(lambda: is_refused(old, "ended"))


def test_who_was_removed_stays_away_when_the_program_starts_again(ana: Person) -> None:
    link, me, other = invites(ana), new_identity(), new_identity()
    on_a_phone(lambda: comes_back(link, me))
    on_a_phone(lambda: comes_back(link, other, "Jo"))
    ana.do(commands.Remove(ana.room_id, me.key))
    starts_again(ana)
    on_a_phone(lambda: comes_back(link, other, "Jo"))
    on_a_phone(lambda: is_refused(link, "removed", me))


def test_a_code_that_was_withdrawn_stays_withdrawn(ana: Person) -> None:
    link, _ = a_phone_was_in(ana)
    ana.do(commands.WithdrawGuests(ana.room_id))
    ana.hears(events.GuestInvitationEnded)
    starts_again(ana)
    ana.says("still here")
    ana.hears_nothing(events.GuestsInvited)
    assert is_closed(port_of(link))


@pytest.mark.parametrize("new", [True, False])
def test_a_new_passphrase_withdraws_the_codes(ana: Person, new: bool) -> None:
    ana.leaves()
    ana.hosts("Cellar", passphrase=WORDS)
    link, me = a_phone_was_in(ana)
    ana.leaves()
    ana.hosts("Cellar", passphrase="taxi inside laser lentil" if new else WORDS)
    now = f"http://127.0.0.1:{port_of(invites(ana))}/{link[link.index('#') :]}"
    on_a_phone(lambda: is_unknown(now, me) if new else comes_back(now, me))


def starts_later(host: Person, title: str = "Kitchen", **changed: int) -> None:
    """While the program does not run, what it kept of its only code becomes another."""
    host.quits()
    with closing(Store.open(host.folder)) as store:
        (record,) = store.guest_codes(host.room_id)
        store.put_guest_codes(host.room_id, [replace(record, **changed)])
    host.starts()
    host.hosts(title)


def test_a_code_ends_while_the_program_does_not_run(ana: Person) -> None:
    link, me = a_phone_was_in(ana)
    starts_later(ana, ends_at=now_ms() - 1)
    on_a_phone(lambda: comes_back(link, me))
    on_a_phone(lambda: is_refused(link, "ended"))
    ana.hears_nothing(events.GuestsInvited)


def test_a_code_that_nobody_used_for_long_is_dropped(ana: Person) -> None:
    link, me = invites(ana, InvitationTime.UNTIL_WITHDRAWN), new_identity()
    on_a_phone(lambda: comes_back(link, me))
    starts_later(ana, used_at=now_ms() - 31 * 86_400_000)
    ana.hears_nothing(events.GuestsInvited)
    assert is_closed(port_of(link))


@pytest.mark.parametrize("years", [5, 50])
def test_a_clock_that_was_wrong_by_years_makes_no_code_endless(ana: Person, years: int) -> None:
    link, me = a_phone_was_in(ana)
    then = now_ms() + years * 365 * 86_400_000  # when it was made, by a clock that was put right since
    starts_later(ana, made_at=then, used_at=then, ends_at=then + 1_800_000)
    on_a_phone(lambda: comes_back(link, me))
    on_a_phone(lambda: is_refused(link, "ended"))


def test_few_codes_are_kept(ana: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who came in with the one that was used longest ago needs a new one."""
    monkeypatch.setattr(limits, "GUEST_CODES", 2)
    people = {nick: new_identity() for nick in ("Mia", "Zoe", "Leo")}
    links = []
    for nick, me in people.items():
        links.append(link := invites(ana))
        on_a_phone(partial(comes_back, link, me, nick))
        ana.hears(events.GuestsInvited, here=1)
        ana.hears(events.GuestsInvited, here=0)

    async def scene() -> None:
        await is_unknown(links[0], people["Mia"])
        await comes_back(links[1], people["Zoe"], "Zoe")
        await comes_back(links[2], people["Leo"], "Leo")

    on_a_phone(scene)


def test_a_port_that_another_program_took_is_replaced(ana: Person) -> None:
    link, me = a_phone_was_in(ana)
    ana.quits()
    with socket.create_server(("0.0.0.0", port_of(link))):
        ana.starts()
        ana.hosts("Kitchen")
        now = ana.hears(events.GuestsInvited).link
        assert port_of(now) != port_of(link)
        on_a_phone(lambda: comes_back(f"http://127.0.0.1:{now.split(':')[2]}", me))


# --- when somebody else keeps the room open --------------------------------------------------------------------------
WORDS = "laser lentil taxi inside"


def cellar(people: People) -> tuple[Person, Person]:
    """Ana hosts the cellar, and Ben keeps it open after her."""
    ana, ben = people.person("Ana"), people.person("Ben")
    ana.hosts("Cellar", passphrase=WORDS)
    ben.joins("Cellar", passphrase=WORDS)
    has_heirs(ana, ben)
    return ana, ben


def codes_of(person: Person) -> list[GuestCodeRecord]:
    """Those on the disk."""
    with closing(open_for_reading(person.folder / data_folder.DATABASE, 5.0)) as database:
        return Records(database).guest_codes(person.room_id)


def keeper_link(keeper: Person, host_link: str) -> str:
    """Where a page goes that was at the host's: the same code, at the new host's page."""
    code, _fingerprint = GuestCode.read_fragment(host_link.partition("#")[2])
    with closing(open_for_reading(keeper.folder / data_folder.DATABASE, 5.0)) as database:
        port = Records(database).guest_port(keeper.room_id)
    return f"http://127.0.0.1:{port}/#{code.fragment(keeper.me)}"


@pytest.mark.parametrize("politely", [True, False])
def test_a_guest_goes_on_at_whoever_keeps_the_room_open_next(people: People, politely: bool) -> None:
    ana, ben = cellar(people)
    link, me = invites(ana), new_identity()

    async def scene() -> frames.Moved | frames.Heirs:
        phone = await Phone.enter(link, me, "Mia")
        await phone.send(frames.Resume(0, 0, START))
        told = await answer_to(phone, frames.Heirs)
        if politely:
            ana.do(commands.HandOver(ana.room_id, ben.me))
            moved = await answer_to(phone, frames.Moved)
            assert moved.heir == told.heirs[0]
        await phone.leave()
        return told

    told = on_a_phone(scene)
    assert [heir.key for heir in told.heirs] == [ben.me]
    if not politely:
        assert not codes_of(ben), "it has them on the disk only when it keeps the room open"
        ana.quits()
    ben.is_(ConnectionState.HOSTING)
    ben.hears(events.GuestsInvited)
    wait_until(lambda: not keeper_link(ben, link).startswith("http://127.0.0.1:0/"))
    on_a_phone(lambda: comes_back(keeper_link(ben, link), me))
    on_a_phone(lambda: comes_back(keeper_link(ben, link), new_identity(), "Zoe"))


def test_a_code_that_is_withdrawn_lets_nobody_in_at_the_next_keepers_either(people: People) -> None:
    ana, ben = cellar(people)
    a_phone_was_in(ana)
    ana.do(commands.WithdrawGuests(ana.room_id))
    ana.hears(events.GuestInvitationEnded)
    ana.quits()
    ben.is_(ConnectionState.HOSTING)
    ben.says("mine now")
    ben.hears_nothing(events.GuestsInvited)


def test_the_owner_who_was_away_when_the_next_keeper_withdrew_a_code_lets_nobody_in_with_it(people: People) -> None:
    ana, ben = cellar(people)
    a_phone_was_in(ana)
    ana.do(commands.HandOver(ana.room_id, ben.me))
    ana.is_(ConnectionState.CONNECTED)
    ana.quits()
    ben.do(commands.WithdrawGuests(ben.room_id))
    ben.quits()
    ana.starts()
    ana.hosts("Cellar")
    ana.says("mine again")
    ana.hears_nothing(events.GuestsInvited)


def test_who_cannot_open_the_room_keeps_no_codes(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    ana, ben = cellar(people)
    a_phone_was_in(ana)

    def make_opening(*_arguments: object, **_wishes: object) -> Entry:
        raise NoEpochLeft

    monkeypatch.setattr(kept_room, "make_opening", make_opening)
    ana.quits()
    ben.do(commands.KeepOpen(ben.room_id))
    ben.hears(events.Problem)
    ben.quits()
    assert not codes_of(ben)


def test_codes_of_a_host_that_was_not_heard_for_long_let_nobody_in(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    ana, ben = cellar(people)
    a_phone_was_in(ana)
    monkeypatch.setattr(limits, "GUEST_CODES_SECONDS", -1.0)
    ana.quits()
    ben.is_(ConnectionState.HOSTING)
    ben.says("mine now")
    ben.hears_nothing(events.GuestsInvited)


def test_a_code_grows_old_also_where_its_keepers_change(people: People) -> None:
    ana, ben = people.person("Ana"), people.person("Ben")
    ana.hosts("Cellar", passphrase=WORDS)
    a_phone_was_in(ana)
    aged = now_ms() - 20 * 86_400_000
    starts_later(ana, "Cellar", used_at=aged)
    ben.joins("Cellar", passphrase=WORDS)
    has_heirs(ana, ben)
    ana.do(commands.HandOver(ana.room_id, ben.me))
    ben.is_(ConnectionState.HOSTING)
    wait_until(lambda: bool(codes_of(ben)))
    (kept,) = codes_of(ben)
    assert abs(kept.used_at - aged) < 60_000


def test_who_takes_the_room_back_has_the_guests_again(people: People) -> None:
    ana, ben = cellar(people)
    link, me = a_phone_was_in(ana)
    ana.do(commands.HandOver(ana.room_id, ben.me))
    ben.is_(ConnectionState.HOSTING)
    ben.hears(events.GuestsInvited)
    wait_until(lambda: not keeper_link(ben, link).startswith("http://127.0.0.1:0/"))
    on_a_phone(lambda: comes_back(keeper_link(ben, link), new_identity(), "Zoe"))
    has_heirs(ben, ana)
    ana.do(commands.TakeBackRoom(ana.room_id))
    ana.is_(ConnectionState.HOSTING)
    on_a_phone(lambda: comes_back(link, me))


def test_a_code_of_half_an_hour_stays_one_and_ends_when_it_did_however_often_the_room_changes_hands(
    people: People,
) -> None:
    ana, ben = people.person("Ana"), people.person("Ben")
    ana.hosts("Cellar", passphrase=WORDS)
    invites(ana)
    wait_until(lambda: bool(codes_of(ana)))
    then = codes_of(ana)[0].ends_at - 600_000  # it has twenty minutes left
    starts_later(ana, "Cellar", ends_at=then, made_at=then - 1_800_000)
    ben.joins("Cellar", passphrase=WORDS)
    wanted = then, InvitationTime.HALF_HOUR

    def shows_it(keeper: Person) -> None:
        keeper.is_(ConnectionState.HOSTING)
        told = keeper.hears(events.GuestsInvited)
        assert (told.ends_at, told.lasts) == wanted
        keeper.unheard = [event for event in keeper.unheard if not isinstance(event, events.GuestsInvited)]

    shows_it(ana)
    for _turn in range(2):
        has_heirs(ana, ben)
        ana.do(commands.HandOver(ana.room_id, ben.me))
        shows_it(ben)
        has_heirs(ben, ana)
        ana.do(commands.TakeBackRoom(ana.room_id))
        shows_it(ana)
    has_heirs(ana, ben)
    ana.quits()
    shows_it(ben)


@pytest.mark.parametrize("left_ms", [None, 36_000_000])
def test_an_heir_has_every_code_for_half_an_hour_at_the_most(left_ms: int | None) -> None:
    (kept,) = inherited([GivenCode(b"s" * 16, left_ms, [], 5)], 1_000, 90_000)
    assert (kept.made_at, kept.ends_at, kept.used_at) == (90_000, 1_890_000, 995)


def test_the_time_since_a_code_was_given_counts() -> None:
    (kept,) = inherited([GivenCode(b"s" * 16, 600_000, [], 0)], 1_003, 500_000)
    assert (kept.made_at, kept.ends_at) == (-1_199_000, 601_000)
    (ended,) = inherited([GivenCode(b"s" * 16, 0, [], 0)], 1_700, 1_700)
    assert ended.ends_at == 1_700
