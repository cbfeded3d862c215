"""People at real windows, with real Engines, TLS on loopback and databases; only discovery is in memory.

    ana, ben = people.person("Ana"), people.person("Ben")
    ana.starts_room()
    ben.picks("Ana's room")
    ben.says("hi")
    ana.sees("hi")

All windows of a thread share Tk's loop: while one person waits, all windows go on. Only one has the focus at a time.
"""

from __future__ import annotations

import gc
import logging
import re
import tkinter as tk
from collections.abc import Callable
from pathlib import Path

from lanchat.desktop.app import App
from lanchat.desktop.platform import desktop_integration
from lanchat.engine.engine import Engine
from lanchat.engine.events import Event
from tests.desktop.at_window import AtWindow
from tests.desktop.surroundings import Surroundings
from tests.fake_lan import FakeDiscovery, FakeLan
from tests.screen import opened


class _Root(tk.Tk):
    """Records `quit`, which in a process of its own would end the main loop."""

    over = False

    def quit(self) -> None:
        self.over = True


class People:
    """One network, and everybody on it."""

    def __init__(self, folder: Path, name: str) -> None:
        """`name`: of the test, for pictures."""
        self.lan = FakeLan()
        self.folder = folder
        self.name = re.sub(r"\W+", "-", name)
        self.everybody: list[Person] = []
        self.elsewhere = opened(tk.Tk)  #: a window of another program
        self.elsewhere.geometry("20x20+0+950")
        self.focus_elsewhere()

    def person(self, nick: str, folder: Path | None = None, opens: bool = True) -> Person:
        """A person with a data folder of their own; `opens` their window. `nick`: of their account."""
        person = Person(nick, folder or self.folder / nick, self)
        self.everybody.append(person)
        if opens:
            person.opens()
        return person

    def leave(self) -> None:
        """Everybody's programs end."""
        for person in self.everybody:
            if person.is_open:
                person.app.quit()
        for person in self.everybody:
            person.ended()
        self.elsewhere.destroy()

    def focus_elsewhere(self) -> None:
        """Without this, on a bare screen, the keyboard would be wherever the pointer happens to be."""
        self.elsewhere.update()
        self.give_keyboard_to(self.elsewhere)

    def give_keyboard_to(self, widget: tk.Misc) -> None:
        """Tk does not tell a window that another one of the same process has it now."""
        had = [focused for person in self.open if (focused := person.root.focus_displayof()) is not None]
        widget.focus_force()
        widget.update()
        for focused in had:
            if focused.winfo_exists() and focused.winfo_toplevel() is not widget.winfo_toplevel():
                focused.event_generate("<FocusOut>")
        widget.update()

    @property
    def open(self) -> list[Person]:
        return [person for person in self.everybody if person.is_open]


class Person(AtWindow):
    """A person whose window is one of several in this process."""

    def __init__(self, nick: str, folder: Path, people: People) -> None:
        super().__init__(nick, folder, people.name)
        self.people = people
        self.desktop = Surroundings()
        self.network: FakeDiscovery | None = None
        self._root: _Root | None = None
        self._app: App | None = None

    # --- starting and ending -----------------------------------------------------------------------------------------
    @property
    def is_open(self) -> bool:
        return self._app is not None

    @property
    def app(self) -> App:
        assert self._app is not None, f"{self.nick}'s lanchat does not run"
        return self._app

    @property
    def root(self) -> _Root:
        assert self._root is not None, f"{self.nick}'s lanchat does not run"
        return self._root

    def opens(self, link: str = "", waits: bool = True) -> None:
        """Starts lanchat, for the first time or again. `waits`: until there is something to do."""
        self._root = opened(lambda: _Root(className=desktop_integration.CLASS_NAME))
        self._root.tk.createcommand("bgerror", logging.getLogger(__name__).error)  # a logged error fails the test
        self._root.geometry("+0+0")
        with self.desktop.around():
            self._app = App(self._root, self.folder, link, self._engine)
        self.until(lambda: bool(self.root.winfo_viewable()))
        if waits:
            self.until(lambda: self.app.window.panes is not None)
        self.until(lambda: self.root.focus_lastfor() is not self.root)  # what has the keyboard gets it once it is drawn
        self.looks()

    def _engine(self, folder: Path, tell: Callable[[Event], None]) -> Engine:
        nick = None if (folder / "settings.json").exists() else self.nick
        return Engine(folder, nick=nick, discovery=self._plug_in, tell=tell, doorbell=True)

    def _plug_in(self) -> FakeDiscovery:
        self.network = self.people.lan.node()
        return self.network

    def closes_for_good(self) -> None:
        """Presses the X and, if lanchat asks, means it."""
        self.closes()
        if not self.root.over and self.root.winfo_viewable():
            self.presses("Quit")
        self.ended()

    def ended(self) -> None:
        """Their program is over."""
        if self._app is None or self._root is None:
            return
        self.until(lambda: self.root.over)
        for timer in self.root.tk.splitlist(self.root.tk.call("after", "info")):
            self.root.after_cancel(timer)  # in its own process, no loop is left for them
        self.people.focus_elsewhere()
        self._app.close()
        self._app = self._root = None
        gc.collect()  # here, since another thread must not free what is Tk's
        if self.people.open:
            gc.disable()  # which the end of one of several windows would undo

    def takes_keyboard(self) -> None:
        self.people.give_keyboard_to(self.root.focus_lastfor() or self.root)

    def looks_away(self) -> None:
        """To another program, which has the keyboard now."""
        self.people.focus_elsewhere()
        self.until(lambda: self.root.focus_displayof() is None)

    def what_there_is(self) -> str:
        return "\n".join(AtWindow.what_there_is(person) for person in self.people.open)
