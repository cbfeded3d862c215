"""A Log gives way to another one of the same room: what only it had is kept, shown, and brought into the other."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from copies import Copy, copy_of, fresh, seals
from msgspec.structs import replace
from people import KITCHEN, Person, texts, undone

from lanchat.core.content import Payload
from lanchat.core.message import Reaction
from lanchat.core.model import START, EntryId, Head, LogEnd, PrivateThread
from lanchat.storage.reader import Reader
from lanchat.trust.signing import make_entry


@pytest.fixture
def hers(tmp_path: Path, ana: Person) -> Iterator[Copy]:
    """The copy of Ana, who owns the room."""
    with copy_of(tmp_path / "ana", ana, ana) as copy:
        yield copy


@pytest.fixture
def his(tmp_path: Path, ana: Person, ben: Person, hers: Copy) -> Iterator[Copy]:
    """The copy of Ben, who was there from the beginning."""
    with copy_of(tmp_path / "ben", ana, ben) as copy:
        for who in (ana, ben):
            hers.say(who, *(f"soup {number}" for number in range(10)))
        copy.follow(hers)
        yield copy


def test_what_only_he_had_leaves_his_log_and_waits_in_its_order(hers: Copy, his: Copy, ben: Person) -> None:
    common = his.everything()
    tail = his.say(ben, "salt", "more salt")
    his.say(ben, "👍", kind="+react", about=tail[0])
    hers.say(hers.me, "bread")
    waiting = his.log.rebase(5, 20, common[-1].head)
    assert his.everything() == common
    assert his.log.end() == LogEnd(5, 0, START, 20, common[-1].head)
    assert [entry.kind for entry in waiting] == ["text", "text", "+react"]
    assert waiting[:2] == tail
    assert waiting == his.log.carried.waiting()
    assert (his.log.carried.count(), his.log.carried.set_aside_count()) == (3, 0)
    assert texts(his.reader.carried(KITCHEN)) == ["salt", "more salt"]
    assert his.reader.search("salt") == []
    his.follow(hers)
    assert his.everything() == hers.everything()
    assert his.log.carried.waiting() == waiting


def test_what_is_brought_back_is_as_if_it_had_been_said_there(
    hers: Copy, his: Copy, tmp_path: Path, ana: Person, ben: Person
) -> None:
    old, other = his.everything()[3].entry, his.everything()[15].entry
    tail = his.say(ben, "salt", "bread and salt")
    his.say(ben, "edited: no salt", kind="+edit", about=tail[1])
    his.say(ben, "edited: my soup", kind="+edit", about=other)
    his.say(ben, "👍", kind="+react", about=old)
    his.say(ana, kind="+pin", about=old)
    his.say(ana, "the topic", kind="+topic")
    his.say(ana, "", kind="+pin", about=old)
    his.say(ana, "", kind="+delete", about=tail[0])
    hers.say(ana, "bread")
    hers.say(ana, "another topic", kind="+topic")
    his.follow(hers)
    assert his.shown() == hers.shown()
    his.bring_back(hers)
    assert his.log.carried.waiting() == []
    assert his.shown() == hers.shown() == fresh(tmp_path / "new", ana, ben, hers.everything())
    shown = {message.message_id: message for message in his.reader.newest(KITCHEN, 100)}
    first = shown[EntryId(old.entry_id)]
    assert (first.reactions, first.pinned) == ((Reaction("👍", (ben.identity.key,)),), True)
    assert shown[EntryId(other.entry_id)].text == "edited: my soup"
    assert his.reader.topic(KITCHEN) == "the topic", "said last in this order"


def test_what_the_tail_did_to_older_messages_is_undone_until_it_comes_back(
    hers: Copy, his: Copy, ana: Person, ben: Person
) -> None:
    before = hers.shown()
    mine, secret = his.everything()[12].entry, his.everything()[13].entry
    hers.say(ana, "the first topic", kind="+topic")
    his.follow(hers)
    his.say(ben, "edited", kind="+edit", about=mine)
    his.say(ana, "", kind="+pin", about=mine)
    his.say(ana, "👍", kind="+react", about=mine)
    his.say(ana, "the other topic", kind="+topic")
    his.say(ben, "", kind="+delete", about=secret)
    his.log.rebase(2, 21, his.log.head_at(21) or START)
    shown = his.shown()
    assert [message for message in shown.messages if message.message_id != secret.entry_id] == [
        message for message in before.messages if message.message_id != secret.entry_id
    ]
    assert (shown.topic, shown.pinned, shown.found["edited"]) == ("the first topic", [], [])
    gone = next(message for message in shown.messages if message.message_id == secret.entry_id)
    assert (gone.deleted, gone.text) == (True, ""), "what was erased is not there any more"
    assert b"soup 3" not in {item.entry.body for item in his.everything()[10:]}


def test_a_message_that_was_deleted_waits_without_its_text(hers: Copy, his: Copy, ben: Person) -> None:
    (secret,) = his.say(ben, "the secret")
    his.say(ben, "", kind="+delete", about=secret)
    hers.say(hers.me, "bread")
    his.follow(hers)
    waiting = his.log.carried.waiting()
    assert (waiting[0].body, waiting[0].erased) == (b"", hashlib.sha256(b"the secret").digest())
    assert [message.deleted for message in his.reader.carried(KITCHEN)] == [True]
    his.bring_back(hers)
    assert hers.reader.newest(KITCHEN, 1)[0].deleted


def test_what_a_keeper_sends_erased_is_told_with_the_text_that_is_carried_here(
    hers: Copy, his: Copy, ana: Person, ben: Person
) -> None:
    (said,) = ben.writes("salt")
    his.take([said])
    hers.take([replace(said, body=b"", erased=hashlib.sha256(said.body).digest())], carried=[said])
    hers.say(ana, "bread")
    his.follow(hers)
    run = his.everything()[20:]
    assert [item.entry.erased for item in hers.everything()[20:]] == [hashlib.sha256(b"salt").digest(), None]
    told = his.log.seen(hers.everything()[20:]).added
    assert [(message.text, message.deleted) for message in told] == [("salt", False), ("bread", False)]
    assert told == his.log.seen(run).added


def test_an_opening_that_came_to_nothing_is_not_brought_back(hers: Copy, his: Copy, ben: Person) -> None:
    his.keep_open(2)
    tail = his.say(ben, "salt")
    hers.keep_open(3)
    his.follow(hers)
    assert his.log.carried.waiting() == tail
    assert his.log.end().epoch == 3


def test_who_keeps_the_room_open_is_kept(hers: Copy, his: Copy) -> None:
    assert hers.log.keeps is None
    first = hers.keep_open(2)
    hers.say(hers.me, "bread")
    second = his.keep_open(4)
    his.log.append(his.me.writes("salt"), 1)
    assert (hers.log.keeps, his.log.keeps) == (first, second)
    assert [item.epoch for item in his.everything()[-2:]] == [4, 4]
    assert his.log.end().epoch == 4
    third = hers.keep_open(7)
    his.follow(hers)
    assert his.log.keeps == third == his.reader.rooms()[0].keeps
    record = his.store.room(KITCHEN)
    assert record is not None
    his.store.put_room(record)
    assert his.log.keeps == third
    his.log.set_keeps(first)
    assert his.log.keeps == first


def test_a_log_without_anything_in_common_leaves_whole(hers: Copy, tmp_path: Path, ana: Person, ben: Person) -> None:
    """As after a disk that was forgotten: the keeper's Log begins later, with a head that is not in this one."""
    with copy_of(tmp_path / "ben", ana, ben) as his:
        his.log.start(1, 0, START)
        tail = his.say(ben, "salt", "bread")
        hers.say(ana, "soup", "more soup")
        his.log.rebase(2, 1, hers.everything()[0].head)
        assert his.log.end() == LogEnd(2, 1, hers.everything()[0].head, 1, hers.everything()[0].head)
        assert his.log.carried.waiting() == tail
        his.log.apply(hers.everything()[1:])
        his.log.prepend(hers.everything()[:1], START)
        assert texts(his.reader.newest(KITCHEN, 10)) == ["soup", "more soup"]
        his.bring_back(hers)
        assert his.shown() == hers.shown()


