"""The data folder: where it is, the names of the files in it, and how its small JSON files are read and written.

A JSON file is written beside its place and then moved there, so that it is never half written. Keys that only a newer
lanchat knows are kept. No other module uses platformdirs. Any thread; each JSON file by one thread at a time.
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

S = TypeVar("S", bound=msgspec.Struct)


def data_dir(explicit: Path | None = None) -> Path:
    """The data folder, made when it is missing. Raises StorageProblem.

    It is `explicit`, else the environment variable LANCHAT_DATA_DIR, else a folder `data` beside the packaged program
    if there is one, else the system's folder for application data.
    """
    folder = explicit or Path(os.environ.get("LANCHAT_DATA_DIR") or _portable() or _usual())
    folder = folder.absolute()  # it is shown to people, whose working directory may be another
    with naming(folder):
        make_private(folder)
    return folder


def make_private(folder: Path) -> None:
    """Make `folder`, which nobody else may open; one that exists keeps its permissions. Raises StorageProblem."""
    with in_plain_words():
        folder.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)


def has_database(folder: Path) -> bool:
    """Whether there is a database in `folder`. Raises StorageProblem."""
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
    """The first of the names `path`.`why`-1, `path`.`why`-2, ... that no file has."""
    names = (path.with_name(f"{path.name}.{why}-{number}") for number in count(1))
    return next(name for name in names if not name.exists())


def _portable() -> Path | None:
    """For a portable installation: a folder `data` beside the packaged program (on macOS: beside its .app)."""
    if not getattr(sys, "frozen", False):
        return None
    program = Path(sys.executable)
    app = next((folder for folder in program.parents if folder.suffix == ".app"), program)
    data = app.with_name("data")
    return data if data.is_dir() else None


def _usual() -> Path:
    """The system's folder for the data of applications."""
    import platformdirs  # costs start-up time, which `--version` must not pay

    try:
        return platformdirs.user_data_path("lanchat", appauthor=False)
    except RuntimeError as error:  # no home folder
        raise NoAccess from error


def downloads_folder() -> Path:
    """Where files that come from others go, if nothing else was chosen: in the system's folder for downloads."""
    import platformdirs

    try:
        return platformdirs.user_downloads_path() / "lanchat"
    except RuntimeError:  # no home folder
        return _usual() / "downloads"


def load(path: Path, kind: type[S]) -> tuple[S, str]:
    """The content of a JSON file, and the new name of a damaged one that was set aside ("": it was not damaged).

    The defaults of `kind` where there is no file, or a damaged one. Raises StorageProblem.
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
    """Write a JSON file to the disk before returning. When that raises StorageProblem, the old file is unchanged."""
    content = msgspec.json.encode({**_there(path), **msgspec.to_builtins(values)})
    with in_plain_words(), atomic_write(path) as file:
        file.write(msgspec.json.format(content) + b"\n")


def _there(path: Path) -> dict[str, object]:
    """The file's content now, including keys that this version does not know; empty where it cannot be read."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=dict[str, object])
    except (OSError, ValueError, RecursionError):
        return {}
