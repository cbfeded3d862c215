"""`lanchat history`: reads, searches and exports a room's messages on disk. Main thread.

It needs no Engine, so it also works while another lanchat runs.
"""

from __future__ import annotations

import sys
from contextlib import closing
from pathlib import Path

from lanchat.core.model import MemberKey, RoomId
from lanchat.core.text import same_title, shown_title, shows_nothing
from lanchat.core.translate import _, ngettext
from lanchat.storage import paths
from lanchat.storage.errors import naming
from lanchat.storage.export import export
from lanchat.storage.reader import Reader
from lanchat.terminal.arguments import Options
from lanchat.terminal.exit_codes import CommandError, Exit, handle_signals, raise_interrupted
from lanchat.terminal.find_room import FoundRoom, choose
from lanchat.terminal.output import PeopleColumn, Screen
from lanchat.terminal.own_messages import OutgoingMessages
from lanchat.terminal.standard_streams import is_terminal, print_diagnostic
from lanchat.terminal.transcript import TextTranscript

_PAGE = 500


def run(options: Options) -> Exit:
    """Raises CommandError and StorageProblem."""
    folder = paths.data_dir(options.data_dir)
    with naming(folder):
        if not paths.has_database(folder):
            raise CommandError(_("No room is kept here yet."), Exit.NOT_FOUND)
        reader = Reader.open(folder, alone=True)
    with closing(reader):
        room_id = _room(reader, options.room)
        if options.export:
            return _export(reader, room_id, *options.export)
        if options.search is not None:
            return _search(reader, room_id, options)
        _read(reader, room_id, options)
    return Exit.DONE


def _room(reader: Reader, wanted: str) -> RoomId:
    if shows_nothing(wanted):
        raise CommandError(_("Say which room: its title or its id."), Exit.USAGE)
    records = [one for one in reader.rooms() if one.room_id == wanted.lower() or same_title(one.title, wanted)]
    if not records:
        raise CommandError(
            _("You were never in a room called {title}.").format(title=shown_title(wanted)), Exit.NOT_FOUND
        )
    return choose(
        [FoundRoom(one.room_id, shown_title(one.title), "", known=True, here=False) for one in records]
    ).room_id


def _read(reader: Reader, room_id: RoomId, options: Options) -> None:
    transcript = _transcript(reader)
    count = reader.count(room_id)
    left = min(options.limit or count, count)
    if not count:
        Screen().warn(_("Nothing was said here yet."))
    elif left < count and not is_terminal(sys.stdout):
        print_diagnostic(_("The newest {n} of {all}; --limit 0 shows everything.").format(n=left, all=count))
    seq = reader.before_newest(room_id, left)
    while left > 0 and (page := reader.after(room_id, seq, min(left, _PAGE))):
        transcript.write(page)
        left -= len(page)
        seq = page[-1].seq


def _search(reader: Reader, room_id: RoomId, options: Options) -> Exit:
    transcript, found = _transcript(reader), False
    for page in reader.matches(options.search or "", room_id, options.limit):
        transcript.write(page)
        found = True
    if not found:
        raise CommandError(_("Nothing found."), Exit.NOT_FOUND)
    return Exit.DONE


def _export(reader: Reader, room_id: RoomId, form: str, path: Path) -> Exit:
    if path.exists():
        raise CommandError(_("{path} exists already; nothing was written.").format(path=path))
    with handle_signals(raise_interrupted):  # an incomplete file is removed
        count = export(reader, room_id, path, form)
    Screen().print(ngettext("{n} message in {path}", "{n} messages in {path}", count).format(n=count, path=path))
    return Exit.DONE


def _transcript(reader: Reader) -> TextTranscript:
    nobody = MemberKey(b"")  # no author is shown as this person
    return TextTranscript(Screen(), PeopleColumn(nobody, reader.nicks()), OutgoingMessages(), brief=False)
