"""`lanchat rooms`: lists the rooms on this network as they are found, then known ones that are away. Main thread."""

from __future__ import annotations

import time

from lanchat.core.listing import Listing
from lanchat.core.model import RoomId
from lanchat.core.nicks import Lookalikes, Nicks
from lanchat.core.text import shown_title
from lanchat.core.translate import _, ngettext
from lanchat.engine.commands import Browse
from lanchat.engine.events import LOOK_SECONDS, LookedAround, Problem, RoomFound, RoomGone
from lanchat.terminal.arguments import Options
from lanchat.terminal.console import Console, OpenConsole
from lanchat.terminal.exit_codes import Exit
from lanchat.terminal.find_room import host_of, known_rooms
from lanchat.terminal.json_lines import json_line
from lanchat.terminal.output import Screen, paragraph, table

COLUMNS = (24, 16)  # cells for title and host


def run(options: Options, open_console: OpenConsole) -> Exit:
    with open_console(options) as console:
        return _Rooms(console, options).run()


class _Rooms:
    def __init__(self, console: Console, options: Options) -> None:
        self._console = console
        self._json = options.json
        self._wait = options.wait
        self._screen = Screen()
        self._known = known_rooms(console.reader)
        self._unanswered: dict[RoomId, Listing] = {}  # found, but their hosts have not answered yet
        self._shown: dict[RoomId, Listing] = {}
        self._where: tuple[str, ...] | None = None  # the networks searched, once the search is over

    def run(self) -> Exit:
        self._console.do(Browse())
        until = time.monotonic() + (LOOK_SECONDS if self._wait is None else self._wait)
        while (event := self._console.next_event(until)) is not None:
            match event:
                case RoomFound(listing):
                    self._found(listing)
                case RoomGone(listing):
                    self._unanswered.pop(listing.room_id, None)
                case LookedAround(where):
                    self._where = where
                    if self._wait is None:
                        break
                case Problem(what=what):
                    self._screen.warn(what)
                case _:
                    pass
        for listing in list(self._unanswered.values()):
            self._show(listing)
        self._finish()
        return Exit.DONE

    def _found(self, listing: Listing) -> None:
        if listing.room_id in self._shown:
            return
        if listing.answering:
            self._show(listing)
        else:
            self._unanswered[listing.room_id] = listing

    def _show(self, listing: Listing) -> None:
        self._unanswered.pop(listing.room_id, None)
        self._shown[listing.room_id] = listing
        if self._json:
            host = host_of(self._console.nicks, listing)
            self._screen.print(as_json(listing, host, listing.room_id in self._known))
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
            self._screen.warn(self._nothing())
        if away:
            titles = ", ".join(shown_title(title) for title in away.values())
            self._screen.print(paragraph(self._screen.paper, _("Not here now: {titles}").format(titles=titles)))

    def _nothing(self) -> str:
        if self._where is None:
            return _("No room was found in so short a time.")
        if not self._where:
            return _("No room here now. This computer is on no network.")
        return _("No room here now. Looked on {where}.").format(where=", ".join(self._where))

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


def as_json(listing: Listing, host: str, known: bool) -> str:
    return json_line(
        "room", room=listing.room_id, title=shown_title(listing.title), host=host,
        people=listing.people, passphrase=listing.passphrase, known=known, here=listing.answering,
        address=listing.addresses[0] if listing.addresses else "", port=listing.port,
    )  # fmt: skip
