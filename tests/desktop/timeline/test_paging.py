"""Paging: whatever a person and the others do, the rows are a part of the Log without a gap, in order, each once."""

from __future__ import annotations

import random
import re

import pytest

from lanchat.desktop.timeline.loaded_range import MOST
from lanchat.desktop.timeline.rows import MembershipRow, MutedRow, key_of, seqs
from lanchat.engine.events import MessagesAdded, Recovered, RosterChanged
from tests.desktop.timeline.talk import ANA, BEN, KITCHEN, LI, Person, Talk

KIM = Person("Kim")


def check(talk: Talk) -> None:
    """What is in the Text, what we think is in it, and the Log agree."""
    timeline = talk.timeline
    assert timeline is not None
    view, loaded = timeline.view, timeline.loaded
    shown = [seq for row in view.rows for seq in range(seqs(row.row)[0], seqs(row.row)[1] + 1)]
    assert shown == list(range(loaded.first, loaded.last + 1))
    assert len(view.rows) <= MOST + 1 + len(talk.state.rooms[KITCHEN].mine.outbox) + 50
    assert int(view.text.index("end - 1 chars").split(".")[0]) == view.line_of(len(view.rows))
    assert all(view.find(key_of(row.row)) == index for index, row in enumerate(view.rows))
    muted = [row.row for row in view.rows if isinstance(row.row, MutedRow)]
    hidden = {seq for row in muted for seq in range(row.seq, row.last + 1)}
    numbers = [int(number) for number in re.findall(r"no (\d+)$", talk.shown(), re.MULTILINE)]
    assert numbers == [seq for seq in shown if seq not in hidden]
    for index, row in enumerate(view.rows):
        line = view.line_of(index)
        for offset, (tags, _pieces, _goes_on) in enumerate(row.lines):
            assert tags[0] in view.text.tag_names(f"{line + offset}.0")
    membership = [row.row.after for row in view.rows if isinstance(row.row, MembershipRow)]
    assert membership == sorted(membership)


def test_what_is_fetched_far_above_redraws_nothing(talk: Talk) -> None:
    for number in range(1, 400):
        talk.past(BEN.writes(f"no {number}", talk.now))
    timeline = talk.open()
    talk.settle()
    before, first = list(timeline.view.rows), timeline.loaded.first
    fetched = talk.context.reader.before(KITCHEN, first, 50)
    assert fetched
    talk.hear(Recovered(KITCHEN, tuple(fetched)))
    talk.hear(MessagesAdded(KITCHEN, tuple(fetched), fetched[0].seq - 1, fetched[-1].seq, older=True))
    talk.settle()
    assert all(one is other for one, other in zip(timeline.view.rows, before, strict=True))


@pytest.mark.parametrize("seed", range(4))
def test_any_way_through_a_log_shows_it_without_a_gap(talk: Talk, seed: int) -> None:
    chance = random.Random(seed)
    last = 0

    def more(count: int) -> list[str]:
        nonlocal last
        last += count
        return [f"no {number}" for number in range(last - count + 1, last + 1)]

    for text in more(900):
        talk.past(chance.choice((BEN, LI, ANA)).writes(text, talk.now))
        talk.now += chance.choice((1_000, 40_000, 400_000))
    timeline = talk.open()
    for _ in range(60):
        match chance.randrange(10):
            case 0 | 1:
                talk.says(chance.choice((BEN, LI, ANA)), *more(chance.choice((1, 1, 3, 70))))
            case 2:
                timeline.jump(chance.randint(1, last))
            case 3:
                timeline.show_newest()
            case 4 | 5:
                for _ in range(chance.randint(1, 40)):
                    talk.text.event_generate(chance.choice(("<Button-4>", "<Button-4>", "<Button-5>")))
            case 6:
                talk.drags_bar(chance.random())
            case 7:
                muted = chance.sample([BEN.key.hex(), LI.key.hex()], chance.randrange(3))
                talk.context.kept.change(muted=frozenset(muted))
                talk.hear(RosterChanged(KITCHEN, (), (), 1))
            case 8:
                joined, left = ((KIM.card,), ()) if chance.random() < 0.5 else ((), (KIM.card,))
                talk.hear(RosterChanged(KITCHEN, joined, left, 2))
            case _:
                talk.root.geometry(f"{chance.randint(300, 900)}x{chance.randint(200, 800)}")
        if chance.random() < 0.7:
            talk.settle()
            check(talk)
    talk.settle()
    check(talk)
