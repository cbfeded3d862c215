"""Joining a room from the terminal: until it is joined, or the reason why not is known; passphrases and refusals.

Main thread.
"""

from __future__ import annotations

import getpass
import os
import sys
import time
from pathlib import Path

from lanchat.core.text import as_sentence, shown_title
from lanchat.core.translate import _, ngettext
from lanchat.engine import events
from lanchat.engine.commands import Join
from lanchat.engine.events import ConnectionState, EntryState
from lanchat.terminal.console import Console, ConsoleEvent, InputEnded, Typed
from lanchat.terminal.output import shell_quoted
from lanchat.terminal.standard_streams import CommandError, Exit, handle_signals, is_terminal, print_diagnostic

_MAX_LINE_BYTES = 4_096  # of a passphrase file, which may be endless as /dev/zero


def enter(
    console: Console, command: Join, *, until: float | None = None, must_connect: bool = False
) -> events.ConnectionChanged:
    """Join; returns once connected or, without `must_connect`, once a known room's host is away and is waited for. Asks
    for the passphrase where a person can be asked.

    Raises CommandError; at `until` (time.monotonic), with the last known reason.
    """
    console.do(command)
    where = command.where
    may_ask = command.passphrase is None and is_terminal(sys.stdin)
    delay = ""
    while True:
        match event := console.next_event(until):
            case None:
                words = f"{as_sentence(delay)} {_('Nothing was sent.')}" if delay else ""
                raise CommandError(words or _("The host does not answer, and nothing was sent."), Exit.NOT_FOUND)
            case events.ConnectionChanged(where=answered, state=state) if answered == where and (
                state is ConnectionState.CONNECTED or (state is ConnectionState.RECONNECTING and not must_connect)
            ):
                return event
            case events.PassphraseNeeded() if may_ask:
                console.do(Join(where, ask_passphrase(console, event), command.accept_key))
            case Typed() | InputEnded():
                pass
            case _:
                delay = delay_reason(event, delay)
                report_problem(event)


def delay_reason(event: ConsoleEvent, before: str) -> str:
    """Why the host takes nothing at the moment, after `event`; `before`: the reason until then. "": it does."""
    match event:
        case events.ConnectionChanged(problem=problem):
            return problem
        case events.Problem(holds=True):
            return event.what
        case events.EntryStateChanged(state=EntryState.TAKEN | EntryState.DELIVERED):
            return ""
        case _:
            return before


def raise_refusal(event: ConsoleEvent | None) -> None:
    """Raises CommandError when `event` says that the room cannot be joined, or no longer be used."""
    match event:
        case events.PassphraseNeeded(title=title, wrong=wrong):
            raise CommandError(_passphrase_needed(title, wrong), Exit.REFUSED)
        case events.KeyChanged():
            raise CommandError(_key_changed(event), Exit.REFUSED)
        case events.NotFound(problem=problem, refused=refused):
            raise CommandError(as_sentence(problem), Exit.REFUSED if refused else Exit.NOT_FOUND)
        case events.ConnectionChanged(state=ConnectionState.STOPPED, problem=problem):
            raise CommandError(as_sentence(problem) or _("The host has closed the connection."), Exit.REFUSED)
        case events.NotHosting(problem=problem):
            raise CommandError(problem)


def report_problem(event: ConsoleEvent | None) -> None:
    """Print a Problem; raise CommandError for a refusal. For events that come while another is awaited."""
    if isinstance(event, events.Problem):
        print_diagnostic(event.what)
    raise_refusal(event)


def ask_passphrase(console: Console, needed: events.PassphraseNeeded) -> str:
    """A passphrase typed at the terminal, without an echo. Raises CommandError when none is given, Interrupted."""
    if needed.wrong:
        print_diagnostic(_passphrase_needed(needed.title, wrong=True))
    if needed.wait > 0:
        seconds = max(1, round(needed.wait))
        words = ngettext("The next try is in {n} second.", "The next try is in {n} seconds.", seconds)
        print_diagnostic(words.format(n=seconds))
        until = time.monotonic() + needed.wait
        while console.next_event(until) is not None:
            pass
    with handle_signals():
        try:
            given = getpass.getpass(_("Passphrase for {title}: ").format(title=shown_title(needed.title)))
        except EOFError:
            given = ""
    if not given.strip():
        raise CommandError(_passphrase_needed(needed.title, wrong=False), Exit.REFUSED)
    return given


def read_passphrase(path: Path | None) -> str | None:
    """The first line of a file; None without a file. Raises CommandError.

    Unbuffered, so that the following lines of a pipe, which may be stdin, are left to be read.
    """
    if path is None:
        return None
    try:
        with open(0 if _is_stdin(path) else path, "rb", buffering=0, closefd=not _is_stdin(path)) as file:
            first = file.readline(_MAX_LINE_BYTES).decode("utf-8-sig").strip()
    except (OSError, ValueError):  # ValueError: not UTF-8, or not a path
        raise CommandError(_("The passphrase file {path} cannot be read.").format(path=path)) from None
    if not first:
        raise CommandError(_("The first line of {path} is empty; it should be the passphrase.").format(path=path))
    return first


def _is_stdin(path: Path) -> bool:
    """Whether `path` is stdin. Opened again, a file is read from its beginning: its first line would also be sent."""
    try:
        return os.path.samestat(os.stat(path), os.fstat(0))
    except (OSError, ValueError):
        return False


def _passphrase_needed(title: str, wrong: bool) -> str:
    words = _("{title} has a passphrase. Give it with --passphrase-file, or join from a terminal, which asks.")
    if wrong:
        words = _("That is not the passphrase of {title}.")
    return words.format(title=shown_title(title))


def _key_changed(event: events.KeyChanged) -> str:
    if event.known_title:
        untitled = _("a room without a title")
        words = _(
            "At {where} is not the room that was there. Nothing was sent.\n\n"
            "    was there     {known_title}, its host's badge {known}\n"
            "    there now     {title}, its host's badge {new}\n\n"
            "Addresses are handed to other computers now and then; or somebody pretends to be the host. To go into "
            "the room that is there now, make sure of the badge, and then:\n\n"
            "    lanchat join {place} --accept-new-key {new}"
        )
    else:
        untitled = _("this room")
        words = _(
            "The host of {title} is not the one you know. Nothing was sent.\n\n"
            "    known badge   {known}\n"
            "    badge now     {new}\n\n"
            "Either the host began anew, on another computer or with an empty data folder, or somebody pretends to be "
            "the host. Ask the host, face to face or by telephone, for the badge that `lanchat host` shows there. "
            "Only when it is the new one, go on:\n\n"
            "    lanchat join {room_id} --accept-new-key {new}"
        )
    return words.format(
        where=event.where, place=shell_quoted(event.where), room_id=event.room_id,
        title=shown_title(event.title) if event.title else untitled, known_title=shown_title(event.known_title),
        new=event.new_badge, known=event.known_badge,
    )  # fmt: skip
