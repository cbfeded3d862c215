"""An App that says when it is drawn, and then does what the bench asks. Tk thread. See window_program."""

from __future__ import annotations

import json
import sys
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lanchat.desktop.app import App, TkCall
from lanchat.engine.events import Event

if TYPE_CHECKING:
    from lanchat.engine.engine import Engine
    from tests.bench.window_actions import Doing


class Watched(App):
    def _started(self) -> None:
        super()._started()
        self.root.update()
        self.root.winfo_pointerx()  # the X server answers when it has drawn all of that
        place, keyboard = type(self.window.main_view).__name__, str(self.root.focus_lastfor())
        say({"place": place, "keyboard": keyboard, "rooms": len(self.window.state.rooms), "cpu": time.process_time()})
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        """On a thread of its own."""
        for line in sys.stdin:
            self._pump.put(TkCall(partial(self._begin, json.loads(line))))
        self._pump.put(TkCall(self.quit))

    def _begin(self, asked: list[Any]) -> None:
        from tests.bench.window_actions import WindowActions

        self._go_on(getattr(WindowActions(self.root, self.window), asked[0])(*asked[1:]))

    def _go_on(self, doing: Doing) -> None:
        try:
            pause = next(doing)
        except StopIteration as done:
            say(done.value)
        except BaseException:
            self.quit()  # the bench waits for an answer, and hears that none comes
            raise
        else:
            self.root.after(pause, self._go_on, doing)


def say(answer: object) -> None:
    print(json.dumps(answer), flush=True)


def engine_on_this_machine(port: int, folder: Path, tell: Callable[[Event], None]) -> Engine:
    from lanchat.engine.engine import Engine, share_the_interpreter
    from lanchat.network.discovery.lan import LanDiscovery

    share_the_interpreter()
    return Engine(folder, tell=tell, doorbell=True, discovery=partial(LanDiscovery, port, ("127.0.0.1",)))
