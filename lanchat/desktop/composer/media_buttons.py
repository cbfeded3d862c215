"""MediaButtons: the buttons for what goes with a message: files, and what is made here for it: pictures of the screen
and voice messages. Tk thread."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from lanchat.core.model import RoomId
from lanchat.core.translate import _
from lanchat.desktop.composer.attach_button import AttachButton
from lanchat.desktop.composer.new_attachment import made_folder
from lanchat.desktop.view_context import ViewContext
from lanchat.desktop.voice.sound_library import may_record
from lanchat.desktop.widgets.buttons import IconButton
from lanchat.desktop.widgets.menus import MenuItem

if TYPE_CHECKING:
    from lanchat.desktop.voice.record_bar import RecordBar


class MediaButtons:
    def __init__(
        self, master: tk.Misc, context: ViewContext, room_id: RoomId, attach: Callable[[Iterable[str]], object],
        first: Callable[[], tk.Misc],
    ) -> None:  # fmt: skip
        """`attach` is given what was recorded. `first`: what is packed below the bar that shows a recording."""
        self._master, self._context, self._room_id = master, context, room_id
        self._attach, self._first = attach, first
        self._bar: RecordBar | None = None
        self.microphone: IconButton | None = None  #: None: nothing can be recorded here
        self._plus = AttachButton(master, context, attach, self._menu)
        self._plus.pack(side="left", anchor="s")
        if may_record():
            tip = _("Voice message")
            self.microphone = IconButton(master, context.theme, "microphone", tip, self.record, ground="field", size=34)
            self.microphone.pack(side="right", anchor="s")

    @property
    def buttons(self) -> tuple[Sequence[IconButton], Sequence[IconButton]]:
        """Those before the field, and those after it."""
        return (self._plus,), (self.microphone,) if self.microphone is not None else ()

    def _menu(self) -> Sequence[MenuItem]:
        """What is in the menu of the attach button, below files and folder."""
        return [MenuItem(_("Screenshot…"), self.take_screenshot, "capture")]

    def enable(self, enabled: bool) -> None:
        for button in (*self.buttons[0], *self.buttons[1]):
            button.enable(enabled)

    def take_screenshot(self) -> None:
        from lanchat.desktop.capture.screenshot import Screenshot  # not needed at the start

        Screenshot.take(self._context, self._room_id)

    def record(self) -> None:
        """Begin to record; while something is recorded: end that and attach it."""
        if self._bar is not None:
            self._bar.finish()
            return
        from lanchat.desktop.voice.record_bar import RecordBar  # not needed at the start

        folder = made_folder(self._context.kept)
        self._bar = RecordBar(self._master, self._context, folder, self._recorded, self._ended)
        self._bar.pack(side="top", fill="x", before=self._first())
        self._bar.focus_set()
        self._bar.begin()

    def leave(self) -> None:
        """The composer goes: what was recorded so far is attached, and not lost."""
        if self._bar is not None and (path := self._bar.kept()) is not None:
            self._attach([str(path)])

    def _recorded(self, path: Path) -> None:
        if self._master.winfo_exists():
            self._attach([str(path)])

    def _ended(self) -> None:
        self._bar = None
