"""The command `lanchat files`: lists the files of a room, and gets some. Main thread.

The list of a room that one was in needs no Engine, as `lanchat history` does not. To get files, and to list those of a
room that one never was in, the room is joined; what came is kept when that ends early, and the same command goes on.
A room of one's own is not joined: its files are here, where they lie or as the host's copies, or come when it is open.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Sequence
from contextlib import closing
from pathlib import Path

from lanchat.core.file_words import offer_facts, shown_file_name
from lanchat.core.message import Message
from lanchat.core.model import EntryId, MemberKey, RoomId
from lanchat.core.translate import _, ngettext
from lanchat.engine import events
from lanchat.engine.commands import GetFile, Join
from lanchat.engine.events import FileChanged, FileState
from lanchat.engine.file_events import files_on_disk, note_files
from lanchat.engine.made_files import PICTURES
from lanchat.storage import data_folder
from lanchat.storage.errors import naming
from lanchat.storage.reader import Reader
from lanchat.terminal.arguments import Options
from lanchat.terminal.console import Console, open_console
from lanchat.terminal.file_contents import contents_of, print_contents
from lanchat.terminal.file_list import offer_numbered, offer_table
from lanchat.terminal.file_progress import is_here, missing_words, progress_line, shown_path
from lanchat.terminal.find_room import find_room, kept_room, kept_rooms, kept_thread
from lanchat.terminal.join_room import enter, read_passphrase, report_problem
from lanchat.terminal.json_lines import file_line, json_line, who_fields
from lanchat.terminal.output import PeopleColumn, ProgressLine, Screen
from lanchat.terminal.standard_streams import CommandError, Exit, Interrupted, print_diagnostic

_NAMES_SECONDS = 2.0  # for a host to say what people are called who are not there
_NOBODY_SECONDS = 5.0  # for somebody who has a file to be found


def run_files(options: Options) -> Exit:
    """Raises CommandError and StorageProblem."""
    kept = _kept_room(options)
    if kept is not None and options.get is None and options.list is None:
        with closing(Reader.open(data_folder.data_dir(options.data_dir), alone=True)) as reader:
            return _list(reader, _conversation(reader, kept, options), options)
    passphrase = read_passphrase(options.passphrase_file)
    patience = options.wait or 0.0
    with open_console(options) as console:
        if kept is not None and (done := _without_joining(console, kept, options)) is not None:
            return done
        until = time.monotonic() + patience
        where = kept or find_room(console, options.room, thorough=True, until=until).where
        inside = enter(console, Join(where, passphrase, options.accept_new_key), until=until, must_connect=True)
        _catch_up(console, inside.room_id, inside.fetched, patience)
        conversation = _conversation(console.reader, inside.room_id, options)
        return _act(console, conversation, options)


def _without_joining(console: Console, room_id: RoomId, options: Options) -> Exit | None:
    """What this computer can do by itself; None: the room has to be joined. One does not join a room of one's own: what
    is here of its files is given from here, from the host's copies, too."""
    record = console.reader.room(room_id)
    hosted = record is not None and record.hosted
    conversation = _conversation(console.reader, room_id, options)
    if options.list is not None:
        listed = contents_of(console, conversation, _numbered(console.reader, conversation, options.list))
        if hosted or listed.files:
            return Exit.DONE if print_contents(listed, json=options.json) else Exit.NOT_FOUND
    return _act(console, conversation, options, hosted=True) if hosted else None


def _act(console: Console, conversation: RoomId, options: Options, *, hosted: bool = False) -> Exit:
    """List the files, or what is in one, or get some, as the options say."""
    if options.list is not None:
        listed = contents_of(console, conversation, _numbered(console.reader, conversation, options.list))
        return Exit.DONE if print_contents(listed, json=options.json) else Exit.NOT_FOUND
    if options.get is None:
        _hear_names(console, conversation)
        return _list(console.reader, conversation, options)
    wanted = _wanted(console.reader, conversation, options.get, options)
    if wanted:
        return _Getting(console, conversation, wanted, options, hosted=hosted).run()
    print_diagnostic(_("All files of this room are here already."))
    return Exit.DONE


