"""Pointer: what the mouse does in a timeline, and the keys that do the same. Tk thread.

The row under the pointer stands out, with its time where it has no head of its own; a tip tells what a link opens, when
a message was written, what a tick means. A click performs the action of the piece under it; a context click opens the
row's menu.
"""

from __future__ import annotations

import tkinter as tk
from collections.abc import Hashable
from typing import Protocol

from PIL import ImageTk

from lanchat.core.dates import clock, moment
from lanchat.core.model import MemberKey
from lanchat.desktop.emoji.emoji_data import without_emoji
from lanchat.desktop.model import phrases
from lanchat.desktop.theme.theme import Theme
from lanchat.desktop.timeline.actions import Action, OpenLink, menu_of
from lanchat.desktop.timeline.inline_images import AVATAR
from lanchat.desktop.timeline.rows import MessageRow, MutedRow, key_of
from lanchat.desktop.timeline.text_styles import EDGE, INDENT
from lanchat.desktop.timeline.text_view import LaidOutRow, TextView
from lanchat.desktop.widgets.keyboard import MENU_KEY, set_text_keys
from lanchat.desktop.widgets.labels import show_words
from lanchat.desktop.widgets.menus import MenuEntry, bind_context_click, show_menu
from lanchat.desktop.widgets.text_editing import offer_selected
from lanchat.engine.events import EntryState

_TIP_MS = 500
_LONGEST_TIP = 300  # characters of an address
_ASCENT = 0.8  # of the height of letters: about, in every font


class PointerOwner(Protocol):
    """What knows the messages and acts on them: the Timeline."""

    def perform(self, action: Action) -> None: ...

    def state_of(self, row: MessageRow) -> EntryState: ...

    def selected_text(self) -> str: ...

    def called(self, member: MemberKey) -> str: ...


