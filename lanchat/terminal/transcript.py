"""A room's messages and events as text for people. Main thread.

Everything from others passes through `core.text` here, and so holds no control sequences of a terminal.
"""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from operator import attrgetter

from lanchat.core.content import Sealed
from lanchat.core.dates import clock, moment
from lanchat.core.file_offer import FileOffer
from lanchat.core.file_words import described_offer, sent_words, shown_caption
from lanchat.core.mentions import mentions
from lanchat.core.message import Message, closed_words, too_new_words
from lanchat.core.model import EntryId, MemberKey, PrivateThread, RoomId
from lanchat.core.nicks import Moves
from lanchat.core.profile import Profile, encode_profile
from lanchat.core.slash_table import action_of
from lanchat.core.text import as_sentence, shown_nick, shown_problem, shown_text
from lanchat.core.translate import _, ngettext
from lanchat.engine import events
from lanchat.engine.events import ConnectionState, EntryState
from lanchat.storage.errors import StorageProblem
from lanchat.storage.reader import Hit, SetAsideMessage
from lanchat.terminal.file_progress import FilesUnderWay
from lanchat.terminal.formatted_text import message
from lanchat.terminal.guest_code import GuestCodeLines
from lanchat.terminal.message_changes import (
    ShownMessages,
    beginning_of,
    changes,
    deleted_words,
    marks,
    quote_line,
    reactions_line,
)
from lanchat.terminal.output import BOLD, DIM, PeopleColumn, Screen, aside, day_line, nick_colour, notice
from lanchat.terminal.own_messages import OutgoingMessages, first_line
from lanchat.terminal.room_keeping import RoomAtTerminal

_MISSED_SHOWN = 100  # entries, of those missed while away; `history` has the rest
EARLIER = 20  # entries shown by one /earlier
_NAMED = 12  # people named in one line


@dataclass(eq=False)
class ConversationWriter(ABC):
    """Prints a room's events, and keeps what it must know for that: its people, and the own messages."""

    screen: Screen
    people: PeopleColumn
    outgoing: OutgoingMessages = field(default_factory=OutgoingMessages)
    files: FilesUnderWay = field(default_factory=FilesUnderWay, init=False)
    room: RoomAtTerminal = field(init=False)

    def __post_init__(self) -> None:
        self.room = RoomAtTerminal(self.people.me, self.people.called)

    @abstractmethod
    def write_event(self, event: events.Event) -> None:
        """Print what is of interest in an event, which `outgoing` has handled. Takes over changes of the roster."""

    def set_aside(self, room_id: RoomId, found: Sequence[SetAsideMessage]) -> None:
        """Print what could not be brought back into the room."""
        raise NotImplementedError

    def names_me(self, one: Message) -> bool:
        """Whether a message mentions the person at this terminal."""
        return mentions(one, self.people.me, self.people.nicks.nick(self.people.me), self.room.owner)


