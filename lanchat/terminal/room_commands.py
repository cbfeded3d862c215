"""The commands `lanchat host`, `join` and `send`. Main thread.

`host` opens a room and `join` joins one; both then hold the conversation. `send` sends one message, and succeeds only
when the host has stored it.
"""

from __future__ import annotations

import os
import stat
import sys
import time

from msgspec.structs import replace

from lanchat.core.limits import TEXT_CHARACTERS, TITLE_CHARACTERS
from lanchat.core.model import EntryId, PrivateThread, RoomId
from lanchat.core.text import as_sentence, clean_line, shown_nick, shown_title, shows_nothing
from lanchat.core.translate import _
from lanchat.engine import events
from lanchat.engine.commands import InvitationTime, InviteGuests, Join, OpenRoom, Say, SetFiles, SetKeepRooms
from lanchat.engine.events import ConnectionState, EntryState
from lanchat.terminal.arguments import Options
from lanchat.terminal.console import Console, open_console
from lanchat.terminal.conversation import PIPE_SECONDS, converse
from lanchat.terminal.find_room import find_room, known_rooms, thread_with
from lanchat.terminal.join_room import delay_reason, enter, read_passphrase, report_problem
from lanchat.terminal.json_lines import json_line
from lanchat.terminal.output import Screen, shell_quoted
from lanchat.terminal.send_files import caption, send_files, sent_paths
from lanchat.terminal.standard_streams import CommandError, Exit, Interrupted, is_terminal, print_diagnostic
from lanchat.terminal.stdin_reader import text_problem

#: How much of stdin `send` reads at most: an endless input, as of `yes`, must not fill the memory.
_MAX_BYTES = 1_000_000


def open_room_command(options: Options) -> OpenRoom:
    """The room to open, as the options say. Raises CommandError."""
    passphrase = read_passphrase(options.passphrase_file)
    if not clean_line(options.title, TITLE_CHARACTERS):
        raise CommandError(_("A room needs a title with at least one letter that can be seen."), Exit.USAGE)
    if len(clean_line(options.title, len(options.title))) > TITLE_CHARACTERS:
        print_diagnostic(_("The title is too long, and is cut after {n} characters.").format(n=TITLE_CHARACTERS))
    return OpenRoom(options.title, passphrase, options.passphrase, options.port, keepers=options.keepers)


def run_host(options: Options) -> Exit:
    command = open_room_command(options)
    if options.passphrase and (options.json or not is_terminal(sys.stdout)):
        raise CommandError(
            _("A passphrase that is made up is shown on a terminal only, so that it gets into no log. "
              "Give one of your own with --passphrase-file."),
            Exit.USAGE,
        )  # fmt: skip
    if options.guests and options.guests_file is None and (options.json or not is_terminal(sys.stdout)):
        raise CommandError(
            _("A code for phones is shown on a terminal only, so that it gets into no log. "
              "Have its link written into a file with --guests-file."),
            Exit.USAGE,
        )  # fmt: skip
    with open_console(options) as console:
        if options.store is not None:
            console.do(SetFiles(replace(console.started.files, store_bytes=options.store)))
        if options.keep_rooms is not None:
            console.do(SetKeepRooms(options.keep_rooms == "on"))
        opened = open_room(console, command)
        if isinstance(opened, events.Hosting) and not options.json:
            Screen().print(invitation(opened))
        invites = None
        if options.guests or options.guests_file is not None:
            lasts = InvitationTime.HALF_HOUR if options.guests_file is None else InvitationTime.UNTIL_WITHDRAWN
            invites = InviteGuests(opened.room_id, lasts, renew=False)
        if invites is not None and isinstance(opened, events.Hosting):
            console.do(invites)
            invites = None
        elif invites is not None:
            words = _("Somebody else keeps the room open. A code for phones comes when it is open here again.")
            print_diagnostic(words)
        return converse(console, options, opened, hosting=True, invites=invites)


def open_room(console: Console, command: OpenRoom) -> events.Hosting | events.ConnectionChanged | events.KeptElsewhere:
    """Open the room; or be in it, where somebody else keeps this room of ours open, or about to be. Raises CommandError
    when neither is possible."""
    console.do(command)
    while True:
        match event := console.next_event():
            case (
                events.Hosting() | events.KeptElsewhere() | events.ConnectionChanged(state=ConnectionState.CONNECTED)
            ):  # fmt: skip
                return event
            case _:
                report_problem(event)


def invitation(hosting: events.Hosting) -> str:
    """What others need to join: code, link, passphrase, badge, in words for the host."""
    facts = [
        (_("Code"), hosting.code),
        (_("Link"), hosting.link),
        (_("Passphrase"), (hosting.passphrase or "") if is_terminal(sys.stdout) else ""),
        (_("Your badge"), hosting.badge),
    ]
    alone = "" if hosting.code or hosting.link else _("No code or link: this computer has no address for others yet.")
    typed = _("What you type is said in the room; Ctrl+C leaves it.")
    width = max(len(name) for name, _fact in facts)
    title = shown_title(hosting.title)
    command = f"lanchat join {shell_quoted(title, hosting.room_id)}"
    return "\n".join(
        [
            _("{title} is open. On another computer: {command}").format(title=title, command=command),
            "",
            *(f"  {name.ljust(width)}  {fact}" for name, fact in facts if fact),
            *(["", alone] if alone else []),
            *(["", typed] if is_terminal(sys.stdin) or _is_piped() else []),  # not to a service
        ]
    )


