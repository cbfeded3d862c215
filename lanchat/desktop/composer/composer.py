"""Composer: the field in which a message is written, with its buttons. Tk thread.

What is written and not sent yet is kept as the room's Draft, a moment after the last key and when the composer goes.
"""

from __future__ import annotations

import math
import time
import tkinter as tk
from collections.abc import Callable, Iterable, Sequence

from lanchat.core import limits
from lanchat.core.model import EntryId, RoomId
from lanchat.core.text import as_sentence, clean_text, shows_nothing
from lanchat.core.translate import _, ngettext
from lanchat.desktop.composer import field_words
from lanchat.desktop.composer.attachments import Attachments
from lanchat.desktop.composer.completion import CompletionList
from lanchat.desktop.composer.draft import is_too_long, keep_draft, load_draft, message_parts
from lanchat.desktop.composer.draft_target import DraftTarget
from lanchat.desktop.composer.emoji_picker import EmojiPicker, prepare
from lanchat.desktop.composer.field_words import ReadingLine
from lanchat.desktop.composer.format_keys import bind_format_keys, in_code_block
from lanchat.desktop.composer.media_buttons import MediaButtons
from lanchat.desktop.composer.notice_bar import NoticeBar
from lanchat.desktop.composer.slash_input import SlashInput
from lanchat.desktop.composer.spell_marks import SpellMarks
from lanchat.desktop.model import phrases
from lanchat.desktop.view_context import ViewContext
from lanchat.desktop.widgets.buttons import IconButton, SendButton
from lanchat.desktop.widgets.emoji_editor import EmojiEditor
from lanchat.desktop.widgets.keyboard import MENU_KEY, has_modifier, tab_order
from lanchat.desktop.widgets.surfaces import Box, ScrollBar
from lanchat.desktop.widgets.tk_events import DelayedCalls, focused_widget, forward_mouse, on_key
from lanchat.engine.commands import Edit, MarkRead, Say, TellTyping
from lanchat.engine.events import (
    CardsCame,
    ConnectionChanged,
    Event,
    FilesRefused,
    Hosting,
    Left,
    MessagesChanged,
    NotWritten,
    RosterChanged,
)

_MOST = 4 * limits.TEXT_CHARACTERS  # characters in the field: a Text is slow with one very long line
_DRAFT_MS = 800  # after the last key
_TYPING_SECONDS = 1.0  # between two TellTyping, of which the Engine needs fewer
_PREPARE_MS = 1_000  # after the room opened: work at that moment would delay it
_LIMITS = (limits.TEXT_CHARACTERS, limits.TEXT_LINES)


