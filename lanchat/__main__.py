"""The program: chooses the window or a command of the terminal, and imports only what that one needs."""

from __future__ import annotations

import os
import signal
import sys
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lanchat.terminal.arguments import Options
    from lanchat.terminal.standard_streams import Exit


def program() -> NoReturn:
    """The whole process, up to its exit code."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # before and after `main`, Ctrl+C ends the program silently
    from lanchat.terminal import standard_streams
    from lanchat.terminal.standard_streams import Exit

    standard_streams.open_missing()
    code: int = Exit.FAILED
    try:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        code = main()
    except SystemExit as end:  # --help, --version, and unknown words
        code = end.code if isinstance(end.code, int) else Exit.DONE
    except KeyboardInterrupt:
        pass
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    sys.exit(standard_streams.flush_all(code))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line. Returns the exit code."""
    from lanchat.storage.languages import speak
    from lanchat.terminal.arguments import parse
    from lanchat.terminal.standard_streams import CommandError, Exit, Interrupted, OutputClosed

    speak("")
    try:
        return _run(parse(arguments))
    except CommandError as end:
        from lanchat.terminal.output import Screen

        Screen().warn(end.words)
        return end.code
    except (Interrupted, KeyboardInterrupt):
        return Exit.FAILED
    except OutputClosed:
        return Exit.DONE


def _run(options: Options) -> Exit:
    from lanchat.core.translate import _
    from lanchat.storage.errors import StorageProblem
    from lanchat.terminal.output import log_to_stderr
    from lanchat.terminal.standard_streams import CommandError, Exit

    log_to_stderr(options.log_level)
    wants_window = options.window or (not options.command and not options.selftest)
    no_window = _no_window() if wants_window else ""
    if no_window and (options.window or options.print):
        raise CommandError(no_window)
    if options.link and (no_window or not wants_window):
        from lanchat.terminal.output import shell_quoted

        words = _("In the terminal, type: lanchat join {link}")
        raise CommandError(words.format(link=shell_quoted(options.link)), Exit.USAGE)
    try:
        return _window(options) if wants_window and not no_window else _terminal(options, no_window)
    except StorageProblem as problem:
        raise CommandError(str(problem)) from problem


def _terminal(options: Options, no_window: str) -> Exit:
    """`no_window`: why no window can be shown, where one was wanted."""
    from lanchat.terminal.standard_streams import use_utf8

    use_utf8()
    if options.selftest:
        from lanchat.terminal.diagnostics import run_selftest

        return run_selftest()
    match options.command:
        case "rooms":
            from lanchat.terminal.listing_commands import run_rooms as run
        case "history":
            from lanchat.terminal.listing_commands import run_history as run
        case "host":
            from lanchat.terminal.room_commands import run_host as run
        case "join":
            from lanchat.terminal.room_commands import run_join as run
        case "send":
            from lanchat.terminal.room_commands import run_send as run
        case "files":
            from lanchat.terminal.file_commands import run_files as run
        case "doctor":
            from lanchat.terminal.diagnostics import run_doctor as run
        case _:
            from lanchat.terminal.lobby import run_lobby

            return run_lobby(options, no_window)
    return run(options)


def _no_window() -> str:
    """Why no window can be shown here, in words for the person; "" when one can."""
    import importlib.util

    from lanchat.core.translate import _

    if sys.platform not in ("win32", "darwin") and not os.environ.get("DISPLAY"):
        return _("There is no screen here to draw a window on.")
    if importlib.util.find_spec("_tkinter") is None:
        return _("The window needs Tk, which this Python lacks (on Debian and Ubuntu: sudo apt install python3-tk).")
    return ""


def _window(options: Options) -> Exit:
    from contextlib import nullcontext

    from lanchat.core.translate import _
    from lanchat.desktop.bootstrap import StartOptions, run
    from lanchat.storage.data_folder import data_dir
    from lanchat.terminal.standard_streams import CommandError, Exit, has_stdout

    folder = data_dir(options.data_dir)
    host = join = printer = None
    wish = options.link
    if options.command == "host":
        from lanchat.terminal.room_commands import open_room_command

        host = open_room_command(options)
        wish = f"host {host.title}"
    elif options.command == "join":
        from lanchat.engine.commands import Join
        from lanchat.terminal.join_room import read_passphrase

        join = Join(options.room, read_passphrase(options.passphrase_file), options.accept_new_key)
        wish = f"join {options.room}"
    if options.print:
        if not has_stdout():
            raise CommandError(_("There is no terminal here to write to. On Windows, lanchat-cli has one."))
        from lanchat.terminal.event_printer import EventPrinter

        printer = EventPrinter(folder)
    start = StartOptions(host, join, options.nick, printer.put if printer else None)
    with printer or nullcontext():
        problem = run(folder, wish, options.log_level, start=start)
    if problem:
        raise CommandError(problem)
    return Exit.FAILED if printer and printer.failed else Exit.DONE


if __name__ == "__main__":
    program()
