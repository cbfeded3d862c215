"""What is under way with files: lines to show while it goes on, and sentences about how it ended. Pure.

Download pictures by themselves: only what the person asked for, and what they send, is told of.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from lanchat.core.file_offer import FileOffer
from lanchat.core.file_words import shown_file_name
from lanchat.core.message import Message
from lanchat.core.model import EntryId, PrivateThread
from lanchat.core.sizes import progress_words, rate_words, time_left_words
from lanchat.core.text import as_sentence, clean_line, shown_problem
from lanchat.core.translate import _
from lanchat.engine.events import (
    ConnectionChanged,
    ConnectionState,
    EntryWritten,
    Event,
    FileChanged,
    FilePreparing,
    FilesKnown,
    FilesRefused,
    FileState,
    Hosting,
    MessagesAdded,
)
from lanchat.engine.file_events import note_files
from lanchat.storage.reader import Hit

_HERE = (FileState.HERE, FileState.MINE)
UNDER_WAY = (FileState.WAITING, FileState.COMING)
_PRIVATE = 1_000  # private offers of this session that are remembered
_NAME_CHARACTERS = 40  # of a name in a line of progress
_PATH_CHARACTERS = 4_096


class FileNotice(NamedTuple):
    """What the person is told of a file."""

    words: str
    path: str = ""  #: where it is, in a line of its own so that it can be copied


class FilesUnderWay:
    """The files that were asked for or sent in this conversation."""

    def __init__(self) -> None:
        self._hosting = False  # what is sent is with the host at once
        self._names: dict[EntryId, str] = {}  # of both
        self._asked: dict[EntryId, int] = {}  # with the numbers of their messages
        self._sent: set[EntryId] = set()
        self.states: dict[EntryId, FileChanged] = {}  #: of all files of the room, as far as something is known
        self._now: dict[EntryId, FileChanged] = {}
        self._preparing: dict[str, FilePreparing] = {}
        self._private: dict[EntryId, Hit] = {}

    def find(self, message_id: EntryId) -> Hit | None:
        """A private message of this session that offers files."""
        return self._private.get(message_id)

    def asked(self, message: Message) -> None:
        """The person wants what this message offers."""
        if message.offer is not None:
            self._names[message.message_id] = shown_file_name(message.offer)
            self._asked[message.message_id] = message.seq
            self._now.pop(message.message_id, None)  # what is told next is news

    def handle(self, event: Event) -> list[FileNotice]:
        """Take in an event; what the person is to be told of it."""
        if isinstance(event, FileChanged | FilesKnown):
            note_files(self.states, event)
        match event:
            case MessagesAdded(room_id, messages) if PrivateThread.of(room_id) is not None:
                self._private |= {one.message_id: Hit(room_id, one) for one in messages if one.offer is not None}
                for message_id in list(self._private)[:-_PRIVATE]:
                    del self._private[message_id]
            case Hosting() | ConnectionChanged(state=ConnectionState.HOSTING):
                self._hosting = True
            case ConnectionChanged():
                self._hosting = False
            case FilePreparing(ref=ref):
                self._preparing[ref] = event
            case FilesRefused(ref=ref):
                self._preparing.pop(ref, None)
            case EntryWritten(entry_id=entry_id, ref=ref, offer=FileOffer() as offer):
                self._preparing.pop(ref, None)
                self._names[entry_id] = shown_file_name(offer)
                self._sent.add(entry_id)
            case FileChanged(message_id=message_id) if message_id in self._names:
                before = self._now.get(message_id)
                self._now[message_id] = event
                if before is None or (before.state, before.problem) != (event.state, event.problem):
                    return list(self._told(event))
        return []

    def _told(self, now: FileChanged) -> Iterator[FileNotice]:
        name = self._names[now.message_id]
        number = self._asked.get(now.message_id)
        if number is not None and is_here(now):
            yield FileNotice(_("{name} is here:").format(name=name), shown_path(now.path))
        elif number is not None:
            if words := missing_words(name, now, _("/get {n} tries again.").format(n=number)):
                yield FileNotice(words)
        elif now.state is FileState.MINE and now.problem:
            yield FileNotice(only_here_words(name, now.problem))

    @property
    def unfinished(self) -> int:
        """How many files a program should wait for: those that come, and those that the host has not got yet."""
        coming = sum(self._now[one].state in UNDER_WAY if one in self._now else True for one in self._asked)
        return coming + self.going + len(self._preparing)

    @property
    def going(self) -> int:
        """How many of those that were sent have not all gone yet: to the host, or privately to the other one."""
        return sum(not self._is_settled(one) for one in self._sent)

    @property
    def failed(self) -> int:
        """How many did not come, or stay on this computer only."""
        missing = [one for one in self._asked if not is_here(self._now.get(one))]
        alone = [one for one in self._sent if one in self._now and not self._is_given(self._now[one])]
        return len(missing) + len(alone)

    def _is_given(self, now: FileChanged) -> bool:
        """Whether what was sent is elsewhere, too: with the host, or of a private message with the other one."""
        if PrivateThread.of(now.room_id) is not None:
            return now.given >= now.size
        return self._hosting or now.host_has

    def _is_settled(self, message_id: EntryId) -> bool:
        """Whether it is known if what was sent is elsewhere, too."""
        now = self._now.get(message_id)
        return now is not None and (self._is_given(now) or bool(now.problem))

    @property
    def lines(self) -> tuple[str, ...]:
        """What is under way, a line each."""
        preparing = [preparing_words(one) for one in self._preparing.values()]
        coming = [progress_line(self._names[one], self._now[one]) for one in self._asked if one in self._now]
        going = [going_words(self._names[one], self._now[one]) for one in self._sent if one in self._now]
        return tuple(filter(None, [*preparing, *coming, *going]))


def is_here(now: FileChanged | None) -> bool:
    """Whether there is nothing to get."""
    return now is not None and now.state in _HERE


def preparing_words(event: FilePreparing) -> str:
    """While what is to be sent is read."""
    return _("Reading {name}: {progress}").format(
        name=clean_line(event.name, _NAME_CHARACTERS), progress=progress_words(event.done, event.size)
    )


def progress_line(name: str, now: FileChanged) -> str:
    """While it comes; "" when it does not."""
    name = clean_line(name, _NAME_CHARACTERS)
    match now.state:
        case FileState.WAITING:
            why = shown_problem(now.problem) or _("waiting for its turn")
            return _("{name}: {progress}").format(name=name, progress=why)
        case FileState.COMING:
            left = time_left_words(now.size - now.done, now.rate)
            parts = [progress_words(now.done, now.size), rate_words(now.rate) if now.rate else "", left]
            return _("{name}: {progress}").format(name=name, progress=", ".join(filter(None, parts)))
        case _:
            return ""


def going_words(name: str, now: FileChanged) -> str:
    """While the host takes what was sent; "" when it does not."""
    if now.state is not FileState.MINE or now.host_has or now.problem or not now.given:
        return ""
    words = _("Sending {name}: {progress}")
    return words.format(name=clean_line(name, _NAME_CHARACTERS), progress=progress_words(now.given, now.size))


def missing_words(name: str, now: FileChanged, again: str) -> str:
    """Why a file that was asked for is not here; "" while it comes. `again`: how to ask once more."""
    match now.state:
        case FileState.FAILED:
            problem = as_sentence(now.problem) or _("It could not be downloaded.")
            return _("{name} is not here. {problem} {again}").format(name=name, problem=problem, again=again).rstrip()
        case FileState.UNAVAILABLE:
            problem = as_sentence(now.problem) or _("Nobody here has it.")
            words = _("{name} is not here yet. {problem} It will come as soon as somebody has it.")
            return words.format(name=name, problem=problem)
        case _:
            return ""


def only_here_words(name: str, problem: str) -> str:
    """The host has no copy of what was sent, which `problem` says."""
    return _("{name}: {problem}").format(name=name, problem=as_sentence(problem))


def shown_path(path: str) -> str:
    """A path on this computer: its file was named by somebody else."""
    return clean_line(path, _PATH_CHARACTERS)
