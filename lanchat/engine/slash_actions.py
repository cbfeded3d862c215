"""What slash commands do: a command that somebody typed, as Commands to the Engine. Any thread. Pure, but that
/file looks whether the files are there.

The same for both faces. Commands that only show something (/help, /search, /who) are the face's own.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from msgspec import Struct

from lanchat.core.address import numeric
from lanchat.core.keeping import Role
from lanchat.core.limits import NICK_CHARACTERS
from lanchat.core.message import Message
from lanchat.core.model import MemberKey, PrivateThread, RoomId
from lanchat.core.nicks import People
from lanchat.core.rights import Right, Rights
from lanchat.core.slash_table import ACTION, SlashCall, numbered
from lanchat.core.text import shown_problem
from lanchat.core.translate import _
from lanchat.engine.commands import (
    Attend,
    ChangeProfile,
    ChooseGuestNetwork,
    Command,
    Delete,
    Edit,
    GiveRole,
    HandOver,
    InviteGuests,
    PinMessage,
    React,
    Remove,
    Say,
    SendFiles,
    SetTopic,
    TakeBackRoom,
    WithdrawGuests,
)

Wanted = Callable[[Message], bool]

#: What people without such keys write for an emoji.
_SIGNS = {"+1": "👍", "-1": "👎", "<3": "❤️", ":)": "🙂", ":D": "😄", ":(": "🙁", ";)": "😉"}
_NO_TOPIC = "-"
#: A path in a line: in quotes, or without blanks; outside of Windows a backslash takes the meaning from what follows.
_PATH = re.compile(r""""([^"]*)"|'([^']*)'|((?:\\.|[^\s\\])+)""", re.DOTALL)
_WINDOWS_PATH = re.compile(r""""([^"]*)"|'([^']*)'|(\S+)""")


class SlashRoom(Struct, frozen=True):
    """The room in which a command was typed."""

    room_id: RoomId
    people: People
    rights: Rights  #: the person's
    topic: str = ""
    newest: Callable[[Wanted], Message | None] = lambda wanted: None  #: the newest message in view that is wanted
    numbered: Callable[[int], Message | None] = lambda number: None  #: the message that was shown with this number


class SlashOutcome(Struct, frozen=True):
    """What a slash command comes to."""

    commands: Sequence[Command] = ()
    problem: str = ""  #: why nothing is done, in words; the person may mend the line and enter it again
    words: str = ""  #: what the person asked for


def outcome_of(call: SlashCall, room: SlashRoom) -> SlashOutcome | None:
    """None: the command is the face's own."""
    act = _ACTIONS.get(call.command.name)
    if act is None:
        return None
    if call.command.right is not None and (fault := room.rights.fault(call.command.right)):
        return SlashOutcome(problem=fault)
    return act(room, call.argument)


def _me(room: SlashRoom, text: str) -> SlashOutcome:
    return SlashOutcome([Say(room.room_id, ACTION + text)])


def _msg(room: SlashRoom, argument: str) -> SlashOutcome:
    """Nicks may have blanks: every beginning that could be somebody's counts, unless one of them tells people apart."""
    words = argument.split(" ")
    counts = range(min(len(words), NICK_CHARACTERS), 0, -1)
    beginnings = [(" ".join(words[:count]), " ".join(words[count:]).strip()) for count in counts]
    for who in (room.people.told_apart_as, room.people.addressed):
        named = [(nick, text, found) for nick, text in beginnings if (found := who(nick))]
        if not named:
            continue
        meant = _one_of(room, list(dict.fromkeys(key for _nick, _text, found in named for key in found)))
        meant = _no_guest(room.people, meant)
        if isinstance(meant, SlashOutcome):
            return meant
        nick, text, _found = named[0]
        if not text:
            return SlashOutcome(problem=_("Say what: /msg {nick} TEXT").format(nick=nick))
        return SlashOutcome([Say(_thread_with(meant, room.room_id), text)])
    return SlashOutcome(problem=_("Nobody of that name was ever here."))


def _file(room: SlashRoom, argument: str) -> SlashOutcome:
    paths = paths_in(argument)
    for path in paths:
        if problem := path_problem(path):
            return SlashOutcome(problem=problem)
    return SlashOutcome([SendFiles(room.room_id, paths)])