def test_older_parts_stay_where_the_log_is_cut_and_leave_where_it_begins_anew(
    hers: Copy, his: Copy, tmp_path: Path, ana: Person, ben: Person
) -> None:
    run = hers.everything()
    with copy_of(tmp_path / "eve", ana, ben) as copy:
        copy.log.start(1, 2, run[1].head)
        copy.log.apply(run[2:8])
        copy.log.start(1, 12, run[11].head)
        copy.log.apply(run[12:])
        tail = copy.say(ben, "salt")
        copy.log.rebase(2, 15, run[14].head)
        assert copy.log.end() == LogEnd(2, 12, run[11].head, 15, run[14].head)
        assert copy.log.missing
        assert [message.seq for message in copy.reader.newest(KITCHEN, 100)] == [3, 4, 5, 6, 7, 8, 13, 14, 15]
        copy.log.rebase(3, 5, run[4].head)
        assert copy.log.end() == LogEnd(3, 2, run[1].head, 5, run[4].head), "the part is the Log now"
        assert not copy.log.missing
        left = [item.entry for item in [*run[5:8], *run[12:20]]] + tail
        assert copy.log.carried.waiting() == left
        copy.log.rebase(4, 4, Head(bytes(32)))
        assert copy.log.end() == LogEnd(4, 4, Head(bytes(32)), 4, Head(bytes(32)))
        assert copy.log.carried.waiting() == [item.entry for item in run[2:5]] + left
        assert not copy.log.missing


