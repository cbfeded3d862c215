"""Settings: the few things a person chose, in a small JSON file beside the database. Any one thread at a time.

Saving writes beside and replaces, so that the file is whole at every moment. What a newer lanchat put into it is kept.
"""

from __future__ import annotations

from pathlib import Path

import msgspec

from lanchat.core.model import Count
from lanchat.core.words import _
from lanchat.storage import paths
from lanchat.storage.errors import in_plain_words
from lanchat.trust.files import replacing


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """`msgspec.structs.replace` makes a changed one."""

    nick: str = ""  #: "": none chosen yet
    card_revision: Count = 0  #: of the card last signed


def load(folder: Path) -> tuple[Settings, str]:
    """The settings, and what the person should know: "" unless a damaged file was set aside. Raises StorageProblem."""
    path = folder / paths.SETTINGS
    with in_plain_words():
        try:
            return msgspec.json.decode(path.read_bytes(), type=Settings), ""
        except FileNotFoundError:
            return Settings(), ""
        except (ValueError, RecursionError):  # msgspec's own errors are ValueErrors
            aside = paths.unused(path, "damaged")
            path.replace(aside)
    notice = _("The settings could not be read. They are kept as {name}; lanchat starts with new ones.")
    return Settings(), notice.format(name=aside.name)


def save(folder: Path, settings: Settings) -> None:
    """On the disk when this returns. Raises StorageProblem, with the old ones still in place."""
    path = folder / paths.SETTINGS
    content = msgspec.json.encode({**_there(path), **msgspec.to_builtins(settings)})
    with in_plain_words(), replacing(path) as file:
        file.write(msgspec.json.format(content) + b"\n")


def _there(path: Path) -> dict[str, object]:
    """What the file holds now, with the keys this version does not know."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=dict[str, object])
    except (OSError, ValueError, RecursionError):
        return {}
