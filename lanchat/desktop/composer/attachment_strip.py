"""AttachmentStrip: what is sent with the next message, above the field, and in words to how many people. Tk thread.

    [picture]  corner-map.png   x     [ZIP]  release.zip   x
               214 kB · picture              48.2 MB
    2 files · 48.4 MB · for 4 people                Shrink pictures [ ]
"""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import partial
from pathlib import Path

from PIL import ImageTk

from lanchat.core.model import RoomId
from lanchat.core.sizes import size_words
from lanchat.core.text import clean_line
from lanchat.core.translate import _, ngettext
from lanchat.desktop.composer.attached_file import AttachedFile, look_at
from lanchat.desktop.composer.new_attachment import MOST_ATTACHED, made_folder
from lanchat.desktop.model.files import type_label
from lanchat.desktop.model.thread_model import ThreadModel
from lanchat.desktop.theme.icons import IconName
from lanchat.desktop.view_context import ViewContext
from lanchat.desktop.widgets.buttons import ButtonRow, IconButton
from lanchat.desktop.widgets.choices import Switch
from lanchat.desktop.widgets.labels import Label
from lanchat.desktop.widgets.surfaces import draw_ground
from lanchat.desktop.widgets.tk_events import destroy_children

_THUMB_WIDE, _THUMB_HIGH, _RADIUS = 72, 48, 6  # design pixels
_WORDS_WIDE, _CLOSE = 150, 24
_CHIP_WIDE = _THUMB_WIDE + 8 + _WORDS_WIDE + _CLOSE
_ROWS, _GAP = 3, 10
_LOW = 560  # a window that is lower has one row less


