"""People at the door of a room who should not get in, and hosts that are not what they say. All are refused."""

from __future__ import annotations

import dataclasses

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tls_pair import GARDEN, KITCHEN, Room, TlsPair, new_client, protected, run_handshake

from lanchat.core.frames import Auth, Confirm, Entered, Frame, Pake, Ping, Refused
from lanchat.core.model import Card
from lanchat.trust.handshake import ClientHandshake, Expected, HostHandshake, HostPolicy, Pin
from lanchat.trust.join_errors import (
    Downgrade,
    HostMisbehaved,
    HostUnproven,
    JoinError,
    PassphraseRequired,
    Refusal,
    WrongPassphrase,
)
from lanchat.trust.pake import Binding, PakeClient, PakeHost
from lanchat.trust.signing import is_signed, make_card
from tests.identities import new_identity

WORDS = "apple-banjo-comet-dune"
ana, mallory = new_identity(), new_identity()
twin = Room(host=mallory, secret=b"a guess" * 4)  #: says it is the kitchen, and guesses at the passphrase


def auth_of(host: HostHandshake, room: Room, typed: str | None = None) -> Auth:
    """What Ana sends to that host."""
    (auth,) = new_client(TlsPair(room.host), ana, typed).received(host.hello())
    assert isinstance(auth, Auth)
    return auth


def refusal_of(host: HostHandshake, frame: Frame) -> str:
    with pytest.raises(Refusal) as caught:
        host.received(frame)
    assert host.entered is None
    return caught.value.code


# --- somebody between the client and the host ------------------------------------------------------------------------
@pytest.mark.parametrize("typed", [None, WORDS])
def test_a_relay_gets_nobody_in(typed: str | None) -> None:
    """Mallory answers Ana with a certificate of her own and passes every frame on to the real host, and back."""
    room = protected(WORDS) if typed else Room()
    to_ana, to_host = TlsPair(mallory), TlsPair(room.host)
    host, client = HostHandshake(room.policy()), new_client(to_ana, ana, typed)
    (auth,) = client.received(host.hello())
    assert to_ana.certificate != to_host.certificate
    assert refusal_of(host, auth) == "signature"


def test_a_relay_that_signs_as_itself_cannot_use_anothers_passphrase() -> None:
    """Mallory enters under her own key and borrows only Ana's PAKE messages."""
    room = protected(WORDS)
    host, client = HostHandshake(room.policy()), new_client(TlsPair(mallory), ana, WORDS)
    (anas,) = client.received(host.hello())
    (mallorys,) = new_client(TlsPair(room.host), mallory, "anything").received(host.hello())
    assert isinstance(anas, Auth)
    assert isinstance(mallorys, Auth)
    assert host.received(msgspec.structs.replace(mallorys, pake=anas.pake)) == []
    (confirm,) = client.received(host.answer_pake())
    assert refusal_of(host, confirm) == "wrong"


# --- a host that is not the host -------------------------------------------------------------------------------------
def test_an_evil_twin_that_guesses_the_passphrase_learns_only_that_it_was_wrong() -> None:
    link = TlsPair(mallory)
    client = new_client(link, ana, WORDS)
    assert isinstance(run_handshake(link, HostHandshake(twin.policy()), client).stopped, WrongPassphrase)
    assert not client.entered


@pytest.mark.parametrize("proof", [b"", b"x" * 32, b"x" * 31])
def test_an_evil_twin_that_lets_everybody_in_has_no_proof(proof: bytes) -> None:
    host = HostHandshake(twin.policy())
    client = new_client(TlsPair(mallory), ana, WORDS)
    (auth,) = client.received(host.hello())
    host.received(auth)
    client.received(host.answer_pake())
    with pytest.raises(HostUnproven):
        client.received(Entered(proof))
    assert not client.entered


def test_an_evil_twin_cannot_send_the_clients_own_proof_back() -> None:
    host = HostHandshake(twin.policy())
    client = new_client(TlsPair(mallory), ana, WORDS)
    (auth,) = client.received(host.hello())
    host.received(auth)
    (confirm,) = client.received(host.answer_pake())
    assert isinstance(confirm, Confirm)
    with pytest.raises(HostUnproven):
        client.received(Entered(confirm.proof))