def test_a_log_that_ended_before_the_keepers_begins_is_brought_there_when_the_gap_is_filled(
    hers: Copy, his: Copy, tmp_path: Path, ana: Person, ben: Person
) -> None:
    tail = his.say(ben, "salt", "bread")
    old = his.everything()[0].entry
    his.say(ben, "👍", kind="+react", about=old)
    tail += [his.everything()[-1].entry]
    hers.say(ana, *(f"soup {number}" for number in range(40)))
    run = hers.everything()
    his.log.start(1, 50, run[49].head)
    his.log.apply(run[50:])
    assert his.log.carried.waiting() == []
    assert [message.text for message in his.reader.before(KITCHEN, 50, 2)] == ["salt", "bread"]
    his.log.prepend(run[30:50], run[29].head)
    his.log.prepend(run[22:30], run[21].head)
    assert his.log.missing
    assert texts(his.reader.carried(KITCHEN)) == ["bread"], "the message right before is not of this Log"
    assert [message.seq for message in his.reader.before(KITCHEN, 25, 3)] == [21, 23, 24]
    his.log.prepend(run[20:22], run[19].head)
    assert not his.log.missing
    assert his.everything() == run
    assert his.log.carried.waiting() == tail
    assert his.shown() == hers.shown(), "the reaction, too, waits"
    his.bring_back(hers)
    assert his.shown() == hers.shown()


def test_a_second_rebase_keeps_what_was_brought_back_before_what_waits(
    hers: Copy, his: Copy, ana: Person, ben: Person
) -> None:
    """A reaction must not come before its message, which came into the second Log already."""
    salt, *others = his.say(ben, "salt", "bread", "and wine")
    like = his.say(ben, "👍", kind="+react", about=salt)
    hers.say(ana, "soup for all")
    his.follow(hers)
    hers.take([salt], carried=[salt])
    his.follow(hers)
    his.log.carried.set_aside(EntryId(others[1].entry_id), "long")
    third = his.everything()[20].entry
    his.log.rebase(9, 20, his.log.head_at(20) or START)
    assert his.log.carried.waiting() == [third, salt, others[0], *like]
    his.log.rebase(10, 19, his.log.head_at(19) or START)
    assert [entry.entry_id for entry in his.log.carried.waiting()][2:] == [
        entry.entry_id for entry in (salt, others[0], *like)
    ]
    assert [one.message.text for one in his.reader.set_aside(KITCHEN)] == ["and wine"]


