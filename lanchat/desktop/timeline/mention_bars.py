"""MentionBars: a bar at the left edge of the timeline beside each message that mentions the person. Tk thread.

A canvas as wide as a bar, over the border of the Text: a Text draws nothing over several of its lines. It follows what
is in view, and is away where nothing in view mentions the person.
"""

from __future__ import annotations

import tkinter as tk

from lanchat.desktop.theme.theme import Theme
from lanchat.desktop.timeline.text_view import TextView
from lanchat.desktop.widgets.tk_events import DelayedCalls

_WIDTH = 3  # design pixels


class MentionBars:
    def __init__(self, frame: tk.Frame, theme: Theme, view: TextView) -> None:
        """`frame`: the Text of `view` begins at its left edge."""
        self._view = view
        self._colour = theme.palette.mention_bar
        self._wide = theme.px(_WIDTH)
        self._shown: list[tuple[int, int]] = []
        self._canvas = tk.Canvas(frame, width=self._wide, bg=theme.palette.chat, bd=0, highlightthickness=0)
        self._later = DelayedCalls(self._canvas)
        view.text.bind("<<WidgetViewSync>>", lambda event: self.moved(), add="+")  # Tk has laid out lines anew

    def moved(self) -> None:
        """The text has moved. The bars are drawn as soon as that is."""
        self._later.do("draw", self._draw)

    def _draw(self) -> None:
        bars = self._bars()
        if bars == self._shown:
            return
        self._shown = bars
        self._canvas.delete("all")
        if not bars:
            self._canvas.place_forget()
            return
        if not self._canvas.winfo_manager():
            self._canvas.place(x=0, y=0, relheight=1.0)
        for top, bottom in bars:
            self._canvas.create_rectangle(0, top, self._wide, bottom, fill=self._colour, width=0)

    def _bars(self) -> list[tuple[int, int]]:
        """(top, bottom) of each bar in view, in pixels; two that touch are one."""
        text, view = self._view.text, self._view
        high, inset = text.winfo_height(), int(text["pady"]) + int(text["highlightthickness"])
        if not view.rows or high <= 1:
            return []
        found: list[tuple[int, int]] = []
        first, last = view.at(0, 0)[0], view.at(0, high)[0]
        for index in range(first, last + 1):
            row = view.rows[index]
            if not row.mentions_me:
                continue
            line = view.line_of(index)
            upper = text.dlineinfo(f"{line + row.head}.0")
            lower = text.dlineinfo(f"{line + len(row.lines)}.0 - 1 chars")
            top = max(inset, upper[1] if upper else 0)
            bottom = min(high - inset, lower[1] + lower[3] if lower else high)
            if found and found[-1][1] == top:
                found[-1] = (found[-1][0], bottom)
            else:
                found.append((top, bottom))
        return found