class Pointer:
    def __init__(self, view: TextView, theme: Theme, owner: PointerOwner) -> None:
        self._view = view
        self._theme = theme
        self._owner = owner
        self._over: Hashable = None  # the key of the row that stands out
        self._tip = ""  #: what is to be told at the pointer
        self._tip_wait = ""
        self._tip_picture: ImageTk.PhotoImage | None = None
        self._by_key = False  # the keyboard, not the pointer, led to that row
        self._looking_again = ""  # Tk's name for the moment after the text has moved
        self._down = False  # the button is held down, and was pressed here
        text = view.text
        set_text_keys(text)
        self._tip_label = tk.Label(
            text, font=theme.font("small"), bg=theme.palette.strong, fg=theme.palette.chat, bd=0,
            padx=theme.px(8), pady=theme.px(4), justify="left", wraplength=theme.px(420),
        )  # fmt: skip
        self._clock = tk.Label(
            text, font=theme.font("tiny"), bg=theme.palette.row_hover, fg=theme.palette.mute, bd=0, padx=0, pady=0
        )
        text.bind("<Motion>", lambda event: self._hover(event.x, event.y))
        text.bind("<Leave>", lambda event: self._left(event.x_root, event.y_root))
        text.bind("<ButtonPress-1>", lambda event: self._pressed(), add="+")
        text.bind("<ButtonRelease-1>", lambda event: self._clicked(event.x, event.y), add="+")
        bind_context_click(text, lambda event: self._context_clicked(event.x, event.y))
        for key in ("Return", "KP_Enter", "Shift-F10", MENU_KEY):
            text.bind(f"<{key}>", lambda event: self._menu_key())
        text.bind("<<Copy>>", lambda event: copy_text(text, owner.selected_text()))
        offer_selected(text, owner.selected_text)
        text.bind("<<SelectAll>>", lambda event: self._select_all())

    def moved(self) -> None:
        """The text has moved: another row is under the pointer, or the same elsewhere. Drawn as soon as that is."""
        if self._over is not None and not self._looking_again:
            self._looking_again = self._view.text.after_idle(self._look_again)

    def leave(self) -> None:
        """End the highlight of a row."""
        self._view.text.tag_remove("hover", "1.0", "end")
        self._view.text.tag_remove("pointed", "1.0", "end")
        self._clock.place_forget()
        self._over = None
        self._tell("", 0, 0)

    def stop(self) -> None:
        """Cancel what is scheduled, when the timeline is destroyed."""
        for waiting in (self._tip_wait, self._looking_again):
            if waiting:
                self._view.text.after_cancel(waiting)

    # --- hovering ----------------------------------------------------------------------------------------------------
    def _hover(self, x: int, y: int) -> None:
        text, view = self._view.text, self._view
        self._by_key = False
        index, line = view.at(x, y)
        row = view.rows[index] if view.rows else None
        if row is not None and key_of(row.row) != self._over:
            self._highlight(index)
        piece = view.piece_at(x, y)
        action = piece.action if piece is not None else None
        in_body = row is not None and row.body[0] <= line < row.body[1]
        cursor = "hand2" if action is not None else "xterm" if in_body else "arrow"
        if text["cursor"] != cursor:
            text["cursor"] = cursor
        text.tag_remove("pointed", "1.0", "end")
        if isinstance(action, OpenLink):
            text.tag_add("pointed", *text.tag_prevrange("link", f"@{x},{y} + 1 chars"))
            self._tell(action.address[:_LONGEST_TIP], x, y)
        elif row is not None and isinstance(row.row, MessageRow) and "time" in text.tag_names(f"@{x},{y}"):
            self._tell(phrases.moment(row.row.at), x, y)
        elif row is not None and isinstance(row.row, MessageRow) and view.is_tick_at(index, x, y):
            self._tell(phrases.tick(self._owner.state_of(row.row)), x, y)
        else:
            self._tell("", x, y)

    def _left(self, x: int, y: int) -> None:
        """These are pixels of the screen. What lies on the Text belongs to it."""
        if self._view.text.winfo_containing(x, y) not in (self._clock, self._tip_label):
            self.leave()

    def _look_again(self) -> None:
        self._looking_again = ""
        text = self._view.text
        if self._by_key:
            if (index := self._view.find(self._over)) is not None:
                self._show_clock(index)
            return
        x, y = text.winfo_pointerxy()
        self.leave()
        if text.winfo_containing(x, y) is text:
            self._hover(x - text.winfo_rootx(), y - text.winfo_rooty())

    def _highlight(self, index: int) -> None:
        """Make a row stand out."""
        self.leave()
        row = self._view.rows[index]
        self._over = key_of(row.row)
        if isinstance(row.row, MessageRow | MutedRow):
            line = self._view.line_of(index)
            end = row.body[1] if isinstance(row.row, MessageRow) else len(row.lines)
            self._view.text.tag_add("hover", f"{line + row.head}.0", f"{line + end}.0")
            self._show_clock(index)

    def _show_clock(self, index: int) -> None:
        """Show the time beside a message that has no head of its own."""
        self._clock.place_forget()
        row = self._view.rows[index]
        info = self._view.text.dlineinfo(f"{self._view.line_of(index) + row.body[0]}.0")
        if isinstance(row.row, MessageRow) and not row.row.heading.author and info is not None:
            theme, at = self._theme, clock(moment(row.row.at))
            left = theme.px(EDGE) + (theme.px(AVATAR) - theme.fonts.measure("tiny", at)) // 2
            self._clock.configure(text=at)
            self._clock.place(x=left, y=info[1] + info[4] - round(theme.fonts.height("tiny") * _ASCENT))

    def _tell(self, words: str, x: int, y: int) -> None:
        """Show a tip at the pointer when it rests; "": none."""
        if words == self._tip:
            return
        self._tip = words
        text = self._view.text
        self._tip_label.place_forget()
        if self._tip_wait:
            text.after_cancel(self._tip_wait)
            self._tip_wait = ""
        if words:
            self._tip_wait = text.after(_TIP_MS, lambda: self._show_tip(x, y))

    def _show_tip(self, x: int, y: int) -> None:
        self._tip_wait = ""
        text, label, theme = self._view.text, self._tip_label, self._theme
        self._tip_picture = show_words(
            label, theme, without_emoji(self._tip), "small", theme.palette.chat, theme.px(420)
        )
        wide, high, gap = label.winfo_reqwidth(), label.winfo_reqheight(), theme.px(18)
        below = y + gap + high < text.winfo_height()
        label.place(x=max(0, min(x, text.winfo_width() - wide - gap)), y=y + gap if below else y - gap - high)
        label.lift()

    # --- clicking ----------------------------------------------------------------------------------------------------
    def _pressed(self) -> None:
        self._down = True

    def _clicked(self, x: int, y: int) -> None:
        """The button is released: a click where it was pressed here too, which a context click on macOS is not."""
        down, self._down = self._down, False
        if down and not self._view.text.tag_ranges("sel"):
            piece = self._view.piece_at(x, y)
            if piece is not None and piece.action is not None:
                self._owner.perform(piece.action)

    def _select_all(self) -> str:
        """Select all rows that are loaded."""
        self._view.text.tag_add("sel", "1.0", "end - 1 chars")
        return "break"

    def _context_clicked(self, x: int, y: int) -> None:
        if not self._view.rows:
            return
        index, _line = self._view.at(x, y)
        piece = self._view.piece_at(x, y)
        links = (piece.action.address,) if piece is not None and isinstance(piece.action, OpenLink) else ()
        self._show_menu(self._menu_of(self._view.rows[index], links), x, y)

    def _menu_of(self, row: LaidOutRow, links: tuple[str, ...]) -> list[MenuEntry]:
        return menu_of(row.row, row.folded, links, self._owner.selected_text(), self._owner.perform)

    def _show_menu(self, entries: list[MenuEntry], x: int, y: int) -> None:
        text = self._view.text
        if entries:
            show_menu(self._theme.root, self._theme, (text.winfo_rootx() + x, text.winfo_rooty() + y), entries)

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

    def _menu_key(self) -> str:
        """Open the menu of the row that stands out."""
        index = self._view.find(self._over)
        if index is not None:
            row, line = self._view.rows[index], self._view.line_of(index)
            info = self._view.text.dlineinfo(f"{line + row.body[0]}.0")
            if info is not None:
                self._show_menu(self._menu_of(row, row.links), self._theme.px(EDGE + INDENT), info[1] + info[3])
        return "break"


def copy_text(widget: tk.Misc, text: str) -> None:
    """Put text on the clipboard; "" leaves it as it is."""
    if text:
        widget.clipboard_clear()
        widget.clipboard_append(text)
