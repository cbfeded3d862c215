"""Starts other programs, and opens links and folders in the system's own. Any thread.

Programs are started without a shell. Their arguments are never logged: they may be somebody's text. `open_url` and
`open_folder` return "" or, in plain words, why it did not work. They wait to see whether the program fails: views call
them through `ViewContext.open_outside`.
"""

from __future__ import annotations

import logging
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

from lanchat.core.links import is_mail_address, is_web_address
from lanchat.core.translate import _
from lanchat.storage.system_programs import environment, own_libraries_aside

_log = logging.getLogger(__name__)

_FAILS_SECONDS = 1.5  # xdg-open, gio and open fail within these, and may otherwise run as long as what they open


def find(*names: str) -> str:
    """Full path of the first of these programs that is installed; "" when none is."""
    return next((path for name in names if (path := shutil.which(name))), "")


def start(argv: Sequence[str], line: str = "") -> bool:
    """Start it; it may outlive lanchat. Whether it started. `line`: the arguments on Windows, for a program that does
    not read them as others do."""
    return _started(argv, line) is not None


def _started(argv: Sequence[str], line: str = "") -> subprocess.Popen[bytes] | None:
    name = Path(argv[0]).name
    try:
        with own_libraries_aside():
            process = subprocess.Popen(
                f'"{argv[0]}" {line}' if line else argv, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL, start_new_session=True, env=environment(),
            )  # fmt: skip
    except OSError as error:
        _log.warning("%s does not start: %s", name, error.strerror)
        return None
    threading.Thread(target=_reap, args=(process, name), name="program", daemon=True).start()
    return process


def _reap(process: subprocess.Popen[bytes], name: str) -> None:
    """Runs on a thread of its own, as long as the program: a process that nobody waits for stays as a zombie."""
    code = process.wait()
    if code:
        _log.warning("%s ended with %d", name, code)


def open_url(url: str) -> str:
    """Opens web and mail addresses only: what a peer writes must not start any other program."""
    if not (is_web_address(url) or is_mail_address(url)):
        return _("Only links that begin with http:// or https:// are opened.")
    return "" if open_with_system(url) else _("No program that opens links was found. Copy the link into your browser.")


def open_folder(folder: Path) -> str:
    """Show `folder` in the file manager."""
    place = folder.absolute()
    if not place.is_dir():
        return _("There is no such folder: {folder}").format(folder=place)
    if open_with_system(str(place)):
        return ""
    return _("No program that shows folders was found. The folder is {folder}").format(folder=place)


def open_with_system(what: str) -> bool:
    """Open an address, or the absolute path of a file or folder, in the program that the system has for it. Whether
    there is one: it has not failed within `_FAILS_SECONDS`. The caller has checked that it may be opened."""
    if sys.platform == "win32":
        try:
            with own_libraries_aside():
                os.startfile(what)
        except OSError:
            return False
        return True
    if sys.platform == "darwin":
        return _opens(["/usr/bin/open", what])
    program = find("xdg-open", "gio")
    if not program:
        return False
    return _opens([program, "open", what] if Path(program).name == "gio" else [program, what])


def _opens(argv: Sequence[str]) -> bool:
    if (process := _started(argv)) is None:
        return False
    try:
        return process.wait(_FAILS_SECONDS) == 0
    except subprocess.TimeoutExpired:
        return True
