"""What is kept of rooms and members."""

from __future__ import annotations

import time
from contextlib import closing
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace
from people import GARDEN, KITCHEN, Person, open_store, says, seen, texts

from lanchat.core.content import Payload, UnknownMessage
from lanchat.core.keeping import Pass, Rank
from lanchat.core.message import PendingMessage
from lanchat.core.model import Card, EntryId, MemberKey, RoomId
from lanchat.storage.guest_code_rows import GuestCodeRecord
from lanchat.storage.reader import Reader
from lanchat.storage.records import RoomRecord
from lanchat.storage.store import Store
from lanchat.trust.signing import make_entry

PASSES = (Pass(GARDEN, b"k" * 32, Rank.CO_OWNER, 3, False, b"h" * 32, bytes(64)),)
FULL = RoomRecord(
    GARDEN, "Garden", MemberKey(b"h" * 32), True, False, b"secret", ("192.168.1.7", 29747), 12, 1_000, 2_000, PASSES,
    3, "named",
)  # fmt: skip


def a_room(number: int) -> RoomId:
    return RoomId(f"room{number:012}".translate(str.maketrans("01", "ab")))


def test_a_room_comes_back_as_it_was_put(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        store.put_room(FULL)
    with open_store(tmp_path) as store:
        assert store.room(GARDEN) == FULL
        changed = replace(FULL, title="Roof", owner=None, passphrase=False, secret=None, last_address=None, passes=(),
                          keepers="nobody")  # fmt: skip
        store.put_room(changed)
        assert store.room(GARDEN) == changed
        assert store.room(a_room(1)) is None


def test_rooms_used_last_come_first(store: Store, reader: Reader) -> None:
    for number, used in enumerate([30, 10, 20]):
        store.put_room(RoomRecord(a_room(number), str(number), last_used=used))
    store.forget_room(KITCHEN)
    assert [record.title for record in store.rooms()] == ["0", "2", "1"]
    assert reader.rooms() == store.rooms()


def test_a_forgotten_room_leaves_nothing_to_find(tmp_path: Path, ana: Person) -> None:
    with open_store(tmp_path, KITCHEN, GARDEN) as store:
        says(store.log(KITCHEN), ana, "unforgettablesecret one", "two", "明日の会議")
        says(store.log(GARDEN), ana, "roses")
        store.outbox(KITCHEN).add(*ana.writes("unforgettablesecret two"))
        store.ban(KITCHEN, MemberKey(b"x" * 32))
        store.forget_room(KITCHEN)
        reader = Reader.open(tmp_path)
        assert reader.search("unforgettable") == reader.search("会議") == reader.newest(KITCHEN, 10) == []
        assert [hit.room_id for hit in reader.search("roses")] == [GARDEN]
        reader.close()
    assert b"unforgettablesecret" not in b"".join(path.read_bytes() for path in tmp_path.iterdir())


def test_a_room_joined_again_begins_empty(store: Store, ana: Person) -> None:
    says(store.log(KITCHEN), ana, "hi")
    store.forget_room(KITCHEN)
    store.put_room(RoomRecord(KITCHEN, "Kitchen"))
    assert store.log(KITCHEN).end().last == 0
    assert store.outbox(KITCHEN).waiting() == []
    assert says(store.log(KITCHEN), ana, "hi again")[0].seq == 1


def test_a_room_that_is_not_kept(store: Store, reader: Reader, ana: Person) -> None:
    with pytest.raises(KeyError):
        store.log(GARDEN)
    with pytest.raises(KeyError):
        store.outbox(GARDEN).add(*ana.writes("hi"))
    assert reader.newest(GARDEN, 10) == reader.outbox(GARDEN) == []
    assert reader.count(GARDEN) == 0
    assert reader.room(GARDEN) is None


def test_a_later_card_wins(store: Store, reader: Reader, ana: Person) -> None:
    key = ana.identity.key
    nicks = ["Ana", "Anna", "Anya"]
    cards = [Card(key, nick, revision, bytes(64), nick.encode()) for revision, nick in enumerate(nicks)]
    store.put_cards([cards[1]])
    store.put_cards([cards[0]])
    assert store.cards([key]) == [cards[1]]
    store.put_cards([cards[2], cards[1]])
    assert reader.card(key) == cards[2]
    assert reader.nicks() == {key: "Anya"}
    assert store.carded() == {key}
    assert store.cards([MemberKey(b"n" * 32)]) == []


def test_who_wrote_but_never_showed_a_card(store: Store, reader: Reader, ana: Person) -> None:
    says(store.log(KITCHEN), ana, "hi")
    assert reader.card(ana.identity.key) is None
    assert reader.nicks() == {}
    assert store.carded() == set()


def test_who_wrote_in_a_room_and_is_to_be_asked_for(store: Store, ana: Person, ben: Person) -> None:
    says(store.log(KITCHEN), ana, "hello")
    says(store.log(KITCHEN), ben, "hi", "hi again")
    assert store.uncarded(KITCHEN) == {ana.identity.key, ben.identity.key}
    store.put_cards([Card(ana.identity.key, "Ana", 1, bytes(64))])
    assert store.uncarded(KITCHEN) == {ben.identity.key}


def test_first_seen_stays(store: Store, ana: Person) -> None:
    key = ana.identity.key
    assert store.first_seen(key) is None
    before = time.time_ns() // 1_000_000
    says(store.log(KITCHEN), ana, "hi")
    seen = store.first_seen(key)
    assert seen is not None
    assert before <= seen <= time.time_ns() // 1_000_000
    store.put_cards([Card(key, "Ana", 1, bytes(64))])
    assert store.first_seen(key) == seen


def test_who_may_come_in_is_kept_for_each_room(tmp_path: Path) -> None:
    ana, ben = MemberKey(b"a" * 32), MemberKey(b"b" * 32)
    with open_store(tmp_path, KITCHEN, GARDEN) as store:
        store.admit(KITCHEN, ana)
        store.ban(KITCHEN, ben)
        store.ban(KITCHEN, ana)
        store.ban(KITCHEN, ana, False)
    with open_store(tmp_path) as store:
        assert store.admitted(KITCHEN) == {ana}
        assert store.banned(KITCHEN) == {ben}
        assert store.admitted(GARDEN) == store.banned(GARDEN) == set()


def test_dropping_what_is_not_in_the_outbox_is_nothing(store: Store, ana: Person) -> None:
    (entry,) = ana.writes("hi")
    store.outbox(KITCHEN).add(entry)
    store.outbox(KITCHEN).drop(EntryId(bytes(16)))
    assert store.outbox(KITCHEN).waiting() == [entry]


def test_reading_pages(store: Store, reader: Reader, ana: Person) -> None:
    written = seen(says(store.log(KITCHEN), ana, *map(str, range(50))))
    assert reader.newest(KITCHEN, 10) == written[40:]
    assert reader.before(KITCHEN, 41, 10) == written[30:40]
    assert reader.after(KITCHEN, 48, 10) == written[48:]
    assert reader.around(KITCHEN, 25, 10) == written[19:29]
    assert reader.around(KITCHEN, 2, 10) == written[:10]
    assert reader.count(KITCHEN) == 50
    (waiting,) = ana.writes("waits")
    store.outbox(KITCHEN).add(waiting)
    assert reader.outbox(KITCHEN) == [PendingMessage.of(waiting)]


def test_annotations_and_what_nothing_is_seen_of_leave_no_holes(store: Store, reader: Reader, ana: Person) -> None:
    log = store.log(KITCHEN)
    for number in range(20):
        says(log, ana, f"tea {number}")
        log.append([*ana.writes("👍", "tea", kind="+reaction"), *ana.writes("\u200b")], 1_000_000)
    assert texts(reader.newest(KITCHEN, 3)) == ["tea 17", "tea 18", "tea 19"]
    assert texts(reader.before(KITCHEN, 77, 2)) == ["tea 17", "tea 18"]
    assert [message.seq for message in reader.after(KITCHEN, 0, 3)] == [1, 5, 9]
    assert texts(reader.around(KITCHEN, 41, 4)) == ["tea 8", "tea 9", "tea 10", "tea 11"]
    assert texts([hit.message for hit in reader.search("tea", limit=100)]) == [f"tea {n}" for n in range(19, -1, -1)]
    assert reader.count(KITCHEN) == 20
    assert texts(reader.after(KITCHEN, reader.before_newest(KITCHEN, 5), 100)) == [f"tea {n}" for n in range(15, 20)]
    assert (reader.first_seq(KITCHEN), reader.first_seq(GARDEN)) == (1, 0)
    assert len(log.after(0, 1_000)) == 80, "all of it is in the Log"


def test_the_target_of_an_entry_is_kept(store: Store, ana: Person) -> None:
    (first,) = says(store.log(KITCHEN), ana, "tea?")
    payload = Payload("+reaction", EntryId(first.entry.entry_id), b"\xff\x00 not UTF-8")
    entry = make_entry(ana.identity, KITCHEN, 2, payload, 1_000_000)
    store.outbox(KITCHEN).add(entry)
    assert store.outbox(KITCHEN).waiting() == [entry]
    store.log(KITCHEN).append([entry], 1_000_000)
    assert [item.entry for item in store.log(KITCHEN).after(1, 1)] == [entry]


def test_a_reader_sees_only_what_is_committed(store: Store, reader: Reader, ana: Person) -> None:
    with store.transaction():
        says(store.log(KITCHEN), ana, "hi")
        assert reader.newest(KITCHEN, 10) == []
    assert len(reader.newest(KITCHEN, 10)) == 1


def test_entries_of_a_kind_not_known_yet_are_kept_and_not_searched(store: Store, reader: Reader, ana: Person) -> None:
    store.log(KITCHEN).append(ana.writes("thumbs up", kind="reaction"), 1)
    assert [message.content for message in reader.newest(KITCHEN, 1)] == [UnknownMessage("reaction")]
    assert reader.search("thumbs") == []
    store.forget_room(KITCHEN)


def test_values_are_the_same_types_as_from_the_wire(store: Store, ana: Person) -> None:
    (item,) = says(store.log(KITCHEN), ana, "hi")
    (read,) = store.log(KITCHEN).after(0, 1)
    assert msgspec.msgpack.encode(read) == msgspec.msgpack.encode(item)


def test_a_long_room_is_forgotten_piece_by_piece(tmp_path: Path, ana: Person) -> None:
    """Between the pieces the room is whole in itself, and others go on."""
    with open_store(tmp_path, KITCHEN, GARDEN) as store, closing(Reader.open(tmp_path)) as reader:
        says(store.log(KITCHEN), ana, *(f"plate{number} cup" for number in range(1_200)))
        pieces = store.forgetting(KITCHEN)
        next(pieces)
        left = [item.seq for item in reader.newest(KITCHEN, 2_000)]
        assert left == list(range(left[0], 1_201))
        assert 1 < left[0] < 1_200
        assert reader.search("plate499") == []
        assert says(store.log(KITCHEN), ana, "one more")[0].seq == 1_201
        assert says(store.log(GARDEN), ana, "a cup of roses")[0].seq == 1
        assert sum(1 for _ in pieces) > 1
        assert [hit.room_id for hit in reader.search("cup")] == [GARDEN]
        assert reader.room(KITCHEN) is None


def test_whom_one_has_verified_is_remembered(tmp_path: Path) -> None:
    ana, ben = MemberKey(b"a" * 32), MemberKey(b"b" * 32)
    with open_store(tmp_path) as store:
        store.put_cards([Card(ana, "Ana", 1, bytes(64))])
        store.set_verified(ana, True)
        store.set_verified(ben, True)
        store.put_cards([Card(ana, "Anna", 2, bytes(64))])
        store.set_verified(ben, False)
    with open_store(tmp_path) as store:
        assert store.verified() == {ana}
        reader = Reader.open(tmp_path)
        assert reader.verified() == {ana}
        store.ban(KITCHEN, ben)
        assert reader.banned(KITCHEN) == {ben}
        assert reader.banned(GARDEN) == set()
        reader.close()


# --- codes for phones ------------------------------------------------------------------------------------------------
CODES = [
    GuestCodeRecord(b"s" * 16, 1_000, None, 2_000, {MemberKey(b"m" * 32): 1_500, MemberKey(b"n" * 32): None}),
    GuestCodeRecord(b"unforgettablekey", 3_000, 4_000, 3_000),
]


def test_codes_for_phones_come_back_in_their_order(tmp_path: Path) -> None:
    with open_store(tmp_path, KITCHEN, GARDEN) as store:
        assert (store.guest_codes(KITCHEN), store.guest_port(KITCHEN)) == ([], 0)
        store.put_guest_codes(KITCHEN, CODES, 29750)
    with open_store(tmp_path, KITCHEN, GARDEN) as store:
        assert (store.guest_codes(KITCHEN), store.guest_port(KITCHEN)) == (CODES, 29750)
        assert store.guest_codes(GARDEN) == []
        store.put_guest_codes(KITCHEN, CODES[1:])
        assert (store.guest_codes(KITCHEN), store.guest_port(KITCHEN)) == (CODES[1:], 29750)


def test_of_codes_that_were_withdrawn_or_whose_room_is_forgotten_nothing_is_left(tmp_path: Path) -> None:
    with open_store(tmp_path, KITCHEN, GARDEN) as store:
        for room_id in (KITCHEN, GARDEN):
            store.put_guest_codes(room_id, CODES)
        store.put_guest_codes(KITCHEN, [])
        store.forget_room(GARDEN)
    assert b"unforgettablekey" not in b"".join(path.read_bytes() for path in tmp_path.iterdir())


def test_a_code_is_in_no_log() -> None:
    assert "unforgettablekey" not in repr(CODES)
