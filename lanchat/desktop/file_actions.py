"""What a person does with the files that a message offers: get, pause, cancel, open, show, save, copy. Tk thread.

The cards of the timeline, its menu and keys, and the page of a room's files go through `do_file`. What could run is
opened only after a question: `OpenQuestion`.
"""

from __future__ import annotations

import shutil
import tkinter as tk
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import assert_never

from lanchat.core.file_offer import FileOffer
from lanchat.core.model import EntryId, MemberKey, RoomId
from lanchat.core.translate import _
from lanchat.desktop.model import phrases
from lanchat.desktop.model.files import FileAction, is_here, state_in
from lanchat.desktop.offer_contents import OfferContents
from lanchat.desktop.pictures.picture_decoding import PictureRefused
from lanchat.desktop.pictures.zoomed_picture import ZoomedPicture
from lanchat.desktop.platform.file_chooser import choose_target
from lanchat.desktop.platform.file_opener import may_run, open_file, show_in_folder
from lanchat.desktop.platform.picture_clipboard import copy_picture
from lanchat.desktop.view_context import ViewContext
from lanchat.desktop.widgets.buttons import Button
from lanchat.desktop.widgets.keyboard import tab_order
from lanchat.desktop.widgets.labels import Paragraph
from lanchat.desktop.widgets.menus import Popover
from lanchat.engine.commands import CancelFile, GetFile, PauseFile
from lanchat.engine.events import FileState
from lanchat.storage.from_network import copy_file

_WIDTH, _PAD = 400, 12  # design pixels
_NAME_CHARACTERS = 120


def do_file(
    context: ViewContext, room_id: RoomId, message_id: EntryId, offer: FileOffer, author: MemberKey, action: FileAction,
    say: Callable[[str], None] | None = None,
) -> None:  # fmt: skip
    """Do this with the files of a message. `say`: where it is told what became of it; None: in the window."""
    room, say = context.state.room(room_id), say or context.say
    match action:
        case FileAction.GET | FileAction.RESUME | FileAction.RETRY:
            context.do(GetFile(room_id, message_id))
        case FileAction.LIST:
            OfferContents(context, room_id, message_id, offer)
        case FileAction.PAUSE:
            context.do(PauseFile(room_id, message_id))
        case FileAction.CANCEL:
            context.do(CancelFile(room_id, message_id))
        case FileAction.OPEN | FileAction.SHOW_IN_FOLDER | FileAction.SAVE_COPY | FileAction.COPY:
            now = state_in(room, message_id, offer)
            file = Path(now.path)
            if not is_here(now) or not file.exists():
                say(_("The file is not there any more: it was moved or deleted."))
            elif action is FileAction.SHOW_IN_FOLDER:
                _show(context, file)
            elif action is FileAction.SAVE_COPY:
                _save_copy(context, file, say, received=now.state is FileState.HERE)
            elif action is FileAction.COPY:
                _copy(context, file, say)
            elif may_run(file):
                OpenQuestion(context, file, "" if author == context.state.me else room.people.marked(author))
            else:
                _open(context, file)
        case FileAction.PLAY | FileAction.STOP | FileAction.SEEK:
            pass  # the card of a voice message does that itself: see `timeline.voice_cards`
        case _:
            assert_never(action)


def _open(context: ViewContext, file: Path) -> None:
    context.open_outside(partial(open_file, file))


def _copy(context: ViewContext, picture: Path, say: Callable[[str], None]) -> None:
    ground = context.theme.palette.chat

    def work() -> str:
        try:
            return copy_picture(ZoomedPicture(picture, ground).whole())
        except PictureRefused as refused:
            return str(refused)

    context.program.run_in_background(work, lambda problem: say(problem or _("Copied")))


def _show(context: ViewContext, file: Path) -> None:
    context.open_outside(partial(show_in_folder, file))


def _save_copy(context: ViewContext, source: Path, say: Callable[[str], None], *, received: bool) -> None:
    """Ask where, and copy the file or folder there, aside. `received`: it came from others, and its copies are marked
    so, too."""

    def copy(target: str) -> str:
        try:
            if source.is_dir():
                shutil.copytree(source, target, copy_function=copy_one)
            else:
                copy_one(source, target)
        except OSError as error:  # shutil.Error, of several files, is one
            return _("It was not saved: {reason}").format(reason=error.strerror or _("the disk does not allow it"))
        return _("Saved: {path}").format(path=target)

    def copy_one(one: str | Path, to: str | Path) -> None:
        copy_file(Path(one), Path(to), marked=received)

    def chosen(targets: Sequence[str]) -> None:
        if targets:
            context.program.run_in_background(partial(copy, targets[0]), say)

    ending = "" if source.is_dir() else source.suffix
    choose_target(context.root, _("Save a copy"), source.name, chosen, ending=ending)


class OpenQuestion(Popover):
    """Asks before a program or script is opened. Nothing but the button itself says yes: Enter alone, pressed by
    habit, cancels."""

    def __init__(self, context: ViewContext, file: Path, sender: str) -> None:
        theme = context.theme
        super().__init__(theme.root, theme, at=context.root.winfo_pointerxy(), width=_WIDTH, pad=_PAD)
        self._context = context
        self._file = file
        px = theme.px
        title, name = _("Open a program?"), phrases.one_line(file.name, _NAME_CHARACTERS)
        Paragraph(self.inside, theme, title, "room_bold", "strong", ground="raised").pack(fill="x")
        about = Paragraph(self.inside, theme, name, "small", "mute", ground="raised", ours=False)
        about.pack(fill="x", pady=(px(2), 0))
        words = _("This file is a program, or can start one. It could read, change and delete whatever you can. "
                  "Open it only if you asked for it.")  # fmt: skip
        if sender:
            words += " " + _("It came from {name}.").format(name=sender)
        Paragraph(self.inside, theme, words, "room", ground="raised", ours=False).pack(fill="x", pady=(px(8), 0))
        row = tk.Frame(self.inside, bg=self.fill)
        row.pack(fill="x", pady=(px(12), 0))
        agree = Button(row, theme, _("Open it"), self._agreed, "danger", ground="raised")
        show = Button(row, theme, _("Show in folder"), self._show, "quiet", ground="raised")
        cancel = Button(row, theme, _("Cancel"), self.close, "quiet", ground="raised")
        agree.pack(side="right")
        cancel.pack(side="right", padx=px(8))
        show.pack(side="left")
        tab_order(cancel, show, agree)
        cancel.focus_set()

    def _agreed(self) -> None:
        self.close()
        _open(self._context, self._file)

    def _show(self) -> None:
        self.close()
        _show(self._context, self._file)
