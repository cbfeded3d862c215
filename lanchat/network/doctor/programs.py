"""Asking the system's own programs. On a thread; fixed words only, never through a shell."""

from __future__ import annotations

import os
import subprocess
import sys

SECONDS = 3.0


def said(*argv: str) -> str:
    """What a program of the system prints; "" when it is not there, fails or takes too long."""
    try:
        done = subprocess.run(
            argv, capture_output=True, timeout=SECONDS, check=False, stdin=subprocess.DEVNULL, env=_environment(),
            creationflags=_without_a_window(),
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.decode(errors="replace")


def _without_a_window() -> int:
    if sys.platform == "win32":
        return subprocess.CREATE_NO_WINDOW
    return 0


def _environment() -> dict[str, str]:
    """A packaged program brings libraries of its own, which the system's programs must not be given."""
    environment = dict(os.environ)
    own = environment.pop("LD_LIBRARY_PATH_ORIG", None)
    if own is not None:
        environment["LD_LIBRARY_PATH"] = own
    return environment
