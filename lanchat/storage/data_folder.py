"""The data folder: where a person's data lives, the names in it, and small JSON files that are whole at every moment.

Saving a JSON file writes beside it and replaces it; what a newer lanchat put into it is kept. The only user of
platformdirs. Any thread; each JSON file one thread at a time.
"""

from __future__ import annotations

import os
import sys
from itertools import count
from pathlib import Path
from typing import TypeVar

import msgspec

from lanchat.storage.errors import NoAccess, in_plain_words, naming
from lanchat.trust.private_files import atomic_write

DATABASE = "lanchat.db"
SETTINGS = "settings.json"
PREFERENCES = "window.json"
LOCK = "lanchat.lock"
DOORBELL = "doorbell.json"
LOG = "lanchat.log"

PRIVATE_FOLDER = 0o700
PRIVATE_FILE = 0o600


def data_dir(explicit: Path | None = None) -> Path:
    """The data folder, made when it is missing: `explicit`, else LANCHAT_DATA_DIR, else `data` beside the packaged
    program, if that is there, else the system's place for it. Raises StorageProblem.
    """
    folder = explicit or Path(os.environ.get("LANCHAT_DATA_DIR") or _portable() or _usual())
    folder = folder.absolute()  # it is shown to people, who may be elsewhere
    with naming(folder):
        make_private(folder)
    return folder


def make_private(folder: Path) -> None:
    """Make `folder`, open to nobody else; one that exists keeps its permissions. Raises StorageProblem."""
    with in_plain_words():
        folder.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)


def has_database(folder: Path) -> bool:
    """Whether anything was ever kept in `folder`. Raises StorageProblem."""
    with in_plain_words():
        try:
            (folder / DATABASE).stat()
        except FileNotFoundError:
            return False
        return True


def make_private_file(path: Path) -> None:
    """Make an empty file that nobody else may read, unless it exists. Raises OSError."""
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, PRIVATE_FILE))


def unused(path: Path, why: str) -> Path:
    """The first name of `path`.`why`-1, -2, ... that nothing has."""
    names = (path.with_name(f"{path.name}.{why}-{number}") for number in count(1))
    return next(name for name in names if not name.exists())


def _portable() -> Path | None:
    """For who carries lanchat about: a folder `data` put beside the packaged program (on macOS: beside its .app)."""
    if not getattr(sys, "frozen", False):
        return None
    program = Path(sys.executable)
    app = next((folder for folder in program.parents if folder.suffix == ".app"), program)
    data = app.with_name("data")
    return data if data.is_dir() else None


def _usual() -> Path:
    import platformdirs  # costs start-up time, which `--version` must not pay

    try:
        return platformdirs.user_data_path("lanchat", appauthor=False)
    except RuntimeError as error:  # no home folder
        raise NoAccess from error


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
            aside = unused(path, "damaged")
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
