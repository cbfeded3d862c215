"""PictureViewer: a picture of a room over the whole window, with the others of the room beside it. Tk thread.

It is a Popover: it has the keyboard, Escape closes it, and menus that are opened from it lie over it.
"""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Literal

from lanchat.core.file_offer import FileOffer
from lanchat.core.file_words import shown_file_name
from lanchat.core.message import Message
from lanchat.core.model import RoomId
from lanchat.core.sizes import size_words
from lanchat.core.translate import _
from lanchat.desktop.file_actions import do_file
from lanchat.desktop.model import phrases
from lanchat.desktop.model.files import FileAction, is_here, state_in, status_of
from lanchat.desktop.picture_canvas import PictureCanvas
from lanchat.desktop.picture_strip import PictureStrip
from lanchat.desktop.platform.picture_clipboard import can_copy_pictures
from lanchat.desktop.room_pictures import RoomPictures
from lanchat.desktop.theme.icons import IconName
from lanchat.desktop.view_context import InRoom, ViewContext, room_of
from lanchat.desktop.widgets.buttons import IconButton
from lanchat.desktop.widgets.keyboard import COMMAND, pressed_shortcut, shortcut_words, tab_order
from lanchat.desktop.widgets.labels import Label
from lanchat.desktop.widgets.menus import MenuItem, Popover, show_menu_below
from lanchat.desktop.widgets.overlays import Toasts
from lanchat.desktop.widgets.surfaces import Box, Ground, palette_colour
from lanchat.engine.commands import GetFile
from lanchat.engine.events import Event, FileChanged, FilesKnown, FileState, MessagesAdded, MessagesChanged

_HEAD, _AVATAR, _ARROW, _BESIDE, _CAPTION = 56, 36, 40, 64, 28  # design pixels
_LOW = 520  # of the window: where it is lower, there is no strip
_CAPTION_CHARACTERS = 300


def view_picture(context: ViewContext, room_id: RoomId, message: Message) -> None:
    """Show the picture that `message` offers in the viewer; Left and Right go to the others of the room."""
    if message.offer is not None:
        PictureViewer(context, room_id, message)


