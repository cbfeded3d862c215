"""The files that a room's messages offer: counted, filtered, in an order, page by page."""

from __future__ import annotations

import sqlite3
import tracemalloc
from contextlib import closing
from pathlib import Path

import pytest
from people import GARDEN, KITCHEN, Person, open_store, says, taken

from lanchat.core.content import Deletion, encode
from lanchat.core.file_offer import FileOffer
from lanchat.core.message import Message
from lanchat.core.model import EntryId, MemberKey, PrivateThread, RoomId
from lanchat.storage import data_folder
from lanchat.storage.entry_rows import entry_number
from lanchat.storage.offers import FOUND, OfferFilter, OfferKind, OfferOrder
from lanchat.storage.reader import Reader
from lanchat.storage.store import Store
from lanchat.trust.signing import make_entry


def an_offer(
    name: str, size: int = 1_000, media: str = "", *, count: int = 1, caption: str = "", preview: bytes = b""
) -> FileOffer:
    side = 400 if media.startswith("image/") else 0
    return FileOffer(
        name, size, count, name.encode()[:32].ljust(32), 100, media, side, side, preview=preview, caption=caption
    )


def offers(store: Store, person: Person, *offered: FileOffer, room_id: RoomId = KITCHEN) -> list[EntryId]:
    """`person` offers these in the room, and the host takes them. The ids of the messages."""
    entries = []
    for offer in offered:
        person.counter += 1
        entries.append(make_entry(person.identity, room_id, person.counter, encode(offer), 1_000_000 + person.counter))
    return [EntryId(item.entry.entry_id) for item in taken(store.log(room_id).append(entries, 1_000_000))]


def names(found: list[Message]) -> list[str]:
    return [message.offer.name for message in found if message.offer is not None]


@pytest.fixture
def told(store: Store, reader: Reader, ana: Person, ben: Person) -> Reader:
    """A room with files of two people among what they say."""
    says(store.log(KITCHEN), ana, "Soup is ready")
    offers(store, ana, an_offer("soup.jpg", 412_000, "image/jpeg", caption="Soup photo, as promised"))
    offers(store, ben, an_offer("menu.pdf", 310_000, "application/pdf"), an_offer("tour.mp4", 61_000_000, "video/mp4"))
    says(store.log(KITCHEN), ben, "menu.pdf is the new one")
    offers(store, ana, an_offer("release", 48_000_000, count=12), an_offer("Notizen.ODT", 84_000), an_offer("a.zip", 9))
    return reader


def test_they_are_counted_by_kind(told: Reader, ana: Person, ben: Person) -> None:
    counts = told.offer_counts(KITCHEN)
    assert counts.kinds == {
        OfferKind.PICTURE: 1, OfferKind.DOCUMENT: 2, OfferKind.MEDIA: 1, OfferKind.OTHER: 2
    }  # fmt: skip
    assert counts.all == 6
    assert counts.size == 412_000 + 310_000 + 61_000_000 + 48_000_000 + 84_000 + 9
    assert counts.authors == (ana.identity.key, ben.identity.key)


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ("newest", ["a.zip", "Notizen.ODT", "release", "tour.mp4", "menu.pdf", "soup.jpg"]),
        ("oldest", ["soup.jpg", "menu.pdf", "tour.mp4", "release", "Notizen.ODT", "a.zip"]),
        ("largest", ["tour.mp4", "release", "soup.jpg", "menu.pdf", "Notizen.ODT", "a.zip"]),
    ],
)
@pytest.mark.parametrize("limit", [1, 2, 4, 50])
def test_page_by_page_each_comes_once(told: Reader, order: OfferOrder, expected: list[str], limit: int) -> None:
    found: list[Message] = []
    while page := told.offers(KITCHEN, order=order, limit=limit, after=found[-1] if found else None):
        assert len(page) <= limit
        found += page
    assert names(found) == expected


@pytest.mark.parametrize(
    ("words", "expected"),
    [("pdf", ["menu.pdf"]), ("NOTIZ", ["Notizen.ODT"]), ("promised soup", ["soup.jpg"]), ("soup pdf", []), (" ", None)],
)
def test_they_are_found_by_name_and_caption(told: Reader, words: str, expected: list[str] | None) -> None:
    found = names(told.offers(KITCHEN, OfferFilter(words=words)))
    assert found == expected if expected is not None else len(found) == 6


def test_they_are_filtered_by_kind_and_person(told: Reader, ana: Person, ben: Person) -> None:
    documents = OfferFilter(kinds=(OfferKind.DOCUMENT,))
    assert names(told.offers(KITCHEN, documents)) == ["Notizen.ODT", "menu.pdf"]
    assert names(told.offers(KITCHEN, OfferFilter(author=ben.identity.key))) == ["tour.mp4", "menu.pdf"]
    of_ana = OfferFilter((OfferKind.DOCUMENT,), ana.identity.key)
    assert names(told.offers(KITCHEN, of_ana)) == ["Notizen.ODT"]
    called = OfferFilter(words="zip", called=frozenset({MemberKey(ben.identity.key)}))
    assert names(told.offers(KITCHEN, called)) == ["a.zip", "tour.mp4", "menu.pdf"]


