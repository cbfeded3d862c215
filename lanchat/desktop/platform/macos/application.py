"""What macOS asks of the program as a whole: by its Dock icon, its menus, links in other programs. Tk thread.

Tk calls Tcl commands of these names (https://www.tcl-lang.org/man/tcl8.6/TkCmd/tk_mac.html). Not yet tried there.
"""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lanchat.desktop.platform.doors import Requests


def hear(root: tk.Tk, requests: Requests) -> None:
    """What came while lanchat started (the link that started it) is asked for by Tk once its loop runs."""

    def launched(*links: str) -> None:
        for link in links:
            requests.link(link)

    commands: dict[str, Callable[..., None]] = {
        "::tk::mac::ReopenApplication": requests.show,  # a click on the Dock icon; lanchat opened once more
        "::tk::mac::LaunchURL": launched,  # of the schemes in CFBundleURLTypes: packaging/bundle.py
        "::tk::mac::Quit": requests.quit,  # the menu, Command-Q, the Dock, the end of the session
        "::tk::mac::ShowPreferences": requests.settings,  # without it, the menu has it in grey
        "::tk::mac::ShowHelp": requests.keys,
        "tkAboutDialog": requests.about,
    }
    for name, do in commands.items():
        # An alias of what `register` makes: what goes wrong in it is reported as in any other callback.
        root.tk.call("interp", "alias", "", name, "", root.register(do))
