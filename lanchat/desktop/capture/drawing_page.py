"""DrawingPage: arrows and boxes are drawn on a picture, and it is cut, before it is put into the composer. Tk thread.

The picture is shown as a whole, never enlarged. While the mouse draws, Tk shows a line; what is drawn then becomes part
of the picture as it will be sent.
"""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable

from PIL import Image, ImageTk

from lanchat.core.translate import _
from lanchat.desktop.capture.drawing import COLOURS, Drawing, Mark, Point, Tool
from lanchat.desktop.capture.screenshot import attach_png
from lanchat.desktop.pages.page import PageHeading
from lanchat.desktop.theme.theme import Theme
from lanchat.desktop.view_context import DrawOn, ViewContext
from lanchat.desktop.widgets.buttons import Button, ButtonRow, IconButton, Pressable
from lanchat.desktop.widgets.choices import SegmentedControl
from lanchat.desktop.widgets.keyboard import COMMAND, ON_MAC, shortcut_words, tab_order
from lanchat.desktop.widgets.overlays import Tooltip
from lanchat.desktop.widgets.surfaces import RING
from lanchat.desktop.widgets.tk_events import DelayedCalls, on_key
from lanchat.engine.events import Event

_PAD = 20  # design pixels around the page
_DOT, _DOT_BOX = 18, 32
_DRAW_MS = 60  # after the last change of the window's size


