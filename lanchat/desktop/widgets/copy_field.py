"""CopyField: shows a code, a link or a key, with a button to copy it."""

from __future__ import annotations

import tkinter as tk

from lanchat.core.translate import _
from lanchat.desktop.theme.fonts import FontName
from lanchat.desktop.theme.theme import Theme
from lanchat.desktop.widgets.buttons import IconButton
from lanchat.desktop.widgets.keyboard import set_text_keys
from lanchat.desktop.widgets.menus import MenuItem, bind_context_click, show_menu
from lanchat.desktop.widgets.surfaces import Box, Ground
from lanchat.desktop.widgets.text_editing import offer_selected
from lanchat.desktop.widgets.tk_events import DelayedCalls

_SAID_MS = 2_000


class CopyField(Box):
    """Read-only text that can be selected and copied. It wraps where it does not fit in one line."""

    def __init__(
        self, master: tk.Misc, theme: Theme, text: str, font: FontName = "number", *, ground: Ground = "chat",
    ) -> None:  # fmt: skip
        fill: Ground = "rail" if ground == "side" else "field"
        super().__init__(master, theme, fill, ground=ground, pad=(12, 6))
        set_text_keys(self)
        palette = theme.palette
        self._calls = DelayedCalls(self)
        self._said = tk.Label(
            self.inside, font=theme.font("small"), foreground=palette.good, background=self.fill, padx=0, borderwidth=0
        )
        self.button = IconButton(self.inside, theme, "copy", _("Copy"), self.copy, ground=fill)
        self.field = tk.Text(
            self.inside, height=1, width=1, wrap="char", font=theme.font(font), foreground=palette.strong, takefocus=0,
            background=self.fill, cursor="xterm", borderwidth=0, highlightthickness=0, padx=0, pady=0, insertwidth=0,
            selectbackground=palette.marked, selectforeground=palette.text, selectborderwidth=0,
            inactiveselectbackground=palette.marked, exportselection=False,
        )  # fmt: skip
        self.button.pack(side="right", anchor="n")
        self._said.pack(side="right", padx=theme.px(4))
        self.field.pack(side="left", fill="x", expand=True)
        self.inside.configure(width=theme.px(160))
        self.field.bind("<Button-1>", lambda event: self.field.focus_set())  # on X11 no click does
        bind_context_click(self.field, self._show_menu)
        offer_selected(self.field, self._selected)
        self.field.bind("<<SelectAll>>", lambda event: self._select_all())
        self.field.bind("<Configure>", lambda event: self._measure())
        self.text(text)

    def text(self, text: str) -> None:
        """Change the text."""
        self.words = text
        self.field.configure(state="normal")
        self.field.delete("1.0", "end")
        self.field.insert("1.0", text)
        self.field.configure(state="disabled")
        self._measure()

    def copy(self) -> None:
        """Copy the text to the clipboard, and say so for two seconds."""
        self.clipboard_clear()
        self.clipboard_append(self.words)
        self._said.configure(text=_("Copied"))
        self.button.show("check", _("Copied"))
        self._calls.restart("forget", self._forget, _SAID_MS)

    def _show_menu(self, event: tk.Event[tk.Misc]) -> None:
        """Copy what is selected, or else all of it."""
        selected = bool(self.field.tag_ranges("sel"))
        copy = (lambda: self.field.event_generate("<<Copy>>")) if selected else self.copy
        at = (event.x_root, event.y_root)
        show_menu(self, self._theme, at, [MenuItem(_("Copy"), copy, "copy"), MenuItem(_("Select all"), self._take_all)])

    def _selected(self) -> str:
        return self.field.get("sel.first", "sel.last") if self.field.tag_ranges("sel") else ""

    def _take_all(self) -> None:
        self.field.focus_set()
        self._select_all()

    def _select_all(self) -> str:
        self.field.tag_add("sel", "1.0", "end-1c")  # Tk's own would include the newline at the end
        return "break"

    def _forget(self) -> None:
        self._said.configure(text="")
        self.button.show("copy", _("Copy"))

    def _measure(self) -> None:
        if self.field.winfo_width() <= 1:
            return  # not laid out yet
        counted = self.field.count("1.0", "end", "displaylines")
        lines = counted[0] if isinstance(counted, tuple) else counted
        if lines and lines != int(str(self.field["height"])):
            self.field.configure(height=lines)
