"""Messages that were answered, edited, reacted to, pinned or deleted: what the timeline shows of it, and where."""

from __future__ import annotations

import pytest

from lanchat.core.content import Correction, Deletion, Pinning, ReactionChange, encode
from lanchat.core.model import EntryId, MemberKey
from lanchat.desktop.timeline.laid_out_row import ImagePiece
from lanchat.desktop.timeline.reaction_chips import chip_tip
from lanchat.desktop.timeline.rows import MessageRow
from lanchat.desktop.widgets.menus import Popover
from lanchat.engine.commands import React
from lanchat.engine.events import EntryState, EntryStateChanged, MessagesChanged
from lanchat.storage.records import RoomRecord
from tests.desktop.eyes import reading
from tests.desktop.timeline.talk import ANA, BEN, KITCHEN, LI, Talk

THUMB, HEART = "\N{THUMBS UP SIGN}", "\N{HEAVY BLACK HEART}\ufe0f"


def ben_hosts(talk: Talk) -> None:
    talk.store.put_room(RoomRecord(KITCHEN, "Kitchen", MemberKey(BEN.key)))
    talk.log = talk.store.log(KITCHEN)


def chips(talk: Talk, message_id: EntryId) -> list[React]:
    """What a click on each chip under a message would do."""
    assert talk.timeline is not None
    view = talk.timeline.view
    index = view.find(message_id)
    assert index is not None
    pieces = [piece for line in view.rows[index].lines if "reactions" in line.tags for piece in line.pieces]
    return [piece.action for piece in pieces if isinstance(piece, ImagePiece) and isinstance(piece.action, React)]


