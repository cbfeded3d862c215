"""A private message opens for its two people, where its author wrote it, and for nobody else or anywhere else."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lanchat.core import limits
from lanchat.core.content import Payload, Sealed, Text, UnknownAnnotation, decode, encode, fault_of, is_message
from lanchat.core.model import Entry, RoomId
from lanchat.trust.sealing import TEXT_BYTES, CannotSeal, SealingKey
from lanchat.trust.signing import make_entry, new_entry_id, verify_entry
from tests.identities import new_identity

KITCHEN, GARDEN = RoomId("kitchenkitchen22"), RoomId("gardengardengard")
ana, ben, eve = new_identity(), new_identity(), new_identity()
ANA, BEN, EVE = (SealingKey.of(one) for one in (ana, ben, eve))


def said(text: str, room_id: RoomId = KITCHEN) -> Entry:
    """By Ana, to Ben."""
    entry_id = new_entry_id()
    payload = ANA.seal(room_id, entry_id, ben.key, BEN.public, encode(Text(text)))
    return make_entry(ana, room_id, 1, payload, 1_700_000_000_000, entry_id)


def by(who: object, entry: Entry, **changes: object) -> Entry:
    """The same sealed bytes, signed by somebody as an entry of their own."""
    changed = msgspec.structs.replace(entry, author=who.key, device_id=who.device_id, **changes)  # type: ignore[attr-defined]
    signature = who.sign(changed.signed_digest(KITCHEN))  # type: ignore[attr-defined]
    return msgspec.structs.replace(changed, signature=signature)


@given(st.text(st.characters(codec="utf-8")))
def test_both_can_read_it_and_nobody_else(text: str) -> None:
    entry = said(text)
    assert verify_entry(entry, KITCHEN)
    assert ANA.unseal(KITCHEN, entry) == BEN.unseal(KITCHEN, entry) == encode(Text(text))
    assert EVE.unseal(KITCHEN, entry) is None
    assert not text or len(text) < 4 or text.encode() not in entry.body


def test_for_everybody_else_it_is_a_silent_annotation() -> None:
    entry = said("hi")
    sealed = decode(entry.kind, entry.body)
    assert isinstance(sealed, Sealed)
    assert sealed.recipient == ben.key
    assert not is_message(sealed)
    assert entry.kind.startswith("+")  # so that a program that does not know it is silent, too


def test_of_its_length_only_steps_are_seen() -> None:
    lengths = {len(said("x" * length).body) for length in (1, 50, 200, 240)}
    assert len(lengths) == 1
    assert len(said("x" * 250).body) - lengths.pop() == 256


def test_the_same_said_twice_has_no_byte_in_common_but_whom_it_is_for() -> None:
    one, other = (decode("+sealed", said("hi").body) for _ in range(2))
    assert isinstance(one, Sealed)
    assert isinstance(other, Sealed)
    assert one.recipient == other.recipient
    assert not {one.for_recipient, one.for_author, one.box} & {other.for_recipient, other.for_author, other.box}


def test_the_longest_text_fits_what_a_host_takes() -> None:
    entry = said("x" * TEXT_BYTES)
    assert fault_of(entry, limits.Limits()) is None
    assert ANA.unseal(KITCHEN, entry) == encode(Text("x" * TEXT_BYTES))


def test_the_key_comes_back_with_the_identity() -> None:
    again = SealingKey.of(ben)
    assert (again.public, again.unseal(KITCHEN, said("hi"))) == (BEN.public, encode(Text("hi")))
    assert BEN.public not in (ANA.public, ben.key)
    assert "private" not in repr(BEN)


# --- moved, replayed, changed ----------------------------------------------------------------------------------------
def test_it_opens_in_no_other_room() -> None:
    assert BEN.unseal(GARDEN, said("hi")) is None
    assert ANA.unseal(GARDEN, said("hi")) is None


def test_it_opens_as_no_other_message_of_its_author() -> None:
    moved = by(ana, said("hi"), entry_id=new_entry_id())
    assert verify_entry(moved, KITCHEN)
    assert BEN.unseal(KITCHEN, moved) is None
    assert ANA.unseal(KITCHEN, moved) is None


def test_nobody_can_say_it_as_their_own() -> None:
    stolen = by(eve, said("hi"))
    assert verify_entry(stolen, KITCHEN)
    assert [key.unseal(KITCHEN, stolen) for key in (ANA, BEN, EVE)] == [None, None, None]


def test_it_opens_for_no_other_recipient() -> None:
    """Neither where only the name is changed, nor where the two copies of the key change places."""
    sealed = decode("+sealed", said("hi").body)
    assert isinstance(sealed, Sealed)
    for changed in (
        msgspec.structs.replace(sealed, recipient=eve.key),
        msgspec.structs.replace(sealed, recipient=ana.key),
        msgspec.structs.replace(sealed, for_recipient=sealed.for_author, for_author=sealed.for_recipient),
    ):
        moved = by(ana, said("hi"), body=encode(changed).body)
        assert [key.unseal(KITCHEN, moved) for key in (ANA, BEN, EVE)] == [None, None, None]


def test_it_cannot_be_sent_back_to_its_author() -> None:
    """Ben signs what Ana wrote to him, as from him to her."""
    sealed = decode("+sealed", said("hi").body)
    assert isinstance(sealed, Sealed)
    turned = Sealed(ana.key, sealed.for_author, sealed.for_recipient, sealed.box)
    back = by(ben, said("hi"), body=encode(turned).body)
    assert [key.unseal(KITCHEN, back) for key in (ANA, BEN)] == [None, None]


@pytest.mark.parametrize(
    ("part", "closed_for"),
    [("recipient", (ANA, BEN)), ("for_recipient", (BEN,)), ("for_author", (ANA,)), ("box", (ANA, BEN))],
)
def test_one_changed_bit_and_it_does_not_open(part: str, closed_for: tuple[SealingKey, ...]) -> None:
    entry = said("hi")
    sealed = decode(entry.kind, entry.body)
    for place in range(len(getattr(sealed, part))):
        changed = bytearray(getattr(sealed, part))
        changed[place] ^= 1 << place % 8
        body = msgspec.msgpack.encode(msgspec.structs.replace(sealed, **{part: bytes(changed)}))  # type: ignore[type-var]
        damaged = msgspec.structs.replace(entry, body=body)
        assert [key.unseal(KITCHEN, damaged) for key in closed_for] == [None] * len(closed_for)


def test_cut_short_it_does_not_open() -> None:
    entry = said("hi")
    for length in range(len(entry.body)):
        assert BEN.unseal(KITCHEN, msgspec.structs.replace(entry, body=entry.body[:length])) is None


@given(st.binary(max_size=700))
def test_bytes_that_nobody_sealed_open_for_nobody(junk: bytes) -> None:
    for body in (junk, encode(Sealed(ben.key, (junk * 80)[:80].ljust(80), bytes(80), junk)).body):
        entry = make_entry(eve, KITCHEN, 1, Payload("+sealed", None, body), 0)
        assert BEN.unseal(KITCHEN, entry) is None


@pytest.mark.parametrize("nonsense", [None, 7, "text", [], ["text", None], ["text", None, "hi"], [1, 2, 3], {"a": 1}])
def test_nonsense_that_was_sealed_properly_opens_as_nothing(nonsense: object) -> None:
    entry_id = new_entry_id()
    payload = ANA.seal(KITCHEN, entry_id, ben.key, BEN.public, nonsense)  # type: ignore[arg-type]
    assert BEN.unseal(KITCHEN, make_entry(ana, KITCHEN, 1, payload, 0, entry_id)) is None


def test_an_entry_without_a_sealed_body_is_an_unknown_annotation() -> None:
    assert decode("+sealed", b"") == decode("+sealed", b"\x90") == UnknownAnnotation("+sealed")


@pytest.mark.parametrize("key", [b"", bytes(31), bytes(32), b"\1" + bytes(31)])
def test_nothing_is_sealed_for_a_card_without_a_proper_key(key: bytes) -> None:
    with pytest.raises(CannotSeal):
        ANA.seal(KITCHEN, new_entry_id(), ben.key, key, encode(Text("hi")))


def test_nothing_is_sealed_for_oneself() -> None:
    with pytest.raises(CannotSeal):
        ANA.seal(KITCHEN, new_entry_id(), ana.key, ANA.public, encode(Text("hi")))
