"""What annotations make of messages is the same on every disk, whatever came first, and follows the rules."""

from __future__ import annotations

import hashlib
import random
from pathlib import Path

import pytest
from msgspec.structs import replace
from people import KITCHEN, Person, open_store, says, taken

from lanchat.core.codes import RejectCode
from lanchat.core.content import BanChange
from lanchat.core.limits import REACTIONS_MOST
from lanchat.core.log import Duplicate, NotAllowed
from lanchat.core.message import Message, Reaction
from lanchat.core.model import START, Entry, EntryId, LogEntry, MemberKey, next_head
from lanchat.storage.reader import Reader
from lanchat.storage.records import RoomRecord
from lanchat.storage.store import Store

EMOJIS = [chr(0x1F600 + number) for number in range(REACTIONS_MOST + 1)]


@pytest.fixture
def hosted(tmp_path: Path, ana: Person) -> Path:
    """A folder in which Ana hosts the kitchen."""
    folder = tmp_path / "ana"
    with open_store(folder) as store:
        store.put_room(RoomRecord(KITCHEN, "Kitchen", ana.identity.key, hosted=True))
    return folder


def ban(who: Person, member: bytes, on: bool = True) -> Entry:
    return who.writes(member, kind="+ban" if on else "+unban")[0]


def about(entry: Entry, who: Person, kind: str, text: str = "") -> Entry:
    return who.writes(text, kind=kind, target=EntryId(entry.entry_id))[0]


def shown(store_folder: Path) -> list[Message]:
    reader = Reader.open(store_folder)
    try:
        return reader.newest(KITCHEN, 1_000)
    finally:
        reader.close()


def history(ana: Person, ben: Person, seed: int) -> list[Entry]:
    """A wild talk: everything that may be done, and much that may not."""
    random_ = random.Random(seed)
    entries = ben.writes("zero")
    kinds = ["+edit", "+delete", "+react", "+unreact", "+pin", "+unpin", "+topic", "text", "+later"]
    for number in range(60):
        who, kind = random_.choice([ana, ben]), random_.choice(kinds)
        about_it = random_.choice(entries)
        text = {"+edit": f"edited {number}", "text": f"text {number}", "+topic": f"topic {number}"}.get(kind, "")
        text = random_.choice("👍🎂") if "react" in kind else text
        target = None if kind == "+topic" else EntryId(about_it.entry_id)
        entries += who.writes(text, kind=kind, target=target)
    return entries


@pytest.mark.parametrize("seed", range(12))
def test_a_replica_has_what_the_host_has_whatever_comes_first(
    hosted: Path, tmp_path: Path, ana: Person, ben: Person, seed: int
) -> None:
    with open_store(hosted) as store:
        log = store.log(KITCHEN)
        for entry in history(ana, ben, seed):
            log.append([entry], 1_000)
        run = log.after(0, 1_000)
        topic = Reader.open(hosted)
        assert 5 < len(run) < 61
    with open_store(tmp_path / "ben") as store:
        store.put_room(RoomRecord(KITCHEN, "Kitchen", ana.identity.key))
        replica, cut = store.log(KITCHEN), len(run) // 2
        replica.start(1, cut, run[cut - 1].head)
        replica.apply(run[cut:])
        while replica.end().base:
            base = replica.end().base
            page = run[max(0, base - 7) : base]
            replica.prepend(page, run[page[0].seq - 2].head if page[0].seq > 1 else START)
    assert shown(tmp_path / "ben") == shown(hosted)
    copy = Reader.open(tmp_path / "ben")
    assert copy.topic(KITCHEN) == topic.topic(KITCHEN)
    for word in ("edited", "text", "zero"):
        found = [[hit.message for hit in one.search(word)] for one in (topic, copy)]
        assert found[0] == found[1]
        assert {hit.message_id for hit in found[0]} == {one.message_id for one in shown(hosted) if word in one.text}
    topic.close()
    copy.close()