def test_a_rebase_that_fails_changes_nothing(hers: Copy, his: Copy, ben: Person) -> None:
    his.say(ben, "salt")
    before, shown, end = his.everything(), his.shown(), his.log.end()
    with undone(his.store):
        his.log.rebase(3, 10, his.log.head_at(10) or START)
    assert (his.everything(), his.shown(), his.log.end(), his.log.carried.count()) == (before, shown, end, 0)
    his.say(ben, "bread")
    assert his.log.end().last == end.last + 1


def test_what_was_read_stays_read_and_what_was_not_stays_unread(
    hers: Copy, his: Copy, ana: Person, ben: Person
) -> None:
    his.store.mark_read(KITCHEN, 20)
    read = his.say(ana, "salt", "bread")
    his.store.mark_read(KITCHEN, 22)
    his.say(ana, "wine")
    assert his.unread() == 1
    hers.say(ana, "soup for all")
    his.follow(hers)
    assert his.unread() == 1
    hers.take(his.log.carried.waiting(), carried=his.log.carried.waiting())
    run = hers.everything()[21:]
    his.log.apply(run)
    assert his.log.seen(run).again == {entry.entry_id for entry in read}
    assert texts(his.reader.after(KITCHEN, 20, 10)) == ["soup for all", "salt", "bread", "wine"]
    assert his.unread() == 2, "soup for all, and the wine"
    his.store.mark_read(KITCHEN, 22)
    assert his.unread() == 1
    his.store.mark_unread(KITCHEN, 22)
    assert his.unread() == 3, "what the person marks is unread, whatever was read before"
    his.store.mark_read(KITCHEN, 24)
    assert his.unread() == 0
    his.store.mark_unread(KITCHEN, 21)
    assert his.unread() == 4


def test_private_messages_wait_are_shown_and_come_back(hers: Copy, his: Copy, ana: Person, ben: Person) -> None:
    thread = PrivateThread(KITCHEN, ana.identity.key).thread_id
    from_her = [seals(ana, ben, f"psst {number}") for number in range(3)]
    his.take([from_her[0], seals(ben, ana, "what?"), *from_her[1:]])
    his.store.mark_read(thread, 23)
    hers.say(ana, "bread")
    assert his.unread(thread) == 1
    his.follow(hers)
    assert texts(his.reader.newest(thread, 10)) == []
    assert texts(his.reader.carried(thread)) == ["psst 0", "what?", "psst 1", "psst 2"]
    assert his.reader.carried(KITCHEN) == []
    assert his.unread(thread) == 0
    his.bring_back(hers)
    assert texts(his.reader.newest(thread, 10)) == ["psst 0", "what?", "psst 1", "psst 2"]
    assert texts([hit.message for hit in his.reader.search("psst")]) == ["psst 2", "psst 1", "psst 0"]
    assert his.unread(thread) == 1
    his.store.mark_read(KITCHEN, 100)
    assert his.unread(thread) == 1
    his.store.mark_read(thread, 24)
    assert his.unread(thread) == 1
    his.store.mark_read(thread, 25)
    assert his.unread(thread) == 0


def test_an_entry_that_waits_to_be_sent_is_not_touched(hers: Copy, his: Copy, ben: Person) -> None:
    his.say(ben, "salt")
    (unsent,) = ben.writes("not sent yet")
    his.store.outbox(KITCHEN).add(unsent)
    hers.say(hers.me, "bread")
    his.follow(hers)
    assert his.store.outbox(KITCHEN).waiting() == [unsent]
    assert his.store.outbox(KITCHEN).next_counter(ben.identity.device_id) == unsent.counter + 1


def test_counters_are_not_given_again_for_what_waits(hers: Copy, his: Copy, ben: Person) -> None:
    (last,) = his.say(ben, "salt")
    hers.say(hers.me, "bread")
    his.follow(hers)
    assert his.store.outbox(KITCHEN).next_counter(ben.identity.device_id) == last.counter + 1


