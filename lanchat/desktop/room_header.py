"""RoomHeader: over a conversation, the room's title, topic and connection, and buttons. Tk thread.

The owner changes the topic by a click on it. What is pinned is counted on a button, which lists it.
"""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Iterable, Sequence

from lanchat.core.limits import TOPIC_CHARACTERS
from lanchat.core.message import Message
from lanchat.core.model import EntryId, RoomId
from lanchat.core.text import clean_line
from lanchat.core.translate import _, ngettext
from lanchat.desktop.model import phrases
from lanchat.desktop.room_actions import room_menu
from lanchat.desktop.theme.theme import Theme
from lanchat.desktop.view_context import FilesOf, ViewContext, room_of
from lanchat.desktop.widgets.buttons import Button, IconButton, Pressable
from lanchat.desktop.widgets.keyboard import COMMAND, shortcut_words, tab_order
from lanchat.desktop.widgets.labels import Label
from lanchat.desktop.widgets.menus import MenuEntry, Popover, show_menu_below
from lanchat.desktop.widgets.overlays import Tooltip
from lanchat.desktop.widgets.surfaces import ScrollFrame, mixed
from lanchat.desktop.widgets.text_field import TextField
from lanchat.engine.commands import PinMessage, SetTopic
from lanchat.engine.events import Event, MessagesAdded, MessagesChanged
from lanchat.storage.errors import StorageProblem
from lanchat.storage.reader import Hit

HEADER_HEIGHT = 56  #: design pixels
_TOPIC_HIGH = 18
_POPOVER, _FIELD_POPOVER = 400, 440
_MOST_HIGH = 340  # of the list of what is pinned
_MOST_PINNED = 50  # shown and counted


class ConversationHeader(tk.Frame):
    """A picture, a title with something below it, and buttons for search, people and a menu."""

    def __init__(
        self, master: tk.Misc, context: ViewContext, tips: tuple[str, str], find: Callable[[], None],
        menu: Callable[[], Sequence[MenuEntry]],
    ) -> None:  # fmt: skip
        """`tips`: of search, and of people. `find` opens the find bar."""
        theme = context.theme
        palette, px = theme.palette, theme.px
        super().__init__(master, bg=palette.chat, height=px(HEADER_HEIGHT))
        self.pack_propagate(False)
        self._context = context
        self.picture = tk.Label(self, bg=palette.chat, bd=0)
        self.picture.pack(side="left", padx=(px(16), px(8)))
        self.more = IconButton(self, theme, "more", _("More"), lambda: show_menu_below(self.more, theme, menu()))
        self.more.pack(side="right", padx=(px(2), px(12)))
        keys = shortcut_words(f"{COMMAND}-f")
        self.search = IconButton(self, theme, "search", tips[0].format(keys=keys), find)
        self.people = IconButton(self, theme, "people", tips[1], context.toggle_people)
        for button in (self.people, self.search):
            button.pack(side="right", padx=px(2))
        self.words = tk.Frame(self, bg=palette.chat)
        self.words.pack(side="left", fill="x", expand=True)
        self.upper = tk.Frame(self.words, bg=palette.chat)
        self.upper.pack(fill="x")
        self.title = Label(self.upper, theme, "", "title", "strong", tall=True)
        self.title.pack(side="left")


