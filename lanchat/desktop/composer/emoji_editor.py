"""EmojiEditor: a Text for several lines in which emoji are shown as pictures; it grows with what is written. Tk thread.

Whatever would change the Text changes an EditBuffer first, and the Text is then made to show that. So what is read back
is exactly what was written, emoji included. `Placeholder` tells what the field is for while it is empty.
"""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from itertools import groupby

from PIL import ImageTk

from lanchat.desktop.composer.edit_buffer import EditBuffer, Emoji, same_ends
from lanchat.desktop.emoji.images import picture
from lanchat.desktop.theme.theme import Theme
from lanchat.desktop.widgets.keyboard import ON_MAC, WORD, set_text_keys
from lanchat.desktop.widgets.line_renderer import LineRenderer
from lanchat.desktop.widgets.surfaces import Ground, palette_colour
from lanchat.desktop.widgets.text_editing import bind_middle_click, intercept_edits, offer_selected, text_to_paste
from lanchat.desktop.widgets.tk_events import forward_mouse

MOST_LINES = 6  #: seen at once
_SURELY_MORE = 4_000  #: characters that take more than those lines; counting them would take long


class EmojiEditor(tk.Text):
    def __init__(
        self, master: tk.Misc, theme: Theme, *, most: int, on_change: Callable[[bool], None],
        on_full: Callable[[int], None], ground: Ground = "field",
    ) -> None:  # fmt: skip
        """`most` characters. `on_change`: the text has changed, by anything but `write`; True: by a key.

        `on_full`: so many characters were not taken, as there was no more room.
        """
        palette, fill = theme.palette, palette_colour(theme.palette, ground)
        super().__init__(
            master, height=1, width=1, wrap="word", undo=False, font=theme.font("body"), background=fill,
            foreground=palette.text, insertbackground=palette.strong, insertwidth=theme.px(2), borderwidth=0,
            highlightthickness=0, padx=theme.px(2), pady=0, selectbackground=palette.marked, exportselection=False,
            selectforeground=palette.text, selectborderwidth=0, inactiveselectbackground=palette.marked,
            tabs=(theme.fonts.tab("body"),), tabstyle="wordprocessor",
        )  # fmt: skip
        self._theme = theme
        self._on_change = on_change
        self._on_full = on_full
        columns = int(str(self.tk.call("string", "length", "\U0001f600")))  # 2 in Tk 8.6, 1 in Tk 9
        self._buffer = EditBuffer(most, columns)
        self._emoji_px = theme.fonts.height("body") - theme.px(1)
        self._pictures: dict[str, ImageTk.PhotoImage] = {}  # of what is written: Tk drops those nobody holds
        self._settling = ""
        self._real = intercept_edits(self, self._edit)
        self.placeholder = Placeholder(self, theme, ground)
        self._bind_keys()

    # --- for its owner -----------------------------------------------------------------------------------------------
    @property
    def written(self) -> str:
        return self._buffer.text

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

    def enable(self, enabled: bool) -> None:
        palette = self._theme.palette
        self.configure(
            state="normal" if enabled else "disabled",
            foreground=palette.text if enabled else palette.mute,
            cursor="xterm" if enabled else "",
            takefocus=enabled,
        )

    def destroy(self) -> None:
        if self._settling:
            self.after_cancel(self._settling)
        super().destroy()

    def fit(self) -> None:
        """Make the field as high as its text, up to MOST_LINES."""
        lines = MOST_LINES
        if len(self._buffer.text) < _SURELY_MORE and self.winfo_width() > 1:
            lines = int(str(self.tk.call(self._real, "count", "-displaylines", "1.0", "end")))
        lines = max(1, min(MOST_LINES, lines))
        if lines != int(str(self["height"])):
            self.configure(height=lines)
        self.see("insert")

    # --- keys --------------------------------------------------------------------------------------------------------
    def _bind_keys(self) -> None:
        set_text_keys(self)
        self.bind("<<Undo>>", lambda event: self._go_back(self._buffer.undo))
        self.bind("<<Redo>>", lambda event: self._go_back(self._buffer.redo))
        self.bind("<<Copy>>", lambda event: self._copy())
        self.bind("<<Cut>>", lambda event: self._copy(cut=True))
        self.bind("<<Paste>>", lambda event: self._paste())
        bind_middle_click(self, self._theme, self.put)
        offer_selected(self, self._selected)
        self.bind("<<PrevWord>>", lambda event: self._to_word(self._buffer.word_before))
        self.bind("<<NextWord>>", lambda event: self._to_word(self._buffer.word_after))
        self.bind("<<SelectPrevWord>>", lambda event: self._to_word(self._buffer.word_before, select=True))
        self.bind("<<SelectNextWord>>", lambda event: self._to_word(self._buffer.word_after, select=True))
        self.bind("<BackSpace>", lambda event: self._erase(-1))
        self.bind("<Delete>", lambda event: self._erase(1))
        self.bind(f"<{WORD}-BackSpace>", lambda event: self._delete_to(self._buffer.word_before))
        self.bind(f"<{WORD}-Delete>", lambda event: self._delete_to(self._buffer.word_after))
        if ON_MAC:
            self.bind("<Command-BackSpace>", lambda event: self._delete_to(self._buffer.line_before))
            self.bind("<Command-Delete>", lambda event: self._delete_to(self._buffer.line_after))
        self.bind("<Configure>", lambda event: self.fit(), add="+")

    def _go_back(self, step: Callable[[int], int | None]) -> str:
        before, place = self._buffer.units, step(self.caret)
        if place is not None and self._enabled():
            self._show(before, place)
            self._on_change(False)
        return "break"

    def _copy(self, cut: bool = False) -> str:
        selected = self.selection()
        if selected is not None:
            self.clipboard_clear()
            self.clipboard_append(self._buffer.text[slice(*selected)])
            if cut:
                self._change(*selected, "")
        return "break"

    def _paste(self) -> str:
        if text := text_to_paste(self, self._theme):
            self.put(text)
        return "break"

    def _selected(self) -> str:
        selected = self.selection()
        return self._buffer.text[slice(*selected)] if selected else ""

    def _to_word(self, find: Callable[[int], int], select: bool = False) -> str:
        index = self._buffer.index(min(find(self.caret), len(self._buffer.text)))
        self.tk.call("tk::TextKeySelect" if select else "tk::TextSetCursor", str(self), index)
        return "break"

    def _erase(self, step: int) -> str:
        """Delete the selection, or the unit before the caret (step -1) or after it (1)."""
        index = f"insert {step:+d} indices"
        first, last = self.selection() or sorted((self.caret, self._place(index, after=step > 0)))
        self._change(first, last, "", typed=True)
        return "break"

    def _delete_to(self, find: Callable[[int], int]) -> str:
        if self.selection() is not None:
            self.put("")
        else:
            first, last = sorted((self.caret, min(find(self.caret), len(self._buffer.text))))
            self._change(first, last, "")
        return "break"

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
        if not self._enabled():
            return
        buffer = self._buffer
        caret = buffer.meant(self.caret)
        before, old = buffer.units, buffer.text
        buffer.delete(start, end)
        taken = buffer.insert(start, text)
        self._settle_when_idle()
        if caret >= end:
            caret += taken - (end - start)
        elif caret > start:
            caret = start
        if buffer.text != old:
            self._show(before, buffer.whole(caret))
            self._on_change(typed)
        if taken < len(text) and buffer.full:
            self._on_full(len(text) - taken)

    def _settle_when_idle(self) -> None:
        """For one key Tk may delete and then insert: both are one undo step, which ends when Tk is idle."""
        if not self._settling:
            self._settling = self.after_idle(self._settle)

    def _settle(self) -> None:
        self._settling = ""
        self._buffer.settle()

    def _show(self, before: list[str], caret: int) -> None:
        """Change the Text from showing the units `before` to showing the buffer."""
        now = self._buffer
        first, last = same_ends(before, now.units)
        start = sum(map(len, before[:first]))
        removed = before[first : len(before) - last]
        closed = not self._enabled()
        self.configure(state="normal")  # for what is shown where nobody may write
        index = now.index(start)
        if removed:
            self.tk.call(self._real, "delete", index, self._end_of(index, removed))
        self.mark_set("writing", index)
        for pictured, units in groupby(now.units[first : len(now.units) - last], lambda unit: isinstance(unit, Emoji)):
            if pictured:
                for unit in units:
                    self._put_picture(unit)
            else:
                words = self._theme.fonts.drawable("body", "".join(units))
                self.tk.call(self._real, "insert", "writing", words)
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
        return f"{line + lines}.{column + sum(map(self._buffer.width, units))}"

    def _put_picture(self, sequence: str) -> None:
        image = self._pictures.get(sequence) or picture(self._theme, sequence, self._emoji_px)
        assert image is not None, "what matches EMOJI can be drawn"
        self._pictures[sequence] = image
        self.image_create("writing", image=image, padx=self._theme.px(1))

    # --- places ------------------------------------------------------------------------------------------------------
    def _place(self, index: str, *, after: bool = False) -> int:
        """The place of an index of the Text, in characters."""
        return min(self._buffer.place(self.index(index), after=after), len(self._buffer.text))

    def _enabled(self) -> bool:
        return str(self["state"]) == "normal"


class Placeholder(tk.Canvas):
    """What a field is for, over the empty `text`, which gets what the mouse does on it. It may contain emoji."""

    def __init__(self, text: tk.Text, theme: Theme, ground: Ground) -> None:
        super().__init__(
            text, background=palette_colour(theme.palette, ground), highlightthickness=0, borderwidth=0,
            cursor="xterm", takefocus=0, width=1, height=1,
        )  # fmt: skip
        self._theme = theme
        self._writer = LineRenderer(theme)
        self._left, self._height = theme.px(4), theme.fonts.height("body")
        self._shown = False
        self.words = ""
        forward_mouse(self, text)
        self.bind("<Configure>", lambda event: self._draw())
        self.show(True)

    def say(self, words: str) -> None:
        if words != self.words:
            self.words = words
            self._draw()

    def show(self, shown: bool) -> None:
        if shown == self._shown:
            return
        self._shown = shown
        if shown:
            self.place(x=self._left, y=0, relwidth=1, width=-self._left, height=self._height)
        else:
            self.place_forget()

    def _draw(self) -> None:
        self.delete("all")
        at = (0, self._height / 2)
        self._writer.write(self, at, self.words, "body", self._theme.palette.mute, self.winfo_width())
