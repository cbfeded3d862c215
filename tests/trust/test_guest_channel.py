"""A phone that has the link gets a channel that nobody else can read, change, replay or turn back."""

from __future__ import annotations

import logging
import secrets
import string

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lanchat.core.codes import CloseCode
from lanchat.core.listing import key_fingerprint
from lanchat.core.model import Card, RoomId, digest
from lanchat.core.profile import Profile, encode_profile
from lanchat.trust.guest_channel import (
    BadGuest,
    BadHello,
    ChannelBroken,
    GuestAuth,
    GuestCode,
    GuestSide,
    HostSide,
    SealedChannel,
    WrongCode,
)
from lanchat.trust.identity import Identity
from lanchat.trust.signing import make_card
from tests.identities import new_identity
from tests.trust.small_order import SMALL_ORDER_X25519

KITCHEN, GARDEN = RoomId("kitchenkitchen22"), RoomId("gardengardengard")
GUEST = encode_profile(Profile(guest=True))
ana, ben, phone = new_identity(), new_identity(), new_identity()  # Ana and Ben host
CODE = GuestCode.new()


def host_side(host: Identity = ana, room_id: RoomId = KITCHEN) -> HostSide:
    return HostSide(host, room_id, "Kitchen")


def guest_side(code: GuestCode = CODE, host: Identity = ana, card: Card | None = None) -> GuestSide:
    return GuestSide(code, key_fingerprint(host.key), phone, card or make_card(phone, "Mia", 1, GUEST))


def find(code_id: bytes) -> GuestCode | None:
    return CODE if code_id == CODE.code_id else None


def channels() -> tuple[SealedChannel, SealedChannel]:
    """The host's and the guest's, of one connection."""
    host, guest = host_side(), guest_side()
    host.received(guest.received(host.hello()), find)
    assert host.channel is not None
    assert guest.channel is not None
    return host.channel, guest.channel


def sealed_by_page(host: HostSide, auth: object) -> bytes:
    """A message whose box opens and holds `auth`, made by somebody who has the link and a program of their own."""
    guest = guest_side()
    encode = msgspec.msgpack.encode
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("lanchat.trust.guest_channel.GuestAuth", lambda *_fields: auth)
        patch.setattr(msgspec.msgpack, "encode", lambda value: value if isinstance(value, bytes) else encode(value))
        return guest.received(host.hello())


# --- both sides ------------------------------------------------------------------------------------------------------
def test_who_has_the_link_comes_in_and_both_sides_talk() -> None:
    host, guest = host_side(), guest_side()
    admission = host.received(guest.received(host.hello()), find)
    assert (admission.code, admission.card.nick, admission.device_id) == (CODE, "Mia", phone.device_id)
    assert (guest.room_id, guest.title) == (KITCHEN, "Kitchen")
    assert host.channel is not None
    assert guest.channel is not None
    for text in (b"", b"hi", "😀".encode() * 15_000):
        assert guest.channel.open(host.channel.seal(text)) == text
        assert host.channel.open(guest.channel.seal(text)) == text


def test_a_link_is_read_as_it_was_made_and_no_other_text_is() -> None:
    fragment = CODE.fragment(ana.key)
    assert len(fragment) == 43
    assert GuestCode.read_fragment(fragment) == (CODE, key_fingerprint(ana.key))
    alphabet = string.ascii_uppercase + string.ascii_lowercase + string.digits + "-_"
    same_bytes = fragment[:-1] + alphabet[alphabet.index(fragment[-1]) + 1]  # the last two bits mean nothing
    for text in ("", "#", fragment[:-1], fragment + "A", fragment + "=", "+" * 43, "é" * 43, same_bytes):
        with pytest.raises(ValueError, match="not the fragment") as error:
            GuestCode.read_fragment(text)
        assert fragment[:20] not in str(error.value)


@given(st.text(max_size=60))
def test_any_text_is_a_fragment_or_a_value_error(text: str) -> None:
    with pytest.raises(ValueError, match="not the fragment"):
        GuestCode.read_fragment(text)


