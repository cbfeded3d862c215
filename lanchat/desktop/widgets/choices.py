"""Controls for choosing: SegmentedControl (options side by side), MenuChoice (options in a menu), RadioGroup (options
with explanations) and Switch.

They are drawn on a canvas, not ttk.Radiobutton and ttk.Checkbutton: their words wrap, may be names in scripts that Tk
draws badly, and the whole line is one target for the mouse with one focus ring.
"""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Sequence
from functools import partial
from itertools import accumulate, pairwise
from typing import Generic, TypeVar

from PIL import ImageTk

from lanchat.desktop.theme.fonts import FontName
from lanchat.desktop.theme.theme import Theme
from lanchat.desktop.widgets.buttons import Pressable
from lanchat.desktop.widgets.menus import MenuItem, show_menu_below
from lanchat.desktop.widgets.surfaces import Ground, draw_ground, mixed
from lanchat.desktop.widgets.tk_events import on_key

CONTROL_PAD = 8  #: design pixels around the mark and the words, for the focus ring
_GAP = 12


class LabelledControl(Pressable):
    """A mark and words beside it. Pack it with fill="x": it becomes as high as its words need at that width."""

    def __init__(
        self, master: tk.Misc, theme: Theme, words: str, explanation: str, command: Callable[[], None], *,
        left: float = 0, right: float = 0, mark_height: float = 18, ground: Ground = "chat",
    ) -> None:  # fmt: skip
        """`left`, `right`: design pixels that the mark takes on that side of the words."""
        super().__init__(master, theme, command, ground)
        self._pictures: list[ImageTk.PhotoImage | None] = []
        self._words = words
        self._explanation = explanation
        self._left = theme.px(left)
        self._right = theme.px(right)
        self._mark_height = theme.px(mark_height)
        pad, gap = theme.px(CONTROL_PAD), theme.px(_GAP)
        self._before = pad + (self._left + gap if left else 0)
        self._after = pad + (self._right + gap if right else 0)
        wide = max(theme.fonts.measure("body", words), theme.fonts.measure("small", explanation))
        self.configure(
            width=self._before + min(wide, theme.px(400)) + self._after, height=theme.fonts.height("body") + 2 * pad
        )

    def draw_mark(self, box: tuple[int, int, int, int]) -> None:
        """Draw the mark: x0, y0, x1, y1 in pixels."""
        raise NotImplementedError

    def draw(self) -> None:
        theme, palette = self.theme, self.theme.palette
        width = self.winfo_width()
        if width <= 1:
            return  # not laid out yet
        pad, line = theme.px(CONTROL_PAD), theme.fonts.height("body")
        room = max(1, width - self._before - self._after)
        self._pictures = [self._write(self._words, pad, "body", palette.text, room)]
        bottom = self.bbox("words")[3]
        if self._explanation:
            self._pictures.append(self._write(self._explanation, bottom + theme.px(1), "small", palette.mute, room))
            bottom = self.bbox("words")[3]
        height = bottom + pad
        if height != int(str(self["height"])):
            self.configure(height=height)
        if self.focused:
            self.draw_surface(8, self.ground)
        elif self.over:
            self.draw_surface(8, mixed(self.ground, palette.text, 0.05))
        self.tag_raise("words")
        top = pad + (line - self._mark_height) // 2
        x = pad if self._left else width - pad - self._right
        self.draw_mark((x, top, x + (self._left or self._right), top + self._mark_height))

    def _write(self, words: str, top: int, font: FontName, ink: str, room: int) -> ImageTk.PhotoImage | None:
        """Write the words; returns the picture where they have to be drawn as one, to be kept while it is shown."""
        image = self.theme.shaper.paragraph(words, font, ink, room)
        if image is not None:
            self.create_image(self._before, top, anchor="nw", image=image, tags="words")
        else:
            style = self.theme.font(font)
            self.create_text(self._before, top, anchor="nw", text=words, font=style, fill=ink, width=room, tags="words")
        return image


T = TypeVar("T")


def bind_arrows(widget: tk.Misc, move: Callable[[int], None]) -> None:
    """The arrow keys call `move` with the way to the next option (1) or to the one before (-1)."""
    for key, way in (("<Left>", -1), ("<Up>", -1), ("<Right>", 1), ("<Down>", 1)):
        on_key(widget, key, partial(move, way))


_SEGMENTS_HEIGHT, _SEGMENT_PAD, _SEGMENTS_INSET = 36, 14, 3
_DISC = 18
_ARROW = 12


