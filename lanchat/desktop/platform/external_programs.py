"""Other programs: running them, and opening links and folders in the system's own. Any thread.

Programs are started without a shell. Their arguments are never logged: they may be somebody's text. `open_url` and
`open_folder` do not block, and return "" or, in plain words, why it did not work.
"""

from __future__ import annotations

import logging
import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

from lanchat.core.translate import _

_log = logging.getLogger(__name__)

_LIBRARIES = "LD_LIBRARY_PATH"
_MAIL = re.compile(r"mailto:[A-Za-z0-9][A-Za-z0-9_.%+-]{0,63}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,8}")


def find(*names: str) -> str:
    """Full path of the first of these programs that is installed; "" when none is."""
    return next((path for name in names if (path := shutil.which(name))), "")


def environment() -> dict[str, str]:
    """The environment for other programs: without the LD_LIBRARY_PATH of the packaged lanchat, whose libraries no other
    program may load. https://pyinstaller.org/en/stable/common-issues-and-pitfalls.html
    """
    variables = dict(os.environ)
    original = variables.pop(f"{_LIBRARIES}_ORIG", None)
    if original is not None:
        variables[_LIBRARIES] = original
    elif getattr(sys, "frozen", False):
        variables.pop(_LIBRARIES, None)
    return variables


def run(argv: Sequence[str], seconds: float, stdin: str = "") -> str | None:
    """Run it and return its output. None when it does not start, fails or takes longer than `seconds`. Blocks."""
    try:
        done = subprocess.run(
            argv, input=stdin.encode(), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=seconds,
            check=True, env=environment(),
        )  # fmt: skip
    except OSError as error:
        _log.warning("%s does not start: %s", _name(argv), error.strerror)
    except subprocess.CalledProcessError as error:
        _log.info("%s ended with %d", _name(argv), error.returncode)
    except subprocess.TimeoutExpired:
        _log.info("%s took longer than %g s", _name(argv), seconds)
    else:
        return done.stdout.decode("utf-8", "replace")
    return None


def start(argv: Sequence[str]) -> bool:
    """Start it; it may outlive lanchat. Whether it started. Does not block."""
    try:
        process = subprocess.Popen(
            argv, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            start_new_session=True, env=environment(),
        )  # fmt: skip
    except OSError as error:
        _log.warning("%s does not start: %s", _name(argv), error.strerror)
        return False
    threading.Thread(target=_reap, args=(process, _name(argv)), name="program", daemon=True).start()
    return True


def _reap(process: subprocess.Popen[bytes], name: str) -> None:
    """Runs on a thread of its own, as long as the program: a process that nobody waits for stays as a zombie."""
    code = process.wait()
    if code:
        _log.warning("%s ended with %d", name, code)


def _name(argv: Sequence[str]) -> str:
    return Path(argv[0]).name



def open_url(url: str) -> str:
    """Opens web and mail addresses only: what a peer writes must not start any other program."""
    if not (is_web_address(url) or is_mail_address(url)):
        return _("Only links that begin with http:// or https:// are opened.")
    return "" if _open(url) else _("No program that opens links was found. Copy the link into your browser.")


def open_folder(folder: Path) -> str:
    """Show `folder` in the file manager."""
    place = folder.absolute()
    if not place.is_dir():
        return _("There is no such folder: {folder}").format(folder=place)
    if _open(str(place)):
        return ""
    return _("No program that shows folders was found. The folder is {folder}").format(folder=place)


def is_web_address(url: str) -> bool:
    """One whole http or https address, that no program takes for an option or for two arguments."""
    if any(one.isspace() or not one.isprintable() for one in url):
        return False
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        return False


def is_mail_address(url: str) -> bool:
    """One whole mailto: address, without a subject or body that would be written into the mail."""
    return _MAIL.fullmatch(url) is not None


def _open(what: str) -> bool:
    if sys.platform == "win32":
        try:
            os.startfile(what)
        except OSError:
            return False
        return True
    if sys.platform == "darwin":
        return start(["/usr/bin/open", what])
    program = find("xdg-open", "gio")
    if not program:
        return False
    return start([program, "open", what] if Path(program).name == "gio" else [program, what])
