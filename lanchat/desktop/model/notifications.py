"""Notifications: which events are worth one to a person who does not look at the room, and its words. Pure; Tk thread.

Only messages of others are; not who comes and goes, and nothing while the person is busy. What was missed while we were
away is one notification a room, when all of it has come.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from lanchat.core.file_words import offer_line
from lanchat.core.formatting import shown_lines
from lanchat.core.message import Message
from lanchat.core.model import Availability, PrivateThread, RoomId
from lanchat.core.slash_table import action_of, as_line
from lanchat.core.translate import _, ngettext
from lanchat.desktop.model.room_model import RoomModel
from lanchat.desktop.model.state import State
from lanchat.desktop.model.thread_model import is_closed
from lanchat.engine.events import Event, MessagesAdded
from lanchat.storage.settings import Preferences


class RoomNotification(Struct, frozen=True):
    key: RoomId  #: a newer one of the same room takes the place of the older
    title: str
    body: str  #: may be a peer's text, as it came
    count: int  #: how many messages it stands for


def notification_for(event: Event, state: State, preferences: Preferences, focused: bool) -> RoomNotification | None:
    """The notification for an event, or None. `focused`: the person uses the window. MUST come before State.apply."""
    match event:
        case MessagesAdded(room_id, older=False) if thread := PrivateThread.of(room_id):
            return _privately(thread, _new_in(event, state), state, preferences, focused)
        case MessagesAdded(room_id, _, after, last, older=False, backlog=backlog) if room_id in state.rooms:
            how = preferences.notify_in(room_id)
            in_view = focused and (backlog or preferences.selected == room_id)
            if how == "none" or in_view or state.availability is Availability.BUSY:
                return None
            room = state.rooms[room_id]
            told = _worth_telling(_new_in(event, state), room, state, preferences, only_mentions=how == "mentions")
            return _missed(room, last - after, told, how == "mentions") if backlog else _said(room, told)
        case _:
            return None


def _new_in(event: MessagesAdded, state: State) -> Sequence[Message]:
    """The messages without those that were here before the keeper changed."""
    room = state.find(event.room_id)
    before = event.again | room.keeping.told if room is not None else event.again
    return [one for one in event.messages if one.message_id not in before] if before else event.messages


def _privately(
    thread: PrivateThread, messages: Sequence[Message], state: State, preferences: Preferences, focused: bool
) -> RoomNotification | None:
    """For private messages, missed or written just now. What they say is told only to who wants that."""
    key = thread.thread_id
    in_view = focused and preferences.selected == key
    unwanted = preferences.notify_in(key) == "none" or preferences.room(key).muted
    if unwanted or in_view or state.availability is Availability.BUSY:
        return None
    muted = preferences.muted and thread.peer.hex() in preferences.muted
    told = [one for one in messages if one.author == thread.peer and not is_closed(one) and not muted]
    if not told:
        return None
    words = ngettext("A private message in {room}", "{n} private messages in {room}", len(told))
    words = words.format(n=len(told), room=state.room(thread.room_id).shown)
    called = state.nicks.called(thread.peer)
    if preferences.private_texts and told[-1].is_known:
        words = _body(told[-1], called)
    title = _("{nick}, privately").format(nick=called)
    return RoomNotification(key, title, words, len(told))


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
        and (not only_mentions or room.names_me(message))
    ]


def _said(room: RoomModel, told: Sequence[Message]) -> RoomNotification | None:
    """For messages written just now: about the last one."""
    if not told:
        return None
    last = told[-1]
    words = _("{nick} mentioned you in {room}") if room.names_me(last) else _("{nick} in {room}")
    called = room.people.marked(last.author)
    body = _body(last, called) if last.is_known else _("Something that this lanchat is too old to show.")
    title = words.format(nick=called, room=room.shown)
    return RoomNotification(room.room_id, title, body, len(told))


def _body(message: Message, called: str) -> str:
    """What a message says, or which files it offers. `called`: its author."""
    if message.offer is not None:
        return offer_line(called, message.offer)
    said = shown_lines(message.text)
    return as_line(called, said) if action_of(message.text) else said


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
