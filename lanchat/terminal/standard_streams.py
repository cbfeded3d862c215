"""stdin, stdout and stderr as the program finds and leaves them, whatever they were when it was started. Main thread.

Any of them may be closed (`<&-`), full (`> /dev/full`) or read by nobody; none of that may end in a traceback. Imports
nothing heavy, for every start goes through here.

Logging to stderr, wherever that leads at the moment: a file, the terminal, or above the line being written.
"""

from __future__ import annotations

import errno
import logging
import os
import re
import select
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from types import FrameType
from typing import NoReturn, TextIO

from lanchat.core.translate import _
from lanchat.terminal.exit_codes import CommandError, Exit, Interrupted, OutputClosed

#: Nobody reads any more: a pipe's other end, a terminal that was hung up, and what Windows says of either.
_NOBODY_READS = (errno.EPIPE, errno.EIO, errno.ESHUTDOWN, errno.EINVAL)

_PIECE = 1_024  # characters at once: a pipe that takes more at all takes as much, whatever they are in UTF-8
_waits_for: int | None = None  # the descriptor that `write` is writing to just now
_written = 0  # pieces
_written_when_full = -1  # how many they were when the descriptor was last seen to take no more


def open_missing() -> None:
    """Open what was closed, before another file gets its descriptor. A closed stdin is at its end, a closed stderr
    says nothing; writing to a closed stdout fails, as everywhere.
    """
    if sys.platform == "win32":
        return  # a program without a console has none of them, see packaging/start.py
    for name, descriptor, mode in (("stdin", 0, "r"), ("stdout", 1, "w"), ("stderr", 2, "w")):
        if getattr(sys, name) is None:
            opened = os.open(os.devnull, os.O_WRONLY if name == "stderr" else os.O_RDONLY)
            if opened != descriptor:
                os.dup2(opened, descriptor)
                os.close(opened)
            file = open(descriptor, mode, encoding="utf-8", errors="backslashreplace", closefd=False)  # noqa: SIM115
            setattr(sys, name, file)


def is_terminal(stream: TextIO) -> bool:
    """Whether a person may sit at it. On Windows a file takes NUL for one as well, which services have for stdin."""
    if not stream.isatty() or sys.platform != "win32":
        return stream.isatty()
    import ctypes
    import msvcrt

    mode = ctypes.c_ulong()
    console = ctypes.c_void_p(msvcrt.get_osfhandle(stream.fileno()))
    return bool(ctypes.windll.kernel32.GetConsoleMode(console, ctypes.byref(mode)))


def has_stdout() -> bool:
    """Whether there is any: a program without a console has none."""
    try:
        return os.fstat(sys.stdout.fileno()) is not None
    except (OSError, ValueError):
        return False


def use_utf8() -> None:
    """Our output is UTF-8 on every system, and a character that cannot be shown never ends the program."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding=None if is_terminal(stream) else "utf-8", errors="backslashreplace")


def printable(text: str) -> str:
    """What of `text` may go to a terminal."""
    return text if text.isascii() and text.isprintable() else _unshown().sub("", text)


def escaped(json: str) -> str:
    """The same JSON, in which `printable` finds nothing to remove: a program reads exactly what was written."""
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
    global _waits_for, _written
    with suppress(OSError, ValueError):  # it is no file
        _waits_for = stream.fileno()
    shown = printable(text)
    try:
        for at in range(0, len(shown), _PIECE):
            stream.write(shown[at : at + _PIECE])
            stream.flush()
            _written += 1
    except (OSError, ValueError) as error:
        raise_unwritable(error)
    except Interrupted:
        redirect_to_null(stream)
        raise
    finally:
        _waits_for = None


def interrupt_blocked_write() -> None:
    """For a signal handler: from now on a `write` that waits for a reader, as `| less` may let it for hours, raises
    Interrupted. One that goes on is not cut off, however slowly somebody reads: that nothing is taken is seen twice."""
    if sys.platform != "win32":  # which tells of no pipe whether it is full
        signal.signal(signal.SIGALRM, _interrupt_if_stuck)
        signal.setitimer(signal.ITIMER_REAL, 0.01, 0.2)


@contextmanager
def restore_alarm() -> Iterator[None]:
    """Inside, `interrupt_blocked_write` may be called; afterwards a `write` waits as it did before."""
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
    if _waits_for is None or select.select([], [_waits_for], [], 0)[1]:
        return
    if _written_when_full == _written:
        raise Interrupted
    _written_when_full = _written


def raise_unwritable(error: OSError | ValueError) -> NoReturn:
    """Raises what a failed write to stdout means: OutputClosed where nobody reads, else CommandError. Then stdout
    leads to /dev/null."""
    redirect_to_null(sys.stdout)
    if isinstance(error, ValueError) or error.errno in _NOBODY_READS:  # ValueError: the file object was closed
        raise OutputClosed from error
    reason = os.strerror(error.errno or 0)
    raise CommandError(_("The output could not be written: {reason}.").format(reason=reason)) from error


def print_diagnostic(text: str) -> None:
    """A diagnostic, on stderr. Where nobody can read it, it is lost and nothing else."""
    with suppress(OSError, ValueError):
        print(printable(text), file=sys.stderr, flush=True)


def flush_all(code: int) -> int:
    """Write out what is left, so that nothing fails after us; the exit code."""
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
    """What still waits to be written goes nowhere, and the interpreter does not complain about it at its end."""
    with suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)


class ToStderr(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        print_diagnostic(self.format(record))


def log_to_stderr(level: str) -> None:
    """`level`: debug, info, warning or error."""
    handler = ToStderr()
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=level.upper(), handlers=[handler])
