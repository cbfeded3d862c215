"""Later: what a widget does in a while, each thing once; nothing of it when the widget is gone by then. Tk thread."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable


class Later:
    def __init__(self, widget: tk.Misc) -> None:
        self._widget = widget
        self._waiting: dict[str, str] = {}
        widget.bind("<Destroy>", self._gone, add="+")

    def do(self, what: str, deed: Callable[[], None], milliseconds: int | None = None) -> None:
        """After so long, or (None) when there is nothing else to do. Asked again meanwhile, it is done once."""
        if what in self._waiting:
            return

        def now() -> None:
            del self._waiting[what]
            deed()

        after = self._widget.after_idle(now) if milliseconds is None else self._widget.after(milliseconds, now)
        self._waiting[what] = after

    def _gone(self, event: tk.Event[tk.Misc]) -> None:
        if event.widget is self._widget:
            for waiting in self._waiting.values():
                self._widget.after_cancel(waiting)
            self._waiting.clear()
