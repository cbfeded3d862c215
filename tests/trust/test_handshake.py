"""Honest people at the door of a room, over real TLS."""

from __future__ import annotations

import pytest
from meeting import GARDEN, KITCHEN, Ending, Link, Room, knock, meet, protected

from lanchat.core import limits
from lanchat.core.frames import Auth, Hello, Refused
from lanchat.core.listing import key_fingerprint
from lanchat.trust.handshake import Expected, HostHandshake, Pin
from lanchat.trust.identity import Identity
from lanchat.trust.join_errors import (
    HostKeyChanged,
    OtherVersion,
    PassphraseRequired,
    RefusedByHost,
    WrongHost,
    WrongPassphrase,
    WrongRoom,
)
from lanchat.trust.signing import verify_card

ana = Identity.ephemeral()


def test_a_newcomer_enters_an_open_room_and_both_know_who_is_there() -> None:
    room = Room(title="Kitchen")
    link, host = Link(room.host), HostHandshake(room.door())
    client = knock(link, ana, nick="Ana")
    assert meet(link, host, client) == Ending()
    assert client.entered
    assert (client.room_id, client.title, client.host_key) == (KITCHEN, "Kitchen", room.host.key)
    assert not client.pinned, "a first meeting"
    assert host.entered is not None
    card, device_id = host.entered
    assert (card.key, card.nick, device_id) == (ana.key, "Ana", ana.device_id)
    assert verify_card(card)


def test_who_comes_again_finds_the_host_it_knows() -> None:
    room = Room()
    link = Link(room.host)
    client = knock(link, ana, expected=Expected(KITCHEN), pins={KITCHEN: room.pin()})
    assert meet(link, HostHandshake(room.door()), client) == Ending()
    assert client.pinned


@pytest.mark.parametrize("typed", ["apple-banjo-comet-dune", "Apple banjo  COMET\u2010dune "])
def test_the_passphrase_opens_the_door_however_it_is_typed(typed: str) -> None:
    room = protected("apple-banjo-comet-dune")
    link, host = Link(room.host), HostHandshake(room.door())
    client = knock(link, ana, typed)
    assert meet(link, host, client) == Ending()
    assert client.entered
    assert host.entered is not None


def test_a_wrong_passphrase_is_refused_and_both_sides_say_so() -> None:
    room = protected("apple-banjo-comet-dune")
    link, host = Link(room.host), HostHandshake(room.door())
    client = knock(link, ana, "apple-banjo-comet-dove")
    ending = meet(link, host, client)
    assert ending.refusal is not None
    assert ending.refusal.code == "wrong"
    assert isinstance(ending.stopped, WrongPassphrase)
    assert (ending.stopped.room_id, ending.stopped.title) == (KITCHEN, "Kitchen")
    assert host.entered is None
    assert not client.entered


def test_a_newcomer_without_passphrase_is_asked_for_it_before_saying_who_it_is() -> None:
    room = protected()
    link, host = Link(room.host), HostHandshake(room.door())
    ending = meet(link, host, knock(link, ana))
    assert isinstance(ending.stopped, PassphraseRequired)
    assert (ending.stopped.room_id, ending.stopped.title) == (KITCHEN, "Kitchen")
    assert link.client.sent == []


def test_a_remembered_member_needs_no_passphrase() -> None:
    room = protected(members={ana.key})
    link, host = Link(room.host), HostHandshake(room.door())
    assert meet(link, host, knock(link, ana, pins={KITCHEN: room.pin()})) == Ending()
    assert host.entered is not None


def test_a_remembered_member_that_types_the_passphrase_still_gets_the_hosts_proof() -> None:
    room = protected("apple-banjo-comet-dune", members={ana.key})
    link, host = Link(room.host), HostHandshake(room.door())
    client = knock(link, ana, "apple-banjo-comet-dune")  # it lost its pins, so the host has to prove itself anew
    assert meet(link, host, client) == Ending()
    assert client.entered


def test_a_member_the_host_forgot_is_asked_for_the_passphrase() -> None:
    room = protected()
    link, host = Link(room.host), HostHandshake(room.door())
    ending = meet(link, host, knock(link, ana, pins={KITCHEN: room.pin()}))
    assert ending.refusal is not None
    assert ending.refusal.code == "passphrase"
    assert isinstance(ending.stopped, PassphraseRequired)


def test_a_known_room_may_get_a_passphrase_later() -> None:
    room = protected()
    link, host = Link(room.host), HostHandshake(room.door())
    client = knock(link, ana, "apple-banjo-comet-dune", pins={KITCHEN: Pin(room.host.key, passphrase=False)})
    assert meet(link, host, client) == Ending()


