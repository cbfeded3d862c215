"""`lanchat send`: says one thing in a room, and succeeds only when the host has stored it. Main thread."""

from __future__ import annotations

import sys
import time

from lanchat.core.limits import TEXT_CHARACTERS
from lanchat.core.model import EntryId
from lanchat.core.text import as_sentence, shown_title, shows_nothing
from lanchat.core.translate import _
from lanchat.engine.commands import Say
from lanchat.engine.events import ConnectionChanged, EntryState, EntryStateChanged, EntryWritten, NotWritten
from lanchat.terminal.arguments import Options
from lanchat.terminal.console import Console, OpenConsole
from lanchat.terminal.exit_codes import CommandError, Exit, Interrupted
from lanchat.terminal.find_room import find_room
from lanchat.terminal.join_room import delay_reason, enter, read_passphrase, report_problem
from lanchat.terminal.standard_streams import is_terminal, print_diagnostic
from lanchat.terminal.stdin_reader import text_problem

#: stdin is read up to here: an endless input, as of `yes`, must not fill the memory.
_MAX_BYTES = 1_000_000


def run(options: Options, open_console: OpenConsole) -> Exit:
    text = " ".join(options.text) if options.text else _from_stdin()
    if shows_nothing(text):
        raise CommandError(_("There is nothing to send."), Exit.USAGE)
    if problem := text_problem(text):
        raise CommandError(problem)
    passphrase = read_passphrase(options.passphrase_file)
    until = time.monotonic() + (options.wait or 0.0)
    with open_console(options) as console:
        where = find_room(console, options.room, thorough=True, until=until).where
        inside = enter(
            console, where, passphrase=passphrase, accept_key=options.accept_new_key, until=until, must_connect=True
        )
        done = _say(console, inside, text, until)
        if inside.first_meeting or is_terminal(sys.stderr):
            words = _("Sent to {title}, hosted by {host}.")
            print_diagnostic(words.format(title=shown_title(inside.title), host=console.nicks.introduced(inside.host)))
        return done


def _say(console: Console, inside: ConnectionChanged, text: str, until: float) -> Exit:
    console.do(Say(inside.room_id, text))
    written: EntryId | None = None
    delay = ""
    try:
        while True:
            event = console.next_event(until)
            delay = delay_reason(event, delay) if event else delay
            match event:
                case None:
                    raise CommandError(_unsure(delay))
                case EntryWritten(entry_id=entry_id):
                    written = entry_id
                    if inside.diverged:
                        kept = _("The message is kept here, and goes when that is mended.")
                        raise CommandError(f"{as_sentence(inside.problem)} {kept}", Exit.REFUSED)
                case EntryStateChanged(entry_ids=ids, state=EntryState.NOT_SENT, problem=problem) if written in ids:
                    raise CommandError(
                        _("Not sent. {problem}").format(problem=as_sentence(problem)).rstrip(), Exit.REFUSED
                    )
                case EntryStateChanged(entry_ids=ids, state=EntryState.TAKEN | EntryState.DELIVERED) if written in ids:
                    return Exit.DONE
                case NotWritten(problem=problem):
                    raise CommandError(_("Not sent. {problem}").format(problem=problem))
                case _:
                    report_problem(event)
    except Interrupted:
        raise CommandError(_unsure(delay)) from None


def _unsure(delay: str) -> str:
    unsure = _(
        "The host has not confirmed it yet. The message is kept here and goes with the next join or send; "
        "sending it again would say it twice."
    )
    return f"{as_sentence(delay)} {unsure}".lstrip()


def _from_stdin() -> str:
    if is_terminal(sys.stdin):
        print_diagnostic(
            _("Write the message; Ctrl+Z and Enter on a line of their own send it.")
            if sys.platform == "win32"
            else _("Write the message; Ctrl+D on a line of its own sends it.")
        )
    try:
        data = sys.stdin.buffer.read(_MAX_BYTES)
    except OSError:  # the terminal was closed
        return ""
    if len(data) == _MAX_BYTES:
        words = _("Too long: {n} bytes and more, and {most} characters go in one message.")
        raise CommandError(words.format(n=_MAX_BYTES, most=TEXT_CHARACTERS))
    return data.decode("utf-8", "replace").rstrip("\r\n")
