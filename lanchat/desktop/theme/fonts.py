"""Fonts: one family for words and one for code, in a few sizes, under Tk font names. Tk thread.

For a character that the font does not have, Tk on Windows opens every font of the computer in turn until one has it
(FindSubFontForChar in tkWinFont.c). For a character that no font has, and for all above U+FFFF, that is every font:
up to 0.1 s for each character, once. Peers choose the characters, and pasted text has any: `drawable` bounds the time.
"""

from __future__ import annotations

import re
import sys
import time
import tkinter as tk
from tkinter import font as tkfont
from typing import Literal, TypeAlias

from lanchat.core.sessions import Bucket
from lanchat.desktop.emoji.emoji_data import UNDRAWN

FontName: TypeAlias = Literal[
    "body", "bold", "small", "small_bold", "tiny", "room", "room_bold", "title", "head", "code", "number",
    "italic", "bold_italic", "room_italic",
]

#: Design pixels and weight.
_SIZES: dict[FontName, tuple[int, Literal["normal", "bold"]]] = {
    "body": (15, "normal"),
    "bold": (15, "bold"),
    "small": (12, "normal"),
    "small_bold": (12, "bold"),
    "tiny": (11, "normal"),
    "room": (14, "normal"),
    "room_bold": (14, "bold"),
    "title": (16, "bold"),
    "head": (24, "bold"),
    "code": (13, "normal"),
    "number": (20, "normal"),  # codes and numbers that people read aloud
}
#: The same, slanted, made when a text with it is shown: few have it, and each font takes time at the start.
_SLANTED: dict[FontName, FontName] = {"italic": "body", "bold_italic": "bold", "room_italic": "room"}
_FIXED: frozenset[FontName] = frozenset(("code", "number"))

if sys.platform == "win32":
    _FAMILIES, _FIXED_FAMILIES = ("Segoe UI",), ("Cascadia Mono", "Consolas")
elif sys.platform == "darwin":
    _FAMILIES, _FIXED_FAMILIES = (".AppleSystemUIFont", "Helvetica Neue"), ("Menlo",)
else:
    _FAMILIES = ("Noto Sans", "Inter", "Cantarell", "Ubuntu", "Roboto", "Open Sans", "DejaVu Sans")
    _FIXED_FAMILIES = ("Noto Sans Mono", "DejaVu Sans Mono", "Ubuntu Mono", "Liberation Mono")

#: Characters that fonts of Windows may lack; all have Latin, Greek and Cyrillic letters and the common signs.
_UNUSUAL = re.compile(f"[^\0-\u052f\u1e00-\u206f\u20a0-\u20bf{UNDRAWN}]")
#: Time for finding fonts on Windows: at most so many milliseconds at once (a new script takes about 50, a text in a
#: fancy alphabet twenty times that), and so many more in each second.
_SAVED_MS, _MS_A_SECOND = 1_000, 50
#: Stands for a character above U+FFFF, which Tk 8.6 counts as two. It is drawn as a square: no font has it, and from
#: U+40000 on Tk searches no fonts (FONTMAP_NUMCHARS).
_UNDRAWN_TWICE = "\U0010fffd"
_HOLDER = "lanchat_fonts"  # name of a canvas


class Fonts:
    """The fonts of the window. `name` returns what a widget takes as `font=`."""

    def __init__(self, root: tk.Misc, scale: float) -> None:
        """`scale`: pixels of the screen for one design pixel."""
        there = set(tkfont.families(root))
        family = _first(_FAMILIES, there, "TkDefaultFont", root)
        fixed = _first(_FIXED_FAMILIES, there, "TkFixedFont", root)
        self._fonts: dict[FontName, tkfont.Font] = {}
        self._sizes: dict[FontName, tuple[str, int, bool]] = {}
        self._heights: dict[FontName, int] = {}
        self._found: dict[FontName, set[str]] = {}  # characters that Tk has searched for
        self._root, self._scale, self._family, self._fixed = root, scale, family, fixed
        for name in _SIZES:
            self._make(name)
        self._searches = str(root.tk.call("tk", "windowingsystem")) == "win32"
        self._time_left = Bucket(_MS_A_SECOND, _SAVED_MS, time.monotonic())

    def _make(self, name: FontName) -> None:
        size, weight = _SIZES[_SLANTED.get(name, name)]
        exists = self.name(name) in tkfont.names(self._root)
        font = tkfont.Font(self._root, name=self.name(name), exists=exists)
        font.delete_font = False  # the next Theme configures the same font
        pixels, family = max(1, round(size * self._scale)), self._fixed if name in _FIXED else self._family
        font.configure(family=family, size=-pixels, weight=weight, slant="italic" if name in _SLANTED else "roman")
        self._fonts[name] = font
        self._sizes[name] = family, pixels, weight == "bold"
        self._heights[name] = font.metrics("linespace")
        self._found[name] = set()
        if not exists:
            self._keep_loaded(name)

    def _keep_loaded(self, name: FontName) -> None:
        """Show the font on a hidden canvas: Tk loads a font that nobody shows anew for each measurement, at twice the
        time. A font that is configured anew stays on the canvas."""
        holder = self._root.children.get(_HOLDER) or tk.Canvas(self._root, name=_HOLDER)
        assert isinstance(holder, tk.Canvas)
        holder.create_text(0, 0, text="x", font=self.name(name))

    def require(self, name: FontName) -> str:
        """Its name, of a font that is made when it is first shown."""
        if name not in self._fonts:
            self._make(name)
        return self.name(name)

    def name(self, name: FontName) -> str:
        return f"lanchat_{name}"

    def measure(self, name: FontName, text: str) -> int:
        """The width of `text` in one line, in pixels, as `drawable` returns it."""
        return self._fonts[name].measure(self.drawable(name, text))

    def drawable(self, name: FontName, text: str) -> str:
        """On Windows: `text` with a square for each character for which there is no time to find a font.

        It has as many characters as `text`, and as many columns in a Text. Later calls may replace fewer of them.
        """
        if not self._searches or text.isascii():
            return text
        found = self._found[name]
        new = set(_UNUSUAL.findall(text)) - found
        if not new:
            return text
        late = {ord(one): _UNDRAWN_TWICE if one > "\uffff" else UNDRAWN for one in new if not self._find(name, one)}
        return text.translate(late) if late else text

    def _find(self, name: FontName, character: str) -> bool:
        """Let Tk find a font for a character; False: there is no time for that."""
        self._time_left.take(0, time.monotonic())
        if self._time_left.wait(1):
            return False
        before = time.thread_time()  # the time of this thread, so that a busy computer does not count
        self._fonts[name].measure(character)
        self._time_left.take(round((time.thread_time() - before) * 1000), time.monotonic())
        self._found[name].add(character)
        return True

    def tab(self, name: FontName) -> int:
        """Pixels between tab stops: four digits."""
        return self.measure(name, "0000")

    def height(self, name: FontName) -> int:
        """The height of a line, in pixels."""
        return self._heights[name]

    def ascent(self, name: FontName) -> int:
        """Pixels from the top of a line to its baseline."""
        return self._fonts[name].metrics("ascent")

    def size(self, name: FontName) -> tuple[str, int, bool]:
        """(family, pixels, bold), for drawing text of the same size with Pillow."""
        return self._sizes[name]


def _first(wanted: tuple[str, ...], there: set[str], otherwise: str, root: tk.Misc) -> str:
    for family in wanted:
        if family in there or family.startswith("."):
            return family
    return str(tkfont.nametofont(otherwise, root).actual("family"))
