"""How a command ends and uses its streams: exit codes, exceptions, signals, and stdin, stdout and stderr.

A stream may be closed (`<&-`), full (`> /dev/full`) or have no reader, none of which may end in a traceback. Main
thread. Imports nothing heavy, since every start imports this module.
"""

from __future__ import annotations

import enum
import errno
import os
import re
import select
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from types import FrameType
from typing import NoReturn, TextIO

from lanchat.core.translate import _

#: Ctrl+C, a stopped service, a closed terminal; SIGBREAK is of Windows. Each system has only some of them.
_ENDING_SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")

#: Error codes where nobody reads any more: the pipe or the terminal was closed, on POSIX and on Windows.
_NOBODY_READS = (errno.EPIPE, errno.EIO, errno.ESHUTDOWN, errno.EINVAL)

_PIECE_CHARACTERS = 1_024  # written at once: a pipe that is not full takes as many, in UTF-8 too (PIPE_BUF)
_writing_to: int | None = None  # the descriptor that `write` is writing to
_pieces_written = 0
_written_when_full = -1  # _pieces_written when the descriptor was last found full


class Exit(enum.IntEnum):
    DONE = 0
    FAILED = 1
    USAGE = 2
    NOT_FOUND = 3
    REFUSED = 4


class CommandError(Exception):
    """The command cannot go on. `words`: for the person; `code`: the exit code."""

    def __init__(self, words: str, code: Exit = Exit.FAILED) -> None:
        super().__init__(words)
        self.words = words
        self.code = code


class Interrupted(Exception):
    """The person, or the system, wants the command to end: Ctrl+C, SIGTERM, a closed terminal."""


class OutputClosed(Exception):
    """Nobody reads the output any more: `head` in a pipe has ended, or the terminal was closed."""


def _raise_interrupted(number: int, frame: FrameType | None) -> None:
    raise Interrupted


@contextmanager
def handle_signals(handler: Callable[[int, FrameType | None], object] = _raise_interrupted) -> Iterator[None]:
    """Within, signals that end a program call `handler`, or raise Interrupted: for code that has to clean up, or waits
    for the keyboard on the main thread. Ignored ones (nohup) stay ignored."""
    before = {}
    if threading.current_thread() is threading.main_thread():  # no other thread may
        for number in filter(None, (getattr(signal, name, None) for name in _ENDING_SIGNALS)):
            if signal.getsignal(number) not in (None, signal.SIG_IGN):
                before[number] = signal.signal(number, handler)
    try:
        yield
    finally:
        for number, was in before.items():
            signal.signal(number, was)


def open_missing() -> None:
    """Open closed streams, before another file gets their descriptors. Afterwards stdin is empty, and stderr leads to
    /dev/null; writing to stdout fails, as it does for other programs whose stdout is closed."""
    if sys.platform == "win32":
        return  # a program without a console has no streams: see packaging/start.py
    for name, descriptor, mode in (("stdin", 0, "r"), ("stdout", 1, "w"), ("stderr", 2, "w")):
        if getattr(sys, name) is None:
            opened = os.open(os.devnull, os.O_WRONLY if name == "stderr" else os.O_RDONLY)
            if opened != descriptor:
                os.dup2(opened, descriptor)
                os.close(opened)
            file = open(descriptor, mode, encoding="utf-8", errors="backslashreplace", closefd=False)  # noqa: SIM115
            setattr(sys, name, file)


def is_terminal(stream: TextIO) -> bool:
    """Whether it is a terminal. On Windows `isatty` is also true for NUL, which is the stdin of services."""
    if not stream.isatty() or sys.platform != "win32":
        return stream.isatty()
    import ctypes
    import msvcrt

    mode = ctypes.c_ulong()
    console = ctypes.c_void_p(msvcrt.get_osfhandle(stream.fileno()))
    return bool(ctypes.windll.kernel32.GetConsoleMode(console, ctypes.byref(mode)))


def has_stdout() -> bool:
    """Whether there is a stdout: on Windows a program without a console has none."""
    try:
        return os.fstat(sys.stdout.fileno()) is not None
    except (OSError, ValueError):
        return False


