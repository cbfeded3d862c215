"""The system's dialog for choosing files, a folder, or where something is saved. Tk thread; the answer comes later.

Windows and macOS have one in Tk. On Linux Tk draws a poor one of its own, so the desktop is asked through its portal,
then zenity and kdialog, and only where there is none of them Tk; nothing blocks meanwhile.
https://flatpak.github.io/xdg-desktop-portal/docs/doc-org.freedesktop.portal.FileChooser.html
"""

from __future__ import annotations

import logging
import queue
import subprocess
import sys
import threading
import tkinter as tk
from collections.abc import Callable, Sequence
from pathlib import Path
from tkinter import filedialog
from typing import Any, NamedTuple, TypeAlias

from lanchat.core.translate import _
from lanchat.desktop.platform.desktop_portal import DONE, ask_portal, paths_of
from lanchat.desktop.platform.external_programs import find
from lanchat.desktop.platform.session_bus import NoAnswer
from lanchat.storage.system_programs import environment

_log = logging.getLogger(__name__)

ChosenPaths: TypeAlias = Callable[[Sequence[str]], None]
_LOOK_MS = 100
_open_now: set[str] = set()  # windows with a dialog: a second one would only confuse
_last_folder = ""  # of what was chosen last, for Tk's own dialog; those of the desktop remember it themselves


class FileQuestion(NamedTuple):
    """What a dialog asks for: files, or a folder, or where something is saved."""

    title: str
    folder: bool = False
    save_as: str = ""  #: the name that is suggested; "": nothing is saved
    ending: str = ""  #: what a name without one gets where Tk asks, with its point


def choose_files(widget: tk.Misc, chosen: ChosenPaths) -> None:
    """Ask for one or more files; `chosen` is called with none when the person closed the dialog."""
    _choose(widget, FileQuestion(_("Choose files")), chosen)


def choose_folder(widget: tk.Misc, chosen: ChosenPaths) -> None:
    """Ask for a folder."""
    _choose(widget, FileQuestion(_("Choose a folder"), folder=True), chosen)


def choose_target(widget: tk.Misc, title: str, name: str, chosen: ChosenPaths, *, ending: str = "") -> None:
    """Ask where something is saved. `name`: what is suggested; `ending`: as in FileQuestion. The dialog asks before an
    existing file is replaced."""
    _choose(widget, FileQuestion(title, save_as=name, ending=ending), chosen)


def _choose(widget: tk.Misc, question: FileQuestion, chosen: ChosenPaths) -> None:
    if widget.tk.call("tk", "windowingsystem") != "x11":
        chosen(_with_tk(widget, question))
        return
    window = widget.winfo_toplevel()
    if str(window) in _open_now:
        return
    _open_now.add(str(window))
    answers: queue.SimpleQueue[Sequence[str] | None] = queue.SimpleQueue()
    parent = f"x11:{window.winfo_id():x}"

    def ask() -> None:
        answers.put(ask_desktop(parent, question))

    # a daemon, since it waits for a person, who may quit lanchat meanwhile
    threading.Thread(target=ask, name="file-chooser", daemon=True).start()

    def look() -> None:
        try:
            answer = answers.get_nowait()
        except queue.Empty:
            window.after(_LOOK_MS, look)
            return
        _open_now.discard(str(window))
        chosen(answer if answer is not None else _with_tk(window, question, _last_folder or str(Path.home())))

    look()


def _with_tk(widget: tk.Misc, question: FileQuestion, folder: str = "") -> Sequence[str]:
    """`folder`: where it starts; "": where the system's dialog does."""
    global _last_folder
    options: dict[str, Any] = {"parent": widget.winfo_toplevel(), "title": question.title}
    if folder:
        options["initialdir"] = folder
    if question.save_as:
        name = "".join(one for one in question.save_as if one <= "\uffff")  # Tk's dialog has an Entry: emoji crash it
        path = filedialog.asksaveasfilename(initialfile=name, defaultextension=question.ending, **options)
        paths: Sequence[str] = (path,) if path else ()
    elif question.folder:
        path = filedialog.askdirectory(mustexist=True, **options)
        paths = (path,) if path else ()
    else:
        paths = tuple(filedialog.askopenfilenames(**options))
    if paths:
        _last_folder = paths[0] if question.folder else str(Path(paths[0]).parent)
    return paths


def ask_desktop(parent: str, question: FileQuestion) -> Sequence[str] | None:
    """The paths that were chosen; None: nothing can ask. Takes as long as the person does. Any thread but Tk's."""
    save_as, folder = question.save_as, question.folder
    try:
        return _with_portal(parent, question)
    except NoAnswer:
        pass
    if program := find("zenity"):
        files = ["--directory"] if folder else ["--multiple", "--separator=\n"]
        if save_as:
            files = ["--save", "--confirm-overwrite", f"--filename={save_as}"]
        return _with_program([program, "--file-selection", *files, f"--title={question.title}"])
    if program := find("kdialog"):
        files = ["--getexistingdirectory"] if folder else ["--multiple", "--separate-output", "--getopenfilename"]
        if save_as:
            files = ["--getsavefilename"]
        return _with_program([program, "--title", question.title, *files, str(Path.home() / save_as)])
    return None


def _with_program(argv: Sequence[str]) -> Sequence[str] | None:
    """Run in the home folder: zenity's dialog starts in the working folder."""
    home = Path.home()
    folder = home if home.is_dir() else None
    try:
        done = subprocess.run(
            argv, stdin=subprocess.DEVNULL, capture_output=True, env=environment(), cwd=folder, check=False
        )
    except OSError as error:
        _log.warning("%s does not start: %s", Path(argv[0]).name, error.strerror)
        return None
    return [path for path in done.stdout.decode(sys.getfilesystemencoding(), "surrogateescape").split("\n") if path]


def _with_portal(parent: str, question: FileQuestion) -> Sequence[str]:
    """Raises NoAnswer."""
    options: dict[str, tuple[str, object]] = {
        "multiple": ("b", not question.folder), "directory": ("b", question.folder)
    }  # fmt: skip
    if question.save_as:
        options = {"current_name": ("s", question.save_as)}
    method = "SaveFile" if question.save_as else "OpenFile"
    code, results = ask_portal("FileChooser", method, [parent, question.title], options)
    return paths_of(results.get("uris", [])) if code == DONE else []
