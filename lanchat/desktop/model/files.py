"""What a message that offers files says in the window: its name, its kind, its state in words, what can be done. Pure.

The state itself is in `RoomModel.files`, by message: what no computer told anything about is only offered. The cards in
the timeline, the page of a room's files and the composer say the same things, so the words are here.
"""

from __future__ import annotations

import enum
import re
from pathlib import PurePath
from typing import Literal, NamedTuple, TypeAlias

from lanchat.core.file_offer import NAME_CHARACTERS, FileOffer
from lanchat.core.file_words import count_words
from lanchat.core.model import EntryId, carrying_room
from lanchat.core.sizes import progress_words, rate_words, size_words, time_left_words
from lanchat.core.text import clean_line, shown_problem
from lanchat.core.translate import _, ngettext
from lanchat.desktop.model.room_model import RoomModel
from lanchat.engine.events import FileChanged, FileState
from lanchat.engine.made_files import PICTURES as PICTURES_FOLDER

#: What the window shows as a picture; all else is a card with a name.
PICTURES = frozenset(("image/png", "image/jpeg", "image/gif", "image/webp", "image/bmp"))
MOST_PIXELS = 40_000_000  #: of a picture that is shown: a larger one takes too much memory
_LABEL_LETTERS = 4
_ENDING = re.compile(r"[^.]\.([A-Za-z0-9]{1,12})$")
_HERE = (FileState.HERE, FileState.MINE)

#: How the words of a state look.
Tone: TypeAlias = Literal["calm", "caution", "alert"]


class FileAction(enum.Enum):
    """What a person can do with what a message offers."""

    GET = "get"
    LIST = "list"  #: say what is in a folder or a set, before it is got
    RESUME = "resume"
    RETRY = "retry"
    PAUSE = "pause"
    CANCEL = "cancel"
    OPEN = "open"
    SHOW_IN_FOLDER = "show"
    SAVE_COPY = "save"
    COPY = "copy"  #: a picture, to the clipboard
    PLAY = "play"  #: a voice message
    STOP = "stop"
    SEEK = "seek"  #: play it from another place on


class FileStatus(NamedTuple):
    """A state in words, for the second line of a card."""

    words: str
    tone: Tone = "calm"
    share: float | None = None  #: how much of it is here, from 0 to 1; None: nothing is under way
    short: str = ""  #: what of the words matters most, where not all of them have room; "": all


def state_in(room: RoomModel, message_id: EntryId, offer: FileOffer) -> FileChanged:
    """What this computer knows of the files of a message."""
    found = room.files.get(message_id)
    return found or FileChanged(room.room_id, message_id, FileState.OFFERED, size=offer.size)


def is_here(state: FileChanged) -> bool:
    """Whether it can be opened."""
    return state.state in _HERE and bool(state.path)


def is_picture(offer: FileOffer) -> bool:
    """Whether it is shown as a picture, as far as its author says."""
    return offer.is_picture and offer.media in PICTURES and offer.width * offer.height <= MOST_PIXELS


def type_label(name: str) -> str:
    """A few letters for the tile of a file of this name: ZIP, MP4; "" where it has no plain ending."""
    found = _ENDING.search(name)
    return found[1].upper()[:_LABEL_LETTERS] if found else ""


def size_of(offer: FileOffer) -> str:
    """48.2 MB; of several: 3 files · 48.2 MB"""
    return _joined(count_words(offer), size_words(offer.size))


