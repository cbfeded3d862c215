"""Talk: one conversation, from the door to the goodbye; the same for who hosts and who joined. Main thread."""

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
    EntriesAdded,
    EntryState,
    EntryStateChanged,
    EntryWritten,
    Event,
    NotWritten,
    RosterChanged,
)
from lanchat.terminal.arguments import Options
from lanchat.terminal.console import Console, InputEnded, Typed
from lanchat.terminal.exit_codes import CommandError, Exit, Interrupted
from lanchat.terminal.join_room import delay_reason, raise_refusal
from lanchat.terminal.json_lines import JsonLines, parse_input
from lanchat.terminal.output import PeopleColumn, Screen, can_edit
from lanchat.terminal.own_messages import OwnMessages
from lanchat.terminal.slash_commands import SlashCommands
from lanchat.terminal.standard_streams import is_terminal
from lanchat.terminal.stdin_reader import InputSource, LineReader, MessageInput, text_problem
from lanchat.terminal.transcript import TextTranscript, UnknownAuthorBuffer

_RECALLED = 20  # entries shown on joining, of what we have
_WAITING = 1_000  # lines of a pipe that may wait for the host: a long report is kept whole, an endless one not
PIPE_SECONDS = 30.0  # for the host, where no person waits: as long as `send` waits
_ANSWER_SECONDS = 2.0  # for the disk, at the end, to say of the last texts whether they are kept


def converse(console: Console, options: Options, room_id: RoomId, first: Event, *, hosting: bool = False) -> Exit:
    """Talk until somebody leaves. `first` is the event that said that we are in, or wait for the host."""
    console.do(Browse(on=False))  # nobody looks at a list of rooms now: the network may rest
    people = PeopleColumn(console.started.me, console.reader.nicks())
    mine = OwnMessages()
    mine.left_waiting(console.reader.outbox(room_id))
    if options.json or not can_edit():
        screen = Screen()
        scribe: ConversationWriter = TextTranscript(screen, people, mine, brief=False)
        read: Callable[[str], MessageInput] = MessageInput
        if options.json:
            scribe, read = JsonLines(screen, people, mine), parse_input
        return TerminalConversation(console, room_id, people, mine, scribe, LineReader(console.tell), screen, read=read,
                    wait=options.wait).run(first, hosting)  # fmt: skip
    from lanchat.terminal.editor import Editor  # 0.15 s that only a terminal needs

    editor = Editor(console.tell, lambda text: "" if text.startswith("/") or not text.strip() else text_problem(text))
    screen = Screen(editor.stream)
    transcript = TextTranscript(screen, people, mine, brief=True)
    slash = SlashCommands(console, room_id, people, mine, transcript, hosting=hosting)
    talk = TerminalConversation(console, room_id, people, mine, transcript, editor, screen, slash, wait=options.wait)
    with redirect_stderr(screen.stream) if is_terminal(sys.stderr) else nullcontext():
        transcript.next(console.reader.before(room_id, console.had.get(room_id, 0) + 1, _RECALLED))
        return talk.run(first, hosting)


