"""Transcript: a room's Log and what happens in the room, as text for people. Main thread.

Everything that came from others passes through `core.text` here, and so can hold no terminal's control sequence.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import date

from lanchat.core.model import TEXT, Card, LogEntry, MemberKey
from lanchat.core.text import shown_text
from lanchat.core.words import _, ngettext
from lanchat.engine.events import (
    Connection,
    ConnectionChanged,
    EntriesAdded,
    EntryState,
    EntryStateChanged,
    Event,
    Problem,
    Renamed,
    RosterChanged,
)
from lanchat.terminal.mine import Mine, first_line
from lanchat.terminal.output import (
    BOLD,
    DIM,
    clock,
    day_line,
    message,
    moment,
    nick_colour,
    notice,
    paragraph,
)
from lanchat.terminal.people import People
from lanchat.terminal.screen import Screen
from lanchat.terminal.shown import shown_host, shown_nick, shown_problem

_MISSED_SHOWN = 100  # of what was said while I was away; `history` has the rest
_NAMED = 12  # people by name in one line


class Transcript:
    def __init__(self, screen: Screen, people: People, mine: Mine, *, brief: bool) -> None:
        """`brief`: a person reads along, so of very many missed entries only the last are shown."""
        self._screen = screen
        self._people = people
        self._mine = mine
        self._brief = brief
        self._day: date | None = None
        self._missed = 0  # entries of the backlog still to come
        self._reconnecting = False
        self.first_shown = self.last_shown = 0  #: seq

    def tell(self, event: Event) -> None:
        match event:
            case EntriesAdded(entries=entries, older=True):
                self.recall(entries)
            case EntriesAdded(entries=entries):
                self.write(self._of_interest(entries))
            case RosterChanged():
                self._roster(event)
            case ConnectionChanged():
                self._connection(event)
            case EntryStateChanged(state=EntryState.NOT_SENT):
                self._not_sent(event)
            case Renamed(nick):
                self.notice(_("You are {nick} now.").format(nick=shown_nick(nick)))
            case Problem(what):
                self._screen.warn(what)
            case _:
                pass

    def recall(self, entries: Sequence[LogEntry]) -> None:
        """Show what was said before: on joining, or a page further back."""
        if entries:
            self.first_shown = entries[0].seq
            self._day = None
            self.write(entries)
            self._day = None

    def show_found(self, entries: Sequence[LogEntry]) -> None:
        """Entries out of their order: with their days, and without a mark on what was shown."""
        first, last = self.first_shown, self.last_shown
        self.recall(entries)
        self.first_shown, self.last_shown = first, last

    def notice(self, text: str) -> None:
        self._screen.print(notice(self._screen.paper, clock(_now()), self._people.column, text))

    def say(self, text: str) -> None:
        """Words from lanchat itself."""
        self._screen.print(paragraph(self._screen.paper, text))

    def _of_interest(self, entries: Sequence[LogEntry]) -> Sequence[LogEntry]:
        new = [item for item in entries if item.seq > self.last_shown]
        if self._missed > 0:
            self._missed -= len(entries)
            if self._brief:
                new = new[max(0, len(new) - max(0, _MISSED_SHOWN - self._missed)) :]
        return new

    def write(self, entries: Sequence[LogEntry]) -> None:
        """Entries, each new day under its line."""
        lines = []
        for item in entries:
            day = moment(item.written_at).date()
            if day != self._day:
                lines.append(self._screen.paper.paint(day_line(day), DIM))
                self._day = day
            lines.append(self._entry(item, clock(item.written_at)))
            self.first_shown = min(self.first_shown or item.seq, item.seq)
            self.last_shown = max(self.last_shown, item.seq)
        if lines:
            self._screen.print("\n".join(lines))

    def _entry(self, item: LogEntry, at: str) -> str:
        key = MemberKey(item.entry.author)
        nick = self._people.called(key)
        if item.entry.kind != TEXT:
            words = _("{nick} did something that this lanchat is too old to show.").format(nick=nick)
            return notice(self._screen.paper, at, self._people.column, words)
        style = BOLD if key == self._people.me else nick_colour(key)
        return message(self._screen.paper, at, nick, style, self._people.column, shown_text(item.entry.body))

    def _roster(self, event: RosterChanged) -> None:
        if event.first:
            here = self._people.here()
            names = [self._people.called(key) for key in here[:-1]]
            if not names:
                self.notice(_("Nobody else is here yet."))
            elif len(names) <= _NAMED:
                self.notice(_("Here: {names} and you.").format(names=", ".join(names)))
            else:
                named, more = ", ".join(names[:_NAMED]), len(here) - _NAMED
                self.notice(ngettext("Here: {names} and {n} more.", "Here: {names} and {n} more.", more)
                            .format(names=named, n=more))  # fmt: skip
            return
        self._came_or_went(event.joined, _("{names} joined."), _("{n} people joined."))
        self._came_or_went(event.left, _("{names} left."), _("{n} people left."))

    def _came_or_went(self, cards: Sequence[Card], named: str, counted: str) -> None:
        others = [self._people.called(MemberKey(card.key)) for card in cards if card.key != self._people.me]
        if len(others) > _NAMED:
            self.notice(counted.format(n=len(others)))
        elif others:
            self.notice(named.format(names=", ".join(others)))

    def _connection(self, event: ConnectionChanged) -> None:
        match event.state:
            case Connection.CONNECTED:
                self._connected(event)
            case Connection.RECONNECTING if not self._reconnecting:
                self._reconnecting = True
                self.notice(_("Reconnecting… {problem}").format(problem=shown_problem(event.problem)).rstrip())
            case _:
                pass

    def _connected(self, event: ConnectionChanged) -> None:
        host = shown_host(event.host)
        if self._reconnecting:
            self.notice(_("Connected again."))
        elif event.first_meeting:
            self.notice(_("Encrypted · first meeting with {host} ({badge})").format(host=host, badge=event.badge))
        else:
            self.notice(_("Encrypted · {host} hosts").format(host=host))
        self._reconnecting = False
        self._missed = event.fetched
        if event.fetched and self.last_shown:
            said = ngettext("{n} message while you were away.", "{n} messages while you were away.", event.fetched)
            self.notice(said.format(n=event.fetched))
        if self._brief and event.fetched > _MISSED_SHOWN:
            self.notice(_("The last {n} of them (lanchat history has all):").format(n=_MISSED_SHOWN))

    def _not_sent(self, event: EntryStateChanged) -> None:
        for entry_id in event.entry_ids:
            words = _("Not sent: “{text}” {problem}").format(
                text=first_line(self._mine.text_of(entry_id)), problem=shown_problem(event.problem)
            )
            self._screen.warn(words.rstrip())


def _now() -> int:
    return time.time_ns() // 1_000_000
