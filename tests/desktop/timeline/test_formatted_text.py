"""Formatted texts in the timeline: how they look, what a click does, and what is copied and found of them."""

from __future__ import annotations

import random
import time
import tkinter as tk

import pytest

from lanchat.core.formatting import shown_lines
from lanchat.core.text import clean_text
from lanchat.desktop.timeline.quotes import one_line
from tests.desktop.presses import here
from tests.desktop.timeline.talk import ANA, BEN, LI, Talk
from tests.desktop.timeline.test_copying import select, selected

EVERYTHING = (
    "**bold** *slanted* ~~gone~~ `code` [the menu](https://menu.lan)\n> quoted **much**\n- item\n  - inner\n"
    "1. one\n```py\nif a:\n\tb()\n```\nend"
)
PIECES = [
    "**", "*", "_", "~~", "`", "```\n", "```py\n", "\n", "\n\n", " ", "> ", ">> ", "- ", "  - ", "1. ",
    "[x](https://a.lan)", "[", "](", "https://a.lan/_x_", "@Ana", "word ", "a long line of words ",
    "👍🏽", "日本語", "שלום ", "\t",
    "\\*", "www.a.lan",
]  # fmt: skip


def tags_at(talk: Talk, words: str) -> set[str]:
    return set(talk.text.tag_names(talk.text.search(words, "1.0")))


def font_at(talk: Talk, words: str) -> str:
    """Of the tag with the highest priority that has one."""
    fonts = [str(talk.text.tag_cget(tag, "font")) for tag in talk.text.tag_names(talk.text.search(words, "1.0"))]
    return [font for font in fonts if font][-1]


def right_edge(talk: Talk) -> int:
    """Of all that is drawn, in pixels."""
    text, edges = talk.text, [0]
    line = 1
    while text.compare(f"{line}.0", "<", "end"):
        for column in range(int(text.index(f"{line}.end").split(".")[1])):
            box = text.bbox(f"{line}.{column}")
            edges.append(box[0] + box[2] if box else 0)
        line += 1
    return max(edges)


def broken_by_tk(talk: Talk) -> int:
    """How many lines of code and of quotes Tk had to break: they would have no edge, or no bar, where they go on."""
    assert talk.timeline is not None
    text, lines = talk.text, [line for row in talk.timeline.view.rows for line in row.lines]
    return sum(
        int(str(text.tk.call(str(text), "count", "-displaylines", f"{number}.0", f"{number}.end")))
        for number, line in enumerate(lines, 1)
        if "broken" in line.tags
    )


def clicks(talk: Talk, words: str) -> None:
    x, y = talk.place_of(words)
    for event in ("ButtonPress-1", "ButtonRelease-1"):
        talk.text.event_generate(f"<{event}>", x=x, y=y)
    talk.settle()


def test_every_format_has_its_look(talk: Talk) -> None:
    talk.says(BEN, "so")
    talk.says(BEN, EVERYTHING)
    talk.open()
    assert "*" not in talk.shown()
    assert "`" not in talk.shown()
    looks = {word: font_at(talk, word) for word in ("bold", "slanted", "gone", "code", "much", "item", "if a:")}
    assert looks == {
        "bold": "lanchat_bold", "slanted": "lanchat_italic", "gone": "lanchat_body", "code": "lanchat_code",
        "much": "lanchat_bold", "item": "lanchat_body", "if a:": "lanchat_code",
    }  # fmt: skip
    assert "strike" in tags_at(talk, "gone")
    assert "link" in tags_at(talk, "the menu")
    assert "•" in talk.shown()
    assert "Python" in talk.shown()


def test_items_of_lists_are_indented_and_go_on_where_they_began(talk: Talk) -> None:
    talk.says(BEN, "- item " + "long " * 60 + "end\n  - inner\n- last")
    talk.open()
    text = talk.text

    def left(words: str) -> int:
        return talk.place_of(words)[0]

    wrapped = text.bbox(f"{text.search('item', '1.0')} + 1 display lines display linestart")
    assert wrapped is not None
    assert abs(wrapped[0] + 2 - left("item")) <= 2
    assert left("inner") > left("item") == left("last")


def test_a_click_on_copy_copies_the_code(talk: Talk) -> None:
    talk.says(BEN, "```\nif a:\n\tb()\n```")
    talk.open()
    clicks(talk, "Copy")
    assert talk.root.clipboard_get() == "if a:\n\tb()"
    assert talk.said == ["Copied."]


def test_code_is_copied_by_the_menu_too(talk: Talk) -> None:
    talk.says(BEN, "so:\n```\na\n```\nand\n> ```py\n> b\n> ```")
    talk.open()
    assert "Copy code" in talk.menu_of("so:")
    talk.picks("Copy code")
    assert talk.root.clipboard_get() == "a\n\nb"
    talk.says(BEN, "no `code` block")
    talk.settle()
    assert "Copy code" not in talk.menu_of("block")


