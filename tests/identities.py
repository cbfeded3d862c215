"""Identities for tests: somebody new each time, whose files are removed when the tests end."""

from __future__ import annotations

import tempfile
from pathlib import Path

from lanchat.trust.identity import Identity, load_or_create

_folders: list[tempfile.TemporaryDirectory[str]] = []


def new_identity() -> Identity:
    _folders.append(tempfile.TemporaryDirectory(prefix="lanchat-identity-"))
    return load_or_create(Path(_folders[-1].name), machine=b"a machine of tests")


def remove_all() -> None:
    while _folders:
        _folders.pop().cleanup()
