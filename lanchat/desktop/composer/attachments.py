"""Attachments: files that go with the next message: how they come in, how they are sent, and come back. Tk thread.

They come from the attach button, from other programs by Ctrl+V or dropped on the window, and by /file. Enter gives
them to the engine as one SendFiles with the text beside them, so that they are one message.
"""

from __future__ import annotations

import secrets
import tkinter as tk
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path

from lanchat.core.file_offer import CAPTION_CHARACTERS
from lanchat.core.model import EntryId, RoomId
from lanchat.core.translate import _
from lanchat.desktop.composer.attachment_strip import AttachmentStrip
from lanchat.desktop.composer.new_attachment import MOST_ATTACHED, made_folder, write_new
from lanchat.desktop.composer.preparing_rows import PreparingRows
from lanchat.desktop.platform.copied_files import CopiedKind, CopiedPicture, kind_copied, take
from lanchat.desktop.view_context import ViewContext
from lanchat.engine.commands import SendFiles
from lanchat.engine.events import Event


class Attachments:
    def __init__(
        self, master: tk.Misc, context: ViewContext, room_id: RoomId, changed: Callable[[], None],
        first: Callable[[], tk.Misc],
    ) -> None:  # fmt: skip
        """On `master` are the strip of what is attached, and rows of what is prepared. `first`: what is below them."""
        self._context = context
        self._room_id = room_id
        self.strip = AttachmentStrip(master, context, room_id, changed, first)
        self.rows = PreparingRows(master, context, room_id, first)

    @property
    def paths(self) -> tuple[str, ...]:
        return self.strip.paths

    def heard(self, event: Event) -> None:
        self.rows.heard(event)

    def attach(self, paths: Iterable[str]) -> None:
        if not self.strip.add(paths):
            self._context.say(_("At most {n} files can go with one message.").format(n=MOST_ATTACHED))

    def paste(self, paste_text: Callable[[], None], enabled: bool) -> None:
        """Attach the files or the picture in the clipboard; where there is neither, call `paste_text`."""
        kind = kind_copied(self.strip) if enabled else ""
        if not kind:
            paste_text()
            return

        def pasted(paths: Sequence[str] | str | None) -> None:
            if not self.strip.winfo_exists():
                return
            if isinstance(paths, str):
                self._context.say(paths)
            elif paths:
                self.attach(paths)
            else:
                paste_text()

        folder = made_folder(self._context.kept)
        self._context.program.run_in_background(partial(_copied, kind, folder), pasted)

    def send(self, texts: Sequence[str], reply_to: EntryId | None) -> Sequence[str]:
        """Send what is attached, with the first text beside it. Gives what is still to be said: all of it, where the
        first text is too long to stand beside a file."""
        beside = texts[0] if texts and len(texts[0]) <= CAPTION_CHARACTERS else ""
        ref, shrink = secrets.token_hex(8), self.strip.shrink
        self._context.do(SendFiles(self._room_id, self.paths, beside, reply_to, ref, shrink))
        self.strip.clear()
        return [text for text in (texts[1:] if beside else texts) if text]

    def take_back(self, ref: str) -> SendFiles | None:
        """Attach again what was not sent; None: that is not known here."""
        files = self._context.state.batches.take_back(ref)
        if files is not None:
            self.strip.restore(files.paths, files.shrink or self.strip.shrink)
        return files


def _copied(kind: CopiedKind, folder: Path) -> Sequence[str] | str | None:
    """Paths of what is in the clipboard; a picture becomes a file in `folder`. In words, why that did not work; None:
    there is nothing to attach. Not on the Tk thread."""
    found = take(kind)
    if not isinstance(found, CopiedPicture):
        return found
    data = found.data

    def write(path: Path) -> None:
        with path.open("xb") as file:
            file.write(data)

    made = write_new(folder, _("Picture"), found.ending, write)
    return made if isinstance(made, str) else (str(made),)
