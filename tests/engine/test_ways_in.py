"""By address, by code and by link; to nowhere, and to somebody else."""

from __future__ import annotations

import os
import socket
import threading
from itertools import product
from typing import Any

import pytest

from engine.people import PATIENCE_SECONDS, People, Person
from lanchat.core.address import room_code, room_link
from lanchat.core.listing import key_fingerprint
from lanchat.core.model import RoomId
from lanchat.engine import commands, events, joining
from lanchat.engine.events import ConnectionState
from lanchat.network.discovery.interface import RoomDescription
from lanchat.trust import passphrase
from tests.identities import new_identity
from tests.ports import free_port

SOMEBODY_ELSE = key_fingerprint(new_identity().key)


@pytest.fixture
def apart(people: People) -> tuple[Person, Person]:
    """Ana hosts the kitchen; Ben's network carries nothing that is sent to all."""
    ana, ben = people.person("Ana"), people.person("Ben")
    ben.network.set(multicast=False)
    ana.hosts("Kitchen")
    return ana, ben


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A room that Discovery does not find at once is not waited for long."""
    monkeypatch.setattr(joining, "_SEEN_SECONDS", 0.3)


def refused(person: Person, where: str) -> str:
    answer = person.asks_to_join(where)
    assert isinstance(answer, events.NotFound), answer
    return answer.problem


@pytest.mark.parametrize("as_hers", [True, False])
def test_who_announces_anothers_room_with_a_higher_epoch_keeps_nobody_from_it(people: People, as_hers: bool) -> None:
    """Eve says that she founded it, or that she keeps it open for Ana."""
    ana, ben, eve = (people.person(nick) for nick in ("Ana", "Ben", "Eve"))
    room_id = ana.hosts("Kitchen").room_id
    ben.until(lambda: "Kitchen" in ben.listings)
    owner = None if as_hers else key_fingerprint(ana.me)
    eve.network.advertise(
        RoomDescription(
            room_id=room_id, title="Cellar", fingerprint=SOMEBODY_ELSE, owner=owner, epoch=2**53, port=free_port()
        )
    )
    ben.until(lambda: "Cellar" in ben.listings)
    assert ben.joins(room_id).host.key == ana.me


@pytest.mark.parametrize("address", ["127.0.0.1", "[::1]", "localhost"])
def test_by_address(apart: tuple[Person, Person], address: str) -> None:
    ana, ben = apart
    if address == "[::1]" and not os.path.exists("/proc/net/if_inet6"):
        pytest.skip("no IPv6 here")
    assert ben.joins(f"{address}:{ana.hosting.port}").title == "Kitchen"


def test_a_name_server_that_does_not_answer_stops_nothing_else(
    apart: tuple[Person, Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every look-up hangs until the test is over; what is written meanwhile arrives at once."""
    ana, ben = apart
    over, real = threading.Event(), socket.getaddrinfo

    def ask(host: str, *rest: Any, **more: Any) -> Any:
        if host == "ana.example":
            over.wait(30)
        return real("127.0.0.1" if host == "ana.example" else host, *rest, **more)

    monkeypatch.setattr(socket, "getaddrinfo", ask)
    ben.joins(f"127.0.0.1:{ana.hosting.port}")
    ben.do(commands.Join(f"ana.example:{ana.hosting.port}"))
    ben.says("Is anybody there?")
    ana.sees("Is anybody there?")
    ben.hears_nothing(events.NotFound)
    over.set()
    ben.hears(events.ConnectionChanged, where=f"ana.example:{ana.hosting.port}")


def test_where_a_room_was_is_kept_as_a_number(apart: tuple[Person, Person]) -> None:
    """A name would be looked up again and again, and a name server may not answer."""
    ana, ben = apart
    ben.joins(f"localhost:{ana.hosting.port}")
    (record,) = ben.reads(lambda reader: reader.rooms())
    assert record.last_address in (("127.0.0.1", ana.hosting.port), ("::1", ana.hosting.port))


def test_by_link(apart: tuple[Person, Person]) -> None:
    ana, ben = apart
    assert ana.hosting.link
    assert ben.joins(ana.hosting.link).title == "Kitchen"


def test_by_code_wherever_the_room_listens(apart: tuple[Person, Person]) -> None:
    ana, ben = apart
    assert ben.joins(ana.hosting.code).title == "Kitchen"


def test_by_code_past_another_room_at_the_well_known_port(apart: tuple[Person, Person], people: People) -> None:
    """Two hosts on one machine: the code's address leads to the one, the key in it belongs to the other."""
    ana, ben = apart
    other = people.person("Cleo")
    try:
        other.hosts("Garden", port=None)
    finally:
        answer = ben.joins(ana.hosting.code)
    assert answer.title == "Kitchen"


def test_an_address_with_the_wrong_port_leads_nowhere(apart: tuple[Person, Person]) -> None:
    _, ben = apart
    with socket.socket() as bound:  # nobody listens there
        bound.bind(("127.0.0.1", 0))
        assert "no room is open there" in refused(ben, f"127.0.0.1:{bound.getsockname()[1]}")


