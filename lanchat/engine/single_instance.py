"""One lanchat at a time in a data folder: the lock, and the file through which a second start reaches the first one.

The system releases the lock when the process ends, in whatever way. The Bell, a file in the folder, which only its
owner can read, says on which port the running lanchat listens, and has two secrets by which both sides prove
themselves. `ring` is called by a face that starts, on its main thread; the rest by any thread. `doorbell` listens.
"""

from __future__ import annotations

import hmac
import os
import secrets
import socket
import sys
import time
from pathlib import Path
from typing import Annotated

import msgspec

from lanchat.storage import data_folder
from lanchat.storage.errors import InUse, in_plain_words
from lanchat.trust.private_files import atomic_write, retry_while_busy

if sys.platform == "win32":
    import msvcrt

    def _lock(descriptor: int) -> None:
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _lock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


_WORD_BYTES = 16  # of a secret
_Word = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{32}$")]
_SECONDS = 1.0  # to wait for the answer


class Instance:
    """The lock on a data folder, held until `release`."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    @classmethod
    def take(cls, folder: Path) -> Instance:
        """Lock the folder. Raises InUse while another process has the lock, and other StorageProblems."""
        data_folder.make_private(folder)
        with in_plain_words():
            descriptor = os.open(folder / data_folder.LOCK, os.O_CREAT | os.O_RDWR, data_folder.PRIVATE_FILE)
        try:
            _lock(descriptor)
        except OSError as error:
            os.close(descriptor)
            raise InUse from error
        return cls(descriptor)

    def release(self) -> None:
        """Release the lock. The file stays: another process may be locking it at this moment."""
        os.close(self._descriptor)


class Bell(msgspec.Struct, frozen=True):
    """How to reach the running lanchat."""

    port: Annotated[int, msgspec.Meta(ge=1, le=65535)]  #: of 127.0.0.1
    call: _Word  #: the secret that the second start sends first
    answer: _Word  #: the secret in the answer; a program that got the port later does not know it


def hang(folder: Path, port: int) -> Bell:
    """Make a new Bell and write it into the folder. Raises StorageProblem."""
    bell = Bell(port, secrets.token_hex(_WORD_BYTES), secrets.token_hex(_WORD_BYTES))
    with in_plain_words(), atomic_write(folder / data_folder.DOORBELL) as file:
        file.write(msgspec.json.encode(bell))
    return bell


def find(folder: Path) -> Bell | None:
    """The Bell in the folder; None when there is none that can be read."""
    try:
        return msgspec.json.decode((folder / data_folder.DOORBELL).read_bytes(), type=Bell)
    except (OSError, ValueError, RecursionError):  # msgspec's own errors are ValueErrors
        return None


def take_down(folder: Path) -> None:
    """Remove the Bell from the folder. Raises StorageProblem."""
    with in_plain_words():
        retry_while_busy(lambda: (folder / data_folder.DOORBELL).unlink(missing_ok=True))


def ring(folder: Path, wish: str = "") -> bool:
    """Ask the lanchat that uses this data folder to show itself, or `wish` (see events.Rung). False: none answers.

    Takes a few ms, at most a second.
    """
    found = find(folder)
    if found is None:
        return False
    until = time.monotonic() + _SECONDS
    try:
        with socket.create_connection(("127.0.0.1", found.port), timeout=_SECONDS) as line:
            line.sendall(f"{found.call} {' '.join(wish.split())}\n".encode(errors="replace"))
            return hmac.compare_digest(_hear(line, until), found.answer.encode())
    except OSError:
        return False


def _hear(line: socket.socket, until: float) -> bytes:
    """One line, without its end. Raises TimeoutError."""
    heard = b""
    while not heard.endswith(b"\n") and len(heard) < 100:
        line.settimeout(max(0.001, until - time.monotonic()))
        piece = line.recv(100)
        if not piece:
            return b""
        heard += piece
    return heard.rstrip(b"\n")