def presses_chip(talk: Talk, message_id: EntryId, emoji: str) -> None:
    assert talk.timeline is not None
    view = talk.timeline.view
    index = view.find(message_id)
    assert index is not None
    row = view.rows[index]
    number = next(at for at, line in enumerate(row.lines) if "reactions" in line.tags)
    column = next(
        at for at, piece in enumerate(row.lines[number].pieces)
        if isinstance(piece.action, React) and piece.action.emoji == emoji
    )  # fmt: skip
    box = talk.text.bbox(f"{view.line_of(index) + number}.{column}")
    assert box
    at = {"x": box[0] + box[2] // 2, "y": box[1] + box[3] // 2}
    talk.text.event_generate("<ButtonPress-1>", **at)
    talk.text.event_generate("<ButtonRelease-1>", **at)
    talk.settle()


def test_an_edited_message_says_so_and_its_mark_is_not_copied(talk: Talk) -> None:
    talk.open()
    entry = talk.says(BEN, "lunhc?")
    talk.changes(BEN, entry, Correction("lunch?"))
    assert "lunhc" not in talk.shown()
    assert "lunch?  (edited)" in talk.shown()
    assert talk.timeline is not None
    index = talk.timeline.view.find(EntryId(entry.entry_id))
    assert index is not None
    assert talk.timeline.view.message_text(index)[0] == "lunch?"


def test_it_is_replaced_where_it_stands_and_nothing_moves(talk: Talk) -> None:
    talk.said_before(60)
    talk.open()
    talk.timeline.jump(30) if talk.timeline else None
    talk.settle()
    before = talk.place_of("message 33")
    message = talk.reader.after(KITCHEN, 24, 1)[0]
    author = next(one for one in (ANA, BEN, LI) if one.key == message.author)
    talk.changes(LI, message.message_id, ReactionChange(THUMB))  # it is above what is in view, and grows
    talk.changes(author, message.message_id, Correction("one\ntwo\nthree"))
    assert "three  (edited)" in talk.shown()
    assert talk.place_of("message 33") == before


def test_a_deleted_message_is_a_quiet_line_that_says_by_whom(talk: Talk) -> None:
    ben_hosts(talk)
    talk.open()
    first, second, third = (talk.says(LI, words) for words in ("one", "two", "three"))
    mine = talk.says(ANA, "mine")
    talk.changes(LI, second, Deletion())
    talk.changes(BEN, third, Deletion())
    talk.changes(ANA, mine, Deletion())
    for words in ("two", "three", "mine"):
        assert words not in talk.shown()
    assert "Li deleted a message." in talk.shown()
    assert "A message of Li was deleted by Ben." in talk.shown()
    assert "You deleted a message." in talk.shown()
    assert "one" in talk.shown()
    assert first


def heads(talk: Talk) -> list[bool]:
    """Of the messages that are shown: whether each has its author's name."""
    assert talk.timeline is not None
    return [row.row.heading.author for row in talk.timeline.view.rows if isinstance(row.row, MessageRow)]


def test_what_stood_under_the_name_of_a_deleted_message_gets_the_name(talk: Talk) -> None:
    talk.past(*(BEN.writes(words, talk.now) for words in ("one", "two", "three")))
    talk.open()
    assert heads(talk) == [True, False, False]
    talk.changes(BEN, talk.reader.after(KITCHEN, 0, 1)[0].message_id, Deletion())
    assert heads(talk) == [True, False]
    assert talk.shown().count("Ben") == 2  # in the line about the deletion, and over the other messages


def test_an_answer_quotes_its_message_and_leads_to_it(talk: Talk) -> None:
    talk.said_before(300)
    talk.open()
    old = talk.reader.after(KITCHEN, 4, 1)[0]  # long out of the range
    talk.answers(BEN, old.message_id, "yes to that")
    assert "message 5" in talk.in_view()
    x, y = talk.place_of("message 5")
    talk.text.event_generate("<ButtonPress-1>", x=x, y=y)
    talk.text.event_generate("<ButtonRelease-1>", x=x, y=y)
    talk.settle()
    assert "message 6" in talk.in_view()
    assert "yes to that" not in talk.in_view()


def test_a_quote_changes_with_its_message(talk: Talk) -> None:
    talk.open()
    entry = talk.says(LI, "tomorow")
    talk.answers(BEN, entry, "fine")
    talk.changes(LI, entry, Correction("tomorrow"))
    assert talk.shown().count("tomorrow") == 2
    talk.changes(LI, entry, Deletion())
    assert "tomorrow" not in talk.shown()
    assert "deleted" in talk.shown()


def test_an_answer_to_what_is_not_here_says_so(talk: Talk) -> None:
    talk.open()
    talk.answers(BEN, EntryId(b"?" * 16), "to whom?")
    assert "a message that is not here" in talk.shown()
    assert "to whom?" in talk.shown()


def test_my_answer_has_its_quote_while_it_waits(talk: Talk) -> None:
    talk.open()
    entry = talk.says(BEN, "who comes?")
    talk.i_say("me", EntryId(entry.entry_id))
    talk.settle()
    assert talk.shown().count("who comes?") == 2


@pytest.mark.parametrize(
    "text", ["\u202e" * 30 + "x", "\U0001f600" * 2_000, "\u0645\u0631\u062d\u0628\u0627 " * 90, "a" * 3_900]
)
def test_a_quote_of_anything_is_one_line(talk: Talk, text: str) -> None:
    talk.open()
    entry = talk.says(LI, text)
    answer = talk.answers(BEN, entry, "so")
    assert talk.timeline is not None
    view = talk.timeline.view
    index = view.find(EntryId(answer.entry_id))
    assert index is not None
    line = view.line_of(index) + view.rows[index].head + 1
    assert talk.text.count(f"{line}.0", f"{line}.end", "displaylines") in (None, (0,), 0)


def test_reactions_are_chips_with_how_many_and_who(talk: Talk) -> None:
    talk.open()
    entry = talk.says(LI, "cake in the kitchen")
    message_id = EntryId(entry.entry_id)
    for person in (ANA, BEN):
        talk.changes(person, entry, ReactionChange(THUMB))
    talk.changes(BEN, entry, ReactionChange(HEART))
    assert chips(talk, message_id) == [
        React(KITCHEN, message_id, THUMB, on=False),
        React(KITCHEN, message_id, HEART, on=True),
    ]
    assert talk.timeline is not None
    view = talk.timeline.view
    index = view.find(message_id)
    assert index is not None
    row = view.rows[index].row
    assert isinstance(row, MessageRow)
    called = talk.state.room(KITCHEN).people.called
    assert chip_tip(row, THUMB, called, ANA.key) == "You and Ben"
    presses_chip(talk, message_id, HEART)
    assert [one for one in talk.done if isinstance(one, React)] == [React(KITCHEN, message_id, HEART, on=True)]
    talk.changes(ANA, entry, ReactionChange(THUMB, on=False))
    talk.changes(BEN, entry, ReactionChange(THUMB, on=False))
    assert [one.emoji for one in chips(talk, message_id)] == [HEART]


def test_who_is_pinned_is_marked_until_it_is_not(talk: Talk) -> None:
    ben_hosts(talk)
    talk.open()
    entry = talk.says(LI, "the code of the door is 1234")
    talk.changes(BEN, entry, Pinning())
    assert "Pinned" in talk.shown()
    talk.changes(BEN, entry, Pinning(on=False))
    assert "Pinned" not in talk.shown()


def click(talk: Talk, words: str) -> None:
    x, y = talk.place_of(words)
    talk.text.event_generate("<ButtonPress-1>", x=x, y=y)
    talk.text.event_generate("<ButtonRelease-1>", x=x, y=y)
    talk.settle()


def popover_words(talk: Talk) -> str:
    (popover,) = (child for child in talk.root.winfo_children() if isinstance(child, Popover))
    return reading(popover)


def test_what_an_edited_message_said_before_can_be_read(talk: Talk) -> None:
    talk.open()
    entry = talk.says(BEN, "lunhc?")
    talk.changes(BEN, entry, Correction("lnch?"))
    talk.changes(BEN, entry, Correction("lunch?"))
    click(talk, "(edited)")
    shown = popover_words(talk)
    assert [words in shown for words in ("lunhc?", "lnch?", "lunch?")] == [True] * 3
    assert shown.index("lunch?") < shown.index("lnch?") < shown.index("lunhc?")


def test_a_change_that_the_host_refuses_is_told_in_words(talk: Talk) -> None:
    talk.open()
    refused = EntryStateChanged(KITCHEN, (EntryId(b"!" * 16),), EntryState.NOT_SENT, "there are too many reactions")
    talk.hear(refused)
    assert talk.said == ["There are too many reactions."]
    mine = talk.i_say("hello")
    talk.hear(EntryStateChanged(KITCHEN, (mine.entry_id,), EntryState.NOT_SENT, "the message is too long"))
    assert len(talk.said) == 1, "that one stands under the message"


def test_many_reactions_of_many_people_stay_one_row_of_chips(talk: Talk) -> None:
    talk.open()
    entry = talk.says(LI, "vote!")
    emoji = [chr(0x1F600 + number) for number in range(20)]
    for one in emoji:
        talk.changes(BEN, entry, ReactionChange(one))
    assert [one.emoji for one in chips(talk, EntryId(entry.entry_id))] == emoji
    talk.root.geometry("420x500")
    talk.settle()
    assert "vote!" in talk.in_view()


def test_what_i_clicked_is_drawn_as_soon_as_it_is_heard(talk: Talk) -> None:
    timeline = talk.open()
    entry = talk.says(LI, "cake")
    message_id = EntryId(entry.entry_id)
    talk.settle()
    timeline.perform(React(KITCHEN, message_id, THUMB))
    reaction = encode(ReactionChange(THUMB), message_id)
    seen = talk.log.seen(talk.past(ANA.writes(THUMB, talk.now, reaction.kind, message_id)))
    talk.hear(MessagesChanged(KITCHEN, seen.changed))
    assert [one.emoji for one in chips(talk, message_id)] == [THUMB], "without a turn of Tk's loop"
