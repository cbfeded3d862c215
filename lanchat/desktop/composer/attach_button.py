"""AttachButton, beside the field, adds files, a folder, and what else goes with a message. DropHint says that files
held over the window can be dropped. Tk thread."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Iterable, Sequence

from lanchat.core.model import RoomId
from lanchat.core.translate import _
from lanchat.desktop.platform.file_chooser import choose_files, choose_folder
from lanchat.desktop.view_context import ViewContext
from lanchat.desktop.widgets.buttons import IconButton
from lanchat.desktop.widgets.labels import Label
from lanchat.desktop.widgets.menus import MenuItem, show_menu
from lanchat.desktop.widgets.surfaces import Box

_HINT_WIDE, _HINT_HIGH, _HINT_ICON = 320, 120, 28  # design pixels


class AttachButton(IconButton):
    def __init__(
        self, master: tk.Misc, context: ViewContext, attach: Callable[[Iterable[str]], object],
        more: Callable[[], Sequence[MenuItem]] = lambda: (),
    ) -> None:  # fmt: skip
        """`attach` is given the paths that were chosen. `more`: what else is in the menu, below files and folder."""
        super().__init__(master, context.theme, "plus", _("Attach files"), self._show_menu, ground="field", size=34)
        self._context = context
        self._attach = attach
        self._more = more

    def _show_menu(self) -> None:
        items = [
            MenuItem(_("Files…"), lambda: choose_files(self, self._chosen), "file"),
            MenuItem(_("A folder…"), lambda: choose_folder(self, self._chosen), "folder"),
            *self._more(),
        ]
        theme = self._context.theme
        show_menu(theme.root, theme, (self.winfo_rootx(), self.winfo_rooty()), items)  # there is no room below

    def _chosen(self, paths: Sequence[str]) -> None:
        if paths and self.winfo_exists():
            self._attach(paths)


class DropHint(Box):
    """Over the conversation, while files are held over the window."""

    def __init__(self, master: tk.Misc, context: ViewContext, room_id: RoomId) -> None:
        theme = context.theme
        px, palette = theme.px, theme.palette
        super().__init__(master, theme, "raised", 12, pad=(16, 16), edge=palette.accent)
        room = context.state.room(room_id)
        icon = theme.icon("export", _HINT_ICON, palette.accent)
        tk.Label(self.inside, image=icon, background=self.fill, borderwidth=0).pack(pady=(px(8), px(10)))
        words = _("Drop to send in {room}").format(room=room.shown)
        Label(self.inside, theme, words, "bold", "strong", ground="raised", anchor="center", tall=True).pack(fill="x")
        Label(self.inside, theme, _("You can check it before it is sent."), "small", "mute", ground="raised",
              anchor="center").pack(fill="x")  # fmt: skip
        self.place(relx=0.5, rely=0.5, anchor="center", width=px(_HINT_WIDE), height=px(_HINT_HIGH))
