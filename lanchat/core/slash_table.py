"""The slash commands of both faces: one table, and what a typed text is by it. Pure.

A command is a word with a slash at the very beginning of a text, and perhaps an argument after it. Everything else is
a message: paths (/usr/bin/x), dates, "/" alone, a command that takes no argument with something behind it ("/who is
coming?"). "//" begins a message with a slash. Help and completion are made from the table; what a command does is in
`engine.slash_actions`, or in the face where it only shows something.

An action ("/me waves") is an ordinary text that begins so, and is drawn as "* Ana waves".
"""

from __future__ import annotations

import re
from typing import TypeAlias

from msgspec import Struct

from lanchat.core.rights import Right, Rights
from lanchat.core.translate import _

#: What the text of an action begins with.
ACTION = "/me "
#: Commands about a whole room, which a private thread has not.
OF_ROOM = frozenset(("msg", "pin", "topic", "remove", "handover", "takeback", "keeper", "coowner", "invite"))
_WORD = re.compile(r"/([^\W\d_]+)(?:[ \n]+|$)")
_OPTIONAL = re.compile(r"\[[^\]]*\]")
_NUMBER = re.compile(r"#(\d{1,4})(?:\s+|$)")


class SlashCommand(Struct, frozen=True):
    name: str  #: without the slash; the same in every language
    about: str  #: what it does, in words
    argument: str = ""  #: what comes after it, in words; in brackets where it may be left out
    right: Right | None = None  #: which it takes; None: anybody may give it
    in_terminal: bool = True
    in_window: bool = True

    @property
    def word(self) -> str:
        return f"/{self.name}"

    @property
    def usage(self) -> str:
        return f"{self.word} {self.argument}".rstrip()

    @property
    def needs_argument(self) -> bool:
        return bool(_OPTIONAL.sub("", self.argument).strip())


def slash_table() -> tuple[SlashCommand, ...]:
    """All commands of both faces, in the order of their help, in the person's language."""
    return (
        SlashCommand("me", _("say what you do: * Ana waves"), _("TEXT")),
        SlashCommand("msg", _("write to one person only: sealed for the two of you"), _("NAME TEXT")),
        SlashCommand("file", _("send files and folders; put names with spaces in quotes"), _("PATH…")),
        SlashCommand("files", _("the last files that were sent here"), in_window=False),
        SlashCommand("get", _("get the newest of these, or the one with this number"), _("[N]"), in_window=False),
        SlashCommand("reply", _("answer the last message of somebody else, or #N"), _("[#N] TEXT"), in_window=False),
        SlashCommand("react", _("react to it, such as /react +1; once more takes it back"), _("[#N] EMOJI"),
                     in_window=False),
        SlashCommand("edit", _("let your last message say this, or #N"), _("[#N] TEXT"), in_window=False),
        SlashCommand("delete", _("delete your last message, or #N"), _("[#N]"), in_window=False),
        SlashCommand("numbers", _("the last messages with their numbers"), in_window=False),
        SlashCommand("pin", _("pin the last message, or let it go again"), _("[#N]"), Right.PIN_AND_TOPIC),
        SlashCommand("topic", _("what the room is about; who founded it says it with TEXT, - for nothing"),
                     _("[TEXT]")),
        SlashCommand("nick", _("your name from now on"), _("NAME")),
        SlashCommand("status", _("a line about you that others see; alone: none"), _("[TEXT]")),
        SlashCommand("busy", _("others see that you are busy, and nothing notifies you")),
        SlashCommand("here", _("you are not busy any more")),
        SlashCommand("mute", _("only mentions in this room notify you; once more: again"), in_terminal=False),
        SlashCommand("search", _("find what was said; also from:NAME, has:file, before:DATE, after:DATE"), _("WORDS")),
        SlashCommand("who", _("who is here"), in_window=False),
        SlashCommand("earlier", _("what was said before"), in_window=False),
        SlashCommand("retry", _("send again what was not sent"), in_window=False),
        SlashCommand("aside", _("what could not be brought back into the room"), in_window=False),
        SlashCommand("bringback", _("bring what only you have into the room, when lanchat asks"), in_window=False),
        SlashCommand("remove", _("send somebody away"), _("NAME"), Right.RUN_ROOM),
        SlashCommand("invite",
                     _("let phones in: shows a code for their camera; off ends it; ADDRESS: in another network"),
                     _("[off|ADDRESS]"), Right.RUN_ROOM, in_window=False),
        SlashCommand("handover", _("let somebody else keep the room open, or whoever can"), _("[NAME]"),
                     Right.RUN_ROOM),
        SlashCommand("takeback", _("keep your room open here again"), right=Right.TAKE_BACK),
        SlashCommand("keeper", _("let somebody keep the room open when you leave; once more: not"), _("NAME"),
                     Right.NAME_KEEPERS),
        SlashCommand("coowner", _("let somebody run the room with you; once more: not"), _("NAME"),
                     Right.NAME_CO_OWNERS),
        SlashCommand("help", _("these commands")),
        SlashCommand("quit", _("leave; so do Ctrl+C and Ctrl+D"), in_window=False),
    )  # fmt: skip