def test_what_the_keeper_does_not_take_is_set_aside_and_shown(hers: Copy, his: Copy, ben: Person) -> None:
    salt, bread = his.say(ben, "salt", "bread")
    (like,) = his.say(ben, "👍", kind="+react", about=salt)
    hers.say(hers.me, "soup for all")
    his.follow(hers)
    carried = his.log.carried
    assert carried.set_aside(EntryId(salt.entry_id), "right")
    assert carried.set_aside(EntryId(like.entry_id), "target"), "and goes with its message"
    assert not carried.set_aside(EntryId(bytes(16)), "target")
    assert carried.waiting() == [bread]
    assert [(one.message.text, one.rejection) for one in his.reader.set_aside(KITCHEN)] == [("salt", "right")]
    assert texts(his.reader.carried(KITCHEN)) == ["bread"]
    assert (carried.count(), carried.set_aside_count()) == (1, 1)
    carried.drop(EntryId(bread.entry_id))
    assert (carried.count(), carried.set_aside_count()) == (0, 1)
    hers.take([salt], carried=[salt])
    his.follow(hers)
    assert [one.kind for one in his.reader.set_aside(KITCHEN)] == ["+react"], "somebody else brought the message there"


def test_a_change_that_the_keeper_does_not_take_is_set_aside_in_words(hers: Copy, his: Copy, ben: Person) -> None:
    (soup,) = hers.say(ben, "soup for all")
    his.follow(hers)
    (like,) = his.say(ben, "👍", kind="+react", about=soup)
    (edit,) = his.say(ben, "stew for all", kind="+edit", about=soup)
    (late,) = his.say(ben, "🙂", kind="+react", about=soup)
    hers.say(hers.me, "bread")
    his.follow(hers)
    carried = his.log.carried
    assert carried.set_aside(EntryId(like.entry_id), "many")
    assert carried.set_aside(EntryId(edit.entry_id), "right")
    assert not carried.set_aside(EntryId(late.entry_id), "deleted"), "nobody would see what it does"
    assert [(one.message.text, one.rejection, one.kind) for one in his.reader.set_aside(KITCHEN)] == [
        ("Reacts with 👍 to “soup for all”", "many", "+react"),
        ("Edits “soup for all”, to “stew for all”", "right", "+edit"),
    ]
    assert (carried.count(), carried.set_aside_count()) == (0, 2)
    assert carried.discard(EntryId(like.entry_id))
    assert carried.set_aside_count() == 1


def test_a_message_that_is_discarded_takes_its_changes_along(hers: Copy, his: Copy, ben: Person) -> None:
    (salt,) = his.say(ben, "salt")
    (edit,) = his.say(ben, "pepper", kind="+edit", about=salt)
    (answer,) = his.say(ben, "is there any?", about=salt)
    hers.say(hers.me, "bread")
    his.follow(hers)
    carried = his.log.carried
    for entry in (salt, edit, answer):
        assert carried.set_aside(EntryId(entry.entry_id), "right")
    assert [one.message.text for one in his.reader.set_aside(KITCHEN)] == ["pepper", "is there any?"]
    assert carried.set_aside_count() == 2
    assert carried.discard(EntryId(salt.entry_id))
    assert [one.message.text for one in his.reader.set_aside(KITCHEN)] == ["is there any?"]
    assert not his.store.log(KITCHEN).carried.discard(EntryId(edit.entry_id))


def test_somebody_else_cannot_take_what_waits(hers: Copy, his: Copy, ana: Person, ben: Person) -> None:
    (mine,) = his.say(ben, "salt")
    hers.say(ana, "bread")
    his.follow(hers)
    ana.counter += 1
    same_id = EntryId(mine.entry_id)
    theirs = make_entry(ana.identity, KITCHEN, ana.counter, Payload("text", None, b"pepper"), 1, same_id)
    hers.take([theirs])
    his.follow(hers)
    assert his.log.carried.waiting() == [mine]