def test_the_secret_is_never_shown_nor_sent(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    host, guest = host_side(), guest_side()
    hello = host.hello()
    message = guest.received(hello)
    admission = host.received(message, find)
    assert host.channel is not None
    boxes = host.channel.seal(b"hi")
    shown = repr((CODE, admission, host, guest, host.channel)) + caplog.text
    for told in (CODE.secret.hex(), repr(CODE.secret)[2:-1], CODE.fragment(ana.key)[:21]):
        assert told not in shown
    assert CODE.secret not in hello + message + boxes


def test_no_two_connections_have_a_key_in_common() -> None:
    (one_host, _one), (_other_host, other) = channels(), channels()
    with pytest.raises(ChannelBroken):
        other.open(one_host.seal(b"hi"))


def test_a_handshake_serves_once() -> None:
    """A second answer under the same keys would use a nonce twice."""
    host, guest = host_side(), guest_side()
    message = guest.received(host.hello())
    host.received(message, find)
    with pytest.raises(RuntimeError):
        host.received(message, find)


# --- boxes -----------------------------------------------------------------------------------------------------------
def test_one_changed_bit_and_the_channel_is_over() -> None:
    length = len(channels()[0].seal(b"hello"))
    for place in range(length):
        host, guest = channels()
        box = host.seal(b"hello")
        changed = bytearray(box)
        changed[place] ^= 1 << place % 8
        with pytest.raises(ChannelBroken):
            guest.open(bytes(changed))
        with pytest.raises(ChannelBroken):  # also for what would have been right
            guest.open(box)


def test_cut_short_or_longer_it_does_not_open() -> None:
    box = channels()[0].seal(b"hello")
    for length in range(len(box)):
        host, guest = channels()
        with pytest.raises(ChannelBroken):
            guest.open(host.seal(b"hello")[:length])
    host, guest = channels()
    with pytest.raises(ChannelBroken):
        guest.open(host.seal(b"hello") + b"\0")


def test_replayed_left_out_swapped_or_turned_back_it_does_not_open() -> None:
    host, guest = channels()
    first = host.seal(b"first")
    assert guest.open(first) == b"first"
    with pytest.raises(ChannelBroken):
        guest.open(first)

    host, guest = channels()
    _first, second = host.seal(b"first"), host.seal(b"second")
    with pytest.raises(ChannelBroken):
        guest.open(second)

    host, guest = channels()
    with pytest.raises(ChannelBroken):
        host.open(host.seal(b"reflected"))
    with pytest.raises(ChannelBroken):
        guest.open(guest.seal(b"reflected"))


def test_boxes_are_numbered_with_64_bits() -> None:
    one, other = secrets.token_bytes(32), secrets.token_bytes(32)
    for start in (2**31 - 1, 2**32 - 1, 2**53 - 1, 2**63 - 1):
        sending, receiving = SealedChannel(one, other, sent=start), SealedChannel(other, one, received=start)
        boxes = [sending.seal(b"same") for _ in range(3)]
        assert len(set(boxes)) == 3
        assert [receiving.open(box) for box in boxes] == [b"same"] * 3
    wrapped = SealedChannel(one, other).seal(b"same")
    with pytest.raises(ChannelBroken):  # a counter of 32 bits would begin anew
        SealedChannel(other, one, received=2**32).open(wrapped)
    last = SealedChannel(one, other, sent=2**64 - 1)
    last.seal(b"the last")
    with pytest.raises(ChannelBroken):
        last.seal(b"one too many")


@given(st.binary(max_size=300))
def test_bytes_that_nobody_sealed_do_not_open(junk: bytes) -> None:
    key = bytes(32)
    with pytest.raises(ChannelBroken):
        SealedChannel(key, secrets.token_bytes(32)).open(junk)


# --- who is at the other end: the host -------------------------------------------------------------------------------
def test_a_page_says_nothing_to_another_host() -> None:
    with pytest.raises(BadHello, match="another host"):
        guest_side().received(host_side(ben).hello())


def test_one_changed_bit_of_a_hello_and_nothing_is_said() -> None:
    """All of it but the title, which is only shown."""
    hello = host_side().hello()
    title = hello.index(b"Kitchen")
    for place in range(len(hello)):
        if place in range(title, title + len(b"Kitchen")):
            continue
        changed = bytearray(hello)
        changed[place] ^= 1 << place % 8
        try:
            said = msgspec.msgpack.decode(bytes(changed))
        except ValueError:
            said = None
        if isinstance(said, dict) and said.get("title") != "Kitchen" and "title" in said:
            continue  # its length was changed
        with pytest.raises(BadHello):
            guest_side().received(bytes(changed))


@given(st.binary(max_size=400))
def test_what_is_no_hello_is_refused(junk: bytes) -> None:
    with pytest.raises(BadHello):
        guest_side().received(junk)


def test_a_host_can_not_make_a_page_share_a_known_key() -> None:
    for point in SMALL_ORDER_X25519:
        said = msgspec.msgpack.decode(host_side().hello())
        said["eph"] = point
        parts = (said["key"], point, said["nonce"], said["room"].encode())
        said["sig"] = ana.sign(digest("guest-hello", *parts))
        with pytest.raises(BadHello, match="no key to share"):
            guest_side().received(msgspec.msgpack.encode(said))


# --- who is at the other end: the guest ------------------------------------------------------------------------------
def test_another_code_lets_nobody_in() -> None:
    host, guest = host_side(), guest_side(GuestCode.new())
    with pytest.raises(WrongCode):
        host.received(guest.received(host.hello()), find)
    assert host.channel is None


def test_who_saw_the_id_of_a_code_but_not_its_secret_does_not_come_in() -> None:
    host, guest = host_side(), guest_side(GuestCode.new())
    message = CODE.code_id + guest.received(host.hello())[8:]
    with pytest.raises(WrongCode):
        host.received(message, find)
    assert host.channel is None


def test_one_changed_bit_of_the_answer_and_nobody_comes_in() -> None:
    length = len(guest_side().received(host_side().hello()))
    for place in range(length):
        host, guest = host_side(), guest_side()
        message = bytearray(guest.received(host.hello()))
        message[place] ^= 1 << place % 8
        with pytest.raises(WrongCode):
            host.received(bytes(message), find)


def test_an_answer_cut_short_lets_nobody_in() -> None:
    length = len(guest_side().received(host_side().hello()))
    for short in range(length):
        host, guest = host_side(), guest_side()
        with pytest.raises(WrongCode):
            host.received(guest.received(host.hello())[:short], find)


def test_an_answer_counts_at_one_connection_of_one_room_of_one_host_only() -> None:
    message = guest_side().received(host_side().hello())
    for other in (host_side(), host_side(room_id=GARDEN), host_side(ben)):
        with pytest.raises(WrongCode):
            other.received(message, find)


def test_the_room_is_part_of_the_keys() -> None:
    """Somebody between the two changes the room's name in a hello that the host signed for another room."""
    host = host_side()
    said = msgspec.msgpack.decode(host.hello())
    said["room"] = GARDEN
    with pytest.raises(BadHello, match="not signed"):
        guest_side().received(msgspec.msgpack.encode(said))


def test_points_of_small_order_are_refused() -> None:
    """With one the keys would depend on the code alone, and who has the code could read what others say."""
    for point in SMALL_ORDER_X25519:
        host = host_side()
        host.hello()
        with pytest.raises(WrongCode):
            host.received(CODE.code_id + point + bytes(200), find)


@given(st.binary(max_size=400))
@settings(max_examples=50)
def test_bytes_of_strangers_let_nobody_in(junk: bytes) -> None:
    for message in (junk, CODE.code_id + junk):
        with pytest.raises(WrongCode):
            host_side().received(message, find)


def refused(card: Card) -> CloseCode:
    host, guest = host_side(), guest_side(card=card)
    message = guest.received(host.hello())
    with pytest.raises(BadGuest) as error:
        host.received(message, find)
    assert host.channel is not None  # so that the page can be told why
    assert guest.channel is not None
    assert guest.channel.open(host.channel.seal(b"refused")) == b"refused"
    return error.value.code


def test_a_card_that_its_member_did_not_sign_is_refused() -> None:
    card = make_card(phone, "Mia", 1, GUEST)
    assert refused(msgspec.structs.replace(card, nick="Ana")) is CloseCode.CARD
    assert refused(msgspec.structs.replace(card, revision=2)) is CloseCode.CARD
    assert refused(make_card(phone, "", 1, GUEST)) is CloseCode.CARD


def test_a_card_that_does_not_say_guest_is_refused() -> None:
    assert refused(make_card(phone, "Mia", 1)) is CloseCode.CARD
    assert refused(make_card(phone, "Mia", 1, encode_profile(Profile(status="at home")))) is CloseCode.CARD


def test_somebody_elses_card_is_refused() -> None:
    """It is right in itself, but its member did not sign for this connection."""
    assert refused(make_card(ben, "Ben", 1, GUEST)) is CloseCode.SIGNATURE


def test_a_signature_for_another_connection_is_refused() -> None:
    card = make_card(phone, "Mia", 1, GUEST)
    host = host_side()
    message = sealed_by_page(host, GuestAuth(card, phone.device_id, phone.sign(b"another connection")))
    with pytest.raises(BadGuest) as error:
        host.received(message, find)
    assert error.value.code is CloseCode.SIGNATURE


@pytest.mark.parametrize("nonsense", [b"", b"\xc1", None, 7, [], {}, {"card": []}, b"\x91" * 5_000])
def test_nonsense_in_a_proper_box_is_refused(nonsense: object) -> None:
    host = host_side()
    message = sealed_by_page(host, nonsense)
    with pytest.raises(BadGuest) as error:
        host.received(message, find)
    assert error.value.code is CloseCode.FRAME


def test_codes_are_of_one_length() -> None:
    for length in (0, 15, 17):
        with pytest.raises(ValueError, match="16 bytes"):
            GuestCode(bytes(length))
    assert GuestCode(CODE.secret) == CODE != GuestCode.new()
