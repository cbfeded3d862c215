"""A conversation in the terminal, from joining or hosting to the goodbye. Main thread.

Lines come from an InputSource (the Editor of a person, or a pipe), events from the Engine; a ConversationWriter prints
them as text (TextTranscript) or for programs (JsonLines).
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from contextlib import nullcontext, redirect_stderr, suppress
from dataclasses import dataclass, replace

from lanchat.core.attention import words_about_typists
from lanchat.core.mentions import EVERYBODY
from lanchat.core.message import Message
from lanchat.core.model import MemberKey, PrivateThread, RoomId
from lanchat.core.slash_table import SlashCall
from lanchat.core.slash_table import parse as parse_slash
from lanchat.core.text import as_sentence, clean_text
from lanchat.core.translate import _, ngettext
from lanchat.engine import events
from lanchat.engine.commands import Browse, FileChange, GetFile, InviteGuests, MarkRead, Say, SendFiles, TellTyping
from lanchat.engine.events import ConnectionState, EntryState, FileState
from lanchat.engine.slash_actions import SlashOutcome, SlashRoom, addressed_to, outcome_of
from lanchat.storage.reader import Hit
from lanchat.terminal.arguments import Options
from lanchat.terminal.console import Console, InputEnded, Typed
from lanchat.terminal.guest_code import GuestCodeFile
from lanchat.terminal.join_room import delay_reason, raise_refusal
from lanchat.terminal.json_input import parse_input
from lanchat.terminal.json_lines import JsonLines
from lanchat.terminal.output import PeopleColumn, Screen, can_edit
from lanchat.terminal.own_messages import OutgoingMessages
from lanchat.terminal.slash_commands import SlashCommands
from lanchat.terminal.standard_streams import CommandError, Exit, Interrupted, is_terminal
from lanchat.terminal.stdin_reader import InputSource, LineReader, MessageInput, text_problem
from lanchat.terminal.transcript import ConversationWriter, TextTranscript
from lanchat.terminal.unknown_authors import UnknownAuthorBuffer

_RECALLED = 20  # entries on disk that are shown on joining
_WAITING = 1_000  # lines of a pipe that may wait for the host: enough for a long report, a bound for an endless one
PIPE_SECONDS = 30.0  # patience with the host where no person waits: as that of `send`
_AUTHORS = 200  # of those who wrote here, whose names are completed
ANSWER_SECONDS = 2.0  #: at the end, for the disk to confirm the last texts


def converse(
    console: Console, options: Options, first: events.Hosting | events.ConnectionChanged | events.KeptElsewhere, *,
    hosting: bool = False, invites: InviteGuests | None = None,
) -> Exit:  # fmt: skip
    """Talk until the person leaves or, unless `hosting`, the input ends. `first`: the event that ended joining, or
    opening the room. `invites`: to be done when it is open here."""
    room_id = first.room_id
    console.do(Browse(on=False))  # no list of rooms is shown: fewer questions
    people = PeopleColumn(console.started.me, {}, console.reader.all_cards())
    outgoing = OutgoingMessages(console.reader.outbox(room_id))
    link_file = GuestCodeFile(options.guests_file) if options.guests_file is not None else None
    if options.json or not can_edit():
        writer = (JsonLines if options.json else TextTranscript)(Screen(), people, outgoing)
        if isinstance(writer, TextTranscript):
            writer.guest_code.on_terminal = is_terminal(sys.stdout)
        parse = parse_input if options.json else MessageInput
        reader = LineReader(console.post)
        talk = TerminalConversation(
            console, room_id, writer, reader, parse=parse, wait=options.wait, link_file=link_file, invites=invites
        )  # fmt: skip
        return talk.run(first, hosting)
    from lanchat.terminal.editor import Editor  # 0.15 s, for a person only

    def check(text: str) -> str:
        return "" if text.startswith("/") or not text.strip() else text_problem(text)

    def typing(text: str) -> None:
        """On the editor's thread."""
        if text.strip() and not text.startswith("/"):
            console.do(TellTyping(room_id))

    editor = Editor(console.post, check, typing)
    find = console.reader.message
    transcript = TextTranscript(Screen(editor.stream), people, outgoing, brief=True, gets=True, find=find)
    slash = SlashCommands(console, room_id, transcript)
    talk = TerminalConversation(
        console, room_id, transcript, editor, slash, wait=options.wait, link_file=link_file, invites=invites
    )
    with redirect_stderr(editor.stream) if is_terminal(sys.stderr) else nullcontext():
        transcript.recall(_recalled(console, room_id))
        return talk.run(first, hosting)


