"""`lanchat join`: into a room of somebody else's, and talk."""

from __future__ import annotations

import os
import stat
import sys
import time

from lanchat.core.model import RoomId
from lanchat.core.text import shown_title
from lanchat.core.translate import _
from lanchat.engine.events import ConnectionState
from lanchat.terminal.arguments import Options
from lanchat.terminal.console import Console
from lanchat.terminal.door import enter, read_passphrase
from lanchat.terminal.ending import Exit, GaveUp
from lanchat.terminal.json_lines import json_line
from lanchat.terminal.lookup import known_rooms, where_is
from lanchat.terminal.opening import Open
from lanchat.terminal.screen import Screen
from lanchat.terminal.standard_streams import complain, is_terminal
from lanchat.terminal.talk import PIPE_SECONDS, converse


def run(options: Options, open_console: Open) -> Exit:
    passphrase = read_passphrase(options.passphrase_file)
    wait = PIPE_SECONDS if options.wait is None and _is_piped() and not options.json else options.wait
    until = None if wait is None else time.monotonic() + wait
    with open_console(options) as console:
        if options.json:
            Screen().print(json_line("looking", wanted=options.room.encode(errors="replace").decode()))
        try:
            meant = where_is(console, options.room, until=until)
            if meant.away is not None and (until is None or time.monotonic() < until):
                _say_away(console, meant.away, json=options.json)
            inside = enter(
                console, meant.where, passphrase=passphrase, accept_key=options.accept_new_key, until=until,
                surely=until is not None,
            )  # fmt: skip
        except GaveUp as end:
            if not _is_piped():
                raise
            untaken = _("Nothing of the input was taken, and nothing of it is sent later.")
            raise GaveUp(f"{end.words}\n{untaken}", end.code) from None
        return converse(console, options, inside.room_id, inside)


def _is_piped() -> bool:
    """Whether stdin is a pipe or file, of which something may come; not a terminal or /dev/null."""
    try:
        mode = os.fstat(0).st_mode
    except OSError:
        return False
    return stat.S_ISFIFO(mode) or stat.S_ISREG(mode)


def _say_away(console: Console, room_id: RoomId, *, json: bool) -> None:
    title = shown_title(known_rooms(console.reader)[room_id])
    if json:
        state, problem = ConnectionState.RECONNECTING.value, _("the room is not here now; its host is waited for")
        Screen().print(
            json_line("connection", room=room_id, title=title, state=state, host="", badge="", problem=problem)
        )
    elif is_terminal(sys.stderr):
        complain(_("{title} is not here now. lanchat waits for its host; Ctrl+C ends that.").format(title=title))
