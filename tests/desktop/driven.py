"""`lanchat` as it is, with an AtWindow that a test gives commands: `python -m tests.desktop.driven PORT …`.

What follows are lanchat's own arguments. Rooms are found by this UDP port of 127.0.0.1 only; "lan": as always. Each
line of stdin is a method of AtWindow, as JSON: [name, arguments …]; the answer is a line with what went wrong, or null.
"""

from __future__ import annotations

import functools
import json
import os
import queue
import sys
import threading
import tkinter as tk
from collections.abc import Callable
from pathlib import Path

import lanchat.desktop.app
import lanchat.desktop.engine_bridge
from lanchat.__main__ import main
from lanchat.core import limits
from lanchat.desktop.app import App
from lanchat.desktop.engine_bridge import EngineFactory, Pump
from lanchat.desktop.widgets.labels import Label
from lanchat.engine.engine import Engine
from lanchat.engine.events import Event
from lanchat.network.discovery.lan import LanDiscovery
from tests.desktop.at_window import AtWindow
from tests.desktop.eyes import parts


class Driven(AtWindow):
    def __init__(self, app: App, folder: Path) -> None:
        super().__init__(folder.name, folder, "driven")
        self._app = app
        self._told = Pump(app.root, self._do, queue.SimpleQueue())
        threading.Thread(target=self._listen, daemon=True).start()  # Tk on Windows watches no pipes

    @property
    def app(self) -> App:
        return self._app

    def is_ready(self) -> None:
        """There is something to do in the window."""
        self.until(lambda: self.app.window.panes is not None, "lanchat does not open")
        self.until(lambda: self.root.focus_lastfor() is not self.root, "nothing has the keyboard")

    def is_kept(self) -> None:
        """Where they are in the window, which goes to the disk every few seconds."""
        self.until(lambda: not self.app.window.kept.dirty)

    def is_asked(self) -> None:
        """Whether to quit."""
        assert "Closing lanchat closes" in self.reads()

    def hides(self) -> None:
        """Goes on in the background."""
        self.app.hide()
        self.until(lambda: not self.root.winfo_viewable())

    def is_shown(self) -> None:
        self.until(lambda: bool(self.root.winfo_viewable()), "the window does not come")

    def has_said(self, *texts: str) -> None:
        """The room is so, on their disk and nothing else in it."""
        self.until(lambda: self.has_kept() == list(texts), f"it is otherwise: {self.has_kept()}")

    def draws_at(self, scale: float) -> None:
        """Everything is so much larger than on an ordinary screen, letters as much as what they stand in."""
        fonts = self.app.window.theme.fonts
        wanted, has = 15 * scale, fonts.height("body")
        assert 1.1 * wanted <= has <= 1.5 * wanted, f"lines of {has} pixels for letters of {wanted}"
        assert abs(self.root.winfo_width() - 1060 * scale) <= 1, f"the window is {self.root.winfo_width()} wide"
        for part in parts(self.root):
            if isinstance(part, Label):
                assert part.winfo_height() >= fonts.height("small"), f"“{part.words}” is cut"
        assert "You are hosting · code" in self.reads(), "the header has no room for what it says"

    def _listen(self) -> None:
        begun = b""
        while piece := os.read(0, 65_536):
            *lines, begun = (begun + piece).split(b"\n")
            for line in lines:
                self._told.put(line)

    def _do(self, line: bytes) -> None:
        name, *arguments = json.loads(line)
        wrong = None
        try:
            getattr(self, name)(*arguments)
        except (AssertionError, tk.TclError) as error:
            wrong = str(error)
        print(json.dumps(wrong), flush=True)


class _App(App):
    def __init__(self, root: tk.Tk, folder: Path, link: str, make: EngineFactory) -> None:
        super().__init__(root, folder, link, make)
        self._driven = Driven(self, folder)


def _engine(port: int, folder: Path, tell: Callable[[Event], None]) -> Engine:
    discovery = functools.partial(LanDiscovery, port, only=("127.0.0.1",))
    return Engine(folder, discovery=discovery, tell=tell, doorbell=True)


if __name__ == "__main__":
    lanchat.desktop.app.App = _App  # type: ignore[misc]
    if sys.argv[1] != "lan":
        limits.PORT = int(sys.argv[1])  # type: ignore[misc]
        limits.PORTS = (limits.PORT, limits.PORT + 1, limits.PORT + 2)  # type: ignore[misc]
        lanchat.desktop.engine_bridge.real_engine = functools.partial(_engine, limits.PORT)
    sys.exit(main(sys.argv[2:]))
