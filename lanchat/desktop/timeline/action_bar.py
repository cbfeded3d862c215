"""ActionBar: over the message that stands out, what can be done with it. Tk thread.

    👍 ❤️ 😂 │ react  reply  edit  pin  more

There is one for the whole timeline. It lies half over the upper edge of a message, at the right end, or where it covers
less of what is written and nothing that can be pressed, and moves no text. Keys do the same: see `pointer`.
"""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from functools import partial

from lanchat.core.model import RoomId
from lanchat.core.translate import _
from lanchat.desktop.emoji import emoji_data
from lanchat.desktop.theme.icons import IconName
from lanchat.desktop.timeline.actions import Action, PickReaction, StartEdit, StartReply, rights_in
from lanchat.desktop.timeline.reaction_picker import EmojiButton, quick_reactions
from lanchat.desktop.timeline.rows import MessageRow
from lanchat.desktop.view_context import ViewContext
from lanchat.desktop.widgets.buttons import IconButton
from lanchat.desktop.widgets.surfaces import Box
from lanchat.desktop.widgets.tk_events import WHEEL_EVENTS, ancestors, wheel_steps
from lanchat.engine.commands import PinMessage, React
from lanchat.storage.languages import spoken

_QUICK = 3
_BUTTON, _PAD = 28, 3  # design pixels
_ABOVE, _RIGHT = 18, 20  # design pixels: over the upper edge of the message; from the edge of the pane
_LEAST, _GAP, _ICON = 2, 8, 18  # design pixels: from the upper edge of the pane; from what is pressed; before a word
_TO_PRESS = ("code copy", "edited", "link", "file")  # tags of the Text
_OWN, _PRESSED = 4, 1_000_000  # what covering it counts, a pixel: the message's own words; what can be pressed


