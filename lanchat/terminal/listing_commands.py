"""The commands `lanchat rooms` and `lanchat history`, which only show what there is. Main thread.

`rooms` lists the rooms on this network as they are found, then known ones that are away. `history` reads, searches and
exports a room's messages on disk; it needs no Engine, so it also works while another lanchat runs.
"""

from __future__ import annotations

import sys
import time
from contextlib import closing
from itertools import chain
from pathlib import Path

from lanchat.core.address import fingerprint_text
from lanchat.core.listing import Listing
from lanchat.core.model import MemberKey, RoomId
from lanchat.core.nicks import Lookalikes, Nicks
from lanchat.core.text import shown_title
from lanchat.core.translate import _, ngettext
from lanchat.engine.commands import Browse
from lanchat.engine.events import LOOK_SECONDS, LookedAround, Problem, RoomFound, RoomGone
from lanchat.storage import data_folder
from lanchat.storage.errors import naming
from lanchat.storage.export import export
from lanchat.storage.reader import Hit, Reader
from lanchat.storage.search_filters import SearchFault
from lanchat.terminal.arguments import Options
from lanchat.terminal.console import Console, open_console
from lanchat.terminal.find_room import host_of, kept_room, kept_thread, known_rooms
from lanchat.terminal.json_lines import json_line
from lanchat.terminal.output import PeopleColumn, Screen, table
from lanchat.terminal.standard_streams import CommandError, Exit, handle_signals, is_terminal, print_diagnostic
from lanchat.terminal.transcript import TextTranscript

COLUMNS = (24, 16)  # cells for title and host
_PAGE = 500  # messages read at once


def run_rooms(options: Options) -> Exit:
    with open_console(options) as console:
        _Rooms(console, options).run()
    return Exit.DONE


class _Rooms:
    """`lanchat rooms`: prints each room when its host answers, then the known rooms that are away."""

    def __init__(self, console: Console, options: Options) -> None:
        self._console = console
        self._json = options.json
        self._wait = options.wait
        self._screen = Screen()
        self._known = known_rooms(console.reader)
        self._unanswered: dict[RoomId, Listing] = {}  # found, but their hosts have not answered yet
        self._shown: dict[RoomId, Listing] = {}
        self._where: tuple[str, ...] | None = None  # the networks searched, once the search is over

    def run(self) -> None:
        self._console.do(Browse())
        until = time.monotonic() + (LOOK_SECONDS if self._wait is None else self._wait)
        while (event := self._console.next_event(until)) is not None:
            match event:
                case RoomFound(listing) if listing.room_id not in self._shown:
                    if listing.answering:
                        self._show(listing)
                    else:
                        self._unanswered[listing.room_id] = listing
                case RoomGone(listing):
                    self._unanswered.pop(listing.room_id, None)
                case LookedAround(where):
                    self._where = where
                    if self._wait is None:
                        break
                case Problem(what=what):
                    self._screen.warn(what)
        for listing in list(self._unanswered.values()):
            self._show(listing)
        self._finish()

    def _show(self, listing: Listing) -> None:
        self._unanswered.pop(listing.room_id, None)
        self._shown[listing.room_id] = listing
        if self._json:
            self._screen.print(json_line(
                "room", room=listing.room_id, title=shown_title(listing.title),
                host=host_of(self._console.nicks, listing), people=listing.people, passphrase=listing.passphrase,
                known=listing.room_id in self._known, here=listing.answering,
                address=listing.addresses[0] if listing.addresses else "", port=listing.port,
                owner=fingerprint_text(listing.owner), epoch=listing.epoch,
            ))  # fmt: skip
        else:
            self._screen.print(table([row(listing, self._console.nicks)], COLUMNS)[0])

    def _finish(self) -> None:
        away = {room_id: title for room_id, title in self._known.items() if room_id not in self._shown}
        if self._json:
            for room_id, title in away.items():
                self._screen.print(json_line("room", room=room_id, title=shown_title(title), known=True, here=False))
            return
        self._tell_apart()
        if not self._shown:
            words = _("No room was found in so short a time.")
            if self._where is not None:
                words = _("No room here now. This computer is on no network.")
            if self._where:
                words = _("No room here now. Looked on {where}.").format(where=", ".join(self._where))
            self._screen.warn(words)
        if away:
            titles = ", ".join(shown_title(title) for title in away.values())
            self._screen.say(_("Not here now: {titles}").format(titles=titles))

    def _tell_apart(self) -> None:
        """Print the ids of rooms whose titles look alike. A known room that is away counts: one here may imitate it."""
        titles = {room_id: shown_title(title) for room_id, title in self._known.items()}
        titles |= {room_id: shown_title(listing.title) for room_id, listing in self._shown.items()}
        alike: Lookalikes[RoomId] = Lookalikes()
        for room_id, title in titles.items():
            alike.call(room_id, title)
        if not any(room_id in alike for room_id in self._shown):
            return
        self._screen.print(_("Rooms whose titles look the same; join by the id:"))
        rows = []
        for room_id, title in titles.items():
            if room_id in alike:
                here = self._shown.get(room_id)
                rows.append((title, host_of(self._console.nicks, here) if here else _("not here now"), room_id))
        self._screen.print("\n".join(table(rows, COLUMNS)))


