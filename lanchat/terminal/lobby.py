"""`lanchat` without a command, at a terminal: lists rooms as they are found; a number joins, `h` hosts. Main thread."""

from __future__ import annotations

import time

from lanchat.core.address import where_problem
from lanchat.core.model import RoomId
from lanchat.core.nicks import Lookalikes
from lanchat.core.text import shown_nick, shown_title
from lanchat.core.translate import _
from lanchat.engine.commands import Browse, Join, OpenRoom
from lanchat.engine.events import Hosting, LookedAround, Problem, RoomFound, RoomGone
from lanchat.terminal.arguments import Options
from lanchat.terminal.console import Console, Typed, open_console
from lanchat.terminal.conversation import converse
from lanchat.terminal.find_room import known_rooms
from lanchat.terminal.join_room import enter
from lanchat.terminal.listing_commands import COLUMNS, row
from lanchat.terminal.output import Screen, can_edit, table
from lanchat.terminal.room_commands import invitation, open_room
from lanchat.terminal.standard_streams import CommandError, Exit, Interrupted

_HELP_SECONDS = 20.0


def run_lobby(options: Options, no_window: str) -> Exit:
    """`no_window`: why the window is not shown, in words for the person."""
    if not can_edit():
        raise CommandError(
            _("This is not a terminal that a person types at. Use one of:\n"
              "    lanchat rooms, host, join, send, history, doctor        (lanchat --help tells more)"),
            Exit.USAGE,
        )  # fmt: skip
    if no_window:
        Screen().print(no_window + " " + _("This is lanchat in the terminal."))
    with open_console(options) as console:
        lobby = Lobby(console)
        while True:
            try:
                match lobby.choose():
                    case Join() as command:
                        return converse(console, options, enter(console, command))
                    case OpenRoom() as command:
                        opened = open_room(console, command)
                        if isinstance(opened, Hosting):
                            Screen().print(invitation(opened))
                        return converse(console, options, opened, hosting=True)
            except CommandError as end:
                if end.code not in (Exit.NOT_FOUND, Exit.REFUSED):
                    raise
                Screen().warn(end.words)
            except Interrupted:
                return Exit.DONE


class Lobby:
    def __init__(self, console: Console) -> None:
        self._console = console
        self._me = shown_nick(console.started.nick)
        self._own_title = _("{me}'s room").format(me=self._me)
        self._known = known_rooms(console.reader)
        self._listed: list[RoomId] = []  # by number; a number stays with its room
        self._here: set[RoomId] = set()
        self._titles: Lookalikes[RoomId] = Lookalikes()
        for room_id, title in self._known.items():
            self._titles.call(room_id, shown_title(title))
        self._screen = Screen()

    def choose(self) -> Join | OpenRoom:
        """The person's choice. Raises Interrupted when it is to leave."""
        from lanchat.terminal.editor import Editor  # 0.15 s, while the search runs

        self._console.do(Browse())
        editor = Editor(self._console.post)
        self._screen = Screen(editor.stream)
        editor.start()
        try:
            self._screen.say(_("You are {me}. Looking for rooms…").format(me=self._me))
            words = _("A number joins. h hosts “{room}”, h TITLE another room. q leaves.")
            self._screen.say(words.format(room=self._own_title))
            return self._listen()
        finally:
            editor.stop()

    def _listen(self) -> Join | OpenRoom:
        help_at: float | None = time.monotonic() + _HELP_SECONDS
        while True:
            match self._console.next_event(help_at):
                case RoomFound(listing) if listing.answering and listing.room_id not in self._here:
                    self._here.add(listing.room_id)
                    self._list(listing.room_id, *row(listing, self._console.nicks))
                case RoomGone(listing) if listing.room_id in self._here:
                    self._here.discard(listing.room_id)
                    self._screen.say(_("{title} has gone.").format(title=shown_title(listing.title)))
                case LookedAround():
                    self._looked_around()
                case Typed(text):
                    if choice := self._picked(text.strip()):
                        return choice
                case Problem(what):
                    self._screen.warn(what)
                case None:
                    help_at = None
                    if not self._here:
                        self._screen.say(
                            _(
                                "Still no room. Are both computers on the same Wi-Fi? A guest Wi-Fi often keeps them "
                                "apart. `lanchat doctor` checks this computer. A host shows a code: type it here, or "
                                "the host's address."
                            )
                        )

    def _looked_around(self) -> None:
        for room_id, title in self._known.items():
            if room_id not in self._here and room_id not in self._listed:
                self._list(room_id, shown_title(title), "", _("not here now"))
        if not self._here:
            self._screen.say(_("No room is open here yet. Start one with h; others will see it."))

    def _list(self, room_id: RoomId, title: str, host: str, about: str) -> None:
        if room_id not in self._listed:
            self._listed.append(room_id)
        self._titles.call(room_id, title)
        title = self._titles.apart(room_id, title, room_id[:4])
        number = str(self._listed.index(room_id) + 1)
        self._screen.print(table([(number.rjust(3), title, host, about)], (3, *COLUMNS))[0])

    def _picked(self, typed: str) -> Join | OpenRoom | None:
        """The choice that a line means; None when it means none, and the person was told."""
        word, _blank, rest = typed.partition(" ")
        if not typed:
            return Join(next(iter(self._here))) if len(self._here) == 1 else None
        if word.isdecimal() and not rest:
            if 1 <= int(word) <= len(self._listed):
                return Join(self._listed[int(word) - 1])
            self._screen.say(_("There is no room {number}.").format(number=word))
            return None
        if word in ("h", "H"):
            return OpenRoom(rest.strip() or self._own_title)
        if typed in ("q", "Q", "/quit"):
            raise Interrupted
        if problem := where_problem(typed):
            self._screen.say(problem)
            return None
        return Join(typed)
