"""Logging to stderr, wherever that leads at the moment: a file, the terminal, or above the line being written."""

from __future__ import annotations

import logging
import sys
from contextlib import suppress


class ToStderr(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        with suppress(OSError, ValueError):  # nobody reads it
            print(self.format(record), file=sys.stderr)


def log_to_stderr(level: str) -> None:
    """`level`: debug, info, warning or error."""
    handler = ToStderr()
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=level.upper(), handlers=[handler])
