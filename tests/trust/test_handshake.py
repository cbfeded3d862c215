"""Honest people at the door of a room, over real TLS."""

from __future__ import annotations

import pytest
from tls_pair import GARDEN, KITCHEN, Outcome, Room, TlsPair, new_client, protected, run_handshake

from lanchat.core import limits
from lanchat.core.frames import Auth, Hello, Refused
from lanchat.core.listing import key_fingerprint
from lanchat.trust.handshake import Expected, HostHandshake, Pin
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
from tests.identities import new_identity

ana = new_identity()


def test_a_newcomer_enters_an_open_room_and_both_know_who_is_there() -> None:
    room = Room(title="Kitchen")
    link, host = TlsPair(room.host), HostHandshake(room.policy())
    client = new_client(link, ana, nick="Ana")
    assert run_handshake(link, host, client) == Outcome()
    assert client.entered
    assert (client.room_id, client.title, client.host_key) == (KITCHEN, "Kitchen", room.host.key)
    assert not client.pinned, "a first meeting"
    assert host.entered is not None
    card, device_id = host.entered
    assert (card.key, card.nick, device_id) == (ana.key, "Ana", ana.device_id)
    assert verify_card(card)


def test_who_comes_again_finds_the_host_it_knows() -> None:
    room = Room()
    link = TlsPair(room.host)
    client = new_client(link, ana, expected=Expected(KITCHEN), pins={KITCHEN: room.pin()})
    assert run_handshake(link, HostHandshake(room.policy()), client) == Outcome()
    assert client.pinned


@pytest.mark.parametrize("typed", ["apple-banjo-comet-dune", "Apple banjo  COMET\u2010dune "])
def test_the_passphrase_opens_the_door_however_it_is_typed(typed: str) -> None:
    room = protected("apple-banjo-comet-dune")
    link, host = TlsPair(room.host), HostHandshake(room.policy())
    client = new_client(link, ana, typed)
    assert run_handshake(link, host, client) == Outcome()
    assert client.entered
    assert host.entered is not None


def test_a_wrong_passphrase_is_refused_and_both_sides_say_so() -> None:
    room = protected("apple-banjo-comet-dune")
    link, host = TlsPair(room.host), HostHandshake(room.policy())
    client = new_client(link, ana, "apple-banjo-comet-dove")
    ending = run_handshake(link, host, client)
    assert ending.refusal is not None
    assert ending.refusal.code == "wrong"
    assert isinstance(ending.stopped, WrongPassphrase)
    assert (ending.stopped.room_id, ending.stopped.title) == (KITCHEN, "Kitchen")
    assert host.entered is None
    assert not client.entered


def test_a_newcomer_without_passphrase_is_asked_for_it_before_saying_who_it_is() -> None:
    room = protected()
    link, host = TlsPair(room.host), HostHandshake(room.policy())
    ending = run_handshake(link, host, new_client(link, ana))
    assert isinstance(ending.stopped, PassphraseRequired)
    assert (ending.stopped.room_id, ending.stopped.title) == (KITCHEN, "Kitchen")
    assert link.client.sent == []


def test_a_remembered_member_needs_no_passphrase() -> None:
    room = protected(members={ana.key})
    link, host = TlsPair(room.host), HostHandshake(room.policy())
    assert run_handshake(link, host, new_client(link, ana, pins={KITCHEN: room.pin()})) == Outcome()
    assert host.entered is not None


def test_a_remembered_member_that_types_the_passphrase_still_gets_the_hosts_proof() -> None:
    room = protected("apple-banjo-comet-dune", members={ana.key})
    link, host = TlsPair(room.host), HostHandshake(room.policy())
    client = new_client(link, ana, "apple-banjo-comet-dune")  # it lost its pins, so the host has to prove itself anew
    assert run_handshake(link, host, client) == Outcome()
    assert client.entered


def test_a_member_the_host_forgot_is_asked_for_the_passphrase() -> None:
    room = protected()
    link, host = TlsPair(room.host), HostHandshake(room.policy())
    ending = run_handshake(link, host, new_client(link, ana, pins={KITCHEN: room.pin()}))
    assert ending.refusal is not None
    assert ending.refusal.code == "passphrase"
    assert isinstance(ending.stopped, PassphraseRequired)


def test_a_known_room_may_get_a_passphrase_later() -> None:
    room = protected()
    link, host = TlsPair(room.host), HostHandshake(room.policy())
    client = new_client(link, ana, "apple-banjo-comet-dune", pins={KITCHEN: Pin(room.host.key, passphrase=False)})
    assert run_handshake(link, host, client) == Outcome()


def test_a_banned_member_is_refused() -> None:
    room = Room(banned={ana.key})
    link, host = TlsPair(room.host), HostHandshake(room.policy())
    ending = run_handshake(link, host, new_client(link, ana))
    assert ending.refusal is not None
    assert ending.refusal.code == "banned"
    assert isinstance(ending.stopped, RefusedByHost)
    assert "does not want you" in str(ending.stopped)


