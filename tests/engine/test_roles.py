"""Whom the owner of a room makes a co-owner, and whom they let keep it open: it holds whoever has it open."""

from __future__ import annotations

import asyncio
import threading

import pytest

from engine.people import People, Person
from lanchat.core.keeping import Keepers, Rank, Role
from lanchat.core.model import MemberKey
from lanchat.engine import commands, events, keeper_changes
from lanchat.engine.active_room import ActiveRoom
from lanchat.engine.events import ConnectionState
from lanchat.engine.keeper_changes import KeeperChanges

WORDS = "apple-banjo-comet-dune"
Three = tuple[Person, Person, Person]


def room_of_three(people: People, keepers: Keepers) -> Three:
    ana, ben, cem = (people.person(nick) for nick in ("Ana", "Ben", "Cem"))
    ana.hosts("Kitchen", passphrase=WORDS, keepers=keepers)
    for one in (ben, cem):
        one.joins("Kitchen", passphrase=WORDS)
    for one in (ana, ben, cem):
        one.sees_here("Ana", "Ben", "Cem")
    return ana, ben, cem


@pytest.fixture
def named(people: People) -> Three:
    """Ana hosts the kitchen, which only whom she names may keep open. Ben and Cem are in it."""
    return room_of_three(people, "named")


def gives(owner: Person, member: Person, role: Role, *others: Person) -> None:
    assert member.me is not None
    owner.do(commands.GiveRole(owner.room_id, member.me, role))
    for one in (owner, member, *others):
        one.hears(events.RoleGiven, member=member.me, role=role, by=owner.me)


def has_heirs(keeper: Person, *heirs: Person) -> None:
    wanted = tuple(one.me for one in heirs)
    while keeper.hears(events.HeirsChanged).heirs != wanted:
        pass


def goes_on(*people: Person) -> None:
    for one in people:
        one.says(f"{one.nick} goes on")
    for one in people:
        one.sees(*(f"{other.nick} goes on" for other in people))


def a_co_owner_keeps_it(ana: Person, ben: Person, cem: Person) -> None:
    """Ana makes Ben a co-owner and goes; he keeps the room open, and Cem is in it."""
    gives(ana, ben, "coowner", cem)
    has_heirs(ana, ben)
    ana.quits()
    ben.is_(ConnectionState.HOSTING)
    cem.is_(ConnectionState.CONNECTED)


def a_co_owner_lets_another_keep_it(ana: Person, ben: Person, cem: Person) -> None:
    """Ben, a co-owner who has the room open, lets Cem keep it open after him."""
    a_co_owner_keeps_it(ana, ben, cem)
    assert cem.me is not None
    ben.do(commands.GiveRole(ben.room_id, cem.me, "keeper"))
    has_heirs(ben, cem)


def ban(who: Person, member: Person, on: bool = True) -> None:
    assert member.me is not None
    who.do(commands.Ban(who.room_id, member.me, on))


def rank(person: Person, of: Person) -> Rank:
    """What somebody's own disk says that a member may do."""
    return person.reads(lambda reader: reader.standing(person.room_id).rank(of.me or b""))


# --- who may keep it open


def test_only_whom_the_owner_names_keeps_the_room_open_and_passes_nothing_on(named: Three) -> None:
    ana, ben, cem = named
    gives(ana, ben, "keeper", cem)
    has_heirs(ana, ben)
    ana.quits()
    ben.is_(ConnectionState.HOSTING)
    cem.is_(ConnectionState.CONNECTED)
    goes_on(ben, cem)
    ben.quits()
    cem.is_(ConnectionState.RECONNECTING)
    cem.do(commands.KeepOpen(cem.room_id))
    assert "was not given the right" in cem.hears(events.Problem).what
    ana.starts()
    ana.hosts("Kitchen")
    cem.is_(ConnectionState.CONNECTED)


def test_where_anybody_may_the_room_goes_from_one_to_the_next(people: People) -> None:
    ana, ben, cem = room_of_three(people, "anyone")
    has_heirs(ana, ben, cem)
    ana.quits()
    ben.is_(ConnectionState.HOSTING)
    has_heirs(ben, cem)
    dora = people.person("Dora")
    dora.joins("Kitchen", passphrase=WORDS)
    has_heirs(ben, cem, dora)
    ben.quits()
    cem.is_(ConnectionState.HOSTING)
    has_heirs(cem, dora)
    cem.quits()
    dora.is_(ConnectionState.HOSTING)


def test_who_was_named_and_is_not_any_more_keeps_nothing_open(named: Three) -> None:
    ana, ben, cem = named
    gives(ana, ben, "keeper", cem)
    has_heirs(ana, ben)
    gives(ana, ben, "member", cem)
    has_heirs(ana)
    ana.quits()
    ben.is_(ConnectionState.RECONNECTING)
    ben.do(commands.KeepOpen(ben.room_id))
    assert "was not given the right" in ben.hears(events.Problem).what


