"""Nothing counts that its author did not sign, exactly so and for this room."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lanchat.core import limits
from lanchat.core.content import Text, encode
from lanchat.core.model import Card, Entry, RoomId
from lanchat.trust.signing import is_signed, make_card, make_entry, verify_card, verify_entries, verify_entry
from tests.identities import new_identity

KITCHEN, GARDEN = RoomId("kitchenkitchen22"), RoomId("gardengardengard")
ana, ben = new_identity(), new_identity()


def said(text: str, counter: int = 1) -> Entry:
    return make_entry(ana, KITCHEN, counter, encode(Text(text)), 1_700_000_000_000)


@given(st.text(st.characters(codec="utf-8")), st.integers(0, 2**53), st.integers(-(2**53), 2**53))
def test_what_somebody_said_is_known_to_be_theirs(text: str, counter: int, sent_at: int) -> None:
    entry = make_entry(ana, KITCHEN, counter, encode(Text(text)), sent_at)
    assert verify_entry(entry, KITCHEN)
    assert (entry.author, entry.device_id, entry.body, entry.kind) == (ana.key, ana.device_id, text.encode(), "text")


def test_two_entries_with_one_text_are_two_entries() -> None:
    assert said("hi").entry_id != said("hi").entry_id


@pytest.mark.parametrize(
    "change",
    [
        {"entry_id": b"another id 16 by"},
        {"author": ben.key},
        {"device_id": b"8 others"},
        {"counter": 2},
        {"kind": "edit"},
        {"body": b"hi!"},
        {"sent_at": 1},
        {"signature": bytes(64)},
        {"signature": b""},
        {"author": b"\xff" * 32},
        {"author": b""},
        {"target": bytes(16)},
        {"counter": -1},
        {"counter": 2**64},
        {"sent_at": 2**63},
        {"body": b"", "erased": bytes(32)},
    ],
    ids=lambda change: next(iter(change)),
)
def test_an_entry_changed_anywhere_is_refused(change: dict[str, object]) -> None:
    assert not verify_entry(msgspec.structs.replace(said("hi"), **change), KITCHEN)


def test_an_entry_of_another_room_is_refused() -> None:
    assert not verify_entry(said("hi"), GARDEN)


@given(st.integers(0, 511))
def test_a_signature_with_one_bit_turned_is_refused(bit: int) -> None:
    entry = said("hi")
    signature = bytearray(entry.signature)
    signature[bit // 8] ^= 1 << bit % 8
    assert not verify_entry(msgspec.structs.replace(entry, signature=bytes(signature)), KITCHEN)


def test_the_first_bad_one_of_many_is_named() -> None:
    entries = [said(f"line {number}", number) for number in range(20)]
    assert verify_entries(entries, KITCHEN) is None
    assert verify_entries([], KITCHEN) is None
    entries[13] = msgspec.structs.replace(entries[13], body=b"forged")
    entries[17] = msgspec.structs.replace(entries[17], body=b"forged")
    assert verify_entries(entries, KITCHEN) == 13
    assert verify_entries(entries[:5], GARDEN) == 0


def test_a_card_names_its_member() -> None:
    card = make_card(ana, "Ana", 3)
    assert verify_card(card)
    assert (card.key, card.nick, card.revision) == (ana.key, "Ana", 3)


def test_a_name_is_signed_as_it_is_shown() -> None:
    card = make_card(ana, "  Ana\x1b[1m \u202e" + "a" * 99, 1)
    assert verify_card(card)
    assert len(card.nick) <= limits.NICK_CHARACTERS
    assert "\x1b" not in card.nick


@pytest.mark.parametrize(
    "change",
    [{"key": ben.key}, {"nick": "Boss"}, {"revision": 4}, {"nick": "\udfff"}, {"key": b""}, {"profile": b"?"}],
)
def test_a_card_changed_anywhere_is_refused(change: dict[str, object]) -> None:
    assert not verify_card(msgspec.structs.replace(make_card(ana, "Ana", 3), **change))


def test_a_signature_is_no_other_kind_of_signature() -> None:
    entry = said("hi")
    assert not verify_card(Card(ana.key, "Ana", 1, entry.signature))


_FIELD = 2**255 - 19
_EIGHTH = int("05fc536d880238b13933c6d305acdfd5f098eff289f4c345b027b2c28f95e826", 16)


@pytest.mark.parametrize("sign", [0, 2**255], ids=["plus", "minus"])
@pytest.mark.parametrize("y", [0, 1, _FIELD - 1, _FIELD, _FIELD + 1, _EIGHTH, _FIELD - _EIGHTH])
def test_a_key_that_everybody_can_sign_for_signs_nothing(y: int, sign: int) -> None:
    key = (y | sign).to_bytes(32, "little")
    points = [(point | sign).to_bytes(32, "little") for point in (0, 1, _FIELD - 1, _EIGHTH, _FIELD - _EIGHTH)]
    made_up = [point + bytes(32) for point in points]
    assert not any(is_signed(key, signature, bytes([n])) for signature in made_up for n in range(20))