def test_all_of_it_in_one_append_is_as_one_by_one(hosted: Path, ana: Person, ben: Person) -> None:
    entries = history(ana, ben, 99)
    with open_store(hosted) as store:
        outcomes = store.log(KITCHEN).append(entries, 1_000)
        at_once = shown(hosted)
        refused = [at for at, outcome in enumerate(outcomes) if isinstance(outcome, NotAllowed)]
    assert refused
    with open_store(hosted.with_name("one by one")) as store:
        store.put_room(RoomRecord(KITCHEN, "Kitchen", ana.identity.key, hosted=True))
        one_by_one = [store.log(KITCHEN).append([entry], 1_000)[0] for entry in entries]
    assert one_by_one == outcomes
    assert shown(hosted.with_name("one by one")) == at_once


def test_the_rules(hosted: Path, ana: Person, ben: Person) -> None:
    with open_store(hosted) as store:
        log = store.log(KITCHEN)

        def outcome(entry: Entry) -> RejectCode | None:
            found = log.append([entry], 1_000)[0]
            return found.code if isinstance(found, NotAllowed) else None

        mine, theirs = (says(log, who, "hm")[0].entry for who in (ana, ben))
        assert outcome(about(theirs, ana, "+edit", "not mine")) is RejectCode.RIGHT
        assert outcome(about(mine, ben, "+edit", "not mine")) is RejectCode.RIGHT
        assert outcome(about(mine, ben, "+delete")) is RejectCode.RIGHT
        assert outcome(about(mine, ben, "+pin")) is RejectCode.RIGHT
        assert outcome(ben.writes("Ben's", kind="+topic")[0]) is RejectCode.RIGHT
        assert outcome(ben.writes("👍", kind="+react", target=EntryId(bytes(16)))[0]) is RejectCode.TARGET
        edit = about(mine, ana, "+edit", "better")
        assert outcome(edit) is None
        assert outcome(about(edit, ben, "+react", "👍")) is RejectCode.TARGET, "an annotation is no message"
        for emoji in EMOJIS[:-1]:
            assert outcome(about(mine, ben, "+react", emoji)) is None
        assert outcome(about(mine, ben, "+react", EMOJIS[-1])) is RejectCode.MANY
        assert outcome(about(mine, ana, "+react", EMOJIS[0])) is None
        delete = about(theirs, ana, "+delete")
        assert outcome(delete) is None
        assert outcome(about(theirs, ben, "+edit", "again")) is RejectCode.DELETED
        assert isinstance(log.append([delete], 1_000)[0], Duplicate), "one that comes twice is known, not refused"


def test_what_a_host_lets_through_against_the_rules_has_no_effect(tmp_path: Path, ana: Person, ben: Person) -> None:
    """Every client checks again: here the host takes Ben for the host, and lets him do what Ana alone may."""
    with open_store(tmp_path / "host") as store:
        store.put_room(RoomRecord(KITCHEN, "Kitchen", ben.identity.key, hosted=True))
        log = store.log(KITCHEN)
        mine = says(log, ana, "as I said")[0].entry
        run = [*taken(log.append([about(mine, ben, "+pin"), *ben.writes("Ben's", kind="+topic")], 1_000))]
        run += taken(log.append([about(mine, ben, "+delete")], 1_000))
        assert (shown(tmp_path / "host")[0].deleted, len(run)) == (True, 3)
        everything = log.after(0, 100)
    with open_store(tmp_path / "guest") as store:
        store.put_room(RoomRecord(KITCHEN, "Kitchen", ana.identity.key))
        store.log(KITCHEN).start(1, 0, START)
        store.log(KITCHEN).apply([replace(everything[0], entry=mine), *everything[1:]])
        message = shown(tmp_path / "guest")[0]
        assert (message.text, message.deleted, message.pinned) == ("as I said", False, False)


def test_many_reactions_are_quick(hosted: Path, ana: Person) -> None:
    crowd = [Person() for _ in range(50)]
    with open_store(hosted) as store:
        log = store.log(KITCHEN)
        cake = says(log, ana, "cake!")[0].entry
        for _round in range(4):
            for who in crowd:
                log.append([about(cake, who, "+react", "🎂")], 1_000)
    assert shown(hosted)[0].reactions == (Reaction("🎂", tuple(who.identity.key for who in crowd)),)


def test_what_is_known_of_messages_is_forgotten_with_the_room(hosted: Path, ana: Person) -> None:
    with open_store(hosted) as store:
        log = store.log(KITCHEN)
        mine = says(log, ana, "hm")[0].entry
        taken(log.append([about(mine, ana, "+edit", "better"), about(mine, ana, "+react", "🎂")], 1_000))
        store.forget_room(KITCHEN)
    assert b"better" not in (hosted / "lanchat.db").read_bytes()


