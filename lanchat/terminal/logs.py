"""Logging to stderr, wherever that leads at the moment: a file, the terminal, or above the line being written."""

from __future__ import annotations

import logging

from lanchat.terminal.standard_streams import complain


class ToStderr(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        complain(self.format(record))


def log_to_stderr(level: str) -> None:
    """`level`: debug, info, warning or error."""
    handler = ToStderr()
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=level.upper(), handlers=[handler])
