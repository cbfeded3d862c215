"""Somebody else's copy of the room becomes mine: what I read stays where it is, and what only I had is not lost."""

from __future__ import annotations

import re

from lanchat.core.model import Entry, EntryId, MemberKey
from lanchat.desktop.widgets.buttons import Button
from lanchat.engine.events import BroughtBack, EntryState, KeeperChanged, MessagesAdded, Rebased, SeenChanged
from tests.desktop.timeline.talk import ANA, BEN, KITCHEN, LI, MINUTE, Talk, taken

COUNT, BASE = 240, 220


def gives_way(talk: Talk, base: int = BASE) -> list[Entry]:
    """The keeper's copy is mine up to `base` only. What waits to be brought there, in order."""
    head = talk.log.after(base - 1, 1)[0].head
    waiting = talk.log.rebase(2, base, head)
    talk.hear(Rebased(KITCHEN, len(waiting), base))
    return waiting


def comes(talk: Talk, *entries: Entry) -> None:
    """It is in the keeper's copy, and we hear of it."""
    run = [taken(one) for one in talk.log.append(entries, talk.now, {one.entry_id for one in entries})]
    seen = talk.log.seen(run)
    talk.hear(MessagesAdded.of(KITCHEN, run, seen.added, again=seen.again))
    left = len(talk.log.carried.waiting())
    talk.hear(BroughtBack(KITCHEN, left, 0))


def opened(talk: Talk) -> None:
    """Many messages; all of them were read."""
    for number in range(COUNT):
        talk.now += MINUTE
        talk.past((BEN, LI, ANA)[number % 3].writes(f"message {number + 1}", talk.now))
    talk.open()
    talk.store.mark_read(KITCHEN, COUNT)
    talk.state.rooms[KITCHEN].unread.read(COUNT)


def test_who_reads_further_up_goes_on_reading(talk: Talk) -> None:
    opened(talk)
    talk.open().jump(100)
    talk.settle()
    before = talk.in_view()
    assert "message 100" in before
    waiting = gives_way(talk)
    talk.settle()
    assert talk.in_view() == before
    comes(talk, BEN.writes("from the other side", talk.now), *waiting)
    talk.settle()
    assert talk.in_view() == before


def top_of(talk: Talk) -> list[str]:
    """The first lines in view, without times: by the host's clock it is said when it comes there."""
    return re.sub(r"\d\d:\d\d", "", talk.in_view()).split("\n")[:4]


def test_who_reads_what_is_being_brought_back_goes_on_reading(talk: Talk) -> None:
    opened(talk)
    talk.open().jump(BASE + 10)
    talk.settle()
    top = top_of(talk)
    waiting = gives_way(talk)
    talk.settle()
    assert top_of(talk) == top
    for one in waiting:
        comes(talk, one)
        talk.settle()
    assert top_of(talk) == top


def test_nothing_is_missing_at_any_time(talk: Talk) -> None:
    opened(talk)
    waiting = gives_way(talk)
    talk.settle()
    for number in range(BASE + 10, COUNT + 1):
        assert f"message {number}\n" in talk.shown() + "\n", "it is shown while it is brought back"
    comes(talk, BEN.writes("from the other side", talk.now))
    comes(talk, *waiting[:10])
    talk.settle()
    shown = talk.shown() + "\n"
    assert [shown.count(f"message {number}\n") for number in range(BASE + 10, COUNT + 1)] == [1] * 11
    comes(talk, *waiting[10:])
    talk.settle()
    shown = talk.shown() + "\n"
    assert [shown.count(f"message {number}\n") for number in range(BASE + 1, COUNT + 1)] == [1] * 20
    assert shown.index(f"message {BASE}\n") < shown.index("from the other side") < shown.index(f"message {BASE + 1}\n")


def test_each_stands_under_the_name_of_who_wrote_it(talk: Talk) -> None:
    opened(talk)
    talk.says(BEN, "an hour later")
    gives_way(talk, COUNT)
    talk.settle()
    text = talk.shown()
    assert "Ben" in text[text.index(f"message {COUNT}") :], "what is brought back is not mine"


def test_two_ticks_stay_two(talk: Talk) -> None:
    opened(talk)
    mine = talk.says(ANA, "on my way")
    talk.hear(SeenChanged(KITCHEN, ((MemberKey(BEN.key), COUNT + 1),)))
    talk.settle()
    room, message_id = talk.state.rooms[KITCHEN], EntryId(mine.entry_id)
    assert room.state_of(message_id, COUNT + 1) is EntryState.DELIVERED
    (waiting,) = gives_way(talk, COUNT)
    assert waiting == mine
    talk.settle()
    assert [one.state for one in room.not_in_log] == [EntryState.DELIVERED]
    comes(talk, BEN.writes("first", talk.now), waiting)
    talk.settle()
    assert room.not_in_log == []
    assert room.state_of(message_id, COUNT + 2) is EntryState.DELIVERED


def test_what_was_read_is_not_new_again_and_what_is_new_is(talk: Talk) -> None:
    opened(talk)
    talk.drags_bar(0.2)
    waiting = gives_way(talk)
    comes(talk, BEN.writes("from the other side", talk.now), *waiting)
    talk.settle()
    assert talk.state.rooms[KITCHEN].unread.count == 1


def test_what_is_new_below_is_counted_once(talk: Talk) -> None:
    opened(talk)
    talk.drags_bar(0.2)
    talk.settle()
    talk.says(LI, "new, and not read")
    talk.settle()
    assert [button.words for button in talk.on_text(Button)] == ["1 new message"]
    waiting = gives_way(talk)
    comes(talk, BEN.writes("from the other side", talk.now), *waiting)
    talk.settle()
    assert talk.state.rooms[KITCHEN].unread.count == 2
    assert [button.words for button in talk.on_text(Button)] == ["2 new messages"]


def test_a_line_says_who_keeps_the_room_open(talk: Talk) -> None:
    opened(talk)
    talk.hear(KeeperChanged(KITCHEN, MemberKey(BEN.key), False))
    talk.settle()
    assert talk.shown().rstrip().endswith("Ben keeps the room open now")
    talk.says(LI, "thank you")
    assert "Ben keeps the room open now\n" in talk.shown()
