"""Opening links and folders in the system's own programs. Never blocks; "" or, in plain words, why not. Tk thread."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from urllib.parse import urlsplit

from lanchat.core.translate import _
from lanchat.desktop.platform.programs import find, start

_MAIL = re.compile(r"mailto:[A-Za-z0-9][A-Za-z0-9_.%+-]{0,63}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,8}")


def open_url(url: str) -> str:
    """Only addresses of the web and of mail: what a peer writes must not start anything else."""
    if not (is_web_address(url) or is_mail_address(url)):
        return _("Only links that begin with http:// or https:// are opened.")
    return "" if _open(url) else _("No program that opens links was found. Copy the link into your browser.")


def open_folder(folder: Path) -> str:
    """Show what is in `folder`."""
    place = folder.absolute()
    if not place.is_dir():
        return _("There is no such folder: {folder}").format(folder=place)
    if _open(str(place)):
        return ""
    return _("No program that shows folders was found. The folder is {folder}").format(folder=place)


def is_web_address(url: str) -> bool:
    """Whether this is one whole http or https address, and nothing a program could take for an option or for two."""
    if any(one.isspace() or not one.isprintable() for one in url):
        return False
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        return False


def is_mail_address(url: str) -> bool:
    """Whether this is one whole mailto: address, without anything that would be written into the mail."""
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