def paths_in(argument: str) -> tuple[str, ...]:
    """The paths that somebody typed, or dropped on a terminal, absolute. A single one with blanks needs no quotes, if
    it is there."""
    if not path_problem(argument):
        return (str(_absolute(argument)),)
    if sys.platform == "win32":
        found = [a or b or c for a, b, c in _WINDOWS_PATH.findall(argument)]
    else:
        found = [a or b or re.sub(r"\\(.)", r"\1", c) for a, b, c in _PATH.findall(argument)]
    return tuple(str(_absolute(path)) for path in found)


def path_problem(path: str) -> str:
    """Why what is there cannot be sent, as far as can be seen at once; "" when it can."""
    try:
        there = _absolute(path).exists()
    except (OSError, ValueError):  # too long, or with a NUL
        there = False
    return "" if there else _("There is no file {path}.").format(path=shown_problem(path))


def _absolute(path: str) -> Path:
    try:
        return Path(path).expanduser().absolute()
    except RuntimeError:  # of an unknown person's home folder
        return Path(path).absolute()


def addressed_to(to: str, room_id: RoomId, people: People) -> RoomId | SlashOutcome:
    """The private thread with the one member who has this nick, or this key in hexadecimal; or why there is none."""
    key = _key_in(to)
    found = people.addressed(to) if key is None else [key]
    if len(found) == 1:
        meant = _no_guest(people, found[0])
        return meant if isinstance(meant, SlashOutcome) else _thread_with(meant, room_id)
    keys = ", ".join(key.hex() for key in found)
    words = _("Which one? Name one of these keys: {keys}").format(keys=keys)
    return SlashOutcome(problem=words if found else _("Nobody of that name is here."))


def _key_in(name: str) -> MemberKey | None:
    """The member who is named by their key, as programs do."""
    return MemberKey(bytes.fromhex(name)) if re.fullmatch("[0-9a-f]{64}", name) else None


def _thread_with(member: MemberKey, room_id: RoomId) -> RoomId:
    """`room_id`: where it was typed, which may be a thread itself."""
    thread = PrivateThread.of(room_id)
    return PrivateThread(thread.room_id if thread else room_id, member).thread_id


def _nick(room: SlashRoom, nick: str) -> SlashOutcome:
    return SlashOutcome([ChangeProfile(nick)])


def _status(room: SlashRoom, status: str) -> SlashOutcome:
    return SlashOutcome([ChangeProfile(status=status)])


def _busy(room: SlashRoom, nothing: str) -> SlashOutcome:
    return SlashOutcome([Attend(busy=True)])


def _here(room: SlashRoom, nothing: str) -> SlashOutcome:
    return SlashOutcome([Attend(busy=False)])


def _reply(room: SlashRoom, argument: str) -> SlashOutcome:
    return _about(room, argument, _of_others(room), lambda one, text: Say(room.room_id, text, reply_to=one.message_id))


def _react(room: SlashRoom, argument: str) -> SlashOutcome:
    def command(message: Message, sign: str) -> Command:
        emoji = _SIGNS.get(sign, sign)
        mine = any(one.emoji == emoji and room.people.me in one.members for one in message.reactions)
        return React(room.room_id, message.message_id, emoji, not mine)

    return _about(room, argument, _of_others(room), command)


def _edit(room: SlashRoom, argument: str) -> SlashOutcome:
    return _about(room, argument, _my_text(room), lambda one, text: Edit(room.room_id, one.message_id, text))


def _delete(room: SlashRoom, argument: str) -> SlashOutcome:
    def command(message: Message, _nothing: str) -> Command:
        return Delete(room.room_id, message.message_id)

    return _about(room, argument, _mine(room), command, alone=True)


def _pin(room: SlashRoom, argument: str) -> SlashOutcome:
    def command(message: Message, _nothing: str) -> Command:
        return PinMessage(room.room_id, message.message_id, not message.pinned)

    return _about(room, argument, lambda message: True, command, alone=True)


def _about(
    room: SlashRoom, argument: str, wanted: Wanted, command: Callable[[Message, str], Command], *, alone: bool = False
) -> SlashOutcome:
    """The command about the message with the number in `argument`, or else about the newest that is wanted. `alone`:
    nothing but a number may be there."""
    number, rest = numbered(argument)
    if alone and rest:
        return SlashOutcome(problem=_("Only a number such as #3 may stand there."))
    if not (alone or rest):
        return SlashOutcome(problem=_("Something is missing after the number."))
    message = room.numbered(number) if number else room.newest(wanted)
    if message is None:
        words = _("There is no message #{number}; /numbers shows them.").format(number=number)
        return SlashOutcome(problem=words if number else _("There is no such message here."))
    return SlashOutcome([command(message, rest)])


