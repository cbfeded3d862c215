"""Private files, written whole or not at all. Called on the thread that starts the program."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

_BUSY_SECONDS = 2.0  # for how long a virus scanner or a copy of ours reads a small file, with a lot to spare


@contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """A new file (0600) that takes the place of `path` when the block ends well, whole and on disk; else nothing
    changes. The folder MUST belong to this process alone. Raises OSError."""
    fresh = path.with_name(f".{path.name}.new")
    fresh.unlink(missing_ok=True)  # what a power cut may have left
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    try:
        with os.fdopen(os.open(fresh, flags, 0o600), "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        when_not_busy(lambda: os.replace(fresh, path))
    except BaseException:
        fresh.unlink(missing_ok=True)
        raise
    _sync_folder(path.parent)


def when_not_busy(do: Callable[[], None]) -> None:
    """Replace or remove a file. Windows refuses both while anybody has the file open, so there it is tried again.
    Raises OSError."""
    until = time.monotonic() + _BUSY_SECONDS
    while True:
        try:
            return do()
        except PermissionError:
            if os.name == "posix" or time.monotonic() > until:
                raise
            time.sleep(0.01)


def _sync_folder(folder: Path) -> None:
    if os.name != "posix":  # elsewhere a folder cannot be opened, and the rename is durable without
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