@pytest.mark.parametrize("others", [0, 1, 3], ids=["same numbers", "one further on", "none has its own"])
@pytest.mark.parametrize("idle", [False, True])
def test_the_index_has_the_words_of_the_log_and_no_others(
    hers: Copy, his: Copy, ana: Person, ben: Person, others: int, idle: bool
) -> None:
    """Those that left are taken out when the disk is idle, or other entries get their numbers."""
    salt, bread, _wine = his.say(ben, "salt", "a bread", "wine")
    his.say(ben, "edited bread", kind="+edit", about=bread)
    if not idle:
        his.say(ben, "", kind="+delete", about=salt)
    hers.say(ana, *("soup", "more soup", "soup for all")[:others])
    his.log.rebase(2, 20, his.log.head_at(20) or START)
    assert [his.reader.search(word) for word in ("salt", "bread", "edited", "wine")] == [[], [], [], []]
    if idle:
        assert {word for word, _, _ in his.index()} == {word for word, _, _ in hers.index()} - {"for", "all", "more"}
    his.follow(hers)
    assert his.shown() == hers.shown()
    hers.take(his.log.carried.waiting(), carried=his.log.carried.waiting())
    his.follow(hers)
    assert his.shown() == hers.shown()
    assert his.index() == hers.index()


def test_of_a_message_that_was_deleted_elsewhere_no_word_stays(hers: Copy, his: Copy, ana: Person, ben: Person) -> None:
    *_others, secret = his.say(ben, *(f"soup {number}" for number in range(30)), "the quince")
    his.log.rebase(2, 20, his.log.head_at(20) or START)
    hers.take([secret], carried=[secret])
    hers.say(ben, "", kind="+delete", about=secret)
    his.log.apply(hers.everything()[20:])
    for copy in (hers, his):
        while copy.store.erase():
            pass
        assert not any(b"quince" in file.read_bytes() for file in copy.folder.glob("lanchat.db*"))


def test_a_forgotten_room_leaves_nothing_of_what_was_carried(hers: Copy, his: Copy, ana: Person, ben: Person) -> None:
    his.take([*ben.writes(*["unforgettable"] * 3), seals(ana, ben, "unforgettable, too")])
    his.store.mark_read(KITCHEN, 30)
    hers.say(ana, "bread")
    his.follow(hers)
    hers.take(his.log.carried.waiting()[:1], carried=his.log.carried.waiting())
    his.follow(hers)
    his.store.forget_room(KITCHEN)
    for table in ("carried", "read_before", "left_in_index"):
        assert his.store._database.all(f"SELECT * FROM {table}") == []
    his.store.settle()
    assert b"unforgettable" not in (his.folder / "lanchat.db").read_bytes()


def test_marks_find_the_last_entry_in_common(hers: Copy, his: Copy, ana: Person, ben: Person) -> None:
    assert hers.log.common(his.log.marks()).seq == 20
    his.say(ben, *(f"salt {number}" for number in range(40)))
    marks = his.log.marks()
    assert [mark.seq for mark in marks] == [*range(60, 43, -1), 28, 0]
    assert hers.log.common(marks).seq == 0
    assert hers.log.common(his.log.marks()[:1]).seq == 0
    his.log.rebase(3, 20, his.log.head_at(20) or START)
    his.say(ben, *(f"bread {number}" for number in range(10)))
    found = hers.log.common(his.log.marks())
    assert (found.seq, found.head) == (20, hers.log.head_at(20))
    with copy_of(hers.folder.with_name("new"), ana, Person()) as new:
        assert new.log.marks() == []


def test_a_reader_beside_it_sees_one_or_the_other(hers: Copy, his: Copy, ben: Person) -> None:
    his.say(ben, "salt")
    other = Reader.open(his.folder)
    try:
        with his.store.transaction():
            his.log.rebase(3, 20, his.log.head_at(20) or START)
            assert len(other.newest(KITCHEN, 100)) == 21
            assert other.carried(KITCHEN) == []
        assert len(other.newest(KITCHEN, 100)) == 20
        assert texts(other.carried(KITCHEN)) == ["salt"]
    finally:
        other.close()