@dataclass(eq=False)
class TextTranscript(ConversationWriter):
    brief: bool = False  #: for a person, who gets only the last of very many missed entries
    gets: bool = False  #: files can be got by /get here
    #: A message of a room as it is on disk now. With it, what was missed is printed when all of it is here, as it is
    #: then: an edit that is older is not told as news.
    find: Callable[[RoomId, EntryId], Message | None] | None = None
    first_shown: int = field(default=0, init=False)  #: seq of the oldest entry shown; 0: none yet
    shown: ShownMessages = field(default_factory=ShownMessages, init=False)
    guest_code: GuestCodeLines = field(default_factory=GuestCodeLines, init=False)
    _day: date | None = field(default=None, init=False)
    _missed: int = field(default=0, init=False)  # entries of the backlog that are still to come
    _unsaid: int = field(default=0, init=False)  # of them, how many were not told of yet
    _held: list[Hit] = field(default_factory=list, init=False)  # of the backlog, until all of it is here
    _replayed: bool = field(default=False, init=False)  # the last entries that came were of it
    _reconnecting: bool = field(default=False, init=False)
    _was_connected: bool = field(default=False, init=False)

    def write_event(self, event: events.Event) -> None:
        self.room.note(event)
        for news in self.files.handle(event):
            self.notice(news.words)
            if news.path:
                self.screen.print(f"  {news.path}")  # not wrapped, so that it can be copied
        if isinstance(event, events.ConnectionChanged):  # the rest of the backlog comes later, if ever
            self._release_held()
        match event:
            case events.MessagesAdded(room_id) if thread := PrivateThread.of(room_id):
                if self._held and not event.older:
                    self._held += (Hit(room_id, one) for one in event.messages)
                elif not event.older:
                    self._privately(thread, event.messages)
            case events.MessagesAdded(older=True):
                if event.messages or event.after == event.last:  # else only annotations: whoever asks again gets more
                    self.earlier(event.messages)
            case events.MessagesAdded(room_id):
                recent = self._recent(event)
                more_comes = event.backlog and self._missed > 0
                if event.messages or not more_comes:
                    self._say_missed(self._unsaid if more_comes else len(event.messages) if event.backlog else 0)
                if self.find is not None and (more_comes or self._held):
                    self._held += (Hit(room_id, one) for one in recent)
                else:
                    self.next(recent)
                if not more_comes:
                    self._release_held()
            case events.MessagesChanged(messages=messages):
                for now in sorted(messages, key=lambda one: one.seq):
                    if (before := self.shown.changed(now)) is not None:
                        for words in changes(before, now, self.people.called, self.people.me):
                            self.notice(words, timed=not (self._replayed or self._missed > 0))
            case events.TopicChanged(topic=topic):
                self.notice(_("Topic: {topic}").format(topic=topic) if topic else _("The room has no topic any more."))
            case events.RosterChanged():
                moves = self.people.changed(event.joined, event.left, whole=event.first, states=event.states)
                self._moves(self.room.without_reconnections(moves))
            case events.ConnectionChanged(state=ConnectionState.CONNECTED):
                self.guest_code.inherits()
                self._connected(event)
            case events.ConnectionChanged(state=ConnectionState.RECONNECTING) if not self._reconnecting:
                self._reconnecting = True
                self.notice(_("Reconnecting… {problem}").format(problem=shown_problem(event.problem)).rstrip())
            case events.EntryStateChanged(_, entry_ids, EntryState.NOT_SENT, problem):
                for text in filter(None, map(self.outgoing.text_of, entry_ids)):  # of a change a Problem tells
                    self._failed(text, problem)
            case events.NotWritten(text=text, problem=problem):
                self._failed(text, problem)
            case events.FilesRefused(problem=problem) if problem:
                self.screen.warn(_("Not sent. {problem}").format(problem=as_sentence(problem)))
            case events.ProfileChanged(nick, profile):
                self._i_am(nick, profile)
            case events.WaysIn(code=code, link=link):
                self._ways_in(code, link)
            case events.GuestsInvited() | events.GuestInvitationEnded():
                for line in self.guest_code.lines(event):
                    self.screen.print(line)
            case events.Problem(what):
                self.screen.warn(what)
            case events.KeepingEvent():
                if words := self.room.words(event):
                    self.notice(words)

    def _i_am(self, nick: str, profile: Profile) -> None:
        me, nicks = self.people.me, self.people.nicks
        if shown_nick(nick) != nicks.nick(me):
            nicks.call(me, nick)
            self.notice(_("You are {nick} now.").format(nick=shown_nick(nick)))
        if profile.status != nicks.profile(me).status:
            self.notice(_("Others read about you now: {status}").format(status=profile.status)
                        if profile.status else _("Others read no status of yours any more."))  # fmt: skip
        nicks.describe(me, encode_profile(profile))

    def _moves(self, moves: Moves) -> None:
        if moves.first:
            self._present(moves.joined)
            return
        self._joined_or_left(moves.joined, _("{names} joined."), _("{n} people joined."))
        self._joined_or_left(moves.left, _("{names} left."), _("{n} people left."))
        for key, before in moves.renamed:
            if key != self.people.me:
                self.notice(_("{before} is {now} now.").format(before=before, now=self.people.called(key)))

    def next(self, messages: Sequence[Message]) -> None:
        """Print messages that follow all that were shown."""
        if messages:
            self.first_shown = self.first_shown or messages[0].seq
            self.write(messages)

    def _release_held(self) -> None:
        """Print what was held of the backlog."""
        held, self._held = [Hit(hit.room_id, self._as_it_is_now(hit)) for hit in self._held], []
        seqs = (hit.message.seq for hit in held if PrivateThread.of(hit.room_id) is None)
        self.first_shown = self.first_shown or next(seqs, 0)
        self.write_hits(held)

    def _as_it_is_now(self, hit: Hit) -> Message:
        if self.find is None or PrivateThread.of(hit.room_id) is not None:  # private ones do not change
            return hit.message
        try:
            return self.find(hit.room_id, hit.message.message_id) or hit.message
        except StorageProblem:  # whatever needs the disk says it
            return hit.message

    def recall(self, hits: Sequence[Hit]) -> None:
        """Print what was said before this session."""
        self.first_shown = next((hit.message.seq for hit in hits if PrivateThread.of(hit.room_id) is None), 0)
        self.write_hits(hits)

    def earlier(self, messages: Sequence[Message]) -> None:
        """Print the last of messages that precede all that were shown."""
        page = messages[-EARLIER:]
        if page:
            self.first_shown = page[0].seq
            self._day = None  # its days get their lines, and the next new message too
            self.write(page)
            self._day = None
        else:
            self.notice(_("There are no earlier messages."))

    def set_aside(self, room_id: RoomId, found: Sequence[SetAsideMessage]) -> None:
        for one in found:
            self.screen.print(f"  {self.people.called(one.message.author)}: {beginning_of(one.message)}")
        if not found:
            self.notice(_("Everything was brought back."))

    def look_back(self, hits: Sequence[Hit]) -> None:
        """Print messages out of order: each under its day; the next new one gets a day line again."""
        self._day = None
        self.write_hits(hits)
        self._day = None

    def write_hits(self, hits: Sequence[Hit]) -> None:
        """Print messages of the room and of its private threads."""
        for room_id, some in groupby(hits, key=attrgetter("room_id")):
            messages = [hit.message for hit in some]
            thread = PrivateThread.of(room_id)
            if thread is None:
                self.write(messages)
                continue
            for one in messages:
                if words := self._day_begins(moment(one.written_at).date()):
                    self.screen.print(words)
                self._privately(thread, [one])

    def notice(self, text: str, *, timed: bool = True) -> None:
        """`timed`: it happens now; else nobody knows when it was."""
        now = clock(moment(time.time_ns() // 1_000_000)) if timed else ""
        self.screen.print(notice(self.screen.paper, now, self.people.column, text))

    def write(self, messages: Sequence[Message]) -> None:
        """Print messages, with a line for each new day."""
        lines = []
        for one in messages:
            at = moment(one.written_at)
            if words := self._day_begins(at.date()):
                lines.append(words)
            lines.append(self._message(one, clock(at)))
        self.shown.add(messages)
        if lines:
            self.screen.print("\n".join(lines))

    def _day_begins(self, day: date) -> str:
        """The line for this day, where it is a new one."""
        if day == self._day:
            return ""
        self._day = day
        return self.screen.paper.paint(day_line(day), DIM)

    def _recent(self, event: events.MessagesAdded) -> Sequence[Message]:
        """All messages; when brief, the last of very many missed ones."""
        self._replayed = self._missed > 0
        self._missed -= event.last - event.after
        too_old = event.last + self._missed - _MISSED_SHOWN if self.brief else 0  # the last seq of that
        return [one for one in event.messages if one.seq > too_old and one.message_id not in event.again]

    def _message(self, one: Message, at: str) -> str:
        key = one.author
        nick = self.people.called(key)
        style, mark = BOLD if key == self.people.me else nick_colour(key), self.people.nicks.mark(key)
        if one.deleted:  # of which nothing may be left that says what it was
            words = deleted_words(one, self.people.called)
            return message(self.screen.paper, at, nick, style, self.people.column, "", lead=words, mark=mark)
        if not one.is_known:
            return notice(self.screen.paper, at, self.people.column, too_new_words(self.people.marked(key)))
        text, lead = shown_text(one.text), ""
        if (action := action_of(text)) and one.offer is None:
            nick, text, lead, mark = "*", action, f"{self.people.marked(key)} ", ""
        quote = quote_line(one.quote, self.people.called) if one.reply_to is not None else ""
        paper, column = self.screen.paper, self.people.column
        if one.offer is not None:
            said = self._offer(one.offer, one, at)
        else:
            names_me = self.names_me(one)
            said = message(paper, at, nick, style, column, text, lead=lead, mentions_me=names_me, mark=mark)
        above = [aside(paper, column, quote)] if quote else []
        below = [aside(paper, column, words) for words in (marks(one), reactions_line(one)) if words]
        return "\n".join([*above, said, *below])

    def _offer(self, offer: FileOffer, one: Message, at: str) -> str:
        """Files, as a notice: no text of a message can look so. What is said beside them stands below."""
        paper, key, nick = self.screen.paper, one.author, self.people.called(one.author)
        words, mark = sent_words(self.people.marked(key), offer), self.people.nicks.mark(key)
        theirs = self.gets and key != self.people.me
        sent = notice(paper, at, self.people.column, f"{words}  /get {one.seq}" if theirs else words)
        caption = shown_caption(offer)
        if not caption:
            return sent
        style = BOLD if key == self.people.me else nick_colour(key)
        names_me, column = self.names_me(one), self.people.column
        beside = message(paper, at, nick, style, column, caption, mentions_me=names_me, mark=mark)
        return f"{sent}\n{beside}"

    def _privately(self, thread: PrivateThread, messages: Sequence[Message]) -> None:
        """Print private messages, as a notice: no text of a message in the room can look so."""
        peer, column = self.people.called(thread.peer), self.people.column
        for one in messages:
            mine = one.author != thread.peer
            words = _("[private to {peer}] {text}") if mine else _("[private] {peer}: {text}")
            text = described_offer(one.offer) if one.offer is not None else shown_text(one.text)
            words = words.format(peer=peer, text=text)
            if one.offer is not None and self.gets and not mine:
                words += f"  /get {one.seq}"
            if not one.is_known:
                closed = one.content.kind == Sealed.kind
                words = closed_words(peer, mine=mine) if closed else too_new_words(self.people.called(one.author))
            self.screen.print(notice(self.screen.paper, clock(moment(one.written_at)), column, words))

    def _present(self, here: Sequence[MemberKey]) -> None:
        """Print who was in the room on joining."""
        names = ", ".join(self.people.marked(key) for key in here[:_NAMED])
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
            self.notice(named.format(names=", ".join(map(self.people.marked, keys))))

    def _connected(self, event: events.ConnectionChanged) -> None:
        host = self.people.nicks.introduced(event.host)
        if self._was_connected:
            self.notice(_("Connected again."))
        elif event.first_meeting:
            self.notice(_("Encrypted · first meeting with {host} ({badge})").format(host=host, badge=event.badge))
        else:
            words = _("Encrypted · {host} hosts") if self.room.keeper == self.room.owner else _(
                "Encrypted · {host} keeps the room open")  # fmt: skip
            self.notice(words.format(host=host))
        self._reconnecting, self._was_connected = False, True
        self._missed = event.fetched
        if self.brief and event.fetched > _MISSED_SHOWN:
            words = _("{n} messages came; these are the last {most}. `lanchat history` has all.")
            self.notice(words.format(n=event.fetched, most=_MISSED_SHOWN))
        elif event.fetched and self.first_shown:
            self._unsaid = event.fetched

    def _say_missed(self, count: int) -> None:
        """Print how many messages came while away, before the first of them. Not all that is fetched is a message."""
        if self._unsaid and count:
            words = ngettext("{n} message while you were away.", "{n} messages while you were away.", count)
            self.notice(words.format(n=count))
        self._unsaid = 0

    def _ways_in(self, code: str, link: str) -> None:
        if not (code or link):
            self.notice(_("This computer is on no network now: nobody else can come in."))
            return
        self.notice(_("How others come in from now on:"))
        for name, way in ((_("Code"), code), (_("Link"), link)):
            if way:
                self.screen.print(f"  {name}  {way}")  # not wrapped, so that it can be copied

    def _failed(self, text: str, problem: str) -> None:
        words = _("Not sent: “{text}” {problem}").format(text=first_line(text), problem=as_sentence(problem))
        self.screen.warn(words.rstrip())
