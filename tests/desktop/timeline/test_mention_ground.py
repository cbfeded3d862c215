"""A message that mentions me stands out over its whole width: its ground, and the bar at the left edge."""

from __future__ import annotations

import tkinter as tk

from lanchat.core.model import MemberKey
from tests.desktop.timeline.talk import BEN, KITCHEN, LI, Talk


def bars(talk: Talk) -> list[tuple[int, int]]:
    """(top, bottom) of the bars in view, in pixels."""
    assert talk.timeline is not None
    canvases = [
        one for one in talk.timeline.winfo_children()
        if isinstance(one, tk.Canvas) and one.winfo_ismapped() and one.winfo_x() == 0
    ]  # fmt: skip
    talk.root.update()
    return [
        (round(canvas.coords(item)[1]), round(canvas.coords(item)[3]))
        for canvas in canvases
        for item in canvas.find_all()
    ]


def grounds(talk: Talk, words: str) -> set[str]:
    """The tags of the whole line in which these words are."""
    line = talk.text.index(talk.text.search(words, "1.0")).split(".")[0]
    return set(talk.text.tag_names(f"{line}.0")) & set(talk.text.tag_names(f"{line}.end"))


def test_the_ground_begins_with_the_name_of_the_author_and_ends_with_the_message(talk: Talk) -> None:
    talk.open()
    talk.says(BEN, "before")
    talk.says(LI, "@Ana: look\n```\nsome code\n```\nat that")
    talk.says(BEN, "after")
    talk.settle()
    for words in ("Li", "look", "some code", "at that"):
        assert "mentions" in grounds(talk, words), words
    for words in ("Ben", "before", "after"):
        assert "mentions" not in grounds(talk, words), words


def test_the_bar_stands_beside_all_of_it_and_moves_with_it(talk: Talk) -> None:
    talk.said_before(40)
    talk.open()
    assert bars(talk) == []
    talk.says(LI, "@Ana, two\nlines")
    talk.settle()
    ((top, bottom),) = bars(talk)
    first, last = (talk.text.dlineinfo(talk.text.search(words, "1.0")) for words in ("@Ana", "lines"))
    assert first
    assert last
    assert top < first[1]
    assert bottom == last[1] + last[3]
    talk.says(BEN, "and more")
    talk.settle()
    assert bars(talk)[0][0] < top
    talk.text.yview("1.0")
    talk.root.update()
    assert bars(talk) == []


def test_two_that_follow_each_other_have_one_bar(talk: Talk) -> None:
    talk.open()
    talk.says(BEN, "@Ana", "@ana?")
    talk.settle()
    assert len(bars(talk)) == 1


def test_everyone_has_it_from_the_host_only(talk: Talk) -> None:
    talk.connect()
    talk.state.rooms[KITCHEN].owner = MemberKey(BEN.key)
    talk.open()
    talk.says(LI, "@everyone: sale")
    talk.says(BEN, "@everyone: lunch")
    talk.settle()
    assert "mentions" not in grounds(talk, "sale")
    assert "mentions" in grounds(talk, "lunch")
    assert len(bars(talk)) == 1


def test_a_name_of_somebody_else_leads_to_their_profile(talk: Talk) -> None:
    talk.open()
    talk.says(LI, "ask @Ben, or `@Ben`")
    talk.settle()
    line = talk.text.search("@Ben", "1.0")
    assert "member" in talk.text.tag_names(line)
    assert "mentions" not in grounds(talk, "ask")
    x, y = talk.place_of("@Ben")
    for what in ("<ButtonPress-1>", "<ButtonRelease-1>"):
        talk.text.event_generate(what, x=x, y=y)
    talk.settle()
    assert talk.profiles == [BEN.key]
