"""SlashInput: slash commands that are entered in the composer. Tk thread.

The table is `core.slash_table`, which the completion offers too; here is what only the window shows, and the question
before a text that looks like a command, and is none, is sent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from lanchat.core import slash_table
from lanchat.core.message import Message
from lanchat.core.model import PrivateThread, RoomId
from lanchat.core.slash_table import OF_ROOM, IncompleteSlash, SlashCall, SlashCommand, TypedMessage, UnknownSlash
from lanchat.core.translate import _
from lanchat.desktop.composer.notice_bar import NoticeBar
from lanchat.desktop.room_actions import mute
from lanchat.desktop.view_context import AllKeys, SearchAll, ViewContext
from lanchat.engine.commands import Say, SendFiles
from lanchat.engine.slash_actions import SlashRoom, outcome_of

_LOOKED_THROUGH = 50  # messages, for the one that a command is about


class SlashInput:
    def __init__(
        self, context: ViewContext, room_id: RoomId, notice: NoticeBar, send: Callable[[str], None],
        clear: Callable[[], None], attach: Callable[[Iterable[str]], object],
    ) -> None:  # fmt: skip
        """`notice`: where the person is asked. `send`: sends a text as a message, and clears the field; so does `clear`
        without sending. `attach`: adds files to the message."""
        self._context = context
        self._room_id = room_id
        self._notice = notice
        self._send = send
        self._clear = clear
        self._attach = attach
        self._asked = ""  # the unknown command that the notice is about
        self._own: dict[str, Callable[[str], None]] = {
            "search": lambda words: context.go(SearchAll(words)),
            "help": lambda nothing: self._show_commands(),
            "mute": lambda nothing: self._mute(),
        }

    def offered(self) -> tuple[SlashCommand, ...]:
        """The commands that can be entered here now."""
        room = self._context.state.room(self._room_id)
        private = PrivateThread.of(self._room_id) is not None
        return slash_table.offered(window=True, rights=room.rights, private=private)

    def enter(self, text: str) -> str | None:
        """Do the command in `text`, which is cleaned, or ask what is meant: then it stays in the field. Otherwise the
        message that `text` is; None: it is none."""
        asked, self._asked = self._asked, ""
        match slash_table.parse(text, window=True):
            case TypedMessage(said):
                return said
            case UnknownSlash() as unknown:
                send = (_("Send as a message"), lambda: self._send(text))
                self._notice.show(unknown.problem, [send, (_("Commands"), self._show_commands)])
                self._asked = text
                if text == asked:  # Enter once more leads to the answers
                    self._notice.focus_action()
                return None
            case IncompleteSlash() as incomplete:
                self._notice.show(incomplete.problem)
                return None
            case SlashCall(command) if command.name in OF_ROOM and PrivateThread.of(self._room_id) is not None:
                words = _("{word} is for a room, and this is between two of you.")
                self._notice.show(words.format(word=command.word))
                return None
            case SlashCall() as call:
                self._do(call)
                return None

    def _do(self, call: SlashCall) -> None:
        outcome = outcome_of(call, self._room())
        if outcome is None:
            self._clear()  # before another page is shown
            self._own[call.command.name](call.argument)
        elif outcome.problem:
            self._notice.show(outcome.problem)
        else:
            self._clear()
            if outcome.words:
                self._context.say(outcome.words)
            for command in outcome.commands:
                if isinstance(command, SendFiles):  # sent with the next message, once it is seen what that is
                    self._attach(command.paths)
                    continue
                if isinstance(command, Say) and command.room_id == self._room_id:
                    self._send(command.text)
                    continue
                self._context.do(command)
                if isinstance(command, Say) and (thread := PrivateThread.of(command.room_id)) is not None:
                    called = self._context.state.nicks.called(thread.peer)
                    self._context.say(_("Sent privately to {name}.").format(name=called))

    def _room(self) -> SlashRoom:
        room = self._context.state.room(self._room_id)
        return SlashRoom(self._room_id, room.people, room.rights, room.topic, self._newest)

    def _show_commands(self) -> None:
        self._context.go(AllKeys(commands=True))

    def _newest(self, wanted: Callable[[Message], bool]) -> Message | None:
        page = self._context.reader.newest(self._room_id, _LOOKED_THROUGH)
        return next((one for one in reversed(page) if not one.deleted and wanted(one)), None)

    # --- what only the window does -----------------------------------------------------------------------------------
    def _mute(self) -> None:
        muted = self._context.kept.now.room(self._room_id).muted
        mute(self._context, self._room_id, not muted)
        words = _("This room notifies you again.") if muted else _("This room is muted: only mentions notify you.")
        self._context.say(words)
