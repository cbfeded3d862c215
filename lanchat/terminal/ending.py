"""How a command ends: the exit codes, and what ends it early."""

from __future__ import annotations

import enum


class Exit(enum.IntEnum):
    DONE = 0
    FAILED = 1
    USAGE = 2
    NOT_FOUND = 3
    REFUSED = 4


class GaveUp(Exception):
    """The command cannot go on. Carries the words for the person and the exit code for the script."""

    def __init__(self, words: str, code: Exit = Exit.FAILED) -> None:
        super().__init__(words)
        self.words = words
        self.code = code


class Interrupted(Exception):
    """The person, or the system, wants the command to end: Ctrl+C, SIGTERM, a closed terminal."""


class OutputClosed(Exception):
    """Whoever read our output has gone: `| head` had enough, or the terminal was closed."""
