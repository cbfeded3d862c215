"""Starting with macOS: a launch agent of this person's. All raise OSError. Not yet tried there."""

from __future__ import annotations

import plistlib
from collections.abc import Sequence
from pathlib import Path

_LABEL = "lanchat"


def is_on() -> bool:
    return _file().exists()


def turn_on(command: Sequence[str]) -> None:
    file = _file()
    file.parent.mkdir(parents=True, exist_ok=True)
    agent = {
        "Label": _LABEL,
        "ProgramArguments": list(command),
        "RunAtLoad": True,
        "ProcessType": "Interactive",
        "LimitLoadToSessionType": "Aqua",
    }
    file.write_bytes(plistlib.dumps(agent))


def turn_off() -> None:
    _file().unlink(missing_ok=True)


def _file() -> Path:
    return Path.home() / "Library" / "LaunchAgents" / f"{_LABEL}.plist"
