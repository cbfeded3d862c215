"""FileChoices: where received files go, which come by themselves, how much of network and disk they take. Tk thread.

The Engine keeps what is chosen; it is shown as the Engine tells it.
"""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from msgspec.structs import replace

from lanchat.core.sizes import rate_words, size_words
from lanchat.core.translate import _
from lanchat.desktop.pages.page import SettingRow
from lanchat.desktop.platform.external_programs import open_folder
from lanchat.desktop.platform.file_chooser import choose_folder
from lanchat.desktop.view_context import ViewContext
from lanchat.desktop.widgets.buttons import Button, ButtonRow
from lanchat.desktop.widgets.choices import CONTROL_PAD, SegmentedControl, Switch
from lanchat.desktop.widgets.labels import Label, Paragraph
from lanchat.desktop.widgets.text_field import CopyField
from lanchat.engine.commands import SetFiles
from lanchat.storage import data_folder
from lanchat.storage.errors import StorageProblem
from lanchat.storage.settings import FileSettings

_RATES = (0, 1_000_000, 5_000_000, 20_000_000)  # bytes a second; 0: no limit
_GIB = 1024**3
_STORES = (0, 2 * _GIB, 8 * _GIB, 32 * _GIB)  # bytes
_BETWEEN = 10  # design pixels


class FileChoices(tk.Frame):
    def __init__(self, master: tk.Misc, context: ViewContext) -> None:
        theme, px = context.theme, context.theme.px
        super().__init__(master, bg=theme.palette.chat)
        self._context = context
        self._side = px(CONTROL_PAD)
        now = self._now()
        Label(self, theme, _("Received files are saved in")).pack(fill="x", padx=self._side)
        self._path = tk.Frame(self, bg=theme.palette.chat)
        self._path.pack(fill="x", padx=self._side, pady=px(6))
        self._field: CopyField | None = None
        self._buttons = ButtonRow(self, theme)
        self._buttons.pack(fill="x", padx=self._side, pady=(0, px(_BETWEEN)))
        Button(self._buttons, theme, _("Choose another…"), self._choose, "quiet", "folder")
        Button(self._buttons, theme, _("Show the folder"), self._open, "quiet")
        self._usual = Button(self._buttons, theme, _("Back to the usual folder"), lambda: self._set(folder=""), "link")
        words = _("Download pictures automatically")
        self._pictures = Switch(self, theme, words, now.pictures, lambda on: self._set(pictures=on))
        self._pictures.pack(fill="x")
        about = _("Up to 4 MB each, in rooms that you host, that have a passphrase or in which you have written. "
                  "Everything else only when you ask for it.")  # fmt: skip
        Paragraph(self, theme, about, ink="mute").pack(fill="x", padx=self._side, pady=(0, px(_BETWEEN)))
        self._rate = self._choice(
            _("Speed limit"), _RATES, now.bytes_per_second,
            lambda rate: rate_words(rate) if rate else _("No limit"), "bytes_per_second",
        )  # fmt: skip
        self._store = self._choice(
            _("Space for files in rooms you host"), _STORES, now.store_bytes,
            lambda size: _binary(size) if size else _("Nothing"), "store_bytes",
        )  # fmt: skip
        about = _("What is offered in a room that you host stays here, so that others get it also when its sender is "
                  "gone. When it is full, the oldest of whoever sent most goes first.")  # fmt: skip
        Paragraph(self, theme, about, ink="mute").pack(fill="x", padx=self._side, pady=(0, px(_BETWEEN)))
        self._shown: FileSettings | None = None
        self.refresh()

    def refresh(self) -> None:
        """Show what the Engine has told."""
        now = self._now()
        if now == self._shown:
            return
        self._shown = now
        path = str(self._folder())
        if self._field is not None:
            self._field.destroy()
        self._field = CopyField(self._path, self._context.theme, path, "code")
        self._field.pack(fill="x")
        self._usual.enable(bool(now.folder))
        self._pictures.set(now.pictures)
        self._rate.set(now.bytes_per_second)
        self._store.set(now.store_bytes)

    def _now(self) -> FileSettings:
        return self._context.state.file_settings

    def _folder(self) -> Path:
        try:
            return Path(self._now().folder or data_folder.downloads_folder())
        except StorageProblem:  # there is no home folder
            return self._context.kept.folder

    def _choice(
        self, words: str, offered: Sequence[int], value: int, called: Callable[[int], str], field: str
    ) -> SegmentedControl[int]:  # fmt: skip
        """A row of amounts, with the one that was chosen elsewhere."""
        amounts = sorted({*offered, value})
        options = [(amount, called(amount)) for amount in amounts]
        made: list[SegmentedControl[int]] = []

        def make(row: tk.Misc) -> tk.Widget:
            made.append(SegmentedControl[int](
                row, self._context.theme, options, value, lambda amount: self._set(**{field: amount})
            ))  # fmt: skip
            return made[0]

        SettingRow(self, self._context.theme, words, make).pack(
            fill="x", padx=self._side, pady=self._context.theme.px(_BETWEEN)
        )
        return made[0]

    # --- actions -----------------------------------------------------------------------------------------------------
    def _set(self, **changes: object) -> None:
        self._context.do(SetFiles(replace(self._now(), **changes)))

    def _choose(self) -> None:
        def chosen(paths: Sequence[str]) -> None:
            if paths and self.winfo_exists():
                self._set(folder=paths[0])

        choose_folder(self, chosen)

    def _open(self) -> None:
        folder = self._folder()
        if not folder.is_dir():
            self._context.say(_("Nothing has been received yet. The folder is made with the first file."))
        else:
            self._context.open_outside(partial(open_folder, folder))


def _binary(size: int) -> str:
    """As disks of that kind are called: 2 GB for 2 GiB."""
    return size_words(size // _GIB * 1_000_000_000) if size % _GIB == 0 else size_words(size)