def test_a_banned_member_is_refused() -> None:
    room = Room(banned={ana.key})
    link, host = Link(room.host), HostHandshake(room.door())
    ending = meet(link, host, knock(link, ana))
    assert ending.refusal is not None
    assert ending.refusal.code == "banned"
    assert isinstance(ending.stopped, RefusedByHost)
    assert "does not want you" in str(ending.stopped)


def test_a_changed_host_key_stops_before_a_byte_is_sent() -> None:
    known, room = Identity.ephemeral(), Room()
    link = Link(room.host)
    client = knock(link, ana, expected=Expected(KITCHEN), pins={KITCHEN: Pin(known.key, passphrase=False)})
    ending = meet(link, HostHandshake(room.door()), client)
    assert isinstance(ending.stopped, HostKeyChanged)
    assert (ending.stopped.known, ending.stopped.new) == (known.key, room.host.key)
    assert link.client.sent == []


def test_another_room_where_ours_was_is_no_changed_key() -> None:
    known, garden = Identity.ephemeral(), Room(room_id=GARDEN)
    link = Link(garden.host)
    client = knock(link, ana, expected=Expected(KITCHEN), pins={KITCHEN: Pin(known.key, passphrase=False)})
    ending = meet(link, HostHandshake(garden.door()), client)
    assert isinstance(ending.stopped, WrongRoom)
    assert link.client.sent == []


def test_a_changed_host_key_found_by_address_stops_at_hello() -> None:
    known, room = Identity.ephemeral(), Room(title="Kitchen")
    link = Link(room.host)
    client = knock(link, ana, pins={KITCHEN: Pin(known.key, passphrase=False)})
    ending = meet(link, HostHandshake(room.door()), client)
    assert isinstance(ending.stopped, HostKeyChanged)
    assert (ending.stopped.room_id, ending.stopped.title) == (KITCHEN, "Kitchen")
    assert link.client.sent == [], "neither key nor name was told"


def test_another_room_at_the_address_is_not_entered() -> None:
    room = Room(room_id=GARDEN)
    link = Link(room.host)
    ending = meet(link, HostHandshake(room.door()), knock(link, ana, expected=Expected(KITCHEN)))
    assert isinstance(ending.stopped, WrongRoom)
    assert link.client.sent == []


@pytest.mark.parametrize("length", [2, 16])
def test_a_code_or_link_lets_in_only_the_host_it_names(length: int) -> None:
    room, other = Room(), Identity.ephemeral()
    link = Link(room.host)
    named = Expected(fingerprint=key_fingerprint(room.host.key)[:length])
    assert meet(link, HostHandshake(room.door()), knock(link, ana, expected=named)) == Ending()
    with pytest.raises(WrongHost):
        knock(link, ana, expected=Expected(fingerprint=key_fingerprint(other.key)[:length]))


@pytest.mark.parametrize("fingerprint", [b"", b"x" * 17])
def test_a_fingerprint_that_could_match_everything_or_nothing_is_our_own_mistake(fingerprint: bytes) -> None:
    with pytest.raises(ValueError, match="fingerprint"):
        Expected(fingerprint=fingerprint)


@pytest.mark.parametrize(("version", "older"), [(0, True), (2, False), (2**40, False)])
def test_another_version_of_the_protocol_is_told_apart(version: int, older: bool) -> None:
    room = Room()
    hello = HostHandshake(room.door()).hello()
    client = knock(Link(room.host), ana)
    with pytest.raises(OtherVersion) as caught:
        client.received(Hello(version, hello.nonce, hello.room_id, hello.title, hello.passphrase))
    assert caught.value.older is older
    assert "lanchat" in str(caught.value)


def test_a_title_is_shown_clean() -> None:
    room = Room(title="Kit\x1b[31mchen\u202e")
    link = Link(room.host)
    client = knock(link, ana)
    meet(link, HostHandshake(room.door()), client)
    assert "\x1b" not in client.title
    assert "\u202e" not in client.title
    assert "Kit" in client.title


def test_a_code_that_is_not_known_here_is_never_shown() -> None:
    client = knock(Link(Room().host), ana)
    with pytest.raises(RefusedByHost) as caught:
        client.received(Refused("buy_my_things", retry_ms=2**50))
    assert str(caught.value) == "The host did not let you in."
    assert caught.value.wait <= 600


def test_hello_and_auth_fit_what_a_stranger_may_send() -> None:
    room = protected(title="\U0001f373" * limits.TITLE_CHARACTERS)
    link, host = Link(room.host), HostHandshake(room.door())
    client = knock(link, ana, "apple-banjo-comet-dune", nick="\U0001f373" * limits.NICK_CHARACTERS)
    assert meet(link, host, client) == Ending()  # the splitters of `meeting` hold FRAME_BEFORE_MEMBER
    assert any(isinstance(frame, Auth) for frame in link.client.sent)
