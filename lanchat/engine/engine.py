"""Engine: the thread everything but drawing happens on. Commands in, Events out.

1. `do` MUST NOT block, and may be called from any thread, before `start` and after the end too.
2. Every Event goes to one queue, or to who asks for them, in the order things happened; `Stopped` is the last.
3. After `Stopped` no thread, socket or file of this Engine is left. As many Engines as one likes may run in a process,
   each on its own data directory.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import queue
import sys
import threading
from collections.abc import Callable
from pathlib import Path

from lanchat.core.words import _
from lanchat.engine.commands import Command, Quit
from lanchat.engine.events import Event, Stopped
from lanchat.engine.running import Running
from lanchat.network.discovery.lan import LanDiscovery
from lanchat.network.discovery.model import Discovery
from lanchat.storage.errors import StorageProblem
from lanchat.trust.identity import IdentityDamaged

log = logging.getLogger(__name__)

#: A busy main thread hands the interpreter over after this long. A host makes one small system call after the other for
#: its members and must get the interpreter back after each: with Python's usual 5 ms, 50 members wait half a second.
_SWITCH_SECONDS = 0.00005


class Engine:
    def __init__(
        self,
        data_dir: Path,
        *,
        nick: str | None = None,
        discovery: Callable[[], Discovery] = LanDiscovery,
        tell: Callable[[Event], None] | None = None,
        doorbell: bool = False,
    ) -> None:
        """`nick`: how to be called from now on; None: as before. `discovery` is made on the Engine's loop.

        `tell`: gets every Event, on the Engine's thread, instead of the queue `events`; it MUST NOT block.
        `doorbell`: another start on this data folder may ring: Rung.
        """
        self.events: queue.SimpleQueue[Event] = queue.SimpleQueue()
        self._tell = tell or self.events.put
        self._data_dir = data_dir
        self._nick = nick
        self._make_discovery = discovery
        self._doorbell = doorbell
        self._lock = threading.Lock()
        self._early: list[Command] = []
        self._inbox: asyncio.Queue[Command] | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread = threading.Thread(target=self._run, name="lanchat-engine")

    def start(self) -> None:
        """Begin. `Started` follows, or `Stopped` with the reason."""
        sys.setswitchinterval(min(sys.getswitchinterval(), _SWITCH_SECONDS))
        self._thread.start()

    def do(self, command: Command) -> None:
        with self._lock:
            if self._loop is None or self._inbox is None:
                self._early.append(command)
                return
            with contextlib.suppress(RuntimeError):  # the loop is closed: Stopped is in the queue
                self._loop.call_soon_threadsafe(self._inbox.put_nowait, command)

    def join(self, timeout: float | None = None) -> None:
        """Wait for the thread's end: after `Stopped`, a moment."""
        self._thread.join(timeout)

    def _run(self) -> None:
        problem: str | None = None
        try:
            asyncio.run(self._main())
        except (StorageProblem, IdentityDamaged, OSError) as error:
            problem = str(error)
        except BaseException:
            problem = _("lanchat made a mistake and had to stop. What was written is safe; please start it again.")
            log.critical("the engine stopped", exc_info=True)
        finally:
            self._tell(Stopped(problem))

    async def _main(self) -> None:
        inbox: asyncio.Queue[Command] = asyncio.Queue()
        opened = Running.opened(self._data_dir, self._nick, self._make_discovery, self._tell, self._doorbell)
        async with opened as running:
            with self._lock:
                self._loop, self._inbox = asyncio.get_running_loop(), inbox
                for command in self._early:
                    inbox.put_nowait(command)
                self._early.clear()
            while not isinstance(command := await inbox.get(), Quit):
                await running.do(command)