def test_the_message_of_each_is_as_it_is_now(store: Store, told: Reader, ana: Person) -> None:
    (message,) = told.offers(KITCHEN, OfferFilter(kinds=(OfferKind.PICTURE,)))
    assert message.text == "Soup photo, as promised"
    assert message.author == ana.identity.key


def test_a_deleted_one_is_offered_no_more(store: Store, reader: Reader, ana: Person) -> None:
    first, _second = offers(store, ana, an_offer("soup.jpg", 5, "image/jpeg"), an_offer("a.zip", 9))
    ana.counter += 1
    entry = make_entry(ana.identity, KITCHEN, ana.counter, encode(Deletion(), first), 1_000_000)
    taken(store.log(KITCHEN).append([entry], 1_000_000))
    assert names(reader.offers(KITCHEN)) == ["a.zip"]
    assert reader.offer_counts(KITCHEN).size == 9


def test_the_files_of_another_room_are_not_among_them(tmp_path: Path, ana: Person) -> None:
    with open_store(tmp_path, KITCHEN, GARDEN) as store, closing(Reader.open(tmp_path)) as reader:
        offers(store, ana, an_offer("a.zip"))
        offers(store, ana, an_offer("roses.jpg", 5, "image/jpeg"), room_id=GARDEN)
        assert names(reader.offers(KITCHEN)) == ["a.zip"]
        assert names(reader.offers(GARDEN)) == ["roses.jpg"]
        assert reader.offers(RoomId("nowherenowhereno")) == []


def test_ten_thousand_are_read_a_page_at_a_time(store: Store, reader: Reader, ana: Person) -> None:
    for start in range(0, 10_000, 250):
        offers(store, ana, *(an_offer(f"{n}.jpg", n, "image/jpeg", preview=bytes(1_500))
                             for n in range(start, start + 250)))  # fmt: skip
    tracemalloc.start()
    try:
        assert reader.offer_counts(KITCHEN).all == 10_000
        assert names(reader.offers(KITCHEN, limit=3)) == ["9999.jpg", "9998.jpg", "9997.jpg"]
        assert names(reader.offers(KITCHEN, order="largest", limit=3)) == ["9999.jpg", "9998.jpg", "9997.jpg"]
        assert names(reader.offers(KITCHEN, OfferFilter(words="77.jpg"), limit=200))[-1] == "77.jpg"
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert most < 2_000_000, "of the 15 MB that they are"


def test_they_are_found_by_their_own_index(store: Store, ana: Person, tmp_path: Path) -> None:
    offers(store, ana, an_offer("a.zip"))
    with closing(sqlite3.connect(tmp_path / data_folder.DATABASE)) as database:
        plan = str(database.execute(f"EXPLAIN QUERY PLAN {FOUND} DESC", (0, 1 << 60)).fetchall())
    assert "entries_offers" in plan


def test_those_of_a_private_thread_are_its_own(store: Store, tmp_path: Path, ana: Person, ben: Person) -> None:
    thread = PrivateThread(KITCHEN, MemberKey(ben.identity.key))
    offers(store, ana, an_offer("for-all.zip"))
    sealed = [item.seq for item in taken(store.log(KITCHEN).append(ben.writes(*"abcd", kind="+sealed"), 1_000_000))]
    say = [an_offer("secret.pdf", 700), None, an_offer("selfie.jpg", 900, "image/jpeg"), an_offer("more.zip", 800)]
    with closing(sqlite3.connect(tmp_path / data_folder.DATABASE)) as database, database:
        (number,) = database.execute("SELECT number FROM rooms").fetchone()
        (member,) = database.execute("SELECT id FROM members WHERE key = ?", (thread.peer,)).fetchone()
        database.execute("INSERT INTO threads VALUES (9, ?, ?, 0)", (number, member))
        for seq, offer in zip(sealed, say, strict=True):
            kind, text = ("file", offer.words) if offer else ("text", "words")
            body = encode(offer).body if offer else None
            row = (entry_number(number, seq), kind, text, body)
            database.execute("INSERT INTO private (id, thread, mine, kind, text, offer) VALUES (?, 9, 0, ?, ?, ?)", row)
    with closing(Reader.open(tmp_path)) as reader:
        assert names(reader.offers(thread.thread_id)) == ["more.zip", "selfie.jpg", "secret.pdf"]
        assert names(reader.offers(thread.thread_id, order="largest", limit=2)) == ["selfie.jpg", "more.zip"]
        first = reader.offers(thread.thread_id, order="oldest", limit=1)
        assert names(first) == ["secret.pdf"]
        rest = reader.offers(thread.thread_id, order="oldest", after=first[0])
        assert names(rest) == ["selfie.jpg", "more.zip"]
        assert reader.offer_counts(thread.thread_id).kinds[OfferKind.PICTURE] == 1
        assert names(reader.offers(KITCHEN)) == ["for-all.zip"]
