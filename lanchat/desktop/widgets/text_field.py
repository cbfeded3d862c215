"""TextField: a field for one line of text, and LineBuffer, which holds that text and its history.

Not tk.Entry or ttk.Entry: they crash when text with emoji is edited (Tk 8.6). Tk counts the characters of an emoji in
its own way, so the text is kept in a LineBuffer and the tk.Text only shows it.
"""

from __future__ import annotations

import re
import tkinter as tk
from bisect import bisect_right
from collections.abc import Callable
from itertools import accumulate

from lanchat.core.translate import _
from lanchat.desktop.theme.fonts import FontName
from lanchat.desktop.theme.icons import IconName
from lanchat.desktop.theme.theme import Theme
from lanchat.desktop.widgets.buttons import IconButton
from lanchat.desktop.widgets.keyboard import ON_MAC, WORD, set_text_keys
from lanchat.desktop.widgets.menus import bind_context_click, show_edit_menu
from lanchat.desktop.widgets.surfaces import Box, Ground
from lanchat.desktop.widgets.text_editing import (
    SurrogateJoiner,
    bind_middle_click,
    intercept_edits,
    offer_selected,
    text_to_paste,
)
from lanchat.desktop.widgets.tk_events import forward_mouse

_MOST_STEPS = 200  #: that can be undone
_BREAKS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_SURROGATES = re.compile("[\ud800-\udfff]")


class LineBuffer:
    """One line of text with undo and redo. Positions are counted in characters, from 0."""

    def __init__(self, most: int) -> None:
        """`most`: characters; more are not accepted."""
        self.text = ""
        self._most = most
        self._before: list[tuple[str, int]] = []
        self._after: list[tuple[str, int]] = []
        self._typed_to = -1  #: position where typing continues the same undo step
        self._halves = SurrogateJoiner()

    def insert(self, at: int, text: str) -> str:
        """Insert what of `text` may stand in one line and has room; returns that."""
        text = self._one_line(text)[: self._most - len(self.text)]
        if text:
            if at != self._typed_to or len(text) > 1 or text.isspace():
                self._step(at)
            self.text = self.text[:at] + text + self.text[at:]
            self._typed_to = at + len(text)
        return text

    def delete(self, start: int, end: int) -> None:
        if start < end:
            self._step(end)
            self.text = self.text[:start] + self.text[end:]

    def set(self, text: str) -> None:
        """Replace the text and forget the history."""
        self.text = self._one_line(text)[: self._most]
        self._before.clear()
        self._after.clear()
        self._typed_to = -1

    def undo(self, at: int) -> int | None:
        """Go back one step; returns where the caret was then, or None when there is no step. `at`: the caret now."""
        return self._go(self._before, self._after, at)

    def redo(self, at: int) -> int | None:
        """Take back one undo; as `undo`."""
        return self._go(self._after, self._before, at)

    def _go(self, to: list[tuple[str, int]], back: list[tuple[str, int]], at: int) -> int | None:
        if not to:
            return None
        back.append((self.text, at))
        self.text, place = to.pop()
        self._typed_to = -1
        return min(place, len(self.text))

    def _step(self, at: int) -> None:
        self._before.append((self.text, at))
        del self._before[:-_MOST_STEPS]
        self._after.clear()
        self._typed_to = -1

    def _one_line(self, text: str) -> str:
        return _BREAKS.sub(" ", _SURROGATES.sub("", self._halves.joined(text)).strip("\r\n"))


_BULLET = "•"
_FIELD_HEIGHT = 40