def test_a_damaged_database_shows_the_same_after_it_was_rebuilt(hosted: Path, ana: Person, ben: Person) -> None:
    with open_store(hosted) as store:
        for entry in history(ana, ben, 7):
            store.log(KITCHEN).append([entry], 1_000)
    before = shown(hosted)
    path = hosted / "lanchat.db"
    data = bytearray(path.read_bytes())
    data[100:108] = b"\xff" * 8  # the first page: the schema
    path.write_bytes(data)
    store = Store.open(hosted)
    assert store.notices
    store.close()
    assert shown(hosted) == before


def test_an_edit_whose_message_is_not_here_yet_is_erased_with_it(
    hosted: Path, tmp_path: Path, ana: Person, ben: Person
) -> None:
    with open_store(hosted) as store:
        log = store.log(KITCHEN)
        mine = says(log, ben, "first")[0].entry
        run = [*log.after(0, 9), *taken(log.append([about(mine, ben, "+edit", "the secret")], 1_000))]
        run += taken(log.append([about(mine, ana, "+delete")], 1_000))
    with open_store(tmp_path / "late") as store:
        store.put_room(RoomRecord(KITCHEN, "Kitchen", ana.identity.key))
        replica = store.log(KITCHEN)
        replica.start(1, 1, run[0].head)
        replica.apply(run[1:])
        assert [item.entry.body for item in replica.after(0, 9)] == [b"", b""]
        replica.prepend(run[:1], START)
        assert [item.entry.body for item in replica.after(0, 9)] == [b"", b"", b""]
    assert shown(tmp_path / "late") == shown(hosted)


def test_an_erased_message_stays_deleted_whatever_a_host_sends_after_it(tmp_path: Path, ana: Person) -> None:
    with open_store(tmp_path) as store:
        store.put_room(RoomRecord(KITCHEN, "Kitchen", ana.identity.key))
        replica = store.log(KITCHEN)
        replica.start(1, 0, START)
        mine = ana.writes("gone")[0]
        edit = about(mine, ana, "+edit", "back again")
        erased = replace(mine, body=b"", erased=hashlib.sha256(mine.body).digest())
        head = next_head(START, KITCHEN, 1, 1, 1_000, erased)
        later = LogEntry(edit, 1, 2, 1_000, next_head(head, KITCHEN, 1, 2, 1_000, edit))
        replica.apply([LogEntry(erased, 1, 1, 1_000, head), later])
    message = shown(tmp_path)[0]
    assert (message.deleted, message.text, message.edited_at) == (True, "", 0)


def test_only_the_owner_bans_and_never_themselves(hosted: Path, ana: Person, ben: Person) -> None:
    someone = MemberKey(b"s" * 32)
    with open_store(hosted) as store:
        log = store.log(KITCHEN)
        first, *others = log.append([ban(ana, someone), ban(ben, ana.identity.key), ban(ana, ana.identity.key)], 1_000)
        assert isinstance(first, LogEntry)
        assert others == [NotAllowed(RejectCode.RIGHT)] * 2
        assert store.banned(KITCHEN) == {someone}
        log.append([ban(ana, someone, on=False)], 1_000)
        assert store.banned(KITCHEN) == set()


def test_an_older_page_bans_nobody_whose_ban_was_taken_back_later(tmp_path: Path, hosted: Path, ana: Person) -> None:
    someone = MemberKey(b"s" * 32)
    with open_store(hosted) as store:
        log = store.log(KITCHEN)
        run = taken(log.append([ban(ana, someone), ban(ana, someone, on=False)], 1_000))
    with open_store(tmp_path / "late") as store:
        store.put_room(RoomRecord(KITCHEN, "Kitchen", ana.identity.key))
        replica = store.log(KITCHEN)
        replica.start(1, 1, run[0].head)
        replica.apply(run[1:])
        replica.prepend(run[:1], START)
        assert store.banned(KITCHEN) == set()
        assert replica.seen(run[:1], alone=False).bans == (BanChange(someone, on=False),), "nor are people told that"
