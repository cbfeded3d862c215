"""PreparingRows: files that were sent and are still read, with how far that is, above the field. Tk thread.

    Preparing holiday.zip   34 %   ▬▬▬▬▬─────────   (stop)

Most files are read before anybody could see that: nothing is shown in the first moments.
"""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from functools import partial
from pathlib import Path

from lanchat.core.model import RoomId
from lanchat.core.sizes import progress_words
from lanchat.core.text import clean_line
from lanchat.core.translate import _, ngettext
from lanchat.desktop.model.file_batches import FileBatch
from lanchat.desktop.view_context import ViewContext
from lanchat.desktop.widgets.buttons import IconButton
from lanchat.desktop.widgets.labels import Label
from lanchat.desktop.widgets.surfaces import draw_ground
from lanchat.desktop.widgets.tk_events import DelayedCalls
from lanchat.engine.commands import CancelFile
from lanchat.engine.events import EntryWritten, Event, FilePreparing, FilesRefused

_HIGH, _BAR, _BAR_WIDE = 30, 4, 120  # design pixels
_PATIENCE_MS = 300
_NAME_CHARACTERS = 60


class PreparingRows(tk.Frame):
    """Hidden while nothing is being prepared."""

    def __init__(self, master: tk.Misc, context: ViewContext, room_id: RoomId, first: Callable[[], tk.Misc]) -> None:
        """`first`: what is packed below."""
        super().__init__(master, background=str(master["background"]))
        self._context = context
        self._room_id = room_id
        self._first = first
        self._rows: dict[str, PreparingRow] = {}
        self._later = DelayedCalls(self)
        self._later.do("show", self._show, _PATIENCE_MS)  # what was begun before this view

    def heard(self, event: Event) -> None:
        if isinstance(event, FilePreparing | FilesRefused | EntryWritten) and event.room_id == self._room_id:
            if self._rows:
                self._context.draw_soon(self, self._show)
            else:
                self._later.do("show", self._show, _PATIENCE_MS)

    def _show(self) -> None:
        batches = {batch.command.ref: batch for batch in self._context.state.batches.of(self._room_id)}
        for ref in [ref for ref in self._rows if ref not in batches]:
            self._rows.pop(ref).destroy()
        for ref, batch in batches.items():
            if ref not in self._rows:
                self._rows[ref] = PreparingRow(self, self._context, batch)
                self._rows[ref].pack(fill="x")
            self._rows[ref].show(batch)
        if not self._rows:
            self.pack_forget()
        elif not self.winfo_manager():
            self.pack(side="top", fill="x", before=self._first())


class PreparingRow(tk.Frame):
    def __init__(self, master: tk.Misc, context: ViewContext, batch: FileBatch) -> None:
        theme, ground = context.theme, str(master["background"])
        px = theme.px
        super().__init__(master, background=ground, height=px(_HIGH))
        self.pack_propagate(False)
        self._theme = theme
        self._share = 0.0
        command = batch.command
        stop = IconButton(
            self, theme, "close", _("Do not send"),
            partial(context.do, CancelFile(command.room_id, ref=command.ref)), ground="field", size=24,
        )  # fmt: skip
        stop.pack(side="right", padx=px(4))
        self._bar = tk.Canvas(self, background=ground, highlightthickness=0, borderwidth=0, width=px(_BAR_WIDE),
                              height=px(_BAR))  # fmt: skip
        self._bar.pack(side="right", padx=px(8))
        self._bar.bind("<Configure>", lambda event: self._draw_bar())
        self._amount = Label(self, theme, "", "small", "mute", ground="field")
        self._amount.pack(side="right")
        self._words = Label(self, theme, "", "small", ground="field", tall=True)
        self._words.pack(side="left", fill="x", expand=True, padx=(px(8), px(8)))

    def show(self, batch: FileBatch) -> None:
        paths = batch.command.paths
        if len(paths) == 1:
            words = _("Preparing {name}").format(name=clean_line(batch.name or Path(paths[0]).name, _NAME_CHARACTERS))
        else:
            words = ngettext("Preparing {n} file", "Preparing {n} files", len(paths)).format(n=len(paths))
        self._words.text(words)
        self._amount.text(progress_words(batch.done, batch.size) if batch.size else "")
        share = min(1.0, batch.done / batch.size) if batch.size else 0.0
        if share != self._share:
            self._share = share
            self._draw_bar()

    def _draw_bar(self) -> None:
        palette, bar = self._theme.palette, self._bar
        width, height = bar.winfo_width(), bar.winfo_height()
        bar.delete("all")
        draw_ground(bar, self._theme, (0, 0, width, height), _BAR / 2, palette.selected)
        draw_ground(bar, self._theme, (0, 0, round(width * self._share), height), _BAR / 2, palette.accent)