class TextField(Box):
    """A LineBuffer shown in a tk.Text, in a field with round corners.

    Everything that would change the Text (keys, pasting, input methods) calls `_edit`, which changes the LineBuffer
    first: the two cannot differ, and no half of an emoji is ever cut off, which crashes Tk.
    """

    def __init__(
        self, master: tk.Misc, theme: Theme, text: str = "", hint: str = "", *, most: int = 200,
        on_enter: Callable[[str], None] | None = None, on_change: Callable[[str], None] | None = None,
        secret: bool = False, icon: IconName | None = None, font: FontName = "body", ground: Ground = "chat",
        fill: Ground | None = None, height: float = _FIELD_HEIGHT,
    ) -> None:  # fmt: skip
        """`most`: characters. `secret`: shown as dots, with a button to show the text. `height`: design pixels.
        `fill`: the colour of the field; None: one that stands out from `ground`.
        `on_enter` and `on_change` are called with the text."""
        fill = fill or ("rail" if ground == "side" else "field")
        super().__init__(master, theme, fill, ground=ground, pad=(10, 3))
        self._line = LineBuffer(most)
        self._font: FontName = font
        self._hidden = secret
        self._on_enter = on_enter
        self._on_change = on_change
        self._column_of_emoji = int(str(self.tk.call("string", "length", "\U0001f600")))  # 2 in Tk 8.6, 1 in Tk 9
        self._around: list[tk.Misc] = [self.below, self.inside]  # parts of the field around the Text
        self.inside.configure(height=theme.px(height - 6))
        self.inside.pack_propagate(False)
        if icon:
            picture = tk.Label(self.inside, image=theme.icon(icon, 16, theme.palette.mute), background=self.fill)
            picture.pack(side="left", padx=(0, theme.px(8)))
            self._around.append(picture)
        if secret:
            self._eye = IconButton(self.inside, theme, "eye", _("Show"), self._toggle_hidden, ground=fill, size=28)
            self._eye.pack(side="right", padx=(theme.px(4), 0))
        self.field = self._make_field(font, hint)
        self._real = intercept_edits(self.field, self._edit)
        self._bind_keys()
        for around in self._around:
            forward_mouse(around, self.field)
            around["cursor"] = "xterm"
        self.inside.configure(width=theme.px(160))
        self.set(text)

    # --- for its owner -----------------------------------------------------------------------------------------------
    def value(self) -> str:
        """The text: one line without half characters, with leading and trailing spaces as typed."""
        return self._line.text

    def set(self, text: str) -> None:
        """Replace the text and put the caret at its end, without calling `on_change`."""
        self._line.set(text)
        self._show(len(self._line.text))

    def select_all(self) -> None:
        self.field.tag_add("sel", "1.0", "end-1c")
        self.field.mark_set("insert", "end-1c")

    def focus_set(self) -> None:
        self.field.focus_set()

    focus = focus_set

    def enable(self, enabled: bool) -> None:
        palette = self._theme.palette
        self.field.configure(
            state="normal" if enabled else "disabled",
            foreground=palette.text if enabled else palette.mute,
            takefocus=enabled,
        )

    # --- its parts ---------------------------------------------------------------------------------------------------
    def _make_field(self, font: FontName, hint: str) -> tk.Text:
        theme, palette = self._theme, self._theme.palette
        field = tk.Text(
            self.inside, height=1, width=1, wrap="none", undo=False, font=theme.font(font), background=self.fill,
            foreground=palette.text, insertbackground=palette.strong, insertwidth=theme.px(2), borderwidth=0,
            highlightthickness=0, padx=0, pady=0, selectbackground=palette.marked, selectforeground=palette.text,
            selectborderwidth=0, inactiveselectbackground=palette.marked, exportselection=False,
        )  # fmt: skip
        field.pack(side="left", fill="x", expand=True)
        self._hint = tk.Label(
            field, text=hint, font=theme.font(font), foreground=palette.mute, background=self.fill, padx=0, pady=0,
            borderwidth=0, anchor="w",
        )  # fmt: skip
        self._around.append(self._hint)
        return field

    def _bind_keys(self) -> None:
        set_text_keys(self)
        field = self.field
        field.bind("<FocusIn>", lambda event: self.ring(True))
        field.bind("<FocusOut>", lambda event: self.ring(False))
        field.bind("<Return>", self._entered)
        field.bind("<KP_Enter>", self._entered)
        field.bind("<Tab>", lambda event: _move_focus(field.tk_focusNext()))
        field.bind("<<PrevWindow>>", lambda event: _move_focus(field.tk_focusPrev()))
        field.bind("<<SelectAll>>", lambda event: self._select())
        field.bind("<<Paste>>", lambda event: self._paste())
        bind_middle_click(field, self._theme, self._put)
        if not self._hidden:
            offer_selected(field, self._selected)
        field.bind("<<Undo>>", lambda event: self._restore(self._line.undo))
        field.bind("<<Redo>>", lambda event: self._restore(self._line.redo))
        bind_context_click(field, lambda event: show_edit_menu(field, self._theme, (event.x_root, event.y_root)))
        field.bind(f"<{WORD}-BackSpace>", lambda event: self._delete_word(back=True))
        field.bind(f"<{WORD}-Delete>", lambda event: self._delete_word(back=False))
        if ON_MAC:
            field.bind("<Command-BackSpace>", lambda event: self._delete_all(back=True))
            field.bind("<Command-Delete>", lambda event: self._delete_all(back=False))
        if self._hidden:
            field.bind("<<Copy>>", self._kept_secret)
            field.bind("<<Cut>>", self._kept_secret)

    # --- editing -----------------------------------------------------------------------------------------------------
    def _edit(self, what: str, *args: str) -> str:
        """Do to the LineBuffer, and then to the Text, what Tk would do to the Text."""
        if str(self.field["state"]) == "disabled":
            return ""
        before = self._line.text
        if what == "insert":
            self._insert(self._place(args[0]), "".join(args[1::2]))
        else:
            start = self._place(args[0])
            single = what == "delete" and len(args) == 1
            end = start + 1 if single else self._place(args[1], after=True)
            self._delete(start, min(end, len(self._line.text)))
            if what == "replace":
                self._insert(start, "".join(args[2::2]))
        if self._line.text != before:
            self._changed()
        return ""

    def _insert(self, at: int, text: str) -> None:
        put = self._line.insert(at, text)
        if put:
            column = self._columns(self._line.text[:at])
            self.tk.call(self._real, "insert", f"1.{column}", self._shown(put))

    def _delete(self, start: int, end: int) -> None:
        if start < end:
            first, last = self._columns(self._line.text[:start]), self._columns(self._line.text[:end])
            self._line.delete(start, end)
            self.tk.call(self._real, "delete", f"1.{first}", f"1.{last}")

    def _show(self, place: int) -> None:
        text = self._line.text
        self.tk.call(self._real, "delete", "1.0", "end")
        self.tk.call(self._real, "insert", "1.0", self._shown(text))
        self.field.mark_set("insert", f"1.{self._columns(text[:place])}")
        self.field.see("insert")
        self._show_hint()

    def _shown(self, text: str) -> str:
        return _BULLET * len(text) if self._hidden else self._theme.fonts.drawable(self._font, text)

    def _changed(self) -> None:
        self._show_hint()
        if self._on_change:
            self._on_change(self._line.text)

    def _show_hint(self) -> None:
        if self._line.text:
            self._hint.place_forget()
        else:
            self._hint.place(x=self._theme.px(2), y=0, relheight=1, relwidth=1)

    def _select(self) -> str:
        self.select_all()
        return "break"

    def _paste(self) -> str:
        if text := text_to_paste(self.field, self._theme):
            self._put(text)
        return "break"

    def _put(self, text: str) -> None:
        """Replace what is selected, which Tk on X11 would keep."""
        if self.field.tag_ranges("sel"):
            self.field.delete("sel.first", "sel.last")
        self.field.insert("insert", text)
        self.field.see("insert")

    def _selected(self) -> str:
        """What is selected; "" while the text is hidden, so that no other program gets a secret."""
        ends = [self._place(str(index)) for index in self.field.tag_ranges("sel")]
        return self._line.text[ends[0] : ends[-1]] if ends and not self._hidden else ""

    def _restore(self, step: Callable[[int], int | None]) -> str:
        place = step(self._place("insert"))
        if place is not None:
            self._show(place)
            self._changed()
        return "break"

    def _delete_word(self, back: bool) -> str:
        text, at = self._line.text, self._place("insert")
        part = text[:at] if back else text[at:]
        bare = part.rstrip() if back else part.lstrip()
        spaces = len(part) - len(bare)
        words = bare.split()
        long = spaces + (len(words[-1 if back else 0]) if words else 0)
        first, last = (at - long, at) if back else (at, at + long)
        self.field.delete(f"1.{self._columns(text[:first])}", f"1.{self._columns(text[:last])}")
        return "break"

    def _delete_all(self, back: bool) -> str:
        """All text before or after the caret."""
        self.field.delete(*(("1.0", "insert") if back else ("insert", "end-1c")))
        return "break"

    def _toggle_hidden(self) -> None:
        place = self._place("insert")
        self._hidden = not self._hidden
        self._eye.show("eye" if self._hidden else "eye_off", _("Show") if self._hidden else _("Hide"))
        self._show(place)

    def _kept_secret(self, event: tk.Event[tk.Misc]) -> str | None:
        return "break" if self._hidden else None

    def _entered(self, event: tk.Event[tk.Misc]) -> str:
        if self._on_enter:
            self._on_enter(self._line.text)
        return "break"

    # --- Tk's columns and the buffer's positions ---------------------------------------------------------------------
    def _columns(self, text: str) -> int:
        """How many columns of the Text this takes: in Tk 8.6 an emoji takes two."""
        if self._hidden:
            return len(text)
        return len(text) + sum(character > "\uffff" for character in text) * (self._column_of_emoji - 1)

    def _place(self, index: str, after: bool = False) -> int:
        """The position in the buffer of an index of the Text; within a character: before or `after` it."""
        column = int(str(self.tk.call(self._real, "index", index)).partition(".")[2])
        if str(self.tk.call(self._real, "compare", index, ">=", "end-1c")) == "1":
            return len(self._line.text)
        ends = list(accumulate(self._columns(character) for character in self._line.text))
        place = bisect_right(ends, column)
        within = column > (ends[place - 1] if place else 0)
        return place + 1 if within and after else place


def _move_focus(to: tk.Misc | None) -> str:
    if to is not None:
        to.focus_set()
    return "break"
