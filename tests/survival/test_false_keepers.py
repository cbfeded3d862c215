"""Somebody says on the network that they keep a room open now. Its members believe no word of it without the passes."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from engine.people import People, Person

from lanchat.core import encoded_log, frames
from lanchat.core.content import BanChange, encode
from lanchat.core.keeping import Passes, Rank
from lanchat.core.model import RoomId
from lanchat.engine import commands, events
from lanchat.engine.events import ConnectionState
from lanchat.trust.identity import Identity, load_or_create
from lanchat.trust.passes import make_pass
from lanchat.trust.signing import make_entry
from survival.aside import aside
from survival.evil import Guest
from survival.false_keeper import EPOCH, FalseKeeper
from tests.identities import new_identity

WORDS = "apple-banjo-comet-dune"


@pytest.fixture
def people(tmp_path: Path) -> Iterator[People]:
    everybody = People(tmp_path)
    yield everybody
    everybody.leave()


@pytest.fixture
def ben(people: People) -> Person:
    """In the kitchen, which Ana owns and hosts."""
    ana, ben = people.person("Ana"), people.person("Ben")
    ana.hosts("Kitchen")
    ben.joins("Kitchen")
    return ben


def _of(person: Person) -> Identity:
    return load_or_create(person.folder)


def _none(_owner: Identity, _false: Identity, _room_id: RoomId) -> Passes:
    return ()


def _its_own(_owner: Identity, false: Identity, room_id: RoomId) -> Passes:
    return (make_pass(false, room_id, false.key, Rank.MEMBER, 0),)


def _of_another_room(owner: Identity, false: Identity, _room_id: RoomId) -> Passes:
    return (make_pass(owner, RoomId("gardengardengard"), false.key, Rank.MEMBER, 0),)


def _somebody_elses(owner: Identity, _false: Identity, room_id: RoomId) -> Passes:
    return (make_pass(owner, room_id, new_identity().key, Rank.MEMBER, 0),)


@pytest.mark.parametrize("made", [_none, _its_own, _of_another_room, _somebody_elses])
def test_who_says_to_keep_a_room_open_and_shows_nothing_learns_not_even_who_asks(
    people: People, ben: Person, made: Callable[[Identity, Identity, RoomId], Passes]
) -> None:
    """While the real host is there, too, its people get in as always."""
    ana, false = people.person("Ana", starts=False), new_identity()
    owner = _of(ana)
    assert ben.room_id is not None
    evil = FalseKeeper(false, ben.room_id, owner.key, made(owner, false, ben.room_id))
    with aside(evil.announced(people)):
        ben.until(lambda: any(found.epoch == EPOCH for found in ben.listings.values()))
        ben.quits()
        ben.starts()
        ben.joins("Kitchen")
        ben.says("Still me, Ana?")
        ben.sees("Still me, Ana?")
        ben.hears_nothing(events.KeyChanged)
    assert not evil.heard


def test_a_member_who_was_banned_keeps_nothing_open(people: People) -> None:
    """Cem has a pass from before. Nobody goes in there, and all go back to Ana when she is there again."""
    ana, ben, cem = (people.person(nick) for nick in ("Ana", "Ben", "Cem"))
    ana.hosts("Kitchen")
    ben.joins("Kitchen")
    cem.joins("Kitchen")
    assert ana.room_id is not None
    assert ana.me is not None
    assert cem.me is not None
    cem.quits()
    passes = (make_pass(_of(ana), ana.room_id, cem.me, Rank.MEMBER, 0),)
    ana.do(commands.Ban(ana.room_id, cem.me))
    ben.hears(events.Banned, member=cem.me)
    evil = FalseKeeper(_of(cem), ana.room_id, ana.me, passes)
    with aside(evil.announced(people)):
        ana.quits()
        ben.until(lambda: "not allowed to keep it open" in ben.room.problem)
        assert ben.room.state is ConnectionState.RECONNECTING
        ana.starts()
        ana.hosts("", room_id=ben.room_id)
        ben.is_(ConnectionState.CONNECTED)
        ben.hears_nothing(events.KeyChanged)
    assert not evil.heard


def test_a_stranger_does_not_keep_a_room_from_going_on_without_its_host(people: People) -> None:
    """Announced as its newest host at the moment at which Ana leaves."""
    ana, ben, cem = (people.person(nick) for nick in ("Ana", "Ben", "Cem"))
    ana.hosts("Kitchen", passphrase=WORDS)
    ben.joins("Kitchen", passphrase=WORDS)
    while ana.hears(events.HeirsChanged).heirs[:1] != (ben.me,):
        pass
    cem.joins("Kitchen", passphrase=WORDS)
    assert ana.room_id is not None
    assert ana.me is not None
    evil = FalseKeeper(new_identity(), ana.room_id, ana.me, ())
    with aside(evil.announced(people)):
        ben.until(lambda: any(found.epoch == EPOCH for found in ben.listings.values()))
        ana.quits()
        ben.is_(ConnectionState.HOSTING)
        cem.is_(ConnectionState.CONNECTED)
        cem.until(lambda: "Ben" in cem.roster and "Ana" not in cem.roster)
        cem.says("still us")
        ben.sees("still us")
        for person in (ben, cem):
            person.hears_nothing(events.KeyChanged)
    assert not evil.heard


def test_a_ban_counts_also_where_its_host_was_cut_off_before_the_end(people: People) -> None:
    """Ben reads Cem's ban at Ana's, who is gone before she has given all. Cem says that there is more than there ever
    will be: whoever went in would wait for it."""
    ana, ben, cem = (people.person(nick) for nick in ("Ana", "Ben", "Cem"))
    ana.hosts("Kitchen")
    for one in (ben, cem):
        one.joins("Kitchen")
    assert ana.room_id is not None
    assert ben.me is not None
    assert cem.me is not None
    room_id, owner, banned = ana.room_id, _of(ana), _of(cem)
    for one in (cem, ana):
        one.quits()
    log = ben.log(whole=True)
    end, cut_off = log[-1], threading.Event()

    async def gives_a_part(guest: Guest) -> None:
        keeper = _keeper(guest)
        await guest.let_in()
        await guest.until(frames.Resume)
        guest.send(keeper.welcome(end.seq, end.head, end.seq + 10))
        ban = make_entry(owner, room_id, 1_000, encode(BanChange(banned.key, True)), 1)
        guest.send(encoded_log.pack(keeper.placed([keeper.keeps, ban], end.seq, end.head)))
        while (await guest.until(frames.Have)).seq < end.seq + 2:
            pass
        guest.abort()
        cut_off.set()

    async def has_more_than_it_gives(guest: Guest) -> None:
        keeper = _keeper(guest)
        await guest.let_in()
        await guest.until(frames.Resume)
        guest.send(keeper.welcome(0, bytes(32), 1 << 39))

    with aside(FalseKeeper(owner, room_id, owner.key, (), gives_a_part).announced(people)):
        assert cut_off.wait(30)
    passes = (make_pass(owner, room_id, banned.key, Rank.MEMBER, 0),)
    evil = FalseKeeper(banned, room_id, owner.key, passes, has_more_than_it_gives, EPOCH + (1 << 20))
    with aside(evil.announced(people)):
        ben.until(lambda: "not allowed to keep it open" in ben.room.problem)
    assert not evil.heard


def _keeper(guest: Guest) -> FalseKeeper:
    assert isinstance(guest.host, FalseKeeper)
    return guest.host
