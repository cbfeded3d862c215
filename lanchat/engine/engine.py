"""Engine: the thread on which everything but drawing happens. Commands in, Events out.

1. `do` MUST NOT block, and may be called from any thread, before `start` and after the end too.
2. Every Event goes to one Mailbox, or to `tell`, in the order things happened; `Stopped` is the last.
3. After `Stopped` no thread, socket or file of this Engine is left. As many Engines as one likes may run in a process,
   each on its own data directory.
4. A mistake of ours (an exception that nobody expects) ends the Engine with `Stopped(problem)` and one logged
   traceback, whether it was in a Command, a task or a callback of the loop: nothing runs on half broken, and what was
   written is on disk. Exceptions of other code (the event loop's, zeroconf's) and of looking for rooms
   (`network.discovery`, `network.host_addresses`) are only logged: discovery gives hints, and open rooms work without
   it.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import sys
import threading
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

from lanchat.core.translate import _
from lanchat.engine.command_handler import CommandHandler
from lanchat.engine.commands import Command, Quit
from lanchat.engine.events import Event, Stopped, Tell
from lanchat.engine.mailbox import Mailbox
from lanchat.network.discovery.interface import Discovery
from lanchat.network.discovery.lan import LanDiscovery
from lanchat.storage.errors import StorageProblem, naming
from lanchat.trust.identity import IdentityDamaged

log = logging.getLogger(__name__)


def share_the_interpreter() -> None:
    """Let a busy main thread hand over the interpreter sooner. It is for the whole process, so the program calls it and
    no Engine does. A host makes one small system call after the other for its members and must get the interpreter back
    after each: with Python's usual 5 ms, 50 members wait half a second."""
    # CPython waits in whole milliseconds on Windows (PyCOND_TIMEDWAIT): less counts as zero, and threads spin.
    sys.setswitchinterval(0.001 if sys.platform == "win32" else 0.00005)


class Engine:
    def __init__(
        self,
        data_dir: Path,
        *,
        nick: str | None = None,
        discovery: Callable[[], Discovery] = LanDiscovery,
        tell: Tell | None = None,
        doorbell: bool = False,
    ) -> None:
        """`nick`: how to be called from now on; None: as before. `discovery` is made on the Engine's loop.

        `tell`: gets every Event, on the Engine's thread, instead of `events`; it MUST NOT block.
        `doorbell`: another start on this data folder may ring: Rung.
        """
        self.events: Mailbox[Event] = Mailbox(data_dir)
        self._tell = tell or self.events.put
        self._data_dir = data_dir
        self._nick = nick
        self._make_discovery = discovery
        self._doorbell = doorbell
        self._lock = threading.Lock()
        self._early: list[Command] = []
        self._loop: asyncio.AbstractEventLoop | None = None
        self._running: CommandHandler | None = None  # while Commands are taken; the loop's
        self._end: asyncio.Future[None] | None = None  # Quit, or a mistake; the loop's
        self._thread = threading.Thread(target=self._run, name="lanchat-engine")

    def start(self) -> None:
        """Begin. `Started` follows, or `Stopped` with the reason."""
        self._thread.start()

    def do(self, command: Command) -> None:
        with self._lock:
            if self._loop is None:
                self._early.append(command)
                return
            with contextlib.suppress(RuntimeError):  # the loop is closed: Stopped is in the queue
                self._loop.call_soon_threadsafe(self._take, command)

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
        loop = asyncio.get_running_loop()
        self._end = loop.create_future()
        loop.set_exception_handler(self._failed)
        opened = CommandHandler.opened(self._data_dir, self._nick, self._make_discovery, self._tell, self._doorbell)
        with naming(self._data_dir):
            async with opened as self._running:
                with self._lock:
                    self._loop = loop
                    for command in self._early:
                        self._take(command)
                    self._early.clear()
                try:
                    await self._end
                finally:
                    self._running = None

    def _take(self, command: Command) -> None:
        """On the loop. What comes after Quit is not done."""
        if self._running is None or self._end is None or self._end.done():
            return
        if isinstance(command, Quit):
            self._end.set_result(None)
        else:
            self._running.do(command)

    def _failed(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """An exception that no task waits for."""
        error = context.get("exception")
        if self._end is None or self._end.done() or error is None or not _is_ours(error):
            loop.default_exception_handler(context)
        else:
            self._end.set_exception(error)


def _is_ours(error: BaseException) -> bool:
    """Whether the last of lanchat's own code that it passed through is none that only looks for rooms."""
    names = [frame.f_globals.get("__name__", "") for frame, _line in traceback.walk_tb(error.__traceback__)]
    own = [name for name in names if name.startswith("lanchat.")]
    return bool(own) and not own[-1].startswith(("lanchat.network.discovery", "lanchat.network.host_addresses"))
