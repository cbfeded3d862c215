"""Rooms with a passphrase, and hosts whose key is another than the one we knew."""

from __future__ import annotations

import shutil

import pytest

from engine.people import People, Person
from lanchat.core import limits
from lanchat.core.model import RoomId
from lanchat.engine import commands, events
from lanchat.engine.events import ConnectionState
from lanchat.storage.store import Store

WORDS = "apple-banjo-comet-dune"


@pytest.fixture
def protected(people: People) -> tuple[Person, Person]:
    """Ana hosts the kitchen behind a passphrase; Ben has never been in it."""
    ana, ben = people.person("Ana"), people.person("Ben")
    assert ana.hosts("Kitchen", passphrase=WORDS).passphrase == WORDS
    return ana, ben


def test_a_passphrase_is_needed_and_a_wrong_one_is_told(protected: tuple[Person, Person]) -> None:
    ana, ben = protected
    needed = ben.asks_to_join("Kitchen")
    assert isinstance(needed, events.PassphraseNeeded)
    assert (needed.title, needed.wrong) == ("Kitchen", False)
    wrong = ben.asks_to_join("Kitchen", passphrase="apple-banjo-comet-tuna")
    assert isinstance(wrong, events.PassphraseNeeded)
    assert wrong.wrong
    ben.joins("Kitchen", passphrase=WORDS)
    ben.says("it was the dune")
    ana.sees("it was the dune")


