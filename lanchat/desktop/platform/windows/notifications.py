"""Notices as balloons of an icon beside the clock, which stays until the room was looked at. Tried under Wine only.

While the window is hidden the icon stays too: it is the way back.

Everything but the Door's own methods runs on the Tray's thread.
"""

from __future__ import annotations

import queue
import sys
import threading
from collections.abc import Callable
from functools import partial

from lanchat.core.translate import _
from lanchat.desktop.platform.notifier import Notice, nothing_shows_them

assert sys.platform == "win32"

from lanchat.desktop.platform.windows.tray import Tray  # noqa: E402 - there is none elsewhere, as mypy knows


class WindowsDoor:
    """A Door. Windows shows one balloon at a time, the newest."""

    def __init__(self, clicked: Callable[[str], None], quit: Callable[[], None]) -> None:
        """`clicked(key)` and `quit` run on the Tray's thread. ""; no room in particular."""
        self._clicked = clicked
        self._menu = ((_("Open lanchat"), partial(clicked, "")), (_("Quit lanchat"), quit))
        self._orders: queue.SimpleQueue[Callable[[Tray], None]] = queue.SimpleQueue()
        self._tray: Tray | None = None
        self._problem = ""
        self._key: str | None = None  # of the room the balloon is of
        threading.Thread(target=self._run, name="notices", daemon=True).start()

    def problem(self) -> str:
        return self._problem

    def show(self, notice: Notice) -> None:
        self._order(partial(self._show, notice))

    def withdraw(self, key: str) -> None:
        self._order(partial(self._withdraw, key))

    def hidden(self, hidden: bool) -> None:
        """The window is, or is back."""
        self._order(lambda tray: tray.stay(hidden))

    def close(self) -> None:
        self._order(lambda tray: tray.end())

    def _order(self, order: Callable[[Tray], None]) -> None:
        self._orders.put(order)
        if self._tray is not None:  # else its thread looks once it has one
            self._tray.ring()

    def _run(self) -> None:
        self._tray = tray = Tray(self._hit, self._obey, self._menu)
        tray.ring()
        tray.run()

    def _obey(self) -> None:
        assert self._tray is not None
        while not self._orders.empty():
            self._orders.get()(self._tray)

    def _show(self, notice: Notice, tray: Tray) -> None:
        self._key = notice.key
        self._problem = "" if tray.balloon(notice.title, notice.body) else nothing_shows_them()

    def _withdraw(self, key: str, tray: Tray) -> None:
        if key == self._key:
            self._key = None
            tray.withdraw()

    def _hit(self) -> None:
        self._clicked(self._key or "")
