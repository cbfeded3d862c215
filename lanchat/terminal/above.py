"""Above: a text stream whose lines appear above the line being written. It may be written to on any thread.

prompt_toolkit's own `patch_stdout` gives the terminal back to the system for the moment of each print. A key typed in
just that moment is echoed into the text, and as Ctrl+D or Alt+Enter it is lost; in a busy room that happens often.
"""

from __future__ import annotations

import io
import threading
from contextlib import suppress
from typing import Any

from prompt_toolkit.application import Application

_BUNDLE_SECONDS = 0.02  # what comes within this is drawn at once: a busy room must not make the line flicker


class Above(io.TextIOBase):
    def __init__(self, app: Application[Any]) -> None:
        self._app = app
        self._lock = threading.Lock()
        self._pending = ""
        self._due = False
        self._shown_at = 0.0  # by the application's loop

    def write(self, text: str) -> int:
        """A line that is not ended yet waits for its end."""
        with self._lock:
            self._pending += text
            if "\n" in text and not self._due:
                self._due = True
                self._ask_to_show()
        return len(text)

    def show(self) -> None:
        """Now, what was written. On the application's thread, or while it does not run."""
        with self._lock:
            self._show()

    def isatty(self) -> bool:
        return True

    def fileno(self) -> int:
        return self._app.output.fileno()

    def _ask_to_show(self) -> None:
        loop = self._app.loop
        if loop is None:
            self._show()
            return
        with suppress(RuntimeError):  # it ends at this moment; the Editor's last act is to show what is left
            loop.call_soon_threadsafe(self._show_soon)

    def _show_soon(self) -> None:
        loop = self._app.loop
        wait = self._shown_at + _BUNDLE_SECONDS - loop.time() if loop else 0.0
        if loop and wait > 0:
            loop.call_later(wait, self.show)
        else:
            self.show()

    def _show(self) -> None:
        whole, line_end, self._pending = self._pending.rpartition("\n")
        self._due = False
        if not line_end:
            return
        app = self._app
        drawn = app.is_running and not app.is_done
        if drawn:
            app.renderer.erase()
        app.output.write_raw(whole + line_end)
        app.output.flush()
        if drawn:
            app.invalidate()
        if app.loop:
            self._shown_at = app.loop.time()