def test_an_evil_twin_cannot_skip_the_passphrase() -> None:
    client = new_client(TlsPair(mallory), ana, WORDS)
    client.received(HostHandshake(twin.policy()).hello())
    with pytest.raises(HostUnproven):
        client.received(Entered())
    assert not client.entered


def test_an_evil_twin_of_a_protected_room_cannot_let_in_who_typed_nothing() -> None:
    client = new_client(TlsPair(mallory), ana)
    with pytest.raises(PassphraseRequired):
        client.received(HostHandshake(twin.policy()).hello())
    with pytest.raises(HostMisbehaved):
        client.received(Entered())


def test_a_reflected_pake_message_is_refused() -> None:
    client = new_client(TlsPair(mallory), ana, WORDS)
    (auth,) = client.received(HostHandshake(twin.policy()).hello())
    assert isinstance(auth, Auth)
    with pytest.raises(HostMisbehaved):
        client.received(Pake(b"B" + auth.pake[1:]))


def test_a_host_that_says_the_room_is_open_cannot_trick_who_typed_its_passphrase() -> None:
    client = new_client(TlsPair(mallory), ana, WORDS)
    with pytest.raises(Downgrade):
        client.received(HostHandshake(Room(host=mallory).policy()).hello())


def test_a_host_that_says_the_room_is_open_cannot_trick_who_knows_it_to_be_protected() -> None:
    room = Room()
    client = new_client(TlsPair(room.host), ana, pins={KITCHEN: Pin(room.host.key, passphrase=True)})
    with pytest.raises(Downgrade):
        client.received(HostHandshake(room.policy()).hello())


# --- a client that is not the member it says -------------------------------------------------------------------------
def test_what_one_connection_saw_opens_no_other() -> None:
    room = Room()
    auth = auth_of(HostHandshake(room.policy()), room)
    assert refusal_of(HostHandshake(room.policy()), auth) == "signature"


def test_a_signature_for_one_room_opens_no_other_room_of_the_same_host() -> None:
    kitchen = Room()
    garden = dataclasses.replace(kitchen, room_id=GARDEN)
    client = new_client(TlsPair(kitchen.host), ana)
    hello = HostHandshake(kitchen.policy()).hello()
    host = HostHandshake(garden.policy())
    (auth,) = client.received(msgspec.structs.replace(hello, nonce=host.hello().nonce))
    assert refusal_of(host, auth) == "signature"


_BINDING = Binding(b"f" * 32, b"h" * 32, b"c" * 32, KITCHEN, ana.key, ana.device_id)


@pytest.mark.parametrize(
    ("part", "other"),
    [
        ("certificate_fingerprint", b"g" * 32),
        ("host_nonce", b"i" * 32),
        ("client_nonce", b"d" * 32),
        ("room_id", GARDEN),
        ("member", mallory.key),
        ("device_id", b"8 others"),
    ],
    ids=["certificate", "host nonce", "client nonce", "room", "member", "device"],
)
def test_a_signature_holds_for_exactly_what_both_sides_saw(part: str, other: object) -> None:
    signature = ana.sign(_BINDING.to_sign())
    assert is_signed(ana.key, signature, _BINDING.to_sign())
    changed = dataclasses.replace(_BINDING, **{part: other})  # type: ignore[arg-type]
    assert not is_signed(ana.key, signature, changed.to_sign())


def test_nobody_enters_with_anothers_card() -> None:
    room = Room()
    host = HostHandshake(room.policy())
    (auth,) = new_client(TlsPair(room.host), mallory).received(host.hello())
    assert isinstance(auth, Auth)
    assert refusal_of(host, msgspec.structs.replace(auth, card=make_card(ana, "Ana", 1))) == "signature"


def test_a_name_the_member_did_not_sign_is_refused() -> None:
    room = Room()
    host = HostHandshake(room.policy())
    auth = auth_of(host, room)
    renamed = msgspec.structs.replace(auth, card=msgspec.structs.replace(auth.card, nick="Boss"))
    assert refusal_of(host, renamed) == "card"


