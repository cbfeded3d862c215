"""What members carry into a Log from another one that gave way, as its Host takes it."""

from __future__ import annotations

import hashlib

from kitchen import Guest, Kitchen, card, device, entry, keeping
from msgspec.structs import replace

from lanchat.core import frames
from lanchat.core.limits import CARRIED, CARRIED_IN_ALL, CARRIED_LONG, Limits
from lanchat.core.model import Entry

_BEN = card("ben")


def ben_wrote(*texts: str, since: int = 1) -> list[Entry]:
    """In the other Log, while Ben was there."""
    return [entry(_BEN, device("pc"), counter, text) for counter, text in enumerate(texts, since)]


def carries(guest: Guest, entries: list[Entry], again: bool = False) -> None:
    guest.sends(frames.Post(entries, again, carried=True))


def test_what_others_wrote_comes_into_the_log_in_the_order_in_which_it_is_carried() -> None:
    kitchen = Kitchen()
    ana, li = Guest(kitchen, "ana").comes(), Guest(kitchen, "li").comes()
    carries(ana, ben_wrote("one", "two"))
    assert kitchen.texts == ["one", "two"]
    assert li.seqs == [1, 2]


def test_a_device_has_written_something_later_already() -> None:
    kitchen = Kitchen()
    ana, ben = Guest(kitchen, "ana").comes(), Guest(kitchen, "ben").comes()
    early = ben_wrote("early")
    ben.counter = 5
    ben.posts("late")
    carries(ana, early)
    assert kitchen.texts == ["late", "early"]
    ben.posts("later")
    ben.sends(frames.Post(ben_wrote("too late", since=7)))
    assert kitchen.texts == ["late", "early", "later"]
    assert ben.got(frames.Rejected)[-1].code == "counter"


def test_what_two_carry_is_there_once() -> None:
    kitchen = Kitchen()
    ana, li = Guest(kitchen, "ana").comes(), Guest(kitchen, "li").comes()
    tail = ben_wrote("one", "two")
    carries(ana, tail)
    carries(li, tail)
    assert kitchen.texts == ["one", "two"]
    (known,) = li.got(frames.Known)
    assert known.seqs == [1, 2]


def test_what_was_erased_is_carried_and_nobody_posts_it_anew() -> None:
    kitchen = Kitchen()
    ana = Guest(kitchen, "ana").comes()
    said = ben_wrote("gone")[0]
    erased = replace(said, body=b"", erased=hashlib.sha256(said.body).digest())
    carries(ana, [erased, replace(ben_wrote("both")[0], erased=b"x" * 32)])
    assert [item.entry for item in kitchen.log.entries] == [erased]
    assert ana.got(frames.Rejected)[-1].code == "content"


def test_nobody_posts_that_they_keep_the_room_open() -> None:
    kitchen = Kitchen()
    ana = Guest(kitchen, "ana").comes()
    ana.sends(frames.Post([replace(keeping(ana.card, 2**52), device_id=ana.device)]))
    carries(ana, [keeping(_BEN, 2**52)])
    assert [frame.code for frame in ana.got(frames.Rejected)] == ["right", "right"]
    assert kitchen.log.end().epoch == 1


def test_a_forged_one_is_not_taken_and_ends_the_connection() -> None:
    kitchen = Kitchen()
    ana = Guest(kitchen, "ana").comes()
    carries(ana, [replace(ben_wrote("I owe Ana a million")[0], signature=b"x" * 64)])
    assert ana.closed == "forged"
    assert kitchen.texts == []


def test_carrying_has_a_pace_of_its_own() -> None:
    kitchen = Kitchen(Limits(burst=2, posts_per_second=0.1))
    ana = Guest(kitchen, "ana").comes()
    at_once = CARRIED[1]
    tail = ben_wrote(*(str(number) for number in range(at_once + 1)))
    carries(ana, tail)
    assert len(kitchen.texts) == at_once
    assert ana.got(frames.SlowDown)[-1].retry_ms < 1_000
    ana.posts("mine", "mine, too")
    assert kitchen.texts[at_once:] == ["mine", "mine, too"], "who is told to carry more slowly may still write"
    ana.posts("too fast")
    kitchen.wait(1)
    carries(ana, tail[at_once:], again=True)
    assert kitchen.texts[at_once:] == ["mine", "mine, too", str(at_once)], "and the other way round"


def test_a_flood_in_the_name_of_another_log_has_an_end() -> None:
    kitchen = Kitchen()
    ana, counter = Guest(kitchen, "ana").comes(), 1
    for _second in range(30):
        carries(ana, ben_wrote(*("spam" for _ in range(400)), since=counter), again=True)
        counter += 400
        kitchen.wait(1)
    most, rate = CARRIED_LONG[1], CARRIED_LONG[0]
    assert most <= len(kitchen.texts) <= most + 31 * rate


def test_many_keys_flood_no_faster() -> None:
    kitchen = Kitchen()
    for number in range(2 * CARRIED_IN_ALL[1] // CARRIED[1]):
        counter = number * CARRIED[1] + 1
        ana = Guest(kitchen, f"ana {number}").comes()
        carries(ana, ben_wrote(*("spam" for _ in range(CARRIED[1])), since=counter), again=True)
        ana.goes()
    assert len(kitchen.texts) <= CARRIED_IN_ALL[1] + 100


def test_what_people_write_does_not_wait_for_what_is_carried() -> None:
    kitchen = Kitchen()
    kitchen.slow = True
    ana, li = Guest(kitchen, "ana").comes(), Guest(kitchen, "li").comes()
    carries(ana, ben_wrote("first"))
    carries(ana, ben_wrote("old", since=2))
    li.posts("new")
    kitchen.slow = False
    kitchen.disk_answers()
    kitchen.settle()
    assert kitchen.texts == ["first", "new", "old"]


def test_a_full_disk_loses_nothing_that_is_carried() -> None:
    kitchen = Kitchen()
    ana = Guest(kitchen, "ana").comes()
    kitchen.full = True
    tail = ben_wrote("one")
    carries(ana, tail)
    (slowed,) = ana.got(frames.SlowDown)
    assert slowed.code == "disk_full"
    kitchen.full = False
    kitchen.wait(slowed.retry_ms / 1000 + 0.1)
    carries(ana, tail, again=True)
    assert kitchen.texts == ["one"]