class PictureViewer(Popover):
    def __init__(self, context: ViewContext, room_id: RoomId, message: Message) -> None:
        theme = context.theme
        super().__init__(context.root, theme, at=(0, 0), pad=0)
        self._context = context
        self.room_id = room_id
        self._on: Ground = "shade" if theme.palette.dark else "side"
        self._shown: tuple[bytes, str] | None = None  # which picture, and the path that it is shown from
        ground = palette_colour(theme.palette, self._on)
        self.stage = tk.Frame(self, bg=ground)
        self.stage.place(relwidth=1, relheight=1)
        self._head = ViewerHead(self.stage, context, self._on, self)
        self._head.pack(fill="x")
        self.strip = PictureStrip(self.stage, context, room_id, self._on, self._go_to)
        self.strip.pack(side="bottom", pady=(0, theme.px(12)))
        self.caption = Label(self.stage, theme, "", "body", "text", ground=self._on, anchor="center", tall=True)
        self.caption.configure(height=theme.px(_CAPTION))
        self.caption.pack(side="bottom", fill="x", padx=theme.px(_BESIDE), pady=theme.px(6))
        self.canvas = PictureCanvas(self.stage, context, ground, self._draw)
        self.canvas.pack(fill="both", expand=True, padx=theme.px(_BESIDE), pady=(theme.px(8), theme.px(4)))
        self._pill = Box(self.stage, theme, "raised", 3, ground=self._on, pad=(10, 4), edge=theme.palette.shade)
        self.says = Label(self._pill.inside, theme, "", "small", "text", ground="raised", anchor="center", tall=True)
        self.says.pack()
        self._before = self._arrow("left", _("Previous (←)"), -1)
        self._after = self._arrow("right", _("Next (→)"), 1)
        tab_order(self._head, self._before, self._after, self.canvas, self.strip)
        self.pictures = RoomPictures(self, context, room_id, message, self._draw)
        context.listeners.append(self.heard)
        self.bind("<Destroy>", self._gone, add="+")
        self.bind("<Key>", self._key_pressed)
        self.stage.bind("<Configure>", self._arranged)
        self.canvas.focus_set()
        self._show()
        self.pictures.read_around()

    def _arrow(self, icon: Literal["left", "right"], tip: str, by: int) -> IconButton:
        theme = self._context.theme
        action = partial(self.step, by)
        arrow = IconButton(self.stage, theme, icon, tip, action, ground=self._on, size=_ARROW)
        arrow.place(relx=0 if by < 0 else 1, rely=0.46, x=theme.px(12) * -by, anchor="w" if by < 0 else "e")
        return arrow

    def settle(self) -> None:
        """It covers the window."""
        self.place(x=0, y=0, relwidth=1, relheight=1)

    def heard(self, event: Event) -> None:
        """An Event happened."""
        if room_of(event) != self.room_id or self.closed:
            return
        match event:
            case FileChanged() | FilesKnown():
                self._context.draw_soon(self, self._show)
            case MessagesAdded(messages=messages):
                if any(message.offer is not None and message.offer.is_picture for message in messages):
                    self.pictures.look_again()
            case MessagesChanged(messages=messages):
                for message in messages:
                    self.pictures.replace(message)
                if not self.pictures.remove_deleted():
                    self.close()
                else:
                    self._context.draw_soon(self, self._show)
            case _:
                pass

    # --- which picture -----------------------------------------------------------------------------------------------
    @property
    def message(self) -> Message:
        return self.pictures.now

    @property
    def file(self) -> FileChanged | None:
        """What is known of the file."""
        offer = self.message.offer
        room = self._context.state.room(self.room_id)
        return state_in(room, self.message.message_id, offer) if offer is not None else None

    @property
    def path(self) -> str:
        """Of the picture; "": it is not here."""
        file = self.file
        return file.path if file is not None and is_here(file) else ""

    def step(self, by: int) -> None:
        if self.pictures.step(by):
            self._show()

    def _go_to(self, index: int) -> None:
        self.step(index - self.pictures.at)

    def _show(self) -> None:
        """Show the picture, unless it is shown already."""
        message, offer, file = self.message, self.message.offer, self.file
        if offer is None or file is None:
            return
        if file.state in (FileState.OFFERED, FileState.PAUSED) and self._shown != (message.message_id, ""):
            self._context.do(GetFile(self.room_id, message.message_id))  # who looks at it wants it
        if (message.message_id, self.path) != self._shown:
            self._shown = message.message_id, self.path
            self.canvas.show(self.path, offer.preview, (offer.width, offer.height))
        self._draw()

    def _draw(self) -> None:
        """All that stands around the picture."""
        if not hasattr(self, "pictures") or self.message.offer is None:
            return
        offer = self.message.offer
        self._head.show(self.message, offer, self.canvas.points, here=bool(self.path) and not self.canvas.problem)
        self.caption.text(phrases.one_line(offer.caption, _CAPTION_CHARACTERS))
        file = self.file
        words = self.canvas.problem
        if not words and not self.path and file is not None:
            words = _("Asking for it…") if file.state is FileState.OFFERED else status_of(offer, file).words
        elif self.canvas.is_enlarged:
            words = _("{n} %").format(n=round(100 * self.canvas.zoom))
        self.says.text(words)
        if words:
            middle = bool(self.canvas.problem)
            self._pill.place(in_=self.canvas, relx=0.5, rely=0.5 if middle else 1, y=0 if middle else -12,
                             anchor="center" if middle else "s")  # fmt: skip
            self._pill.tk.call("raise", str(self._pill))
        else:
            self._pill.place_forget()
        self._before.enable(self.pictures.has(-1))
        self._after.enable(self.pictures.has(1))
        self.strip.show(self.pictures.messages, self.pictures.at)

    def _arranged(self, event: tk.Event[tk.Misc]) -> None:
        """In a low window there is no strip."""
        shown = event.height >= self._context.theme.px(_LOW)
        if shown != bool(self.strip.winfo_manager()):
            if shown:
                self.strip.pack(side="bottom", pady=(0, self._context.theme.px(12)), before=self.caption)
            else:
                self.strip.pack_forget()
        self.strip.fit(event.width)

    # --- what can be done --------------------------------------------------------------------------------------------
    def go_to_message(self) -> None:
        self.close()
        self._context.go(InRoom(self.room_id, self.message.seq))

    def do(self, action: FileAction) -> None:
        """Copy the picture, save a copy, show it in its folder, or open it in another program; if it is here."""
        message = self.message
        if self.path and message.offer is not None:
            do_file(self._context, self.room_id, message.message_id, message.offer, message.author, action, self.say)

    def say(self, words: str) -> None:
        if self.winfo_exists():
            Toasts.over(self.stage, self._context.theme).say(words)
        else:
            self._context.say(words)

    # --- keys --------------------------------------------------------------------------------------------------------
    def _key_pressed(self, event: tk.Event[tk.Misc]) -> str | None:
        if pressed_shortcut(event) == f"{COMMAND}-c" and int(event.state) & 0xC:
            self.do(FileAction.COPY)
            return "break"
        if pressed_shortcut(event) == f"{COMMAND}-s" and int(event.state) & 0xC:
            self.do(FileAction.SAVE_COPY)
            return "break"
        action = self._actions().get(event.keysym)
        if action is not None and not int(event.state) & 0xC:
            action()
            return "break"
        return "break" if event.char.isprintable() and event.char.strip() else None  # not into the composer below

    def _actions(self) -> dict[str, Callable[[], None]]:
        canvas = self.canvas
        arrows: dict[str, Callable[[], None]] = {"Left": partial(self.step, -1), "Right": partial(self.step, 1)}
        if canvas.is_enlarged:
            ways = {"Left": (-1, 0), "Right": (1, 0), "Up": (0, -1), "Down": (0, 1)}
            arrows = {key: partial(canvas.pan, *way) for key, way in ways.items()}
        larger, smaller = partial(canvas.zoom_by, 1), partial(canvas.zoom_by, -1)
        return arrows | {
            "Prior": partial(self.step, -1), "Next": partial(self.step, 1), "plus": larger, "equal": larger,
            "KP_Add": larger, "minus": smaller, "KP_Subtract": smaller, "0": partial(canvas.set_zoom, 0.0),
            "KP_0": partial(canvas.set_zoom, 0.0), "1": partial(canvas.set_zoom, 1.0),
        }  # fmt: skip

    def _gone(self, event: tk.Event[tk.Misc]) -> None:
        if event.widget is self and self.heard in self._context.listeners:
            self._context.listeners.remove(self.heard)