def test_a_changed_host_key_stops_before_a_byte_is_sent() -> None:
    known, room = new_identity(), Room()
    link = TlsPair(room.host)
    client = new_client(link, ana, expected=Expected(KITCHEN), pins={KITCHEN: Pin(known.key, passphrase=False)})
    ending = run_handshake(link, HostHandshake(room.policy()), client)
    assert isinstance(ending.stopped, HostKeyChanged)
    assert (ending.stopped.known, ending.stopped.new) == (known.key, room.host.key)
    assert link.client.sent == []


def test_another_room_where_ours_was_is_no_changed_key() -> None:
    known, garden = new_identity(), Room(room_id=GARDEN)
    link = TlsPair(garden.host)
    client = new_client(link, ana, expected=Expected(KITCHEN), pins={KITCHEN: Pin(known.key, passphrase=False)})
    ending = run_handshake(link, HostHandshake(garden.policy()), client)
    assert isinstance(ending.stopped, WrongRoom)
    assert link.client.sent == []


def test_a_changed_host_key_found_by_address_stops_at_hello() -> None:
    known, room = new_identity(), Room(title="Kitchen")
    link = TlsPair(room.host)
    client = new_client(link, ana, pins={KITCHEN: Pin(known.key, passphrase=False)})
    ending = run_handshake(link, HostHandshake(room.policy()), client)
    assert isinstance(ending.stopped, HostKeyChanged)
    assert (ending.stopped.room_id, ending.stopped.title) == (KITCHEN, "Kitchen")
    assert link.client.sent == [], "neither key nor name was told"


def test_another_room_at_the_address_is_not_entered() -> None:
    room = Room(room_id=GARDEN)
    link = TlsPair(room.host)
    ending = run_handshake(link, HostHandshake(room.policy()), new_client(link, ana, expected=Expected(KITCHEN)))
    assert isinstance(ending.stopped, WrongRoom)
    assert link.client.sent == []


@pytest.mark.parametrize("length", [2, 16])
def test_a_code_or_link_lets_in_only_the_host_it_names(length: int) -> None:
    room, other = Room(), new_identity()
    link = TlsPair(room.host)
    named = Expected(fingerprint=key_fingerprint(room.host.key)[:length])
    assert run_handshake(link, HostHandshake(room.policy()), new_client(link, ana, expected=named)) == Outcome()
    another = new_client(link, ana, expected=Expected(fingerprint=key_fingerprint(other.key)[:length]))
    with pytest.raises(WrongHost):
        another.received(HostHandshake(room.policy()).hello())


@pytest.mark.parametrize("fingerprint", [b"", b"x" * 17])
def test_a_fingerprint_that_could_match_everything_or_nothing_is_our_own_mistake(fingerprint: bytes) -> None:
    with pytest.raises(ValueError, match="fingerprint"):
        Expected(fingerprint=fingerprint)


@pytest.mark.parametrize(("version", "older"), [(0, True), (2, False), (2**40, False)])
def test_another_version_of_the_protocol_is_told_apart(version: int, older: bool) -> None:
    room = Room()
    hello = HostHandshake(room.policy()).hello()
    client = new_client(TlsPair(room.host), ana)
    with pytest.raises(OtherVersion) as caught:
        client.received(Hello(version, hello.nonce, hello.room_id, hello.title, hello.passphrase))
    assert caught.value.older is older
    assert "lanchat" in str(caught.value)


def test_a_title_is_shown_clean() -> None:
    room = Room(title="Kit\x1b[31mchen\u202e")
    link = TlsPair(room.host)
    client = new_client(link, ana)
    run_handshake(link, HostHandshake(room.policy()), client)
    assert "\x1b" not in client.title
    assert "\u202e" not in client.title
    assert "Kit" in client.title


def test_a_code_that_is_not_known_here_is_never_shown() -> None:
    client = new_client(TlsPair(Room().host), ana)
    with pytest.raises(RefusedByHost) as caught:
        client.received(Refused("buy_my_things", retry_ms=2**50))
    assert str(caught.value) == "The host did not let you in."
    assert caught.value.wait <= 600


def test_hello_and_auth_fit_what_a_stranger_may_send() -> None:
    room = protected(title="\U0001f373" * limits.TITLE_CHARACTERS)
    link, host = TlsPair(room.host), HostHandshake(room.policy())
    client = new_client(link, ana, "apple-banjo-comet-dune", nick="\U0001f373" * limits.NICK_CHARACTERS)
    assert run_handshake(link, host, client) == Outcome()  # the splitters of `meeting` hold FRAME_BEFORE_MEMBER
    assert any(isinstance(frame, Auth) for frame in link.client.sent)
