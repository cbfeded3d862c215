"""Buttons: Pressable, which all controls drawn on a canvas share, Button, IconButton and rows of buttons.

They are drawn on a canvas, not ttk.Button: their words may be names with emoji, which Tk draws badly, and a press with
the mouse must leave the focus ring and the keyboard focus where they are. A ttk.Button with images as its elements can
look the same, but takes more code: a style, which Tk cannot remove again, for each kind, ground and zoom, an image for
each state of it, other bindings (ttk's take the focus), and it has no ellipsis.
"""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from typing import Literal, TypeAlias

from lanchat.core.translate import _
from lanchat.desktop.theme.icons import IconName
from lanchat.desktop.theme.theme import Theme
from lanchat.desktop.widgets.labels import Paragraph
from lanchat.desktop.widgets.overlays import Tooltip
from lanchat.desktop.widgets.surfaces import RING, Ground, draw_ground, mixed, palette_colour
from lanchat.desktop.widgets.tk_events import on_key


class Pressable(tk.Canvas):
    """A control on a canvas that is pressed with the mouse or with Enter and Space. Subclasses implement `draw`,
    which is called again whenever the state changes.

    A press with the mouse does not take the keyboard focus: somebody who is writing can go on writing.
    """

    def __init__(self, master: tk.Misc, theme: Theme, command: Callable[[], object], ground: Ground = "chat") -> None:
        self.theme = theme
        self.ground = palette_colour(theme.palette, ground)
        self.over = False  #: the mouse pointer is on it
        self.down = False  #: the mouse button is held down on it
        self.focused = False
        self.enabled = True
        self.command = command
        super().__init__(
            master, background=self.ground, highlightthickness=0, borderwidth=0, width=1, height=1, takefocus=1,
            cursor="hand2",
        )  # fmt: skip
        self.bind("<Enter>", lambda event: self._state(over=True))
        self.bind("<Leave>", lambda event: self._state(over=False))
        self.bind("<ButtonPress-1>", lambda event: self._state(down=True))
        self.bind("<ButtonRelease-1>", self._released)
        self.bind("<FocusIn>", lambda event: self._state(focused=True))
        self.bind("<FocusOut>", lambda event: self._state(focused=False))
        self.bind("<Configure>", lambda event: self.redraw())
        for key in ("<Return>", "<KP_Enter>", "<space>"):
            on_key(self, key, self.press)

    def draw(self) -> None:
        """Draw on the canvas, which is empty, for its present size and state."""
        raise NotImplementedError

    def redraw(self) -> None:
        self.delete("all")
        self.draw()

    def draw_surface(self, radius: float, fill: str, ring: str = "") -> None:
        """For `draw`: the ground and, with the keyboard focus, the ring around it; `ring`: another colour of that."""
        box = (0, 0, self.winfo_width(), self.winfo_height())
        edge = (ring or self.theme.palette.ring) if self.focused else ""
        draw_ground(self, self.theme, box, radius, fill, edge=edge, line=RING)

    def enable(self, enabled: bool) -> None:
        """A disabled control is pale, and Tab passes it over."""
        if enabled != self.enabled:
            self.enabled = enabled
            self.configure(takefocus=enabled, cursor="hand2" if enabled else "")
            self.redraw()

    def press(self) -> None:
        """Call the command, unless the control is disabled."""
        if self.enabled:
            self.command()

    def let_go(self) -> None:
        """Ignore the press that is under way: it was meant for something else, such as closing a popover."""
        self._state(down=False)

    def _state(self, *, over: bool | None = None, down: bool | None = None, focused: bool | None = None) -> None:
        self.over = self.over if over is None else over
        self.down = self.down if down is None else down
        self.focused = self.focused if focused is None else focused
        self.redraw()

    def _released(self, event: tk.Event[tk.Misc]) -> None:
        meant = self.down and self.over
        self._state(down=False)
        if meant:
            self.press()  # must come last: the command may destroy this widget


#: primary: the main action; quiet: another one; danger: a destructive one; outline: the same beside others; plain: the
#: same in each row of a list; link: leads to another page.
ButtonKind: TypeAlias = Literal["primary", "quiet", "danger", "outline", "plain", "link"]

_HEIGHT, _PAD, _GAP, _RADIUS, _ICON = 36, 16, 8, 8, 16
_ICON_BUTTON, _ICON_IN_BUTTON = 32, 18
_SEND_SIZE, _SEND_ICON = 34, 18
_BUTTON_GAP = 10


