"""A message that offers files: read back whole, found by its name, quoted, and gone when it is deleted."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import msgpack
from msgspec.structs import replace
from people import KITCHEN, Person, open_store

from lanchat.core.content import UnknownMessage, decode, encode, fault_of, words_in
from lanchat.core.file_offer import PREVIEW_BYTES, FileOffer
from lanchat.core.limits import Limits
from lanchat.core.model import Entry, EntryId
from lanchat.storage.reader import Reader
from lanchat.trust.signing import make_entry

ROOT = hashlib.sha256(b"manifest").digest()
PLAN = FileOffer(
    "Deckplan.pdf", 2_300_000, 1, ROOT, 400, "application/pdf", caption="the new one, see https://plan.example"
)


def offers(who: Person, offer: FileOffer, target: EntryId | None = None) -> Entry:
    who.counter += 1
    return make_entry(who.identity, KITCHEN, who.counter, encode(offer, target), 1_000_000 + who.counter)


def test_an_offer_is_read_back_as_it_was_made(tmp_path: Path, ana: Person, ben: Person) -> None:
    (question,) = ana.writes("where is the plan?")
    answer = offers(ben, PLAN, EntryId(question.entry_id))
    thanks = ana.writes("thanks", target=EntryId(answer.entry_id))
    with open_store(tmp_path) as store:
        store.log(KITCHEN).append([question, answer, *thanks], received_at=5)
    reader = Reader.open(tmp_path)
    _first, offered, thanked = reader.newest(KITCHEN, 9)
    assert offered.offer == PLAN
    assert offered.text == PLAN.caption
    assert offered.quote is not None
    assert offered.quote.text == "where is the plan?"
    assert thanked.quote is not None
    assert thanked.quote.text.startswith("Deckplan.pdf")
    reader.close()


@pytest.mark.parametrize(
    "words", ["deckplan", "new one", "has:file", "has:file deckplan", "deckplan.pdf", "has:file https://plan has:link"]
)
def test_it_is_found_by_its_name_and_its_caption(words: str, tmp_path: Path, ana: Person) -> None:
    with open_store(tmp_path) as store:
        store.log(KITCHEN).append([*ana.writes("nothing of it"), offers(ana, PLAN)], received_at=5)
    reader = Reader.open(tmp_path)
    assert [found.message.offer for found in reader.search(words, KITCHEN)] == [PLAN]
    reader.close()


def test_pictures_are_found_among_files(tmp_path: Path, ana: Person) -> None:
    deck = replace(PLAN, name="deck.jpg", media="image/jpeg", width=800, height=600, caption="")
    with open_store(tmp_path) as store:
        store.log(KITCHEN).append([*ana.writes("has:picture"), offers(ana, PLAN), offers(ana, deck)], received_at=5)
    reader = Reader.open(tmp_path)
    for words in ("has:picture", "has:picture deck", "has:file has:picture"):
        assert [found.message.offer for found in reader.search(words, KITCHEN)] == [deck]
    assert len(list(reader.search("has:file", KITCHEN))) == 2
    reader.close()


def test_nothing_of_a_deleted_offer_is_left(tmp_path: Path, ana: Person) -> None:
    offer = offers(ana, PLAN)
    with open_store(tmp_path) as store:
        (deletion,) = ana.writes("", kind="+delete", target=EntryId(offer.entry_id))
        store.log(KITCHEN).append([offer, deletion], received_at=5)
        while not store.settle():
            pass
    reader = Reader.open(tmp_path)
    (message,) = reader.newest(KITCHEN, 9)
    assert message.deleted
    assert message.offer is None
    assert not list(reader.search("deckplan", KITCHEN))
    reader.close()
    assert b"Deckplan" not in b"".join(file.read_bytes() for file in tmp_path.iterdir())


@pytest.mark.parametrize(
    "wrong",
    [
        replace(PLAN, name=""), replace(PLAN, name="x" * 256), replace(PLAN, size=-1), replace(PLAN, count=0),
        replace(PLAN, root=b"short"), replace(PLAN, manifest_size=0), replace(PLAN, width=-1), replace(PLAN, key=b"k"),
        replace(PLAN, preview=bytes(PREVIEW_BYTES + 1)), replace(PLAN, manifest_size=2**40),
    ],
)  # fmt: skip
def test_an_offer_that_cannot_be_is_refused_and_shown_as_unknown(wrong: FileOffer, ana: Person) -> None:
    entry = offers(ana, wrong)
    assert fault_of(entry, Limits()) == "content"
    assert decode(entry.kind, entry.body) == UnknownMessage("file")
    assert fault_of(offers(ana, PLAN), Limits()) is None


VALUES = st.none() | st.integers(-9, 2**40) | st.binary(max_size=40)


@given(st.binary(max_size=300) | st.lists(VALUES).map(msgpack.encode))
def test_no_bytes_break_the_reading_of_an_offer(body: bytes) -> None:
    assert isinstance(words_in(decode("file", body)), str)
