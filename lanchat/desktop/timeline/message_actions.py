"""MessageActions: does what was clicked, where that leads out of the timeline or changes a message. Tk thread.

What is about the timeline itself `Timeline.perform` does.
"""

from __future__ import annotations

from functools import partial
from typing import Protocol

from lanchat.core.model import EntryId, RoomId
from lanchat.core.text import as_sentence
from lanchat.core.translate import _
from lanchat.desktop.file_actions import do_file
from lanchat.desktop.model import phrases
from lanchat.desktop.model.files import FileAction, is_picture
from lanchat.desktop.platform.external_programs import open_url
from lanchat.desktop.timeline import actions
from lanchat.desktop.timeline.log_pages import LogPages
from lanchat.desktop.timeline.message_popovers import DeleteQuestion, VersionsPopover
from lanchat.desktop.timeline.pointer import Pointer
from lanchat.desktop.timeline.reaction_picker import ReactionPicker
from lanchat.desktop.view_context import JoinBy, ViewContext
from lanchat.desktop.widgets.text_editing import copy_text
from lanchat.engine.commands import Bookmark, Delete, Discard, PinMessage, React, Retry
from lanchat.engine.events import EntryState, EntryStateChanged


class MessageWriter(Protocol):
    """Where answers and edits are written: the Composer."""

    def reply_to(self, message_id: EntryId) -> None:
        """What is written next answers this message."""

    def edit(self, message_id: EntryId) -> None:
        """Change this message of mine."""


class MessageActions:
    def __init__(
        self, context: ViewContext, room_id: RoomId, pages: LogPages, pointer: Pointer, writer: MessageWriter | None
    ) -> None:  # fmt: skip
        """`writer`: None, where nothing can be written."""
        self.awaited: set[EntryId] = set()  #: messages that the person changed here, and that are still drawn as before
        self._context = context
        self._room_id = room_id
        self._pages = pages
        self._pointer = pointer
        self._writer = writer
        pointer.is_bookmarked = pages.is_bookmarked

    def perform(self, action: actions.Action) -> None:
        match action:
            case actions.OpenLink(address) if address[:10].lower() == "lanchat://":
                self._context.go(JoinBy(address))  # a page that asks first
            case actions.OpenLink(address):
                self._context.open_outside(partial(open_url, address))
            case actions.ShowProfile(member):
                self._context.profile(member)
            case actions.CopyText(text, told):
                copy_text(self._context.root, text)
                if told:
                    self._context.say(_("Copied."))
            case actions.StartReply(message_id):
                if self._writer is not None:
                    self._writer.reply_to(message_id)
            case actions.StartEdit(message_id):
                if self._writer is not None:
                    self._writer.edit(message_id)
            case actions.ShowVersions(message_id):
                self._show_versions(message_id)
            case actions.PickReaction(message_id):
                self._pick_reaction(message_id)
            case actions.AskDelete(message_id):
                self.ask_delete(message_id)
            case actions.DoFile(action=FileAction.PLAY | FileAction.STOP | FileAction.SEEK):
                self._pointer.files.play(action)
            case actions.DoFile():
                self._do_file(action.message_id, action.action)
            case React() | PinMessage() | Delete():
                self._change(action)
            case Bookmark() | Retry() | Discard():
                self._context.do(action)
            case _:
                pass  # see Timeline.perform

    def ask_delete(self, message_id: EntryId) -> None:
        """Delete a message, when the person agrees."""
        message = self._pages.message(message_id)
        if message is not None and not message.deleted:
            command = Delete(self._room_id, message_id)
            DeleteQuestion(self._context.theme, self._pointer.place(), message, lambda: self._change(command))

    def _change(self, command: React | PinMessage | Delete) -> None:
        """Change a message; where the host is away, say that this waits."""
        self._context.do(command)
        self.awaited.add(command.message_id)
        room = self._context.state.room(self._room_id)
        if room.is_in and not room.is_live:
            self._context.say(phrases.done_later(room))

    def tell_refused(self, event: EntryStateChanged) -> None:
        """The host did not take a change of a message: there is no line that could say so, as for a message of mine."""
        mine = self._context.state.room(self._room_id).mine.outbox
        if event.state is EntryState.NOT_SENT and event.problem and not any([one in mine for one in event.entry_ids]):
            self._context.say(as_sentence(event.problem))

    def _do_file(self, message_id: EntryId, action: FileAction) -> None:
        room = self._context.state.room(self._room_id)
        message, unsent = self._pages.message(message_id), room.mine.outbox.get(message_id)
        offer = message.offer if message is not None else unsent.offer if unsent is not None else None
        if offer is not None:
            if action is FileAction.OPEN and message is not None and is_picture(offer):
                from lanchat.desktop.picture_viewer import view_picture  # not needed at the start

                view_picture(self._context, self._room_id, message)
                return
            author = message.author if message is not None else self._context.state.me
            do_file(self._context, self._room_id, message_id, offer, author, action)

    def _show_versions(self, message_id: EntryId) -> None:
        if versions := self._pages.versions(message_id):
            VersionsPopover(self._context.theme, self._pointer.place(), versions)

    def _pick_reaction(self, message_id: EntryId) -> None:
        def take(emoji: str) -> None:
            self._change(React(self._room_id, message_id, emoji))

        ReactionPicker(self._context, self._pointer.place(), take)
