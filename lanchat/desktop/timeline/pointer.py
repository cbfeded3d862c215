"""Pointer: what the mouse does in a timeline, and the keys that do the same. Tk thread.

The row under the pointer stands out, with its time where it has no head of its own; a tip tells what a link opens, when
a message was written, what a tick means. A click performs the action of the piece under it; a context click opens the
row's menu.
"""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Hashable

from lanchat.core.dates import clock, moment
from lanchat.core.model import EntryId
from lanchat.desktop.model import phrases
from lanchat.desktop.theme.theme import Theme
from lanchat.desktop.timeline.action_bar import ActionBar
from lanchat.desktop.timeline.actions import (
    Action,
    AskDelete,
    DoFile,
    OpenLink,
    PickReaction,
    StartEdit,
    StartReply,
    file_key,
    menu_of,
    rights_in,
)
from lanchat.desktop.timeline.file_cards import FileCards
from lanchat.desktop.timeline.inline_images import AVATAR
from lanchat.desktop.timeline.laid_out_row import LaidOutRow
from lanchat.desktop.timeline.message_layout import MessageLayout
from lanchat.desktop.timeline.rows import MessageRow, MutedRow, key_of
from lanchat.desktop.timeline.text_styles import EDGE, INDENT
from lanchat.desktop.timeline.text_view import TextView
from lanchat.desktop.widgets.keyboard import MENU_KEY, has_modifier, set_text_keys
from lanchat.desktop.widgets.labels import PlainLabel
from lanchat.desktop.widgets.menus import bind_context_click, popover_of, show_menu
from lanchat.desktop.widgets.text_editing import copy_text, offer_selected
from lanchat.desktop.widgets.tk_events import DelayedCalls, focused_widget, on_key
from lanchat.engine.commands import Delete, React

_TIP_MS = 500
_LONGEST_TIP = 300  # characters of an address
_SHIFT = 1  # in the state of a key
_ASCENT = 0.8  # of the height of letters: about, in every font


