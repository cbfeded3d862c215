"""One run of the passphrase proof: what honest sides get out of it, and what it takes from others."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st
from spake2 import ed25519_basic as curve

from lanchat.core.model import DeviceId, MemberKey, RoomId
from lanchat.trust.pake import BadPake, Binding, PakeClient, PakeHost

FIELD = 2**255 - 19
SECRET, WRONG = b"right" * 4, b"wrong" * 4
BINDING = Binding(
    b"f" * 32, b"h" * 32, b"c" * 32, RoomId("kitchenkitchen22"), MemberKey(b"m" * 32), DeviceId(b"8 letter")
)


def encoded(y: int, sign: int = 0) -> bytes:
    return (y | sign << 255).to_bytes(32, "little")


EIGHT = [  # the four points of order eight
    encoded(y, sign)
    for y in (
        0x05FC536D880238B13933C6D305ACDFD5F098EFF289F4C345B027B2C28F95E826,
        0x7A03AC9277FDC74EC6CC392CFA53202A0F67100D760B3CBA4FD84D3D706A17C7,
    )
    for sign in (0, 1)
]


def test_the_same_passphrase_convinces_both() -> None:
    client, host = PakeClient(SECRET, BINDING), PakeHost(SECRET, BINDING)
    proof = client.confirm(host.answer(client.message))
    answer = host.check(proof)
    assert answer is not None
    assert answer != proof
    assert client.check(answer)


def test_another_passphrase_convinces_nobody() -> None:
    client, host = PakeClient(SECRET, BINDING), PakeHost(WRONG, BINDING)
    assert host.check(client.confirm(host.answer(client.message))) is None


@pytest.mark.parametrize("field", [field.name for field in dataclasses.fields(Binding)])
def test_a_proof_holds_for_one_connection_room_and_member(field: str) -> None:
    value = getattr(BINDING, field)
    other = value[:-1] + ("3" if isinstance(value, str) else b"!")
    client = PakeClient(SECRET, BINDING)
    host = PakeHost(SECRET, dataclasses.replace(BINDING, **{field: other}))
    assert host.check(client.confirm(host.answer(client.message))) is None


def test_one_run_is_one_guess() -> None:
    client, host = PakeClient(WRONG, BINDING), PakeHost(SECRET, BINDING)
    message = host.answer(client.message)
    assert host.check(client.confirm(message)) is None
    with pytest.raises(RuntimeError):
        host.check(b"x" * 32)
    with pytest.raises(RuntimeError):
        host.answer(client.message)
    with pytest.raises(RuntimeError):
        client.confirm(message)


def test_the_host_proves_nothing_before_the_client_did() -> None:
    with pytest.raises(RuntimeError):
        PakeHost(SECRET, BINDING).check(b"x" * 32)
    with pytest.raises(RuntimeError):
        PakeClient(SECRET, BINDING).check(b"x" * 32)


@pytest.mark.parametrize("length", [*range(33), *range(34, 70), 4000])
def test_a_message_has_33_bytes(length: int) -> None:
    good = PakeClient(SECRET, BINDING).message
    with pytest.raises(BadPake):
        PakeHost(SECRET, BINDING).answer((good * 122)[:length])


def test_a_message_says_which_side_it_is_from() -> None:
    client, host = PakeClient(SECRET, BINDING), PakeHost(SECRET, BINDING)
    answer = host.answer(client.message)
    for wrong in (client.message, b"S" + answer[1:], b"\0" + answer[1:]):
        with pytest.raises(BadPake):
            PakeClient(SECRET, BINDING).confirm(wrong)
    with pytest.raises(BadPake):
        PakeHost(SECRET, BINDING).answer(answer)


def test_a_message_sent_back_to_its_author_is_refused() -> None:
    client = PakeClient(SECRET, BINDING)
    with pytest.raises(BadPake):
        client.confirm(b"B" + client.message[1:])


WORTHLESS = {
    "neutral": encoded(1),
    "neutral, other sign": encoded(1, 1),
    "neutral, above the field": encoded(FIELD + 1),
    "neutral, above the field, other sign": encoded(FIELD + 1, 1),
    "order two": encoded(FIELD - 1),
    "order two, other sign": encoded(FIELD - 1, 1),
    "order four": encoded(0),
    "order four, other sign": encoded(0, 1),
    "order four, above the field": encoded(FIELD),
    "above the field": encoded(FIELD + 3),
    "all ones": b"\xff" * 32,
    "not on the curve": encoded(2),
} | {f"order eight, {number}": point for number, point in enumerate(EIGHT)}


@pytest.mark.parametrize("point", EIGHT)
def test_the_points_of_order_eight_are_what_they_are_called(point: bytes) -> None:
    on_curve = curve.bytes_to_unknown_group_element(point)
    assert on_curve.scalarmult(4) == curve.bytes_to_unknown_group_element(encoded(FIELD - 1))
    assert on_curve.scalarmult(8) == curve.Zero


@pytest.mark.parametrize("point", WORTHLESS.values(), ids=WORTHLESS.keys())
def test_points_that_are_worthless_or_written_oddly_are_refused(point: bytes) -> None:
    with pytest.raises(BadPake):
        PakeHost(SECRET, BINDING).answer(b"A" + point)
    with pytest.raises(BadPake):
        PakeClient(SECRET, BINDING).confirm(b"B" + point)


def test_a_good_point_with_a_part_of_low_order_is_refused() -> None:
    good = curve.bytes_to_element(PakeClient(SECRET, BINDING).message[1:])
    for low in (encoded(FIELD - 1), encoded(0), EIGHT[0]):
        mixed = curve.ElementOfUnknownGroup(good.XYTZ).add(curve.bytes_to_unknown_group_element(low))
        with pytest.raises(BadPake):
            PakeHost(SECRET, BINDING).answer(b"A" + mixed.to_bytes())


@given(st.binary(max_size=64) | st.binary(min_size=32, max_size=32).map(lambda rest: b"A" + rest))
def test_any_bytes_give_a_clear_answer(message: bytes) -> None:
    host = PakeHost(SECRET, BINDING)
    try:
        answer = host.answer(message)
    except BadPake:
        return
    assert len(answer) == 33, "a random point may be a good one"
    assert host.check(b"x" * 32) is None