def test_who_could_while_anybody_might_is_no_heir_where_only_the_named_are(people: People) -> None:
    ana, ben, cem = (people.person(nick) for nick in ("Ana", "Ben", "Cem"))
    ana.hosts("Kitchen", passphrase=WORDS)
    ben.joins("Kitchen", passphrase=WORDS)
    has_heirs(ana, ben)
    ana.do(commands.SetKeepers(ana.room_id, "named"))
    has_heirs(ana)
    ana.quits()
    ben.is_(ConnectionState.RECONNECTING)
    ana.starts()
    ana.hosts("Kitchen")
    ben.is_(ConnectionState.CONNECTED)  # and has shown the passes of before
    cem.joins("Kitchen", passphrase=WORDS)
    gives(ana, cem, "keeper", ben)
    has_heirs(ana, cem)
    ana.do(commands.HandOver(ana.room_id, ben.me))
    assert "cannot keep the room open" in ana.hears(events.Problem).what
    ana.quits()
    cem.is_(ConnectionState.HOSTING)
    ben.is_(ConnectionState.CONNECTED)


def test_when_anybody_may_again_so_may_who_was_named_once(named: Three) -> None:
    ana, ben, cem = named
    gives(ana, ben, "keeper", cem)
    gives(ana, ben, "member", cem)
    ana.do(commands.SetKeepers(ana.room_id, "anyone"))
    ben.hears(events.RoleGiven)
    heirs: set[MemberKey] = set()
    while heirs != {ben.me, cem.me}:
        heirs = set(ana.hears(events.HeirsChanged).heirs)


def test_only_the_owner_gives_roles(named: Three) -> None:
    ana, ben, cem = named
    ben.do(commands.GiveRole(ben.room_id, MemberKey(cem.me or b""), "coowner"))
    assert "Only who founded this room" in ben.hears(events.Problem).what
    ana.hears_nothing(events.RoleGiven)


# --- co-owners


def test_a_co_owner_takes_the_room_back_from_who_keeps_it(people: People) -> None:
    ana, ben, cem = room_of_three(people, "anyone")
    gives(ana, ben, "coowner", cem)
    has_heirs(ana, ben, cem)
    ana.do(commands.Leave(ana.room_id, heir=cem.me))
    cem.is_(ConnectionState.HOSTING)
    ben.is_(ConnectionState.CONNECTED)
    has_heirs(cem, ben)
    ben.do(commands.TakeBackRoom(ben.room_id))
    ben.is_(ConnectionState.HOSTING)
    cem.is_(ConnectionState.CONNECTED)
    goes_on(ben, cem)


def test_a_co_owner_takes_nothing_from_the_owner(named: Three) -> None:
    ana, ben, cem = named
    gives(ana, ben, "coowner", cem)
    ben.do(commands.TakeBackRoom(ben.room_id))
    assert "founded this room" in ben.hears(events.Problem).what
    ana.is_(ConnectionState.HOSTING)


def test_a_co_owner_bans_while_the_owner_is_away_and_the_owner_comes_back(named: Three) -> None:
    ana, ben, cem = named
    a_co_owner_keeps_it(ana, ben, cem)
    ban(ben, cem)
    cem.is_(ConnectionState.STOPPED)
    ban(ben, ana)
    assert "Nobody can ban who founded" in ben.hears(events.Problem).what
    ana.starts()
    ana.do(commands.OpenRoom("Kitchen", port=0))
    assert ana.hears(events.KeptElsewhere).keeper == ben.me
    ana.hears(events.Banned, member=cem.me, on=True)
    ana.do(commands.TakeBackRoom(ana.room_id))
    ana.is_(ConnectionState.HOSTING)
    assert isinstance(cem.asks_to_join("Kitchen"), events.NotFound)
    ban(ana, cem, on=False)
    ben.hears(events.Banned, member=cem.me, on=False)
    cem.joins("Kitchen")


def test_what_the_owner_bans_no_co_owner_lifts(named: Three) -> None:
    ana, ben, cem = named
    gives(ana, ben, "coowner", cem)
    ban(ana, cem)
    ben.hears(events.Banned, member=cem.me, on=True)
    ban(ben, cem, on=False)
    assert "only they can let them come again" in ben.hears(events.Problem).what
    assert cem.me in ana.reads(lambda reader: reader.banned(ana.room_id))


def test_no_co_owner_bans_another_and_no_member_bans_anybody_and_they_are_told_why(named: Three) -> None:
    ana, ben, cem = named
    gives(ana, ben, "coowner", cem)
    ban(cem, ben)
    assert "or a co-owner, can ban" in cem.hears(events.Problem).what
    gives(ana, cem, "coowner", ben)
    ban(ben, cem)
    assert "can ban a co-owner" in ben.hears(events.Problem).what
    ana.hears_nothing(events.Banned)


