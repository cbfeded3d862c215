"""The tags of the timeline's Text: how its lines are indented and spaced, and how its letters look. Tk thread.

A line has one tag for its layout and maybe one for its ground; letters have tags for their look. A tag that is
configured later takes precedence. Tags say how something looks; what a click does is an action of the piece.

No line has `wrap="none"`: with it, Tk takes what follows on an image to the next line.
"""

from __future__ import annotations

import tkinter as tk

from lanchat.desktop.theme.theme import Theme

INDENT = 56  # design pixels from the edge to the texts
EDGE = 16  # from the edge of the pane
FENCE_PAD = 8  # from the edge of the ground of a block of code to its letters


def style(text: tk.Text, theme: Theme) -> None:
    """Give the Text its colours and fonts, and configure all tags."""
    palette, px, font = theme.palette, theme.px, theme.font
    chat, indent = palette.chat, px(INDENT)
    inner = indent + px(FENCE_PAD)
    text.configure(
        bg=chat, fg=palette.text, font=font("tiny"), padx=px(EDGE), pady=px(6), bd=0, wrap="word", cursor="arrow",
        insertwidth=0, highlightthickness=px(2), highlightbackground=chat, highlightcolor=palette.ring,
        exportselection=False, selectbackground=palette.marked, selectforeground=palette.text,
        inactiveselectbackground=palette.marked,
    )  # fmt: skip
    tag = text.tag_configure
    tag("rule", font=font("small_bold"), wrap="char", spacing1=px(16), spacing3=px(2))
    tag("head", font=font("bold"), tabs=(indent,), lmargin2=indent, spacing1=px(12))
    for name in ("first", "body"):
        tag(name, font=font("body"), lmargin2=indent, lmargincolor=chat, spacing2=px(1), spacing3=px(2))
        tag(name, tabs=(indent, indent + theme.fonts.tab("body")), tabstyle="wordprocessor")
    tag("body", lmargin1=indent, spacing1=px(2))
    tag("fence", font=font("code"), lmargin1=indent, lmargin2=indent, lmargincolor=chat, rmargin=px(EDGE),
        rmargincolor=chat, background=palette.side, spacing1=px(1), spacing3=px(1),
        tabs=(inner, inner + theme.fonts.tab("code")), tabstyle="wordprocessor")  # fmt: skip
    tag("loose", wrap="char")
    tag("right", justify="right")
    tag("below", font=font("small"), lmargin1=indent, lmargin2=indent, lmargincolor=chat, spacing3=px(4),
        foreground=palette.mute)  # fmt: skip
    tag("notice", font=font("small"), foreground=palette.mute, lmargin1=indent, lmargin2=indent, lmargincolor=chat,
        spacing1=px(8), spacing3=px(2))  # fmt: skip
    tag("beginning", font=font("small"), foreground=palette.mute, justify="center", spacing1=px(20), spacing3=px(6))
    tag("mentions", background=palette.mention, lmargincolor=palette.mention, rmargincolor=palette.mention)
    tag("hover", background=palette.row_hover, lmargincolor=palette.row_hover)
    tag("flash", background=palette.accent_soft, lmargincolor=palette.accent_soft)
    tag("day", foreground=palette.mute)
    tag("unread", foreground=palette.alert_ink)
    tag("time", font=font("tiny"), foreground=palette.mute)
    tag("code", font=font("code"), background=palette.side)
    tag("mention", font=font("bold"), foreground=palette.at)
    tag("failed", foreground=palette.alert_ink)
    tag("link", foreground=palette.link)  # also of words that do something
    tag("pointed", underline=True)  # the link under the pointer
    tag("found", background=palette.found, foreground=palette.strong)
    text.tag_raise("sel")


def fit(text: tk.Text, pane: int) -> None:
    """Set where lines end that are aligned to the right beside an avatar: the pane has so many pixels."""
    text.tag_configure("first right", tabs=(max(1, pane), "right"))  # less than nothing is left in the smallest window


def coloured(text: tk.Text, colour: str) -> str:
    """The tag of letters in this colour: there are as many as there are colours of people."""
    name = f"in {colour}"
    if name not in text.tag_names():
        text.tag_configure(name, foreground=colour)
        text.tag_raise("found")
        text.tag_raise("sel")
    return name