def _mine(room: SlashRoom) -> Wanted:
    return lambda message: message.author == room.people.me


def _my_text(room: SlashRoom) -> Wanted:
    return lambda message: message.author == room.people.me and message.offer is None


def _of_others(room: SlashRoom) -> Wanted:
    return lambda message: message.author != room.people.me


def _topic(room: SlashRoom, text: str) -> SlashOutcome:
    if not text:
        topic = _("Topic: {topic}").format(topic=room.topic)
        return SlashOutcome(words=topic if room.topic else _("The room has no topic."))
    if fault := room.rights.fault(Right.PIN_AND_TOPIC):
        return SlashOutcome(problem=fault)
    return SlashOutcome([SetTopic(room.room_id, "" if text == _NO_TOPIC else text)])


def _remove(room: SlashRoom, nick: str) -> SlashOutcome:
    meant = _one_of(room, [key for key in room.people.here_called(nick) if key != room.people.me])
    return meant if isinstance(meant, SlashOutcome) else SlashOutcome([Remove(room.room_id, meant)])


def _handover(room: SlashRoom, name: str) -> SlashOutcome:
    if not name:
        return SlashOutcome([HandOver(room.room_id)])
    others = [key for key in room.people.here_called(name) if key != room.people.me]
    meant = _no_guest(room.people, _key_in(name) or _one_of(room, others))
    return meant if isinstance(meant, SlashOutcome) else SlashOutcome([HandOver(room.room_id, meant)])


def _invite(room: SlashRoom, how: str) -> SlashOutcome:
    match how.casefold():
        case "" | "phone" | "phones":
            return SlashOutcome([InviteGuests(room.room_id)])
        case "off":
            return SlashOutcome([WithdrawGuests(room.room_id)])
        case _ if (address := numeric(how)) is not None:
            return SlashOutcome([ChooseGuestNetwork(room.room_id, address)])
        case _:
            return SlashOutcome(problem=_("/invite shows a code for phones, and /invite off ends it."))


def _keeper(room: SlashRoom, name: str) -> SlashOutcome:
    return _give_role(room, name, "keeper")


def _coowner(room: SlashRoom, name: str) -> SlashOutcome:
    return _give_role(room, name, "coowner")


def _give_role(room: SlashRoom, name: str, role: Role) -> SlashOutcome:
    """Once more takes it back. Also of who is not here now."""
    members = [key for key in room.people.addressed(name) if key != room.people.me]
    meant = _no_guest(room.people, _key_in(name) or _one_of(room, members))
    if isinstance(meant, SlashOutcome):
        return meant
    given: Role = "member" if room.rights.standing.role(meant) == role else role
    if fault := room.rights.role_fault(meant, given):
        return SlashOutcome(problem=fault)
    return SlashOutcome([GiveRole(room.room_id, meant, given)])


def _takeback(room: SlashRoom, nothing: str) -> SlashOutcome:
    return SlashOutcome([TakeBackRoom(room.room_id)])


def _one_of(room: SlashRoom, members: Sequence[MemberKey]) -> MemberKey | SlashOutcome:
    """The one member who is meant, or why none is."""
    if len(members) == 1:
        return members[0]
    if not members:
        return SlashOutcome(problem=_("Nobody of that name is here."))
    names = ", ".join(map(room.people.nicks.told_apart, members))
    return SlashOutcome(problem=_("Which one: {names}?").format(names=names))


def _no_guest(people: People, meant: MemberKey | SlashOutcome) -> MemberKey | SlashOutcome:
    """Of what guests have no part in."""
    if isinstance(meant, SlashOutcome) or not people.nicks.is_guest(meant):
        return meant
    words = _("{name} is a guest, here with a browser. Guests get no private messages, and keep no room open.")
    return SlashOutcome(problem=words.format(name=people.called(meant)))


_ACTIONS: dict[str, Callable[[SlashRoom, str], SlashOutcome]] = {
    "me": _me, "msg": _msg, "file": _file, "reply": _reply, "react": _react, "edit": _edit, "delete": _delete,
    "pin": _pin, "topic": _topic, "nick": _nick, "status": _status, "busy": _busy, "here": _here, "remove": _remove,
    "handover": _handover, "takeback": _takeback, "keeper": _keeper, "coowner": _coowner,
    "invite": _invite,
}  # fmt: skip
