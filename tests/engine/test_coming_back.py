"""Hosts and members go away, on purpose or not, and come back: nothing is lost, nothing is doubled."""

from __future__ import annotations

import socket
import time
from itertools import pairwise

import pytest

from engine.people import People
from lanchat.core import keepalive, limits
from lanchat.core.listing import key_fingerprint
from lanchat.engine import commands, events
from lanchat.engine.events import ConnectionState, EntryState
from lanchat.network.discovery.interface import RoomDescription
from tests.identities import new_identity


def test_the_host_starts_again_and_members_come_back_by_themselves(people: People) -> None:
    ana, ben, cleo = people.person("Ana"), people.person("Ben"), people.person("Cleo")
    first = ana.hosts("Kitchen")
    ben.joins("Kitchen")
    cleo.joins("Kitchen")
    ben.says("one")
    ana.says("two")
    for person in (ana, ben, cleo):
        person.until(lambda person=person: len(person.texts) == 2)
    before = ana.kept()
    ana.quits()
    ben.is_(ConnectionState.RECONNECTING)
    assert ben.room.problem == "the host closed the room"
    ben.do(commands.Join(ben.room_id))  # it is tried at once
    time.sleep(3)  # for several tries
    ben.do(commands.Introduce(ben.me))
    ben.hears(events.Introduced)  # and with it all that was told before
    assert ben.room.problem == "the host closed the room", "as long as nothing else is known"
    ana.starts()
    again = ana.hosts("Kitchen")
    assert again.room_id == first.room_id
    ben.is_(ConnectionState.CONNECTED)
    cleo.is_(ConnectionState.CONNECTED)
    assert ana.kept() == before
    ben.says("three")
    for person in (ben, cleo):
        person.reads_as(*(item.text for item in before), "three")
        assert [item.seq for item in person.room.messages] == [2, 3, 5]
        assert person.kept()[:2] == before


def test_a_room_opens_again_under_another_title(people: People) -> None:
    ana, ben = people.person("Ana"), people.person("Ben")
    room_id = ana.hosts("Kitchen").room_id
    ben.joins("Kitchen")
    ana.leaves()
    ben.is_(ConnectionState.RECONNECTING)
    ana.hosts("Canteen", room_id=room_id)
    ben.is_(ConnectionState.CONNECTED)
    assert ben.hears(events.ConnectionChanged, state=ConnectionState.CONNECTED).title == "Canteen"
    ben.says("nice name")
    ana.sees("nice name")


def test_what_is_written_while_the_host_is_away_arrives_when_it_is_back(people: People) -> None:
    ana, ben = people.person("Ana"), people.person("Ben")
    ana.hosts("Kitchen")
    ben.joins("Kitchen")
    ana.quits()
    ben.is_(ConnectionState.RECONNECTING)
    ben.says("are you", "still", "there?")
    assert ben.waiting() == ["are you", "still", "there?"]
    assert ben.states[ben.written["still"]] is EntryState.WAITING
    ana.starts()
    ana.hosts("Kitchen")
    ana.reads_as("are you", "still", "there?")
    ben.sees_state("there?", EntryState.TAKEN)
    assert not ben.waiting()


def test_what_was_not_sent_goes_when_the_member_starts_again(people: People) -> None:
    ana, ben = people.person("Ana"), people.person("Ben")
    ana.hosts("Kitchen")
    ben.joins("Kitchen")
    ana.quits()
    ben.is_(ConnectionState.RECONNECTING)
    ben.says("for later")
    ben.quits()
    ana.starts()
    ana.hosts("Kitchen")
    ben.starts()
    ben.joins("Kitchen")
    ana.sees("for later")
    ben.sees("for later")
    assert not ben.waiting()


def test_what_the_host_wrote_and_did_not_place_is_placed_when_it_opens_again(people: People) -> None:
    ana = people.person("Ana")
    ana.hosts("Kitchen")
    ana.do(commands.Say(ana.room_id, "just before the end"))
    ana.quits()
    ana.starts()
    ana.hosts("Kitchen")
    ana.until(lambda: [item.text for item in ana.kept()] == ["just before the end"])
    assert not ana.waiting()


