"""The tags of the timeline's Text: how its lines are indented and spaced, and how its letters look. Tk thread.

A line has one tag for its layout and maybe one for its ground; letters have tags for their look. A tag that is
configured later takes precedence. Tags say how something looks; what a click does is an action of the piece.

No line has `wrap="none"`: with it, Tk takes what follows on an image to the next line.
"""

from __future__ import annotations

import tkinter as tk
from typing import Any

from lanchat.desktop.theme.fonts import FontName
from lanchat.desktop.theme.theme import Theme

EDGE = 20  # design pixels from the edges of the pane, which grounds reach, to what stands in it
INDENT = 52  # from there to the texts
ITEM_INDENT = 24  # of an item of a list, from what it is in
MOST_INDENTED = 4  # items or quotes in each other that are indented further than those they are in
_THIN = ("TkDefaultFont", -1)  # of a line that is as high as the image on it


def style(text: tk.Text, theme: Theme) -> None:
    """Give the Text its colours and fonts, and configure all tags."""
    palette, px, font = theme.palette, theme.px, theme.font
    chat, edge = palette.chat, px(EDGE)
    indent = edge + px(INDENT)
    text.configure(
        bg=chat, fg=palette.text, font=font("tiny"), padx=0, pady=px(6), bd=0, wrap="word", cursor="arrow",
        insertwidth=0, highlightthickness=px(2), highlightbackground=chat, highlightcolor=palette.ring,
        exportselection=False, selectbackground=palette.marked, selectforeground=palette.text,
        inactiveselectbackground=palette.marked,
    )  # fmt: skip
    tag = text.tag_configure
    for name in ("rule", "head", "first", "body", "below", "notice", "beginning"):
        tag(name, lmargin1=edge, lmargin2=indent, lmargincolor=chat, rmargin=edge, rmargincolor=chat)
    tag("rule", font=font("small_bold"), wrap="char", spacing1=px(16), spacing3=px(2), lmargin2=edge)
    tag("head", font=font("bold"), tabs=(indent,), spacing1=px(12))
    for name in ("first", "body"):
        tag(name, font=font("body"), spacing2=px(1), spacing3=px(2))
        tag(name, tabs=(indent, indent + theme.fonts.tab("body")), tabstyle="wordprocessor")
    tag("body", lmargin1=indent, spacing1=px(2))
    tag("below", font=font("small"), lmargin1=indent, spacing3=px(4), foreground=palette.mute)
    tag("answered", font=font("small"), foreground=palette.mute)  # besides that of the line
    tag("reactions", font=font("small"), lmargin1=indent - px(2), lmargin2=indent - px(2), rmargin=edge,
        lmargincolor=chat, rmargincolor=chat, spacing1=px(4), spacing2=px(4), spacing3=px(4))  # fmt: skip
    tag("notice", font=font("small"), foreground=palette.mute, lmargin1=indent, spacing1=px(8), spacing3=px(2))
    tag("beginning", font=font("small"), foreground=palette.mute, justify="center", spacing1=px(20), spacing3=px(6))
    items = {depth: (f"item{depth}", f"first item{depth}") for depth in range(1, MOST_INDENTED + 1)}
    for name in ("quote", "code edge", *(name for both in items.values() for name in both)):
        tag(name, font=font("body"), lmargincolor=chat, rmargin=edge, rmargincolor=chat)
    for name in ("quote", "code edge"):
        tag(name, lmargin1=indent, lmargin2=indent)
    for depth, (name, first) in items.items():
        outer, inner = indent + px(ITEM_INDENT) * (depth - 1), indent + px(ITEM_INDENT) * depth
        stops = (inner, inner + theme.fonts.tab("body"))
        tag(name, lmargin1=outer, lmargin2=inner, spacing1=px(2), tabs=stops)
        tag(first, lmargin1=edge, lmargin2=inner, tabs=(outer, *stops))
        for one in (name, first):
            tag(one, spacing2=px(1), spacing3=px(2), tabstyle="wordprocessor")
    tag("file line", font=_THIN, spacing1=px(4), spacing3=px(4))
    tag("first file", spacing1=0)  # the avatar goes on from the line before
    tag("flush", spacing1=0, spacing2=0, spacing3=0)
    tag("thin", font=_THIN)
    tag("code top", spacing1=px(4))
    tag("code bottom", spacing3=px(4))
    for name, ground in (("hover", palette.row_hover), ("mentions", palette.mention)):
        tag(name, background=ground, lmargincolor=ground, rmargincolor=ground)
    tag("loose", wrap="char")
    tag("right", justify="right")
    soft = palette.accent_soft
    tag("flash", background=soft, lmargincolor=soft, rmargincolor=soft)
    tag("day", foreground=palette.mute)
    tag("unread", foreground=palette.alert_ink)
    tag("time", font=font("tiny"), foreground=palette.mute)
    tag("edited", font=font("tiny"), foreground=palette.mute)
    tag("code", font=font("code"), background=palette.side)
    tag("strike", overstrike=True)
    tag("mention", font=font("bold"), foreground=palette.at, background=soft)
    tag("member", font=font("bold"), foreground=palette.at)
    tag("answered name", font=font("small_bold"))
    tag("failed", foreground=palette.alert_ink)
    tag("link", foreground=palette.link)  # also of words that do something
    tag("pointed", underline=True)  # the link under the pointer
    tag("card", background=palette.card)
    tag("code head", font=font("small"), foreground=palette.mute)
    for kind, ink in (("keyword", palette.at), ("string", palette.good), ("comment", palette.mute)):
        tag(f"code {kind}", foreground=ink)
    tag("code copy", foreground=palette.text)
    tag("found", background=palette.found, foreground=palette.strong)
    text.tag_raise("sel")


def fit(text: tk.Text, pane: int) -> None:
    """Set where lines end that are aligned to the right beside an avatar: `pane` pixels from the left margin."""
    left = int(str(text.tag_cget("rule", "lmargin1")))
    text.tag_configure("first right", tabs=(left + max(1, pane), "right"))  # in the smallest window nothing is left


class Styles:
    """The tags of a Text that are made when they are first needed, of which there may be many."""

    def __init__(self, text: tk.Text, theme: Theme) -> None:
        self._text = text
        self._theme = theme
        self._made: set[str] = set()

    def coloured(self, colour: str) -> str:
        """The tag of letters in this colour: there are as many as there are colours of people."""
        return self._tag(f"in {colour}", foreground=colour)

    def letters(self, font: FontName) -> str:
        """The tag of letters in this font."""
        return self._tag(font, font=self._theme.fonts.require(font))

    def code_line(self, right: int) -> str:
        """The tag of a line of a block of code, whose right edge is so many pixels from where texts begin."""
        edge, chat = self._theme.px(EDGE), self._theme.palette.chat
        indent = edge + self._theme.px(INDENT)
        name = self._tag(
            f"code {right}", font=self._theme.font("code"), lmargin1=indent, lmargin2=indent, rmargin=edge,
            lmargincolor=chat, rmargincolor=chat, wrap="char", tabs=(indent + right, "right"),
        )  # fmt: skip
        self._text.tag_lower(name, "flush")
        return name

    def _tag(self, name: str, **looks: Any) -> str:
        if name not in self._made:
            self._made.add(name)
            self._text.tag_configure(name, **looks)
            self._text.tag_raise("found")
            self._text.tag_raise("sel")
        return name
