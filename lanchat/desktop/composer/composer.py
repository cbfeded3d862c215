"""Composer: the field in which a message is written, with its buttons. Tk thread.

What is written and not sent yet is kept as the room's Draft, a moment after the last key and when the composer goes.
"""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable

from lanchat.core import limits
from lanchat.core.model import RoomId
from lanchat.core.text import as_sentence, clean_text, shows_nothing
from lanchat.core.translate import _, ngettext
from lanchat.desktop.composer.completion import Completer
from lanchat.desktop.composer.draft import Draft, is_too_long, keep_draft, load_draft, message_parts
from lanchat.desktop.composer.emoji_editor import EmojiEditor
from lanchat.desktop.composer.emoji_picker import EmojiPicker, prepare
from lanchat.desktop.composer.notice_bar import NoticeBar
from lanchat.desktop.theme.theme import Theme
from lanchat.desktop.view_context import ViewContext
from lanchat.desktop.widgets.buttons import IconButton, Pressable
from lanchat.desktop.widgets.keyboard import MENU_KEY, tab_order
from lanchat.desktop.widgets.labels import Paragraph
from lanchat.desktop.widgets.menus import bind_context_click, show_edit_menu
from lanchat.desktop.widgets.overlays import Tooltip
from lanchat.desktop.widgets.surfaces import RING, Box, Ground, ScrollBar, draw_ground, mixed
from lanchat.desktop.widgets.tk_events import DelayedCalls, forward_mouse
from lanchat.engine.commands import MarkRead, Say
from lanchat.engine.events import ConnectionChanged, ConnectionState, Event, Hosting, Left, NotWritten

_MOST = 4 * limits.TEXT_CHARACTERS  # characters in the field: a Text is slow with one very long line
_READING = 200  #: characters of a line that are shown as they are read
_DRAFT_MS = 800  # after the last key
_PREPARE_MS = 1_000  # after the room opened: work at that moment would delay it
_SEND_SIZE, _SEND_ICON = 34, 18  # design pixels
_LIMITS = (limits.TEXT_CHARACTERS, limits.TEXT_LINES)


