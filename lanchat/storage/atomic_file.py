"""A few values in a small JSON file that is whole at every moment. Any one thread at a time for each file.

Saving writes beside and replaces. What a newer lanchat put into the file is kept.
"""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

import msgspec

from lanchat.storage import paths
from lanchat.storage.errors import in_plain_words
from lanchat.trust.private_files import atomic_write

S = TypeVar("S", bound=msgspec.Struct)


def load(path: Path, kind: type[S]) -> tuple[S, str]:
    """The values, and the new name of a damaged file that was set aside ("": there was none).

    Without a sound file: those a `kind` begins with. Raises StorageProblem.
    """
    with in_plain_words():
        try:
            return msgspec.json.decode(path.read_bytes(), type=kind), ""
        except FileNotFoundError:
            return kind(), ""
        except (ValueError, RecursionError):  # msgspec's own errors are ValueErrors
            aside = paths.unused(path, "damaged")
            path.replace(aside)
    return kind(), aside.name


def save(path: Path, values: msgspec.Struct) -> None:
    """On the disk when this returns. Raises StorageProblem, with the old ones still in place."""
    content = msgspec.json.encode({**_there(path), **msgspec.to_builtins(values)})
    with in_plain_words(), atomic_write(path) as file:
        file.write(msgspec.json.format(content) + b"\n")


def _there(path: Path) -> dict[str, object]:
    """What the file holds now, with the keys this version does not know."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=dict[str, object])
    except (OSError, ValueError, RecursionError):
        return {}
