"""The page's side of the channel, in JavaScript, against the host's in Python; and what the page refuses."""

from __future__ import annotations

import secrets
import string
from dataclasses import dataclass
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lanchat.core import limits
from lanchat.core.codes import CloseCode
from lanchat.core.frames import Entered
from lanchat.core.frames import encode as encode_frame
from lanchat.core.listing import key_fingerprint
from lanchat.core.model import RoomId, digest
from lanchat.trust.guest_channel import (
    BadGuest,
    ChannelBroken,
    GuestCode,
    GuestSide,
    HostSide,
    SealedChannel,
    WrongCode,
)
from lanchat.trust.signing import make_card
from tests.identities import new_identity
from tests.trust.small_order import SMALL_ORDER_X25519
from tests.web.modules import Big, PageError, PageModules, PageObject

KITCHEN = RoomId("kitchenkitchen22")
ana, ben = new_identity(), new_identity()  # both host
CODE = GuestCode.new()
several = settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)


def find(code_id: bytes) -> GuestCode | None:
    return CODE if code_id == CODE.code_id else None


@dataclass
class Phone:
    """A page that was opened with a link to Ana's room."""

    page: PageModules
    code: GuestCode = CODE
    nick: str = "Mia 😀"

    def __post_init__(self) -> None:
        self.me = self.page.call("wire", "newIdentity")
        self.card = self.page.call("wire", "makeCard", self.me, self.nick, 1)
        self.read = self.page.call("channel", "readFragment", self.code.fragment(ana.key))

    def reads(self, hello: bytes) -> dict[str, Any]:
        said = self.page.call("channel", "readHello", hello, self.read)
        assert isinstance(said, dict)
        return said

    def answers(self, hello: bytes) -> tuple[bytes, PageObject]:
        answer = self.page.call("channel", "answerHello", self.reads(hello)["hello"], self.read, self.me, self.card)
        return answer["message"], answer["channel"]


def comes_in(phone: Phone) -> tuple[SealedChannel, PageObject]:
    """The host's and the page's channel."""
    host = HostSide(ana, KITCHEN, "Kitchen")
    message, channel = phone.answers(host.hello())
    host.received(message, find)
    assert host.channel is not None
    return host.channel, channel


# --- both sides ------------------------------------------------------------------------------------------------------
def test_the_host_lets_the_page_in(page: PageModules) -> None:
    phone, host = Phone(page), HostSide(ana, KITCHEN, "Küche 😀")
    said = phone.reads(host.hello())["hello"]
    assert (said["key"], said["room"], said["title"]) == (ana.key, KITCHEN, "Küche 😀")
    message, channel = phone.answers(host.hello())
    admission = host.received(message, find)
    assert (admission.code, admission.device_id) == (CODE, phone.me["deviceId"])
    assert (admission.card.key, admission.card.nick) == (phone.me["key"], "Mia 😀")
    assert host.channel is not None
    assert channel.call("open", host.channel.seal(encode_frame(Entered()))) == encode_frame(Entered())


def test_boxes_go_both_ways(page: PageModules) -> None:
    host, channel = comes_in(Phone(page))
    for data in (b"", b"hi", "😀".encode() * 1_000, bytes(limits.GUEST_BOX_BYTES)):
        (box,) = channel.call("seal", data)
        assert host.open(box) == data
        assert channel.call("open", host.seal(data)) == data


def test_what_is_longer_than_a_box_goes_in_several(page: PageModules) -> None:
    host, channel = comes_in(Phone(page))
    data = secrets.token_bytes(2 * limits.GUEST_BOX_BYTES + 1)
    boxes = channel.call("seal", data)
    assert [len(box) for box in boxes] == [limits.GUEST_BOX_BYTES + 16] * 2 + [17]
    assert b"".join(map(host.open, boxes)) == data


def test_both_sides_number_boxes_with_64_bits(page: PageModules) -> None:
    one, other = secrets.token_bytes(32), secrets.token_bytes(32)
    for start in (2**31 - 1, 2**32 - 1, 2**53 - 1, 2**63 - 1, 2**64 - 2):
        host = SealedChannel(one, other, sent=start, received=start)
        channel = page.call("sealing", "SealedChannel", other, one, Big(start), Big(start))
        for data in (b"before", b"after"):
            assert channel.call("open", host.seal(data)) == data
            (box,) = channel.call("seal", data)
            assert host.open(box) == data
    with pytest.raises(PageError, match="no number is left"):
        channel.call("seal", b"one too many")
    assert channel.call("open", b"one too many") is None