class TerminalConversation:
    def __init__(
        self, console: Console, room_id: RoomId, people: PeopleColumn, mine: OwnMessages, scribe: ConversationWriter,
        hand: InputSource, screen: Screen,
        slash: SlashCommands | None = None, read: Callable[[str], MessageInput] = MessageInput,
        wait: float | None = None,
    ) -> None:  # fmt: skip
        """With a `slash`, a person types; without, the input's end means something. `read`: what a line asks to be
        said. `wait`: how long the host may be away, or take nothing of what waits."""
        self._console = console
        self._room_id = room_id
        self._people = people
        self._mine = mine
        self._scribe = scribe
        self._hand = hand
        self._screen = screen
        self._read = read
        self._slash = slash
        self._introductions = UnknownAuthorBuffer(people, console.reader.card)
        self._taken = 0  # lines
        self._owed = 0  # of them, lines for which no other was asked for yet
        self._asked_any = False  # to say something, be it sent or not
        self._input_ended = False
        self._wait = wait
        self._with_host = False
        self._moved_on = time.monotonic()  #: when the host was lost, or took something
        self._given_up = False
        self._why = ""  # the host takes nothing
        self._stopped: ConnectionChanged | None = None  #: the host has another copy of the room: nothing goes to it

    def run(self, first: Event, hosting: bool) -> Exit:
        self._hand.start()
        try:
            self._happened(first)
            while hosting or not self._all_said():
                if self._stopped is not None and self._all_kept():
                    self._say_kept()
                    raise_refusal(self._stopped)
                until = None if hosting else self._patient_until()
                if until is not None and time.monotonic() >= until:
                    self._given_up = True
                    break
                match heard := self._console.hear(_sooner(until, self._introductions.until)):
                    case Typed(text):
                        self._taken += 1
                        self._owed += 1
                        self._typed(text)
                    case InputEnded():
                        self._input_ended = True
                        self._moved_on = time.monotonic()
                    case _:
                        for event in self._introductions.pass_on(heard, time.monotonic()):
                            self._happened(event)
                self._go_on()
        except Interrupted:
            self._await_answers(hosting)
        except CommandError:  # sent away, for example: what was asked to be said before that is given back
            self._await_answers(hosting)
            self._say_left_over()
            raise
        finally:
            self._hand.stop()
        return self._outcome()

    def _patient_until(self) -> float | None:
        """When to give up the host; None: not now."""
        if self._with_host and not self._mine.waiting:
            return None
        wait = self._wait
        if wait is None and self._slash is None and self._asked_any and (self._input_ended or self._is_full):
            wait = PIPE_SECONDS
        return None if wait is None else self._moved_on + wait

    @property
    def _is_full(self) -> bool:
        """Nothing more is read before the host takes something."""
        return self._mine.waiting >= _WAITING

    def _go_on(self) -> None:
        """Ask for more lines as fast as they are taken: by our disk, and by the host as long as we are with it."""
        written = self._owed - self._mine.unwritten
        if written > 0 and (self._stopped is not None or not self._is_full):
            self._hand.go_on(written)
            self._owed -= written

    def _typed(self, line: str) -> None:
        if not line.strip():
            return
        given = self._read(line)
        text = clean_text(given.text)
        if self._slash and self._slash.takes(text):
            return
        if self._slash and text.startswith("//") and "/" not in text[2:].split(" ", 1)[0]:  # "//who" says "/who"
            text = text[1:]
        self._asked_any = True
        if problem := given.problem or text_problem(text):
            self._mine.refused()
            self._scribe.tell(NotWritten(self._room_id, given.text, problem, given.ref))
            return
        self._mine.asked()
        self._console.do(Say(self._room_id, text, given.ref))

    def _happened(self, event: Event) -> None:
        match event:
            case EntryWritten():
                self._mine.written(event)
            case EntryStateChanged():
                self._mine.changed(event)
                self._moved_on = time.monotonic()
            case RosterChanged():
                self._moved(event)
            case NotWritten():  # from the Engine: it was asked
                self._mine.lost()
            case EntriesAdded(room_id, entries, older=False) if entries:
                self._console.do(MarkRead(room_id, entries[-1].seq))
            case _:
                pass
        if isinstance(event, ConnectionChanged):
            is_in = event.state in (ConnectionState.CONNECTED, ConnectionState.HOSTING)
            if is_in or self._with_host:
                self._moved_on = time.monotonic()
            self._with_host = is_in
        self._why = delay_reason(event, self._why)
        self._scribe.tell(event)
        if isinstance(event, ConnectionChanged) and event.diverged:
            self._stopped = event
        else:
            raise_refusal(event)
        self._hand.show(self._mine.below)

    def _moved(self, event: RosterChanged) -> None:
        self._scribe.moved(self._room_id, self._people.changed(event.joined, event.left, whole=event.first))
        names = [f"@{self._people.called(key)}" for key in self._people.here() if key != self._people.me]
        self._hand.offer([*names, *(self._slash.words if self._slash else ())])

    def _all_said(self) -> bool:
        """The pipe has ended, and the host has on its disk all that came through it."""
        return self._input_ended and self._asked_any and not self._mine.waiting

    def _all_kept(self) -> bool:
        """A person sees that nothing goes on; a pipe is read to its end, so that nothing of it is dropped."""
        return self._slash is not None or (self._input_ended and not self._mine.unwritten)

    def _await_answers(self, hosting: bool) -> None:
        """What was asked to be said, and how far it is, is told also when somebody wants this to end. In a room of our
        own it is in the log right after it is kept."""
        until = time.monotonic() + _ANSWER_SECONDS
        with suppress(Interrupted):  # once more: it is not waited for
            while (self._mine.waiting if hosting else self._mine.unwritten) and time.monotonic() < until:
                match heard := self._console.hear_out(until):
                    case EntryWritten() | EntryStateChanged() | NotWritten():
                        self._happened(heard)

    def _outcome(self) -> Exit:
        if self._given_up:
            no_reason = _("The host takes nothing.") if self._with_host else _("The host does not answer.")
            self._screen.warn(as_sentence(self._why) or no_reason)
        left_over = self._say_left_over()
        self._say_kept()
        if self._mine.waiting or self._mine.failed or left_over:
            return Exit.FAILED
        return Exit.NOT_FOUND if self._given_up else Exit.DONE

    def _say_left_over(self) -> int:
        """How much of the input was not taken, told."""
        if left_over := self._hand.left_over(self._taken):
            self._screen.warn(
                ngettext(
                    "{n} more line of the input had come. It was not taken, and is not sent.",
                    "{n} more lines of the input had come. They were not taken, and are not sent.",
                    left_over,
                ).format(n=left_over)
            )
        return left_over

    def _say_kept(self) -> None:
        if kept := len(self._mine.kept):
            self._screen.warn(
                ngettext(
                    "{n} message is not with the host yet. It is kept, and goes with the next join or send.",
                    "{n} messages are not with the host yet. They are kept, and go with the next join or send.",
                    kept,
                ).format(n=kept)
            )
        if unwritten := self._mine.unwritten:
            self._screen.warn(
                ngettext(
                    "The disk was not done with {n} message; `lanchat history` shows whether it was sent.",
                    "The disk was not done with {n} messages; `lanchat history` shows whether they were sent.",
                    unwritten,
                ).format(n=unwritten)
            )
        if self._mine.kept:  # at last: who does not read this stream has read all of the other
            self._scribe.tell(EntryStateChanged(self._room_id, self._mine.kept, EntryState.WAITING, self._why))


def _sooner(one: float | None, other: float | None) -> float | None:
    return other if one is None else one if other is None else min(one, other)


class ConversationWriter(Protocol):
    def tell(self, event: Event) -> None:
        """Write down what is of interest in it; of everything but the roster."""

    def moved(self, room_id: RoomId, moves: Moves) -> None:
        """Write down who came and went."""