@pytest.mark.usefixtures("impatient")
def test_what_is_no_room_at_all_is_found_out(apart: tuple[Person, Person]) -> None:
    _, ben = apart
    with socket.create_server(("127.0.0.1", 0)) as web:
        ben.do(commands.Join(where := f"127.0.0.1:{web.getsockname()[1]}"))
        with web.accept()[0] as visitor:
            visitor.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            assert "not lanchat" in ben.hears(events.NotFound, where=where).problem


@pytest.mark.usefixtures("impatient")
def test_a_link_or_a_code_with_another_key_is_refused(apart: tuple[Person, Person]) -> None:
    ana, ben = apart
    link = room_link(["127.0.0.1"], ana.hosting.port, ana.room_id, SOMEBODY_ELSE)
    assert refused(ben, link) == "Somebody else answers at this address."
    assert refused(ben, room_code("127.0.0.1", SOMEBODY_ELSE))
    ana.sees_here("Ana")


def test_a_link_whose_address_leads_to_another_room_of_that_host_finds_its_own(apart: tuple[Person, Person]) -> None:
    ana, ben = apart
    kitchen = ana.hosting
    garden = ana.hosts("Garden")
    link = room_link(["127.0.0.1"], kitchen.port, garden.room_id, key_fingerprint(ana.me))
    assert ben.joins(link).title == "Garden"


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("where", ["nonsense", "zzzzzzzzzzzzzzzz", "1.2.3", "lanchat://nowhere", "a" * 70 + ".x:1"])
def test_what_names_no_room_is_not_found(people: People, where: str) -> None:
    ben = people.person("Ben")
    problem = refused(ben, where)
    assert problem
    assert "Error" not in problem
    assert "Errno" not in problem


@pytest.mark.usefixtures("impatient")
def test_a_room_that_is_not_there_is_not_found_soon(people: People) -> None:
    ben = people.person("Ben")
    assert refused(ben, "abcdabcdabcdabcd") == "nobody on the network has that room at the moment"


def test_an_explicit_port_that_is_taken_is_said_so(people: People) -> None:
    ana = people.person("Ana")
    with socket.create_server(("", 0)) as other:
        port = other.getsockname()[1]
        ana.do(commands.OpenRoom("Kitchen", port=port))
        problem = ana.hears(events.NotHosting).problem
        assert str(port) in problem
    ana.hosts("Kitchen", port=port)


def test_without_an_explicit_port_any_other_will_do(people: People) -> None:
    ana, ben = people.person("Ana"), people.person("Ben")
    kitchen, garden = ana.hosts("Kitchen", port=None), ana.hosts("Garden", port=None)
    assert kitchen.port != garden.port
    ben.joins("Kitchen")
    ben.joins("Garden")


def test_the_room_one_hosts_is_not_joined_once_more(people: People) -> None:
    ana, ben = people.person("Ana"), people.person("Ben")
    ana.hosts("Kitchen")
    ben.joins("Kitchen")
    for where in (ana.room_id, ana.hosting.link, f"127.0.0.1:{ana.hosting.port}"):
        answer = ana.asks_to_join(where)
        assert isinstance(answer, events.ConnectionChanged), answer
        assert answer.state is ConnectionState.HOSTING
    ben.says("still open?")
    ana.sees("still open?")


@pytest.mark.parametrize("way", ["room_id", "address", "link"])
def test_joining_where_one_is_already_changes_nothing(people: People, way: str) -> None:
    ana, ben = people.person("Ana"), people.person("Ben")
    ana.hosts("Kitchen")
    ben.joins("Kitchen")
    ben.says("one")
    where = {"room_id": ana.room_id, "address": f"127.0.0.1:{ana.hosting.port}", "link": ana.hosting.link}[way]
    assert ben.asks_to_join(where).state is ConnectionState.CONNECTED
    ben.says("two")
    ana.reads_as("one", "two")
    ben.reads_as("one", "two")
    assert not [event for event in ben.unheard if getattr(event, "state", None) is ConnectionState.STOPPED]


def test_a_room_is_hosted_once_however_often_it_is_asked_for(people: People) -> None:
    ana = people.person("Ana")
    for _ in range(3):
        ana.do(commands.OpenRoom("Kitchen", port=0))
    ana.hears(events.Hosting)
    for _ in range(2):
        assert "open here already" in ana.hears(events.NotHosting).problem


