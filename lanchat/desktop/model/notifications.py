"""Notifications: which events are worth one to a person who does not look at the room, and its words. Pure; Tk thread.

Only messages of others are; not who comes and goes. What was missed while we were away is one notification a room,
when all of it has come.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lanchat.core.message import Message
from lanchat.core.model import RoomId
from lanchat.core.translate import _, ngettext
from lanchat.desktop.model.markup import mentions
from lanchat.desktop.model.room_model import RoomModel
from lanchat.desktop.model.state import State
from lanchat.engine.events import Event, MessagesAdded
from lanchat.storage.settings import Preferences


@dataclass(frozen=True, slots=True)
class RoomNotification:
    key: RoomId  #: a newer one of the same room takes the place of the older
    title: str
    body: str  #: may be a peer's text, as it came
    count: int  #: how many messages it stands for


def notification_for(event: Event, state: State, preferences: Preferences, focused: bool) -> RoomNotification | None:
    """The notification for an event, or None. `focused`: the person uses the window. MUST come before State.apply."""
    match event:
        case MessagesAdded(room_id, messages, after, last, older=False, backlog=backlog) if room_id in state.rooms:
            how = preferences.notify_in(room_id)
            in_view = focused and (backlog or preferences.selected == room_id)
            if how == "none" or in_view:
                return None
            room = state.rooms[room_id]
            told = _worth_telling(messages, room, state, preferences, only_mentions=how == "mentions")
            return _missed(room, last - after, told, how == "mentions") if backlog else _said(room, told, state.nick)
        case _:
            return None


def _worth_telling(
    messages: Sequence[Message], room: RoomModel, state: State, preferences: Preferences, *, only_mentions: bool
) -> list[Message]:
    """The messages that are worth a notification; those that this version cannot show count once a room."""
    return [
        message
        for message in messages
        if message.author != state.me
        and (message.is_known or not room.unknown_came)
        and not (preferences.muted and message.author.hex() in preferences.muted)
        and (not only_mentions or mentions(message.text, state.nick))
    ]


def _said(room: RoomModel, told: Sequence[Message], nick: str) -> RoomNotification | None:
    """For messages written just now: about the last one."""
    if not told:
        return None
    last = told[-1]
    words = _("{nick} mentioned you in {room}") if mentions(last.text, nick) else _("{nick} in {room}")
    title = words.format(nick=room.people.called(last.author), room=room.shown)
    return RoomNotification(room.room_id, title, _body(last), len(told))


def _missed(room: RoomModel, came: int, told: Sequence[Message], only_mentions: bool) -> RoomNotification | None:
    """For messages missed while we were away: one notification, when the last of them has come."""
    unread = room.unread
    if not 0 < unread.catching_up <= came:
        return None
    count = (unread.missed_mentions if only_mentions else unread.missed) + len(told)
    if count <= 0:
        return None
    if only_mentions:
        words = ngettext("{n} message mentioned you while you were away",
                         "{n} messages mentioned you while you were away", count)  # fmt: skip
    else:
        words = ngettext("{n} message while you were away", "{n} messages while you were away", count)
    return RoomNotification(room.room_id, room.shown, words.format(n=count), count)


def _body(message: Message) -> str:
    return message.text if message.is_known else _("Something that this lanchat is too old to show.")
