"""What can be done with a room now: its menu, for header and list, and the notice under its header. Tk thread.

The notice is the one thing about the room that matters most at the moment, with a button for what can be done.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from lanchat.core.model import RoomId
from lanchat.core.rights import Right
from lanchat.core.text import as_sentence
from lanchat.core.translate import _, ngettext
from lanchat.desktop.model import phrases
from lanchat.desktop.model.room_model import RoomModel
from lanchat.desktop.view_context import (
    Checkup,
    ExportFrom,
    FilesOf,
    InRoom,
    Invite,
    InvitePhone,
    NotBroughtBack,
    SettingsAt,
    StopHosting,
    ViewContext,
)
from lanchat.desktop.widgets.menus import SEPARATOR, MenuEntry, MenuItem
from lanchat.engine.commands import BringBack, Join, KeepOpen, Leave, MarkRead, OpenRoom, TakeBackRoom
from lanchat.engine.events import ConnectionState, RebaseAsked
from lanchat.storage.errors import (
    Corrupt,
    DiskFailed,
    DiskFull,
    Locked,
    NoAccess,
    ReadOnly,
    Removed,
    StorageProblem,
    WriteFailed,
)


def room_menu(context: ViewContext, room_id: RoomId) -> list[MenuEntry]:
    room = context.state.rooms.get(room_id)
    if room is None:
        return []
    first: list[MenuEntry] = []
    last: list[MenuEntry] = []
    match room.connection:
        case ConnectionState.HOSTING:
            first = [
                MenuItem(_("Invite people…"), lambda: context.go(Invite(room_id)), "people"),
                MenuItem(_("Invite a phone…"), lambda: context.go(InvitePhone(room_id)), "phone"),
            ]
            words = _("Stop hosting…") if room.hosted else _("Keep it open no more…")
            last = [SEPARATOR, MenuItem(words, lambda: context.go(StopHosting(room_id)), "close", danger=True)]
        case None | ConnectionState.STOPPED if room.hosted:
            first = [MenuItem(_("Open this room again"), lambda: context.do(_open(room)), "room")]
        case None | ConnectionState.STOPPED:
            join = MenuItem(_("Join"), lambda: context.go(InRoom(room_id)), "door")
            first = [join, MenuItem(_("Try again"), lambda: context.do(Join(room_id)), "retry")]
        case _:
            if room.is_live and room.rights.has(Right.TAKE_BACK):
                first = [MenuItem(_("Take it back"), lambda: context.do(TakeBackRoom(room_id)), "house")]
            leave = MenuItem(_("Leave this room"), lambda: context.do(Leave(room_id)), "door", danger=True)
            last = [SEPARATOR, leave]
    if room.unread.count:
        read = MarkRead(room_id, room.last_seq)
        first.append(MenuItem(_("Mark as read"), lambda: context.do(read), "check"))
    if room.known:
        muted = context.kept.now.room(room_id).muted
        words = _("Unmute") if muted else _("Mute")
        first.append(MenuItem(words, lambda: mute(context, room_id, not muted), "bell" if muted else "mute"))
        first.append(MenuItem(_("Files"), lambda: context.go(FilesOf(room_id)), "file"))
        first.append(MenuItem(_("Save what was said…"), lambda: context.go(ExportFrom(room_id)), "export"))
        first.append(MenuItem(_("Notifications and more…"), lambda: context.go(SettingsAt(room_id)), "bell"))
    return first + last


def mute(context: ViewContext, room_id: RoomId, on: bool) -> None:
    """Only mentions count in this room, and raise a notification; or (`on` False) as before."""
    context.kept.change_room(room_id, muted=on)
    context.room_choices_changed()


@dataclass(frozen=True, slots=True)
class RoomNotice:
    """Equal to another when both look the same."""

    words: str
    tone: Literal["calm", "caution", "alert"] = "calm"
    button: str = ""  #: the words on it; "": no button
    action: Callable[[], None] = field(default=lambda: None, compare=False)  #: of the button
    closable: bool = False
    other: str = ""  #: the words on a second button; "": none
    other_action: Callable[[], None] = field(default=lambda: None, compare=False)


def room_notice(context: ViewContext, room: RoomModel) -> RoomNotice | None:
    room_id = room.room_id
    problem = as_sentence(room.problem)
    host, keeping = room.host or _("the host"), room.keeping
    closed, verified = room_id in context.dismissed, room.keeper in context.state.verified
    if room.is_live and room.pretenders:
        words = _("Another computer here says that it is this room. You are still with the host you know.")
        return RoomNotice(words, "alert")
    if keeping.asked is not None and room.is_in:
        return _bring_back(context, room, keeping.asked)
    if keeping.set_aside and room.is_live:
        words = phrases.not_brought_back(keeping.set_aside)
        return RoomNotice(words, "caution", _("Show them"), lambda: context.go(NotBroughtBack(room_id)))
    match room.connection:
        case ConnectionState.RECONNECTING if room.problem in _local_problems():
            return RoomNotice(problem, "alert")
        case ConnectionState.RECONNECTING:
            words = _(
                "{problem} The room goes on when {host} is back, or somebody else keeps it open. "
                "What you write is kept, and sent then."
            ).format(problem=problem or _("The connection was lost."), host=host)
            return RoomNotice(words, "caution", _("Check my computer"), lambda: context.go(Checkup()))
        case ConnectionState.STOPPED if problem:
            return RoomNotice(problem, "alert", _("Try again"), lambda: context.do(Join(room_id)))
        case None | ConnectionState.STOPPED if room.hosted and room.answers and not room.entering:
            words = _("{host} keeps this room open.").format(host=host)
            return RoomNotice(words, "calm", _("Join"), lambda: context.do(Join(room_id)))
        case None | ConnectionState.STOPPED if room.hosted:
            words = _("This room is closed. You can read it; others can come in when you open it.")
            return RoomNotice(words, "calm", _("Open this room"), lambda: context.do(_open(room)))
        case None | ConnectionState.STOPPED if not (room.entering or room.found) and _may_keep(context, room):
            words = _("Nobody here has this room open now. You may keep it open for the others.")
            return RoomNotice(words, "calm", _("Keep it open"), lambda: context.do(KeepOpen(room_id)))
        case None | ConnectionState.STOPPED if room.known and not room.entering:
            return RoomNotice(_("You are not in this room now."), "calm", _("Join"), lambda: context.do(Join(room_id)))
        case ConnectionState.CONNECTED if keeping.taking_back:
            return RoomNotice(_("Taking it back…"))
        case ConnectionState.CONNECTED if room.rights.has(Right.TAKE_BACK) and not closed:
            words, take = _("{host} keeps this room open.").format(host=host), TakeBackRoom(room_id)
            return RoomNotice(words, "calm", _("Take it back"), lambda: context.do(take), closable=True)
        case ConnectionState.HOSTING if not room.hosted and not closed:
            words = _("This computer keeps the room open for {owner}.") if room.founder_name else _(
                "This computer keeps the room open for the others.")  # fmt: skip
            words, stop = words.format(owner=room.founder_name), StopHosting(room_id)
            return RoomNotice(words, "calm", _("Hand it on…"), lambda: context.go(stop), closable=True)
        case ConnectionState.HOSTING if room.here <= 1 and not closed:
            words = _("You are hosting. People on this network see this room by themselves.")
            if context.state.on_no_network:
                words = _("You are hosting, but this computer is on no network: nobody else can see the room yet.")
            return RoomNotice(words, "calm", _("Other ways in…"), lambda: context.go(Invite(room_id)), closable=True)
        case ConnectionState.CONNECTED if room.first_meeting and not (closed or verified):
            words = _("Encrypted · first meeting with {host}. Verify in person to be sure.").format(host=host)
            return RoomNotice(words, "calm", _("Verify…"), lambda: context.profile(room.keeper), closable=True)
        case _:
            return None


def _may_keep(context: ViewContext, room: RoomModel) -> bool:
    """Whether this computer was given the right to keep the room of somebody else open, and has all of it."""
    try:
        record = context.reader.room(room.room_id)
        by_role = room.role(room.people.me) != "member"
        return record is not None and (by_role or bool(record.passes)) and context.reader.first_seq(room.room_id) <= 1
    except StorageProblem:  # whatever needs the disk says it
        return False


def _bring_back(context: ViewContext, room: RoomModel, asked: RebaseAsked) -> RoomNotice:
    """The keeper's copy of the room lacks much that is here: nothing goes on until the person has decided."""
    words = ngettext(
        "The room as {host} keeps it lacks {n:,} message that you have. Nothing comes or goes until you decide.",
        "The room as {host} keeps it lacks {n:,} messages that you have. Nothing comes or goes until you decide.",
        asked.count,
    ).format(host=room.people.called(asked.keeper), n=asked.count)  # fmt: skip
    yes, no = (BringBack(room.room_id, answer) for answer in (True, False))
    return RoomNotice(words, "caution", _("Bring them back"), lambda: context.do(yes), other=_("Stay out"),
                      other_action=lambda: context.do(no))  # fmt: skip


def _open(room: RoomModel) -> OpenRoom:
    return OpenRoom(room.title, room_id=room.room_id)


def _local_problems() -> tuple[str, ...]:
    """The problems of this computer's own disk: nothing that is written can be kept while one lasts."""
    kinds = (DiskFull, DiskFailed, WriteFailed, ReadOnly, NoAccess, Removed, Locked, Corrupt)
    return tuple(str(kind()) for kind in kinds)