def test_after_too_many_guesses_one_has_to_wait(
    protected: tuple[Person, Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "PASSPHRASE_PER_ADDRESS", (2, 60.0))
    _, ben = protected
    for _ in range(2):
        assert ben.asks_to_join("Kitchen", passphrase="a guess").wrong
    answer = ben.asks_to_join("Kitchen", passphrase=WORDS)
    assert isinstance(answer, events.PassphraseNeeded)
    assert not answer.wrong
    assert 0 < answer.wait <= 60


def test_who_was_in_once_needs_no_passphrase_again(protected: tuple[Person, Person]) -> None:
    ana, ben = protected
    ben.joins("Kitchen", passphrase=WORDS)
    ana.quits()
    ben.is_(ConnectionState.RECONNECTING)
    ana.starts()
    ana.hosts("Kitchen")
    ben.is_(ConnectionState.CONNECTED)
    ben.quits()
    ben.starts()
    ben.joins("Kitchen")


def test_a_host_that_forgets_to_say_the_passphrase_stays_protected(
    protected: tuple[Person, Person], people: People
) -> None:
    ana, ben = protected
    ana.quits()
    ana.starts()
    assert ana.hosts("Kitchen").passphrase is None
    ben.until(lambda: "Kitchen" in ben.listings)
    assert ben.listings["Kitchen"].passphrase
    assert isinstance(ben.asks_to_join("Kitchen"), events.PassphraseNeeded)
    ben.joins("Kitchen", passphrase=WORDS)


def test_who_only_knew_the_old_passphrase_needs_the_new_one(protected: tuple[Person, Person]) -> None:
    ana, ben = protected
    ben.joins("Kitchen", passphrase=WORDS)
    ana.quits()
    ben.is_(ConnectionState.RECONNECTING)
    ana.starts()
    ana.hosts("Kitchen", passphrase="another-four-words-here")
    ben.is_(ConnectionState.STOPPED)
    assert ben.hears(events.PassphraseNeeded).title == "Kitchen"
    assert ben.asks_to_join("Kitchen", passphrase=WORDS).wrong
    ben.joins("Kitchen", passphrase="another-four-words-here")
    ana.quits()
    ana.starts()
    ana.hosts("Kitchen", passphrase="another-four-words-here")  # the same again changes nothing
    ben.is_(ConnectionState.RECONNECTING)
    ben.is_(ConnectionState.CONNECTED)


def test_made_up_words_open_the_door(people: People) -> None:
    ana, ben = people.person("Ana"), people.person("Ben")
    made_up = ana.hosts("Kitchen", make_passphrase=True).passphrase
    assert made_up
    assert len(made_up.split("-")) == 4
    assert isinstance(ben.asks_to_join("Kitchen"), events.PassphraseNeeded)
    ben.joins("Kitchen", passphrase=made_up.replace("-", " ").upper())


def test_a_passphrase_that_protects_nothing_is_not_taken(people: People) -> None:
    ana = people.person("Ana")
    ana.do(commands.OpenRoom("Kitchen", passphrase="abc", port=0))
    assert ana.hears(events.NotHosting).problem
    ana.hosts("Kitchen")


def test_a_protected_room_that_says_it_is_open_is_not_entered(protected: tuple[Person, Person]) -> None:
    """Somebody with the host's own files opens the room without its passphrase."""
    ana, ben = protected
    ben.joins("Kitchen", passphrase=WORDS)
    ana.quits()
    ben.is_(ConnectionState.RECONNECTING)
    unprotect(ana, ana.room_id)
    ana.starts()
    ana.hosts("Kitchen")
    ben.is_(ConnectionState.STOPPED)
    assert "says the room has no passphrase" in ben.room.problem
    again = ben.asks_to_join("Kitchen")
    assert isinstance(again, events.NotFound)
    assert again.refused
    ana.sees_here("Ana")


def test_an_open_room_is_not_entered_with_a_passphrase(people: People) -> None:
    """Whoever types one believes that the room is protected: to go on without it would deceive."""
    ana, ben = people.person("Ana"), people.person("Ben")
    ana.hosts("Kitchen")
    answer = ben.asks_to_join("Kitchen", passphrase=WORDS)
    assert isinstance(answer, events.NotFound)
    assert "no passphrase" in answer.problem


@pytest.fixture
def usurped(people: People) -> tuple[Person, Person, Person]:
    """Ben was in Ana's kitchen; now Eve hosts a room with its number, and Ben asks to join it."""
    ana, ben, eve = people.person("Ana"), people.person("Ben"), people.person("Eve", starts=False)
    ana.hosts("Kitchen")
    ben.joins("Kitchen")
    ben.quits()
    ana.quits()
    shutil.copytree(ana.folder, eve.folder, ignore=lambda *_: ["identity.pem", "device"])
    eve.starts()
    eve.hosts("Kitchen")
    ben.starts()
    return ana, ben, eve


def test_a_changed_host_key_stops_before_anything_is_said(usurped: tuple[Person, Person, Person]) -> None:
    ana, ben, eve = usurped
    changed = ben.asks_to_join("Kitchen")
    assert isinstance(changed, events.KeyChanged)
    assert changed.known_badge == ana.hosting.badge
    assert changed.new_badge == eve.hosting.badge
    assert changed.known_badge != changed.new_badge
    eve.says("who is there?")
    eve.sees("who is there?")
    eve.sees_here("Eve")


def test_only_the_badge_that_was_shown_leads_on(usurped: tuple[Person, Person, Person]) -> None:
    _, ben, eve = usurped
    changed = ben.asks_to_join("Kitchen")
    for wrong in (changed.known_badge, "0000-0000-0000-0000", "nonsense"):
        assert isinstance(ben.asks_to_join("Kitchen", accept_key=wrong), events.KeyChanged)
    ben.joins("Kitchen", accept_key=changed.new_badge.upper().replace("-", " "))
    ben.says("so it is you now")
    eve.sees("so it is you now")
    ben.leaves()
    ben.joins("Kitchen")  # it is the one we know from now on


def test_a_key_that_changes_under_a_member_stops_it(usurped: tuple[Person, Person, Person]) -> None:
    ana, ben, eve = usurped
    ben.do(commands.SetKeepRooms(False))  # else the room may be Ben's when Ana leaves
    eve.quits()
    ana.starts()
    ana.hosts("Kitchen", port=eve.hosting.port)
    ben.joins("Kitchen")
    ana.quits()
    ben.is_(ConnectionState.RECONNECTING)
    eve.starts()
    eve.hosts("Kitchen", port=eve.hosting.port)
    ben.is_(ConnectionState.STOPPED)
    assert ben.hears(events.KeyChanged).new_badge == eve.hosting.badge
    eve.sees_here("Eve")


def unprotect(host: Person, room_id: RoomId) -> None:
    store = Store.open(host.folder)
    try:
        record = store.room(room_id)
        store.put_room(type(record)(room_id, record.title, record.owner, hosted=True))
    finally:
        store.close()


def test_a_protected_room_is_opened_again_by_its_id_alone(protected: tuple[Person, Person]) -> None:
    """As a window does that was closed with the room open: nobody types the passphrase again."""
    ana, ben = protected
    room_id = ana.room_id
    ana.quits()
    ana.starts()
    again = ana.hosts("", room_id=room_id)
    assert (again.room_id, again.title, again.passphrase) == (room_id, "Kitchen", None)
    assert isinstance(ben.asks_to_join("Kitchen"), events.PassphraseNeeded)
    ben.joins("Kitchen", passphrase=WORDS)
    ben.says("the same door")
    ana.sees("the same door")


def test_an_open_room_remembers_nobody_who_came_in(people: People) -> None:
    ana, ben = people.person("Ana"), people.person("Ben")
    ana.hosts("Kitchen")
    ben.joins("Kitchen")
    ana.sees_here("Ana", "Ben")
    ana.do(commands.Leave(ana.room_id))
    ana.hosts("Kitchen", passphrase=WORDS)
    assert not ben.hears(events.PassphraseNeeded).wrong
