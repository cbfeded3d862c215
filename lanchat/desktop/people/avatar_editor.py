"""AvatarEditor: the colour and the pattern of my own avatar, to be chosen. Tk thread."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Sequence

from PIL import ImageTk

from lanchat.core.profile import BY_KEY, Avatar
from lanchat.core.translate import _
from lanchat.desktop.theme.avatars import COLOURS, look_of
from lanchat.desktop.theme.theme import Theme
from lanchat.desktop.view_context import ViewContext
from lanchat.desktop.widgets.buttons import Button, Pressable
from lanchat.desktop.widgets.choices import bind_arrows
from lanchat.desktop.widgets.labels import Label
from lanchat.desktop.widgets.surfaces import Ground, draw_ground, palette_colour
from lanchat.engine.commands import ChangeProfile

_OFFERED = (0, 2, 5, 7, 9, 12, 18, 21)  # patterns that look different enough
_RING, _RING_GAP = 2, 2  # design pixels


class SwatchGrid(Pressable):
    """Pictures side by side, one of them chosen. The arrow keys choose the next one."""

    def __init__(
        self, master: tk.Misc, theme: Theme, pictures: Callable[[int], ImageTk.PhotoImage], values: Sequence[int],
        on_choose: Callable[[int], None], size: float, across: int, ground: Ground,
    ) -> None:  # fmt: skip
        """`pictures`: of a value, `size` design pixels square. `across`: how many of them are in one line."""
        super().__init__(master, theme, self._choose_pressed, ground)
        self._pictures = pictures
        self._values = values
        self._on_choose = on_choose
        self._cell = theme.px(size) + 2 * theme.px(_RING + _RING_GAP)
        self._across = across
        self._pointer = (0, 0)
        self.value: int | None = None
        self.configure(width=self._cell * across, height=self._cell * -(-len(values) // across))
        for where in ("<Enter>", "<ButtonPress-1>", "<Motion>"):
            self.bind(where, self._moved, add="+")
        bind_arrows(self, self._arrow)

    def set(self, value: int | None) -> None:
        """Show this value as chosen; None, or one that is not offered: none of them."""
        self.value = value
        self.redraw()

    def draw(self) -> None:
        palette, cell = self.theme.palette, self._cell
        for index, value in enumerate(self._values):
            x, y = index % self._across * cell, index // self._across * cell
            if value == self.value:
                colour = palette.strong if self.focused else palette.ring
                box = (x, y, x + cell, y + cell)
                draw_ground(self, self.theme, box, cell / 2 / self.theme.scale, self.ground, edge=colour, line=_RING)
            self.create_image(x + cell // 2, y + cell // 2, image=self._pictures(value))

    def _moved(self, event: tk.Event[tk.Misc]) -> None:
        self._pointer = (event.x, event.y)

    def _choose_pressed(self) -> None:
        column, line = (at // self._cell for at in self._pointer)
        index = line * self._across + column
        if self.over and column < self._across and 0 <= index < len(self._values):
            self._choose(index)

    def _arrow(self, way: int) -> None:
        at = self._values.index(self.value) if self.value in self._values else -1
        self._choose(max(0, min(at + way, len(self._values) - 1)))

    def _choose(self, index: int) -> None:
        if self._values[index] != self.value:
            self.set(self._values[index])
            self._on_choose(self._values[index])


class AvatarEditor(tk.Frame):
    def __init__(
        self, master: tk.Misc, context: ViewContext, size: float, ground: Ground = "chat", *, wide: bool = True
    ) -> None:
        """`size`: of the pictures to choose from, in design pixels. `wide`: the rows stand side by side if they fit."""
        theme = context.theme
        super().__init__(master, bg=palette_colour(theme.palette, ground))
        self._context = context
        self._size = size
        across = len(_OFFERED) if wide else len(_OFFERED) // 2
        self.colours = SwatchGrid(
            self, theme, lambda value: self._picture(Avatar(value, self._wish.pattern)), range(COLOURS),
            lambda value: self._choose(Avatar(value, self._wish.pattern)), size, across, ground,
        )  # fmt: skip
        self.patterns = SwatchGrid(
            self, theme, lambda value: self._picture(Avatar(self._wish.colour, value)), _OFFERED,
            lambda value: self._choose(Avatar(self._wish.colour, value)), size, across, ground,
        )  # fmt: skip
        self._reset = Button(self, theme, _("As my key has it"), lambda: self._choose(BY_KEY), "link", ground=ground)
        self._rows = [
            (Label(self, theme, words, "small_bold", "mute", ground=ground), row)
            for words, row in ((_("Colour"), self.colours), (_("Pattern"), self.patterns))
        ]
        self.columnconfigure(0, weight=1)
        self._arrange(beside=False)
        if wide:
            fits = self.colours.winfo_reqwidth() + self.patterns.winfo_reqwidth()
            self.bind("<Configure>", lambda event: self._arrange(beside=event.width >= fits))
        self.draw()

    def _arrange(self, *, beside: bool) -> None:
        for at, (label, row) in enumerate(self._rows):
            line, column = (0, at) if beside else (2 * at, 0)
            above, below = self._context.theme.px(12), self._context.theme.px(4)
            label.grid(row=line, column=column, sticky="w", pady=(above, below))
            row.grid(row=line + 1, column=column, sticky="w")

    def draw(self) -> None:
        """Show the present State."""
        colour, pattern = look_of(self._context.state.me, self._wish)
        self.colours.set(colour)
        self.patterns.set(pattern)
        if self._wish == BY_KEY:
            self._reset.grid_forget()
        else:
            self._reset.grid(row=4, column=0, sticky="w", pady=(self._context.theme.px(8), 0))

    @property
    def _wish(self) -> Avatar:
        state = self._context.state
        return state.nicks.profile(state.me).avatar

    def _picture(self, wish: Avatar) -> ImageTk.PhotoImage:
        state = self._context.state
        return self._context.theme.avatar(state.me, state.nick, self._size, wish=wish)

    def _choose(self, wish: Avatar) -> None:
        self._context.do(ChangeProfile(avatar=wish))
