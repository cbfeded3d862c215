"""What a person does with the files that a message offers: get, pause, cancel, open, show, save. Tk thread.

The cards of the timeline, its menu and keys, and the page of a room's files go through `do_file`. What is done with a
path that is here is in `desktop.file_actions`.
"""

from __future__ import annotations

from pathlib import Path
from typing import assert_never

from lanchat.core.file_offer import FileOffer
from lanchat.core.model import EntryId, RoomId
from lanchat.core.translate import _
from lanchat.desktop.file_actions import open_received, save_copy, show_received
from lanchat.desktop.model.files import FileDeed, is_here, state_in
from lanchat.desktop.view_context import ViewContext
from lanchat.engine.commands import CancelFile, GetFile, PauseFile
from lanchat.engine.events import FileState


def do_file(
    context: ViewContext, room_id: RoomId, message_id: EntryId, offer: FileOffer, deed: FileDeed, sender: str = ""
) -> None:  # fmt: skip
    """Do this with the files of a message. `sender`: who sent them, for questions; "": I did."""
    match deed:
        case FileDeed.GET | FileDeed.RESUME | FileDeed.RETRY:
            context.do(GetFile(room_id, message_id))
        case FileDeed.PAUSE:
            context.do(PauseFile(room_id, message_id))
        case FileDeed.CANCEL:
            context.do(CancelFile(room_id, message_id))
        case FileDeed.OPEN | FileDeed.SHOW_IN_FOLDER | FileDeed.SAVE_COPY:
            now = state_in(context.state.room(room_id), message_id, offer)
            if not is_here(now) or not Path(now.path).exists():
                context.say(_("The file is not there any more: it was moved or deleted."))
            elif deed is FileDeed.OPEN:
                open_received(context, now.path, sender)
            elif deed is FileDeed.SHOW_IN_FOLDER:
                show_received(context, now.path)
            else:
                save_copy(context, now.path, received=now.state is FileState.HERE)
        case FileDeed.PLAY | FileDeed.STOP | FileDeed.SEEK:
            pass  # the card of a voice message does that itself: see `timeline.voice_cards`
        case _:
            assert_never(deed)