def status_of(offer: FileOffer, now: FileChanged) -> FileStatus:
    """What the second line of a card says."""
    size, problem = size_of(offer), shown_problem(now.problem)
    whole = max(now.size, offer.size, 1)
    share = min(1.0, max(0.0, now.done / whole))
    match now.state:
        case FileState.OFFERED:
            return FileStatus(size)
        case FileState.WAITING:
            reason = problem or _("waiting for its turn")
            return FileStatus(_joined(size, reason), share=share or None, short=_first_sentence(reason))
        case FileState.COMING:
            left = time_left_words(whole - now.done, now.rate)
            progress = progress_words(now.done, whole)
            words = _joined(progress, rate_words(now.rate) if now.rate else "", left)
            return FileStatus(words, share=share, short=progress)
        case FileState.PAUSED:
            return FileStatus(_joined(progress_words(now.done, whole), _("paused")), "caution", share)
        case FileState.HERE:
            told = now.path and not _came_by_itself(now)
            saved = _("saved to {folder}").format(folder=_folder_words(now.path)) if told else ""
            return FileStatus(_joined(size, saved), short=size)
        case FileState.MINE:
            took = ngettext("{n} person has it", "{n} people have it", now.shared).format(n=now.shared)
            return FileStatus(_joined(size, took if now.shared else ""), short=size)
        case FileState.FAILED:
            return FileStatus(problem or _("It could not be downloaded."), "alert", share or None)
        case FileState.UNAVAILABLE:
            reason = problem or _("nobody here has it")
            return FileStatus(_joined(size, reason), share=share or None, short=_first_sentence(reason))


def _came_by_itself(now: FileChanged) -> bool:
    """Whether it is in the data folder, where nobody looks for it."""
    return PurePath(now.path).parent.parts[-3:] == (*PurePath(PICTURES_FOLDER).parts, carrying_room(now.room_id))


def _folder_words(path: str) -> str:
    """The end of where it is: lanchat/Kitchen. A folder has its room's name, which alone would say that it was sent
    into that room, and does so beside a private message."""
    return clean_line(str(PurePath(*PurePath(path).parent.parts[-2:])), NAME_CHARACTERS)


def actions_on(now: FileChanged, count: int = 1) -> tuple[FileAction, ...]:
    """What can be done with it, the main action first. `count`: how many files are offered."""
    listing = (FileAction.LIST,) if count > 1 and not is_here(now) else ()
    return _actions(now) + listing


def menu_actions(offer: FileOffer, now: FileChanged) -> tuple[FileAction, ...]:
    """As `actions_on`, with what has no button of its own."""
    copying = (FileAction.COPY,) if is_picture(offer) and is_here(now) else ()
    return actions_on(now, offer.count) + copying


def _actions(now: FileChanged) -> tuple[FileAction, ...]:
    match now.state:
        case FileState.OFFERED:
            return (FileAction.GET,)
        case FileState.WAITING | FileState.UNAVAILABLE:
            return (FileAction.CANCEL,)
        case FileState.COMING:
            return FileAction.PAUSE, FileAction.CANCEL
        case FileState.PAUSED:
            return FileAction.RESUME, FileAction.CANCEL
        case FileState.FAILED:
            return FileAction.RETRY, FileAction.CANCEL
        case FileState.HERE | FileState.MINE if now.path:
            return FileAction.OPEN, FileAction.SHOW_IN_FOLDER, FileAction.SAVE_COPY
        case _:
            return ()


def action_words(action: FileAction) -> str:
    """What is written on its button and in menus."""
    return {
        FileAction.GET: _("Get"), FileAction.LIST: _("What is in it"), FileAction.RESUME: _("Resume"),
        FileAction.RETRY: _("Try again"), FileAction.PAUSE: _("Pause"), FileAction.CANCEL: _("Cancel"),
        FileAction.OPEN: _("Open"),
        FileAction.SHOW_IN_FOLDER: _("Show in folder"), FileAction.SAVE_COPY: _("Save a copy…"),
        FileAction.COPY: _("Copy picture"),
        FileAction.PLAY: _("Play"), FileAction.STOP: _("Stop"), FileAction.SEEK: "",
    }[action]  # fmt: skip


def _first_sentence(words: str) -> str:
    first, point, _more = words.partition(". ")
    return first + point.strip()


def _joined(*parts: str) -> str:
    return " · ".join([part for part in parts if part])
