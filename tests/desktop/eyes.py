"""Reads the text on a window, and where it is. Tk thread.

The images of a message's delivery state are read as `clock`, `✓`, `✓✓` and `!` in brackets.
"""

from __future__ import annotations

import sys
import tkinter as tk
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from lanchat.desktop.theme.theme import Theme
from lanchat.desktop.timeline.inline_images import InlineImages
from lanchat.desktop.widgets.buttons import IconButton
from lanchat.engine.events import EntryState

SIGNS = {
    EntryState.WAITING: "[clock]",
    EntryState.TAKEN: "[✓]",
    EntryState.DELIVERED: "[✓✓]",
    EntryState.NOT_SENT: "[!]",
}


def as_written(shown: str, written: str) -> str:
    """`shown`, with squares read as what they stand for in `written`; on Windows, see `Fonts.drawable`."""
    if sys.platform != "win32" or len(shown) != len(written):
        return shown
    squares = ("□", "\U0010fffd")  # the second is for a character beyond U+FFFF
    return "".join(
        meant if one == squares[meant > "\uffff"] else one for one, meant in zip(shown, written, strict=True)
    )


@dataclass(frozen=True, slots=True)
class Seen:
    """Words, and a place on the widget that shows them: pixels of it."""

    words: str
    widget: tk.Misc
    x: int
    y: int


def reading(root: tk.Misc, theme: Theme | None = None) -> str:
    """All text, widget by widget, from left to right. `theme`: of the images."""
    signs = signs_of(theme) if theme is not None else {}
    return "\n".join(words for widget in parts(root) for words in _lines(widget, signs) if words)


def seen(root: tk.Misc) -> Iterator[Seen]:
    """Every text with its place; the topmost first, and the right pane before the left."""
    for widget in reversed_panes(root):
        yield from _pieces(widget)


def parts(widget: tk.Misc) -> Iterator[tk.Misc]:
    """All visible descendants of `widget`, in stacking order from the lowest."""
    for child in widget.winfo_children():
        if child.winfo_viewable():
            yield child
            yield from parts(child)


def reversed_panes(root: tk.Misc) -> Iterator[tk.Misc]:
    for layer in reversed(root.winfo_children()):
        if not layer.winfo_viewable():
            continue
        yield layer
        for pane in reversed(layer.winfo_children()):
            if pane.winfo_viewable():
                yield pane
                yield from parts(pane)


def signs_of(theme: Theme) -> dict[str, str]:
    """The signs of the delivery images, by image name."""
    pictures = InlineImages(theme)
    return {str(pictures.tick(state)): sign for state, sign in SIGNS.items()}


def in_view(text: tk.Text) -> tuple[str, str]:
    """First and last visible index of a Text."""
    return text.index("@0,0"), text.index(f"@{text.winfo_width()},{text.winfo_height()} lineend")


def _lines(widget: tk.Misc, signs: Mapping[str, str]) -> Iterator[str]:
    if isinstance(widget, tk.Label):
        yield _label(widget)
    elif isinstance(widget, tk.Text):
        found, words_of_images = "", getattr(widget, "words_of_images", {})
        for kind, value, at in widget.dump(*in_view(widget), text=True, image=True):
            image = "" if kind == "text" else str(widget.image_cget(at, "image"))
            found += value if kind == "text" else signs.get(image, "") or words_of_images.get(image, "")
        yield found
    elif isinstance(widget, IconButton):
        yield f"({widget.tip.words})"
    elif isinstance(widget, tk.Canvas):
        rows: dict[int, list[tuple[float, str]]] = {}
        for item in widget.find_all():
            if widget.type(item) == "text":
                x, y = widget.coords(item)
                rows.setdefault(round(y), []).append((x, widget.itemcget(item, "text")))
        whole = getattr(widget, "words", "")  # of which maybe not all fits
        lines = [" ".join(words for _, words in sorted(rows[y])) for y in sorted(rows)]
        yield from [str(whole)] if whole and len(lines) == 1 else lines


def _pieces(widget: tk.Misc) -> Iterator[Seen]:
    if isinstance(widget, tk.Label):
        yield Seen(_label(widget), widget, widget.winfo_width() // 2, widget.winfo_height() // 2)
    elif isinstance(widget, IconButton):
        yield Seen(str(widget.tip.words), widget, widget.winfo_width() // 2, widget.winfo_height() // 2)
    elif isinstance(widget, tk.Canvas):
        for item in widget.find_all():
            if widget.type(item) == "text":
                x0, y0, x1, y1 = widget.bbox(item)
                left, top = widget.canvasx(0), widget.canvasy(0)
                yield Seen(
                    widget.itemcget(item, "text"), widget, round((x0 + x1) / 2 - left), round((y0 + y1) / 2 - top)
                )
        if words := getattr(widget, "words", ""):
            yield Seen(str(words), widget, widget.winfo_width() // 2, widget.winfo_height() // 2)


def _label(label: tk.Label) -> str:
    """Its whole words, also where they are drawn cut."""
    return str(getattr(label, "words", "") or label["text"])
