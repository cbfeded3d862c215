"""What a person does with a file that is on this computer: open it, show it in its folder, save a copy. Tk thread.

What could run is opened only after a question: `OpenQuestion`.
"""

from __future__ import annotations

import shutil
import tkinter as tk
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from lanchat.core.translate import _
from lanchat.desktop.model import phrases
from lanchat.desktop.platform.file_chooser import choose_target
from lanchat.desktop.platform.file_opener import may_run, open_file, show_in_folder
from lanchat.desktop.view_context import ViewContext
from lanchat.desktop.widgets.buttons import Button
from lanchat.desktop.widgets.keyboard import tab_order
from lanchat.desktop.widgets.labels import Paragraph
from lanchat.desktop.widgets.menus import Popover
from lanchat.storage.from_network import copy_file

_WIDTH, _PAD = 400, 12  # design pixels
_NAME_CHARACTERS = 120


def open_received(context: ViewContext, path: str, sender: str = "") -> None:
    """Open a file, or a folder, in the system's program; first ask, if that could run something. `sender`: who sent it,
    for the question; "": nobody knows, or I did."""
    file = Path(path)
    if may_run(file):
        OpenQuestion(context, file, sender)
    else:
        _open(context, file)


def show_received(context: ViewContext, path: str) -> None:
    """Show it in its folder."""
    if problem := show_in_folder(Path(path)):
        context.say(problem)


def save_copy(
    context: ViewContext, path: str, say: Callable[[str], None] | None = None, *, received: bool = True
) -> None:  # fmt: skip
    """Ask where, and copy the file or folder there, aside. `say`: where it is told; None: in the window. `received`: it
    came from others, and its copies are marked so, too."""
    source = Path(path)

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
            context.program.run_in_background(partial(copy, targets[0]), say or context.say)

    choose_target(context.root, source.name, chosen)


def _open(context: ViewContext, file: Path) -> None:
    if problem := open_file(file):
        context.say(problem)


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
        show_received(self._context, str(self._file))
