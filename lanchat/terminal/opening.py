"""Opening a Console on the real Engine, in the data folder that was asked for. Main thread."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import TypeAlias

from lanchat.engine.engine import Engine, share_the_interpreter
from lanchat.storage.paths import data_dir
from lanchat.terminal.arguments import Options
from lanchat.terminal.console import Console, attached

#: How a face gets its Console. A parameter, so that a test can put another Engine behind it.
Open: TypeAlias = Callable[[Options], AbstractContextManager[Console]]


@contextmanager
def open_console(options: Options) -> Iterator[Console]:
    """Raises GaveUp, Interrupted and StorageProblem."""
    share_the_interpreter()
    folder = data_dir(options.data_dir)
    with attached(Engine(folder, nick=options.nick), folder) as console:
        yield console
