"""What the Engine tells of one room, as far as nothing but its RoomModel changes by it. Pure; Tk thread."""

from __future__ import annotations

from typing import TypeAlias, assert_never

from msgspec.structs import replace

from lanchat.desktop.model.room_keeping import RoleLine
from lanchat.desktop.model.room_model import RoomModel
from lanchat.engine import events
from lanchat.engine.file_events import note_files

ModelEvent: TypeAlias = (
    events.MessagesChanged | events.TopicChanged | events.EntryWritten | events.EntryStateChanged | events.Discarded
    | events.TypingChanged | events.SeenChanged | events.ReadElsewhere | events.BookmarksChanged | events.WaysIn
    | events.Banned | events.FileChanged | events.FilesKnown | events.HeirsChanged | events.KeepersChanged
    | events.RoleGiven | events.StandingChanged | events.RebaseAsked | events.GuestsInvited | events.GuestsCame
    | events.EarlierDelivered | events.GuestInvitationEnded
)  # fmt: skip


def happened_in(room: RoomModel, event: ModelEvent) -> None:
    match event:
        case events.MessagesChanged(messages=messages):
            room.changed(messages)
        case events.BookmarksChanged():
            pass  # the page of bookmarks shows it
        case events.TopicChanged(topic=topic):
            room.topic = topic
        case events.EntryWritten():
            room.mine.wrote(event)
        case events.EntryStateChanged():
            room.own_changed(event)
        case events.EarlierDelivered(base=base, seq=seq):
            room.others_have(base, seq)
        case events.Discarded(entry_id=entry_id):
            room.mine.outbox.pop(entry_id, None)
        case events.FileChanged() | events.FilesKnown():
            note_files(room.files, event)
        case events.TypingChanged(members=members, more=more):
            room.typists, room.more_typists = members, more
        case events.ReadElsewhere(seq=seq):
            if not event.back:
                room.unread.read(seq)
        case events.SeenChanged(seen=seen):
            room.has_seen(seen)
        case events.WaysIn(code=code, link=link):
            if room.hosting is not None:
                room.hosting = replace(room.hosting, code=code, link=link)
            elif room.is_kept_here:  # a room of somebody else
                room.hosting = events.Hosting(room.room_id, room.title, 0, code, link, None)
        case events.StandingChanged(standing=standing):
            room.standing = standing
        case events.Banned():
            pass  # StandingChanged says it, too
        case events.RoleGiven(member=member, role=role, by=by):
            if room.role(member) != role:
                room.keeping.gave_role(RoleLine(room.last_seq, member, role, by))
        case events.HeirsChanged(heirs=heirs):
            room.keeping.heirs = heirs
        case events.KeepersChanged(keepers=keepers):
            room.keeping.keepers = keepers
        case events.RebaseAsked():
            room.keeping.asked = event
        case events.GuestsInvited():
            room.invitation = event
        case events.GuestsCame(guests=guests):
            room.guests = guests
        case events.GuestInvitationEnded():
            room.invitation = None
        case _:
            assert_never(event)
