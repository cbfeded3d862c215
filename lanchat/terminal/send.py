"""`lanchat send`: say one thing; done only when the host has it on its disk."""

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

#: What comes on stdin is read up to here: an input that never ends, as of `yes`, fills no memory.
_BYTES_MOST = 1_000_000


def run(options: Options, open_console: OpenConsole) -> Exit:
    text = " ".join(options.text) if options.text else _from_stdin()
    if shows_nothing(text):
        raise CommandError(_("There is nothing to send."), Exit.USAGE)
    if problem := text_problem(text):
        raise CommandError(problem)
    passphrase = read_passphrase(options.passphrase_file)
    until = time.monotonic() + (options.wait or 0.0)
    with open_console(options) as console:
        where = find_room(console, options.room, sure=True, until=until).where
        inside = enter(
            console, where, passphrase=passphrase, accept_key=options.accept_new_key, until=until, surely=True
        )
        done = _say(console, inside, text, until)
        if inside.first_meeting or is_terminal(sys.stderr):
            words = _("Sent to {title}, hosted by {host}.")
            print_diagnostic(words.format(title=shown_title(inside.title), host=console.nicks.introduced(inside.host)))
        return done


def _say(console: Console, inside: ConnectionChanged, text: str, until: float) -> Exit:
    console.do(Say(inside.room_id, text))
    written: EntryId | None = None
    why = ""
    try:
        while True:
            heard = console.hear(until)
            why = delay_reason(heard, why) if heard else why
            match heard:
                case None:
                    raise CommandError(_unsure(why))
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
                    report_problem(heard)
    except Interrupted:
        raise CommandError(_unsure(why)) from None


def _unsure(why: str) -> str:
    unsure = _(
        "The host has not confirmed it yet. The message is kept here and goes with the next join or send; "
        "sending it again would say it twice."
    )
    return f"{as_sentence(why)} {unsure}".lstrip()


def _from_stdin() -> str:
    if is_terminal(sys.stdin):
        print_diagnostic(
            _("Write the message; Ctrl+Z and Enter on a line of their own send it.")
            if sys.platform == "win32"
            else _("Write the message; Ctrl+D on a line of its own sends it.")
        )
    try:
        came = sys.stdin.buffer.read(_BYTES_MOST)
    except OSError:  # the terminal was closed
        return ""
    if len(came) == _BYTES_MOST:
        words = _("Too long: {n} bytes and more, and {most} characters go in one message.")
        raise CommandError(words.format(n=_BYTES_MOST, most=TEXT_CHARACTERS))
    return came.decode("utf-8", "replace").rstrip("\r\n")