# --- the link --------------------------------------------------------------------------------------------------------
def test_a_link_is_read_as_python_reads_it(page: PageModules) -> None:
    for _round in range(20):
        code = GuestCode.new()
        read = page.call("channel", "readFragment", code.fragment(ana.key))
        assert read == {"secret": code.secret, "fingerprint": key_fingerprint(ana.key)}
    fragment = CODE.fragment(ana.key)
    alphabet = string.ascii_uppercase + string.ascii_lowercase + string.digits + "-_"
    same_bytes = fragment[:-1] + alphabet[alphabet.index(fragment[-1]) + 1]
    long = (fragment + "A", fragment + "=", fragment + "\n")
    for text in ("", "#", fragment[:-1], *long, "+" * 43, "é" * 43, same_bytes):
        assert page.call("channel", "readFragment", text) is None


@several
@given(st.text(max_size=60))
def test_any_other_text_is_none(page: PageModules, text: str) -> None:
    assert page.call("channel", "readFragment", text) is None


def test_the_fragment_leaves_the_address_bar_and_outlives_a_reload(page: PageModules) -> None:
    window = page.call("fakes", "OpenedWindow", "/room?lang=de", "#a-fragment", True)
    assert page.call("channel", "takeFragment", window) == "a-fragment"
    assert window.call("shown") == "/room?lang=de"
    assert page.call("channel", "takeFragment", window) == "a-fragment"  # a reload: nothing is in the address bar


def test_a_browser_that_keeps_nothing_for_pages_still_opens_the_link(page: PageModules) -> None:
    window = page.call("fakes", "OpenedWindow", "/", "#a-fragment", False)
    assert page.call("channel", "takeFragment", window) == "a-fragment"
    assert window.call("shown") == "/"
    assert page.call("channel", "takeFragment", window) == ""


# --- hellos ----------------------------------------------------------------------------------------------------------
def test_the_page_says_nothing_to_another_host(page: PageModules) -> None:
    assert Phone(page).reads(HostSide(ben, KITCHEN, "Kitchen").hello()) == {"error": "stranger"}


def test_a_later_version_of_the_channel_is_told_apart(page: PageModules) -> None:
    said = msgspec.msgpack.decode(HostSide(ana, KITCHEN, "Kitchen").hello())
    assert Phone(page).reads(msgspec.msgpack.encode({**said, "v": 2})) == {"error": "version"}


@pytest.mark.parametrize("field", ["v", "key", "eph", "nonce", "room", "title", "sig"])
@pytest.mark.parametrize("wrong", [None, b"", b"short", "text", 7.5, [], {}, bytes(32), bytes(64), "gardengardengard"])
def test_a_hello_of_which_a_field_was_changed_is_refused(page: PageModules, field: str, wrong: object) -> None:
    said = msgspec.msgpack.decode(HostSide(ana, KITCHEN, "Kitchen").hello())
    changed = Phone(page).reads(msgspec.msgpack.encode({**said, field: wrong}))
    if field == "title" and isinstance(wrong, str):
        assert changed["hello"]["title"] == wrong  # it is only shown, and not signed
    else:
        assert changed["error"] in ("damaged", "stranger")


@several
@given(st.data())
def test_one_changed_bit_of_a_hello_and_the_page_says_nothing(page: PageModules, data: st.DataObject) -> None:
    hello = bytearray(HostSide(ana, KITCHEN, "").hello())
    place = data.draw(st.integers(0, len(hello) - 1))
    hello[place] ^= 1 << data.draw(st.integers(0, 7))
    said = Phone(page).reads(bytes(hello))
    assert "error" in said or said["hello"]["title"]


@several
@given(st.binary(max_size=200))
def test_what_is_no_hello_is_refused(page: PageModules, junk: bytes) -> None:
    assert Phone(page).reads(junk) in ({"error": "damaged"}, {"error": "version"})


def test_points_of_small_order_are_refused_by_the_page(page: PageModules) -> None:
    phone = Phone(page)
    for point in SMALL_ORDER_X25519:
        said = msgspec.msgpack.decode(HostSide(ana, KITCHEN, "Kitchen").hello())
        said["eph"] = point
        said["sig"] = ana.sign(digest("guest-hello", said["key"], point, said["nonce"], said["room"].encode()))
        read = phone.reads(msgspec.msgpack.encode(said))["hello"]
        assert page.call("channel", "answerHello", read, phone.read, phone.me, phone.card) == {"error": "damaged"}