def use_utf8() -> None:
    """Write UTF-8 on every system, and escape what cannot be encoded."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding=None if is_terminal(stream) else "utf-8", errors="backslashreplace")


def printable(text: str) -> str:
    """`text` without the characters that must not reach a terminal."""
    return text if text.isascii() and text.isprintable() else _unshown().sub("", text)


def escaped(json: str) -> str:
    """The same JSON, with those characters escaped, so that `printable` removes nothing from it."""
    return json if json.isascii() and json.isprintable() else _unshown().sub(_escape, json)


@cache
def _unshown() -> re.Pattern[str]:
    """The characters that are removed from all output. Escape sequences for colours stay: they are lanchat's own, since
    `core.text` leaves none in the texts of peers; it also turns their line separators into line feeds."""
    from lanchat.core.text import CONTROLS, INVISIBLE, TAGS  # 40 ms that `lanchat --version` does not need

    return re.compile(rf"[{CONTROLS}{INVISIBLE}{TAGS}\u2028\u2029](?!(?<=\x1b)\[[0-9;]*m)")


def _escape(character: re.Match[str]) -> str:
    units = character[0].encode("utf-16-be")
    return "".join(f"\\u{units[at : at + 2].hex()}" for at in range(0, len(units), 2))


def write(stream: TextIO, text: str) -> None:
    """Write and flush. Raises OutputClosed where nobody reads, CommandError where writing fails, and Interrupted (see
    `interrupt_blocked_write`)."""
    global _writing_to, _pieces_written
    with suppress(OSError, ValueError):  # not a file
        _writing_to = stream.fileno()
    shown = printable(text)
    try:
        for at in range(0, len(shown), _PIECE_CHARACTERS):
            stream.write(shown[at : at + _PIECE_CHARACTERS])
            stream.flush()
            _pieces_written += 1
    except (OSError, ValueError) as error:
        raise_unwritable(error)
    except Interrupted:
        redirect_to_null(stream)
        raise
    finally:
        _writing_to = None


def interrupt_blocked_write() -> None:
    """For a signal handler: from now on a `write` that is blocked, as by `| less` for hours, raises Interrupted. A slow
    reader does not count: two checks in a row must find the pipe full and nothing written in between."""
    if sys.platform != "win32":  # where `select` knows no pipes
        signal.signal(signal.SIGALRM, _interrupt_if_stuck)
        signal.setitimer(signal.ITIMER_REAL, 0.01, 0.2)


@contextmanager
def restore_alarm() -> Iterator[None]:
    """Within, `interrupt_blocked_write` may be called; its effect ends with the block."""
    if sys.platform == "win32" or threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.getsignal(signal.SIGALRM)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _interrupt_if_stuck(number: int, frame: FrameType | None) -> None:
    global _written_when_full
    if _writing_to is None or select.select([], [_writing_to], [], 0)[1]:
        return
    if _written_when_full == _pieces_written:
        raise Interrupted
    _written_when_full = _pieces_written


def raise_unwritable(error: OSError | ValueError) -> NoReturn:
    """Raises what a failed write to stdout means: OutputClosed where nobody reads, else CommandError. Then stdout
    leads to /dev/null."""
    redirect_to_null(sys.stdout)
    if isinstance(error, ValueError) or error.errno in _NOBODY_READS:  # ValueError: the file object was closed
        raise OutputClosed from error
    reason = os.strerror(error.errno or 0)
    raise CommandError(_("The output could not be written: {reason}.").format(reason=reason)) from error


def print_diagnostic(text: str) -> None:
    """Write a diagnostic to stderr. Where that fails, it is lost and nothing else."""
    with suppress(OSError, ValueError):
        print(printable(text), file=sys.stderr, flush=True)


def flush_all(code: int) -> int:
    """Flush both streams, so that the interpreter has nothing left to write at its end; the exit code."""
    try:
        sys.stdout.flush()
    except (OSError, ValueError) as error:
        try:
            raise_unwritable(error)
        except CommandError as end:
            print_diagnostic(end.words)
            code = code or Exit.FAILED
        except OutputClosed:
            pass
    try:
        sys.stderr.flush()
    except (OSError, ValueError):
        redirect_to_null(sys.stderr)
    return code


def redirect_to_null(stream: TextIO) -> None:
    """Discard what waits to be written, so that the interpreter reports no error about it at its end."""
    with suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)
