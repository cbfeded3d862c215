"""Whatever is typed, selected, cut, pasted and taken back: what is written and what the Text shows stay the same."""

from __future__ import annotations

import random

import pytest

from lanchat.desktop.theme.theme import Theme
from lanchat.desktop.widgets.edit_buffer import split_units
from lanchat.desktop.widgets.emoji_editor import EmojiEditor
from tests.desktop.composer.author import Author, shown
from tests.desktop.presses import here

PIECES = (
    *"aB \n\té日한1#{;\"\\", "e\u0301", "\u0627", "\u202e", "\u200f", "\u200d", "\ufe0f", "\u20e3",
    "\U0001d49c", "\U00020000", "\U0001fb00", "👍", "🏽", "👍🏽", "❤️", "❤", "©️", "🇮", "🇩", "🇮🇩", "1️⃣", "\U0001faff",
    "$x", "[exit]", "%s",
    "👩\U0001f3fd\u200d💻", "👨\u200d👩\u200d👧\u200d👦",
    "🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f",
    "long " * 30, "two\nlines\n", "مرحبا", "x" * 300,
)  # fmt: skip


class Model:
    """What should be written, by the simplest means."""

    def __init__(self, pad: EmojiEditor, theme: Theme) -> None:
        self.pad = pad
        self.theme = theme
        self.text = ""

    def replace(self, start: int, end: int, text: str) -> None:
        self.text = self.text[:start] + text + self.text[end:]

    def check(self, action: str) -> None:
        assert self.pad.written == self.text, action
        assert shown(self.pad, self.theme) == self.text, action


class Hand:
    def __init__(self, pad: EmojiEditor, theme: Theme, chance: random.Random) -> None:
        self.pad = pad
        self.theme = theme
        self.model = Model(pad, theme)
        self.chance = chance

    def ends(self) -> list[int]:
        """Where the caret can be."""
        places = [0]
        for unit in split_units(self.model.text):
            places.append(places[-1] + len(unit))
        return places

    def some_text(self) -> str:
        if self.chance.random() < 0.3:
            return chr(
                self.chance.choice((self.chance.randrange(0x20, 0xD800), self.chance.randrange(0xE000, 0x110000)))
            )
        return self.chance.choice(PIECES)

    def press(self, key: str) -> None:
        self.pad.event_generate(here(key))
        self.pad.update_idletasks()

    def act(self) -> str:
        actions = (self.types, self.types, self.types, self.deletes, self.deletes, self.selects, self.goes, self.pastes,
                   self.cuts, self.undoes, self.drops_a_word)  # fmt: skip
        action = self.chance.choice(actions)
        action()
        return action.__name__

    def selection(self) -> tuple[int, int]:
        return self.pad.selection() or (self.pad.caret, self.pad.caret)

    def types(self) -> None:
        text = self.some_text()
        if 0x7F <= ord(text[0]) < 0xA0 or text[0] in "\u2028\u2029":
            return
        start, end = self.selection()
        caret = self.pad.caret
        self.pad.tk.call("tk::TextInsert", str(self.pad), text)
        if start <= caret <= end:
            self.model.replace(start, end, text)
        else:
            self.model.replace(caret, caret, text)

    def deletes(self) -> None:
        back = self.chance.random() < 0.6
        start, end = self.selection()
        if start == end:
            ends, at = self.ends(), self.pad.caret
            if back:
                start = max((one for one in ends if one < at), default=at)
            else:
                end = min((one for one in ends if one > at), default=at)
        self.press("<BackSpace>" if back else "<Delete>")
        self.model.replace(start, end, "")

    def selects(self) -> None:
        ends = self.ends()
        self.pad.select(*sorted((self.chance.choice(ends), self.chance.choice(ends))))

    def goes(self) -> None:
        self.press(self.chance.choice((
            "<Left>", "<Right>", "<Up>", "<Down>", "<Home>", "<End>", "<Shift-Left>", "<Shift-Right>", "<Shift-Up>",
            "<Control-Left>", "<Control-Right>", "<Control-Shift-Left>", "<Control-Home>", "<Control-End>",
        )))  # fmt: skip
        assert self.pad.caret in self.ends(), "the caret is never within an emoji"

    def pastes(self) -> None:
        text = "".join(self.chance.choice(PIECES) for _ in range(self.chance.randrange(1, 6)))
        start, end = self.selection()
        self.pad.clipboard_clear()
        self.pad.clipboard_append(text)
        self.press("<<Paste>>")
        self.model.replace(start, end, text)

    def cuts(self) -> None:
        start, end = self.selection()
        if start < end:
            self.press("<<Cut>>")
            assert self.pad.clipboard_get() == self.model.text[start:end]
            self.model.replace(start, end, "")

    def undoes(self) -> None:
        """One or more steps back, and as many again."""
        before, steps = self.model.text, 0
        for _step in range(self.chance.randrange(1, 5)):
            was = self.pad.written
            self.press("<<Undo>>")
            steps += self.pad.written != was
            assert shown(self.pad, self.theme) == self.pad.written
        for _step in range(steps):
            self.press("<<Redo>>")
        assert self.pad.written == before

    def drops_a_word(self) -> None:
        self.press(self.chance.choice(("<Control-BackSpace>", "<Control-Delete>")))
        assert len(self.pad.written) <= len(self.model.text)
        self.model.text = self.pad.written


def test_seven_hundred_edits(ana: Author) -> None:
    edit(ana, 700, seed=1)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(2, 7))
def test_ten_thousand_edits(ana: Author, seed: int) -> None:
    edit(ana, 10_000, seed)


def edit(ana: Author, times: int, seed: int) -> None:
    hand = Hand(ana.composer.editor, ana.stage.context.theme, random.Random(seed))
    for at in range(times):
        action = hand.act()
        hand.model.check(f"edit {at}: {action}")
        if len(hand.model.text) > 600:
            ana.composer.editor.write("")
            hand.model.text = ""
        if at % 50 == 0:
            ana.root.update()


def test_every_character_there_is(ana: Author) -> None:
    """But for what has no place in a text."""
    pad = ana.composer.editor
    for plane in range(0x20, 0x110000, 0x2000):
        several = [chr(code) for code in range(plane, min(plane + 0x2000, 0x110000), 37) if not 0xD800 <= code < 0xE000]
        text = "".join(one for one in several if one.isprintable())
        pad.write(text[:300])
        ana.root.update_idletasks()
        assert pad.written == text[:300]
        assert shown(pad, ana.stage.context.theme) == text[:300]
