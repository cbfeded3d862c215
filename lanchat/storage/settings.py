"""Settings: the few things a person chose that the Engine needs, in a JSON file. Any one thread at a time."""

from __future__ import annotations

from pathlib import Path

import msgspec

from lanchat.core.model import Count
from lanchat.core.translate import _
from lanchat.storage import atomic_file, paths


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """`msgspec.structs.replace` makes a changed one."""

    nick: str = ""  #: "": none chosen yet
    card_revision: Count = 0  #: of the card last signed


def load(folder: Path) -> tuple[Settings, str]:
    """The settings, and what the person should know: "" unless a damaged file was set aside. Raises StorageProblem."""
    settings, aside = atomic_file.load(folder / paths.SETTINGS, Settings)
    notice = _("The settings could not be read. They are kept as {name}; lanchat starts with new ones.")
    return settings, notice.format(name=aside) if aside else ""


def save(folder: Path, settings: Settings) -> None:
    """On the disk when this returns. Raises StorageProblem, with the old ones still in place."""
    atomic_file.save(folder / paths.SETTINGS, settings)
