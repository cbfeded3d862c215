"""EmojiEditor: a Text in which somebody writes. `Placeholder` tells what it is for while it is empty. Tk thread.

Not tk.Entry or ttk.Entry: they crash when text with emoji is edited (Tk 8.6), and Tk counts the characters of an emoji
in its own way. Whatever would change the Text (keys, pasting, input methods) changes an EditBuffer first, and the Text
is then made to show that. So what is read back is exactly what was written, and no half of an emoji is ever cut off,
which crashes Tk.

With several lines emoji are shown as pictures, and the Text grows with what is written. With one line Tk draws them.
"""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Iterable, Sequence
from itertools import groupby

from PIL import ImageTk

from lanchat.desktop.theme.fonts import FontName
from lanchat.desktop.theme.theme import Theme
from lanchat.desktop.widgets import text_editing
from lanchat.desktop.widgets.edit_buffer import EditBuffer, Emoji, same_ends
from lanchat.desktop.widgets.keyboard import ON_MAC, WORD, set_text_keys
from lanchat.desktop.widgets.labels import Label
from lanchat.desktop.widgets.menus import bind_context_click, show_edit_menu
from lanchat.desktop.widgets.surfaces import Ground, palette_colour
from lanchat.desktop.widgets.tk_events import DelayedCalls, forward_mouse, on_key

MOST_LINES = 6  #: seen at once
_SURELY_MORE = 4_000  #: characters that take more than those lines; counting them would take long
_DOT = "•"