class Pointer:
    def __init__(
        self, view: TextView, theme: Theme, layout: MessageLayout, bar: ActionBar, files: FileCards,
        perform: Callable[[Action], None],
    ) -> None:  # fmt: skip
        """`perform` does what was clicked or chosen in a menu."""
        self.is_bookmarked: Callable[[EntryId], bool] = lambda message_id: False
        self._bar = bar
        self.files = files
        bar.more = self._menu_of_bar
        self._view = view
        self._theme = theme
        self._layout = layout
        self._perform = perform
        self._over: Hashable = None  # the key of the row that stands out
        self._tip = ""  #: what is to be told at the pointer
        self._by_key = False  # the keyboard, not the pointer, led to that row
        self._down_on: Action | None = None  # what a click there would do
        self._down = False  # the button is held down, and was pressed here
        text = view.text
        self._later = DelayedCalls(text)
        set_text_keys(text)
        palette, pad = theme.palette, (theme.px(8), theme.px(4))
        self._tip_label = PlainLabel(text, theme, "small", palette.chat, palette.strong, pad)
        self._clock = tk.Label(text, font=theme.font("tiny"), fg=theme.palette.mute, bd=0, padx=0, pady=0)
        text.bind("<Motion>", lambda event: self._hover(event.x, event.y))
        text.bind("<Leave>", lambda event: self._left(event.x_root, event.y_root))
        text.bind("<ButtonPress-1>", lambda event: self._pressed(event.x, event.y), add="+")
        text.bind("<ButtonRelease-1>", lambda event: self._clicked(event.x, event.y), add="+")
        bind_context_click(text, lambda event: self._context_clicked(event.x, event.y))
        for key in ("Return", "KP_Enter", "Shift-F10", MENU_KEY):
            on_key(text, f"<{key}>", self._menu_key)
        text.bind("<Key>", self._row_key)
        text.bind("<FocusOut>", lambda event: self._later.do("focus left", self._focus_left), add="+")
        text.bind("<<Copy>>", lambda event: copy_text(text, view.selected_text()))
        offer_selected(text, view.selected_text)
        on_key(text, "<<SelectAll>>", lambda: text.tag_add("sel", "1.0", "end - 1 chars"))  # all rows that are loaded

    def moved(self) -> None:
        """The text has moved: another row is under the pointer, or the same elsewhere. Drawn as soon as that is."""
        if self._over is not None:
            self._later.do("look again", self._look_again)

    def leave(self) -> None:
        """End the highlight of a row."""
        self._view.text.tag_remove("hover", "1.0", "end")
        self._view.text.tag_remove("pointed", "1.0", "end")
        self._clock.place_forget()
        self._bar.hide()
        self.files.leave()
        self._over = None
        self._tell("", 0, 0)

    def changed(self) -> None:
        """Rows were laid out again: what stands out is drawn once more."""
        index = self._view.find(self._over)
        if index is not None:
            by_key = self._by_key
            self._highlight(index)
            self._by_key = by_key
        elif self._over is not None:
            self.leave()

    # --- hovering ----------------------------------------------------------------------------------------------------
    def _hover(self, x: int, y: int) -> None:
        text, view = self._view.text, self._view
        self._by_key = False
        index, line = view.at(x, y)
        row = view.rows[index] if view.rows else None
        if row is not None and key_of(row.row) != self._over:
            self._highlight(index)
        file = self.files.hover(x, y)
        action = file[0] if file is not None else self._action_at(x, y)
        in_body = row is not None and row.body[0] <= line < row.body[1]
        cursor = "hand2" if action is not None else "xterm" if in_body else "arrow"
        if text["cursor"] != cursor:
            text["cursor"] = cursor
        text.tag_remove("pointed", "1.0", "end")
        if isinstance(action, OpenLink):
            text.tag_add("pointed", *text.tag_prevrange("link", f"@{x},{y} + 1 chars"))
            self._tell(action.address[:_LONGEST_TIP], x, y)
        elif file is not None:
            self._tell(file[1], x, y)
        elif row is not None and isinstance(row.row, MessageRow) and isinstance(action, React):
            self._tell(self._layout.chip_tip(row.row, action.emoji), x, y)
        elif row is not None and isinstance(row.row, MessageRow) and "time" in text.tag_names(f"@{x},{y}"):
            self._tell(phrases.moment(row.row.at), x, y)
        elif row is not None and isinstance(row.row, MessageRow) and view.is_tick_at(index, x, y):
            self._tell(self._layout.tick_words(row.row), x, y)
        else:
            self._tell("", x, y)

    def _left(self, x: int, y: int) -> None:
        """These are pixels of the screen. What lies on the Text belongs to it."""
        there = self._view.text.winfo_containing(x, y)
        if there not in (self._clock, self._tip_label) and not self._bar.holds(there):
            self.leave()

    def _look_again(self) -> None:
        text = self._view.text
        if self._by_key:
            if (index := self._view.find(self._over)) is not None:
                self._show_clock(index)
                self._show_bar(index)
            return
        x, y = text.winfo_pointerxy()
        self.leave()
        if text.winfo_containing(x, y) is text:
            self._hover(x - text.winfo_rootx(), y - text.winfo_rooty())

    def _highlight(self, index: int) -> None:
        self.leave()
        row = self._view.rows[index]
        self._over = key_of(row.row)
        if isinstance(row.row, MessageRow | MutedRow):
            line = self._view.line_of(index)
            self._view.text.tag_add("hover", f"{line + row.head}.0", f"{line + len(row.lines)}.0")
            self._show_clock(index)
            self._show_bar(index)

    def _show_bar(self, index: int) -> None:
        row = self._view.rows[index]
        info = self._view.text.dlineinfo(f"{self._view.line_of(index) + row.head}.0")
        if isinstance(row.row, MessageRow):
            self._bar.show(row.row, info[1] if info is not None else 0)  # None: its beginning is further up

    def _show_clock(self, index: int) -> None:
        """Show the time beside a message that has no head of its own."""
        self._clock.place_forget()
        row = self._view.rows[index]
        info = self._view.text.dlineinfo(f"{self._view.line_of(index) + row.body[0]}.0")
        if isinstance(row.row, MessageRow) and not row.row.heading.author and info is not None:
            theme, at = self._theme, clock(moment(row.row.at))
            left = theme.px(EDGE) + (theme.px(AVATAR) - theme.fonts.measure("tiny", at)) // 2
            palette = theme.palette
            self._clock.configure(text=at, bg=palette.mention if row.mentions_me else palette.row_hover)
            self._clock.place(x=left, y=info[1] + info[4] - round(theme.fonts.height("tiny") * _ASCENT))

    def _tell(self, words: str, x: int, y: int) -> None:
        """Show a tip at the pointer when it rests; "": none."""
        if words == self._tip:
            return
        self._tip = words
        self._tip_label.place_forget()
        self._later.cancel("tip")
        if words:
            self._later.do("tip", lambda: self._show_tip(x, y), _TIP_MS)

    def _show_tip(self, x: int, y: int) -> None:
        text, label, theme = self._view.text, self._tip_label, self._theme
        label.show(self._tip, theme.px(420))
        wide, high, gap = label.winfo_reqwidth(), label.winfo_reqheight(), theme.px(18)
        below = y + gap + high < text.winfo_height()
        label.place(x=max(0, min(x, text.winfo_width() - wide - gap)), y=y + gap if below else y - gap - high)
        label.lift()

    # --- clicking ----------------------------------------------------------------------------------------------------
    def _pressed(self, x: int, y: int) -> None:
        self._down = True
        self._down_on = self._action_at(x, y)

    def _clicked(self, x: int, y: int) -> None:
        """The button is released: a click where it was pressed here too, which a context click on macOS is not."""
        down, self._down = self._down, False
        action = self._action_at(x, y) if down else None
        if isinstance(action, React | PickReaction | DoFile) and action == self._down_on:
            self._view.text.tag_remove("sel", "1.0", "end")  # a chip or a card that is clicked twice is no word
            self._perform(action)
        elif action is not None and not self._view.text.tag_ranges("sel"):
            self._perform(action)

    def _action_at(self, x: int, y: int) -> Action | None:
        piece = self._view.piece_at(x, y)
        return self.files.action_at(x, y) or (piece.action if piece is not None else None)

    def _context_clicked(self, x: int, y: int) -> None:
        if not self._view.rows:
            return
        index, _line = self._view.at(x, y)
        piece = self._view.piece_at(x, y)
        links = (piece.action.address,) if piece is not None and isinstance(piece.action, OpenLink) else ()
        self._show_menu(self._view.rows[index], links, x, y)

    def _show_menu(self, row: LaidOutRow, links: tuple[str, ...], x: int, y: int) -> None:
        text, selected = self._view.text, self._view.selected_text()
        marked = isinstance(row.row, MessageRow) and self.is_bookmarked(row.row.message_id)
        room, perform = self._layout.room, self._perform
        if entries := menu_of(row.row, room, row.folded, links, selected, perform, bookmarked=marked):
            show_menu(self._theme.root, self._theme, (text.winfo_rootx() + x, text.winfo_rooty() + y), entries)

    def place(self) -> tuple[int, int]:
        """Where on the screen something about the row that stands out is to open, in pixels."""
        text, index = self._view.text, self._view.find(self._over) if self._by_key else None
        if index is None:
            return text.winfo_pointerx(), text.winfo_pointery()
        info = text.dlineinfo(f"{self._view.line_of(index) + self._view.rows[index].body[0]}.0")
        x, y = self._theme.px(EDGE + INDENT), info[1] + info[3] if info is not None else 0
        return text.winfo_rootx() + x, text.winfo_rooty() + y

    def _menu_of_bar(self) -> None:
        index = self._view.find(self._over)
        if index is not None:
            text = self._view.text
            x, y = self._bar.winfo_rootx() - text.winfo_rootx(), self._bar.winfo_rooty() - text.winfo_rooty()
            row = self._view.rows[index]
            self._show_menu(row, row.links, x + self._bar.winfo_width() // 2, y + self._bar.winfo_height())

    # --- by keyboard -------------------------------------------------------------------------------------------------
    def highlight_next(self, down: bool) -> None:
        """Make the next row, or the one before, stand out as if the pointer were on it."""
        text, rows = self._view.text, self._view.rows
        at = self._view.find(self._over)
        if at is None or not text.dlineinfo(f"{self._view.line_of(at)}.0"):
            at = self._view.at(0, text.winfo_height())[0] + (-1 if down else 1)
        following = range(at + 1, len(rows)) if down else range(at - 1, -1, -1)
        index = next((one for one in following if isinstance(rows[one].row, MessageRow | MutedRow)), None)
        if index is not None:
            line = self._view.line_of(index)
            text.see(f"{line + len(rows[index].lines) - 1}.0")
            text.see(f"{line}.0")
            self._highlight(index)
            self._by_key = True

    def _menu_key(self) -> None:
        """Open the menu of the row that stands out."""
        index = self._view.find(self._over)
        if index is not None:
            row, line = self._view.rows[index], self._view.line_of(index)
            info = self._view.text.dlineinfo(f"{line + row.body[0]}.0")
            if info is not None:
                self._show_menu(row, row.links, self._theme.px(EDGE + INDENT), info[1] + info[3])

    def _focus_left(self) -> None:
        """The keyboard went elsewhere: what it chose is chosen no more, unless it is for what opened from there."""
        focused = focused_widget(self._view.text)
        if self._by_key and focused is not self._view.text and popover_of(focused) is None:
            self.leave()

    def _row_key(self, event: tk.Event[tk.Misc]) -> str | None:
        """A letter for the message that the arrows chose; otherwise it goes into the composer."""
        index = self._view.find(self._over) if self._by_key else None
        row = self._view.rows[index].row if index is not None else None
        if not isinstance(row, MessageRow) or has_modifier(int(event.state)):
            return None
        rights, message_id = rights_in(self._layout.room, row), row.message_id
        shift = bool(int(event.state) & _SHIFT)
        action: Action | None = None
        match event.keysym.lower():
            case "r" if rights.act:
                action = StartReply(message_id)
            case "plus" | "kp_add" if rights.act:
                action = PickReaction(message_id)
            case "e" if rights.edit:
                action = StartEdit(message_id)
            case "delete" if rights.delete:
                action = Delete(self._layout.room_id, message_id) if shift else AskDelete(message_id)
            case key if row.offer is not None:
                action = file_key(key, self._layout.room, row)
        if action is None:
            return None
        self._perform(action)
        return "break"
