"""A room's messages and events as text for people, and the wait for names that are not known yet. Main thread.

A terminal cannot change what it has written, so events of an unknown author wait a moment for that author's card, which
the Engine has requested by then. Everything from others passes through `core.text` here, and so holds no control
sequences of a terminal.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import date

from lanchat.core.dates import clock, moment
from lanchat.core.message import Message
from lanchat.core.model import Card, MemberKey, RoomId
from lanchat.core.nicks import Moves
from lanchat.core.text import as_sentence, shown_nick, shown_problem, shown_text
from lanchat.core.translate import _, ngettext
from lanchat.engine.events import (
    CardsCame,
    ConnectionChanged,
    ConnectionState,
    EntryState,
    EntryStateChanged,
    Event,
    MessagesAdded,
    NotWritten,
    Problem,
    Renamed,
    WaysIn,
)
from lanchat.terminal.output import BOLD, DIM, PeopleColumn, Screen, day_line, message, nick_colour, notice, paragraph
from lanchat.terminal.own_messages import OutgoingMessages, first_line

_PATIENCE_SECONDS = 1.0  # with the card of an unknown author
_MISSED_SHOWN = 100  # entries, of those missed while away; `history` has the rest
EARLIER = 20  # entries shown by one /earlier
_NAMED = 12  # people named in one line


class UnknownAuthorBuffer:
    def __init__(self, people: PeopleColumn, find_card: Callable[[MemberKey], Card | None]) -> None:
        """`find_card`: a member's card on disk."""
        self._people = people
        self._find_card = find_card
        self._held: list[Event] = []
        self._unknown: set[MemberKey] = set()
        self._given_up: set[MemberKey] = set()  # their cards did not come in time
        self.until: float | None = None  #: when to call `release` again at the latest (time.monotonic)

    def release(self, event: Event | None, now: float) -> list[Event]:
        """The events that may be printed now, in their order. `event` None: only time has passed."""
        if event is not None:
            self._held.append(event)
        match event:
            case CardsCame(cards=cards):
                self._people.nicks.learn(cards)
            case MessagesAdded(messages=messages):
                self._unknown |= {message.author for message in messages} - self._given_up
        self._unknown = {key for key in self._unknown if not self._is_known(key)}
        if self._unknown and self.until is None:
            self.until = now + _PATIENCE_SECONDS
        if self._unknown and self.until is not None and now < self.until:
            return []
        self._given_up |= self._unknown
        self._unknown.clear()
        self.until = None
        passed, self._held = self._held, []
        return passed

    def _is_known(self, key: MemberKey) -> bool:
        if not self._people.nicks.knows(key) and (card := self._find_card(key)):
            self._people.nicks.learn([card])
        return self._people.nicks.knows(key)


