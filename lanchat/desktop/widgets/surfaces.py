"""The surfaces that widgets lie on: their colours, grounds with round corners, and frames that scroll.

`draw_ground` draws a ground on a canvas; a Box is a frame that has one. ttk has no frame with round corners that grows
with its contents without a new picture for each size.

The ScrollBar is drawn on a canvas. A ttk.Scrollbar with image elements was tried: it looks the same and is as fast, but
ttk styles and their images cannot be removed, so each theme and zoom would leave some behind in the interpreter.
"""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from typing import Literal, TypeAlias

from lanchat.desktop.theme.palette import Palette
from lanchat.desktop.theme.theme import Theme
from lanchat.desktop.widgets.tk_events import route_input

#: What a widget may lie on, by its name in the Palette.
Ground: TypeAlias = Literal["chat", "side", "rail", "raised", "field", "alert_soft", "mention", "accent_soft", "shade"]

#: The colours of texts, by their names in the Palette.
Ink: TypeAlias = Literal["text", "strong", "mute", "accent", "link", "alert_ink", "good", "caution", "at"]
RING = 2  #: design pixels: the width of the line around the widget that has the keyboard focus
_BAR_WIDTH, _THUMB, _SHORTEST = 12, 6, 32  #: design pixels: the bar, its thumb, the least length of that
_WHEEL_STEP = 48  #: design pixels for one step of the wheel
_REVEAL_ROOM = 12  #: design pixels left free around a widget that is brought into view


def palette_colour(palette: Palette, name: Ground | Ink) -> str:
    """The colour of that name, as `#rrggbb`."""
    colour: str = getattr(palette, name)
    return colour


def mixed(one: str, other: str, share: float) -> str:
    """A mixture of two colours, as `#rrggbb`; `share`: how much of `other` is in it, 0 to 1."""
    parts = (
        round(int(one[at : at + 2], 16) * (1 - share) + int(other[at : at + 2], 16) * share) for at in (1, 3, 5)
    )  # fmt: skip
    return "#" + "".join(f"{part:02x}" for part in parts)


class Box(tk.Frame):
    """A frame with round corners. Put the contents on `inside`; pack and grid the Box like any frame."""

    def __init__(
        self, master: tk.Misc, theme: Theme, fill: Ground = "field", radius: float = 8, *, ground: Ground = "chat",
        pad: tuple[float, float] = (8, 8), edge: str = "", width: int = 0,
    ) -> None:  # fmt: skip
        """`pad`: design pixels beside and above/below `inside`. `edge`: the colour of a thin outline, "" for none.
        `width`: in pixels; 0: as wide as the contents need."""
        self._theme = theme
        self._radius = radius
        self._edge = edge
        self._ring = False
        self.fill = palette_colour(theme.palette, fill)
        super().__init__(master, background=palette_colour(theme.palette, ground), width=width)
        self.below = tk.Canvas(self, background=self["background"], highlightthickness=0, borderwidth=0)
        self.below.place(relwidth=1, relheight=1)
        self.below.bind("<Configure>", lambda event: self._draw())
        self.inside = tk.Frame(self, background=self.fill)
        self.inside.pack(fill="both", expand=True, padx=theme.px(pad[0]), pady=theme.px(pad[1]))

    def ring(self, shown: bool) -> None:
        """Show or hide the focus ring."""
        if shown != self._ring:
            self._ring = shown
            self._draw()

    def _draw(self) -> None:
        line = RING if self._ring else 1 if self._edge else 0
        width, height = self.below.winfo_width(), self.below.winfo_height()
        self.below.delete("all")
        draw_ground(
            self.below, self._theme, (0, 0, width, height), self._radius, self.fill,
            edge=self._theme.palette.ring if self._ring else self._edge, line=line,
        )  # fmt: skip


