"""Rows: groups, days, the line over what is new, the muted; the same from whichever side a page came in."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from lanchat.core.message import Message, message_of
from lanchat.core.model import Head, LogEntry
from lanchat.desktop.timeline.rows import (
    MembershipRow,
    MessageRow,
    MutedRow,
    RowContext,
    TimelineRow,
    UnknownRow,
    merged,
    rows_of,
)
from tests.desktop.timeline.talk import ANA, BEN, LI, MINUTE, MORNING, Person

WRITTEN = st.tuples(st.sampled_from([ANA, BEN, LI]), st.integers(0, 3_000), st.sampled_from(["hi", "poll", "+nod"]))


def log(*written: tuple[Person, int, str]) -> list[Message]:
    """(who, minutes after the morning, kind or text)"""
    found = []
    for seq, (person, minutes, text) in enumerate(written, 1):
        at = MORNING + minutes * MINUTE
        kind = text if text in ("poll", "+nod") else "text"
        message = message_of(LogEntry(person.writes(text, at, kind), 1, seq, at, Head(bytes(32))))
        found += [message] if message is not None else []
    return found


def heads(found: list[TimelineRow]) -> list[bool]:
    return [row.heading.author for row in found if isinstance(row, MessageRow)]


def test_what_one_says_within_five_minutes_is_one_group() -> None:
    talk = log((BEN, 0, "a"), (BEN, 4, "b"), (BEN, 10, "c"), (LI, 10, "d"), (BEN, 10, "e"))
    assert heads(rows_of(None, talk, RowContext())) == [True, False, True, True, True]


def test_a_new_day_has_its_line_and_begins_a_group() -> None:
    talk = log((BEN, 0, "a"), (BEN, 1, "b"), (BEN, 24 * 60, "c"))
    days = [row.heading.day for row in rows_of(None, talk, RowContext()) if isinstance(row, MessageRow)]
    assert days[1] is None
    assert days[0] is not None
    assert days[2] is not None
    assert (days[2] - days[0]).days == 1


def test_what_is_new_has_a_line_over_it() -> None:
    found = rows_of(None, log((BEN, 0, "a"), (BEN, 1, "b"), (BEN, 2, "c")), RowContext(unread_at=2))
    assert [row.heading.unread for row in found if isinstance(row, MessageRow)] == [False, True, False]
    assert heads(found) == [True, True, False]


def test_what_happened_stands_after_its_entry_and_ends_a_group() -> None:
    found = rows_of(None, log((BEN, 0, "a"), (BEN, 1, "b")), RowContext(membership={1: "Li joined"}))
    assert [type(row) for row in found] == [MessageRow, MembershipRow, MessageRow]
    assert heads(found) == [True, True]


def test_an_entry_of_a_kind_nobody_knows_is_not_dropped() -> None:
    found = rows_of(None, log((BEN, 0, "a"), (BEN, 1, "poll"), (BEN, 2, "c")), RowContext())
    assert [type(row) for row in found] == [MessageRow, UnknownRow, MessageRow]
    assert heads(found) == [True, True]


def test_an_entry_that_only_changes_another_has_no_line_of_its_own() -> None:
    day = 24 * 60
    found = rows_of(None, log((BEN, 0, "a"), (LI, day, "+nod"), (LI, day, "\u200b"), (BEN, day, "b")), RowContext())
    assert [type(row) for row in found] == [MessageRow, MessageRow]
    days = [row.heading.day is not None for row in found if isinstance(row, MessageRow)]
    assert days == [True, True]


def test_messages_in_a_row_of_somebody_muted_are_one_line() -> None:
    talk = log((BEN, 0, "a"), (BEN, 1, "b"), (LI, 2, "c"), (BEN, 3, "d"))
    found = rows_of(None, talk, RowContext(muted=frozenset({BEN.key})))
    assert [(row.seq, row.last, row.count) for row in found if isinstance(row, MutedRow)] == [(1, 2, 2), (4, 4, 1)]


def test_two_muted_people_are_two_lines() -> None:
    found = rows_of(None, log((BEN, 0, "a"), (LI, 1, "b")), RowContext(muted=frozenset({BEN.key, LI.key})))
    assert len(found) == 2


@given(
    st.lists(WRITTEN, max_size=25),
    st.integers(0, 25),
    st.sets(st.sampled_from([BEN.key, LI.key])),
    st.integers(0, 25),
)  # fmt: skip
def test_a_log_read_in_two_pages_looks_like_one_read_whole(
    written: list[tuple[Person, int, str]], cut: int, muted: set[object], unread_at: int
) -> None:
    talk = log(*written)
    setting = RowContext(frozenset(muted), unread_at, {3: "Kim joined", 7: "Kim left"})  # type: ignore[arg-type]
    cut = min(cut, len(talk))
    first = rows_of(None, talk[:cut], setting)
    second = rows_of(talk[cut - 1] if cut else None, talk[cut:], setting)
    if first and second and (one := merged(first[-1], second[0])):
        first, second = first[:-1], [one, *second[1:]]
    assert first + second == rows_of(None, talk, setting)