def _kept_room(options: Options) -> RoomId | None:
    """The room of that title or id whose messages are here; None: it has to be looked for. Raises CommandError."""
    folder = data_folder.data_dir(options.data_dir)
    with naming(folder):
        if not data_folder.has_database(folder):
            if options.private is not None:
                raise CommandError(_("No room is kept here yet."), Exit.NOT_FOUND)
            return None
        reader = Reader.open(folder, alone=True)
    with closing(reader):
        if options.private is None and not kept_rooms(reader, options.room):
            return None
        room_id = kept_room(reader, options.room)
        _conversation(reader, room_id, options)
    return room_id


def _conversation(reader: Reader, room_id: RoomId, options: Options) -> RoomId:
    """The room, or the private thread below it that is meant. Raises CommandError."""
    return room_id if options.private is None else kept_thread(reader, room_id, options.private)


def _catch_up(console: Console, room_id: RoomId, missed: int, patience: float) -> None:
    """Wait until what was said since the last visit is here, or nothing of it comes any more."""
    while missed > 0 and (event := console.next_event(time.monotonic() + patience)) is not None:
        match event:
            case events.MessagesAdded(added_to, _, after, last, older=False) if added_to == room_id:
                missed -= last - after
            case _:
                report_problem(event)


def _hear_names(console: Console, room_id: RoomId) -> None:
    """Wait until it is known what those who sent files are called, or the host does not say it."""
    authors = {one.author for one in console.reader.offers(room_id, limit=sys.maxsize)}
    until = time.monotonic() + _NAMES_SECONDS
    while not authors <= console.reader.nicks().keys() and (event := console.next_event(until)) is not None:
        report_problem(event)


# --- the list --------------------------------------------------------------------------------------------------------
def _list(reader: Reader, room_id: RoomId, options: Options) -> Exit:
    offers = reader.offers(room_id, limit=options.limit or sys.maxsize)[::-1]
    states = _states(reader, room_id, offers)
    people = PeopleColumn(MemberKey(b""), {}, reader.all_cards())
    screen = Screen()
    if options.json:
        for one in offers:
            screen.print(_offered_line(room_id, one, states[one.message_id], people))
    elif offers:
        screen.print("\n".join(offer_table(offers, people.marked, states)))
    else:
        screen.warn(_("No files were sent here yet."))
    return Exit.DONE


def _states(reader: Reader, room_id: RoomId, offers: Iterable[Message]) -> dict[EntryId, FileChanged]:
    """What this computer has of each, as the disk says."""
    states: dict[EntryId, FileChanged] = {}
    note_files(states, files_on_disk(reader, room_id))
    for message_id, offer in ((one.message_id, one.offer) for one in offers if one.offer is not None):
        state = states.get(message_id)
        if state is None or (is_here(state) and not Path(state.path).exists()):
            states[message_id] = FileChanged(room_id, message_id, FileState.OFFERED, size=offer.size)
    return states


def _offered_line(room_id: RoomId, message: Message, state: FileChanged, people: PeopleColumn) -> str:
    assert message.offer is not None
    return json_line(
        "offered", room=room_id, seq=message.seq, id=message.message_id.hex(), **who_fields(people, message.author),
        text=message.text, sent_at=message.sent_at, file=offer_facts(message.offer), state=state.state.value,
        done=state.done, path=state.path,
    )  # fmt: skip


def _was_got(state: FileChanged, options: Options) -> bool:
    """Whether it is here, and no picture that nobody asked for: such a one may be let go again."""
    return is_here(state) and not Path(state.path).is_relative_to(data_folder.data_dir(options.data_dir) / PICTURES)


def _wanted(reader: Reader, room_id: RoomId, which: str, options: Options) -> list[Message]:
    """The messages whose files are asked for, the oldest first. Raises CommandError."""
    if which == "all":
        offers = reader.offers(room_id, order="oldest", limit=sys.maxsize)
        states = _states(reader, room_id, offers)
        return [one for one in offers if not _was_got(states[one.message_id], options)]
    return [_numbered(reader, room_id, int(which))]


def _numbered(reader: Reader, room_id: RoomId, number: int) -> Message:
    """The message that offers the file with this number. Raises CommandError."""
    found = offer_numbered(reader, room_id, number)
    if found is None:
        words = _("There is no file with the number {number}; lanchat files ROOM lists them.").format(number=number)
        raise CommandError(words, Exit.NOT_FOUND)
    return found


