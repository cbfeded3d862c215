"""`lanchat join`: into a room of somebody else's, and talk."""

from __future__ import annotations

from lanchat.terminal.arguments import Options
from lanchat.terminal.door import enter, read_passphrase
from lanchat.terminal.ending import Exit
from lanchat.terminal.json_lines import json_line
from lanchat.terminal.lookup import where_is
from lanchat.terminal.opening import Open
from lanchat.terminal.screen import Screen
from lanchat.terminal.talk import converse


def run(options: Options, open_console: Open) -> Exit:
    passphrase = read_passphrase(options.passphrase_file)
    with open_console(options) as console:
        if options.json:
            Screen().print(json_line("looking", wanted=options.room.encode(errors="replace").decode()))
        where = where_is(console, options.room)
        inside = enter(console, where, passphrase=passphrase, accept_key=options.accept_new_key)
        return converse(console, options, inside.room_id, inside)
