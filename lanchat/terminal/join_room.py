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
from lanchat.engine.commands import Join
from lanchat.engine.events import (
    ConnectionChanged,
    ConnectionState,
    EntryState,
    EntryStateChanged,
    KeyChanged,
    NotFound,
    NotHosting,
    PassphraseNeeded,
    Problem,
)
from lanchat.terminal.console import Console, ConsoleEvent, InputEnded, Typed
from lanchat.terminal.output import shell_quoted
from lanchat.terminal.standard_streams import (
    CommandError,
    Exit,
    handle_signals,
    is_terminal,
    print_diagnostic,
    raise_interrupted,
)

_MAX_LINE_BYTES = 4_096  # of a passphrase file, which may be endless as /dev/zero


def enter(
    console: Console,
    where: str,
    *,
    passphrase: str | None = None,
    accept_key: str | None = None,
    until: float | None = None,
    must_connect: bool = False,
) -> ConnectionChanged:
    """Join; returns once connected or, without `must_connect`, once a known room's host is away and is waited for. Asks
    for the passphrase where a person can be asked.

    Also returns when the host has another copy of the room: what is said then is stored, and not sent. Raises
    CommandError; at `until` (time.monotonic), with the last known reason.
    """
    console.do(Join(where, passphrase, accept_key))
    may_ask = passphrase is None and is_terminal(sys.stdin)
    delay = ""
    while True:
        match event := console.next_event(until):
            case None:
                words = f"{as_sentence(delay)} {_('Nothing was sent.')}" if delay else ""
                raise CommandError(words or _("The host does not answer, and nothing was sent."), Exit.NOT_FOUND)
            case ConnectionChanged(where=answered, state=state) if answered == where and (
                state is ConnectionState.CONNECTED or (state is ConnectionState.RECONNECTING and not must_connect)
            ):
                return event
            case ConnectionChanged(where=answered, diverged=True) if answered == where:
                return event
            case PassphraseNeeded() if may_ask:
                console.do(Join(where, ask_passphrase(console, event), accept_key))
            case Typed() | InputEnded():
                pass
            case _:
                delay = delay_reason(event, delay)
                report_problem(event)


def delay_reason(event: ConsoleEvent, before: str) -> str:
    """Why the host takes nothing at the moment, after `event`; `before`: the reason until then. "": it does."""
    match event:
        case ConnectionChanged(problem=problem):
            return problem
        case Problem(holds=True):
            return event.what
        case EntryStateChanged(state=EntryState.TAKEN | EntryState.DELIVERED):
            return ""
        case _:
            return before


def raise_refusal(event: ConsoleEvent | None) -> None:
    """Raises CommandError when `event` says that the room cannot be joined, or no longer be used."""
    match event:
        case PassphraseNeeded(title=title, wrong=wrong):
            raise CommandError(_wrong_passphrase(title) if wrong else _no_passphrase(title), Exit.REFUSED)
        case KeyChanged():
            raise CommandError(_key_changed(event), Exit.REFUSED)
        case NotFound(problem=problem, refused=refused):
            raise CommandError(as_sentence(problem), Exit.REFUSED if refused else Exit.NOT_FOUND)
        case ConnectionChanged(state=ConnectionState.STOPPED, problem=problem):
            raise CommandError(as_sentence(problem) or _("The host has closed the connection."), Exit.REFUSED)
        case NotHosting(problem=problem):
            raise CommandError(problem)
        case _:
            pass


def report_problem(event: ConsoleEvent | None) -> None:
    """Print a Problem; raise CommandError for a refusal. For events that come while another is awaited."""
    if isinstance(event, Problem):
        print_diagnostic(event.what)
    raise_refusal(event)


def ask_passphrase(console: Console, needed: PassphraseNeeded) -> str:
    """A passphrase typed at the terminal, without an echo. Raises CommandError when none is given, Interrupted."""
    title = shown_title(needed.title)
    if needed.wrong:
        print_diagnostic(_("That is not the passphrase of {title}.").format(title=title))
    if needed.wait > 0:
        seconds = max(1, round(needed.wait))
        words = ngettext("The next try is in {n} second.", "The next try is in {n} seconds.", seconds)
        print_diagnostic(words.format(n=seconds))
        until = time.monotonic() + needed.wait
        while console.next_event(until) is not None:
            pass
    with handle_signals(raise_interrupted):
        try:
            given = getpass.getpass(_("Passphrase for {title}: ").format(title=title))
        except EOFError:
            given = ""
    if not given.strip():
        raise CommandError(_no_passphrase(title), Exit.REFUSED)
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


def _no_passphrase(title: str) -> str:
    return _("{title} has a passphrase. Give it with --passphrase-file, or join from a terminal, which asks.").format(
        title=shown_title(title)
    )


def _wrong_passphrase(title: str) -> str:
    return _("That is not the passphrase of {title}.").format(title=shown_title(title))


def _key_changed(event: KeyChanged) -> str:
    if event.known_title:
        return _(
            "At {where} is not the room that was there. Nothing was sent.\n\n"
            "    was there     {known_title}, its host's badge {known}\n"
            "    there now     {title}, its host's badge {new}\n\n"
            "Addresses are handed to other computers now and then; or somebody pretends to be the host. To go into "
            "the room that is there now, make sure of the badge, and then:\n\n"
            "    lanchat join {place} --accept-new-key {new}"
        ).format(
            where=event.where,
            known_title=shown_title(event.known_title),
            known=event.known_badge,
            title=shown_title(event.title) if event.title else _("a room without a title"),
            new=event.new_badge,
            place=shell_quoted(event.where),
        )
    return _(
        "The host of {title} is not the one you know. Nothing was sent.\n\n"
        "    known badge   {known}\n"
        "    badge now     {new}\n\n"
        "Either the host began anew, on another computer or with an empty data folder, or somebody pretends to be "
        "the host. Ask the host, face to face or by telephone, for the badge that `lanchat host` shows there. "
        "Only when it is the new one, go on:\n\n"
        "    lanchat join {room_id} --accept-new-key {new}"
    ).format(
        title=shown_title(event.title) if event.title else _("this room"),
        known=event.known_badge,
        new=event.new_badge,
        room_id=event.room_id,
    )
