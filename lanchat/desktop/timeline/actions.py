"""Actions: what a click in the timeline can do, as values that its text carries; and the menu of a row. Pure.

`TextPiece` and `ImagePiece` have an action or none. `Pointer` finds the piece under the mouse, `Timeline.perform` does
what its action says. A new kind of link or button is a new class here, a case in `perform`, and a piece that has it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from itertools import islice
from typing import Final, NamedTuple, TypeAlias

from msgspec import Struct

from lanchat.core.formatting import formatted
from lanchat.core.model import EntryId, MemberKey
from lanchat.core.translate import _
from lanchat.desktop.model.files import FileAction, action_words, is_here, menu_actions, state_in
from lanchat.desktop.model.room_model import RoomModel
from lanchat.desktop.model.thread_model import ThreadModel
from lanchat.desktop.theme.icons import IconName
from lanchat.desktop.timeline.rows import MessageRow, MutedRow, TimelineRow
from lanchat.desktop.widgets.menus import SEPARATOR, MenuEntry, MenuItem
from lanchat.engine.commands import Bookmark, Delete, Discard, MarkUnread, PinMessage, React, Retry
from lanchat.engine.events import EntryState

FILE_ICONS: Final[dict[FileAction, IconName]] = {
    FileAction.GET: "export", FileAction.LIST: "info", FileAction.RESUME: "play", FileAction.RETRY: "retry",
    FileAction.PAUSE: "pause", FileAction.CANCEL: "close", FileAction.OPEN: "eye", FileAction.SHOW_IN_FOLDER: "folder",
    FileAction.SAVE_COPY: "export", FileAction.COPY: "copy", FileAction.PLAY: "play", FileAction.STOP: "pause",
    FileAction.SEEK: "play",
}  # fmt: skip
_LINKS = 3  # in the menu of one message


class OpenLink(Struct, frozen=True):
    address: str  #: of the web, of a room, or `mailto:`


class ShowProfile(Struct, frozen=True):
    member: MemberKey


class ShowMore(Struct, frozen=True):
    """Show all of a long message."""

    message_id: EntryId


class ShowMuted(Struct, frozen=True):
    """Show what a muted member wrote, until the room is left."""

    member: MemberKey


class CopyText(Struct, frozen=True):
    text: str
    told: bool = False  #: a toast tells that it is copied, where nothing else shows it


class JumpToMessage(Struct, frozen=True):
    """Bring a message of this room into view."""

    seq: int


class ShowVersions(Struct, frozen=True):
    """Show what an edited message said before."""

    message_id: EntryId


class PickReaction(Struct, frozen=True):
    """Offer all emoji, to react to a message with one."""

    message_id: EntryId


class StartReply(Struct, frozen=True):
    """Begin an answer to a message, in the composer."""

    message_id: EntryId


class StartEdit(Struct, frozen=True):
    """Put a message of mine into the composer, to change it."""

    message_id: EntryId


class DoFile(Struct, frozen=True):
    """Get, open or save the files of a message, and so on."""

    message_id: EntryId
    action: FileAction
    share: float = 0.0  #: SEEK: from which part of it on, 0 to 1


class AskDelete(Struct, frozen=True):
    """Delete a message, when the person agrees."""

    message_id: EntryId


Action: TypeAlias = (
    OpenLink | ShowProfile | ShowMore | ShowMuted | CopyText | JumpToMessage | ShowVersions | PickReaction
    | DoFile | Bookmark | StartReply | StartEdit | AskDelete | React | PinMessage | Delete | MarkUnread | Retry
    | Discard
)  # fmt: skip


class MessageRights(NamedTuple):
    """What the person may do with a message now. See `core.message.change_fault`."""

    act: bool = False  #: answer it and react to it
    edit: bool = False
    delete: bool = False
    pin: bool = False
    bookmark: bool = False  #: what is in the log, also of a room that I am not in


def rights_in(room: RoomModel, row: MessageRow) -> MessageRights:
    if not row.seq or isinstance(room, ThreadModel):  # private ones: only text yet
        return MessageRights()
    if not (room.is_in or room.entering):
        return MessageRights(bookmark=True)
    mine, owned = row.author == room.people.me, room.founder == room.people.me
    return MessageRights(True, mine and row.offer is None, mine or owned, owned, bookmark=True)


def file_actions_of(room: RoomModel, row: MessageRow) -> tuple[FileAction, ...]:
    """What can be done with the files of a message, the main action first."""
    if row.offer is None:
        return ()
    now = state_in(room, row.message_id, row.offer)
    plays = (FileAction.PLAY,) if row.offer.is_voice and is_here(now) else ()
    return plays + menu_actions(row.offer, now)


def file_key(key: str, room: RoomModel, row: MessageRow) -> DoFile | None:
    """What a key does with the files of the message that the arrows chose: o what its first button does, f shows it in
    its folder, s saves a copy, p pauses, c cancels, l lists what is in it."""
    actions = file_actions_of(room, row)
    wanted = {"o": actions[:1], "space": actions[:1], "f": (FileAction.SHOW_IN_FOLDER,), "s": (FileAction.SAVE_COPY,),
              "p": (FileAction.PAUSE, FileAction.RESUME), "c": (FileAction.CANCEL,),
              "l": (FileAction.LIST,)}.get(key, ())  # fmt: skip
    action = next((one for one in wanted if one in actions), None)
    return DoFile(row.message_id, action) if action is not None else None


def menu_of(
    row: TimelineRow, room: RoomModel, folded: bool, links: Iterable[str], selected: str,
    perform: Callable[[Action], None], *, bookmarked: bool = False,
) -> list[MenuEntry]:  # fmt: skip
    """The items for a row. `folded`: there is more of it; `links`: addresses that are meant; `selected`: text;
    `bookmarked`: it is."""
    room_id = room.room_id

    def item(words: str, action: Action, icon: IconName, danger: bool = False) -> MenuItem:
        return MenuItem(words, partial(perform, action), icon, danger)

    items: list[MenuEntry] = []
    if selected:
        items.append(item(_("Copy"), CopyText(selected), "copy"))
    for address in islice(links, _LINKS):
        items.append(item(_("Open link"), OpenLink(address), "export"))
        items.append(item(_("Copy link"), CopyText(address.removeprefix("mailto:")), "copy"))
    match row:
        case MessageRow(message_id=message_id):
            rights = rights_in(room, row)
            if row.offer is not None:
                actions = file_actions_of(room, row)
                items += [item(action_words(one), DoFile(message_id, one), FILE_ICONS[one]) for one in actions]
                items += [SEPARATOR] if actions else []
            if rights.act:
                items.append(item(_("Reply"), StartReply(message_id), "reply"))
                items.append(item(_("React…"), PickReaction(message_id), "smile"))
            if rights.edit:
                items.append(item(_("Edit"), StartEdit(message_id), "edit"))
            if rights.pin:
                words = _("Unpin") if row.pinned else _("Pin")
                items.append(item(words, PinMessage(room_id, message_id, not row.pinned), "pushpin"))
            if row.text or row.offer is None:
                items.append(item(_("Copy message"), CopyText(row.text), "copy"))
            if code := "\n\n".join([block.text for block in formatted(row.text) if block.kind == "code"]):
                items.append(item(_("Copy code"), CopyText(code), "copy"))
            if folded:
                items.append(item(_("Show more"), ShowMore(message_id), "down"))
            if rights.bookmark:
                words = _("Remove the bookmark") if bookmarked else _("Bookmark")
                items.append(item(words, Bookmark(room_id, message_id, not bookmarked), "bookmark"))
            if row.seq:
                items.append(item(_("Mark unread from here"), MarkUnread(room_id, row.seq), "bell"))
            if row.author != room.people.me:
                items.append(item(_("Who is this?"), ShowProfile(row.author), "people"))
            if rights.delete:
                items.append(SEPARATOR)
                items.append(item(_("Delete…"), AskDelete(message_id), "delete", danger=True))
            if row.unsent is not None and row.unsent.state is EntryState.NOT_SENT:
                items.append(SEPARATOR)
                items.append(item(_("Retry"), Retry(room_id, message_id), "retry"))
                items.append(item(_("Discard"), Discard(room_id, message_id), "close", danger=True))
        case MutedRow(author=author):
            items.append(item(_("Show"), ShowMuted(author), "down"))
            items.append(item(_("Who is this?"), ShowProfile(author), "people"))
        case _:
            pass
    return items
