from __future__ import annotations

from engine.people import People
from lanchat.core.content import Text, encode
from lanchat.core.model import START, EntryId, LogEntry, MemberKey
from lanchat.core.replica import Ticks
from lanchat.engine import events
from lanchat.engine.events import EntryState
from lanchat.trust.identity import Identity
from lanchat.trust.signing import make_entry
from tests.identities import new_identity

ME, OTHER = new_identity(), new_identity()


def run(first: int, *authors: Identity) -> list[LogEntry]:
    """A run of the Log that begins at `first`."""
    return [
        LogEntry(make_entry(author, "kitchenkitchen22", seq, encode(Text("hi")), 0), 1, seq, 0, START)
        for seq, author in enumerate(authors, first)
    ]


def ids(entries: list[LogEntry]) -> tuple[EntryId, ...]:
    return tuple(EntryId(item.entry.entry_id) for item in entries if item.entry.author == ME.key)


def test_only_mine_are_told_and_each_once() -> None:
    ticks, entries = Ticks(MemberKey(ME.key)), run(1, ME, OTHER, ME)
    assert ticks.taken(entries) == ids(entries)
    assert ticks.delivered(0, 1) == ids(entries[:1])
    assert ticks.delivered(0, 3) == ids(entries[2:])
    assert ticks.delivered(0, 3) == ()


def test_nothing_before_the_base_of_another_disk_counts() -> None:
    ticks, entries = Ticks(MemberKey(ME.key)), run(1, ME, ME, ME)
    ticks.taken(entries)
    assert ticks.delivered(2, 3) == ids(entries[2:])
    assert ticks.delivered(0, 3) == ids(entries[:2])


def test_what_another_disk_has_first_is_told_when_ours_has_it() -> None:
    ticks, entries = Ticks(MemberKey(ME.key)), run(1, ME, ME)
    ticks.taken(entries[:1])
    assert ticks.delivered(1, 2) == ()
    assert ticks.taken(entries[1:]) == ids(entries[1:])
    assert ticks.delivered() == ids(entries[1:])


def test_of_what_was_there_before_it_is_told_how_far_others_have_it() -> None:
    ticks = Ticks(MemberKey(ME.key))
    assert ticks.earlier(0, 5) == (0, 5), "nothing came since the start"
    assert ticks.earlier(0, 5) is None, "no news"
    assert ticks.earlier(2, 5) is None
    ticks.taken(run(8, ME, ME))
    assert ticks.earlier(0, 9) == (0, 7), "what came since is told by its id"
    assert ticks.earlier(0, 9) is None
    ticks.cut(4)
    assert ticks.earlier(0, 9) == (0, 4), "the rest comes again"


def test_what_was_said_before_a_restart_keeps_its_two_ticks(people: People) -> None:
    ana, ben, cem = (people.person(nick) for nick in ("Ana", "Ben", "Cem"))
    ana.hosts("Kitchen")
    for one in (ben, cem):
        one.joins("Kitchen")
    ben.says("the kettle is on")
    ben.sees_state("the kettle is on", EntryState.DELIVERED)
    seq = ben.message("the kettle is on").seq
    ben.quits()
    ben.starts()
    ben.joins("Kitchen")
    told = ben.hears(events.EarlierDelivered)
    assert told.base < seq <= told.seq


def test_the_host_who_starts_again_hears_from_its_members_what_they_have(people: People) -> None:
    ana, ben = people.person("Ana"), people.person("Ben")
    ana.hosts("Kitchen")
    ben.joins("Kitchen")
    ana.says("the kettle is on")
    ana.sees_state("the kettle is on", EntryState.DELIVERED)
    seq = ana.message("the kettle is on").seq
    ana.quits()
    ana.starts()
    ana.hosts("Kitchen")
    told = ana.hears(events.EarlierDelivered)
    assert told.base < seq <= told.seq


def test_what_left_the_log_has_no_second_tick_until_it_is_back_and_elsewhere() -> None:
    ticks, entries = Ticks(MemberKey(ME.key)), run(1, ME, ME, ME)
    ticks.taken(entries)
    ticks.cut(1)
    assert ticks.delivered(0, 3) == ids(entries[:1])
    back = run(2, OTHER, ME)
    assert ticks.taken(back) == ids(back)
    assert ticks.delivered(0, 3) == ids(back)