class ViewerHead(tk.Frame):
    """Whose picture it is, when it was offered, its name and size; and what can be done with it."""

    def __init__(self, master: tk.Misc, context: ViewContext, ground: Ground, viewer: PictureViewer) -> None:
        theme, px = context.theme, context.theme.px
        colour = palette_colour(theme.palette, ground)
        super().__init__(master, bg=colour, height=px(_HEAD))
        self.pack_propagate(False)
        self._context = context
        self._viewer = viewer
        self._picture = tk.Label(self, bg=colour, bd=0)
        self._picture.pack(side="left", padx=(px(16), px(10)))

        def button(icon: IconName, tip: str, action: Callable[[], None]) -> IconButton:
            made = IconButton(self, theme, icon, tip, action, ground=ground)
            made.pack(side="right", padx=px(5))
            return made

        close = button("close", _("Close (Esc)"), viewer.close)
        tk.Frame(self, bg=theme.palette.line, width=px(1), height=px(24)).pack(side="right", padx=px(6))
        more = button("more", _("More"), self._show_menu)
        folder = button("folder", _("Show in folder"), partial(viewer.do, FileAction.SHOW_IN_FOLDER))
        tip = _("Save a copy ({keys})").format(keys=shortcut_words(f"{COMMAND}-s"))
        save = button("export", tip, partial(viewer.do, FileAction.SAVE_COPY))
        tip = _("Copy ({keys})").format(keys=shortcut_words(f"{COMMAND}-c"))
        copy = button("copy", tip, partial(viewer.do, FileAction.COPY))
        jump = button("room", _("Go to the message"), viewer.go_to_message)
        self._more, self._with_file = more, [folder, save, *([copy] if can_copy_pictures() else [])]
        if not can_copy_pictures():
            copy.enable(False)
        words = tk.Frame(self, bg=colour)
        words.pack(side="left", fill="x", expand=True)
        above = tk.Frame(words, bg=colour)
        above.pack(fill="x")
        self.title = Label(above, theme, "", "room_bold", "strong", ground=ground, tall=True)
        self.title.pack(side="left")
        self.where = Label(above, theme, "", "room", "text", ground=ground, tall=True)
        self.where.pack(side="left", fill="x", expand=True, padx=(px(4), 0))
        self.about = Label(words, theme, "", "small", "mute", ground=ground)
        self.about.pack(fill="x")
        tab_order(words, jump, copy, save, folder, more, close)

    def show(self, message: Message, offer: FileOffer, points: tuple[int, int], *, here: bool) -> None:
        """`points`: of the picture. `here`: it can be copied and saved."""
        context, theme = self._context, self._context.theme
        room = context.state.room(self._viewer.room_id)
        name = room.people.marked(message.author)
        self._picture.configure(image=theme.avatar(message.author, context.state.nicks.nick(message.author) or name,
                                                   _AVATAR))  # fmt: skip
        thread = context.state.threads.get(self._viewer.room_id)
        where = thread.room.shown if thread is not None else room.shown
        self.title.text(name)
        self.where.text(_("in {room}").format(room=where))
        when = phrases.when(message.written_at, datetime.now().astimezone())
        size = f"{points[0]} × {points[1]}" if min(points) else ""  # noqa: RUF001
        self.about.text(" · ".join(filter(None, (when, shown_file_name(offer), size, size_words(offer.size)))))
        for one in self._with_file:
            one.enable(here)

    def _show_menu(self) -> None:
        viewer, canvas = self._viewer, self._viewer.canvas
        show_menu_below(self._more, self._context.theme, [
            MenuItem(_("Larger"), partial(canvas.zoom_by, 1)),
            MenuItem(_("Smaller"), partial(canvas.zoom_by, -1)),
            MenuItem(_("Actual size"), partial(canvas.set_zoom, 1.0)),
            MenuItem(_("Fit to the window"), partial(canvas.set_zoom, 0.0)),
            *([MenuItem(_("Open in another program"), partial(viewer.do, FileAction.OPEN))] if viewer.path else []),
        ])  # fmt: skip
