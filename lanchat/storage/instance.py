"""One lanchat at a time in a data folder. The system drops the lock with the process, however it ends. Any thread."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from lanchat.storage import paths
from lanchat.storage.errors import InUse, in_plain_words

if sys.platform == "win32":
    import msvcrt

    def _lock(descriptor: int) -> None:
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _lock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


class Instance:
    """The right to use a data folder, until `release`."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    @classmethod
    def take(cls, folder: Path) -> Instance:
        """Raises InUse while another process has it, or another StorageProblem."""
        paths.make_private(folder)
        with in_plain_words():
            descriptor = os.open(folder / paths.LOCK, os.O_CREAT | os.O_RDWR, paths.PRIVATE_FILE)
        try:
            _lock(descriptor)
        except OSError as error:
            os.close(descriptor)
            raise InUse from error
        return cls(descriptor)

    def release(self) -> None:
        """Let go of the folder. The file stays: removing it would race with who takes it next."""
        os.close(self._descriptor)