def run_join(options: Options) -> Exit:
    passphrase = read_passphrase(options.passphrase_file)
    wait = PIPE_SECONDS if options.wait is None and _is_piped() and not options.json else options.wait
    until = None if wait is None else time.monotonic() + wait
    with open_console(options) as console:
        if options.keep_rooms is not None:
            console.do(SetKeepRooms(options.keep_rooms == "on"))
        if options.json:
            Screen().print(json_line("looking", wanted=options.room.encode(errors="replace").decode()))
        try:
            meant = find_room(console, options.room, until=until)
            if meant.away is not None and (until is None or time.monotonic() < until):
                _say_away(console, meant.away, json=options.json)
            command = Join(meant.where, passphrase, options.accept_new_key)
            inside = enter(console, command, until=until, must_connect=until is not None)
        except CommandError as end:
            if not _is_piped():
                raise
            untaken = _("Nothing of the input was taken, and nothing of it is sent later.")
            raise CommandError(f"{end.words}\n{untaken}", end.code) from None
        return converse(console, options, inside)


def _is_piped() -> bool:
    """Whether stdin is a pipe or a file, and not a terminal or /dev/null."""
    try:
        mode = os.fstat(0).st_mode
    except OSError:
        return False
    return stat.S_ISFIFO(mode) or stat.S_ISREG(mode)


def _say_away(console: Console, room_id: RoomId, *, json: bool) -> None:
    title = shown_title(known_rooms(console.reader)[room_id])
    if json:
        state, problem = ConnectionState.RECONNECTING.value, _("the room is not here now; its host is waited for")
        facts = {"title": title, "state": state, "host": "", "badge": "", "problem": problem}
        Screen().print(json_line("connection", room=room_id, **facts))
    elif is_terminal(sys.stderr):
        words = _("{title} is not here now. lanchat waits for its host; Ctrl+C ends that.")
        print_diagnostic(words.format(title=title))


def run_send(options: Options) -> Exit:
    if options.file:
        return _send_files(options)
    text = " ".join(options.text) if options.text else _from_stdin()
    if shows_nothing(text):
        raise CommandError(_("There is nothing to send."), Exit.USAGE)
    if problem := text_problem(text):
        raise CommandError(problem)
    passphrase = read_passphrase(options.passphrase_file)
    until = time.monotonic() + (options.wait or 0.0)
    with open_console(options) as console:
        where = find_room(console, options.room, thorough=True, until=until).where
        inside = enter(console, Join(where, passphrase, options.accept_new_key), until=until, must_connect=True)
        to = _addressee(console, inside, options)
        done = _say(console, to, text, until)
        _say_sent(console, inside, to)
        return done


def _send_files(options: Options) -> Exit:
    paths, words, wait = sent_paths(options), caption(options), options.wait or 0.0
    passphrase = read_passphrase(options.passphrase_file)
    until = time.monotonic() + wait
    with open_console(options) as console:
        where = find_room(console, options.room, thorough=True, until=until).where
        inside = enter(console, Join(where, passphrase, options.accept_new_key), until=until, must_connect=True)
        to = _addressee(console, inside, options)
        send_files(console, to, paths, words, wait)
        _say_sent(console, inside, to)
    return Exit.DONE


def _addressee(console: Console, inside: events.ConnectionChanged, options: Options) -> RoomId:
    """The room, or the private thread in it that is meant. Raises CommandError."""
    return inside.room_id if options.private is None else thread_with(console, inside.room_id, options.private)


def _say_sent(console: Console, inside: events.ConnectionChanged, to: RoomId) -> None:
    thread = PrivateThread.of(to)
    if thread is not None and is_terminal(sys.stderr):
        words = _("Sent to {nick} alone, in {title}.")
        nick = shown_nick(console.reader.nicks().get(thread.peer, ""))
        print_diagnostic(words.format(nick=nick, title=shown_title(inside.title)))
    elif inside.first_meeting or is_terminal(sys.stderr):
        words = _("Sent to {title}, hosted by {host}.")
        print_diagnostic(words.format(title=shown_title(inside.title), host=console.nicks.introduced(inside.host)))


def _say(console: Console, to: RoomId, text: str, until: float) -> Exit:
    console.do(Say(to, text))
    written: EntryId | None = None
    delay = ""
    try:
        while True:
            event = console.next_event(until)
            delay = delay_reason(event, delay) if event else delay
            match event:
                case None:
                    raise CommandError(_unsure(delay))
                case events.EntryWritten(entry_id=entry_id):
                    written = entry_id
                case events.EntryStateChanged(_, ids, EntryState.NOT_SENT, problem) if written in ids:
                    raise CommandError(
                        _("Not sent. {problem}").format(problem=as_sentence(problem)).rstrip(), Exit.REFUSED
                    )
                case events.EntryStateChanged(_, ids, EntryState.TAKEN | EntryState.DELIVERED) if written in ids:
                    return Exit.DONE
                case events.NotWritten(problem=problem):
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
        words = _("Write the message; Ctrl+D on a line of its own sends it.")
        if sys.platform == "win32":
            words = _("Write the message; Ctrl+Z and Enter on a line of their own send it.")
        print_diagnostic(words)
    try:
        data = sys.stdin.buffer.read(_MAX_BYTES)
    except OSError:  # the terminal was closed
        return ""
    if len(data) == _MAX_BYTES:
        words = _("Too long: {n} bytes and more, and {most} characters go in one message.")
        raise CommandError(words.format(n=_MAX_BYTES, most=TEXT_CHARACTERS))
    return data.decode("utf-8", "replace").rstrip("\r\n")