@dataclass(eq=False)
class TerminalConversation:
    console: Console
    room_id: RoomId
    writer: ConversationWriter
    input: InputSource
    slash: SlashCommands | None = None  #: a person types; None: the end of the input ends the conversation
    parse: Callable[[str], MessageInput] = MessageInput  #: parses a line
    link_file: GuestCodeFile | None = None  #: where the link for phones goes
    invites: InviteGuests | None = None  #: when the room is open here
    wait: float | None = None  #: seconds for which the host may be away, or take nothing; None: the default

    def __post_init__(self) -> None:
        self._outgoing = self.writer.outgoing
        self.console.asks = self.writer.room.asks = self.slash is not None
        self._unknown_authors = UnknownAuthorBuffer(self.writer.people, self.console.reader.card)
        self._lines_read = 0
        self._unreleased = 0  # of them, those for which no other line was requested yet
        self._said_any = False  # whether anything was to be said, sent or not
        self._input_ended = False
        self._with_host = False
        self._last_progress = time.monotonic()  # when the host was lost, or took something
        self._given_up = False
        self._delay = ""  # why the host takes nothing

    def run(self, first: events.Event, hosting: bool) -> Exit:
        self.input.start()
        try:
            self._handle(first)
            if topic := self.console.reader.topic(self.room_id):
                self._handle(events.TopicChanged(self.room_id, topic))
            while hosting or not self._all_said():
                until = None if hosting else self._give_up_at()
                if until is not None and time.monotonic() >= until:
                    self._given_up = True
                    break
                match heard := self.console.next_event(_earlier(until, self._unknown_authors.until)):
                    case Typed(text):
                        self._lines_read += 1
                        self._unreleased += 1
                        self._line_typed(text)
                    case InputEnded():
                        self._input_ended = True
                        self._last_progress = time.monotonic()
                    case _:
                        for event in self._unknown_authors.release(heard, time.monotonic()):
                            self._handle(event)
                self._request_lines()
        except Interrupted:
            self._await_answers(hosting)
        except CommandError:  # such as being removed: what was to be said before is reported
            self._await_answers(hosting)
            self._warn_untaken()
            raise
        finally:
            self.input.stop()
            if self.link_file is not None:
                self.link_file.close()
        return self._outcome()

    def _give_up_at(self) -> float | None:
        """When to give up waiting for the host (time.monotonic); None: not at the moment."""
        if self._with_host and not self._unfinished:
            return None
        wait = self.wait
        if wait is None and self.slash is None and self._said_any and (self._input_ended or self._is_full):
            wait = PIPE_SECONDS
        return None if wait is None else self._last_progress + wait

    @property
    def _unfinished(self) -> int:
        """How many messages and files the host has not taken yet, and how many files are still to come."""
        return self._outgoing.waiting + self.writer.files.unfinished

    @property
    def _is_full(self) -> bool:
        """Whether the host must take something before more is read."""
        return self._outgoing.waiting >= _WAITING

    def _request_lines(self) -> None:
        """Request as many lines as were stored, unless too many wait for the host."""
        written = self._unreleased - self._outgoing.unwritten
        if written > 0 and not self._is_full:
            self.input.allow_lines(written)
            self._unreleased -= written

    def _line_typed(self, line: str) -> None:
        if not line.strip():
            return
        message = self.parse(line)
        text = clean_text(message.text)
        if self.slash and text and not (text := self.slash.run(text)):
            return
        self._said_any = True
        if message.file_change is not None and not message.problem:
            self._change_file(message.file_change)
            return
        if message.slash:
            self._called(message.slash)
            return
        self._outgoing.submitted()
        if problem := message.problem or ("" if message.change or message.files else text_problem(text)):
            self._handle(events.NotWritten(self.room_id, message.text, problem, message.ref))
        elif message.change:
            self.console.do(message.change(self.room_id))
        else:
            to = addressed_to(message.to, self.room_id, self.writer.people) if message.to else self.room_id
            if isinstance(to, SlashOutcome):
                self._handle(events.NotWritten(self.room_id, message.text, to.problem, message.ref))
            elif message.files:
                self.console.do(SendFiles(to, message.files, text, message.reply_to, message.ref))
            else:
                self.console.do(Say(to, text, message.ref, message.reply_to))

    def _called(self, line: str) -> None:
        """Do for a program what a person types with a slash."""
        call, writer = parse_slash(line, window=False), self.writer
        if not isinstance(call, SlashCall):
            return
        rights = writer.room.rights(self.console.reader.standing(self.room_id))
        outcome = outcome_of(call, SlashRoom(self.room_id, writer.people, rights))
        if outcome is None:  # of those that only show something there is one
            writer.set_aside(self.room_id, self.console.reader.all_set_aside(self.room_id))
            return
        for command in outcome.commands:
            self.console.do(command)
        if outcome.problem:
            self._handle(events.Problem(outcome.problem, self.room_id))

    def _change_file(self, change: Callable[[RoomId], FileChange]) -> None:
        command = change(self.room_id)
        message_id, found = command.message_id, None
        if message_id is not None and (hit := self.writer.files.find(message_id)) is not None:
            command, found = change(hit.room_id), hit.message
        elif message_id is not None:
            found = self.console.reader.message(self.room_id, message_id)
        if found is None or found.offer is None:
            self._handle(events.Problem(_("No message with this id offers files."), self.room_id))
            return
        if isinstance(command, GetFile):
            self.writer.files.asked(found)
        self.console.do(command)

    def _handle(self, event: events.Event) -> None:
        self._outgoing.handle(event)
        match event:
            case events.KeeperChanged(mine=True) if self.invites is not None:
                self.console.do(self.invites)
                self.invites = None
            case events.GuestsInvited() | events.GuestInvitationEnded() if self.link_file is not None:
                self.link_file.note(event)
            case events.EntryStateChanged() | events.FilePreparing() | events.FileChanged(state=FileState.COMING):
                self._last_progress = time.monotonic()
            case events.FileChanged(state=FileState.MINE):
                self._last_progress = time.monotonic()
            case events.MessagesAdded(room_id, messages, older=False) if messages:
                for one in {room_id, self.room_id}:  # a private thread, and the room that it is in
                    self.console.do(MarkRead(one, messages[-1].seq, by_person=self.slash is not None))
            case events.ConnectionChanged(state=state):
                is_in = state in (ConnectionState.CONNECTED, ConnectionState.HOSTING)
                if is_in or self._with_host:
                    self._last_progress = time.monotonic()
                self._with_host = is_in
        self._delay = delay_reason(event, self._delay)
        self.writer.write_event(event)
        names_me = self.writer.names_me
        if isinstance(event, events.RosterChanged) and self.slash:
            self.input.set_completions([*self._mentionable(), *self.slash.words])
        match event:
            case events.MessagesAdded(room_id, messages, older=False, backlog=False):
                calls = _is_anothers(self.writer.people.me) if PrivateThread.of(room_id) else names_me
                if any(map(calls, messages)):
                    self.input.ring()
            case events.TypingChanged(_, members, more):
                self.input.show_typists(words_about_typists(list(map(self.writer.people.called, members)), more))
            case events.ConnectionChanged():
                self.input.show_typists("")
        raise_refusal(event)
        self.input.show(replace(self._outgoing.status, files=self.writer.files.lines))

    def _mentionable(self) -> list[str]:
        """What may follow an @: everybody who is here or wrote here; for the host, all at once."""
        people = self.writer.people
        keys = dict.fromkeys([*people.here(), *self.console.reader.authors(self.room_id, _AUTHORS)])
        names = [f"@{people.nicks.nick(key)}" for key in keys if key != people.me and people.nicks.knows(key)]
        return [*names, *([f"@{EVERYBODY[0]}"] if self.writer.room.is_mine else ())]

    def _all_said(self) -> bool:
        """Whether the pipe has ended, the host has stored all that came through it, and asked files are here."""
        return self._input_ended and self._said_any and not self._unfinished

    def _await_answers(self, hosting: bool) -> None:
        """At the end, report what becomes of submitted texts: until they are stored here, and in a room hosted here,
        until they are in its log, which follows at once."""
        until = time.monotonic() + ANSWER_SECONDS
        with suppress(Interrupted):  # a second request to leave ends the wait
            while (self._outgoing.waiting if hosting else self._outgoing.unwritten) and time.monotonic() < until:
                match heard := self.console.next_event_while_leaving(until):
                    case events.EntryWritten() | events.EntryStateChanged() | events.NotWritten():
                        self._handle(heard)

    def _outcome(self) -> Exit:
        if self._given_up:
            no_reason = _("The host takes nothing.") if self._with_host else _("The host does not answer.")
            self.writer.screen.warn(as_sentence(self._delay) or no_reason)
        untaken = self._warn_untaken()
        self._warn_kept()
        if self._unfinished or self._outgoing.failed or untaken or self.writer.files.failed:
            return Exit.FAILED
        return Exit.NOT_FOUND if self._given_up else Exit.DONE

    def _warn_untaken(self) -> int:
        """The number of lines of the input that were not taken; the person is warned."""
        if untaken := self.input.untaken_lines(self._lines_read):
            words = ngettext(
                "{n} more line of the input had come. It was not taken, and is not sent.",
                "{n} more lines of the input had come. They were not taken, and are not sent.",
                untaken,
            )
            self.writer.screen.warn(words.format(n=untaken))
        return untaken

    def _warn_kept(self) -> None:
        if kept := len(self._outgoing.kept):
            words = ngettext(
                "{n} message is not with the host yet. It is kept, and goes with the next join or send.",
                "{n} messages are not with the host yet. They are kept, and go with the next join or send.",
                kept,
            )
            self.writer.screen.warn(words.format(n=kept))
        if going := self.writer.files.going:
            words = ngettext(
                "Not all of {n} file has gone from here yet. That goes on when this computer is in the room again.",
                "Not all of {n} files has gone from here yet. That goes on when this computer is in the room again.",
                going,
            )
            self.writer.screen.warn(words.format(n=going))
        if unwritten := self._outgoing.unwritten:
            words = ngettext(
                "The disk was not done with {n} message; `lanchat history` shows whether it was sent.",
                "The disk was not done with {n} messages; `lanchat history` shows whether they were sent.",
                unwritten,
            )
            self.writer.screen.warn(words.format(n=unwritten))
        if self._outgoing.kept:  # last: stdout may block where nobody reads it, and stderr is complete by now
            self.writer.write_event(
                events.EntryStateChanged(self.room_id, self._outgoing.kept, EntryState.WAITING, self._delay)
            )


def _recalled(console: Console, room_id: RoomId) -> list[Hit]:
    """The last messages that were on disk at the start; with the private ones among and after them."""

    def last(kept_in: RoomId) -> list[Message]:
        return console.reader.before(kept_in, console.last_seqs_at_start.get(kept_in, 0) + 1, _RECALLED)

    said = last(room_id)
    first = said[0].seq if len(said) == _RECALLED else 0
    threads = [one.thread_id for one in console.reader.threads() if one.room_id == room_id]
    private = [Hit(thread, one) for thread in threads for one in last(thread) if one.seq > first]
    private = sorted(private, key=lambda hit: hit.message.seq)[-_RECALLED:]
    return sorted([*private, *(Hit(room_id, one) for one in said)], key=lambda hit: hit.message.seq)


def _is_anothers(me: MemberKey) -> Callable[[Message], bool]:
    return lambda one: one.author != me


def _earlier(one: float | None, other: float | None) -> float | None:
    return other if one is None else one if other is None else min(one, other)