def _kept() -> str:
    return _("What was received is kept; run the same command again to continue.")


# --- getting ---------------------------------------------------------------------------------------------------------
class _Getting:
    """Gets files, and tells how far they are: at a terminal in a line that changes, to programs as JSON."""

    def __init__(
        self, console: Console, room_id: RoomId, wanted: Sequence[Message], options: Options, *, hosted: bool
    ) -> None:
        """`hosted`: the room is one of this computer's, and not open now."""
        self._console = console
        self._room_id = room_id
        self._wanted = wanted
        self._names = {one.message_id: shown_file_name(one.offer) for one in wanted if one.offer is not None}
        self._numbers = {one.message_id: one.seq for one in wanted}
        self._folder = str(options.to.absolute()) if options.to is not None else ""
        self._options = options
        self._json = options.json
        self._hosted = hosted
        self._patience = options.wait or 0.0
        self._screen = Screen()
        self._progress = ProgressLine()
        self._open = dict.fromkeys(self._names, FileState.WAITING)  # those that may still come
        self._failed = self._missing = 0

    def run(self) -> Exit:
        states = _states(self._console.reader, self._room_id, self._wanted)
        for one in self._wanted:
            state = states[one.message_id]
            elsewhere = self._folder and Path(state.path).parent != Path(self._folder)
            if _was_got(state, self._options) and not elsewhere:
                self._changed(state)
            else:
                self._console.do(GetFile(self._room_id, one.message_id, self._folder))
        try:
            self._wait()
        except Interrupted:
            self._progress.clear()
            print_diagnostic(_kept())
            return Exit.FAILED
        finally:
            self._progress.clear()
        if self._failed:
            return Exit.FAILED
        return Exit.NOT_FOUND if self._missing else Exit.DONE

    def _wait(self) -> None:
        last = time.monotonic()
        while self._open:
            in_vain = (FileState.UNAVAILABLE, FileState.WAITING) if self._hosted else (FileState.UNAVAILABLE,)
            nobody = all(state in in_vain for state in self._open.values())
            patience = min(self._patience, _NOBODY_SECONDS) if nobody else self._patience
            match event := self._console.next_event(last + patience):
                case None:
                    self._give_up(nobody=nobody)
                    return
                case FileChanged(message_id=message_id) if message_id in self._names:
                    if self._open.get(message_id) is not event.state or event.state is FileState.COMING:
                        last = time.monotonic()
                    self._changed(event)
                case _:
                    report_problem(event)

    def _changed(self, now: FileChanged) -> None:
        if self._json:
            self._screen.print(file_line(now))
        name = self._names[now.message_id]
        self._progress.show("" if self._json else progress_line(name, now))
        if now.state in (FileState.WAITING, FileState.COMING, FileState.UNAVAILABLE, FileState.PAUSED):
            self._open[now.message_id] = now.state
            return
        if self._open.pop(now.message_id, None) is None or now.state is FileState.OFFERED:
            return
        if now.state is FileState.FAILED:
            self._failed += 1
            if not self._json:
                self._warn(now)
        elif not self._json:
            self._progress.clear()
            self._screen.print(shown_path(now.path))

    def _warn(self, now: FileChanged) -> None:
        self._progress.clear()
        again = _("lanchat files ROOM --get {n} tries again.").format(n=self._numbers[now.message_id])
        self._screen.warn(missing_words(self._names[now.message_id], now, again))

    def _give_up(self, *, nobody: bool) -> None:
        self._missing = len(self._open)
        names = ", ".join(self._names[one] for one in list(self._open)[:3])
        if len(self._open) > 3:
            more = len(self._open) - 3
            names = ngettext("{names} and {n} more", "{names} and {n} more", more).format(names=names, n=more)
        words = _("Nobody here has it: {names}.") if nobody else _("Nothing more arrives: {names}.")
        self._progress.clear()
        if self._hosted:
            words = _("Not on this computer: {names}. Open the room with lanchat host: it comes as soon as somebody "
                      "there has it.")  # fmt: skip
            self._screen.warn(words.format(names=names))
            return
        self._screen.warn(f"{words.format(names=names)} {_kept()}")