class RoomHeader(ConversationHeader):
    def __init__(
        self, master: tk.Misc, context: ViewContext, room_id: RoomId, find: Callable[[], None],
        jump: Callable[[int], None],
    ) -> None:  # fmt: skip
        """`jump` shows the message with this seq."""
        theme = context.theme
        palette, px = theme.palette, theme.px
        tips = _("Search in this room ({keys})"), _("People (F7)")
        super().__init__(master, context, tips, find, lambda: room_menu(context, room_id))
        self._room_id = room_id
        self._jump = jump
        self._pinned: list[Message] = []
        tip = _("Files ({keys})").format(keys=shortcut_words(f"{COMMAND}-Shift-O"))
        self._files = IconButton(self, theme, "file", tip, lambda: context.go(FilesOf(room_id)))
        self._files.pack(side="right", padx=px(2), before=self.words)
        self._pins = PinsButton(self, theme, self._show_pinned)
        self._topic = TopicLine(self.words, theme, self._edit_topic)
        tab_order(self.words, self._pins, self._files, self.search, self.people, self.more)
        tk.Frame(self.upper, bg=palette.line, width=px(1), height=px(18)).pack(side="left", padx=px(12))
        self._dot = tk.Label(self.upper, bg=palette.chat, bd=0)
        self._dot.pack(side="left", padx=(0, px(6)))
        self._status = Label(self.upper, theme, "", "small", "mute", tall=True)
        self._status.pack(side="left", fill="x", expand=True)
        self._read_pinned()
        self._draw()

    def heard(self, event: Event) -> None:
        if room_of(event) in (self._room_id, None):
            match event:
                case MessagesChanged(messages=messages) | MessagesAdded(messages=messages) if self._concerns(messages):
                    self._context.draw_soon(self, self._read_pinned)
                case _:
                    pass
            self._context.draw_soon(self, self._draw)

    def _draw(self) -> None:
        room = self._context.state.rooms.get(self._room_id)
        if room is None:
            return
        theme, palette = self._context.theme, self._context.theme.palette
        self.picture.configure(image=theme.icon("lock" if room.protected else "room", 20, palette.mute))
        self.title.text(room.shown)
        size = theme.px(8)
        colour = palette.good if room.is_live else palette.caution if room.is_in else palette.mute
        self._dot.configure(image=theme.rounded_image(size, size, 4, colour))
        status = (phrases.connection(room), phrases.kept_open_by(room))
        self._status.text(" · ".join(filter(None, status)))
        self._topic.show(room.topic, room.hosted and room.is_live)

    # --- the topic ---------------------------------------------------------------------------------------------------
    def _edit_topic(self) -> None:
        topic = self._context.state.room(self._room_id).topic
        TopicPopover(self._context.theme, self._topic, topic, lambda text: self._context.do(
            SetTopic(self._room_id, text)))  # fmt: skip

    # --- what is pinned ----------------------------------------------------------------------------------------------
    def _concerns(self, messages: Iterable[Message]) -> bool:
        """Whether one of these is pinned, or was."""
        known = {message.message_id for message in self._pinned}
        return any([message.pinned or message.message_id in known for message in messages])

    def _read_pinned(self) -> None:
        try:
            self._pinned = self._context.reader.pinned(self._room_id, _MOST_PINNED)
        except StorageProblem as problem:
            self._context.say(str(problem))
        self._pins.show(len(self._pinned))
        if bool(self._pinned) != bool(self._pins.winfo_manager()):
            if self._pinned:
                self._pins.pack(side="right", padx=self._context.theme.px(2), after=self._files)
            else:
                self._pins.pack_forget()

    def _show_pinned(self) -> None:
        room = self._context.state.room(self._room_id)
        hits = [Hit(self._room_id, message) for message in self._pinned]
        unpin = self._unpin if room.hosted and room.is_live else None
        PinnedPopover(self._context, self._pins, hits, self._jump, unpin)

    def _unpin(self, message_id: EntryId) -> None:
        self._context.do(PinMessage(self._room_id, message_id, on=False))


class PinsButton(Pressable):
    """How many messages are pinned, and the way to them."""

    def __init__(self, master: tk.Misc, theme: Theme, command: Callable[[], None]) -> None:
        super().__init__(master, theme, command)
        self._count = ""
        Tooltip(self, theme, lambda: self.words)
        self.show(0)

    def show(self, count: int) -> None:
        self._count = f"{count}+" if count >= _MOST_PINNED else str(count)
        self.words = ngettext("{n} pinned message", "{n} pinned messages", count).format(n=self._count)
        wide = self.theme.fonts.measure("small_bold", self._count)
        self.configure(width=wide + self.theme.px(18 + 3 * 6), height=self.theme.px(32))
        self.redraw()

    def draw(self) -> None:
        theme, palette, middle = self.theme, self.theme.palette, self.winfo_height() // 2
        if self.over or self.focused:
            self.draw_surface(6, mixed(self.ground, palette.text, 0.08))
        ink = palette.strong if self.over else palette.mute
        self.create_image(theme.px(6), middle, anchor="w", image=theme.icon("pushpin", 18, ink))
        x = theme.px(6 + 18 + 5)
        self.create_text(x, middle, anchor="w", text=self._count, font=theme.font("small_bold"), fill=ink)


