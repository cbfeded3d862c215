"""Rooms that a member keeps open: who was in before goes on there in silence, and strangers are kept out as ever."""

from __future__ import annotations

import queue
import shutil
from collections.abc import Callable
from functools import partial

import pytest

from engine.people import PATIENCE_SECONDS, People, Person
from lanchat.core import posting, succession
from lanchat.core.listing import key_fingerprint
from lanchat.core.model import MemberKey
from lanchat.engine import commands, events
from lanchat.engine.events import ConnectionState
from lanchat.engine.keeper_changes import KeeperChanges

WORDS = "apple-banjo-comet-dune"
_ASKED = (events.KeyChanged, events.PassphraseNeeded)


@pytest.fixture
def protected(people: People) -> tuple[Person, Person, Person]:
    """Ana hosts the kitchen behind a passphrase; Ben could keep it open, or else Cem: both have that from her."""
    ana, ben, cem = (people.person(nick) for nick in ("Ana", "Ben", "Cem"))
    ana.hosts("Kitchen", passphrase=WORDS)
    ben.joins("Kitchen", passphrase=WORDS)
    assert ben.me is not None
    is_heir(ana, ben.me)
    cem.joins("Kitchen", passphrase=WORDS)
    while len(ana.hears(events.HeirsChanged).heirs) < 2:
        pass
    return ana, ben, cem


def is_heir(host: Person, key: MemberKey) -> None:
    """Can keep the room open when this host leaves, before all others."""
    while host.hears(events.HeirsChanged).heirs[:1] != (key,):
        pass


def ben_keeps_it(ana: Person, ben: Person, cem: Person) -> None:
    ana.quits()
    ben.is_(ConnectionState.HOSTING)
    cem.is_(ConnectionState.CONNECTED)
    cem.until(lambda: "Ben" in cem.roster and "Ana" not in cem.roster)


def test_a_member_goes_on_at_another_ones_without_being_asked(protected: tuple[Person, Person, Person]) -> None:
    ana, ben, cem = protected
    ben_keeps_it(ana, ben, cem)
    cem.says("so it is you now")
    ben.sees("so it is you now")
    cem.hears_nothing(*_ASKED)


def test_after_a_start_the_kept_passphrase_leads_in(protected: tuple[Person, Person, Person]) -> None:
    """Ben never let Cem in before, who was away while Ana went."""
    ana, ben, cem = protected
    cem.quits()
    ana.quits()
    ben.is_(ConnectionState.HOSTING)
    cem.starts()
    cem.joins("Kitchen")
    cem.says("nobody asked me")
    ben.sees("nobody asked me")
    cem.hears_nothing(*_ASKED)


def test_a_stranger_needs_the_passphrase_there_as_well(
    protected: tuple[Person, Person, Person], people: People
) -> None:
    ana, ben, cem = protected
    dora = people.person("Dora")
    ben_keeps_it(ana, ben, cem)
    assert isinstance(dora.asks_to_join("Kitchen"), events.PassphraseNeeded)
    assert dora.asks_to_join("Kitchen", passphrase="apple-banjo-comet-tuna").wrong
    dora.joins("Kitchen", passphrase=WORDS)
    dora.says("hello Ben")
    cem.sees("hello Ben")


def test_the_owner_comes_back_and_whom_ben_let_in_needs_no_passphrase_there(
    protected: tuple[Person, Person, Person], people: People
) -> None:
    """Ana has never heard of Dora, who shows a pass of Ben's."""
    ana, ben, cem = protected
    dora = people.person("Dora")
    ben_keeps_it(ana, ben, cem)
    dora.joins("Kitchen", passphrase=WORDS)
    ben.sees_here("Ben", "Cem", "Dora")
    for person in (cem, dora, ben):
        person.quits()
    ana.starts()
    ana.hosts("Kitchen")
    dora.starts()
    dora.joins("Kitchen")
    dora.says("Ben let me in")
    ana.sees("Ben let me in")
    dora.hears_nothing(*_ASKED)


def test_a_new_passphrase_ends_what_members_kept(protected: tuple[Person, Person, Person]) -> None:
    """Cem did not hear of it: he is asked once, and goes on once he knows it."""
    ana, ben, cem = protected
    for person in (ben, cem):
        person.quits()
    ana.quits()
    ana.starts()
    ana.hosts("Kitchen", passphrase="another-four-words-here")
    ben.starts()
    assert isinstance(ben.asks_to_join("Kitchen"), events.PassphraseNeeded)
    ben.joins("Kitchen", passphrase="another-four-words-here")
    assert ben.me is not None
    is_heir(ana, ben.me)
    ana.quits()
    ben.is_(ConnectionState.HOSTING)
    cem.starts()
    needed = cem.asks_to_join("Kitchen")
    assert isinstance(needed, events.PassphraseNeeded)
    assert not needed.wrong, "nobody typed anything"
    cem.joins("Kitchen", passphrase="another-four-words-here")
    cem.says("now I know it")
    ben.sees("now I know it")