class AttachmentStrip(tk.Frame):
    """Hidden while there are none."""

    def __init__(
        self, master: tk.Misc, context: ViewContext, room_id: RoomId, changed: Callable[[], None],
        first: Callable[[], tk.Misc],
    ) -> None:  # fmt: skip
        """`changed`: by the person, or more is known. `first`: what is packed below the strip."""
        super().__init__(master, background=str(master["background"]))
        self._context = context
        self._room_id = room_id
        self._changed = changed
        self._first = first
        self._files: dict[str, AttachedFile | None] = {}  # by path; None: it is being looked at
        self._thumbs: dict[str, ImageTk.PhotoImage] = {}  # referenced here, or Tk drops them
        self._hidden = False
        self._in_row = 2  # as many as there is room for
        self._wants_smaller = False
        self._summary: Label | None = None
        self.bind("<Configure>", lambda event: self._resized(event.width))

    # --- for the composer --------------------------------------------------------------------------------------------
    @property
    def paths(self) -> tuple[str, ...]:
        return tuple(self._files)

    @property
    def shrink(self) -> bool:
        """The person wants pictures smaller, and there are some."""
        return self._wants_smaller and self._has_pictures()

    @property
    def problem(self) -> str:
        """Why these cannot be sent; "": they can."""
        for file in self._files.values():
            if file is not None and file.problem:
                return f"{file.name}: {file.problem}"
        return ""

    def add(self, paths: Iterable[str]) -> bool:
        """Attach these too. False: there were too many of them, and some were left out."""
        new = [path for path in dict.fromkeys(map(_absolute, paths)) if path not in self._files]
        fitting = new[: MOST_ATTACHED - len(self._files)]
        self._take(fitting)
        if fitting:
            self._changed()
        return fitting == new

    def restore(self, paths: Iterable[str], shrink: bool) -> None:
        """Show what was attached before."""
        self._wants_smaller = shrink
        self._take(paths)

    def clear(self) -> None:
        """They were sent: pasted pictures are the originals of that, and stay as long as the message does."""
        self._files.clear()
        self._wants_smaller = False
        self._draw()

    def conceal(self, hidden: bool) -> None:
        """Hide it while a message is edited, with which no file goes."""
        if hidden != self._hidden:
            self._hidden = hidden
            self._draw()

    def people_changed(self) -> None:
        if self._summary is not None:
            self._summary.text(self._summary_words())

    # --- what is attached --------------------------------------------------------------------------------------------
    def _take(self, paths: Iterable[str]) -> None:
        px = self._context.theme.px
        size, radius = (px(_THUMB_WIDE), px(_THUMB_HIGH)), px(_RADIUS)
        for path in paths:
            self._files[path] = None
            self._context.program.run_in_background(partial(look_at, path, size, radius), self._looked)
        self._draw()

    def _looked(self, file: AttachedFile) -> None:
        if not self.winfo_exists() or file.path not in self._files:
            return
        self._files[file.path] = file
        if file.thumb is not None:
            self._thumbs[file.path] = ImageTk.PhotoImage(file.thumb, master=self._context.root)
        self._context.draw_soon(self, self._draw)
        self._changed()

    def _remove(self, path: str) -> None:
        del self._files[path]
        if Path(path).parent == made_folder(self._context.kept):
            with suppress(OSError):  # then one more small file is left behind
                Path(path).unlink()
        self._draw()
        self._changed()

    def _remove_all(self) -> None:
        for path in self.paths:
            self._remove(path)

    def _has_pictures(self) -> bool:
        return any(file is not None and file.shrinks for file in self._files.values())

    # --- drawing -----------------------------------------------------------------------------------------------------
    def _draw(self) -> None:
        destroy_children(self)
        self._summary = None
        self._thumbs = {path: thumb for path, thumb in self._thumbs.items() if path in self._files}
        if not self._files or self._hidden:
            self.pack_forget()
            return
        theme = self._context.theme
        px, ground = theme.px, str(self["background"])
        row = ButtonRow(self, theme)
        row.pack(fill="x", padx=px(6), pady=(px(4), 0))
        for path in self.paths[: self._most_shown]:
            self._chip(row, path)
        line = tk.Frame(self, background=ground)
        line.pack(fill="x", padx=px(6), pady=(px(2), px(2)))
        narrow = self._in_row == 1
        if len(self._files) > 1:
            remove = IconButton(line, theme, "close", _("Remove all"), self._remove_all, ground="field", size=_CLOSE)
            remove.pack(side="right", anchor="n" if narrow else "center")
        if self._has_pictures():
            switch = Switch(line, theme, _("Smaller pictures"), self._wants_smaller, self._choose_size, ground="field")
            switch.pack(side="bottom" if narrow else "right", padx=(px(8), 0), anchor="e")
        self._summary = Label(line, theme, self._summary_words(), "small", "mute", ground="field", tall=True)
        self._summary.pack(side="left", fill="x", expand=True)
        self.pack(side="top", fill="x", before=self._first())

    @property
    def _most_shown(self) -> int:
        low = self.winfo_toplevel().winfo_height() < self._context.theme.px(_LOW)
        return (_ROWS - low) * self._in_row

    def _resized(self, width: int) -> None:
        px = self._context.theme.px
        in_row = max(1, (width - 2 * px(6) + px(_GAP)) // (px(_CHIP_WIDE) + px(_GAP)))
        if in_row != self._in_row:
            self._in_row = in_row
            self._context.draw_soon(self, self._draw)

    def _chip(self, row: tk.Misc, path: str) -> None:
        theme, file = self._context.theme, self._files[path]
        px, ground = theme.px, str(self["background"])
        chip = tk.Frame(row, background=ground, width=px(_CHIP_WIDE), height=px(_THUMB_HIGH))
        chip.pack_propagate(False)
        thumb = tk.Canvas(chip, width=px(_THUMB_WIDE), height=px(_THUMB_HIGH), background=ground, highlightthickness=0,
                          borderwidth=0)  # fmt: skip
        thumb.pack(side="left")
        self._draw_thumb(thumb, file, path)
        name = file.name if file is not None else clean_line(Path(path).name, 200)
        close = IconButton(
            chip, theme, "close", _("Remove {name}").format(name=name), partial(self._remove, path), ground="field",
            size=_CLOSE,
        )  # fmt: skip
        close.pack(side="right")
        words = tk.Frame(chip, background=ground)
        words.pack(side="left", fill="x", expand=True, padx=(px(8), 0))
        Label(words, theme, name, "small_bold", ground="field", tall=True).pack(fill="x")
        wrong = file is not None and bool(file.problem)
        Label(words, theme, _about(file), "small", "caution" if wrong else "mute", ground="field").pack(fill="x")

    def _draw_thumb(self, canvas: tk.Canvas, file: AttachedFile | None, path: str) -> None:
        theme, palette = self._context.theme, self._context.theme.palette
        wide, high = theme.px(_THUMB_WIDE), theme.px(_THUMB_HIGH)
        if image := self._thumbs.get(path):
            canvas.create_image(0, 0, anchor="nw", image=image)
            return
        draw_ground(canvas, theme, (0, 0, wide, high), _RADIUS, palette.accent_soft)
        if file is not None and file.kind != "folder" and (label := type_label(file.name)):
            word = theme.lines.fit(label, "small_bold", wide)
            theme.lines.put(canvas, ((wide - word.width) // 2, high // 2), word, "small_bold", (palette.at,))
        elif file is not None:
            icon: IconName = "warning" if file.kind == "missing" else "folder" if file.kind == "folder" else "file"
            canvas.create_image(wide // 2, high // 2, image=theme.icon(icon, 20, palette.at))

    def _choose_size(self, smaller: bool) -> None:
        self._wants_smaller = smaller
        self._changed()

    def _summary_words(self) -> str:
        """What is sent, and to whom: "2 files · 48.4 MB · for 4 people"."""
        files = [file for file in self._files.values() if file is not None]
        count = sum(file.count for file in files) + len(self._files) - len(files)
        parts = [ngettext("{n:,} file", "{n:,} files", count).format(n=count), size_words(sum(f.size for f in files))]
        if (hidden := len(self._files) - self._most_shown) > 0:
            parts.insert(0, ngettext("and {n} more", "and {n} more", hidden).format(n=hidden))
        return " · ".join((*parts, self._for_whom()))

    def _for_whom(self) -> str:
        room = self._context.state.room(self._room_id)
        if isinstance(room, ThreadModel):
            return _("for {name}").format(name=room.shown)
        others = room.here - 1
        if others < 1:
            return _("for whoever joins")
        return ngettext("for {n} person", "for {n} people", others).format(n=others)


def _about(file: AttachedFile | None) -> str:
    """The line below the name."""
    if file is None:
        return "…"
    if file.problem:
        return file.problem
    size = size_words(file.size)
    if file.kind == "picture":
        return _("{size} · picture").format(size=size)
    if file.kind == "folder":
        return ngettext("{size} · {n:,} file", "{size} · {n:,} files", file.count).format(size=size, n=file.count)
    return size


def _absolute(path: str) -> str:
    return str(Path(path).expanduser().absolute())