def test_who_waits_for_an_answer_takes_nothing_from_the_owner_who_came_back_meanwhile(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cem keeps the room open when Ben wants it back, and does not answer; Ana takes it before Ben's patience ends."""
    ana, ben, cem = room_of_three(people, "anyone")
    gives(ana, ben, "coowner", cem)
    has_heirs(ana, ben, cem)
    ana.do(commands.HandOver(ana.room_id, cem.me))
    cem.is_(ConnectionState.HOSTING)
    for one in (ana, ben):
        one.is_(ConnectionState.CONNECTED)
        one.hears(events.KeeperChanged, keeper=cem.me)
    asks, waited, by_force = threading.Event(), threading.Event(), KeeperChanges._take_by_force

    async def waits(changes: KeeperChanges, room: ActiveRoom) -> None:
        if not asks.is_set():  # Ben's, who is the first
            asks.set()
            await asyncio.to_thread(waited.wait, 30)
        await by_force(changes, room)

    monkeypatch.setattr(KeeperChanges, "give_back", lambda *_: None)
    monkeypatch.setattr(keeper_changes, "_ASK_SECONDS", 0.0)
    monkeypatch.setattr(KeeperChanges, "_take_by_force", waits)
    ben.do(commands.TakeBackRoom(ben.room_id))
    assert asks.wait(30)
    ana.do(commands.TakeBackRoom(ana.room_id))
    ana.is_(ConnectionState.HOSTING)
    ben.hears(events.KeeperChanged, keeper=ana.me)
    waited.set()
    assert "or a co-owner, can take it back" in ben.hears(events.Problem).what
    ana.is_(ConnectionState.HOSTING)
    goes_on(ana, ben, cem)


def test_who_is_no_co_owner_any_more_bans_nobody_and_takes_nothing_back(named: Three) -> None:
    ana, ben, cem = named
    gives(ana, ben, "coowner", cem)
    has_heirs(ana, ben)
    gives(ana, ben, "member", cem)
    has_heirs(ana)
    ban(ben, cem)
    ben.do(commands.TakeBackRoom(ben.room_id))
    assert "founded this room" in ben.hears(events.Problem).what
    goes_on(ana, ben, cem)
    assert {rank(one, ben) for one in (ana, ben, cem)} == {Rank.MEMBER}


def test_roles_outlive_hosts_and_restarts_and_a_new_passphrase(named: Three) -> None:
    ana, ben, cem = named
    gives(ana, ben, "coowner", cem)
    for one in (cem, ben, ana):
        one.quits()
    ana.starts()
    ana.hosts("Kitchen", passphrase="another-four-words-here")
    ben.starts()
    assert isinstance(ben.asks_to_join("Kitchen"), events.PassphraseNeeded)
    ben.joins("Kitchen", passphrase="another-four-words-here")
    ben.hears(events.RoleGiven, role="coowner")
    has_heirs(ana, ben)
    ana.quits()
    ben.is_(ConnectionState.HOSTING)
    cem.starts()
    cem.joins("Kitchen", passphrase="another-four-words-here")
    ban(ben, cem)
    cem.is_(ConnectionState.STOPPED)


def test_who_has_the_right_of_somebody_who_is_banned_is_no_heir_any_more(named: Three) -> None:
    """Ben, a co-owner, let Cem keep the room open; then Ana has it back, and bans Ben."""
    ana, ben, cem = named
    a_co_owner_lets_another_keep_it(ana, ben, cem)
    ana.starts()
    ana.do(commands.OpenRoom("Kitchen", port=0))
    ana.is_(ConnectionState.CONNECTED)
    ana.do(commands.TakeBackRoom(ana.room_id))
    ana.is_(ConnectionState.HOSTING)
    has_heirs(ana, ben, cem)
    ban(ana, ben)
    has_heirs(ana)
    ana.quits()
    cem.is_(ConnectionState.RECONNECTING)
    cem.do(commands.KeepOpen(cem.room_id))
    assert "was not given the right" in cem.hears(events.Problem).what


def test_a_keeper_who_is_banned_leaves_the_room_to_whom_others_let_keep_it(people: People) -> None:
    """Not to Dora, whom they let keep it themselves and named first: nobody would go there."""
    ana, ben, cem = room_of_three(people, "anyone")
    ana.do(commands.SetKeepRooms(False))
    has_heirs(ana, ben, cem)
    ana.quits()
    ben.is_(ConnectionState.HOSTING)
    has_heirs(ben, cem)
    dora = people.person("Dora")
    dora.joins("Kitchen", passphrase=WORDS)
    has_heirs(ben, cem, dora)
    cem.quits()
    cem.starts()
    cem.joins("Kitchen")
    has_heirs(ben, dora, cem)
    ana.starts()
    ana.do(commands.OpenRoom("Kitchen", port=0))
    ana.is_(ConnectionState.CONNECTED)
    ban(ana, ben)
    cem.is_(ConnectionState.HOSTING)
    for one in (ana, dora):
        one.is_(ConnectionState.CONNECTED)
        assert one.hears(events.KeeperChanged, keeper=cem.me)
    has_heirs(cem, dora)
    goes_on(ana, cem, dora)


def test_a_co_owner_who_keeps_the_room_open_names_who_may_after_them(named: Three) -> None:
    ana, ben, cem = named
    a_co_owner_lets_another_keep_it(ana, ben, cem)
    ben.quits()
    cem.is_(ConnectionState.HOSTING)