class TextTranscript:
    def __init__(self, screen: Screen, people: PeopleColumn, outgoing: OutgoingMessages, *, brief: bool) -> None:
        """`brief`: for a person, who gets only the last of very many missed entries."""
        self._screen = screen
        self._people = people
        self._outgoing = outgoing
        self._brief = brief
        self._day: date | None = None
        self._missed = 0  # entries of the backlog that are still to come
        self._reconnecting = False
        self._was_connected = False
        self.first_shown = 0  #: seq of the oldest entry shown; 0: none yet

    def write_event(self, event: Event) -> None:
        match event:
            case MessagesAdded(older=True):
                if event.messages or event.after == event.last:  # else only annotations: whoever asks again gets more
                    self.earlier(event.messages)
            case MessagesAdded():
                self.next(self._recent(event))
            case ConnectionChanged():
                self._connection(event)
            case EntryStateChanged(state=EntryState.NOT_SENT):
                self._not_sent(event)
            case NotWritten(text=text, problem=problem):
                self._failed(text, problem)
            case Renamed(nick):
                self.notice(_("You are {nick} now.").format(nick=shown_nick(nick)))
            case WaysIn(code=code, link=link):
                self._ways_in(code, link)
            case Problem(what):
                self._screen.warn(what)
            case _:
                pass

    def write_moves(self, room_id: RoomId, moves: Moves) -> None:
        if moves.first:
            self._present(moves.joined)
            return
        self._joined_or_left(moves.joined, _("{names} joined."), _("{n} people joined."))
        self._joined_or_left(moves.left, _("{names} left."), _("{n} people left."))
        for key, before in moves.renamed:
            if key != self._people.me:
                self.notice(_("{before} is {now} now.").format(before=before, now=self._people.called(key)))

    def next(self, messages: Sequence[Message]) -> None:
        """Print messages that follow all that were shown."""
        if messages:
            self.first_shown = self.first_shown or messages[0].seq
            self.write(messages)

    def earlier(self, messages: Sequence[Message]) -> None:
        """Print the last of messages that precede all that were shown."""
        page = messages[-EARLIER:]
        if page:
            self.first_shown = page[0].seq
            self.look_back(page)
        else:
            self.notice(_("There are no earlier messages."))

    def look_back(self, messages: Sequence[Message]) -> None:
        """Print messages out of order: each under its day; the next new one gets a day line again."""
        self._day = None
        self.write(messages)
        self._day = None

    def notice(self, text: str) -> None:
        self._screen.print(notice(self._screen.paper, clock(moment(_now())), self._people.column, text))

    def say(self, text: str) -> None:
        """Print lanchat's own words."""
        self._screen.print(paragraph(self._screen.paper, text))

    def write(self, messages: Sequence[Message]) -> None:
        """Print messages, with a line for each new day."""
        lines = []
        for one in messages:
            at = moment(one.written_at)
            day = at.date()
            if day != self._day:
                lines.append(self._screen.paper.paint(day_line(day), DIM))
                self._day = day
            lines.append(self._message(one, clock(at)))
        if lines:
            self._screen.print("\n".join(lines))

    def _recent(self, event: MessagesAdded) -> Sequence[Message]:
        """All messages; when brief, the last of very many missed ones."""
        self._missed -= event.last - event.after
        too_old = event.last + self._missed - _MISSED_SHOWN if self._brief else 0  # the last seq of that
        return [message for message in event.messages if message.seq > too_old]

    def _message(self, one: Message, at: str) -> str:
        key = one.author
        nick = self._people.called(key)
        if not one.is_known:
            words = _("{nick} did something that this lanchat is too old to show.").format(nick=nick)
            return notice(self._screen.paper, at, self._people.column, words)
        style = BOLD if key == self._people.me else nick_colour(key)
        return message(self._screen.paper, at, nick, style, self._people.column, shown_text(one.text))

    def _present(self, here: Sequence[MemberKey]) -> None:
        """Print who was in the room on joining."""
        names = ", ".join(self._people.called(key) for key in here[:_NAMED])
        more = len(here) - _NAMED
        if not here:
            self.notice(_("Nobody else is here yet."))
        elif more > 0:
            words = ngettext("Here: {names} and {n} more.", "Here: {names} and {n} more.", more)
            self.notice(words.format(names=names, n=more))
        else:
            self.notice(_("Here: {names} and you.").format(names=names))

    def _joined_or_left(self, keys: Sequence[MemberKey], named: str, counted: str) -> None:
        if len(keys) > _NAMED:
            self.notice(counted.format(n=len(keys)))
        elif keys:
            self.notice(named.format(names=", ".join(map(self._people.called, keys))))

    def _connection(self, event: ConnectionChanged) -> None:
        match event.state:
            case ConnectionState.CONNECTED:
                self._connected(event)
            case ConnectionState.RECONNECTING if not self._reconnecting:
                self._reconnecting = True
                self.notice(_("Reconnecting… {problem}").format(problem=shown_problem(event.problem)).rstrip())
            case _:
                pass

    def _connected(self, event: ConnectionChanged) -> None:
        host = self._people.nicks.introduced(event.host)
        if self._was_connected:
            self.notice(_("Connected again."))
        elif event.first_meeting:
            self.notice(_("Encrypted · first meeting with {host} ({badge})").format(host=host, badge=event.badge))
        else:
            self.notice(_("Encrypted · {host} hosts").format(host=host))
        self._reconnecting, self._was_connected = False, True
        self._missed = event.fetched
        if self._brief and event.fetched > _MISSED_SHOWN:
            words = _("{n} messages came; these are the last {most}. `lanchat history` has all.")
            self.notice(words.format(n=event.fetched, most=_MISSED_SHOWN))
        elif event.fetched and self.first_shown:
            words = ngettext("{n} message while you were away.", "{n} messages while you were away.", event.fetched)
            self.notice(words.format(n=event.fetched))

    def _ways_in(self, code: str, link: str) -> None:
        if not (code or link):
            self.notice(_("This computer is on no network now: nobody else can come in."))
            return
        self.notice(_("This computer's address has changed, and with it how others come in:"))
        for name, way in ((_("Code"), code), (_("Link"), link)):
            if way:
                self._screen.print(f"  {name}  {way}")  # not wrapped, so that it can be copied

    def _not_sent(self, event: EntryStateChanged) -> None:
        for entry_id in event.entry_ids:
            self._failed(self._outgoing.text_of(entry_id), event.problem)

    def _failed(self, text: str, problem: str) -> None:
        words = _("Not sent: “{text}” {problem}").format(text=first_line(text), problem=as_sentence(problem))
        self._screen.warn(words.rstrip())


def _now() -> int:
    return time.time_ns() // 1_000_000