class PinnedPopover(Popover):
    def __init__(
        self, context: ViewContext, under: tk.Misc, hits: list[Hit], jump: Callable[[int], None],
        unpin: Callable[[EntryId], None] | None,
    ) -> None:  # fmt: skip
        theme = context.theme
        super().__init__(theme.root, theme, under=under, width=_POPOVER)
        Label(self.inside, theme, _("Pinned messages"), "room_bold", "strong", ground="raised").pack(
            fill="x", padx=theme.px(6), pady=(theme.px(2), theme.px(6))
        )
        scrolled = ScrollFrame(self.inside, theme, ground="raised")

        def go(hit: Hit) -> None:
            self.close()
            jump(hit.message.seq)

        def remove(hit: Hit) -> None:
            self.close()
            if unpin is not None:
                unpin(hit.message.message_id)

        from lanchat.desktop.pages.message_list import MessageList  # not needed at the start

        found = MessageList(scrolled.inside, context, go, remove if unpin else None, _("Unpin"), "raised")
        found.pack(fill="x")
        found.show(hits)
        scrolled.pack_propagate(False)
        high = min(theme.px(_MOST_HIGH), found.height)
        scrolled.configure(width=theme.px(_POPOVER - 16), height=high)
        scrolled.pack(fill="both", expand=True)
        found.focus_first()


class TopicLine(Pressable):
    """What the room is about; hidden while that is nothing and I am not its host."""

    def __init__(self, master: tk.Misc, theme: Theme, command: Callable[[], None]) -> None:
        super().__init__(master, theme, command)
        self.words = ""
        self._faint = False
        self.configure(height=theme.px(_TOPIC_HIGH))
        Tooltip(self, theme, self._tip)
        self.enable(False)

    def show(self, topic: str, mine: bool) -> None:
        """`mine`: I may change it."""
        self._faint = not topic
        words = topic or (_("Add a topic") if mine else "")
        self.enable(mine)
        if words != self.words:
            self.words = words
            self.redraw()
        if bool(words) != bool(self.winfo_manager()):
            self.pack(fill="x") if words else self.pack_forget()

    def _tip(self) -> str:
        return _("Change the topic") if self.enabled and not self._faint else "" if self.enabled else self.words

    def draw(self) -> None:
        theme, palette, middle = self.theme, self.theme.palette, self.winfo_height() // 2
        ink = palette.strong if self.enabled and (self.over or self.focused) else palette.mute
        line = theme.lines.write(self, (0, middle), self.words, "small", ink, self.winfo_width())
        if self.enabled and (self.over or self.focused):
            bottom = self.winfo_height() - theme.px(2)
            self.create_rectangle(0, bottom, line.width, bottom + theme.px(1), fill=ink, width=0)


class TopicPopover(Popover):
    """A field for the topic; Enter sets it."""

    def __init__(self, theme: Theme, under: tk.Misc, topic: str, take: Callable[[str], None]) -> None:
        super().__init__(theme.root, theme, under=under, width=_FIELD_POPOVER)
        self._take = take
        self._field = TextField(
            self.inside, theme, topic, _("What this room is about"), most=TOPIC_CHARACTERS, on_enter=self._entered,
            ground="raised", height=36,
        )  # fmt: skip
        save = Button(self.inside, theme, _("Save"), lambda: self._entered(self._field.value()), ground="raised")
        save.pack(side="right", padx=(theme.px(8), 0))
        self._field.pack(side="left", fill="x", expand=True)
        tab_order(self._field, save)
        self._field.focus_set()
        self._field.select_all()

    def _entered(self, text: str) -> None:
        self.close()
        self._take(clean_line(text, TOPIC_CHARACTERS))
