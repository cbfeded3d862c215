"""Atomic writes of private files (0600). Any thread. `storage` and `engine` use them, too."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

_BUSY_SECONDS = 2.0  # ample for a virus scanner, or another lanchat, to read a small file


@contextmanager
def atomic_write(path: Path) -> Iterator[BinaryIO]:
    """A new file (0600) that replaces `path`, complete and synced, when the block ends without an exception; else
    `path` stays as it is. The folder MUST belong to this process alone. Raises OSError."""
    fresh = path.with_name(f".{path.name}.new")
    fresh.unlink(missing_ok=True)  # a power cut may have left one
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    try:
        with os.fdopen(os.open(fresh, flags, 0o600), "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        retry_while_busy(lambda: os.replace(fresh, path))
    except BaseException:
        fresh.unlink(missing_ok=True)
        raise
    _sync_folder(path.parent)


def retry_while_busy(do: Callable[[], None]) -> None:
    """Call `do`, which replaces or removes a file. Windows refuses both while any program has the file open, so there
    it is repeated for 2 s. Raises OSError."""
    until = time.monotonic() + _BUSY_SECONDS
    while True:
        try:
            return do()
        except PermissionError:
            if os.name == "posix" or time.monotonic() > until:
                raise
            time.sleep(0.01)


def _sync_folder(folder: Path) -> None:
    if os.name != "posix":  # Windows opens no folders; there the rename is durable without
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