def test_a_link_tells_where_it_leads_and_leads_there(talk: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    monkeypatch.setattr("lanchat.desktop.timeline.message_actions.open_url", lambda url: opened.append(url) or "")
    talk.says(BEN, "see [the **menu**](https://menu.lan/friday) or [bank.lan](https://evil.lan)")
    timeline = talk.open()
    clicks(talk, "menu")
    assert opened == ["https://menu.lan/friday"]
    assert timeline.view.rows[-1].links == ("https://menu.lan/friday", "https://evil.lan")
    x, y = talk.place_of("menu")
    talk.text.event_generate("<Motion>", x=x, y=y)
    until = time.monotonic() + 1.0
    while time.monotonic() < until:
        talk.root.update()
    assert [label["text"] for label in talk.on_text(tk.Label)] == ["https://menu.lan/friday"]
    assert "[bank.lan](" in talk.shown()


def test_what_is_selected_is_what_is_shown_and_a_whole_message_what_was_written(talk: Talk) -> None:
    talk.says(BEN, EVERYTHING)
    talk.open()
    select(talk, "bold", "much")
    assert selected(talk) == "bold slanted gone code the menu\nquoted much"
    talk.text.tag_remove("sel", "1.0", "end")
    select(talk, "•", "b()")
    assert selected(talk) == "• item\n• inner\n1. one\nif a:\n\tb()"
    talk.text.tag_add("sel", "1.0", "end")
    assert selected(talk) == EVERYTHING


def test_what_is_found_is_marked_in_its_format(talk: Talk) -> None:
    talk.said_before(3)
    seq = talk.past(BEN.writes("the menu **mo**ved to\n> the `corner`", talk.now))[0].seq
    timeline = talk.open()
    timeline.jump(seq, "moved")
    talk.settle()
    start, end = map(str, talk.text.tag_ranges("found")[:2])
    assert talk.text.get(start, end) == "moved"
    assert font_at(talk, "mo") == "lanchat_bold"
    timeline.jump(seq, "corner")
    assert "found" in tags_at(talk, "corner")


@pytest.mark.parametrize("width", [900, 420, 700])
def test_code_and_quotes_fit_into_any_window(talk: Talk, width: int) -> None:
    talk.says(BEN, "> " + "quoted words 👍🏽 " * 30)
    talk.says(LI, "- item\n  > ```sh\n  > " + "make all; " * 30 + "\n  > ```")
    talk.i_say("```\n" + "x" * 300 + "\n" + "日本語のコード " * 30 + "\n```")
    talk.open()
    for wide in (600, width):
        talk.root.geometry(f"{wide}x900")
        for _ in range(5):
            talk.settle()
            time.sleep(0.02)
        assert right_edge(talk) <= talk.text.winfo_width()
        assert broken_by_tk(talk) == 0
    for words in ("make", "xxx", "quoted"):
        assert words in talk.shown()
    talk.root.geometry("")


def test_code_that_begins_a_message_stands_close_below_the_name(talk: Talk) -> None:
    talk.says(BEN, "```\nx = 1\n```")
    talk.open()
    name, code = talk.place_of("Ben"), talk.place_of("Code")
    assert 0 < code[1] - name[1] < 60


def test_a_mention_in_a_quote_or_list_marks_the_message(talk: Talk) -> None:
    talk.says(BEN, "- **@Ana** see\n> there")
    talk.says(LI, "`@Ana`")
    timeline = talk.open()
    assert {"mentions", "mention"} <= tags_at(talk, "@Ana")
    assert "mentions" in tags_at(talk, "there")
    assert not any("mentions" in line.tags for line in timeline.view.rows[-1].lines)


@pytest.mark.parametrize("seed", range(4))
def test_whatever_is_written_is_shown(talk: Talk, seed: int) -> None:
    """All that is shown can be selected, and is what `shown_lines` tells; drawing it again changes nothing."""
    chance = random.Random(seed)
    timeline = talk.open()
    for number in range(40):
        text = "".join(chance.choices(PIECES, k=chance.randrange(1, 40)))
        talk.says(chance.choice([ANA, BEN]), text if clean_text(text) else f"{number}")
    talk.settle()
    for index, row in enumerate(timeline.view.rows):
        written = getattr(row.row, "text", "")
        if row.folded or not written:
            continue
        shown, places = timeline.view.message_text(index)
        assert len(shown) == len(places)
        assert "".join(shown.split()) == "".join(shown_lines(written).split()), written
    talk.root.geometry("500x700")
    talk.settle()
    talk.text.tag_add("sel", "1.0", "end")
    assert timeline.view.selected_text()
    talk.text.event_generate(f"<{here('Home')}>")
    talk.settle()
    talk.root.geometry("")


def test_what_is_quoted_in_one_line_has_no_marks() -> None:
    assert one_line("**Lunch** at `twelve`?\n> quoted\n- item", 80) == "Lunch at twelve? quoted • item"
