"""ExportPage: save the messages of a room as a file: the format, the place, and the result.

`save` writes the file on another thread; a file is replaced as a whole or not at all.
"""

from __future__ import annotations

import os
import tkinter as tk
import unicodedata
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from msgspec import Struct

from lanchat.core.model import RoomId
from lanchat.core.text import shown_title
from lanchat.core.translate import _, ngettext
from lanchat.desktop.pages.page import PageView, ProblemBox
from lanchat.desktop.platform.external_programs import open_folder
from lanchat.desktop.platform.file_chooser import choose_target
from lanchat.desktop.view_context import ExportFrom, ViewContext
from lanchat.desktop.widgets.buttons import Button
from lanchat.desktop.widgets.choices import RadioGroup
from lanchat.desktop.widgets.labels import Paragraph
from lanchat.storage import data_folder
from lanchat.storage.errors import StorageProblem, writing_a_file
from lanchat.storage.export import export
from lanchat.storage.reader import Reader

_NAME_CHARACTERS = 60  # short enough for every system, with a folder and an ending


class SaveResult(Struct, frozen=True):
    """How saving went."""

    path: Path
    count: int = 0  #: messages in the file
    problem: str = ""  #: why it failed, in words; "" if it did not


def save(folder: Path, room_id: RoomId, path: Path, form: str, tell: Callable[[int], None]) -> SaveResult:
    """Write the messages of a room, which are kept in `folder`, to `path`. An existing file is replaced at the end.

    `form`: one of storage.export.FORMS. `tell` is called on this thread with the number of messages so far.
    """
    beside = data_folder.unused(path, "part")
    try:
        reader = Reader.open(folder)
        try:
            count = export(reader, room_id, beside, form, tell)
        finally:
            reader.close()
        with writing_a_file():
            try:
                os.replace(beside, path)
            except BaseException:
                beside.unlink(missing_ok=True)
                raise
    except StorageProblem as problem:
        return SaveResult(path, problem=str(problem))
    except KeyError:
        return SaveResult(path, problem=_("That room was forgotten meanwhile; nothing of it is kept here any more."))
    return SaveResult(path, count)


def file_name(title: str) -> str:
    """A file name made of a room's title that every system accepts; without an ending."""
    letters = (one if one.isalnum() or one in "-_" else " " for one in unicodedata.normalize("NFC", title))
    name = " ".join("".join(one for one in letters if one <= "\uffff").split())[:_NAME_CHARACTERS].strip()
    return name or "lanchat"


_LOOK_MS = 200


class ExportPage(PageView):
    def __init__(self, master: tk.Misc, context: ViewContext, place: ExportFrom) -> None:
        super().__init__(master, context)
        self._room_id = place.room_id
        self._title = shown_title(context.state.room(place.room_id).title)
        self.sign("export")
        self.heading(_("Save what was said in {room}").format(room=self._title))
        about = _("All that is kept of this room on this computer, as a file. Anyone who has the file can read it.")
        self.paragraph(about, "mute")
        self._form = self.put(RadioGroup(self.body, self.theme, _forms(), "html", lambda _form: None))
        self._problem = self.put(ProblemBox(self.body, self.theme), above=10, below=0)
        self._buttons = self.buttons(above=6)
        self.first = self._save = Button(self._buttons, self.theme, _("Save as…"), self._choose)
        self._show: Button | None = None
        self._so_far = 0
        self._leave = Button(self._buttons, self.theme, _("Cancel"), context.back, "quiet")
        self._told = self.put(Paragraph(self.body, self.theme, ""), above=12)

    def _choose(self) -> None:
        form = self._form.value
        name = f"{file_name(self._title)}.{form}"

        def chosen(paths: Sequence[str]) -> None:
            if paths:
                self._save_to(Path(paths[0]), form)

        choose_target(self, _("Save what was said"), name, chosen, ending=f".{form}")

    def _save_to(self, path: Path, form: str) -> None:
        """The page may have been left while the dialog was open."""
        if self.winfo_exists():
            self._problem.say("")
            self._told.text("")
            self._save.enable(False)
            self._so_far = 0
            self._saving()
        work = partial(save, self.context.kept.folder, self._room_id, path, form, self._note)
        self.context.program.run_in_background(work, self._done)

    def _note(self, so_far: int) -> None:
        """Called on the thread that saves, where Tk must not be used."""
        self._so_far = so_far

    def _saving(self) -> None:
        """Show the progress, five times a second until the file is written."""
        if self._save.enabled:
            return
        self._save.text(_("Saving… {n}").format(n=self._so_far) if self._so_far else _("Saving…"))
        self.later(_LOOK_MS, self._saving)

    def _done(self, saved: SaveResult) -> None:
        if not self.winfo_exists():
            self.context.say(saved.problem or told(saved))
            return
        self._save.text(_("Save as…"))
        self._save.enable(True)
        if saved.problem:
            self._problem.say(saved.problem)
        else:
            self._told.text(told(saved))
            self._leave.text(_("Done"))
            self._offer_folder(saved.path.parent)

    def _offer_folder(self, folder: Path) -> None:
        if self._show is not None:
            self._show.destroy()
        show = partial(self.context.open_outside, partial(open_folder, folder))
        self._show = Button(self._buttons, self.theme, _("Open the folder"), show, "quiet")
        self._show.focus_set()


def told(saved: SaveResult) -> str:
    """How many messages were saved, and where, in words."""
    said = ngettext("{n} message saved in {file}", "{n} messages saved in {file}", saved.count)
    return said.format(n=saved.count, file=saved.path)


def _forms() -> list[tuple[str, str, str]]:
    return [
        ("html", _("A page to read"), _("Opens in any browser.")),
        ("txt", _("Plain text"), _("For reading and printing anywhere.")),
        ("json", _("For programs"), _("One JSON object a line, with all there is to know.")),
    ]