@pytest.mark.parametrize("nick", ["", "   ", "\u202e\u200b"])
def test_a_member_without_a_name_is_refused(nick: str) -> None:
    room = Room()
    host = HostHandshake(room.policy())
    auth = auth_of(host, room)
    signature = ana.sign(Card(ana.key, nick, 1, b"").signed_digest())
    assert refusal_of(host, msgspec.structs.replace(auth, card=Card(ana.key, nick, 1, signature))) == "card"


def test_another_device_id_than_the_signed_one_is_refused() -> None:
    room = Room()
    host = HostHandshake(room.policy())
    changed = msgspec.structs.replace(auth_of(host, room), device_id=b"8 others")
    assert refusal_of(host, changed) == "signature"


def test_a_confirmation_cannot_be_repeated_for_a_second_guess() -> None:
    room = protected(WORDS)
    link, host = TlsPair(room.host), HostHandshake(room.policy())
    assert run_handshake(link, host, new_client(link, ana, "wrong-wrong-wrong-wrong")).refusal is not None
    assert refusal_of(host, Confirm(b"y" * 32)) == "order"


def test_a_passphrase_proof_at_an_open_room_is_refused() -> None:
    room = Room()
    host = HostHandshake(room.policy())
    assert refusal_of(host, msgspec.structs.replace(auth_of(host, room), pake=b"A" + b"\x07" * 32)) == "order"


def test_leaving_the_passphrase_out_does_not_help_a_stranger() -> None:
    room = protected(WORDS)
    host = HostHandshake(room.policy())
    assert refusal_of(host, msgspec.structs.replace(auth_of(host, room, WORDS), pake=b"")) == "passphrase"


@pytest.mark.parametrize("length", [1, 32, 34, 3000])
def test_a_pake_message_of_another_length_is_refused(length: int) -> None:
    room = protected(WORDS)
    host = HostHandshake(room.policy())
    host.received(msgspec.structs.replace(auth_of(host, room, WORDS), pake=b"A" * length))
    with pytest.raises(Refusal) as caught:
        host.answer_pake()
    assert caught.value.code == "order"
    assert not host.passphrase_attempt


def test_a_try_is_answered_only_when_there_is_one() -> None:
    with pytest.raises(RuntimeError):
        HostHandshake(protected(WORDS).policy()).answer_pake()


# --- any frames at all -----------------------------------------------------------------------------------------------
thirty_two = st.binary(min_size=32, max_size=32)
cards = st.builds(Card, thirty_two, st.text(max_size=64), st.integers(0, 2**53), st.binary(min_size=64, max_size=64))
from_anybody = st.one_of(
    st.builds(
        Auth,
        cards | st.just(make_card(ana, "Ana", 1)),
        thirty_two,
        st.binary(min_size=8, max_size=8),
        st.binary(min_size=64, max_size=64),
        st.binary(max_size=40),
    ),
    st.builds(Confirm, thirty_two),
    st.just(Ping()),
)
good_message = PakeHost(b"a guess" * 4, _BINDING).answer(PakeClient(b"a guess" * 4, _BINDING).message)
from_any_host = st.one_of(
    st.builds(Pake, st.binary(max_size=40) | st.just(good_message)),
    st.builds(Entered, st.binary(max_size=40)),
    st.builds(Refused, st.sampled_from(["wrong", "passphrase", "busy", "?"]), st.integers(0, 2**53)),
    st.just(Ping()),
)
open_door, closed_door = Room().policy(), protected(WORDS).policy()


@given(st.lists(from_anybody, max_size=5), st.sampled_from([open_door, closed_door]))
def test_no_frames_without_a_signature_open_any_door(frames: list[Frame], door: HostPolicy) -> None:
    host = HostHandshake(door)
    for frame in frames:
        with pytest.raises(Refusal):
            host.received(frame)
        assert not host.passphrase_attempt, "no guess without a signature"
        assert host.entered is None


@settings(max_examples=25)  # a passphrase takes its time
@given(st.lists(from_any_host, max_size=4))
def test_no_frames_convince_a_client_that_knows_the_passphrase(frames: list[Frame]) -> None:
    client = ClientHandshake(
        ana, make_card(ana, "Ana", 1), twin.host.certificate, Expected(), lambda room_id: None, WORDS
    )
    client.received(HostHandshake(twin.policy()).hello())
    for frame in frames:
        try:
            client.received(frame)
        except JoinError:
            continue  # not even a client that goes on listening
    assert not client.entered
