"""Log files in the data folder: what went wrong, for whoever helps; never what people say. Any thread.

They are for a face without stderr. Only the lanchat that holds the lock of the data folder writes them.
"""

from __future__ import annotations

import logging
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path

from lanchat.storage import data_folder

_FILES, _FILE_BYTES = 3, 5_000_000  # enough for some days, even if much goes wrong


def log_to_file(folder: Path, level: str) -> logging.Handler:
    """Log to lanchat.log in the data folder from now on. `level`: debug, info, warning or error.

    Never raises: a disk that is full takes no log, and is no reason for anything else to fail.
    """
    handler = _PrivateFiles(folder / data_folder.LOG)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(threadName)s %(name)s: %(message)s"))
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(level.upper())
    return handler


class _PrivateFiles(RotatingFileHandler):
    """lanchat.log, lanchat.log.1 and so on, readable by nobody else."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, maxBytes=_FILE_BYTES, backupCount=_FILES - 1, encoding="utf-8", delay=True)

    def _open(self) -> TextIOWrapper:
        data_folder.make_private_file(Path(self.baseFilename))
        return super()._open()

    def handleError(self, record: logging.LogRecord) -> None:
        """Ignore it: an error of the log has nowhere to be reported."""
