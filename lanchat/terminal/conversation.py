"""A conversation in the terminal, from joining or hosting to the goodbye. Main thread.

Lines come from an InputSource (the Editor of a person, or a pipe), events from the Engine; a ConversationWriter prints
them as text (TextTranscript) or for programs (JsonLines).
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from contextlib import nullcontext, redirect_stderr, suppress
from typing import Protocol

from lanchat.core.model import RoomId
from lanchat.core.nicks import Moves
from lanchat.core.text import as_sentence, clean_text
from lanchat.core.translate import _, ngettext
from lanchat.engine.commands import Browse, MarkRead, Say
from lanchat.engine.events import (
    ConnectionChanged,
    ConnectionState,
    EntryState,
    EntryStateChanged,
    EntryWritten,
    Event,
    MessagesAdded,
    NotWritten,
    RosterChanged,
)
from lanchat.terminal.arguments import Options
from lanchat.terminal.console import Console, InputEnded, Typed
from lanchat.terminal.join_room import delay_reason, raise_refusal
from lanchat.terminal.json_lines import JsonLines, parse_input
from lanchat.terminal.output import PeopleColumn, Screen, can_edit
from lanchat.terminal.own_messages import OutgoingMessages
from lanchat.terminal.slash_commands import SlashCommands
from lanchat.terminal.standard_streams import CommandError, Exit, Interrupted, is_terminal
from lanchat.terminal.stdin_reader import InputSource, LineReader, MessageInput, text_problem
from lanchat.terminal.transcript import TextTranscript, UnknownAuthorBuffer

_RECALLED = 20  # entries on disk that are shown on joining
_WAITING = 1_000  # lines of a pipe that may wait for the host: enough for a long report, a bound for an endless one
PIPE_SECONDS = 30.0  # patience with the host where no person waits: as that of `send`
_ANSWER_SECONDS = 2.0  # at the end, for the disk to confirm the last texts


class ConversationWriter(Protocol):
    def write_event(self, event: Event) -> None:
        """Print what is of interest in an event, but for changes of the roster."""

    def write_moves(self, room_id: RoomId, moves: Moves) -> None:
        """Print who joined and left, and who has another nick."""


def converse(console: Console, options: Options, room_id: RoomId, first: Event, *, hosting: bool = False) -> Exit:
    """Talk until the person leaves or the input ends. `first`: the event that ended joining or hosting."""
    console.do(Browse(on=False))  # no list of rooms is shown: fewer questions
    people = PeopleColumn(console.started.me, console.reader.nicks())
    outgoing = OutgoingMessages()
    outgoing.restore(console.reader.outbox(room_id))
    if options.json or not can_edit():
        screen = Screen()
        writer: ConversationWriter = TextTranscript(screen, people, outgoing, brief=False)
        parse: Callable[[str], MessageInput] = MessageInput
        if options.json:
            writer, parse = JsonLines(screen, people, outgoing), parse_input
        reader = LineReader(console.post)
        talk = TerminalConversation(
            console, room_id, people, outgoing, writer, reader, screen, parse=parse, wait=options.wait
        )  # fmt: skip
        return talk.run(first, hosting)
    from lanchat.terminal.editor import Editor  # 0.15 s, for a person only

    editor = Editor(console.post, lambda text: "" if text.startswith("/") or not text.strip() else text_problem(text))
    screen = Screen(editor.stream)
    transcript = TextTranscript(screen, people, outgoing, brief=True)
    slash = SlashCommands(console, room_id, people, outgoing, transcript, hosting=hosting)
    talk = TerminalConversation(
        console, room_id, people, outgoing, transcript, editor, screen, slash, wait=options.wait
    )
    with redirect_stderr(screen.stream) if is_terminal(sys.stderr) else nullcontext():
        transcript.next(console.reader.before(room_id, console.last_seqs_at_start.get(room_id, 0) + 1, _RECALLED))
        return talk.run(first, hosting)


class TerminalConversation:
    def __init__(
        self, console: Console, room_id: RoomId, people: PeopleColumn, outgoing: OutgoingMessages,
        writer: ConversationWriter, input_source: InputSource, screen: Screen, slash: SlashCommands | None = None,
        parse: Callable[[str], MessageInput] = MessageInput, wait: float | None = None,
    ) -> None:  # fmt: skip
        """With `slash` a person types; without, the end of the input ends the conversation. `parse` parses a line.
        `wait`: seconds for which the host may be away, or take nothing of what waits; None: the default."""
        self._console = console
        self._room_id = room_id
        self._people = people
        self._outgoing = outgoing
        self._writer = writer
        self._input = input_source
        self._screen = screen
        self._parse = parse
        self._slash = slash
        self._unknown_authors = UnknownAuthorBuffer(people, console.reader.card)
        self._lines_read = 0
        self._unreleased = 0  # of them, those for which no other line was requested yet
        self._said_any = False  # whether anything was to be said, sent or not
        self._input_ended = False
        self._wait = wait
        self._with_host = False
        self._last_progress = time.monotonic()  # when the host was lost, or took something
        self._given_up = False
        self._delay = ""  # why the host takes nothing
        self._stopped: ConnectionChanged | None = None  # the host has another copy of the room: nothing goes to it

    def run(self, first: Event, hosting: bool) -> Exit:
        self._input.start()
        try:
            self._handle(first)
            while hosting or not self._all_said():
                if self._stopped is not None and self._all_kept():
                    self._warn_kept()
                    raise_refusal(self._stopped)
                until = None if hosting else self._give_up_at()
                if until is not None and time.monotonic() >= until:
                    self._given_up = True
                    break
                match heard := self._console.next_event(_earlier(until, self._unknown_authors.until)):
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
            self._input.stop()
        return self._outcome()

    def _give_up_at(self) -> float | None:
        """When to give up waiting for the host (time.monotonic); None: not at the moment."""
        if self._with_host and not self._outgoing.waiting:
            return None
        wait = self._wait
        if wait is None and self._slash is None and self._said_any and (self._input_ended or self._is_full):
            wait = PIPE_SECONDS
        return None if wait is None else self._last_progress + wait

    @property
    def _is_full(self) -> bool:
        """Whether the host must take something before more is read."""
        return self._outgoing.waiting >= _WAITING

    def _request_lines(self) -> None:
        """Request as many lines as were stored, unless too many wait for the host."""
        written = self._unreleased - self._outgoing.unwritten
        if written > 0 and (self._stopped is not None or not self._is_full):
            self._input.allow_lines(written)
            self._unreleased -= written

    def _line_typed(self, line: str) -> None:
        if not line.strip():
            return
        message = self._parse(line)
        text = clean_text(message.text)
        if self._slash and self._slash.run(text):
            return
        if self._slash and text.startswith("//") and "/" not in text[2:].split(" ", 1)[0]:  # "//who" sends "/who"
            text = text[1:]
        self._said_any = True
        if problem := message.problem or text_problem(text):
            self._outgoing.refused()
            self._writer.write_event(NotWritten(self._room_id, message.text, problem, message.ref))
            return
        self._outgoing.submitted()
        self._console.do(Say(self._room_id, text, message.ref))

    def _handle(self, event: Event) -> None:
        self._outgoing.handle(event)
        match event:
            case EntryStateChanged():
                self._last_progress = time.monotonic()
            case RosterChanged():
                self._roster_changed(event)
            case MessagesAdded(room_id, messages, older=False) if messages:
                self._console.do(MarkRead(room_id, messages[-1].seq))
            case _:
                pass
        if isinstance(event, ConnectionChanged):
            is_in = event.state in (ConnectionState.CONNECTED, ConnectionState.HOSTING)
            if is_in or self._with_host:
                self._last_progress = time.monotonic()
            self._with_host = is_in
        self._delay = delay_reason(event, self._delay)
        self._writer.write_event(event)
        if isinstance(event, ConnectionChanged) and event.diverged:
            self._stopped = event
        else:
            raise_refusal(event)
        self._input.show(self._outgoing.status)

    def _roster_changed(self, event: RosterChanged) -> None:
        self._writer.write_moves(self._room_id, self._people.changed(event.joined, event.left, whole=event.first))
        names = [f"@{self._people.called(key)}" for key in self._people.here() if key != self._people.me]
        self._input.set_completions([*names, *(self._slash.words if self._slash else ())])

    def _all_said(self) -> bool:
        """Whether the pipe has ended, and the host has stored all that came through it."""
        return self._input_ended and self._said_any and not self._outgoing.waiting

    def _all_kept(self) -> bool:
        """Whether a stopped conversation may end: at once for a person, after all is stored for a pipe."""
        return self._slash is not None or (self._input_ended and not self._outgoing.unwritten)

    def _await_answers(self, hosting: bool) -> None:
        """At the end, report what becomes of submitted texts: until they are stored here, and in a room hosted here,
        until they are in its log, which follows at once."""
        until = time.monotonic() + _ANSWER_SECONDS
        with suppress(Interrupted):  # a second request to leave ends the wait
            while (self._outgoing.waiting if hosting else self._outgoing.unwritten) and time.monotonic() < until:
                match heard := self._console.next_event_while_leaving(until):
                    case EntryWritten() | EntryStateChanged() | NotWritten():
                        self._handle(heard)

    def _outcome(self) -> Exit:
        if self._given_up:
            no_reason = _("The host takes nothing.") if self._with_host else _("The host does not answer.")
            self._screen.warn(as_sentence(self._delay) or no_reason)
        untaken = self._warn_untaken()
        self._warn_kept()
        if self._outgoing.waiting or self._outgoing.failed or untaken:
            return Exit.FAILED
        return Exit.NOT_FOUND if self._given_up else Exit.DONE

    def _warn_untaken(self) -> int:
        """The number of lines of the input that were not taken; the person is warned."""
        if untaken := self._input.untaken_lines(self._lines_read):
            self._screen.warn(
                ngettext(
                    "{n} more line of the input had come. It was not taken, and is not sent.",
                    "{n} more lines of the input had come. They were not taken, and are not sent.",
                    untaken,
                ).format(n=untaken)
            )
        return untaken

    def _warn_kept(self) -> None:
        if kept := len(self._outgoing.kept):
            self._screen.warn(
                ngettext(
                    "{n} message is not with the host yet. It is kept, and goes with the next join or send.",
                    "{n} messages are not with the host yet. They are kept, and go with the next join or send.",
                    kept,
                ).format(n=kept)
            )
        if unwritten := self._outgoing.unwritten:
            self._screen.warn(
                ngettext(
                    "The disk was not done with {n} message; `lanchat history` shows whether it was sent.",
                    "The disk was not done with {n} messages; `lanchat history` shows whether they were sent.",
                    unwritten,
                ).format(n=unwritten)
            )
        if self._outgoing.kept:  # last: stdout may block where nobody reads it, and stderr is complete by now
            self._writer.write_event(
                EntryStateChanged(self._room_id, self._outgoing.kept, EntryState.WAITING, self._delay)
            )


def _earlier(one: float | None, other: float | None) -> float | None:
    return other if one is None else one if other is None else min(one, other)
