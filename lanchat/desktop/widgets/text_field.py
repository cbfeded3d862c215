"""TextField, in which one line of text is written, and CopyField, which shows text to be copied. Tk thread."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable

from lanchat.core.translate import _
from lanchat.desktop.theme.fonts import FontName
from lanchat.desktop.theme.icons import IconName
from lanchat.desktop.theme.theme import Theme
from lanchat.desktop.widgets.buttons import IconButton
from lanchat.desktop.widgets.emoji_editor import EmojiEditor
from lanchat.desktop.widgets.keyboard import set_text_keys
from lanchat.desktop.widgets.labels import fit_height
from lanchat.desktop.widgets.menus import MenuItem, bind_context_click, show_menu
from lanchat.desktop.widgets.surfaces import Box, Ground
from lanchat.desktop.widgets.text_editing import copy_text, offer_selected
from lanchat.desktop.widgets.tk_events import DelayedCalls, forward_mouse, on_key

_FIELD_HEIGHT = 40


class TextField(Box):
    """An EmojiEditor for one line, in a field with round corners."""

    def __init__(
        self, master: tk.Misc, theme: Theme, text: str = "", hint: str = "", *, most: int = 200,
        on_enter: Callable[[str], object] = lambda text: None, on_change: Callable[[str], object] = lambda text: None,
        secret: bool = False, icon: IconName | None = None, font: FontName = "body", ground: Ground = "chat",
        fill: Ground | None = None, height: float = _FIELD_HEIGHT,
    ) -> None:  # fmt: skip
        """`most`: characters. `secret`: shown as dots, with a button to show the text. `height`: design pixels.
        `fill`: the colour of the field; None: one that stands out from `ground`.
        `on_enter` and `on_change` are called with the text."""
        fill = fill or ("rail" if ground == "side" else "field")
        super().__init__(master, theme, fill, ground=ground, pad=(10, 3))
        around: list[tk.Misc] = [self.below, self.inside]  # parts of the field around the editor
        self.inside.configure(width=theme.px(160), height=theme.px(height - 6))
        self.inside.pack_propagate(False)
        if icon:
            picture = tk.Label(self.inside, image=theme.icon(icon, 16, theme.palette.mute), background=self.fill)
            picture.pack(side="left", padx=(0, theme.px(8)))
            around.append(picture)
        if secret:
            self._eye = IconButton(self.inside, theme, "eye", _("Show"), self._toggle_hidden, ground=fill, size=28)
            self._eye.pack(side="right", padx=(theme.px(4), 0))
        self.field = EmojiEditor(
            self.inside, theme, most=most, on_change=lambda _typed: on_change(self.value()), ground=fill, font=font,
            one_line=True, hidden=secret,
        )  # fmt: skip
        self.field.placeholder.text(hint)
        self.field.pack(side="left", fill="x", expand=True)
        self.field.bind("<FocusIn>", lambda event: self.ring(True))
        self.field.bind("<FocusOut>", lambda event: self.ring(False))
        on_key(self.field, "<Return>", lambda: on_enter(self.value()))
        on_key(self.field, "<KP_Enter>", lambda: on_enter(self.value()))
        on_key(self.field, "<<SelectAll>>", self.select_all)
        for widget in around:
            forward_mouse(widget, self.field)
            widget["cursor"] = "xterm"
        self.set(text)

    def value(self) -> str:
        """The text: one line without half characters, with leading and trailing spaces as typed."""
        return self.field.written

    def set(self, text: str) -> None:
        """Replace the text and put the caret at its end, without calling `on_change`."""
        self.field.write(text)

    def select_all(self) -> None:
        self.field.select(0, len(self.value()))

    def focus_set(self) -> None:
        self.field.focus_set()

    def _toggle_hidden(self) -> None:
        hidden = not self.field.hidden
        self._eye.show("eye" if hidden else "eye_off", _("Show") if hidden else _("Hide"))
        self.field.hide(hidden)


_SAID_MS = 2_000


class CopyField(Box):
    """Shows a code, a link or a key, with a button to copy it: read-only text that can be selected. It wraps where it
    does not fit in one line."""

    def __init__(self, master: tk.Misc, theme: Theme, text: str, font: FontName = "number") -> None:
        super().__init__(master, theme, pad=(12, 6))
        set_text_keys(self)
        palette = theme.palette
        self._calls = DelayedCalls(self)
        self._said = tk.Label(
            self.inside, font=theme.font("small"), foreground=palette.good, background=self.fill, padx=0, borderwidth=0
        )
        self.button = IconButton(self.inside, theme, "copy", _("Copy"), self.copy, ground="field")
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
        field = self.field
        offer_selected(field, lambda: field.get("sel.first", "sel.last") if field.tag_ranges("sel") else "")
        on_key(self.field, "<<SelectAll>>", self._select_all)
        self.field.bind("<Configure>", lambda event: fit_height(self.field))
        self.text(text)

    def text(self, text: str) -> None:
        """Change the text."""
        self.words = text
        self.field.configure(state="normal")
        self.field.delete("1.0", "end")
        self.field.insert("1.0", text)
        self.field.configure(state="disabled")
        fit_height(self.field)

    def copy(self) -> None:
        """Copy the text to the clipboard, and say so for two seconds."""
        copy_text(self, self.words)
        self._said.configure(text=_("Copied"))
        self.button.show("check", _("Copied"))
        self._calls.restart("forget", self._forget, _SAID_MS)

    def _show_menu(self, event: tk.Event[tk.Misc]) -> None:
        """Copy what is selected, or else all of it."""
        selected = bool(self.field.tag_ranges("sel"))
        copy = (lambda: self.field.event_generate("<<Copy>>")) if selected else self.copy
        at = (event.x_root, event.y_root)
        show_menu(self, self._theme, at, [MenuItem(_("Copy"), copy, "copy"), MenuItem(_("Select all"), self._take_all)])

    def _take_all(self) -> None:
        self.field.focus_set()
        self._select_all()

    def _select_all(self) -> None:
        self.field.tag_add("sel", "1.0", "end-1c")  # Tk's own would include the newline at the end

    def _forget(self) -> None:
        self._said.configure(text="")
        self.button.show("copy", _("Copy"))