class DrawingPage(tk.Frame):
    def __init__(self, master: tk.Misc, context: ViewContext, place: DrawOn) -> None:
        theme = context.theme
        super().__init__(master, bg=theme.palette.chat)
        self._context, self._theme = context, theme
        self._place = place
        self._drawing: Drawing = place.drawing
        self._later = DelayedCalls(self)
        self._tool: Tool = "arrow"
        self._colour = COLOURS[0]
        self._scale = 1.0  # of the picture on the page
        self._origin = (0, 0)  # where it begins on the canvas
        self._from: Point | None = None  # where the mark begins that is being drawn
        self._image: ImageTk.PhotoImage | None = None
        px = theme.px
        heading = PageHeading(self, context, _("Draw on the picture"))
        heading.pack(fill="x", padx=px(_PAD), pady=(px(14), px(8)))
        done = Button(heading, theme, _("Done"), self.done, "primary")
        done.pack(side="right", padx=px(10), after=heading.close)
        tab_order(done, heading.close)
        self._canvas = tk.Canvas(
            self, bg=theme.palette.chat, highlightthickness=0, borderwidth=0, width=1, height=1, cursor="crosshair",
        )  # fmt: skip
        self._tools().pack(side="bottom", fill="x", padx=px(_PAD), pady=(px(10), px(16)))
        self._canvas.pack(fill="both", expand=True, padx=px(_PAD))
        self._bind_keys()

    def heard(self, event: Event) -> None:
        """Nothing that happens changes the page."""

    def focus_first(self) -> None:
        self._canvas.focus_set()

    # --- what is around the picture ----------------------------------------------------------------------------------
    def _tools(self) -> ButtonRow:
        theme = self._theme
        row = ButtonRow(self, theme)
        tools: list[tuple[Tool, str]] = [("arrow", _("Arrow")), ("box", _("Box")), ("crop", _("Crop"))]
        control = SegmentedControl(row, theme, tools, self._tool, self._choose_tool)
        colours = tk.Frame(row, bg=theme.palette.chat)
        self._dots = [ColourDot(colours, theme, colour, self._choose_colour) for colour in COLOURS]
        for dot in self._dots:
            dot.pack(side="left")
        self._dots[0].choose(True)
        tip = _("Undo ({keys})").format(keys=shortcut_words(f"{COMMAND}-z"))
        self._undo_button = IconButton(row, theme, "undo", tip, self.undo)
        self._undo_button.enable(bool(self._drawing.marks))
        tab_order(control, colours, self._undo_button)
        return row

    def _choose_tool(self, tool: Tool) -> None:
        self._tool = tool

    def _choose_colour(self, colour: str) -> None:
        self._colour = colour
        for dot in self._dots:
            dot.choose(dot.colour == colour)

    def _bind_keys(self) -> None:
        canvas = self._canvas
        canvas.configure(takefocus=1)
        canvas.bind("<Configure>", lambda event: self._resized())
        canvas.bind("<ButtonPress-1>", self._pressed)
        canvas.bind("<B1-Motion>", self._moved)
        canvas.bind("<ButtonRelease-1>", self._released)
        for key in ("<Return>", "<KP_Enter>"):
            on_key(canvas, key, self.done)
        for key in ("z", "Z"):
            canvas.bind(f"<{COMMAND}-{key}>", lambda event: self.undo())
        if not ON_MAC:
            on_key(canvas, "<BackSpace>", self.undo)

    def _resized(self) -> None:
        self._later.restart("draw", self._draw, _DRAW_MS if self._image is not None else 0)

    # --- drawing -----------------------------------------------------------------------------------------------------
    def _draw(self) -> None:
        """Show the picture as large as fits."""
        room = self._canvas.winfo_width(), self._canvas.winfo_height()
        width, height = self._drawing.size
        self._scale = min(1.0, (room[0] - 2) / width, (room[1] - 2) / height)
        if self._scale <= 0:
            return  # not laid out yet
        shown = self._drawing.rendered(self._scale)
        self._origin = (room[0] - shown.width) // 2, (room[1] - shown.height) // 2
        self._show(shown)

    def _show(self, picture: Image.Image) -> None:
        self._image = ImageTk.PhotoImage(picture, master=self)
        x, y = self._origin
        self._canvas.delete("all")
        line = self._theme.palette.line
        self._canvas.create_rectangle(x - 1, y - 1, x + picture.width, y + picture.height, outline=line)
        self._canvas.create_image(x, y, anchor="nw", image=self._image, tags="picture")

    def _at(self, event: tk.Event[tk.Misc]) -> Point:
        """Where the pointer is, in pixels of the picture before it was cut."""
        left, top, right, bottom = self._drawing.area
        x, y = (event.x - self._origin[0]) / self._scale, (event.y - self._origin[1]) / self._scale
        return left + min(max(0.0, x), right - left), top + min(max(0.0, y), bottom - top)

    def _on_canvas(self, point: Point) -> Point:
        left, top = self._drawing.area[:2]
        return (point[0] - left) * self._scale + self._origin[0], (point[1] - top) * self._scale + self._origin[1]

    def _pressed(self, event: tk.Event[tk.Misc]) -> None:
        self._canvas.focus_set()
        self._from = self._at(event)

    def _moved(self, event: tk.Event[tk.Misc]) -> None:
        if self._from is None:
            return
        self._canvas.delete("begun")
        start, end = self._on_canvas(self._from), self._on_canvas(self._at(event))
        line = max(1, round(self._drawing.line * self._scale))
        if self._tool == "arrow":
            head = (4.5 * line, 4.5 * line, 2.5 * line)
            self._canvas.create_line(
                *start, *end, fill=self._colour, width=line, arrow="last", arrowshape=head, tags="begun",
            )  # fmt: skip
        elif self._tool == "box":
            self._canvas.create_rectangle(*start, *end, outline=self._colour, width=line, tags="begun")
        else:
            for colour, dash in (("#ffffff", ()), ("#000000", (4, 4))):
                self._canvas.create_rectangle(*start, *end, outline=colour, dash=dash, tags="begun")

    def _released(self, event: tk.Event[tk.Misc]) -> None:
        if self._from is None:
            return
        mark = Mark(self._tool, self._colour, self._from, self._at(event))
        self._from = None
        self._drawing.add(mark)
        self._changed()

    def undo(self) -> None:
        """Take the last mark back."""
        if self._drawing.undo():
            self._changed()

    def _changed(self) -> None:
        self._undo_button.enable(bool(self._drawing.marks))
        self._draw()

    def done(self) -> None:
        """Put the picture into the composer of its room, and go there."""
        if problem := attach_png(self._context, self._place.room_id, self._drawing.png()):
            self._context.say(problem)
        else:
            self._context.back()


class ColourDot(Pressable):
    """A colour that can be chosen."""

    def __init__(self, master: tk.Misc, theme: Theme, colour: str, choose: Callable[[str], None]) -> None:
        super().__init__(master, theme, lambda: choose(colour))
        self.colour = colour
        self._chosen = False
        self.configure(width=theme.px(_DOT_BOX), height=theme.px(_DOT_BOX))
        Tooltip(self, theme, _colour_name(colour))

    def choose(self, chosen: bool) -> None:
        self._chosen = chosen
        self.redraw()

    def draw(self) -> None:
        theme, palette = self.theme, self.theme.palette
        middle = self.winfo_width() // 2, self.winfo_height() // 2
        if self.focused:
            self.draw_surface(6, self.ground)
        for size, colour in (
            (_DOT + 4 * RING, palette.strong if self._chosen else self.ground), (_DOT + 2 * RING, self.ground),
            (_DOT, palette.mute), (_DOT - 2, self.colour),
        ):  # fmt: skip
            wide = theme.px(size)
            self.create_image(*middle, image=theme.rounded_image(wide, wide, size / 2, colour))


def _colour_name(colour: str) -> str:
    names = _("Red"), _("Yellow"), _("Green"), _("Blue"), _("Black"), _("White")
    return names[COLOURS.index(colour)]
