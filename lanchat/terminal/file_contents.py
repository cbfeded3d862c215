"""What `lanchat files ROOM --list N` does: says what is in an offered folder or set, wherever that is. Main thread."""

from __future__ import annotations

import time

from lanchat.core.message import Message
from lanchat.core.model import RoomId
from lanchat.core.sizes import size_words
from lanchat.core.text import as_sentence
from lanchat.engine import events
from lanchat.engine.commands import ListFiles
from lanchat.terminal.console import Console
from lanchat.terminal.join_room import report_problem
from lanchat.terminal.json_lines import json_line
from lanchat.terminal.output import GAP, Screen

_SIZE_CELLS = 9
_ANSWER_SECONDS = 15.0  # the Engine asks for about half of that


def contents_of(console: Console, room_id: RoomId, message: Message) -> events.FilesListed:
    """What is in what a message offers, or why that is not known. Raises CommandError."""
    console.do(ListFiles(room_id, message.message_id))
    until = time.monotonic() + _ANSWER_SECONDS
    while (event := console.next_event(until)) is not None:
        if isinstance(event, events.FilesListed) and event.message_id == message.message_id:
            return event
        report_problem(event)
    return events.FilesListed(room_id, message.message_id, ())


def print_contents(listed: events.FilesListed, *, json: bool) -> bool:
    """Size and name of each file, in the order in which they were sent. Whether that is known."""
    screen = Screen()
    if listed.problem:
        screen.warn(as_sentence(listed.problem))
    for file in listed.files:
        if json:
            line = json_line("listed", id=listed.message_id.hex(), name=file.name, size=file.size)
        else:
            line = GAP.join([size_words(file.size).rjust(_SIZE_CELLS), file.name])
        screen.print(line)
    return bool(listed.files)