def draw_ground(
    canvas: tk.Canvas, theme: Theme, box: tuple[int, int, int, int], radius: float, fill: str, *, edge: str = "",
    line: float = 1,
) -> None:  # fmt: skip
    """Draw a filled rectangle with round corners: `box` is x0, y0, x1, y1 in pixels, `radius` in design pixels.

    `edge`: the colour of an outline inside the box, `line` design pixels wide; "" for none. It is drawn as pictures of
    the corners and two rectangles, so that a resize needs no new picture.
    """
    if edge:
        draw_ground(canvas, theme, box, radius, edge)
        inset = theme.px(line)
        box = (box[0] + inset, box[1] + inset, box[2] - inset, box[3] - inset)
        radius = max(0, radius - line)
    x0, y0, x1, y1 = box
    r = min(theme.px(radius), (x1 - x0) // 2, (y1 - y0) // 2)
    if r > 0:
        for corner, x, y in (("nw", x0, y0), ("ne", x1 - r, y0), ("sw", x0, y1 - r), ("se", x1 - r, y1 - r)):
            canvas.create_image(x, y, anchor="nw", image=theme.corner_image(corner, r, fill))
    if x1 > x0 and y1 > y0:
        canvas.create_rectangle(x0 + r, y0, x1 - r, y1, fill=fill, width=0)
        canvas.create_rectangle(x0, y0 + r, x1, y1 - r, fill=fill, width=0)


class ScrollBar(tk.Canvas):
    """A scroll bar. `set` is a `yscrollcommand`, `command` a `yview`. Invisible while everything is in view."""

    def __init__(self, master: tk.Misc, theme: Theme, command: Callable[..., object], ground: Ground = "chat") -> None:
        self._theme = theme
        self._command = command
        self._first, self._last = 0.0, 1.0
        self._over = False
        self._held: float | None = None  #: pixels from the top of the thumb to where it is dragged
        super().__init__(
            master, width=theme.px(_BAR_WIDTH), height=1, background=palette_colour(theme.palette, ground),
            highlightthickness=0, borderwidth=0, takefocus=0,
        )  # fmt: skip
        self.bind("<Configure>", lambda event: self._draw())
        self.bind("<Enter>", lambda event: self._hover(True))
        self.bind("<Leave>", lambda event: self._hover(False))
        self.bind("<ButtonPress-1>", lambda event: self._pressed(event.y))
        self.bind("<B1-Motion>", lambda event: self._moved(event.y))
        self.bind("<ButtonRelease-1>", lambda event: self._released())

    def set(self, first: float | str, last: float | str) -> None:
        """Show which part is in view: 0 to 1, from the top."""
        at = float(first), float(last)
        if at != (self._first, self._last):
            self._first, self._last = at
            self._draw()

    def _span(self) -> tuple[int, int]:
        """Upper and lower end of the thumb, in pixels from the top."""
        height = self.winfo_height()
        seen = self._last - self._first
        long = min(height, max(round(seen * height), self._theme.px(_SHORTEST)))
        top = round((height - long) * (self._first / (1 - seen))) if seen < 1 else 0
        return top, top + long

    def _draw(self) -> None:
        self.delete("all")
        if self._first <= 0 and self._last >= 1:
            return
        palette, width = self._theme.palette, self.winfo_width()
        thumb = self._theme.px(_THUMB)
        left = (width - thumb) // 2
        top, bottom = self._span()
        busy = self._over or self._held is not None
        fill = mixed(palette.thumb, palette.mute, 0.45) if busy else palette.thumb
        draw_ground(self, self._theme, (left, top, left + thumb, bottom), _THUMB / 2, fill)

    def _hover(self, over: bool) -> None:
        self._over = over
        self._draw()

    def _pressed(self, y: int) -> None:
        top, bottom = self._span()
        if top <= y < bottom:
            self._held = y - top
        else:
            self._command("scroll", "-1" if y < top else "1", "pages")

    def _moved(self, y: int) -> None:
        if self._held is None:
            return
        top, bottom = self._span()
        way = self.winfo_height() - (bottom - top)
        if way > 0:
            share = min(1.0, max(0.0, (y - self._held) / way))
            self._command("moveto", str(share * (1 - (self._last - self._first))))

    def _released(self) -> None:
        self._held = None
        self._draw()


class ScrollFrame(tk.Frame):
    """A frame that scrolls. Put the contents on `inside`, which is as wide as the frame and as high as they need.

    A widget on it that gets the keyboard focus is brought into view.
    """

    def __init__(self, master: tk.Misc, theme: Theme, *, ground: Ground = "chat") -> None:
        self._theme = theme
        colour = palette_colour(theme.palette, ground)
        super().__init__(master, background=colour)
        self._view = tk.Canvas(
            self, background=colour, highlightthickness=0, borderwidth=0, width=1, height=1, takefocus=0,
            yscrollincrement=1,
        )  # fmt: skip
        self.bar = ScrollBar(self, theme, self._view.yview, ground)
        self._view.configure(yscrollcommand=self.bar.set)
        self.bar.pack(side="right", fill="y")
        self._view.pack(side="left", fill="both", expand=True)
        self.inside = tk.Frame(self._view, background=colour)
        item = self._view.create_window(0, 0, anchor="nw", window=self.inside, width=1)
        self.inside.bind(
            "<Configure>", lambda event: self._view.configure(scrollregion=(0, 0, event.width, event.height)), add="+"
        )
        self._view.bind("<Configure>", lambda event: self._view.itemconfigure(item, width=event.width), add="+")
        route_input(self)

    def turned(self, steps: float) -> None:
        """See tk_events.Scrollable."""
        self._view.yview_scroll(round(steps * self._theme.px(_WHEEL_STEP)), "units")

    def shows_all(self) -> bool:
        """See tk_events.Scrollable."""
        return self.inside.winfo_height() <= self._view.winfo_height()

    def reveal(self, widget: tk.Misc) -> None:
        """Bring a widget on `inside` into view; nothing moves when it already is."""
        room, height = self._theme.px(_REVEAL_ROOM), self._view.winfo_height()
        top = widget.winfo_rooty() - self.inside.winfo_rooty() - room
        bottom = top + widget.winfo_height() + 2 * room
        seen = round(self._view.canvasy(0))
        if top < seen:
            self._view.yview_scroll(max(0, top) - seen, "units")
        elif bottom > seen + height:
            self._view.yview_scroll(min(bottom - height, top) - seen, "units")

    def to_top(self) -> None:
        self._view.yview_moveto(0)