def test_a_strangers_host_of_this_room_is_a_changed_key(
    protected: tuple[Person, Person, Person], people: People
) -> None:
    """Eve has all that was in Ben's data folder but his key: the passes are another's."""
    ana, ben, cem = protected
    eve = people.person("Eve", starts=False)
    for person in (ben, cem):
        person.quits()
    ana.quits()
    shutil.copytree(ana.folder, eve.folder, ignore=lambda *_: ["identity.pem", "device"])
    eve.starts()
    eve.hosts("Kitchen")
    cem.starts()
    assert isinstance(cem.asks_to_join("Kitchen"), events.KeyChanged)
    eve.sees_here("Eve")


def test_who_was_banned_keeps_it_open_for_nobody(protected: tuple[Person, Person, Person]) -> None:
    """Ben is banned while he is away, with a pass in his pocket; then he opens what he has of the room."""
    ana, ben, cem = protected
    assert ana.room_id is not None
    assert ben.me is not None
    ben.quits()
    ana.do(commands.Ban(ana.room_id, ben.me))
    cem.hears(events.Banned, member=ben.me)
    assert cem.me is not None
    is_heir(ana, cem.me)
    ana.quits()
    cem.is_(ConnectionState.HOSTING)
    ben.starts()
    refused = ben.asks_to_join("Kitchen")
    assert isinstance(refused, events.NotFound)
    assert refused.refused
    cem.sees_here("Cem")


def test_who_is_banned_while_they_keep_it_open_gives_it_up(protected: tuple[Person, Person, Person]) -> None:
    """Ana is a member in her own room when she bans Ben, who keeps it open."""
    ana, ben, cem = protected
    ben_keeps_it(ana, ben, cem)
    assert cem.me is not None
    is_heir(ben, cem.me)
    ana.starts()
    ana.do(commands.OpenRoom("Kitchen", port=0))
    ana.is_(ConnectionState.CONNECTED)
    assert ana.room_id is not None
    assert ben.me is not None
    ana.do(commands.Ban(ana.room_id, ben.me))
    ben.is_(ConnectionState.STOPPED)
    assert "does not want you" in ben.room.problem
    cem.until(lambda: "Ana" in cem.roster and "Ben" not in cem.roster)
    cem.says("without Ben")
    ana.sees("without Ben")


def test_who_missed_that_a_ban_was_lifted_is_not_locked_out(
    protected: tuple[Person, Person, Person], people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cem knows that Ben is banned, who keeps the room open rightly again. He opens it, too, and Dora, who goes where
    the epoch is higher, brings him the news."""
    ana, ben, cem = protected
    dora = people.person("Dora")
    dora.joins("Kitchen", passphrase=WORDS)
    monkeypatch.setattr(succession, "OTHERS_SECONDS", (0.5, 1.0))
    monkeypatch.setattr(posting, "_QUIET_SECONDS", (0.1, 0.2))
    assert ana.room_id is not None
    assert ben.me is not None
    ana.do(commands.Ban(ana.room_id, ben.me))
    cem.hears(events.Banned, member=ben.me)
    cem.quits()
    ana.do(commands.Ban(ana.room_id, ben.me, on=False))
    ana.hears(events.Banned, member=ben.me, on=False)
    ben.is_(ConnectionState.STOPPED)
    ben.joins("Kitchen")
    while ben.me not in ana.hears(events.HeirsChanged).heirs:
        pass
    ana.do(commands.HandOver(ana.room_id, ben.me))
    ben.sees_here("Ana", "Ben", "Dora")
    ana.quits()
    cem.starts()
    cem.asks_to_join("Kitchen")
    cem.is_(ConnectionState.HOSTING)
    cem.hears(events.Banned, member=ben.me, on=False)
    ben.is_(ConnectionState.CONNECTED)


def test_nobody_gives_way_to_who_was_banned_meanwhile(
    protected: tuple[Person, Person, Person], people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cem has the room open in a higher epoch when Ana's network is back. Before she goes there, she bans him."""
    ana, ben, cem = protected
    assert cem.me is not None
    ben_keeps_it(ana, ben, cem)
    is_heir(ben, cem.me)
    ben.quits()
    cem.is_(ConnectionState.HOSTING)
    queued: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
    give_way = KeeperChanges.give_way
    monkeypatch.setattr(KeeperChanges, "give_way", lambda *arguments: queued.put(partial(give_way, *arguments)))
    ana.starts()
    assert ana.network is not None
    ana.network.set(online=False)
    ana.hosts("Kitchen")
    ana.network.set(online=True)
    gives_way = queued.get(timeout=PATIENCE_SECONDS)
    assert ana.room_id is not None
    ana.do(commands.Ban(ana.room_id, cem.me))
    ana.hears(events.Banned, member=cem.me)
    dora = people.person("Dora")
    sees_kept_by(dora, cem)
    ana.runs(gives_way)
    sees_kept_by(dora, ana)
    assert ana.room.state is ConnectionState.HOSTING


def sees_kept_by(person: Person, keeper: Person) -> None:
    """The newest epoch is this keeper's."""
    assert keeper.me is not None
    fingerprint = key_fingerprint(keeper.me)
    person.until(lambda: "Kitchen" in person.listings and person.listings["Kitchen"].fingerprint == fingerprint)