class Composer(tk.Frame):
    def __init__(self, master: tk.Misc, context: ViewContext, room_id: RoomId) -> None:
        theme = context.theme
        super().__init__(master, background=theme.palette.chat)
        self._context = context
        self._room_id = room_id
        self._later = DelayedCalls(self)
        self._came_back = ""  # the part at the beginning of the text that could not be kept
        self._over = 0  # characters that did not fit
        self._problem = ""  # why the last message was not sent
        self._enabled = True
        self._told_typing = -math.inf
        self._notice = NoticeBar(self, theme)
        self._box = Box(self, theme, "field", 8, pad=(6, 5))
        self._box.pack(side="bottom", fill="x")
        self.files = Attachments(self._box.inside, context, room_id, self._files_changed, lambda: self._send)
        self._reads = ReadingLine(self, theme)
        self.editor = self._make_field()
        self._target = DraftTarget(self._box.inside, context, room_id, self.give_up, self._below_target)
        self.ask_delete: Callable[[EntryId], None] = lambda message_id: None  #: when nothing is left of a message
        self._slash = SlashInput(
            context, room_id, self._notice, lambda text: self._send_all([text]), self._clear, self.attach
        )
        self._completing = CompletionList(context, room_id, self.editor, self, self._slash.offered)
        self._spelling = SpellMarks(context, room_id, self.editor)
        self._bind_keys()
        draft = load_draft(context.kept, room_id)
        self._target.restore(draft)
        self.files.strip.restore(draft.files, draft.shrink)
        self.editor.write(draft.text)
        self._spelling.text_changed()
        self._show_connection()
        self._show_state()
        in_background = context.program.run_in_background
        self._later.do("prepare", lambda: in_background(prepare, lambda _done: None), _PREPARE_MS)

    # --- for the window ----------------------------------------------------------------------------------------------
    def heard(self, event: Event) -> None:
        match event:
            case NotWritten(room_id, text, problem, reply_to=reply_to) if room_id == self._room_id:
                self._take_back(text, problem, reply_to)
            case FilesRefused(room_id, ref, problem) if room_id == self._room_id:
                if files := self.files.take_back(ref):
                    self._take_back(files.caption, problem, files.reply_to)
            case MessagesChanged(room_id, messages) if room_id == self._room_id and self._target.gone(messages):
                self._target_gone()
            case RosterChanged(room_id) | CardsCame(room_id) if room_id == self._room_id:
                self._spelling.people_changed()
                self.files.strip.people_changed()
            case ConnectionChanged(room_id) | Hosting(room_id) | Left(room_id) if room_id == self._room_id:
                self._context.draw_soon(self, self._show_connection)
            case _:
                pass
        self.files.heard(event)

    def focus_set(self) -> None:
        self.editor.focus_set()

    focus_first = focus_set

    def type(self, text: str) -> None:
        """Insert text at the caret, as if it was typed here."""
        self.editor.focus_set()
        self.editor.put(text)

    def attach(self, paths: Iterable[str]) -> None:
        """Let these files and folders go with the next message."""
        if not self._enabled:
            self._context.say(_("You are not in this room now."))
        elif self._target.edits is not None:
            self._context.say(_("Finish editing first: files need a message of their own."))
        else:
            self.files.attach(paths)
            self.editor.focus_set()

    @property
    def takes_files(self) -> bool:
        """Whether files can be attached now."""
        return self._enabled and self._target.edits is None

    def destroy(self) -> None:
        self._media.leave()
        self.keep()
        self._completing.destroy()
        super().destroy()

    # --- its parts ---------------------------------------------------------------------------------------------------
    def _make_field(self) -> EmojiEditor:
        theme, inside = self._context.theme, self._box.inside
        px = theme.px
        self._send = SendButton(inside, theme, self.send_message)
        self._send.pack(side="right", anchor="s")
        self._smile = IconButton(inside, theme, "smile", _("Emoji"), self.pick, ground="field", size=34)
        self._smile.pack(side="right", anchor="s", padx=px(4))
        self._media = MediaButtons(inside, self._context, self._room_id, self.attach, self._below_target)
        editor = EmojiEditor(inside, theme, most=_MOST, on_change=self._changed, on_full=self._full)
        above = max(0, (px(34) - theme.fonts.height("body")) // 2)
        bar = ScrollBar(inside, theme, editor.yview, "field")
        bar.pack(side="right", fill="y")
        editor.pack(side="left", fill="both", expand=True, padx=(px(4), 0), pady=above)
        editor.configure(yscrollcommand=bar.set)
        for around in (inside, self._box.below):
            forward_mouse(around, editor)
        before, after = self._media.buttons
        tab_order(self.files.rows, self.files.strip, *before, editor, *after, self._smile, self._send)
        return editor

    def _bind_keys(self) -> None:
        editor = self.editor
        for enter in ("Return", "KP_Enter"):
            on_key(editor, f"<{enter}>", lambda: self._complete_or(self._enter))
            for modifier in ("Shift", "Control"):
                on_key(editor, f"<{modifier}-{enter}>", lambda: editor.put("\n"))
        editor.bind("<Up>", lambda event: self._up(event), add="+")  # after the list of completions
        on_key(editor, "<Tab>", lambda: self._complete_or(editor.leave))
        for key in (f"<{MENU_KEY}>", "<Shift-F10>"):
            on_key(editor, key, self._show_menu)
        on_key(editor, "<<Paste>>", lambda: self.files.paste(editor.paste, self.takes_files))
        bind_format_keys(editor)
        editor.bind("<FocusIn>", lambda event: self._box.ring(self._enabled))
        editor.bind("<FocusOut>", lambda event: self._box.ring(False), add="+")

    def _complete_or(self, action: Callable[[], None]) -> None:
        """Put in the chosen completion; where there is none, do `action`."""
        if not self._completing.take():
            action()

    def _show_menu(self) -> None:
        self._spelling.show_menu((self.editor.winfo_rootx(), self.editor.winfo_rooty()), "insert")

    # --- writing -----------------------------------------------------------------------------------------------------
    def _changed(self, typed: bool) -> None:
        self._over, self._problem = 0, ""
        self._spelling.text_changed()
        if not typed:
            self._completing.leave()
        elif self._completing.typed():
            return  # the completion was a change of its own
        else:
            self._tell_typing()
        self._show_state()
        self._later.restart("keep", self.keep, _DRAFT_MS)

    def _tell_typing(self) -> None:
        """Tell the others that a message is being written, if there are others and the person shares that."""
        written, state, now = self.editor.written, self._context.state, time.monotonic()
        command = written.startswith("/") and not written.startswith("//")
        if command or shows_nothing(written) or not state.sharing.typing or now - self._told_typing < _TYPING_SECONDS:
            return
        if state.room(self._room_id).here > 1:
            self._told_typing = now
            self._context.do(TellTyping(self._room_id))

    def _show_state(self) -> None:
        written = self.editor.written
        self._reads.show_line(written, self.editor.caret)
        editing = self._target.edits is not None
        self.files.strip.conceal(editing)
        something = editing or bool(self.files.paths) or not shows_nothing(written)
        self._send.enable(self._enabled and something)
        if is_too_long(written, *_LIMITS):
            self._show_too_long(written)
        elif self._over or self._problem:
            self._notice.show(field_words.left_out(self._over) if self._over else self._problem)
        elif self._notice.winfo_manager():
            self._notice.hide()

    def _files_changed(self) -> None:
        self._show_state()
        self.keep()

    def _below_target(self) -> tk.Misc:
        return self.files.strip if self.files.strip.winfo_manager() else self._send

    def pick(self) -> None:
        """Show all emoji, to choose from."""

        def take(sequence: str) -> None:
            self.editor.put(sequence)
            if picker.closed:
                self.editor.focus_set()

        if self._enabled:
            picker = EmojiPicker(self._context, self._smile, take)

    def _full(self, over: int) -> None:
        self._over = over
        self._show_state()

    def _enter(self) -> None:
        if in_code_block(self.editor.written, self.editor.caret):
            self.editor.put("\n")
        else:
            self.send_message()

    # --- answering and editing ---------------------------------------------------------------------------------------
    def reply_to(self, message_id: EntryId) -> None:
        """What is written next answers this message."""
        if self._target.edits is not None:
            self.give_up()
        if (message := self._target.message(message_id)) is not None:
            self._target.reply(message)
            self.keep()
            self.editor.focus_set()

    def edit(self, message_id: EntryId) -> None:
        """Change this message of mine. What was begun comes back afterwards."""
        if (message := self._target.message(message_id)) is None:
            return
        if self._target.edits is None:
            self._target.before = self.editor.written
        self._target.edit(message)
        self._problem = ""
        self._rewrite(message.text)
        self.editor.focus_set()

    def give_up(self) -> bool:
        """Answer, or edit, nothing. False: that was so."""
        target = self._target
        if target.edits is None and target.reply_to is None:
            return False
        text = self.editor.written if target.edits is None else target.before
        target.clear()
        self._rewrite(text)
        self.editor.focus_set()
        return True

    def _up(self, event: tk.Event[tk.Misc]) -> str | None:
        """In an empty field: edit my last message."""
        if self.editor.written or self._target.edits is not None or has_modifier(int(event.state), writes=False):
            return None
        waiting = self._context.state.room(self._room_id).mine.outbox  # the last one cannot be edited yet
        if self._enabled and not waiting and (message := self._target.my_last()) is not None:
            self.edit(message.message_id)
        return "break"

    def _finish_edit(self, message_id: EntryId, text: str) -> None:
        if not text:
            self.ask_delete(message_id)
            return
        if is_too_long(text, *_LIMITS):
            self._notice.focus_action()
            return
        if text != clean_text(self._target.original):
            self._context.do(Edit(self._room_id, message_id, text))
            room = self._context.state.room(self._room_id)
            if not room.is_live:
                self._context.say(phrases.done_later(room))
        self.give_up()

    def _target_gone(self) -> None:
        """The message that is answered, or edited, was deleted: what is written stays."""
        self._target.clear()
        self.keep()
        self._context.say(_("The message was deleted. What you wrote is still here."))

    # --- sending -----------------------------------------------------------------------------------------------------
    def send_message(self) -> None:
        """Send what is written, or do the command that it is; what is too long for one message waits for a decision."""
        written = self.editor.written
        text = clean_text(written)
        if self._enabled and self._target.edits is not None:
            self._finish_edit(self._target.edits, text)
            return
        if not self._enabled or not (text or self.files.paths):
            return
        if problem := self.files.strip.problem:
            self._notice.show(problem)
            return
        if is_too_long(written, *_LIMITS):
            self._notice.focus_action()
        elif (said := self._slash.enter(text)) is not None:
            self._send_all([written if said == text else said])

    def _send_all(self, texts: Sequence[str]) -> None:
        reply_to = self._target.reply_to
        if self.files.paths:
            texts, reply_to = self.files.send(texts, reply_to), None
        for number, text in enumerate(texts):
            self._context.do(Say(self._room_id, text, reply_to=None if number else reply_to))
        self._target.clear()
        room = self._context.state.room(self._room_id)
        if room.last_seq > room.unread.read_seq:  # what was answered is read
            self._context.do(MarkRead(self._room_id, room.last_seq))
        self._clear()

    def _clear(self) -> None:
        self._came_back = self._problem = ""
        self._rewrite("")
        self.editor.focus_set()

    def _show_too_long(self, written: str) -> None:
        words = field_words.too_long(clean_text(written), self._over)
        shorten = (_("Shorten"), self._shorten)
        if self._target.edits is not None:
            self._notice.show(words, [shorten])
            return
        several = message_parts(written, *_LIMITS)
        send = ngettext("Send as {count} message", "Send as {count} messages", len(several)).format(count=len(several))
        self._notice.show(words, [(send, lambda: self._send_all(several)), shorten])

    def _shorten(self) -> None:
        """Select what is too much, so that one key deletes it."""
        first = message_parts(self.editor.written, *_LIMITS)[0]
        self.editor.focus_set()
        self.editor.select(self.editor.written.find(first[:1]) + len(first), len(self.editor.written))

    def _take_back(self, text: str, problem: str, reply_to: EntryId | None) -> None:
        """Put a message that could not be kept back into the field, before what was begun since."""
        if self._target.edits is not None:
            self.give_up()
        if (message := self._target.message(reply_to)) is not None:
            self._target.reply(message)
        begun = self.editor.written.removeprefix(self._came_back).lstrip("\n")
        self._came_back = "\n".join(part for part in (self._came_back, text) if part)
        words = _("This was not sent: {problem}")
        self._problem = words.format(problem=as_sentence(problem)) if problem else ""
        self._rewrite("\n".join(part for part in (self._came_back, begun) if part))

    def _rewrite(self, text: str) -> None:
        self._over = 0
        self.editor.write(text)
        self._spelling.text_changed()
        self._completing.leave()
        self._show_state()
        self.keep()

    # --- what is around ----------------------------------------------------------------------------------------------
    def keep(self) -> None:
        strip = self.files.strip
        draft = self._target.draft(self.editor.written, strip.paths, strip.shrink)
        keep_draft(self._context.kept, self._room_id, draft)

    def _show_connection(self) -> None:
        """Enable the field and choose its placeholder by the connection to the room."""
        writes, words = field_words.about_room(self._context.state.find(self._room_id))
        self._enabled = writes
        self.editor.placeholder.text(words)
        self.editor.enable(self._enabled)
        self._box.ring(self._enabled and focused_widget(self) is self.editor)
        self._smile.enable(self._enabled)
        self._media.enable(self._enabled)
        self._show_state()