def offered(*, window: bool, rights: Rights | None, private: bool = False) -> tuple[SlashCommand, ...]:
    """The commands that this person can use in this face. `rights`: theirs in the room; None: all there are.
    `private`: in a private thread."""
    usable = (one for one in _of_face(window) if rights is None or one.right is None or rights.has(one.right))
    return tuple(one for one in usable if not (private and one.name in OF_ROOM))


def _of_face(window: bool) -> tuple[SlashCommand, ...]:
    return tuple(one for one in slash_table() if (one.in_window if window else one.in_terminal))


class TypedMessage(Struct, frozen=True):
    """What was typed is a message with this text."""

    text: str


class SlashCall(Struct, frozen=True):
    """What was typed is a command. `argument`: "" only where it may be left out."""

    command: SlashCommand
    argument: str = ""


class IncompleteSlash(Struct, frozen=True):
    """A command without the argument that it needs."""

    command: SlashCommand

    @property
    def problem(self) -> str:
        return _("Say which: {usage}").format(usage=self.command.usage)


class UnknownSlash(Struct, frozen=True):
    """It looks like a command, and there is none of that name: the person is asked before it is sent as a message."""

    word: str
    text: str

    @property
    def problem(self) -> str:
        return _("There is no {word}.").format(word=self.word)


TypedText: TypeAlias = TypedMessage | SlashCall | IncompleteSlash | UnknownSlash


def parse(text: str, *, window: bool) -> TypedText:
    """`text`: cleaned."""
    if text.startswith("//"):
        return TypedMessage(_escaped(text))
    match = _WORD.match(text)
    if match is None:
        return TypedMessage(text)
    name, argument = match[1].casefold(), text[match.end() :].strip()
    command = next((one for one in _of_face(window) if one.name == name), None)
    if command is None:
        return TypedMessage(text) if "\n" in text else UnknownSlash(f"/{match[1]}", text)
    if argument and not command.argument:
        return TypedMessage(text)
    return IncompleteSlash(command) if command.needs_argument and not argument else SlashCall(command, argument)


def _escaped(text: str) -> str:
    """The message that is meant by a text with two slashes."""
    if text[1:].startswith(ACTION):
        return f" {text[1:]}"  # a blank, or everybody would see an action
    return text[1:] if _WORD.match(text[1:]) else text


def numbered(argument: str) -> tuple[int, str]:
    """The number of a message ("#3") at the beginning of an argument, and the rest of it; 0: there is none."""
    match = _NUMBER.match(argument)
    return (int(match[1]), argument[match.end() :]) if match else (0, argument)


def action_of(text: str) -> str:
    """What the author does, where a text is an action; "" where it is none."""
    return text[len(ACTION) :].strip() if text.startswith(ACTION) else ""


def as_line(nick: str, text: str) -> str:
    """A message in one line with its author, for lists and notifications: "Ana: hello", "* Ana waves"."""
    action = action_of(text)
    return _("* {nick} {action}").format(nick=nick, action=action) if action else f"{nick}: {text}"