class ActionBar(Box):
    def __init__(
        self, over: tk.Text, context: ViewContext, room_id: RoomId, perform: Callable[[Action], None],
        turned: Callable[[float], None],
    ) -> None:  # fmt: skip
        """`over`: the timeline's Text. `turned`: the wheel was turned over the bar, by so many steps."""
        theme = context.theme
        super().__init__(over, theme, "raised", 8, pad=(_PAD, _PAD), edge=theme.palette.shade)
        self._text = over
        self._context = context
        self._room_id = room_id
        self._perform = perform
        self._row: MessageRow | None = None
        self.more: Callable[[], None] = lambda: None  #: opens the menu of the message
        self._offered: list[str] = []  # on the first buttons
        self._turned = turned
        self._quick: list[EmojiButton] = []  # none before `_build`

    def _build(self) -> None:
        """Its buttons: made when the bar is shown first, as whoever opens a room waits for it and points at nothing."""
        theme = self._theme
        self._quick = [
            EmojiButton(self.inside, theme, "", "", partial(self._react, number), size=_BUTTON)
            for number in range(_QUICK)
        ]
        line = tk.Frame(self.inside, bg=theme.palette.line, width=theme.px(1), height=theme.px(18))
        smile = self._button("smile", _("React"), lambda row: PickReaction(row.message_id))
        reply = self._button("reply", _("Reply"), lambda row: StartReply(row.message_id))
        self._edit = self._button("edit", _("Edit"), lambda row: StartEdit(row.message_id))
        self._pin = self._button("pushpin", _("Pin"), self._pin_action)
        self._more = IconButton(self.inside, theme, "more", _("More"), self._open_menu, ground="raised", size=_BUTTON)
        buttons = (*self._quick, smile, reply, self._edit, self._pin, self._more)
        for widget in (*buttons, self.below, line):
            for event in WHEEL_EVENTS:
                widget.bind(event, lambda event: self._turned(wheel_steps(event)))
        for button in buttons:
            button.configure(takefocus=0)  # the keys of the timeline do the same
        for widget in (*self._quick, line, smile, reply, self._more):
            widget.pack(side="left", padx=theme.px(4) if widget is line else 0)

    def _button(self, icon: IconName, tip: str, action: Callable[[MessageRow], Action]) -> IconButton:
        def press() -> None:
            if self._row is not None:
                self._perform(action(self._row))

        return IconButton(self.inside, self._theme, icon, tip, press, ground="raised", size=_BUTTON)

    # --- for Pointer -------------------------------------------------------------------------------------------------
    def show(self, row: MessageRow, top: int) -> None:
        """`top`: pixels from the upper edge of the Text to that of the message. Hidden, where nothing may be done."""
        rights = rights_in(self._context.state.room(self._room_id), row)
        if not rights.act:
            self.hide()
            return
        if not self._quick:
            self._build()
        self._row = row
        self._offer(quick_reactions(self._context.kept.now.recent_emoji, _QUICK))
        for button, shown in ((self._edit, rights.edit), (self._pin, rights.pin)):
            if shown != bool(button.winfo_manager()):
                button.pack(side="left", before=self._more) if shown else button.pack_forget()
        if rights.pin:
            self._pin.show("pushpin", _("Unpin") if row.pinned else _("Pin"))
        x, y = self._free_place(top)
        self.place(x=x, y=y)
        self.lift()

    def hide(self) -> None:
        if self._row is not None:
            self._row = None
            self.place_forget()

    def holds(self, widget: tk.Misc | None) -> bool:
        """Whether a widget is this bar, or lies on it."""
        return widget is not None and self in ancestors(widget)

    def _offer(self, emoji: list[str]) -> None:
        if emoji == self._offered:
            return
        self._offered = emoji
        language = spoken(self._context.kept.now.language)
        for button, one in zip(self._quick, emoji, strict=False):
            button.show(one, emoji_data.name_of(one, language))

    # --- where it lies -----------------------------------------------------------------------------------------------
    def _free_place(self, top: int) -> tuple[int, int]:
        """The place, in pixels of the Text, at which it covers least. `top`: see `show`."""
        px = self._theme.px
        self.update_idletasks()  # buttons may have come or gone
        wide, high = self.winfo_reqwidth(), self.winfo_reqheight()
        usual = self._text.winfo_width() - px(_RIGHT) - wide
        heights = [max(px(_LEAST), y) for y in (top - px(_ABOVE), top - high)]
        places = [(usual, y) for y in dict.fromkeys(heights)]
        for y in dict.fromkeys(heights):
            beside = min([left for left, _right in self._pressed_between(y, y + high)], default=0) - px(_GAP) - wide
            if px(_GAP) < beside < usual:
                places.append((beside, y))
        return min(places, key=lambda place: self._covered(place, wide, high, top))  # of equals the first

    def _covered(self, place: tuple[int, int], wide: int, high: int, top: int) -> int:
        """How much the bar would cover there."""
        (x, y), count = place, 0
        for line in self._lines_between(y, y + high):
            left, upper, width, height, _baseline = self._text.dlineinfo(line) or (0, 0, 0, 0, 0)
            across = max(0, min(x + wide, left + width) - max(x, left))
            down = max(0, min(y + high, upper + height) - max(y, upper))
            count += across * down * (_OWN if upper >= top else 1)
        pressed = self._pressed_between(y, y + high)
        return count + sum([_PRESSED for left, right in pressed if left < x + wide and right > x])

    def _lines_between(self, upper: int, lower: int) -> list[str]:
        """The lines on the screen, as Tk breaks them, that have pixels between these heights; no rules."""
        found, y = [], upper
        while y < lower:
            line = self._text.index(f"@0,{y}")
            info = self._text.dlineinfo(line)
            if info is None or info[1] + info[3] <= y:
                break
            if "rule" not in self._text.tag_names(line):
                found.append(line)
            y = info[1] + info[3]
        return found

    def _pressed_between(self, upper: int, lower: int) -> list[tuple[int, int]]:
        """From where to where something that can be pressed stands on these lines."""
        text, found = self._text, []
        for line in self._lines_between(upper, lower):
            end = f"{line} display lineend"
            for tag in _TO_PRESS:
                spot = text.tag_nextrange(tag, line, end)
                first, last = (text.bbox(spot[0]), text.bbox(f"{spot[1]} - 1 chars")) if spot else (None, None)
                if first and last:
                    icon = self._theme.px(_ICON) if tag == "code copy" else 0
                    found.append((first[0] - icon, last[0] + last[2]))
        return found

    # --- what it does ------------------------------------------------------------------------------------------------
    def _react(self, number: int) -> None:
        if self._row is not None and number < len(self._offered):
            emoji, me = self._offered[number], self._context.state.me
            mine = any(one.emoji == emoji and me in one.members for one in self._row.reactions)
            self._perform(React(self._room_id, self._row.message_id, emoji, not mine))

    def _pin_action(self, row: MessageRow) -> Action:
        return PinMessage(self._room_id, row.message_id, not row.pinned)

    def _open_menu(self) -> None:
        self.more()