def test_a_member_finds_a_known_room_at_its_last_address_without_discovery(people: People) -> None:
    ana, ben = people.person("Ana"), people.person("Ben")
    room_id = ana.hosts("Kitchen").room_id
    ben.joins("Kitchen")
    ben.quits()
    ana.network.set(multicast=False)
    ben.starts()
    ben.network.set(multicast=False)
    assert ben.joins(room_id).title == "Kitchen"


def test_a_known_room_whose_host_is_away_is_waited_for(people: People) -> None:
    ana, ben = people.person("Ana"), people.person("Ben")
    room_id = ana.hosts("Kitchen").room_id
    ben.joins("Kitchen")
    ben.quits()
    ana.quits()
    ben.starts()
    answer = ben.asks_to_join(room_id)
    assert isinstance(answer, events.ConnectionChanged)
    assert answer.state is ConnectionState.CONNECTING
    ben.room_id = room_id
    ben.is_(ConnectionState.RECONNECTING)
    ben.says("see you later")
    ana.starts()
    ana.hosts("Kitchen")
    ana.sees("see you later")


def test_who_is_removed_stays_away_until_they_want_to_come_back(people: People) -> None:
    ana, ben = people.person("Ana"), people.person("Ben")
    ana.hosts("Kitchen")
    ben.joins("Kitchen")
    ana.sees_here("Ana", "Ben")
    ana.do(commands.Remove(ana.room_id, ben.me))
    ben.is_(ConnectionState.STOPPED)
    assert ben.room.problem == "the host sent you away"
    ana.sees_here("Ana")
    ana.says("quiet here")
    ana.sees("quiet here")
    ana.sees_here("Ana")
    ben.joins("Kitchen")
    ben.says("what did I do?")
    ana.sees("what did I do?")


def test_a_full_room_takes_nobody_more_until_somebody_leaves(people: People) -> None:
    ana, ben, cleo = people.person("Ana"), people.person("Ben"), people.person("Cleo")
    ana.hosts("Kitchen", members=1)
    ben.joins("Kitchen")
    refused = cleo.asks_to_join("Kitchen")
    assert isinstance(refused, events.NotFound)
    assert refused.refused
    assert refused.problem == "The room is full."
    ben.leaves()
    ana.sees_here("Ana")
    cleo.joins("Kitchen")


def test_a_member_that_starts_anew_replaces_what_is_left_of_it(people: People) -> None:
    """The same device comes in twice: the host keeps the newer connection, and there is still one Ben."""
    ana, ben = people.person("Ana"), people.person("Ben")
    ana.hosts("Kitchen")
    ben.joins("Kitchen")
    ben.joins("Kitchen")
    ben.says("still one of me")
    ana.sees("still one of me")
    ana.sees_here("Ana", "Ben")


def test_a_host_that_stays_away_is_told_of_once(people: People) -> None:
    ana, ben = people.person("Ana"), people.person("Ben")
    port = ana.hosts("Kitchen").port
    ben.joins("Kitchen")
    ana.quits()
    ben.is_(ConnectionState.RECONNECTING)
    with socket.create_server(("127.0.0.1", port)) as somebody_else:
        for _ in range(3):
            ben.network.set(online=False)
            ben.network.set(online=True)  # so that it tries at once
            somebody_else.accept()[0].close()
    ben.hears_nothing(events.Problem)
    told = [event for event in ben.unheard if isinstance(event, events.ConnectionChanged)]
    assert all(one != next_one for one, next_one in pairwise(told))