class Button(Pressable):
    """A button with words. It asks for the width they need; with less, they end in an ellipsis."""

    def __init__(
        self, master: tk.Misc, theme: Theme, text: str, command: Callable[[], None], kind: ButtonKind = "primary",
        icon: IconName | None = None, *, ground: Ground = "chat",
    ) -> None:  # fmt: skip
        super().__init__(master, theme, command, ground)
        self._kind = kind
        self._icon = icon
        self.offered = True
        self._before = theme.px(_ICON) + theme.px(_GAP) if icon else 0  # pixels before the words
        self.text(text)

    def text(self, words: str) -> None:
        """Change the words and the width asked for."""
        self.words = words
        theme = self.theme
        wide = self._before + theme.lines.fit(words, "room").width
        if self._kind == "link":
            self.configure(width=wide, height=theme.fonts.height("room") + 2 * theme.px(RING))
        else:
            self.configure(width=wide + 2 * theme.px(_PAD), height=theme.px(_HEIGHT))
        self.redraw()
        if isinstance(self.master, ButtonRow):
            self.master.lay()

    def offer(self, offered: bool) -> None:
        """Whether it is shown in its row; it is at first."""
        if offered != self.offered:
            self.offered = offered
            if isinstance(self.master, ButtonRow):
                self.master.lay()

    def draw(self) -> None:
        width, height = self.winfo_width(), self.winfo_height()
        fill, ink = self._colours()
        if self._kind != "link":
            self._draw_ground(width, height, fill)
        elif self.focused:
            self.create_rectangle(0, height - self.theme.px(RING), width, height, fill=self.theme.palette.ring, width=0)
        self._draw_words(width, height, ink)

    def _colours(self) -> tuple[str, str]:
        """The colours of the ground and of the words."""
        palette = self.theme.palette
        fill, ink = {
            "primary": (palette.accent, palette.on_accent),
            "quiet": (mixed(self.ground, palette.text, 0.1), palette.text),
            "danger": (palette.alert, palette.on_alert),
            "outline": (self.ground, palette.alert_ink),
            "plain": (self.ground, palette.alert_ink),
            "link": (self.ground, palette.link),
        }[self._kind]
        if not self.enabled:
            return mixed(self.ground, palette.text, 0.06), mixed(self.ground, palette.mute, 0.6)
        if self.down and self.over:
            fill = mixed(fill, "#000000", 0.2)
        elif self.over:
            fill = palette.accent_hover if self._kind == "primary" else mixed(fill, "#000000", 0.09)
        return fill, ink

    def _draw_ground(self, width: int, height: int, fill: str) -> None:
        if not self.focused:
            edge = palette_colour(self.theme.palette, "alert_ink") if self._kind == "outline" and self.enabled else ""
            draw_ground(self, self.theme, (0, 0, width, height), _RADIUS, fill, edge=edge)
            return
        self.draw_surface(_RADIUS, self.ground)
        inset = 2 * self.theme.px(RING)  # a gap, since the ring may have the colour of the fill
        box = (inset, inset, width - inset, height - inset)
        draw_ground(self, self.theme, box, _RADIUS - 2 * RING, fill)

    def _draw_words(self, width: int, height: int, ink: str) -> None:
        theme, before = self.theme, self._before
        pad = 0 if self._kind == "link" else theme.px(8)
        line = theme.lines.fit(self.words, "room", width - before - 2 * pad)
        x = max(pad, (width - before - line.width) // 2)
        if self._icon:
            self.create_image(x, height // 2, anchor="w", image=theme.icon(self._icon, _ICON, ink))
        theme.lines.put(self, (x + before, height // 2), line, "room", (ink,))
        if self._kind == "link" and self.over and self.enabled:
            top = height - theme.px(RING) - theme.px(1)
            self.create_rectangle(x, top, x + before + line.width, top + theme.px(1), fill=ink, width=0)


class IconButton(Pressable):
    """A button with an icon. Its tooltip says in words what it does."""

    def __init__(
        self, master: tk.Misc, theme: Theme, icon: IconName, tip: str, command: Callable[[], object], *,
        ground: Ground = "chat", size: float = _ICON_BUTTON,
    ) -> None:  # fmt: skip
        """`size`: design pixels of the square around the icon."""
        super().__init__(master, theme, command, ground)
        self._icon: IconName = icon
        self._size = size
        self.tip = Tooltip(self, theme, tip)
        self.configure(width=theme.px(size), height=theme.px(size))

    def show(self, icon: IconName, tip: str) -> None:
        """Change the icon and the tooltip."""
        self._icon = icon
        self.tip.words = tip
        self.redraw()

    def draw(self) -> None:
        palette, width, height = self.theme.palette, self.winfo_width(), self.winfo_height()
        fill = self.ground
        ink = mixed(self.ground, palette.mute, 0.5)
        if self.enabled:
            ink = palette.strong if self.over else palette.mute
            fill = mixed(self.ground, palette.text, 0.16 if self.down and self.over else 0.08 if self.over else 0)
        if self.focused or fill != self.ground:
            self.draw_surface(6, fill)
        size = min(_ICON_IN_BUTTON, self._size * 0.6)
        self.create_image(width // 2, height // 2, image=self.theme.icon(self._icon, size, ink))


class SendButton(Pressable):
    """Sends what is written; dimmed while there is nothing to send."""

    def __init__(self, master: tk.Misc, theme: Theme, command: Callable[[], None]) -> None:
        super().__init__(master, theme, command, "field")
        self.configure(width=theme.px(_SEND_SIZE), height=theme.px(_SEND_SIZE))
        Tooltip(self, theme, lambda: _("Send (Enter)") if self.enabled else "")

    def draw(self) -> None:
        palette, width, height = self.theme.palette, self.winfo_width(), self.winfo_height()
        fill, ink = mixed(self.ground, palette.text, 0.07), mixed(self.ground, palette.mute, 0.6)
        if self.enabled:
            fill, ink = palette.accent_hover if self.over else palette.accent, palette.on_accent
        self.draw_surface(8, fill, palette.strong)
        self.create_image(width // 2, height // 2, image=self.theme.icon("send", _SEND_ICON, ink))


class ButtonRow(tk.Frame):
    """Lays out its buttons side by side in the order they were made, in as many lines as they need."""

    def __init__(self, master: tk.Misc, theme: Theme, *, centred: bool = False) -> None:
        super().__init__(master, bg=str(master["background"]))
        self._gap = theme.px(_BUTTON_GAP)
        self._centred = centred
        self.bind("<Configure>", lambda event: self._flow(event.width))

    def lay(self) -> None:
        """Lay out again: a button was added or changed its words."""
        self._flow(self.winfo_width())

    def _flow(self, width: int) -> None:
        lines: list[list[tk.Widget]] = []
        left = 0  # what is free in the last line
        for child in self.children.values():
            if isinstance(child, Button) and not child.offered:
                child.place_forget()
                continue
            wide = child.winfo_reqwidth()
            if not lines or (wide > left and width > 1):
                lines.append([])
                left = width
            lines[-1].append(child)
            left -= wide + self._gap
        y = widest = 0
        for line in lines:
            wide = sum(child.winfo_reqwidth() + self._gap for child in line) - self._gap
            high = max(child.winfo_reqheight() for child in line)
            x = max(0, (width - wide) // 2) if self._centred else 0
            for child in line:
                child.place(x=x, y=y + (high - child.winfo_reqheight()) // 2)
                x += child.winfo_reqwidth() + self._gap
            y, widest = y + high + self._gap, max(widest, wide)
        high = max(0, y - self._gap)
        if (widest, high) != (self.winfo_reqwidth(), self.winfo_reqheight()):
            self.configure(width=widest, height=high)


class Confirmation(tk.Frame):
    """Asks once more, in place: what will happen, and two buttons. The keyboard focus goes to the one that does
    nothing."""

    def __init__(
        self, master: tk.Misc, theme: Theme, about: str, yes: str, do_it: Callable[[], None],
        no: str, back: Callable[[], None],
    ) -> None:  # fmt: skip
        super().__init__(master, bg=str(master["background"]))
        Paragraph(self, theme, about).pack(fill="x", pady=theme.px(6))
        row = tk.Frame(self, bg=str(master["background"]))
        row.pack(fill="x", pady=theme.px(4))
        Button(row, theme, yes, do_it, "danger").pack(side="left", padx=(0, theme.px(10)))
        keep = Button(row, theme, no, back, "quiet")
        keep.pack(side="left")
        keep.focus_set()