def row(listing: Listing, nicks: Nicks) -> tuple[str, str, str]:
    """Title, host, and a few more facts."""
    about = []
    if listing.people is not None:
        about.append(ngettext("{n} here", "{n} here", listing.people).format(n=listing.people))
    if listing.passphrase:
        about.append(_("passphrase"))
    if not listing.answering:
        about.append(_("does not answer"))
    return shown_title(listing.title), nicks.host_of(listing), " · ".join(about)


def run_history(options: Options) -> Exit:
    """Raises CommandError and StorageProblem."""
    folder = data_folder.data_dir(options.data_dir)
    with naming(folder):
        if not data_folder.has_database(folder):
            raise CommandError(_("No room is kept here yet."), Exit.NOT_FOUND)
        reader = Reader.open(folder, alone=True)
    with closing(reader):
        room_id = kept_room(reader, options.room)
        if options.private is not None:
            room_id = kept_thread(reader, room_id, options.private)
        if options.export:
            return _export(reader, room_id, *options.export)
        if options.search is not None:
            return _search(reader, room_id, options)
        _read(reader, room_id, options)
    return Exit.DONE


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
    transcript, found, words = _transcript(reader), False, options.search or ""
    try:
        pages = reader.matches(words, room_id, options.limit)
        if options.private is None and (private := reader.private_matches(words, room_id, options.limit)):
            said = [Hit(room_id, one) for one in chain.from_iterable(pages)]
            hits = sorted([*private, *said], key=lambda hit: hit.message.seq)
            transcript.write_hits(hits[-options.limit :] if options.limit else hits)
            return Exit.DONE
        for page in pages:
            transcript.write(page)
            found = True
    except SearchFault as fault:
        raise CommandError(str(fault), Exit.USAGE) from None
    if not found:
        raise CommandError(_("Nothing found."), Exit.NOT_FOUND)
    return Exit.DONE


def _export(reader: Reader, room_id: RoomId, form: str, path: Path) -> Exit:
    if path.exists():
        raise CommandError(_("{path} exists already; nothing was written.").format(path=path))
    with handle_signals():  # an incomplete file is removed
        count = export(reader, room_id, path, form)
    Screen().print(ngettext("{n} message in {path}", "{n} messages in {path}", count).format(n=count, path=path))
    return Exit.DONE


def _transcript(reader: Reader) -> TextTranscript:
    nobody = MemberKey(b"")  # no author is shown as this person
    return TextTranscript(Screen(), PeopleColumn(nobody, {}, reader.all_cards()))