def test_a_room_that_is_being_opened_is_the_one_that_is_asked_for(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, go_on, derive = threading.Event(), threading.Event(), passphrase.derive

    def slowly(phrase: str, room_id: RoomId) -> bytes:
        begun.set()
        assert go_on.wait(PATIENCE_SECONDS)
        return derive(phrase, room_id)

    monkeypatch.setattr(passphrase, "derive", slowly)
    ana = people.person("Ana")
    ana.do(commands.OpenRoom("Kitchen", passphrase="apple-banjo-comet-dune", port=0))
    assert begun.wait(PATIENCE_SECONDS)
    ana.do(commands.OpenRoom("kitchen", port=0))
    ana.do(commands.ChangeProfile("Ana B"))  # who hears that it was done knows that the second was taken up, too
    ana.hears(events.ProfileChanged)
    go_on.set()
    ana.hears(events.Hosting)
    assert "open here already" in ana.hears(events.NotHosting).problem


def test_the_room_of_somebody_else_cannot_be_hosted(people: People) -> None:
    ana, ben = people.person("Ana"), people.person("Ben")
    ana.hosts("Kitchen")
    ben.joins("Kitchen")
    ben.leaves()
    for room_id in (ana.room_id, "abcdabcdabcdabcd"):
        ben.do(commands.OpenRoom("Kitchen", port=0, room_id=room_id))
        assert ben.hears(events.NotHosting).problem
    ben.joins("Kitchen")


def test_a_room_needs_a_title(people: People) -> None:
    ana = people.person("Ana")
    ana.do(commands.OpenRoom(" \u200b ", port=0))
    assert ana.hears(events.NotHosting).problem


ADDRESSES = ["127.0.0.1:{port}", "127.0.0.1", "[::ffff:127.0.0.1]:{port}"]
NAMES = ["localhost:{port}", "localHOST:{port}"]


@pytest.fixture
def moved_away(people: People) -> tuple[Person, Person]:
    """Ana's kitchen was at this address; today Eve's computer has it, with a room of the same title."""
    ana, ben = people.person("Ana"), people.person("Ben")
    ana.hosts("Kitchen")
    return ana, ben


def eve_takes_the_place_of(ana: Person, people: People) -> Person:
    eve = people.person("Eve")
    ana.quits()
    eve.hosts("Kitchen", port=ana.hosting.port)
    return eve


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize(
    ("before", "door"),
    [*product([*ADDRESSES, "a room in the list"], [*ADDRESSES, NAMES[0]]), *product(NAMES, NAMES)],
)
def test_another_room_at_an_address_is_not_entered_before_its_badge_was_seen(
    moved_away: tuple[Person, Person], people: People, before: str, door: str
) -> None:
    ana, ben = moved_away
    ben.joins(before.format(port=ana.hosting.port) if before in ADDRESSES + NAMES else ana.room_id)
    ben.leaves()
    eve = eve_takes_the_place_of(ana, people)
    where = door.format(port=ana.hosting.port)
    stopped = ben.asks_to_join(where)
    assert isinstance(stopped, events.KeyChanged), stopped
    assert (stopped.known_badge, stopped.new_badge) == (ana.hosting.badge, eve.hosting.badge)
    assert stopped.known_title == "Kitchen"
    assert stopped.room_id == eve.room_id
    eve.sees_here("Eve")
    assert isinstance(ben.asks_to_join(where, accept_key=ana.hosting.badge), events.KeyChanged)
    assert ben.joins(where, accept_key=eve.hosting.badge).room_id == eve.room_id
    ben.leaves()
    ben.joins(where)
    eve.sees_here("Ben", "Eve")


@pytest.mark.usefixtures("impatient")
def test_what_was_typed_counts_more_than_where_one_was_since(moved_away: tuple[Person, Person], people: People) -> None:
    """Also after a start, and after Ben was in Eve's room by the list: the address he types means Ana's."""
    ana, ben = moved_away
    where = f"127.0.0.1:{ana.hosting.port}"
    ben.joins(where)
    ben.leaves()
    eve = eve_takes_the_place_of(ana, people)
    ben.joins(eve.room_id)
    ben.leaves()
    ben.quits()
    ben.starts()
    assert isinstance(ben.asks_to_join(where), events.KeyChanged)
    ben.room_id = ana.room_id
    ben.do(commands.Forget(ana.room_id))
    ben.hears(events.Forgotten)
    ben.joins(where)


@pytest.mark.usefixtures("impatient")
def test_another_room_of_the_same_host_at_an_address_is_another_room(moved_away: tuple[Person, Person]) -> None:
    ana, ben = moved_away
    where = f"127.0.0.1:{ana.hosting.port}"
    ben.joins(where)
    ben.leaves()
    ana.do(commands.Leave(ana.room_id))
    ana.hears(events.Left)
    ana.hosts("Garden", port=ana.hosting.port)
    stopped = ben.asks_to_join(where)
    assert isinstance(stopped, events.KeyChanged), stopped
    assert stopped.known_title == "Kitchen"
    assert stopped.title == "Garden"


@pytest.mark.usefixtures("impatient")
def test_no_passphrase_is_asked_for_before_the_badge_was_seen(
    moved_away: tuple[Person, Person], people: People
) -> None:
    ana, ben = moved_away
    where = f"127.0.0.1:{ana.hosting.port}"
    ben.joins(where)
    ben.leaves()
    eve = people.person("Eve")
    ana.quits()
    eve.hosts("Kitchen", port=ana.hosting.port, passphrase="apple-banjo-comet-dune")
    assert isinstance(ben.asks_to_join(where), events.KeyChanged)
    assert isinstance(ben.asks_to_join(where, accept_key=eve.hosting.badge), events.PassphraseNeeded)
