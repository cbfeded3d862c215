"""Bell: where the lanchat that uses a data folder can be rung, and what proves both sides. Any thread.

It is written into the folder, which only its owner can read: whoever knows the two words belongs to the same person.
"""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Annotated

import msgspec

from lanchat.storage import paths
from lanchat.storage.errors import in_plain_words
from lanchat.trust.private_files import replacing, when_not_busy

_WORD_BYTES = 16
_Word = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{32}$")]


class Bell(msgspec.Struct, frozen=True):
    port: Annotated[int, msgspec.Meta(ge=1, le=65535)]  #: of 127.0.0.1
    call: _Word  #: said by who rings, before anything else
    answer: _Word  #: said by who was rung; nobody else who took the port later knows it


def hang(folder: Path, port: int) -> Bell:
    """A new Bell in the folder. Raises StorageProblem."""
    bell = Bell(port, secrets.token_hex(_WORD_BYTES), secrets.token_hex(_WORD_BYTES))
    with in_plain_words(), replacing(folder / paths.DOORBELL) as file:
        file.write(msgspec.json.encode(bell))
    return bell


def find(folder: Path) -> Bell | None:
    """The Bell in the folder; None when there is none that can be read."""
    try:
        return msgspec.json.decode((folder / paths.DOORBELL).read_bytes(), type=Bell)
    except (OSError, ValueError, RecursionError):  # msgspec's own errors are ValueErrors
        return None


def take_down(folder: Path) -> None:
    """Raises StorageProblem."""
    with in_plain_words():
        when_not_busy(lambda: (folder / paths.DOORBELL).unlink(missing_ok=True))
