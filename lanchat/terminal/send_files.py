"""What `lanchat send --file` does in a room: offers files, and waits until the host has all of them. Main thread.

When the host keeps no copy, the others can have them only while this computer is in the room, and the command fails:
it is about to leave. Of private files no host keeps a copy: who they are for has to take them meanwhile.
"""

from __future__ import annotations

import time
from pathlib import Path

from lanchat.core.file_words import caption_problem, shown_file_name
from lanchat.core.model import EntryId, PrivateThread, RoomId
from lanchat.core.text import as_sentence, shown_nick
from lanchat.core.translate import _
from lanchat.engine import events
from lanchat.engine.commands import SendFiles
from lanchat.engine.events import EntryState, FileChanged
from lanchat.engine.slash_actions import path_problem
from lanchat.terminal.arguments import Options
from lanchat.terminal.console import Console, ConsoleEvent
from lanchat.terminal.file_progress import going_words, only_here_words, preparing_words
from lanchat.terminal.join_room import delay_reason, report_problem
from lanchat.terminal.output import ProgressLine
from lanchat.terminal.standard_streams import CommandError, Exit, Interrupted


def sent_paths(options: Options) -> tuple[str, ...]:
    """The files that are to be sent, absolute. Raises CommandError."""
    for path in options.file or ():
        if problem := path_problem(path):
            raise CommandError(problem, Exit.USAGE)
    return tuple(str(Path(path).expanduser().absolute()) for path in options.file or ())


def caption(options: Options) -> str:
    """What is said beside files. Raises CommandError."""
    words = " ".join([*options.text, *(options.caption or ())])
    if problem := caption_problem(words):
        raise CommandError(problem)
    return words


def send_files(console: Console, to: RoomId, paths: tuple[str, ...], words: str, wait: float) -> None:
    """Offer files, and wait until the host has all of them. `to`: the room; or a private thread in it: then the
    other one of the two is waited for. Raises CommandError where that is not so."""
    progress = ProgressLine()
    try:
        _Sending(console, progress, wait).run(SendFiles(to, paths, words, ref="files"))
    finally:
        progress.clear()


class _Sending:
    def __init__(self, console: Console, progress: ProgressLine, wait: float) -> None:
        self._console = console
        self._progress = progress
        self._patience = wait
        self._written: EntryId | None = None
        self._name = ""
        self._taken = False
        self._now: FileChanged | None = None
        self._delay = ""
        self._peer = ""  # whom they are for alone

    def run(self, command: SendFiles) -> None:
        thread = PrivateThread.of(command.room_id)
        self._peer = shown_nick(self._console.reader.nicks().get(thread.peer, "")) if thread is not None else ""
        self._console.do(command)
        last = time.monotonic()
        try:
            while True:
                event = self._console.next_event(last + self._patience)
                if event is None:
                    raise CommandError(self._unsure())
                self._delay = delay_reason(event, self._delay)
                before = self._taken
                if self._handle(event):
                    return
                if isinstance(event, events.FilePreparing | FileChanged | events.EntryWritten) or before != self._taken:
                    last = time.monotonic()
        except Interrupted:
            raise CommandError(self._unsure()) from None

    def _handle(self, event: ConsoleEvent) -> bool:
        """Whether the host has everything, or the one whom it is for."""
        match event:
            case events.FilePreparing(ref="files"):
                self._progress.show(preparing_words(event))
            case events.FilesRefused(ref="files", problem=problem):
                raise CommandError(_("Not sent. {problem}").format(problem=as_sentence(problem)))
            case events.EntryWritten(entry_id=entry_id, ref="files", offer=offer):
                self._written = entry_id
                self._name = shown_file_name(offer) if offer is not None else ""
            case events.EntryStateChanged(_, ids, EntryState.NOT_SENT, problem) if self._written in ids:
                words = _("Not sent. {problem}").format(problem=as_sentence(problem)).rstrip()
                raise CommandError(words, Exit.REFUSED)
            case events.EntryStateChanged(_, ids, EntryState.TAKEN | EntryState.DELIVERED) if self._written in ids:
                self._taken = True
            case FileChanged(message_id=message_id) if message_id == self._written:
                self._now = event
                self._progress.show(going_words(self._name, event))
            case events.Problem():
                self._progress.clear()
                report_problem(event)
            case _:
                report_problem(event)
        if not self._taken or self._now is None:
            return False
        if self._peer:
            return self._now.shared > 0 and self._now.given >= self._now.size
        if self._now.problem and not self._now.host_has:
            hint = _("lanchat join keeps this computer in the room.")
            raise CommandError(f"{only_here_words(self._name, self._now.problem)} {hint}")
        return self._now.host_has

    def _unsure(self) -> str:
        if self._written is None:
            return _("Nothing was sent.")
        if self._taken and self._peer:
            words = _("The message was sent, but {nick} has not got all of {name} yet. Only this computer can give it: "
                      "lanchat join keeps it in the room.").format(nick=self._peer, name=self._name)  # fmt: skip
        elif not self._taken:
            words = _("The host has not confirmed it yet. It is kept here, and goes with the next join or send.")
        else:
            words = _("The message was sent, but the host has not got all of {name} yet. The rest goes to it when this "
                      "computer is in the room again, as by lanchat join.").format(name=self._name)  # fmt: skip
        return f"{as_sentence(self._delay)} {words}".lstrip()