def test_a_host_that_freezes_is_given_up_and_joined_again(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its connection stays up, and takes all that is sent: only the silence tells."""
    monkeypatch.setattr(keepalive, "IDLE_PING_SECONDS", 0.8)
    monkeypatch.setattr(keepalive, "IDLE_PING_MOST_SECONDS", 0.8)
    monkeypatch.setattr(keepalive, "GONE_SECONDS", 1.2)
    ana, ben = people.person("Ana"), people.person("Ben")
    ana.hosts("Kitchen")
    ben.joins("Kitchen")
    with ana.frozen():
        ben.says("hello?")
        ben.is_(ConnectionState.RECONNECTING)
        assert ben.room.problem == "the host does not answer"
        ben.says("anybody?")
    ana.reads_as("hello?", "anybody?")
    ben.is_(ConnectionState.CONNECTED)
    ben.reads_as("hello?", "anybody?")
    ana.sees_here("Ana", "Ben")


def test_a_host_that_is_silent_is_given_up_sooner_when_the_network_has_changed(people: People) -> None:
    """The address may be one that only the network of before led to. One that answers is not left for that."""
    ana, ben = people.person("Ana"), people.person("Ben")
    ana.hosts("Kitchen")
    ben.joins("Kitchen")
    ben.network.set(online=False)
    ben.network.set(online=True)
    ben.says("hello?")
    ana.sees("hello?")
    ben.hears_nothing(events.ConnectionChanged)
    with ana.frozen():
        began = time.monotonic()
        ben.network.set(online=False)
        ben.is_(ConnectionState.RECONNECTING)
        took = time.monotonic() - began
        assert limits.CHECK_SECONDS / 2 < took < limits.GONE_SECONDS - limits.IDLE_PING_SECONDS
        ben.network.set(online=True)
    ben.is_(ConnectionState.CONNECTED)


def test_a_host_hears_how_others_come_in_when_its_addresses_have_changed(people: People) -> None:
    """They are in the code and the link, which a person reads out to others."""
    ana = people.person("Ana")
    ana.hears(events.LookedAround)
    opened = ana.hosts("Kitchen")
    assert opened.code
    ana.network.set(online=False)
    assert ana.hears(events.WaysIn) == events.WaysIn(opened.room_id, "", "")
    assert ana.hears(events.LookedAround) == events.LookedAround(())
    ana.network.set(online=True)
    assert ana.hears(events.WaysIn) == events.WaysIn(opened.room_id, opened.code, opened.link)
    assert ana.hears(events.LookedAround) == events.LookedAround(("127.0.0.1",))


def test_another_room_where_ours_was_is_not_a_host_with_another_key(people: People) -> None:
    """Addresses change hands: Ben's computer got the address, and the port, that Ana's had yesterday."""
    ana, ben, li = people.person("Ana"), people.person("Ben"), people.person("Li")
    port = ana.hosts("Kitchen").port
    li.joins("Kitchen")
    room_id = li.room_id
    assert room_id is not None
    ana.quits()
    li.is_(ConnectionState.RECONNECTING)
    ben.hosts("Garden", port=port)
    li.quits()
    li.starts()
    assert isinstance(li.asks_to_join(room_id), events.ConnectionChanged), "and not KeyChanged"
    li.is_(ConnectionState.RECONNECTING)
    ana.starts()
    ana.do(commands.OpenRoom("Kitchen", room_id=room_id, port=0))
    li.room_id = room_id
    li.is_(ConnectionState.CONNECTED)


def test_who_is_led_to_their_own_host_by_an_announcement_stays_in_the_room(people: People) -> None:
    """Eve says that a higher epoch is where Ana is: Ben's lanchat is there already, and does not go to see."""
    ana, ben, eve = (people.person(nick) for nick in ("Ana", "Ben", "Eve"))
    room_id = ana.hosts("Kitchen").room_id
    ben.joins("Kitchen")
    owner, nobody = key_fingerprint(ana.me), key_fingerprint(new_identity().key)
    eve.network.advertise(
        RoomDescription(
            room_id=room_id, title="Kitchen", fingerprint=nobody, owner=owner, epoch=2**53, port=ana.hosting.port
        )
    )
    ben.hears(events.RoomFound)
    ben.says("still here")
    ana.sees("still here")
    ben.hears_nothing(events.ConnectionChanged)