class Composer(tk.Frame):
    def __init__(self, master: tk.Misc, context: ViewContext, room_id: RoomId) -> None:
        theme = context.theme
        super().__init__(master, background=theme.palette.chat)
        self._context = context
        self._room_id = room_id
        self._keeping = ""  # the `after` that keeps the draft
        self._came_back = ""  # the part at the beginning of the text that could not be kept
        self._over = 0  # characters that did not fit
        self._problem = ""  # why the last message was not sent
        self._enabled = True
        self._notice = NoticeBar(self, theme)
        self._box = Box(self, theme, "field", 8, pad=(6, 5))
        self._box.pack(side="bottom", fill="x")
        self._reads = Paragraph(self, theme, "", "room", "mute", ours=False)
        self.editor = self._make_field()
        self._completing = Completer(context, room_id, self.editor, self)
        self._bind_keys()
        self.editor.write(load_draft(context.kept, room_id).text)
        self._show_connection()
        self._show_state()
        DelayedCalls(self).do("prepare", lambda: context.run_in_background(prepare, lambda _done: None), _PREPARE_MS)

    # --- for the window ----------------------------------------------------------------------------------------------
    def heard(self, event: Event) -> None:
        match event:
            case NotWritten(room_id, text, problem) if room_id == self._room_id:
                self._take_back(text, problem)
            case ConnectionChanged(room_id) | Hosting(room_id) | Left(room_id) if room_id == self._room_id:
                self._context.draw_soon(self, self._show_connection)
            case _:
                pass

    def focus_set(self) -> None:
        self.editor.focus_set()

    focus_first = focus_set

    focus = focus_set

    def type(self, text: str) -> None:
        """Insert text at the caret, as if it was typed here."""
        self.editor.focus_set()
        self.editor.put(text)

    def destroy(self) -> None:
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
        editor = EmojiEditor(inside, theme, most=_MOST, on_change=self._changed, on_full=self._full)
        above = max(0, (px(34) - theme.fonts.height("body")) // 2)
        bar = ScrollBar(inside, theme, editor.yview, "field")
        bar.pack(side="right", fill="y")
        editor.pack(side="left", fill="both", expand=True, padx=(px(6), 0), pady=above)
        editor.configure(yscrollcommand=bar.set)
        for around in (inside, self._box.below):
            forward_mouse(around, editor)
        tab_order(editor, self._smile, self._send)
        return editor

    def _bind_keys(self) -> None:
        editor = self.editor
        for enter in ("Return", "KP_Enter"):
            editor.bind(f"<{enter}>", lambda event: self._entered())
            for modifier in ("Shift", "Control"):
                editor.bind(f"<{modifier}-{enter}>", lambda event: self._break_line())
        editor.bind("<Tab>", lambda event: self._tabbed())
        editor.bind("<<PrevWindow>>", lambda event: _leave(editor.tk_focusPrev()))
        bind_context_click(editor, lambda event: self._show_menu(event.x_root, event.y_root))
        for key in (f"<{MENU_KEY}>", "<Shift-F10>"):
            editor.bind(key, lambda event: self._show_menu(editor.winfo_rootx(), editor.winfo_rooty()))
        editor.bind("<FocusIn>", lambda event: self._box.ring(self._enabled))
        editor.bind("<FocusOut>", lambda event: self._box.ring(False), add="+")

    # --- keys --------------------------------------------------------------------------------------------------------
    def _entered(self) -> str:
        if not self._completing.take():
            self.send_message()
        return "break"

    def _break_line(self) -> str:
        self.editor.put("\n")
        return "break"

    def _tabbed(self) -> str:
        return "break" if self._completing.take() else _leave(self.editor.tk_focusNext())

    def _show_menu(self, x: int, y: int) -> str:
        """Open the edit menu at a point of the screen."""
        show_edit_menu(self.editor, self._context.theme, (x, y))
        return "break"

    # --- writing -----------------------------------------------------------------------------------------------------
    def _changed(self, typed: bool) -> None:
        self._over, self._problem = 0, ""
        if not typed:
            self._completing.leave()
        elif self._completing.typed():
            return  # the completion was a change of its own
        self._show_state()
        if self._keeping:
            self.after_cancel(self._keeping)
        self._keeping = self.after(_DRAFT_MS, self.keep)

    def _show_reading(self, written: str) -> None:
        """Show the line with the caret above the field, with its letters joined, where Tk cannot draw it so."""
        caret = self.editor.caret
        start = written.rfind("\n", 0, caret) + 1
        line = written[start:].partition("\n")[0][max(0, caret - start - _READING) :][:_READING]
        if line.isascii() or not self._context.theme.shaper.draws(line):
            self._reads.pack_forget()
            return
        self._reads.text(line)
        if not self._reads.winfo_manager():
            px = self._context.theme.px
            self._reads.pack(side="bottom", fill="x", padx=px(14), pady=(0, px(4)))

    def _show_state(self) -> None:
        written = self.editor.written
        self._show_reading(written)
        self._send.enable(self._enabled and not shows_nothing(written))
        if is_too_long(written, *_LIMITS):
            self._show_too_long(written)
        elif self._over or self._problem:
            self._notice.show(_left_out(self._over) if self._over else self._problem)
        elif self._notice.winfo_manager():
            self._notice.hide()

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

    # --- sending -----------------------------------------------------------------------------------------------------
    def send_message(self) -> None:
        """Send what is written; what is too long for one message waits for a decision."""
        written = self.editor.written
        if not self._enabled or not clean_text(written):
            return
        if is_too_long(written, *_LIMITS):
            self._notice.focus_action()
        else:
            self._send_all([written])

    def _send_all(self, texts: list[str]) -> None:
        for text in texts:
            self._context.do(Say(self._room_id, text))
        room = self._context.state.room(self._room_id)
        if room.last_seq > room.unread.read_seq:  # what was answered is read
            self._context.do(MarkRead(self._room_id, room.last_seq))
        self._came_back = self._problem = ""
        self._rewrite("")
        self.editor.focus_set()

    def _show_too_long(self, written: str) -> None:
        said, most = clean_text(written), limits.TEXT_CHARACTERS
        if len(said) > most:
            words = _("This is too long for one message: {has:,} of {most:,} characters.")
            words = words.format(has=len(said), most=most)
        else:
            words = _("This is too long for one message: {has:,} of {most:,} lines.")
            words = words.format(has=said.count("\n") + 1, most=limits.TEXT_LINES)
        if self._over:
            words = f"{words} {_left_out(self._over)}"
        several = message_parts(written, *_LIMITS)
        send = ngettext("Send as {count} message", "Send as {count} messages", len(several)).format(count=len(several))
        self._notice.show(words, [(send, lambda: self._send_all(several)), (_("Shorten"), self._shorten)])

    def _shorten(self) -> None:
        """Select what is too much, so that one key deletes it."""
        first = message_parts(self.editor.written, *_LIMITS)[0]
        self.editor.focus_set()
        self.editor.select(self.editor.written.find(first[:1]) + len(first), len(self.editor.written))

    def _take_back(self, text: str, problem: str) -> None:
        """Put a message that could not be kept back into the field, before what was begun since."""
        begun = self.editor.written.removeprefix(self._came_back).lstrip("\n")
        self._came_back = "\n".join(part for part in (self._came_back, text) if part)
        words = _("This was not sent: {problem}")
        self._problem = words.format(problem=as_sentence(problem))
        self._rewrite("\n".join(part for part in (self._came_back, begun) if part))

    def _rewrite(self, text: str) -> None:
        self._over = 0
        self.editor.write(text)
        self._completing.leave()
        self._show_state()
        self.keep()

    # --- what is around ----------------------------------------------------------------------------------------------
    def keep(self) -> None:
        """Keep the draft."""
        if self._keeping:
            self.after_cancel(self._keeping)
            self._keeping = ""
        keep_draft(self._context.kept, self._room_id, Draft(self.editor.written))

    def _show_connection(self) -> None:
        """Enable the field and choose its placeholder by the connection to the room."""
        room = self._context.state.rooms.get(self._room_id)
        connection = room.connection if room else None
        writes = room is not None and (room.is_in or room.entering or room.diverged)
        if room is None or not writes:
            words = _("You are not in this room now.")
        elif room.diverged:
            words = _("Kept here until the host's copy of the room is mended")
        elif connection in (ConnectionState.CONNECTED, ConnectionState.HOSTING):
            words = _("Message {room}").format(room=room.shown)
        elif room.host:
            words = _("Will be sent when {host} is back").format(host=room.host)
        else:
            words = _("Will be sent when the host is back")
        self._enabled = writes
        self.editor.placeholder.say(words)
        self.editor.enable(self._enabled)
        self._box.ring(self._enabled and self.focus_get() is self.editor)
        self._smile.enable(self._enabled)
        self._show_state()


class SendButton(Pressable):
    """Dimmed while there is nothing to send."""

    def __init__(self, master: tk.Misc, theme: Theme, command: Callable[[], None], ground: Ground = "field") -> None:
        super().__init__(master, theme, command, ground)
        self.configure(width=theme.px(_SEND_SIZE), height=theme.px(_SEND_SIZE))
        Tooltip(self, theme, lambda: _("Send (Enter)") if self.enabled else "")

    def draw(self) -> None:
        palette, width, height = self.theme.palette, self.winfo_width(), self.winfo_height()
        fill, ink = mixed(self.ground, palette.text, 0.07), mixed(self.ground, palette.mute, 0.6)
        if self.enabled:
            fill, ink = palette.accent_hover if self.over else palette.accent, palette.on_accent
        edge = palette.strong if self.focused else ""
        draw_ground(self, self.theme, (0, 0, width, height), 8, fill, edge=edge, line=RING)
        self.create_image(width // 2, height // 2, image=self.theme.icon("send", _SEND_ICON, ink))


def _left_out(over: int) -> str:
    words = ngettext(
        "{count:,} more character did not fit. What you copied is still in the clipboard.",
        "{count:,} more characters did not fit. What you copied is still in the clipboard.",
        over,
    )
    return words.format(count=over)


def _leave(to: tk.Misc | None) -> str:
    if to is not None:
        to.focus_set()
    return "break"
