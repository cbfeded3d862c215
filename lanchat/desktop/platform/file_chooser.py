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
from typing import TypeAlias

from lanchat.core.translate import _
from lanchat.desktop.platform.desktop_portal import DONE, ask_portal, paths_of
from lanchat.desktop.platform.external_programs import find
from lanchat.desktop.platform.session_bus import NoAnswer
from lanchat.storage.system_programs import environment

_log = logging.getLogger(__name__)

ChosenPaths: TypeAlias = Callable[[Sequence[str]], None]
_LOOK_MS = 100
_open_now: set[str] = set()  # windows with a dialog: a second one would only confuse


def choose_files(widget: tk.Misc, chosen: ChosenPaths) -> None:
    """Ask for one or more files; `chosen` is called with none when the person closed the dialog."""
    _choose(widget, chosen, folder=False)


def choose_folder(widget: tk.Misc, chosen: ChosenPaths) -> None:
    """Ask for a folder."""
    _choose(widget, chosen, folder=True)


def choose_target(widget: tk.Misc, name: str, chosen: ChosenPaths) -> None:
    """Ask where something is saved; `name`: what is suggested. The dialog asks before an existing file is replaced."""
    _choose(widget, chosen, folder=False, save_as=name)


def _choose(widget: tk.Misc, chosen: ChosenPaths, *, folder: bool, save_as: str = "") -> None:
    if widget.tk.call("tk", "windowingsystem") != "x11":
        chosen(_with_tk(widget, folder=folder, save_as=save_as))
        return
    window = widget.winfo_toplevel()
    if str(window) in _open_now:
        return
    _open_now.add(str(window))
    answers: queue.SimpleQueue[Sequence[str] | None] = queue.SimpleQueue()
    parent = f"x11:{window.winfo_id():x}"

    def ask() -> None:
        answers.put(ask_desktop(parent, folder=folder, save_as=save_as))

    # a daemon, since it waits for a person, who may quit lanchat meanwhile
    threading.Thread(target=ask, name="file-chooser", daemon=True).start()

    def look() -> None:
        try:
            answer = answers.get_nowait()
        except queue.Empty:
            window.after(_LOOK_MS, look)
            return
        _open_now.discard(str(window))
        chosen(answer if answer is not None else _with_tk(widget, folder=folder, save_as=save_as))

    look()


def _with_tk(widget: tk.Misc, *, folder: bool, save_as: str) -> Sequence[str]:
    if save_as:
        name = "".join(one for one in save_as if one <= "\uffff")  # Tk's dialog has an Entry, which emoji crash
        title = _title(folder, save_as)
        path = filedialog.asksaveasfilename(parent=widget.winfo_toplevel(), title=title, initialfile=name)
        return (path,) if path else ()
    if folder:
        path = filedialog.askdirectory(parent=widget.winfo_toplevel(), title=_("Choose a folder"), mustexist=True)
        return (path,) if path else ()
    return tuple(filedialog.askopenfilenames(parent=widget.winfo_toplevel(), title=_("Choose files")))


def ask_desktop(parent: str, *, folder: bool, save_as: str = "") -> Sequence[str] | None:
    """The paths that were chosen; None: nothing can ask. Takes as long as the person does. Any thread but Tk's."""
    try:
        return _with_portal(parent, folder=folder, save_as=save_as)
    except NoAnswer:
        pass
    title = _title(folder, save_as)
    if program := find("zenity"):
        files = ["--directory"] if folder else ["--multiple", "--separator=\n"]
        if save_as:
            files = ["--save", "--confirm-overwrite", f"--filename={save_as}"]
        return _with_program([program, "--file-selection", *files, f"--title={title}"])
    if program := find("kdialog"):
        files = ["--getexistingdirectory"] if folder else ["--multiple", "--separate-output", "--getopenfilename"]
        if save_as:
            files = ["--getsavefilename"]
        return _with_program([program, "--title", title, *files, str(Path.home() / save_as)])
    return None


def _title(folder: bool, save_as: str) -> str:
    if save_as:
        return _("Save a copy")
    return _("Choose a folder") if folder else _("Choose files")


def _with_program(argv: Sequence[str]) -> Sequence[str] | None:
    try:
        done = subprocess.run(argv, stdin=subprocess.DEVNULL, capture_output=True, env=environment(), check=False)
    except OSError as error:
        _log.warning("%s does not start: %s", Path(argv[0]).name, error.strerror)
        return None
    return [path for path in done.stdout.decode(sys.getfilesystemencoding(), "surrogateescape").split("\n") if path]


def _with_portal(parent: str, *, folder: bool, save_as: str) -> Sequence[str]:
    """Raises NoAnswer."""
    options: dict[str, tuple[str, object]] = {"multiple": ("b", not folder), "directory": ("b", folder)}
    if save_as:
        options = {"current_name": ("s", save_as)}
    method = "SaveFile" if save_as else "OpenFile"
    code, results = ask_portal("FileChooser", method, [parent, _title(folder, save_as)], options)
    return paths_of(results.get("uris", [])) if code == DONE else []
