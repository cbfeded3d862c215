"""How long a text is for Windows. Pure."""

from __future__ import annotations


def fitting(text: str, units: int) -> str:
    """The longest beginning of `text` of at most `units` UTF-16 units, ending with an ellipsis when it is cut."""
    if _units(text) <= units:
        return text
    while _units(text) > units - 1:
        text = text[:-1]
    return text.rstrip() + "…"


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2