class EmojiEditor(tk.Text):
    def __init__(
        self, master: tk.Misc, theme: Theme, *, most: int, on_change: Callable[[bool], object],
        on_full: Callable[[int], None] = lambda over: None, ground: Ground = "field", font: FontName = "body",
        one_line: bool = False, hidden: bool = False,
    ) -> None:  # fmt: skip
        """`most` characters. `on_change`: the text has changed, by anything but `write`; True: by a key.

        `on_full`: so many characters were not taken, as there was no more room. `hidden`: see `hide`.
        """
        palette, fill = theme.palette, palette_colour(theme.palette, ground)
        super().__init__(
            master, height=1, width=1, wrap="none" if one_line else "word", undo=False, font=theme.font(font),
            background=fill, foreground=palette.text, insertbackground=palette.strong, insertwidth=theme.px(2),
            borderwidth=0, highlightthickness=0, padx=0 if one_line else theme.px(2), pady=0,
            selectbackground=palette.marked, exportselection=False, selectforeground=palette.text, selectborderwidth=0,
            inactiveselectbackground=palette.marked, tabs=(theme.fonts.tab(font),), tabstyle="wordprocessor",
        )  # fmt: skip
        self._theme = theme
        self._on_change = on_change
        self._on_full = on_full
        self._font: FontName = font
        self._one_line = one_line
        self.hidden = hidden
        self._columns = int(str(self.tk.call("string", "length", "\U0001f600")))  # 2 in Tk 8.6, 1 in Tk 9
        self._buffer = EditBuffer(most, self._widths, one_line=one_line)
        self._emoji_px = theme.fonts.height(font) - theme.px(1)
        self._pictures: dict[str, ImageTk.PhotoImage] = {}  # of what is written: Tk drops those nobody holds
        self._later = DelayedCalls(self)
        self._real = text_editing.intercept_edits(self, self._edit)
        self.placeholder = Placeholder(self, theme, ground, font, theme.px(2 if one_line else 4))
        self._bind_keys()

    # --- for its owner -----------------------------------------------------------------------------------------------
    @property
    def written(self) -> str:
        return self._buffer.text

    @property
    def enabled(self) -> bool:
        return str(self["state"]) == "normal"

    @property
    def caret(self) -> int:
        """How many characters are before the caret."""
        return self._place("insert")

    def write(self, text: str) -> None:
        """Replace the text, put the caret at its end and forget all undo steps."""
        before = self._buffer.units
        self._buffer.set(text)
        self._show(before, len(self._buffer.text))
        self._pictures = {unit: self._pictures[unit] for unit in self._buffer.units if unit in self._pictures}

    def put(self, text: str, start: int | None = None) -> None:
        """Insert at the caret, replacing the selection, or what is from `start` to the caret."""
        caret = self.caret
        selected = self.selection()
        first, last = (start, caret) if start is not None else selected or (caret, caret)
        self._change(first, last, text)

    def overwrite(self, start: int, end: int, text: str) -> None:
        """Replace what is from `start` to `end`, and put the caret behind it."""
        self._change(start, end, text)
        self.mark_set("insert", self._buffer.index(self._buffer.whole(start + len(text))))

    def mark(self, tag: str, spans: Iterable[tuple[int, int]]) -> None:
        """Let this tag of the Text be on these spans only; they are in order and apart."""
        indexes = self._buffer.indexes(place for span in spans for place in span)
        if indexes != list(map(str, self.tag_ranges(tag))):
            self.tag_remove(tag, "1.0", "end")
            if indexes:
                self.tag_add(tag, *indexes)

    def place_of(self, index: str) -> int:
        """How many characters are before an index of the Text."""
        return self._place(index)

    def select(self, start: int, end: int) -> None:
        """Select these characters, and put the caret at `end`."""
        self.tag_remove("sel", "1.0", "end")
        self.tag_add("sel", self._buffer.index(start), self._buffer.index(end))
        self.mark_set("insert", self._buffer.index(end))
        self.see("insert")

    def selection(self) -> tuple[int, int] | None:
        """(start, end) in characters; None: nothing is selected, though Tk may have selected its own last line end."""
        ends = self.tag_ranges("sel")
        if not ends:
            return None
        start, end = self._place(str(ends[0])), self._place(str(ends[-1]), after=True)
        return (start, end) if start < end else None

    def hide(self, hidden: bool) -> None:
        """Whether a dot is shown for each character, and nothing can be copied."""
        caret = self.caret
        self.tk.call(self._real, "delete", "1.0", "end")
        self.hidden = hidden
        self._show([], caret)

    def leave(self, back: bool = False) -> None:
        """Give the keyboard to the next widget, or to the one before."""
        to = self.tk_focusPrev() if back else self.tk_focusNext()
        if to is not None:
            to.focus_set()

    def enable(self, enabled: bool) -> None:
        palette = self._theme.palette
        self.configure(
            state="normal" if enabled else "disabled",
            foreground=palette.text if enabled else palette.mute,
            cursor="xterm" if enabled else "",
            takefocus=enabled,
        )

    def fit(self) -> None:
        """Make the field as high as its text, up to MOST_LINES."""
        lines = most = 1 if self._one_line else MOST_LINES
        if len(self._buffer.text) < _SURELY_MORE and self.winfo_width() > 1:
            lines = int(str(self.tk.call(self._real, "count", "-displaylines", "1.0", "end")))
        lines = max(1, min(most, lines))
        if lines != int(str(self["height"])):
            self.configure(height=lines)
        self.see("insert")

    # --- keys --------------------------------------------------------------------------------------------------------
    def _bind_keys(self) -> None:
        set_text_keys(self)
        bind_context_click(self, lambda event: show_edit_menu(self, self._theme, (event.x_root, event.y_root)))
        text_editing.bind_middle_click(self, self._theme, self.put)
        if not self.hidden:
            text_editing.offer_selected(self, self._selected)
        buffer = self._buffer
        keys: dict[str, Callable[[], object]] = {
            "<Tab>": self.leave,
            "<<PrevWindow>>": lambda: self.leave(back=True),
            "<<Undo>>": lambda: self._go_back(buffer.undo),
            "<<Redo>>": lambda: self._go_back(buffer.redo),
            "<<Copy>>": self._copy,
            "<<Cut>>": lambda: self._copy(cut=True),
            "<<Paste>>": self.paste,
            "<<PrevWord>>": lambda: self._to_word(buffer.word_before),
            "<<NextWord>>": lambda: self._to_word(buffer.word_after),
            "<<SelectPrevWord>>": lambda: self._to_word(buffer.word_before, select=True),
            "<<SelectNextWord>>": lambda: self._to_word(buffer.word_after, select=True),
            "<BackSpace>": lambda: self._erase(-1),
            "<Delete>": lambda: self._erase(1),
            f"<{WORD}-BackSpace>": lambda: self._delete_to(buffer.word_before),
            f"<{WORD}-Delete>": lambda: self._delete_to(buffer.word_after),
        }
        if ON_MAC:
            keys["<Command-BackSpace>"] = lambda: self._delete_to(buffer.line_before)
            keys["<Command-Delete>"] = lambda: self._delete_to(buffer.line_after)
        for key, action in keys.items():
            on_key(self, key, action)
        self.bind("<Configure>", lambda event: self.fit(), add="+")

    def _go_back(self, step: Callable[[int], int | None]) -> None:
        before, place = self._buffer.units, step(self.caret)
        if place is not None and self.enabled:
            self._show(before, place)
            self._on_change(False)

    def _copy(self, cut: bool = False) -> None:
        if (text := self._selected()) and not self.hidden:
            text_editing.copy_text(self, text)
            if cut:
                self.put("")

    def paste(self) -> None:
        """Insert the text in the clipboard."""
        if text := text_editing.text_to_paste(self, self._theme):
            self.put(text)

    def _selected(self) -> str:
        selected = self.selection()
        return self._buffer.text[slice(*selected)] if selected else ""

    def _to_word(self, find: Callable[[int], int], select: bool = False) -> None:
        index = self._buffer.index(min(find(self.caret), len(self._buffer.text)))
        self.tk.call("tk::TextKeySelect" if select else "tk::TextSetCursor", str(self), index)

    def _erase(self, step: int) -> None:
        """Delete the selection, or the unit before the caret (step -1) or after it (1)."""
        here, there = self._place("insert", after=step < 0), self._place(f"insert {step:+d} indices", after=step > 0)
        first, last = self.selection() or sorted((here, there))
        self._change(first, last, "", typed=True)

    def _delete_to(self, find: Callable[[int], int]) -> None:
        if self.selection() is not None:
            self.put("")
        else:
            first, last = sorted((self.caret, min(find(self.caret), len(self._buffer.text))))
            self._change(first, last, "")

    # --- editing -----------------------------------------------------------------------------------------------------
    def _edit(self, what: str, *args: str) -> str:
        """An edit that Tk was about to make in the Text."""
        if what == "insert":
            at = self._buffer.meant(self._place(args[0]))
            self._change(at, at, "".join(args[1::2]), typed=True)
            return ""
        start = self._place(args[0])
        end = self._place(args[1] if len(args) > 1 else f"{args[0]} +1 indices", after=True)
        self._change(start, end, "".join(args[2::2]) if what == "replace" else "", typed=True)
        return ""

    def _change(self, start: int, end: int, text: str, typed: bool = False) -> None:
        """Replace what is from `start` to `end` by `text`."""
        if not self.enabled:
            return
        buffer = self._buffer
        caret = buffer.meant(self.caret)
        before, old = buffer.units, buffer.text
        buffer.delete(start, end)
        taken = buffer.insert(start, text)
        self._later.do("settle", buffer.settle)  # for one key Tk may delete and then insert: both are one undo step
        if caret >= end:
            caret += taken - (end - start)
        elif caret > start:
            caret = start
        if buffer.text != old:
            self._show(before, buffer.whole(caret))
            self._on_change(typed)
        if taken < len(text) and buffer.full:
            self._on_full(len(text) - taken)

    def _show(self, before: list[str], caret: int) -> None:
        """Change the Text from showing the units `before` to showing the buffer."""
        now = self._buffer
        first, last = same_ends(before, now.units)
        start = sum(map(len, before[:first]))
        removed = before[first : len(before) - last]
        closed = not self.enabled
        self.configure(state="normal")  # for what is shown where nobody may write
        index = now.index(start)
        if removed:
            self.tk.call(self._real, "delete", index, self._end_of(index, removed))
        self.mark_set("writing", index)
        for pictured, units in groupby(now.units[first : len(now.units) - last], self._is_pictured):
            if pictured:
                for unit in units:
                    self._put_picture(unit)
            else:
                words = "".join(units)
                shown = _DOT * len(words) if self.hidden else self._theme.fonts.drawable(self._font, words)
                self.tk.call(self._real, "insert", "writing", shown)
        if closed:
            self.configure(state="disabled")
        self.placeholder.show(not now.text)
        self.mark_set("insert", now.index(caret))
        self.fit()

    def _end_of(self, index: str, units: list[str]) -> str:
        """The index in the Text where these units end when they begin at `index`."""
        line, column = map(int, index.split("."))
        lines = units.count("\n")
        if lines:
            last = len(units) - 1 - units[::-1].index("\n")
            units, column = units[last + 1 :], 0
        return f"{line + lines}.{column + sum(self._widths(units))}"

    def _put_picture(self, sequence: str) -> None:
        image = self._pictures.get(sequence) or self._theme.emoji(sequence, self._emoji_px)
        assert image is not None, "what matches EMOJI can be drawn"
        self._pictures[sequence] = image
        self.image_create("writing", image=image, padx=self._theme.px(1))

    # --- places ------------------------------------------------------------------------------------------------------
    def _is_pictured(self, unit: str) -> bool:
        return isinstance(unit, Emoji) and not self._one_line

    def _widths(self, units: Sequence[str]) -> list[int]:
        """How many columns of the Text each unit takes: in Tk 8.6 a character beyond U+FFFF takes two."""
        if self.hidden:
            return [len(unit) for unit in units]
        if self._one_line:
            return [len(unit) + sum([one > "\uffff" for one in unit]) * (self._columns - 1) for unit in units]
        return [1 if unit <= "\uffff" or isinstance(unit, Emoji) else self._columns for unit in units]

    def _place(self, index: str, *, after: bool = False) -> int:
        """The place of an index of the Text, in characters."""
        return min(self._buffer.place(self.index(index), after=after), len(self._buffer.text))


class Placeholder(Label):
    """What a field is for, over the empty `text`, which gets what the mouse does on it. It may contain emoji."""

    def __init__(self, text: tk.Text, theme: Theme, ground: Ground, font: FontName, left: int) -> None:
        """`left`: pixels before the words."""
        super().__init__(text, theme, "", font, "mute", ground=ground)
        self._left, self._height = left, theme.fonts.height(font)
        self._shown = False
        self.configure(cursor="xterm")
        forward_mouse(self, text)
        self.show(True)

    def show(self, shown: bool) -> None:
        if shown == self._shown:
            return
        self._shown = shown
        if shown:
            self.place(x=self._left, y=0, relwidth=1, width=-self._left, height=self._height)
        else:
            self.place_forget()
