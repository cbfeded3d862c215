"""What a program writes to a conversation, a line each: plain text, or an object as `json_lines` describes it.

Pure, but that it looks whether files are there.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import msgspec

from lanchat.core.file_words import caption_problem
from lanchat.core.model import EntryId, RoomId
from lanchat.core.translate import _
from lanchat.engine.commands import (
    CancelFile,
    Delete,
    Edit,
    FileChange,
    GetFile,
    MessageChange,
    PauseFile,
    PinMessage,
    React,
    SetTopic,
)
from lanchat.engine.slash_actions import path_problem
from lanchat.terminal.stdin_reader import MessageInput

_REF_CHARACTERS = 200
_CHANGES = ("edit", "delete", "react", "pin", "topic")  # in an object that is no message
_CALLS = ("hand_over", "take_back", "aside")  # what a person types with a slash
_FILE_CHANGES = ("get", "pause", "cancel")


def parse_input(line: str) -> MessageInput:
    """A line of a program's input: plain text, or an object."""
    if not line.lstrip().startswith("{"):
        return MessageInput(line)
    try:
        asked = msgspec.json.decode(line)
    except (ValueError, RecursionError):  # msgspec's own errors are ValueErrors
        return MessageInput(line, problem=_("A line that begins with a brace is one JSON object, and this is none."))
    text, ref, to = asked.get("text"), asked.get("ref", ""), ""
    if asked.get("type") == "say_privately":
        to = asked.get("to")
        if not isinstance(to, str) or not to.strip():
            problem = _("The “to” of a line is missing, or is no string.")
            return MessageInput(text if isinstance(text, str) else line, problem=problem)
    if not isinstance(ref, str) or len(ref) > _REF_CHARACTERS:
        words = _("The “ref” of a line is a string of at most {n} characters.").format(n=_REF_CHARACTERS)
        return MessageInput(text if isinstance(text, str) else line, problem=words)
    if about := next((name for name in _FILE_CHANGES if name in asked), ""):
        message_id = _message_id(asked[about])
        if message_id is None:
            return MessageInput(line, ref, _no_id(about))
        folder = asked.get("folder", "")
        if not isinstance(folder, str):
            return MessageInput(line, ref, _("The “folder” of a line is no string."))
        folder = str(Path(folder).absolute()) if folder else ""
        return MessageInput(line, ref, file_change=_file_change(about, message_id, folder))
    if about := next((name for name in _CALLS if name in asked), ""):
        return _call(about, asked[about], ref)
    if "files" in asked:
        return _files_input(asked, ref, to)
    about = next((name for name in _CHANGES if name in asked), "")
    if about:
        change = _change(about, asked, ref)
        return MessageInput(line, ref, change) if isinstance(change, str) else MessageInput(line, ref, change=change)
    if not isinstance(text, str):
        return MessageInput(line, ref, _("The “text” of a line is missing, or is no string."))
    reply_to = _message_id(asked["reply_to"]) if asked.get("reply_to") else None
    if asked.get("reply_to") and reply_to is None:
        return MessageInput(text, ref, _no_id("reply_to"))
    return MessageInput(text, ref, "" if text.strip() else _("There is nothing to send."), to.strip(), reply_to)


def _files_input(asked: dict[str, object], ref: str, to: str) -> MessageInput:
    """An object that offers files, perhaps with words beside them."""
    files, caption = asked["files"], asked.get("text", "")
    reply_to = _message_id(asked["reply_to"]) if asked.get("reply_to") else None
    if not isinstance(files, list) or not files or not all(isinstance(one, str) and one for one in files):
        return MessageInput(str(caption), ref, _("The “files” of a line are no list of paths."))
    if not isinstance(caption, str):
        return MessageInput("", ref, _("The “text” of a line is missing, or is no string."))
    problem = _no_id("reply_to") if asked.get("reply_to") and reply_to is None else caption_problem(caption)
    paths = tuple(str(Path(one).absolute()) for one in files)
    problem = problem or next(filter(None, map(path_problem, paths)), "")
    return MessageInput(caption, ref, problem, to.strip(), reply_to, files=paths)


def _call(name: str, wanted: object, ref: str) -> MessageInput:
    """An object that asks for what a person types with a slash."""
    line = "/" + name.replace("_", "")
    if name == "hand_over":
        if not isinstance(wanted, str):
            return MessageInput("", ref, _("The “{name}” of a line is no string.").format(name=name))
        line = f"{line} {wanted}".rstrip()
    elif wanted is not True:
        return MessageInput("", ref, _("The “{name}” of a line is not true.").format(name=name))
    return MessageInput("", ref, slash=line)


def _file_change(name: str, message_id: EntryId, folder: str) -> Callable[[RoomId], FileChange]:
    match name:
        case "get":
            return lambda room_id: GetFile(room_id, message_id, folder)
        case "pause":
            return lambda room_id: PauseFile(room_id, message_id)
        case _:
            return lambda room_id: CancelFile(room_id, message_id)


def _change(name: str, asked: dict[str, object], ref: str) -> Callable[[RoomId], MessageChange] | str:
    """What an object with this name in it asks for, or why that cannot be done."""
    text, emoji, on, topic = asked.get("text"), asked.get("emoji"), asked.get("on", True), asked.get("topic")
    if name == "topic":
        if not isinstance(topic, str):
            return _("The “topic” of a line is no string.")
        return lambda room_id: SetTopic(room_id, topic, ref)
    message_id = _message_id(asked[name])
    if message_id is None:
        return _no_id(name)
    if not isinstance(on, bool):
        return _("The “on” of a line is neither true nor false.")
    match name:
        case "edit" if isinstance(text, str):
            return lambda room_id: Edit(room_id, message_id, text, ref)
        case "edit":
            return _("The “text” of a line is missing, or is no string.")
        case "delete":
            return lambda room_id: Delete(room_id, message_id, ref)
        case "react" if isinstance(emoji, str):
            return lambda room_id: React(room_id, message_id, emoji, on, ref)
        case "react":
            return _("The “emoji” of a line is missing, or is no string.")
        case _:
            return lambda room_id: PinMessage(room_id, message_id, on, ref)


def _message_id(value: object) -> EntryId | None:
    if not isinstance(value, str) or not re.fullmatch("[0-9a-f]{32}", value):
        return None
    return EntryId(bytes.fromhex(value))


def _no_id(name: str) -> str:
    return _("The “{name}” of a line is no id of a message.").format(name=name)
