"""Our own question and answer: small, strict, and of no use to those who want to make a flood."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lanchat.network.discovery.datagrams import (
    MAX_ABOUT,
    QUESTION_BYTES,
    Answer,
    AnswerLimiter,
    Asker,
    Datagram,
    Goodbye,
    Question,
    answer,
    decode,
    encode,
)
from lanchat.network.discovery.interface import RoomDescription

NONCE = b"12345678"
room_ids = st.text("abcdefghijklmnopqrstuvwxyz234567", min_size=16, max_size=16)
rooms = st.builds(
    RoomDescription,
    room_id=room_ids, title=st.text(max_size=40), fingerprint=st.binary(min_size=16, max_size=16),
    port=st.integers(1, 65535), passphrase=st.booleans(), boot_id=st.text("0123456789abcdef", min_size=6, max_size=6),
    people=st.none() | st.integers(0, 5000), owner=st.none() | st.just(b"o" * 16), epoch=st.integers(0, 2**53),
    host=st.text(max_size=32), app=st.just("0.1.0"),
)  # fmt: skip


def room(n: int, **more: object) -> RoomDescription:
    letters = "".join("abcdefghij"[int(digit)] for digit in f"{n:016}")
    return msgspec.structs.replace(
        RoomDescription(room_id=letters, title="Kitchen", fingerprint=bytes(16), port=1), **more
    )


@given(
    st.builds(Question, nonce=st.just(NONCE), about=st.lists(room_ids, max_size=MAX_ABOUT), pass_on=st.booleans())
    | st.builds(Answer, nonce=st.just(NONCE), rooms=st.lists(rooms, max_size=3))
    | st.builds(Goodbye, nonce=st.just(NONCE), room_id=room_ids, fingerprint=st.none() | st.just(bytes(16)))
)
def test_what_is_said_is_understood(said: Datagram) -> None:
    assert decode(encode(said)) == said


@given(rooms)
def test_any_room_fits_an_answer(one: RoomDescription) -> None:
    assert answer(Question(nonce=NONCE), [one], turn=0)


@given(st.lists(rooms, max_size=20), st.integers(0, 100))
def test_an_answer_is_never_longer_than_its_question(some: list[RoomDescription], turn: int) -> None:
    question = Question(nonce=NONCE)
    assert len(answer(question, some, turn) or b"") <= len(encode(question)) == QUESTION_BYTES


def test_rooms_asked_about_come_first_and_all_have_their_turn() -> None:
    some = [room(n) for n in range(50)]
    wanted = Question(nonce=NONCE, about=[some[31].room_id, some[7].room_id])
    seen = set()
    for turn in range(50):
        said = decode(answer(wanted, some, turn) or b"")
        assert isinstance(said, Answer)
        assert {one.room_id for one in said.rooms[:2]} == set(wanted.about)
        seen |= {one.room_id for one in said.rooms}
    assert seen == {one.room_id for one in some}


def test_the_rooms_that_one_question_may_name_fit_its_answer() -> None:
    """Else the last of them would seem not to answer."""
    said = {"people": 10, "host": "Ana", "owner": b"o" * 16, "epoch": 2**53, "boot_id": "0a1b2c", "app": "0.1.0"}
    some = [room(n, title="Kitchen of Ana", passphrase=True, port=29747, **said) for n in range(10)]
    wanted = [one.room_id for one in some[-MAX_ABOUT:]]
    answered = decode(answer(Question(nonce=NONCE, about=wanted), some, turn=0) or b"")
    assert isinstance(answered, Answer)
    assert {one.room_id for one in answered.rooms} >= set(wanted)


def test_a_short_question_is_not_answered() -> None:
    assert decode(encode(Question(nonce=NONCE))[: QUESTION_BYTES - 1]) is None


@pytest.mark.parametrize(
    "asker",
    [Asker("localhost", 1, ""), Asker("10.0.0.1 ", 1, ""), Asker("10.0.0.1", 0, ""), Asker("fe80::1%eth0", 1, "")],
)
def test_an_asker_is_a_numeric_address(asker: Asker) -> None:
    assert decode(encode(Question(nonce=NONCE, asker=asker))) is None


@given(st.binary(max_size=600))
def test_noise_is_nothing(noise: bytes) -> None:
    decode(noise)
    decode(encode(Question(nonce=NONCE))[:10] + noise)


@given(st.data())
def test_a_damaged_datagram_is_understood_or_nothing(data: st.DataObject) -> None:
    whole = bytearray(encode(Answer(nonce=NONCE, rooms=[room(1), room(2)])))
    for _ in range(data.draw(st.integers(1, 4))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    said = decode(bytes(whole))
    if isinstance(said, Answer):
        assert all(1 <= one.port <= 65535 and len(one.fingerprint) == 16 for one in said.rooms)


def test_a_flood_is_answered_only_so_often() -> None:
    patience = AnswerLimiter()
    flood = sum(patience.allows("10.0.0.9", now / 1000) for now in range(2000))
    assert flood <= AnswerLimiter.EACH[1] + 2 * AnswerLimiter.EACH[0]
    assert patience.allows("10.0.0.1", 2.0)


def test_a_flood_from_many_made_up_askers_is_answered_only_so_often() -> None:
    patience = AnswerLimiter()
    answered = sum(patience.allows(f"10.0.{n // 250}.{n % 250}", n / 20_000) for n in range(20_000))
    assert answered <= AnswerLimiter.TOGETHER[1] + AnswerLimiter.TOGETHER[0]