class SegmentedControl(Pressable, Generic[T]):
    """A row of options, one of them chosen. The arrow keys choose the next one."""

    def __init__(
        self, master: tk.Misc, theme: Theme, options: Sequence[tuple[T, str]], value: T,
        on_change: Callable[[T], None], *, ground: Ground = "chat",
    ) -> None:  # fmt: skip
        """`options`: pairs of a value and its words. `on_change` is called with the value that a person chose."""
        super().__init__(master, theme, self._choose_pressed, ground)
        self._offered = list(options)
        self._on_change = on_change
        self.value = value
        self._pointer = 0
        self._needs = [theme.fonts.measure("room", words) + 2 * theme.px(_SEGMENT_PAD) for _value, words in options]
        wide = sum(self._needs) + 2 * theme.px(_SEGMENTS_INSET)
        self.configure(width=wide, height=theme.px(_SEGMENTS_HEIGHT))
        for where in ("<Enter>", "<ButtonPress-1>", "<Motion>"):  # a pointer that already rests there counts, too
            self.bind(where, self._moved, add="+")
        bind_arrows(self, self._arrow)

    def set(self, value: T) -> None:
        """Show this value as chosen, without calling `on_change`."""
        self.value = value
        self.redraw()

    def draw(self) -> None:
        theme, palette = self.theme, self.theme.palette
        width, height = self.winfo_width(), self.winfo_height()
        self.draw_surface(8, mixed(self.ground, palette.text, 0.1))
        inset = theme.px(_SEGMENTS_INSET)
        for index, (left, right) in enumerate(self._spans(width)):
            value, words = self._offered[index]
            chosen = value == self.value
            if chosen:
                ground = mixed(palette.raised, palette.text, 0.22) if palette.dark else palette.raised
                draw_ground(self, theme, (left, inset, right, height - inset), 6, ground)
            ink = palette.strong if chosen or (self.over and self._at(self._pointer) == index) else palette.mute
            shown = theme.lines.fit(words, "room", right - left - theme.px(6))
            theme.lines.put(self, ((left + right) // 2 - shown.width // 2, height // 2), shown, "room", (ink,))

    def _spans(self, width: int) -> list[tuple[int, int]]:
        """Left and right end of each option, in pixels: the width is shared in proportion to their words."""
        inset = self.theme.px(_SEGMENTS_INSET)
        share = (width - 2 * inset) / sum(self._needs)
        return list(pairwise(accumulate((round(need * share) for need in self._needs), initial=inset)))

    def _at(self, x: int) -> int:
        spans = self._spans(self.winfo_width())
        return next((index for index, (_left, right) in enumerate(spans) if x < right), len(spans) - 1)

    def _moved(self, event: tk.Event[tk.Misc]) -> None:
        before, self._pointer = self._pointer, event.x
        if self._at(before) != self._at(event.x):
            self.redraw()

    def _choose_pressed(self) -> None:
        if self.over:
            self._choose(self._at(self._pointer))

    def _arrow(self, way: int) -> None:
        at = next((index for index, (value, _words) in enumerate(self._offered) if value == self.value), 0)
        self._choose(max(0, min(at + way, len(self._offered) - 1)))

    def _choose(self, index: int) -> None:
        value = self._offered[index][0]
        if value != self.value:
            self.set(value)
            self._on_change(value)


class MenuChoice(Pressable, Generic[T]):
    """Says which option is chosen; a press opens a menu of them."""

    def __init__(
        self, master: tk.Misc, theme: Theme, options: Sequence[tuple[T, str, str]], value: T,
        on_change: Callable[[T], None], *, ground: Ground = "chat",
    ) -> None:  # fmt: skip
        """`options`: a value, what is said while it is chosen, and its words in the menu. `on_change` is called with
        the value that a person chose."""
        super().__init__(master, theme, self._open, ground)
        self._offered = list(options)
        self._on_change = on_change
        self.value = value
        self.configure(height=theme.px(_SEGMENTS_HEIGHT))
        self._widen()

    @property
    def words(self) -> str:
        """What is said of the option that is chosen."""
        return next((said for value, said, _words in self._offered if value == self.value), "")

    def set(self, value: T) -> None:
        """Show this value as chosen, without calling `on_change`."""
        if value != self.value:
            self.value = value
            self._widen()
            self.redraw()

    def _widen(self) -> None:
        wide = self.theme.lines.fit(self.words, "room").width
        self.configure(width=wide + self.theme.px(3 * CONTROL_PAD + _ARROW))

    def draw(self) -> None:
        theme, palette, width, middle = self.theme, self.theme.palette, self.winfo_width(), self.winfo_height() // 2
        if self.over or self.focused:
            self.draw_surface(8, mixed(self.ground, palette.text, 0.06) if self.over else self.ground)
        right = width - theme.px(CONTROL_PAD)
        self.create_image(right, middle, anchor="e", image=theme.icon("down", _ARROW, palette.text))
        right -= theme.px(_ARROW + CONTROL_PAD)
        line = theme.lines.fit(self.words, "room", max(1, right - theme.px(CONTROL_PAD)))
        theme.lines.put(self, (right - line.width, middle), line, "room", (palette.text,))

    def _open(self) -> None:
        show_menu_below(self, self.theme, [
            MenuItem(words, partial(self._choose, value), "check" if value == self.value else None)
            for value, _said, words in self._offered
        ])  # fmt: skip

    def _choose(self, value: T) -> None:
        if value != self.value:
            self.set(value)
            self._on_change(value)


class RadioGroup(tk.Frame, Generic[T]):
    """Options with explanations, one below the other. Tab goes to the chosen one, arrow keys choose the next."""

    def __init__(
        self, master: tk.Misc, theme: Theme, options: Sequence[tuple[T, str, str]], value: T,
        on_change: Callable[[T], None],
    ) -> None:  # fmt: skip
        """`options`: a value, its words and an explanation ("" for none) each."""
        super().__init__(master, background=theme.palette.chat)
        self._on_change = on_change
        self.value = value
        self._rows = {
            option: _RadioButton(self, theme, words, explanation, partial(self._choose, option))
            for option, words, explanation in options
        }
        for row in self._rows.values():
            row.pack(fill="x", pady=theme.px(2))
            bind_arrows(row, self._arrow)
        self.set(value)

    def set(self, value: T) -> None:
        """Show this value as chosen, without calling `on_change`."""
        self.value = value
        for option, row in self._rows.items():
            row.choose(option == value)

    def _arrow(self, way: int) -> None:
        options = list(self._rows)
        option = options[max(0, min(options.index(self.value) + way, len(options) - 1))]
        self._rows[option].focus_set()
        self._choose(option)

    def _choose(self, value: T) -> None:
        if value != self.value:
            self.set(value)
            self._on_change(value)


class _RadioButton(LabelledControl):
    """One option of a RadioGroup: a disc and words beside it."""

    def __init__(
        self, master: tk.Misc, theme: Theme, words: str, explanation: str, command: Callable[[], None]
    ) -> None:
        self._chosen = False
        super().__init__(master, theme, words, explanation, command, left=_DISC)

    def choose(self, chosen: bool) -> None:
        self._chosen = chosen
        self.configure(takefocus=chosen)
        self.redraw()

    def draw_mark(self, box: tuple[int, int, int, int]) -> None:
        theme, palette = self.theme, self.theme.palette
        edge = palette.ring if self._chosen else palette.mute
        radius = _DISC / 2
        draw_ground(self, theme, box, radius, edge)
        inset = theme.px(5 if self._chosen else 2)
        inner = (box[0] + inset, box[1] + inset, box[2] - inset, box[3] - inset)
        draw_ground(self, theme, inner, radius, self.ground)


_SWITCH_WIDTH, _SWITCH_HEIGHT, _SWITCH_INSET = 38, 22, 3


class Switch(LabelledControl):
    """Words with an on/off switch at their right end. A press anywhere on the line toggles it."""

    def __init__(
        self, master: tk.Misc, theme: Theme, words: str, value: bool, on_change: Callable[[bool], None], *,
        ground: Ground = "chat",
    ) -> None:  # fmt: skip
        self.value = value
        self._on_change = on_change
        super().__init__(
            master, theme, words, "", self._toggle, right=_SWITCH_WIDTH, mark_height=_SWITCH_HEIGHT, ground=ground
        )

    def set(self, value: bool) -> None:
        """Show this value, without calling `on_change`."""
        self.value = value
        self.redraw()

    def draw_mark(self, box: tuple[int, int, int, int]) -> None:
        theme, palette = self.theme, self.theme.palette
        fill = palette.accent if self.value else mixed(self.ground, palette.mute, 0.7)
        draw_ground(self, theme, box, _SWITCH_HEIGHT / 2, fill)
        inset = theme.px(_SWITCH_INSET)
        across = box[3] - box[1] - 2 * inset
        left = box[2] - inset - across if self.value else box[0] + inset
        knob = (left, box[1] + inset, left + across, box[1] + inset + across)
        draw_ground(self, theme, knob, _SWITCH_HEIGHT / 2, "#ffffff")

    def _toggle(self) -> None:
        self.set(not self.value)
        self._on_change(self.value)
