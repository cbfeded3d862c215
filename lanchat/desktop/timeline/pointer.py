"""Pointer: what the mouse does in a Transcript: hovering, clicking, the menu of a message. Tk thread."""

from __future__ import annotations

import tkinter as tk

from PIL import ImageTk

from lanchat.core.dates import clock, moment
from lanchat.desktop.emoji.pattern import without_emoji
from lanchat.desktop.model import phrases
from lanchat.desktop.timeline import text_view
from lanchat.desktop.timeline.actions import MessageActions
from lanchat.desktop.timeline.inline_images import AVATAR
from lanchat.desktop.timeline.rows import MessageRow, MutedRow
from lanchat.desktop.timeline.text_view import LaidOutRow, TextView
from lanchat.desktop.widgets.keyboard import MENU_KEY, set_text_keys
from lanchat.desktop.widgets.labels import show_words
from lanchat.desktop.widgets.menus import MenuEntry, bind_context_click, show_menu
from lanchat.desktop.widgets.text_editing import offer_selected

_TIP_MS = 500
_LONGEST_TIP = 300  # characters of an address
_ASCENT = 0.8  # of the height of letters: about, in every font


class Pointer:
    def __init__(self, sheet: TextView, deeds: MessageActions) -> None:
        self._sheet = sheet
        self._deeds = deeds
        self._theme = deeds.desk.theme
        self._over: LaidOutRow | None = None
        self._tip = ""  #: what is to be told at the pointer
        self._tip_wait = ""
        self._tip_picture: ImageTk.PhotoImage | None = None
        self._by_key = False  # it was not the pointer that led to that block
        self._shifting = ""  # Tk's name for the moment after the text has moved
        self._down = False  # the button is held down, and was pressed here
        text = sheet.text
        set_text_keys(text)
        self._tip_label = tk.Label(
            text, font=self._theme.font("small"), bg=self._theme.palette.strong, fg=self._theme.palette.chat, bd=0,
            padx=self._theme.px(8), pady=self._theme.px(4), justify="left", wraplength=self._theme.px(420),
        )  # fmt: skip
        self._clock = tk.Label(
            text, font=self._theme.font("tiny"), bg=self._theme.palette.row_hover, fg=self._theme.palette.mute, bd=0,
            padx=0, pady=0,
        )  # fmt: skip
        text.bind("<Motion>", lambda event: self._hover(event.x, event.y))
        text.bind("<Leave>", lambda event: self._left(event.x_root, event.y_root))
        text.bind("<ButtonPress-1>", lambda event: self._pressed(), add="+")
        text.bind("<ButtonRelease-1>", lambda event: self._clicked(event.x, event.y), add="+")
        bind_context_click(text, lambda event: self._menu(event.x, event.y))
        for key in ("Return", "KP_Enter", "Shift-F10", MENU_KEY):
            text.bind(f"<{key}>", lambda event: self._menu_key())
        text.bind("<<Copy>>", lambda event: deeds.copy_selected())
        offer_selected(text, deeds.selected)
        text.bind("<<SelectAll>>", lambda event: self._select_all())

    def _left(self, x: int, y: int) -> None:
        """These are pixels of the screen. What lies on the Text belongs to it."""
        if self._sheet.text.winfo_containing(x, y) not in (self._clock, self._tip_label):
            self.leave()

    def shifted(self) -> None:
        """The text has moved: another row is under the pointer, or the same one elsewhere. Drawn as soon as that is."""
        if self._over is not None and not self._shifting:
            self._shifting = self._sheet.text.after_idle(self._look_again)

    def _look_again(self) -> None:
        self._shifting = ""
        text, over = self._sheet.text, self._over
        if self._by_key:
            if over in self._sheet.blocks:
                self._show_clock(over, self._sheet.line_of(self._sheet.blocks.index(over)) + over.body[0])
            return
        x, y = text.winfo_pointerxy()
        self.leave()
        if text.winfo_containing(x, y) is text:
            self._hover(x - text.winfo_rootx(), y - text.winfo_rooty())

    def leave(self) -> None:
        """Nothing is under the pointer any more, or something else."""
        self._sheet.text.tag_remove("hover", "1.0", "end")
        self._sheet.text.tag_remove("pointed", "1.0", "end")
        self._clock.place_forget()
        self._over = None
        self._tell("", 0, 0)

    def stop(self) -> None:
        """The view goes."""
        for waiting in (self._tip_wait, self._shifting):
            if waiting:
                self._sheet.text.after_cancel(waiting)

    # --- hovering ----------------------------------------------------------------------------------------------------
    def _hover(self, x: int, y: int) -> None:
        text, sheet = self._sheet.text, self._sheet
        self._by_key = False
        index, line = sheet.at(x, y)
        block = sheet.blocks[index] if sheet.blocks else None
        if block is not None and block is not self._over:
            self._enter(index)
        deed = self._deed_at(x, y)
        cursor = "hand2" if deed else "xterm" if block and block.body[0] <= line < block.body[1] else "arrow"
        if text["cursor"] != cursor:
            text["cursor"] = cursor
        text.tag_remove("pointed", "1.0", "end")
        if deed == "link" and block is not None:
            text.tag_add("pointed", *text.tag_prevrange("link", f"@{x},{y} + 1 chars"))
            self._tell(self._address(x, y)[:_LONGEST_TIP], x, y)
        elif isinstance(block and block.row, MessageRow) and "time" in text.tag_names(f"@{x},{y}"):
            self._tell(phrases.moment(block.row.at), x, y)  # type: ignore[union-attr]
        else:
            self._tell(self._tick_at(index, x, y), x, y)

    def _tick_at(self, index: int, x: int, y: int) -> str:
        """What the tick there means; "": there is none."""
        block = self._sheet.blocks[index] if self._sheet.blocks else None
        at = self._sheet.tick_at(index) if block else None
        if block is None or not isinstance(block.row, MessageRow) or at is None:
            return ""
        box = self._sheet.text.bbox(at)
        if box is None or not (box[0] <= x <= box[0] + box[2] and box[1] <= y <= box[1] + box[3]):
            return ""
        return phrases.tick(self._deeds.state_of(block.row))

    def _enter(self, index: int) -> None:
        """This row stands out."""
        self.leave()
        self._over = block = self._sheet.blocks[index]
        if isinstance(block.row, MessageRow | MutedRow):
            line = self._sheet.line_of(index)
            end = block.body[1] if isinstance(block.row, MessageRow) else len(block.lines)
            self._sheet.text.tag_add("hover", f"{line + block.head}.0", f"{line + end}.0")
            self._show_clock(block, line + block.body[0])

    def _show_clock(self, block: LaidOutRow, line: int) -> None:
        """Beside a message that has no head of its own."""
        self._clock.place_forget()
        info = self._sheet.text.dlineinfo(f"{line}.0")
        if isinstance(block.row, MessageRow) and not block.row.above.head and info is not None:
            theme, at = self._theme, clock(moment(block.row.at))
            left = theme.px(text_view.EDGE) + (theme.px(AVATAR) - theme.fonts.measure("tiny", at)) // 2
            self._clock.configure(text=at)
            self._clock.place(x=left, y=info[1] + info[4] - round(theme.fonts.height("tiny") * _ASCENT))

    def _tell(self, words_: str, x: int, y: int) -> None:
        """At the pointer, when it rests."""
        if words_ == self._tip:
            return
        self._tip = words_
        text = self._sheet.text
        self._tip_label.place_forget()
        if self._tip_wait:
            text.after_cancel(self._tip_wait)
            self._tip_wait = ""
        if words_:
            self._tip_wait = text.after(_TIP_MS, lambda: self._show_tip(x, y))

    def _show_tip(self, x: int, y: int) -> None:
        self._tip_wait = ""
        text, label = self._sheet.text, self._tip_label
        theme = self._theme
        self._tip_picture = show_words(
            label, theme, without_emoji(self._tip), "small", theme.palette.chat, theme.px(420)
        )
        wide, high, gap = label.winfo_reqwidth(), label.winfo_reqheight(), self._theme.px(18)
        below = y + gap + high < text.winfo_height()
        label.place(x=max(0, min(x, text.winfo_width() - wide - gap)), y=y + gap if below else y - gap - high)
        label.lift()

    # --- clicking ----------------------------------------------------------------------------------------------------
    def _deed_at(self, x: int, y: int) -> str:
        """The tag that says what a click does; "": nothing."""
        text = self._sheet.text
        box = text.bbox(f"@{x},{y}")
        if box is None or not (box[0] <= x <= box[0] + box[2] and box[1] <= y <= box[1] + box[3]):
            return ""
        return next((tag for tag in text.tag_names(f"@{x},{y}") if tag in text_view.DEEDS), "")

    def _address(self, x: int, y: int) -> str:
        """Of the link there; "": there is none."""
        piece = self._sheet.piece_at(f"@{x},{y}")
        return piece.link if piece else ""

    def _pressed(self) -> None:
        self._down = True

    def _clicked(self, x: int, y: int) -> None:
        """The button is released: a click where it was pressed here too, which a context click on macOS is not."""
        down, self._down = self._down, False
        if not down or self._sheet.text.tag_ranges("sel") or not self._sheet.blocks:
            return
        index, _line = self._sheet.at(x, y)
        row = self._sheet.blocks[index].row
        match self._deed_at(x, y), row:
            case "link", _:
                self._deeds.open_link(self._address(x, y))
            case "who", MessageRow(author=author):
                self._deeds.show_author(author)
            case "more", MessageRow(entry_id=entry_id):
                self._deeds.show_whole(entry_id)
            case "retry", MessageRow(entry_id=entry_id):
                self._deeds.retry(entry_id)
            case "discard", MessageRow(entry_id=entry_id):
                self._deeds.discard(entry_id)
            case "unmute", MutedRow(author=author):
                self._deeds.hear(author)
            case _:
                pass

    def _select_all(self) -> str:
        self._deeds.select_all()
        return "break"

    # --- the menu ----------------------------------------------------------------------------------------------------
    def items_at(self, x: int, y: int) -> list[MenuEntry]:
        """What can be done there."""
        if not self._sheet.blocks:
            return []
        index, _line = self._sheet.at(x, y)
        links = (self._address(x, y),) if self._deed_at(x, y) == "link" else ()
        return self._deeds.items(self._sheet.blocks[index], links)

    def _menu(self, x: int, y: int) -> None:
        text = self._sheet.text
        if items := self.items_at(x, y):
            show_menu(self._deeds.desk.root, self._theme, (text.winfo_rootx() + x, text.winfo_rooty() + y), items)

    # --- by keyboard -------------------------------------------------------------------------------------------------
    def step(self, down: bool) -> None:
        """To the next row, or the one before: it stands out as if the pointer were on it."""
        text, blocks = self._sheet.text, self._sheet.blocks
        over = self._over
        if over in blocks and text.dlineinfo(f"{self._sheet.line_of(blocks.index(over))}.0"):
            at = blocks.index(over)
        else:
            at = self._sheet.at(0, text.winfo_height())[0] + (-1 if down else 1)
        way = range(at + 1, len(blocks)) if down else range(at - 1, -1, -1)
        index = next((one for one in way if isinstance(blocks[one].row, MessageRow | MutedRow)), None)
        if index is not None:
            line = self._sheet.line_of(index)
            text.see(f"{line + len(blocks[index].lines) - 1}.0")
            text.see(f"{line}.0")
            self._enter(index)
            self._by_key = True

    def _menu_key(self) -> str:
        self._menu_of_row()
        return "break"

    def _menu_of_row(self) -> None:
        """What can be done with the row that stands out."""
        if self._over is None or self._over not in self._sheet.blocks:
            return
        text, line = self._sheet.text, self._sheet.line_of(self._sheet.blocks.index(self._over))
        info = text.dlineinfo(f"{line + self._over.body[0]}.0")
        items = self._deeds.items(self._over, self._over.links)
        if items and info is not None:
            x, y = self._theme.px(text_view.EDGE + text_view.INDENT), info[1] + info[3]
            show_menu(self._deeds.desk.root, self._theme, (text.winfo_rootx() + x, text.winfo_rooty() + y), items)