def test_a_key_that_anybody_can_sign_for_has_signed_nothing(page: PageModules) -> None:
    """Its fingerprint would have to be in the link; even so."""
    key = bytes([1, *bytes(31)])  # the neutral point: this signature is right for any message, by the loose rules
    said = msgspec.msgpack.decode(HostSide(ana, KITCHEN, "Kitchen").hello())
    said |= {"key": key, "sig": key + bytes(32)}
    code = {"secret": CODE.secret, "fingerprint": key_fingerprint(key)}  # type: ignore[arg-type]
    assert page.call("channel", "readHello", msgspec.msgpack.encode(said), code) == {"error": "damaged"}


# --- answers ---------------------------------------------------------------------------------------------------------
def test_with_another_code_the_page_does_not_come_in(page: PageModules) -> None:
    host = HostSide(ana, KITCHEN, "Kitchen")
    message, _channel = Phone(page, GuestCode.new()).answers(host.hello())
    with pytest.raises(WrongCode):
        host.received(message, find)


def test_an_answer_of_the_page_counts_once_and_unchanged(page: PageModules) -> None:
    phone = Phone(page)
    message, _channel = phone.answers(HostSide(ana, KITCHEN, "Kitchen").hello())
    with pytest.raises(WrongCode):
        HostSide(ana, KITCHEN, "Kitchen").received(message, find)
    for place in range(0, len(message), 7):
        host = HostSide(ana, KITCHEN, "Kitchen")
        changed = bytearray(phone.answers(host.hello())[0])
        changed[place] ^= 1 << place % 8
        with pytest.raises(WrongCode):
            host.received(bytes(changed), find)


def test_a_page_with_no_name_is_told_why_it_may_not_come_in(page: PageModules) -> None:
    host = HostSide(ana, KITCHEN, "Kitchen")
    message, channel = Phone(page, nick="").answers(host.hello())
    with pytest.raises(BadGuest) as error:
        host.received(message, find)
    assert error.value.code is CloseCode.CARD
    assert host.channel is not None
    assert channel.call("open", host.channel.seal(b"why")) == b"why"


def test_two_pages_have_nothing_in_common(page: PageModules) -> None:
    hello = HostSide(ana, KITCHEN, "Kitchen").hello()
    one, other = (Phone(page).answers(hello)[0] for _ in range(2))
    assert one[:8] == other[:8] == CODE.code_id
    assert one[8:40] != other[8:40]
    assert CODE.secret not in one + other


# --- boxes -----------------------------------------------------------------------------------------------------------
def test_a_changed_box_ends_the_channel(page: PageModules) -> None:
    phone = Phone(page)
    for place in range(len(b"hello") + 16):
        host, channel = comes_in(phone)
        box = host.seal(b"hello")
        changed = bytearray(box)
        changed[place] ^= 1 << place % 8
        assert channel.call("open", bytes(changed)) is None
        assert channel.call("open", box) is None  # what would have been right does not come through any more


def test_replayed_left_out_cut_or_turned_back_a_box_does_not_open(page: PageModules) -> None:
    phone = Phone(page)
    host, channel = comes_in(phone)
    first = host.seal(b"first")
    assert channel.call("open", first) == b"first"
    assert channel.call("open", first) is None

    host, channel = comes_in(phone)
    host.seal(b"first")
    assert channel.call("open", host.seal(b"second")) is None

    for length in (0, 15, 16, 20):
        host, channel = comes_in(phone)
        assert channel.call("open", host.seal(b"hello")[:length]) is None

    host, channel = comes_in(phone)
    (box,) = channel.call("seal", b"reflected")
    assert channel.call("open", box) is None

    host, channel = comes_in(phone)
    with pytest.raises(ChannelBroken):
        host.open(host.seal(b"reflected"))


def test_the_python_page_and_this_one_are_alike(page: PageModules) -> None:
    """GuestSide stands for the page in other tests: the same lengths, the same fields."""
    mia = new_identity()
    card = make_card(mia, "Mia 😀", 1, b"\x81\xa1g\xc3")
    python = GuestSide(CODE, key_fingerprint(ana.key), mia, card)
    hello = HostSide(ana, KITCHEN, "Kitchen").hello()
    assert len(python.received(hello)) == len(Phone(page).answers(hello)[0])
