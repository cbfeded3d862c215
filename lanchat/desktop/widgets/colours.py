"""Colours of a widget, from the palette and from what it lies on. Pure."""

from __future__ import annotations

from typing import Literal, TypeAlias

from lanchat.desktop.theme.palette import Palette

#: What a widget may lie on, by its name in the Palette.
Ground: TypeAlias = Literal["chat", "side", "rail", "raised", "field", "alert_soft", "mention", "accent_soft"]

#: What words may be written in.
Ink: TypeAlias = Literal["text", "strong", "mute", "accent", "link", "alert_ink", "good", "caution", "at"]


def of(palette: Palette, name: Ground | Ink) -> str:
    """As `#rrggbb`."""
    colour: str = getattr(palette, name)
    return colour


def mixed(one: str, other: str, share: float) -> str:
    """`one` with `share` (0 to 1) of `other` in it."""
    parts = (
        round(int(one[at : at + 2], 16) * (1 - share) + int(other[at : at + 2], 16) * share) for at in (1, 3, 5)
    )  # fmt: skip
    return "#" + "".join(f"{part:02x}" for part in parts)
